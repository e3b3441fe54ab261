"""JSON lines: an object a row, in the order of the columns; JSON columns are nested, NULL is `null`.

Numbers have all their digits: a reader that takes every number for a double loses those of long decimals and
of integers beyond 2^53, which Python, DuckDB and Snowflake's VARIANT do not.
"""

import json
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj
from numpy.typing import NDArray

from dw_simulator.adapters.formats.plain_text import Lines, LineWriter, TextFormat
from dw_simulator.arrow import BARE, Octets, from_text, plain_schema, plain_type, to_json
from dw_simulator.ports.plan import TablePlan
from dw_simulator.ports.tabular import TypedColumn
from dw_simulator.types import Kind

_SLICE_ROWS = 8192  # text of that many rows has to stay below 2 GB
_BLOCK = 4 << 20
_TEXTUAL = (Kind.TEXT, Kind.NOTATION)
_NESTED = (Kind.JSON, Kind.NESTED)
"""What is read as it stands there."""


class JsonLines(Lines):
    """Objects, one a line."""

    def problem_with(self, table: TablePlan) -> str | None:  # noqa: ARG002 - any can be written
        return None

    def begin(self, stream: pa.NativeFile, columns: Sequence[TypedColumn]) -> "JsonWriter":
        return JsonWriter(stream, columns)

    def read(self, stream: pa.NativeFile, columns: Sequence[TypedColumn]) -> Iterator[pa.RecordBatch]:
        schema = plain_schema(columns)
        for block in _blocks(stream):
            arrays = _arrays(block, columns)
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)


FORMAT = TextFormat("jsonl", JsonLines())


class JsonWriter(LineWriter):
    """Rows of one file."""

    def __init__(self, stream: pa.NativeFile, columns: Sequence[TypedColumn]) -> None:
        self._stream, self._columns = stream, columns
        names = [json.dumps(column.name, ensure_ascii=False) for column in columns]
        self._before = [f"{'{' if k == 0 else ','}{name}:" for k, name in enumerate(names)]

    def write(self, batch: pa.RecordBatch) -> None:
        for start in range(0, batch.num_rows, _SLICE_ROWS):
            self._stream.write(self._text(batch.slice(start, _SLICE_ROWS)))

    def _text(self, batch: pa.RecordBatch) -> pa.Buffer:
        cells = [to_json(array, c.type) for array, c in zip(batch.columns, self._columns, strict=True)]
        pieces = [piece for pair in zip(self._before, cells, strict=True) for piece in pair]
        lines = pc.binary_join_element_wise(
            *pieces, "}\n", "", null_handling="replace", null_replacement="null"
        )
        return lines.buffers()[2][: _end(lines)]

    def close(self) -> None:
        """Lines need no end."""


def _end(lines: pa.Array) -> int:
    return int(np.frombuffer(lines.buffers()[1], np.int32)[len(lines)])


# --- reading


def _blocks(stream: pa.NativeFile) -> Iterator[bytes]:
    """Whole lines, some megabytes at a time."""
    left = b""
    while read := stream.read(_BLOCK):
        text, found, rest = read.rpartition(b"\n")
        if found:
            yield left + text + found
            left = rest
        else:
            left += read
    if left:
        yield left


def _arrays(block: bytes, columns: Sequence[TypedColumn]) -> list[pa.Array]:
    raw = {c.name: plain_type(c.type) if c.type.kind in BARE else pa.string() for c in columns}
    nested = [c.name for c in columns if c.type.kind in _NESTED]
    flat = pa.schema([(name, type_) for name, type_ in raw.items() if name not in nested])
    table = pj.read_json(
        pa.BufferReader(block),
        pj.ReadOptions(use_threads=False, block_size=len(block) + 1),
        pj.ParseOptions(explicit_schema=flat, unexpected_field_behavior="ignore"),
    )
    texts = _nested(block, [c.name for c in columns], nested) if nested else {}
    arrays = []
    for column in columns:
        if column.name in texts:
            text = texts[column.name]
            arrays.append(text if column.type.kind is Kind.JSON else from_text(text, column.type))
            continue
        array = table.column(column.name).combine_chunks()
        arrays.append(array if column.type.kind in (*BARE, *_TEXTUAL) else from_text(array, column.type))
    return arrays


def _nested(block: bytes, names: Sequence[str], wanted: Sequence[str]) -> dict[str, pa.Array]:
    """The text of nested values as it stands there, found by the brackets, quotes and commas of the lines."""
    data = np.frombuffer(block, np.uint8)
    quote = (data == ord('"')) & ~_after_backslash(data)
    outside = (np.cumsum(quote) & 1) == 0
    opening = outside & ((data == ord("{")) | (data == ord("[")))
    closing = outside & ((data == ord("}")) | (data == ord("]")))
    depth = np.cumsum(opening.view(np.int8) - closing.view(np.int8), dtype=np.int32)
    # in depth 1 a colon stands before each value; behind it a comma, or the bracket that ends the line
    first = np.flatnonzero(outside & (depth == 1) & (data == ord(":"))).reshape(-1, len(names)) + 1
    ends = outside & (((depth == 1) & (data == ord(","))) | (closing & (depth == 0)))
    last = np.flatnonzero(ends).reshape(-1, len(names))
    found = {}
    for name in wanted:
        k = list(names).index(name)
        found[name] = _slices(data, first[:, k], last[:, k])
    return found


def _after_backslash(data: Octets) -> NDArray[np.bool_]:
    """Where a byte follows an odd number of backslashes."""
    backslash: NDArray[np.bool_] = data == ord("\\")
    if not backslash.any():
        return backslash
    places = np.arange(len(data))
    run = places - np.maximum.accumulate(np.where(backslash, -1, places))  # length of the run that ends here
    escaped = np.zeros(len(data), np.bool_)
    escaped[1:] = (run[:-1] & 1).astype(np.bool_)
    return escaped


def _slices(data: Octets, first: NDArray[np.intp], last: NDArray[np.intp]) -> pa.Array:
    """Text between places in a block; `null` is NULL."""
    offsets = np.concatenate([[0], np.cumsum(last - first)])
    change = np.zeros(len(data) + 1, np.int8)
    change[first] += 1
    change[last] -= 1
    inside = np.cumsum(change[:-1], dtype=np.int8).view(np.bool_)
    held = pa.py_buffer(np.ascontiguousarray(data[inside]))
    texts = pa.Array.from_buffers(
        pa.string(), len(first), [None, pa.py_buffer(offsets.astype(np.int32)), held]
    )
    return pc.if_else(pc.equal(texts, "null"), pa.scalar(None, pa.string()), texts)
