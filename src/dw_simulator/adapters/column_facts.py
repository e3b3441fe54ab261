"""Exact facts of what is written: from the batches, or from what the Parquet writer has counted anyway."""

import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dw_simulator.arrow import arrow_type, present, to_text
from dw_simulator.ports.manifest import ColumnFacts, Value, decimal_text
from dw_simulator.ports.tabular import TypedColumn
from dw_simulator.types import Kind, SqlType

_SUMMED = (Kind.INTEGER, Kind.DECIMAL)
_LOW_HALF = 0xFFFFFFFF

Words: TypeAlias = NDArray[np.int8 | np.int16 | np.int32 | np.int64]
"""Integers, or halves of wide ones."""

End: TypeAlias = bool | int | float | Decimal | str | bytes
"""The least or greatest value of a column: dates and times as they are stored, text also as its UTF-8."""


class Tally:
    """The sums of one part, exact whatever the size of the numbers.

    summed  the columns that are added up: whole numbers and decimals, if sums are wanted
    nested  the columns of lists, structs and maps, of which NULLs are counted, and nothing else is known
    """

    def __init__(self, columns: Sequence[TypedColumn], *, sums: bool = True) -> None:
        self._columns = columns
        self.summed = [column.name for column in columns if sums and column.type.kind in _SUMMED]
        self.nested = [column.name for column in columns if column.type.kind is Kind.NESTED]
        self._sums, self._none = dict.fromkeys(self.summed, 0), dict.fromkeys(self.nested, 0)

    @property
    def looked_at(self) -> list[str]:
        """The columns whose values are looked at."""
        return [*self.summed, *self.nested]

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch in."""
        for name in self.summed:
            self._sums[name] += exact_sum(batch.column(name))
        for name in self.nested:
            self._none[name] += batch.column(name).null_count

    def _sum(self, column: TypedColumn) -> int | str | None:
        total = self._sums.get(column.name)
        if total is None or column.type.kind is not Kind.DECIMAL:
            return total
        return decimal_text(total, column.type.scale)


class FooterTally(Tally):
    """The facts of one Parquet file: NULLs and ends as its writer has counted them."""

    def facts(self, footer: pq.FileMetaData) -> dict[str, ColumnFacts]:
        """The facts of every column, given the footer of the part's file."""
        # a nested column has a leaf for each part; that of a flat one is called as it is
        leaves = [footer.schema.column(k).path for k in range(footer.num_columns)]
        found = {name: ColumnFacts(nulls=count) for name, count in self._none.items()}
        for column in self._columns:
            if column.name not in found:
                found[column.name] = self._facts(leaves.index(column.name), column, footer)
        return {column.name: found[column.name] for column in self._columns}

    def _facts(self, k: int, column: TypedColumn, footer: pq.FileMetaData) -> ColumnFacts:
        type_ = column.type
        groups = [footer.row_group(j).column(k).statistics for j in range(footer.num_row_groups)]
        found = [end for group in groups if group.has_min_max for end in _ends(group, type_)]
        whole = all(group.has_min_max or group.num_values == 0 for group in groups)  # long text has no ends
        low, high = _as_written(found if whole else [], type_)
        return ColumnFacts(
            nulls=sum(group.null_count for group in groups),
            min=low,
            max=high,
            sum=self._sum(column),
        )


class BatchTally(Tally):
    """The facts of one part of any format, from its values as they pass: text is never too long for it."""

    def __init__(self, columns: Sequence[TypedColumn], *, sums: bool = True) -> None:
        super().__init__(columns, sums=sums)
        self._nulls = dict.fromkeys((column.name for column in columns), 0)
        self._ends: dict[str, Sequence[End]] = {column.name: [] for column in columns}

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch in, whose text is plain strings and whose decimals have 128 bits."""
        super().add(batch)
        for column in self._columns:
            if column.name in self.nested:
                continue
            array = _comparable(batch.column(column.name))
            self._nulls[column.name] += array.null_count
            if array.null_count < len(array):
                ends = pc.min_max(array).as_py()
                self._ends[column.name] = _outermost([*self._ends[column.name], ends["min"], ends["max"]])

    def facts(self) -> dict[str, ColumnFacts]:
        """The facts of every column."""
        return {column.name: self._facts(column) for column in self._columns}

    def _facts(self, column: TypedColumn) -> ColumnFacts:
        if column.name in self.nested:
            return ColumnFacts(nulls=self._none[column.name])
        low, high = _as_written(self._ends[column.name], column.type)
        return ColumnFacts(nulls=self._nulls[column.name], min=low, max=high, sum=self._sum(column))


def _comparable(array: pa.Array) -> pa.Array:
    """A column as values whose ends Arrow finds and Python compares rightly."""
    if pa.types.is_temporal(array.type):
        return array.view(_ticks(array.type))
    if pa.types.is_string(array.type):
        return array.cast(pa.binary())  # by its UTF-8 bytes
    return array.storage if isinstance(array.type, pa.BaseExtensionType) else array


def _ticks(type_: pa.DataType) -> pa.DataType:
    """The integers as which days, times and spans are stored."""
    return pa.int32() if type_.bit_width == 32 else pa.int64()


def exact_sum(array: pa.Array) -> int:
    """The sum of integers, or of decimals as whole numbers of their smallest unit."""
    width = array.type.bit_width // 8
    integer = np.dtype(f"i{min(width, 8)}")
    each = width // integer.itemsize
    words = np.frombuffer(array.buffers()[1], integer)[
        array.offset * each : (array.offset + len(array)) * each
    ]
    if width == 16:
        pairs = _valid(words.reshape(-1, 2), array)
        return _sum(pairs[:, 0].view(np.uint64)) + (_sum(pairs[:, 1]) << 64)
    return _sum(_valid(words, array))


def _valid(words: Words, array: pa.Array) -> Words:
    return words[present(array)] if array.null_count else words


def _sum(words: Words) -> int:
    if words.itemsize < 8:
        return int(words.sum(dtype=np.int64))
    # in two halves: the sum of whole words may not fit one
    return (int((words >> 32).sum()) << 32) + int((words & _LOW_HALF).sum())


def _ends(statistics: pq.Statistics, type_: SqlType) -> tuple[End, End]:
    """A row group's least and greatest value, as something that compares rightly."""
    if pa.types.is_temporal(arrow_type(type_)):
        return statistics.min_raw, statistics.max_raw  # Python's own times end at microseconds
    return statistics.min, statistics.max


def _outermost(ends: Iterable[End]) -> tuple[End, End]:
    """The least and the greatest of some values of one column, which compare with each other."""
    known = list(ends)
    return min(known), max(known)


def _as_written(ends: Sequence[End], type_: SqlType) -> tuple[Value, Value]:
    """The least and the greatest as the manifest writes them; None where nothing is known."""
    if not ends:
        return None, None
    low, high = _outermost(ends)
    return _value(low, type_), _value(high, type_)


def _value(found: End, type_: SqlType) -> Value:
    """A value as the manifest writes it."""
    moments = arrow_type(type_)
    if pa.types.is_temporal(moments):
        ticks = np.array([found], f"i{moments.bit_width // 8}")
        array = pa.Array.from_buffers(moments, 1, [None, pa.py_buffer(ticks)])
        text: str = to_text(array, type_)[0].as_py()
        return text
    match found:
        case Decimal():
            return f"{found:f}"
        case float():
            return found + 0.0  # the format writes a least value of zero as -0.0
        case bytes():
            return _of_bytes(found, type_.kind)
        case _:
            return found


def _of_bytes(found: bytes, kind: Kind) -> str:
    if kind is Kind.UUID:
        return str(uuid.UUID(bytes=found))
    return found.hex() if kind is Kind.BINARY else found.decode()
