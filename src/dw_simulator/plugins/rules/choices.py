"""A few values, with or without weights."""

from typing import ClassVar

import numpy as np
from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from dw_simulator.engine.kernels.base import Domain, Drawn, Kernel
from dw_simulator.engine.kernels.booleans import Flags
from dw_simulator.engine.kernels.decimals import words
from dw_simulator.engine.kernels.integers import FixedChoices, Integers
from dw_simulator.engine.kernels.pools import Pooled
from dw_simulator.engine.rules import ColumnSpec, Refusal
from dw_simulator.engine.sampling import Chance, weighted
from dw_simulator.engine.storage import dtype_of, encode
from dw_simulator.model import RuleOptions
from dw_simulator.types import Kind, SqlType

_TEXTUAL = frozenset({Kind.TEXT, Kind.JSON})
Value = StrictBool | StrictInt | StrictFloat | StrictStr


class Boolean(RuleOptions):
    """True with a share, else false."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.BOOLEAN})

    true_share: float = Field(default=0.5, ge=0, le=1)

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        if spec.key:
            return Integers(0, 2, dtype_of(spec.type))
        return Flags(Chance(spec.stream(), self.true_share))


class Choice(RuleOptions):
    """One of the values listed; weights say how often, in any unit."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(Kind) - {Kind.BINARY, Kind.UUID}

    values: tuple[Value, ...] = Field(min_length=1)
    weights: tuple[float, ...] | None = None

    @model_validator(mode="after")
    def _paired(self) -> "Choice":
        if len(set(self.values)) != len(self.values):
            raise ValueError("a value is listed twice; give it a weight instead")
        if self.weights is not None:
            if len(self.weights) != len(self.values):
                raise ValueError(f"{len(self.values)} values have {len(self.weights)} weights")
            if min(self.weights) < 0 or not 0 < sum(self.weights) < float("inf"):
                raise ValueError("weights are not negative, finite, and not all 0")
        return self

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        domain = listed(spec.type, self.values)
        if self.weights is None:
            return domain
        if spec.key:
            raise Refusal("weights mean nothing where no value may repeat", "leave the weights out")
        return Drawn(weighted(spec.stream(), self.weights), domain)


def listed(type_: SqlType, values: tuple[object, ...]) -> Domain:
    """The domain of these values, stored as the type stores them. Raises Refusal where one does not fit."""
    if type_.kind in _TEXTUAL:
        return Pooled.of([str(value) for value in values])
    try:
        if type_.kind is Kind.FLOAT:
            return FixedChoices(np.array([float(str(value)) for value in values], dtype=dtype_of(type_)))
        stored = [encode(type_, value) for value in values]
    except ValueError as error:
        raise Refusal(str(error), "correct the value or the type") from None
    if type_.bits == 128:
        return FixedChoices(np.array([words(value) for value in stored], dtype=np.uint64))
    return FixedChoices(np.array(stored, dtype=dtype_of(type_)))
