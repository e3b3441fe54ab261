"""A value from one of several kernels: which one, a selector says."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn, Pool, PoolColumn, ViewColumn
from dw_simulator.engine.kernels.base import Kernel, width_of
from dw_simulator.engine.kernels.text import views_of
from dw_simulator.engine.rows import Rows, Selector

_INLINE = 12


@dataclass(frozen=True, eq=False)
class Switch:
    """The value of kernel k at the rows where the selector gives k. All kernels store values alike."""

    choice: Selector
    kernels: tuple[Kernel, ...]

    @property
    def distinct(self) -> int | None:
        known = [kernel.distinct for kernel in self.kernels]
        return None if None in known else sum(count for count in known if count is not None)

    @property
    def width(self) -> int:
        return max(width_of(kernel) for kernel in self.kernels)

    def values(self, rows: Rows) -> Column:
        choice = rows.through(self.choice).numbers
        places = [np.flatnonzero(choice == np.uint64(k)) for k in range(len(self.kernels))]
        columns = [
            kernel.values(Rows.at(rows.numbers[at])) for kernel, at in zip(self.kernels, places, strict=True)
        ]
        valid = _merged_valid(len(rows), columns, places)
        if isinstance(columns[0], FixedColumn):
            return FixedColumn(_merged([c for c in columns if isinstance(c, FixedColumn)], places), valid)
        views, data = _merged_views([_as_views(column) for column in columns], places)
        return ViewColumn(views, data, valid)


_Places = list[NDArray[np.intp]]


def _merged(columns: list[FixedColumn], places: _Places) -> NDArray[np.generic]:
    shape = (sum(map(len, places)), *columns[0].values.shape[1:])
    out = np.empty(shape, dtype=columns[0].values.dtype)
    for column, at in zip(columns, places, strict=True):
        out[at] = column.values
    return out


def _merged_valid(count: int, columns: list[Column], places: _Places) -> NDArray[np.bool_] | None:
    if all(column.valid is None for column in columns):
        return None
    out = np.ones(count, dtype=np.bool_)
    for column, at in zip(columns, places, strict=True):
        if column.valid is not None:
            out[at] = column.valid
    return out


def _merged_views(columns: list[ViewColumn], places: _Places) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    out = np.empty((sum(map(len, places)), 4), dtype=np.int32)
    start = 0
    for column, at in zip(columns, places, strict=True):
        views = column.views.copy()
        views[:, 3] += np.where(views[:, 0] > _INLINE, np.int32(start), np.int32(0))
        out[at] = views
        start += len(column.data)
    return out, np.concatenate([column.data for column in columns])


def _as_views(column: Column) -> ViewColumn:
    if isinstance(column, ViewColumn):
        return column
    assert isinstance(column, PoolColumn), "the planner mixes no text with numbers"
    shelf = _shelf(column.pool)
    return ViewColumn(shelf.views[column.codes], shelf.data)


def _shelf(pool: Pool) -> ViewColumn:
    texts = [value.encode() for value in pool.values]
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    data = np.frombuffer(b"".join(texts) + bytes(16), dtype=np.uint8)
    return views_of(data, np.cumsum(lengths) - lengths, lengths)
