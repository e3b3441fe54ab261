"""Numbers by how many of them lie in each of several bins."""

from decimal import Decimal
from itertools import pairwise
from math import inf
from typing import ClassVar

import numpy as np
from pydantic import Field, field_validator, model_validator

from dw_simulator.engine.bounds import declared
from dw_simulator.engine.selectors.bands import tamed
from dw_simulator.engine.selectors.permutation import MAX_SIZE
from dw_simulator.engine.selectors.sampling import Binned, weighted
from dw_simulator.engine.storage import dtype_of, scaled
from dw_simulator.engine.values.base import Drawn, Kernel
from dw_simulator.engine.values.floats import BinnedFloats, storable
from dw_simulator.engine.values.integers import whole_numbers
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.choices import check_weights
from dw_simulator.plugins.rules.continuous import DeclaredRange, refuse_key
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.schema.model import Number
from dw_simulator.types import NUMERIC_KINDS, Kind


class Histogram(RuleOptions):
    """A number of one of several bins, chosen by weight; within a bin every value is equally likely.

    A bin holds the values from its lower edge on that lie below its upper edge; the last bin holds its upper
    edge too. The column's bounds cut bins: what is left of one keeps its density.
    """

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS
    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "INT",
            "rule": {"name": "histogram", "bins": [18, 25, 35, 50, 65, 90], "weights": [12, 25, 30, 20, 13]},
        },
        {
            "name": "value",
            "data_type": "DECIMAL(9,2)",
            "max_value": 800,
            "rule": {"name": "histogram", "bins": [0, 9.99, 99.99, 1000], "weights": [0.61, 0.307, 0.083]},
        },
        {
            "name": "value",
            "data_type": "DOUBLE",
            "rule": {"name": "histogram", "bins": [-1, -0.5, 0.5, 1], "weights": [1, 0, 3]},
        },
        {
            "name": "value",
            "data_type": "DECIMAL(28,8)",
            "rule": {"name": "histogram", "bins": [0, 1, 1_000_000], "weights": [1, 1]},
        },
    )

    bins: tuple[Number, ...] = Field(
        description="the edges, rising: one more than weights", json_schema_extra={"minItems": 2}
    )
    weights: tuple[float, ...] = Field(
        description="how often each bin comes, in any unit", json_schema_extra={"minItems": 1}
    )

    @field_validator("bins")
    @classmethod
    def _rising(cls, value: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
        if len(value) < 2:
            raise ValueError("a bin has two edges")
        for low, high in pairwise(value):
            if low >= high:
                raise ValueError(f"edges rise, but {high} comes after {low}")
        return value

    @model_validator(mode="after")
    def _paired(self) -> "Histogram":
        if len(self.weights) != len(self.bins) - 1:
            raise ValueError(f"{len(self.bins)} edges have {len(self.weights)} weights, not one less")
        check_weights(self.weights)
        return self

    def build(self, spec: ColumnSpec) -> Kernel:
        refuse_key(spec)
        return self._floats(spec) if spec.type.kind is Kind.FLOAT else self._whole(spec)

    def _whole_bins(self, spec: ColumnSpec) -> list[tuple[int, int, float, float]]:
        """Of each bin the first value, how many, the weight, the share within the bounds. Raises Refusal."""
        scale, own = spec.type.scale, declared(spec.column)
        low = -inf if own.low is None else own.low
        high = inf if own.high is None else own.high
        edges = [scaled(edge, scale, up=True) for edge in self.bins[:-1]]
        edges.append(scaled(self.bins[-1], scale, up=False) + 1)
        kept = []
        for place, (first, end) in enumerate(pairwise(edges)):
            if end <= first and self.weights[place]:
                raise self._unusable(place, f"holds no value of {spec.type.declared}")
            start, stop = int(max(first, low)), int(min(end, high + 1))
            if start < stop and self.weights[place]:
                if not spec.type.limits[0] <= start < stop <= spec.type.limits[1] + 1:
                    raise self._unusable(place, f"reaches beyond {spec.type.declared}")
                kept.append((start, stop - start, self.weights[place], (stop - start) / (end - first)))
        if not kept:
            raise self._outside(spec)
        return kept

    def _whole(self, spec: ColumnSpec) -> Kernel:
        """Stored integers. Raises Refusal where a bin holds none."""
        kept = self._whole_bins(spec)
        starts, sizes, weights, shares = zip(*kept, strict=True)
        first, last = starts[0], starts[-1] + sizes[-1] - 1
        if last - first >= MAX_SIZE - 1:
            raise Refusal(
                f"bins from {first:,} to {last:,} units are too far apart", "bring them closer, or set bounds"
            )
        binned = Binned(
            weighted(spec.stream("bin"), tamed(np.array(weights)) * shares),
            spec.stream(),
            np.array([start - first for start in starts], dtype=np.uint64),
            np.array(sizes, dtype=np.uint64),
            last - first + 1,
        )
        return Drawn(binned, whole_numbers(spec.type, first, last))

    def _floats(self, spec: ColumnSpec) -> Kernel:
        own = DeclaredRange.of(spec)
        low = -inf if own.low is None else own.low
        high = inf if own.high is None else own.high
        limit = float(np.finfo(np.float32 if spec.type.bits == 32 else np.float64).max)
        kept = []
        for place, (first, end) in enumerate(pairwise(map(float, self.bins))):
            start, stop = max(first, low), min(end, high)
            if start < stop and self.weights[place]:
                if not -limit <= start < stop <= limit or stop - start == inf:
                    raise self._unusable(place, f"reaches beyond {spec.type.declared}")
                kept.append((start, stop, self.weights[place], (stop - start) / (end - first)))
            if first >= end and self.weights[place]:
                raise self._unusable(place, "is too narrow for floating point")
        if not kept:
            raise self._outside(spec)
        starts, stops, weights, shares = zip(*kept, strict=True)
        dtype = dtype_of(spec.type)
        try:
            ends = storable(starts[0], stops[-1], dtype)
        except ValueError as error:
            raise Refusal(str(error), "widen the bins") from None
        choice = weighted(spec.stream("bin"), tamed(np.array(weights)) * shares)
        return BinnedFloats(choice, spec.stream(), np.array(starts), np.subtract(stops, starts), *ends, dtype)

    def _unusable(self, place: int, words: str) -> Refusal:
        low, high = self.bins[place : place + 2]
        return Refusal(
            f"bins[{place}] from {low} to {high} {words}",
            "move its edges, weigh it 0, or set min_value and max_value",
        )

    def _outside(self, spec: ColumnSpec) -> Refusal:
        column = spec.column
        low = "" if column.min_value is None else f" from {column.min_value}"
        high = "" if column.max_value is None else f" up to {column.max_value}"
        return Refusal(f"no bin with a weight holds values{low}{high}", "move the bounds or the bins")
