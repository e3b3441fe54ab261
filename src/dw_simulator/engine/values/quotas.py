"""Numbers whose sum is given, over a table or over each of its groups, at random access.

A group's rows are cut into leaves of 4,096 (the last has what is left over, too), and its sum is dealt out to
them: what the leaves before one have together is arithmetic, so that a leaf needs no other. In a leaf, the
values of another kernel are scaled to its quota, and what rounding leaves is spread along the rows:

    like       12.40   3.10   7.75   1.00     24.25 together
    scaled     15.34   3.84   9.59   1.24     to a quota of 30.00: 30.01, each rounded
    result     15.34   3.84   9.58   1.24     30.00

Scaling never leaves the bounds, and leaves no heap of values on them: `filled`.
"""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.exact import BLOCK_BITS, BLOCK_ROWS
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.members import AT_ONCE
from dw_simulator.engine.values.base import Drawn, Kernel, fixed
from dw_simulator.engine.values.decimals import widen
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.filling import Ints, filled

_MOST_LISTED = 1 << 16


@dataclass(frozen=True)
class Units:
    """How a column's values are whole numbers of a unit.

    dtype     of the values; `wide` ones have 128 bits
    fraction  for floats: the unit is 1 / 2^fraction
    """

    dtype: np.dtype[np.generic]
    wide: bool = False
    fraction: int = 0

    @property
    def is_float(self) -> bool:
        return bool(np.issubdtype(self.dtype, np.floating))

    def read(self, column: FixedColumn) -> Ints:
        """Values as whole numbers of units, rounded; what a slot of NULL holds is anything."""
        values: Any = column.values
        if values.ndim == 2:  # known to fit the low word
            return np.ascontiguousarray(values[:, 0]).view(np.int64)
        if self.is_float:
            values = np.rint(values * float(1 << self.fraction))
        return np.asarray(values.astype(np.int64, copy=False))

    def column(self, units: Ints) -> FixedColumn:
        """Whole numbers of units as the column stores them."""
        if self.is_float:
            return FixedColumn((units * 0.5**self.fraction).astype(self.dtype))
        return FixedColumn(widen(units) if self.wide else units.astype(self.dtype))


@dataclass(frozen=True)
class Reach:
    """What every row may be, and how far the sums of leaves lie from what is expected.

    low, high  in units
    unrest     how far, as a share of a leaf's sum above `low` in 1 / 2^16
    """

    low: int
    high: int
    unrest: int = 0

    @property
    def width(self) -> int:
        return self.high - self.low

    def swing(self, total: int, rows: int, leaf: int) -> int:
        """The farthest that what is dealt out before a leaf may lie from its share of a sum above `low`.

        leaf  rows of the smallest leaf
        """
        share, rest = divmod(total * leaf, rows)
        slack = min(share, self.width * leaf - share - bool(rest))
        return max(min(slack // 2, share * self.unrest >> 16), 0)


@dataclass(frozen=True, eq=False)
class Leaves:
    """Some leaves, ascending: int64[n] each.

    groups  which group each is of
    places  which of its group's leaves it is
    starts  its first row
    sizes   how many rows it has
    wholes  how many rows its group has
    """

    groups: Ints
    places: Ints
    starts: Ints
    sizes: Ints
    wholes: Ints

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, some: Any) -> "Leaves":
        return Leaves(
            self.groups[some], self.places[some], self.starts[some], self.sizes[some], self.wholes[some]
        )

    def rows(self) -> Rows:
        """The rows of all of them."""
        total = int(self.sizes.sum())
        first = int(self.starts[0]) if len(self) else 0
        if not total or int(self.starts[-1]) + int(self.sizes[-1]) - first == total:
            return Rows.run(first, first + total)
        numbers = np.repeat(self.starts - np.cumsum(self.sizes) + self.sizes, self.sizes)
        return Rows.at(numbers + np.arange(total))


@dataclass(frozen=True, eq=False)
class Summing(Kernel):
    """Numbers with given sums, that have the shape of another kernel's.

    like    whose values are scaled: not NULL, and stored as `raw` says
    units   how the column's own are stored, of the same unit
    stream  of how sums of leaves differ
    """

    like: Kernel
    raw: Units
    units: Units
    reach: Reach
    stream: Stream

    @abstractmethod
    def _leaves_of(self, numbers: Ints) -> Leaves:
        """The leaf of every row number."""

    @abstractmethod
    def _leaves_between(self, start: int, stop: int) -> Leaves:
        """All leaves from that of one row on to that of the row before another."""

    @abstractmethod
    def _made(self, leaves: Leaves) -> FixedColumn:
        """The values of whole leaves."""

    @property
    @abstractmethod
    def _last(self) -> int:
        """The last row that is part of a group."""

    def values(self, rows: Rows) -> FixedColumn:
        if self._last < 0 or not len(rows):
            return self.units.column(np.zeros(len(rows), dtype=np.int64))
        if rows.contiguous and rows.stop <= self._last + 1:
            leaves = self._leaves_between(rows.start, rows.stop)
            made, start = self._made(leaves), rows.start - int(leaves.starts[0])
            some = slice(start, start + len(rows))
            return FixedColumn(made.values[some], None if made.valid is None else made.valid[some])
        numbers = np.minimum(rows.numbers, np.uint64(self._last)).view(np.int64)
        return self._scattered(numbers, self._leaves_of(numbers))

    def _scattered(self, numbers: Ints, leaves: Leaves) -> FixedColumn:
        _, first, places = np.unique(leaves.starts, return_index=True, return_inverse=True)
        once, offsets = leaves[first], numbers - leaves.starts
        values: NDArray[np.generic] | None = None
        valid = np.ones(len(numbers), dtype=np.bool_)
        for some in _pieces(once):
            made = self._made(once[some])
            starts = np.cumsum(once.sizes[some]) - once.sizes[some]
            mine = np.flatnonzero((places >= some.start) & (places < some.stop))
            at = starts[places[mine] - some.start] + offsets[mine]
            if values is None:
                values = np.empty((len(numbers), *made.values.shape[1:]), dtype=made.values.dtype)
            values[mine] = made.values[at]
            if made.valid is not None:
                valid[mine] = made.valid[at]
        assert values is not None, "there are rows"
        return FixedColumn(values, None if valid.all() else valid)

    @property
    @abstractmethod
    def _asked(self) -> int | None:
        """The sum of all rows above the least value, where that is known."""

    def means(self, sample: int) -> tuple[Fraction | None, Fraction]:
        """The mean above the least value that is asked, and that of the shape's first rows."""
        rows = min(self._last + 1, sample)
        if not rows or self._asked is None:
            return None, Fraction(0)
        raw = self._raw(Rows.run(0, rows)).tolist()
        return Fraction(self._asked, self._last + 1), Fraction(sum(raw), rows)

    def _raw(self, rows: Rows) -> Ints:
        """What the values would be, above the least one."""
        raw = self.raw.read(fixed(self.like.values(rows))) - np.int64(self.reach.low)
        above: Ints = np.clip(raw, 0, self.reach.width)
        return above

    def _stored(self, above: Ints) -> FixedColumn:
        above += np.int64(self.reach.low)
        return self.units.column(above)

    def _span(self) -> tuple[int | float, int | float]:
        unit = 0.5**self.units.fraction if self.units.is_float else 1
        return self.reach.low * unit, self.reach.high * unit


def _pieces(leaves: Leaves) -> Iterator[slice]:
    """Stretches of leaves that have a million rows together."""
    ends, start = np.cumsum(leaves.sizes), 0
    while start < len(leaves):
        before = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, before + AT_ONCE, side="right")), start + 1)
        yield slice(start, stop)
        start = stop


def turned(word: int, swing: int) -> int:
    """A whole number from -swing to swing, by 64 random bits."""
    return (word * (2 * swing + 1) >> 64) - swing


@dataclass(frozen=True, eq=False)
class Apportioned(Summing):
    """Numbers whose sum over each group of rows that stand together is given.

    totals  a column of the row: the sum of its group; where that is NULL, so are the group's rows
    sums    how the totals are stored
    factor  how many of the column's units are one of the totals'
    """

    grouping: Grouping
    totals: Kernel
    sums: Units
    factor: int = 1

    @cached_property
    def facts(self) -> Facts:
        return Facts(span=self._span(), nullable=self.totals.facts.nullable, movable=False)

    @property
    def _last(self) -> int:
        return self.grouping.rows - 1

    @property
    def _asked(self) -> int | None:
        """Known of groups that are listed, of which there are few."""
        if not isinstance(self.totals, Drawn) or self.grouping.size > _MOST_LISTED or not self.grouping.rows:
            return None
        bounds = self.grouping.first(np.arange(self.grouping.size + 1, dtype=np.uint64))
        begins = bounds[:-1][bounds[1:] > bounds[:-1]]
        totals: list[int] = self.sums.read(fixed(self.totals.values(Rows.at(begins)))).tolist()
        return self.factor * sum(totals) - self.reach.low * self.grouping.rows

    def _leaves_of(self, numbers: Ints) -> Leaves:
        groups = self.grouping.parents(numbers.view(np.uint64))
        first = self.grouping.first(groups).view(np.int64)
        wholes = self.grouping.first(groups + np.uint64(1)).view(np.int64) - first
        places = np.minimum((numbers - first) >> BLOCK_BITS, _counts(wholes) - 1)
        return _leaves(groups.view(np.int64), places, first, wholes)

    def _leaves_between(self, start: int, stop: int) -> Leaves:
        ends = self.grouping.parents(np.array([start, stop - 1], dtype=np.uint64))
        groups = np.arange(ends[0], ends[1] + np.uint64(1), dtype=np.uint64)
        bounds = self.grouping.first(np.append(groups, ends[1] + np.uint64(1))).view(np.int64)
        first, wholes = bounds[:-1], np.diff(bounds)
        counts = _counts(wholes)
        begin = np.zeros_like(counts)  # a table may be one group: only the leaves that are touched are listed
        begin[0] = min(start - first[0] >> BLOCK_BITS, counts[0] - 1)
        counts[-1] = min((stop - 1 - first[-1] >> BLOCK_BITS) + 1, counts[-1])
        counts -= begin
        if (counts == 1).all():  # small groups, of one leaf each
            return _leaves(groups.view(np.int64), begin, first, wholes)
        at = np.repeat(np.arange(len(groups)), counts)
        places = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts - begin, counts)
        return _leaves(groups.view(np.int64)[at], places, first[at], wholes[at])

    def _made(self, leaves: Leaves) -> FixedColumn:
        quotas, valid = self._quotas(leaves)
        column = self._stored(filled(self._raw(leaves.rows()), leaves.sizes, quotas, self.reach.width))
        if valid is None:
            return column
        return FixedColumn(column.values, np.repeat(valid, leaves.sizes))

    def _quotas(self, leaves: Leaves) -> tuple[Ints, NDArray[np.bool_] | None]:
        """What the rows of each leaf have together above the least value."""
        groups = leaves.groups
        new = np.concatenate([[True], groups[1:] != groups[:-1]])
        column = fixed(self.totals.values(Rows.at(leaves.starts[new])))
        at = np.cumsum(new) - 1
        totals = self.sums.read(column)[at] * np.int64(self.factor)
        valid = None if column.valid is None else column.valid[at]
        if valid is not None:
            totals[~valid] = self.reach.low * leaves.wholes[~valid]
        quotas = totals - self.reach.low * leaves.wholes
        parts = np.flatnonzero(leaves.wholes > leaves.sizes)
        if len(parts):
            quotas[parts] = self._parts(leaves[parts], quotas[parts])
        return quotas, valid

    def _parts(self, leaves: Leaves, totals: Ints) -> list[int]:
        """The quotas of leaves of larger groups, with integers that hold any product."""
        before = self.stream.bits(Rows.at(leaves.starts)).tolist()
        behind = self.stream.bits(Rows.at(leaves.starts + leaves.sizes)).tolist()
        columns = totals, leaves.wholes, leaves.places
        found = []
        for total, whole, place, *words in zip(
            *(column.tolist() for column in columns), before, behind, strict=True
        ):
            swing, count = self.reach.swing(total, whole, BLOCK_ROWS), whole >> BLOCK_BITS
            ends = []
            for at, word in zip((place, place + 1), words, strict=True):
                dealt = total * (at << BLOCK_BITS if at < count else whole) // whole
                ends.append(dealt + (turned(word, swing) if 0 < at < count else 0))
            found.append(ends[1] - ends[0])
        return found


def _counts(wholes: Ints) -> Ints:
    """How many leaves groups have: what is left over belongs to the last one."""
    counts: Ints = np.maximum(wholes >> BLOCK_BITS, np.minimum(wholes, 1))
    return counts


def _leaves(groups: Ints, places: Ints, first: Ints, wholes: Ints) -> Leaves:
    offsets = places << BLOCK_BITS
    sizes = np.where(places == _counts(wholes) - 1, wholes - offsets, BLOCK_ROWS)
    return Leaves(groups, places, first + offsets, sizes, wholes)
