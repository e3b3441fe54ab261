"""Which of some keys another column's value is: what chooses a case of a rule, or a list to choose from.

keys            "DE", "FR"
another column  FR  DE  IT  NULL
index            1   0   2     2      `CaseOf`: 2, behind the last key, is "none of them"
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn, Pool, PoolColumn, ViewColumn
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.values.base import Event, Kernel
from dw_simulator.engine.values.decimals import words
from dw_simulator.engine.values.facts import Stored
from dw_simulator.engine.values.merging import as_views

_INLINE = 12
_SPREAD = (np.uint64(0x9E37_79B9_7F4A_7C15), np.uint64(0xC2B2_AE3D_27D4_EB4F))

Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CaseOf(Selector):
    """The place of another column's value among some keys; len(keys) where it is none of them, or NULL.

    keys  distinct values, stored as that column stores them: all of them texts, or all of them numbers
    """

    source: Kernel
    keys: tuple[Stored, ...]
    _pools: dict[Pool, Indices] = field(default_factory=dict, repr=False)

    @property
    def size(self) -> int:
        return len(self.keys) + 1

    def index(self, rows: Rows) -> UInts:
        column = rows.once(self.source, lambda: self.source.values(rows))
        found = self._found(column)
        if column.valid is not None:
            found = np.where(column.valid, found, len(self.keys))
        return found.view(np.uint64)

    def _found(self, column: Column) -> Indices:
        if not self.keys:
            return np.zeros(len(column), dtype=np.int64)
        match column:
            case PoolColumn():
                return self._of_pool(column.pool)[column.codes]
            case FixedColumn():
                return self._of_numbers(column.values)
            case ViewColumn():
                return self._of_views(column)

    def _of_pool(self, pool: Pool) -> Indices:
        if pool not in self._pools:
            places = {key: k for k, key in enumerate(self.keys)}
            codes = [places.get(text, len(self.keys)) for text in pool.values]
            self._pools[pool] = np.array(codes, dtype=np.int64)
        return self._pools[pool]

    def _of_numbers(self, values: NDArray[Any]) -> Indices:
        if values.ndim == 2:  # decimals of two words
            found = np.full(len(values), len(self.keys), dtype=np.int64)
            for k, key in enumerate(self.keys):
                found[(values == np.array(words(int(key)), dtype=np.uint64)).all(axis=1)] = k
            return found
        ordered, order = self._numbers
        at = np.searchsorted(ordered, values.astype(ordered.dtype, copy=False))
        at = np.minimum(at, len(ordered) - 1)
        return np.where(ordered[at] == values, order[at], len(self.keys))

    @cached_property
    def _numbers(self) -> tuple[NDArray[Any], Indices]:
        """The keys in their order, and where each stands."""
        dtype = np.float64 if any(isinstance(key, float) for key in self.keys) else np.int64
        keys = np.array(self.keys, dtype=dtype)
        order = np.argsort(keys, kind="stable")
        return keys[order], order

    # --- texts that are made per row

    def _of_views(self, column: ViewColumn) -> Indices:
        found = np.full(len(column), len(self.keys), dtype=np.int64)
        views = np.ascontiguousarray(column.views).view(np.uint64)
        hashes, order, keys = self._short
        if len(order):
            at = np.minimum(np.searchsorted(hashes, _mixed(views)), len(order) - 1)
            same = (keys[at] == views).all(axis=1)
            found[same] = order[at[same]]
        for k, text in self._long:
            (head,) = np.array([len(text), *np.frombuffer(text[:4], np.int32)], np.int32).view(np.uint64)
            rows = np.flatnonzero(views[:, 0] == head)
            if len(rows):
                starts = column.views[rows, 3].astype(np.int64)
                cells = column.data[starts[:, None] + np.arange(len(text))]
                found[rows[(cells == np.frombuffer(text, np.uint8)).all(axis=1)]] = k
        return found

    @cached_property
    def _short(self) -> tuple[UInts, Indices, UInts]:
        """Of the keys that a view holds in itself: their hashes in order, where they stand, their views."""
        order = np.array([k for k, key in enumerate(self.keys) if len(_octets(key)) <= _INLINE], np.int64)
        kept = tuple(str(self.keys[k]) for k in order)
        texts = as_views(PoolColumn(np.arange(len(kept), dtype=np.int32), Pool(kept)))
        views = np.ascontiguousarray(texts.views).view(np.uint64)
        hashes = _mixed(views)
        sorted_ = np.argsort(hashes, kind="stable")
        return hashes[sorted_], order[sorted_], views[sorted_]

    @cached_property
    def _long(self) -> Sequence[tuple[int, bytes]]:
        octets = [(k, _octets(key)) for k, key in enumerate(self.keys)]
        return [(k, text) for k, text in octets if len(text) > _INLINE]

    def __getstate__(self) -> dict[str, Any]:
        return {"source": self.source, "keys": self.keys, "_pools": {}}


def _octets(key: Stored) -> bytes:
    return str(key).encode()


def _mixed(views: UInts) -> UInts:
    """A number for each view of a short text; no two keys are likely to have the same."""
    return views[:, 0] * _SPREAD[0] ^ views[:, 1] * _SPREAD[1]


@dataclass(frozen=True, eq=False)
class FirstTrue(Selector):
    """The place of the first of some events that happens in a row; their number where none does."""

    events: tuple[Event, ...]

    @property
    def size(self) -> int:
        return len(self.events) + 1

    def index(self, rows: Rows) -> UInts:
        found = np.full(len(rows), len(self.events), dtype=np.uint64)
        for k in range(len(self.events) - 1, -1, -1):
            found[self.events[k].hits(rows)] = k
        return found


@dataclass(frozen=True, eq=False)
class Unmatched:
    """True where a selector gives its last index: where a value is none of the keys."""

    choice: Selector

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        return np.equal(rows.through(self.choice).numbers, np.uint64(self.choice.size - 1))
