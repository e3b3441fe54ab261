"""Pairs of a script and what it says, 60 of each dialect, in `pairs/`: small enough to be checked by eye.

Each shows one thing of the documented grammar. A pair is a title, a script, and behind `---` its tables: a
line for each column, then keys, references, CHECKs and how the rows are kept; after `!`, what is told.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import fakesnow
import psycopg
import pytest
import snowflake.connector
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL
from snowflake.connector.errors import ProgrammingError
from tests.plugins.test_scripts_of_the_wild import SCRIPTS

from dw_simulator.errors import RequestError
from dw_simulator.ports.dialect import WrittenDdl
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.script_import import ScriptImport
from dw_simulator.schema.model import Column, Experiment, Table

DIALECTS = ("redshift", "snowflake", "postgres", "duckdb", "bigquery", "databricks")
YOUNGER = ("mysql", "tsql", "oracle", "spark", "ansi")
"""Whose warehouses are not here: what is written in their words is read again, and made in DuckDB."""
_KEPT_APART = ("name", "is_unique", "foreign_key", "unique", "composite_keys", "foreign_keys")
"""Fields of which the schema has several spellings for the same."""


class Pair(NamedTuple):
    """A script, and what it says."""

    dialect: str
    title: str
    sql: str
    expected: str


def pairs(dialect: str) -> list[Pair]:
    text = (Path(__file__).parent / "pairs" / f"{dialect}.txt").read_text()
    found = re.findall(r"^=== (.*)\n((?:(?!---$).*\n)*)---\n((?:(?!=== ).*\n)*)", text, re.MULTILINE)
    return [Pair(dialect, *map(str.rstrip, parts)) for parts in found]


PAIRS = {dialect: pairs(dialect) for dialect in (*DIALECTS, *YOUNGER)}
ALL = [pair for dialect in DIALECTS for pair in PAIRS[dialect]]
OTHERS = [pair for dialect in YOUNGER for pair in PAIRS[dialect]]
REFUSED = ("n" * 128, "REFERENCES raw.o (a)")
"""What is read, and no experiment: a name that is too long, a reference to what is no key."""
WILD = [
    Pair(dialect, f"a wild script, {k}", sql, "")
    for k, (dialect, sql, _tables) in enumerate(SCRIPTS)
    if not any(words in sql for words in REFUSED)
]
every_pair = pytest.mark.parametrize(
    "pair", [*ALL, *OTHERS], ids=lambda pair: f"{pair.dialect}: {pair.title}"
)
every_script = pytest.mark.parametrize(
    "pair", [*ALL, *WILD, *OTHERS], ids=lambda pair: f"{pair.dialect}: {pair.title}"
)
every_older_script = pytest.mark.parametrize(
    "pair", [*ALL, *WILD], ids=lambda pair: f"{pair.dialect}: {pair.title}"
)


@cache
def imported(dialect: str, sql: str) -> tuple[Experiment, tuple[str, ...]]:
    found, told = ScriptImport(registry(), Rulebook(registry()), infer=False).of_sql(
        sql, "pair", dialect, None
    )
    return found, tuple(told)


def written(experiment: Experiment, dialect: str) -> WrittenDdl:
    made: WrittenDdl = registry().dialects.get(dialect).write(experiment)
    return made


# --- what a schema says, in lines


def said(experiment: Experiment, told: Sequence[str]) -> str:
    lines = [line for table in experiment.tables for line in _of_table(table)]
    lines += [f"! {re.sub(r'^line .*?: ', '', text).splitlines()[0]}" for text in told]
    return "\n".join(lines)


def _of_table(table: Table) -> Iterator[str]:
    yield table.name
    for column in table.columns:
        yield "  " + ", ".join(_of_column(column))
    for key in table.keys:
        kind = "primary key" if key == table.primary_key else "unique"
        yield f"  {kind}{'' if table.tells_nulls_apart(key) else ', NULL as well,'} ({', '.join(key)})"
    for one in table.references:
        to = f"{one.references_table} ({', '.join(one.references_columns)})"
        yield f"  ({', '.join(one.columns)}) is a row of {to}"
    for other in table.outside_references:
        yield f"  ({', '.join(other.columns)}) is a row of {other.references_table}, which is elsewhere"
    yield from (f"  check {check}" for check in table.checks)
    kept = {"dist style": table.dist_style, "dist key": table.dist_key}
    yield from (f"  {word} {value}" for word, value in kept.items() if value)
    if table.sort_key:
        yield f"  sort key ({', '.join(table.sort_key)})"
    if table.comment is not None:
        yield f"  comment {_quoted(table.comment)}"


def _of_column(column: Column) -> Iterator[str]:
    yield f"{column.name} {column.data_type}"
    if column.required:
        yield "not null"
    if column.rule is not None:
        options = column.rule.options
        words = {"sequence": "counts from {start} by {step}", "expression": "generated as {sql}"}
        yield words[column.rule.name].format(**options)
    if column.default is not None:
        yield f"default {column.default}"
    if column.collate is not None:
        yield f"collate {column.collate}"
    if column.encode is not None:
        yield f"encode {column.encode}"
    if column.comment is not None:
        yield f"comment {_quoted(column.comment)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize("dialect", PAIRS)
def test_there_are_sixty(dialect: str) -> None:
    assert len({pair.title for pair in PAIRS[dialect]}) == len(PAIRS[dialect]) >= 60
    assert len({pair.sql for pair in PAIRS[dialect]}) == len(PAIRS[dialect])


@every_pair
def test_a_script_says_what_stands_beside_it(pair: Pair) -> None:
    assert said(*imported(pair.dialect, pair.sql)) == pair.expected


# --- written, and read again


def facts(table: Table) -> dict[str, Any]:
    """A table as JSON; keys and references whichever way they are spelled."""
    data = table.model_dump(mode="json", exclude_defaults=True, exclude=set(_KEPT_APART))
    columns = [
        one.model_dump(mode="json", exclude_defaults=True, exclude=set(_KEPT_APART[1:]))
        for one in table.columns
    ]
    keys = {frozenset(key) for key in table.keys}
    goals = {(one.columns, one.references_table, one.references_columns) for one in table.references}
    for one in columns:
        one["data_type"] = re.sub(r"^((?:DECIMAL|NUMERIC|NUMBER)\(\d+)\)$", r"\1,0)", one["data_type"])
    # what leads out of the script is no constraint that the script can say again
    return data | {"columns": columns, "keys": keys, "references": goals, "outside_references": None}


NO_LOSS = "TIMESTAMPTZ is written as TIMESTAMP|takes no '[. ]' in the name|makes no schema"
"""Warnings of what reads the same all the same."""


@every_script
def test_what_is_written_reads_the_same(pair: Pair) -> None:
    first, _told = imported(pair.dialect, pair.sql)
    script = written(first, pair.dialect)
    again, _told = imported(pair.dialect, script.sql)
    mine, theirs = ({table.name: facts(table) for table in one.tables} for one in (first, again))
    assert mine.keys() == theirs.keys()
    lost = [
        f"{name}.{field}"
        for name, table in mine.items()
        for field in table.keys() | theirs[name].keys()
        if table.get(field) != theirs[name].get(field)
    ]
    assert not lost or script.warnings, lost
    assert lost or not [text for text in script.warnings if not re.search(NO_LOSS, text)], script.warnings


_PIECES = """DROP,RENAME,ALTER COLUMN,ADD,SET OPTIONS,TO,GENERATED ALWAYS AS,IDENTITY,COLLATE,DEFAULT,'now',
LIKE,CLUSTER BY,START WITH,INCREMENT BY -,NULL,(,),;,',::""".split(",")
_damage = st.tuples(st.floats(0, 1), st.sampled_from(_PIECES), st.integers(0, 30))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ALL), st.lists(_damage, min_size=1, max_size=3))
def test_broken_ones_are_written_or_get_a_place(pair: Pair, damage: list[tuple[float, str, int]]) -> None:
    sql, refusal, experiment = pair.sql, "", None
    for where, piece, gone in damage:
        at = int(where * len(sql))
        sql = f"{sql[:at]} {piece} {sql[at + gone :]}"
    try:
        experiment, _told = imported(pair.dialect, sql)
    except RequestError as error:
        refusal = str(error)
    assert experiment is not None or re.search(r"line \d+, column [1-9]", refusal)
    for dialect in DIALECTS if experiment is not None else ():
        assert written(experiment, dialect).sql


NOT_IN_SQLGLOT = r"POINT|LONG RAW|\(\d+,-\d|YEAR\(\d\)|DAY\(\d\)|FLOAT UNSIGNED|MONTH\(|ARRAY\[|ROW\("
"""Types that it does not read in a column, where the warehouse does."""


@pytest.mark.parametrize("pair", OTHERS, ids=lambda pair: f"{pair.dialect}: {pair.title}")
def test_sqlglot_takes_it(pair: Pair) -> None:
    dialect = registry().dialects.get(pair.dialect).ddl.sqlglot
    script = written(imported(pair.dialect, pair.sql)[0], pair.dialect)
    for statement in (*script.tables, *script.late):
        if not re.search(NOT_IN_SQLGLOT, statement):
            tree = sqlglot.parse_one(statement, read=dialect)
            assert tree.key in ("create", "alter", "comment", "ifblock"), statement


# --- real databases


@pytest.fixture(scope="module")
def in_memory() -> Iterator[duckdb.DuckDBPyConnection]:
    """One DuckDB for all pairs: to open one takes longer than to make a table."""
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


@pytest.fixture(scope="module")
def server(postgres: str) -> Iterator[psycopg.Connection]:
    """One connection to PostgreSQL for all pairs."""
    with psycopg.connect(postgres) as connection:
        yield connection


@every_script
def test_duckdb_takes_it(pair: Pair, in_memory: duckdb.DuckDBPyConnection) -> None:
    experiment, _told = imported(pair.dialect, pair.sql)
    in_memory.execute("BEGIN; CREATE SCHEMA own; USE own")
    try:
        in_memory.execute(written(experiment, "duckdb").sql)
        made = in_memory.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
    finally:
        in_memory.execute("ROLLBACK; USE memory.main")
    names = {name.lower() if schema == "own" else f"{schema}.{name}".lower() for schema, name in made}
    assert names == {table.name.lower() for table in experiment.tables}


@every_older_script
def test_postgres_takes_it(pair: Pair, server: psycopg.Connection) -> None:
    experiment, _told = imported(pair.dialect, pair.sql)
    named = """SELECT CASE WHEN nspname = 'own' THEN relname ELSE nspname || '.' || relname END
        FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
        WHERE relkind = 'r' AND nspname IN ('own', 'raw', 'mart', 'bronze', 'silver')"""
    try:
        server.execute("CREATE SCHEMA own")
        server.execute("SET LOCAL search_path TO own")
        server.execute(SQL(written(experiment, "postgres").sql))  # type: ignore[arg-type]
        made = server.execute(named).fetchall()
    finally:
        server.rollback()
    assert {name for (name,) in made} == {table.name for table in experiment.tables}


NOT_IN_FAKESNOW = {
    "its BINARY has no length": 'Type "BLOB" does not take',
    "it has other collations": "COLLATE",
    "it adds no reference to a table that is there": "adding FOREIGN_KEY",
    "it leaves a quote in a comment as it is": "unterminated string",
    "it counts in one column of a table alone": "Multiple AUTOINCREMENT",
    "it counts from 1 upwards": "START value",
    "to DuckDB, on which it stands, AT is no name": 'near "AT"',
}
"""What fakesnow does not do, each with what it says then."""


@pytest.mark.filterwarnings("ignore:Arrow output")
def test_fakesnow_takes_them() -> None:
    """All in one session, as its statements take their time."""
    refused, taken = {}, 0
    with fakesnow.patch(), snowflake.connector.connect(database="DW", schema="PUBLIC") as connection:
        cursor = connection.cursor()
        for k, pair in enumerate(ALL):
            script = written(imported(pair.dialect, pair.sql)[0], "snowflake")
            cursor.execute(f"CREATE SCHEMA s{k}")
            cursor.execute(f"USE SCHEMA s{k}")
            try:
                for statement in (*script.tables, *script.late):
                    cursor.execute(statement)
                for schema in re.findall(r"CREATE SCHEMA IF NOT EXISTS (\S+)", script.sql):
                    cursor.execute(f"DROP SCHEMA {schema.rstrip(';')} CASCADE")
                taken += 1
            except (ProgrammingError, NotImplementedError, duckdb.Error) as error:
                if not any(words in str(error) for words in NOT_IN_FAKESNOW.values()):
                    refused[f"{pair.dialect}: {pair.title}"] = str(error)
    assert not refused
    assert taken > 0.9 * len(ALL)
