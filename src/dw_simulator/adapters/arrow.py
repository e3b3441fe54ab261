"""ColumnBatch -> Arrow RecordBatch, without copying values."""

from typing import Any

import numpy as np
import pyarrow as pa

# The Parquet writer looks up functions that this import registers. pyarrow does it on first use: where two
# threads come to that at once, the second finds a registry that is half filled.
import pyarrow.compute

from dw_simulator.engine.columns import Column, ColumnBatch, FixedColumn, Pool, PoolColumn, Valid, ViewColumn
from dw_simulator.engine.planning import ColumnPlan, TablePlan
from dw_simulator.engine.rows import Rows
from dw_simulator.types import Kind, SqlType

_INTEGERS = {8: pa.int8(), 16: pa.int16(), 32: pa.int32(), 64: pa.int64()}
_TEXTUAL = (Kind.TEXT, Kind.JSON)


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
        case kind:
            return _PLAIN[kind]


_PLAIN = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.TEXT: pa.string_view(),
    Kind.JSON: pa.string_view(),
    Kind.BINARY: pa.binary_view(),
    Kind.UUID: pa.uuid(),
}


def plain_type(type_: SqlType) -> pa.DataType:
    """The Arrow type of a column that was read: text and bytes without views, decimals of 128 bits."""
    match type_.kind:
        case Kind.TEXT | Kind.JSON:
            return pa.string()
        case Kind.BINARY:
            return pa.binary()
        case Kind.DECIMAL:
            return pa.decimal128(type_.precision, type_.scale)
        case _:
            return arrow_type(type_)


class Converter:
    """Converts the batches of one table. Dictionaries are made once, so that all batches share them."""

    def __init__(self, plan: TablePlan) -> None:
        self._columns = plan.columns
        self._dictionaries: dict[Pool, pa.Array] = {}
        # what shape a column comes in is the kernel's affair: its first row shows it
        self.schema = pa.schema([self._field(column) for column in plan.columns])

    def _field(self, column: ColumnPlan) -> pa.Field:
        sample = column.kernel.values(Rows.run(0, 1))
        type_ = (
            pa.dictionary(pa.int32(), pa.string())
            if isinstance(sample, PoolColumn)
            else arrow_type(column.type)
        )
        return pa.field(column.name, type_, nullable=column.nullable)

    def batch(self, batch: ColumnBatch) -> pa.RecordBatch:
        """The same rows as a RecordBatch over the same memory."""
        pairs = zip(self._columns, batch.columns, strict=True)
        return pa.RecordBatch.from_arrays([self._array(p.type, c) for p, c in pairs], schema=self.schema)

    def _array(self, type_: SqlType, column: Column) -> pa.Array:
        bitmap = _bitmap(column.valid)
        if isinstance(column, PoolColumn):
            codes = pa.Array.from_buffers(pa.int32(), len(column), [bitmap, pa.py_buffer(column.codes)])
            return pa.DictionaryArray.from_arrays(codes, self._dictionary(column.pool), safe=False)
        if isinstance(column, ViewColumn):
            buffers = [bitmap, pa.py_buffer(column.views), pa.py_buffer(column.data)]
            return pa.Array.from_buffers(arrow_type(type_), len(column), buffers)
        return _fixed(type_, column, bitmap)

    def _dictionary(self, pool: Pool) -> pa.Array:
        if pool not in self._dictionaries:
            self._dictionaries[pool] = pa.array(pool.values, pa.string())
        return self._dictionaries[pool]


def _fixed(type_: SqlType, column: FixedColumn, bitmap: pa.Buffer | None) -> pa.Array:
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


def plain_rows(batch: pa.RecordBatch | pa.Table) -> list[dict[str, Any]]:
    """Rows as plain Python values; nanoseconds as text, since Python's own times end at microseconds."""
    fine = [field.type for field in batch.schema if getattr(field.type, "unit", "") == "ns"]
    if fine:
        fields = [field.with_type(pa.string()) if field.type in fine else field for field in batch.schema]
        batch = batch.cast(pa.schema(fields))
    rows: list[dict[str, Any]] = batch.to_pylist()
    return rows
