"""Whole numbers that follow a discrete distribution within the column's bounds."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from pydantic import Field

from dw_simulator.engine import distributions
from dw_simulator.engine.bounds import DEFAULT_SPAN
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.sampling import Zipf
from dw_simulator.engine.storage import dtype_of, scaled
from dw_simulator.engine.values.base import Drawn
from dw_simulator.engine.values.floats import WholeFloats
from dw_simulator.engine.values.integers import whole_numbers
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.continuous import bounds, refuse_key
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.types import NUMERIC_KINDS, Kind

_WHOLE_LIMIT = 1 << 62


class Discrete(RuleOptions, ABC):
    """What the discrete shapes have in common: bounds and storage."""

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS

    @abstractmethod
    def counts(self, stream: Stream, low: float, high: float) -> distributions.Counts:
        """The least count within the bounds, and a selector from it on. Raises Refusal."""

    def build(self, spec: ColumnSpec) -> Drawn:
        refuse_key(spec)
        low, high = bounds(spec)
        return stored(spec, *self.counts(spec.stream(), np.ceil(low), np.floor(high)))


class Poisson(Discrete):
    """How often something happens that happens by chance: calls an hour, items a basket."""

    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "INT", "rule": {"name": "poisson", "lambda": 4}},
        {
            "name": "value",
            "data_type": "SMALLINT",
            "min_value": 1,
            "distribution": {"type": "poisson", "parameters": {"lambda": 0.5}},
        },
        {"name": "value", "data_type": "DOUBLE", "rule": {"name": "poisson", "lambda": 250}},
    )

    rate: float = Field(gt=0, le=1e8, alias="lambda", description="the mean, up to 1e8")

    def counts(self, stream: Stream, low: float, high: float) -> distributions.Counts:
        return distributions.poisson(stream, self.rate, low, high)


class Binomial(Discrete):
    """How many of n trials succeed: defects in a batch, clicks among views."""

    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "INT", "rule": {"name": "binomial", "n": 20, "p": 0.3}},
        {
            "name": "value",
            "data_type": "DECIMAL(6,0)",
            "distribution": {"type": "binomial", "parameters": {"n": 1000, "p": 0.02}},
        },
        {
            "name": "value",
            "data_type": "REAL",
            "min_value": 1,
            "rule": {"name": "binomial", "n": 6, "p": 0.5},
        },
    )

    n: int = Field(ge=1, le=10**9, description="how many trials there are, up to 1e9")
    p: float = Field(ge=0, le=1, description="the probability that one succeeds")

    def counts(self, stream: Stream, low: float, high: float) -> distributions.Counts:
        return distributions.binomial(stream, self.n, self.p, low, high)


class Geometric(Discrete):
    """How many trials it takes until one succeeds, that one included: attempts, visits before an order."""

    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "INT", "rule": {"name": "geometric", "p": 0.3}},
        {
            "name": "value",
            "data_type": "DECIMAL(9,2)",
            "max_value": 40,
            "distribution": {"type": "geometric", "parameters": {"p": 0.05}},
        },
        {"name": "value", "data_type": "BIGINT", "rule": {"name": "geometric", "p": 0.00001}},
    )

    p: float = Field(ge=1e-12, le=1, description="the probability that a trial succeeds, from 1e-12 on")

    def counts(self, stream: Stream, low: float, high: float) -> distributions.Counts:
        return distributions.geometric(stream, self.p, low, high)


class ZipfValues(RuleOptions):
    """Ranks: the n-th value is n^s times rarer than the first, which is the column's min_value (1)."""

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS
    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "INT",
            "min_value": 1,
            "max_value": 100,
            "rule": {"name": "zipf", "s": 1.1},
        },
        {
            "name": "value",
            "data_type": "BIGINT",
            "min_value": 1,
            "max_value": 10_000_000,
            "distribution": {"type": "zipf", "parameters": {"s": 0.9}},
        },
        {"name": "value", "data_type": "REAL", "max_value": 50, "rule": {"name": "zipf", "s": 2}},
    )

    s: float = Field(gt=0, le=20, description="the exponent, up to 20; at 1 the second is half as frequent")

    def build(self, spec: ColumnSpec) -> Drawn:
        refuse_key(spec)
        low, high = spec.column.min_value, spec.column.max_value
        first = scaled(low, 0, up=True) if low is not None else 1
        last = scaled(high, 0, up=False) if high is not None else first + DEFAULT_SPAN - 1
        if high is None and spec.type.kind is not Kind.FLOAT:
            last = min(last, spec.type.limits[1] // 10**spec.type.scale)
        if not first <= last < first + _WHOLE_LIMIT:
            raise Refusal(f"there are no ranks from {first} to {last}", "move min_value or max_value")
        zipf = Zipf.of(spec.stream(), spec.stream("tail"), last - first + 1, self.s)
        return stored(spec, first, zipf)


def stored(spec: ColumnSpec, first: int, selector: Selector) -> Drawn:
    """Whole numbers from `first` on, stored as the column's type stores them. Raises Refusal."""
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
