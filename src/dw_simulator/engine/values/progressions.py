"""Whole numbers at equal distances: what is known of them, and where among them some values stand."""

from collections.abc import Collection
from fractions import Fraction
from math import ceil, floor

import numpy as np

from dw_simulator.engine.rows import UInts
from dw_simulator.engine.values.facts import Ends, Facts, Stored


def progression(low: int, step: int, size: int) -> Facts:
    """What is known of `low`, `low + step`, ...: `size` stored whole numbers."""
    ends = low, low + step * (size - 1)
    span: Ends = (min(ends), max(ends))
    grid = (low, abs(step))
    return Facts(span=span, grid=grid, distinct=size, repeats=False, even=True)


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
