"""Even spreads and sequences."""

from datetime import date
from math import ceil
from typing import ClassVar

from pydantic import Field

from dw_simulator.engine import distributions
from dw_simulator.engine.bounds import Bounds, declared, filled, range_of
from dw_simulator.engine.selectors.unique import RowNumber
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values import temporal
from dw_simulator.engine.values.base import Domain, Drawn, Kernel
from dw_simulator.engine.values.decimals import WideDecimals
from dw_simulator.engine.values.floats import Floats
from dw_simulator.engine.values.integers import Integers, whole_numbers
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.continuous import Continuous, DeclaredRange, whole_range
from dw_simulator.plugins.rules.sorting import Sortable
from dw_simulator.ports.rule import (
    ColumnSpec,
    Examples,
    MixtureComponent,
    RuleOptions,
)
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind, SqlType


class UniformValues(Sortable):
    """Every value between the column's bounds, equally likely."""

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS | TEMPORAL_KINDS
    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "INT",
            "min_value": 1,
            "max_value": 1_000_000,
            "rule": {"name": "uniform"},
        },
        {
            "name": "value",
            "data_type": "DECIMAL(12,2)",
            "min_value": 5,
            "max_value": 250,
            "rule": {"name": "uniform"},
        },
        {
            "name": "value",
            "data_type": "DECIMAL(38,10)",
            "min_value": 0,
            "max_value": 1000,
            "rule": {"name": "uniform"},
        },
        {
            "name": "value",
            "data_type": "DOUBLE",
            "min_value": -1,
            "max_value": 1,
            "rule": {"name": "uniform"},
        },
        {
            "name": "value",
            "data_type": "DATE",
            "date_start": "2020-01-01",
            "date_end": "2024-12-31",
            "rule": {"name": "uniform"},
        },
        {"name": "value", "data_type": "TIMESTAMP", "rule": {"name": "uniform"}},
        {"name": "value", "data_type": "TIME", "rule": {"name": "uniform"}},
        {
            "name": "value",
            "data_type": "BIGINT",
            "min_value": 1,
            "max_value": 1_000_000_000,
            "rule": {"name": "uniform", "order": "nearly", "disorder": 100},
        },
    )

    @classmethod
    def component(cls) -> type[MixtureComponent]:
        return EvenSpread

    def filled(self, type_: SqlType, bounds: Bounds, present: date | None, /) -> Bounds:
        return filled(type_, bounds, present)

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        return self.ordered(spec, self._domain(spec))

    def _domain(self, spec: ColumnSpec) -> Domain:
        kind = spec.type.kind
        if kind is Kind.FLOAT:
            try:
                return Floats.covering(*float_bounds(spec), spec.type.bits)
            except ValueError as error:
                raise Refusal(str(error), "widen the bounds") from None
        if kind is Kind.TIME:
            return temporal.of_day(spec.type)
        if kind in TEMPORAL_KINDS:
            try:
                return temporal.between(spec.type, filled(spec.type, declared(spec.column), spec.as_of))
            except ValueError as error:
                raise Refusal(str(error), "move date_start or date_end") from None
        low, high = stored_bounds(spec)
        return whole_numbers(spec.type, low, high)


class EvenSpread(Continuous):
    """Every value from low to high that the column can store, equally likely: in a mixture."""

    low: float | None = Field(default=None, description="the least value; min_value where none is given")
    high: float | None = Field(default=None, description="the greatest value; max_value where none is given")

    def distribution(self, declared: DeclaredRange) -> distributions.Shape:
        low = declared.low if self.low is None else self.low
        high = declared.high if self.high is None else self.high
        if low is None or high is None:
            side = "low" if low is None else "high"
            raise Refusal(f"an even spread needs {side}", f"set {side}, or the column's bounds")
        low, high = low - declared.half, high + declared.half
        if not 0 < high - low < float("inf"):
            raise Refusal(f"an even spread from {low:g} to {high:g}", "set low below high")
        return distributions.even(low, high)


class Sequence(RuleOptions):
    """start, start + step, start + 2 step, ... in row order: identity columns and plain integer keys."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.INTEGER, Kind.DECIMAL})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "BIGINT", "is_unique": True, "rule": {"name": "sequence"}},
        {
            "name": "value",
            "data_type": "BIGINT",
            "rule": {"name": "sequence", "start": 1_000_000, "step": -10},
        },
        {"name": "value", "data_type": "DECIMAL(12,2)", "rule": {"name": "sequence", "start": 100}},
        {"name": "value", "data_type": "DECIMAL(30,0)", "rule": {"name": "sequence", "step": 5}},
    )

    numbers: ClassVar[bool] = True

    start: int | None = Field(
        default=None, description="the value of the first row; min_value, else 1, where none is given"
    )
    step: int = Field(default=1, description="from one row to the next, not 0; may be negative")

    def build(self, spec: ColumnSpec) -> Drawn:
        if self.step == 0:
            raise Refusal("a sequence with step 0 stands still", "choose another step")
        start = self.start if self.start is not None else _declared_start(spec)
        unit = 10**spec.type.scale
        first, last = start * unit, (start + self.step * max(spec.rows - 1, 0)) * unit
        size, step = max(spec.rows, 1), self.step * unit
        low, high = whole_range(spec)
        if not low <= first <= high:
            raise Refusal(f"a sequence from {start:,} starts outside the column's range", "set another start")
        if not low <= last <= high:
            fitting = ((high if step > 0 else low) - first) // step + 1
            raise Refusal(
                f"a sequence from {start:,} has {fitting:,} values here, {spec.rows:,} rows asked",
                "use a wider type or lower the rows",
            )
        if abs(step) >= 1 << 63:
            raise Refusal(f"a step of {self.step:,} is too wide", "choose a smaller one")
        if spec.type.bits == 128:
            return Drawn(RowNumber(size), WideDecimals(first, size, step))
        return Drawn(RowNumber(size), Integers(first, size, dtype_of(spec.type), step))


def _declared_start(spec: ColumnSpec) -> int:
    return ceil(spec.column.min_value) if spec.column.min_value is not None else 1


def stored_bounds(spec: ColumnSpec) -> tuple[int, int]:
    """Least and greatest stored integer of a whole-number or decimal column, with sensible defaults.

    A key without bounds gets every positive value its type has. Raises Refusal when nothing is left.
    """
    low, high = whole_range(spec)
    column, usual = spec.column, filled(spec.type, declared(spec.column))
    assert usual.low is not None, "all ends are filled"
    assert usual.high is not None, "all ends are filled"
    if column.min_value is None and spec.key and column.max_value is None:
        low = 1
    elif column.min_value is None:
        low = max(low, int(usual.low))
    if column.max_value is None and not spec.key:
        high = min(high, int(usual.high))
    if low > high:
        raise Refusal(
            f"no value of {spec.type.declared} lies between {column.min_value} and {column.max_value}",
            "move min_value or max_value",
        )
    return low, high


def float_bounds(spec: ColumnSpec) -> tuple[float, float]:
    """Least and greatest value of a floating-point column, with sensible defaults."""
    limit = range_of(spec.type).high or 0.0
    usual = filled(spec.type, declared(spec.column))
    assert usual.low is not None, "all ends are filled"
    assert usual.high is not None, "all ends are filled"
    if not -limit <= usual.low <= usual.high <= limit:
        raise Refusal(f"{spec.type.declared} reaches from {-limit:g} to {limit:g}", "move the bounds")
    return float(usual.low), float(usual.high)
