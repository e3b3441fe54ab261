"""Picks of a parent that are not uniform: skewed, or above the row in a tree of its own table."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.sampling import Chance, multiply_high, multiply_high_each

_BY_CHANCE = 128
"""Levels of a tree by chance alone: in one of e^70 trees of 10^12 rows, some row is deeper."""


@dataclass(frozen=True, eq=False)
class Favoured(Selector):
    """The first `head` of `size` indices together with a probability, the others with the rest of it."""

    chance: Chance
    stream: Stream
    head: int
    size: int

    @property
    def independent(self) -> bool:
        return True

    def index(self, rows: Rows) -> UInts:
        hit = self.chance.hits(rows)
        words = self.stream.bits(rows)
        index = multiply_high(words.copy(), self.head)
        others = multiply_high(words, self.size - self.head)
        others += np.uint64(self.head)
        return np.where(hit, index, others)


class TreeShape(Protocol):
    """The shape of a tree, over the places 0, 1, 2, ... of its rows."""

    def above(self, places: UInts, rows: Rows, /) -> UInts:
        """The place of the parent, fresh; a root's own place."""

    def depth(self, places: int, /) -> int:
        """How many levels a tree of so many places has at the most."""


@dataclass(frozen=True, eq=False)
class Earlier:
    """After the roots, any earlier row, equally likely: depth grows with the logarithm of the rows.

    most  places are below this
    """

    stream: Stream
    most: int
    roots: int = 1

    def above(self, places: UInts, rows: Rows) -> UInts:
        above = multiply_high_each(self.stream.bits(rows), places, self.most)
        return np.where(places < np.uint64(self.roots), places, above)

    def depth(self, places: int) -> int:
        return max(min(places, _BY_CHANCE), 1)


@dataclass(frozen=True, eq=False)
class Branching:
    """After the roots, every row in turn has `branching` children."""

    roots: int
    branching: int

    def above(self, places: UInts, _rows: Rows) -> UInts:
        roots = np.uint64(self.roots)
        above = (places - np.minimum(places, roots)) // np.uint64(self.branching)
        return np.where(places < roots, places, above)

    def depth(self, places: int) -> int:
        if self.branching == 1:
            return max(-(-places // self.roots), 1)
        levels, size, reached = 1, self.roots, self.roots
        while reached < places:
            size *= self.branching
            reached += size
            levels += 1
        return levels


@dataclass(frozen=True, eq=False)
class Levels:
    """Any row of the level above, equally likely; `starts` is the first place of every level, uint64[m]."""

    stream: Stream
    starts: UInts

    def above(self, places: UInts, rows: Rows) -> UInts:
        level = np.searchsorted(self.starts, places, side="right") - 1
        low, high = self.starts[np.maximum(level - 1, 0)], self.starts[level]
        above = multiply_high_each(self.stream.bits(rows), high - low, int(self.starts[-1]))
        above += low
        return np.where(level == 0, places, above)

    def depth(self, _places: int) -> int:
        return len(self.starts)


@dataclass(frozen=True, eq=False)
class InTree(Selector):
    """The row above in a tree; where rows are grouped, every group is a tree of its own."""

    shape: TreeShape
    size: int
    grouping: Grouping | None = None

    def places(self, rows: Rows) -> UInts:
        """Places within the tree. Not to be overwritten."""
        if self.grouping is None:
            return rows.numbers
        return self.grouping.within(rows) - self.grouping.located(rows)[1]

    def index(self, rows: Rows) -> UInts:
        places = rows.once((self, "places"), lambda: self.places(rows))
        above = self.shape.above(places, rows)
        if self.grouping is not None:
            above += self.grouping.located(rows)[1]
        return above

    def depth(self, rows: int) -> int:
        """How many levels a tree of so many rows, or one group of them, has at the most."""
        return self.shape.depth(rows if self.grouping is None else self.grouping.most)


@dataclass(frozen=True, eq=False)
class Roots:
    """True for the first `roots` rows of a tree, and for others by chance."""

    tree: InTree
    roots: int
    chance: Chance | None = None

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        hits = self.tree.places(rows) < np.uint64(self.roots)
        return hits if self.chance is None else hits | self.chance.hits(rows)


@dataclass(frozen=True, eq=False)
class Beyond:
    """True where a selector's index is no parent's: `limit` or above."""

    selector: Selector
    limit: int

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        return np.greater_equal(rows.through(self.selector).numbers, np.uint64(self.limit))


@dataclass(frozen=True, eq=False)
class Capped(Selector):
    """Another selector's index, at most `size - 1`."""

    selector: Selector
    size: int

    def index(self, rows: Rows) -> UInts:
        return np.minimum(rows.through(self.selector).numbers, np.uint64(self.size - 1))


@dataclass(frozen=True, eq=False)
class Rest:
    """True for the rows from `start` on."""

    start: int

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        return np.greater_equal(rows.numbers, np.uint64(self.start))
