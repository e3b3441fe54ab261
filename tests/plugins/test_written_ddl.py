"""Experiments -> SQL: real databases take what is written, and reading it back gives the same tables."""

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import psycopg
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL
from sqlglot import exp
from tests.plugins.test_dialects import PAIRS
from tests.relations_zoo import PATTERNS
from tests.support import EXAMPLES, RETAIL, column, table
from tests.test_random_schemas import experiments
from tests.truth import can_be_null

from dw_simulator.errors import RequestError, SchemaError
from dw_simulator.ports.dialect import Dialect, WrittenDdl
from dw_simulator.registry.manager import registry
from dw_simulator.schema import reading
from dw_simulator.schema.model import Column, Experiment, ForeignKey, Table
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.types import Kind

DIALECTS = ("redshift", "snowflake", "postgres", "duckdb", "bigquery", "databricks")
PRIMARY_KEYS_ONLY = ("bigquery", "databricks")
Key = frozenset[str]


def dialect(name: str) -> Dialect:
    loaded: Dialect = registry().dialects.get(name)
    return loaded


def imported(name: str, sql: str) -> Experiment:
    tables = dialect(name).read(sql).tables
    return reading.parse({"name": "x", "tables": tables, "target_warehouse": name}, strict_names=False)


def parsed(*tables: dict[str, Any], **fields: Any) -> Experiment:
    return reading.parse({"name": "x", "tables": list(tables), **fields}, strict_names=False)


READ = {
    "tickit": imported("redshift", (EXAMPLES / "tickit.sql").read_text()),
    "orders": imported("snowflake", (EXAMPLES / "orders.sql").read_text()),
    **{path.stem: imported(path.name.partition("_")[0], path.read_text()) for path in PAIRS},
}
EXPERIMENTS = {
    **READ,
    "retail": reading.load(RETAIL),
    **{name: parsed(*pattern.tables(7)) for name, pattern in PATTERNS.items()},
}
every_experiment = pytest.mark.parametrize("name", EXPERIMENTS)


# --- an own reading of what SQL can say


def keys(experiment: Experiment, table: Table) -> set[Key]:
    """The keys of a table, and what is referenced in it."""
    referenced = {
        frozenset(one.references_columns)
        for other in experiment.tables
        for one in other.references
        if one.references_table == table.name
        and any(set(key) <= set(one.references_columns) for key in table.keys)
    }
    return {frozenset(key) for key in table.keys} | referenced


def goal(one: ForeignKey) -> tuple[str, frozenset[tuple[str, str]]]:
    return one.references_table, frozenset(zip(one.columns, one.references_columns, strict=True))


def goals(experiment: Experiment) -> set[tuple[Any, ...]]:
    """The references that can be declared: to all columns of a key."""
    return {
        (made.name, *goal(one))
        for made in experiment.tables
        for one in made.references
        if any(set(key) <= set(one.references_columns) for key in experiment.table(one.references_table).keys)
    }


def held(name: str, one: Column) -> tuple[Any, ...]:
    """What a dialect keeps of a type."""
    kind, length = one.type.kind, one.type.length if one.type.kind is Kind.TEXT else 0
    if kind is Kind.UUID and name in ("redshift", "snowflake", *PRIMARY_KEYS_ONLY):
        kind, length = Kind.TEXT, 36
    if kind is Kind.TIME and name == "databricks":
        kind = Kind.TEXT
    if name == "databricks":
        length = 0
    if length > 10_485_760:
        length = {"redshift": 65_535, "postgres": 255}.get(name, length)  # TEXT has no length there
    zoned = one.type.zoned and (kind is Kind.TIMESTAMP or name not in ("snowflake", *PRIMARY_KEYS_ONLY))
    return kind, one.type.precision, one.type.scale, zoned, length


def columns(name: str, experiment: Experiment, table: Table) -> list[tuple[Any, ...]]:
    return [
        (one.name, held(name, one), can_be_null(experiment, table, one), one.comment) for one in table.columns
    ]


def plain(check: str) -> str:
    """A CHECK without quotes around its names."""
    tree = sqlglot.parse_one(check)
    for name in tree.find_all(exp.Identifier):
        name.set("quoted", False)
    return str(tree.sql())


def of_identities(experiment: Experiment) -> Iterator[tuple[Any, ...]]:
    for made in experiment.tables:
        for one in made.columns:
            if one.rule and one.rule.name == "sequence" and one.type.kind is Kind.INTEGER:
                yield made.name, one.name, one.rule.options["start"], one.rule.options["step"]


def lost_references(written: WrittenDdl) -> int:
    left_out = [text for text in written.warnings if "reference" in text and "left out" in text]
    return sum("a part of a key" not in text for text in left_out)


def tell_the_same(name: str, experiment: Experiment) -> None:
    """What is written, read again, tells the same tables."""
    written = dialect(name).write(experiment)
    again = imported(name, written.sql)
    assert {one.name for one in again.tables} == {one.name for one in experiment.tables}
    for mine in experiment.tables:
        theirs = again.table(mine.name)
        assert theirs is not None
        assert columns(name, again, theirs) == columns(name, experiment, mine)
        assert theirs.primary_key == mine.primary_key
        assert keys(again, theirs) | keys(experiment, mine) == keys(experiment, mine)
        declared = {mine.primary_key} - {()} if name in PRIMARY_KEYS_ONLY else mine.keys
        assert {frozenset(key) for key in declared} <= {frozenset(key) for key in theirs.keys}
        assert theirs.comment == mine.comment
        if name in ("postgres", "duckdb"):
            assert [plain(check) for check in theirs.checks] == [plain(check) for check in mine.checks]
        if name in ("redshift", "snowflake"):
            assert theirs.sort_key == mine.sort_key
        if name == "redshift":
            assert (theirs.dist_key, theirs.dist_style) == (mine.dist_key, mine.dist_style)
    assert goals(again) <= goals(experiment)
    assert len(goals(experiment)) - len(goals(again)) <= lost_references(written)
    if name not in ("duckdb", *PRIMARY_KEYS_ONLY):
        assert list(of_identities(again)) == list(of_identities(experiment))


@every_experiment
@pytest.mark.parametrize("dialect_name", DIALECTS)
def test_what_is_written_reads_the_same(dialect_name: str, name: str) -> None:
    tell_the_same(dialect_name, EXPERIMENTS[name])


@pytest.mark.parametrize("name", READ)
def test_types_and_defaults_come_back_as_declared(name: str) -> None:
    experiment = READ[name]
    again = imported(
        experiment.target_warehouse or "", dialect(experiment.target_warehouse or "").write(experiment).sql
    )
    for mine in experiment.tables:
        theirs = again.table(mine.name)
        assert theirs is not None
        for one, other in zip(mine.columns, theirs.columns, strict=True):
            assert (other.data_type, other.default, other.encode) == (one.data_type, one.default, one.encode)


# --- real databases


def in_duckdb(experiment: Experiment) -> tuple[WrittenDdl, duckdb.DuckDBPyConnection]:
    written = dialect("duckdb").write(experiment)
    connection = duckdb.connect()
    connection.execute(written.sql)
    return written, connection


@every_experiment
def test_duckdb_takes_it(name: str) -> None:
    experiment = EXPERIMENTS[name]
    written, connection = in_duckdb(experiment)
    counted = "SELECT constraint_type, count(*) FROM duckdb_constraints() GROUP BY 1"
    counts = dict(connection.execute(counted).fetchall())
    assert counts.get("FOREIGN KEY", 0) == len(goals(experiment)) - lost_references(written)
    known = counts.get("PRIMARY KEY", 0) + counts.get("UNIQUE", 0)
    assert known == sum(len(keys(experiment, one)) for one in experiment.tables)
    connection.close()


@every_experiment
def test_postgres_takes_it(name: str, database: psycopg.Connection) -> None:
    experiment = EXPERIMENTS[name]
    in_postgres(database, dialect("postgres").write(experiment))
    counted = (
        "SELECT contype, count(*) FROM pg_constraint WHERE connamespace = 'own'::regnamespace GROUP BY 1"
    )
    counts = {kind if isinstance(kind, str) else kind.decode(): n for kind, n in database.execute(counted)}
    assert counts.get("f", 0) == len(goals(experiment))
    known = counts.get("p", 0) + counts.get("u", 0)
    assert known == sum(len(keys(experiment, one)) for one in experiment.tables)
    assert counts.get("c", 0) == sum(len(one.checks) for one in experiment.tables)


def in_postgres(database: psycopg.Connection, written: WrittenDdl) -> None:
    database.execute("CREATE SCHEMA own")
    database.execute("SET LOCAL search_path TO own")
    database.execute(SQL(written.sql))  # type: ignore[arg-type]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(experiments())
def test_any_schema_can_be_written(database: psycopg.Connection, data: dict[str, Any]) -> None:
    try:
        experiment = reading.parse(data)
    except SchemaError:
        return
    in_duckdb(experiment)[1].close()
    try:
        in_postgres(database, dialect("postgres").write(experiment))
    finally:
        database.rollback()
    for name in DIALECTS:
        tell_the_same(name, experiment)


# --- names


NASTY = (
    "order",
    "Select",
    'a"b',
    "a.b",
    "two words",
    "été",
    "1st",
    "x'y",
    "a\\b",
    ";--",
    "雪",
    "%s {}",
    "user",
    "A",
)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
names = st.lists(
    st.one_of(st.sampled_from(NASTY), texts.map(str)), min_size=4, max_size=4, unique_by=str.casefold
)


def named(parent: str, key: str, child: str, other: str) -> Experiment:
    comment = f"it's {key}\n\\ 'and' \"{other}\""
    link_to_parent = {"references_table": parent, "references_column": key}
    return parsed(
        table(
            parent,
            1,
            column(key, "INT", comment=comment),
            column(other, "INT"),
            primary_key=[key],
            unique=[[other, key]],
            sort_key=[other],
            dist_key=key,
            comment=comment,
        ),
        table(
            child,
            1,
            column(key, "INT", foreign_key=link_to_parent),
            column(other, "VARCHAR(9)", is_unique=True),
        ),
    )


@settings(deadline=None, max_examples=60)
@given(names)
def test_names_of_every_kind(four: list[str]) -> None:
    experiment = named(*four)
    for name in DIALECTS:
        written = dialect(name).write(experiment)
        if any("in the name" in text for text in written.warnings):
            continue
        if name == "snowflake" and any(one.isupper() for one in four):
            continue  # "ID" in quotes is the same as id there, and is read so
        again = imported(name, written.sql)
        assert [one.name for one in again.tables] == four[::2]
        for mine, theirs in zip(experiment.tables, again.tables, strict=True):
            assert columns(name, again, theirs) == columns(name, experiment, mine)
            assert theirs.comment == mine.comment
            if name not in PRIMARY_KEYS_ONLY:
                assert keys(again, theirs) == keys(experiment, mine)
        assert goals(again) == goals(experiment)
    in_duckdb(experiment)[1].close()


def test_words_that_a_parser_knows_are_names_all_the_same() -> None:
    known = {word.lower() for word in sqlglot.Dialect.get_or_raise("snowflake").tokenizer_class.KEYWORDS}
    for word in sorted(word for word in known if re.fullmatch("[a-z_]+", word)):
        try:
            experiment = named(word, "a", "child_x", word)
        except SchemaError:  # SQL's own words
            continue
        again = imported("snowflake", dialect("snowflake").write(experiment).sql)
        assert [one.name for one in again.tables] == [word, "child_x"]


def test_nasty_names_in_postgres(database: psycopg.Connection) -> None:
    experiment = parsed(
        *(
            table(f"{name}{k}", 1, *(column(other, "INT", comment=other) for other in NASTY), comment=name)
            for k, name in enumerate(NASTY)
        )
    )
    in_postgres(database, dialect("postgres").write(experiment))
    found = database.execute("SELECT relname FROM pg_class WHERE relnamespace = 'own'::regnamespace")
    assert {name for (name,) in found} == {one.name for one in experiment.tables}
    described = database.execute(
        "SELECT attname, col_description(attrelid, attnum) FROM pg_attribute WHERE attnum > 0 "
        "AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'own'::regnamespace)"
    ).fetchall()
    assert len(described) == len(NASTY) ** 2
    assert all(name == comment for name, comment in described)


# --- the service


def test_the_experiments_own_dialect_is_the_default(service: ExperimentService) -> None:
    service.import_sql("CREATE TABLE t (a INT PRIMARY KEY)", name="x", dialect="postgres")
    assert service.ddl("x").sql == 'CREATE TABLE "t" (\n  "a" INTEGER NOT NULL,\n  PRIMARY KEY ("a")\n);\n'
    assert "NUMBER" not in service.ddl("x", "snowflake").sql
    service.create({"name": "y", "tables": [table("t", 1, column("a", "INT"))]})
    with pytest.raises(RequestError, match="choose a dialect: ansi, bigquery, databricks, duckdb"):
        service.ddl("y")
    with pytest.raises(RequestError, match="did you mean 'duckdb'"):
        service.ddl("y", "duckbd")


@pytest.mark.parametrize(("name", "own"), [("tickit", "redshift"), ("orders", "snowflake")])
def test_what_is_generated_fits_what_is_written(name: str, own: str, service: ExperimentService) -> None:
    service.import_sql((EXAMPLES / f"{name}.sql").read_text(), name=name, dialect=own, target_rows=300)
    plan = service.plan(name, seed=1)
    summary = service.generate(name, GenerateRequest(seed=1))
    connection = duckdb.connect()
    connection.execute(service.ddl(name, "duckdb").sql)
    for made in plan.load_order.tables:
        files = f"{summary.output_dir}/{made}/*.parquet"
        connection.execute(f'INSERT INTO "{made}" SELECT * FROM read_parquet($1)', [files])
    counted = connection.execute("SELECT sum(estimated_size) FROM duckdb_tables()").fetchone()
    assert counted == (summary.rows,)
    connection.close()


@pytest.mark.parametrize("target", ["redshift", "snowflake", "duckdb"])
def test_a_default_does_not_name_the_types_of_its_source(target: str) -> None:
    ddl = registry().dialects.get("postgres").read("CREATE TABLE t (j JSONB DEFAULT '{}'::jsonb)")
    data = {"name": "x", "tables": ddl.tables, "target_warehouse": "postgres"}
    experiment = reading.parse(data, strict_names=False)
    written = registry().dialects.get(target).write(experiment)
    assert "DEFAULT '{}'" in written.sql
    assert written.warnings == ()
