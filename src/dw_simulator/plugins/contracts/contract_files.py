"""A contract's file as plain data, and where in it things stand."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dw_simulator.errors import Problem, SchemaError
from dw_simulator.ports.contract import ContractSource
from dw_simulator.schema import reading
from dw_simulator.schema.json_data import Json, JsonObject, fields_in, items_in
from dw_simulator.schema.yaml_lines import Lines, YamlError, lined


@dataclass(frozen=True)
class Document:
    """What stands in a file.

    name   of the file, as messages say it
    lines  of keys and items, where they are known
    """

    data: Json
    name: str
    lines: Lines = field(default_factory=dict, repr=False)

    def place(self, part: Json) -> str:
        """`models/schema.yml, line 12`, for an object or a list of it."""
        known = self.lines.get(id(part))
        return f"{self.name}, line {min(known.values())}" if known else self.name

    def items(self, part: Json, name: str) -> "Iterator[JsonObject]":
        """The objects of a list that is a field of an object."""
        for item in items_in(fields_in(part).get(name)):
            if isinstance(item, dict):
                yield item


def document_of(source: ContractSource) -> Document:
    """The document of a contract, YAML unless its name ends in JSON's way. Raises SchemaError."""
    return decoded(source.text, source.place, str(source.place))


def decoded(text: str, place: Path, name: str) -> Document:
    """A text as a document: JSON where it is, else YAML. Raises SchemaError with line and column."""
    if place.suffix.lower() in {".json", ".avsc"} or text.lstrip()[:1] in ("{", "["):
        return Document(_from_json(text, name), name)
    try:
        data, lines = lined(text)
    except YamlError as error:
        where = f"{name}, line {error.line}, column {error.column}" if error.line else name
        raise SchemaError([Problem(where, f"not readable as YAML: {error.message}")]) from None
    return Document(data, name, lines)


def _from_json(text: str, name: str) -> Json:
    try:
        return reading.decode_json(text)
    except json.JSONDecodeError as error:
        place = f"{name}, line {error.lineno}, column {error.colno}"
        raise SchemaError([Problem(place, f"not valid JSON: {error.msg}")]) from None
    except (ValueError, RecursionError) as error:
        raise SchemaError([Problem(name, f"not readable as JSON: {error}")]) from None


def quick_fields(source: ContractSource) -> JsonObject:
    """The fields of a document that may be one; none of any other, and no error."""
    try:
        found = document_of(source).data
    except SchemaError:
        return {}
    return found if isinstance(found, dict) else {}
