"""What the parts of lists, structs and maps hold, by their names, as columns of those names would.

    address STRUCT<city VARCHAR(40), zip VARCHAR(10)>     a city, a postcode
    emails VARCHAR(80)[]                                  each is an e-mail
    lines STRUCT<quantity INT, price DECIMAL(8,2)>[]      quantities and prices

The parts of a struct are read as the columns of a table with the struct's name.
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.alone.entity_columns import together
from dw_simulator.schema.inference.candidates import Found, alone, open_columns
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch
from dw_simulator.schema.inference.words.tokens import plain_words, singular
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import Kind, SqlType

_SHARES = frozenset({"null_fraction", "date_start", "date_end"})
"""Fields that say when rather than what: those of a row's clock are not a part's."""

Leaf = tuple[str, str, SqlType]
"""(path, name, type) of a part that has one value."""


def nested_parts(sketch: Sketch) -> None:
    """Say of nested columns what the names of their parts say."""
    if not sketch.has("nested"):
        return
    for table in sketch.tables.values():
        for column in table.columns.values():
            if column.open and column.found is None and column.kind is Kind.NESTED:
                parts = dict(_said(sketch, column, table.language))
                if parts:
                    fields: JsonObject = {"rule": {"name": "nested", "parts": parts}}
                    column.says(Found("a value whose parts say by their names what they are", fields))


def _said(sketch: Sketch, column: ColumnSketch, language: str) -> Iterator[tuple[str, JsonObject]]:
    for noun, leaves in _groups(column.column.type, "", _one_of(column.name)):
        columns = [Column(name=name, data_type=type_.declared) for _, name, type_ in leaves]
        table = Table(name=noun, target_rows=1, columns=tuple(columns))
        paths = {name: path for path, name, _ in leaves}
        seen = open_columns(table, sketch.rules)
        of_one = together(table, seen, language, sketch.rules)
        for one in seen:
            found = of_one.get(one.column.name) or alone(one, language)
            if found is not None and not {*found.fields} & _SHARES:
                yield paths[one.column.name], dict(found.fields)


def _groups(type_: SqlType, path: str, noun: str) -> Iterator[tuple[str, list[Leaf]]]:
    """The flat parts that stand together, with the noun of what they are parts of."""
    if type_.kind is not Kind.NESTED:
        yield noun, [(path, noun, type_)]
    elif type_.shape != "struct":
        inner = type_.fields[-1].type
        if inner.kind is Kind.NESTED or type_.shape == "list":
            yield from _groups(inner, path + ("{}" if type_.shape == "map" else "[]"), noun)
    else:
        dot = f"{path}." if path else ""
        flat = [field for field in type_.fields if field.type.kind is not Kind.NESTED]
        if flat:
            yield noun, [(dot + field.name, field.name, field.type) for field in flat]
        for field in type_.fields:
            if field.type.kind is Kind.NESTED:
                yield from _groups(field.type, dot + field.name, _one_of(field.name))


def _one_of(name: str) -> str:
    """What one of them is called: tag, for tags."""
    words = plain_words(name)
    return "_".join([*words[:-1], singular(words[-1])]) if words else name
