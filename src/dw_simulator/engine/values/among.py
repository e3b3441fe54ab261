"""What a row's value is among the rows that stand together with it by parent.

    account     A    A    A    B    B
    amount      5    3   -2    7    1
    count       3    3    3    2    2
    lag              5    3         7      `Neighbour`, offset -1
    lead        3   -2         1           `Neighbour`, offset 1
    first       5    5    5    7    7      `Edge`
    sum         5    8    6    7    8      `Running`
    share     .83   .50 -.33  .88  .13     `Share`

A value is a function of the row: whole groups are made again wherever a batch cuts them. Whole numbers are
added up exactly; floats in an order that depends on nothing but a row's place in its group.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn, with_nulls
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.members import Members, Places, members_of, whole_groups
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.decimals import widen
from dw_simulator.engine.values.facts import Ends, Facts

Floats = NDArray[np.float64]
Sums = NDArray[Any]
"""int64[n], exact, or float64[n]."""


@dataclass(frozen=True, eq=False)
class Parentless:
    """True at the rows that stand together with no others, as they have no parent."""

    grouping: Grouping

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        return rows.numbers >= np.uint64(self.grouping.rows)


@dataclass(frozen=True, eq=False)
class GroupSize(Kernel):
    """How many rows stand together."""

    grouping: Grouping
    dtype: np.dtype[np.generic]

    @cached_property
    def facts(self) -> Facts:
        span = max(self.grouping.least, 1), max(self.grouping.most, 1)
        return Facts(span=span, grid=(0, 1), movable=False)

    def values(self, rows: Rows) -> FixedColumn:
        parents, places = each_once(self.grouping.located(rows)[0])
        sizes = self.grouping.first(parents + np.uint64(1)) - self.grouping.first(parents)
        return FixedColumn(sizes.astype(self.dtype)[places])


@dataclass(frozen=True, eq=False)
class Neighbour(Kernel):
    """The value of another column so many rows further on (back, where negative); NULL beyond the group."""

    grouping: Grouping
    source: Kernel
    offset: int

    @cached_property
    def facts(self) -> Facts:
        return self.source.facts.picked(repeats=True, nullable=True)

    def values(self, rows: Rows) -> Column:
        parents, first = self.grouping.located(rows)
        numbers = self.grouping.within(rows)
        steps = np.uint64(abs(self.offset))
        if self.offset < 0:
            there = numbers - first >= steps
        else:
            once, places = each_once(parents)
            there = numbers + steps < self.grouping.first(once + np.uint64(1))[places]
        low, high = max(rows.start + self.offset, 0), min(rows.stop + self.offset, self.grouping.rows)
        if rows.contiguous and low < high:
            places = np.arange(rows.start, rows.stop) + (self.offset - low)
            run = self.source.values(Rows.run(low, high))
            return with_nulls(run.at(places.clip(0, high - low - 1)), there)
        moved = np.where(there, numbers.view(np.int64) + self.offset, 0)
        return with_nulls(self.source.values(Rows.at(moved)), there)


@dataclass(frozen=True, eq=False)
class Edge(Kernel):
    """The value of another column in the first, or in the last row of the group."""

    grouping: Grouping
    source: Kernel
    last: bool = False

    @cached_property
    def facts(self) -> Facts:
        return self.source.facts.picked(repeats=True)

    def values(self, rows: Rows) -> Column:
        parents, places = each_once(self.grouping.located(rows)[0])
        at = self.grouping.first(parents + np.uint64(self.last)) - np.uint64(self.last)
        return self.source.values(Rows.at(at)).at(places)


@dataclass(frozen=True, eq=False)
class Running(Kernel):
    """The sum of another column over the rows of the group up to the row's own; NULL counts as nothing.

    decay    what is left of a row's value in the next row's sum: 1 for a plain sum
    opening  what was there before the first row: a column that is stored as the sums are
    """

    grouping: Grouping
    source: Kernel
    storing: "Storing"
    decay: float = 1.0
    opening: Kernel | None = None

    @cached_property
    def facts(self) -> Facts:
        span = self.storing.span(summed_span(self.source.facts, self.grouping.most, own=True))
        opened = (0, 0) if self.opening is None else self.opening.facts.ends
        if span is None or opened is None:
            return Facts(movable=False)
        return Facts(span=(span[0] + min(opened[0], 0), span[1] + max(opened[1], 0)), movable=False)

    def values(self, rows: Rows) -> FixedColumn:
        sums = self.storing.scaled(_in_groups(self.grouping, rows, self._running))
        if self.opening is not None:
            sums = sums + self.storing.opened(fixed(self.opening.values(rows)))
        return self.storing.column(sums)

    def _running(self, members: Members) -> Sums:
        values = self.storing.summands(fixed(self.source.values(members.rows)))
        if values.dtype == np.float64 or self.decay != 1.0:
            return scanned(values.astype(np.float64), members.ordinals, self.decay)
        sums = np.cumsum(values)
        sums -= np.repeat(sums[members.starts] - values[members.starts], members.sizes)
        return sums


@dataclass(frozen=True, eq=False)
class Share(Kernel):
    """A row's part of the sum of another column over its group; NULL where the sum is 0."""

    grouping: Grouping
    source: Kernel
    storing: "Storing"

    @cached_property
    def facts(self) -> Facts:
        ends = self.source.facts.ends
        bounded = ends is not None and ends[0] >= 0 and self.storing.is_whole
        span = (0, int(self.storing.unit)) if bounded else None
        sure = ends is not None and ends[0] > 0 and not self.source.facts.nullable
        return Facts(span=span, nullable=not sure, movable=False)

    def values(self, rows: Rows) -> FixedColumn:
        shares = _in_groups(self.grouping, rows, self._shares)
        there = ~np.isnan(shares)
        column = self.storing.column(self.storing.scaled(np.where(there, shares, 0.0) * self.storing.unit))
        return column if there.all() else FixedColumn(column.values, there)

    def _shares(self, members: Members) -> Floats:
        values = self.storing.summands(fixed(self.source.values(members.rows)))
        totals = totals_of(values, members).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = values / np.repeat(totals, members.sizes)
        shares[~np.isfinite(shares)] = np.nan
        return shares


@dataclass(frozen=True)
class Storing:
    """How sums of whole numbers or of floats become values of a column.

    factor   what summands are multiplied by, which are whole numbers of a smaller scale
    dtype    of the values; `wide` ones have 128 bits
    divisor  what sums are divided by where they become floats
    unit     what stands for 1
    sums_floats  whether the summands are floats
    """

    dtype: np.dtype[np.generic]
    wide: bool = False
    factor: int = 1
    divisor: float = 1.0
    unit: float = 1.0
    sums_floats: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the column holds whole numbers, or decimals, which are."""
        return not np.issubdtype(self.dtype, np.floating)

    def span(self, summed: Ends | None) -> Ends | None:
        """Between what the column's values lie, given that of sums; nothing is said of floats."""
        if summed is None or not self.is_whole:
            return None
        return int(summed[0]) * self.factor, int(summed[1]) * self.factor

    def summands(self, column: FixedColumn) -> Sums:
        """The values of a source as what is added up, fresh."""
        values = column.values.astype(np.float64 if self.sums_floats else np.int64)
        if column.valid is not None:
            values[~column.valid] = 0
        return values

    def scaled(self, sums: Sums) -> Sums:
        """Sums as numbers of the column: whole ones of its smallest unit, or floats."""
        if not self.is_whole:
            return sums / self.divisor
        whole = np.rint(sums).astype(np.int64) if sums.dtype == np.float64 else sums
        return whole * np.int64(self.factor)

    def opened(self, opening: FixedColumn) -> Sums:
        """What was there before the first row, which the column stores alike; NULL counts as nothing."""
        start: Sums = opening.values
        if start.ndim == 2:  # sums are known to fit the low word
            start = np.ascontiguousarray(start[:, 0]).view(np.int64)
        start = start.astype(np.int64 if self.is_whole else np.float64)
        if opening.valid is not None:
            start[~opening.valid] = 0
        return start

    def column(self, numbers: Sums) -> FixedColumn:
        """The column's numbers as it stores them."""
        return FixedColumn(widen(numbers) if self.wide else numbers.astype(self.dtype))


def summed_span(known: Facts, most: int, *, own: bool) -> Ends | None:
    """Between what sums of up to so many values lie.

    own  there is one value at least, unless it is NULL
    """
    if known.ends is None:
        return None
    low, high = known.ends
    none = not own or known.nullable
    least = low * most if low < 0 else (0 if none else low)
    greatest = high * most if high > 0 else (0 if none else high)
    return least, greatest


def scanned(values: Floats, ordinals: Places, decay: float = 1.0) -> Floats:
    """Running sums within groups, each value decayed by every row since; overwrites the values.

    Sums are joined by twos, fours, eights: which ones are added to which is a matter of the row's place in
    its group alone, so that the bits are the same wherever a batch begins.
    """
    step, left = 1, decay
    while step <= int(ordinals.max(initial=0)):
        late = values[step:]
        np.add(late, values[:-step] * left, out=late, where=ordinals[step:] >= step)
        step, left = 2 * step, left * left  # squared, as a power's last bit is the machine's own
    return values


def totals_of(values: Sums, members: Members) -> Sums:
    """The sum of each group."""
    if not len(members.starts):
        return values[:0]
    if values.dtype == np.float64:
        sums: Sums = scanned(values.copy(), members.ordinals)[members.starts + members.sizes - 1]
    else:
        sums = np.add.reduceat(values, members.starts)
    return sums


def each_once(parents: UInts) -> tuple[UInts, Places]:
    """Parents, ascending, and the place of each one asked among them."""
    rising = len(parents) < 2 or bool((parents[1:] >= parents[:-1]).all())
    if not rising:
        found, places = np.unique(parents, return_inverse=True)
        return found, places
    new = np.concatenate([[True], parents[1:] != parents[:-1]]) if len(parents) else np.zeros(0, np.bool_)
    return parents[new], np.cumsum(new) - 1


def _in_groups(grouping: Grouping, rows: Rows, make: Callable[[Members], Sums]) -> Sums:
    """What is made of whole groups, at these rows of them."""
    if not grouping.rows:
        return np.zeros(len(rows))
    if rows.contiguous and rows.start < rows.stop <= grouping.rows:
        members = members_of(grouping, _parents_of_run(grouping, rows))
        return make(members)[rows.start - members.rows.start :][: len(rows)]
    parents, first = grouping.located(rows)
    once, groups = each_once(parents)
    ordinals = (grouping.within(rows) - first).view(np.int64)
    out: Sums | None = None
    for members in whole_groups(grouping, once):
        made = make(members)
        low, high = members.groups[0], members.groups[-1]
        mine = np.flatnonzero((groups >= low) & (groups <= high))
        found: Sums = made[members.starts[groups[mine] - low] + ordinals[mine]]
        if len(mine) == len(rows):
            return found
        out = np.empty(len(rows), dtype=made.dtype) if out is None else out
        out[mine] = found
    return np.zeros(0) if out is None else out


def _parents_of_run(grouping: Grouping, rows: Rows) -> UInts:
    """All parents from that of the first row of a run to that of the last."""
    low, high = grouping.parents(np.array([rows.start, rows.stop - 1], dtype=np.uint64))
    return np.arange(low, high + np.uint64(1), dtype=np.uint64)
