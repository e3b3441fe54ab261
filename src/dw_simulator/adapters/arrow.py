"""ColumnBatch -> Arrow RecordBatch, without copying values."""

from typing import Any

import pyarrow as pa

from dw_simulator.arrow import arrow_type, to_array
from dw_simulator.engine.columns import ColumnBatch, Pool, PoolColumn
from dw_simulator.engine.planning import ColumnPlan, TablePlan
from dw_simulator.engine.rows import Rows
from dw_simulator.types import Kind, SqlType


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


def plain_rows(batch: pa.RecordBatch | pa.Table) -> list[dict[str, Any]]:
    """Rows as plain Python values; nanoseconds as text, since Python's own times end at microseconds."""
    fine = [field.type for field in batch.schema if getattr(field.type, "unit", "") == "ns"]
    if fine:
        fields = [field.with_type(pa.string()) if field.type in fine else field for field in batch.schema]
        batch = batch.cast(pa.schema(fields))
    rows: list[dict[str, Any]] = batch.to_pylist()
    return rows
