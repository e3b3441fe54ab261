"""Days and hours that weigh differently: from a position along their weight to a moment, in order.

A position is a whole number below 2^62, along which every day is as wide as its weight, and within a day
every stretch of hours. The way from a position to a moment never falls, so positions that are drawn evenly
give moments by weight, and positions that rise from row to row give sorted ones.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.rows import Order, Rows, Selector, UInts
from dw_simulator.engine.selectors.bands import POSITIONS, Bands
from dw_simulator.engine.selectors.quantiles import Floats

_WIDTH_BITS = 62
_SHARE = float(1 << 53)
_LAST_SHARE = np.uint64((1 << 53) - 1)


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

    @property
    def rises(self) -> bool:
        return self.positions.rises

    def by_position(self, positions: Selector, order: Order) -> "OnClock | None":
        inner = None if order is not None else self.positions.by_position(positions, order)
        return None if inner is None else replace(self, positions=inner)

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

    def by_position(self, positions: Selector, order: Order) -> "OnCalendar | None":
        inner = None if order is not None else self.positions.by_position(positions, order)
        return None if inner is None else replace(self, positions=inner)

    def index(self, rows: Rows) -> UInts:
        positions = self.positions.index(rows)
        if self.skipped:
            positions += np.uint64(self.skipped)
        units = self.calendar.units(positions)
        if self.first:
            units -= np.uint64(self.first)
        return units
