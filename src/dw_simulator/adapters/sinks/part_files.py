"""A part on its way into a stream, and a part read again: the same wherever the files lie."""

import hashlib
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from pydantic import TypeAdapter

from dw_simulator.adapters.formats import format_of
from dw_simulator.arrow import plain_schema
from dw_simulator.errors import RequestError
from dw_simulator.ports.digests import checksum
from dw_simulator.ports.format import ByteSink, Encoder
from dw_simulator.ports.manifest import ColumnFacts, Manifest, PartEntry
from dw_simulator.ports.plan import PART_ROWS, Part, Plan, TablePlan
from dw_simulator.ports.sink import OpenPart, PublishedFiles, Receipt, Sink
from dw_simulator.ports.tabular import Row, TypedColumn

if TYPE_CHECKING:
    import pyarrow.dataset  # which imports pandas where that is installed: a quarter of a second

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

    def receipt(self, part: Part, file: str) -> Receipt:
        """The receipt of a part that lies there, below the sink's place."""
        return Receipt(part, file, self.rows, self.bytes, self.checksum, self.facts)


class MeasuredStream(ByteSink):
    """A stream that counts and hashes what it passes on, so that nothing has to be read back."""

    def __init__(self, stream: pa.NativeFile) -> None:
        self._stream, self._hash, self.bytes = stream, hashlib.sha256(), 0

    def write(self, data: bytes | pa.Buffer) -> int:
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


class PartWriter(OpenPart):
    """One part being written.

    stream     where its bytes go
    explained  puts what goes wrong there in this project's words
    keep       counts the file among the finished parts
    drop       removes what was written of it
    """

    def __init__(
        self,
        stream: MeasuredStream,
        encoder: Encoder,
        explained: Callable[[], AbstractContextManager[None]],
        keep: Callable[[Written], Receipt],
        drop: Callable[[], None],
    ) -> None:
        self._stream, self._encoder, self._explained = stream, encoder, explained
        self._keep, self._drop, self._rows = keep, drop, 0

    def write(self, batch: pa.RecordBatch) -> None:
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

    @abstractmethod
    def opened(self, file: str) -> AbstractContextManager[pa.NativeFile]:
        """A published file, open for reading, with what goes wrong there explained.

        It can seek where the format says that it `seeks`.
        """

    @property
    def suffix(self) -> str:
        """How the names of its files end, without the leading dot."""
        return format_of(self.format).suffix(self.compression)

    @property
    def scannable(self) -> bool:
        """Whether other programs read its files themselves."""
        return format_of(self.format).scannable

    def encoder(self, stream: MeasuredStream, table: TablePlan) -> Encoder:
        """What writes a part of a table into a stream."""
        return format_of(self.format).encoder(stream, table, self.compression)

    def batches(self, entry: PartEntry, columns: Sequence[TypedColumn]) -> Iterator[pa.RecordBatch]:
        """A published part in bounded memory, in types that `plain_type` gives."""
        with self.opened(entry.file) as file:
            yield from format_of(self.format).batches(file, columns, self.compression)

    def reader(self, entry: PartEntry, columns: Sequence[TypedColumn]) -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(plain_schema(columns), self.batches(entry, columns))

    def dataset(
        self,
        entries: Sequence[PartEntry],  # noqa: ARG002
        columns: Sequence[TypedColumn],  # noqa: ARG002
    ) -> "pyarrow.dataset.Dataset":
        raise RequestError(f"{self.root}: its files cannot be read by another program")

    def rows(self, entry: PartEntry, columns: Sequence[TypedColumn], start: int, stop: int) -> list[Row]:
        span = (start - entry.start, stop - entry.start)
        with self.opened(entry.file) as file:
            return format_of(self.format).rows(file, columns, self.compression, span)

    def facts(
        self, entry: PartEntry, columns: Sequence[TypedColumn], *, sums: bool
    ) -> tuple[int, Mapping[str, ColumnFacts]]:
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


def files_named(document: Manifest | None) -> set[str]:
    """The parts that a manifest names; none where there is no manifest."""
    return {part.file for entry in document.tables for part in entry.parts} if document else set()


def tables_left(former: Manifest | None, plan: Plan) -> list[str]:
    """The tables of the run before, of another experiment say, that a run of this plan does not replace."""
    names = {entry.name for entry in former.tables} if former else set()
    return sorted(names - {table.name for table in plan.tables})


def problem_of(entry: PartEntry, size: int, checksum: Callable[[], str]) -> str | None:
    """How a file differs from its entry in the manifest, its size first; None where it does not."""
    if size != entry.bytes:
        return f"has {size:,} bytes, not {entry.bytes:,}"
    if checksum() != entry.checksum:
        return "has changed: its checksum is not that of the manifest"
    return None


def check_added(
    manifest: Manifest, extras: Mapping[str, bytes], content: Callable[[str], bytes | None]
) -> None:
    """Raise RequestError where a file that is to be added would replace what no run has written."""
    for file in extras:
        found, known = content(file), manifest.extras.get(file)
        if found is not None and (known is None or checksum(found) != known):
            raise RequestError(f"{file} was written or changed by someone else; move it away")
