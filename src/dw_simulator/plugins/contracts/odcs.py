"""Open Data Contract Standard, version 3: YAML or JSON with `kind: DataContract`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from dw_simulator.errors import Problem, SchemaError
from dw_simulator.plugins.contracts.contract_files import Document, document_of
from dw_simulator.plugins.contracts.drafts import (
    ColumnDraft,
    Drafts,
    TableDraft,
    literal,
    said_of,
    sql_name,
    text_type,
    whole_pattern,
)
from dw_simulator.plugins.contracts.types_within import DOCUMENT, TypesWithin, list_of
from dw_simulator.ports.contract import ContractSource, ContractTables
from dw_simulator.schema.json_data import Json, JsonObject, fields_in, items_in, number_in, whole_in
from dw_simulator.types import Kind, UnknownTypeError, sql_type

_TYPES: Mapping[str, str] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DECIMAL(18,4)",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "time": "TIME",
    "object": "JSON",
    "array": "JSON",
}
_ARGUMENTS = (
    "mustBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
)


def read(source: ContractSource) -> ContractTables:
    """The tables of an ODCS v3 contract. Raises SchemaError."""
    document = document_of(source)
    fields = fields_in(document.data)
    version = said_of(fields, "apiVersion")
    if not version.startswith("v3."):
        place, found = document.place(document.data), version or "nothing"
        message = f"apiVersion is {found}, and version 3 is read"
        raise SchemaError([Problem(place, message, "write apiVersion: v3.1.0 and its fields")])
    return _Reading(document, Drafts(source.dialect or _dialect(fields))).tables()


def _dialect(fields: Mapping[str, Json]) -> str:
    """The type of the first server: its types are the physical ones."""
    return next((said_of(fields_in(server), "type") for server in items_in(fields.get("servers"))), "")


@dataclass
class _Reading:
    """A contract on its way to tables."""

    document: Document
    drafts: Drafts

    def tables(self) -> ContractTables:
        fields = fields_in(self.document.data)
        objects = list(self.document.items(fields, "schema"))
        for one in objects:
            self._add_object(one)
        for one in objects:
            self._add_links(one)
        name = said_of(fields, "dataProduct") or said_of(fields, "name") or said_of(fields, "id")
        tables = list(self.drafts.settled())
        return ContractTables(tables, self.drafts.warnings, dialect=self.drafts.dialect, name=name)

    def _warn(self, part: Json, message: str) -> None:
        self.drafts.warnings.append(f"{self.document.place(part)}: {message}")

    def _add_object(self, fields: JsonObject) -> None:
        name = said_of(fields, "name")
        if not name:
            place = self.document.place(fields)
            raise SchemaError([Problem(place, "an object of the schema has no name", "name it")])
        table = self.drafts.table(name)
        table.comment = said_of(fields, "description")
        schema, _, physical = said_of(fields, "physicalName").rpartition(".")
        if schema:
            table.fields["warehouse_schema"] = schema.rpartition(".")[2]
        if physical and physical != name:
            table.fields["warehouse_name"] = physical
        keys: list[tuple[int, str]] = []
        for number, one in enumerate(self.document.items(fields, "properties"), 1):
            column = self._add_property(table, one)
            if one.get("primaryKey") is True:
                said = whole_in(one.get("primaryKeyPosition")) or 0
                keys.append((said if said > 0 else number, column.name))
        table.primary_key = tuple(name for _position, name in sorted(keys, key=lambda key: key[0]))
        for rule in self.document.items(fields, "quality"):
            self._add_quality(table, None, rule)

    def _add_property(self, table: TableDraft, fields: JsonObject) -> ColumnDraft:
        name = said_of(fields, "name")
        if not name:
            place = self.document.place(fields)
            raise SchemaError([Problem(place, f"a property of {table.name} has no name", "name it")])
        column = table.column(name)
        options = fields_in(fields.get("logicalTypeOptions"))
        within = TypesWithin()
        column.data_type = self._type(f"{table.name}.{name}", fields, options, within)
        self.drafts.warnings += within.told(f"{self.document.place(fields)}: {table.name}.{name}")
        column.comment = said_of(fields, "description")
        column.required = fields.get("required") is True
        column.is_unique = fields.get("unique") is True
        _add_options(table, column, options, self.drafts.dialect)
        column.allow(fields_in(one).get("value", one) for one in items_in(fields.get("enum")))
        for rule in self.document.items(fields, "quality"):
            self._add_quality(table, column, rule)
        return column

    def _type(self, called: str, fields: JsonObject, options: Mapping[str, Json], within: TypesWithin) -> str:
        """The physical type where it is one that is known, else what the logical type says."""
        physical, logical = said_of(fields, "physicalType"), said_of(fields, "logicalType")
        if physical:
            try:
                sql_type(physical)
            except UnknownTypeError:
                if logical not in _TYPES:
                    return physical  # it is told what that is taken for
            else:
                return physical
        if logical and logical not in _TYPES:
            self._warn(fields, f"{called}: the logicalType {logical!r} is not known")
        if logical in ("object", "array"):
            return self._nested(called, logical, fields, within)
        longest = whole_in(options.get("maxLength")) or 0
        if logical == "string" and longest > 0:
            return text_type(longest)
        if logical == "string" and said_of(options, "format") == "uuid":
            return "UUID"
        return _TYPES.get(logical, "")

    def _nested(self, called: str, logical: str, fields: JsonObject, within: TypesWithin) -> str:
        """An object has properties, a list has items; a document is what says nothing of either."""

        def of(part: JsonObject) -> str:
            options = fields_in(part.get("logicalTypeOptions"))
            place = f"{called}.{said_of(part, 'name') or 'items'}"
            return self._type(place, part, options, within) or DOCUMENT

        with within.entered() as possible:
            if not possible:
                return DOCUMENT
            if logical == "array":
                items = fields.get("items")
                return list_of(of(items)) if isinstance(items, dict) else DOCUMENT
            parts = [one for one in self.document.items(fields, "properties") if said_of(one, "name")]
            return within.struct({said_of(one, "name"): of(one) for one in parts})

    # --- references

    def _add_links(self, fields: JsonObject) -> None:
        table = self.drafts.table(said_of(fields, "name"))
        for link in self.document.items(fields, "relationships"):
            if said_of(link, "type") not in ("", "foreignKey"):
                continue
            self._add_link(table, link, link.get("from"))
        for one in self.document.items(fields, "properties"):
            for link in self.document.items(one, "relationships"):
                if said_of(link, "type") in ("", "foreignKey"):
                    self._add_link(table, link, said_of(one, "name"))

    def _add_link(self, table: TableDraft, link: JsonObject, start: Json) -> None:
        ours = [str(one).rpartition(".")[2] for one in _one_or_list(start)]
        theirs = [_target(str(one)) for one in _one_or_list(link.get("to"))]
        parents = {name for name, _column in theirs}
        known = len(ours) == len(theirs) and len(parents) == 1 and all(map(table.has, ours))
        parent = self.drafts.tables.get(next(iter(parents))) if known else None
        if parent is None or not all(parent.has(column) for _name, column in theirs):
            self._warn(link, f"{table.name}: the relationship leads to {link.get('to')}, which is not here")
        elif len(ours) == 1:
            table.column(ours[0]).reference = (parent.name, parent.column(theirs[0][1]).name)
        else:
            there = [parent.column(column).name for _name, column in theirs]
            if tuple(there) != parent.primary_key:
                parent.unique.append(tuple(there))
            table.foreign_keys.append(
                {
                    "columns": [table.column(name).name for name in ours],
                    "references_table": parent.name,
                    "references_columns": list(there),
                }
            )

    # --- quality

    def _add_quality(self, table: TableDraft, column: ColumnDraft | None, rule: JsonObject) -> None:
        metric = said_of(rule, "metric") or said_of(rule, "rule")
        kind = said_of(rule, "type") or ("library" if metric else "text")
        if kind == "text":
            return
        carry = _METRICS.get(metric) if kind == "library" else None
        if carry is None or not carry(_Rule(rule, table, column, self.drafts.dialect)):
            of = f"{table.name}.{column.name}" if column is not None else table.name
            self._warn(rule, f"{of}: the quality rule {metric or kind} is not carried over")


def _one_or_list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _target(text: str) -> tuple[str, str]:
    """(object, property) of `customers.id` or `schema/customers/properties/id`."""
    parts = [part for part in re.split(r"[./]", text) if part not in ("schema", "properties", "#", "")]
    return (parts[-2], parts[-1]) if len(parts) > 1 else ("", text)


def _add_options(table: TableDraft, column: ColumnDraft, options: Mapping[str, Json], dialect: str) -> None:
    """What logicalTypeOptions say of values."""
    if not column.data_type:
        return
    try:
        kind: Kind | None = sql_type(column.data_type).kind
    except UnknownTypeError:
        kind = None
    name = sql_name(column.name, dialect)
    for option, sign in _BOUNDS.items():
        bound = options.get(option)
        if said_of(options, option) or number_in(bound) is not None:
            table.checks.append(f"{name} {sign} {literal(bound, kind)}")
    if kind is Kind.TEXT:
        if (shortest := whole_in(options.get("minLength")) or 0) > 0:
            table.checks.append(f"length({name}) >= {shortest + 0}")
        pattern = said_of(options, "pattern")
        if pattern:
            column.fields["rule"] = regex_rule(pattern)
        elif said_of(options, "format") in _FORMATS:
            column.fields["rule"] = {"name": _FORMATS[said_of(options, "format")]}


def regex_rule(pattern: str) -> JsonObject:
    """The rule that makes texts of a pattern, which holds for whole texts."""
    return {"name": "regex", "pattern": whole_pattern(pattern)}


_BOUNDS = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
_FORMATS = {"email": "email", "uuid": "uuid", "uri": "url", "ipv4": "ip"}


@dataclass(frozen=True)
class _Rule:
    """A quality rule, and what it is of."""

    fields: JsonObject
    table: TableDraft
    column: ColumnDraft | None
    dialect: str

    @property
    def least_and_most(self) -> Iterator[int]:
        """The numbers that bound the metric."""
        said = [*(self.fields.get(name) for name in _ARGUMENTS), *items_in(self.fields.get("mustBeBetween"))]
        yield from (number for number in map(whole_in, said) if number is not None)

    @property
    def allows_none(self) -> bool:
        """Whether the metric has to be zero."""
        of = self.fields
        return of.get("mustBe") == 0 or of.get("mustBeLessOrEqualTo") == 0 or of.get("mustBeLessThan") == 1


def _null_values(rule: _Rule) -> bool:
    if rule.column is None:
        return False
    share = number_in(rule.fields.get("mustBeLessThan", rule.fields.get("mustBeLessOrEqualTo")))
    if rule.allows_none:
        rule.column.required = True
    elif said_of(rule.fields, "unit") == "percent" and share is not None:
        rule.column.fields["null_fraction"] = round(min(max(share, 0), 100) / 200, 6)
    else:
        return False
    return True


def _duplicate_values(rule: _Rule) -> bool:
    if not rule.allows_none:
        return False
    if rule.column is not None:
        rule.column.is_unique = True
        return True
    names = [str(one) for one in items_in(fields_in(rule.fields.get("arguments")).get("properties"))]
    if not names or not all(map(rule.table.has, names)):
        return False
    rule.table.unique.append(tuple(rule.table.column(name).name for name in names))
    return True


def _invalid_values(rule: _Rule) -> bool:
    arguments = {**fields_in(rule.fields), **fields_in(rule.fields.get("arguments"))}
    values, pattern = items_in(arguments.get("validValues")), said_of(arguments, "pattern")
    if rule.column is None or not (values or pattern):
        return False
    if values:
        rule.column.allow(values)
    else:
        rule.column.fields["rule"] = regex_rule(pattern)
    return True


def _row_count(rule: _Rule) -> bool:
    numbers = list(rule.least_and_most)
    if rule.column is not None or not numbers:
        return False
    more, less = "mustBeGreaterThan" in rule.fields, "mustBeLessThan" in rule.fields
    rule.table.fields["target_rows"] = max(numbers[0] + (1 if more else -1 if less else 0), 0)
    return True


_METRICS: Mapping[str, Callable[[_Rule], bool]] = {
    "nullValues": _null_values,
    "nullCheck": _null_values,
    "missingValues": _null_values,
    "duplicateValues": _duplicate_values,
    "duplicateCount": _duplicate_values,
    "invalidValues": _invalid_values,
    "validValues": _invalid_values,
    "rowCount": _row_count,
}
"""By the metric: whether a rule could be carried over."""
