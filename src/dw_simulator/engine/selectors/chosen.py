"""Parents that are picked by what they are: by weight, by what they share with a row, by when they are valid.

    stores (id, city, size)      customers (id, city)      sales (customer_id, store_id, ...)
    store_id: of the stores in the customer's city, a store of twice the size twice as often

Where there are up to `AT_HAND` parents they are looked at once, while planning. They are put in the order of
their groups (the cities), and their weights are added up in whole units: a group is a stretch of units.

    store        4   0   2 | 1   3          in the order of cities
    its units    10  20  10 | 5   5
    up to        10  30  40 | 45  50         a sale in the first city draws a unit below 40: 31 is store 2

A draw is a look-up then, and exact. More parents are not held: `Tried` draws some until one will do.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn, Pool, PoolColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.ascending import Ascending
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.sampling import Chance, multiply_high, multiply_high_each
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.facts import texts_of

AT_HAND = 1 << 20
"""So many parents are looked at while planning, and held in tables."""
_UNITS = 1 << 32
"""The greatest weight in units: 2^20 of them fit 64 bits."""
_LOOKS_BACK = 1 << 10
_TRIES = 4_000
_POOLS = 4

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


# --- which group a row belongs to


@dataclass(frozen=True, eq=False)
class Coder:
    """Numbers for the values of a column, by the values that there are.

    values  stored numbers, ascending: int64 or float64; or texts
    """

    values: NDArray[np.generic] | tuple[str, ...]
    _pools: dict[Pool, Ints] = field(default_factory=dict)

    @classmethod
    def of(cls, column: Column) -> "Coder":
        """For the values of a whole column."""
        if isinstance(column, FixedColumn):
            return cls(np.unique(_numbers(column)))
        return cls(tuple(sorted(set(texts_of(column)))))

    def __getstate__(self) -> Mapping[str, object]:
        return {"values": self.values, "_pools": {}}  # the rest is found again

    @cached_property
    def _places(self) -> dict[str, int]:
        assert isinstance(self.values, tuple), "texts are looked up"
        return {value: place for place, value in enumerate(self.values)}

    def codes(self, column: Column) -> Ints:
        """The number of each value: int64[n], fresh; -1 where it is NULL, or none of those that there are."""
        if isinstance(column, FixedColumn):
            codes = self._of_numbers(_numbers(column))
        elif isinstance(column, PoolColumn):
            codes = self._of_pool(column.pool)[column.codes]
        else:
            codes = self._of_texts(texts_of(column))
        if column.valid is not None:
            codes[~column.valid] = -1
        return codes

    @cached_property
    def _ascending(self) -> Ascending:
        assert not isinstance(self.values, tuple), "numbers are compared with numbers"
        return Ascending(self.values.astype(np.int64, copy=False))

    def _of_numbers(self, numbers: NDArray[np.generic]) -> Ints:
        values = self.values
        assert not isinstance(values, tuple), "numbers are compared with numbers"
        if not len(values):
            return np.full(len(numbers), -1)
        if values.dtype == np.int64:
            places = self._ascending.upto(numbers.astype(np.int64, copy=False)) - 1
        else:
            places = np.searchsorted(values, numbers, side="right") - 1
        np.maximum(places, 0, out=places)
        places[values[places] != numbers] = -1
        return places

    def _of_texts(self, texts: Sequence[str]) -> Ints:
        known = self._places
        return np.array([known.get(text, -1) for text in texts], dtype=np.int64)

    def _of_pool(self, pool: Pool) -> Ints:
        if pool not in self._pools:
            if len(self._pools) >= _POOLS:  # pools that are made anew for each batch are not kept
                self._pools.clear()
            self._pools[pool] = self._of_texts(pool.values)
        return self._pools[pool]


def _numbers(column: FixedColumn) -> NDArray[np.generic]:
    kind = np.float64 if column.values.dtype.kind == "f" else np.int64
    return column.values.astype(kind, copy=False)


@dataclass(frozen=True, eq=False)
class Groups:
    """Which group of parents a row belongs to: those that have in some columns what the row has in its own.

    coders   of the parents' columns
    sources  the row's columns
    combined the groups by the numbers of all their columns as one: int64, ascending
    """

    coders: tuple[Coder, ...]
    sources: tuple[Kernel, ...]
    combined: Ints

    @property
    def count(self) -> int:
        return len(self.combined)

    def of(self, rows: Rows) -> Ints:
        """int64[n], made once for these rows; `count` where there is no such group. Not to be overwritten."""
        return rows.once((self, "groups"), lambda: self._of(rows))

    def _of(self, rows: Rows) -> Ints:
        columns = [rows.once(kernel, lambda kernel=kernel: kernel.values(rows)) for kernel in self.sources]  # type: ignore[misc]
        whole = combined(self.coders, columns)
        if not self._all_there:
            places = self._ascending.upto(whole) - 1
            np.maximum(places, 0, out=places)
            places[self.combined[places] != whole] = self.count
            return places
        whole[whole < 0] = self.count
        return whole

    @cached_property
    def _ascending(self) -> Ascending:
        return Ascending(self.combined)

    @cached_property
    def _all_there(self) -> bool:
        """Whether the groups are 0, 1, 2, ..."""
        return bool(self.combined[-1] == self.count - 1)


def combined(coders: Sequence[Coder], columns: Sequence[Column]) -> Ints:
    """The numbers of some columns as one: int64[n], fresh; -1 where one of them is none."""
    whole: Ints | None = None
    for coder, column in zip(coders, columns, strict=True):
        codes = coder.codes(column)
        if whole is None:
            whole = codes
        else:
            missing = (whole < 0) | (codes < 0)
            whole = whole * np.int64(max(len(coder.values), 1)) + codes
            whole[missing] = -1
    assert whole is not None, "there is a column"
    return whole


# --- by weight


def units_of(weights: NDArray[np.float64]) -> UInts:
    """Weights in whole units, the greatest in 2^32 of them; none above 0 becomes 0."""
    most = weights.max(initial=0.0)
    if not most:
        return np.zeros(len(weights), dtype=np.uint64)
    units: UInts = np.rint(weights / most * _UNITS).astype(np.uint64)
    units[(units == 0) & (weights > 0)] = 1
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
    groups: Groups | None = None

    def found(self, rows: Rows) -> Flags:
        if self.groups is None:
            return np.ones(len(rows), dtype=np.bool_)
        return self._stretches[1][self.groups.of(rows)] > 0

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
            group = self.groups.of(rows)
            low, _own, drawn = self._stretches
            unit = multiply_high_each(bits, drawn[group], int(self.begins[-1]))
            unit += low[group]
        return self.order[self._ends.upto(unit.view(np.int64))]


# --- by when they are valid


@dataclass(frozen=True)
class Ticks:
    """Stored dates and timestamps in one unit: each is so many of it."""

    each: int

    def of(self, column: Column) -> Ints:
        """int64[n]; NULL is unspecified. What lies beyond 64 bits becomes the last that does not."""
        stored = fixed(column).values.astype(np.int64, copy=False)
        if self.each == 1:
            return stored
        most = ((1 << 63) - 1) // self.each
        return np.clip(stored, -most, most) * np.int64(self.each)


@dataclass(frozen=True, eq=False)
class Valid(Chosen):
    """The parent of a row's group that is valid at a moment of the row: the last that begins by then.

    order    the parents, group after group, in the order in which they begin: uint64[m]
    keys     group and moment in one: int64[m], ascending
    moments  all moments at which one begins: int64, ascending
    first    where each group begins in that order, and the end of the last: int64[groups + 1]
    ends     until when each is valid, in that order: int64[m]; None where nothing ends
    """

    size: int
    at: Kernel
    ticks: Ticks
    order: UInts
    keys: Ints
    moments: Ints
    first: Ints
    groups: Groups | None = None
    ends: Ints | None = None

    @cached_property
    def _moments(self) -> Ascending:
        return Ascending(self.moments)

    @cached_property
    def _keys(self) -> Ascending:
        return Ascending(self.keys)

    @cached_property
    def _latest(self) -> Ints:
        """The latest end of each parent and those before it."""
        assert self.ends is not None, "some end"
        return np.maximum.accumulate(self.ends)

    def found(self, rows: Rows) -> Flags:
        return self._looked_up(rows)[1]

    def index(self, rows: Rows) -> UInts:
        return self.order[self._looked_up(rows)[0]]

    def _looked_up(self, rows: Rows) -> tuple[Ints, Flags]:
        return rows.once((self, "looked up"), lambda: self._look_up(rows))

    def _look_up(self, rows: Rows) -> tuple[Ints, Flags]:
        """(the place of a parent in the order, whether it is valid) of each row."""
        column = rows.once(self.at, lambda: self.at.values(rows))
        moments = _known(self.ticks.of(column), column)
        count = len(self.first) - 1
        group: Ints | np.int64 = np.int64(0) if self.groups is None else self.groups.of(rows)
        known = np.less(group, count)
        group = np.minimum(group, count - 1)
        keys = self._moments.upto(moments)
        if self.groups is not None:
            keys += group * np.int64(len(self.moments) + 1)
        place = self._keys.upto(keys)
        place -= 1
        low = np.broadcast_to(self.first[group], place.shape)
        valid = (place >= low) & known
        if column.valid is not None:
            valid &= column.valid
        place = np.maximum(place, low)
        if self.ends is not None:
            self._look_back(place, low, valid, moments)
        return place, valid

    def _look_back(self, place: Ints, low: Ints, valid: Flags, moments: Ints) -> None:
        """Where the last that has begun is over already, one before it may still go on; in place."""
        assert self.ends is not None, "some end"
        over = np.flatnonzero(valid & (self.ends[place] < moments))
        none = self._latest[place[over]] < moments[over]
        valid[over[none]] = False
        over = over[~none]
        at = place[over]
        for _ in range(_LOOKS_BACK):
            if not len(over):
                return
            at = at - 1
            goes_on = at >= low[over]
            good = goes_on & (self.ends[np.maximum(at, 0)] >= moments[over])
            place[over[good]] = at[good]
            left = goes_on & ~good
            valid[over[~goes_on]] = False
            over, at = over[left], at[left]
        valid[over] = False


@dataclass(frozen=True, eq=False)
class ValidAmong(Chosen):
    """The same of any number of parents, which stand together by what a row picks too, and rise there.

    picked  the row by which the parents stand together, as the own row references it
    """

    grouping: Grouping
    picked: Selector
    at: Kernel
    at_ticks: Ticks
    since: Kernel
    since_ticks: Ticks
    size: int

    def found(self, rows: Rows) -> Flags:
        return self._looked_up(rows)[1]

    def index(self, rows: Rows) -> UInts:
        return self._looked_up(rows)[0].copy()

    def _looked_up(self, rows: Rows) -> tuple[UInts, Flags]:
        return rows.once((self, "looked up"), lambda: self._look_up(rows))

    def _look_up(self, rows: Rows) -> tuple[UInts, Flags]:
        column = rows.once(self.at, lambda: self.at.values(rows))
        moments = _known(self.at_ticks.of(column), column)
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
        place = np.where(low > first, low - np.uint64(1), first)
        return np.minimum(place, np.uint64(max(self.size - 1, 0))), valid

    def _since(self, numbers: UInts) -> Ints:
        return self.since_ticks.of(self.since.values(Rows.at(numbers)))


def _known(moments: Ints, column: Column) -> Ints:
    """The moments, and one long ago where NULL is: what lies under it differs from batch to batch."""
    return moments if column.valid is None else np.where(column.valid, moments, np.iinfo(np.int64).min)


# --- of more parents than are looked at


@dataclass(frozen=True, eq=False)
class Tried(Selector):
    """A parent as often as its weight says, of any number: drawn until one is taken.

    weights  of parents, as DOUBLE; NULL is none
    most     the weight that is always taken; no parent weighs more
    """

    draws: Stream
    takes: Stream
    size: int
    weights: Kernel
    most: float

    def index(self, rows: Rows) -> UInts:
        found = np.empty(len(rows), dtype=np.uint64)
        left = np.arange(len(rows))
        for turn in range(_TRIES):
            # draws of a turn are those of far rows
            numbers = Rows.at(rows.numbers[left] + (np.uint64(turn) << np.uint64(40)))
            parents = multiply_high(self.draws.bits(numbers), self.size)
            column = fixed(self.weights.values(Rows.at(parents)))
            weights = np.nan_to_num(column.values.astype(np.float64))
            if column.valid is not None:
                weights[~column.valid] = 0.0
            takes = (self.takes.bits(numbers) >> np.uint64(11)).astype(np.float64) * 2.0**-53
            taken = takes * self.most < weights
            found[left[taken]] = parents[taken]
            left = left[~taken]
            if not len(left):
                return found
        raise AssertionError("planning has seen that parents are taken often enough")
