"""What columns have besides a type, from scripts to databases: expressions, defaults, sequences."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from dw_simulator.errors import SchemaError
from dw_simulator.registry.manager import registry
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService, GenerateRequest

SCRIPTS = {
    "postgres": "c INT GENERATED ALWAYS AS (a * b + 1) STORED",
    "duckdb": "c INT GENERATED ALWAYS AS (a * b + 1)",
    "snowflake": "c INT AS (a * b + 1)",
    "databricks": "c INT GENERATED ALWAYS AS (a * b + 1)",
}


def read(dialect: str, sql: str) -> Experiment:
    tables = registry().dialects.get(dialect).read(sql).tables
    return reading.parse({"name": "x", "tables": tables, "target_warehouse": dialect}, strict_names=False)


def written(dialect: str, experiment: Experiment) -> Any:
    return registry().dialects.get(dialect).write(experiment)


# --- generated columns


@pytest.mark.parametrize("dialect", SCRIPTS)
def test_values_follow_the_expression(dialect: str, service: ExperimentService, tmp_path: Path) -> None:
    sql = f"CREATE TABLE t (a SMALLINT NOT NULL, b SMALLINT, {SCRIPTS[dialect]})"
    created = service.import_sql(sql, name="g", dialect=dialect)
    assert not [text for text in created.warnings if "t.c" in text]
    summary = service.generate("g", GenerateRequest(seed=1, rows={"t": 500}))
    asked = "SELECT count(*), count(c), count(*) FILTER (c IS DISTINCT FROM a * b + 1) FROM read_parquet($1)"
    row = duckdb.execute(asked, [f"{summary.output_dir}/t/*.parquet"]).fetchone()
    assert row is not None
    assert row[0] == 500
    assert 400 < row[1] < 500, "where b is NULL, and nowhere else"
    assert row[2] == 0
    # databases take no values for generated columns: what is loaded is an ordinary one
    assert service.load("g", to=f"duckdb://{tmp_path}/w.duckdb").rows == 500


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("random() * 5", "random"),
        ("nosuch(a)", "nosuch"),
        ("1 / (a - a)", "given up"),
        ("a * 40000 * 40000 * 40000", "given up"),
    ],
)
def test_what_cannot_be_made_is_an_ordinary_column(
    expression: str, why: str, service: ExperimentService
) -> None:
    sql = f"CREATE TABLE t (a INT, c INT GENERATED ALWAYS AS ({expression}) STORED)"
    created = service.import_sql(sql, name="g", dialect="postgres")
    (told,) = [text for text in created.warnings if "t.c" in text]
    assert why in told.lower()
    assert service.generate("g", GenerateRequest(seed=1, rows={"t": 50})).rows == 50


def test_duckdb_computes_what_is_made(service: ExperimentService) -> None:
    sql = """CREATE TABLE t (id INTEGER, price DECIMAL(9,2), day DATE, name VARCHAR(9),
        gross DECIMAL(9,2) AS (price * 1.19), month INTEGER AS (month(day)), up VARCHAR AS (upper(name)))"""
    service.import_sql(sql, name="g", dialect="duckdb")
    summary = service.generate("g", GenerateRequest(seed=3, rows={"t": 300}))
    with duckdb.connect() as connection:
        connection.execute(service.ddl("g").sql)
        files = f"{summary.output_dir}/t/*.parquet"
        connection.execute("INSERT INTO t SELECT id, price, day, name FROM read_parquet($1)", [files])
        asked = "SELECT * FROM t EXCEPT ALL SELECT * FROM read_parquet($1)"
        assert connection.execute(asked, [files]).fetchall() == []


def test_json_says_generated_columns_too() -> None:
    column = {"name": "c", "data_type": "INT", "required": False, "generated": True}
    made = {**column, "rule": {"name": "expression", "sql": "a + 1", "dialect": "duckdb"}}
    tables: Any = [{"name": "t", "columns": [{"name": "a", "data_type": "INT"}, made]}]
    experiment = reading.parse({"name": "x", "tables": tables})
    assert '"c" INTEGER GENERATED ALWAYS AS ("a" + 1) STORED' in written("postgres", experiment).sql
    redshift = written("redshift", experiment)
    assert "GENERATED" not in redshift.sql
    assert redshift.warnings == ("t.c: redshift cannot generate it as a + 1, so it is an ordinary column",)


# --- collations


def test_a_collation_is_a_name() -> None:
    column = {"name": "c", "data_type": "VARCHAR(9)", "collate": "C"}
    experiment = reading.parse({"name": "x", "tables": [{"name": "t", "columns": [column]}]})
    assert 'COLLATE "C"' in written("postgres", experiment).sql
    assert "COLLATE 'C'" in written("snowflake", experiment).sql
    for wrong in ("a' OR 1", 'a"b', "a;b", "a b", "", "-- x"):
        with pytest.raises(SchemaError, match="collate"):
            reading.parse({"name": "x", "tables": [{"name": "t", "columns": [{**column, "collate": wrong}]}]})
    odd = reading.parse({"name": "x", "tables": [{"name": "t", "columns": [{**column, "collate": "a--b"}]}]})
    assert "--" not in written("redshift", odd).sql, "without quotes it would begin a comment"


# --- defaults


@pytest.mark.parametrize(
    ("source", "column", "expected"),
    [
        ("redshift", "TIMESTAMP DEFAULT ('now'::text)::timestamp", "CURRENT_TIMESTAMP"),
        ("redshift", "TIMESTAMP DEFAULT SYSDATE", "CURRENT_TIMESTAMP"),
        ("redshift", "TIMESTAMP DEFAULT convert_timezone('UTC', getdate())", "CURRENT_TIMESTAMP"),
        ("redshift", "DATE DEFAULT trunc(getdate())", "CURRENT_DATE"),
        ("redshift", "BOOLEAN DEFAULT 0", "FALSE"),
        ("redshift", "BOOLEAN DEFAULT 't'", "TRUE"),
        ("redshift", "INT DEFAULT '7'", "7"),
        ("redshift", "VARCHAR(9) DEFAULT 7", "'7'"),
        ("redshift", "SUPER DEFAULT ''", ""),
        ("redshift", "SUPER DEFAULT '[1]'", "'[1]'"),
        ("snowflake", "TIMESTAMP_NTZ(6) DEFAULT CURRENT_TIMESTAMP()::TIMESTAMP_NTZ", "CURRENT_TIMESTAMP"),
        ("snowflake", "VARIANT DEFAULT PARSE_JSON('{}')", "'{}'"),
        ("snowflake", "VARCHAR(36) DEFAULT UUID_STRING()", "UUID"),
        ("bigquery", "DATETIME DEFAULT CURRENT_DATETIME('Asia/Tokyo')", "CURRENT_TIMESTAMP"),
        ("duckdb", "TIMESTAMP DEFAULT get_current_timestamp()", "CURRENT_TIMESTAMP"),
        ("databricks", "TIMESTAMP DEFAULT now()", "CURRENT_TIMESTAMP"),
        ("postgres", "TIMESTAMP DEFAULT timezone('utc'::text, now())", "CURRENT_TIMESTAMP"),
        ("postgres", "INT DEFAULT my_own()", ""),
        ("postgres", "DATE DEFAULT 'now'", "CURRENT_DATE"),
        ("snowflake", "INT DEFAULT RANDOM()", ""),
        ("snowflake", "VARCHAR DEFAULT CURRENT_WAREHOUSE()", ""),
    ],
)
def test_a_default_is_one_that_the_target_takes(source: str, column: str, expected: str) -> None:
    experiment = read(source, f"CREATE TABLE t (a {column})")
    for target in {"duckdb", "postgres"} - {source}:
        made = written(target, experiment)
        found = made.sql.partition("DEFAULT ")[2].partition("\n")[0]
        assert found.replace("GEN_RANDOM_UUID()", "UUID").replace("UUID()", "UUID") == expected
        assert bool(made.warnings) == (not expected)
        if target == "duckdb":
            with duckdb.connect() as connection:
                connection.execute(f"{made.sql}; INSERT INTO t DEFAULT VALUES")


@pytest.mark.parametrize(("start", "step"), [(1, 1), (10, 5), (0, 1), (-5, 2), (-1, -1), (7, -3)])
def test_duckdb_counts_by_a_sequence(start: int, step: int) -> None:
    counts = f"GENERATED BY DEFAULT AS IDENTITY (START WITH {start} INCREMENT BY {step})"
    sql = f"CREATE TABLE t (id INT {counts}, a INT)"
    made = written("duckdb", read("postgres", sql))
    assert made.warnings == ()
    with duckdb.connect() as connection:
        connection.execute(made.sql)
        connection.execute("INSERT INTO t (a) SELECT * FROM range(5)")
        found = connection.execute("SELECT id FROM t ORDER BY a").fetchall()
    assert [one for (one,) in found] == [start + k * step for k in range(5)]
    (again,) = read("duckdb", made.sql).tables
    assert again.columns[0].rule is not None
    assert again.columns[0].rule.options == {"start": start, "step": step}


@pytest.mark.parametrize(
    ("dialect", "item"),
    [
        ("postgres", "a TIMESTAMP\nWITHOUT\nTIME ZONE\nNOT NULL"),
        ("postgres", "a TIMESTAMP WITH\nTIME ZONE DEFAULT now()\nAT TIME ZONE 'UTC'"),
        ("postgres", "a DOUBLE\nPRECISION\nNOT NULL"),
        ("postgres", 'a CHARACTER\nVARYING (20)\nCOLLATE\n"C"'),
        ("postgres", "a INT\nCONSTRAINT date\nREFERENCES\ntext\n(uuid)\nON DELETE\nSET NULL"),
        ("postgres", "a INT\nCHECK\n(a > 0)\nUNIQUE\nNULLS NOT DISTINCT"),
        ("postgres", "a INT GENERATED BY DEFAULT\nAS IDENTITY\n(START WITH 5\nINCREMENT BY 1)\nPRIMARY KEY"),
        ("duckdb", "a INT DEFAULT CASE\nWHEN true\nTHEN 1 END"),
        ("redshift", "a VARCHAR(9)\nENCODE\ntext255\nDISTKEY\nSORTKEY"),
        ("snowflake", "a TEXT\nWITH MASKING POLICY\ndate\nWITH TAG (text = 'b')\nCOMMENT\n'text'"),
        ("mysql", "a INT\nUNSIGNED\nAUTO_INCREMENT\nPRIMARY KEY\nCOMMENT 'date'"),
        ("mysql", "a VARCHAR(5)\nCHARACTER SET\nbinary\nCOLLATE\nbinary"),
        ("tsql", "a INT PRIMARY KEY CLUSTERED\n(a)"),
        ("bigquery", "a STRUCT<\nb INT64,\nc STRING\n>\nNOT NULL"),
        ("databricks", "a BIGINT\nGENERATED ALWAYS\nAS IDENTITY\nCOMMENT 'x'"),
    ],
)
def test_a_column_of_many_lines_is_one(dialect: str, item: str) -> None:
    """No comma is missed where a word on a line of its own goes on with what is above."""
    ddl = registry().dialects.get(dialect).read(f"CREATE TABLE t (\n{item},\nlast INT)")
    assert [column["name"] for column in ddl.tables[0]["columns"]] == ["a", "last"]  # type: ignore[union-attr,index,call-overload]
