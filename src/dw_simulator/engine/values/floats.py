"""Binary floating point, and the continuous shapes of every numeric type."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import frexp
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.scratch import working
from dw_simulator.engine.selectors.bands import Bands
from dw_simulator.engine.selectors.blends import Blend
from dw_simulator.engine.selectors.quantiles import ByPosition, Mixture, Quantiles
from dw_simulator.engine.selectors.sampling import Alias, Slots
from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.engine.values.decimals import widen
from dw_simulator.engine.values.facts import Facts
from dw_simulator.types import Kind, SqlType


def storable(low: float, high: float, dtype: np.dtype[np.generic]) -> tuple[float, float]:
    """The least and the greatest value of the dtype within [low, high].

    Raises ValueError where there is none.
    """
    if dtype != np.float32:
        return low, high
    with np.errstate(over="ignore"):
        least, greatest = np.float32(low), np.float32(high)
    if least < low:
        least = np.nextafter(least, np.float32(np.inf))
    if greatest > high:
        greatest = np.nextafter(greatest, np.float32(-np.inf))
    if least > greatest:
        raise ValueError(f"no 32-bit float lies between {low} and {high}")
    return float(least), float(greatest)


@dataclass(frozen=True, eq=False)
class Floats(Domain):
    """`low + i * step` for i below `size`, a power of two, so that every machine rounds alike.

    The grid is as fine as the type allows with all values distinct.
    """

    low: float
    high: float
    size: int
    dtype: np.dtype[np.generic]

    @classmethod
    def covering(cls, low: float, high: float, bits: int) -> Self:
        """From low to high as 32- or 64-bit floats."""
        mantissa = 24 if bits == 32 else 53
        dtype = np.dtype(np.float32 if bits == 32 else np.float64)
        low, high = storable(low, high, dtype)
        if low == high:
            return cls(low, high, 1, dtype)
        # neighbours stay four units in the last place of the greatest magnitude apart
        _, top = frexp(max(abs(low), abs(high)))
        _, span = frexp(high / 2 - low / 2)
        # near zero the numbers of a type are no closer together than its least one
        _, least = frexp(float(np.finfo(np.float32 if bits == 32 else np.float64).smallest_subnormal))
        free = min(mantissa - 3 - (top - span), span - least - 2, mantissa - 1)
        return cls(low, high, 1 << max(free, 0), dtype)

    @property
    def facts(self) -> Facts:
        return Facts(span=(self.low, self.high), distinct=self.size, repeats=False, even=True)

    def between(self, low: int | float, high: int | float) -> "Floats | None":
        low, high = max(self.low, low), min(self.high, high)
        bits = 8 * self.dtype.itemsize
        return Floats.covering(low, high, bits) if low <= high else None

    @property
    def rises(self) -> bool:
        return True

    def decode(self, index: UInts) -> FixedColumn:
        values = working(0, len(index)).view(np.float64)
        np.copyto(values, index.view(np.int64), casting="unsafe")
        if np.isfinite(self.high - self.low):
            values *= self.high / self.size - self.low / self.size
            values += self.low
        else:  # the same of halves
            values *= self.high / 2 / self.size - self.low / 2 / self.size
            values += self.low / 2
            values *= 2
        values = np.minimum(values, self.high, out=index.view(np.float64))
        return FixedColumn(values.astype(self.dtype, copy=False))


@dataclass(frozen=True, eq=False)
class WholeFloats(Domain):
    """Whole numbers from `low` on, in a floating-point column."""

    low: int
    size: int
    dtype: np.dtype[np.generic]

    @property
    def facts(self) -> Facts:
        span = (float(self.low), float(self.low + self.size - 1))
        return Facts(span=span, grid=(self.low, 1), distinct=self.size, repeats=False)

    @property
    def rises(self) -> bool:
        return True

    def decode(self, index: UInts) -> FixedColumn:
        return FixedColumn((index.view(np.int64) + np.int64(self.low)).astype(self.dtype))


@dataclass(frozen=True, eq=False)
class BinnedFloats(Kernel):
    """A value of one of several ranges: which range, by weight; within it, all equally likely.

    lows, widths  float64: where every range begins, and how far it reaches
    low, high     the least and the greatest value, as the dtype holds them
    """

    choice: Selector
    stream: Stream
    lows: NDArray[np.float64]
    widths: NDArray[np.float64]
    low: float
    high: float
    dtype: np.dtype[np.generic]

    @cached_property
    def facts(self) -> Facts:
        return Facts(span=(self.low, self.high), independent=self.choice.independent)

    def ranked(self, positions: Selector) -> Kernel | None:
        if not isinstance(self.choice, Slots | Alias):
            return None
        bands, kept = Bands.of(self.choice.weights)
        own = self.lows[kept], self.widths[kept], self.low, self.high, self.dtype
        return FloatsInBins(positions, bands, *own)

    def values(self, rows: Rows) -> FixedColumn:
        bins = self.choice.index(rows).view(np.int64)
        words = self.stream.bits(rows)
        words >>= np.uint64(11)
        values, part = (working(number, len(words)).view(np.float64) for number in (0, 1))
        np.copyto(values, words.view(np.int64), casting="unsafe")
        values *= 2.0**-53
        values *= np.take(self.widths, bins, out=part, mode="clip")
        values += np.take(self.lows, bins, out=part, mode="clip")
        values = np.clip(values, self.low, self.high, out=words.view(np.float64))
        return FixedColumn(values.astype(self.dtype, copy=False))


@dataclass(frozen=True, eq=False)
class FloatsInBins(Kernel):
    """A value of one of several ranges, which lie side by side as `BinnedFloats` weighs them.

    lows, widths  float64: where every range begins, and how far it reaches
    """

    positions: Selector
    bands: Bands
    lows: NDArray[np.float64]
    widths: NDArray[np.float64]
    low: float
    high: float
    dtype: np.dtype[np.generic]

    @cached_property
    def facts(self) -> Facts:
        return Facts(span=(self.low, self.high), independent=self.positions.independent)

    def values(self, rows: Rows) -> FixedColumn:
        at, share = self.bands.of_words(self.positions.index(rows))
        share *= self.widths[at]
        share += self.lows[at]
        values = np.clip(share, self.low, self.high, out=share)
        return FixedColumn(values.astype(self.dtype, copy=False))


@dataclass(frozen=True, eq=False)
class Shaped(Kernel):
    """Values of a continuous shape, stored as the column's type stores them.

    The shape's table is in storage units. Values keep to [low, high], in the same units; for integers and
    decimals they are rounded to the nearest whole unit.
    """

    shape: Quantiles | Mixture | ByPosition | Blend
    low: float
    high: float
    type: SqlType
    dtype: np.dtype[np.generic]

    @cached_property
    def facts(self) -> Facts:
        whole = self.type.kind is not Kind.FLOAT
        distinct = int(self.high - self.low) + 1 if whole else None
        return Facts(span=(self.low, self.high), distinct=distinct, independent=self.shape.independent)

    def ranked(self, positions: Selector) -> Kernel | None:
        match self.shape:
            case Quantiles():
                return replace(self, shape=ByPosition(self.shape, positions))
            case Mixture():
                blend = Blend.of(self.shape, positions)
                return None if blend is None else replace(self, shape=blend)
            case _:
                return None

    def values(self, rows: Rows) -> FixedColumn:
        values = self.shape.values(rows)
        if self.type.kind is Kind.FLOAT:
            return FixedColumn(
                np.clip(values, self.low, self.high, out=values).astype(self.dtype, copy=False)
            )
        values += 0.5
        units = working(0, len(values)).view(np.int64)
        np.copyto(units, np.floor(values, out=values), casting="unsafe")
        units = np.clip(units, int(self.low), int(self.high), out=values.view(np.int64))
        return FixedColumn(widen(units) if self.type.bits == 128 else units.astype(self.dtype, copy=False))
