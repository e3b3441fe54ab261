"""Every function on a list runs on its engine, with arguments of the types that its catalogue names."""

import re
from collections.abc import Iterator, Sequence

import duckdb
import psycopg
import pytest

from dw_simulator.adapters.queries import duckdb_functions
from dw_simulator.adapters.queries.statements import ReadableTables, check
from dw_simulator.errors import SqlError
from dw_simulator.plugins.dialects.translation.allowed_functions import FUNCTIONS
from dw_simulator.ports.statement import Statement
from dw_simulator.registry.manager import registry

# --- DuckDB

VALUES = {
    "VARCHAR": "'1'",
    "BLOB": "'a'::BLOB",
    "JSON": "'{}'::JSON",
    "DATE": "DATE '2024-01-01'",
    "TIME": "TIME '01:00:00'",
    "INTERVAL": "INTERVAL 1 DAY",
    "BOOLEAN": "true",
    "BIT": "'01'::BIT",
    "UUID": "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::UUID",
    "GEOMETRY": "'POINT (1 1)'::GEOMETRY",
    "VARIANT": "1::VARIANT",
    "STRUCT": "{'a': 1}",
    "MAP": "MAP {'a': 1}",
    "UNION": "union_value(a := 1)",
    "LAMBDA": "LAMBDA x : x",
    "ENUM": "'a'::ENUM ('a')",
}
# what takes arguments that go together
CALLS = """
SELECT list_reduce([1, 2], LAMBDA x, y : x + y), reduce([1, 2], LAMBDA x, y : x + y)
SELECT array_reduce([1, 2], LAMBDA x, y : x + y), list_filter([1], LAMBDA x : x > 0)
SELECT list_aggregate([1], 'sum'), list_aggr([1], 'sum'), array_aggregate([1], 'sum'), array_aggr([1], 'sum')
SELECT list_bool_and([true]), list_bool_or([true]), list_prepend(1, [2]), array_prepend(1, [2])
SELECT days_in_month(DATE '2024-02-01'), element_at(MAP {'a': 1}, 'a'), lttb(1, 1, 2), row_to_json({'a': 1})
SELECT enum_code('a'::ENUM ('a')), enum_first('a'::ENUM ('a')), enum_last('a'::ENUM ('a'))
SELECT enum_range('a'::ENUM ('a')), enum_range_boundary('a'::ENUM ('a'), 'a'::ENUM ('a'))
SELECT from_json('[1]', '["INT"]'), from_json_strict('[1]', '["INT"]')
SELECT json_transform('[1]', '["INT"]'), json_transform_strict('[1]', '["INT"]')
SELECT 'a' LIKE 'b' ESCAPE '!', 'a' ILIKE 'b' ESCAPE '!'
SELECT 'a' NOT LIKE 'b' ESCAPE '!', 'a' NOT ILIKE 'b' ESCAPE '!'
SELECT map_contains(MAP {'a': 1}, 'a'), map_contains_entry(MAP {'a': 1}, 'a', 1)
SELECT map_contains_value(MAP {'a': 1}, 1), map_extract(MAP {'a': 1}, 'a')
SELECT map_extract_value(MAP {'a': 1}, 'a')
SELECT map_from_entries([{'k': 'a', 'v': 1}]), union_value(a := 1), union_extract(union_value(a := 1), 'a')
SELECT struct_extract({'a': 1}, 'a'), struct_contains(row(1), 1), struct_has(row(1), 1)
SELECT struct_indexof(row(1), 1), struct_position(row(1), 1)
""".strip().splitlines()


def of_type(name: str) -> str:
    """A value of a type of DuckDB's."""
    if name.endswith("[]"):
        return f"[{of_type(name[:-2])}]"
    if "[" in name:
        return "[1.0, 2.0, 3.0]::DOUBLE[3]"
    if name.startswith("TIMESTAMP"):
        return f"'2024-01-01'::{name}"
    if name.startswith("TIME"):
        return "'01:00:00'::TIMETZ"
    return next((value for kind, value in VALUES.items() if name.startswith(kind)), "1")


@pytest.fixture(scope="module")
def door() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def test_each_function_of_duckdb_runs(door: duckdb.DuckDBPyConnection) -> None:
    rows = door.execute(
        "SELECT lower(function_name), function_type, parameter_types FROM duckdb_functions() "
        "WHERE function_type IN ('scalar', 'aggregate', 'window', 'macro')"
    ).fetchall()
    left = {name for name in duckdb_functions.FUNCTIONS if name.replace("_", "").isalnum()}
    for name, kind, types in rows:
        if name not in left:
            continue
        values = [of_type(str(one or "ANY")) for one in types]
        for arguments in (
            values,
            [*values, "1"],
            [*values, "'1'"],
            ["[1]", *values[1:]],
            ["'1'"] * len(values),
        ):
            sql = f'SELECT "{name}"({", ".join(arguments)}){" OVER (ORDER BY 1)" if kind == "window" else ""}'
            if runs(door, sql):
                left.discard(name)
                break
    for sql in CALLS:
        assert runs(door, sql), sql
    operators = {"like_escape", "ilike_escape", "not_like_escape", "not_ilike_escape"}
    assert left - operators <= {*re.findall(r"\w+", " ".join(CALLS))}


def runs(door: duckdb.DuckDBPyConnection, sql: str) -> bool:
    """Whether a query that is let through has an answer, or fails for its values alone."""
    check(door, Statement(sql), ReadableTables((), "main"))
    try:
        door.execute(sql).fetchall()
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.OutOfRangeException):
        return True
    except duckdb.Error:
        return False
    return True


# --- PostgreSQL

STANDING = {
    "anyelement": "int",
    "anynonarray": "int",
    "anycompatible": "int",
    "anycompatiblenonarray": "int",
    "anyarray": "int[]",
    "anycompatiblearray": "int[]",
    "anyenum": "feeling",
    "anyrange": "int4range",
    "anycompatiblerange": "int4range",
    "anymultirange": "int4multirange",
    '"any"': "int",
    "record": "pair",
}


POSTGRES_CALLS = """
SELECT coalesce(1, 2), greatest(1, 2), least(1, 2), nullif(1, 2), exists (SELECT 1), row(1), trim(' a ')
SELECT current_date, current_time, current_timestamp, localtime, localtimestamp
SELECT 1 = ALL (ARRAY[1])
SELECT grouping(a) FROM (VALUES (1)) v (a) GROUP BY a
SELECT json('{}'), json_array(1), json_arrayagg(1), json_objectagg('a': 1), json_scalar(1)
SELECT json_serialize('{}')
SELECT json_exists('{}'::jsonb, '$'), json_query('{}'::jsonb, '$'), json_value('1'::jsonb, '$')
SELECT json_extract_path('{}', 'a'), json_extract_path_text('{}', 'a')
SELECT jsonb_extract_path('{}', 'a'), jsonb_extract_path_text('{}', 'a')
SELECT json_populate_record(NULL::pair, '{}'), jsonb_populate_record(NULL::pair, '{}')
SELECT json_populate_recordset(NULL::pair, '[]'), jsonb_populate_recordset(NULL::pair, '[]')
SELECT * FROM json_to_recordset('[]') a (b int), jsonb_to_recordset('[]') c (d int)
SELECT * FROM json_table('{}'::jsonb, '$' COLUMNS (a int PATH '$.a'))
""".strip().splitlines()


def test_each_function_of_postgres_runs(postgres: str) -> None:
    left = set(FUNCTIONS["postgres"])
    with psycopg.connect(postgres) as connection:
        connection.execute("CREATE TYPE feeling AS ENUM ('glad'); CREATE TYPE pair AS (a int)")
        rows = connection.execute("""
            SELECT proname, prokind, ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) t), aggkind
            FROM pg_proc LEFT JOIN pg_aggregate ON aggfnoid = pg_proc.oid
            WHERE pronamespace = 'pg_catalog'::regnamespace""").fetchall()
        for name, kind, types, ordered in rows:
            if name not in left or "internal" in types:
                continue
            if ran(connection, call(name, kind, types, ordered or "")):
                left.discard(name)
        for sql in POSTGRES_CALLS:
            assert ran(connection, sql), sql
        connection.rollback()
    assert left <= {*re.findall(r"\w+", " ".join(POSTGRES_CALLS).lower())}


def call(name: str, kind: str, types: Sequence[str], ordered: str) -> str:
    values = [f"NULL::{STANDING.get(one, one)}" for one in types]
    if ordered in ("o", "h"):
        return f"SELECT {name}({', '.join(values[:-1])}) WITHIN GROUP (ORDER BY {values[-1]})"
    over = " OVER (ORDER BY 1)" if kind == "w" else ""
    return f'SELECT "{name}"({", ".join(values)}){over}'


def ran(connection: psycopg.Connection, sql: str) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(sql.encode())
    except psycopg.errors.DataError:
        return True
    except psycopg.Error:
        return False
    return True


# --- the dialects


@pytest.mark.parametrize("dialect", ["redshift", "postgres", "snowflake"])
def test_what_is_listed_is_let_through(dialect: str) -> None:
    """Whatever sqlglot makes of a function's name: where it is refused, it has no translation yet."""
    spoken = registry().dialects.get(dialect)
    refused = {}
    for name in FUNCTIONS[dialect]:
        try:
            spoken.translate(f"SELECT {name}('a', 1)", to=TARGETS[dialect], tables={})
        except SqlError as error:
            if "no query may call it" in str(error) or "not part of a query" in str(error):
                refused[name] = str(error)
    assert not refused


TARGETS = {"redshift": "postgres", "postgres": "postgres", "snowflake": "snowflake"}
