"""Time by weight, the same in every week: how much of it passes, and when so much has passed.

    Mo-Fr 9 to 17 weigh 1, the rest 0
    from Fr 16:00 to Mo 10:00 pass 1 + 1 hours; when 1.5 of them have passed, it is Mo 9:30

Whole numbers throughout. A unit that weighs nothing is never reached, and what is drawn evenly from what
passes between two moments lies between them, by weight.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_MOST = 1 << 62
_CELLS = 10
"""Bits of the number of cells that are looked up."""


class WeekStretches:
    """WeekStretches side by side, and in which of them a number lies: by a table of cells, not by a search.

    bounds  where each begins, from 0 on, and the end of the last: int64[n + 1], not falling
    """

    def __init__(self, bounds: Ints) -> None:
        self.bounds = bounds
        self._shift = max(int(bounds[-1]).bit_length() - _CELLS, 0)
        cells = np.arange((int(bounds[-1]) >> self._shift) + 2, dtype=np.int64) << self._shift
        guide = np.searchsorted(bounds, cells, side="right") - 1
        self._guide = np.minimum(guide, len(bounds) - 2)
        self._more = int(np.diff(guide).max())

    def of(self, numbers: Ints) -> Ints:
        """The last stretch that begins at or before each number below the end: int64[n], fresh."""
        at: Ints = self._guide[numbers >> np.int64(self._shift)]
        for _ in range(self._more):
            at += (numbers >= self.bounds[at + 1]) & (at < len(self.bounds) - 2)
        return at


@dataclass(frozen=True, eq=False)
class OpenTime:
    """A week in stretches, each unit of which has a weight.

    starts   the first unit of each stretch, from Monday on, and the units of a week: int64[n + 1]
    weights  of a unit in each stretch, not negative, not all 0: int64[n]
    monday   units from a Monday's midnight to that of 1970-01-01
    """

    starts: Ints
    weights: Ints
    monday: int

    @cached_property
    def gone(self) -> Ints:
        """What has passed of a week when each stretch begins, and of the whole: int64[n + 1]."""
        return np.concatenate([[0], np.cumsum(np.diff(self.starts) * self.weights)]).astype(np.int64)

    @cached_property
    def _by_time(self) -> WeekStretches:
        return WeekStretches(self.starts)

    @cached_property
    def _by_weight(self) -> WeekStretches:
        return WeekStretches(self.gone)

    @property
    def mean(self) -> float:
        """The weight of a unit, on average."""
        return float(self.gone[-1]) / float(self.starts[-1])

    @cached_property
    def reach(self) -> int:
        """So many units are looked at from a moment on; beyond, numbers would not hold what passes."""
        return int(_MOST // int(self.weights.max()))

    def room(self, low: Ints, high: Ints) -> tuple[Ints, Ints, Ints]:
        """(week of low, what has passed of it, what passes from low to high): int64[n] each. Both count."""
        weeks, rest = np.divmod(low + np.int64(self.monday), self.starts[-1])
        ends, last = np.divmod(high + np.int64(self.monday + 1), self.starts[-1])
        passed = self._passed(rest)
        ends -= weeks
        ends *= self.gone[-1]
        ends += self._passed(last)
        ends -= passed
        return weeks, passed, ends

    def _passed(self, rest: Ints) -> Ints:
        at = self._by_time.of(rest)
        passed = rest - self.starts[at]
        passed *= self.weights[at]
        passed += self.gone[at]
        return passed

    def reached(self, weeks: Ints, passed: Ints) -> Ints:
        """The unit in which so much has passed since the beginning of a week, fresh."""
        more, rest = np.divmod(passed, self.gone[-1])
        at = self._by_weight.of(rest)
        rest -= self.gone[at]
        rest //= self.weights[at]
        rest += self.starts[at]
        more += weeks
        more *= self.starts[-1]
        rest += more
        rest -= np.int64(self.monday)
        return rest
