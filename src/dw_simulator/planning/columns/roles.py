"""What part a column plays in its table: plain, linked, counting, part of a key; and its bounds, moved."""

from typing import TypeVar

from dw_simulator.engine.bounds import Bounds, declared, shown
from dw_simulator.schema.declared import Declared
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import NUMERIC_KINDS, Kind

T = TypeVar("T", bound=Declared)


def is_plain_integer(column: Column) -> bool:
    """A whole number about which nothing is declared."""
    whole = column.type.kind is Kind.INTEGER or (column.type.kind is Kind.DECIMAL and column.type.scale == 0)
    return whole and column.rule_spec is None and column.min_value is None and column.max_value is None


def is_linked(table: Table, column: Column) -> bool:
    """Whether its values are those of another table."""
    types = {other.polymorphic.type_column for other in table.columns if other.polymorphic}
    references = {name for reference in table.references for name in reference.columns}
    return bool(column.lookup or column.polymorphic) or column.name in references | types


def is_counting(table: Table, column: Column) -> bool:
    """Whether it is a plain integer key: those count from 1."""
    return is_plain_integer(column) and (column.name,) in table.keys


def is_part_of_key(table: Table, column: Column) -> bool:
    """Whether it is a plain integer in a key of several columns: those count from 1, too."""
    return is_plain_integer(column) and any(column.name in key for key in table.keys)


def with_bounds(column: Column, bounds: Bounds) -> Column:
    """The column with these stored values for bounds; an open end stays as it is."""
    names = ("min_value", "max_value") if column.type.kind in NUMERIC_KINDS else ("date_start", "date_end")
    found = {
        name: shown(column.type, end)
        for name, end, own in zip(names, bounds.ends, declared(column).ends, strict=True)
        if end is not None and end != own
    }
    return column.changed(**found) if found else column
