"""What streets are called."""

from typing import ClassVar

from pydantic import Field

from dw_simulator.engine.values.text import AnyOf, Assembled, Number
from dw_simulator.plugins.rules.counted_names import counted, fitting, room
from dw_simulator.plugins.rules.vocabulary import STREET_KINDS, STREET_NAMES
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.types import Kind

_HOUSES = 199


class Street(RuleOptions):
    """Names of streets, such as Mill Lane or 14 Mill Lane; in a key, a number follows once that is needed."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "VARCHAR(40)", "rule": {"name": "street"}},
        {"name": "value", "data_type": "VARCHAR(40)", "rule": {"name": "street", "numbered": True}},
        {
            "name": "value",
            "data_type": "VARCHAR(60)",
            "is_unique": True,
            "rule": {"name": "street", "numbered": True},
        },
    )

    numbered: bool = Field(default=False, description="whether a house number stands before the street")

    def build(self, spec: ColumnSpec) -> Assembled:
        names = [f"{name} {kind}" for name in STREET_NAMES for kind in STREET_KINDS]
        if not self.numbered:
            return Assembled(counted((AnyOf.of(*fitting(names, room(spec, " "))),), spec, " "))
        houses = Number(_HOUSES, 1)
        streets = fitting(names, room(spec, ", Flat ") - houses.width - 1)
        return Assembled(counted((houses, AnyOf.of(*(f" {name}" for name in streets))), spec, ", Flat "))
