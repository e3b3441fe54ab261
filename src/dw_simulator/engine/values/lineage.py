"""Moments along a tree: whoever stands below another comes after it.

    row      1 (root)    4            9
    above                1            4
    value    Mar 2       Mar 2 + 30   Mar 2 + 30 + 12

A row's value is made from that of the row above it, and so on up to a root. Rows are followed up all at once,
level by level, and each row above is looked at once in a batch; then values are made from the top down.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.skewed import Branching, InTree, Levels
from dw_simulator.engine.values.base import Event, Kernel, fixed
from dw_simulator.engine.values.betweens import Between
from dw_simulator.engine.values.facts import Facts

DEEPEST = 4096
"""Levels of a tree that are followed."""
_BY_CHANCE = 128
"""Levels of a tree by chance alone: in one of e^70 trees of 10^12 rows, some row is deeper."""
_HELD = 1 << 22
"""Rows that are held at once, over all levels."""


class _Level(NamedTuple):
    """Rows of a level: which are roots, and the places of the others' rows in the level above."""

    numbers: UInts
    roots: NDArray[np.bool_]
    upper: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class AlongTree(Kernel):
    """A moment that follows the same column's in the row above.

    pick    the row above
    no_row  where there is none; a row above itself has none either
    root    the values of rows without a row above
    step    how one follows another
    depth   levels at the most
    """

    pick: Selector
    no_row: Event | None
    root: Kernel
    step: Between
    depth: int

    @cached_property
    def facts(self) -> Facts:
        step, (mark,) = self.step, self.step.sources
        ends = mark.ends
        if ends is None:
            ends = (step.first, step.last)
        low, high = ends
        late = False
        for _ in range(self.depth - 1):
            reached = high + step.least
            far = step.last if step.most is None else min(high + step.most, step.last)
            if step.present is not None:
                late = late or far > step.present
                far = min(far, step.present if step.censors else max(step.present, reached))
            grown = max(high, min(far, step.last))
            if grown == high:
                break
            high = grown
        crowded = bool(step.untils) or high + step.least > step.last
        nullable = self.root.facts.nullable or (late and step.censors) or (crowded and step.optional)
        ends = (-high, -low) if step.backwards else (low, high)
        stored = step.scale.stored(ends[0]), step.scale.stored(ends[1])
        return Facts(span=stored, distinct=(stored[1] - stored[0]) // step.scale.step + 1, nullable=nullable)

    def crowded(self, rows: Rows) -> int:
        """How many of some rows have no room below the row above them."""
        above = rows.through(self.pick).numbers
        below = above != rows.numbers
        if self.no_row is not None:
            below &= ~self.no_row.hits(rows)
        parents = self.values(Rows.at(above[below]))
        _, low, high, _ = self.step.room(Rows.at(rows.numbers[below]), [parents])
        return int(np.count_nonzero(low > high))

    def values(self, rows: Rows) -> FixedColumn:
        at_once = max(_HELD // self.depth, 1)
        numbers = rows.numbers
        parts = [self._made(numbers[k : k + at_once]) for k in range(0, len(rows), at_once)] or [
            self._made(numbers)
        ]
        values = np.concatenate([part.values for part in parts])
        valid = np.concatenate([part.valid for part in parts if part.valid is not None])
        return FixedColumn(values, None if valid.all() else valid)

    def _made(self, numbers: UInts) -> FixedColumn:
        once, places = np.unique(numbers, return_inverse=True)
        column: FixedColumn | None = None
        for level in reversed(list(self._levels(once))):
            column = self._values(level, column)
        assert column is not None, "there is one level at least"
        assert column.valid is not None, "it says where they are"
        return FixedColumn(column.values[places], column.valid[places])

    def _levels(self, numbers: UInts) -> Iterator[_Level]:
        """From these rows up to the last roots."""
        while True:
            rows = Rows.at(numbers)
            above = rows.through(self.pick).numbers
            roots = above == numbers
            if self.no_row is not None:
                roots |= self.no_row.hits(rows)
            higher, places = np.unique(above[~roots], return_inverse=True)
            yield _Level(numbers, roots, places)
            if not len(higher):
                return
            numbers = higher

    def _values(self, level: _Level, above: FixedColumn | None) -> FixedColumn:
        values = np.zeros(len(level.numbers), dtype=self.step.dtype)
        valid = np.ones(len(level.numbers), dtype=np.bool_)
        parts = [(level.roots, fixed(self.root.values(Rows.at(level.numbers[level.roots]))))]
        if above is not None:
            assert above.valid is not None, "it says where they are"
            parents = FixedColumn(above.values[level.upper], above.valid[level.upper])
            below = ~level.roots
            parts.append((below, self.step.following(Rows.at(level.numbers[below]), [parents])))
        for where, found in parts:
            values[where] = found.values
            if found.valid is not None:
                valid[where] = found.valid
        return FixedColumn(values, valid)


def depth_of(pick: Selector, rows: int) -> int:
    """How many levels a tree of so many rows has at the most."""
    if not isinstance(pick, InTree):
        return 1
    shape = pick.shape
    most = rows if pick.grouping is None else pick.grouping.most
    if isinstance(shape, Levels):
        return len(shape.starts)
    if isinstance(shape, Branching):
        levels, size, reached = 1, shape.roots, shape.roots
        if shape.branching == 1:
            return max(-(-most // shape.roots), 1)
        while reached < most:
            size *= shape.branching
            reached += size
            levels += 1
        return levels
    return max(min(most, _BY_CHANCE), 1)
