"""Values that keep to bounds: of their own, and those that other columns of the row set them.

A value that is out of bounds is drawn again, a few times, from draws of its own, and at last evenly from
what is in bounds. So the column's shape stays where it can, and nothing piles up at the bounds.

One kernel does it for all that has an order. What differs between whole numbers (decimals, dates and moments
among them) and floats is said by a `Measure`: what lies between two bounds, and how far neighbours are apart.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.sampling import multiply_high_each
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.decimals import widen
from dw_simulator.engine.values.facts import Facts

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]
N = TypeVar("N", Ints, Doubles)
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
_UNIT = 2.0**-53


# --- from a value of one column to a bound of another


class Hop(ABC, Generic[N]):
    """From values of one column to the nearest of another: no less (`up`), no more, or strictly so."""

    @abstractmethod
    def each(self, values: N, *, up: bool) -> N:
        """The bound for each value, fresh; what does not fit ends at the last number that does."""

    @abstractmethod
    def one(self, value: int | float, *, up: bool) -> int | float:
        """The bound for one value."""


@dataclass(frozen=True)
class WholeHop(Hop[Ints]):
    """stored * factor / divisor, rounded away from the other column, in `times` units, and past `holes`.

    holes  stored values that are excluded, ascending

    A DATE and a TIMESTAMP in microseconds: the first moment that is not before day 3, and the one after it

    >>> hop = WholeHop(86_400_000_000, 1)
    >>> hop.one(3, up=True), WholeHop(86_400_000_000, 1, strict=True).one(3, up=True)
    (259200000000, 259200000001)
    >>> WholeHop(strict=True, holes=(4, 5)).one(3, up=True)
    6
    """

    factor: int = 1
    divisor: int = 1
    times: int = 1
    strict: bool = False
    holes: tuple[int | float, ...] = ()

    def each(self, values: Ints, *, up: bool) -> Ints:
        most = _MOST // self.factor
        grains = np.clip(values, -most, most) if self.factor > 1 else values
        grains = grains * np.int64(self.factor)
        divisor = np.int64(self.divisor)
        if self.strict:
            grains = grains // divisor if up else -(-np.maximum(grains, -_MOST) // divisor)
            grains = np.where(grains < _MOST, grains + 1, _MOST) if up else np.maximum(grains, -_MOST) - 1
        elif self.divisor > 1:
            grains = -(-np.maximum(grains, -_MOST) // divisor) if up else grains // divisor
        if self.times > 1:
            grains = np.clip(grains, -(_MOST // self.times), _MOST // self.times) * np.int64(self.times)
        step = self.times if up else -self.times
        for hole in self.holes if up else self.holes[::-1]:
            grains = np.where(grains == int(hole), min(max(int(hole) + step, _LEAST), _MOST), grains)
        return grains

    def one(self, value: int | float, *, up: bool) -> int:
        exact = Fraction(value) * self.factor / self.divisor
        below, above = exact.numerator // exact.denominator, -(-exact.numerator // exact.denominator)
        grains = (below + 1 if self.strict else above) if up else (above - 1 if self.strict else below)
        found = grains * self.times
        while found in self.holes:
            found += self.times if up else -self.times
        return found


@dataclass(frozen=True)
class FloatHop(Hop[Doubles]):
    """The float of a dtype beside a value, and past `holes`, ascending.

    >>> FloatHop(np.dtype(np.float64), strict=True).one(1.0, up=True)
    1.0000000000000002
    """

    dtype: np.dtype[np.generic]
    strict: bool = False
    holes: tuple[int | float, ...] = ()

    def each(self, values: Doubles, *, up: bool) -> Doubles:
        aside = np.array(np.inf if up else -np.inf, dtype=self.dtype)
        with np.errstate(over="ignore"):
            rounded = values.astype(self.dtype)
        wide = rounded.astype(np.float64)
        wrong = wide < values if up else wide > values
        if self.strict:
            wrong |= wide == values
        found = np.where(wrong, np.nextafter(rounded, aside), rounded)
        for hole in self.holes if up else self.holes[::-1]:
            found = np.where(found == hole, np.nextafter(found, aside), found)
        return found.astype(np.float64)

    def one(self, value: int | float, *, up: bool) -> float:
        return float(self.each(np.array([value], dtype=np.float64), up=up)[0])


@dataclass(frozen=True, eq=False)
class Limit(Generic[N]):
    """A bound that another column of the row sets; where that is NULL there is none.

    paths  the ways from its value to the bound, each a hop or several; the tightest counts
    """

    kernel: Kernel
    paths: tuple[tuple[Hop[N], ...], ...]

    def read(self, rows: Rows) -> FixedColumn:
        """The other column, made once for these rows."""
        return fixed(rows.once(self.kernel, lambda: self.kernel.values(rows)))

    def each(self, values: N, *, up: bool) -> N:
        """The bound for each value of the other column."""
        found: N | None = None
        for path in self.paths:
            at = values
            for hop in path:
                at = hop.each(at, up=up)
            found = at if found is None else (np.maximum(found, at) if up else np.minimum(found, at))
        assert found is not None, "there is a way"
        return found

    def one(self, value: int | float, *, up: bool) -> int | float:
        """The bound for one value of the other column."""
        found: list[int | float] = []
        for path in self.paths:
            at = value
            for hop in path:
                at = hop.one(at, up=up)
            found.append(at)
        return max(found) if up else min(found)


# --- what lies between two bounds


class Measure(ABC, Generic[N]):
    """How a type's stored values are counted, and drawn evenly."""

    @abstractmethod
    def read(self, column: FixedColumn) -> N:
        """The stored values as numbers to compare; not to be overwritten."""

    @abstractmethod
    def stored(self, values: N, like: FixedColumn) -> NDArray[np.generic]:
        """Numbers as a column like this one stores them."""

    @abstractmethod
    def array(self, value: int | float) -> N:
        """One number, to compare."""

    @abstractmethod
    def even(self, words: UInts, ends: tuple[N, N], widest: tuple[N, N], holes: Sequence[int | float]) -> N:
        """One of the values between two ends, equally likely, by 64 random bits; none of the holes.

        widest  ends that may be used where all between the others is left out
        """

    @abstractmethod
    def beyond(self, values: N, span: int | float, *, up: bool) -> N:
        """The values and so much more, or less; no further than the numbers go."""


@dataclass(frozen=True)
class Whole(Measure[Ints]):
    """Whole numbers base + k * step; of wide decimals those that 64 bits hold."""

    base: int = 0
    step: int = 1

    def read(self, column: FixedColumn) -> Ints:
        values = column.values
        return values[:, 0].view(np.int64) if values.ndim == 2 else values.astype(np.int64)

    def stored(self, values: Ints, like: FixedColumn) -> NDArray[np.generic]:
        return widen(values) if like.values.ndim == 2 else values.astype(like.values.dtype, copy=False)

    def array(self, value: int | float) -> Ints:
        return np.array(int(value), dtype=np.int64)

    def even(
        self, words: UInts, ends: tuple[Ints, Ints], widest: tuple[Ints, Ints], holes: Sequence[int | float]
    ) -> Ints:
        first, last = self._places(*ends)
        gone = [place for place, rest in (divmod(int(h) - self.base, self.step) for h in holes) if not rest]
        sizes, is_full = _free(first, last, gone)
        if gone and np.any(is_full):
            wide = self._places(*widest)
            first, last = (np.where(is_full, *pair) for pair in zip(wide, (first, last), strict=True))
            sizes, _ = _free(first, last, gone)
        ways: UInts = np.broadcast_to(sizes, words.shape).copy()
        # 0 stands for all 2^64 numbers
        drawn = np.where(ways == 0, words, multiply_high_each(words.copy(), ways, (1 << 64) - 1))
        places: Ints = (drawn + first.view(np.uint64)).view(np.int64)
        for hole in gone:
            places = places + ((first <= hole) & (hole <= last) & (places >= hole))
        return places * np.int64(self.step) + np.int64(self.base)

    def _places(self, bottom: Ints, top: Ints) -> tuple[Ints, Ints]:
        """Which values on the way from `base` are the first and the last within some ends, fresh."""
        if (self.base, self.step) == (0, 1):
            return np.array(bottom), np.array(top)
        # floors in which nothing overflows, however far the base is from the ends
        step, base, rest = np.int64(self.step), self.base // self.step, self.base % self.step
        low, high = np.floor_divide(bottom, step), np.floor_divide(top, step)
        low = low + (np.remainder(bottom, step) > rest) - np.int64(base)
        high = high - (np.remainder(top, step) < rest) - np.int64(base)
        return low, high

    def beyond(self, values: Ints, span: int | float, *, up: bool) -> Ints:
        more = int(min(max(span, 1), _MOST))
        if up:
            return np.where(values > _MOST - more, _MOST, values + np.int64(more))
        return np.where(values < _LEAST + more, _LEAST, values - np.int64(more))


def _free(first: Ints, last: Ints, holes: Sequence[int]) -> tuple[UInts, NDArray[np.bool_]]:
    """(how many places from the first to the last are no holes, 0 for 2^64; whether there is none)."""
    taken = sum((((first <= hole) & (hole <= last)).astype(np.uint64) for hole in holes), np.uint64(0))
    # in 64 bits, where the difference of two signed numbers always fits
    sizes = last.view(np.uint64) - first.view(np.uint64) + np.uint64(1) - taken
    is_full = np.asarray((last < first) | ((sizes == 0) & (taken > 0)))
    return np.where(is_full, np.uint64(1), sizes), is_full


@dataclass(frozen=True)
class Real(Measure[Doubles]):
    """Floats of a dtype."""

    dtype: np.dtype[np.generic]

    def read(self, column: FixedColumn) -> Doubles:
        return column.values.astype(np.float64)

    def stored(self, values: Doubles, like: FixedColumn) -> NDArray[np.generic]:
        return values.astype(like.values.dtype, copy=False)

    def array(self, value: int | float) -> Doubles:
        return np.array(float(value))

    def even(
        self,
        words: UInts,
        ends: tuple[Doubles, Doubles],
        widest: tuple[Doubles, Doubles],
        holes: Sequence[int | float],
    ) -> Doubles:
        bottom, top = ends
        share = (words >> np.uint64(11)).view(np.int64).astype(np.float64)
        share *= _UNIT
        # the difference of two floats may be beyond them all
        drawn = np.minimum(bottom * (1.0 - share) + top * share, top).astype(self.dtype)
        aside = np.broadcast_to(top, drawn.shape).astype(self.dtype)
        for hole in holes:
            drawn = np.where(drawn == hole, np.nextafter(drawn, aside), drawn)
        # rounding to the type must not leave the bounds
        wide, infinity = drawn.astype(np.float64), np.array(np.inf, dtype=self.dtype)
        drawn = np.where(wide < widest[0], np.nextafter(drawn, infinity), drawn)
        drawn = np.where(wide > widest[1], np.nextafter(drawn, -infinity), drawn)
        found: Doubles = drawn.astype(np.float64)
        return found

    def beyond(self, values: Doubles, span: int | float, *, up: bool) -> Doubles:
        return values + span if up else values - span


# --- the kernel


@dataclass(frozen=True, eq=False)
class Bounded(Kernel, Generic[N]):
    """Numbers, dates and times within bounds, in storage units.

    own        the values as they would be
    again      what is drawn instead, one after the other
    stream     of the last draw
    low, high  no value is outside of these
    reach      beyond this range a last draw goes only as far as it must
    measure    how its values are counted
    above      values are no less than these; below: no greater than these
    holes      values that are left out, ascending
    """

    own: Kernel
    again: tuple[Kernel, ...]
    stream: Stream
    low: int | float
    high: int | float
    reach: tuple[int | float, int | float]
    measure: Measure[N]
    above: tuple[Limit[N], ...] = ()
    below: tuple[Limit[N], ...] = ()
    holes: tuple[int | float, ...] = ()

    @cached_property
    def facts(self) -> Facts:
        own = self.own.facts
        excluded = frozenset(self.holes)
        return Facts(span=(self.low, self.high), excluded=excluded, nullable=own.nullable)

    def values(self, rows: Rows) -> Column:
        measure = self.measure
        column = fixed(self.own.values(rows))
        values = measure.read(column)
        low, high = self._bounds(rows)
        wrong = np.flatnonzero(self._wrong(values, low, high))
        if not len(wrong):
            return column
        values = values.copy()
        for kernel in self.again:
            values[wrong] = measure.read(fixed(kernel.values(Rows.at(rows.numbers[wrong]))))
            wrong = wrong[self._wrong(values[wrong], _at(low, wrong), _at(high, wrong))]
            if not len(wrong):
                break
        if len(wrong):
            ends = _at(low, wrong), _at(high, wrong)
            words = self.stream.bits(Rows.at(rows.numbers[wrong]))
            values[wrong] = measure.even(words, self._narrowed(ends), ends, self.holes)
        return FixedColumn(measure.stored(values, column), column.valid)

    def _bounds(self, rows: Rows) -> tuple[N, N]:
        """The least and the greatest value of every row, [n] each, or of all rows, []."""
        measure = self.measure
        low, high = measure.array(self.low), measure.array(self.high)
        for limit in self.above:
            column = limit.read(rows)
            low = _where_there(column, np.maximum(low, limit.each(measure.read(column), up=True)), low)
        for limit in self.below:
            column = limit.read(rows)
            high = _where_there(column, np.minimum(high, limit.each(measure.read(column), up=False)), high)
        return low, high

    def _wrong(self, values: N, low: N, high: N) -> NDArray[np.bool_]:
        wrong = (values < low) | (values > high)
        for hole in self.holes:
            wrong |= values == hole
        return wrong

    def _narrowed(self, ends: tuple[N, N]) -> tuple[N, N]:
        """No further than the column reaches by itself, unless the other column asks for it."""
        measure, (low, high), (least, most) = self.measure, ends, self.reach
        near, far, span = measure.array(least), measure.array(most), most - least
        above, below = measure.beyond(low, span, up=True), measure.beyond(high, span, up=False)
        top = np.where(low <= far, np.minimum(high, far), np.minimum(high, above))
        bottom = np.where(high >= near, np.maximum(low, near), np.maximum(low, below))
        return bottom, top


def _where_there(column: FixedColumn, bounds: N, otherwise: N) -> N:
    """The bounds that a column sets, but where it is NULL."""
    return bounds if column.valid is None else np.where(column.valid, bounds, otherwise)


def _at(bounds: N, places: NDArray[np.int64]) -> N:
    """The bounds of some rows; those of all rows where they are the same."""
    return bounds[places] if bounds.ndim else bounds


@dataclass(frozen=True, eq=False)
class Redrawn(Kernel):
    """Another draw of a kernel each of whose rows is a draw of its own: the value of a row far away.

    stream  of the row numbers that are asked instead, any of 64 bits
    """

    kernel: Kernel
    stream: Stream

    @cached_property
    def facts(self) -> Facts:
        return replace(self.kernel.facts, rising=False)

    def values(self, rows: Rows) -> Column:
        return self.kernel.values(Rows.at(self.stream.bits(rows)))
