"""Types within types of contracts, and names that are alike: what each becomes, and what is told."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dw_simulator.ports.contract import ContractSource, ContractTables
from dw_simulator.registry.manager import registry
from dw_simulator.service import ExperimentService, GenerateRequest


def read(kind: str, data: Any) -> ContractTables:
    text = data if isinstance(data, str) else json.dumps(data)
    return registry().contracts.get(kind).read(ContractSource(Path("x"), text))


def types(found: ContractTables) -> dict[str, str]:
    return {str(one["name"]): str(one["data_type"]) for one in found.tables[0]["columns"]}  # type: ignore[union-attr]


def record(name: str, *fields: tuple[str, Any]) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": [{"name": n, "type": t} for n, t in fields]}


PLACE = record("Place", ("city", "string"), ("pin", ["null", {"type": "array", "items": "double"}]))
AVRO = record(
    "Visit",
    ("id", "long"),
    ("place", PLACE),
    ("former", ["null", "Place"]),
    ("tags", {"type": "array", "items": {"type": "enum", "name": "Tag", "symbols": ["NEW", "OLD"]}}),
    ("counts", {"type": "map", "values": "int"}),
    ("next", ["null", "Visit"]),
    ("odd", {"type": "array", "items": ["int", "string"]}),
)
_PLACE = "STRUCT<city VARCHAR, pin ARRAY<DOUBLE>>"


def test_avro_records_lists_and_maps() -> None:
    found = read("avro", AVRO)
    assert types(found) == {
        "id": "BIGINT",
        "place": _PLACE,
        "former": _PLACE,
        "tags": "ARRAY<ENUM('NEW', 'OLD')>",
        "counts": "MAP<VARCHAR, INT>",
        "next": "JSON",
        "odd": "ARRAY<JSON>",
    }
    assert found.warnings == [
        "x: Visit.next: Visit within itself is taken for JSON",
        "x: Visit.odd: a union of 2 types is taken for JSON",
    ]


def test_avro_fields_that_differ_in_letter_case() -> None:
    found = read("avro", record("T", ("id", "int"), ("ID", PLACE), ("home", "Place")))
    assert types(found) == {"id": "INT", "home": _PLACE}
    assert found.warnings == ["x: T.ID: is id but for letter case, and was left out"]
    found = read("avro", record("T", ("in", record("In", ("a", "int"), ("A", "int")))))
    assert types(found) == {"in": "JSON"}
    assert found.warnings == ["x: T.in: two fields of one name but for letter case are taken for JSON"]


def doubled(depth: int) -> dict[str, Any]:
    """Definitions of which each has the next one twice: 2 ** depth parts."""
    parts = {
        f"d{k}": {"type": "object", "properties": {name: {"$ref": f"#/$defs/d{k + 1}"} for name in "ab"}}
        for k in range(depth)
    }
    last = {"type": "object", "properties": {"a": {"type": "string"}}}
    return {"properties": {"c": {"$ref": "#/$defs/d0"}}, "$defs": {**parts, f"d{depth}": last}}


def test_json_schemas_within() -> None:
    link = {"$ref": "#/$defs/node"}
    node = {"type": "object", "properties": {"v": {"type": "integer", "minimum": 3}, "next": link}}
    days = {"type": "array", "items": {"type": "string", "format": "date"}}
    parts = {"a b": {"enum": ["x", "y"]}, "n": {"type": ["null", "number"]}}
    found = read(
        "json-schema",
        {
            "title": "t",
            "$defs": {"node": node},
            "properties": {
                "list": {"type": "array", "items": days},
                "one": {"type": "object", "properties": parts},
                "map": {"type": "object", "additionalProperties": {"type": "boolean"}},
                "any": {"type": "object"},
                "node": {"$ref": "#/$defs/node"},
                "ONE": {"type": "integer"},
            },
        },
    )
    assert types(found) == {
        "list": "ARRAY<ARRAY<DATE>>",
        "one": "STRUCT<\"a b\" ENUM('x', 'y'), n DOUBLE>",
        "map": "MAP<VARCHAR, BOOLEAN>",
        "any": "JSON",
        "node": "STRUCT<v BIGINT, next STRUCT<v BIGINT, next JSON>>",
    }
    assert found.warnings == [
        "x: t.node: minimum within it is not carried over",
        "x: t.node: #/$defs/node within itself is taken for JSON",
        "x: t.ONE: is one but for letter case, and was left out",
    ]


OWN = {"properties": {"a": {"type": "integer"}}, "allOf": [{"$ref": "#"}]}


@pytest.mark.parametrize("data", [doubled(40), OWN])
def test_definitions_of_each_other_come_to_an_end(data: dict[str, Any]) -> None:
    assert read("json-schema", data).tables


def test_bounds_of_draft_4() -> None:
    bounds = {"minimum": 1, "exclusiveMinimum": False, "maximum": 9, "exclusiveMaximum": True}
    columns = {"n": {"type": "integer", **bounds}, "m": {"type": "integer", "exclusiveMaximum": 5}}
    found = read("json-schema", {"properties": columns})
    assert found.tables[0]["checks"] == ["n >= 1", "n < 9", "m < 5"]


ODCS = """
kind: DataContract
apiVersion: v3.1.0
name: shop
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - name: customer
        logicalType: object
        properties:
          - {name: email, logicalType: string, logicalTypeOptions: {maxLength: 9}}
          - {name: tags, logicalType: array, items: {logicalType: string}}
          - {name: size, logicalType: number, physicalType: "DECIMAL(5,1)"}
      - name: lines
        logicalType: array
        items: {logicalType: object, properties: [{name: sku, logicalType: uuid_}]}
      - {name: rest, logicalType: object}
"""


def test_odcs_properties_within() -> None:
    found = read("odcs", ODCS)
    assert types(found) == {
        "id": "BIGINT",
        "customer": "STRUCT<email VARCHAR(9), tags ARRAY<VARCHAR>, size DECIMAL(5,1)>",
        "lines": "ARRAY<STRUCT<sku JSON>>",
        "rest": "JSON",
    }
    words = "orders.lines.items.sku: the logicalType 'uuid_' is not known"
    assert any(words in one for one in found.warnings)
    assert yaml.safe_load(ODCS)["schema"][0]["properties"][1]["logicalType"] == "object"


def test_rows_have_the_declared_shape(service: ExperimentService, tmp_path: Path) -> None:
    (tmp_path / "visit.avsc").write_text(json.dumps(AVRO))
    service.create_from(tmp_path / "visit.avsc", name="v", target_rows=300)
    service.generate("v", GenerateRequest(seed=3, output_dir=str(tmp_path / "out")))
    files = f"'{tmp_path}/out/Visit/*.parquet'"
    kinds = duckdb.sql(f"SELECT typeof(place), typeof(tags), typeof(counts) FROM {files} LIMIT 1").fetchall()
    assert kinds == [("STRUCT(city VARCHAR, pin DOUBLE[])", "VARCHAR[]", "MAP(VARCHAR, INTEGER)")]
    seen = duckdb.sql(f"SELECT list_sort(list_distinct(flatten(list(tags)))) FROM {files}").fetchall()
    assert seen == [(["NEW", "OLD"],)]


def test_sqlmesh_names_with_blanks() -> None:
    text = '''MODEL (
      name shop.orders, columns ("order id" INT, "say ""it""" TEXT, at DATE),
      grain "order id", column_descriptions ("order id" = 'which'),
      audits (not_null(columns := ("order id", at)), accepted_range(column := "order id", min_v := 1))
    );
    SELECT 1;
    MODEL (name shop.lines, columns (line INT, "the order" INT), references ("the order" AS "order id"));
    SELECT 1'''
    found = read("sqlmesh", text)
    orders, lines = found.tables
    assert types(found) == {"order id": "INT", 'say "it"': "TEXT", "at": "DATE"}
    assert (orders["primary_key"], orders["checks"]) == (["order id"], ['"order id" >= 1'])
    assert orders["columns"][0]["comment"] == "which"  # type: ignore[index, call-overload]
    assert lines["columns"][1]["foreign_key"] == {  # type: ignore[index, call-overload]
        "references_table": "orders",
        "references_column": "order id",
    }
    assert not found.warnings
