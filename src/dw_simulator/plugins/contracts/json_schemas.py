"""JSON Schema: an object with properties, or an array of such objects, is a table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dw_simulator.errors import Problem, SchemaError
from dw_simulator.plugins.contracts.contract_files import Document, document_of
from dw_simulator.plugins.contracts.drafts import (
    ColumnDraft,
    Drafts,
    TableDraft,
    kind_of,
    literal,
    said_of,
    sql_name,
    text_type,
)
from dw_simulator.plugins.contracts.odcs import regex_rule
from dw_simulator.ports.contract import ContractSource, ContractTables
from dw_simulator.schema.json_data import Json, fields_in, items_in, number_in, whole_in
from dw_simulator.types import Kind

_TYPES: Mapping[str, str] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "object": "JSON",
    "array": "JSON",
}
_FORMATS: Mapping[str, str] = {
    "date": "DATE",
    "date-time": "TIMESTAMPTZ",
    "time": "TIME",
    "uuid": "UUID",
}
_RULES: Mapping[str, str] = {"email": "email", "uri": "url", "ipv4": "ip"}
_BOUNDS: Mapping[str, str] = {
    "minimum": ">=",
    "maximum": "<=",
    "exclusiveMinimum": ">",
    "exclusiveMaximum": "<",
}
_MOST_REFERENCES = 20


def read(source: ContractSource) -> ContractTables:
    """The table of a JSON Schema (JSON or YAML). Raises SchemaError."""
    document = document_of(source)
    root = fields_in(document.data)
    reading = _Reading(document, Drafts(source.dialect or ""), root)
    row = reading.resolved(root)
    if row.get("type") == "array":
        row = reading.resolved(row.get("items"))
    if not fields_in(row.get("properties")):
        message = "it is neither an object with properties nor an array of such objects"
        raise SchemaError([Problem(document.place(document.data), message, "give it properties")])
    name = said_of(root, "title") or said_of(row, "title") or source.place.name.partition(".")[0]
    reading.add(re.sub(r"\W+", "_", name).strip("_").lower() or "rows", row)
    drafts = reading.drafts
    return ContractTables(list(drafts.settled()), drafts.warnings, dialect=drafts.dialect, name=name)


@dataclass
class _Reading:
    document: Document
    drafts: Drafts
    root: Mapping[str, Json]

    def resolved(self, part: Json) -> Mapping[str, Json]:
        """A schema, followed where it only refers to one of the document, with what allOf adds."""
        fields = fields_in(part)
        for _ in range(_MOST_REFERENCES):
            reference = said_of(fields, "$ref")
            if not reference.startswith("#"):
                break
            found: Json = self.root
            for step in reference.removeprefix("#").strip("/").split("/") if reference != "#" else ():
                found = fields_in(found).get(step.replace("~1", "/").replace("~0", "~"))
            fields = {**fields_in(found), **{key: value for key, value in fields.items() if key != "$ref"}}
        whole = dict(fields)
        for other in items_in(fields.get("allOf")):
            more = fields_in(other) if "$ref" not in fields_in(other) else self.resolved(other)
            whole["properties"] = {**fields_in(whole.get("properties")), **fields_in(more.get("properties"))}
            whole["required"] = [*items_in(whole.get("required")), *items_in(more.get("required"))]
        return whole

    def add(self, name: str, row: Mapping[str, Json]) -> None:
        table = self.drafts.table(name)
        table.comment = said_of(row, "description")
        required = {str(one) for one in items_in(row.get("required"))}
        for called, part in fields_in(row.get("properties")).items():
            fields = self.resolved(part)
            column = table.column(called)
            column.required = called in required
            column.comment = said_of(fields, "description") or said_of(fields, "title")
            self._add_values(table, column, fields)

    def _add_values(self, table: TableDraft, column: ColumnDraft, fields: Mapping[str, Json]) -> None:
        types, fields = self._types(fields)
        if "null" in types:
            column.required = False
        kinds = [one for one in types if one != "null"]
        column.allow([fields["const"]] if "const" in fields else items_in(fields.get("enum")))
        if len(kinds) > 1:
            place = f"{self.document.name}: {table.name}.{column.name}"
            self.drafts.warnings.append(f"{place}: one of {', '.join(kinds)} is taken for JSON")
            column.data_type, column.values = "JSON", ()
            return
        column.data_type = _type(kinds[0], fields) if kinds else ""
        if column.data_type:
            self._add_limits(table, column, fields)

    def _types(self, fields: Mapping[str, Json]) -> tuple[list[str], Mapping[str, Json]]:
        """The types that a value may have, and what is said of it, choices included."""
        said = fields.get("type")
        if said is not None:
            return [str(one) for one in (said if isinstance(said, list) else [said])], fields
        choices = [self.resolved(one) for name in ("anyOf", "oneOf") for one in items_in(fields.get(name))]
        types = list(dict.fromkeys(str(one.get("type")) for one in choices if one.get("type")))
        real = [one for one in choices if one.get("type") != "null"]
        return types, {**fields, **real[0]} if len(real) == 1 else fields

    def _add_limits(self, table: TableDraft, column: ColumnDraft, fields: Mapping[str, Json]) -> None:
        kind, name = kind_of(column.data_type), sql_name(column.name)
        for option, sign in _BOUNDS.items():
            bound = number_in(fields.get(option))
            if bound is not None:
                table.checks.append(f"{name} {sign} {literal(bound, kind)}")
        if number_in(fields.get("multipleOf")) not in (None, 1):
            place = f"{self.document.name}: {table.name}.{column.name}"
            self.drafts.warnings.append(f"{place}: multipleOf is not carried over")
        if kind is not Kind.TEXT or column.values:
            return
        if said_of(fields, "pattern"):
            column.fields["rule"] = regex_rule(said_of(fields, "pattern"))
        elif said_of(fields, "format") in _RULES:
            column.fields["rule"] = {"name": _RULES[said_of(fields, "format")]}
        shortest = whole_in(fields.get("minLength")) or 0
        if shortest > 0:
            table.checks.append(f"length({name}) >= {shortest}")


def _type(kind: str, fields: Mapping[str, Json]) -> str:
    longest, form = whole_in(fields.get("maxLength")) or 0, said_of(fields, "format")
    if kind == "string" and form in _FORMATS:
        return _FORMATS[form]
    if kind == "string" and longest > 0:
        return text_type(longest)
    return _TYPES.get(kind, "")  # one that there is not is guessed, and told
