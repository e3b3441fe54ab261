"""A part on its way into a stream, and a part read again: the same wherever the files lie."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pydantic import TypeAdapter

from dw_simulator.adapters.column_facts import Typed
from dw_simulator.adapters.formats import format_of
from dw_simulator.arrow import plain_type
from dw_simulator.errors import RequestError
from dw_simulator.ports.manifest import ColumnFacts, PartEntry
from dw_simulator.ports.plan import PART_ROWS, Plan, TablePlan
from dw_simulator.ports.sink import PublishedFiles, Receipt, Sink

_MOST_PARTS = 99_999
RECEIPT = TypeAdapter(Receipt)
"""How receipts are kept beside the parts, for whoever goes on with a run."""


@dataclass(frozen=True)
class Written:
    """What has gone into a file."""

    rows: int
    bytes: int
    checksum: str
    facts: Mapping[str, ColumnFacts]


class Measured:
    """A stream that counts and hashes what it passes on, so that nothing has to be read back."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._hash, self.bytes = stream, hashlib.sha256(), 0

    def write(self, data: Any) -> int:
        """Pass on some bytes."""
        self._hash.update(data)
        self._stream.write(data)
        self.bytes += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held here."""

    @property
    def closed(self) -> bool:
        return bool(self._stream.closed)

    def close(self) -> None:
        """Close the stream itself; what it still holds is written then."""
        self._stream.close()

    @property
    def checksum(self) -> str:
        """As receipts and manifests write it."""
        return f"sha256:{self._hash.hexdigest()}"


class PartWriter:
    """One part being written.

    stream     where its bytes go
    explained  puts what goes wrong there in this project's words
    keep       counts the file among the finished parts
    drop       removes what was written of it
    """

    def __init__(
        self,
        stream: Measured,
        encoder: Any,
        explained: Callable[[], AbstractContextManager[None]],
        keep: Callable[[Written], Receipt],
        drop: Callable[[], None],
    ) -> None:
        self._stream, self._encoder, self._explained = stream, encoder, explained
        self._keep, self._drop, self._rows = keep, drop, 0

    def write(self, batch: Any) -> None:
        with self._explained():
            self._encoder.write(batch)
        self._rows += batch.num_rows

    def close(self) -> Receipt:
        with self._explained():
            facts = self._encoder.close()
            self._stream.close()
        return self._keep(Written(self._rows, self._stream.bytes, self._stream.checksum, facts))

    def discard(self) -> None:
        self._encoder.discard()
        with suppress(OSError, ValueError):  # the error that led here is the one to tell
            self._stream.close()
        self._drop()


class FileSink(Sink, PublishedFiles):
    """What sinks of files have in common: their parts are files of a format, which can be read again."""

    compression: str
    format: str

    def files(self) -> PublishedFiles:
        return self

    def opened(self, file: str) -> AbstractContextManager[Any]:
        """A published file as a pyarrow.NativeFile that can seek, with what goes wrong there explained."""
        raise NotImplementedError

    @property
    def suffix(self) -> str:
        """How the names of its files end, without the leading dot."""
        return format_of(self.format).suffix(self.compression)

    def encoder(self, stream: Measured, table: TablePlan) -> Any:
        """What writes a part of a table into a stream."""
        return format_of(self.format).encoder(stream, table, self.compression)

    def batches(self, entry: PartEntry, columns: Sequence[Typed]) -> Iterator[Any]:
        """A published part as pyarrow.RecordBatches in bounded memory, in types that `plain_type` gives."""
        with self.opened(entry.file) as file:
            yield from format_of(self.format).batches(file, columns, self.compression)

    def reader(self, entry: PartEntry, columns: Sequence[Typed]) -> Any:
        """The same as a pyarrow.RecordBatchReader."""
        schema = pa.schema([(column.name, plain_type(column.type)) for column in columns])
        return pa.RecordBatchReader.from_batches(schema, self.batches(entry, columns))

    def dataset(self, entries: Sequence[PartEntry], columns: Sequence[Typed]) -> Any:
        """Published Parquet files as a pyarrow.dataset, for programs that cannot open them themselves."""
        raise NotImplementedError

    def rows(self, entry: PartEntry, columns: Sequence[Typed], start: int, stop: int) -> list[dict[str, Any]]:
        """Rows of a published part as plain Python values, counted from the table's first row."""
        span = (start - entry.start, stop - entry.start)
        with self.opened(entry.file) as file:
            return format_of(self.format).rows(file, columns, self.compression, span)

    def facts(
        self, entry: PartEntry, columns: Sequence[Typed], *, sums: bool
    ) -> tuple[int, Mapping[str, ColumnFacts]]:
        """How many rows a published part has, and the facts of its columns, read from the file.

        sums  read the values, too, and add them up
        """
        with self.opened(entry.file) as file:
            return format_of(self.format).facts(file, columns, self.compression, sums=sums)


def check_plan(plan: Plan, format_: str) -> None:
    """Raise RequestError for what files of a format cannot hold."""
    for table in plan.tables:
        if problem := format_of(format_).problem_with(table):
            raise RequestError(f"{table.name}: {problem}")
        if table.rows > _MOST_PARTS * PART_ROWS:
            raise RequestError(
                f"{table.name}: {table.rows:,} rows are more than files can hold; lower the rows"
            )


def files_by_table(plan: Plan, receipts: Sequence[Receipt], root: str) -> dict[str, list[str]]:
    """Where the files of each table are published, in the order of their rows."""
    files: dict[str, list[str]] = {table.name: [] for table in plan.tables}
    for receipt in sorted(receipts, key=lambda receipt: receipt.part.number):
        files[receipt.part.table].append(f"{root}/{receipt.path}")
    return files
