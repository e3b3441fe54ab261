"""From random bits to an index below a size, through integers and tables alone.

`Uniform`, `Slots` and `Alias` (weighted), `Zipf`, `Binned`, `Floored`; continuous shapes are the affair of
`quantiles`. Functions of libm, whose last bit differs between machines, are called only while planning, and
the tables built from them are rounded (see `steady`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Order, Rows, Selector, UInts
from dw_simulator.engine.scratch import working
from dw_simulator.engine.selectors.alias_tables import alias_table, steady
from dw_simulator.engine.selectors.bands import Banded, Bands, InBins, tamed
from dw_simulator.engine.selectors.quantiles import ByPosition, Curve, Floats, Quantiles

_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFF_FFFF)
_ONE = np.uint64(1)
_WHOLE, _LAST = float(1 << 53), np.uint64((1 << 53) - 1)


def multiply_high(words: UInts, size: int) -> UInts:
    """`words * size // 2^64`, in place: uniform bits to a uniform index below size, 1 <= size <= 2^64.

    No value's probability is off by more than 2^-64 (Lemire: "Fast random integer generation in an
    interval", 2019, without the rejection, which a stateless draw cannot afford).
    """
    if size & (size - 1) == 0:
        bits = size.bit_length() - 1
        if not bits:
            return words * 0
        return words if bits == 64 else np.right_shift(words, np.uint64(64 - bits), out=words)
    low = np.bitwise_and(words, _LOW, out=working(0, len(words)))
    words >>= _HALF
    if size <= 1 << 32:
        factor = np.uint64(size)
        words *= factor
        low *= factor
        low >>= _HALF
        words += low
        words >>= _HALF
        return words
    return _wide_product(words, low, np.uint64(size >> 32), np.uint64(size & 0xFFFF_FFFF))


def multiply_high_each(words: UInts, sizes: UInts, most: int) -> UInts:
    """`multiply_high` with a size of its own for every word, in place; a size of 0 gives 0.

    most  no size is above this; up to 2^16, the upper half of a word is enough

    Works in the arrays 0 to 3.
    """
    if most <= 1 << 16:
        words >>= _HALF
        words *= sizes
        words >>= _HALF
        return words
    low = np.bitwise_and(words, _LOW, out=working(0, len(words)))
    if most < 1 << 32:
        words >>= _HALF
        words *= sizes
        low *= sizes
        low >>= _HALF
        words += low
        words >>= _HALF
        return words
    words >>= _HALF
    return _wide_product(words, low, sizes >> _HALF, sizes & _LOW)


_Factor = UInts | np.uint64


def _wide_product(words: UInts, low: UInts, size_high: _Factor, size_low: _Factor) -> UInts:
    """The upper 64 bits of a product, from the halves of both factors; overwrites `words` and `low`."""
    carry, middle, part = (working(number, len(words)) for number in (1, 2, 3))
    np.multiply(low, size_low, out=carry)
    carry >>= _HALF
    np.multiply(words, size_low, out=middle)
    carry += np.bitwise_and(middle, _LOW, out=part)
    low *= size_high
    carry += np.bitwise_and(low, _LOW, out=part)
    words *= size_high
    for term in (middle, low, carry):
        words += np.right_shift(term, _HALF, out=part)
    return words


@dataclass(frozen=True, eq=False)
class Uniform(Selector):
    """Every index below `size`, equally likely."""

    stream: Stream
    size: int

    @property
    def even(self) -> bool:
        return True

    @property
    def independent(self) -> bool:
        return True

    def without(self, places: UInts) -> "Uniform":
        return Uniform(self.stream, self.size - len(places))

    def resized(self, size: int) -> "Uniform":
        return Uniform(self.stream, size)

    def by_position(self, positions: Selector, _order: Order) -> Selector:
        return Parted(positions, self.size)

    def index(self, rows: Rows) -> UInts:
        if self.size <= 1 << 16:  # 32 bits are plenty here, and half the price
            index = self.stream.halves(rows).astype(np.uint64)
            index *= np.uint64(self.size)
            index >>= _HALF
            return index
        return multiply_high(self.stream.bits(rows), self.size)


@dataclass(frozen=True, eq=False)
class Parted(Selector):
    """Every index below `size`, each an equal part of the positions."""

    positions: Selector
    size: int

    @property
    def independent(self) -> bool:
        return self.positions.independent

    @property
    def even(self) -> bool:
        return True

    def without(self, places: UInts) -> "Parted":
        return Parted(self.positions, self.size - len(places))

    def resized(self, size: int) -> "Parted":
        return Parted(self.positions, size)

    def index(self, rows: Rows) -> UInts:
        return multiply_high(self.positions.index(rows), self.size)


@dataclass(frozen=True, eq=False)
class Shared(Selector):
    """Another selector's index, computed once in a batch for all the columns that have it in common."""

    inner: Selector

    @property
    def size(self) -> int:
        return self.inner.size

    @property
    def tells_apart(self) -> bool:
        return self.inner.tells_apart

    @property
    def counts(self) -> bool:
        return self.inner.counts

    @property
    def even(self) -> bool:
        return self.inner.even

    @property
    def independent(self) -> bool:
        return self.inner.independent

    def index(self, rows: Rows) -> UInts:
        return rows.through(self.inner).numbers.copy()


@dataclass(frozen=True, eq=False)
class Slots(Selector):
    """Weighted choice by a table in which an index stands as often as its weight says: exact, one look-up."""

    stream: Stream
    slots: UInts
    size: int

    @property
    def independent(self) -> bool:
        return True

    def without(self, places: UInts) -> "Slots | None":
        kept = self.slots[~np.isin(self.slots, places)]
        if not len(kept):
            return None
        kept = kept - np.searchsorted(places, kept).astype(np.uint64)
        return Slots(self.stream, kept, self.size - len(places))

    @property
    def weights(self) -> Floats:
        """How often each index comes, in any unit."""
        return np.bincount(self.slots.astype(np.int64), minlength=self.size).astype(np.float64)

    def by_position(self, positions: Selector, order: Order) -> Selector:
        return Banded.of(positions, self.weights if order is None else self.weights[order])

    def index(self, rows: Rows) -> UInts:
        return self.slots[Uniform(self.stream, len(self.slots)).index(rows).view(np.int64)]


@dataclass(frozen=True, eq=False)
class Alias(Selector):
    """Weighted choice in constant time by the alias method (Walker 1977; table after Vose 1991).

    A probability is off by at most 2^-32 / size.
    """

    stream: Stream
    thresholds: UInts
    aliases: UInts

    @property
    def size(self) -> int:
        return len(self.aliases)

    @property
    def independent(self) -> bool:
        return True

    @property
    def weights(self) -> Floats:
        """How often each index comes, in any unit, exactly."""
        units: Floats = self.thresholds.astype(np.float64)
        np.add.at(units, self.aliases.view(np.int64), float(1 << 32) - units)
        return units

    def by_position(self, positions: Selector, order: Order) -> Selector:
        return Banded.of(positions, self.weights if order is None else self.weights[order])

    def index(self, rows: Rows) -> UInts:
        low = self.stream.bits(rows)
        cell = np.right_shift(low, _HALF, out=working(0, len(low)))
        cell *= np.uint64(self.size)
        cell >>= _HALF
        low &= _LOW
        # 1 where low is not below the threshold, by the borrow: a branch would be guessed wrong too often
        beyond = np.take(self.thresholds, cell.view(np.int64), out=working(1, len(low)), mode="clip")
        beyond -= _ONE
        beyond -= low
        beyond >>= np.uint64(63)
        index = np.take(self.aliases, cell.view(np.int64), out=low, mode="clip")
        index -= cell
        index *= beyond
        index += cell
        return index


@dataclass(frozen=True, eq=False)
class Listed(Selector):
    """An index for each of the first rows, from a list; beyond its end it begins again."""

    indices: UInts
    size: int

    def index(self, rows: Rows) -> UInts:
        count = len(self.indices)
        numbers = rows.numbers
        return self.indices[(numbers % np.uint64(count)).view(np.int64)] if count else numbers * np.uint64(0)


SLOT_LIMIT = 4096
_SHARED = 1 << 16
"""Bytes of weights up to which what follows from them is kept for others."""


def weighted(stream: Stream, weights: Sequence[float] | Floats) -> Slots | Alias:
    """A selector of 0 to len(weights) - 1 with these weights, which are not negative and not all 0.

    Percentages and other weights that are whole parts of at most 4096 are kept exactly.
    """
    stored = np.asarray(weights, dtype=np.float64).tobytes()
    tables = (_tables if len(stored) <= _SHARED else _tables.__wrapped__)(stored)
    return Slots(stream, *tables) if isinstance(tables[1], int) else Alias(stream, *tables)


@lru_cache(maxsize=256)
def _tables(stored: bytes) -> "tuple[UInts, int] | tuple[UInts, UInts]":
    """Slots and how many values they stand for, or an alias table; the same weights have the same."""
    shares = tamed(np.frombuffer(stored, dtype=np.float64))
    shares = shares / shares.sum()
    fitting = np.arange(round(1 / max(shares[shares > 0].min(), 1 / SLOT_LIMIT)), SLOT_LIMIT + 1)
    for share in shares[:16]:  # which leave few numbers of parts to be tried by all
        fitting = fitting[np.abs(np.rint(share * fitting) - share * fitting) < 1e-9 * fitting]
    for parts in fitting.tolist():
        counts = np.rint(shares * parts)
        if np.abs(counts - shares * parts).max() < 1e-9 * parts and counts.sum() == parts:
            return np.repeat(np.arange(len(shares), dtype=np.uint64), counts.astype(np.int64)), len(shares)
    return alias_table(shares)


@dataclass(frozen=True, eq=False)
class Chance:
    """True with a probability, to 2^-32."""

    stream: Stream
    probability: float

    @property
    def threshold(self) -> int:
        """How many of 2^32 draws are true."""
        return min(round(self.probability * (1 << 32)), 1 << 32)

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        """bool[n], fresh."""
        threshold = self.threshold
        if threshold == 1 << 32:
            return np.ones(len(rows), dtype=np.bool_)
        return np.less(self.stream.halves(rows), np.uint32(threshold))


@dataclass(frozen=True, eq=False)
class Floored(Selector):
    """The whole part of a shape's value, as an index below `size`."""

    shape: Quantiles | ByPosition
    size: int

    @property
    def independent(self) -> bool:
        return self.shape.independent

    def by_position(self, positions: Selector, order: Order) -> Selector | None:
        if order is not None or not isinstance(self.shape, Quantiles):
            return None
        return replace(self, shape=ByPosition(self.shape, positions))

    def index(self, rows: Rows) -> UInts:
        values = self.shape.values(rows)
        index = working(0, len(values)).view(np.int64)
        np.copyto(index, values, casting="unsafe")
        return np.minimum(index, np.int64(self.size - 1), out=values.view(np.int64)).view(np.uint64)


@dataclass(frozen=True, eq=False)
class Binned(Selector):
    """An index of one of several ranges: which range, by weight; within it, all equally likely.

    starts, sizes  uint64: the first index of every range, and how many it has
    """

    choice: Selector
    stream: Stream
    starts: UInts
    sizes: UInts
    size: int

    @cached_property
    def _most(self) -> int:
        return int(self.sizes.max())

    @property
    def independent(self) -> bool:
        return True

    def by_position(self, positions: Selector, order: Order) -> Selector | None:
        if order is not None or not isinstance(self.choice, Slots | Alias):
            return None
        bands, kept = Bands.of(self.choice.weights)
        return InBins(positions, bands, self.starts[kept], self.sizes[kept], self.size)

    def index(self, rows: Rows) -> UInts:
        bins = self.choice.index(rows).view(np.int64)
        sizes = np.take(self.sizes, bins, out=working(4, len(bins)), mode="clip")
        index = multiply_high_each(self.stream.bits(rows), sizes, self._most)
        index += np.take(self.starts, bins, out=working(0, len(bins)), mode="clip")
        return index


_HEAD = 1 << 16


def _power_mass(low: float, high: float, t: float) -> float:
    """The integral of x^(t - 1) from e^low to e^high, sound around t = 0 too."""
    return high - low if t == 0 else float((np.expm1(t * high) - np.expm1(t * low)) / t)


def _power_quantile(start: float, t: float, end: float) -> Curve:
    """Where a share of the integral of x^(t - 1), counted from e^start towards e^end, is reached."""
    mass = _power_mass(start, end, t)

    def quantile(share: Floats) -> Floats:
        if abs(t) * max(start, end) < 0.5:  # close to a logarithm: differences from 1 keep their digits
            part = share * mass
            logs: Floats = start + part if t == 0 else np.log1p(np.expm1(t * start) + part * t) / t
        else:
            logs = np.log(np.exp(t * start) + share * mass * t) / t
        return steady(np.exp(logs))

    return quantile


@dataclass(frozen=True, eq=False)
class Zipf(Selector):
    """Index i with probability proportional to (i + 1)^-s, over any size.

    The first 65,536 indices have their exact weights; the tail beyond is drawn from the integral of x^-s,
    which there is within 2^-34 of the sum.
    """

    size: int
    head: Alias | Slots
    tail: Quantiles | None

    @classmethod
    def of(cls, stream: Stream, tail_stream: Stream, size: int, s: float) -> "Zipf":
        ranks = np.arange(1, min(size, _HEAD) + 1, dtype=np.float64)
        weights = ranks**-s
        if size <= _HEAD:
            return cls(size, weighted(stream, weights), None)
        low, high, t = float(np.log(_HEAD + 0.5)), float(np.log(size + 0.5)), 1.0 - s
        tail = Quantiles.of(tail_stream, _power_quantile(low, t, high), _power_quantile(high, t, low))
        mass = _power_mass(low, high, t)
        return cls(size, weighted(stream, np.append(weights, mass)), tail)

    @property
    def independent(self) -> bool:
        return True

    def by_position(self, positions: Selector, order: Order) -> Selector | None:
        return None if order is not None else ZipfByPosition(positions, *Bands.of(self.head.weights), self)

    def index(self, rows: Rows) -> UInts:
        index = self.head.index(rows)
        if self.tail is not None:
            beyond = np.flatnonzero(index == _HEAD)
            index[beyond] = self.beyond(self.tail.values(Rows.at(rows.numbers[beyond])))
        return index

    def beyond(self, ranks: Floats) -> UInts:
        """The indices of ranks that the tail gave."""
        found = np.clip(np.floor(ranks + 0.5), _HEAD + 1, self.size).astype(np.uint64) - np.uint64(1)
        kept: UInts = np.minimum(found, np.uint64(self.size - 1))  # a float may round above the size
        return kept


@dataclass(frozen=True, eq=False)
class ZipfByPosition(Selector):
    """Ranks as `Zipf` weighs them: the head's, and behind them the tail's.

    kept  the indices of the head that have a weight
    """

    positions: Selector
    bands: Bands
    kept: NDArray[np.intp]
    zipf: Zipf

    @property
    def size(self) -> int:
        return self.zipf.size

    @property
    def independent(self) -> bool:
        return self.positions.independent

    def index(self, rows: Rows) -> UInts:
        at, share = self.bands.of_words(self.positions.index(rows))
        index = self.kept[at].astype(np.uint64)
        if self.zipf.tail is not None:
            beyond = np.flatnonzero(index == self.zipf.head.size - 1)
            inner = np.minimum((share[beyond] * _WHOLE).astype(np.uint64), _LAST)
            inner <<= np.uint64(11)
            index[beyond] = self.zipf.beyond(self.zipf.tail.at(inner))
        return index
