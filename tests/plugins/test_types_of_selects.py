"""The types of tables that SELECTs make, against DuckDB and PostgreSQL where these have the dialect."""

import re
from typing import Any

import duckdb
import psycopg
import pytest
from tests.plugins.test_scripts_of_the_wild import cases, read, read_or_refused

from dw_simulator.registry.manager import registry
from dw_simulator.registry.script_import import guessed

SOURCE = """CREATE TABLE t (id INT, small SMALLINT, big BIGINT, num DECIMAL(9,2), f REAL, g DOUBLE
    PRECISION, s VARCHAR(20), d DATE, ts TIMESTAMP, tz TIMESTAMPTZ, b BOOLEAN)"""
EXPRESSIONS = """
    date_trunc('month', d); date_trunc('month', ts); date_trunc('month', tz); id / 2; id + 1; id *
    num; num + num; num * num; d + 1; d - d; ts - ts; d + interval '1 day'; ts - interval '1 day';
    current_date; current_timestamp; now(); count(*); sum(id); sum(big); sum(num); sum(g); avg(id);
    avg(num); avg(g); min(d); coalesce(id, 0); coalesce(id, big); s || 'x'; upper(s); case when b
    then 1 else 2 end; case when b then num else id end; substring(s, 1, 3); replace(s, 'a', 'b');
    length(s); row_number() over (order by id); rank() over (order by id); lag(num) over (order by
    id); id > 3; 1; 1.5; true; abs(num); round(num, 1); sqrt(id); id % 2; -id; nullif(id, 0);
    string_agg(s, ','); split_part(s, ',', 1); md5(s); num::float8; id::bigint; extract(year from
    d); make_date(2024, 1, 1); (select max(big) from t); cast(s as int)
""".split(";")
PLAIN = {
    "character varying": "text",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "varchar": "text",
    "integer[]": "array<integer>",
    "float": "real",
    "time zone": "",
}


def columns(table: Any) -> list[dict[str, Any]]:
    return list(table["columns"])


def made(dialect: str, select: str) -> str:
    """The type of the only column of a SELECT over the source."""
    ddl = read(dialect, f"{SOURCE};\nCREATE TABLE x AS SELECT {select} AS v FROM t;")
    (table,) = [one for one in ddl.tables if one["name"] == "x"]
    (column,) = columns(table)
    return str(column["data_type"])


def plain(name: str) -> str:
    """A type's name, without digits and in one of its spellings."""
    name = re.sub(r"\(.*\)", "", name.lower()).strip()
    return PLAIN.get(name, name)


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(SOURCE)
    return connection


@pytest.mark.parametrize("select", [one.strip() for one in EXPRESSIONS])
def test_types_are_those_of_duckdb(warehouse: duckdb.DuckDBPyConnection, select: str) -> None:
    ((_name, truth, *_rest),) = warehouse.execute(f"DESCRIBE SELECT {select} AS v FROM t").fetchall()
    assert plain(made("duckdb", select)) == plain(truth)


def test_types_are_those_of_postgres(database: psycopg.Connection) -> None:
    database.execute(SOURCE)  # type: ignore[arg-type]
    wrong = []
    for k, select in enumerate(EXPRESSIONS):
        database.execute(f"CREATE TABLE x{k} AS SELECT {select} AS v FROM t")  # type: ignore[arg-type]
        where = f"attrelid = 'x{k}'::regclass AND attnum = 1"
        asked = f"SELECT format_type(atttypid, -1) FROM pg_attribute WHERE {where}"
        (truth,) = database.execute(asked).fetchone() or ("",)  # type: ignore[arg-type]
        if plain(made("postgres", select)) != plain(truth):
            wrong.append((select, made("postgres", select), truth))
    assert wrong == []


@pytest.mark.parametrize(
    ("dialect", "select", "expected"),
    [
        ("redshift", "date_trunc('month', d)", "TIMESTAMP"),
        ("redshift", "dateadd(day, 1, d)", "TIMESTAMP"),
        ("redshift", "datediff(day, d, ts)", "BIGINT"),
        ("redshift", "id / 2", "INTEGER"),
        ("redshift", "sum(num)", "DECIMAL(38,2)"),
        ("redshift", "avg(id)", "BIGINT"),
        ("redshift", "s || 'abc'", "VARCHAR(23)"),
        ("snowflake", "date_trunc('month', d)", "DATE"),
        ("snowflake", "num / 2", "NUMBER(15,8)"),
        ("snowflake", "to_decimal(s, 10, 2)", "NUMBER(10,2)"),
        ("snowflake", "iff(b, 'a', 'bcd')", "VARCHAR(3)"),
        ("snowflake", "year(d)", "BIGINT"),
        ("snowflake", "current_timestamp()", "TIMESTAMP_LTZ(9)"),
        ("databricks", "date_trunc('month', d)", "TIMESTAMPTZ"),
        ("databricks", "id / 2", "DOUBLE"),
        ("databricks", "sum(num)", "DECIMAL(19,2)"),
        ("bigquery", "date_trunc(d, MONTH)", "DATE"),
        ("bigquery", "id / 2", "DOUBLE"),
        ("bigquery", "date_diff(d, d, DAY)", "BIGINT"),
        ("tsql", "id / 2", "INTEGER"),
        ("tsql", "getdate()", "DATETIME(3)"),
        ("mysql", "id / 2", "DECIMAL(14,4)"),
        ("mysql", "now()", "DATETIME(0)"),
    ],
)
def test_types_follow_the_dialect(dialect: str, select: str, expected: str) -> None:
    assert made(dialect, select) == expected


def test_sides_of_a_union_come_together_and_outer_joins_have_nulls() -> None:
    sql = """CREATE TABLE a (k INT NOT NULL, n NUMERIC(9,2) NOT NULL);
    CREATE TABLE b (k INT NOT NULL, x BIGINT NOT NULL);
    CREATE TABLE u AS SELECT k, n FROM a UNION ALL SELECT x, x FROM b;
    CREATE TABLE j AS SELECT a.k, b.x FROM a LEFT JOIN b ON a.k = b.k"""
    union, joined = read("postgres", sql).tables[2:]
    assert [(one["data_type"], one["required"]) for one in columns(union)] == [
        ("BIGINT", True),
        ("NUMERIC(21,2)", True),
    ]
    assert [one["required"] for one in columns(joined)] == [True, False]


@pytest.mark.parametrize(("dialect", "sql", "_tables"), cases("guessed_scripts.txt"))
def test_scripts_are_known_by_their_marks(dialect: str, sql: str, _tables: str) -> None:
    assert guessed(sql, registry().dialects)[0] == dialect


def test_types_without_values_of_their_own_are_told() -> None:
    ddl = read("postgres", "CREATE TABLE t (a REGCLASS, b INT4MULTIRANGE, c NUMERIC(60,2))")
    assert [one["data_type"] for one in columns(ddl.tables[0])] == ["OID", "INT4RANGE", "NUMERIC(38,2)"]
    assert len(ddl.warnings) == 3
    assert all(re.match(r"line 1, column \d+: t\.\w: ", one) for one in ddl.warnings)


def test_a_key_by_an_index_that_is_not_there_is_an_error() -> None:
    sql = "CREATE TABLE t (a INT);\nALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX nowhere;"
    told = read_or_refused("postgres", sql)[1]
    assert "line 2, column 15: t: there is no unique index 'nowhere' in this script" in told


def test_a_sequence_that_a_check_forbids_is_told() -> None:
    sql = "CREATE SEQUENCE q START 1000;\nCREATE TABLE t (a INT DEFAULT nextval('q') CHECK (a > 5000))"
    assert (
        "line 2, column 17: t.a: counts from 1,000, which CHECK (a > 5000) does not allow"
        in read("postgres", sql).warnings[0]
    )
    assert not read("postgres", sql.replace("5000", "500")).warnings


@pytest.mark.parametrize("dialect", ["redshift", "snowflake", "postgres", "duckdb", "databricks"])
def test_a_view_may_name_its_columns_and_a_part_its_table(dialect: str) -> None:
    unbound = " WITH NO SCHEMA BINDING" if dialect == "redshift" else ""
    sql = f"""CREATE TABLE t (a BIGINT, b DATE);
        CREATE VIEW v (i, d) AS SELECT a, b FROM t; CREATE TABLE x AS SELECT d, i FROM v;
        CREATE VIEW w AS SELECT * FROM t{unbound}; CREATE TABLE y AS SELECT * FROM w;
        CREATE TABLE z AS WITH t AS (SELECT * FROM t), u AS (SELECT b FROM t) SELECT * FROM u;"""
    _t, *made = read(dialect, sql).tables
    assert [[(one["name"], one["data_type"]) for one in table["columns"]] for table in made] == [
        [("d", "DATE"), ("i", "BIGINT")],
        [("a", "BIGINT"), ("b", "DATE")],
        [("b", "DATE")],
    ]
