"""Days, the numbers that hold them (20240229), and what there is to say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn, PoolColumn, ViewColumn, with_nulls
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.facts import Facts, Stored
from dw_simulator.engine.values.given import facts_of

Days = NDArray[np.int64]
"""Days since 1970-01-01."""
_ZERO = 48
_PLACES = 10 ** np.arange(7, -1, -1, dtype=np.int64)


def day_numbers(days: Days) -> Days:
    """Days as numbers: 20240229."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    index = months.astype(np.int64)
    numbers: Days = (index // 12 + 1970) * 10_000 + (index % 12 + 1) * 100
    numbers += (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    return numbers


def month_start(months: Days) -> Days:
    """The first day of months since 1970."""
    found: Days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return found


@cache
def _month_starts() -> NDArray[np.int32]:
    """The first day of each month by the month's number: 202402. Of what is no month, some day."""
    number = np.arange(1_000_000)
    months = (number // 100 - 1970) * 12 + number % 100 - 1
    return month_start(months).astype(np.int32)


def days_of_numbers(numbers: Days) -> Days:
    """Numbers such as 20240229 as days; of a number that is none, some day."""
    months = numbers // 100
    found: Days = numbers - months * 100
    found += np.take(_month_starts(), months, mode="clip")
    found -= 1
    return found


def _numbers_of_texts(column: PoolColumn | ViewColumn) -> Days:
    """The numbers that texts of eight digits are."""
    if isinstance(column, PoolColumn):
        listed = np.array([int(text) for text in column.pool.values], dtype=np.int64)
        return listed.take(column.codes)
    octets = np.ascontiguousarray(column.views).view(np.uint8).reshape(len(column), 16)[:, 4:12]
    numbers: Days = (octets.astype(np.int64) - _ZERO) @ _PLACES
    return numbers


def days_in(column: Column, per_day: int = 0) -> Days:
    """The days of a column: of moments, so many units to a day; else of numbers or texts such as 20240229."""
    if isinstance(column, PoolColumn | ViewColumn):
        return days_of_numbers(_numbers_of_texts(column))
    assert isinstance(column, FixedColumn), "lists and structs are no days"
    stored = column.values.astype(np.int64)
    return stored // per_day if per_day else days_of_numbers(stored)


@dataclass(frozen=True, eq=False)
class DaysOf(Kernel):
    """The days of another column, as a DATE is stored.

    per_day  units of a day, where that column holds moments; 0 where it holds numbers or texts
    """

    source: Kernel
    per_day: int = 0

    @cached_property
    def facts(self) -> Facts:
        known = self.source.facts
        span = None
        if known.listed and not self.per_day:
            numbers = np.array([int(value) for value in known.listed], dtype=np.int64)
            first, last = days_of_numbers(np.array([numbers.min(), numbers.max()])).tolist()
            span = (first, last)
        elif known.ends is not None and self.per_day:
            span = int(known.ends[0]) // self.per_day, int(known.ends[1]) // self.per_day
        return Facts(span=span, nullable=known.nullable, movable=False)

    def values(self, rows: Rows) -> FixedColumn:
        column = rows.once(self.source, lambda: self.source.values(rows))
        if column.valid is not None and not column.valid.all():
            days = np.zeros(len(rows), dtype=np.int32)
            days[column.valid] = days_in(column.at(np.flatnonzero(column.valid)), self.per_day)
            return FixedColumn(days, column.valid)
        return FixedColumn(days_in(column, self.per_day).astype(np.int32), column.valid)


@dataclass(frozen=True, eq=False)
class OfDay(Kernel):
    """What there is to say of a day, from a table of it.

    days   the kernel of the days
    first  the day of the table's first value; it reaches to the last day that can come out
    """

    days: Kernel
    first: int
    table: Column

    @cached_property
    def facts(self) -> Facts:
        known = facts_of(self.table)
        return known.picked(repeats=True, nullable=known.nullable or self.days.facts.nullable)

    def values(self, rows: Rows) -> Column:
        days = fixed(rows.once(self.days, lambda: self.days.values(rows)))
        at = days.values.astype(np.int64)
        at -= self.first
        if days.valid is not None:
            at[~days.valid] = 0
            return with_nulls(self.table.at(at), days.valid)
        return self.table.at(at)


def no_day(values: Sequence[Stored]) -> str:
    """The first of some numbers or texts that is no day such as 20240229; empty where all are."""
    for value in values:
        if isinstance(value, str) and not (len(value) == 8 and value.isascii() and value.isdigit()):
            return repr(value)
    numbers = np.array([int(value) for value in values], dtype=np.int64)
    inside = (numbers >= 10_101) & (numbers <= 99_991_231)
    days = days_of_numbers(np.where(inside, numbers, 10_101))
    right = inside & (day_numbers(days) == numbers)
    return "" if right.all() else str(numbers[int(np.argmin(right))])
