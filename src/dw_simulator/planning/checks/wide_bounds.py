"""The passes that tell what a type does not hold, and what its values lack.

t (n SMALLINT, max_value 40000)     values up to 32767, and a warning
t (k NUMBER(10,-2))                 whole numbers, and a warning, once for all columns of that type
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


def tell_approximations(draft: Draft) -> None:
    """Warn of types whose values are only some of those that they have, each once."""
    types = dict.fromkeys(column.type for _, column in draft.columns() if column.type.told)
    draft.warnings += [f"{type_.declared}: {type_.told}" for type_ in types]


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
