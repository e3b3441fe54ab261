"""A database that SQLAlchemy can inspect: one class, of which every database's own says what is different.

Each is asked for whole schemas at a time, in a transaction that may read only where there is such a thing.
"""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, TypeAlias, TypeVar

from sqlalchemy import Connection, create_engine, func, inspect, select, table, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.engine.interfaces import (
    ReflectedCheckConstraint,
    ReflectedColumn,
    ReflectedForeignKeyConstraint,
    ReflectedIndex,
    ReflectedUniqueConstraint,
)
from sqlalchemy.engine.reflection import Inspector, ObjectKind
from sqlalchemy.exc import ArgumentError, CompileError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import Enum, TypeEngine

from dw_simulator.errors import RequestError, UnknownNameError, WarehouseError
from dw_simulator.ports.live_database import (
    FoundColumn,
    FoundForeignKey,
    FoundKey,
    FoundShapes,
    FoundTable,
    LiveDatabase,
    Look,
)
from dw_simulator.ports.warehouse import OWN_TABLE
from dw_simulator.types import enum_text

Key: TypeAlias = "tuple[str | None, str]"
"""(schema, table), as SQLAlchemy has them."""
_Told = TypeVar("_Told")
_Setting: TypeAlias = "str | int | float"
_COLLATION = re.compile(r"""\s+(?:CHARACTER SET|COLLATE)\s+("[^"]*"|\S+)""")
_SECRET = re.compile("pass|secret|token|key|auth", re.IGNORECASE)
_DEFAULT_NAME = "database"


class InspectedDatabase(LiveDatabase):
    """`scheme://user:password@host:port/database`, as SQLAlchemy has it.

    driver    SQLAlchemy's name of dialect and driver, where the URL names no driver
    packages  what brings them, as pip names it
    begins    statements at the beginning of the transaction; {milliseconds} stands for the limit
    estimate  a query for (table, rows) of a :schema, as the catalogue has them; empty for none
    parts     a query for the tables of a :schema that are parts of others; empty for none
    """

    driver: ClassVar[str]
    packages: ClassVar[str]
    begins: ClassVar[Sequence[str]] = ()
    estimate: ClassVar[str] = ""
    parts: ClassVar[str] = ""

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):
            raise RequestError(f"the URL cannot be read; write {self.driver}://user@host/database") from None
        shown = parsed.set(drivername=parsed.get_backend_name(), query={})
        self.place = shown.render_as_string(hide_password=True).replace(":***@", "@")
        self.name = parsed.database or _DEFAULT_NAME
        told = (str(value) for name, value in parsed.query.items() if _SECRET.search(name))
        self._secrets = [one for one in (parsed.password, *told) if one]
        self._url = parsed if "+" in parsed.drivername else parsed.set(drivername=self.driver)

    # --- what databases differ in

    def settings(self, seconds: int) -> Mapping[str, _Setting]:  # noqa: ARG002
        """What the driver is told besides the URL: how long it may wait, which is at least a second."""
        return {}

    def engine(self, url: URL, seconds: float) -> Engine:
        """Connections that are not kept."""
        told = {
            name: value
            for name, value in self.settings(max(1, round(seconds))).items()
            if name not in url.query
        }
        return create_engine(url, poolclass=NullPool, connect_args=told)

    def types(self, connection: Connection, schema: str) -> Mapping[tuple[str, str], str]:  # noqa: ARG002
        """The types of columns by (table, column), in the database's own words, where it has better ones."""
        return {}

    def sequences(self, connection: Connection) -> Mapping[str, tuple[int, int]]:  # noqa: ARG002
        """(first number, step) of sequences, by what stands between the quotes of `nextval('...')`."""
        return {}

    def default(self, text: str) -> str:
        """A default as its author may have written it."""
        return text

    def checks(self, connection: Connection, schema: str) -> Mapping[str, Sequence[str]]:  # noqa: ARG002
        """By table, conditions on rows that no table declares itself."""
        return {}

    def keys(self, inspector: Inspector, schema: str) -> Mapping[Key, Sequence[FoundKey]]:
        """What is declared to be unique, and indexes that have the same effect."""
        found: dict[Key, list[FoundKey]] = {}
        for key, constraints in self._told(inspector.get_multi_unique_constraints, schema).items():
            found[key] = [_key(one) for one in constraints]
        for key, indexes in self._told(inspector.get_multi_indexes, schema).items():
            found.setdefault(key, []).extend(_key(one) for one in indexes if is_whole_key(one))
        return found

    # --- what they have in common

    def look(self, asked: Look) -> FoundShapes:
        with self._explained(), self._connected(asked.seconds) as connection:
            inspector = inspect(connection)
            found = FoundShapes()
            for schema in asked.schemas or self._usual_schemas(inspector):
                self._check_schema(inspector, schema)
                tables = self._tables(connection, inspector, schema, found)
                found.tables += tables
                if asked.row_counts != "none":
                    known = self._estimated(connection, schema) if asked.row_counts == "estimate" else {}
                    for one in tables:
                        one.rows = known.get(one.name) or self._counted(connection, one, found, asked.seconds)
            if not found.tables:
                raise RequestError(self._nothing(inspector, asked))
            return found

    @contextmanager
    def _connected(self, seconds: float) -> Iterator[Connection]:
        engine = self.engine(self._url, seconds)
        # types that SQLAlchemy does not know are told by the import
        with warnings.catch_warnings(), engine.connect() as connection:
            warnings.simplefilter("ignore")
            self._begin(connection, seconds)
            yield connection
            connection.rollback()

    def _begin(self, connection: Connection, seconds: float) -> None:
        for statement in self.begins:
            connection.execute(text(statement.format(milliseconds=int(seconds * 1000))))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """The errors of SQLAlchemy and of drivers in this project's words, without anything secret."""
        try:
            yield
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            missing = f"a {self.driver.partition('+')[0]} database cannot be reached without a driver"
            raise RequestError(f"{missing} ({error}): pip install {self.packages}") from None
        except DBAPIError as error:
            raise WarehouseError(f"{self.place}: {self._without_secrets(str(error.orig))}") from None
        except (SQLAlchemyError, OSError) as error:
            raise WarehouseError(f"{self.place}: {self._without_secrets(str(error))}") from None

    def _without_secrets(self, message: str) -> str:
        line = " ".join(message.split())
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line

    @staticmethod
    def _usual_schemas(inspector: Inspector) -> tuple[str, ...]:
        schema = inspector.default_schema_name
        if schema is None:
            known = ", ".join(inspector.get_schema_names())
            raise RequestError(f"the connection is in no schema; name one with --schema: {known}")
        return (schema,)

    @staticmethod
    def _check_schema(inspector: Inspector, schema: str) -> None:
        known = inspector.get_schema_names()
        if schema not in known:
            raise UnknownNameError("schema", schema, known)

    def _nothing(self, inspector: Inspector, asked: Look) -> str:
        where = ", ".join(asked.schemas or self._usual_schemas(inspector))
        other = [name for name in inspector.get_schema_names() if name not in where.split(", ")]
        known = f"; others are {', '.join(other)}: name one with --schema" if other else ""
        return f"{self.place}: there is no table in {where}{known}"

    def _tables(
        self, connection: Connection, inspector: Inspector, schema: str, found: FoundShapes
    ) -> list[FoundTable]:
        parts = self._names(connection, self.parts, schema)
        found.parts += parts
        found.views += self._views(inspector, schema)
        parts |= {OWN_TABLE}
        columns = self._told(inspector.get_multi_columns, schema)
        catalogue = _Catalogue(self, connection, inspector, schema)
        return [catalogue.table(key, told) for key, told in sorted(columns.items()) if key[1] not in parts]

    @staticmethod
    def _views(inspector: Inspector, schema: str) -> Iterator[str]:
        for ask in (inspector.get_view_names, inspector.get_materialized_view_names):
            with suppress(NotImplementedError):  # not every database has both
                yield from map(str, ask(schema))

    @staticmethod
    def _names(connection: Connection, query: str, schema: str) -> set[str]:
        if not query:
            return set()
        return {str(row[0]) for row in connection.execute(text(query), {"schema": schema})}

    def _estimated(self, connection: Connection, schema: str) -> Mapping[str, int]:
        """The catalogue's figures; where it has none, or nought, rows are counted."""
        if not self.estimate:
            return {}
        rows = connection.execute(text(self.estimate), {"schema": schema})
        return {str(name): int(count) for name, count in rows if count is not None and count > 0}

    def _counted(
        self, connection: Connection, one: FoundTable, found: FoundShapes, seconds: float
    ) -> int | None:
        counted = table(one.name, schema=one.schema)
        try:
            return int(connection.execute(select(func.count()).select_from(counted)).scalar_one())
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            connection.rollback()  # to some, a transaction with an error is over; not all have savepoints
            self._begin(connection, seconds)
            reason = self._without_secrets(str(error.orig))
            found.warnings.append(f"{one.name}: its rows could not be counted: {reason}")
            return None

    @staticmethod
    def _told(ask: Callable[..., Mapping[Key, _Told]], schema: str) -> Mapping[Key, _Told]:
        """What SQLAlchemy tells of every table; nothing where its dialect cannot."""
        try:
            return ask(schema=schema, kind=ObjectKind.TABLE)
        except NotImplementedError:
            return {}


class _Catalogue:
    """What is known of a schema's tables, asked once for all of them."""

    def __init__(
        self, database: InspectedDatabase, connection: Connection, inspector: Inspector, schema: str
    ) -> None:
        told = database._told
        self._schema, self._dialect = schema, connection.dialect
        self._primary = told(inspector.get_multi_pk_constraint, schema)
        self._keys = database.keys(inspector, schema)
        self._references = told(inspector.get_multi_foreign_keys, schema)
        self._checks = told(inspector.get_multi_check_constraints, schema)
        self._comments = told(inspector.get_multi_table_comment, schema)
        self._types = database.types(connection, schema)
        self._more_checks = database.checks(connection, schema)
        self._sequences = database.sequences(connection)
        self._default = database.default
        self._generic = database.dialect is None
        self._usual = inspector.default_schema_name or ""

    def table(self, key: Key, columns: Sequence[ReflectedColumn]) -> FoundTable:
        primary = self._primary.get(key)
        comment = self._comments.get(key)
        return FoundTable(
            schema=self._schema,
            name=str(key[1]),
            columns=[self._column(key, one) for one in columns],
            primary_key=tuple(primary["constrained_columns"]) if primary else (),
            unique=self._keys.get(key, ()),
            references=[
                self._reference(one) for one in self._references.get(key, ()) if one["referred_table"]
            ],
            checks=[*map(_condition, self._checks.get(key, ())), *self._more_checks.get(key[1], ())],
            comment=comment["text"] if comment else None,
        )

    def _column(self, key: Key, told: ReflectedColumn) -> FoundColumn:
        kind, made = told["type"], told.get("computed")
        name, default = str(told["name"]), told.get("default")
        default = None if default is None else self._default(default)
        values = tuple(kind.enums) if isinstance(kind, Enum) else ()
        return FoundColumn(
            name=name,
            type=self._types.get((str(key[1]), name)) or self._written(kind),
            nullable=told["nullable"],
            nearest=self._nearest(kind, values),
            values=values,
            default=None if made else default,
            identity=self._identity(told, default),
            made=" ".join(str(made["sqltext"]).split()) if made else None,
            comment=told.get("comment"),
        )

    def _written(self, kind: TypeEngine[Any]) -> str:
        try:
            return _COLLATION.sub("", kind.compile(self._dialect))
        except CompileError:
            return ""

    def _nearest(self, kind: TypeEngine[Any], values: Sequence[str]) -> str:
        """Where a dialect of this program reads the database's types, it knows best what it cannot read."""
        if values:
            return enum_text(values)
        try:
            return "" if not self._generic else _COLLATION.sub("", kind.as_generic().compile())
        except (CompileError, NotImplementedError):
            return ""

    def _identity(self, told: ReflectedColumn, default: str | None) -> tuple[int, int] | None:
        identity = told.get("identity")
        if identity is not None:
            return identity.get("start", 1), identity.get("increment", 1)
        if default is None:
            return (1, 1) if told.get("autoincrement") is True else None
        sequence = re.match(r"\s*nextval\('([^']+)'", default)
        return self._sequences.get(sequence[1], (1, 1)) if sequence else None

    def _reference(self, told: ReflectedForeignKeyConstraint) -> FoundForeignKey:
        return FoundForeignKey(
            columns=tuple(told["constrained_columns"]),
            table=told["referred_table"],
            references_columns=tuple(told["referred_columns"]),
            schema=told["referred_schema"] or self._usual,
        )


def _condition(told: ReflectedCheckConstraint) -> str:
    return " ".join(told["sqltext"].split())


def _key(told: ReflectedUniqueConstraint | ReflectedIndex) -> FoundKey:
    names = tuple(name for name in told["column_names"] if name is not None)
    options: Mapping[str, Any] = told.get("dialect_options") or {}
    return FoundKey(
        names, not any(name.endswith("_nulls_not_distinct") and options[name] for name in options)
    )


def is_whole_key(index: ReflectedIndex) -> bool:
    """Whether an index makes columns unique: not an expression, and not among some rows only."""
    options: Mapping[str, Any] = index.get("dialect_options") or {}
    partial = any(name.endswith("_where") for name in options)
    return bool(index["unique"]) and not partial and None not in index["column_names"]
