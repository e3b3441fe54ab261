"""Numbers that land on price points: 9.99, 14.95, 20; or on round numbers."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field, JsonValue, SkipValidation, WithJsonSchema, model_validator

from dw_simulator.engine.bounds import allowed
from dw_simulator.engine.selectors.sampling import Uniform, weighted
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.base import Drawn, Kernel, is_domain
from dw_simulator.engine.values.points import Pointed, Steps
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.listed_values import check_weights
from dw_simulator.ports.needs import Derived
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.model import Number, RuleSpec
from dw_simulator.types import NUMERIC_KINDS, Kind

MOST = 100
_LARGEST = 1 << 61
_EXACT = 1 << 52
_MOST_PARTS = 10**9
_A_RULE = WithJsonSchema({"type": "object", "additionalProperties": True})


def _shows(data_type: str, rule: Mapping[str, Json], **column: Json) -> JsonObject:
    return {"name": "value", "data_type": data_type, **column, "rule": {"name": "price", **rule}}


class Price(RuleOptions):
    """A number of another rule, moved to the nearest price point: 9.99, 14.95, 20; or to a round number."""

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS
    examples: ClassVar[Examples] = (
        _shows(
            "DECIMAL(8,2)",
            {
                "rule": {"name": "lognormal", "mean": 3, "stddev": 0.7},
                "points": [0.99, 0.95, 0],
                "weights": [6, 3, 1],
            },
            max_value=500,
        ),
        _shows("INT", {"round_to": 50}, min_value=100, max_value=9000),
        _shows(
            "DOUBLE",
            {"rule": {"name": "normal", "mean": 40, "stddev": 9}, "points": [0.49, 0.99]},
            min_value=1,
        ),
        _shows("INT", {"round_to": 100, "points": [99, 49]}, min_value=0, max_value=5000),
    )

    rule: Annotated[dict[str, Annotated[JsonValue, SkipValidation]], _A_RULE] | None = Field(
        default=None,
        description="the rule of the numbers that are moved, such as lognormal; the type's usual one where "
        "none is given",
    )
    points: tuple[Number, ...] = Field(
        default=(Decimal(0),),
        description="where prices lie within each round_to, such as [0.99, 0.49]",
        json_schema_extra={"minItems": 1, "maxItems": MOST},
    )
    weights: tuple[float, ...] | None = Field(
        default=None, description="how often prices lie on each point, in any unit; all alike without them"
    )
    round_to: Number = Field(default=Decimal(1), description="from one such point to the next, such as 5")

    @model_validator(mode="after")
    def _consistent(self) -> "Price":
        if self.round_to <= 0:
            raise ValueError("round_to is above 0")
        if not 1 <= len(self.points) <= MOST:
            raise ValueError(f"points: 1 to {MOST} are possible, not {len(self.points)}")
        if len({*self.points}) < len(self.points):
            raise ValueError("points: one is listed twice; give it a weight instead")
        for point in self.points:
            if not 0 <= point < self.round_to:
                raise ValueError(f"points: {point} does not lie from 0 to below round_to {self.round_to}")
        if self.weights is not None:
            if len(self.weights) != len(self.points):
                raise ValueError(f"{len(self.points)} points have {len(self.weights)} weights")
            check_weights(self.weights)
        return self

    def build(self, spec: ColumnSpec) -> Kernel:
        if spec.key:
            raise Refusal("prices repeat, and here they must not", "take it out of the key")
        if spec.type.bits == 128:
            raise Refusal(f"{spec.type.declared} has more than 18 digits", "use fewer")
        numbers = self._numbers(spec)
        parts = self._parts() if spec.type.kind is Kind.FLOAT else 0
        unit = parts or 10**spec.type.scale
        step = self._stored(self.round_to, unit, spec)
        lines = tuple(self._line(point, step, unit, spec, numbers) for point in self.points)
        count = len(self.points)
        choice = (
            weighted(spec.stream("point"), np.array(self.weights))
            if self.weights is not None
            else Uniform(spec.stream("point"), count)
        )
        return Pointed(numbers, choice, step, lines, dtype_of(spec.type), parts)

    def _numbers(self, spec: ColumnSpec) -> Kernel:
        """What is to be moved."""
        assert spec.rules is not None, "the planner gives every column the rules"
        said = {"name": spec.rules.usual(spec.type.kind), **(self.rule or {})}
        try:
            made = spec.rules(RuleSpec.model_validate(said), spec.type.kind).build(spec)
        except Refusal as refusal:
            raise Refusal(f"rule: {refusal.message}", refusal.mend) from None
        if isinstance(made, Derived):
            raise Refusal(f"rule: {said['name']} makes its values from others", "name a rule that draws them")
        return Drawn(Uniform(spec.stream(), made.natural), made) if is_domain(made) else made

    def _parts(self) -> int:
        """The power of ten of which all points, and the step, are whole parts."""
        parts = 1
        while any(number * parts % 1 for number in (self.round_to, *self.points)):
            parts *= 10
            if parts > _MOST_PARTS:
                raise Refusal("points with more than nine digits after the point", "write fewer")
        return parts

    def _stored(self, number: Decimal, unit: int, spec: ColumnSpec) -> int:
        exact = Fraction(number) * unit
        if exact.denominator != 1:
            raise Refusal(f"{number} has more digits than {spec.type.declared}", "write fewer, or widen it")
        if exact >= _LARGEST:
            raise Refusal(f"{number} is beyond {spec.type.declared}", "write a smaller number")
        return int(exact)

    def _line(self, point: Decimal, step: int, unit: int, spec: ColumnSpec, numbers: Kernel) -> Steps:
        """The points within the column's bounds, and within those of the numbers that are moved."""
        own, ends = allowed(spec.column), numbers.facts.ends
        factor = unit if spec.type.kind is Kind.FLOAT else 1
        most = _EXACT if spec.type.kind is Kind.FLOAT else _LARGEST
        lows = [Fraction(low) * factor for low in (own.low, ends and ends[0]) if low is not None]
        highs = [Fraction(high) * factor for high in (own.high, ends and ends[1]) if high is not None]
        low, high = max(*lows, Fraction(-most)), min(*highs, Fraction(most))
        at = self._stored(point, unit, spec)
        first = at - (at - -(-low // 1)) // step * step
        count = int((high - first) // step + 1)
        if count < 1:
            shown = f"{float(low / unit):g} to {float(high / unit):g}"
            raise Refusal(
                f"no price on {point} lies from {shown}", "widen the bounds, or leave the point out"
            )
        return int(first), count
