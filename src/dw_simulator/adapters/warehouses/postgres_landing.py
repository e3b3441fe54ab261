"""Where rows land in PostgreSQL whose columns have types that COPY is not given: text, which it then reads.

Lists, structs and maps are text of JSON. An array is read from it element by element; those within others are
one array, as PostgreSQL's have to be rectangles, and values are not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import pyarrow as pa

from dw_simulator.arrow import to_json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import field_name, sql_type

LANDING = "dw_sim_landing"
_COPIED = frozenset(
    """bool int2 int4 int8 float4 float8 numeric bpchar varchar text json jsonb date time timetz timestamp
    timestamptz bytea uuid""".split()
)
"""The types whose form COPY is given, by PostgreSQL's own names."""
_ELEMENTS = {
    "_bytea": "decode(e #>> '{}', 'hex')",
    "_json": "(e #>> '{}')::json",
    "_jsonb": "(e #>> '{}')::jsonb",
}
"""What makes an element of an array from its JSON, where that is not the type's own text."""
_TEXTS: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_boolean, "BOOLEAN"),
    (pa.types.is_integer, "BIGINT"),
    (pa.types.is_float32, "REAL"),
    (pa.types.is_floating, "DOUBLE"),
    (pa.types.is_date, "DATE"),
    (pa.types.is_time, "TIME(9)"),
    (pa.types.is_binary, "BLOB"),
)


@dataclass(frozen=True)
class Landing:
    """The table in between.

    schema  of the batches
    wanted  PostgreSQL's own name of each column's type
    """

    schema: pa.Schema
    wanted: Mapping[str, str]

    @classmethod
    def of(cls, schema: pa.Schema, wanted: Mapping[str, str]) -> Self | None:
        """The table for batches of a schema; None where COPY takes all of their columns."""
        found = cls(schema, wanted)
        return found if any(map(found._lands, schema)) else None

    def _lands(self, field: pa.Field) -> bool:
        return pa.types.is_nested(field.type) or self.wanted.get(field.name, "") not in _COPIED

    @property
    def types(self) -> Mapping[str, str]:
        """PostgreSQL's own name of each of its columns' types."""
        return {
            field.name: _landed(field.type) if self._lands(field) else self.wanted[field.name]
            for field in self.schema
        }

    def made(self) -> str:
        """The statement that makes it."""
        fields = ", ".join(f"{quoted_name(name)} {type_}" for name, type_ in self.types.items())
        return f"CREATE TEMPORARY TABLE {LANDING} ({fields})"

    def texts(self, batches: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """The batches with text of JSON for what is nested."""
        fields = [f.with_type(pa.string()) if pa.types.is_nested(f.type) else f for f in self.schema]
        schema = pa.schema(fields)

        def each() -> Iterator[pa.RecordBatch]:
            for batch in batches:
                arrays = [_json_of(a) if pa.types.is_nested(a.type) else a for a in batch.columns]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

        return pa.RecordBatchReader.from_batches(schema, each())

    def moved(self, target: str, formats: Mapping[str, str]) -> str:
        """The statement that brings the rows to their table. formats: its columns' types in full."""
        names = ", ".join(quoted_name(field.name) for field in self.schema)
        values = ", ".join(self._value(field, formats[field.name]) for field in self.schema)
        return f"INSERT INTO {target} ({names}) SELECT {values} FROM {LANDING}"

    def _value(self, field: pa.Field, type_: str) -> str:
        column, wanted = quoted_name(field.name), self.wanted[field.name]
        if not self._lands(field):
            return column
        if not pa.types.is_nested(field.type) or not wanted.startswith("_"):
            return f"CAST({column} AS {type_})"
        path = f"'strict ${'[*]' * _depth(field.type)}'"
        element = _ELEMENTS.get(wanted, "e #>> '{}'")
        elements = f"jsonb_path_query({column}::jsonb, {path}) WITH ORDINALITY AS x(e, n)"
        array = f"ARRAY(SELECT {element} FROM {elements} ORDER BY n)"
        return f"CASE WHEN {column} IS NOT NULL THEN CAST({array} AS {type_}) END"


def _landed(type_: pa.DataType) -> str:
    """What holds values until PostgreSQL reads them."""
    if pa.types.is_integer(type_):
        return "int8"
    return "numeric" if pa.types.is_decimal(type_) else "text"


def _depth(type_: pa.DataType) -> int:
    """How many lists are within each other."""
    depth = 0
    while pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_):
        depth, type_ = depth + 1, type_.value_type
    return depth


def _json_of(array: pa.Array) -> pa.Array:
    """Lists, structs and maps as JSON."""
    return to_json(array, sql_type(_declared(array.type)))


def _declared(type_: pa.DataType) -> str:
    """What Arrow's type is called."""
    if pa.types.is_map(type_):
        return f"MAP<{_declared(type_.key_type)}, {_declared(type_.item_type)}>"
    if pa.types.is_struct(type_):
        fields = (f"{field_name(part.name)} {_declared(part.type)}" for part in type_)
        return f"STRUCT<{', '.join(fields)}>"
    if pa.types.is_nested(type_):
        return f"ARRAY<{_declared(type_.value_type)}>"
    if pa.types.is_timestamp(type_):
        return f"TIMESTAMP{'' if type_.tz is None else 'TZ'}({9 if type_.unit == 'ns' else 6})"
    if pa.types.is_decimal(type_):
        return f"DECIMAL({type_.precision},{type_.scale})"
    if isinstance(type_, pa.UuidType):
        return "UUID"
    return next((text for fits, text in _TEXTS if fits(type_)), "VARCHAR")
