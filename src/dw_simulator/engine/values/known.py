"""Which of some known values is a row's value: what cases, lists, given rows and groups of parents go by.

known    "DE", "FR"
a column  FR  DE  IT  NULL
places     1   0   2     2      `Known.places`: 2, behind the last one, is "none of them"

Known values are looked up by what a column stores:

    whole numbers     in a table of their range, or, where they are far apart, by `Ascending`
    floats            by binary search
    16 bytes          decimals of two words, UUIDs, and views that hold a short text in themselves: by a hash
                      of both words that no two known values share
    longer texts      by their first bytes, then by length and whole
    texts of a pool   once for each pool

Several columns at once (`Combinations`) are numbers in a mixed radix, which are looked up like other numbers.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn, Pool, PoolColumn, ViewColumn
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.ascending import Ascending
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.decimals import widen, words
from dw_simulator.engine.values.facts import Facts, Stored, stored_numbers, texts_of
from dw_simulator.engine.values.merging import as_views

_SPREAD = (0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F)
_ROOM = 1 << 14
"""Numbers of so wide a range have a table of it, however few they are."""
_INLINE = 12
_POOLS = 8
"""What is known of so many pools is kept: a kernel has one, but one that makes its pools anew has many."""

Places = NDArray[np.int64]


class Known(ABC):
    """Some values that differ, in an order of their own, as columns store them."""

    def __getstate__(self) -> Mapping[str, object]:
        return {"values": self.__dict__["values"]}  # tables are made again

    @classmethod
    def of(cls, column: Column) -> "Known":
        """The values that a whole column has, ascending; NULL is none."""
        if column.valid is not None:
            column = column.at(np.flatnonzero(column.valid))
        if isinstance(column, PoolColumn | ViewColumn):
            return KnownTexts(tuple(sorted(_distinct(column))))
        assert isinstance(column, FixedColumn), "lists and structs are not looked up"
        if column.values.ndim == 1:
            return KnownNumbers(np.unique(_plain(column.values)))
        return KnownWords(np.unique(_two_words(column.values), axis=0))

    @classmethod
    def keys(cls, values: Sequence[Stored], like: Column) -> "Known":
        """Values as somebody has listed them, which are looked up in columns such as one of no rows."""
        if not isinstance(like, FixedColumn):
            return KnownTexts(tuple(map(str, values)))
        if like.values.ndim == 1:
            kind = np.float64 if like.values.dtype.kind == "f" else np.int64
            return KnownNumbers(np.array(values, dtype=kind))
        return KnownWords(np.array([words(int(value)) for value in values], dtype=np.uint64).reshape(-1, 2))

    @property
    @abstractmethod
    def count(self) -> int:
        """How many values there are."""

    def places(self, column: Column) -> Places:
        """Where the value of each row stands among these: int64[n], fresh; `count` for others and NULL."""
        if not self.count:
            return np.zeros(len(column), dtype=np.int64)
        found = self._places(column)
        if column.valid is not None:
            found[~column.valid] = self.count
        return found

    def missing(self, facts: Facts) -> Sequence[Stored] | None:
        """The values that can come out and are none of these; None where they are too many to list."""
        column = facts.column
        if column is not None:
            return _shown(column.at(np.flatnonzero(self.places(column) == self.count)))
        if facts.listed is None:
            return None
        known = set(self._stored)
        return [value for value in facts.listed if value not in known]

    @abstractmethod
    def _places(self, column: Column) -> Places:
        """The same of columns whose NULLs may have any."""

    @property
    @abstractmethod
    def _stored(self) -> Sequence[Stored]:
        """The values one by one."""


@dataclass(frozen=True, eq=False)
class KnownNumbers(Known):
    """Numbers of one word.

    values  int64 or float64
    """

    values: NDArray[Any]

    @property
    def count(self) -> int:
        return len(self.values)

    @property
    def _stored(self) -> Sequence[Stored]:
        stored: list[int] | list[float] = self.values.tolist()
        return stored

    def _places(self, column: Column) -> Places:
        assert isinstance(column, FixedColumn), "numbers are looked up among numbers"
        if column.values.ndim == 2:
            return self._of_words(_two_words(column.values))
        asked = _plain(column.values)
        if asked.dtype.kind == self.values.dtype.kind == "i":
            return self.find(asked)
        ordered, order = self._floats
        at = np.minimum(np.searchsorted(ordered, asked), self.count - 1)
        return np.where(ordered[at] == asked, order[at], self.count)

    def _of_words(self, asked: UInts) -> Places:
        """The places of whole numbers of two words: those that one word holds are among these."""
        low, high = (np.ascontiguousarray(asked[:, at]).view(np.int64) for at in (0, 1))
        found = self.find(low)
        found[high != low >> 63] = self.count
        return found

    def find(self, asked: NDArray[np.int64]) -> Places:
        """The places of whole numbers, where these are whole numbers too."""
        low = np.int64(self._low)
        if self._gapless:
            beyond = np.minimum((asked - low).view(np.uint64), np.uint64(self.count))  # below is far beyond
            return beyond.view(np.int64)
        table = self._table
        if table is not None:
            beyond = np.minimum((asked - low).view(np.uint64), np.uint64(len(table) - 1))
            return table.take(beyond.view(np.int64))
        ascending, order = self._ascending
        at = ascending.upto(asked)
        at -= 1
        np.maximum(at, 0, out=at)
        other = ascending.numbers[at] != asked
        found = at if order is None else order[at]
        found[other] = self.count
        return found

    @cached_property
    def _low(self) -> int:
        return int(self.values.min())

    @cached_property
    def _gapless(self) -> bool:
        """Whether they are all numbers of a range, in order."""
        ranged = int(self.values[-1]) - int(self.values[0]) == self.count - 1
        return ranged and bool((np.diff(self.values) == 1).all())

    @cached_property
    def _table(self) -> Places | None:
        """The place of each number of their range, and behind them that of none; None for wide ranges."""
        room = int(self.values.max()) - self._low + 1
        if room > max(_ROOM, 4 * self.count):
            return None
        table = np.full(room + 1, self.count)
        table[self.values - np.int64(self._low)] = np.arange(self.count)
        return table

    @cached_property
    def _ascending(self) -> tuple[Ascending, Places | None]:
        """The numbers in order, and the place of each; None where it is the same."""
        order = np.argsort(self.values, kind="stable")
        kept = bool((order == np.arange(self.count)).all())
        return Ascending(self.values[order]), None if kept else order

    @cached_property
    def _floats(self) -> tuple[NDArray[np.float64], Places]:
        order = np.argsort(self.values, kind="stable")
        return self.values[order].astype(np.float64), order


@dataclass(frozen=True, eq=False)
class KnownWords(Known):
    """What is stored in 16 bytes.

    values  uint64[m, 2]
    """

    values: UInts

    @property
    def count(self) -> int:
        return len(self.values)

    @property
    def _stored(self) -> Sequence[Stored]:
        return stored_numbers(FixedColumn(self.values)) or ()

    def _places(self, column: Column) -> Places:
        assert isinstance(column, FixedColumn), "words are looked up among words"
        one = column.values.ndim == 1
        return self.find(widen(_plain(column.values)) if one else _two_words(column.values))

    def find(self, asked: UInts) -> Places:
        """The places of uint64[n, 2]."""
        spread, hashes, order, values = self._hashed
        at = hashes.upto(_mixed(asked, spread))
        at -= 1
        np.maximum(at, 0, out=at)
        own = values.take(at, axis=0)
        other = (own[:, 0] != asked[:, 0]) | (own[:, 1] != asked[:, 1])
        found = order.take(at)
        found[other] = self.count
        return found

    @cached_property
    def _hashed(self) -> tuple[tuple[int, int], Ascending, Places, UInts]:
        """(of the first hash by which all differ: its factors, all hashes in order), their places, values."""
        for turn in count():
            spread = _SPREAD[0] ^ turn << 1, _SPREAD[1] ^ turn << 3
            hashes = _mixed(self.values, spread)
            order = np.argsort(hashes, kind="stable")
            if (np.diff(hashes[order]) > 0).all():
                return spread, Ascending(hashes[order]), order, self.values[order]
        raise AssertionError("it goes on until one is found")


@dataclass(frozen=True, eq=False)
class KnownTexts(Known):
    """Texts, which come in pools and in views."""

    values: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.values)

    @property
    def _stored(self) -> Sequence[Stored]:
        return self.values

    def _places(self, column: Column) -> Places:
        if isinstance(column, PoolColumn):
            return self._of_pool(column.pool).take(column.codes)
        assert isinstance(column, ViewColumn), "texts are looked up among texts"
        return self._of_views(column)

    def _of_pool(self, pool: Pool) -> Places:
        pools = self._pools
        if pool not in pools:
            if len(pools) >= _POOLS:
                pools.clear()
            known = self._by_text
            pools[pool] = np.array([known.get(text, self.count) for text in pool.values], dtype=np.int64)
        return pools[pool]

    @cached_property
    def _pools(self) -> dict[Pool, Places]:
        return {}

    @cached_property
    def _by_text(self) -> Mapping[str, int]:
        return {text: place for place, text in enumerate(self.values)}

    # --- texts that are made row by row

    def _of_views(self, column: ViewColumn) -> Places:
        views = np.ascontiguousarray(column.views).view(np.uint64)
        short, order = self._short
        found = order.take(short.find(views)) if short.count else np.full(len(views), self.count)
        heads = self._heads
        if heads.count:
            rows = np.flatnonzero(heads.find(views[:, 0].view(np.int64)) < heads.count)
            lengths = column.views[rows, 0]
            for length in np.unique(lengths).tolist():
                own = rows[lengths == length]
                starts = column.views[own, 3].astype(np.int64)
                cells = column.data[starts[:, None] + np.arange(length)]
                found[own] = self._of_length(cells, length)
        return found

    @cached_property
    def _short(self) -> tuple[KnownWords, Places]:
        """The texts that a view holds in itself, as views, and the places of these, then that of none."""
        places = [place for place, text in enumerate(self.values) if len(text.encode()) <= _INLINE]
        pool = Pool(tuple(self.values[place] for place in places))
        views = as_views(PoolColumn(np.arange(len(places), dtype=np.int32), pool)).views
        words_ = np.ascontiguousarray(views).view(np.uint64)
        return KnownWords(words_), np.array([*places, self.count], dtype=np.int64)

    @cached_property
    def _long(self) -> Mapping[int, tuple[NDArray[np.bytes_], Places]]:
        """The longer ones by length: their bytes in order, and their places."""
        longer: dict[int, list[tuple[bytes, int]]] = {}
        for place, text in enumerate(self.values):
            octets = text.encode()
            if len(octets) > _INLINE:
                longer.setdefault(len(octets), []).append((octets, place))
        return {length: _in_order(texts, length) for length, texts in longer.items()}

    @cached_property
    def _heads(self) -> KnownNumbers:
        """The first words of their views: length and first four bytes."""
        heads = [
            np.array([length, np.frombuffer(text.tobytes()[:4], np.int32)[0]], np.int32).view(np.int64)[0]
            for length, (texts, _) in self._long.items()
            for text in texts
        ]
        return KnownNumbers(np.unique(np.array(heads, dtype=np.int64)))

    def _of_length(self, cells: NDArray[np.uint8], length: int) -> Places:
        texts, places = self._long[length]
        asked = _as_bytes(cells, length)
        at = np.minimum(np.searchsorted(texts, asked), len(texts) - 1)
        return np.where(texts[at] == asked, places[at], self.count)


@dataclass(frozen=True, eq=False)
class Combinations:
    """Values that several columns have together, and which of these a row's own columns have.

    known    the values of each column
    sources  the row's columns
    numbers  those that there are, each as one number: int64, ascending
    """

    known: tuple[Known, ...]
    sources: tuple[Kernel, ...]
    numbers: Places

    @classmethod
    def of(cls, columns: Sequence[Column], sources: Sequence[Kernel]) -> "tuple[Combinations, Places]":
        """Those of some whole columns, and where each of their rows has its own; `count` where it has NULL.

        Raises OverflowError where too many are thinkable.
        """
        known = tuple(map(Known.of, columns))
        thinkable = 1
        for one in known:
            thinkable *= one.count + 1
        if thinkable >= 1 << 62:
            raise OverflowError("combinations are numbered in 62 bits")
        each = [own.places(column) for own, column in zip(known, columns, strict=True)]
        there = np.logical_and.reduce([at < own.count for own, at in zip(known, each, strict=True)])
        whole = _combined(known, each)
        found = cls(known, tuple(sources), np.unique(whole[there]))
        return found, found._of_whole(whole)

    @property
    def count(self) -> int:
        return len(self.numbers)

    @property
    def every(self) -> bool:
        """Whether each value of a column is there with each of the others."""
        return self.count == np.prod([float(one.count) for one in self.known])

    def of_rows(self, rows: Rows) -> Places:
        """int64[n], made once for these rows; `count` where it is none of them. Not to be overwritten."""
        return rows.once((self, "combinations"), lambda: self.places(self._own(rows)))

    def _own(self, rows: Rows) -> Sequence[Column]:
        return [rows.once(source, partial(source.values, rows)) for source in self.sources]

    def places(self, columns: Sequence[Column]) -> Places:
        """The same of columns: int64[n], fresh."""
        each = [own.places(column) for own, column in zip(self.known, columns, strict=True)]
        return self._of_whole(_combined(self.known, each))

    def _of_whole(self, whole: Places) -> Places:
        return self._lookup.find(whole) if self.count else np.zeros(len(whole), dtype=np.int64)

    @cached_property
    def _lookup(self) -> KnownNumbers:
        return KnownNumbers(self.numbers)

    def __getstate__(self) -> Mapping[str, object]:
        return {"known": self.known, "sources": self.sources, "numbers": self.numbers}


def _combined(known: Sequence[Known], each: Sequence[Places]) -> Places:
    """Places in some columns as one number; "none of them" has a place too, which no combination has."""
    whole = each[0]
    for own, places in zip(known[1:], each[1:], strict=True):
        whole = whole * np.int64(own.count + 1) + places
    return whole


def _distinct(column: PoolColumn | ViewColumn) -> set[str]:
    if isinstance(column, PoolColumn):
        return {column.pool.values[code] for code in np.unique(column.codes).tolist()}
    return set(texts_of(column))


def _shown(column: Column) -> Sequence[Stored]:
    """The values of a column as people may read them."""
    if not isinstance(column, FixedColumn):
        return texts_of(column)
    return stored_numbers(column) or [bytes(value).hex() for value in column.values]


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    """Numbers of one word as int64 or float64."""
    return values.astype(np.float64 if values.dtype.kind == "f" else np.int64, copy=False)


def _two_words(values: NDArray[Any]) -> UInts:
    """What is stored in 16 bytes, as uint64[n, 2]."""
    return np.ascontiguousarray(values).view(np.uint64)


def _mixed(values: UInts, spread: tuple[int, int]) -> NDArray[np.int64]:
    """A number of 62 bits for each two words."""
    mixed = values[:, 0] * np.uint64(spread[0])
    mixed ^= values[:, 1] * np.uint64(spread[1])
    mixed >>= np.uint64(2)
    return mixed.view(np.int64)


def _in_order(texts: Sequence[tuple[bytes, int]], length: int) -> tuple[NDArray[np.bytes_], Places]:
    cells = np.frombuffer(b"".join(text for text, _ in texts), dtype=np.uint8).reshape(-1, length)
    octets = _as_bytes(cells, length)
    order = np.argsort(octets, kind="stable")
    return octets[order], np.array([place for _, place in texts], dtype=np.int64)[order]


def _as_bytes(cells: NDArray[np.uint8], length: int) -> NDArray[np.bytes_]:
    """uint8[n, length] as byte strings of one length each, so that no zero at an end is lost."""
    return np.ascontiguousarray(cells).view(f"S{length}").ravel()
