"""Columns put together from the values of some rows each."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import (
    Column,
    FixedColumn,
    ListColumn,
    Pool,
    PoolColumn,
    StructColumn,
    ViewColumn,
    offsets_of,
)
from dw_simulator.engine.values.text import views_of

_INLINE = 12

Places = NDArray[np.intp]


def merged(columns: Sequence[Column], places: Sequence[Places]) -> Column:
    """One column, in which the values of columns[k] stand at places[k], the later ones over the earlier.

    All store values alike, and the first place or all together cover the column.

    Text comes out as views, unless all of it is of one pool.
    """
    count = 1 + max((int(at[-1]) for at in places if len(at)), default=-1)
    valid = _valid(count, columns, places)
    nested = _nested(count, columns, places)
    if nested is not None:
        return replace(nested, valid=valid)
    fixed = [column for column in columns if isinstance(column, FixedColumn)]
    if fixed:
        return FixedColumn(_fixed(count, fixed, places), valid)
    pooled = [column for column in columns if isinstance(column, PoolColumn)]
    if len(pooled) == len(columns) and len({column.pool for column in pooled}) == 1:
        codes = _fixed(count, [FixedColumn(column.codes) for column in pooled], places)
        return PoolColumn(codes.astype(np.int32, copy=False), pooled[0].pool, valid)
    views, data = _views(count, [as_views(column) for column in columns], places)
    return ViewColumn(views, data, valid)


def joined(columns: Sequence[Column]) -> Column:
    """Columns that store values alike, one below the other."""
    if len(columns) == 1:
        return columns[0]
    starts = np.cumsum([0, *map(len, columns)])
    places = [np.arange(start, stop) for start, stop in pairwise(starts)]
    fixed = [column for column in columns if isinstance(column, FixedColumn)]
    if fixed:
        values = np.concatenate([column.values for column in fixed])
        return FixedColumn(values, _valid(len(values), columns, places))
    return merged(columns, places)


def _nested(
    count: int, columns: Sequence[Column], places: Sequence[Places]
) -> ListColumn | StructColumn | None:
    """Lists or structs; None where there are none."""
    lists = [column for column in columns if isinstance(column, ListColumn)]
    if lists:
        return _lists(count, lists, places)
    structs = [column for column in columns if isinstance(column, StructColumn)]
    fields = zip(*(column.fields for column in structs), strict=True)
    return StructColumn(tuple(merged(each, places) for each in fields)) if structs else None


def _lists(count: int, columns: Sequence[ListColumn], places: Sequence[Places]) -> ListColumn:
    """All lists below each other first, then those that the places ask for."""
    source, below = np.zeros(count, dtype=np.int64), 0
    for column, at in zip(columns, places, strict=True):
        source[at] = below + np.arange(len(column))
        below += len(column)
    lengths = np.concatenate([np.diff(column.offsets) for column in columns])
    elements = joined([_own_elements(column) for column in columns])
    return ListColumn(offsets_of(lengths), elements).at(source)


def _own_elements(column: ListColumn) -> Column:
    first, last = int(column.offsets[0]), int(column.offsets[-1])
    whole = (first, last) == (0, len(column.elements))
    return column.elements if whole else column.elements.at(np.arange(first, last))


def _fixed(count: int, columns: Sequence[FixedColumn], places: Sequence[Places]) -> NDArray[np.generic]:
    shape = (count, *columns[0].values.shape[1:])
    out = np.empty(shape, dtype=columns[0].values.dtype)
    for column, at in zip(columns, places, strict=True):
        out[at] = column.values
    return out


def _valid(count: int, columns: Sequence[Column], places: Sequence[Places]) -> NDArray[np.bool_] | None:
    if all(column.valid is None for column in columns):
        return None
    out = np.ones(count, dtype=np.bool_)
    for column, at in zip(columns, places, strict=True):
        out[at] = True if column.valid is None else column.valid
    return out


def _views(
    count: int, columns: Sequence[ViewColumn], places: Sequence[Places]
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    out = np.empty((count, 4), dtype=np.int32)
    starts: dict[int, int] = {}  # what several have in common, such as a corpus, is there once
    parts: list[NDArray[np.uint8]] = []
    for column, at in zip(columns, places, strict=True):
        if id(column.data) not in starts:
            starts[id(column.data)] = sum(map(len, parts))
            parts.append(column.data)
        start = starts[id(column.data)]
        views = column.views
        if start:
            views = views.copy()
            views[:, 3] += np.where(views[:, 0] > _INLINE, np.int32(start), np.int32(0))
        out[at] = views
    return out, parts[0] if len(parts) == 1 else np.concatenate(parts)


def as_views(column: Column) -> ViewColumn:
    """Text as views, whichever shape it came in."""
    if isinstance(column, ViewColumn):
        return column
    assert isinstance(column, PoolColumn), "numbers are no text"
    shelf = _shelf(column.pool)
    return ViewColumn(shelf.views[column.codes], shelf.data, column.valid)


@lru_cache(maxsize=128)
def _shelf(pool: Pool) -> ViewColumn:
    texts = [value.encode() for value in pool.values]
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    data = np.frombuffer(b"".join(texts) + bytes(16), dtype=np.uint8)
    return views_of(data, np.cumsum(lengths) - lengths, lengths)
