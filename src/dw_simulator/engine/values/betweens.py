"""Moments in a room between others: after the latest of some, not after the earliest of some.

    listed_at      Mar 3                   the latest of the sources
    at_least, within     1 d, 90 d         from Mar 4 to Jun 1
    until          May 20                  the room ends on May 20
    present        Apr 10                  what comes out later is NULL, or the room ends there

Everything is counted in units (see `Scale`). Where a moment comes before others, units are counted backwards,
so that the room begins at the source either way.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.open_time import OpenTime
from dw_simulator.engine.selectors.quantiles import Quantiles
from dw_simulator.engine.selectors.sampling import multiply_high_each
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.moments import Scale

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
LEAST, MOST = -(1 << 63), (1 << 63) - 1
_CELLS_OF_A_MEAN = 1024
_ONE = np.uint64(1)


@dataclass(frozen=True)
class Mark:
    """A column that bounds others: its moments as units.

    backwards  they are counted backwards
    day        units of a whole day where the end of a room is asked of a day: all of it belongs to the room
    """

    kernel: Kernel
    scale: Scale
    backwards: bool = False
    day: int = 1

    def of(self, stored: int) -> int:
        """The unit of one stored number."""
        unit = self.scale.of(stored)
        if self.day > 1:
            unit = unit // self.day * self.day + (0 if self.backwards else self.day - 1)
        return -unit if self.backwards else unit

    @property
    def ends(self) -> tuple[int, int] | None:
        """The least and the greatest unit that can come out, where known."""
        ends = self.kernel.facts.ends
        return None if ends is None else tuple(sorted(self.of(int(end)) for end in ends))  # type: ignore[return-value]

    def column(self, rows: Rows) -> FixedColumn:
        return fixed(rows.once(self.kernel, lambda: self.kernel.values(rows)))

    def each(self, stored: NDArray[Any]) -> Ints:
        """The unit of each stored number, fresh; what units cannot hold is cut."""
        values = stored.astype(np.int64, copy=False)
        if (times := self.scale.times) != 1:
            values = np.clip(values, LEAST // times + 1, MOST // times)
        units = self.scale.each(values)
        if self.day > 1:
            units //= np.int64(self.day)
            units *= np.int64(self.day)
            units += np.int64(0 if self.backwards else self.day - 1)
        return np.negative(units, out=units) if self.backwards else units


class InRoom(ABC):
    """Where in a room a moment lies."""

    @abstractmethod
    def offsets(self, positions: UInts, counts: UInts) -> Ints:
        """A number below each count, at least 1, by 64 bits for each: int64[n]; overwrites the positions."""


@dataclass(frozen=True, eq=False)
class Anywhere(InRoom):
    """Anywhere; no count is above `most`."""

    most: int = MOST

    def offsets(self, positions: UInts, counts: UInts) -> Ints:
        return multiply_high_each(positions, counts, self.most).view(np.int64)


@dataclass(frozen=True, eq=False)
class Stretched(InRoom):
    """A shape over 0 to 1 that is stretched over every room."""

    shape: Quantiles

    def offsets(self, positions: UInts, counts: UInts) -> Ints:
        offsets = self.shape.at(positions)
        offsets *= counts.astype(np.float64)
        return _below(offsets, counts)


@dataclass(frozen=True, eq=False)
class Nearness(InRoom):
    """Exponential from the source on, cut to the room of each row and spread over it in proportion.

    whole   the exponential shape of mean 1
    shares  the share of it that lies within 0, 1/1024, 2/1024, ... means: float64[n], rising
    mean    units
    """

    whole: Quantiles
    shares: Floats
    mean: float

    def offsets(self, positions: UInts, counts: UInts) -> Ints:
        cells = counts.astype(np.float64)
        cells *= _CELLS_OF_A_MEAN / self.mean
        np.minimum(cells, float(len(self.shares) - 1), out=cells)
        at = np.minimum(cells.astype(np.int64), len(self.shares) - 2)
        cells -= at
        share = self.shares[at]
        cells *= self.shares[at + 1] - share
        share += cells
        # a share of the positions, which are 53 bits of a float
        share *= (positions >> np.uint64(11)).view(np.int64).astype(np.float64)
        offsets = self.whole.at(share.astype(np.uint64) << np.uint64(11))
        offsets *= self.mean
        return _below(offsets, counts)

    @staticmethod
    def steps(means: int = 40) -> Floats:
        """Where shares are asked, in means: float64[n]."""
        return np.arange(means * _CELLS_OF_A_MEAN + 1) / _CELLS_OF_A_MEAN


def _below(offsets: Floats, counts: UInts) -> Ints:
    np.minimum(offsets, 2.0**62, out=offsets)
    return np.minimum(offsets.astype(np.int64), (counts - _ONE).view(np.int64))


@dataclass(frozen=True, eq=False)
class Between(Kernel):
    """A moment after the latest of some columns and not after the earliest of others, NULL ones left out.

    positions    64 bits that say where in the room, by the shape
    least, most  the room, from the latest source on; `most` is None where only the other ends bound it
    open         where the room of a row ends that has none of the others
    first, last  what a value cannot leave
    present      the last unit that has been, if that matters: later ones are NULL where it `censors`, else
                 rooms end there, if they begin before it
    optional     NULL where there is no room; else a value at the source, or as near to the room as it can be
    scale        from units to what is stored
    ends         least and greatest stored number that can come out
    hours        by which the time of a room weighs; where none of it weighs anything, all of it is alike
    first_of     rows by parent, the first of which are at their source
    """

    sources: tuple[Mark, ...]
    untils: tuple[Mark, ...]
    positions: Selector
    shape: InRoom
    least: int
    most: int | None
    first: int
    last: int
    scale: Scale
    dtype: np.dtype[np.generic]
    ends: tuple[int, int]
    present: int | None = None
    censors: bool = False
    optional: bool = False
    backwards: bool = False
    nullable: bool = False
    open: int = MOST
    hours: OpenTime | None = None
    first_of: Grouping | None = None

    @cached_property
    def facts(self) -> Facts:
        low, high = self.ends
        return Facts(span=self.ends, distinct=(high - low) // self.scale.step + 1, nullable=self.nullable)

    def values(self, rows: Rows) -> FixedColumn:
        return self.following(rows, [mark.column(rows) for mark in self.sources])

    def following(self, rows: Rows, sources: Sequence[FixedColumn]) -> FixedColumn:
        """What follows these moments, one column for each of the marks of sources."""
        source, low, high, there = self.room(rows, sources)
        crowded = low > high
        if crowded.any():
            if self.optional:
                there = ~crowded if there is None else there & ~crowded
                spare = low
            else:
                spare = np.maximum(source, np.minimum(low, high))
            spare = np.clip(spare, self.first, self.last)
            low, high = np.where(crowded, spare, low), np.where(crowded, spare, high)
        if self.first_of is not None:
            leads = self.first_of.within(rows) == self.first_of.located(rows)[1]
            at = np.clip(source, self.first, self.last)
            low, high = np.where(leads, at, low), np.where(leads, at, high)
        units = self._drawn(low, high, self.positions.index(rows))
        if self.present is not None and self.censors:
            been = units <= self.present
            there = been if there is None else there & been
        if self.backwards:
            np.negative(units, out=units)
        return FixedColumn(self.scale.store(units).astype(self.dtype, copy=False), there)

    def room(self, rows: Rows, sources: Sequence[FixedColumn]) -> tuple[Ints, Ints, Ints, Bools | None]:
        """(the latest source, first and last unit of the room, where there is a source), fresh."""
        source, there = _latest(self.sources, sources)
        low = moved(source, self.least)
        if self.most is None:
            high = np.full(len(source), self.last, dtype=np.int64)
        else:
            high = moved(source, self.most)
        if self.untils:
            np.minimum(high, earliest(self.untils, rows, self.open), out=high)
        np.maximum(low, np.int64(self.first), out=low)
        np.minimum(high, np.int64(self.last), out=high)
        if self.present is not None and not self.censors:
            # what has room at all keeps a place, at its least distance
            np.minimum(high, np.where(low <= high, np.maximum(low, self.present), high), out=high)
        if there is not None:  # no room is asked where there is nothing to follow
            low, high = np.where(there, low, self.first), np.where(there, high, self.first)
        return source, low, high, there

    def crowded(self, rows: Rows) -> int:
        """How many of some rows have no room."""
        _, low, high, _ = self.room(rows, [mark.column(rows) for mark in self.sources])
        return int(np.count_nonzero(low > high))

    def _drawn(self, low: Ints, high: Ints, positions: UInts) -> Ints:
        """Somewhere from low to high, by the shape. Fresh."""
        if self.hours is not None:
            return self._by_weight(self.hours, low, high, positions)
        counts = (high - low).view(np.uint64) + _ONE
        offsets = self.shape.offsets(positions, counts)
        offsets += low
        return offsets

    def _by_weight(self, hours: OpenTime, low: Ints, high: Ints, positions: UInts) -> Ints:
        """The same, where time weighs by the hour."""
        high = np.minimum(high, moved(low, hours.reach))
        first, last = (-high, -low) if self.backwards else (low, high)
        weeks, before, room = hours.room(first, last)
        closed = room <= 0
        counts = np.where(closed, high - low + 1, room)
        offsets = self.shape.offsets(positions, counts.view(np.uint64))
        passed = before + (room - 1 - offsets if self.backwards else offsets)
        passed[closed] = 0
        units = hours.reached(weeks, passed)
        if self.backwards:
            np.negative(units, out=units)
        return np.where(closed, low + offsets, units)


def moved(units: Ints, offset: int) -> Ints:
    """Units and an offset, fresh; what does not fit is cut."""
    low, high = max(LEAST, LEAST - offset), min(MOST, MOST - offset)
    out = np.maximum(units, np.int64(low))
    np.minimum(out, np.int64(high), out=out)
    out += np.int64(offset)
    return out


def _latest(marks: Sequence[Mark], columns: Sequence[FixedColumn]) -> tuple[Ints, Bools | None]:
    """(the latest of what is there, where any is there; None for everywhere)."""
    latest: Ints | None = None
    there: Bools | None = None
    always = False
    for mark, column in zip(marks, columns, strict=True):
        units = mark.each(column.values)
        if column.valid is None:
            always = True
        else:
            units = np.where(column.valid, units, LEAST)
            there = column.valid if there is None else there | column.valid
        latest = units if latest is None else np.maximum(latest, units, out=latest)
    assert latest is not None, "something is followed"
    return latest, None if always else there


def earliest(marks: Sequence[Mark], rows: Rows, otherwise: int) -> Ints:
    """The earliest of what is there of some moments, or another unit where none is: int64[n], fresh."""
    found = np.full(len(rows), MOST, dtype=np.int64)
    there = np.zeros(len(rows), dtype=np.bool_)
    for mark in marks:
        column = mark.column(rows)
        units = mark.each(column.values)
        if column.valid is None:
            there |= True
        else:
            there |= column.valid
            units = np.where(column.valid, units, MOST)
        np.minimum(found, units, out=found)
    found[~there] = otherwise
    return found
