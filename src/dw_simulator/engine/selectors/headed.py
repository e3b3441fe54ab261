"""Groupings in which a few parents have many children: some counts told one by one, the rest by a pattern."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.groups import Grouping

_FEW = 3
"""With fewer rows than so many for each parent, rows are looked up one by one."""


@dataclass(frozen=True, eq=False)
class Headed(Grouping):
    """Some parents with counts of their own stand among all others, which another grouping deals with.

        heads 1, 3 with 5 and 4 rows; the others have 1 each
        parent   0  1          2  3        4
        rows     0  1 .. 5     6  7 .. 10  11

    heads   the parents with counts of their own, ascending: uint64[k]
    bounds  rows of the heads before each of them, and of all of them: uint64[k + 1]
    """

    heads: UInts
    bounds: UInts
    others: Grouping
    _starts: UInts = field(init=False)
    _shifted: UInts = field(init=False)

    def __post_init__(self) -> None:
        # how many of the others stand before each head
        shifted = np.subtract(self.heads, np.arange(len(self.heads), dtype=np.uint64), dtype=np.uint64)
        object.__setattr__(self, "_shifted", shifted)
        object.__setattr__(self, "_starts", self.bounds[:-1] + self._others_first(shifted))

    def _others_first(self, others: UInts) -> UInts:
        return self.others.first(others) if self.others.size else np.zeros(len(others), dtype=np.uint64)

    @property
    def rows(self) -> int:
        return int(self.bounds[-1]) + self.others.rows

    @property
    def size(self) -> int:
        return len(self.heads) + self.others.size

    @property
    def least(self) -> int:
        own = int(np.diff(self.bounds).min())
        return min(own, self.others.least) if self.others.size else own

    @property
    def most(self) -> int:
        return max(int(np.diff(self.bounds).max()), self.others.most if self.others.size else 0)

    def first(self, parents: UInts) -> UInts:
        parents = np.minimum(parents, np.uint64(self.size))
        before = np.searchsorted(self.heads, parents).astype(np.uint64)
        first = self._others_first(parents - before)
        first += self.bounds[before.view(np.int64)]
        return first

    def _before(self, numbers: UInts) -> NDArray[np.int64]:
        """How many heads begin at each row or before."""
        return np.searchsorted(self._starts, numbers, side="right")

    def parents(self, numbers: UInts) -> UInts:
        return self._look_up(numbers)[0]

    def _locate(self, rows: Rows) -> tuple[UInts, UInts]:
        if self.rows < _FEW * self.size:  # many of the parents of a run have no row in it
            return self._look_up(self.within(rows))
        return super()._locate(rows)

    def _look_up(self, numbers: UInts) -> tuple[UInts, UInts]:
        before = self._before(numbers)
        at = np.maximum(before - 1, 0)
        first = self._starts[at]
        inside = (before > 0) & (numbers - first < self.bounds[at + 1] - self.bounds[at])
        parents = self.heads[at]
        rest = np.flatnonzero(~inside)
        if len(rest):
            passed = before[rest]
            lift = self.bounds[passed]
            found, start = self.others.looked_up(numbers[rest] - lift)
            parents[rest] = found + passed.astype(np.uint64)
            first[rest] = start + lift
        return parents, first


@dataclass(frozen=True, eq=False)
class Adjoined(Grouping):
    """The parents of one grouping, and behind them those of another."""

    former: Grouping
    latter: Grouping

    @property
    def rows(self) -> int:
        return self.former.rows + self.latter.rows

    @property
    def size(self) -> int:
        return self.former.size + self.latter.size

    @property
    def least(self) -> int:
        return min(self.former.least, self.latter.least)

    @property
    def most(self) -> int:
        return max(self.former.most, self.latter.most)

    @property
    def covered(self) -> int:
        whole = self.former.covered == self.former.size
        return self.former.covered + (self.latter.covered if whole else 0)

    def first(self, parents: UInts) -> UInts:
        border = np.uint64(self.former.size)
        late = parents >= border
        first = self.former.first(np.minimum(parents, border))
        if late.any():
            first[late] = self.latter.first(parents[late] - border) + np.uint64(self.former.rows)
        return first

    def parents(self, numbers: UInts) -> UInts:
        border = np.uint64(self.former.rows)
        late = numbers >= border
        parents = np.empty(len(numbers), dtype=np.uint64)
        if not late.all():
            parents[~late] = self.former.parents(numbers[~late])
        if late.any():
            parents[late] = self.latter.parents(numbers[late] - border) + np.uint64(self.former.size)
        return parents
