"""Numbers moved to the nearest of evenly spaced points: prices that end in .99, amounts in round numbers.

every 1, on .99      ..., 1.99, 2.99, 3.99, ...
a number             2.40   2.60   4.30
its value            1.99   2.99   3.99
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import gcd

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows, Selector
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.facts import Facts

Steps = tuple[int, int]
"""The first point, and how many there are from it on: first, first + step, ..."""


@dataclass(frozen=True, eq=False)
class Pointed(Kernel):
    """Another kernel's numbers at points of one of some rows of points, each `step` apart.

    choice  which row of points: an index of `lines`
    lines   the points, in the kernel's storage units; of floats, in their parts
    parts   of floats, how many parts 1 has: 100 for two digits after the point; 0 for what is stored whole
    """

    numbers: Kernel
    choice: Selector
    step: int
    lines: Sequence[Steps]
    dtype: np.dtype[np.generic]
    parts: int = 0

    @cached_property
    def facts(self) -> Facts:
        known = self.numbers.facts
        firsts = [first for first, _ in self.lines]
        low, high = min(firsts), max(first + (count - 1) * self.step for first, count in self.lines)
        grid = firsts[0], gcd(self.step, *(first - firsts[0] for first in firsts))
        return replace(
            Facts(),
            span=(self._as_float(low), self._as_float(high)) if self.parts else (low, high),
            grid=None if self.parts else grid,
            distinct=sum(count for _, count in self.lines),
            nullable=known.nullable,
            independent=known.independent and self.choice.independent,
            movable=False,
        )

    def values(self, rows: Rows) -> FixedColumn:
        column = fixed(self.numbers.values(rows))
        firsts, most = self._ends
        if len(self.lines) > 1:
            at = self.choice.index(rows).view(np.int64)
            firsts, most = firsts[at], most[at]
        whole = (
            self._of_floats(column.values, firsts) if self.parts else self._of_whole(column.values, firsts)
        )
        np.clip(whole, 0, most, out=whole)
        whole *= self.step
        whole += firsts
        if self.parts:
            return FixedColumn((whole / float(self.parts)).astype(self.dtype, copy=False), column.valid)
        return FixedColumn(whole.astype(self.dtype, copy=False), column.valid)

    def _as_float(self, parts: int) -> float:
        return float((np.array([parts]) / float(self.parts)).astype(self.dtype)[0])

    @cached_property
    def _ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of each row of points the first, and the place of the last one."""
        firsts, counts = np.array(self.lines, dtype=np.int64).T
        return firsts, counts - 1

    def _of_whole(self, values: NDArray[np.generic], firsts: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many steps from the first point, a half of one upwards."""
        steps = values.astype(np.int64) - firsts
        steps += self.step // 2
        steps //= self.step
        return steps

    def _of_floats(self, values: NDArray[np.generic], firsts: NDArray[np.int64]) -> NDArray[np.int64]:
        steps = values.astype(np.float64)
        steps *= float(self.parts)
        steps -= firsts
        steps /= float(self.step)
        steps += 0.5
        np.floor(steps, out=steps)
        # within what is there, and so within 64 bits
        np.clip(steps, 0.0, float(self._ends[1].max()), out=steps)
        return steps.astype(np.int64)
