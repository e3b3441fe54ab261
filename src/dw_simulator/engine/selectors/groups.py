"""Children that stand together by parent, so that both ways are open: from a row to its parent, and from a
parent to the run of its rows.

A `Grouping` is a selector that never falls from one row to the next. `Even` deals rows out evenly, `Counted`
by a table of counts, `Tiled` by such a table over and over, `Chained` joins two into one. A row's number
within its parent is its `Ordinal`; `spans` picks among the rows that share a parent.
"""

from abc import abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.permutation import Permutation
from dw_simulator.engine.selectors.sampling import multiply_high

_ONE = np.uint64(1)


class Grouping(Selector):
    """A monotone selector over `rows` rows onto `size` parents.

    Rows after those (their reference is NULL) are taken for the last one.

    least, most  fewest and most rows of one parent
    covered      so many parents, from the first on, are certain to have a row
    """

    if TYPE_CHECKING:  # a field or a property, as the class likes

        @property
        def rows(self) -> int:
            """Rows that have a parent."""

    @property
    @abstractmethod
    def least(self) -> int: ...

    @property
    @abstractmethod
    def most(self) -> int: ...

    @property
    def covered(self) -> int:
        return self.size if self.least else 0

    @abstractmethod
    def first(self, parents: UInts) -> UInts:
        """The first row of each parent, fresh; the number of rows for parents from `size` on."""

    @abstractmethod
    def parents(self, numbers: UInts) -> UInts:
        """The parent of each row number below `rows`, fresh."""

    def index(self, rows: Rows) -> UInts:
        return self.located(rows)[0].copy()

    def located(self, rows: Rows) -> tuple[UInts, UInts]:
        """(parent, first row of that parent) of each row, computed once for these rows."""
        return rows.once((self, "located"), lambda: self._locate(rows))

    def within(self, rows: Rows) -> UInts:
        """The row numbers, none beyond the last grouped row. Not to be overwritten."""
        if rows.contiguous and rows.stop <= self.rows:
            return rows.numbers
        return np.minimum(rows.numbers, np.uint64(max(self.rows - 1, 0)))

    def _locate(self, rows: Rows) -> tuple[UInts, UInts]:
        in_a_run = rows.contiguous and rows.stop <= self.rows
        if not in_a_run or len(rows) < 2 or self.rows < self.size:
            return self._look_up(self.within(rows))
        # a run of rows: each parent in it is worked out once
        low, high = self.parents(np.array([rows.start, rows.stop - 1], dtype=np.uint64))
        parents = np.arange(low, high + _ONE, dtype=np.uint64)
        first = self.first(np.append(parents, high + _ONE))
        ends = np.clip(first, np.uint64(rows.start), np.uint64(rows.stop))
        counts = np.diff(ends).view(np.int64)
        return np.repeat(parents, counts), np.repeat(first[:-1], counts)

    def looked_up(self, numbers: UInts) -> tuple[UInts, UInts]:
        """(parent, first row of that parent) of each row number below `rows`, fresh."""
        return self._look_up(numbers)

    def _look_up(self, numbers: UInts) -> tuple[UInts, UInts]:
        parents = self.parents(numbers)
        return parents, self.first(parents)


_OWNERS_LIMIT = 1 << 19


def _owners(bounds: UInts) -> NDArray[np.int32] | None:
    """Between which bounds every number below the last one lies; None where that is a long table."""
    if bounds[-1] > _OWNERS_LIMIT:
        return None
    return np.repeat(np.arange(len(bounds) - 1, dtype=np.int32), np.diff(bounds).view(np.int64))


def _find(owners: NDArray[np.int32] | None, bounds: UInts, numbers: UInts) -> UInts:
    """The last bound that is not above each number, fresh."""
    if owners is not None:
        return owners[numbers.view(np.int64)].astype(np.uint64)
    return np.searchsorted(bounds, numbers, side="right").astype(np.uint64) - _ONE


@dataclass(frozen=True, eq=False)
class Even(Grouping):
    """Every parent has as many rows as any other; the first ones have one more where it does not come out.

    With fewer rows than parents, row r belongs to parent r.
    """

    rows: int
    size: int

    @property
    def least(self) -> int:
        return self.rows // self.size

    @property
    def most(self) -> int:
        return -(-self.rows // self.size)

    @property
    def covered(self) -> int:
        return min(self.rows, self.size)

    @property
    def richer(self) -> int:
        """How many parents have one row more."""
        return self.rows % self.size

    def first(self, parents: UInts) -> UInts:
        parents = np.minimum(parents, np.uint64(self.size))
        first = parents * np.uint64(self.rows // self.size)
        first += np.minimum(parents, np.uint64(self.richer))
        return first

    def parents(self, numbers: UInts) -> UInts:
        each, richer = divmod(self.rows, self.size)
        if each == 0:
            return numbers.copy()
        if richer == 0:
            return numbers // np.uint64(each)
        border = richer * (each + 1)
        parents = numbers // np.uint64(each + 1)
        beyond = np.flatnonzero(numbers >= np.uint64(border))
        if len(beyond):
            late = numbers if len(beyond) == len(numbers) else numbers[beyond]
            late = (late - np.uint64(border)) // np.uint64(each)
            parents[beyond] = late + np.uint64(richer)
        return parents


@dataclass(frozen=True, eq=False)
class Counted(Grouping):
    """Counts from a table: `bounds[p]` is the first row of parent p, uint64[size + 1]."""

    bounds: UInts

    @property
    def rows(self) -> int:
        return int(self.bounds[-1])

    @property
    def size(self) -> int:
        return len(self.bounds) - 1

    @property
    def least(self) -> int:
        return int(np.diff(self.bounds).min()) if self.size else 0

    @property
    def most(self) -> int:
        return int(np.diff(self.bounds).max()) if self.size else 0

    def first(self, parents: UInts) -> UInts:
        return self.bounds[np.minimum(parents, np.uint64(self.size)).view(np.int64)]

    @cached_property
    def _owners(self) -> NDArray[np.int32] | None:
        return _owners(self.bounds)

    def parents(self, numbers: UInts) -> UInts:
        return _find(self._owners, self.bounds, numbers)


@dataclass(frozen=True, eq=False)
class Tiled(Grouping):
    """The same table of counts for every `width` parents, each time turned by another number of places.

    Tiles have the same number of rows, the first `even.richer` tiles one more (their own table). The parents
    that are left over after the last whole tile have a table of their own, `tail`.

    tables  uint64[2, 2 * width + 1]: the bounds of two turns of a tile, without and with one row more
    """

    dealt: Even
    tables: UInts
    tail: Counted
    turns: Stream
    _flat: UInts = field(init=False)

    def __post_init__(self) -> None:
        # both tables in one ascending array, so that one search serves both
        lifted = self.tables + np.array([[0], [int(self.tables[0, -1]) + 1]], dtype=np.uint64)
        object.__setattr__(self, "_flat", lifted.ravel())

    @property
    def rows(self) -> int:
        return self.dealt.rows + self.tail.rows

    @property
    def size(self) -> int:
        return self.dealt.size * self.width + self.tail.size

    @property
    def width(self) -> int:
        """Parents of a tile."""
        return int(self.tables.shape[1]) // 2

    @property
    def least(self) -> int:
        return min(
            int(np.diff(self.tables, axis=1).min()), *([self.tail.least] if self.tail.size else []), 1 << 62
        )

    @property
    def most(self) -> int:
        return max(int(np.diff(self.tables, axis=1).max()), self.tail.most)

    def _turned(self, tiles: UInts) -> UInts:
        """Where in the flat table each tile begins."""
        turn = multiply_high(self.turns.bits(Rows.at(tiles)), self.width)
        turn += (tiles < np.uint64(self.dealt.richer)) * np.uint64(2 * self.width + 1)
        return turn

    def first(self, parents: UInts) -> UInts:
        width = np.uint64(self.width)
        tiles = np.minimum(parents // width, np.uint64(self.dealt.size))
        begin = self._turned(tiles)
        places = parents - tiles * width
        inside = tiles < np.uint64(self.dealt.size)
        at = (begin + np.where(inside, places, np.uint64(0))).view(np.int64)
        first = self.dealt.first(tiles)
        first += self._flat[at]
        first -= self._flat[begin.view(np.int64)]
        first += np.where(inside, np.uint64(0), self.tail.first(np.where(inside, np.uint64(0), places)))
        return first

    def parents(self, numbers: UInts) -> UInts:
        inside = numbers < np.uint64(self.dealt.rows)
        if inside.all():
            return self._tile_parents(numbers)
        parents = np.empty(len(numbers), dtype=np.uint64)
        parents[inside] = self._tile_parents(numbers[inside])
        late = self.tail.parents(numbers[~inside] - np.uint64(self.dealt.rows))
        parents[~inside] = late + np.uint64(self.dealt.size * self.width)
        return parents

    def _tile_parents(self, numbers: UInts) -> UInts:
        return self._look_up_in_tiles(numbers)[0]

    def _look_up(self, numbers: UInts) -> tuple[UInts, UInts]:
        if (numbers < np.uint64(self.dealt.rows)).all():
            return self._look_up_in_tiles(numbers)
        return super()._look_up(numbers)

    def _look_up_in_tiles(self, numbers: UInts) -> tuple[UInts, UInts]:
        tiles = self.dealt.parents(numbers)
        begin = self._turned(tiles)
        # from a row number to its place in the flat table, and back
        lift = self._flat[begin.view(np.int64)]
        lift -= self.dealt.first(tiles)
        found = _find(self._owners, self._flat, numbers + lift)
        first = self._flat[found.view(np.int64)]
        first -= lift
        found -= begin
        found += tiles * np.uint64(self.width)
        return found, first

    @cached_property
    def _owners(self) -> NDArray[np.int32] | None:
        return _owners(self._flat)


@dataclass(frozen=True, eq=False)
class Chained(Grouping):
    """Rows by grandparent: `inner` groups rows by parent, `outer` parents by grandparent."""

    inner: Grouping
    outer: Grouping

    @property
    def rows(self) -> int:
        return self.inner.rows

    @property
    def size(self) -> int:
        return self.outer.size

    @property
    def least(self) -> int:
        return self.inner.least * self.outer.least

    @property
    def most(self) -> int:
        return self.inner.most * self.outer.most

    @property
    def covered(self) -> int:
        last = min(self.inner.covered, self.outer.rows) - 1
        if last < 0:
            return 0
        return min(self.outer.covered, int(self.outer.parents(np.array([last], dtype=np.uint64))[0]) + 1)

    def first(self, parents: UInts) -> UInts:
        return self.inner.first(self.outer.first(parents))

    def parents(self, numbers: UInts) -> UInts:
        return self.outer.parents(self.inner.parents(numbers))


@dataclass(frozen=True, eq=False)
class Ordinal(Selector):
    """A row's place among the rows of its parent, from 0."""

    grouping: Grouping

    @property
    def size(self) -> int:
        return self.grouping.most

    def index(self, rows: Rows) -> UInts:
        return self.grouping.within(rows) - self.grouping.located(rows)[1]


@dataclass(frozen=True, eq=False)
class ScatteredGrouping(Selector):
    """A grouping whose rows are not left together, but spread over the table by a permutation."""

    grouping: Grouping
    permutation: Permutation

    @property
    def size(self) -> int:
        return self.grouping.size

    def index(self, rows: Rows) -> UInts:
        return self.grouping.index(Rows.at(self.permutation(rows.numbers)))
