"""A warehouse that tables are loaded into: what it is asked, and what it answers."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

from dw_simulator.ports.plan import LoadOrder
from dw_simulator.schema.model import Experiment


@dataclass(frozen=True)
class Load:
    """What is to be loaded.

    schema  the schema's name, which is the experiment's
    ddl     its tables as statements, as `plugins.dialects.Dialect.write` gives them, with its options. CHECKs
            are left out, as not every CHECK can be followed
    order   of tables, parents before children
    rows    that each table must have in the end
    run_id  written down beside the tables
    owner   tells the experiment from others of its name, of other stores say
    check   called now and then; raises RunAbortedError when it is time to stop
    """

    experiment: Experiment
    schema: str
    ddl: Callable[..., Any]
    order: LoadOrder
    rows: Mapping[str, int]
    run_id: int | None = None
    owner: str = ""
    check: Callable[[], None] = lambda: None


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
    """What a load has made. how: in what way the rows came in; place: the warehouse's URL, no password."""

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
class Asked:
    """A statement for a warehouse that an experiment was loaded into.

    schema     where unqualified names are looked for
    owner      as in `Load`
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
    translate: Callable[[str], str]
    stage: str = ""
    seconds: float | None = None
    limit: int | None = None


OWN_TABLE = "_dw_sim"


class Filling(Protocol):
    """A load that goes on. Leaving the `with` block without `finish` undoes it. One call at a time."""

    def append(self, table: str, batches: Any) -> int:
        """Append a pyarrow.RecordBatchReader to a table; returns how many rows that were."""

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


class Warehouse(Protocol):
    """A database, by its URL. Nothing is opened before it is needed, and everything is closed again.

    Every method raises WarehouseError where the database cannot be reached or refuses.
    """

    place: str
    """The URL without its password, as messages and records show it."""

    dialect: str
    """The name of the dialect whose DDL it takes."""

    def __init__(self, url: str) -> None: ...

    def check(self, load: Load) -> list[str]:
        """Raise before anything is written: unreachable, tables of others in the way. Returns warnings."""

    def fill(self, load: Load) -> Filling: ...

    def answer(self, asked: Asked) -> AbstractContextManager[Any]:
        """A query and its tables for an embedded engine (`adapters.queries.Engine`) to answer.

        That is the query itself where the engine can read the tables, else what it found. Nothing is
        changed by it, and nothing but the schema's tables is read.

        Raises SqlError, RequestError for what is no SELECT, and QueryError where it fails.
        """

    def empty(self, schema: str, owner: str = "") -> list[str]:
        """Empty the tables that this program has made in a schema, all or none; returns their names."""

    def drop(self, schema: str, owner: str = "") -> list[str]:
        """Drop the tables that this program has made in a schema; the schema, too, if it is empty then."""
