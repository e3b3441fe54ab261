"""What the text formats share: compression around a stream, rows and facts as they pass.

Values as text are the affair of `arrow`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import pyarrow as pa

from dw_simulator.adapters.column_facts import BatchTally
from dw_simulator.arrow import plain_rows
from dw_simulator.ports.format import ByteSink, Encoder, Format
from dw_simulator.ports.manifest import ColumnFacts
from dw_simulator.ports.plan import TablePlan
from dw_simulator.ports.tabular import Row, TypedColumn

_ENDINGS = {"none": "", "gzip": ".gz", "zstd": ".zst"}


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
