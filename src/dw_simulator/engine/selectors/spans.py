"""Picks among the rows that share a parent, and orders of their own for the rows of each parent.

A `Span` is the run of rows that belong to one parent; how many there are differs from parent to parent. What
has to differ among the rows of a parent is rearranged within all that is possible there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.permutation import rearranged
from dw_simulator.engine.selectors.sampling import Chance, multiply_high_each

_ONE = np.uint64(1)


@dataclass(frozen=True, eq=False)
class Through(Selector):
    """The parent of a parent: one selector after another."""

    inner: Selector
    outer: Selector

    @property
    def size(self) -> int:
        return self.outer.size

    def index(self, rows: Rows) -> UInts:
        return self.outer.index(rows.through(self.inner))


@dataclass(frozen=True, eq=False)
class Span:
    """The rows of a grouping that belong to the parent which `base` picks: a run of rows."""

    base: Selector
    grouping: Grouping

    def ends(self, rows: Rows) -> tuple[UInts, UInts]:
        """(first row, number of rows) of each run, computed once for these rows. Not to be overwritten."""

        def measured() -> tuple[UInts, UInts]:
            parents = rows.through(self.base).numbers
            first = self.grouping.first(parents)
            return first, self.grouping.first(parents + _ONE) - first

        return rows.once(self, measured)


@dataclass(frozen=True, eq=False)
class Childless:
    """True where a span has no rows, and by chance."""

    span: Span
    chance: Chance

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        hits = self.chance.hits(rows)
        hits |= self.span.ends(rows)[1] == 0
        return hits


@dataclass(frozen=True, eq=False)
class WithinSpan(Selector):
    """Any row of a span, equally likely."""

    span: Span
    stream: Stream

    @property
    def size(self) -> int:
        return self.span.grouping.rows

    def index(self, rows: Rows) -> UInts:
        first, count = self.span.ends(rows)
        index = multiply_high_each(self.stream.bits(rows), count, self.span.grouping.most)
        index += first
        return index


@dataclass(frozen=True, eq=False)
class SpanPlace(Selector):
    """The row of a span at the place that another selector names."""

    span: Span
    place: Selector

    @property
    def size(self) -> int:
        return self.span.grouping.rows

    def index(self, rows: Rows) -> UInts:
        index = self.place.index(rows)
        index += self.span.ends(rows)[0]
        return index


Extent = int | Span
"""How many choices there are: as many for every row, or as many as a row's span has."""


@dataclass(frozen=True, eq=False)
class PermutedSiblings(Selector):
    """A row's place among the rows of its parent, rearranged within all combinations of some extents.

    No two rows of one parent have the same; every parent has an order of its own.
    """

    grouping: Grouping
    extents: tuple[Extent, ...]
    stream: Stream

    @property
    def size(self) -> int:
        size = 1
        for extent in self.extents:
            size *= extent if isinstance(extent, int) else extent.grouping.most
        return size

    def index(self, rows: Rows) -> UInts:
        parents, first = self.grouping.located(rows)
        sizes = np.ones(len(rows), dtype=np.uint64)
        for extent in self.extents:
            sizes *= np.uint64(extent) if isinstance(extent, int) else extent.ends(rows)[1]
        return rearranged(self.grouping.within(rows) - first, sizes, self.stream.bits(Rows.at(parents)))


@dataclass(frozen=True, eq=False)
class PermutedLastDigit(Selector):
    """The last digit of another selector's index, rearranged: in an order of its own for each other digit.

    below   the last digit counts up to this
    extent  it is rearranged within this, which is not less
    """

    whole: Selector
    below: int
    extent: Extent
    stream: Stream

    @property
    def size(self) -> int:
        return self.extent if isinstance(self.extent, int) else self.extent.grouping.most

    def index(self, rows: Rows) -> UInts:
        whole = rows.through(self.whole).numbers
        others = whole // np.uint64(self.below)
        last = whole - others * np.uint64(self.below)
        extent = self.extent
        sizes = extent.ends(rows)[1] if isinstance(extent, Span) else np.full(len(rows), extent, np.uint64)
        return rearranged(last, sizes, self.stream.bits(Rows.at(others)))


@dataclass(frozen=True, eq=False)
class ExtentDigit(Selector):
    """One digit of another selector's index, where digits count up to extents that may differ by row."""

    whole: Selector
    extents: tuple[Extent, ...]
    part: int

    @property
    def size(self) -> int:
        extent = self.extents[self.part]
        return extent if isinstance(extent, int) else extent.grouping.most

    def index(self, rows: Rows) -> UInts:
        left = rows.through(self.whole).numbers
        for extent in self.extents[: self.part]:
            left = left // self._count(extent, rows)
        return left % self._count(self.extents[self.part], rows)

    @staticmethod
    def _count(extent: Extent, rows: Rows) -> UInts | np.uint64:
        return np.uint64(extent) if isinstance(extent, int) else extent.ends(rows)[1]
