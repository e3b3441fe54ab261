"""Numbers looked up in a table of ascending ones, faster than by a binary search."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_GLANCES = 4


@dataclass(frozen=True, eq=False)
class Ascending:
    """Whole numbers in ascending order: one is found by a glance, a few steps, and a search for the rest.

    A binary search in tables that leave the cache takes some 100 ns a number. The numbers are cut into about
    as many stretches of 2^shift as there are; where each stretch begins is known.

    numbers  int64[n], at least one
    """

    numbers: Ints

    @cached_property
    def _stretches(self) -> tuple[int, np.int64, Ints]:
        """(the first number, shift, how many numbers lie before each stretch)."""
        low, high = int(self.numbers[0]), int(self.numbers[-1])
        shift = max((high - low).bit_length() - max(len(self.numbers).bit_length(), 6) - 1, 0)
        count = ((high - low) >> shift) + 1
        starts = np.arange(count, dtype=np.int64) << shift
        starts += low
        return low, np.int64(shift), np.searchsorted(self.numbers, starts, side="left")

    @cached_property
    def _gapless(self) -> bool:
        """Whether they are all whole numbers of a range, each once: then nothing is looked up."""
        first, last = int(self.numbers[0]), int(self.numbers[-1])
        ranged = last - first == len(self.numbers) - 1 and first > -(1 << 63)
        return ranged and bool((np.diff(self.numbers) == 1).all())

    def __getstate__(self) -> Mapping[str, object]:
        return {"numbers": self.numbers}

    def upto(self, asked: Ints) -> Ints:
        """How many of the numbers are not above each of those asked: int64[m], fresh."""
        numbers = self.numbers
        if self._gapless:
            found = np.clip(asked, numbers[0] - 1, numbers[-1])
            found -= numbers[0] - 1
            return found
        low, shift, before = self._stretches
        inside = np.clip(asked, low, int(numbers[-1]))
        inside -= np.int64(low)
        inside >>= shift
        found = before[inside]
        last = np.int64(len(numbers) - 1)
        for _ in range(_GLANCES):
            on = numbers[np.minimum(found, last)] <= asked
            on &= found <= last
            if not on.any():
                return found
            found += on
        late = np.flatnonzero((numbers[np.minimum(found, last)] <= asked) & (found <= last))
        found[late] = np.searchsorted(numbers, asked[late], side="right")
        return found
