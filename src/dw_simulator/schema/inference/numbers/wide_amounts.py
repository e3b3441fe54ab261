"""Amounts in columns of many digits are drawn to the cent: NUMERIC of BigQuery, NUMBER(38,9), DECIMAL(19,6).

A price of 12.483920175 is none. What draws it is put into a hidden column of two digits, of which the wide
one is a copy; sums, price points and equations are then those of cents.
"""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.free_measures import free_of
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import role_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_CENTS = "DECIMAL(14,2)"
_DRAWS = frozenset({"price", "lognormal"})
_FINEST = 4
"""Digits after the point that prices of small things have."""


def wide_amounts(sketch: Sketch) -> None:
    """Give columns of amounts with many digits the digits of money."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        for column in list(table.columns.values()):
            if column.hidden or not may_be_said(column) or column.found is None or not _is_wide(column):
                continue
            fields = {name: said for name, said in column.fields.items() if name != "null_fraction"}
            cents = table.add_hidden(f"{column.name}_cents", _CENTS, Found("the same to the cent", fields))
            rule: dict[str, Json] = expression(quoted_name(cents.name))
            nulls = {name: said for name, said in column.fields.items() if name == "null_fraction"}
            column.says(Found(column.found.meaning, {"rule": rule, **nulls}))


def _is_wide(column: ColumnSketch) -> bool:
    """Whether a column is of money, with more digits than that has."""
    type_ = column.column.type
    if type_.kind is not Kind.DECIMAL or type_.precision - type_.scale < 3:
        return False
    rule = column.rule.get("name")
    if rule not in _DRAWS or (type_.scale <= _FINEST and not (rule == "price" and type_.bits > 64)):
        return False
    free = free_of(role_of(column.words, column.table.noun)[0])
    most = column.fields.get("max_value")
    small = isinstance(most, int | float) and most < 10**11
    money = rule == "price" or (free is not None and free.kind in ("price", "amount"))
    return money and small and type_.scale >= 2
