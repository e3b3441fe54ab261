"""Exact facts of what is written: from the batches, or from what the Parquet writer has counted anyway."""

import uuid
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dw_simulator.arrow import arrow_type
from dw_simulator.ports.manifest import ColumnFacts, Value, decimal_text
from dw_simulator.types import TEMPORAL_KINDS, Kind, SqlType

_SUMMED = (Kind.INTEGER, Kind.DECIMAL)
_TEXTUAL = (Kind.TEXT, Kind.JSON)
_LOW_HALF = 0xFFFFFFFF


class Typed(Protocol):
    """A column, as it is declared or as it is planned."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> SqlType: ...


class Tally:
    """The sums of one part, exact whatever the size of the numbers.

    summed  the columns that are added up: whole numbers and decimals, if sums are wanted
    """

    def __init__(self, columns: Sequence[Typed], *, sums: bool = True) -> None:
        self._columns = columns
        self.summed = [column.name for column in columns if sums and column.type.kind in _SUMMED]
        self._sums = dict.fromkeys(self.summed, 0)

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch in."""
        for name in self.summed:
            self._sums[name] += exact_sum(batch.column(name))

    def _sum(self, column: Typed) -> int | str | None:
        total = self._sums.get(column.name)
        if total is None or column.type.kind is not Kind.DECIMAL:
            return total
        return decimal_text(total, column.type.scale)


class FooterTally(Tally):
    """The facts of one Parquet file: NULLs and ends as its writer has counted them."""

    def facts(self, footer: Any) -> dict[str, ColumnFacts]:
        """The facts of every column, given the footer of the part's file."""
        return {column.name: self._facts(k, column, footer) for k, column in enumerate(self._columns)}

    def _facts(self, k: int, column: Typed, footer: Any) -> ColumnFacts:
        type_ = column.type
        groups = [footer.row_group(j).column(k).statistics for j in range(footer.num_row_groups)]
        ends = [_ends(group, type_) for group in groups if group.has_min_max]
        whole = all(group.has_min_max or group.num_values == 0 for group in groups)  # long text has no ends
        return ColumnFacts(
            nulls=sum(group.null_count for group in groups),
            min=_value(min(low for low, _ in ends), type_) if ends and whole else None,
            max=_value(max(high for _, high in ends), type_) if ends and whole else None,
            sum=self._sum(column),
        )


class BatchTally(Tally):
    """The facts of one part of any format, from its values as they pass: text is never too long for it."""

    def __init__(self, columns: Sequence[Typed], *, sums: bool = True) -> None:
        super().__init__(columns, sums=sums)
        self._nulls = dict.fromkeys((column.name for column in columns), 0)
        self._ends: dict[str, list[Any]] = {column.name: [] for column in columns}

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch in, whose text is plain strings and whose decimals have 128 bits."""
        super().add(batch)
        for column in self._columns:
            array = _comparable(batch.column(column.name), column.type)
            self._nulls[column.name] += array.null_count
            if array.null_count < len(array):
                ends = pc.min_max(array).as_py()
                known = (*self._ends[column.name], ends["min"], ends["max"])
                self._ends[column.name] = [min(known), max(known)]

    def facts(self) -> dict[str, ColumnFacts]:
        """The facts of every column."""
        return {column.name: self._facts(column) for column in self._columns}

    def _facts(self, column: Typed) -> ColumnFacts:
        ends = [_value(_decoded(end, column.type), column.type) for end in self._ends[column.name]]
        low, high = ends or (None, None)
        return ColumnFacts(nulls=self._nulls[column.name], min=low, max=high, sum=self._sum(column))


def _comparable(array: pa.Array, type_: SqlType) -> pa.Array:
    """A column as values whose ends Arrow finds and Python compares rightly."""
    match type_.kind:
        case kind if kind in TEMPORAL_KINDS:
            return array.view(pa.int32() if kind is Kind.DATE else pa.int64())
        case Kind.TEXT | Kind.JSON:
            return array.cast(pa.binary())  # by its UTF-8 bytes
        case Kind.UUID:
            return array.storage
        case _:
            return array


def _decoded(end: Any, type_: SqlType) -> Any:
    return end.decode() if type_.kind in _TEXTUAL else end


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


def _valid(words: np.ndarray, array: pa.Array) -> np.ndarray:
    return words[array.is_valid().to_numpy(zero_copy_only=False)] if array.null_count else words


def _sum(words: np.ndarray) -> int:
    if words.itemsize < 8:
        return int(words.sum(dtype=np.int64))
    # in two halves: the sum of whole words may not fit one
    return (int((words >> 32).sum()) << 32) + int((words & _LOW_HALF).sum())


def _ends(statistics: Any, type_: SqlType) -> tuple[Any, Any]:
    """A row group's least and greatest value, as something that compares rightly."""
    if type_.kind in TEMPORAL_KINDS:
        return statistics.min_raw, statistics.max_raw  # Python's own times end at microseconds
    return statistics.min, statistics.max


def _value(found: Any, type_: SqlType) -> Value:
    """A value as the manifest writes it."""
    match type_.kind:
        case kind if kind in TEMPORAL_KINDS:
            storage = pa.int32() if kind is Kind.DATE else pa.int64()
            text: str = pa.array([found], storage).view(arrow_type(type_)).cast(pa.string())[0].as_py()
            return text
        case Kind.DECIMAL:
            return f"{found:f}"
        case Kind.FLOAT:
            return float(found) + 0.0  # the format writes a least value of zero as -0.0
        case Kind.UUID:
            return str(uuid.UUID(bytes=found))
        case Kind.BINARY:
            return bytes(found).hex()
        case _:
            plain: Value = found
            return plain
