"""What a type says is not lost on the way: bounds, digits of a second, whole ranges, defaults."""

from typing import Any

import duckdb
import numpy as np
import pytest
from tests.support import column, made, planned, table

from dw_simulator.arrow import rows_of
from dw_simulator.errors import SchemaError
from dw_simulator.registry.manager import registry
from dw_simulator.schema import reading


def written(source: str, target: str, sql: str) -> tuple[str, tuple[str, ...]]:
    read = registry().dialects.get(source).read(f"CREATE TABLE t ({sql})")
    experiment = reading.parse({"name": "x", "tables": read.tables, "target_warehouse": source})
    ddl = registry().dialects.get(target).write(experiment)
    return " ".join(ddl.sql.split()), ddl.warnings


@pytest.mark.parametrize("target", ["duckdb", "postgres", "redshift", "snowflake", "bigquery", "databricks"])
@pytest.mark.parametrize(
    ("default", "shown"), [("0", "FALSE"), ("1", "TRUE"), ("'f'", "FALSE"), ("TRUE", "TRUE")]
)
def test_truth_values_are_defaults_of_booleans(target: str, default: str, shown: str) -> None:
    sql, warnings = written("redshift", target, f"a BOOLEAN DEFAULT {default}, b INT")
    assert f"DEFAULT {shown}" in sql
    assert not warnings


@pytest.mark.parametrize("sql", ["a BOOLEAN DEFAULT 2", "a VARIANT DEFAULT ''"])
def test_what_is_no_value_of_the_type_is_left_out_and_told(sql: str) -> None:
    text, (warning,) = written("snowflake", "snowflake", f"{sql}, b INT")
    assert "DEFAULT" not in text
    assert warning.startswith("t.a: DEFAULT ")
    assert warning.endswith("left out")


@pytest.mark.parametrize(
    ("sql", "shown"), [("TIMESTAMP(0)", "TIMESTAMP(0)"), ("FLOAT(10)", "REAL"), ("FLOAT", "DOUBLE PRECISION")]
)
def test_redshift_keeps_digits(sql: str, shown: str) -> None:
    assert written("redshift", "redshift", f"a {sql}, b INT") == (
        f'CREATE TABLE "t" ( "a" {shown}, "b" INTEGER );',
        (),
    )


def test_bounds_beyond_the_type_are_told() -> None:
    a_plan = planned(
        table(
            "t",
            300,
            column("a", "SMALLINT", min_value=32000, max_value=40000),
            column("b", "DECIMAL(3,1)", min_value=-200),
        )
    )
    assert [*a_plan.warnings] == [
        "t.a: max_value 40000 is beyond SMALLINT, whose greatest value is 32767",
        "t.b: min_value -200 is beyond DECIMAL(3,1), whose least value is -99.9",
    ]
    assert 32000 <= min(made(a_plan, "t", "a")) < max(made(a_plan, "t", "a")) <= 32767


def test_what_is_approximated_is_told_once_for_a_type() -> None:
    types = ["NUMBER(10,-2)", "NUMBER(10,-2)", "HLLSKETCH", "NUMBER(2,5)"]
    a_plan = planned(table("t", 50, *(column(f"c{k}", one) for k, one in enumerate(types))))
    assert [*a_plan.warnings] == [
        "NUMBER(10,-2): values are whole numbers, not all of them rounded to 2 zeros",
        "HLLSKETCH: values are sketches of two entries each",
    ]
    assert all(0 <= value <= 99 for value in made(a_plan, "t", "c3")), "NUMBER(2,5) is below 0.001"


@pytest.mark.parametrize(("data_type", "kind"), [("REAL", np.float32), ("DOUBLE", np.float64)])
def test_floats_have_their_whole_range(data_type: str, kind: type) -> None:
    most = float(np.finfo(kind).max)
    values = made(
        planned(table("t", 4000, column("a", data_type, min_value=-most, max_value=most))), "t", "a"
    )
    assert all(np.isfinite(values))
    assert -most <= min(values) < -0.9 * most
    assert 0.9 * most < max(values) <= most
    assert abs(np.mean(np.array(values, dtype=np.float64) / most)) < 0.1, "as many below 0 as above"


def test_nanoseconds_of_bounds_are_refused_where_they_are_kept_in_microseconds() -> None:
    fields: dict[str, Any] = {"date_start": "2024-01-01T00:00:00.123456789"}
    with pytest.raises(SchemaError, match="more than six digits of a second"):
        planned(table("t", 3, column("a", "TIMESTAMP(9)", **fields)))
    planned(table("t", 3, column("a", "TIMESTAMP(9)", date_start="2024-01-01T00:00:00.123456000")))


def test_nanoseconds_of_checks_are_kept() -> None:
    check = "a >= '2024-01-01 00:00:00.123456788' AND a <= '2024-01-01 00:00:00.123460999'"
    a_plan = planned(table("t", 2000, column("a", "TIMESTAMP(9)"), checks=[check]), target_warehouse="duckdb")
    assert not a_plan.warnings
    values = [value % 10**9 for value in made(a_plan, "t", "a")]
    assert 123_456_788 <= min(values) < max(values) <= 123_460_999
    assert max(value % 1000 for value in values) > 0, "nanoseconds are among them"


@pytest.mark.parametrize(
    ("data_type", "low", "high"),
    [
        ("UTINYINT", 0, 255),
        ("TINYINT UNSIGNED", 0, 255),
        ("YEAR", 1901, 2155),
        ("UBIGINT", 0, 2**64 - 1),
        ("OID", 0, 2**32 - 1),
    ],
)
def test_whole_numbers_keep_to_the_span_of_their_type(data_type: str, low: int, high: int) -> None:
    values = _numbers(column("a", data_type), 2000)
    assert low <= min(values) <= max(values) <= high
    keys = _numbers(column("a", data_type, is_unique=True, max_value=high, min_value=high - 254), 200)
    assert len({*keys}) == 200
    assert high - 254 <= min(keys) <= max(keys) <= high


def _numbers(one: dict[str, Any], rows: int) -> list[int]:
    return [int(row["a"]) for row in rows_of(planned(table("t", rows, one)))["t"]]


def test_an_enum_is_one_of_its_values() -> None:
    columns = (column("a", "ENUM('new', 'it''s')"), column("b", "SET('x', 'y')"))
    rows = rows_of(planned(table("t", 500, *columns)))["t"]
    assert {row["a"] for row in rows} == {"new", "it's"}
    assert {row["b"] for row in rows} == {"x", "y", "x,y"}


def test_intervals_and_shapes_are_read_by_a_database() -> None:
    shapes = (f"GEOMETRY({one})" for one in ("POINT", "LINESTRING", "POLYGON", "MULTIPOLYGON"))
    types = ["INTERVAL", "INTERVAL YEAR TO MONTH", *shapes, "GEOGRAPHY"]
    columns = [column(f"c{k}", one) for k, one in enumerate(types)]
    rows = rows_of(planned(table("t", 400, *columns)))["t"]
    with duckdb.connect() as connection:
        for k, one in enumerate(types):
            target = "INTERVAL" if "INTERVAL" in one else "GEOMETRY"
            texts = [row[f"c{k}"] for row in rows]
            query = f"SELECT count(CAST(v AS {target})) FROM (SELECT unnest(?) AS v)"
            assert connection.execute(query, [texts]).fetchall() == [(400,)]
    points = [str(row["c2"]).removeprefix("POINT(").removesuffix(")").split() for row in rows]
    assert all(-180 <= float(east) <= 180 and -90 <= float(north) <= 90 for east, north in points)
    assert len({row["c2"] for row in rows}) > 390, "points are of many places"
    assert {str(row["c6"]).partition("(")[0] for row in rows} == {"POINT", "LINESTRING", "POLYGON"}
