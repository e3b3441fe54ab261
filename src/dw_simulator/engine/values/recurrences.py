"""Moments in steps from a moment of the parent: an invoice every month from when a subscription began.

started on   Jan 31
rows         1         2         3
value        Jan 31    Feb 28    Mar 31      one month further each, from the day it began
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.sampling import multiply_high
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.betweens import Ints, Mark, earliest
from dw_simulator.engine.values.days import month_start
from dw_simulator.engine.values.facts import Facts

_MONTHS_A_DAY = 4800 / 146_097


@dataclass(frozen=True)
class Pace:
    """How far each row is from the one before it, and how a source is stored.

    months, units  months by the calendar, or units of the column, one of which is not 0
    per_day        units of the column in a day
    source_day     units of the source in a day
    table          the months that it goes through
    workdays       from Monday to Friday, in place of days of which all count
    """

    months: int
    units: int
    per_day: int
    source_day: int
    table: "MonthTable | None" = None
    workdays: int = 0

    def after(self, stored: NDArray[Any], steps: Ints) -> Ints:
        """The unit that lies so many steps after each stored moment: int64[n], fresh."""
        days, rest = np.divmod(stored.astype(np.int64, copy=False), np.int64(self.source_day))
        if self.table is not None:
            days = self.table.later(days, steps * np.int64(self.months))
        if self.workdays:
            days = later_workday(days, steps * np.int64(self.workdays))
        # what is finer than a unit is rounded up, so that the first is not before its source
        if self.per_day >= self.source_day:
            rest *= np.int64(self.per_day // self.source_day)
        elif self.per_day > 1:
            rest = -(-rest // np.int64(self.source_day // self.per_day))
        else:
            rest[:] = 0
        days *= np.int64(self.per_day)
        days += rest
        if self.table is None:
            days += steps * np.int64(self.units)
        return days


def later_workday(days: Ints, more: Ints) -> Ints:
    """The workday so many after another, which is the next one where a day is none: int64[n], fresh.

    >>> friday = np.array([1, 1, 2])  # January 2, 1970, and the Saturday after it
    >>> later_workday(friday, np.array([0, 1, 0])).tolist()
    [1, 4, 4]
    """
    week, weekday = np.divmod(days + _SINCE_MONDAY, _WEEK)
    week, weekday = np.divmod(week * _WORKDAYS + np.minimum(weekday, _WORKDAYS) + more, _WORKDAYS)
    found: Ints = week * _WEEK + weekday - _SINCE_MONDAY
    return found


_SINCE_MONDAY, _WEEK, _WORKDAYS = np.int64(3), np.int64(7), np.int64(5)
"""Days from a Monday to January 1, 1970; those of a week, and those of them on which people work."""


@dataclass(frozen=True, eq=False)
class MonthTable:
    """Months from one on, looked up rather than worked out.

    starts       the first day of each month, counted from 1970: int64[n], rising
    first, last  the days that are asked; what lies under a NULL may be any other
    """

    starts: Ints
    first: int
    last: int

    @classmethod
    def of(cls, first_day: int, last_day: int, more: int) -> "MonthTable":
        """The months from one day's to another's, and so many more."""
        ends = (
            np.array([first_day, last_day]).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        )
        months = np.arange(int(ends[0]) - 1, int(ends[1]) + more + 3)
        return cls(month_start(months), first_day, last_day)

    def later(self, days: Ints, months: Ints) -> Ints:
        """The same day of a later month, or its last one where it has no such day: int64[n], fresh."""
        days = np.clip(days, self.first, self.last)
        at = ((days - self.starts[0]) * _MONTHS_A_DAY).astype(np.int64)  # off by one month at the most
        at -= days < self.starts[at]
        at += days >= self.starts[at + 1]
        of_month = days - self.starts[at]
        at += months
        first: Ints = self.starts[at]
        np.minimum(of_month, self.starts[at + 1] - first - 1, out=of_month)
        first += of_month
        return first


@dataclass(frozen=True, eq=False)
class Recurring(Kernel):
    """A moment so many steps after one of the parent as there are rows of that parent before.

    skipped  steps before the first row
    loose    up to so many units later, by chance
    untils   what ends it: rows that would come later are NULL where it is `optional`
    last     and so are those beyond this unit
    ends     least and greatest stored number that can come out
    """

    grouping: Grouping
    source: Kernel
    pace: Pace
    stream: Stream
    skipped: int
    loose: int
    untils: tuple[Mark, ...]
    last: int
    step: int
    dtype: np.dtype[np.generic]
    ends: tuple[int, int]
    optional: bool = False
    nullable: bool = False

    @cached_property
    def facts(self) -> Facts:
        low, high = self.ends
        return Facts(span=self.ends, distinct=(high - low) // self.step + 1, nullable=self.nullable)

    def values(self, rows: Rows) -> FixedColumn:
        units, valid = self._units(rows)
        if self.optional:
            there = units <= self._ceilings(rows)
            valid = there if valid is None else valid & there
        units *= np.int64(self.step)
        return FixedColumn(units.astype(self.dtype, copy=False), valid)

    def late(self, rows: Rows) -> int:
        """How many of some rows come after their end."""
        units, valid = self._units(rows)
        late = units > self._ceilings(rows)
        return int(np.count_nonzero(late if valid is None else late & valid))

    def _units(self, rows: Rows) -> tuple[Ints, NDArray[np.bool_] | None]:
        column = fixed(rows.once(self.source, lambda: self.source.values(rows)))
        steps = (self.grouping.within(rows) - self.grouping.located(rows)[1]).view(np.int64)
        steps += np.int64(self.skipped)
        units = self.pace.after(column.values, steps)
        if self.loose:
            units += multiply_high(self.stream.bits(rows), self.loose + 1).view(np.int64)
        return units, column.valid

    def _ceilings(self, rows: Rows) -> Ints:
        ceilings = earliest(self.untils, rows, self.last)
        return np.minimum(ceilings, np.int64(self.last), out=ceilings)
