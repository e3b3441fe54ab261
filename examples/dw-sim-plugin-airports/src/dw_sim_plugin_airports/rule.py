"""The rule `airport`: columns of one row that name the same airport agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from dw_sim_plugin_airports.airports import AIRPORTS
from dw_simulator.plugin import Domain, EntityOptions, Facts, Guess, Kind, Member, Pool, PoolColumn, Refusal

_TOLD_APART = ("iata", "name")  # of which no two airports have the same


@dataclass(frozen=True, eq=False)
class Airports(Domain):
    """One field of every airport, by the airport's number.

    codes  int32, from the airport's number to its value's place in the pool: London has two airports
    """

    pool: Pool
    codes: np.ndarray

    @property
    def size(self) -> int:
        return len(self.codes)

    @property
    def facts(self) -> Facts:
        """What the planner may know: how many values there are, whether they repeat, their bytes."""
        different = len(self.pool.values)
        return Facts(distinct=different, repeats=different < self.size, width=self.pool.width)

    def decode(self, index: np.ndarray) -> PoolColumn:
        return PoolColumn(self.codes[index.astype(np.intp)], self.pool)


class Airport(EntityOptions):
    """A real airport: its IATA code, city, country or name; columns of one `entity` agree."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    examples: ClassVar = (
        {"name": "value", "data_type": "CHAR(3)", "rule": {"name": "airport"}},
        [
            {"name": "origin", "data_type": "CHAR(3)", "rule": {"name": "airport", "entity": "origin"}},
            {
                "name": "origin_city",
                "data_type": "VARCHAR(40)",
                "rule": {"name": "airport", "field": "city", "entity": "origin"},
            },
            {
                "name": "value",
                "data_type": "VARCHAR(60)",
                "rule": {"name": "airport", "field": "name", "entity": "destination"},
            },
        ],
        {"name": "value", "data_type": "CHAR(3)", "is_unique": True, "rule": {"name": "airport"}},
    )

    guesses: ClassVar = (
        Guess(
            "iata|airport|airport code",
            frozenset({Kind.TEXT}),
            "an airport's code",
            {"rule": {"name": "airport"}},
            length=3,
            open=True,
            most=4,
        ),
    )

    field: Literal["iata", "city", "country", "name"] = Field(
        default="iata", description="what to say of the airport; the country is a code of two letters"
    )
    entity: str = Field(
        default="airport",
        min_length=1,
        description="columns of a row with the same entity name the same airport",
    )

    def world(self, members: Sequence[Member[Self]]) -> "AllAirports":
        return AllAirports(members)


class AllAirports:
    """What the columns of one entity may speak of: any airport, by its number."""

    natural = len(AIRPORTS)

    def __init__(self, members: Sequence[Member[Airport]]) -> None:
        self._members = {member.name: member for member in members}

    def column(self, name: str) -> Airports:
        """What a column says of every airport."""
        spec, field = self._members[name].spec, self._members[name].rule.field
        if spec.key and field not in _TOLD_APART:
            raise Refusal(
                f"several airports have the same {field}, and here no value may repeat",
                'say "field": "iata", or take the column out of the key',
            )
        values = [getattr(airport, field) for airport in AIRPORTS]
        pool = Pool(tuple(dict.fromkeys(values)))
        if pool.width > spec.type.length:
            longest = max(pool.values, key=lambda value: len(value.encode()))
            raise Refusal(f"{longest!r} has {pool.width} bytes", f"widen it to {pool.width}")
        places = {value: place for place, value in enumerate(pool.values)}
        return Airports(pool, np.array([places[value] for value in values], np.int32))
