"""Columns and rows as they cross: a column's name and type, and rows as plain Python values."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Protocol, TypeAlias
from uuid import UUID

from dw_simulator.types import SqlType

Cell: TypeAlias = bool | int | float | Decimal | str | bytes | date | time | timedelta | UUID | None
"""A value as Python has it; a moment with nanoseconds is text, since Python's own end at microseconds."""

Row: TypeAlias = dict[str, Cell]
"""A row's values by the names of their columns."""


class TypedColumn(Protocol):
    """A column, as it is declared or as it is planned."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> SqlType: ...
