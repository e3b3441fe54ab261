"""A warehouse that tables are loaded into: what it is asked, and what it answers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from dw_simulator.ports.answers import TableSource
from dw_simulator.ports.dialect import WrittenDdl
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.ports.statement import Statement
from dw_simulator.schema.model import Experiment, ForeignKey

if TYPE_CHECKING:
    import pyarrow as pa


class DdlOfTask(Protocol):
    """The tables of a load as statements of the warehouse's dialect: `Dialect.write`, with its options."""

    def __call__(
        self,
        *,
        schema: str | None = None,
        keys_late: bool = False,
        but: Collection[tuple[str, ForeignKey]] = (),
    ) -> WrittenDdl: ...


@dataclass(frozen=True)
class LoadTask:
    """What is to be loaded.

    schema  the schema's name, which is the experiment's where its tables name no other
    ddl     its tables as statements. CHECKs are left out, as not every CHECK can be followed
    order   of tables, parents before children
    rows    that each table must have in the end
    run_id  written down beside the tables
    owner   tells the experiment from others of its name, of other stores say
    check   called now and then; raises RunAbortedError when it is time to stop
    names   of the tables there, by those that they have for the run, where these differ
    unsaid  what could not be declared, in lines for the user
    """

    experiment: Experiment
    schema: str
    ddl: DdlOfTask
    order: LoadOrder
    rows: Mapping[str, int]
    run_id: int | None = None
    owner: str = ""
    check: Callable[[], None] = lambda: None
    names: Mapping[str, str] = field(default_factory=dict)
    unsaid: Sequence[str] = ()

    def called(self, table: str) -> str:
        """What a table of the run is called there."""
        return self.names.get(table, table)


@dataclass
class Loaded:
    """What a load has made.

    counts    rows of each table, as the database itself counts them
    how       in what way the rows came in, in a few words: "binary COPY", "PUT and COPY INTO", ...
    warnings  what the warehouse cannot hold or enforce
    """

    counts: Mapping[str, int]
    how: str
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LoadSummary:
    """What a load has made.

    place    the warehouse's URL, without its password
    how      in what way the rows came in
    seconds  how long it took
    """

    run_id: int
    experiment: str
    place: str
    schema: str
    row_counts: Mapping[str, int]
    how: str
    seconds: float
    warnings: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return sum(self.row_counts.values())


@dataclass(frozen=True)
class WarehouseQuery:
    """A statement for a warehouse that an experiment was loaded into.

    schema     where unqualified names are looked for
    owner      as in `LoadTask`
    dialect    that the SQL is written in
    translate  from there to the warehouse's own
    stage      the address that COPY and UNLOAD are bounded to; none where it is empty
    seconds    how long it may take
    limit      the most rows that are wanted
    """

    sql: str
    schema: str
    owner: str
    dialect: str
    translate: Callable[[str], Statement]
    stage: str = ""
    seconds: float | None = None
    limit: int | None = None


OWN_TABLE = "_dw_sim"
"""The table in which a schema's loads are written down."""


class Filling(Protocol):
    """A load that goes on. Leaving the `with` block without `finish` undoes it. One call at a time.

    Every method raises WarehouseError where the database refuses.
    """

    def append(self, table: str, batches: "pa.RecordBatchReader") -> int:
        """Append rows to a table; returns how many that were."""

    def append_files(self, table: str, files: Sequence[str]) -> bool:
        """Append local Parquet files, where the warehouse reads them itself; False where it does not."""

    def finish(self) -> Loaded:
        """Add what is still to be enforced, count the rows, and show the tables, all of them at once.

        Raises WarehouseError where a constraint does not hold or a count is wrong.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class FoundTables(NamedTuple):
    """What an embedded engine is to answer for a warehouse: a query over tables that it can read.

    That is the query itself where the engine reads the warehouse's tables, else one over what it has found.
    """

    statement: Statement
    tables: Mapping[str, TableSource]


class Warehouse(Protocol):
    """A database, by its URL. Nothing is opened before it is needed, and everything is closed again.

    Every method raises WarehouseError where the database cannot be reached or refuses.
    """

    place: str
    """The URL without its password, as messages and records show it."""

    dialect: str
    """The name of the dialect whose DDL it takes."""

    def check(self, task: LoadTask) -> list[str]:
        """Raise before anything is written: unreachable, tables of others in the way. Returns warnings."""

    def lacks(self, types: Collection[str]) -> Collection[str]:  # noqa: ARG002 - most have what they name
        """Which of some types it has not, as they belong to an extension that is not there."""
        return ()

    def fill(self, task: LoadTask) -> Filling:
        """Begin a load."""

    def answer(self, asked: WarehouseQuery) -> AbstractContextManager[FoundTables]:
        """What answers a query, as long as the block lasts.

        Nothing is changed by it, and nothing but the schema's tables is read.

        Raises SqlError, RequestError for what is no SELECT, and QueryError where it fails.
        """

    def empty(self, schema: str, owner: str = "") -> list[str]:
        """Empty the tables that this program has made in a schema, all or none; returns their names."""

    def drop(self, schema: str, owner: str = "") -> list[str]:
        """Drop the tables that this program has made in a schema; the schema, too, if it is empty then."""


class WarehouseClass(Protocol):
    """What is registered for a scheme: it makes the warehouse of a URL.

    Raises RequestError for a URL that cannot be one of its own.
    """

    def __call__(self, url: str, /) -> Warehouse: ...
