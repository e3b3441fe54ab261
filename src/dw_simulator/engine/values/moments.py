"""Moments that follow or precede others by a span: shipped after ordered, born before hired."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.quantiles import Quantiles
from dw_simulator.engine.selectors.sampling import multiply_high
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.facts import Facts

Ints = NDArray[np.int64]
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1


@dataclass(frozen=True)
class Scale:
    """From a source's stored numbers to units, and from units to what is stored.

    times, over   units are stored * times / over, rounded up (or down); one of the two is 1
    up            how they are rounded
    units, step   stored is unit // units * step: units in a stored day, or storage units in a unit
    """

    times: int
    over: int
    up: bool
    units: int
    step: int

    def of(self, stored: int) -> int:
        """The unit of a stored number of the source."""
        return -(-stored * self.times // self.over) if self.up else stored * self.times // self.over

    def each(self, stored: Ints) -> Ints:
        """The unit of each stored number of the source, fresh."""
        if self.over == 1:
            return stored * np.int64(self.times)
        if not self.up:
            return stored // np.int64(self.over)
        units = -stored
        units //= np.int64(self.over)
        return np.negative(units, out=units)

    def stored(self, unit: int) -> int:
        """What is stored for a unit."""
        return unit // self.units * self.step

    def store(self, units: Ints) -> Ints:
        """What is stored for each unit; overwrites them."""
        if self.units != 1:
            units //= np.int64(self.units)
        if self.step != 1:
            units *= np.int64(self.step)
        return units


@dataclass(frozen=True, eq=False)
class Following(Kernel):
    """A moment from `least` to `most` units after another column's (before, where these are negative).

    positions    64 bits that say where in the span: evenly, or through a shape over 0 to 1
    limits       first and last unit that may come out, where the span would reach beyond: what is left of
                 the span is used as the whole would be. Those of the source lie within.
    descending   the shape begins at the end of the span
    ends         least and greatest stored number that can come out, where known
    """

    source: Kernel
    positions: Selector
    shape: Quantiles | None
    scale: Scale
    least: int
    most: int
    dtype: np.dtype[np.generic]
    limits: tuple[int, int] | None = None
    descending: bool = False
    ends: tuple[int, int] | None = None

    @cached_property
    def facts(self) -> Facts:
        distinct = None if self.ends is None else (self.ends[1] - self.ends[0]) // self.scale.step + 1
        return Facts(span=self.ends, distinct=distinct, nullable=self.source.facts.nullable)

    def values(self, rows: Rows) -> FixedColumn:
        column = rows.once(self.source, lambda: self.source.values(rows))
        assert isinstance(column, FixedColumn), "moments are of fixed width"
        stored = column.values.astype(np.int64, copy=False)
        positions = self.positions.index(rows)
        if self.limits is None:
            units = self._whole(self.scale.each(stored), positions)
        else:
            units = self._cut(stored, positions, *self.limits)
        return FixedColumn(self.scale.store(units).astype(self.dtype, copy=False), column.valid)

    def _whole(self, units: Ints, positions: UInts) -> Ints:
        """Somewhere in the whole span."""
        count = self.most - self.least + 1
        if self.shape is None:
            offsets = multiply_high(positions, count).view(np.int64)
        else:
            offsets = _shaped(self.shape, self._turned(positions), np.float64(count))
        if self.descending and self.shape is not None:
            units += np.int64(self.most)
            units -= offsets
        else:
            units += np.int64(self.least)
            units += offsets
        return units

    def _cut(self, stored: Ints, positions: UInts, first: int, last: int) -> Ints:
        """Somewhere in what the limits leave of the span, which is one unit at least."""
        times = self.scale.times  # what a source of unknown reach must not overflow
        units = self.scale.each(
            stored if times == 1 else np.clip(stored, _LEAST // times + 1, _MOST // times)
        )
        low, high = (_moved(units, offset, first, last) for offset in (self.least, self.most))
        counts = (high - low).astype(np.float64)
        counts += 1.0
        offsets = _shaped(self.shape, self._turned(positions), counts)
        if self.descending:
            high -= offsets
            return high
        low += offsets
        return low

    def _turned(self, positions: UInts) -> UInts:
        return np.invert(positions, out=positions) if self.descending else positions


def _moved(units: Ints, offset: int, first: int, last: int) -> Ints:
    """Units and an offset, within first and last; nothing overflows."""
    moved = np.maximum(units, np.int64(max(first - offset, _LEAST)))
    np.minimum(moved, np.int64(min(last - offset, _MOST)), out=moved)
    moved += np.int64(offset)
    return moved


def _shaped(shape: Quantiles | None, positions: UInts, counts: "np.float64 | NDArray[np.float64]") -> Ints:
    """Whole numbers below each count, by the shape over 0 to 1; evenly where there is none."""
    if shape is not None:
        offsets = shape.at(positions)
    else:
        positions >>= np.uint64(11)
        offsets = positions.view(np.int64).astype(np.float64)
        offsets *= 2.0**-53
    offsets *= counts
    return np.minimum(offsets, counts - 1.0, out=offsets).astype(np.int64)
