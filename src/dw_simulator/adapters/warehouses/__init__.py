"""Databases that an experiment's tables are loaded into: a schema for each experiment.

A load is one transaction, or acts as one: until `finish` returns, whoever looks sees the former tables. What
this program has made is written down in the database itself, in the table `_dw_sim` of the schema, so that
nothing else is ever replaced, emptied or dropped.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Protocol, Self

from dw_simulator.loading import Asked, Load, Loaded

__all__ = ["OWN_TABLE", "Asked", "Filling", "Load", "Loaded", "Warehouse"]

OWN_TABLE = "_dw_sim"


def found_by(batches: Any) -> tuple[str, Mapping[str, Any]]:
    """What a warehouse has found itself, for the engine to hand on."""
    return "FROM answer", {"answer": batches}


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
