"""Answers as Parquet, CSV and JSON, exactly: what Arrow or JSON would bend is text, as DuckDB writes it."""

import errno
import json
import math
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from dw_simulator.errors import OutputError, RequestError, closest
from dw_simulator.ports.answers import Answer, ColumnType
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


def write(answer: Answer, path: Path) -> None:
    """An answer in a file: written beside it, and renamed when it is whole."""
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        known = closest(path.suffix, _WRITERS)
        raise RequestError(f"{path}: the name has to end in the format that is wanted{known}")
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            writer(answer, file)
        beside.replace(path)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "the disk is full" if full else error.strerror or str(error)
        raise OutputError(f"{path} cannot be written: {reason}; nothing was left there") from None
    finally:
        beside.unlink(missing_ok=True)


def _write_csv(answer: Answer, file: IO[bytes]) -> None:
    file.writelines(answer.csv())


def _write_lines(answer: Answer, file: IO[bytes]) -> None:
    file.writelines(_json(row) + b"\n" for row in answer.rows())


def _write_json(answer: Answer, file: IO[bytes]) -> None:
    before = b"[\n"
    for row in answer.rows():
        file.write(before + _json(row))
        before = b",\n"
    file.write(b"\n]\n" if answer.count else b"[]\n")


def _json(row: JsonObject) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode()


def _write_parquet(answer: Answer, file: IO[bytes]) -> None:
    batches = answer.batches()
    first = next(batches)
    with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


_WRITERS: dict[str, Callable[[Answer, IO[bytes]], None]] = {
    ".csv": _write_csv,
    ".json": _write_json,
    ".jsonl": _write_lines,
    ".parquet": _write_parquet,
}
