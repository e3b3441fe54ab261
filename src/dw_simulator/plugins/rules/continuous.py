"""Numbers that follow a continuous distribution within the column's bounds."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field, model_validator

from dw_simulator.engine import distributions
from dw_simulator.engine.bounds import allowed, range_of
from dw_simulator.engine.selectors.quantiles import Mixture, Quantiles
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.floats import Shaped, storable
from dw_simulator.errors import Refusal
from dw_simulator.ports.rule import (
    ColumnSpec,
    Examples,
    MixtureComponent,
    RuleOptions,
)
from dw_simulator.types import NUMERIC_KINDS, Kind

_WHOLE_LIMIT = 1 << 62
Power = Annotated[float, Field(ge=0.05, le=1e8)]
"""A parameter to whose inverse values near 0, or far away, are a power of their probability."""


@dataclass(frozen=True)
class DeclaredRange:
    """The bounds that a column declares, and half the distance between two values of its type."""

    low: float | None
    high: float | None
    half: float

    @classmethod
    def of(cls, spec: ColumnSpec) -> "DeclaredRange":
        low, high = spec.column.min_value, spec.column.max_value
        half = 0.0 if spec.type.kind is Kind.FLOAT else 0.5 / 10**spec.type.scale
        return cls(None if low is None else float(low), None if high is None else float(high), half)


class Continuous(RuleOptions, MixtureComponent):
    """What the continuous shapes have in common: bounds, rounding and storage."""

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS

    @classmethod
    def component(cls) -> type[MixtureComponent]:
        return cls

    @abstractmethod
    def distribution(self, declared: DeclaredRange) -> distributions.Shape:
        """The shape, before it is cut to the bounds. Raises Refusal."""

    def cut(self, spec: ColumnSpec) -> tuple[Quantiles, float]:
        """The shape within the column's bounds, and how much of it lies there. Raises Refusal."""
        shape = self.distribution(DeclaredRange.of(spec))
        low, high = bounds(spec)
        if spec.type.kind is Kind.FLOAT:
            return shape.table(spec.stream(), low, high), shape.mass(low, high)
        # half a unit further out, so that the end values get their full share of the rounding
        unit = 10**spec.type.scale
        _refuse_coarse(shape, unit)
        low, high = low - 0.5 / unit, high + 0.5 / unit
        return shape.table(spec.stream(), low, high, unit), shape.mass(low, high)

    def build(self, spec: ColumnSpec) -> Shaped:
        refuse_key(spec)
        return shaped(spec, self.cut(spec)[0])


_DISTINCT = 64


def _refuse_coarse(shape: distributions.Shape, unit: int) -> None:
    """Refuse what stands so close together, and so far from 0, that floats lose units of it."""
    gap = float(np.spacing(abs(shape.location)))
    if gap * unit > 1 and abs(shape.factor) < _DISTINCT * gap:
        raise Refusal(
            f"a spread of {abs(shape.factor):g} around {shape.location:g} takes more than 15 digits",
            f"let it be {_DISTINCT * gap:g} or more, or move it closer to 0",
        )


def shaped(spec: ColumnSpec, table: Quantiles | Mixture) -> Shaped:
    """A shape's values, stored as the column stores them. Raises Refusal."""
    dtype = dtype_of(spec.type)
    if spec.type.kind is not Kind.FLOAT:
        return Shaped(table, *_reached(table, spec), spec.type, dtype)
    try:
        return Shaped(table, *storable(*bounds(spec), dtype), spec.type, dtype)
    except ValueError as error:
        raise Refusal(str(error), "widen the bounds") from None


def _reached(table: Quantiles | Mixture, spec: ColumnSpec) -> tuple[int, int]:
    """Least and greatest stored integer that comes out."""
    least, greatest = table.bounds
    if not -_WHOLE_LIMIT < least <= greatest < _WHOLE_LIMIT:
        raise Refusal(
            f"the distribution reaches from {least:g} to {greatest:g} units, beyond 18 digits",
            "set min_value and max_value",
        )
    column, (low, high) = spec.column, whole_range(spec)
    if low > high:
        message = f"no value of {spec.type.declared} lies between {column.min_value} and {column.max_value}"
        raise Refusal(message, "move min_value or max_value")
    # the table's ends, but never outside the bounds, which are exact where floats are not
    ends = (int(np.floor(least + 0.5)), int(np.floor(greatest + 0.5)))
    return min(max(low, ends[0]), high), max(min(high, ends[1]), low)


def refuse_key(spec: ColumnSpec) -> None:
    if spec.key:
        raise Refusal("values of a distribution repeat, and here they must not", "leave the distribution out")


def whole_range(spec: ColumnSpec) -> tuple[int, int]:
    """The least and the greatest stored integer that the type and the column's bounds allow."""
    own = allowed(spec.column)
    assert own.low is not None, "a type has ends"
    assert own.high is not None, "a type has ends"
    return int(own.low), int(own.high)


def bounds(spec: ColumnSpec) -> tuple[float, float]:
    """The declared bounds, else those of the type."""
    unit = 1 if spec.type.kind is Kind.FLOAT else 10**spec.type.scale
    least, most = range_of(spec.type).low, range_of(spec.type).high
    assert least is not None, "a type has ends"
    assert most is not None, "a type has ends"
    low, high = spec.column.min_value, spec.column.max_value
    return (
        least / unit if low is None else max(float(low), least / unit),
        most / unit if high is None else min(float(high), most / unit),
    )


class Normal(Continuous):
    """The bell curve."""

    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "DOUBLE",
            "rule": {"name": "normal", "mean": 75, "stddev": 12},
        },
        {
            "name": "value",
            "data_type": "INT",
            "min_value": 18,
            "max_value": 90,
            "distribution": {"type": "normal", "parameters": {"mean": 41, "stddev": 13}},
        },
        {
            "name": "value",
            "data_type": "DECIMAL(8,2)",
            "min_value": 0,
            "rule": {"name": "normal", "mean": 21.5, "stddev": 4},
        },
    )

    mean: float = Field(description="the middle, around which values lie")
    stddev: float = Field(gt=0, description="two values of three lie no further than this from the mean")

    def distribution(self, _declared: DeclaredRange) -> distributions.Shape:
        return distributions.normal(self.mean, self.stddev)


class LogNormal(Continuous):
    """exp of a bell curve: incomes, sizes, durations."""

    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "DECIMAL(10,2)",
            "max_value": 5000,
            "rule": {"name": "lognormal", "mean": 3.2, "stddev": 0.8},
        },
        {"name": "value", "data_type": "REAL", "rule": {"name": "lognormal", "mean": 0, "stddev": 0.5}},
    )

    mean: float = Field(description="mean of the logarithm; half the values lie below e to this power")
    stddev: float = Field(ge=1e-7, le=100, description="standard deviation of the logarithm, up to 100")

    def distribution(self, _declared: DeclaredRange) -> distributions.Shape:
        return distributions.lognormal(self.mean, self.stddev)


class Exponential(Continuous):
    """Waiting times: many short ones, few long ones."""

    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "DOUBLE", "rule": {"name": "exponential", "lambda": 0.05}},
        {
            "name": "value",
            "data_type": "INT",
            "max_value": 3600,
            "rule": {"name": "exponential", "lambda": 0.002},
        },
    )

    rate: float = Field(gt=0, alias="lambda", description="events in a unit of time; the mean is 1 / lambda")

    def distribution(self, _declared: DeclaredRange) -> distributions.Shape:
        return distributions.exponential(self.rate)


class Gamma(Continuous):
    """Sums of waiting times: amounts and durations that are seldom near 0."""

    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "DECIMAL(10,2)",
            "min_value": 0,
            "rule": {"name": "gamma", "shape": 2, "scale": 10},
        },
        {
            "name": "value",
            "data_type": "DOUBLE",
            "distribution": {"type": "gamma", "parameters": {"shape": 0.7, "scale": 3}},
        },
        {
            "name": "value",
            "data_type": "INT",
            "max_value": 120,
            "rule": {"name": "gamma", "shape": 3, "scale": 8},
        },
    )

    shape: Power = Field(description="how many waiting times, 0.05 to 1e8; the mean is shape * scale")
    scale: float = Field(gt=0, description="mean of one waiting time")

    def distribution(self, _declared: DeclaredRange) -> distributions.Shape:
        return distributions.gamma(self.shape, self.scale)


class Beta(Continuous):
    """A share between the column's bounds (0 and 1 where none are declared)."""

    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "DOUBLE", "rule": {"name": "beta", "alpha": 2, "beta": 5}},
        {
            "name": "value",
            "data_type": "DECIMAL(5,2)",
            "min_value": 0,
            "max_value": 100,
            "rule": {"name": "beta", "alpha": 0.5, "beta": 0.5},
        },
    )

    alpha: Power = Field(description="the greater, the fewer values near the lower bound, 0.05 to 1e8")
    beta: Power = Field(description="the greater, the fewer values near the upper bound, 0.05 to 1e8")

    def distribution(self, declared: DeclaredRange) -> distributions.Shape:
        low = 0.0 if declared.low is None else declared.low
        high = 1.0 if declared.high is None else declared.high
        if low >= high:
            raise Refusal(f"a beta distribution from {low:g} to {high:g}", "set min_value below max_value")
        return distributions.beta(self.alpha, self.beta, low, high)


class Pareto(Continuous):
    """A long tail: a value is exceeded with the probability (minimum / value)^alpha."""

    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "DECIMAL(14,2)",
            "max_value": 1_000_000,
            "rule": {"name": "pareto", "alpha": 1.16, "minimum": 10},
        },
        {
            "name": "value",
            "data_type": "BIGINT",
            "min_value": 1,
            "max_value": 1_000_000_000,
            "rule": {"name": "pareto", "alpha": 0.8},
        },
        {"name": "value", "data_type": "DOUBLE", "rule": {"name": "pareto", "alpha": 3, "minimum": 1}},
    )

    alpha: Power = Field(description="the smaller, the longer the tail, 0.05 to 1e8; 1.16 gives 80 % to 20 %")
    minimum: float | None = Field(
        default=None, gt=0, description="the least value; the column's min_value where none is given"
    )

    def distribution(self, declared: DeclaredRange) -> distributions.Shape:
        minimum = declared.low if self.minimum is None else self.minimum
        if minimum is None or minimum <= 0:
            raise Refusal("a pareto distribution starts above 0", "set minimum, or a min_value above 0")
        return distributions.pareto(self.alpha, minimum)


class Triangular(Continuous):
    """What is known by its least, its likeliest and its greatest value: estimates of cost and time."""

    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "DECIMAL(8,2)",
            "rule": {"name": "triangular", "low": 5, "mode": 20, "high": 80},
        },
        {
            "name": "value",
            "data_type": "INT",
            "min_value": 1,
            "max_value": 30,
            "rule": {"name": "triangular", "mode": 7},
        },
        {
            "name": "value",
            "data_type": "DOUBLE",
            "distribution": {"type": "triangular", "parameters": {"low": -1, "mode": -1, "high": 1}},
        },
    )

    low: float | None = Field(default=None, description="the least value; min_value where none is given")
    mode: float = Field(description="the likeliest value")
    high: float | None = Field(default=None, description="the greatest value; max_value where none is given")

    def distribution(self, declared: DeclaredRange) -> distributions.Shape:
        low = declared.low if self.low is None else self.low
        high = declared.high if self.high is None else self.high
        if low is None or high is None:
            side = "low" if low is None else "high"
            raise Refusal(f"a triangular distribution needs {side}", f"set {side}, or the column's bounds")
        if not low <= self.mode <= high or low == high:
            raise Refusal(
                f"a triangular distribution from {low:g} to {high:g} with its mode at {self.mode:g}",
                "put them in order: low, mode, high",
            )
        return distributions.triangular(low, self.mode, high)

    @model_validator(mode="after")
    def _finite(self) -> "Triangular":
        if self.low is not None and self.high is not None and not self.high - self.low < float("inf"):
            raise ValueError("low and high are too far apart")
        return self
