"""Whole numbers, and everything stored as one: narrow decimals, days, microseconds, booleans."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Order, UInts
from dw_simulator.engine.selectors.permutation import MAX_SIZE
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.decimals import WideDecimals
from dw_simulator.engine.values.facts import Facts, Stored, stored_numbers
from dw_simulator.engine.values.progressions import places_among, progression, stretch
from dw_simulator.types import SqlType


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

    @property
    def rises(self) -> bool:
        return self.step > 0

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

    def in_order(self) -> "tuple[Domain, Order] | None":
        numbers = stored_numbers(FixedColumn(self.stored))
        if numbers is None:
            return None
        order = np.array(sorted(range(len(numbers)), key=numbers.__getitem__), dtype=np.int64)
        return FixedChoices(self.stored[order]), order

    def without(self, places: UInts) -> "FixedChoices":
        return FixedChoices(np.delete(self.stored, places.astype(np.int64), axis=0))

    def decode(self, index: UInts) -> FixedColumn:
        return FixedColumn(np.take(self.stored, index.view(np.int64), axis=0))


def whole_numbers(type_: SqlType, low: int, high: int, step: int = 1) -> "Integers | WideDecimals":
    """The whole numbers low, low + step, ... up to high, as a type stores them."""
    size = (high - low) // step + 1
    if type_.bits == 128:
        return WideDecimals.covering(low, high) if step == 1 else WideDecimals(low, size, step)
    return Integers(low, min(size, MAX_SIZE), dtype_of(type_), step)
