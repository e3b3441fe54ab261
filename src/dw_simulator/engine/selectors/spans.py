"""Picks among the rows that share a parent, and orders of their own for the rows of each parent.

A `Span` is the run of rows that belong to one parent; how many there are differs from parent to parent. What
has to differ among the rows of a parent is rearranged within all that is possible there.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.permutation import Permutation, rearranged
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
    """The rows of a grouping that belong to the parent which `base` picks: a run of places.

    order      where rows are not dealt out in the order in which they stand: from a row to its place
    childless  a share of the rows, the last ones, that is left out
    fewer      so many are left out besides
    """

    base: Selector
    grouping: Grouping
    order: Permutation | None = None
    childless: float = 0.0
    fewer: int = 0

    @property
    def most(self) -> int:
        """Rows of the longest run."""
        return self.grouping.most

    @cached_property
    def _has_gaps(self) -> bool:
        return not self.grouping.least or self.base.size > self.grouping.size

    def ends(self, rows: Rows) -> tuple[UInts, UInts]:
        """(first place, number of rows) of each run, computed once for these rows. Not to be overwritten."""

        def measured() -> tuple[UInts, UInts]:
            parents = rows.through(self.base).numbers
            first = self.grouping.first(parents)
            count = self.grouping.first(parents + _ONE) - first
            if self.childless:  # but one at the least
                fertile = count - np.rint(count.astype(np.float64) * self.childless).astype(np.uint64)
                count = np.maximum(fertile, np.minimum(count, _ONE))
            return first, count - np.uint64(self.fewer)

        return rows.once(self, measured)

    def rows_at(self, places: UInts) -> UInts:
        """The rows at some places, which are overwritten."""
        if self._has_gaps:
            # a run without rows may begin behind the last one; what is picked there is NULL
            np.minimum(places, np.uint64(max(self.grouping.rows - 1, 0)), out=places)
        return places if self.order is None else self.order.inverse(places)

    def places_of(self, numbers: UInts) -> UInts:
        """The places of some rows; may be the same array."""
        return numbers if self.order is None else self.order(numbers)


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
class Apart(Selector):
    """A row that is not the one which another selector picks: of a span, or of all.

    place  a place among one row less
    """

    place: Selector
    other: Selector
    size: int
    span: Span | None = None

    def index(self, rows: Rows) -> UInts:
        place, others = self.place.index(rows), rows.through(self.other).numbers
        if self.span is None:
            return place + (place >= others)
        first = self.span.ends(rows)[0]
        place += place >= self.span.places_of(others) - first
        return self.span.rows_at(place + first)


@dataclass(frozen=True, eq=False)
class PlaceInSpan(Selector):
    """A place among the rows of a span, counted from its first."""

    span: Span

    @property
    def size(self) -> int:
        return self.span.most


@dataclass(frozen=True, eq=False)
class AnyPlace(PlaceInSpan):
    """Any place of a span, equally likely."""

    stream: Stream

    def index(self, rows: Rows) -> UInts:
        return multiply_high_each(self.stream.bits(rows), self.span.ends(rows)[1], self.span.most)


@dataclass(frozen=True, eq=False)
class FavouredPlace(PlaceInSpan):
    """A place of a span: with a probability one of the first, which are a share of its rows, else another."""

    chance: Chance
    stream: Stream
    share: float

    def index(self, rows: Rows) -> UInts:
        count = self.span.ends(rows)[1]
        head = np.maximum(np.rint(count.astype(np.float64) * self.share).astype(np.uint64), _ONE)
        hit = self.chance.hits(rows) | (head >= count)
        index = multiply_high_each(
            self.stream.bits(rows), np.where(hit, np.minimum(head, count), count - head), self.span.most
        )
        return np.where(hit, index, index + head)


_TRIES = 12


@dataclass(frozen=True, eq=False)
class SkewedPlace(PlaceInSpan):
    """A place of a span, by a shape over the longest; drawn again, a few times, where it is beyond its own.

    again  of the rows that are asked instead, and of the last draw, which is even
    """

    shape: Selector
    again: Stream

    def index(self, rows: Rows) -> UInts:
        count = self.span.ends(rows)[1]
        index = self.shape.index(rows)
        beyond = np.flatnonzero(index >= count)
        numbers = rows.numbers[beyond]
        for _ in range(_TRIES):
            if not len(beyond):
                return index
            numbers = self.again.bits(Rows.at(numbers))
            index[beyond] = self.shape.index(Rows.at(numbers))
            still = index[beyond] >= count[beyond]
            beyond, numbers = beyond[still], numbers[still]
        index[beyond] = multiply_high_each(self.again.bits(Rows.at(numbers)), count[beyond], self.span.most)
        return index


@dataclass(frozen=True, eq=False)
class ShuffledPlace(PlaceInSpan):
    """A place of a span, rearranged: in an order of its own for each run of rows."""

    place: Selector
    stream: Stream

    def index(self, rows: Rows) -> UInts:
        first, count = self.span.ends(rows)
        return rearranged(self.place.index(rows), np.maximum(count, _ONE), self.stream.bits(Rows.at(first)))


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
        return self.span.rows_at(index)


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
