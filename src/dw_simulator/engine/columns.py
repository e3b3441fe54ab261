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

    def at(self, places: NDArray[np.int64]) -> "FixedColumn":
        """The values at some places, in that order, some perhaps more than once."""
        return FixedColumn(self.values[places], _at(self.valid, places))

    def nulls(self, count: int) -> "FixedColumn":
        """So many NULLs of the same shape."""
        values = np.zeros((count, *self.values.shape[1:]), dtype=self.values.dtype)
        return FixedColumn(values, np.zeros(count, dtype=np.bool_))


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

    def at(self, places: NDArray[np.int64]) -> "PoolColumn":
        """The values at some places, in that order, some perhaps more than once."""
        return PoolColumn(self.codes[places], self.pool, _at(self.valid, places))

    def nulls(self, count: int) -> "PoolColumn":
        """So many NULLs of the same pool."""
        return PoolColumn(np.zeros(count, dtype=np.int32), self.pool, np.zeros(count, dtype=np.bool_))


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

    def at(self, places: NDArray[np.int64]) -> "ViewColumn":
        """The values at some places, in that order, some perhaps more than once."""
        return ViewColumn(self.views[places], self.data, _at(self.valid, places))

    def nulls(self, count: int) -> "ViewColumn":
        """So many NULLs over the same bytes."""
        return ViewColumn(np.zeros((count, 4), dtype=np.int32), self.data, np.zeros(count, dtype=np.bool_))


@dataclass(frozen=True, eq=False)
class ListColumn:
    """A list a row, one behind the other: row r has elements[offsets[r]:offsets[r + 1]], int32[n + 1].

    Vectors are lists of one length, maps are lists of structs of a key and a value.
    """

    offsets: NDArray[np.int32]
    elements: "Column"
    valid: Valid = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def at(self, places: NDArray[np.int64]) -> "ListColumn":
        """The values at some places, in that order, some perhaps more than once."""
        lengths = np.diff(self.offsets)[places]
        offsets = offsets_of(lengths)
        first = np.repeat(self.offsets[:-1][places] - offsets[:-1], lengths)
        elements = self.elements.at(first.astype(np.int64) + np.arange(offsets[-1], dtype=np.int64))
        return ListColumn(offsets, elements, _at(self.valid, places))

    def nulls(self, count: int) -> "ListColumn":
        """So many NULLs of the same shape."""
        return ListColumn(
            np.zeros(count + 1, dtype=np.int32), self.elements.nulls(0), np.zeros(count, dtype=np.bool_)
        )


@dataclass(frozen=True, eq=False)
class StructColumn:
    """Several columns as the fields of one value."""

    fields: "tuple[Column, ...]"
    valid: Valid = None

    def __len__(self) -> int:
        return len(self.fields[0])

    def at(self, places: NDArray[np.int64]) -> "StructColumn":
        """The values at some places, in that order, some perhaps more than once."""
        return StructColumn(tuple(field.at(places) for field in self.fields), _at(self.valid, places))

    def nulls(self, count: int) -> "StructColumn":
        """So many NULLs of the same shape."""
        fields = tuple(field.nulls(count) for field in self.fields)
        return StructColumn(fields, np.zeros(count, dtype=np.bool_))


FlatColumn = FixedColumn | PoolColumn | ViewColumn
NestedColumn = ListColumn | StructColumn
Column = FlatColumn | NestedColumn


def offsets_of(lengths: NDArray[np.integer]) -> NDArray[np.int32]:
    """Where lists of these lengths start, and where the last one ends. Raises OverflowError beyond 2^31."""
    ends = np.cumsum(lengths, dtype=np.int64)
    if len(ends) and ends[-1] >= 1 << 31:
        raise OverflowError("the lists of one batch have more than 2^31 elements; make them shorter")
    return np.concatenate([np.zeros(1, np.int32), ends.astype(np.int32)])


def _at(valid: Valid, places: NDArray[np.int64]) -> Valid:
    return None if valid is None else valid[places]


def with_nulls(column: Column, valid: NDArray[np.bool_]) -> Column:
    """The column with more NULLs: a value stays where it and `valid` say so."""
    return replace(column, valid=valid if column.valid is None else column.valid & valid)


@dataclass(frozen=True, eq=False)
class ColumnBatch:
    """The columns of a range of rows of one table, in the table's order."""

    table: str
    start: int
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        return len(self.columns[0])
