"""PostgreSQL, or whatever speaks its protocol and takes COPY from a client: the stand-in for Redshift.

A load is one transaction on one connection, so that whatever happens leaves the former tables. Tables are
made in a schema that only the transaction sees, filled by binary COPY, then given their keys and references
(which is faster than checking row by row, and asks for no order), counted, and moved to their place.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain
from types import TracebackType
from typing import Any, Self

import adbc_driver_manager
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlglot
from adbc_driver_postgresql import dbapi
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dw_simulator.adapters.warehouses import OWN_TABLE, Asked, Load, Loaded, found_by, staging
from dw_simulator.adapters.warehouses.owned import Owned, counted, quoted, text
from dw_simulator.adapters.warehouses.s3_statements import Copy, Unload, statement
from dw_simulator.adapters.warehouses.staging import Stage
from dw_simulator.errors import QueryError, RequestError, RunAbortedError, WarehouseError

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
_SHOWN = {"host", "port", "dbname", "user", "service"}
_OF_THE_SERVER = re.compile(
    r"(pg_|lo_|dblink|has_|inet_|txid_|binary_upgrade|system$)|.*(to_xml|_setting|set_config|nextval|setval)",
    re.IGNORECASE,
)


class PostgresWarehouse:
    """`postgresql://user:password@host:port/database`, with any of libpq's parameters."""

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url).set(drivername="postgresql")
        except (ArgumentError, ValueError):
            raise RequestError("the PostgreSQL URL cannot be read; write postgresql://user@host/db") from None
        parsed = parsed.set(query={**_PATIENCE, **parsed.query})
        self._uri = parsed.render_as_string(hide_password=False)
        self.place = _shown(parsed)

    def check(self, load: Load) -> list[str]:
        for name in (load.schema, *load.rows):
            if len(name.encode()) > _LONGEST_NAME:
                raise RequestError(f"PostgreSQL cuts the name {name!r} to {_LONGEST_NAME} bytes; shorten it")
        with self._transaction() as execute:
            if "Redshift" in str(execute("SELECT version()")[0][0]):
                raise WarehouseError(
                    f"{self.place} is a Redshift, which takes no rows from a client; "
                    "put the files on S3 and use the COPY statements of the load pack"
                )
            Owned.of(execute, load.schema, load.owner).refuse_others(execute, self.place, load.rows)
        return list(load.ddl(schema=load.schema, keys_late=True).warnings)

    def fill(self, load: Load) -> "PostgresFilling":
        return PostgresFilling(self, load)

    def empty(self, schema: str, owner: str = "") -> list[str]:
        with self._transaction() as execute:
            owned = Owned.of(execute, schema, owner)
            if owned.tables:
                execute(f"TRUNCATE {_names(owned)}")
                execute(f"UPDATE {quoted(schema, OWN_TABLE)} SET row_count = 0")
        return list(owned.tables)

    def drop(self, schema: str, owner: str = "") -> list[str]:
        with self._transaction() as execute:
            owned = Owned.of(execute, schema, owner)
            if owned.tables:
                execute(f"DROP TABLE IF EXISTS {_names(owned)}, {quoted(schema, OWN_TABLE)}")
                if owned.made_schema:
                    _drop_empty(execute, schema)
        return list(owned.tables)

    @contextmanager
    def answer(self, asked: Asked) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """A SELECT, or Redshift's COPY and UNLOAD, which are carried out here."""
        found = statement(asked.sql) if asked.dialect == "redshift" else None
        if isinstance(found, Copy):
            count = staging.copy(self, asked, found, Stage(asked.stage))
            yield found_by(pa.table({"copied": [count]}).to_reader())
        elif isinstance(found, Unload):
            with self._select(replace(asked, sql=found.select)) as batches:
                count, address = staging.unload(batches, found, Stage(asked.stage))
            yield found_by(pa.table({"unloaded": [count], "file": [address]}).to_reader())
        else:
            with self._select(asked) as batches:
                yield found_by(batches)

    @contextmanager
    def _select(self, asked: Asked) -> Iterator[pa.RecordBatchReader]:
        sql = asked.translate(asked.sql)
        check_query(sql, asked.schema)
        with self._transaction() as execute:
            execute("SET TRANSACTION READ ONLY")
            execute(f"SET LOCAL search_path TO {quoted(asked.schema)}")
            execute(f"SET LOCAL statement_timeout TO {int((asked.seconds or 0) * 1000)}")
            with execute.connection.cursor() as cursor:
                try:
                    cursor.execute(sql)
                    batches = _numbers(cursor.fetch_record_batch())
                except (adbc_driver_manager.Error, pa.ArrowException, OSError) as error:
                    raise QueryError(_reason(error)) from None
                yield batches

    def append(self, asked: Asked, table: str, columns: Sequence[str], batches: Any) -> int:
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
            count = _ingest(execute.connection, table, schema, renamed, types)
            execute(
                f"UPDATE {quoted(schema, OWN_TABLE)} SET row_count = row_count + {count} "
                f"WHERE table_name = {text(table)}"
            )
        return count

    @contextmanager
    def _transaction(self) -> Iterator["Executor"]:
        with self.explained():
            connection = self.connect()
            try:
                execute = Executor(connection)
                execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
                yield execute
                connection.commit()
            finally:
                connection.close()

    def connect(self) -> Any:
        """A connection within a transaction."""
        return dbapi.connect(self._uri, autocommit=False)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """The driver's errors in this project's words, without the password."""
        try:
            yield
        except adbc_driver_manager.Error as error:
            if "due to user request" in str(error):  # Ctrl-C, which the driver takes for itself
                raise RunAbortedError("interrupted; the tables are as they were") from None
            raise WarehouseError(f"{self.place}: {_reason(error)}; the tables are as they were") from None


class PostgresFilling:
    """One transaction."""

    def __init__(self, warehouse: PostgresWarehouse, load: Load) -> None:
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
        load, execute = self._load, Executor(self._connection)
        self._execute = execute
        execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
        execute(
            f"SELECT pg_advisory_xact_lock(hashtext({text(load.schema)}))"
        )  # loads of a schema take turns
        self._owned = Owned.of(execute, load.schema, load.owner)
        self._owned.refuse_others(execute, self._warehouse.place, load.rows)
        execute(f"CREATE SCHEMA {quoted(self._stage)}")
        for made in self._ddl.tables:
            execute(made)

    def append(self, table: str, batches: Any) -> int:
        types = column_types(self._execute, self._stage, table)
        with self._warehouse.explained():
            return _ingest(self._connection, table, self._stage, batches, types)

    def append_files(self, table: str, files: Sequence[str]) -> bool:  # noqa: ARG002 - it reads none
        return False

    def finish(self) -> Loaded:
        load, execute = self._load, self._execute
        with self._warehouse.explained():
            for late in self._ddl.late:
                load.check()
                execute(late)
            counts = counted(execute, self._stage, load)
            self._move(load.schema)
            self._owned.record(load, execute)
            self._connection.commit()
        return Loaded(counts, "binary COPY", list(self._ddl.warnings))

    def _move(self, schema: str) -> None:
        execute = self._execute
        if self._owned.tables:
            execute(f"DROP TABLE IF EXISTS {_names(self._owned)}")
        execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        for table in self._load.order.tables:
            execute(f"ALTER TABLE {quoted(self._stage, table)} SET SCHEMA {quoted(schema)}")
        execute(f"DROP SCHEMA {quoted(self._stage)}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(adbc_driver_manager.Error):  # a connection that is lost has rolled back
            self._connection.close()


@dataclass(frozen=True)
class Executor:
    """Runs statements on a connection and returns their rows."""

    connection: Any

    def __call__(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def check_query(sql: str, schema: str) -> None:
    """Raise RequestError for what is not one SELECT over tables of a schema, or calls into the server itself.

    The transaction is read only; that keeps tables, and neither files nor settings nor other sessions.
    """
    try:
        trees = sqlglot.parse(sql, read="postgres")
    except SqlglotError as error:
        raise RequestError(f"the query cannot be read: {error}") from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise RequestError("a query is one SELECT; leave out what is not one")
    for node in trees[0].walk():
        if isinstance(node, (exp.DML, exp.DDL, exp.Command, exp.Into)) and not isinstance(node, exp.Query):
            raise RequestError("a query is one SELECT; leave out what changes something")
        if isinstance(node, exp.Anonymous) and _OF_THE_SERVER.match(node.name):
            raise RequestError(f"{node.name} is a function of the server, which no query may call")
        if isinstance(node, exp.Table) and node.db and node.db not in (schema, "information_schema"):
            raise RequestError(f"{node.db}.{node.name} is outside the schema {schema}")
        if isinstance(node, exp.Table) and not node.db and _OF_THE_SERVER.match(node.name):
            raise RequestError(f"{node.name} is a table of the server, which no query may read")


def column_types(execute: Executor, schema: str, table: str) -> dict[str, str]:
    """PostgreSQL's own names of the types of a table's columns, in order."""
    rows = execute(
        "SELECT column_name, udt_name FROM information_schema.columns "
        f"WHERE table_schema = {text(schema)} AND table_name = {text(table)} ORDER BY ordinal_position"
    )
    return {str(name): str(type_) for name, type_ in rows}


class _Conversion:
    """Batches whose binary form is what the columns take: COPY itself looks at no types.

    Raises RequestError with the column where what comes is of another kind than the column.
    """

    def __init__(self, schema: pa.Schema, types: Mapping[str, str]) -> None:
        self.error: Exception | None = None
        self._convert = []
        for field in schema:
            kind = types.get(field.name, "")
            fits, convert = _CONVERSIONS.get(kind, (_anything, _as_it_is))
            if not fits(field.type):
                raise RequestError(f"{field.name}: {field.type} does not fit a column of the type {kind}")
            self._convert.append(convert)
        empty = pa.RecordBatch.from_pylist([], schema)
        self.schema = pa.schema(
            [pa.field(name, convert(column).type) for name, convert, column in self._columns(empty)]
        )

    def _columns(self, batch: pa.RecordBatch) -> Iterator[tuple[str, Callable[[Any], Any], Any]]:
        return zip(self.schema_names(batch), self._convert, batch.columns, strict=True)

    @staticmethod
    def schema_names(batch: pa.RecordBatch) -> list[str]:
        names: list[str] = batch.schema.names
        return names

    def reader(self, batches: Any) -> pa.RecordBatchReader:
        """The converted batches. What goes wrong on the way is kept: the driver would hide it."""

        def each() -> Iterator[pa.RecordBatch]:
            try:
                for batch in batches:
                    arrays = [convert(column) for _name, convert, column in self._columns(batch)]
                    yield pa.RecordBatch.from_arrays(arrays, schema=self.schema)
            except Exception as error:
                self.error = error
                raise

        return pa.RecordBatchReader.from_batches(self.schema, each())


def _ingest(connection: Any, table: str, schema: str, batches: Any, types: Mapping[str, str]) -> int:
    """COPY batches into a table; returns how many rows that were."""
    convert = _Conversion(batches.schema, types)
    with connection.cursor() as cursor:
        try:
            source = convert.reader(batches)
            return int(cursor.adbc_ingest(table, source, mode="append", db_schema_name=schema))
        except adbc_driver_manager.Error:
            if isinstance(convert.error, pa.ArrowException):
                raise RequestError(f"{table}: {convert.error}") from None
            if convert.error is not None:
                raise convert.error from None
            raise


def _anything(_type: Any) -> bool:
    return True


def _as_it_is(column: Any) -> Any:
    return column


def _to(type_: Any) -> Callable[[Any], Any]:
    return lambda column: column if column.type == type_ else column.cast(type_)


def _numeric(column: Any) -> Any:
    if pa.types.is_decimal128(column.type):
        return column
    if pa.types.is_decimal(column.type):
        return column.cast(pa.decimal128(column.type.precision, column.type.scale))
    return column.cast(pa.decimal128(20, 0))


def _jsonb(column: Any) -> Any:
    """The version that comes before the text."""
    return pc.binary_join_element_wise(pa.scalar(b"\x01", pa.binary()), column.cast(pa.binary()), b"")


def _timetz(column: Any) -> Any:
    """Microseconds of the day, and the zone's seconds, which are none."""
    micros = column.cast(pa.time64("us")).cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    parts = np.zeros(len(column), dtype=[("micros", ">i8"), ("zone", ">i4")])
    parts["micros"] = micros
    valid = pa.compute.is_valid(column)
    made = pa.Array.from_buffers(pa.binary(12), len(column), [None, pa.py_buffer(parts.tobytes())])
    return pc.if_else(valid, made.cast(pa.binary()), pa.scalar(None, pa.binary()))


def _is_number(type_: Any) -> bool:
    return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_))


def _is_text(type_: Any) -> bool:
    inner = type_.value_type if pa.types.is_dictionary(type_) else type_
    return bool(
        pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner)
    )


def _is_bytes(type_: Any) -> bool:
    kinds = (
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_binary_view,
        pa.types.is_fixed_size_binary,
    )
    return any(kind(type_) for kind in kinds)


def _is_uuid(type_: Any) -> bool:
    return isinstance(type_, pa.UuidType) or type_ == pa.binary(16)


def _is_local(type_: Any) -> bool:
    return bool(pa.types.is_timestamp(type_)) and type_.tz is None


def _is_zoned(type_: Any) -> bool:
    return bool(pa.types.is_timestamp(type_)) and type_.tz is not None


_CONVERSIONS: Mapping[str, tuple[Callable[[Any], bool], Callable[[Any], Any]]] = {
    "bool": (pa.types.is_boolean, _as_it_is),
    "int2": (_is_number, _to(pa.int16())),
    "int4": (_is_number, _to(pa.int32())),
    "int8": (_is_number, _to(pa.int64())),
    "float4": (_is_number, _to(pa.float32())),
    "float8": (_is_number, _to(pa.float64())),
    "numeric": (_is_number, _numeric),
    "bpchar": (_is_text, _as_it_is),
    "varchar": (_is_text, _as_it_is),
    "text": (_is_text, _as_it_is),
    "json": (_is_text, _as_it_is),
    "jsonb": (_is_text, _jsonb),
    "date": (pa.types.is_date, _to(pa.date32())),
    "time": (pa.types.is_time, _to(pa.time64("us"))),
    "timetz": (pa.types.is_time, _timetz),
    "timestamp": (_is_local, _as_it_is),
    "timestamptz": (_is_zoned, _as_it_is),
    "bytea": (_is_bytes, _as_it_is),
    "uuid": (_is_uuid, _as_it_is),
}


def _numbers(batches: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """NUMERIC comes as text, having no fixed scale: decimals where the first rows have one, else text."""
    first = next(batches, None)
    if first is None:
        return batches
    types = {
        k: _number_type(first.column(k).storage)
        for k, field in enumerate(first.schema)
        if isinstance(field.type, pa.OpaqueType) and field.type.type_name == "numeric"
    }
    # other types that Arrow has no own for stay text, or bytes
    plain = [getattr(field.type, "storage_type", field.type) for field in first.schema]
    fields = [pa.field(f.name, types.get(k, plain[k])) for k, f in enumerate(first.schema)]
    schema = pa.schema(fields)

    def convert(batch: pa.RecordBatch) -> pa.RecordBatch:
        try:
            pairs = zip(batch.columns, schema, strict=True)
            arrays = [getattr(column, "storage", column).cast(field.type) for column, field in pairs]
        except pa.ArrowInvalid as error:
            raise QueryError(f"numbers of one column have several scales: {error}; cast it") from None
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, map(convert, chain([first], batches)))


def _number_type(column: pa.Array) -> pa.DataType:
    point = pc.find_substring(column, ".")
    scales = pc.if_else(pc.equal(point, -1), 0, pc.subtract(pc.utf8_length(column), pc.add(point, 1)))
    found = pc.min_max(scales).as_py()
    plain = not pc.any(pc.match_substring_regex(column, "[A-Za-z]")).as_py()  # NaN, Infinity
    if plain and found["min"] is not None and found["min"] == found["max"] and found["max"] <= 38:
        return pa.decimal128(38, found["max"])
    return pa.string()


def _drop_empty(execute: Executor, schema: str) -> None:
    """Drop a schema if nothing is in it: who else keeps something there keeps the schema."""
    kept = execute(
        "SELECT 1 FROM pg_depend d JOIN pg_namespace n ON d.refobjid = n.oid "
        f"WHERE d.refclassid = 'pg_namespace'::regclass AND n.nspname = {text(schema)} LIMIT 1"
    )
    if not kept:
        execute(f"DROP SCHEMA {quoted(schema)}")


def _names(owned: Owned) -> str:
    return ", ".join(quoted(owned.schema, name) for name in owned.tables)


def _shown(url: URL) -> str:
    """The URL without what is secret in it."""
    told = {name: value for name, value in url.query.items() if name in _SHOWN}
    return url.set(query=told).render_as_string(hide_password=True).replace(":***@", "@")


def _reason(error: Exception) -> str:
    """What the server said, without the driver's words around it."""
    said = str(error).partition("ERROR:")[2] or str(error).rpartition("FATAL:")[2] or str(error)
    return " ".join(said.split(". SQLSTATE")[0].split())
