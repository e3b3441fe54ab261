"""Snowflake, or whatever speaks its protocol, by the official connector.

A load fills tables in a schema of its own, `_DW_SIM_LOAD_…`, and then moves their rows into the experiment's
tables in one transaction. DDL commits by itself there, so the experiment's tables stay the objects they are,
with their grants and the views on them: their rows are deleted and inserted. Only a table whose definition
has changed is dropped and made anew, just before that transaction, when all rows are known to be there; if
the transaction fails all the same, that table is left empty, and the others are what they were.
"""

import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Self

import pyarrow as pa

from dw_simulator.adapters.complaints.snowflake_errors import query_error
from dw_simulator.adapters.warehouses.owned import check_counts, found_by
from dw_simulator.adapters.warehouses.snowflake_session import ColumnInfo, Refused, Session, read_url
from dw_simulator.adapters.warehouses.snowflake_staging import Route, StagingTable, route
from dw_simulator.errors import QueryError, WarehouseError
from dw_simulator.ports.warehouse import (
    OWN_TABLE,
    Filling,
    FoundTables,
    Loaded,
    LoadTask,
    Warehouse,
    WarehouseQuery,
)
from dw_simulator.schema.quoting import quoted_name

_STALE_AFTER = timedelta(days=1)
_OWN = OWN_TABLE.upper()
_OWN_COLUMNS = (
    "table_name VARCHAR, called VARCHAR, owner VARCHAR, definition VARCHAR, row_count NUMBER(38,0),"
    " run_id NUMBER(38,0), made_schema BOOLEAN"
)
_NAME = r'(?:"(?:[^"]|"")+"|[A-Za-z_][\w$]*)'
_TABLE = re.compile(rf"(?:CREATE|ALTER) TABLE ({_NAME})\.({_NAME})\s")
_PARENT = re.compile(rf"REFERENCES {_NAME}\.({_NAME})")
_SIZED_BINARY = re.compile(r"\bVARBINARY\(\d+\)")


def _today() -> date:
    return datetime.now(UTC).date()


class SnowflakeWarehouse(Warehouse):
    """snowflake://user:password@account/DATABASE?warehouse=…&role=…

    Further arguments: host, port and protocol of an endpoint that is not Snowflake's own; authenticator,
    private_key_file, private_key_file_pwd, token, passcode; login_timeout and socket_timeout in seconds.
    """

    dialect = "snowflake"

    def __init__(self, url: str) -> None:
        self.place, self._arguments = read_url(url)

    def check(self, task: LoadTask) -> list[str]:
        target = TargetSchema.of(task)
        with self._session() as session:
            _refuse_others(session, task, target)
        return list(target.warnings)

    def fill(self, task: LoadTask) -> "SnowflakeFilling":
        return SnowflakeFilling(self._connect, task)

    def empty(self, schema: str, owner: str = "") -> list[str]:
        with self._session() as session:
            real, own = _find(session, schema, owner or schema)
            if own:
                with session.transaction():
                    for table in own:
                        session.run(f"DELETE FROM {quoted_name(real, table)}")
                    session.run(f"UPDATE {quoted_name(real, _OWN)} SET row_count = 0")
            return [entry.called for entry in own.values()]

    def drop(self, schema: str, owner: str = "") -> list[str]:
        with self._session() as session:
            real, own = _find(session, schema, owner or schema)
            if own:
                for table in own:
                    session.run(f"DROP TABLE IF EXISTS {quoted_name(real, table)}")
                session.run(f"DROP TABLE {quoted_name(real, _OWN)}")
                if any(entry.made_schema for entry in own.values()) and not session.holds_anything(real):
                    session.run(f"DROP SCHEMA {quoted_name(real)}")
            return [entry.called for entry in own.values()]

    @contextmanager
    def answer(self, asked: WarehouseQuery) -> Iterator[FoundTables]:
        with self._session() as session:
            real, _own = _find(session, asked.schema, asked.owner)
            session.run(f"USE SCHEMA {quoted_name(real)}")
            most = {} if asked.seconds is None else {"seconds": asked.seconds}
            statement = asked.translate(asked.sql)
            try:
                with session.query(statement.sql, asked.limit, **most) as batches:
                    yield found_by(batches)
            except Refused as refused:
                raise query_error(refused.said, statement) from None
            except pa.ArrowException:
                raise QueryError("the values of a column are of several types; cast it to one") from None

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with closing(self._connect()) as session:
            yield session

    def _connect(self) -> Session:
        return Session(self.place, self._arguments)


# --- what a load is to make


@dataclass
class TargetTable:
    """A table as the DDL has it.

    real        its name in the database
    statements  CREATE TABLE, then comments
    late        its keys and references
    """

    called: str
    real: str
    statements: list[str]
    late: list[str] = field(default_factory=list)

    @property
    def definition(self) -> str:
        """What tells whether a table that is there is still the same."""
        return hashlib.sha256("\n".join([*self.statements, *self.late]).encode()).hexdigest()


@dataclass
class TargetSchema:
    """The experiment's schema, read off the DDL: only the dialect knows which names it quotes."""

    schema: str
    tables: dict[str, TargetTable]
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, load: LoadTask) -> "TargetSchema":
        written = load.ddl(schema=load.schema, keys_late=True)
        tables: dict[str, TargetTable] = {}
        schema = real = ""
        for statement in written.tables:
            if names := _TABLE.match(statement):
                schema, real = _real(names[1]), _real(names[2])
                if real in tables or real == _OWN:
                    raise WarehouseError(f"{load.schema}.{real}: the name is taken; rename the table")
                tables[real] = TargetTable(_called(names[2]), real, [])
            tables[real].statements.append(statement)
        for statement in written.late:
            tables[_altered(statement)].late.append(statement)
        return cls(schema, tables, written.warnings)


def _called(name: str) -> str:
    """A name without its quotes."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _real(name: str) -> str:
    """The name that one in a statement means."""
    return _called(name) if name.startswith('"') else name.upper()


def _altered(statement: str) -> str:
    names = _TABLE.match(statement)
    assert names is not None, "late statements alter tables"
    return _real(names[2])


# --- what is ours


@dataclass(frozen=True)
class Entry:
    """A table that this program has made."""

    called: str
    definition: str
    made_schema: bool


def _own(session: Session, schema: str, owner: str) -> dict[str, Entry]:
    """The tables made for an experiment's schema, by their real names, as that schema's list has them."""
    if _OWN not in session.tables(schema):
        return {}
    rows = session.run(
        "SELECT table_name, called, definition, made_schema "
        f"FROM {quoted_name(schema, _OWN)} WHERE owner = ?",
        owner,
    )
    return {
        str(table): Entry(str(called), str(definition), bool(made))
        for table, called, definition, made in rows
    }


def _find(session: Session, called: str, owner: str) -> tuple[str, dict[str, Entry]]:
    """The real name of an experiment's schema, and what is ours in it."""
    for schema in sorted({called, called.upper()} & session.schemas()):
        if own := _own(session, schema, owner):
            return schema, own
    return called, {}


def _refuse_others(session: Session, load: LoadTask, target: TargetSchema) -> None:
    """Raise where tables or views of others bear the names of the load's tables."""
    there = session.tables(target.schema)
    own = _own(session, target.schema, load.owner or load.schema)
    if strange := sorted(there & target.tables.keys() - own.keys()):
        names = ", ".join(f"{target.schema}.{name}" for name in strange)
        raise WarehouseError(
            f"{session.place}: {names} is there, and this program has not made it; "
            "rename or drop it, or load under another name"
        )


# --- a load


class SnowflakeFilling(Filling):
    """A load that goes on."""

    def __init__(self, connect: Callable[[], Session], load: LoadTask) -> None:
        self._connect, self._load, self._target = connect, load, TargetSchema.of(load)
        self._session: Session
        self._prefix = f"_DW_SIM_LOAD_{hashlib.sha256(self._target.schema.encode()).hexdigest()[:8].upper()}_"
        self._staging = f"{self._prefix}{_today():%Y%m%d}_{secrets.token_hex(4).upper()}"
        self._warnings: list[str] = []
        self._left_out: list[str] = []
        self._created: list[str] = []
        self._created_schema = False
        self._route: Route
        self._columns: dict[str, list[ColumnInfo]] = {}

    def __enter__(self) -> Self:
        self._session = self._connect()
        try:
            self._prepare()
        except BaseException:
            self._clean_up()
            raise
        return self

    def _prepare(self) -> None:
        _refuse_others(self._session, self._load, self._target)
        # what is younger may be a load from elsewhere that goes on
        oldest = f"{_today() - _STALE_AFTER:%Y%m%d}"
        for name in self._session.schemas():
            left = re.fullmatch(rf"{self._prefix}(\d{{8}})_[0-9A-F]{{8}}", name)
            if left and left[1] < oldest:
                self._session.run(f"DROP SCHEMA IF EXISTS {quoted_name(name)}")
        self._session.make_schema(self._staging)
        self._route = route(self._session, self._staging)
        written = self._load.ddl(schema=self._staging.lower(), keys_late=True)
        for statement in written.tables:
            if _TABLE.match(statement):
                self._create(statement)
        self._columns = self._session.columns(self._staging)

    def _create(self, statement: str) -> None:
        try:
            self._session.run(statement)
        except Refused:
            plain = _SIZED_BINARY.sub("VARBINARY", statement)
            if plain == statement:
                raise
            self._session.run(plain)
            self._left_out.append("lengths of VARBINARY")

    def append_files(self, table: str, files: Sequence[str]) -> bool:  # noqa: ARG002 - it reads none
        return False

    def append(self, table: str, batches: pa.RecordBatchReader) -> int:
        staged = self._staging_table(self._table(table), batches.schema.names)
        return self._route.send(staged, batches, self._load.check)

    def _table(self, called: str) -> TargetTable:
        return next(table for table in self._target.tables.values() if table.called == called)

    def _staging_table(self, table: TargetTable, names: Iterable[str]) -> StagingTable:
        """The columns of a staging table in the order of those that come."""
        declared = self._load.experiment.table(table.called)
        assert declared is not None, "the DDL is the experiment's"
        columns = dict(
            zip((column.name for column in declared.columns), self._columns[table.real], strict=True)
        )
        return StagingTable(self._staging, table.real, tuple(columns[name] for name in names))

    # --- showing the tables

    def finish(self) -> Loaded:
        self._count(self._staging)
        self._load.check()
        former = self._make_tables()
        counts = self._swap(former)
        self._created.clear()
        self._created_schema = False
        self._drop_gone(former)
        if self._left_out:
            unsaid = ", ".join(f"{what} ({n})" for what, n in Counter(self._left_out).items())
            self._warnings.append(f"{self._session.place} does not take, left out: {unsaid}")
        return Loaded(counts, self._route.how, [*self._target.warnings, *self._warnings])

    def _count(self, schema: str) -> dict[str, int]:
        """The rows of each table, as the database counts them."""
        tables = self._target.tables.values()
        found = self._session.counts(schema, [table.real for table in tables])
        counts = {table.called: found[table.real] for table in tables}
        check_counts(self._load, counts, self._session.place)
        return counts

    def _make_tables(self) -> dict[str, Entry]:
        """Make what is missing or has changed, empty; returns what was ours before."""
        session, target = self._session, self._target
        self._created_schema = session.make_schema(target.schema)
        # where identities are sequences behind the scenes, they are made in the session's schema, which must
        # not be the one of the load
        session.run(f"USE DATABASE {quoted_name(session.database)}")
        session.run(f"CREATE TABLE IF NOT EXISTS {quoted_name(target.schema, _OWN)} ({_OWN_COLUMNS})")
        former = _own(session, target.schema, self._load.owner or self._load.schema)
        there = session.columns(target.schema)
        fresh = [table for table in target.tables.values() if not self._fits(table, former, there)]
        # listed before they are made: what is not listed would be somebody else's from then on
        self._register(fresh, former, dict.fromkeys(self._load.rows, 0))
        for table in fresh:
            if table.real in there:
                session.run(f"DROP TABLE {quoted_name(target.schema, table.real)}")
            else:
                self._created.append(table.real)
            self._create(table.statements[0])
        self._add_keys({table.real for table in fresh})
        return former

    def _fits(self, table: TargetTable, former: dict[str, Entry], there: dict[str, list[ColumnInfo]]) -> bool:
        """Whether a table is there and as it is to be."""
        entry = former.get(table.real)
        same = entry is not None and entry.definition == table.definition
        return same and there.get(table.real) == self._columns[table.real]

    def _add_keys(self, fresh: set[str]) -> None:
        """Add comments, keys and references of new tables, and references to them, which a drop took away."""
        tables = self._target.tables.values()
        statements = [text for table in tables if table.real in fresh for text in table.statements[1:]]
        for statement in (text for table in tables for text in table.late):
            parent = _PARENT.search(statement)
            if _altered(statement) in fresh or (parent and _real(parent[1]) in fresh):
                statements.append(statement)
        for statement in statements:
            self._run_if_known(statement)

    def _run_if_known(self, statement: str) -> None:
        """Say what changes no row: nothing there is enforced, and an emulator may not know it."""
        kind = next(word for word in ("FOREIGN KEY", "PRIMARY KEY", "UNIQUE", "COMMENT") if word in statement)
        if kind in self._left_out:
            self._left_out.append(kind)
            return
        try:
            self._session.run(statement)
        except Refused:
            self._left_out.append(kind)

    def _swap(self, former: dict[str, Entry]) -> dict[str, int]:
        """Put the new rows in the place of the old ones, in all tables at once."""
        session, schema = self._session, self._target.schema
        with session.transaction():
            for table in self._in_order():
                names = ", ".join(quoted_name(column.name) for column in self._columns[table.real])
                source, goal = quoted_name(self._staging, table.real), quoted_name(schema, table.real)
                session.run(f"DELETE FROM {goal}")
                session.run(f"INSERT INTO {goal} ({names}) SELECT {names} FROM {source}")
            self._register(self._in_order(), former, self._load.rows)
            return self._count(schema)

    def _in_order(self) -> list[TargetTable]:
        return [self._table(name) for name in self._load.order.tables]

    def _register(self, tables: list[TargetTable], former: dict[str, Entry], rows: Mapping[str, int]) -> None:
        """Write down that tables are ours."""
        if not tables:
            return
        made_schema = self._created_schema or any(entry.made_schema for entry in former.values())
        run = "NULL" if self._load.run_id is None else int(self._load.run_id)
        self._unregister(table.real for table in tables)
        values = ", ".join(f"(?, ?, ?, ?, {rows[table.called]}, {run}, {made_schema})" for table in tables)
        self._session.run(
            f"INSERT INTO {quoted_name(self._target.schema, _OWN)} VALUES {values}",
            *(
                value
                for table in tables
                for value in (
                    table.real,
                    table.called,
                    self._load.owner or self._load.schema,
                    table.definition,
                )
            ),
        )

    def _unregister(self, tables: Iterable[str]) -> None:
        if names := list(tables):
            marks = ", ".join("?" * len(names))
            own = quoted_name(self._target.schema, _OWN)
            self._session.run(f"DELETE FROM {own} WHERE table_name IN ({marks})", *names)

    def _drop_gone(self, former: dict[str, Entry]) -> None:
        """Drop the tables of the last load that the experiment has no more."""
        gone = sorted(former.keys() - self._target.tables.keys())
        try:
            for table in gone:
                self._session.run(f"DROP TABLE IF EXISTS {quoted_name(self._target.schema, table)}")
            self._unregister(gone)
        except WarehouseError as error:  # the new tables are shown already
            self._warnings.append(f"left over of the last load: {', '.join(gone)}: {error}")

    # --- the end

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clean_up()

    def _clean_up(self) -> None:
        """Drop the load's own schema, and what was made for tables that will not be shown."""
        schema = self._target.schema
        undone = [f"DROP SCHEMA IF EXISTS {quoted_name(self._staging)}"]
        if self._created_schema:
            undone.append(f"DROP SCHEMA {quoted_name(schema)}")
        else:
            undone += [f"DROP TABLE IF EXISTS {quoted_name(schema, table)}" for table in self._created]
        with closing(self._session), suppress(WarehouseError):  # the next load sweeps away what is left
            for statement in undone:
                self._session.run(statement)
            self._unregister(() if self._created_schema else self._created)
