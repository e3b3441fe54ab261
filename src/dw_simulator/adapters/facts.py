"""Exact facts of what is written: sums from the batches, the rest from what the Parquet writer counted."""

import uuid
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from dw_simulator.adapters.arrow import arrow_type
from dw_simulator.manifest import ColumnFacts, Value, decimal_text
from dw_simulator.types import TEMPORAL_KINDS, Kind, SqlType

_SUMMED = (Kind.INTEGER, Kind.DECIMAL)
_LOW_HALF = 0xFFFFFFFF


class Typed(Protocol):
    """A column, as it is declared or as it is planned."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> SqlType: ...


class Tally:
    """The facts of one part. Sums are exact whatever the size of the numbers.

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

    def facts(self, footer: Any) -> dict[str, ColumnFacts]:
        """The facts of every column, given the footer of the part's file."""
        return {column.name: self._facts(k, column.type, footer) for k, column in enumerate(self._columns)}

    def _facts(self, k: int, type_: SqlType, footer: Any) -> ColumnFacts:
        groups = [footer.row_group(j).column(k).statistics for j in range(footer.num_row_groups)]
        ends = [_ends(group, type_) for group in groups if group.has_min_max]
        whole = all(group.has_min_max or group.num_values == 0 for group in groups)  # long text has no ends
        total = self._sums.get(self._columns[k].name)
        return ColumnFacts(
            nulls=sum(group.null_count for group in groups),
            min=_value(min(low for low, _ in ends), type_) if ends and whole else None,
            max=_value(max(high for _, high in ends), type_) if ends and whole else None,
            sum=decimal_text(total, type_.scale)
            if type_.kind is Kind.DECIMAL and total is not None
            else total,
        )


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
