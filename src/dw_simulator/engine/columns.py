"""The shapes a batch's columns come in, each of which becomes Arrow without a copy.

`valid` is bool[n], False where the value is NULL, or None where there are no NULLs. What a slot holds
under a NULL is unspecified.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Valid = NDArray[np.bool_] | None


@dataclass(frozen=True, eq=False)
class FixedColumn:
    """Fixed width: numbers, booleans, days, micro- or nanoseconds, unscaled decimals, UUIDs.

    `values` is [n] of the storage dtype, or [n, 2] uint64 (low word first) for 128-bit decimals, or
    [n, 16] uint8 for UUIDs.
    """

    values: NDArray[np.generic]
    valid: Valid = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Pool:
    """The distinct values that codes point into, in code order. Compared by identity."""

    values: tuple[str, ...]

    @cached_property
    def width(self) -> int:
        """Bytes of the longest value."""
        return max((len(value.encode()) for value in self.values), default=0)


@dataclass(frozen=True, eq=False)
class PoolColumn:
    """Codes into a pool: int32[n]."""

    codes: NDArray[np.int32]
    pool: Pool
    valid: Valid = None

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, eq=False)
class ViewColumn:
    """Text or bytes as Arrow views: int32[n, 4] over shared bytes.

    A view is (length, up to 12 bytes in place) or (length, first four bytes, 0, offset into `data`).
    """

    views: NDArray[np.int32]
    data: NDArray[np.uint8]
    valid: Valid = None

    def __len__(self) -> int:
        return len(self.views)


Column = FixedColumn | PoolColumn | ViewColumn


def with_nulls(column: Column, valid: NDArray[np.bool_]) -> Column:
    """The column with more NULLs: a value stays where it and `valid` say so."""
    return replace(column, valid=valid if column.valid is None else column.valid & valid)


def taken(column: Column, places: NDArray[np.int64]) -> Column:
    """The values at some places of a column, in that order, some perhaps more than once."""
    valid = None if column.valid is None else column.valid[places]
    match column:
        case FixedColumn():
            return FixedColumn(column.values[places], valid)
        case PoolColumn():
            return PoolColumn(column.codes[places], column.pool, valid)
        case ViewColumn():
            return ViewColumn(column.views[places], column.data, valid)


@dataclass(frozen=True, eq=False)
class ColumnBatch:
    """The columns of a range of rows of one table, in the table's order."""

    table: str
    start: int
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        return len(self.columns[0])
