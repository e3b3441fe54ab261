"""A DuckDB database file.

DuckDB checks references row by row while they come in, and cannot be told to wait. So tables are filled in
the plan's order, and a reference that cannot hold while its table is loaded (in a cycle, or to the table
itself) is not declared; a warning says so.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from dw_simulator.adapters.warehouses.owned import Execute, Owned, counted, relations, whole
from dw_simulator.errors import RequestError, RunAbortedError, WarehouseError
from dw_simulator.ports.answers import Attached
from dw_simulator.ports.sandbox import sandboxed
from dw_simulator.ports.tabular import Cell
from dw_simulator.ports.warehouse import (
    OWN_TABLE,
    Filling,
    FoundTables,
    Loaded,
    LoadTask,
    Warehouse,
    WarehouseQuery,
)
from dw_simulator.schema.model import ForeignKey
from dw_simulator.schema.quoting import quoted_name, quoted_text

_SCHEME = "duckdb://"
_DATABASE = "_dw_sim_file"
_EXTENSIONS = frozenset({"INET"})
"""Types of extensions, which DuckDB would fetch from somewhere."""


class DuckDbWarehouse(Warehouse):
    """`duckdb:///absolute/path.duckdb`, or `duckdb://relative/path.duckdb`; the file is made if need be."""

    dialect = "duckdb"

    def __init__(self, url: str) -> None:
        path = Path(url.removeprefix(_SCHEME)).expanduser()
        if not url.startswith(_SCHEME) or not path.name:
            raise RequestError(f"{url} names no DuckDB file; write duckdb:///path/to/file.duckdb")
        self.path = path.absolute()
        self.place = f"{_SCHEME}{self.path}"

    def check(self, task: LoadTask) -> list[str]:
        if self.path.exists():
            with self._open() as connection:
                owned = _owned(_execute(connection), task.schema, task.owner)
                owned.refuse_others(_execute(connection), self.place, task.rows)
        return list(task.ddl(schema=task.schema, but=_cannot_wait(task)).warnings)

    def lacks(self, types: Collection[str]) -> Collection[str]:
        return {*types} & _EXTENSIONS

    def fill(self, task: LoadTask) -> "DuckDbFilling":
        return DuckDbFilling(self, task)

    @contextmanager
    def answer(self, asked: WarehouseQuery) -> Iterator[FoundTables]:
        if not self.path.exists():
            raise WarehouseError(f"{self.place}: there is no such file; load the experiment again")
        with self._open(read_only=True) as connection:
            tables = _owned(_execute(connection), asked.schema, asked.owner).tables
        found = {name: Attached(str(self.path), asked.schema) for name in tables}
        yield FoundTables(asked.translate(asked.sql), found)

    def empty(self, schema: str, owner: str = "") -> list[str]:
        """Tables are made anew as they were: DuckDB does not delete what was referenced in a transaction."""
        with self._existing() as connection:
            execute = _execute(connection)
            owned = _owned(execute, schema, owner)
            made = "SELECT sql FROM duckdb_tables() WHERE database_name = current_database() "
            statements = []
            for name in owned.tables:
                where = f"AND schema_name = {quoted_text(schema)} AND table_name = {quoted_text(name)}"
                statements += [str(row[0]) for row in execute(made + where)]
            self._drop(execute, owned)
            for statement in statements:
                execute(statement)
            if owned.tables:
                execute(f"UPDATE {quoted_name(schema, OWN_TABLE)} SET row_count = 0")
        return list(owned.tables)

    def drop(self, schema: str, owner: str = "") -> list[str]:
        with self._existing() as connection:
            execute = _execute(connection)
            owned = _owned(execute, schema, owner)
            self._drop(execute, owned)
            if owned.tables:
                execute(f"DROP TABLE {quoted_name(schema, OWN_TABLE)}")
                if owned.made_schema and not relations(execute, schema, str.lower):
                    execute(f"DROP SCHEMA {quoted_name(schema)}")
        return list(owned.tables)

    @staticmethod
    def _drop(execute: Execute, owned: Owned) -> None:
        for name in reversed(owned.tables):
            execute(f"DROP TABLE IF EXISTS {quoted_name(owned.schema, name)}")

    @contextmanager
    def _existing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A transaction; in memory where there is no file yet, so that none is made."""
        with self._open(None if self.path.exists() else ":memory:") as connection:
            connection.begin()
            yield connection
            with self.explained():
                connection.commit()

    @contextmanager
    def _open(
        self, place: str | None = None, *, read_only: bool = False
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        with self.explained():
            connection = self.connect(place, read_only=read_only)
            try:
                yield connection
            finally:
                connection.close()

    def connect(self, place: str | None = None, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        """Open the file."""
        # batches are read by the name of the variable that holds them
        connection = duckdb.connect(":memory:", config=sandboxed(python_enable_replacements=True))
        try:
            # under a name of its own: by the file's, a schema of that name could not be told from it
            if place is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                options = " (READ_ONLY)" if read_only else ""
                connection.execute(f"ATTACH {quoted_text(str(self.path))} AS {_DATABASE}{options}")
                connection.execute(f"USE {_DATABASE}")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def explained(self) -> Iterator[None]:
        """DuckDB's errors in this project's words."""
        try:
            yield
        except (duckdb.Error, OSError, RuntimeError) as error:
            if "interrupt" in str(error).lower():  # Ctrl-C, which DuckDB takes for itself
                raise RunAbortedError("interrupted; the tables are as they were") from None
            raise WarehouseError(f"{self.place}: {_reason(error)}; the tables are as they were") from error


class DuckDbFilling(Filling):
    """One transaction."""

    def __init__(self, warehouse: DuckDbWarehouse, load: LoadTask) -> None:
        self._warehouse, self._load = warehouse, load
        self._ddl = load.ddl(schema=load.schema, but=_cannot_wait(load))
        self._warnings = list(self._ddl.warnings)

    def __enter__(self) -> Self:
        with self._warehouse.explained():
            self._connection = self._warehouse.connect()
            self._execute = _execute(self._connection)
            try:
                self._begin()
            except BaseException:
                self._end()
                raise
        return self

    def _begin(self) -> None:
        load, execute = self._load, self._execute
        # rows keep their order, and several cores read
        execute("BEGIN")
        self._owned = _owned(execute, load.schema, load.owner)
        self._owned.refuse_others(execute, self._warehouse.place, load.rows)
        self._warehouse._drop(execute, self._owned)
        execute(f"CREATE SCHEMA IF NOT EXISTS {quoted_name(load.schema)}")
        for statement in self._ddl.tables:
            execute(statement)

    def append(self, table: str, batches: pa.RecordBatchReader) -> int:  # noqa: ARG002 - the statement names it
        # by the name of a variable: to register them would write to a second database in this transaction
        with self._warehouse.explained():
            insert = self._insertion(table, "batches")
            # here, as DuckDB looks for the variable in the frame that it is called from
            return whole(self._connection.execute(insert).fetchall()[0][0])

    def append_files(self, table: str, files: Sequence[str]) -> bool:
        with self._warehouse.explained():
            for file in files:
                self._load.check()
                self._execute(
                    self._insertion(
                        table, f"read_parquet({quoted_text(_unglobbed(file))}, hive_partitioning = false)"
                    )
                )
        return True

    def _insertion(self, table: str, source: str) -> str:
        return f"INSERT INTO {quoted_name(self._load.schema, table)} BY NAME SELECT * FROM {source}"

    def finish(self) -> Loaded:
        with self._warehouse.explained():
            for statement in self._ddl.late:
                self._execute(statement)
            counts = counted(self._execute, self._load.schema, self._load, self._warehouse.place)
            self._owned.record(self._load, self._execute)
            self._execute("COMMIT")
        return Loaded(counts, "INSERT of Arrow batches or Parquet files", self._warnings)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        with suppress(duckdb.Error):
            self._connection.rollback()
        self._connection.close()


def _owned(execute: Execute, schema: str, owner: str) -> Owned:
    """To DuckDB names in other letter case are the same."""
    return Owned.of(execute, schema, owner, str.lower)


def _execute(connection: duckdb.DuckDBPyConnection) -> Execute:
    def execute(statement: str) -> Sequence[Sequence[Cell]]:
        return connection.execute(statement).fetchall()

    return execute


def _cannot_wait(load: LoadTask) -> list[tuple[str, ForeignKey]]:
    own = [
        (table.name, reference)
        for table in load.experiment.tables
        for reference in table.references
        if reference.references_table == table.name
    ]
    return [*own, *((later.table, later.reference) for later in load.order.later)]


def _unglobbed(file: str) -> str:
    """A path in which no character is a pattern's."""
    return re.sub(r"([*?\[])", r"[\1]", file)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    first = str(error).splitlines()[0]
    if "lock" in first and isinstance(error, duckdb.IOException):
        return "another program has the file open; close it there, and try again"
    return first
