"""The JSON Schema of a rules file, made from that of an experiment's document."""

from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import Field, TypeAdapter

from dw_simulator.registry.json_schema import experiment_schema
from dw_simulator.registry.manager import Registry
from dw_simulator.schema.json_data import Json, JsonObject, items_of, object_of

_NULL: JsonObject = {"type": "null"}
_WRITTEN_COUNT = TypeAdapter(
    Annotated[
        str,
        Field(
            description="a number of rows as people write it: 50k, 2M, 1e6",
            pattern=r"^\s*[0-9][0-9_]*(\.[0-9]+)?([eE][0-9]{1,2})?[kKmMgGbBtT]?\s*$",
        ),
    ]
)
_TABLE, _COLUMN, _REFERENCE = "Table", "Column", "ColumnReference"
_OF_THE_IMPORT = ("name", "target_warehouse", "tables")


def rules_schema(known: Registry | None = None) -> JsonObject:
    """The JSON Schema (draft 2020-12) of a rules file.

    known  whose rules may stand in it; those of this process where it is None
    """
    whole = experiment_schema(known)
    definitions = dict(object_of(whole["$defs"]))
    table, column = (object_of(definitions.pop(name)) for name in (_TABLE, _COLUMN))
    reference = object_of(definitions[_REFERENCE])
    several = object_of(definitions["ForeignKey"])
    own: JsonObject = {
        "ReferenceOptions": _loose(reference, (), "Options of a reference; where it leads, the schema says."),
        "ReferencesOptions": _loose(
            several, (), "Options of a reference of several columns, found by these."
        ),
        "ColumnRules": _loose(column, ("name",), "What is said of a column."),
        "TableRules": _loose(table, ("name",), "What is said of a table."),
    }
    columns = dict(object_of(object_of(own["ColumnRules"])["properties"]))
    columns["foreign_key"] = _or_null({"$ref": "#/$defs/ReferenceOptions"})
    own["ColumnRules"] = {**object_of(own["ColumnRules"]), "properties": columns}
    tables = dict(object_of(object_of(own["TableRules"])["properties"]))
    counts = [_WRITTEN_COUNT.json_schema(), *items_of(object_of(tables["target_rows"])["anyOf"])]
    rows = _given(tables["rows"]) if "rows" in tables else []
    tables["rows"] = {"anyOf": [*rows, *counts], "description": "how many rows"}
    tables["target_rows"] = {"anyOf": counts, "description": "the same as rows"}
    tables["columns"] = _by_name("ColumnRules", "The columns, by their names.")
    tables["foreign_keys"] = {"type": "array", "items": {"$ref": "#/$defs/ReferencesOptions"}}
    own["TableRules"] = {**object_of(own["TableRules"]), "properties": tables}
    fields = {
        name: field for name, field in object_of(whole["properties"]).items() if name not in _OF_THE_IMPORT
    }
    fields["tables"] = _by_name("TableRules", "The tables, by their names.")
    return {
        "$schema": whole["$schema"],
        "title": "Rules",
        "description": "What tables and columns mean, laid over the schema at every import.",
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
        "$defs": dict(sorted({**definitions, **own}.items())),
    }


def _loose(model: Mapping[str, Json], without: Collection[str], description: str) -> JsonObject:
    """A part of which anything may be left out, or taken away by null."""
    properties = {
        name: _or_null(object_of(field))
        for name, field in object_of(model["properties"]).items()
        if name not in without
    }
    return {
        "type": ["object", "null"],
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }


def _or_null(schema: Mapping[str, Json]) -> JsonObject:
    if "anyOf" in schema:
        options = items_of(schema["anyOf"])
        return dict(schema) if _NULL in options else {**schema, "anyOf": [*options, _NULL]}
    kept = {name: value for name, value in schema.items() if name in ("title", "description", "default")}
    rest = {name: value for name, value in schema.items() if name not in kept}
    return {**kept, "anyOf": [rest, _NULL]}


def _by_name(definition: str, description: str) -> JsonObject:
    reference: JsonObject = {"$ref": f"#/$defs/{definition}"}
    return {"type": ["object", "null"], "description": description, "additionalProperties": reference}


def _given(field: Json) -> list[Json]:
    """What a field may be where it is no number of rows: rows, or where they are."""
    kinds = [kind for kind in items_of(object_of(field).get("anyOf", [field])) if kind != _NULL]
    return [*kinds, {"type": "array"}]
