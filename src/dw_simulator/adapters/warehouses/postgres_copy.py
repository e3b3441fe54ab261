"""Rows on their way into PostgreSQL: batches whose binary form is what COPY takes for the columns.

Types of which the form is not known here (INET, INTERVAL, ranges, arrays, those of extensions) come by way of
a table that has text in their place, and PostgreSQL itself reads that.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import adbc_driver_manager
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_manager.dbapi import Connection, Cursor

from dw_simulator.adapters.warehouses.owned import Execute
from dw_simulator.adapters.warehouses.postgres_landing import LANDING, Landing
from dw_simulator.errors import RequestError
from dw_simulator.schema.quoting import quoted_name, quoted_text

_FORMATS = (
    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute a "
    "JOIN pg_class c ON a.attrelid = c.oid JOIN pg_namespace n ON c.relnamespace = n.oid "
    "WHERE n.nspname = {schema} AND c.relname = {table} AND attnum > 0 AND NOT attisdropped"
)
"""The columns of a table, and their types with all that is said of them: `bit(8)`."""
Fits: TypeAlias = Callable[[pa.DataType], bool]
Convert: TypeAlias = Callable[[pa.Array], pa.Array]


class _Conversion:
    """Batches whose binary form is what the columns take: COPY itself looks at no types.

    Raises RequestError with the column where what comes is of another kind than the column.
    """

    def __init__(self, schema: pa.Schema, types: Mapping[str, str]) -> None:
        self.error: Exception | None = None
        self._convert: list[Convert] = []
        for field in schema:
            kind = types.get(field.name, "")
            fits, convert = _CONVERSIONS.get(kind, (_anything, _as_it_is))
            if not fits(field.type):
                raise RequestError(f"{field.name}: {field.type} does not fit a column of the type {kind}")
            self._convert.append(convert)
        empty = pa.RecordBatch.from_pylist([], schema)
        types_ = [array.type for array in self._arrays(empty)]
        self.schema = pa.schema(list(zip(schema.names, types_, strict=True)))

    def _arrays(self, batch: pa.RecordBatch) -> list[pa.Array]:
        return [convert(column) for convert, column in zip(self._convert, batch.columns, strict=True)]

    def reader(self, batches: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """The converted batches. What goes wrong on the way is kept: the driver would hide it."""

        def each() -> Iterator[pa.RecordBatch]:
            try:
                for batch in batches:
                    yield pa.RecordBatch.from_arrays(self._arrays(batch), schema=self.schema)
            except Exception as error:
                self.error = error
                raise

        return pa.RecordBatchReader.from_batches(self.schema, each())


def ingest(
    connection: Connection, table: str, schema: str, batches: pa.RecordBatchReader, types: Mapping[str, str]
) -> int:
    """COPY batches into a table; returns how many rows that were."""
    landing = Landing.of(batches.schema, types)
    if landing is None:
        return _copied(connection, table, schema, batches, types)
    with connection.cursor() as cursor:
        formats = dict(_rows(cursor, _FORMATS, schema, table))
        cursor.execute(landing.made())
        count = _copied(connection, LANDING, None, landing.texts(batches), landing.types)
        cursor.execute(landing.moved(quoted_name(schema, table), formats))
        cursor.execute(f"DROP TABLE {LANDING}")
    return count


def _rows(cursor: Cursor, statement: str, schema: str, table: str) -> list[tuple[str, str]]:
    cursor.execute(statement.format(schema=quoted_text(schema), table=quoted_text(table)))
    return [(str(name), str(type_)) for name, type_ in cursor.fetchall()]


def _copied(
    connection: Connection,
    table: str,
    schema: str | None,
    batches: pa.RecordBatchReader,
    types: Mapping[str, str],
) -> int:
    convert = _Conversion(batches.schema, types)
    with connection.cursor() as cursor:
        try:
            source = convert.reader(batches)
            options = {"temporary": True} if schema is None else {"db_schema_name": schema}
            return int(cursor.adbc_ingest(table, source, mode="append", **options))
        except adbc_driver_manager.Error:
            if isinstance(convert.error, pa.ArrowException):
                raise RequestError(f"{table}: {convert.error}") from None
            if convert.error is not None:
                raise convert.error from None
            raise


def _anything(_type: pa.DataType) -> bool:
    return True


def _as_it_is(column: pa.Array) -> pa.Array:
    return column


def _to(type_: pa.DataType) -> Convert:
    return lambda column: column if column.type == type_ else column.cast(type_)


def _numeric(column: pa.Array) -> pa.Array:
    if pa.types.is_decimal128(column.type):
        return column
    if pa.types.is_decimal(column.type):
        return column.cast(pa.decimal128(column.type.precision, column.type.scale))
    return column.cast(pa.decimal128(20, 0))


def _jsonb(column: pa.Array) -> pa.Array:
    """The version that comes before the text."""
    return pc.binary_join_element_wise(pa.scalar(b"\x01", pa.binary()), column.cast(pa.binary()), b"")


def _microseconds(column: pa.Array) -> pa.Array:
    """Times without their nanoseconds, which PostgreSQL has not."""
    return column.cast(pa.time64("us"), safe=False)


def _timetz(column: pa.Array) -> pa.Array:
    """Microseconds of the day, and the zone's seconds, which are none."""
    micros = _microseconds(column).cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    parts = np.zeros(len(column), dtype=[("micros", ">i8"), ("zone", ">i4")])
    parts["micros"] = micros
    valid = pa.compute.is_valid(column)
    made = pa.Array.from_buffers(pa.binary(12), len(column), [None, pa.py_buffer(parts.tobytes())])
    return pc.if_else(valid, made.cast(pa.binary()), pa.scalar(None, pa.binary()))


def _is_number(type_: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_))


def _is_text(type_: pa.DataType) -> bool:
    inner = type_.value_type if pa.types.is_dictionary(type_) else type_
    return bool(
        pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner)
    )


def _is_bytes(type_: pa.DataType) -> bool:
    kinds = (
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_binary_view,
        pa.types.is_fixed_size_binary,
    )
    return any(kind(type_) for kind in kinds)


def _is_uuid(type_: pa.DataType) -> bool:
    return isinstance(type_, pa.UuidType) or type_ == pa.binary(16)


def _is_local(type_: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(type_)) and type_.tz is None


def _is_zoned(type_: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(type_)) and type_.tz is not None


_CONVERSIONS: Mapping[str, tuple[Fits, Convert]] = {
    "bool": (pa.types.is_boolean, _as_it_is),
    "int2": (_is_number, _to(pa.int16())),
    "int4": (_is_number, _to(pa.int32())),
    "int8": (_is_number, _to(pa.int64())),
    "float4": (_is_number, _to(pa.float32())),
    "float8": (_is_number, _to(pa.float64())),
    "numeric": (_is_number, _numeric),
    "bpchar": (_is_text, _as_it_is),
    "varchar": (_is_text, _as_it_is),
    "text": (_is_text, _as_it_is),
    "json": (_is_text, _as_it_is),
    "jsonb": (_is_text, _jsonb),
    "date": (pa.types.is_date, _to(pa.date32())),
    "time": (pa.types.is_time, _microseconds),
    "timetz": (pa.types.is_time, _timetz),
    "timestamp": (_is_local, _as_it_is),
    "timestamptz": (_is_zoned, _as_it_is),
    "bytea": (_is_bytes, _as_it_is),
    "uuid": (_is_uuid, _as_it_is),
}


def column_types(execute: Execute, schema: str, table: str) -> dict[str, str]:
    """PostgreSQL's own names of the types of a table's columns, in order."""
    rows = execute(
        "SELECT column_name, udt_name FROM information_schema.columns "
        f"WHERE table_schema = {quoted_text(schema)} AND table_name = {quoted_text(table)} "
        "ORDER BY ordinal_position"
    )
    return {str(name): str(type_) for name, type_ in rows}
