"""From the values of a column to their places in a list, a batch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn, Pool, PoolColumn, Valid, ViewColumn, taken
from dw_simulator.engine.values.facts import Facts, Stored, stored_numbers, texts_of

Places = NDArray[np.int64]
_INLINE = 12
_KEPT = 8
"""Places of so many pools are kept: a kernel has one, but one that makes its pools anew has many."""


@dataclass(frozen=True, eq=False)
class Finder:
    """Where each of some values stands.

    listed   the values, ascending: numbers; or byte strings, of texts and of what is stored in several words
    lengths  of these texts, in bytes; None for anything else
    """

    listed: NDArray[Any]
    lengths: NDArray[np.int64] | None = None
    _pools: dict[Pool, tuple[Places, Valid]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, column: Column) -> "tuple[Finder, Places]":
        """(the finder of a column's values, the place of each of them); the column has no NULLs."""
        if isinstance(column, PoolColumn):
            texts = [text.encode() for text in column.pool.values]
            order = sorted(range(len(texts)), key=texts.__getitem__)
            listed = np.array([texts[code] for code in order], dtype=np.bytes_)
            lengths = np.array([len(texts[code]) for code in order], dtype=np.int64)
            rank = np.empty(len(order), dtype=np.int64)
            rank[order] = np.arange(len(order))
            return cls(listed, lengths), rank[column.codes]
        assert isinstance(column, FixedColumn), "what is listed is of a pool or of fixed width"
        listed, places = np.unique(_plain(column.values), return_inverse=True)
        return cls(listed), places.astype(np.int64)

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.listed)

    def places(self, column: Column) -> tuple[Places, Valid]:
        """(int64[n], which of them are there; None for all). The place of what is not there is any."""
        places, found = self._found(column)
        if column.valid is not None:
            return places, column.valid if found is None else found & column.valid
        return places, found

    def missing(self, facts: Facts) -> Sequence[Stored] | None:
        """Those of the values that can come out that are not there; None where they are too many to list."""
        column = facts.column
        if column is not None:
            _, there = self.places(column)
            return () if there is None else _some(taken(column, np.flatnonzero(~there)[:1]))
        if facts.listed is None:
            return None
        known: set[Stored] = set(self.listed.tolist())
        if self.lengths is not None:
            known = {text.decode() for text in self.listed.tolist()}
        return [value for value in facts.listed if value not in known]

    def _found(self, column: Column) -> tuple[Places, Valid]:
        match column:
            case FixedColumn():
                return self._sought(_plain(column.values))
            case PoolColumn():
                places, found = self._of_pool(column.pool)
                return places.take(column.codes), None if found is None else found.take(column.codes)
            case ViewColumn():
                lengths = column.views[:, 0].astype(np.int64)
                return self._sought(_texts(column, lengths, self.listed.dtype.itemsize), lengths)

    def _of_pool(self, pool: Pool) -> tuple[Places, Valid]:
        known = self._pools.get(pool)
        if known is None:
            texts = [text.encode() for text in pool.values]
            lengths = np.array([len(text) for text in texts], dtype=np.int64)
            width = self.listed.dtype.itemsize
            known = self._sought(np.array([text[:width] for text in texts], self.listed.dtype), lengths)
            if len(self._pools) < _KEPT:
                self._pools[pool] = known
        return known

    def _sought(self, values: NDArray[Any], lengths: NDArray[np.int64] | None = None) -> tuple[Places, Valid]:
        places = np.searchsorted(self.listed, values)
        np.minimum(places, len(self.listed) - 1, out=places)
        found = self.listed[places] == values
        if lengths is not None and self.lengths is not None:
            found &= self.lengths[places] == lengths
        return places, None if found.all() else found

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_pools": {}}


def _some(column: Column) -> Sequence[Stored]:
    """Values of a column, for whoever reads that they are not there."""
    if not isinstance(column, FixedColumn):
        return texts_of(column)
    return stored_numbers(column) or [bytes(value).hex() for value in column.values]


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    """Values of one word as they are, those of several as byte strings."""
    if values.ndim == 1:
        return values
    rows = np.ascontiguousarray(values)
    return rows.view(np.dtype((np.bytes_, rows.shape[1] * rows.itemsize))).ravel()


def _texts(column: ViewColumn, lengths: NDArray[np.int64], width: int) -> NDArray[np.bytes_]:
    """The first bytes of each text, as many as the longest one has that is sought."""
    out = np.zeros((len(lengths), width), dtype=np.uint8)
    inside = np.ascontiguousarray(column.views).view(np.uint8).reshape(len(lengths), 16)[:, 4:]
    short = lengths <= _INLINE
    near = min(width, _INLINE)
    out[:, :near] = inside[:, :near]
    far = np.flatnonzero(~short & (lengths <= width))  # what is longer is not there
    if len(far):
        at = column.views[far, 3].view(np.int32).astype(np.int64)[:, None] + np.arange(width)
        within = np.arange(width) < lengths[far][:, None]
        out[far] = np.where(within, column.data[np.minimum(at, len(column.data) - 1)], 0)
    texts: NDArray[np.bytes_] = out.view(f"S{width}").ravel()
    return texts
