"""JSON Schema: an object with properties, or an array of such objects, is a table."""

import re
from collections.abc import Iterator, Mapping
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
from dw_simulator.plugins.contracts.types_within import DOCUMENT, TypesWithin, list_of, map_of, one_of
from dw_simulator.ports.contract import ContractSource, ContractTables
from dw_simulator.schema.json_data import Json, fields_in, items_in, number_in, whole_in
from dw_simulator.types import Kind

_TYPES: Mapping[str, str] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
}
_FORMATS: Mapping[str, str] = {
    "date": "DATE",
    "date-time": "TIMESTAMPTZ",
    "time": "TIME",
    "uuid": "UUID",
}
_RULES: Mapping[str, str] = {"email": "email", "uri": "url", "ipv4": "ip"}
_BOUNDS = (("minimum", "exclusiveMinimum", ">"), ("maximum", "exclusiveMaximum", "<"))
_LIMITS = ("pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "multipleOf")
_NESTED = frozenset({"object", "array"})
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

    def resolved(self, part: Json, deep: int = 0) -> Mapping[str, Json]:
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
        for other in items_in(fields.get("allOf")) if deep < _MOST_REFERENCES else ():
            more = fields_in(other) if "$ref" not in fields_in(other) else self.resolved(other, deep + 1)
            whole["properties"] = {**fields_in(whole.get("properties")), **fields_in(more.get("properties"))}
            whole["required"] = [*items_in(whole.get("required")), *items_in(more.get("required"))]
        return whole

    def add(self, name: str, row: Mapping[str, Json]) -> None:
        table = self.drafts.table(name)
        table.comment = said_of(row, "description")
        required = {str(one) for one in items_in(row.get("required"))}
        for called, part in fields_in(row.get("properties")).items():
            fields = self.resolved(part)
            if table.has(called):
                known = f"is {table.column(called).name} but for letter case, and was left out"
                self.drafts.warnings.append(f"{self.document.name}: {name}.{called}: {known}")
                continue
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
        within = TypesWithin()
        column.data_type = self._type(kinds[0], fields, within) if kinds else ""
        self.drafts.warnings += within.told(f"{self.document.name}: {table.name}.{column.name}")
        if column.data_type and kinds[0] not in _NESTED:
            self._add_limits(table, column, fields)

    def _type(self, kind: str, fields: Mapping[str, Json], within: TypesWithin) -> str:
        if kind == "array":
            items = fields.get("items")
            return list_of(self._within(items, within)) if isinstance(items, dict) else DOCUMENT
        if kind != "object":
            return _flat(kind, fields)
        properties, others = fields_in(fields.get("properties")), fields.get("additionalProperties")
        if not properties and isinstance(others, dict):
            return map_of(self._within(others, within))
        return within.struct({name: self._within(one, within) for name, one in properties.items()})

    def _within(self, part: Json, within: TypesWithin) -> str:
        """The type of a part of an object or a list; a document where nobody says what it is."""
        with within.entered(said_of(fields_in(part), "$ref")) as possible:
            if not possible:
                return DOCUMENT
            types, fields = self._types(self.resolved(part))
            kinds = [one for one in types if one != "null"]
            if lost := [one for one in _LIMITS if one in fields]:
                within.lost.append(f"{', '.join(lost)} within it is not carried over")
            values = [one for one in items_in(fields.get("enum")) if one is not None]
            if values and all(isinstance(one, str) for one in values):
                return one_of(values)
            if len(kinds) != 1:
                within.lost.append(f"one of {', '.join(kinds) or 'any types'} is taken for {DOCUMENT}")
                return DOCUMENT
            return self._type(kinds[0], fields, within) or DOCUMENT

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
        for sign, bound in _bounds(fields):
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


def _bounds(fields: Mapping[str, Json]) -> Iterator[tuple[str, int | float]]:
    """(sign, number) of each bound; draft 4 says by a truth value that one is exclusive."""
    for usual, exclusive, sign in _BOUNDS:
        bound, strict = number_in(fields.get(usual)), number_in(fields.get(exclusive))
        if bound is not None:
            yield (sign if fields.get(exclusive) is True else f"{sign}="), bound
        if strict is not None:
            yield sign, strict


def _flat(kind: str, fields: Mapping[str, Json]) -> str:
    longest, form = whole_in(fields.get("maxLength")) or 0, said_of(fields, "format")
    if kind == "string" and form in _FORMATS:
        return _FORMATS[form]
    if kind == "string" and longest > 0:
        return text_type(longest)
    return _TYPES.get(kind, "")  # one that there is not is guessed, and told
