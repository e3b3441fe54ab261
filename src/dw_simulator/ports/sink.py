"""Where batches go. A sink publishes all parts at once or none, and can take them back for a while."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from dw_simulator.errors import RequestError
from dw_simulator.ports.manifest import ColumnFacts, Manifest, PartEntry
from dw_simulator.ports.plan import Part, Plan, TablePlan
from dw_simulator.ports.tabular import Row, TypedColumn
from dw_simulator.ports.warehouse import LoadTask, Warehouse

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset


@dataclass(frozen=True)
class Receipt:
    """What was written of a part.

    path      relative to the sink's place; empty where the part is no file
    rows      how many
    bytes     the file's size; for rows of a database, what they took in memory
    checksum  "sha256:..." of the file; empty where the part is none
    facts     of every column, by its name
    """

    part: Part
    path: str
    rows: int
    bytes: int
    checksum: str = ""
    facts: Mapping[str, ColumnFacts] = field(default_factory=dict)


class OpenPart(Protocol):
    """One part being written. After `close` or `discard` nothing more is asked of it."""

    def write(self, batch: "pa.RecordBatch") -> None:
        """Append rows, in the types of `arrow.Converter`. Raises OutputError."""

    def close(self) -> Receipt:
        """Finish the part. Raises OutputError."""

    def discard(self) -> None:
        """Leave it, as it will not be published."""


class PublishedFiles(Protocol):
    """The files that a run has published, to be checked and read again.

    Columns are those of the table, in order. Reading raises OutputError where a file cannot be read, and
    RequestError where it is not what the manifest says.
    """

    root: Path | str
    """Where they lie, as messages show it."""

    @abstractmethod
    def manifest(self) -> Manifest:
        """What is published here. Raises RequestError where nothing is."""

    @abstractmethod
    def problem_with(self, entry: PartEntry) -> str | None:
        """What is wrong with a file's size or checksum, in words that follow its name; None for nothing."""

    @abstractmethod
    def file_of(self, table: str, number: int) -> str:
        """Where a part of a table lies, below the root. Parts count from 0."""

    @abstractmethod
    def is_file_of(self, file: str, table: str, number: int) -> bool:
        """Whether a part of a table may lie there."""

    @abstractmethod
    def files_of(self, table: str) -> list[str]:
        """Whatever lies in a table's directory, below the root, in order."""

    @abstractmethod
    def content(self, file: str) -> bytes | None:
        """The content of a file beside the tables, below the root; None where it is not there."""

    def local_file(self, entry: PartEntry) -> str | None:  # noqa: ARG002 - it has none
        """The path of a Parquet file, for programs that read such files themselves; None for no path."""
        return None

    @abstractmethod
    def dataset(
        self, entries: Sequence[PartEntry], columns: Sequence[TypedColumn]
    ) -> "pyarrow.dataset.Dataset":
        """Parquet files that have no local path, for programs that read Arrow."""

    @abstractmethod
    def reader(self, entry: PartEntry, columns: Sequence[TypedColumn]) -> "pa.RecordBatchReader":
        """A part in bounded memory, in types that `arrow.plain_type` gives."""

    @abstractmethod
    def rows(self, entry: PartEntry, columns: Sequence[TypedColumn], start: int, stop: int) -> list[Row]:
        """The rows from start to stop of a part, counted from the table's first row."""

    @abstractmethod
    def facts(
        self, entry: PartEntry, columns: Sequence[TypedColumn], *, sums: bool
    ) -> tuple[int, Mapping[str, ColumnFacts]]:
        """How many rows a part has, and the facts of its columns, as its file says.

        sums  read the values, too, and add them up
        """


class Sink(Protocol):
    """A place for the parts of a plan. Sinks can be pickled: workers open parts in other processes.

    A sink is made as Sink(place, compression, origin, token, format) (`SinkClass`), and registered by the
    scheme of its URL. `place` is that URL, a `pathlib.Path` for the scheme `file`.

    `check`, `prepare`, then parts in any order, then `publish` and, once the run is recorded, `tidy`.
    At any time `abort`, which leaves nothing of the run behind, its publication included; or, for a run
    whose process died, `take_back`, which hides what it published and keeps its finished parts.

    Inherit it: what has a body here is what most sinks answer. Every method may raise OutputError.
    """

    formats: ClassVar[Sequence[str]] = ()
    """The names of the formats that it can write, its default first; empty for all that are registered."""

    root: Path | str
    """Its place, as messages show it; without password."""

    token: str
    """Of the run it belongs to; empty for one that only reads."""

    warehouse: Warehouse | None = None
    """The database whose tables it fills, one after another, from this process; None for any other sink."""

    @abstractmethod
    def check(self, plan: Plan) -> None:
        """Raise RequestError when the plan cannot be written here. Writes nothing."""

    @abstractmethod
    def prepare(self, plan: Plan) -> list[Receipt]:
        """Get ready; returns the receipts of the parts that an interrupted run has left in good order."""

    @abstractmethod
    def open(self, table: TablePlan, part: Part) -> OpenPart:
        """Begin a part, beside others that may be open. Called from any thread or process."""

    @abstractmethod
    def left_behind(self, plan: Plan) -> list[str]:
        """The tables of the run before that this one will not replace."""

    @abstractmethod
    def alone(self, check: Callable[[], None]) -> AbstractContextManager[None]:
        """Wait until no other run publishes here, calling `check` meanwhile, and keep others out."""

    @abstractmethod
    def publish(
        self, plan: Plan, receipts: Sequence[Receipt], manifest: Manifest, extras: Mapping[str, bytes]
    ) -> dict[str, list[str]]:
        """Show every part and the manifest at once; returns the published files of each table.

        extras  the contents of other files that appear together with them, by their places below `load/`
        """

    @abstractmethod
    def tidy(self) -> bool:
        """Forget what it would take to take the publication back; returns whether nothing of that is left."""

    @abstractmethod
    def take_back(self) -> None:
        """Hide what was published, as it was before; keep the finished parts."""

    @abstractmethod
    def let_go(self) -> None:
        """Leave everything as it is, for whoever looks next."""

    @abstractmethod
    def abort(self) -> None:
        """Leave nothing of the run, its publication included."""

    def describe(self, task: LoadTask) -> None:
        """What the tables are: told to a sink with a warehouse before anything else."""
        assert self.warehouse is None, f"{self.root} would fill the tables of {task.schema}"

    def add(self, manifest: Manifest, extras: Mapping[str, bytes]) -> None:  # noqa: ARG002
        """Show more files beside what is published here, or replace those of the same places.

        manifest  what is published; with them it is written first, so that they are known wherever this ends
        extras    as in `publish`

        Raises RequestError where that cannot be, or would replace what no run has written.
        """
        raise RequestError(f"{self.root}: nothing can be added to what is published there")

    def files(self) -> PublishedFiles:
        """What was published here, to be read again. Raises RequestError for what is no files."""
        raise RequestError(f"{self.root}: there are no files that could be read again")


class SinkClass(Protocol):
    """What is registered for a scheme: it makes the sink of a place.

    compression  one of the format's
    origin       the digest of all that the files' bytes depend on: only parts of the same are gone on with
    token        of the run; a run that goes on with another's parts has the same
    format       its name
    """

    formats: ClassVar[Sequence[str]]

    def __call__(
        self,
        place: Path | str,
        compression: str,
        origin: str,
        token: str,
        format: str,  # noqa: A002 - as all sinks have it
        /,
    ) -> Sink: ...
