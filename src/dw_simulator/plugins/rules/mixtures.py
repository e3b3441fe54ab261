"""Numbers of several continuous distributions: amounts that are mostly 0, a peak at noon and one at six."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from pydantic import (
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    field_validator,
    model_validator,
)

from dw_simulator.engine import distributions
from dw_simulator.engine.selectors.sampling import Mixture, Quantiles, tamed, weighted
from dw_simulator.engine.values.floats import Shaped
from dw_simulator.errors import Refusal, closest
from dw_simulator.plugins.rules import shapes
from dw_simulator.plugins.rules.choices import stored_value, within
from dw_simulator.plugins.rules.shapes import Continuous, Range, refuse_key, shaped
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.complaints import WHOLE, details_of, named
from dw_simulator.schema.model import Declared, RuleOptions
from dw_simulator.types import NUMERIC_KINDS, Kind

MOST = 100
"""Components of a mixture: the table of each takes a hundred kilobytes."""


class Even(Continuous):
    """Every value from low to high that the column can store, equally likely."""

    low: float | None = Field(default=None, description="the least value; min_value where none is given")
    high: float | None = Field(default=None, description="the greatest value; max_value where none is given")

    def distribution(self, declared: Range) -> distributions.Shape:
        low = declared.low if self.low is None else self.low
        high = declared.high if self.high is None else self.high
        if low is None or high is None:
            side = "low" if low is None else "high"
            raise Refusal(f"an even spread needs {side}", f"set {side}, or the column's bounds")
        low, high = low - declared.half, high + declared.half
        if not 0 < high - low < float("inf"):
            raise Refusal(f"an even spread from {low:g} to {high:g}", "set low below high")
        return distributions.even(low, high)


class Fixed(Declared):
    """One value."""

    value: StrictInt | StrictFloat | StrictStr = Field(description="the value")

    def cut(self, spec: ColumnSpec) -> tuple[Quantiles, float]:
        """Its table, in storage units. Raises Refusal where the column cannot store it."""
        try:
            stored = stored_value(spec.type, self.value)
        except (ValueError, OverflowError) as error:
            raise Refusal(str(error), "correct the value or the type") from None
        if not within(spec, stored):
            raise Refusal(f"{self.value!r} is outside the column's bounds", "move the bounds or the value")
        number = float(stored)
        if number != stored:
            raise Refusal(f"{self.value!r} has more digits than a mixture keeps", "use 15 digits or fewer")
        return Quantiles.of(spec.stream(), lambda p: p * 0 + number, lambda q: q * 0 + number), 1.0


COMPONENTS: Mapping[str, type[Continuous] | type[Fixed]] = {
    "beta": shapes.Beta,
    "constant": Fixed,
    "exponential": shapes.Exponential,
    "gamma": shapes.Gamma,
    "lognormal": shapes.LogNormal,
    "normal": shapes.Normal,
    "pareto": shapes.Pareto,
    "triangular": shapes.Triangular,
    "uniform": Even,
}


class Component(Declared):
    """One of the distributions of a mixture."""

    type: str = Field(
        description="its rule: a continuous one, uniform {low, high} or constant {value}",
        json_schema_extra={"enum": [*COMPONENTS]},
    )
    parameters: dict[str, Any] = Field(default_factory=dict, description="the options of that rule")
    weight: float = Field(default=1.0, gt=0, description="how often it is drawn, in any unit")

    @model_validator(mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        unknown = [key for key in value if key not in cls.model_fields] if isinstance(value, dict) else []
        if unknown:
            raise ValueError(f"a component has no {unknown[0]!r}{closest(str(unknown[0]), cls.model_fields)}")
        return value

    @cached_property
    def rule(self) -> Continuous | Fixed:
        return COMPONENTS[self.type].model_validate(self.parameters)

    @model_validator(mode="after")
    def _sound(self) -> "Component":
        if self.type not in COMPONENTS:
            raise ValueError(f"no component is {self.type!r}{closest(self.type, COMPONENTS)}")
        try:
            _ = self.rule
        except ValidationError as error:
            raise ValueError("; ".join(self._complaints(error))) from None
        return self

    def _complaints(self, error: ValidationError) -> list[str]:
        fields = COMPONENTS[self.type].model_fields
        known = [field.alias or name for name, field in fields.items()]
        words = []
        for detail in details_of(error):
            name = ".".join(map(str, detail["loc"][:1]))
            message = named(detail, self.type, "parameter", name, known)
            alone = not name or detail["type"] in WHOLE
            words.append(message if alone else f"parameters.{name}: {message}")
        return words


class MixtureValues(RuleOptions):
    """A number of one of several distributions, chosen by weight in every row."""

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS
    examples: ClassVar[tuple[Any, ...]] = (
        {
            "name": "value",
            "data_type": "DECIMAL(10,2)",
            "min_value": 0,
            "rule": {
                "name": "mixture",
                "components": [
                    {"type": "constant", "parameters": {"value": 0}, "weight": 70},
                    {"type": "gamma", "parameters": {"shape": 2, "scale": 15}, "weight": 30},
                ],
            },
        },
        {
            "name": "value",
            "data_type": "DOUBLE",
            "rule": {
                "name": "mixture",
                "components": [
                    {"type": "normal", "parameters": {"mean": 12.5, "stddev": 1}, "weight": 0.4},
                    {"type": "normal", "parameters": {"mean": 19, "stddev": 1.5}, "weight": 0.6},
                ],
            },
        },
        {
            "name": "value",
            "data_type": "INT",
            "min_value": 1,
            "max_value": 500,
            "rule": {
                "name": "mixture",
                "components": [
                    {"type": "uniform", "parameters": {"high": 10}, "weight": 0.123},
                    {"type": "lognormal", "parameters": {"mean": 4, "stddev": 0.5}, "weight": 0.456},
                    {"type": "pareto", "parameters": {"alpha": 1.5, "minimum": 100}, "weight": 0.0789},
                ],
            },
        },
    )

    components: tuple[Component, ...] = Field(
        description="the distributions: a list of {type, parameters, weight}, up to 100",
        json_schema_extra={"minItems": 1, "maxItems": MOST},
    )

    @field_validator("components")
    @classmethod
    def _some(cls, value: tuple[Component, ...]) -> tuple[Component, ...]:
        if not 1 <= len(value) <= MOST:
            raise ValueError(f"1 to {MOST} are possible, not {len(value)}")
        return value

    def build(self, spec: ColumnSpec) -> Shaped:
        refuse_key(spec)
        tables, shares = zip(*(self._cut(spec, place) for place in range(len(self.components))), strict=True)
        # what the bounds leave of a component is what it weighs
        weights = tamed(np.array([part.weight for part in self.components])) * shares
        return shaped(spec, Mixture.of(weighted(spec.stream("component"), weights), tables))

    def _cut(self, spec: ColumnSpec, place: int) -> tuple[Quantiles, float]:
        """The table of a component, and the share of it that lies within the column's bounds."""
        try:
            return self.components[place].rule.cut(spec)
        except Refusal as refusal:
            part = f"components[{place}] ({self.components[place].type})"
            raise Refusal(f"{part}: {refusal.message}", refusal.mend) from None
