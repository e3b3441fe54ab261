"""Numbers of several continuous distributions: amounts that are mostly 0, a peak at noon and one at six."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import numpy as np
from pydantic import (
    Field,
    JsonValue,
    PrivateAttr,
    SkipValidation,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from dw_simulator.engine.selectors.bands import tamed
from dw_simulator.engine.selectors.quantiles import Mixture, Quantiles
from dw_simulator.engine.selectors.sampling import weighted
from dw_simulator.engine.values.floats import Shaped
from dw_simulator.errors import Refusal, closest
from dw_simulator.plugins.rules.continuous import refuse_key, shaped
from dw_simulator.ports.rule import (
    NAMES_A_COMPONENT,
    ColumnSpec,
    Examples,
    MixtureComponent,
    RuleOptions,
)
from dw_simulator.ports.rule_context import RuleContext
from dw_simulator.schema.complaints import WHOLE, details_of, named
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.model import Declared
from dw_simulator.types import NUMERIC_KINDS, Kind

MOST = 100
"""Components of a mixture: the table of each takes a hundred kilobytes."""


_ANY_OBJECT = WithJsonSchema({"type": "object", "additionalProperties": True})


class Component(Declared):
    """One of the distributions of a mixture."""

    type: str = Field(
        default="uniform",
        description="its rule: a continuous one, uniform {low, high} or constant {value}",
        json_schema_extra={NAMES_A_COMPONENT: True},
    )
    parameters: Annotated[dict[str, Annotated[JsonValue, SkipValidation]], _ANY_OBJECT] = Field(
        default_factory=dict, description="the options of that rule"
    )
    weight: float = Field(default=1.0, gt=0, description="how often it is drawn, in any unit")
    _rule: MixtureComponent = PrivateAttr()

    @model_validator(mode="before")
    @classmethod
    def _known(cls, value: Json) -> Json:
        unknown = [key for key in value if key not in cls.model_fields] if isinstance(value, dict) else []
        if unknown:
            raise ValueError(f"a component has no {unknown[0]!r}{closest(str(unknown[0]), cls.model_fields)}")
        return value

    @model_validator(mode="after")
    def _read(self, info: ValidationInfo) -> "Component":
        context = info.context
        assert isinstance(context, RuleContext), "who reads a mixture knows the rules"
        options = context.component(self.type)
        if options is None:
            raise ValueError(f"no component is {self.type!r}{closest(self.type, context.components())}")
        try:
            self._rule = options.model_validate(self.parameters)
        except ValidationError as error:
            raise ValueError("; ".join(_complaints(self.type, options, error))) from None
        return self

    def cut(self, spec: ColumnSpec) -> tuple[Quantiles, float]:
        """Its table within the column's bounds, and how much of it lies there. Raises Refusal."""
        try:
            return self._rule.cut(spec)
        except Refusal as refusal:
            raise Refusal(f"({self.type}): {refusal.message}", refusal.mend) from None


def _complaints(rule: str, options: type[MixtureComponent], error: ValidationError) -> Iterator[str]:
    known = [field.alias or name for name, field in options.model_fields.items()]
    for detail in details_of(error):
        name = ".".join(map(str, detail["loc"][:1]))
        message = named(detail, rule, "parameter", name, known)
        yield message if not name or detail["type"] in WHOLE else f"parameters.{name}: {message}"


class MixtureValues(RuleOptions):
    """A number of one of several distributions, chosen by weight in every row."""

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS
    examples: ClassVar[Examples] = (
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
            return self.components[place].cut(spec)
        except Refusal as refusal:
            raise Refusal(f"components[{place}] {refusal.message}", refusal.mend) from None
