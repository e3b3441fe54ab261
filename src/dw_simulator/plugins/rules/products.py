"""What products are called."""

from typing import ClassVar

from dw_simulator.engine.values.text import AnyOf, Assembled
from dw_simulator.plugins.rules.counted_names import counted, fitting, room
from dw_simulator.plugins.rules.vocabulary import PRODUCT_QUALITIES, PRODUCT_THINGS
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.types import Kind


class Product(RuleOptions):
    """Names of products: Foldable Oak Desk (Oak Desk in a narrow column); in a key, a number once needed."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "VARCHAR(60)", "rule": {"name": "product"}},
        {"name": "value", "data_type": "VARCHAR(80)", "is_unique": True, "rule": {"name": "product"}},
        {"name": "value", "data_type": "VARCHAR(20)", "rule": {"name": "product"}},
    )

    def build(self, spec: ColumnSpec) -> Assembled:
        left = room(spec, " ")
        qualities, things = AnyOf.of(*PRODUCT_QUALITIES), AnyOf.of(*(f" {thing}" for thing in PRODUCT_THINGS))
        if qualities.width + things.width <= left:
            return Assembled(counted((qualities, things), spec, " "))
        names = fitting(PRODUCT_THINGS, left)
        return Assembled(counted((AnyOf.of(*names),), spec, " "))
