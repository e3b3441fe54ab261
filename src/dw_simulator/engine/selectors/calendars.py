"""Days and hours that weigh differently: from a position along their weight to a moment, in order.

A position is a whole number below 2^62, along which every day is as wide as its weight, and within a day
every stretch of hours. The way from a position to a moment never falls, so positions that are drawn evenly
give moments by weight, and positions that rise from row to row give sorted ones.
"""

from dataclasses import dataclass
from functools import cached_property
from math import fsum

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.quantiles import Floats
from dw_simulator.engine.selectors.sampling import tamed

POSITIONS = 1 << 62
"""Positions are below this."""
_WIDTH_BITS = 62
_CLOSE_CELLS, _MOST_CELLS = 16, 20  # bits
_SHARE = float(1 << 53)
_LAST_SHARE = np.uint64((1 << 53) - 1)


@dataclass(frozen=True, eq=False)
class Bands:
    """Bands side by side along the positions, each as wide as its weight.

    marks  where each begins, and the end of the last: uint64[n + 1], rising from 0 to 2^62
    """

    marks: UInts

    @classmethod
    def of(cls, weights: Floats) -> "tuple[Bands, NDArray[np.intp]]":
        """The bands of some weights, and which weights these are: those that are not 0.

        Weights are not negative, not all 0, and the same on every machine. A width is off by half a position,
        and by what floats round (2^-53 of it); the widest takes what is left of the whole.
        """
        weights = tamed(weights)
        widths = np.rint(weights * (POSITIONS / fsum(weights))).astype(np.int64)
        widths[int(np.argmax(weights))] += POSITIONS - int(widths.sum())
        kept = np.flatnonzero(widths)
        return cls(np.concatenate([[0], np.cumsum(widths[kept])]).astype(np.uint64)), kept

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


@dataclass(frozen=True, eq=False)
class Clock:
    """The time of day by position, in units that a type can tell apart.

    bands    stretches of the day that are open, by weight
    starts   their first units, uint64[n]
    lengths  how many units each has, float64[n]
    """

    bands: Bands
    starts: UInts
    lengths: Floats

    @classmethod
    def of(cls, borders: NDArray[np.int64], weights: Floats) -> "Clock":
        """From the borders of stretches, int64[n + 1] in units, and the weight of each stretch as a whole."""
        bands, kept = Bands.of(weights)
        return cls(bands, borders[kept].astype(np.uint64), np.diff(borders)[kept].astype(np.float64))

    def units(self, positions: UInts) -> UInts:
        """The unit of the day for each position, fresh; overwrites the positions."""
        at, share = self.bands.locate(positions)
        if len(self.starts) == 1:
            units = _part(share, self.lengths[0])
            units += self.starts[0]
            return units
        units = _part(share, self.lengths[at])
        units += self.starts[at]
        return units


def _part(share: Floats, length: "Floats | np.float64") -> UInts:
    """The unit below `length` that lies at a share of it; overwrites the share."""
    share *= length
    units = np.minimum(share, length - 1.0, out=share)
    return units.astype(np.uint64)


@dataclass(frozen=True, eq=False)
class OnClock(Selector):
    """A time of day: the unit of the day at a position."""

    positions: Selector
    clock: Clock
    size: int

    @property
    def independent(self) -> bool:
        return self.positions.independent

    def index(self, rows: Rows) -> UInts:
        return self.clock.units(self.positions.index(rows))


@dataclass(frozen=True, eq=False)
class Calendar:
    """Days by weight, and within them a clock: units from the first midnight on, by position.

    starts  the first unit of each band of days, uint64[n]
    clock   None where a day is one unit
    """

    days: Bands
    starts: UInts
    clock: Clock | None

    def units(self, positions: UInts) -> UInts:
        """The unit for each position, fresh; overwrites the positions."""
        at, share = self.days.locate(positions)
        units = self.starts[at]
        if self.clock is not None:
            share *= _SHARE
            inner = np.minimum(share.astype(np.uint64), _LAST_SHARE)
            inner <<= np.uint64(_WIDTH_BITS - 53)
            units += self.clock.units(inner)
        return units

    def first_at(self, unit: int) -> int:
        """The first position whose unit is not before this one; 2^62 where all are."""
        low, high = 0, POSITIONS
        while low < high:
            middle = (low + high) // 2
            if int(self.units(np.array([middle], dtype=np.uint64))[0]) < unit:
                low = middle + 1
            else:
                high = middle
        return low


@dataclass(frozen=True, eq=False)
class OnCalendar(Selector):
    """A moment by the weight of its day and hour, as a number of units from the first that is allowed.

    positions  below 2^62 less `skipped`
    skipped    positions before the first moment that is allowed
    first      units from the calendar's first midnight to that moment
    """

    positions: Selector
    calendar: Calendar
    size: int
    skipped: int = 0
    first: int = 0

    @property
    def independent(self) -> bool:
        return self.positions.independent

    @property
    def rises(self) -> bool:
        return self.positions.rises

    def index(self, rows: Rows) -> UInts:
        positions = self.positions.index(rows)
        if self.skipped:
            positions += np.uint64(self.skipped)
        units = self.calendar.units(positions)
        if self.first:
            units -= np.uint64(self.first)
        return units
