"""Whole numbers, and everything stored as one: narrow decimals, days, microseconds, booleans."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import UInts
from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.facts import Ends, Facts, Stored


@dataclass(frozen=True, eq=False)
class Integers(Domain):
    """`low`, `low + step`, `low + 2 step`, ...: `size` of them, stored as `dtype`."""

    low: int
    size: int
    dtype: np.dtype[np.generic]
    step: int = 1

    @property
    def facts(self) -> Facts:
        return progression(self.low, self.step, self.size)

    def first(self, count: int) -> "Integers":
        return replace(self, size=min(self.size, count))

    def extended(self, count: int) -> "Integers":
        return replace(self, size=self.size + count)

    def indices(self, values: Collection[Stored]) -> UInts:
        return places_among(values, self.low, self.step, self.size)

    def between(self, low: int | float, high: int | float) -> "Integers | None":
        start, size = stretch(self.low, self.step, self.size, low, high)
        return replace(self, low=start, size=size) if size > 0 else None

    def decode(self, index: UInts) -> FixedColumn:
        # two's complement makes the unsigned sum right for negative numbers too
        if self.step != 1:
            index *= np.uint64(self.step & 0xFFFF_FFFF_FFFF_FFFF)
        if self.low:
            index += np.uint64(self.low & 0xFFFF_FFFF_FFFF_FFFF)
        return FixedColumn(index.view(np.int64).astype(self.dtype, copy=False))


@dataclass(frozen=True, eq=False)
class FixedChoices(Domain):
    """A list of values in their storage form: [m], or [m, 2] for wide decimals."""

    stored: NDArray[np.generic]

    is_list: ClassVar[bool] = True

    @property
    def size(self) -> int:
        return len(self.stored)

    def without(self, places: UInts) -> "FixedChoices":
        return FixedChoices(np.delete(self.stored, places.astype(np.int64), axis=0))

    def decode(self, index: UInts) -> FixedColumn:
        return FixedColumn(np.take(self.stored, index.view(np.int64), axis=0))


def progression(low: int, step: int, size: int) -> Facts:
    """What is known of `low`, `low + step`, ...: `size` stored whole numbers."""
    ends = low, low + step * (size - 1)
    span: Ends = (min(ends), max(ends))
    return Facts(span=span, grid=(low, abs(step)), distinct=size, repeats=False, even=True)


def places_among(values: Collection[Stored], low: int, step: int, size: int) -> UInts:
    """Where in `low`, `low + step`, ... some values stand: uint64[m], ascending.

    >>> places_among([7, 8, 30], 1, 3, 5)
    array([2], dtype=uint64)
    """
    found = [divmod(int(value) - low, step) for value in values if not isinstance(value, str)]
    return np.array(sorted(k for k, rest in found if not rest and 0 <= k < size), dtype=np.uint64)


def stretch(low: int, step: int, size: int, least: int | float, most: int | float) -> tuple[int, int]:
    """(first, how many) of `low`, `low + step`, ... that lie from least to most.

    >>> stretch(0, 5, 100, 12, 31)
    (15, 4)
    """
    near, far = (least, most) if step > 0 else (most, least)
    begin = max(ceil((Fraction(near) - low) / step), 0)
    end = min(floor((Fraction(far) - low) / step), size - 1)
    return low + begin * step, end - begin + 1
