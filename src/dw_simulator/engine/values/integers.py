"""Whole numbers, and everything stored as one: narrow decimals, days, microseconds, booleans."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import UInts


@dataclass(frozen=True, eq=False)
class Integers:
    """`low`, `low + step`, `low + 2 step`, ...: `size` of them, stored as `dtype`."""

    low: int
    size: int
    dtype: np.dtype[np.generic]
    step: int = 1

    @property
    def natural(self) -> int:
        return self.size

    def decode(self, index: UInts) -> FixedColumn:
        # two's complement makes the unsigned sum right for negative numbers too
        if self.step != 1:
            index *= np.uint64(self.step & 0xFFFF_FFFF_FFFF_FFFF)
        if self.low:
            index += np.uint64(self.low & 0xFFFF_FFFF_FFFF_FFFF)
        return FixedColumn(index.view(np.int64).astype(self.dtype, copy=False))


@dataclass(frozen=True, eq=False)
class FixedChoices:
    """A list of values in their storage form: [m], or [m, 2] for wide decimals."""

    stored: NDArray[np.generic]

    @property
    def size(self) -> int:
        return len(self.stored)

    @property
    def natural(self) -> int:
        return self.size

    def decode(self, index: UInts) -> FixedColumn:
        return FixedColumn(np.take(self.stored, index.view(np.int64), axis=0))
