"""Parents that are picked by what they are, where there are too many to look at them all: some are drawn
until one will do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.chosen import Chosen, Flags, Ints, Ticks
from dw_simulator.engine.selectors.sampling import multiply_high
from dw_simulator.engine.values.base import Kernel, fixed

_TRIES = 4_000
_DRAWS = 100
"""So often a parent that is valid at a moment is drawn."""


@dataclass(frozen=True, eq=False)
class Tried(Selector):
    """A parent as often as its weight says, of any number: drawn until one is taken.

    pickable  so many, from the first on, may be picked
    weights   of parents, as DOUBLE; NULL is none
    most      the weight that is always taken; no parent weighs more
    """

    draws: Stream
    takes: Stream
    size: int
    pickable: int
    weights: Kernel
    most: float

    def index(self, rows: Rows) -> UInts:
        found = np.empty(len(rows), dtype=np.uint64)
        left = np.arange(len(rows))
        for turn in range(_TRIES):
            # draws of a turn are those of far rows
            numbers = Rows.at(rows.numbers[left] + (np.uint64(turn) << np.uint64(40)))
            parents = multiply_high(self.draws.bits(numbers), self.pickable)
            column = fixed(self.weights.values(Rows.at(parents)))
            weights = np.nan_to_num(column.values.astype(np.float64))
            if column.valid is not None:
                weights[~column.valid] = 0.0
            takes = (self.takes.bits(numbers) >> np.uint64(11)).astype(np.float64) * 2.0**-53
            taken = takes * self.most < weights
            found[left[taken]] = parents[taken]
            left = left[~taken]
            if not len(left):
                return found
        raise AssertionError("planning has seen that parents are taken often enough")


@dataclass(frozen=True, eq=False)
class TriedValid(Chosen):
    """A parent that is valid at a moment of the row, of any number: drawn until one is, up to `_DRAWS` times.

    since, until  when parents begin and end; until: None where nothing ends
    ticks, ending  from the moments of rows to their units
    weights, most  as those of `Tried`; None where all weigh the same
    """

    draws: Stream
    takes: Stream
    size: int
    pickable: int
    at: Kernel
    since: Kernel
    ticks: Ticks
    until: Kernel | None = None
    ending: Ticks | None = None
    weights: Kernel | None = None
    most: float = 1.0

    def found(self, rows: Rows) -> Flags:
        return self._tried(rows)[1]

    def index(self, rows: Rows) -> UInts:
        return self._tried(rows)[0].copy()

    def _tried(self, rows: Rows) -> tuple[UInts, Flags]:
        return rows.once((self, "tried"), lambda: self._try(rows))

    def _try(self, rows: Rows) -> tuple[UInts, Flags]:
        """(parents, whether each is valid at its row's moment).

        Where none is taken, the last of the valid draws counts; where none is valid, the first draw.
        """
        column = rows.once(self.at, lambda: self.at.values(rows))
        moments, ending = self.ticks.of(column), (self.ending or self.ticks).of(column)
        there = np.ones(len(rows), dtype=np.bool_) if column.valid is None else column.valid
        found, valid = np.zeros(len(rows), dtype=np.uint64), np.zeros(len(rows), dtype=np.bool_)
        left = np.flatnonzero(there)
        for turn in range(_DRAWS):
            if not len(left):
                break
            numbers = Rows.at(rows.numbers[left] + (np.uint64(turn) << np.uint64(40)))
            parents = multiply_high(self.draws.bits(numbers), self.pickable)
            if not turn:
                found[left] = parents
            good, weight = self._judged(Rows.at(parents), moments[left], ending[left])
            found[left[good]], valid[left[good]] = parents[good], True
            takes = (self.takes.bits(numbers) >> np.uint64(11)).astype(np.float64) * 2.0**-53
            left = left[~(good & (takes * self.most < weight))]
        return found, valid

    def _judged(self, parents: Rows, moments: Ints, ending: Ints) -> tuple[Flags, NDArray[np.float64]]:
        """(whether parents are valid at moments and may be picked, their weights)."""
        begins = fixed(self.since.values(parents))
        good = begins.values.astype(np.int64, copy=False) <= moments
        if begins.valid is not None:
            good &= begins.valid
        if self.until is not None:
            ends = fixed(self.until.values(parents))
            open_ = ends.values.astype(np.int64, copy=False) >= ending
            good &= open_ if ends.valid is None else open_ | ~ends.valid
        weights = np.full(len(parents), self.most)
        if self.weights is not None:
            column = fixed(self.weights.values(parents))
            weights = np.nan_to_num(column.values.astype(np.float64))
            if column.valid is not None:
                weights[~column.valid] = 0.0
        return good & (weights > 0), weights
