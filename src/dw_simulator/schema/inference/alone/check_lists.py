"""Columns whose CHECK lists their values: what is named first is most common."""

from collections.abc import Sequence

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import ColumnSketch
from dw_simulator.schema.json_data import Json
from dw_simulator.types import Kind

_FEWER = 0.6
"""Each value is so much rarer than the one before it."""
_MOST = 40


def one_of(column: ColumnSketch, values: Sequence[str]) -> Found | None:
    """One of a few texts or whole numbers, by weight; None for others, and where they are a key."""
    whole = column.kind in (Kind.INTEGER, Kind.DECIMAL) and not column.column.type.scale
    if column.keyed or not 2 <= len(values) <= _MOST or not (whole or column.kind is Kind.TEXT):
        return None
    if whole and not all(value.lstrip("-").isdigit() for value in values):
        return None
    listed: list[Json] = [int(value) for value in values] if whole else [*values]
    weights: list[Json] = [round(100 * _FEWER**place, 2) for place in range(len(values))]
    return Found(
        f"one of what its {'type' if column.column.type.values else 'CHECK'} lists",
        {"rule": {"name": "choice", "values": listed, "weights": weights}},
    )
