"""What things and streets are called."""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from dw_simulator.engine.values.text import AnyOf, Assembled, Fragment, Number
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.vocabulary import (
    PRODUCT_QUALITIES,
    PRODUCT_THINGS,
    STREET_KINDS,
    STREET_NAMES,
)
from dw_simulator.ports.rule import ColumnSpec, RuleOptions
from dw_simulator.types import Kind

_COUNTER_DIGITS = 8
_HOUSES = 199


class Product(RuleOptions):
    """Names of products: Foldable Oak Desk (Oak Desk in a narrow column); in a key, a number once needed."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    examples: ClassVar = (
        {"name": "value", "data_type": "VARCHAR(60)", "rule": {"name": "product"}},
        {"name": "value", "data_type": "VARCHAR(80)", "is_unique": True, "rule": {"name": "product"}},
        {"name": "value", "data_type": "VARCHAR(20)", "rule": {"name": "product"}},
    )

    def build(self, spec: ColumnSpec) -> Assembled:
        room = _room(spec, " ")
        qualities, things = AnyOf.of(*PRODUCT_QUALITIES), AnyOf.of(*(f" {thing}" for thing in PRODUCT_THINGS))
        if qualities.width + things.width <= room:
            return Assembled(_counted((qualities, things), spec, " "))
        fitting = _fitting(PRODUCT_THINGS, room)
        return Assembled(_counted((AnyOf.of(*fitting),), spec, " "))


class Street(RuleOptions):
    """Names of streets, such as Mill Lane or 14 Mill Lane; in a key, a number follows once that is needed."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    examples: ClassVar = (
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
            return Assembled(_counted((AnyOf.of(*_fitting(names, _room(spec, " "))),), spec, " "))
        houses = Number(_HOUSES, 1)
        streets = _fitting(names, _room(spec, ", Flat ") - houses.width - 1)
        return Assembled(_counted((houses, AnyOf.of(*(f" {name}" for name in streets))), spec, ", Flat "))


def _room(spec: ColumnSpec, prefix: str) -> int:
    """Bytes beside the number that a key may need."""
    return spec.type.length - (len(prefix) + _COUNTER_DIGITS if spec.key else 0)


def _fitting(names: Sequence[str], room: int) -> list[str]:
    """The names that fit; Refusal where most do not."""
    fitting = [name for name in names if len(name) <= room]
    if 2 * len(fitting) < len(names):
        more = max(map(len, names)) - room
        raise Refusal(f"most names do not fit, the longest by {more} bytes", f"widen it by {more}")
    return fitting


def _counted(parts: tuple[Fragment, ...], spec: ColumnSpec, prefix: str) -> tuple[Fragment, ...]:
    """With a number where all names are taken, in a key."""
    if not spec.key:
        return parts
    return (*parts, Number(10**_COUNTER_DIGITS - 1, 1, omit_first=True, prefix=prefix))
