"""Columns that go together: positions whose normal scores are correlated (a Gaussian copula).

Every column has a draw of its own for each row, as a normal score. A weighted sum of several, with squared
weights that add up to 1, is a normal score again: the share of the normal distribution below it is a position
that is spread evenly, as any column's is, and goes with the others.

    amount    z1                      position Phi(z1)
    quantity  0.8 z1 + 0.6 z2         position Phi(0.8 z1 + 0.6 z2), correlated 0.8 with the scores of amount

What a column makes of its position is its own affair, so that its distribution stays what it was.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import lru_cache
from math import erfc, inf, sqrt

import numpy as np

from dw_simulator.engine import distributions
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.scratch import working
from dw_simulator.engine.selectors.alias_tables import steady
from dw_simulator.engine.selectors.quantiles import Floats, Quantiles

_REACH = 9  # beyond it lies less of the normal distribution than 2^-62
_CELLS = 256  # in a unit of the score
_LAST = np.nextafter(float(_REACH), 0.0)
_HALF = float((1 << 63) - (1 << 10))  # the greatest float that is a 64-bit number with a sign


class Score(ABC):
    """A normal score for each row, told apart by identity: made once for some rows."""

    @property
    def independent(self) -> bool:
        """Whether it may be asked at any 64-bit row number."""
        return True

    @abstractmethod
    def scores(self, rows: Rows) -> Floats:
        """float64[n]. Shared: not to be overwritten."""


@dataclass(frozen=True, eq=False)
class OwnScore(Score):
    """A draw of its own.

    table  of the standard normal distribution; its stream says which draw
    """

    table: Quantiles

    @classmethod
    def of(cls, stream: Stream) -> "OwnScore":
        """The score of a stream's bits."""
        return cls(replace(_normal(), stream=stream))

    @property
    def stream(self) -> Stream:
        """Its bits are the positions of these scores."""
        return self.table.stream

    def scores(self, rows: Rows) -> Floats:
        return rows.once(self, lambda: self.table.at(self.stream.bits(rows)))


@dataclass(frozen=True, eq=False)
class ScoreThere(Score):
    """The score of the row that is referenced; several picks follow one reference after another."""

    picks: tuple[Selector, ...]
    inner: Score

    @property
    def independent(self) -> bool:
        return False

    def scores(self, rows: Rows) -> Floats:
        for pick in self.picks:
            rows = rows.through(pick)
        return self.inner.scores(rows)


@dataclass(frozen=True, eq=False)
class Combined(Score):
    """The sum of some scores by weights, whose squares add up to 1."""

    weights: tuple[float, ...]
    parts: tuple[Score, ...]

    @property
    def independent(self) -> bool:
        return all(part.independent for part in self.parts)

    def scores(self, rows: Rows) -> Floats:
        return rows.once(self, lambda: self._sum(rows))

    def _sum(self, rows: Rows) -> Floats:
        terms = [part.scores(rows) for part in self.parts]
        total: Floats = terms[0] * self.weights[0]
        part = working(0, len(rows)).view(np.float64)
        for weight, term in zip(self.weights[1:], terms[1:], strict=True):
            total += np.multiply(term, weight, out=part)
        return total


@dataclass(frozen=True, eq=False)
class Correlated(Selector):
    """64-bit positions, spread evenly: the share of the normal distribution that lies below a score.

    shares, steps  how much lies below -0, -1/256, -2/256, ..., and how that goes on: float64, in 2^-64
    """

    score: Score
    shares: Floats
    steps: Floats
    size: int = 1 << 64

    @classmethod
    def by(cls, score: Score) -> "Correlated":
        """The positions of a score."""
        return cls(score, *_below())

    @property
    def even(self) -> bool:
        return True

    @property
    def independent(self) -> bool:
        return self.score.independent

    def index(self, rows: Rows) -> UInts:
        scores, count = self.score.scores(rows), len(rows)
        far, part = (working(number, count).view(np.float64) for number in (0, 1))
        cell = working(2, count).view(np.int64)
        np.abs(scores, out=far)
        np.minimum(far, _LAST, out=far)
        far *= float(_CELLS)
        np.copyto(cell, far, casting="unsafe")
        np.copyto(part, cell, casting="unsafe")
        far -= part
        far *= np.take(self.steps, cell, out=part, mode="clip")
        far += np.take(self.shares, cell, out=part, mode="clip")
        positions = far.astype(np.int64)
        # above the middle, as far from the other end: all bits turned
        above = np.right_shift(scores.view(np.int64), np.int64(63), out=cell)
        np.invert(above, out=above)
        positions ^= above
        return positions.view(np.uint64)


@lru_cache(maxsize=1)
def _normal() -> Quantiles:
    """The standard normal distribution, of which all scores share the table."""
    return distributions.normal(0.0, 1.0).table(Stream(0, 0), -inf, inf)


@lru_cache(maxsize=1)
def _below() -> tuple[Floats, Floats]:
    """(shares, steps) of `Correlated`, alike on every machine."""
    below = [erfc(cell / _CELLS / sqrt(2.0)) / 2 for cell in range(_REACH * _CELLS + 1)]
    shares: Floats = np.minimum(steady(np.array(below)) * 2.0**64, _HALF)
    return shares[:-1].copy(), np.diff(shares)
