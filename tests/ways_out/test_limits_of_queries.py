"""How long and how deep a query may be: what is beyond is refused in no time."""

import time
from contextlib import suppress

import pytest

from dw_simulator.errors import RequestError, SqlError
from dw_simulator.plugins.dialects.parsing import parse
from dw_simulator.plugins.dialects.postgres import dialect as postgres
from dw_simulator.plugins.dialects.redshift import dialect as redshift
from dw_simulator.plugins.dialects.snowflake import dialect as snowflake
from dw_simulator.plugins.dialects.translation.statement_check import StatementCheck
from dw_simulator.types import sql_type

DIALECTS = {"redshift": redshift, "postgres": postgres, "snowflake": snowflake}
PAIRS = {
    "(": ")",
    "f(": ")",
    "[": "]",
    "ARRAY[": "]",
    "DATE(": ")",
    "DECIMAL(": ")",
    "CASE WHEN ": " THEN 1 END",
    "(SELECT ": ")",
    "CAST(": " AS INT)",
    "EXISTS (SELECT ": ")",
    "{'a': ": "}",
    "a IN (": ")",
    "NOT ": "",
    "- ": "",
    "INTERVAL ": "",
}
TABLES = {"orders": {"id": sql_type("int"), "note": sql_type("varchar(20)"), "day": sql_type("date")}}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("opening", PAIRS)
def test_depth_costs_nothing(dialect: str, opening: str) -> None:
    for times in (30, 100, 3000, 2_000_000):
        for closing in (PAIRS[opening], ""):
            query = f"SELECT {opening * times}1{closing * times}"
            began = time.perf_counter()
            with suppress(RequestError):
                DIALECTS[dialect].translate(query, to="duckdb", tables=TABLES)
            assert time.perf_counter() - began < 3  # 0.1 where nothing else is going on


def test_what_is_too_long_or_too_deep_is_told() -> None:
    deep = "SELECT\n " + "(" * 101 + "1" + ")" * 101
    for query, told in {
        deep: "line 2, column 102: brackets are nested more than 100 deep",
        f"SELECT '{'x' * 1_000_000}'": "longer than 1,000,000 characters",
        f"SELECT {'1, ' * 30_000} 1": "more than 50,000 words",
        "SELECT " + "DATE(" * 9 + "1" + ")" * 9: "nested more than 8 deep",
        "SELECT '\x00'": "NUL",
    }.items():
        with pytest.raises(SqlError, match=told):
            redshift.translate(query, to="duckdb", tables=TABLES)


def test_the_check_is_fast() -> None:
    """Under 5 ms for a query of 50 lines, where nothing else is going on."""
    part = """SELECT o.id, UPPER(note) AS n, DATE_TRUNC('month', o.day) AS m, SUM(id) OVER (PARTITION BY m) s,
      CASE WHEN id > 5 THEN 'a' ELSE NULLIF(note, 'b') END AS c, COALESCE(note, 'x') || LEFT(note, 2) AS d
    FROM orders o JOIN before b USING (id)
    WHERE o.day >= '2024-01-01' AND note IN ('a', 'b') AND id BETWEEN 1 AND 9 AND note ILIKE '%x%'
    GROUP BY 1, 2"""
    parts = "".join(f", p{k} AS (\n{part}\n)" for k in range(8))
    query = f"WITH before AS (SELECT 1 AS id){parts}\nSELECT * FROM p7"
    assert query.count("\n") >= 48
    (tree,) = parse(query, redshift.ddl.sqlglot)
    times = []
    for _ in range(9):
        began = time.perf_counter()
        StatementCheck("redshift", TABLES).check(tree)
        times.append(time.perf_counter() - began)
    print(f"{min(times) * 1000:.2f} ms for {len(list(tree.walk()))} nodes")  # noqa: T201
    assert min(times) < 0.02


@pytest.mark.parametrize("dialect", ["redshift", "snowflake"])
def test_calls_within_calls_do_not_double_without_end(dialect: str) -> None:
    """What is made of ADD_MONTHS says its argument several times, and so does each around it."""
    for depth, told in {3: "", 30: "calls are nested too deeply"}.items():
        query = f"SELECT {'ADD_MONTHS(' * depth}day{', 1)' * depth} FROM orders"
        if told:
            with pytest.raises(SqlError, match=told):
                DIALECTS[dialect].translate(query, to="duckdb", tables=TABLES)
        else:
            assert DIALECTS[dialect].translate(query, to="duckdb", tables=TABLES)
