"""What the text formats share: values as text and back, compression around a stream, facts as they pass.

Text holds every digit: decimals as they are, dates and times as `2024-02-29 23:59:59.123456` (an instant in
UTC ends in Z), bytes as hexadecimal digits, UUIDs with their hyphens.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dw_simulator.adapters.column_facts import BatchTally
from dw_simulator.arrow import arrow_type, plain_rows, plain_type
from dw_simulator.ports.format import ByteSink, Encoder, Format
from dw_simulator.ports.manifest import ColumnFacts
from dw_simulator.ports.plan import TablePlan
from dw_simulator.ports.tabular import Row, TypedColumn
from dw_simulator.types import Kind, SqlType

_ENDINGS = {"none": "", "gzip": ".gz", "zstd": ".zst"}
SCIENTIFIC = 6
"""Arrow writes decimals of a greater scale as 1E-7 when they are small."""
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_GROUPS = (0, 8, 12, 16, 20, 32)
"""Where the hyphens of a UUID stand among its digits."""


Offsets: TypeAlias = NDArray[np.int32]
Octets: TypeAlias = NDArray[np.uint8]


def suffix(name: str, compression: str) -> str:
    """How the files of a text format end."""
    return name + _ENDINGS[compression]


def compressed(stream: ByteSink, compression: str) -> pa.NativeFile:
    """A stream that compresses into another one; closing it leaves that open."""
    target = pa.PythonFile(stream, "w")
    return target if compression == "none" else pa.CompressedOutputStream(target, compression)


def plain(file: pa.NativeFile, compression: str) -> pa.NativeFile:
    """A stream of what was compressed into a file."""
    return file if compression == "none" else pa.CompressedInputStream(file, compression)


class LineWriter(Protocol):
    """Rows of one file on their way into a stream."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Write rows, whose text is plain strings (`flat`)."""

    def close(self) -> None:
        """Write what is still to be written; the stream stays open."""


class Lines(Protocol):
    """How a text format writes and reads rows."""

    def problem_with(self, table: TablePlan) -> str | None:
        """Why a table cannot be written so; None where it can."""

    def begin(self, stream: pa.NativeFile, columns: Sequence[TypedColumn]) -> LineWriter:
        """Begin a file."""

    def read(self, stream: pa.NativeFile, columns: Sequence[TypedColumn]) -> Iterator[pa.RecordBatch]:
        """The rows of a file, in types that `plain_type` gives."""


class TextFormat(Format):
    """A format whose files are text."""

    compressions = ("zstd", "gzip", "none")
    seeks, scannable = False, False

    def __init__(self, name: str, lines: Lines) -> None:
        self._name, self._lines = name, lines

    def problem_with(self, table: TablePlan) -> str | None:
        return self._lines.problem_with(table)

    def suffix(self, compression: str) -> str:
        return suffix(self._name, compression)

    def encoder(self, stream: ByteSink, table: TablePlan, compression: str) -> "TextEncoder":
        return TextEncoder(self._lines, compressed(stream, compression), table.columns)

    def batches(
        self, file: pa.NativeFile, columns: Sequence[TypedColumn], compression: str
    ) -> Iterator[pa.RecordBatch]:
        return self._lines.read(plain(file, compression), columns)

    def rows(
        self, file: pa.NativeFile, columns: Sequence[TypedColumn], compression: str, span: tuple[int, int]
    ) -> list[Row]:
        (first, last), found, below = span, list[Row](), 0
        for batch in self.batches(file, columns, compression):
            above = below + batch.num_rows
            if first < above:
                low = max(first - below, 0)
                found += plain_rows(batch.slice(low, min(last, above) - below - low))
            if (below := above) >= last:
                break
        return found

    def facts(
        self,
        file: pa.NativeFile,
        columns: Sequence[TypedColumn],
        compression: str,
        *,
        sums: bool,
    ) -> tuple[int, dict[str, ColumnFacts]]:
        tally, rows = BatchTally(columns, sums=sums), 0
        for batch in self.batches(file, columns, compression):
            tally.add(batch)
            rows += batch.num_rows
        return rows, tally.facts()


class TextEncoder(Encoder):
    """One file being written."""

    def __init__(self, lines: Lines, stream: pa.NativeFile, columns: Sequence[TypedColumn]) -> None:
        self._stream, self._tally = stream, BatchTally(columns)
        self._writer = lines.begin(stream, columns)

    def write(self, batch: pa.RecordBatch) -> None:
        plain_batch = flat(batch)
        self._writer.write(plain_batch)
        self._tally.add(plain_batch)

    def close(self) -> Mapping[str, ColumnFacts]:
        self._writer.close()
        self._stream.close()
        return self._tally.facts()

    def discard(self) -> None:
        """The streams below hold nothing that has to be told."""


def flat(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with text as plain strings: no views, no dictionaries, which few functions of Arrow know."""
    arrays = [_flat(array) for array in batch.columns]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _flat(array: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(array.type) or array.type == pa.string_view():
        return array.cast(pa.string())
    if array.type == pa.binary_view():
        return array.cast(pa.binary())
    if pa.types.is_decimal64(array.type):
        return array.cast(pa.decimal128(array.type.precision, array.type.scale))
    return array


# --- values as text


def to_text(array: pa.Array, type_: SqlType) -> pa.Array:
    """A flat column as strings."""
    match type_.kind:
        case Kind.DECIMAL if type_.scale > SCIENTIFIC:
            return _decimal_text(array, type_)
        case Kind.BINARY:
            return _hex_text(array)
        case Kind.UUID:
            digits = _hex_text(array.storage)
            groups = [pc.utf8_slice_codeunits(digits, *ends) for ends in pairwise(_GROUPS)]
            return pc.binary_join_element_wise(*groups, "-")
        case _:
            return array.cast(pa.string())


def _decimal_text(array: pa.Array, type_: SqlType) -> pa.Array:
    """Decimals of a large scale, with their point put between the digits of a whole number."""
    whole = array.view(pa.decimal128(type_.precision, 0)).cast(pa.string())
    sign = pc.if_else(pc.starts_with(whole, "-"), "-", "")
    digits = pc.ascii_lpad(pc.ascii_ltrim(whole, "-"), type_.scale + 1, "0")
    before = pc.utf8_slice_codeunits(digits, 0, -type_.scale)
    after = pc.utf8_slice_codeunits(digits, -type_.scale)
    return pc.binary_join_element_wise(pc.binary_join_element_wise(sign, before, ""), after, ".")


def _hex_text(array: pa.Array) -> pa.Array:
    """Binary values as hexadecimal digits, all of them at once."""
    array = array.cast(pa.binary())
    offsets, data = _parts_of(array)
    digits = np.empty(2 * len(data), np.uint8)
    digits[0::2], digits[1::2] = _HEX[data >> 4], _HEX[data & 15]
    return _array_of(pa.string(), 2 * offsets, digits, array)


def _parts_of(array: pa.Array) -> tuple[Offsets, Octets]:
    """(offsets, data) of binary values or text, both beginning at 0."""
    offsets = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]
    held = array.buffers()[2]
    data = np.frombuffer(held, np.uint8) if held is not None else np.empty(0, np.uint8)
    return offsets - offsets[0], data[offsets[0] : offsets[-1]]


def _array_of(type_: pa.DataType, offsets: Offsets, data: Octets, like: pa.Array) -> pa.Array:
    """An array of other values, NULL where another one is."""
    valid = None
    if like.null_count:
        present = like.is_valid().to_numpy(zero_copy_only=False)
        valid = pa.py_buffer(np.packbits(present, bitorder="little"))
    buffers = [valid, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.Array.from_buffers(type_, len(like), buffers)


# --- and back


def from_text(array: pa.Array, type_: SqlType) -> pa.Array:
    """Strings as the column's plain values. Raises ValueError for text that is none of them."""
    target = plain_type(type_)
    match type_.kind:
        case Kind.BINARY:
            return _unhexed(array)
        case Kind.UUID:
            storage = _unhexed(pc.replace_substring(array, "-", "")).cast(pa.binary(16))
            return pa.ExtensionArray.from_storage(target, storage)
        case Kind.TIME:
            day = pc.binary_join_element_wise("1970-01-01", array, " ")
            return day.cast(pa.timestamp(type_.unit)).view(arrow_type(type_))
        case _:
            return array.cast(target)


def _unhexed(array: pa.Array) -> pa.Array:
    offsets, data = _parts_of(array)
    values = np.where(data >= ord("a"), data - (ord("a") - 10), data - ord("0"))
    return _array_of(pa.binary(), offsets // 2, (values[0::2] << 4 | values[1::2]).astype(np.uint8), array)
