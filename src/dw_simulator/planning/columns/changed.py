"""Columns as the planner sees them, where that differs from what the experiment declares."""

from typing import Any

from dw_simulator.schema.model import Column


def changed_column(column: Column, **updates: Any) -> Column:
    """The column with other fields; they have been checked already."""
    return column.changed(**updates)
