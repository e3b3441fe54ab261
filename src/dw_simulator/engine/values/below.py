"""What the rows that reference a row come to: header totals, order counts, first and last dates.

    order     1            2      3
    lines     5.00  3.00          2.50   of which some may not count: `where`
    sum       8.00         0      2.50
    count     2            0      1
    min       3.00         NULL   2.50

A parent's rows are one stretch of its grouping, so a total is a function of the parent's row. The column that
is summed up is made there, a million rows at a time: a group may have any number of rows.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn, with_nulls
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.members import Members, Places, parts_of_groups, whole_groups
from dw_simulator.engine.values.among import Storing, Sums, each_once, summed_span, totals_of
from dw_simulator.engine.values.base import Event, Kernel, fixed
from dw_simulator.engine.values.facts import Facts


@dataclass(frozen=True, eq=False)
class Below:
    """The rows that reference a row.

    parents  how many rows may be referenced
    counts   at which of them something is counted; None for all
    """

    grouping: Grouping
    parents: int
    counts: Event | None = None

    @property
    def least(self) -> int:
        """The fewest rows of one parent that count, as far as that is certain."""
        certain = self.counts is None and self.grouping.size >= self.parents
        return self.grouping.least if certain else 0

    @property
    def sure(self) -> bool:
        """Whether every parent has a row that counts."""
        return self.least > 0

    def kept(self, rows: Rows) -> NDArray[np.bool_] | None:
        """Which of some of them count; None for all."""
        return None if self.counts is None else self.counts.hits(rows)


@dataclass(frozen=True, eq=False)
class Count(Kernel):
    """How many rows below there are; of those, how many have a value in a column."""

    below: Below
    dtype: np.dtype[np.generic]
    source: Kernel | None = None

    @cached_property
    def facts(self) -> Facts:
        whole = self.source is None or not self.source.facts.nullable
        span = self.below.least if whole else 0, self.below.grouping.most
        return Facts(span=span, grid=(0, 1), movable=False)

    def values(self, rows: Rows) -> FixedColumn:
        grouping = self.below.grouping
        if self.source is None and self.below.counts is None:
            first = grouping.first(rows.numbers)
            return FixedColumn((grouping.first(rows.numbers + np.uint64(1)) - first).astype(self.dtype))
        parents, places = each_once(rows.numbers)
        counts = np.zeros(len(parents), dtype=np.int64)
        for members in parts_of_groups(grouping, parents):
            counts[members.groups] += np.add.reduceat(self._counted(members.rows), members.starts)
        return FixedColumn(counts.astype(self.dtype)[places])

    def _counted(self, rows: Rows) -> NDArray[np.int64]:
        kept = self.below.kept(rows)
        valid = None if self.source is None else self.source.values(rows).valid
        found = np.ones(len(rows), dtype=np.int64)
        for true in (kept, valid):
            if true is not None:
                found *= true
        return found


@dataclass(frozen=True, eq=False)
class Total(Kernel):
    """The sum of a column over the rows below; NULL counts as nothing, and so do no rows."""

    below: Below
    source: Kernel
    storing: Storing

    @cached_property
    def facts(self) -> Facts:
        summed = summed_span(self.source.facts, self.below.grouping.most, own=self.below.sure)
        return Facts(span=self.storing.span(summed), movable=False)

    def values(self, rows: Rows) -> FixedColumn:
        parents, places = each_once(rows.numbers)
        sums: Sums = np.zeros(len(parents), dtype=np.int64)
        # floats are added up group by group, in an order of their own; whole numbers in any
        cut = whole_groups if self.storing.sums_floats else parts_of_groups
        if self.storing.sums_floats:
            sums = sums.astype(np.float64)
        for members in cut(self.below.grouping, parents):
            if len(members.groups):
                sums[members.groups] += totals_of(self._summands(members.rows), members)
        return self.storing.column(self.storing.scaled(sums[places]))

    def _summands(self, rows: Rows) -> Sums:
        values = self.storing.summands(fixed(self.source.values(rows)))
        kept = self.below.kept(rows)
        if kept is not None:
            values[~kept] = 0
        return values


@dataclass(frozen=True, eq=False)
class FirstOf(Kernel):
    """The value of a column in the first, or in the last row below that counts; NULL where there is none."""

    below: Below
    source: Kernel
    last: bool = False

    @cached_property
    def facts(self) -> Facts:
        known = self.source.facts
        return known.picked(repeats=True, nullable=known.nullable or not self.below.sure)

    def values(self, rows: Rows) -> Column:
        parents, places = each_once(rows.numbers)
        at, there = np.zeros(len(parents), dtype=np.uint64), np.zeros(len(parents), dtype=np.bool_)
        for members in parts_of_groups(self.below.grouping, parents):
            groups, numbers = self._found(members)
            new = slice(None) if self.last else ~there[groups]
            at[groups[new]], there[groups[new]] = numbers[new], True
        column = self.source.values(Rows.at(at)).at(places)
        return column if there.all() else with_nulls(column, there[places])

    def _found(self, members: Members) -> tuple[Places, UInts]:
        """The groups in which a row counts, and the number of the first, or the last of them."""
        kept = self.below.kept(members.rows)
        ends = members.starts + members.sizes
        if kept is None:
            return members.groups, members.rows.numbers[ends - 1 if self.last else members.starts]
        counted = np.flatnonzero(kept)
        low, high = np.searchsorted(counted, members.starts), np.searchsorted(counted, ends)
        some = high > low
        at = counted[(high - 1 if self.last else low)[some]]
        return members.groups[some], members.rows.numbers[at]


@dataclass(frozen=True, eq=False)
class Extreme(Kernel):
    """The least, or the greatest value of a column of numbers or moments below; NULL where there is none."""

    below: Below
    source: Kernel
    dtype: np.dtype[np.generic]
    greatest: bool = False

    @cached_property
    def facts(self) -> Facts:
        sure = self.below.sure and not self.source.facts.nullable
        return self.source.facts.picked(repeats=True, nullable=not sure)

    def values(self, rows: Rows) -> FixedColumn:
        parents, places = each_once(rows.numbers)
        pick, least = (np.maximum, self._none) if self.greatest else (np.minimum, self._none)
        found = np.full(len(parents), least, dtype=self.dtype)
        there = np.zeros(len(parents), dtype=np.bool_)
        for members in parts_of_groups(self.below.grouping, parents):
            if not len(members.groups):
                continue
            values, valid = self._candidates(members.rows)
            best = pick.reduceat(values, members.starts)
            found[members.groups] = pick(found[members.groups], best)
            there[members.groups] |= np.logical_or.reduceat(valid, members.starts)
        valid_there = there[places]
        return FixedColumn(found[places], None if valid_there.all() else valid_there)

    def _candidates(self, rows: Rows) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
        column = fixed(self.source.values(rows))
        valid = np.ones(len(rows), dtype=np.bool_) if column.valid is None else column.valid.copy()
        kept = self.below.kept(rows)
        if kept is not None:
            valid &= kept
        values = column.values.astype(self.dtype, copy=False)
        # which of two zeros comes out is nobody's choice
        values = values + 0.0 if np.issubdtype(self.dtype, np.floating) else values
        return np.where(valid, values, self._none), valid

    @property
    def _none(self) -> Any:
        """What any value takes the place of."""
        if np.issubdtype(self.dtype, np.floating):
            return self.dtype.type(-np.inf if self.greatest else np.inf)
        limits = np.iinfo(self.dtype.str)
        return self.dtype.type(limits.min if self.greatest else limits.max)
