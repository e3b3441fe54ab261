"""Numbers that follow a named distribution within the column's bounds."""

from abc import ABC, abstractmethod
from decimal import Decimal
from typing import ClassVar

import numpy as np
from pydantic import Field

from dw_simulator.engine import distributions
from dw_simulator.engine.kernels.base import Drawn, Kernel
from dw_simulator.engine.kernels.floats import Shaped, WholeFloats, storable
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.rules import ColumnSpec, Refusal
from dw_simulator.engine.sampling import Quantiles, Zipf
from dw_simulator.engine.storage import dtype_of, scaled
from dw_simulator.model import RuleOptions
from dw_simulator.plugins.rules.numbers import DEFAULT_SPAN, whole_numbers
from dw_simulator.types import NUMERIC_KINDS, Kind

_WHOLE_LIMIT = 1 << 62


class _Continuous(RuleOptions, ABC):
    """What the continuous shapes have in common: bounds, rounding and storage."""

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS

    @abstractmethod
    def shape(self, low: float, high: float) -> distributions.Shape:
        """The shape, before it is cut to the bounds."""

    def build(self, spec: ColumnSpec) -> Kernel:
        _refuse_key(spec)
        low, high = _bounds(spec)
        shape = self.shape(low, high)
        if spec.type.kind is Kind.FLOAT:
            table = shape.table(spec.stream(), low, high)
            try:
                ends = storable(low, high, dtype_of(spec.type))
            except ValueError as error:
                raise Refusal(str(error), "widen the bounds") from None
            return Shaped(table, *ends, spec.type, dtype_of(spec.type))
        # half a unit further out, so that the end values get their full share of the rounding
        unit = 10**spec.type.scale
        table = shape.table(spec.stream(), low - 0.5 / unit, high + 0.5 / unit, unit)
        return Shaped(table, *_whole_range(table, spec), spec.type, dtype_of(spec.type))


def _whole_range(table: Quantiles, spec: ColumnSpec) -> tuple[int, int]:
    """Least and greatest stored integer that comes out."""
    type_low, type_high = spec.type.limits
    least, greatest = table.bounds
    if not -_WHOLE_LIMIT < least <= greatest < _WHOLE_LIMIT:
        raise Refusal(
            f"the distribution reaches from {least:g} to {greatest:g} units, beyond 18 digits",
            "set min_value and max_value",
        )
    column, scale = spec.column, spec.type.scale
    low = type_low if column.min_value is None else max(type_low, scaled(column.min_value, scale, up=True))
    high = (
        type_high if column.max_value is None else min(type_high, scaled(column.max_value, scale, up=False))
    )
    if low > high:
        message = f"no value of {spec.type.declared} lies between {column.min_value} and {column.max_value}"
        raise Refusal(message, "move min_value or max_value")
    # the table's ends, but never outside the bounds, which are exact where floats are not
    ends = (int(np.floor(least + 0.5)), int(np.floor(greatest + 0.5)))
    return min(max(low, ends[0]), high), max(min(high, ends[1]), low)


def _refuse_key(spec: ColumnSpec) -> None:
    if spec.key:
        raise Refusal("values of a distribution repeat, and here they must not", "leave the distribution out")


def _bounds(spec: ColumnSpec) -> tuple[float, float]:
    """The declared bounds, else those of the type."""
    if spec.type.kind is Kind.FLOAT:
        type_high = float(np.finfo(np.float32 if spec.type.bits == 32 else np.float64).max)
        type_low = -type_high
    else:
        unit = 10**spec.type.scale
        type_low, type_high = (limit / unit for limit in spec.type.limits)
    low, high = spec.column.min_value, spec.column.max_value
    return (
        type_low if low is None else max(float(low), type_low),
        type_high if high is None else min(float(high), type_high),
    )


class Normal(_Continuous):
    """The bell curve."""

    mean: float
    stddev: float = Field(gt=0)

    def shape(self, _low: float, _high: float) -> distributions.Shape:
        return distributions.normal(self.mean, self.stddev)


class LogNormal(_Continuous):
    """exp of a bell curve: incomes, sizes, durations. mean and stddev are those of the logarithm."""

    mean: float
    stddev: float = Field(gt=0)

    def shape(self, _low: float, _high: float) -> distributions.Shape:
        return distributions.lognormal(self.mean, self.stddev)


class Exponential(_Continuous):
    """Waiting times: the mean is 1 / lambda."""

    rate: float = Field(gt=0, alias="lambda")

    def shape(self, _low: float, _high: float) -> distributions.Shape:
        return distributions.exponential(self.rate)


class Beta(_Continuous):
    """A share between the column's bounds (0 and 1 where none are declared)."""

    alpha: float = Field(gt=0)
    beta: float = Field(gt=0)

    def shape(self, low: float, high: float) -> distributions.Shape:
        return distributions.beta(self.alpha, self.beta, low, high)

    def build(self, spec: ColumnSpec) -> Kernel:
        low, high = spec.column.min_value, spec.column.max_value
        low, high = Decimal(0) if low is None else low, Decimal(1) if high is None else high
        if low >= high:
            raise Refusal(f"a beta distribution from {low} to {high}", "set min_value below max_value")
        if spec.column.min_value is None or spec.column.max_value is None:
            unit_interval = {"min_value": low, "max_value": high}
            column = spec.column.model_copy(update=unit_interval)
            spec = ColumnSpec(spec.seed, spec.table, column, spec.rows, spec.key)
        return super().build(spec)


class Poisson(RuleOptions):
    """Counts of independent events: the mean is lambda."""

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS

    rate: float = Field(gt=0, le=1e8, alias="lambda")

    def build(self, spec: ColumnSpec) -> Kernel:
        _refuse_key(spec)
        low, high = _bounds(spec)
        first, selector = distributions.poisson(
            spec.stream(), self.rate, np.ceil(max(low, 0)), np.floor(high)
        )
        return _counts(spec, first, selector)


class ZipfValues(RuleOptions):
    """Ranks: the n-th value is n^s times rarer than the first, which is the column's min_value (1)."""

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS

    s: float = Field(gt=0, le=20)

    def build(self, spec: ColumnSpec) -> Kernel:
        _refuse_key(spec)
        low, high = spec.column.min_value, spec.column.max_value
        first = scaled(low, 0, up=True) if low is not None else 1
        last = scaled(high, 0, up=False) if high is not None else first + DEFAULT_SPAN - 1
        if not first <= last < first + _WHOLE_LIMIT:
            raise Refusal(f"there are no ranks from {first} to {last}", "move min_value or max_value")
        zipf = Zipf.of(spec.stream(), spec.stream("tail"), last - first + 1, self.s)
        return _counts(spec, first, zipf)


def _counts(spec: ColumnSpec, first: int, selector: Selector) -> Kernel:
    """Whole numbers from `first` on, stored as the column's type stores them."""
    unit, last = 10**spec.type.scale, first + selector.size - 1
    if spec.type.kind is Kind.FLOAT:
        digits = 24 if spec.type.bits == 32 else 53
        if max(abs(first), abs(last)) > 1 << digits:
            raise Refusal(
                f"{spec.type.declared} holds whole numbers up to 2^{digits} only", "move the bounds"
            )
        return Drawn(selector, WholeFloats(first, selector.size, dtype_of(spec.type)))
    low, high = spec.type.limits
    if unit >= 1 << 63:
        raise Refusal("whole numbers at more than 18 decimal places", "use a smaller scale")
    if not low <= first * unit <= last * unit <= high:
        raise Refusal(f"values up to {last:,} do not fit", "use a wider type or set max_value")
    return Drawn(selector, whole_numbers(spec.type, first * unit, last * unit, unit))
