"""The rows that some rows stand together with: whole groups of a `Grouping`, in pieces that fit memory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.groups import Grouping

Places = NDArray[np.int64]
AT_ONCE = 1 << 20
"""So many rows are looked at together, and a window holds no group of more."""


@dataclass(frozen=True, eq=False)
class Members:
    """All rows of some groups, or some rows of one.

    rows     their numbers, group after group
    groups   which of the parents asked for each group belongs to: int64[groups], ascending
    starts   where each group begins among the rows: int64[groups], ascending
    sizes    how many rows each group has: int64[groups], none of them 0
    """

    rows: Rows
    groups: Places
    starts: Places
    sizes: Places

    @property
    def ordinals(self) -> Places:
        """The place of each row among those of its group that are here, from 0, fresh."""
        return np.arange(len(self.rows)) - np.repeat(self.starts, self.sizes)


def members_of(grouping: Grouping, parents: UInts) -> Members:
    """The rows of some parents, which are ascending and different from each other."""
    first = grouping.first(parents)
    if len(parents) and int(parents[-1]) - int(parents[0]) == len(parents) - 1:  # side by side
        end = np.append(first[1:], grouping.first(parents[-1:] + np.uint64(1)))
    else:
        end = grouping.first(parents + np.uint64(1))
    sizes = (end - first).view(np.int64)
    groups = np.flatnonzero(sizes)
    first, sizes = first[groups], sizes[groups]
    starts = np.cumsum(sizes) - sizes
    total = int(sizes.sum())
    if not total or int(first[-1]) + int(sizes[-1]) - int(first[0]) == total:
        start = int(first[0]) if total else 0  # most kernels are faster in a run of rows
        return Members(Rows.run(start, start + total), groups, starts, sizes)
    numbers: UInts = np.repeat(first - starts.view(np.uint64), sizes)
    numbers += np.arange(total, dtype=np.uint64)
    return Members(Rows.at(numbers), groups, starts, sizes)


def whole_groups(grouping: Grouping, parents: UInts) -> Iterator[Members]:
    """The rows of some parents, ascending: a million rows at a time, or the whole of one group."""
    for piece in _pieces(grouping, parents):
        members = members_of(grouping, parents[piece])
        yield replace(members, groups=members.groups + piece.start)


def parts_of_groups(grouping: Grouping, parents: UInts) -> Iterator[Members]:
    """The same, in which a group of more than a million rows comes part by part."""
    for piece in _pieces(grouping, parents):
        first, end = (int(n) for n in grouping.first(parents[piece.start] + np.arange(2, dtype=np.uint64)))
        if piece.stop - piece.start > 1 or end - first <= AT_ONCE:
            members = members_of(grouping, parents[piece])
            yield replace(members, groups=members.groups + piece.start)
            continue
        for start in range(first, end, AT_ONCE):
            rows = Rows.run(start, min(start + AT_ONCE, end))
            yield Members(rows, np.array([piece.start]), np.zeros(1, np.int64), np.array([len(rows)]))


def _pieces(grouping: Grouping, parents: UInts) -> Iterator[slice]:
    """Stretches of some parents that have a million rows together, or are one parent."""
    ends = np.cumsum((grouping.first(parents + np.uint64(1)) - grouping.first(parents)).view(np.int64))
    start = 0
    while start < len(parents):
        before = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, before + AT_ONCE, side="right")), start + 1)
        yield slice(start, stop)
        start = stop
