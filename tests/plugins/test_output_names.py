"""Columns that are given no name are called as their warehouse calls them, and not by their translation."""

import pytest
from tests.support import untyped

from dw_simulator.registry.manager import registry

TABLES = untyped({"t": ["a", "d", "s"]})
ASKED = {
    ("redshift", "SELECT TO_CHAR(d, 'YYYY'), COUNT(*), a, a AS b, 1 + 1 FROM t"): [
        *("to_char", "count", "", "", "?column?"),
    ],
    ("redshift", "SELECT d::varchar, '1'::int, CASE WHEN a > 1 THEN 2 END, NVL(a, 0) FROM t"): [
        *("d", "int", "case", "nvl"),
    ],
    ("postgres", "SELECT SUM(a) OVER (), (LEFT(s, 1)) FROM t UNION ALL SELECT 1, 'x'"): ["sum", "left"],
    ("snowflake", "SELECT count(*), 1 + 1, a, MAX(a) AS m FROM t"): ["COUNT(*)", "1 + 1", "", ""],
    ("snowflake", "SELECT *, LEFT(s, 1) FROM t"): [],
}


@pytest.mark.parametrize(("dialect", "sql"), ASKED, ids=" ".join)
def test_columns_are_called_as_the_warehouse_calls_them(dialect: str, sql: str) -> None:
    statement = registry().dialects.get(dialect).translate(sql, to="duckdb", tables=TABLES)
    assert statement is not None
    assert list(statement.labels) == ASKED[dialect, sql]


def test_what_the_engine_gives_keeps_its_name_where_there_is_none() -> None:
    statement = (
        registry().dialects.get("redshift").translate("SELECT LEN(s), a FROM t", to="duckdb", tables=TABLES)
    )
    assert statement is not None
    assert list(statement.labelled(["length(s)", "a"])) == ["len", "a"]
    assert list(statement.labelled(["one"])) == ["one"], "of another number of columns nothing is known"
