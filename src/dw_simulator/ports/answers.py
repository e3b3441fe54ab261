"""SQL over the files of a run: what may be asked, who answers, and how answers are written."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self, TypeAlias

from dw_simulator.errors import RequestError
from dw_simulator.ports.changes import Changed, CopyOf, ScriptPart
from dw_simulator.ports.statement import Statement
from dw_simulator.schema.json_data import JsonObject

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset


class ColumnType(NamedTuple):
    """A column of a result: its name, which no other has, and its SQL type."""

    name: str
    type: str


class Attached(NamedTuple):
    """A table of the same name in a DuckDB file."""

    path: str
    schema: str


TableSource: TypeAlias = "list[Path] | Attached | pyarrow.dataset.Dataset | pa.RecordBatchReader | pa.Table"
"""Where an engine finds a table: its Parquet files on this machine, in the order of their rows; a table of a
DuckDB file; or what Arrow reads, of which a RecordBatchReader is read once."""


class Answer(Protocol):
    """The result of a query that was found sound. It is read once, in one of these ways, and closed.

    Reading raises QueryError where the query fails as it runs, or takes longer than it may.
    """

    columns: Sequence[ColumnType]
    count: int
    """How many rows were read so far."""
    size: int
    """How many bytes of memory they took."""
    truncated: bool
    """Whether there were more rows than the limit; known when all are read."""
    began: float
    """When it was asked, by `time.monotonic`."""
    changes: Sequence[Changed] = ()
    """What a script has changed, statement by statement."""
    tells_changes: bool = False
    """Whether its rows are these changes, as the script has no query."""
    held: ExitStack
    """What is to be closed after the query: where its rows come from."""

    def batches(self) -> "Iterator[pa.RecordBatch]":
        """Rows in the types that come nearest; an empty batch where there is no row."""

    def rows(self) -> Iterator[JsonObject]:
        """Rows as JSON has them: numbers as numbers, decimals, dates and times as text, bytes hexadecimal."""

    def csv(self) -> Iterator[bytes]:
        """CSV in UTF-8 with a heading, in pieces; NULL is empty, and empty text is two quotation marks."""

    def json_lines(self) -> Iterator[bytes]:
        """The objects of `rows`, one in a line, in pieces of whole lines."""

    def pieces(self, format_name: str) -> Iterator[bytes]:
        """All rows in a format (`ports.result_formats`), in pieces, as they are read.

        Raises UnknownNameError.
        """

    def write(self, path: Path, format_name: str | None = None) -> None:
        """A file in a format, or in the one that its name says; all of it or nothing.

        Raises UnknownNameError, RequestError, OutputError.
        """

    @property
    def seconds(self) -> float:
        """How long it took so far: in all, when every row is read."""
        return time.monotonic() - self.began

    def stop(self) -> None:
        """Make whoever reads in another thread fail soon."""

    def close(self) -> None:
        """Stop what still goes on, and free everything."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class QueryEngine(Protocol):
    """Answers queries in the SQL of its own dialect."""

    dialect: str
    """The name of that dialect."""

    def __call__(
        self,
        statement: Statement,
        tables: Mapping[str, TableSource],
        *,
        schema: str,
        limit: int | None = None,
        seconds: float | None = None,
    ) -> Answer:
        """What one statement says of tables, the only ones that it may read.

        schema   a further name by which the tables are reached: `schema.table`
        limit    the most rows to read
        seconds  how long it may take in all

        Raises SqlError, or RequestError for statements that are not allowed.
        """

    def change(
        self,
        script: Sequence[ScriptPart],  # noqa: ARG002
        copy: Path,  # noqa: ARG002
        origin: CopyOf,  # noqa: ARG002
        *,
        limit: int | None = None,  # noqa: ARG002
        seconds: float | None = None,  # noqa: ARG002
    ) -> Answer:
        """Run a script on a copy of a run's tables, all of it or nothing.

        copy  the file, which is made where there is none

        The answer has the rows of the script's last query; where there is none, what each statement has
        changed. Raises SqlError, QueryError, OutputError, RequestError, also for a file of somebody else.
        """
        raise RequestError("this query engine changes no tables")
