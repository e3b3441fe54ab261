"""What a column has to do with others of its row: totals of a quantity and a price."""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from dw_simulator.schema.inference.candidates import Found, OpenColumn, Words
from dw_simulator.schema.inference.guesses import (
    QUANTITIES,
    TOTALS,
    UNIT_PRICES,
    Fields,
)
from dw_simulator.schema.model import RESERVED_WORDS, Column, Table
from dw_simulator.types import NUMERIC_KINDS, Kind

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def totals(table: Table, columns: list[OpenColumn], found: Mapping[str, Found]) -> dict[str, Found]:
    """A total beside a quantity and a price of one, where their product fits."""
    words = {column.column.name: column.words for column in columns}
    total = _first(columns, words, TOTALS)
    quantity, price = _first(columns, words, QUANTITIES), _first(columns, words, UNIT_PRICES)
    if total is None or quantity is None or price is None or len({total, quantity, price}) < 3:
        return {}
    sources = [column for column in map(table.column, (quantity, price)) if column is not None]
    goal = table.column(total)
    assert goal is not None, "it is a column of the table"
    keyed = {name for key in table.keys for name in key}
    if not _are_plain(quantity, price) or total in keyed or not _fits(goal, sources, found):
        return {}
    if goal.required and not all(column.required for column in sources):
        return {}
    sql = f"{quantity} * {price}"
    return {total: Found(sql, {"rule": {"name": "expression", "sql": sql}})}


def _are_plain(*names: str) -> bool:
    return all(_PLAIN.fullmatch(name) and name not in RESERVED_WORDS for name in names)


def _first(columns: list[OpenColumn], words: Mapping[str, Words], phrases: str) -> str | None:
    """The column that is called by the first of these phrases that one is called by."""
    for phrase in phrases.split("|"):
        for column in columns:
            name = column.column.name
            if words[name] == tuple(phrase.split()) and column.column.type.kind in NUMERIC_KINDS:
                return name
    return None


def _fits(goal: Column, sources: list[Column], found: Mapping[str, Found]) -> bool:
    """Whether the product of the greatest values has a place in the type, and all its digits have."""
    if goal.type.kind is Kind.FLOAT:
        return True
    if any(column.type.kind is Kind.FLOAT for column in sources):
        return False
    if sum(column.type.scale for column in sources) > goal.type.scale:
        return False
    most = Fraction(1)
    for column in sources:
        fields: Fields = found[column.name].fields if column.name in found else {}
        if "max_value" not in fields:
            return False
        most *= Fraction(Decimal(str(fields["max_value"])))
    return bool(most * 10**goal.type.scale <= goal.type.limits[1])
