"""What MySQL, SQL Server, Oracle, Spark and the standard say in words of their own, and what comes of it."""

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dw_simulator.errors import elided
from dw_simulator.planning import plan
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.script_import import ScriptImport
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService, GenerateRequest


def imported(dialect: str, sql: str, rows: int = 200) -> tuple[Experiment, list[str]]:
    return ScriptImport(registry(), Rulebook(registry())).of_sql(sql, "x", dialect, rows)


def written(dialect: str, sql: str, to: str | None = None) -> str:
    text: str = registry().dialects.get(to or dialect).write(imported(dialect, sql)[0]).sql
    return " ".join(text.split())


def made(service: ExperimentService, dialect: str, sql: str) -> duckdb.DuckDBPyConnection:
    """A database with the rows of every table."""
    experiment, _told = imported(dialect, sql)
    service.persistence.add_experiment(experiment)
    service.generate("x", GenerateRequest({}, seed=3))
    base = duckdb.connect()
    for table in experiment.tables:
        files = str(service.settings.output / "x" / table.name / "*.parquet")
        base.execute(f"CREATE TABLE {table.name} AS FROM '{files}'")
    return base


def ask(base: duckdb.DuckDBPyConnection, sql: str) -> Any:
    return base.execute(sql).fetchall()[0][0]


# --- truth values


def test_a_truth_value_stays_a_number_where_it_is_one() -> None:
    sql = "CREATE TABLE t (a BIT NOT NULL DEFAULT 0, b BIT DEFAULT ((1)), CHECK (a = 0 OR b = 1))"
    text = written("tsql", sql)
    assert "[a] BIT DEFAULT 0 NOT NULL, [b] BIT DEFAULT 1, CHECK (a = 0 OR b = 1)" in text


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("postgres", '"a" BOOLEAN DEFAULT FALSE, CHECK ("a" = FALSE OR "a" IN (FALSE, TRUE))'),
        ("mysql", "`a` TINYINT(1) DEFAULT 0, CHECK (`a` = 0 OR `a` IN (0, 1))"),
        ("oracle", '"a" NUMBER(1) DEFAULT 0, CHECK ("a" = 0 OR "a" IN (0, 1))'),
    ],
)
def test_a_truth_value_is_said_as_the_warehouse_has_it(to: str, words: str) -> None:
    assert words in written("tsql", "CREATE TABLE t (a BIT DEFAULT 0, CHECK (a = 0 OR a IN (0, 1)))", to)


def test_a_truth_value_by_itself_is_one_that_is_1() -> None:
    sql = "CREATE TABLE t (a BOOLEAN, b BOOLEAN, n INT, CHECK (NOT a OR b), CHECK (n > 0))"
    assert "CHECK (NOT [a] = 1 OR [b] = 1), CHECK ([n] > 0)" in written("postgres", sql, "tsql")


# --- CHECKs of dialects whose expressions are not evaluated


@pytest.mark.parametrize("dialect", ["mysql", "tsql", "oracle", "spark", "ansi"])
def test_their_checks_hold_in_every_row(dialect: str, service: ExperimentService) -> None:
    flag = "BIT" if dialect == "tsql" else "BOOLEAN"
    sql = f"""CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, net INT, vat INT, gross INT,
        f {flag} NOT NULL, CHECK (a % 3 = 1), CHECK (f = 0 OR a > b), CHECK (gross = net + vat))"""
    sql = sql.replace("a % 3", "MOD(a, 3)") if dialect == "oracle" else sql
    base = made(service, dialect, sql)
    assert ask(base, "SELECT count(*) FROM t WHERE a % 3 <> 1 OR (f AND a <= b) OR gross <> net + vat") == 0
    assert ask(base, "SELECT count(DISTINCT f) FROM t") == 2


def test_classes_of_characters_in_a_like(service: ExperimentService) -> None:
    sql = "CREATE TABLE t (c CHAR(4) NOT NULL CHECK (c LIKE '[A-F][0-9]_[^a-z]'))"
    base = made(service, "tsql", sql)
    assert ask(base, "SELECT count(*) FROM t WHERE NOT regexp_full_match(c, '[A-F][0-9].[^a-z]')") == 0


def test_a_check_on_a_key_tells_its_share() -> None:
    sql = "CREATE TABLE t (id INT PRIMARY KEY, CHECK (id * id % 5 = 0))"
    experiment, _told = imported("postgres", sql, 100)
    (warning,) = plan(experiment, 1, Rulebook(registry())).warnings
    assert "CHECK (id * id % 5 = 0) fails in about 80.0% of the rows" in warning
    assert "other values to id" in warning


def test_a_long_check_is_told_without_its_middle() -> None:
    condition = " OR ".join(f"id % {k} = 1" for k in range(900, 1000))
    experiment, _told = imported("postgres", f"CREATE TABLE t (id INT PRIMARY KEY, CHECK ({condition}))")
    (warning,) = plan(experiment, 1, Rulebook(registry())).warnings
    assert elided(condition) in warning
    assert len(warning) < 500


# --- columns that go, and schemas


def test_a_reference_goes_with_the_column_that_it_leads_to() -> None:
    sql = """CREATE TABLE p (id INT PRIMARY KEY, code CHAR(3) UNIQUE);
        CREATE TABLE t (id INT, code CHAR(3) REFERENCES p (code), p_id INT REFERENCES p);
        ALTER TABLE p DROP COLUMN code;"""
    for dialect in registry().dialects.names:
        ddl = registry().dialects.get(dialect).read(sql)
        experiment = reading.parse({"name": "x", "tables": ddl.tables}, strict_names=False)
        kept = experiment.tables[1].references
        assert [one.columns for one in kept] == [("p_id",)], dialect
        goes = "line 3, column 23: t (code): its reference to p.code goes, as that column is dropped"
        assert any(text.startswith(goes) for text in ddl.warnings), (dialect, ddl.warnings)


def test_tables_of_one_name_are_written_into_their_schemas() -> None:
    sql = """CREATE TABLE raw.orders (id INT PRIMARY KEY);
        CREATE TABLE mart.orders (id INT PRIMARY KEY, raw_id INT REFERENCES raw.orders (id));"""
    text = written("postgres", sql)
    assert text.startswith('CREATE SCHEMA IF NOT EXISTS "raw"; CREATE SCHEMA IF NOT EXISTS "mart";')
    assert 'CREATE TABLE "mart"."orders"' in text
    assert 'REFERENCES "raw"."orders"("id")' in text
    script = registry().dialects.get("oracle").write(imported("postgres", sql)[0])
    assert 'CREATE TABLE "raw"."orders"' in script.sql
    assert "raw.orders: oracle makes no schema raw by a script; make it beforehand" in script.warnings


def test_duckdb_has_no_reference_from_one_schema_to_another() -> None:
    sql = "CREATE TABLE a.t (id INT PRIMARY KEY); CREATE TABLE b.t (id INT REFERENCES a.t (id))"
    script = registry().dialects.get("duckdb").write(imported("postgres", sql)[0])
    assert any("no reference from one schema to another" in text for text in script.warnings)
    duckdb.connect().execute(script.sql)


def test_the_present_in_a_check_is_called_in_duckdb() -> None:
    sql = "CREATE TABLE t (d DATE, CHECK (d <= CURRENT_DATE))"
    duckdb.connect().execute(registry().dialects.get("duckdb").write(imported("postgres", sql)[0]).sql)


# --- collations that fold case


@pytest.mark.parametrize(
    "collation", ["utf8mb4_general_ci", "SQL_Latin1_General_CP1_CI_AS", "nocase", "en-ci"]
)
@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        ({"name": "regex", "pattern": "[A-Za-z]{2}[0-9]"}, 6760),
        ({"name": "choice", "values": ["a", "A", "b", "c", "C"]}, 3),
    ],
)
def test_keys_differ_by_more_than_letter_case(
    collation: str, rule: dict[str, Any], rows: int, service: ExperimentService
) -> None:
    column = {"name": "c", "data_type": "VARCHAR(9)", "is_unique": True, "collate": collation, "rule": rule}
    table = {"name": "t", "target_rows": rows, "columns": [column]}
    service.persistence.add_experiment(reading.parse({"name": "x", "tables": [table]}))
    service.generate("x", GenerateRequest({}, seed=3))
    files = str(service.settings.output / "x" / "t" / "*.parquet")
    assert ask(duckdb.connect(), f"SELECT count(DISTINCT lower(c)) FROM '{files}'") == rows


def test_the_documented_script_is_what_is_written() -> None:
    page = (Path(__file__).parents[2] / "docs" / "dialects.md").read_text()
    (source,), (target,) = (
        re.findall(rf"^```sql {head}\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL)
        for head in ("tsql", "from tsql to postgres")
    )
    experiment, _told = imported("tsql", source)
    assert registry().dialects.get("postgres").write(experiment).sql.strip() == target
