"""What statements behind CREATE TABLE change: of its columns, its keys, its types and its name."""

import re
import time
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from dw_simulator.plugins.dialects.ddl.migration_marks import without_undoing
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.script_import import ScriptImport


def cases() -> list[tuple[str, str, str]]:
    """(dialect, script, tables as `shown` shows them): these stand under the script, each behind a ->."""
    text = (Path(__file__).parent / "changed_scripts.txt").read_text()
    found = re.findall(r"^=== (\w+)\n((?:(?!=== |-> ).*\n)*)((?:-> .*\n?)*)", text, re.MULTILINE)
    return [(dialect, sql, tables.replace("-> ", "").strip()) for dialect, sql, tables in found]


def shown(table: dict[str, Any]) -> str:
    """A table in one line."""
    parts = [f"{one['name']} {one['data_type']}{'!' * one['required']}" for one in table["columns"]]
    said = [f"pk {','.join(table['primary_key'])}"] if table.get("primary_key") else []
    said += [f"uq {','.join(key)}" for key in table.get("unique", ())]
    said += [f"uq {one['name']}" for one in table["columns"] if one.get("is_unique")]
    said += [f"one NULL {','.join(key)}" for key in table.get("nulls_not_distinct", ())]
    said += [f"default {one['name']} {one['default']}" for one in table["columns"] if "default" in one]
    said += [
        f"counts {one['name']} {one['rule']['start']} {one['rule']['step']}"
        for one in table["columns"]
        if "rule" in one
    ]
    single = [one["foreign_key"] for one in table["columns"] if "foreign_key" in one]
    said += [f"fk {one['references_table']}" for one in chain(single, table.get("foreign_keys", ()))]
    said += [f"ck {check}" for check in table.get("checks", ())]
    said += [f"comment {table['comment']}"] if "comment" in table else []
    return " | ".join([f"{table['name']}: {', '.join(parts)}", *said])


@pytest.mark.parametrize(("dialect", "sql", "tables"), cases())
def test_the_final_shape_counts(dialect: str, sql: str, tables: str) -> None:
    ddl = registry().dialects.get(dialect).read(sql)
    assert "\n".join(shown(dict(table)) for table in ddl.tables) == tables


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("-- migrate:up", "-- migrate:down"),
        ("-- migrate:up transaction:false", "-- migrate:down transaction:false"),
        ("-- +goose Up\n-- +goose StatementBegin", "-- +goose Down"),
        ("-- +migrate Up", "-- +migrate Down"),
        ("# --- !Ups", "# --- !Downs"),
        ("-- // first", "--//@UNDO"),
        ("-- Up Migration", "-- Down Migration"),
        ("-- rambler up", "-- rambler down"),
        ("-- up", "-- down"),
        ("", "---- create above / drop below ----"),
    ],
)
def test_what_undoes_a_migration_is_passed_over_and_told(up: str, down: str) -> None:
    made = "CREATE TABLE t (\n  -- down\n  a INT\n);"
    sql, marks = without_undoing(f"{up}\n{made}\n{down}\nDROP TABLE t;")
    assert sql.rstrip() == f"{up}\n{made}".rstrip()
    assert [mark for _at, mark in marks] == [down]
    ddl = registry().dialects.get("postgres").read(f"{made}\n{down}\nDROP TABLE t;\n{up or '-- up'}\n{made}")
    assert f"line 5, column 1: what stands behind '{down}' undoes this script, left out" in ddl.warnings


def test_marks_of_migrations_take_bounded_time() -> None:
    begun = time.process_time()
    for sql in (
        "-- down\n" * 100_000,
        ";" + "/* x */\n--d" * 20_000 + "\n-- up\n-- down" * 2_000,
        "--" * 200_000,
    ):
        without_undoing(sql)
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    ("dialect", "sql", "name"),
    [
        ("bigquery", 'CREATE TABLE ${ref("raw", "stock")} (a INT64)', "stock"),
        ("bigquery", 'CREATE TABLE `${ref("stock")}` (a INT64)', "stock"),
        ("bigquery", 'CREATE TABLE ${ref({schema: "raw", name: "stock"})} (a INT64)', "stock"),
        ("bigquery", "CREATE TABLE team-eu-77.shop.stock (a INT64)", "stock"),
        ("bigquery", "CREATE TABLE team-eu-7a.shop.stock (a INT64)", "stock"),
        ("databricks", "CREATE TABLE ${env:place}.stock (a INT)", "stock"),
        ("databricks", "CREATE TABLE $place.shop.stock (a INT)", "stock"),
        ("snowflake", "CREATE TABLE <% place %>.stock (a INT)", "stock"),
        ("snowflake", "CREATE TABLE &place.stock (a INT)", "stock"),
        ("snowflake", "CREATE TABLE &{place}.stock (a INT)", "stock"),
        ("oracle", "CREATE TABLE &place..stock (a INT)", "stock"),
        ("oracle", "CREATE TABLE &place._stock (a INT)", "place_stock"),
        ("postgres", 'CREATE TABLE U&"st\\006Fck" (a INT)', "stock"),
        ("postgres", "CREATE TABLE U&\"st!006Fck\" UESCAPE '!' (a INT)", "stock"),
    ],
)
def test_names_as_tools_write_them(dialect: str, sql: str, name: str) -> None:
    imported = ScriptImport(registry(), Rulebook(registry()), infer=False)
    experiment, _told = imported.of_sql(sql, "x", dialect, None)
    assert [table.name for table in experiment.tables] == [name]


def test_how_rows_are_kept_by_a_placeholder_is_left_out() -> None:
    sql = "CREATE TABLE t (a INT, b INT) DISTKEY({{ k }}) COMPOUND SORTKEY (a, ${s});"
    imported = ScriptImport(registry(), Rulebook(registry()), infer=False)
    experiment, told = imported.of_sql(sql, "x", "redshift", None)
    assert not experiment.tables[0].sort_key
    assert (
        "line 1, column 31: DISTKEY({{ k }}) names columns by a placeholder, left out; --var k=... says which"
        in told
    )


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("snowflake", "CREATE EVENT TABLEX y = 1"),
        ("postgres", ")ALTER INDEX i ATTACH PARTITION y"),
        (
            "postgres",
            "CREATE DOMAIN d AS CHECK (VALUE > 0); ALTER DOMAIN d DROP NOT NULL; ALTER DOMAIN d RENAME TO e",
        ),
        ("postgres", "CREATE TYPE y AS (a text); ALTER TYPE y DROP ATTRIBUTE"),
        ("databricks", "ALTER TABLE b DROP FOREIGN KEY IF EXISTS"),
        ("databricks", "ALTER TABLE b ADD COLUMN x.y; ALTER TABLE b ALTER COLUMN x.value TYPE BIGINT"),
        ("mysql", "RENAME TABLE; RENAME TABLE b TO"),
        ("tsql", "EXEC sp_rename 'b.x', ''"),
    ],
)
def test_what_is_half_there_crashes_nothing(dialect: str, sql: str) -> None:
    ddl = registry().dialects.get(dialect).read(f"CREATE TABLE b (x INT);\n{sql}")
    assert [table["name"] for table in ddl.tables] == ["b"]


def test_a_mark_within_a_comment_or_a_text_is_none() -> None:
    assert not without_undoing("/* how to: put\n-- migrate:down\nbelow */ CREATE TABLE t (a text);")[1]
    assert not without_undoing("CREATE TABLE t (a text DEFAULT '\n-- migrate:down\n');")[1]
