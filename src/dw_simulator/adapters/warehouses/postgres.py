"""PostgreSQL, or whatever speaks its protocol and takes COPY from a client: the stand-in for Redshift.

A load is one transaction on one connection, so that whatever happens leaves the former tables. Tables are
made in a schema that only the transaction sees, filled by binary COPY, then given their keys and references
(which is faster than checking row by row, and asks for no order), counted, and moved to their place.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import adbc_driver_manager
import pyarrow as pa
from adbc_driver_manager.dbapi import Connection
from adbc_driver_postgresql import dbapi
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from dw_simulator.adapters.complaints.postgres_errors import query_error
from dw_simulator.adapters.warehouses import staging
from dw_simulator.adapters.warehouses.owned import Owned, counted, found_by
from dw_simulator.adapters.warehouses.postgres_copy import column_types, ingest
from dw_simulator.adapters.warehouses.postgres_query import numbers
from dw_simulator.adapters.warehouses.postgres_reader import Reader, shut_in
from dw_simulator.adapters.warehouses.s3_statements import CopyFromS3, UnloadToS3, statement
from dw_simulator.adapters.warehouses.staging import Stage
from dw_simulator.errors import RequestError, RunAbortedError, WarehouseError
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
from dw_simulator.schema.quoting import quoted_name, quoted_text

_LONGEST_NAME = 63
# how long a server may be silent, in libpq's words
_PATIENCE = {
    "connect_timeout": "10",
    "tcp_user_timeout": "30000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
_LOCK_SECONDS = 30
"""How long a statement waits for what others have locked."""
_SHOWN_SQL = re.compile(r"^LINE \d+: .*\n\s*\^\s*$|^Query was:[\s\S]*", re.MULTILINE)
_SHOWN = {"host", "port", "dbname", "user", "service"}


class PostgresWarehouse(Warehouse):
    """`postgresql://user:password@host:port/database`, with any of libpq's parameters."""

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url).set(drivername="postgresql")
        except (ArgumentError, ValueError):
            raise RequestError("the PostgreSQL URL cannot be read; write postgresql://user@host/db") from None
        parsed = parsed.set(query={**_PATIENCE, **parsed.query})
        self._url, self._uri = parsed, parsed.render_as_string(hide_password=False)
        self.place = _shown(parsed)

    def check(self, task: LoadTask) -> list[str]:
        for name in (task.schema, *task.rows):
            if len(name.encode()) > _LONGEST_NAME:
                raise RequestError(f"PostgreSQL cuts the name {name!r} to {_LONGEST_NAME} bytes; shorten it")
        with self._transaction() as execute:
            if "Redshift" in str(execute("SELECT version()")[0][0]):
                raise WarehouseError(
                    f"{self.place} is a Redshift, which takes no rows from a client; "
                    "put the files on S3 and use the COPY statements of the load pack"
                )
        with self._transaction() as execute:
            # what is whose and what is there, of one moment: another load may end between the two questions
            execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            Owned.of(execute, task.schema, task.owner).refuse_others(execute, self.place, task.rows)
        return list(task.ddl(schema=task.schema, keys_late=True).warnings)

    def lacks(self, types: Collection[str]) -> Collection[str]:
        listed = ", ".join(f"({quoted_text(name.lower())})" for name in types)
        with self._transaction() as execute:
            found = execute(f"SELECT name FROM (VALUES {listed}) v(name) WHERE to_regtype(name) IS NULL")
        absent = {str(name).upper() for (name,) in found}
        return absent | {"XML"} if "XML" in types and not self._reads_xml() else absent

    def _reads_xml(self) -> bool:
        """Whether the server was built with XML, whose type is there anyway."""
        try:
            with self._transaction() as execute:
                execute("SELECT '<a/>'::xml")
        except WarehouseError:
            return False
        return True

    def fill(self, task: LoadTask) -> "PostgresFilling":
        return PostgresFilling(self, task)

    def empty(self, schema: str, owner: str = "") -> list[str]:
        with self._transaction() as execute:
            owned = Owned.of(execute, schema, owner)
            if owned.tables:
                execute(f"TRUNCATE {_names(owned)}")
                execute(f"UPDATE {quoted_name(schema, OWN_TABLE)} SET row_count = 0")
        return list(owned.tables)

    def drop(self, schema: str, owner: str = "") -> list[str]:
        with self._transaction() as execute:
            owned = Owned.of(execute, schema, owner)
            if owned.tables:
                execute(f"DROP TABLE IF EXISTS {_names(owned)}, {quoted_name(schema, OWN_TABLE)}")
                if owned.made_schema:
                    _drop_empty(execute, schema)
        if owned.tables:
            # one that is kept, as others have given it something, reads nothing of ours any more
            with suppress(WarehouseError), self._transaction() as execute:
                self._reader(execute, owned).drop(execute, owned)
        return list(owned.tables)

    @contextmanager
    def answer(self, asked: WarehouseQuery) -> Iterator[FoundTables]:
        """A SELECT, or Redshift's COPY and UNLOAD, which are carried out here."""
        found = statement(asked.sql) if asked.dialect == "redshift" else None
        if isinstance(found, CopyFromS3):
            count = staging.copy(self, asked, found, Stage(asked.stage))
            yield found_by(pa.table({"copied": [count]}).to_reader())
        elif isinstance(found, UnloadToS3):
            with self._select(replace(asked, sql=found.select)) as batches:
                count, address = staging.unload(batches, found, Stage(asked.stage))
            yield found_by(pa.table({"unloaded": [count], "file": [address]}).to_reader())
        else:
            with self._select(asked) as batches:
                yield found_by(batches)

    @contextmanager
    def _select(self, asked: WarehouseQuery) -> Iterator[pa.RecordBatchReader]:
        asking = asked.translate(asked.sql)
        with self._reading(asked) as connection, connection.cursor() as cursor:
            try:
                cursor.execute(asking.sql)
                batches = numbers(cursor.fetch_record_batch(), lambda error: query_error(error, asking))
            except (adbc_driver_manager.Error, pa.ArrowException, OSError) as error:
                raise query_error(error, asking) from None
            yield batches

    @contextmanager
    def _reading(self, asked: WarehouseQuery) -> Iterator[Connection]:
        """A connection that reads the tables of an experiment for a time, and does nothing else."""
        with self._transaction() as execute:
            owned = Owned.of(execute, asked.schema, asked.owner)
            reader = self._reader(execute, owned)
            role = reader.name if reader.made(execute, owned) else ""
        with self.explained(), closing(self._connect_as(reader) if role else self.connect()) as connection:
            shut_in(Transaction(connection), asked.schema, role, asked.seconds)
            yield connection

    def _reader(self, execute: "Transaction", owned: Owned) -> Reader:
        secret = self._url.password or self._url.query.get("password") or ""
        return Reader.of(execute, owned, str(secret))

    def _connect_as(self, reader: Reader) -> Connection:
        """A connection of the reader's own; of the login where the server does not let the reader in."""
        query = {name: value for name, value in self._url.query.items() if name not in {"user", "password"}}
        url = self._url.set(username=reader.name, password=reader.password or None, query=query)
        try:
            made: Connection = dbapi.connect(url.render_as_string(hide_password=False), autocommit=False)
        except adbc_driver_manager.Error:
            return self.connect()
        return made

    def append(
        self, asked: WarehouseQuery, table: str, columns: Sequence[str], batches: pa.RecordBatchReader
    ) -> int:
        """Append rows to a table that this program has made, all or none; returns how many."""
        schema = asked.schema
        with self._transaction() as execute:
            if table not in Owned.of(execute, schema, asked.owner).tables:
                raise RequestError(f"{table} is no table of {schema} that this program has made")
            types = column_types(execute, schema, table)
            names = list(columns) or list(types)
            if len(names) != len(batches.schema) or not set(names) <= set(types):
                found = f"the files have {len(batches.schema)} columns"
                raise RequestError(f"{table} takes the columns {', '.join(types)}; {found}")
            named = pa.schema(map(pa.Field.with_name, batches.schema, names))
            renamed = pa.RecordBatchReader.from_batches(named, (one.rename_columns(names) for one in batches))
            count = ingest(execute.connection, table, schema, renamed, types)
            execute(
                f"UPDATE {quoted_name(schema, OWN_TABLE)} SET row_count = row_count + {count} "
                f"WHERE table_name = {quoted_text(table)}"
            )
        return count

    @contextmanager
    def _transaction(self) -> Iterator["Transaction"]:
        with self.explained():
            connection = self.connect()
            try:
                execute = Transaction(connection)
                execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
                yield execute
                connection.commit()
            finally:
                connection.close()

    def connect(self) -> Connection:
        """A connection within a transaction."""
        made: Connection = dbapi.connect(self._uri, autocommit=False)
        return made

    @contextmanager
    def explained(self) -> Iterator[None]:
        """The driver's errors in this project's words, without the password."""
        try:
            yield
        except adbc_driver_manager.Error as error:
            if "due to user request" in str(error):  # Ctrl-C, which the driver takes for itself
                raise RunAbortedError("interrupted; the tables are as they were") from None
            raise WarehouseError(f"{self.place}: {_reason(error)}; the tables are as they were") from None


class PostgresFilling(Filling):
    """One transaction."""

    def __init__(self, warehouse: PostgresWarehouse, load: LoadTask) -> None:
        self._warehouse, self._load = warehouse, load
        # nobody else sees it before it is gone again: the transaction that makes it removes it
        self._stage = f"_dw_sim_{load.run_id or 0}_loading"
        self._ddl = load.ddl(schema=self._stage, keys_late=True)

    def __enter__(self) -> Self:
        with self._warehouse.explained():
            self._connection = self._warehouse.connect()
            try:
                self._begin()
            except BaseException:
                self._connection.close()
                raise
        return self

    def _begin(self) -> None:
        load, execute = self._load, Transaction(self._connection)
        self._execute = execute
        execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
        execute(
            f"SELECT pg_advisory_xact_lock(hashtext({quoted_text(load.schema)}))"
        )  # loads of a schema take turns
        self._owned = Owned.of(execute, load.schema, load.owner)
        self._owned.refuse_others(execute, self._warehouse.place, load.rows)
        execute(f"CREATE SCHEMA {quoted_name(self._stage)}")
        for made in self._ddl.tables:
            execute(made)

    def append(self, table: str, batches: pa.RecordBatchReader) -> int:
        types = column_types(self._execute, self._stage, table)
        with self._warehouse.explained():
            return ingest(self._connection, table, self._stage, batches, types)

    def append_files(self, table: str, files: Sequence[str]) -> bool:  # noqa: ARG002 - it reads none
        return False

    def finish(self) -> Loaded:
        load, execute = self._load, self._execute
        with self._warehouse.explained():
            for late in self._ddl.late:
                load.check()
                execute(late)
            counts = counted(execute, self._stage, load, self._warehouse.place)
            self._move(load.schema)
            self._owned.record(load, execute)
            self._connection.commit()
        return Loaded(counts, "binary COPY", list(self._ddl.warnings))

    def _move(self, schema: str) -> None:
        execute = self._execute
        if self._owned.tables:
            execute(f"DROP TABLE IF EXISTS {_names(self._owned)}")
        execute(f"CREATE SCHEMA IF NOT EXISTS {quoted_name(schema)}")
        for table in self._load.order.tables:
            execute(f"ALTER TABLE {quoted_name(self._stage, table)} SET SCHEMA {quoted_name(schema)}")
        execute(f"DROP SCHEMA {quoted_name(self._stage)}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(adbc_driver_manager.Error):  # a connection that is lost has rolled back
            self._connection.close()


@dataclass(frozen=True)
class Transaction:
    """Runs statements on a connection and returns their rows."""

    connection: Connection

    def __call__(self, statement: str) -> Sequence[Sequence[Cell]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def _drop_empty(execute: Transaction, schema: str) -> None:
    """Drop a schema if nothing is in it: who else keeps something there keeps the schema."""
    kept = execute(
        "SELECT 1 FROM pg_depend d JOIN pg_namespace n ON d.refobjid = n.oid "
        f"WHERE d.refclassid = 'pg_namespace'::regclass AND n.nspname = {quoted_text(schema)} LIMIT 1"
    )
    if not kept:
        execute(f"DROP SCHEMA {quoted_name(schema)}")


def _names(owned: Owned) -> str:
    return ", ".join(quoted_name(owned.schema, name) for name in owned.tables)


def _shown(url: URL) -> str:
    """The URL without what is secret in it."""
    told = {name: value for name, value in url.query.items() if name in _SHOWN}
    return url.set(query=told).render_as_string(hide_password=True).replace(":***@", "@")


def _reason(error: Exception) -> str:
    """What the server said, without the driver's words around it, and without the COPY that it makes."""
    said = str(error).partition("ERROR:")[2] or str(error).rpartition("FATAL:")[2] or str(error)
    said = _SHOWN_SQL.sub("", said)
    return " ".join(said.split(". SQLSTATE")[0].split())
