"""Parents that are picked by what they are: by weight, by what they share with a row, by when they are valid.

    stores (id, city, size)      customers (id, city)      sales (customer_id, store_id, ...)
    store_id: of the stores in the customer's city, a store of twice the size twice as often

Where there are up to `AT_HAND` parents they are looked at once, while planning. They are put in the order of
their groups (the cities), and their weights are added up in whole units: a group is a stretch of units.

    store        4   0   2 | 1   3          in the order of cities
    its units    10  20  10 | 5   5
    up to        10  30  40 | 45  50         a sale in the first city draws a unit below 40: 31 is store 2

A draw is a look-up then, and exact. More parents are not held: `tried` draws some until one will do.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.ascending import Ascending
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.sampling import Chance, multiply_high, multiply_high_each
from dw_simulator.engine.values.base import Event, Kernel, fixed
from dw_simulator.engine.values.known import Combinations

AT_HAND = 1 << 20
"""So many parents are looked at while planning, and held in tables."""
_UNITS = 1 << 32
"""The greatest weight in units: 2^20 of them fit 64 bits."""
_NEVER = np.int64(-(1 << 63))
TURNS = 24
"""So often a parent that is valid at a moment is drawn before the last one that is valid is taken."""

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Chosen(Selector):
    """A pick that may find no parent for a row; it gives another one there."""

    @abstractmethod
    def found(self, rows: Rows) -> Flags:
        """Whether there is such a parent: bool[n]. Not to be overwritten."""


class Awaited(Selector):
    """A pick that is made when it is first asked: what it is made from is not there before.

    Planning asks it at the latest before it ends, so that what runs, and is pickled, has it.

    make  gives it. Raises Refusal.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self.make: Callable[[], Selector] | None = None
        self._made: Selector | None = None

    @property
    def size(self) -> int:
        return self._size

    @property
    def made(self) -> Selector:
        """The pick itself. Raises Refusal."""
        if self._made is None:
            assert self.make is not None, "a plan that has ended has made it"
            self._made = self.make()
            self.make = None
        return self._made

    def __getstate__(self) -> Mapping[str, object]:
        return {"_size": self._size, "make": None, "_made": self.made}

    def index(self, rows: Rows) -> UInts:
        return self.made.index(rows)


@dataclass(frozen=True, eq=False)
class NoneFound:
    """True where a pick finds no parent, and by chance."""

    pick: Awaited
    chance: Chance

    def hits(self, rows: Rows) -> Flags:
        hits, made = self.chance.hits(rows), self.pick.made
        if isinstance(made, Chosen):
            hits |= ~made.found(rows)
        return hits


# --- by weight


def units_of(weights: NDArray[np.float64], first: Ints) -> UInts:
    """Weights above 0 in whole units: the greatest of a group in 2^32 of them, the least in one.

    first  where each group begins among them, ascending, and the end of the last: int64[groups + 1]
    """
    sizes = np.diff(first)
    most = np.repeat(np.maximum.reduceat(weights, first[:-1][sizes > 0]), sizes[sizes > 0])
    units: UInts = np.rint(weights / most * _UNITS).astype(np.uint64)
    np.maximum(units, np.uint64(1), out=units)
    return units


@dataclass(frozen=True, eq=False)
class Weighed(Chosen):
    """A parent of a row's group, as often as its units say.

    order   the parents, group after group: uint64[m]
    ends    their units added up, in that order: uint64[m], ascending
    begins  where each group's units begin, and the end of the last: uint64[groups + 1]
    groups  None where all parents are one group
    """

    stream: Stream
    size: int
    order: UInts
    ends: UInts
    begins: UInts
    groups: Combinations | None = None

    def found(self, rows: Rows) -> Flags:
        if self.groups is None:
            return np.ones(len(rows), dtype=np.bool_)
        return self._stretches[1][self.groups.of_rows(rows)] > 0

    @cached_property
    def _stretches(self) -> tuple[UInts, UInts, UInts]:
        """Of each group, and of no group: where its units begin, how many it has, how many to draw from."""
        low, own = self.begins[:-1].copy(), np.diff(self.begins)
        drawn = own.copy()
        low[own == 0], drawn[own == 0] = 0, self.begins[-1]  # any parent, where there is none
        return np.append(low, np.uint64(0)), np.append(own, np.uint64(0)), np.append(drawn, self.begins[-1])

    @cached_property
    def _ends(self) -> Ascending:
        return Ascending(self.ends.view(np.int64))

    def index(self, rows: Rows) -> UInts:
        bits = self.stream.bits(rows)
        if self.groups is None:
            unit = multiply_high(bits, int(self.begins[-1]))
        else:
            group = self.groups.of_rows(rows)
            low, _own, drawn = self._stretches
            unit = multiply_high_each(bits, drawn[group], int(self.begins[-1]))
            unit += low[group]
        return self.order[self._ends.upto(unit.view(np.int64))]


# --- by when they are valid


@dataclass(frozen=True)
class Ticks:
    """Stored dates and timestamps in the unit of others: times so many, over so many, one of which is 1.

    up  how they are rounded: what is not after a moment is not after it rounded down
    """

    times: int = 1
    over: int = 1
    up: bool = False

    def of(self, column: Column) -> Ints:
        """int64[n]; NULL is unspecified. What lies beyond 64 bits becomes the last that does not."""
        stored = fixed(column).values.astype(np.int64, copy=False)
        if self.over > 1:
            return -(-stored // self.over) if self.up else stored // self.over
        if self.times == 1:
            return stored
        most = ((1 << 63) - 1) // self.times
        return np.clip(stored, -most, most) * np.int64(self.times)


@dataclass(frozen=True, eq=False)
class Valid(Chosen):
    """The parent of a row's group that is valid at a moment of the row: the last that begins by then.

    order    the parents, group after group, in the order in which they begin: uint64[m]
    keys     group and moment in one: int64[m], ascending
    moments  all moments at which one begins: int64, ascending
    first    where each group begins in that order, and the end of the last: int64[groups + 1]
    ends     until when each is valid, in that order: int64[m]; None where nothing ends
    ticks    from the moments of rows to the units in which parents begin; `ending`: in which they end
    """

    size: int
    at: Kernel
    ticks: Ticks
    order: UInts
    keys: Ints
    moments: Ints
    first: Ints
    groups: Combinations | None = None
    ends: Ints | None = None
    ending: Ticks = Ticks()

    @cached_property
    def _moments(self) -> Ascending:
        return Ascending(self.moments)

    @cached_property
    def _keys(self) -> Ascending:
        return Ascending(self.keys)

    @cached_property
    def _latest(self) -> tuple[Ints, ...]:
        """The latest end among 1, 2, 4, ... parents side by side: the k-th has one for each 2^k of them."""
        assert self.ends is not None, "some end"
        levels = [self.ends]
        while len(levels[-1]) > 1:
            below = levels[-1]
            even = below if len(below) % 2 == 0 else np.append(below, _NEVER)
            levels.append(np.maximum(even[::2], even[1::2]))
        return tuple(levels)

    def found(self, rows: Rows) -> Flags:
        return self._looked_up(rows)[1]

    def index(self, rows: Rows) -> UInts:
        return self.order[self._looked_up(rows)[0]]

    def places(self, rows: Rows) -> Ints:
        """Where the parent of each row stands in the order: int64[n]. Not to be overwritten."""
        return self._looked_up(rows)[0]

    def begun(self, rows: Rows) -> tuple[Ints, Ints, Flags, Column]:
        """Of each row where those that have begun by its moment stand in the order, and its moment.

        (where its group begins, where the last begun stands, whether there is one)
        """
        return rows.once((self, "begun"), lambda: self._begun(rows))

    def _looked_up(self, rows: Rows) -> tuple[Ints, Flags]:
        return rows.once((self, "looked up"), lambda: self._look_up(rows))

    def _begun(self, rows: Rows) -> tuple[Ints, Ints, Flags, Column]:
        column = rows.once(self.at, lambda: self.at.values(rows))
        moments = _known(self.ticks.of(column), column)
        count = len(self.first) - 1
        group: Ints | np.int64 = np.int64(0) if self.groups is None else self.groups.of_rows(rows)
        known = np.less(group, count)
        group = np.minimum(group, count - 1)
        keys = self._moments.upto(moments)
        if self.groups is not None:
            keys += group * np.int64(len(self.moments) + 1)
        place = self._keys.upto(keys)
        place -= 1
        low = np.broadcast_to(self.first[group], place.shape)
        there = (place >= low) & known
        if column.valid is not None:
            there &= column.valid
        return low, np.maximum(place, low), there, column

    def _look_up(self, rows: Rows) -> tuple[Ints, Flags]:
        """(the place of a parent in the order, whether it is valid) of each row."""
        low, last, there, column = self.begun(rows)
        place, valid = last.copy(), there.copy()
        if self.ends is not None:
            self._look_back(place, low, valid, self.ending.of(column))
        return place, valid

    def _look_back(self, place: Ints, low: Ints, valid: Flags, moments: Ints) -> None:
        """Where the last that has begun is over already, the last before it that still goes on; in place."""
        assert self.ends is not None, "some end"
        over = np.flatnonzero(valid & (self.ends[place] < moments))
        found = self._last_until(place[over], moments[over])
        good = found >= low[over]
        place[over[good]] = found[good]
        valid[over[~good]] = False

    def _last_until(self, before: Ints, moments: Ints) -> Ints:
        """The last parent before each place that goes on until a moment: int64[n]; -1 where there is none.

        Among 11 = 8 + 2 + 1 parents: in the last one, else in the two before it, else in the first eight. In
        the stretch that has one it is in the later half if that has one, and so on.
        """
        levels, end = self._latest, before.copy()
        height = np.full(len(end), -1)
        for k, latest in enumerate(levels):
            open_ = np.flatnonzero((height < 0) & (end >> k & 1 == 1))
            has = latest[(end[open_] >> k) - 1] >= moments[open_]
            height[open_[has]] = k
            end[open_] -= 1 << k  # where the stretch begins, or what is left before it
        for k in range(len(levels) - 2, -1, -1):
            open_ = np.flatnonzero(height > k)
            later = (end[open_] >> k) + 1
            there = later < len(levels[k])
            has = there & (levels[k][np.where(there, later, 0)] >= moments[open_])
            end[open_[has]] += 1 << k
        end[height < 0] = -1
        return end


@dataclass(frozen=True, eq=False)
class AnyValid(Chosen):
    """Any parent of a row's group that is valid at its moment, as often as its units say.

    Those that have begun stand side by side in the order of `Valid`: a draw among their units is one of them.
    Where some are over by then, it is drawn again, at last the last that is valid.

    units  of the parents in that order, added up: uint64[m]
    """

    valid: Valid
    stream: Stream
    units: UInts

    @property
    def size(self) -> int:
        return self.valid.size

    @cached_property
    def _units(self) -> Ascending:
        return Ascending(self.units.view(np.int64))

    def found(self, rows: Rows) -> Flags:
        return self.valid.found(rows)

    def index(self, rows: Rows) -> UInts:
        return self.valid.order[rows.once((self, "drawn"), lambda: self._drawn(rows))]

    def _drawn(self, rows: Rows) -> Ints:
        """The place in the order: int64[n]."""
        low, last, _there, column = self.valid.begun(rows)
        before = np.where(low > 0, self.units[low - 1], np.uint64(0))
        spans = self.units[last] - before
        place = self._draw(rows, spans, before)
        if self.valid.ends is None:
            return place
        moments = self.valid.ending.of(column)
        over = np.flatnonzero(self.valid.ends[place] < moments)
        for turn in range(1, TURNS):
            if not len(over):
                return place
            # draws of a turn are those of far rows
            numbers = Rows.at(rows.numbers[over] + (np.uint64(turn) << np.uint64(40)))
            place[over] = self._draw(numbers, spans[over], before[over])
            over = over[self.valid.ends[place[over]] < moments[over]]
        place[over] = self.valid.places(rows)[over]
        return place

    def _draw(self, rows: Rows, spans: UInts, before: UInts) -> Ints:
        unit = multiply_high_each(self.stream.bits(rows), spans, int(self.units[-1]))
        unit += before
        return self._units.upto(unit.view(np.int64))


@dataclass(frozen=True, eq=False)
class ValidAmong(Chosen):
    """The same of any number of parents, which stand together by what a row picks too, and rise there.

    picked  the row by which the parents stand together, as the own row references it
    no_row  where it references none
    ticks   from the moments of rows to the units in which parents begin
    """

    grouping: Grouping
    picked: Selector
    no_row: Event | None
    at: Kernel
    ticks: Ticks
    since: Kernel
    size: int

    def found(self, rows: Rows) -> Flags:
        return self._looked_up(rows)[1]

    def index(self, rows: Rows) -> UInts:
        return self._looked_up(rows)[0].copy()

    def _looked_up(self, rows: Rows) -> tuple[UInts, Flags]:
        return rows.once((self, "looked up"), lambda: self._look_up(rows))

    def _look_up(self, rows: Rows) -> tuple[UInts, Flags]:
        column = rows.once(self.at, lambda: self.at.values(rows))
        moments = _known(self.ticks.of(column), column)
        parents = rows.through(self.picked).numbers
        first = self.grouping.first(parents)
        end = self.grouping.first(parents + np.uint64(1))
        low, high = first.copy(), end.copy()  # the first that begins later lies from low to high
        while (open_ := np.flatnonzero(low < high)).size:
            middle = (low[open_] + high[open_]) >> np.uint64(1)
            begun = self._since(middle) <= moments[open_]
            low[open_[begun]] = middle[begun] + np.uint64(1)
            high[open_[~begun]] = middle[~begun]
        valid = low > first
        if column.valid is not None:
            valid &= column.valid
        if self.no_row is not None:
            valid &= ~self.no_row.hits(rows)
        place = np.where(low > first, low - np.uint64(1), first)
        return np.minimum(place, np.uint64(max(self.size - 1, 0))), valid

    def _since(self, numbers: UInts) -> Ints:
        return fixed(self.since.values(Rows.at(numbers))).values.astype(np.int64, copy=False)


def _known(moments: Ints, column: Column) -> Ints:
    """The moments, and one long ago where NULL is: what lies under it differs from batch to batch."""
    return moments if column.valid is None else np.where(column.valid, moments, np.iinfo(np.int64).min)
