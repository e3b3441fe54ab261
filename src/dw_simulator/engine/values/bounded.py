"""Values that keep to bounds: of their own, and those that other columns of the row set them.

A value that is out of bounds is drawn again, a few times, from streams of its own, and at last evenly from
what is in bounds. So the column's shape stays where it can, and nothing piles up at the bounds.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.sampling import multiply_high_each
from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.engine.values.decimals import widen

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]
_UNIT = 2.0**-53


@dataclass(frozen=True, eq=False)
class Without:
    """A domain without some of its values; `holes` are their indices: uint64[m], ascending."""

    inner: Domain
    holes: UInts

    @property
    def size(self) -> int:
        return self.inner.size - len(self.holes)

    @property
    def natural(self) -> int:
        return self.inner.natural - int(np.count_nonzero(self.holes < self.inner.natural))

    def decode(self, index: UInts) -> FixedColumn:
        for hole in self.holes:
            index += index >= hole
        column = self.inner.decode(index)
        assert isinstance(column, FixedColumn), "numbers and times are of fixed width"
        return column


@dataclass(frozen=True, eq=False)
class Limit:
    """A bound that another column of the row sets: its stored value * factor / divisor, and `gap` more.

    For floats, factor and divisor are 1. Where the other column is NULL there is no bound.
    """

    kernel: Kernel
    factor: int = 1
    divisor: int = 1
    gap: int | float = 0

    def read(self, rows: Rows) -> FixedColumn:
        """The other column's values, made once for these rows."""
        column = rows.once(self.kernel, lambda: self.kernel.values(rows))
        assert isinstance(column, FixedColumn), "numbers and times are of fixed width"
        return column


def stored_ints(column: FixedColumn) -> Ints:
    """Stored whole numbers as int64[n]; of wide decimals the low word, which holds those that fit."""
    values = column.values
    return values[:, 0].view(np.int64) if values.ndim == 2 else values.astype(np.int64)


@dataclass(frozen=True, eq=False)
class Bounded:
    """Whole numbers, decimals, dates and times within bounds, in storage units.

    own         the values as they would be
    again       what is drawn instead, one after the other
    stream      of the last draw
    base, step  the values of the last draw are base + k * step
    low, high   no value is outside of these
    reach       beyond this range a last draw goes only as far as it must
    above       values are no less than these; below: no greater than these
    holes       values that are left out, ascending
    """

    own: Kernel
    again: tuple[Kernel, ...]
    stream: Stream
    low: int
    high: int
    reach: tuple[int, int]
    above: tuple[Limit, ...] = ()
    below: tuple[Limit, ...] = ()
    holes: tuple[int, ...] = ()
    base: int = 0
    step: int = 1

    @property
    def distinct(self) -> int | None:
        return None

    @property
    def nullable(self) -> bool:
        return bool(getattr(self.own, "nullable", False))

    def values(self, rows: Rows) -> FixedColumn:
        column = self.own.values(rows)
        assert isinstance(column, FixedColumn), "numbers and times are of fixed width"
        values = stored_ints(column)
        low, high = self._bounds(rows)
        wrong = np.flatnonzero(self._wrong(values, low, high))
        if not len(wrong):
            return column
        values = values.copy()
        for kernel in self.again:
            drawn = kernel.values(Rows.at(rows.numbers[wrong]))
            assert isinstance(drawn, FixedColumn), "numbers and times are of fixed width"
            values[wrong] = stored_ints(drawn)
            wrong = wrong[self._wrong(values[wrong], _at(low, wrong), _at(high, wrong))]
        if len(wrong):
            values[wrong] = self._even(rows.numbers[wrong], _at(low, wrong), _at(high, wrong))
        wide = column.values.ndim == 2
        stored = widen(values) if wide else values.astype(column.values.dtype, copy=False)
        return FixedColumn(stored, column.valid)

    def _bounds(self, rows: Rows) -> tuple[Ints, Ints]:
        """The least and the greatest value of every row, int64[n] each, or of all rows, int64[]."""
        low, high = np.array(self.low), np.array(self.high)
        for limit in self.above:
            column = limit.read(rows)
            bound = stored_ints(column)
            if (limit.factor, limit.divisor) != (1, 1):
                bound = -((bound * np.int64(-limit.factor)) // np.int64(limit.divisor))
            low = _where_there(column, np.maximum(low, bound + np.int64(limit.gap)), low)
        for limit in self.below:
            column = limit.read(rows)
            bound = stored_ints(column)
            if (limit.factor, limit.divisor) != (1, 1):
                bound = (bound * np.int64(limit.factor)) // np.int64(limit.divisor)
            high = _where_there(column, np.minimum(high, bound - np.int64(limit.gap)), high)
        return low, high

    def _wrong(self, values: Ints, low: Ints, high: Ints) -> NDArray[np.bool_]:
        wrong = (values < low) | (values > high)
        for hole in self.holes:
            wrong |= values == hole
        return wrong

    def _even(self, numbers: UInts, low: Ints, high: Ints) -> Ints:
        """One of the values from low to high, equally likely, for rows of these numbers."""
        least, most = self.reach
        span = min(max(most - least, 1), 1 << 62)
        # no further than the column reaches by itself, unless the other column asks for it
        top = np.where(low <= most, np.minimum(high, most), np.minimum(high, _beyond(low, span)))
        bottom = np.where(high >= least, np.maximum(low, least), np.maximum(low, _beyond(high, -span)))
        first, last = self._places(bottom, top)
        holes = [place for place, off in (divmod(h - self.base, self.step) for h in self.holes) if not off]
        sizes = _free(first, last, holes)
        if holes and np.any(full := sizes <= 0):  # all of that is left out
            widest = self._places(low, high)
            first, last = (np.where(full, *pair) for pair in zip(widest, (first, last), strict=True))
            sizes = _free(first, last, holes)
        words = self.stream.bits(Rows.at(numbers))
        ways: UInts = np.broadcast_to(np.maximum(sizes, 1), words.shape).astype(np.uint64)
        drawn = multiply_high_each(words, ways, (1 << 64) - 1).view(np.int64) + first
        for hole in holes:
            drawn += (first <= hole) & (hole <= last) & (drawn >= hole)
        drawn *= np.int64(self.step)
        drawn += np.int64(self.base)
        return drawn

    def _places(self, bottom: Ints, top: Ints) -> tuple[Ints, Ints]:
        """Which values on the way from `base` are the first and the last within some ends, fresh."""
        base, step = np.int64(self.base), np.int64(self.step)
        return -((base - bottom) // step), (top - base) // step


def _free(first: Ints, last: Ints, holes: list[int]) -> Ints:
    """How many places there are from the first to the last that are no holes."""
    taken = sum((((first <= hole) & (hole <= last)).astype(np.int64) for hole in holes), np.int64(0))
    return last - first + 1 - taken


def _beyond(values: Ints, span: int) -> Ints:
    """The values and so much more, within what 64 bits hold."""
    limit = (1 << 63) - 1
    if span > 0:
        return np.where(values > limit - span, limit, values + np.int64(span))
    return np.where(values < -limit - span, -limit, values + np.int64(span))


Bound = TypeVar("Bound", Ints, Doubles)


def _where_there(column: FixedColumn, bounds: Bound, otherwise: Bound) -> Bound:
    """The bounds that a column sets, but where it is NULL."""
    return bounds if column.valid is None else np.where(column.valid, bounds, otherwise)


def _at(bounds: Bound, places: NDArray[np.int64]) -> Bound:
    """The bounds of some rows; those of all rows where they are the same."""
    return bounds[places] if bounds.ndim else bounds


@dataclass(frozen=True, eq=False)
class BoundedFloats:
    """Floats within bounds; the fields are those of `Bounded`."""

    own: Kernel
    again: tuple[Kernel, ...]
    stream: Stream
    low: float
    high: float
    reach: tuple[float, float]
    above: tuple[Limit, ...] = ()
    below: tuple[Limit, ...] = ()
    holes: tuple[float, ...] = ()

    @property
    def distinct(self) -> int | None:
        return None

    @property
    def nullable(self) -> bool:
        return bool(getattr(self.own, "nullable", False))

    def values(self, rows: Rows) -> FixedColumn:
        column = self.own.values(rows)
        assert isinstance(column, FixedColumn), "floats are of fixed width"
        values = column.values.astype(np.float64)
        low, high = self._bounds(rows)
        wrong = np.flatnonzero(self._wrong(values, low, high))
        if not len(wrong):
            return column
        dtype = column.values.dtype
        for kernel in self.again:
            drawn = kernel.values(Rows.at(rows.numbers[wrong]))
            assert isinstance(drawn, FixedColumn), "floats are of fixed width"
            values[wrong] = drawn.values.astype(np.float64)
            wrong = wrong[self._wrong(values[wrong], _at(low, wrong), _at(high, wrong))]
        if len(wrong):
            values[wrong] = self._even(rows.numbers[wrong], _at(low, wrong), _at(high, wrong), dtype)
        return FixedColumn(values.astype(dtype, copy=False), column.valid)

    def _bounds(self, rows: Rows) -> tuple[Doubles, Doubles]:
        low, high = np.array(self.low), np.array(self.high)
        for limit in self.above:
            column = limit.read(rows)
            bound = column.values.astype(np.float64)
            low = _where_there(column, np.maximum(low, bound + limit.gap), low)
        for limit in self.below:
            column = limit.read(rows)
            bound = column.values.astype(np.float64)
            high = _where_there(column, np.minimum(high, bound - limit.gap), high)
        return low, high

    def _wrong(self, values: Doubles, low: Doubles, high: Doubles) -> NDArray[np.bool_]:
        wrong = (values < low) | (values > high)
        for hole in self.holes:
            wrong |= values == hole
        return wrong

    def _even(self, numbers: UInts, low: Doubles, high: Doubles, dtype: np.dtype[np.generic]) -> Doubles:
        least, most = self.reach
        span = most - least
        top = np.where(low <= most, np.minimum(high, most), np.minimum(high, low + span))
        bottom = np.where(high >= least, np.maximum(low, least), np.maximum(low, high - span))
        share = (self.stream.bits(Rows.at(numbers)) >> np.uint64(11)).view(np.int64).astype(np.float64)
        share *= _UNIT
        drawn = top - bottom
        drawn *= share
        drawn += bottom
        drawn = np.minimum(drawn, top).astype(dtype)
        for hole in self.holes:
            drawn = np.where(drawn == hole, np.nextafter(drawn, top.astype(dtype)), drawn)
        # rounding to the type must not leave the bounds
        wide = drawn.astype(np.float64)
        infinity = np.array(np.inf, dtype=dtype)
        drawn = np.where(wide < low, np.nextafter(drawn, infinity), drawn)
        drawn = np.where(wide > high, np.nextafter(drawn, -infinity), drawn)
        rounded: Doubles = drawn.astype(np.float64)
        return rounded
