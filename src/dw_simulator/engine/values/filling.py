"""Whole numbers of some stretches, scaled so that each stretch has a given sum.

Values lie from 0 to a greatest one. Where a stretch has to come to more, or to less, all its values are
multiplied by one factor. Where that would take one beyond the greatest, they are raised along a curve that
leaves both ends where they are (`_raised`), so that no heap of values gathers there:

>>> values = np.array([1, 5, 9, 2, 4])
>>> filled(values, np.array([3, 2]), np.array([6, 9]), 10).tolist()
[0, 2, 4, 3, 6]
>>> filled(values, np.array([3, 2]), np.array([26, 0]), 10).tolist()
[7, 9, 10, 0, 0]
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_FINE = float(1 << 40)
_CURVES = 8
_EVEN_TURNS = 3


def filled(values: Ints, sizes: Ints, quotas: Ints, width: int) -> Ints:
    """Values from 0 to `width` that follow others of these, in stretches whose sums are the quotas.

    sizes   how many values each stretch has, none of them 0
    quotas  from 0 to width times the size; width times a stretch's size is below 2^63

    Fresh, int64[n]. Sums are of whole numbers, so that every machine has the same.
    """
    if not len(values) or not width:
        return np.zeros_like(values)
    starts = np.cumsum(sizes) - sizes
    sums: Ints = np.add.reduceat(values, starts)
    factors = quotas / np.maximum(sums, 1)
    scaled: Any = values * np.repeat(factors, sizes)
    # a value may be the greatest, which no factor above 1 leaves room for
    narrow = factors > 1.0
    if narrow.any():
        narrow &= np.maximum.reduceat(values, starts) * factors > width
    if narrow.any():
        mine = np.repeat(narrow, sizes)
        scaled[mine] = _raised(values[mine], sizes[narrow], quotas[narrow], width)
    scaled += 0.5
    whole = np.minimum(scaled, float(width), out=scaled).astype(np.int64)
    np.minimum(whole, np.int64(width), out=whole)  # which a float may have rounded up
    left = _nudged(whole, quotas - np.add.reduceat(whole, starts), starts, sizes, width)
    return _spread(whole, left, sizes, width)


def _raised(values: Ints, sizes: Ints, quotas: Ints, width: int, turns: int = _CURVES) -> Floats:
    """Values that come to more, along u + t u (1 - u) for u = value / width and t up to 1, repeatedly.

    A stretch for which one turn is enough has no other: what becomes of it must not hang on its neighbours.
    """
    starts = _starts(sizes)
    room = width * sizes - quotas
    if not turns:  # far more than they are: they close up to the greatest
        lack = room / np.maximum(width * sizes - np.add.reduceat(values, starts), 1)
        closer: Floats = float(width) - (width - values) * np.repeat(np.minimum(lack, 1.0), sizes)
        return closer
    share = values / float(width)
    bend = share * (1.0 - share)
    bends = np.add.reduceat(np.rint(bend * _FINE).astype(np.int64), starts) / _FINE
    need = (quotas - np.add.reduceat(values, starts)) / float(width)
    tilt = np.clip(need / np.maximum(bends, 1.0 / _FINE), 0.0, 1.0)
    raised: Floats = values + bend * np.repeat(tilt * float(width), sizes)
    more = tilt == 1.0
    if more.any():
        mine = np.repeat(more, sizes)
        whole = np.minimum(raised[mine], float(width)).astype(np.int64)
        raised[mine] = _raised(whole, sizes[more], quotas[more], width, turns - 1)
    return raised


def _nudged(values: Ints, left: Ints, starts: Ints, sizes: Ints, width: int) -> Ints:
    """What is left of the quotas after one more, or less, in so many rows, far from each other.

    Rounding leaves little, so that few rows are touched; the values are changed in place.
    """
    some = np.flatnonzero((left != 0) & (np.abs(left) <= sizes))
    few = np.abs(left[some])
    numbers = np.arange(int(few.sum())) - np.repeat(_starts(few), few)
    groups = np.repeat(some, few)
    rows = starts[groups] + (2 * numbers + 1) * sizes[groups] // (2 * np.repeat(few, few))
    steps = np.sign(left)[groups]
    there = values[rows]
    moved = np.clip(there + steps, 0, width)
    values[rows] = moved
    done = np.zeros_like(left)
    np.add.at(done, groups, moved - there)
    rest: Ints = left - done
    return rest


def _spread(values: Ints, left: Ints, sizes: Ints, width: int, turns: int = _EVEN_TURNS) -> Ints:
    """The values with what is left of each stretch's quota added, evenly along the rows with room for it."""
    some = left != 0
    if not some.any():
        return values
    mine = np.repeat(some, sizes)
    if turns:
        rest, few = values[mine], sizes[some]
        left = left[some] - _added(rest, left[some], _starts(few), few, width)
        values[mine] = _spread(rest, left, few, width, turns - 1)
    else:
        values[mine] = _poured(values[mine], left[some], sizes[some], width)
    return values


def _starts(sizes: Ints) -> Ints:
    starts: Ints = np.cumsum(sizes) - sizes
    return starts


def _added(values: Ints, left: Ints, starts: Ints, sizes: Ints, width: int) -> Ints:
    """Add to the values in place, as evenly as there is room; how much that was, of each stretch."""
    falling = left < 0
    room = width - values
    if falling.any():
        room = np.where(np.repeat(falling, sizes), values, room)
    has = room > 0
    count = np.cumsum(has, dtype=np.int64)
    before: Ints = count[starts] - has[starts]
    behind = count[starts + sizes - 1]
    each = np.abs(left) / np.maximum(behind - before, 1)
    count -= np.repeat(before, sizes)
    # the part of the first rows, rounded: a row gets what is new in it
    part: Any = np.multiply(count, np.repeat(each, sizes))
    part += 0.5
    parts = np.floor(part, out=part).astype(np.int64)
    added = parts.copy()
    added[1:] -= parts[:-1]
    added[starts] = parts[starts]
    np.minimum(added, room, out=added)
    if falling.any():
        added = np.where(np.repeat(falling, sizes), -added, added)
    values += added
    sums: Ints = np.add.reduceat(added, starts)
    return sums


def _poured(values: Ints, left: Ints, sizes: Ints, width: int) -> Ints:
    """The values with what is left added from the first row on, as far as there is room."""
    starts = _starts(sizes)
    falling = np.repeat(left < 0, sizes)
    room = np.where(falling, values, width - values)
    before = np.cumsum(room) - room  # beyond 64 bits it turns round, and so does the difference
    before -= np.repeat(before[starts], sizes)
    added = np.clip(np.repeat(np.abs(left), sizes) - before, 0, room)
    full: Ints = values + np.where(falling, -added, added)
    return full
