"""A file format: it writes Arrow batches into an open stream, and reads them again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from dw_simulator.ports.manifest import ColumnFacts
from dw_simulator.ports.plan import TablePlan
from dw_simulator.ports.tabular import Row, TypedColumn

if TYPE_CHECKING:
    import pyarrow as pa


class ByteSink(Protocol):
    """Where bytes go: what formats ask of a stream, which stays the caller's to close."""

    @property
    def closed(self) -> bool: ...

    def write(self, data: "bytes | pa.Buffer") -> int:
        """Write all of it; returns how many bytes that were."""

    def flush(self) -> None: ...

    def close(self) -> None: ...


class Encoder(Protocol):
    """One part being written into a stream."""

    def write(self, batch: "pa.RecordBatch") -> None:
        """Append rows."""

    def close(self) -> Mapping[str, ColumnFacts]:
        """Write what is still to be written; returns the facts of every column, by its name."""

    def discard(self) -> None:
        """Leave it; nothing more is written than must be."""


class Format(Protocol):
    """A format. `columns` are those of the table, in order; `compression` is one of its own.

    compressions  by their names; the first is taken where nothing is asked for
    seeks         whether reading needs a file that can seek; others are read from their beginning
    scannable     whether databases and query engines read such files themselves, as they do Parquet
    """

    compressions: Sequence[str]
    seeks: bool
    scannable: bool

    def problem_with(self, table: TablePlan) -> str | None:
        """Why a table cannot be written so, and what mends that; None where it can."""

    def suffix(self, compression: str) -> str:
        """How file names end, without the leading dot."""

    def encoder(self, stream: ByteSink, table: TablePlan, compression: str) -> Encoder:
        """Begin a part of a table."""

    def batches(
        self, file: "pa.NativeFile", columns: Sequence[TypedColumn], compression: str
    ) -> "Iterator[pa.RecordBatch]":
        """A file's rows in bounded memory, in types that `arrow.plain_type` gives."""

    def rows(
        self, file: "pa.NativeFile", columns: Sequence[TypedColumn], compression: str, span: tuple[int, int]
    ) -> list[Row]:
        """The rows from the first to before the last of a span, which counts from the file's first row."""

    def facts(
        self, file: "pa.NativeFile", columns: Sequence[TypedColumn], compression: str, *, sums: bool
    ) -> tuple[int, Mapping[str, ColumnFacts]]:
        """How many rows a file has, and the facts of its columns. sums: read the values, too."""
