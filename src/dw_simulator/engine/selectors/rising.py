"""Indices that rise from row to row: over a table, nearly so, or among the rows of each parent.

Row r of n rows gets an index out of the r-th of n equal strata, so that rows are in order without a sort, and
all of them together are spread as evenly as they can be.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.scratch import working
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.permutation import Permutation
from dw_simulator.engine.selectors.sampling import multiply_high, multiply_high_each

_ONE = np.uint64(1)
_PLENTY = 1 << 32
_TABLE_LIMIT = 1 << 16


@dataclass(frozen=True, eq=False)
class Windows(Selector):
    """Rows moved within windows of `width` of them: no row goes further than width - 1 places.

    All windows but the last have one permutation, each turned by places of its own before and after it.
    """

    rows: int
    width: int
    stream: Stream
    turns: Stream

    @property
    def size(self) -> int:
        return self.rows

    @cached_property
    def _order(self) -> UInts | Permutation:
        if self.width > _TABLE_LIMIT:
            return Permutation(self.width, self.stream)
        return np.argsort(self.stream.bits(Rows.run(0, self.width)), kind="stable").astype(np.uint64)

    @cached_property
    def _last(self) -> Permutation:
        return Permutation(max(self.rows % self.width, 1), self.turns)

    @property
    def tells_apart(self) -> bool:
        return True

    def index(self, rows: Rows) -> UInts:
        width, order = np.uint64(self.width), self._order
        windows = rows.numbers // width
        begin = windows * width
        words = self.turns.bits(Rows.at(windows))
        place = rows.numbers - begin
        place += multiply_high(words << np.uint64(32), self.width)
        place -= width * (place >= width)
        place = order(place) if isinstance(order, Permutation) else order[place.view(np.int64)]
        place += multiply_high(words, self.width)
        place -= width * (place >= width)
        place += begin
        whole = np.uint64(self.rows // self.width * self.width)
        late = np.flatnonzero(rows.numbers >= whole)
        if len(late):
            place[late] = self._last(rows.numbers[late] - whole) + whole
        return place


@dataclass(frozen=True, eq=False)
class Stratified(Selector):
    """An index below `size` from the stratum of each of `rows` rows; none twice where there is room.

    windows  which row's stratum each row takes, where it is not its own

    Where strata are wide (2^32 or more), all are taken for equally wide: what is left at the end, 2^-32 of
    the whole, does not come.
    """

    stream: Stream
    rows: int
    size: int
    windows: Windows | None = None

    @property
    def tells_apart(self) -> bool:
        """Whether no two rows have the same index."""
        return self.rows <= self.size

    @property
    def rises(self) -> bool:
        return self.windows is None

    def index(self, rows: Rows) -> UInts:
        if self.windows is not None:
            rows = rows.through(self.windows)
        width, left = divmod(self.size, self.rows)
        low = rows.numbers * np.uint64(width)
        if width >= _PLENTY:
            low += multiply_high(self.stream.bits(rows), width)
            return low
        # ceil: the stratum after the last one begins at `size`, exactly
        slope = -(-(left << 64) // self.rows)
        if slope:
            extra = multiply_high(rows.numbers.copy(), slope)
            low += extra
        if not width:  # more rows than indices; beyond 2^32 rows the last may come a row early
            np.minimum(low, np.uint64(self.size - 1), out=low)
            return low
        widths = np.full(len(rows), width, dtype=np.uint64)
        if slope:
            widths += multiply_high(rows.numbers + _ONE, slope)
            widths -= extra
        low += multiply_high_each(self.stream.bits(rows), widths, width + 1)
        return low


@dataclass(frozen=True, eq=False)
class AmongSiblings(Selector):
    """64-bit positions that rise among the rows of each parent, spread evenly over their number."""

    stream: Stream
    grouping: Grouping
    size: int = 1 << 64

    def index(self, rows: Rows) -> UInts:
        parents, first = self.grouping.located(rows)
        counts = self._counts(parents, rows)
        words = self.stream.bits(rows)
        words >>= np.uint64(11)
        share = working(0, len(rows)).view(np.float64)
        np.copyto(share, words.view(np.int64))
        share *= 2.0**-53
        share += np.subtract(self.grouping.within(rows), first, out=words).view(np.int64)
        share /= counts.view(np.int64)
        share *= 2.0**53
        np.copyto(words, share, casting="unsafe")
        np.minimum(words, np.uint64((1 << 53) - 1), out=words)
        words <<= np.uint64(11)
        return words

    def _counts(self, parents: UInts, rows: Rows) -> UInts:
        """How many rows each parent has, at least 1. Works in array 0."""
        low, high = (int(parents[0]), int(parents[-1])) if rows.contiguous and len(rows) else (0, len(rows))
        if high - low < len(rows):  # a run of rows: each parent in it is worked out once
            first = self.grouping.first(np.arange(low, high + 2, dtype=np.uint64))
            places = np.subtract(parents, np.uint64(low), out=working(0, len(rows)))
            counts = np.diff(first)[places.view(np.int64)]
        else:
            counts = self.grouping.first(parents + _ONE) - self.grouping.first(parents)
        return np.maximum(counts, _ONE, out=counts)
