"""Avro: an .avsc file, a record or a list of records."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dw_simulator.errors import Problem, SchemaError
from dw_simulator.plugins.contracts.contract_files import document_of
from dw_simulator.plugins.contracts.drafts import Drafts, TableDraft, said_of, text_type
from dw_simulator.plugins.contracts.types_within import DOCUMENT, TypesWithin, list_of, map_of, one_of
from dw_simulator.ports.contract import ContractSource, ContractTables
from dw_simulator.schema.json_data import Json, fields_in, items_in

_PRIMITIVES: Mapping[str, str] = {
    "boolean": "BOOLEAN",
    "int": "INT",
    "long": "BIGINT",
    "float": "REAL",
    "double": "DOUBLE",
    "bytes": "VARBINARY",
    "string": "VARCHAR",
}
_LOGICAL: Mapping[str, str] = {
    "date": "DATE",
    "time-millis": "TIME(3)",
    "time-micros": "TIME(6)",
    "timestamp-millis": "TIMESTAMPTZ(3)",
    "timestamp-micros": "TIMESTAMPTZ(6)",
    "timestamp-nanos": "TIMESTAMPTZ(9)",
    "local-timestamp-millis": "TIMESTAMP(3)",
    "local-timestamp-micros": "TIMESTAMP(6)",
    "local-timestamp-nanos": "TIMESTAMP(9)",
    "uuid": "UUID",
}


def read(source: ContractSource) -> ContractTables:
    """The tables of an Avro schema: each record of its outermost level is one. Raises SchemaError."""
    document = document_of(source)
    data = document.data
    records = [fields_in(one) for one in (data if isinstance(data, list) else [data])]
    if not records or any(said_of(one, "type") != "record" for one in records):
        message = "it is no record, nor a list of records"
        raise SchemaError([Problem(document.name, message, 'begin with {"type": "record", ...}')])
    reading = _Reading(document.name, Drafts(source.dialect or ""))
    for one in records:
        reading.add_record(one)
    name = said_of(records[0], "name") if len(records) == 1 else ""
    tables = list(reading.drafts.settled())
    return ContractTables(tables, reading.drafts.warnings, dialect=reading.drafts.dialect, name=name)


@dataclass
class _Reading:
    """named: the types that have been named so far."""

    name: str
    drafts: Drafts
    named: dict[str, Json] = field(default_factory=dict)

    def add_record(self, record: Mapping[str, Json]) -> None:
        self._remembered(record)
        name = said_of(record, "name").rpartition(".")[2]
        if not name or not items_in(record.get("fields")):
            raise SchemaError([Problem(self.name, "a record has no name or no fields", "give it both")])
        table = self.drafts.table(name)
        table.comment = said_of(record, "doc")
        for one in map(fields_in, items_in(record.get("fields"))):
            if not said_of(one, "name"):
                raise SchemaError([Problem(f"{self.name}: {name}", "a field has no name", "name it")])
            self._add_field(table, one)

    def _add_field(self, table: TableDraft, fields: Mapping[str, Json]) -> None:
        name, said = said_of(fields, "name"), fields.get("type")
        place = f"{self.name}: {table.name}.{name}"
        if table.has(name):
            known = table.column(name).name
            self.drafts.warnings.append(f"{place}: is {known} but for letter case, and was left out")
            self._remember_within(said)
            return
        column, within = table.column(name), TypesWithin()
        column.comment = said_of(fields, "doc")
        column.required = not isinstance(said, list) or "null" not in said
        with within.entered(table.name):
            column.data_type = self._chosen(said, within)
        column.allow(items_in(fields_in(self._only(said)).get("symbols")))
        self.drafts.warnings += within.told(place)

    def _remember_within(self, said: Json) -> None:
        """Keep the types that are named in a field, which is left out itself."""
        self._chosen(said, TypesWithin())

    def _only(self, said: Json) -> Json:
        """The one type that a value has, besides null; None where there are several."""
        choices = [one for one in said if one != "null"] if isinstance(said, list) else [said]
        return self._remembered(choices[0]) if len(choices) == 1 else None

    def _chosen(self, said: Json, within: TypesWithin) -> str:
        """The type of what may be a union with null; a document for any other union."""
        only = self._only(said)
        if only is not None:
            return self._type(only, within)
        count = len([one for one in items_in(said) if one != "null"])
        within.lost.append(f"a union of {count} types is taken for {DOCUMENT}")
        return DOCUMENT

    def _within(self, said: Json, within: TypesWithin) -> str:
        """The type of a part: an enum has its values there, as no CHECK can be of it."""
        symbols = items_in(fields_in(self._only(said)).get("symbols"))
        return one_of(symbols) if symbols else self._chosen(said, within)

    def _nested(self, kind: str, fields: Mapping[str, Json], within: TypesWithin) -> str:
        name = said_of(fields, "name").rpartition(".")[2]
        with within.entered(name) as possible:
            if not possible:
                return DOCUMENT
            if kind == "array":
                return list_of(self._within(fields.get("items"), within))
            if kind == "map":
                return map_of(self._within(fields.get("values"), within))
            parts = [one for one in map(fields_in, items_in(fields.get("fields"))) if said_of(one, "name")]
            return within.struct(
                {said_of(one, "name"): self._within(one.get("type"), within) for one in parts}
            )

    def _remembered(self, said: Json) -> Json:
        """A type, looked up where it is a name, and kept where it has one."""
        if isinstance(said, str):
            return self.named.get(said.rpartition(".")[2], said)
        if name := said_of(fields_in(said), "name"):
            self.named[name.rpartition(".")[2]] = said
        return said

    def _type(self, said: Json, within: TypesWithin) -> str:
        if isinstance(said, str):
            return _PRIMITIVES.get(said, said)
        fields = fields_in(said)
        kind, logical = said_of(fields, "type"), said_of(fields, "logicalType")
        if logical == "decimal":
            return f"DECIMAL({fields.get('precision', 18)},{fields.get('scale', 0)})"
        if kind == "enum":
            longest = max((len(str(one)) for one in items_in(fields.get("symbols"))), default=1)
            return text_type(longest)
        if kind == "fixed":
            return f"BINARY({fields.get('size', 16)})"
        if kind in ("record", "array", "map"):
            return self._nested(kind, fields, within)
        return _LOGICAL.get(logical) or _PRIMITIVES.get(kind, kind)
