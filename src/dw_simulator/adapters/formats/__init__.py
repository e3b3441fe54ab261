"""What a part's file is made of: a format writes Arrow batches into an open stream, and reads them again.

Where the stream leads is the sink's affair. A module of this package is a format, by its name, and has one in
`FORMAT`.
"""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, cast

from dw_simulator.adapters.column_facts import Typed
from dw_simulator.errors import UnknownNameError
from dw_simulator.ports.manifest import ColumnFacts
from dw_simulator.ports.plan import TablePlan

NAMES = ("parquet", "csv", "jsonl")


class Encoder(Protocol):
    """One part being written into a stream, which stays the caller's to close."""

    def write(self, batch: Any) -> None:
        """Append a pyarrow.RecordBatch."""

    def close(self) -> Mapping[str, ColumnFacts]:
        """Write what is still to be written; returns the facts of every column."""

    def discard(self) -> None:
        """Leave it; nothing more is written than must be."""


class Format(Protocol):
    """A format. `file` is a pyarrow.NativeFile; `columns` are those of the table, in order.

    seeks  whether reading needs a file that can seek; others are read from their beginning
    """

    seeks: bool

    def suffix(self, compression: str) -> str:
        """How file names end, without the leading dot."""

    def encoder(self, stream: Any, table: TablePlan, compression: str) -> Encoder: ...

    def batches(self, file: Any, columns: Sequence[Typed], compression: str) -> Iterator[Any]:
        """A file's pyarrow.RecordBatches, in bounded memory."""

    def rows(
        self, file: Any, columns: Sequence[Typed], compression: str, span: tuple[int, int]
    ) -> list[dict[str, Any]]:
        """Some rows as plain Python values; the span counts from the file's first row."""

    def facts(
        self, file: Any, columns: Sequence[Typed], compression: str, *, sums: bool
    ) -> tuple[int, dict[str, ColumnFacts]]:
        """How many rows a file has, and the facts of its columns. sums: read the values, too."""


def format_of(name: str) -> Format:
    """The format of a name. Raises UnknownNameError."""
    if name not in NAMES:
        raise UnknownNameError("format", name, NAMES)
    return cast(Format, importlib.import_module(f"{__name__}.{name}").FORMAT)
