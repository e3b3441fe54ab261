"""A session with Snowflake: its URL, its errors, and what is asked of any schema."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import (
    DatabaseError,
    Error,
    InternalServerError,
    OperationalError,
    ProgrammingError,
)

from dw_simulator.adapters.queries.results import distinct
from dw_simulator.adapters.warehouses.owned import whole
from dw_simulator.adapters.warehouses.spooled import spooled
from dw_simulator.errors import QueryError, RequestError, WarehouseError, closest
from dw_simulator.ports.tabular import Cell
from dw_simulator.schema.quoting import quoted_name

_WHOLE = {"port", "login_timeout", "socket_timeout"}
_SECRET = {"private_key_file_pwd", "token", "passcode"}
_PLAIN = {"warehouse", "role", "host", "protocol", "authenticator", "private_key_file"}
_KNOWN = _WHOLE | _SECRET | _PLAIN
_DOES_NOT_EXIST = 2003
_CANCELLED = 604
_PIECE = 10_000
_LONGEST_SECONDS = 3600.0
"""How long a query may take that is given no time."""
# nothing is sent but what is asked for, and moments are read and shown in UTC
_DEFAULTS = {
    "paramstyle": "qmark",
    "platform_detection_timeout_seconds": 0.0,
    "log_imported_packages_in_telemetry": False,
    "session_parameters": {"CLIENT_TELEMETRY_ENABLED": False, "TIMEZONE": "UTC"},
}
# views of INFORMATION_SCHEMA, and the column that says in which schema a thing is
_SCHEMA_VIEWS = {
    **dict.fromkeys(("TABLES", "VIEWS"), "TABLE_SCHEMA"),
    "STAGES": "STAGE_SCHEMA",
    "SEQUENCES": "SEQUENCE_SCHEMA",
    "FUNCTIONS": "FUNCTION_SCHEMA",
    "PROCEDURES": "PROCEDURE_SCHEMA",
    "FILE_FORMATS": "FILE_FORMAT_SCHEMA",
    "PIPES": "PIPE_SCHEMA",
}


Arguments: TypeAlias = dict[str, str | int]
"""What `snowflake.connector.connect` is given."""


class ColumnInfo(NamedTuple):
    """A column as INFORMATION_SCHEMA has it; precision and scale are there for numbers."""

    name: str
    type: str
    precision: int | None
    scale: int | None


def read_url(url: str) -> tuple[str, Arguments]:
    """The URL without its secrets, and the arguments of `snowflake.connector.connect`.

    Raises RequestError with what is wrong in it.
    """
    try:
        parts = urlsplit(url)
        account, path = parts.hostname, parts.path.strip("/")
    except ValueError as error:
        raise RequestError("the Snowflake URL cannot be read; percent-encode what is odd in it") from error
    database, _, schema = map(unquote, path.partition("/"))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    shown = "&".join(f"{name}={value}" for name, value in query.items() if name in _KNOWN - _SECRET)
    # hostname is in lower case; accounts do not care
    user = unquote(parts.username or "")
    place = f"snowflake://{f'{user}@' if user else ''}{account or ''}/{path}{f'?{shown}' if shown else ''}"
    if parts.scheme != "snowflake" or not account or not database or "/" in schema or "@" in path:
        told = "the Snowflake URL is not of the form snowflake://user:password@account/DATABASE"
        raise RequestError(f"{told}; percent-encode what is odd in the password")
    for name in query:
        if name not in _KNOWN:
            raise RequestError(f"{place}: unknown argument {name!r}{closest(name, _KNOWN)}")
    numbers = {name: _number(place, name, query[name]) for name in _WHOLE & query.keys()}
    password = {"password": unquote(parts.password)} if parts.password else {}
    inside = {"schema": schema} if schema else {}
    arguments = {"user": user, "account": account, "database": database, **inside}
    return place, {**arguments, **password, **query, **numbers}


def _number(place: str, name: str, text: str) -> int:
    if not text.isdecimal():
        raise RequestError(f"{place}: {name} must be a whole number, not {text!r}")
    return int(text)


def _batches(cursor: SnowflakeCursor, limit: int | None) -> Iterator[pa.RecordBatch]:
    """What was found, the first rows of it or all."""
    names = distinct(column.name for column in cursor.description)
    batch = _batch(names, cursor.fetchmany(limit or _PIECE))
    yield batch
    while limit is None and batch.num_rows:
        yield (batch := _batch(names, cursor.fetchmany(_PIECE)))


def _batch(names: list[str], rows: Sequence[Sequence[Cell]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], names=names)


class Refused(WarehouseError):
    """A statement that the endpoint refused, and what it said; the session goes on."""

    def __init__(self, message: str, number: int = 0, said: str = "") -> None:
        self.number, self.said = number, said
        super().__init__(message, number, said)

    def __str__(self) -> str:
        return str(self.args[0])


class _RetriesExhausted(OperationalError):
    """A request has been tried often enough."""


def _waits(seconds: tuple[int, ...]) -> Callable[[], Iterator[int]]:
    """How long to wait before each further try of a request; the connector would try for ever."""

    def generator() -> Iterator[int]:
        yield from seconds
        yield 0
        raise _RetriesExhausted("no answer")

    return generator


def _cause(error: Error) -> BaseException:
    """What the connector has tried again because of, or else the error itself."""
    retry = error.__context__ if isinstance(error, _RetriesExhausted) else None
    return retry.args[0] if retry is not None and retry.args else error


def _message(error: Error) -> str:
    """The server's words, or the connector's, on one line."""
    cause = _cause(error)
    said = cause.msg if isinstance(cause, Error) else None
    return " ".join(str(said or cause).split())


class Session:
    """One connection. Every method raises WarehouseError with the place."""

    def __init__(self, place: str, arguments: Arguments) -> None:
        self.place = place
        emulated = arguments.get("protocol") == "http"
        defaults = {
            "login_timeout": 15,
            # an endpoint without TLS is an emulator, which answers when it is done, and says again what it
            # has said; Snowflake answers within a minute, if only to say that it goes on
            "socket_timeout": 600 if emulated else 60,
            "backoff_policy": _waits(()) if emulated else _waits((1, 2, 4, 8, 16)),
            "disable_ocsp_checks": emulated,
        }
        try:
            self._connection = snowflake.connector.connect(**{**defaults, **_DEFAULTS, **arguments})
        except Error as error:
            mend = "check the user, the password and the account, or whether it runs at all"
            raise WarehouseError(f"{place} cannot be entered: {_message(error)}; {mend}") from None

    def run(self, sql: str, *values: Cell) -> list[Sequence[Cell]]:
        """Run one statement, with values for its question marks; returns all its rows."""
        with self.cursor() as cursor:
            cursor.execute(sql, values or None)
            return list(cursor.fetchall())

    @contextmanager
    def query(
        self, sql: str, limit: int | None, seconds: float = _LONGEST_SECONDS
    ) -> Iterator[pa.RecordBatchReader]:
        """The first rows of a query's result, or all of them. Raises QueryError where it takes too long."""
        with self.cursor() as cursor:
            try:
                cursor.execute(sql, timeout=math.ceil(seconds))
            except ProgrammingError as error:
                if error.errno != _CANCELLED:
                    raise
                taken = f"the query took longer than {math.ceil(seconds)} seconds; ask for less"
                raise QueryError(taken) from None
            with spooled(_batches(cursor, limit)) as batches:
                yield batches

    @contextmanager
    def cursor(self) -> Iterator[SnowflakeCursor]:
        """A cursor whose errors are this program's."""
        try:
            with self._connection.cursor() as cursor:
                yield cursor
        except DatabaseError as error:
            # an emulator answers with a plain 500 to what it does not know
            if isinstance(error, OperationalError) and not isinstance(_cause(error), InternalServerError):
                raise WarehouseError(f"{self.place} was lost: {_message(error)}; try again") from None
            said = _message(error)
            raise Refused(f"{self.place}: {said}", error.errno or 0, said) from None
        except Error as error:
            raise WarehouseError(f"{self.place}: {_message(error)}") from None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the statements within, or none."""
        self.run("BEGIN")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            with suppress(WarehouseError):  # the error that led here is the one to tell
                self.run("ROLLBACK")
            raise

    @property
    def database(self) -> str:
        """The name of the database, as the database has it."""
        found = self.run("SELECT CURRENT_DATABASE()")[0][0]
        if found is None:
            raise WarehouseError(f"{self.place}: there is no such database, or the role may not use it")
        return str(found)

    def close(self) -> None:
        self._connection.close(retry=False)

    # --- what is there

    def schemas(self) -> set[str]:
        return {str(name) for (name,) in self.run("SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA")}

    def make_schema(self, name: str) -> bool:
        """Make a schema where there is none; returns whether there was none."""
        if name in self.schemas():
            return False
        try:
            self.run(f"CREATE SCHEMA {quoted_name(name)}")
        except Refused:  # fakesnow makes a schema whose name is not plain, and then fails to enter it
            if name not in self.schemas():
                raise
        return True

    def tables(self, schema: str) -> set[str]:
        """The names of tables and views in a schema, which cannot be given to another table."""
        sql = """SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ?
            UNION SELECT TABLE_NAME FROM INFORMATION_SCHEMA.VIEWS WHERE TABLE_SCHEMA = ?"""
        return {str(name) for (name,) in self.run(sql, schema, schema)}

    def columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        """The columns of each table of a schema, in order."""
        sql = """SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE
            FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION"""
        found: dict[str, list[ColumnInfo]] = {}
        for table, name, type_, *digits in self.run(sql, schema):
            precision, scale = (None if number is None else whole(number) for number in digits)
            found.setdefault(str(table), []).append(ColumnInfo(str(name), str(type_), precision, scale))
        return found

    def counts(self, schema: str, tables: Iterable[str]) -> dict[str, int]:
        """The rows of tables, by their names."""
        names = list(tables)
        parts = (f"SELECT {k}, COUNT(*) FROM {quoted_name(schema, name)}" for k, name in enumerate(names))
        return {names[whole(k)]: whole(count) for k, count in self.run(" UNION ALL ".join(parts))}

    def holds_anything(self, schema: str) -> bool:
        """Whether anything is in a schema."""
        return any(self._has(kind, column, schema) for kind, column in _SCHEMA_VIEWS.items())

    def _has(self, kind: str, column: str, schema: str) -> bool:
        sql = f"SELECT COUNT(*) FROM INFORMATION_SCHEMA.{kind} WHERE {column} = ?"
        try:
            return self.run(sql, schema) != [(0,)]
        except Refused as refused:
            if refused.number != _DOES_NOT_EXIST:
                raise
            return False  # an emulator without such things
