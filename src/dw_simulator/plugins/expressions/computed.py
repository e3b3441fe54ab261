"""Columns that DuckDB computes from other columns of the row, a batch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from dw_simulator.arrow import Dictionaries, arrow_type, to_array, to_column
from dw_simulator.engine.columns import Column, FixedColumn, PoolColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.facts import Facts
from dw_simulator.errors import Refusal, RunError
from dw_simulator.plugins.expressions.allowed_values import Allowed
from dw_simulator.plugins.expressions.evaluation import Query, evaluate, told
from dw_simulator.ports.needs import Source
from dw_simulator.types import Kind, SqlType

Plain = bool | int | float | str | bytes | Decimal | date | time | None
"""A value of a column, as Python has it."""
_SAMPLE = 1000
_ROW = "dw_sim_row"


@dataclass(frozen=True, eq=False)
class Computed(Kernel):
    """The values of a query over the row's other columns.

    Each value is asked whether the column holds it. What DuckDB cannot compute, and what the column does not
    hold, is a RunError that names the row.

    place  the table and the column; what: it is made by
    names  of the sources, as the query has them
    fine   whether moments come in nanoseconds, which few of DuckDB's functions take, or else in microseconds
    """

    place: str
    what: str
    query: Query
    names: tuple[str, ...]
    sources: tuple[Source, ...]
    allowed: Allowed
    fine: bool = False
    # dictionaries are shared by all batches, but by no two processes
    _dictionaries: Dictionaries = field(default_factory=dict, repr=False)

    @cached_property
    def facts(self) -> Facts:
        # what the column does not hold is not let through
        allowed = self.allowed
        width = allowed.type.length if allowed.type.kind in (Kind.TEXT, Kind.BINARY) else 0
        low, high = allowed.low, allowed.high
        span = None if low is None or high is None else (low, high)
        return Facts(span=span, nullable=not allowed.required, width=width)

    def values(self, rows: Rows) -> Column:
        batch = self._batch(rows)
        try:
            made = evaluate(self.query, batch)
        except duckdb.Error as error:
            raise self._failed(rows, batch, error) from None
        column = self.allowed.cut(to_column(self.allowed.type, made))
        refused = self.allowed.refused(column)
        if refused is not None:
            at, reason = refused
            shown = f" gives {str(_python(made[at]))[:80]!r}:" if made[at].is_valid else ""
            raise RunError(f"{self._at(rows, batch, at)}{shown} {reason}")
        return column

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_dictionaries": {}}

    # --- in

    def _batch(self, rows: Rows) -> pa.RecordBatch:
        arrays = [self._array(source, rows) for source in self.sources]
        if not arrays:  # a batch of no columns would have no rows
            return pa.RecordBatch.from_arrays([pa.nulls(len(rows), pa.int8())], names=[_ROW])
        return pa.RecordBatch.from_arrays(arrays, names=list(self.names))

    def _array(self, source: Source, rows: Rows) -> pa.Array:
        column, type_ = source.values(rows), source.type if self.fine else _coarse(source.type)
        if type_ is not source.type and isinstance(column, FixedColumn):
            column = FixedColumn(column.values.astype(np.int64, copy=False) // 1000, column.valid)
        return source_array(type_, column, self._dictionaries)

    # --- errors

    def _given(self, batch: pa.RecordBatch, at: int) -> Sequence[tuple[str, str]]:
        """What a row's value is made from, by name."""
        return [(name, _shown(batch.column(k)[at])) for k, name in enumerate(self.names)]

    def _failed(self, rows: Rows, batch: pa.RecordBatch, error: duckdb.Error) -> RunError:
        """The first row that fails, found by halves."""
        start, count = 0, len(batch)
        while count > 1:
            half = count // 2
            failure = self._failure(batch.slice(start, half))
            if failure is not None:
                count, error = half, failure
                continue
            start, count = start + half, count - half
        failure = self._failure(batch.slice(start, 1)) if count else None
        cause = told(failure or error)
        return RunError(f"{self._at(rows, batch, start)} fails: {cause}")

    def _failure(self, batch: pa.RecordBatch) -> duckdb.Error | None:
        try:
            evaluate(self.query, batch)
        except duckdb.Error as error:
            return error
        return None

    def _at(self, rows: Rows, batch: pa.RecordBatch, at: int) -> str:
        values = ", ".join(f"{name} = {value}" for name, value in self._given(batch, at))
        row = f"row {rows.numbers[at]:,}, counted from 0"
        return f"{self.place}: {self.what}: {row}{f', where {values},' if values else ''}"


def source_array(type_: SqlType, column: Column, dictionaries: Dictionaries) -> pa.Array:
    """A column as DuckDB takes it: JSON as its own type."""
    array = to_array(type_, column, dictionaries)
    if type_.kind is not Kind.JSON:
        return array
    if isinstance(column, PoolColumn):
        array = array.cast(pa.string_view())
    return pa.ExtensionArray.from_storage(pa.json_(pa.string_view()), array)


def _coarse(type_: SqlType) -> SqlType:
    """Moments and times of day in microseconds."""
    fine = type_.unit == "ns" and type_.kind in (Kind.TIME, Kind.TIMESTAMP)
    return replace(type_, digits=6) if fine else type_


def empty_schema(names: Sequence[str], types: Sequence[SqlType], *, fine: bool = False) -> pa.Schema:
    """The schema of a batch without its rows, in which no column is a dictionary."""
    given = types if fine else [_coarse(type_) for type_ in types]
    fields = [
        (name, pa.json_(pa.string_view()) if type_.kind is Kind.JSON else arrow_type(type_))
        for name, type_ in zip(names, given, strict=True)
    ]
    return pa.schema(fields or [(_ROW, pa.int8())])


def sampled(kernel: Computed, rows: int, mend: str) -> None:
    """Try some rows, first, last and between them, while planning. Raises Refusal where one fails."""
    if rows == 0:
        return
    try:
        kernel.values(_some(kernel.place.partition(".")[0], rows))
    except RunError as error:
        message = str(error).removeprefix(kernel.place).removeprefix(": ")
        raise Refusal(message, mend) from None


@lru_cache(maxsize=2)
def _some(_table: str, rows: int) -> Rows:
    """Some rows of a table, of which its columns, one made from another, keep what was made of them."""
    count = min(rows, _SAMPLE)
    return Rows.at(np.array([k * (rows - 1) // max(count - 1, 1) for k in range(count)], np.uint64))


def _shown(scalar: pa.Scalar) -> str:
    """A value as an error names it."""
    value = _python(scalar)
    if value is None:
        return "NULL"
    return repr(value)[:60] if isinstance(value, str | bytes) else str(value)


def _python(scalar: pa.Scalar) -> Plain:
    """A value as Python has it, or as Arrow writes it where Python has no such moment."""
    try:
        value: Plain = scalar.as_py()
    except (ValueError, OverflowError):
        return str(scalar.cast(pa.int64() if scalar.type.bit_width == 64 else pa.int32()))
    return value
