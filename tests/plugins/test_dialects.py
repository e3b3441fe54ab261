"""SQL -> schema, as readable pairs: every fixtures/*.sql has its expected *.json beside it.

After a deliberate change: `python -m tests.plugins.test_dialects` writes the expectations anew.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from dw_simulator.errors import SchemaError, ScriptError, SqlError
from dw_simulator.registry.manager import registry
from dw_simulator.schema import reading

FIXTURES = Path(__file__).parent / "fixtures"
PAIRS = sorted(FIXTURES.glob("*.sql"))


def interpreted(path: Path) -> dict[str, Any]:
    """What a fixture means; its dialect is the first part of its name."""
    dialect = path.name.partition("_")[0]
    ddl = registry().dialects.get(dialect).read(path.read_text())
    experiment = reading.parse({"name": "x", "tables": ddl.tables}, strict_names=False)
    return {"tables": experiment.to_json()["tables"], "warnings": ddl.warnings}


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_fixtures(path: Path) -> None:
    assert interpreted(path) == json.loads(path.with_suffix(".json").read_text())


@pytest.mark.parametrize("dialect", ["redshift", "snowflake"])
@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "CREATE TABLE t (\n  a INT,\n  b INT NOTT NULL\n)",
            "line 3, column 9: t.b: 'NOTT' is not understood; did you mean 'NOT'",
        ),
        (
            "CREATE TABLE t (a INTGER NOT NULL)",
            "line 1, column 19: t.a: unknown type 'INTGER'; did you mean 'INTEGER'",
        ),
        ("CREATE TABLE (a INT)", "line 1, column 14: the table has no name"),
        ("CREATE TABLE t (a VARCHAR(3)", "line 1, column 16: t: the bracket is never closed"),
        ("CREATE TABLE t (a 'x)", r"line 1, column 19: a text is not closed: write '\.\.\.'"),
        ("CREATE TABLE t (a INT) -- '\n/* x", "line 2, column 1: a comment is not closed"),
    ],
)
def test_text_that_is_not_sql(dialect: str, sql: str, words: str) -> None:
    with pytest.raises((SqlError, ScriptError), match=words):
        registry().dialects.get(dialect).read(sql)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT 1", "no CREATE TABLE"),
        ("", "no CREATE TABLE"),
        ("CREATE TABLE t (a INT, g ANYELEMENT)", "t.g: unknown type"),
        ("CREATE TABLE t (a INT PRIMARY KEY, b INT, PRIMARY KEY (b))", "two primary keys"),
        ("CREATE TABLE t (a INT PRIMARY KEY, b INT PRIMARY KEY)", "two primary keys"),
        ("CREATE TABLE t (a, b INT)", "has no type"),
        ("CREATE TABLE p (a INT); CREATE TABLE t (a INT REFERENCES p)", "no such primary key"),
    ],
)
def test_tables_that_cannot_be_read(sql: str, words: str) -> None:
    with pytest.raises(SchemaError, match=words.replace("(", r"\(")):
        registry().dialects.get("redshift").read(sql)


@pytest.mark.parametrize(
    ("dialect", "type_name"),
    [("postgres", "ANYELEMENT"), ("redshift", "RECORD"), ("duckdb", "LAMBDA")],
)
def test_types_that_no_rule_makes(dialect: str, type_name: str) -> None:
    with pytest.raises(SchemaError, match="unknown type"):
        registry().dialects.get(dialect).read(f"CREATE TABLE t (a {type_name})")


def test_moments_of_duckdb_keep_their_digits() -> None:
    sql = "CREATE TABLE t (s TIMESTAMP(0), ms TIMESTAMP(3), us TIMESTAMP, ns TIMESTAMP(9), day DATETIME(0))"
    (table,) = registry().dialects.get("duckdb").read(sql).tables
    types = [column["data_type"] for column in table["columns"]]
    assert types == ["TIMESTAMP(0)", "TIMESTAMP(3)", "TIMESTAMP", "TIMESTAMP(9)", "TIMESTAMP(0)"]


def test_problems_of_several_tables_come_together() -> None:
    with pytest.raises(SchemaError) as caught:
        registry().dialects.get("redshift").read(
            "CREATE TABLE t (a REGKLASS, b REGTIPE); CREATE TABLE u (c REGKLASS)"
        )
    told = [(problem.place, problem.message.partition(":")[0]) for problem in caught.value.problems]
    assert told == [
        ("line 1, column 19", "t.a"),
        ("line 1, column 31", "t.b"),
        ("line 1, column 59", "u.c"),
    ]


if __name__ == "__main__":
    for fixture in PAIRS:
        text = json.dumps(interpreted(fixture), indent=2, ensure_ascii=False)
        fixture.with_suffix(".json").write_text(text + "\n")
