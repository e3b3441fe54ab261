"""Lists of values that other programs make, such as Faker, and that plans draw from."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256


@dataclass(frozen=True)
class KeptPool:
    """A list of values that a program other than this one has made, such as Faker.

    made_by  that program and its version
    """

    values: tuple[str, ...]
    made_by: str = ""

    @cached_property
    def checksum(self) -> str:
        """Equal for equal lists."""
        text = json.dumps(self.values, separators=(",", ":"))  # ASCII, whatever the values are
        return f"sha256:{sha256(text.encode()).hexdigest()}"


@dataclass(frozen=True)
class Pools:
    """Where a plan has the values from that other programs make: those that are kept, or else new ones.

    kept     those that were made before, by name
    used     those that were asked for, made now or before
    columns  for each of those the columns, as (table, column), whose rules have asked for it
    place    the column that asks
    before   the same as columns, of the round of planning before this one

    One plan's, which one thread makes.
    """

    kept: Mapping[str, KeptPool] = field(default_factory=dict)
    used: dict[str, KeptPool] = field(default_factory=dict)
    columns: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    place: tuple[str, str] | None = None
    before: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def at(self, table: str, column: str) -> "Pools":
        """The same pools, asked by a column."""
        return replace(self, place=(table, column))

    def get(
        self, name: str, make: Callable[[], Sequence[str]], made_by: Callable[[], str] = str
    ) -> tuple[str, ...]:
        """The pool of a name, which says everything that its making depends on but versions.

        make, made_by  called where none is kept: its values, and by which program in which version
        """
        if name not in self.used:
            self.used[name] = self.kept[name] if name in self.kept else KeptPool(tuple(make()), made_by())
        if self.place is not None:
            self.columns.setdefault(name, set()).add(self.place)
        return self.used[name].values

    def begin_round(self) -> None:
        """Forget who has asked: what is planned anew asks anew."""
        self.before.clear()
        self.before.update(self.columns)
        self.columns.clear()

    def ask_again(self, place: tuple[str, str]) -> None:
        """A column is what it was the round before, and has asked for the same."""
        for name, places in self.before.items():
            if place in places:
                self.columns.setdefault(name, set()).add(place)

    def keep_asked(self) -> None:
        """Forget what was used by columns that have other rules by now."""
        for name in self.used.keys() - self.columns.keys():
            del self.used[name]

    @property
    def made(self) -> dict[str, KeptPool]:
        """Those that were not kept before."""
        return {name: pool for name, pool in self.used.items() if name not in self.kept}
