"""The pass that tells of bounds beyond what a type holds: values end where the type does.

t (n SMALLINT, max_value 40000)     values up to 32767, and a warning
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from dw_simulator.engine.bounds import range_of, shown
from dw_simulator.planning.draft import Draft
from dw_simulator.schema.model import Column
from dw_simulator.types import Kind


def tell_wide_bounds(draft: Draft) -> None:
    """Warn of bounds that a user has declared, and the column's type cannot hold."""
    for table, column in draft.columns():
        draft.warnings += [f"{table.name}.{column.name}: {words}" for words in _too_wide(column)]


def _too_wide(column: Column) -> Iterator[str]:
    type_, guessed = column.type, column.guessed or {}
    if type_.kind not in (Kind.INTEGER, Kind.DECIMAL):
        return
    ends = range_of(type_)
    sides = (("min_value", ends.low, "least"), ("max_value", ends.high, "greatest"))
    for name, end, word in sides:
        bound: Decimal | None = getattr(column, name)
        assert end is not None, "whole numbers have ends"
        last = shown(type_, end)
        assert isinstance(last, Decimal), "a number is shown as one"
        if bound is None or name in guessed:
            continue
        if Fraction(bound) > Fraction(last) if word == "greatest" else Fraction(bound) < Fraction(last):
            yield f"{name} {bound} is beyond {type_.declared}, whose {word} value is {last}"
