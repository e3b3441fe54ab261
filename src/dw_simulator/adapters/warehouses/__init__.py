"""Databases that an experiment's tables are loaded into: an experiment, a schema.

A load is one transaction, or acts as one: until `finish` returns, whoever looks sees the former tables. What
this program has made is written down in the database itself, in the table `_dw_sim` of the schema, so that
nothing else is ever replaced, emptied or dropped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

from dw_simulator.engine.planning import LoadOrder
from dw_simulator.model import Experiment

OWN_TABLE = "_dw_sim"


@dataclass(frozen=True)
class Load:
    """What is to be loaded.

    schema    the schema's name, which is the experiment's
    ddl       its tables as statements, as `plugins.dialects.Dialect.write` gives them: takes `schema` and
              `keys_late`. CHECKs are left out, as generation does not follow them
    order     of tables, parents before children
    rows      that each table must have in the end
    run_id    written down beside the tables
    check     called now and then; raises RunAbortedError when it is time to stop
    """

    experiment: Experiment
    schema: str
    ddl: Callable[..., Any]
    order: LoadOrder
    rows: Mapping[str, int]
    run_id: int | None = None
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


class Filling(Protocol):
    """A load that goes on. Leaving the `with` block without `finish` undoes it."""

    def append(self, table: str, batches: Any) -> int:
        """Append a pyarrow.RecordBatchReader to a table; returns how many rows that were.

        One call at a time.
        """

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

    def empty(self, schema: str) -> list[str]:
        """Empty the tables that this program has made in a schema, all or none; returns their names."""

    def drop(self, schema: str) -> list[str]:
        """Drop the tables that this program has made in a schema; the schema, too, if it is empty then."""
