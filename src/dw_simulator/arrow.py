"""A column of the engine as an Arrow array over the same memory, and as text, and back.

Text holds every digit: decimals as they are, dates and times as `2024-02-29 23:59:59.123456` (an instant in
UTC ends in Z), bytes as hexadecimal digits, UUIDs with their hyphens; lists, structs and maps as JSON.
"""

import json
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import pyarrow as pa

# The Parquet writer and casts look up functions that this import registers. pyarrow does it on first use:
# where two threads come to that at once, the second finds a registry that is half filled.
import pyarrow.compute as pc
from numpy.typing import NDArray

from dw_simulator.engine.columns import (
    Column,
    ColumnBatch,
    FixedColumn,
    ListColumn,
    Pool,
    PoolColumn,
    StructColumn,
    Valid,
    ViewColumn,
)
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.storage import dtype_of
from dw_simulator.ports.plan import ColumnPlan, Plan, TablePlan
from dw_simulator.ports.tabular import Row, TypedColumn
from dw_simulator.types import Kind, SqlType

Offsets: TypeAlias = NDArray[np.int32]
Octets: TypeAlias = NDArray[np.uint8]
Dictionaries: TypeAlias = "MutableMapping[Pool, pa.Array]"
"""The Arrow array of each pool, made once so that all batches share it."""

SCIENTIFIC = 6
"""Arrow writes decimals of a greater scale as 1E-7 when they are small."""
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_GROUPS = (0, 8, 12, 16, 20, 32)
"""Where the hyphens of a UUID stand among its digits."""
_INTEGERS = {8: pa.int8(), 16: pa.int16(), 32: pa.int32(), 64: pa.int64()}
_PLAIN = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.TEXT: pa.string_view(),
    Kind.JSON: pa.string_view(),
    Kind.NOTATION: pa.string_view(),
    Kind.BINARY: pa.binary_view(),
    Kind.UUID: pa.uuid(),
}


def arrow_type(type_: SqlType) -> pa.DataType:
    """The Arrow type of a column's plain values."""
    match type_.kind:
        case Kind.INTEGER:
            return _INTEGERS[type_.bits]
        case Kind.DECIMAL:
            make = pa.decimal64 if type_.bits == 64 else pa.decimal128
            return make(type_.precision, type_.scale)
        case Kind.TIME:
            return pa.time64(type_.unit)
        case Kind.TIMESTAMP:
            return pa.timestamp(type_.unit, tz="UTC" if type_.zoned else None)
        case Kind.FLOAT:
            return pa.float32() if type_.bits == 32 else pa.float64()
        case Kind.NESTED:
            return _nested_type(type_)
        case kind:
            return _PLAIN[kind]


def _nested_type(type_: SqlType) -> pa.DataType:
    """Lists, structs and maps of plain values; Parquet has no vectors, and so these are lists."""
    parts = [pa.field(field.name, plain_type(field.type)) for field in type_.fields]
    match type_.shape:
        case "struct":
            return pa.struct(parts)
        case "map":
            return pa.map_(parts[0].type, parts[1].type)
        case _:
            return pa.list_(parts[0])


def to_array(type_: SqlType, column: Column, dictionaries: Dictionaries) -> pa.Array:
    """A column's values; those of a pool as a dictionary."""
    bitmap = _bitmap(column.valid)
    if type_.kind is Kind.NESTED:
        return _nested(type_, column, bitmap, dictionaries)
    if isinstance(column, PoolColumn):
        codes = pa.Array.from_buffers(pa.int32(), len(column), [bitmap, pa.py_buffer(column.codes)])
        return pa.DictionaryArray.from_arrays(codes, _dictionary(column.pool, dictionaries), safe=False)
    if isinstance(column, ViewColumn):
        buffers = [bitmap, pa.py_buffer(column.views), pa.py_buffer(column.data)]
        return pa.Array.from_buffers(arrow_type(type_), len(column), buffers)
    return _fixed(type_, column, bitmap)


def _nested(type_: SqlType, column: Column, bitmap: pa.Buffer | None, dictionaries: Dictionaries) -> pa.Array:
    if isinstance(column, ListColumn):
        child = _elements(type_, column.elements, dictionaries)
        buffers = [bitmap, pa.py_buffer(column.offsets)]
        return pa.Array.from_buffers(arrow_type(type_), len(column), buffers, children=[child])
    parts = _fields(type_, column, dictionaries)
    return pa.Array.from_buffers(arrow_type(type_), len(column), [bitmap], children=parts)


def _elements(type_: SqlType, elements: Column, dictionaries: Dictionaries) -> pa.Array:
    """What lists are made of; of a map that is its entries."""
    if type_.shape != "map":
        return _plain(type_.fields[0].type, elements, dictionaries)
    target, parts = arrow_type(type_), _fields(type_, elements, dictionaries)
    entries = pa.struct([target.key_field, target.item_field])
    return pa.Array.from_buffers(entries, len(elements), [None], children=parts)


def _fields(type_: SqlType, column: Column, dictionaries: Dictionaries) -> list[pa.Array]:
    assert isinstance(column, StructColumn), "it has fields"
    pairs = zip(type_.fields, column.fields, strict=True)
    return [_plain(field.type, part, dictionaries) for field, part in pairs]


def _plain(type_: SqlType, column: Column, dictionaries: Dictionaries) -> pa.Array:
    """A part of a nested value: without views and dictionaries, which not every reader finds there."""
    made, target = to_array(type_, column, dictionaries), plain_type(type_)
    return made if made.type == target else made.cast(target)


def _dictionary(pool: Pool, dictionaries: Dictionaries) -> pa.Array:
    if pool not in dictionaries:
        dictionaries[pool] = _strings(pool.values)
    return dictionaries[pool]


def _strings(values: Sequence[str]) -> pa.Array:
    """Texts as an array. `pa.array` imports pandas where that is installed: a quarter of a second."""
    octets = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, octets)], dtype=np.int32)
    return pa.Array.from_buffers(
        pa.string(), len(octets), [None, *map(pa.py_buffer, (ends, b"".join(octets)))]
    )


def _fixed(type_: SqlType, column: Column, bitmap: pa.Buffer | None) -> pa.Array:
    assert isinstance(column, FixedColumn), "what is nested or text is of no fixed width"
    values, target = column.values, arrow_type(type_)
    if type_.kind is Kind.BOOLEAN:
        values = np.packbits(values.astype(np.bool_, copy=False), bitorder="little")
    data = pa.py_buffer(np.ascontiguousarray(values))
    if type_.kind is Kind.UUID:
        storage = pa.Array.from_buffers(pa.binary(16), len(column), [bitmap, data])
        return pa.ExtensionArray.from_storage(target, storage)
    return pa.Array.from_buffers(target, len(column), [bitmap, data])


def _bitmap(valid: Valid) -> pa.Buffer | None:
    return None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))


# --- back


def to_column(type_: SqlType, array: pa.Array) -> Column:
    """An array of the type's plain values as a column, over the same memory where the layout is the same.

    UUIDs may come as 16 bytes each, moments as wall clocks in UTC, and decimals in fewer bits.
    """
    count, offset = len(array), array.offset
    valid = None if array.null_count == 0 else _bits(array.buffers()[0], offset, count)
    if type_.kind in (Kind.TEXT, Kind.JSON, Kind.NOTATION, Kind.BINARY):
        return _views(array, valid)
    data = array.buffers()[1]
    if type_.kind is Kind.BOOLEAN:
        return FixedColumn(_bits(data, offset, count), valid)
    if type_.kind is Kind.UUID:
        return FixedColumn(_sixteen(array, valid), valid)
    if type_.kind is Kind.DECIMAL and type_.bits == 128:
        words = np.frombuffer(data, np.uint64).reshape(-1, 2)
        return FixedColumn(words[offset : offset + count], valid)
    own = np.dtype(f"i{array.type.bit_width // 8}") if pa.types.is_decimal(array.type) else dtype_of(type_)
    values = np.frombuffer(data, own)[offset : offset + count]
    return FixedColumn(values.astype(dtype_of(type_), copy=False), valid)


def _bits(buffer: pa.Buffer, offset: int, count: int) -> NDArray[np.bool_]:
    bits = np.unpackbits(np.frombuffer(buffer, np.uint8), bitorder="little", count=offset + count)
    return bits[offset:].view(np.bool_)


def _views(array: pa.Array, valid: Valid) -> ViewColumn:
    """Views into several buffers become views into one."""
    _, views_buffer, *buffers = array.buffers()
    views = np.frombuffer(views_buffer, np.int32).reshape(-1, 4)[array.offset : array.offset + len(array)]
    pieces = [np.frombuffer(buffer, np.uint8) for buffer in buffers]
    if len(pieces) > 1:
        starts = np.cumsum([0, *(len(piece) for piece in pieces)])
        far = views[:, 0] > 12
        views = views.copy()
        views[far, 3] += starts[views[far, 2]].astype(np.int32)
        views[far, 2] = 0
    data = pieces[0] if len(pieces) == 1 else np.concatenate([np.zeros(0, np.uint8), *pieces])
    return ViewColumn(views, data, valid)


def _sixteen(array: pa.Array, valid: Valid) -> NDArray[np.uint8]:
    """Byte strings of 16 bytes each side by side; zeros where there is none."""
    plain = array.cast(pa.binary())
    offsets, data = plain.buffers()[1:]
    starts = np.frombuffer(offsets, np.int32)[plain.offset : plain.offset + len(plain)]
    values = np.zeros((len(plain), 16), np.uint8)
    there = slice(None) if valid is None else valid
    if len(plain) - plain.null_count:
        values[there] = np.frombuffer(data, np.uint8)[starts[there][:, None] + np.arange(16)]
    return values


# --- values as text


def to_text(array: pa.Array, type_: SqlType) -> pa.Array:
    """A flat column as strings."""
    match type_.kind:
        case Kind.NESTED:
            return _nested_text(array, type_)
        case Kind.DECIMAL if type_.scale > SCIENTIFIC:
            return _decimal_text(array, type_)
        case Kind.BINARY:
            return _hex_text(array)
        case Kind.UUID:
            digits = _hex_text(array.storage)
            groups = [pc.utf8_slice_codeunits(digits, *ends) for ends in pairwise(_GROUPS)]
            return pc.binary_join_element_wise(*groups, "-")
        case _:
            return array.cast(pa.string())


def _decimal_text(array: pa.Array, type_: SqlType) -> pa.Array:
    """Decimals of a large scale, with their point put between the digits of a whole number."""
    whole = array.view(pa.decimal128(type_.precision, 0)).cast(pa.string())
    sign = pc.if_else(pc.starts_with(whole, "-"), "-", "")
    digits = pc.ascii_lpad(pc.ascii_ltrim(whole, "-"), type_.scale + 1, "0")
    before = pc.utf8_slice_codeunits(digits, 0, -type_.scale)
    after = pc.utf8_slice_codeunits(digits, -type_.scale)
    return pc.binary_join_element_wise(pc.binary_join_element_wise(sign, before, ""), after, ".")


def _hex_text(array: pa.Array) -> pa.Array:
    """Binary values as hexadecimal digits, all of them at once."""
    array = array.cast(pa.binary())
    offsets, data = _parts_of(array)
    digits = np.empty(2 * len(data), np.uint8)
    digits[0::2], digits[1::2] = _HEX[data >> 4], _HEX[data & 15]
    return _array_of(pa.string(), 2 * offsets, digits, array)


BARE = frozenset({Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT, Kind.JSON, Kind.NESTED})
"""What stands in JSON without quotes around it."""
_CONTROLS = [chr(code) for code in range(32)]


def to_json(array: pa.Array, type_: SqlType) -> pa.Array:
    """A flat column's values as JSON, NULL where they are."""
    text = to_text(array, type_)
    if type_.kind in BARE:
        return text
    if type_.kind in (Kind.TEXT, Kind.NOTATION):
        text = escaped(text)
    return pc.binary_join_element_wise('"', text, '"', "")


def escaped(text: pa.Array) -> pa.Array:
    """Text as it stands between the quotation marks of JSON."""
    if not pc.any(pc.match_substring_regex(text, r'["\\\x00-\x1f]')).as_py():
        return text  # as almost always
    for character in ("\\", '"', *_CONTROLS):
        text = pc.replace_substring(text, character, json.dumps(character)[1:-1])
    return text


def _nested_text(array: pa.Array, type_: SqlType) -> pa.Array:
    """Lists, structs and maps as JSON."""
    match type_.shape:
        case "struct":
            return _struct_text(array, type_)
        case "map":
            names = to_json(array.keys, type_.fields[0].type)
            if type_.fields[0].type.kind in BARE:
                names = pc.binary_join_element_wise('"', names, '"', "")
            values = to_json(array.items, type_.fields[1].type)
            parts = pc.binary_join_element_wise(
                names, values, ":", null_handling="replace", null_replacement="null"
            )
            return _bracketed(array, parts, "{", "}")
        case _:
            parts = to_json(array.values, type_.fields[0].type)
            return _bracketed(array, pc.fill_null(parts, "null"), "[", "]")


def _bracketed(array: pa.Array, parts: pa.Array, opening: str, closing: str) -> pa.Array:
    """The parts of each list, with commas in between."""
    lists = pa.ListArray.from_arrays(array.offsets, parts)
    text = pc.binary_join_element_wise(opening, pc.binary_join(lists, ","), closing, "")
    return pc.if_else(array.is_valid(), text, pa.scalar(None, pa.string())) if array.null_count else text


def _struct_text(array: pa.Array, type_: SqlType) -> pa.Array:
    pieces: list[str | pa.Array] = []
    for k, (field, part) in enumerate(zip(type_.fields, array.flatten(), strict=True)):
        name = json.dumps(field.name, ensure_ascii=False)
        pieces += [f"{',' if k else '{'}{name}:", to_json(part, field.type)]
    text = pc.binary_join_element_wise(*pieces, "}", "", null_handling="replace", null_replacement="null")
    return pc.if_else(array.is_valid(), text, pa.scalar(None, pa.string())) if array.null_count else text


def present(array: pa.Array) -> NDArray[np.bool_]:
    """Which values are not NULL: bool[n], from the bits; Arrow's own way to NumPy would import pandas."""
    held = array.buffers()[0]
    if held is None:
        return np.ones(len(array), dtype=np.bool_)
    bits = np.frombuffer(held, np.uint8)[array.offset // 8 : (array.offset + len(array) + 7) // 8]
    first = array.offset % 8
    return np.unpackbits(bits, bitorder="little")[first : first + len(array)].view(np.bool_)


def _parts_of(array: pa.Array) -> tuple[Offsets, Octets]:
    """(offsets, data) of binary values or text, both beginning at 0."""
    offsets = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]
    held = array.buffers()[2]
    data = np.frombuffer(held, np.uint8) if held is not None else np.empty(0, np.uint8)
    return offsets - offsets[0], data[offsets[0] : offsets[-1]]


def _array_of(type_: pa.DataType, offsets: Offsets, data: Octets, like: pa.Array) -> pa.Array:
    """An array of other values, NULL where another one is."""
    valid = None
    if like.null_count:
        valid = pa.py_buffer(np.packbits(present(like), bitorder="little"))
    buffers = [valid, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.Array.from_buffers(type_, len(like), buffers)


# --- and back


def from_text(array: pa.Array, type_: SqlType) -> pa.Array:
    """Strings as the column's plain values. Raises ValueError for text that is none of them."""
    target = plain_type(type_)
    match type_.kind:
        case Kind.NESTED:
            return _from_json([_json_value(text) for text in array.to_pylist()], type_)
        case Kind.BINARY:
            return _unhexed(array)
        case Kind.UUID:
            storage = _unhexed(pc.replace_substring(array, "-", "")).cast(pa.binary(16))
            return pa.ExtensionArray.from_storage(target, storage)
        case Kind.TIME:
            day = pc.binary_join_element_wise("1970-01-01", array, " ")
            return day.cast(pa.timestamp(type_.unit)).view(arrow_type(type_))
        case _:
            return array.cast(target)


JsonValue: TypeAlias = "bool | int | Decimal | str | list[JsonValue] | dict[str, JsonValue] | None"


def _json_value(text: str | None) -> JsonValue:
    value: JsonValue = None if text is None else json.loads(text, parse_float=Decimal)
    return value


def _from_json(values: "Sequence[JsonValue]", type_: SqlType) -> pa.Array:
    """Values of JSON as the column's plain values. Raises ValueError where they have another shape."""
    if type_.kind is not Kind.NESTED:
        return from_text(pa.array([_leaf_text(value, type_) for value in values], pa.string()), type_)
    bitmap = _bitmap(np.array([value is not None for value in values], dtype=np.bool_))
    target = plain_type(type_)
    if type_.shape == "struct":
        rows = [value if isinstance(value, dict) else {} for value in values]
        parts = [_from_json([row.get(field.name) for row in rows], field.type) for field in type_.fields]
        return pa.Array.from_buffers(target, len(values), [bitmap], children=parts)
    lists = [_entries(value) for value in values]
    offsets = pa.py_buffer(np.cumsum([0, *map(len, lists)], dtype=np.int32))
    flat = [one for each in lists for one in each]
    if type_.shape == "map":
        sides = ([entry[k] for entry in flat if isinstance(entry, list)] for k in (0, 1))
        parts = [_from_json(side, field.type) for side, field in zip(sides, type_.fields, strict=True)]
        entries = pa.struct([target.key_field, target.item_field])
        child = pa.Array.from_buffers(entries, len(flat), [None], children=parts)
    else:
        child = _from_json(flat, type_.fields[0].type)
    return pa.Array.from_buffers(target, len(values), [bitmap, offsets], children=[child])


def _entries(value: JsonValue) -> list[JsonValue]:
    """The elements of a list, the pairs of a map."""
    if isinstance(value, dict):
        return [[key, one] for key, one in value.items()]
    return value if isinstance(value, list) else []


def _leaf_text(value: JsonValue, type_: SqlType) -> str | None:
    """A value that is no list and no object, as `to_text` has it."""
    if value is None or (isinstance(value, str) and type_.kind is not Kind.JSON):
        return value
    return str(value) if isinstance(value, Decimal) else json.dumps(value, default=float)


def _unhexed(array: pa.Array) -> pa.Array:
    offsets, data = _parts_of(array)
    values = np.where(data >= ord("a"), data - (ord("a") - 10), data - ord("0"))
    return _array_of(pa.binary(), offsets // 2, (values[0::2] << 4 | values[1::2]).astype(np.uint8), array)


# --- whole batches


def plain_type(type_: SqlType) -> pa.DataType:
    """The Arrow type of a column that was read: text and bytes without views, decimals of 128 bits."""
    match type_.kind:
        case Kind.TEXT | Kind.JSON | Kind.NOTATION:
            return pa.string()
        case Kind.BINARY:
            return pa.binary()
        case Kind.DECIMAL:
            return pa.decimal128(type_.precision, type_.scale)
        case _:
            return arrow_type(type_)


def plain_schema(columns: Iterable[TypedColumn]) -> pa.Schema:
    """The schema of a table that was read: each column's `plain_type`, in order."""
    return pa.schema([(column.name, plain_type(column.type)) for column in columns])


class Converter:
    """Converts the batches of one table. Dictionaries are made once, so that all batches share them."""

    def __init__(self, plan: TablePlan) -> None:
        self._columns = plan.columns
        self._sample = Rows.run(0, min(plan.rows, 1))
        self._dictionaries: dict[Pool, pa.Array] = {}
        # what shape a column comes in is the kernel's affair: its first row shows it
        self.schema = pa.schema([self._field(column) for column in plan.columns])

    def _field(self, column: ColumnPlan) -> pa.Field:
        sample = column.kernel.values(self._sample)
        type_ = (
            pa.dictionary(pa.int32(), pa.string())
            if isinstance(sample, PoolColumn)
            else arrow_type(column.type)
        )
        return pa.field(column.name, type_, nullable=column.nullable)

    def batch(self, batch: ColumnBatch) -> pa.RecordBatch:
        """The same rows as a RecordBatch over the same memory."""
        pairs = zip(self._columns, batch.columns, strict=True)
        arrays = [to_array(plan.type, column, self._dictionaries) for plan, column in pairs]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def plain_rows(batch: pa.RecordBatch | pa.Table) -> list[Row]:
    """Rows as plain Python values; nanoseconds as text, since Python's own times end at microseconds."""
    fine = [field.type for field in batch.schema if _is_fine(field.type)]
    if fine:
        fields = [field.with_type(pa.string()) if field.type in fine else field for field in batch.schema]
        batch = batch.cast(pa.schema(fields))
    rows: list[Row] = batch.to_pylist()
    return rows


def _is_fine(type_: pa.DataType) -> bool:
    timed = pa.types.is_timestamp(type_) or pa.types.is_time(type_) or pa.types.is_duration(type_)
    return bool(timed and type_.unit == "ns")


def rows_of(plan: Plan) -> dict[str, list[Row]]:
    """The rows that a plan makes, by table: for plans of few rows, such as `Plan.window` gives."""
    return {
        table.name: [row for batch in _batches(table) for row in plain_rows(batch)] for table in plan.tables
    }


def _batches(table: TablePlan) -> Iterator[pa.RecordBatch]:
    converter = Converter(table)
    for part in table.parts:
        yield from map(converter.batch, table.batches(part))
