"""Rows as Arrow, CSV and JSON, exactly: what Arrow or JSON would bend is text, as DuckDB writes it."""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from dw_simulator.arrow import escaped
from dw_simulator.ports.answers import ColumnType
from dw_simulator.schema.json_data import Json, JsonObject

_EXACT = frozenset(
    """BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE
    VARCHAR""".split()
)
_SCALE = re.compile(r"DECIMAL\(\d+,(\d+)\)")
_QUOTED_OR_DECIMAL = re.compile(r"""("(?:[^"]|"")*")|DECIMAL\(\d+,\d+\)""")
_PLAIN_DIGITS = 6
"""Arrow writes 0E-7, but 0.000000."""
_LARGE = ("HUGEINT", "UHUGEINT")
# what Arrow and Parquet have no exact type for
_FOREIGN = ("UHUGEINT", "BIGNUM", "TIME WITH TIME ZONE", "BIT", "INTERVAL", "VARIANT", "UNION", "GEOMETRY")

_PORTION_BYTES = 64 << 20
# what JSON has without quotation marks
_BARE = _EXACT - {"VARCHAR"} | {"UHUGEINT"}
_INFINITE = {"nan": '"NaN"', "-nan": '"NaN"', "inf": '"Infinity"', "-inf": '"-Infinity"'}


Projection: TypeAlias = Callable[[duckdb.DuckDBPyRelation], duckdb.DuckDBPyRelation]


def distinct(names: Iterable[str]) -> list[str]:
    """Names with a number behind those that were there before, letter case apart: id, id_1."""
    found: dict[str, str] = {}
    for name in names:
        unique, number = name, 0
        while unique.lower() in found:
            number += 1
            unique = f"{name}_{number}"
        found[unique.lower()] = unique
    return list(found.values())


def _is_nested(type_: str) -> bool:
    return type_.endswith("]") or type_.startswith(("STRUCT", "MAP", "UNION", "VARIANT", "TUPLE"))


def native(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """A relation's columns in types that Parquet has."""
    types = [str(type_) for type_ in relation.types]
    foreign = [any(word in type_ for word in _FOREIGN) for type_ in types]
    return relation.project(
        ", ".join(f"#{k}::VARCHAR" if cast else f"#{k}" for k, cast in enumerate(foreign, 1))
    )


def plain(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """A relation's columns as numbers and text."""
    types = [str(type_) for type_ in relation.types]
    return relation.project(", ".join(_plain(f"#{k}", type_) for k, type_ in enumerate(types, 1)))


def _plain(column: str, type_: str) -> str:
    if _is_nested(type_):
        # DuckDB's JSON has decimals as floats
        exact = _QUOTED_OR_DECIMAL.sub(lambda found: found[1] or "VARCHAR", type_)
        return f"to_json({column}::{exact})::VARCHAR"
    scale = _SCALE.fullmatch(type_)
    if type_ in _EXACT or (scale and int(scale[1]) <= _PLAIN_DIGITS):
        return column
    return f"lower(hex({column}))" if type_ == "BLOB" else f"{column}::VARCHAR"


def rows(batch: pa.RecordBatch, columns: Sequence[ColumnType]) -> Iterator[JsonObject]:
    """Rows of a plain batch as JSON has them."""
    cells = [_cells(values, column.type) for values, column in zip(batch.columns, columns, strict=True)]
    names = [column.name for column in columns]
    for row in zip(*cells, strict=True):
        yield dict(zip(names, row, strict=True))


def _cells(values: pa.Array, type_: str) -> list[Json]:
    found: list[Json] = values.to_pylist()
    convert = _conversion(type_)
    return [None if value is None else convert(value) for value in found] if convert else found


def _conversion(type_: str) -> Callable[..., Json] | None:
    """What makes JSON of the values of a type, which are not NULL; None where they are JSON already."""
    if type_ in _LARGE:
        return int
    if type_ in ("FLOAT", "DOUBLE"):
        return _finite
    if _is_nested(type_):
        return lambda text: json.loads(text, parse_float=_number, parse_constant=str)
    return str if type_.startswith("DECIMAL") else None


def _finite(value: float) -> float | str:
    """JSON has no infinity."""
    return value if math.isfinite(value) else json.dumps(value)


def _number(text: str) -> float | str:
    """A number within a nested value, where a float is the same digits."""
    return float(text) if repr(float(text)) == text else text


def csv(batches: Iterable[pa.RecordBatch], columns: Sequence[ColumnType]) -> Iterator[bytes]:
    """Plain batches as CSV, the heading first."""
    heading = pa.record_batch([pa.array([column.name], pa.string()) for column in columns], _names(columns))
    yield _lines(heading)
    for batch in batches:
        if batch.num_rows:
            yield _lines(batch)


def _names(columns: Sequence[ColumnType]) -> list[str]:
    return [column.name for column in columns]


def _lines(batch: pa.RecordBatch) -> bytes:
    buffer = pa.BufferOutputStream()
    pa.csv.write_csv(batch, buffer, pa.csv.WriteOptions(include_header=False))
    written: bytes = buffer.getvalue().to_pybytes()
    return written


# --- JSON lines, a column at a time


def json_lines(batches: Iterable[pa.RecordBatch], columns: Sequence[ColumnType]) -> Iterator[bytes]:
    """Plain batches as the objects of `rows`, one in a line."""
    names = [json.dumps(column.name, ensure_ascii=False) for column in columns]
    before = [f"{'{' if k == 0 else ', '}{name}: " for k, name in enumerate(names)]
    for batch in batches:
        for part in _portions(batch):
            texts = [_json(values, column.type) for values, column in zip(part.columns, columns, strict=True)]
            cells = [cell for pair in zip(before, texts, strict=True) for cell in pair]
            lines = pc.binary_join_element_wise(
                *cells, "}\n", "", null_handling="replace", null_replacement="null"
            )
            _valid, ends, text = lines.buffers()
            yield text[: np.frombuffer(ends, np.int32)[len(lines)]].to_pybytes()


def _portions(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Rows of a batch, few enough that their text is far from the 2 GB that an array may have."""
    rows = max(batch.num_rows * _PORTION_BYTES // max(batch.nbytes, _PORTION_BYTES), 1)
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


def _json(values: pa.Array, type_: str) -> pa.Array:
    """The values of a type as JSON has them, NULL where they are."""
    if _is_nested(type_):
        texts = (
            None if cell is None else json.dumps(cell, ensure_ascii=False) for cell in _cells(values, type_)
        )
        return pa.array(texts, pa.string())
    if type_ in ("FLOAT", "DOUBLE"):
        return _float_text(values)
    text = values.cast(pa.string())
    if type_ in _BARE:
        return text
    return pc.binary_join_element_wise('"', escaped(text), '"', "")


def _float_text(values: pa.Array) -> pa.Array:
    """Floats with their point, as Python writes them; JSON has no infinity."""
    text = values.cast(pa.float64()).cast(pa.string())
    whole = pc.invert(pc.match_substring_regex(text, "[.a-z]"))
    text = pc.if_else(whole, pc.binary_join_element_wise(text, ".0", ""), text)
    if pc.all(pc.is_finite(values)).as_py() is False:
        for found, told in _INFINITE.items():
            text = pc.if_else(pc.equal(text, found), told, text)
    return text
