"""What a column allows of values that nobody can foresee: no NULL, a length, bounds, finite numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.bounds import Bounds, declared, range_of, step_of
from dw_simulator.engine.columns import Column, FixedColumn, ViewColumn
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

Bools = NDArray[np.bool_]
Bound = int | float | None


@dataclass(frozen=True)
class Allowed:
    """What a column holds.

    low, high  bounds in stored units, both included; None where there is none
    words      the bounds as they are declared
    """

    type: SqlType
    required: bool
    low: Bound = None
    high: Bound = None
    words: str = ""

    @classmethod
    def of(cls, spec: ColumnSpec) -> "Allowed":
        column, type_ = spec.column, spec.type
        first, last = (
            (column.min_value, column.max_value)
            if type_.kind in NUMERIC_KINDS
            else (column.date_start, column.date_end)
        )
        own = declared(column)
        words = " ".join(
            f"{word} {bound}" for word, bound in (("from", first), ("to", last)) if bound is not None
        )
        return cls(type_, column.required, own.low, own.high, words)

    def cut(self, column: Column) -> Column:
        """Times of day and moments with as many digits of a second as the type keeps."""
        if self.type.kind not in (Kind.TIME, Kind.TIMESTAMP) or not isinstance(column, FixedColumn):
            return column
        step = step_of(self.type)
        values = column.values.astype(np.int64, copy=False)
        return column if step == 1 else FixedColumn(values // step * step, column.valid)

    def refused(self, column: Column) -> tuple[int, str] | None:
        """The first value that the column does not hold, and why."""
        if self.required and column.valid is not None and not column.valid.all():
            return int(np.argmin(column.valid)), "it is NULL, and the column is required"
        for hits, reason in self._hits(column):
            wrong = hits if column.valid is None else hits & column.valid
            if wrong.any():
                return int(np.argmax(wrong)), reason
        return None

    def _hits(self, column: Column) -> list[tuple[Bools, str]]:
        if isinstance(column, ViewColumn):
            if self.type.kind is Kind.JSON:
                return [self._misshapen(column)] if self.type.shape != "any" else []
            too_long = column.views[:, 0] > self.type.length
            return [(too_long, f"it is longer than {self.type.length} bytes, as {self.type.declared} is")]
        assert isinstance(column, FixedColumn), "DuckDB gives no pools"
        found = []
        if self.type.kind is Kind.FLOAT:
            found.append((~np.isfinite(column.values.astype(np.float64)), "it is no finite number"))
        if self.type.kind in (
            Kind.DATE,
            Kind.TIMESTAMP,
        ):  # DuckDB's own goes on to other ages and to infinity
            endless, years = np.iinfo(column.values.dtype.str).max, range_of(self.type)
            outside = _outside(column.values, *years.meet(Bounds(1 - endless, endless - 1)).ends)
            found.append((outside, "it is no day of the years 1 to 9999"))
        if self.low is not None or self.high is not None:
            outside = _outside(column.values, self.low, self.high)
            found.append((outside, f"it lies outside of the column's bounds, {self.words}"))
        return found

    def _misshapen(self, column: ViewColumn) -> tuple[Bools, str]:
        """JSON text that begins with another bracket than the type's."""
        first = column.views[:, 1] & 0xFF  # the first byte stands there, be the text short or long
        bracket = ord("{" if self.type.shape == "object" else "[")
        return first != bracket, f"it is no JSON {self.type.shape}"


def _outside(values: NDArray[np.generic], low: Bound, high: Bound) -> Bools:
    if values.ndim == 2:
        return _outside_wide(values.astype(np.uint64, copy=False), low, high)
    hits = np.zeros(len(values), np.bool_)
    limits = np.iinfo(values.dtype.str) if values.dtype.kind == "i" else None
    for bound, above in ((low, False), (high, True)):
        if bound is None:
            continue
        if limits is not None and not limits.min <= bound <= limits.max:  # beyond all that can be stored
            hits |= (bound < limits.min) if above else (bound > limits.max)
            continue
        edge = np.asarray(bound, values.dtype)
        hits |= np.greater(values, edge) if above else np.less(values, edge)
    return hits


def _outside_wide(words: NDArray[np.uint64], low: Bound, high: Bound) -> Bools:
    """Of numbers of 128 bits, in two words, the lower one first."""
    hits = np.zeros(len(words), np.bool_)
    top, rest = words[:, 1].astype(np.int64), words[:, 0]
    for bound, above in ((low, False), (high, True)):
        if bound is None:
            continue
        edge, lower = np.int64(int(bound) >> 64), np.uint64(int(bound) & (1 << 64) - 1)
        beyond = top > edge if above else top < edge
        hits |= beyond | ((top == edge) & (rest > lower if above else rest < lower))
    return hits
