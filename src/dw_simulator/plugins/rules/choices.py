"""A few values, with or without weights."""

import json
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from typing import ClassVar

import numpy as np
from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from dw_simulator.engine.kernels import temporal
from dw_simulator.engine.kernels.base import Domain, Drawn, Kernel
from dw_simulator.engine.kernels.booleans import Flags
from dw_simulator.engine.kernels.decimals import words
from dw_simulator.engine.kernels.integers import FixedChoices, Integers
from dw_simulator.engine.kernels.pools import Pooled
from dw_simulator.engine.rules import ColumnSpec, Refusal
from dw_simulator.engine.sampling import Chance, weighted
from dw_simulator.engine.storage import dtype_of, encode
from dw_simulator.model import RuleOptions
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

_TEXTUAL = frozenset({Kind.TEXT, Kind.JSON})
Value = StrictBool | StrictInt | StrictFloat | StrictStr
Stored = int | float | str


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
        domain = listed(spec, self.values)
        if self.weights is None:
            return domain
        if spec.key:
            raise Refusal("weights mean nothing where no value may repeat", "leave the weights out")
        return Drawn(weighted(spec.stream(), self.weights), domain)


def listed(spec: ColumnSpec, values: Sequence[object]) -> Domain:
    """The domain of these values, stored as the column stores them.

    Raises Refusal where a value does not fit the type or the bounds, or where two are stored alike.
    """
    stored = [_stored(spec, value) for value in values]
    if len(set(stored)) < len(stored):
        twice = next(value for value, item in zip(values, stored, strict=True) if stored.count(item) > 1)
        raise Refusal(f"{twice!r} is there twice as {spec.type.declared}", "name it once")
    if spec.type.kind in _TEXTUAL:
        return Pooled.of([str(item) for item in stored])
    if spec.type.bits == 128:
        return FixedChoices(np.array([words(int(item)) for item in stored], dtype=np.uint64))
    return FixedChoices(np.array(stored, dtype=dtype_of(spec.type)))


def _stored(spec: ColumnSpec, value: object) -> Stored:
    """A value in its storage form. Raises Refusal."""
    try:
        item = stored_value(spec.type, value)
    except (ValueError, OverflowError) as error:
        raise Refusal(str(error), "correct the value or the type") from None
    if not within(spec, item):
        raise Refusal(f"{value!r} is outside the column's bounds", "move the bounds, or leave the value out")
    return item


def stored_value(type_: SqlType, value: object) -> Stored:
    """The number or the text that is stored for a value. Raises ValueError or OverflowError."""
    if type_.kind is Kind.JSON:
        return _document(value)
    if type_.kind is Kind.TEXT:
        text = str(value)
        text.encode()  # a lone surrogate is no text
        return text
    if type_.kind is not Kind.FLOAT:
        return encode(type_, value)
    number = float(str(value))
    limit = float(np.finfo(np.float32 if type_.bits == 32 else np.float64).max)
    if not -limit <= number <= limit:
        raise ValueError(f"{value!r} is not a finite number of {type_.declared}")
    return float(np.float32(number)) if type_.bits == 32 else number


def _document(value: object) -> str:
    """JSON text as it is; any other value as JSON."""
    if isinstance(value, str):
        with suppress(ValueError):
            json.loads(value)
            return value
    return json.dumps(value)


def within(spec: ColumnSpec, item: Stored) -> bool:
    """Whether a stored value keeps to the bounds that the column declares."""
    kind, column = spec.type.kind, spec.column
    if isinstance(item, str) or kind is Kind.BOOLEAN:
        return True
    if kind in NUMERIC_KINDS:
        exact = Fraction(item) / (1 if kind is Kind.FLOAT else 10**spec.type.scale)
        low, high = column.min_value, column.max_value
        return (low is None or exact >= Fraction(low)) and (high is None or exact <= Fraction(high))
    start, end = column.date_start, column.date_end
    bounds = temporal.stored_bounds(spec.type, start, end)
    return (start is None or item >= bounds[0]) and (end is None or item <= bounds[1])
