"""Decimals of more than 18 digits: 128-bit unscaled integers as two words."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import UInts
from dw_simulator.engine.selectors.permutation import MAX_SIZE
from dw_simulator.engine.selectors.sampling import multiply_high
from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.facts import Facts, Stored
from dw_simulator.engine.values.progressions import places_among, progression, stretch

_WORD = (1 << 64) - 1


def words(value: int) -> tuple[int, int]:
    """A 128-bit two's complement integer as (low word, high word)."""
    return value & _WORD, (value >> 64) & _WORD


@dataclass(frozen=True, eq=False)
class WideDecimals(Domain):
    """`low`, `low + step`, ...: `size` unscaled values of up to 38 digits, |step| < 2^64."""

    low: int
    size: int
    step: int = 1

    @classmethod
    def covering(cls, low: int, high: int) -> Self:
        """The values from low to high, spread evenly where there are more than an index can number."""
        span = high - low
        step = -(-(span + 1) // MAX_SIZE)
        return cls(low, span // step + 1, step)

    @property
    def facts(self) -> Facts:
        return progression(self.low, self.step, self.size)

    @property
    def rises(self) -> bool:
        return self.step > 0

    def first(self, count: int) -> "WideDecimals":
        return replace(self, size=min(self.size, count))

    def extended(self, count: int) -> "WideDecimals":
        return replace(self, size=self.size + count)

    def indices(self, values: Collection[Stored]) -> UInts:
        return places_among(values, self.low, self.step, self.size)

    def between(self, low: int | float, high: int | float) -> "WideDecimals | None":
        start, size = stretch(self.low, self.step, self.size, low, high)
        return replace(self, low=start, size=size) if size > 0 else None

    def decode(self, index: UInts) -> FixedColumn:
        start_low, start_high = words(self.low)
        out = np.empty((len(index), 2), dtype=np.uint64)
        if self.step == 1:
            index += np.uint64(start_low)
            out[:, 0] = index
            np.less(index, np.uint64(start_low), out=out[:, 1], casting="unsafe")
            out[:, 1] += np.uint64(start_high)
            return FixedColumn(out)
        low, high = out[:, 0], out[:, 1]
        np.multiply(index, np.uint64(abs(self.step)), out=low)
        high[:] = multiply_high(index, abs(self.step))
        if self.step < 0:
            _negate(low, high)
        low += np.uint64(start_low)
        high += np.uint64(start_high)
        high += low < np.uint64(start_low)
        return FixedColumn(out)


def _negate(low: UInts, high: UInts) -> None:
    np.invert(low, out=low)
    np.invert(high, out=high)
    low += np.uint64(1)
    high += low == 0


def widen(values: NDArray[np.int64]) -> UInts:
    """int64[n] as 128-bit integers: uint64[n, 2]."""
    out = np.empty((len(values), 2), dtype=np.uint64)
    out[:, 0] = values.view(np.uint64)
    np.right_shift(values, 63, out=out[:, 1].view(np.int64))
    return out
