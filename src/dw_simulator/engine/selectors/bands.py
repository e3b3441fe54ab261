"""Bands side by side along positions that are drawn evenly: what comes by weight, and in order.

A position is a whole number below 2^62, along which every band is as wide as its weight. A greater position
lies in no earlier band, so that positions which rise give indices which rise, and positions of two columns
that go together give values that go together.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import fsum

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.quantiles import Floats

POSITIONS = 1 << 62
"""Positions are below this."""
_WIDTH_BITS = 62
_CLOSE_CELLS, _MOST_CELLS = 16, 20  # bits
_TWO = np.uint64(2)
_SHARED = 1 << 13
"""Up to so many weights, as of the days of twenty years, are remembered: columns often have the same."""


def tamed(weights: Floats) -> Floats:
    """The same weights in another unit, a power of two: the greatest is between 1/2 and 1.

    So neither their sum nor a product with shares leaves the range of floats, and no digit changes.
    """
    _, exponent = np.frexp(weights.max())
    same: Floats = np.ldexp(weights, -exponent)
    return same


@dataclass(frozen=True, eq=False)
class Bands:
    """Bands side by side along the positions, each as wide as its weight.

    marks  where each begins, and the end of the last: uint64[n + 1], rising from 0 to 2^62
    """

    marks: UInts

    @staticmethod
    def of(weights: Floats) -> "tuple[Bands, NDArray[np.intp]]":
        """The bands of some weights, and which weights these are: those that are not 0.

        Weights are not negative, not all 0, and the same on every machine. A width is off by half a position,
        and by what floats round (2^-53 of it); the widest takes what is left of the whole. The same weights
        have the same bands, of which most is the guide to them.
        """
        stored = np.ascontiguousarray(weights, dtype=np.float64).tobytes()
        return (_bands if len(weights) <= _SHARED else _bands.__wrapped__)(stored)

    def of_words(self, words: UInts) -> "tuple[NDArray[np.int64], Floats]":
        """`locate` for positions of 64 bits, which it overwrites."""
        return self.locate(np.right_shift(words, _TWO, out=words))

    @cached_property
    def _scale(self) -> Floats:
        return 1.0 / np.diff(self.marks).astype(np.float64)

    @cached_property
    def _guide(self) -> tuple[np.uint64, NDArray[np.int32], bool]:
        """(shift, band in which each cell of 2^shift positions begins, whether none has two borders)."""
        narrowest = int(np.diff(self.marks).min())
        bits = min((POSITIONS // narrowest).bit_length(), _CLOSE_CELLS)
        bits = max(bits, min((4 * len(self.marks)).bit_length(), _MOST_CELLS))
        shift = _WIDTH_BITS - bits
        starts = np.arange(1 << bits, dtype=np.uint64) << np.uint64(shift)
        guide = np.searchsorted(self.marks, starts, side="right") - 1
        return np.uint64(shift), guide.astype(np.int32), narrowest >= 1 << shift

    def locate(self, positions: UInts) -> tuple[NDArray[np.int64], Floats]:
        """(band, share of the band that lies before) of each position: int64[n], float64[n] of 0 to 1.

        Overwrites the positions.
        """
        if len(self.marks) == 2:
            return np.zeros(len(positions), dtype=np.int64), positions.astype(np.float64) * self._scale[0]
        shift, guide, close = self._guide
        at = (positions >> shift).view(np.int64)
        np.copyto(at, guide[at])
        # arrays are used again rather than made anew: that is half of the time
        ends = self.marks[1:]
        marks = ends[at]
        at += positions >= marks
        if not close:
            late = np.flatnonzero(positions >= np.take(ends, at, out=marks, mode="clip"))
            at[late] = np.searchsorted(self.marks, positions[late], side="right") - 1
        positions -= np.take(self.marks, at, out=marks, mode="clip")
        share = marks.view(np.float64)
        np.copyto(share, positions.view(np.int64))
        share *= np.take(self._scale, at, out=positions.view(np.float64), mode="clip")
        return at, share


@lru_cache(maxsize=64)
def _bands(stored: bytes) -> tuple[Bands, NDArray[np.intp]]:
    """The bands of float64[n], and which they are."""
    weights = tamed(np.frombuffer(stored))
    widths = np.rint(weights * (POSITIONS / fsum(weights))).astype(np.int64)
    widths[int(np.argmax(weights))] += POSITIONS - int(widths.sum())
    kept = np.flatnonzero(widths)
    marks = np.concatenate([[0], np.cumsum(widths[kept])]).astype(np.uint64)
    kept.flags.writeable = marks.flags.writeable = False
    return Bands(marks), kept


@dataclass(frozen=True, eq=False)
class Banded(Selector):
    """An index by weight, each with a stretch of the positions.

    kept  the indices that have a weight, uint64[m]
    """

    positions: Selector
    bands: Bands
    kept: UInts
    size: int

    @classmethod
    def of(cls, positions: Selector, weights: Floats) -> "Banded":
        bands, kept = Bands.of(weights)
        return cls(positions, bands, kept.astype(np.uint64), len(weights))

    @property
    def independent(self) -> bool:
        return self.positions.independent

    @cached_property
    def _is_whole(self) -> bool:
        return len(self.kept) == self.size

    def index(self, rows: Rows) -> UInts:
        at, _share = self.bands.of_words(self.positions.index(rows))
        return at.view(np.uint64) if self._is_whole else self.kept[at]


@dataclass(frozen=True, eq=False)
class InBins(Selector):
    """An index of one of several ranges, which lie side by side as `sampling.Binned` weighs them.

    starts, sizes  uint64: the first index of every range, and how many it has
    """

    positions: Selector
    bands: Bands
    starts: UInts
    sizes: UInts
    size: int

    @property
    def independent(self) -> bool:
        return self.positions.independent

    def index(self, rows: Rows) -> UInts:
        at, share = self.bands.of_words(self.positions.index(rows))
        share *= self.sizes[at]
        index = share.astype(np.uint64)
        np.minimum(index, self.sizes[at] - np.uint64(1), out=index)
        index += self.starts[at]
        return index
