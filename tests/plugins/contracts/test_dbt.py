"""A dbt project as tables: what each test becomes, where it is read from, and what is told."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dw_simulator.errors import SchemaError
from dw_simulator.ports.contract import ContractSource, ContractTables
from dw_simulator.registry.manager import registry
from dw_simulator.service import ExperimentService

PROJECT = "name: p\nprofile: p\n"


def read(root: Path, files: Mapping[str, str], *parts: str) -> ContractTables:
    """The tables of a project of these files."""
    for name, text in {"dbt_project.yml": PROJECT, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return registry().contracts.get("dbt").read(ContractSource(root, parts=parts))


def table(found: ContractTables, name: str) -> dict[str, Any]:
    return next(dict(one) for one in found.tables if one["name"] == name)


def column(found: ContractTables, of: str, name: str) -> dict[str, Any]:
    return next(dict(one) for one in table(found, of)["columns"] if one["name"] == name)


def source(*columns: str, tests: str = "[]") -> str:
    """A YAML file of one source with one table t."""
    described = "".join(f"          - {one}\n" for one in columns)
    return f"""sources:
  - name: s
    tables:
      - name: t
        data_tests: {tests}
        columns:
{described}"""


@pytest.mark.parametrize(
    ("said", "data_type", "becomes"),
    [
        ("not_null", "int", {"required": True}),
        ("unique", "int", {"is_unique": True}),
        ("dbt_utils.not_null_proportion: {at_least: 0.9}", "int", {"null_fraction": 0.05}),
        (
            "dbt_expectations.expect_column_values_to_match_regex: {regex: '^a[0-9]$'}",
            "varchar(9)",
            {"rule": {"name": "regex", "pattern": "a[0-9]"}},
        ),
    ],
)
def test_a_test_becomes_a_field(said: str, data_type: str, becomes: dict[str, Any], tmp_path: Path) -> None:
    one = f"{{name: c, data_type: {data_type}, data_tests: [{{{said}}}]}}".replace(
        f"{{{said}}}", said if ":" not in said else f"{{{said}}}"
    )
    found = read(tmp_path, {"models/s.yml": source(one)})
    assert becomes.items() <= column(found, "t", "c").items()
    assert not found.warnings


@pytest.mark.parametrize(
    ("said", "data_type", "check"),
    [
        ("accepted_values: {values: [1, 2]}", "int", "c IN (1, 2)"),
        ("accepted_values: {arguments: {values: [NO, 007]}}", "varchar(3)", "c IN ('NO', '007')"),
        ("dbt_utils.accepted_range: {min_value: 1, max_value: 5}", "int", "c >= 1 AND c <= 5"),
        ("dbt_utils.accepted_range: {min_value: 1, inclusive: false}", "int", "c > 1"),
        ("dbt_utils.not_accepted_values: {values: ['a']}", "varchar(3)", "c NOT IN ('a')"),
        ("dbt_utils.not_empty_string", "varchar(3)", "c <> ''"),
        ("dbt_utils.expression_is_true: {expression: '> 3'}", "int", "c > 3"),
        ("dbt_expectations.expect_column_values_to_be_between: {max_value: 9}", "int", "c <= 9"),
        (
            "dbt_expectations.expect_column_value_lengths_to_be_between: {max_value: 3}",
            "text",
            "length(c) <= 3",
        ),
    ],
)
def test_a_test_becomes_a_check(said: str, data_type: str, check: str, tmp_path: Path) -> None:
    item = f"{{{said}}}" if ": {" in said else said
    one = f"{{name: c, data_type: {data_type}, tests: [{item}]}}"
    found = read(tmp_path, {"models/s.yml": source(one)})
    assert table(found, "t")["checks"] == [check]
    assert not found.warnings


def test_what_is_not_understood_is_told_with_file_and_line(tmp_path: Path) -> None:
    found = read(tmp_path, {"models/s.yml": source("{name: c, data_type: int}", tests="[ours.is_fine]")})
    assert found.warnings == ["models/s.yml, line 4: ours.is_fine of s.t: it is not understood"]


def test_a_key_of_a_model_that_groups_is_not_one_of_its_source(tmp_path: Path) -> None:
    models = "models: [{name: m, columns: [{name: k, data_tests: [unique, not_null]}]}]"
    sql = "select c as k, count(*) as n from {{ source('s', 't') }} group by 1"
    found = read(
        tmp_path,
        {"models/s.yml": source("{name: c, data_type: int}"), "models/m.yml": models, "models/m.sql": sql},
    )
    assert column(found, "t", "c") == {"name": "c", "data_type": "int", "required": True}


def test_columns_are_followed_through_models_and_stars(tmp_path: Path) -> None:
    files = {
        "models/s.yml": source("{name: c, data_type: int}"),
        "models/a.sql": "{{ config(materialized='view') }} select *, d as day from {{ source('s', 't') }}",
        "models/b.sql": "with x as (select a.c as e, f::date as f from {{ ref('a') }} as a) select * from x",
        "models/b.yml": "models: [{name: b, columns: [{name: e, data_tests: [unique, not_null]}]}]",
    }
    found = read(tmp_path, files)
    assert table(found, "t")["primary_key"] == ["c"]
    names = {one["name"]: one["data_type"] for one in table(found, "t")["columns"]}
    assert names == {"c": "int", "d": "VARCHAR", "f": "DATE"}


def test_a_seed_that_is_referenced_is_made_of_its_file_and_not_shown(
    tmp_path: Path, service: ExperimentService
) -> None:
    reference = (
        "{name: c, data_type: varchar(4), data_tests: [{relationships: {to: ref('kinds'), field: code}}]}"
    )
    files = {"models/s.yml": source(reference), "seeds/kinds.csv": "code,n\n007,1\n1.10,2\n"}
    found = read(tmp_path, files)
    assert table(found, "kinds")["hidden"] is True
    assert column(found, "kinds", "code")["data_type"] == "varchar(4)"
    assert column(found, "kinds", "n")["data_type"] == "INT"
    service.create_from(tmp_path, name="p")
    values = {row["c"] for row in service.preview("p", "t", count=200).rows}
    assert {"007", "1.10"} <= values <= {"007", "1.10", None}
    assert table(read(tmp_path, files, "seeds"), "kinds").get("hidden") is None


def test_tables_of_one_name_in_two_sources_keep_theirs_in_the_warehouse(tmp_path: Path) -> None:
    text = """sources:
  - {name: a, schema: raw_a, tables: [{name: t, columns: [{name: id, data_type: int}]}]}
  - {name: b, schema: raw_b, tables: [{name: t, columns: [{name: id, data_type: int}]}]}
"""
    found = read(tmp_path, {"models/s.yml": text})
    places = {t["name"]: (t["warehouse_schema"], t["warehouse_name"]) for t in found.tables}
    assert places == {"a_t": ("raw_a", "t"), "b_t": ("raw_b", "t")}


def test_the_catalog_says_columns_and_types(tmp_path: Path) -> None:
    manifest = {
        "metadata": {"dbt_schema_version": "https://x/dbt/manifest/v12.json", "adapter_type": "snowflake"},
        "nodes": {},
        "sources": {
            "source.p.s.t": {
                "resource_type": "source",
                "source_name": "s",
                "name": "t",
                "identifier": "T",
                "schema": "RAW",
                "columns": {"id": {"name": "id", "data_type": "text"}},
            }
        },
    }
    columns = {"ID": {"name": "ID", "type": "NUMBER(10,0)"}, "AT": {"name": "AT", "type": "TIMESTAMP_NTZ"}}
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "target" / "catalog.json").write_text(
        json.dumps({"sources": {"source.p.s.t": {"columns": columns}}, "nodes": {}})
    )
    found = read(tmp_path, {})
    assert found.dialect == "snowflake"
    types = {one["name"]: one["data_type"] for one in table(found, "t")["columns"]}
    assert types == {"id": "NUMBER(10,0)", "at": "TIMESTAMP_NTZ"}
    outside = manifest | {
        "nodes": {"seed.p.x": {"resource_type": "seed", "name": "x", "original_file_path": "/etc/passwd"}}
    }
    (tmp_path / "target" / "manifest.json").write_text(json.dumps(outside))
    told = read(tmp_path, {}, "seeds", "sources").warnings
    assert any("the rows of the seed x are not there" in one for one in told)


def test_a_project_without_sources_is_told(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"it has no source, but models; .*--take models"):
        read(tmp_path, {"models/m.sql": "select 1 as n"})
    with pytest.raises(SchemaError, match=r"there is no dbt_project.yml"):
        registry().contracts.get("dbt").read(ContractSource(tmp_path / "models"))


@pytest.mark.parametrize(
    ("said", "data_type", "check"),
    [
        ("not_null: {config: {where: kind = 'a'}}", "int", "NOT (kind = 'a') OR (c IS NOT NULL)"),
        (
            "dbt_utils.accepted_range: {min_value: 1, where: kind <> 'a' and n > 3}",
            "int",
            "NOT (kind <> 'a' and n > 3) OR (c >= 1)",
        ),
        ("dbt_utils.not_empty_string: {where: n > 3}", "text", "NOT (n > 3) OR (c <> '')"),
        (
            "dbt_expectations.expect_column_value_lengths_to_be_between: {max_value: 3, where: n > 3}",
            "text",
            "NOT (n > 3) OR (length(c) <= 3)",
        ),
    ],
)
def test_a_check_has_the_condition_of_its_test(said: str, data_type: str, check: str, tmp_path: Path) -> None:
    one = f"{{name: c, data_type: {data_type}, tests: [{{{said}}}]}}"
    found = read(tmp_path, {"models/s.yml": source(one, *_OTHERS)})
    assert table(found, "t")["checks"] == [check]
    assert not found.warnings
    assert "required" not in column(found, "t", "c") or not column(found, "t", "c")["required"]


_OTHERS = ("{name: kind, data_type: varchar(3)}", "{name: n, data_type: int}")


def test_lists_of_some_rows_hold_in_these_rows(tmp_path: Path, service: ExperimentService) -> None:
    tests = (
        "{accepted_values: {values: [new, old], where: kind = 'a'}}, "
        "{accepted_values: {values: [gone], where: kind = 'b'}}, {not_null: {where: n > 5}}"
    )
    kind = "{name: kind, data_type: varchar(3), data_tests: [{accepted_values: {values: [a, b, c]}}]}"
    files = {
        "models/s.yml": source(f"{{name: c, data_type: varchar(9), data_tests: [{tests}]}}", kind, _OTHERS[1])
    }
    found = read(tmp_path, files)
    assert table(found, "t")["checks"][-1:] + table(found, "t")["checks"][:2] == [
        "kind IN ('a', 'b', 'c')",
        "NOT (kind = 'a') OR (c IN ('new', 'old'))",
        "NOT (kind = 'b') OR (c IN ('gone'))",
    ]
    assert "c IN ('new', 'old', 'gone')" in table(found, "t")["checks"]
    assert not found.warnings
    service.create_from(tmp_path, name="p")
    rows = service.preview("p", "t", count=500).rows
    seen = {(row["kind"], row["c"]) for row in rows}
    assert {one for kind, one in seen if kind == "a"} - {None} == {"new", "old"}
    assert {one for kind, one in seen if kind == "b"} - {None} == {"gone"}
    assert all(row["c"] is not None for row in rows if (row["n"] or 0) > 5)
    assert any(row["c"] is None for row in rows)


def test_a_condition_of_a_model_is_asked_of_its_source(tmp_path: Path) -> None:
    tests = (
        "[{not_null: {where: kind_of = 'a'}}, {unique: {where: kind_of = 'a'}}, "
        "{dbt_utils.accepted_range: {min_value: 0, where: \"size > {{ var('least') }}\"}}]"
    )
    models = f"models: [{{name: m, columns: [{{name: k, data_tests: {tests}}}]}}]"
    files = {
        "models/s.yml": source("{name: c, data_type: int}", *_OTHERS),
        "models/m.yml": models,
        "models/m.sql": "select c as k, kind as kind_of, n * 2 as size from {{ source('s', 't') }}",
    }
    found = read(tmp_path, files)
    assert table(found, "t")["checks"] == ["NOT (kind = 'a') OR (c IS NOT NULL)", "c >= 0"]
    told = "\n".join(found.warnings)
    assert "unique of m.k: it is kept in all rows, not only where kind_of = 'a'" in told
    assert "accepted_range of m.k: it is kept in all rows" in told


def test_what_is_asked_of_each_group(tmp_path: Path, service: ExperimentService) -> None:
    group = "{group_by_columns: [parent]}"
    share = "dbt_utils.not_null_proportion: {at_least: 0.2, group_by_columns: [parent]}"
    names = ("sequential_values", "at_least_one", "not_constant")
    grouped = [f"{{dbt_utils.{name}: {group}}}" for name in names]
    tests = [*grouped, f"{{{share}}}", "dbt_utils.sequential_values"]
    columns = [f"{{name: c{k}, data_type: int, data_tests: [{one}]}}" for k, one in enumerate(tests)]
    parent = (
        "{name: parent, data_type: int, data_tests: [{relationships: {to: \"source('s', 'p')\", field: id}}]}"
    )
    more = "      - {name: p, columns: [{name: id, data_type: int, data_tests: [unique, not_null]}]}\n"
    found = read(tmp_path, {"models/s.yml": source(*columns, parent) + more})
    required = [one["required"] for one in table(found, "t")["columns"]]
    assert required == [False, True, False, True, True, False]
    (told,) = found.warnings
    assert told.endswith("dbt_utils.not_constant of s.t.c2: a group may have one row")
    service.create_from(tmp_path, name="p")
    by_parent: dict[Any, list[int]] = {}
    rows = service.preview("p", "t", count=1000).rows
    for row in rows:
        by_parent.setdefault(row["parent"], []).append(row["c0"])
    del by_parent[None]
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in by_parent.values())
    assert [row["c4"] for row in rows] == list(range(1, 1001))
