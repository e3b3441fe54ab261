"""A few values, with or without weights."""

import json
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from typing import ClassVar

import numpy as np
from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from dw_simulator.engine.bounds import declared
from dw_simulator.engine.selectors.exact import ExactShares, apportioned
from dw_simulator.engine.selectors.quantiles import Quantiles
from dw_simulator.engine.selectors.sampling import Chance, weighted
from dw_simulator.engine.storage import dtype_of, encode
from dw_simulator.engine.values.base import Domain, Drawn, Kernel
from dw_simulator.engine.values.booleans import Flags
from dw_simulator.engine.values.decimals import words
from dw_simulator.engine.values.integers import FixedChoices, Integers
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.errors import Refusal
from dw_simulator.ports.rule import ColumnSpec, Derived, Examples, MixtureComponent, RuleOptions
from dw_simulator.types import Kind, SqlType

_TEXTUAL = frozenset({Kind.TEXT, Kind.JSON})
LISTABLE = frozenset(Kind) - {Kind.BINARY, Kind.UUID}
"""The kinds whose values a schema can name."""
Value = StrictBool | StrictInt | StrictFloat | StrictStr
Plain = bool | int | float | str
"""A value as a schema or a program names it."""
Stored = int | float | str


class Boolean(RuleOptions):
    """True with a share, else false."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.BOOLEAN})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "BOOLEAN", "rule": {"name": "boolean", "true_share": 0.3}},
        {"name": "value", "data_type": "BOOLEAN", "rule": {"name": "boolean"}},
    )

    true_share: float = Field(default=0.5, ge=0, le=1, description="the share of true values")

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        if spec.key:
            return Integers(0, 2, dtype_of(spec.type))
        return Flags(Chance(spec.stream(), self.true_share))


class Choice(RuleOptions):
    """One of the values listed; weights say how often, in any unit."""

    kinds: ClassVar[frozenset[Kind]] = LISTABLE
    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "VARCHAR(10)",
            "rule": {"name": "choice", "values": ["active", "paused", "closed"], "weights": [90, 7, 3]},
        },
        {"name": "value", "data_type": "INT", "rule": {"name": "choice", "values": [1, 2, 5, 10]}},
        {
            "name": "value",
            "data_type": "DECIMAL(4,2)",
            "rule": {"name": "choice", "values": [0, 5.5, 19.25], "weights": [0.123, 0.456, 0.789]},
        },
        {
            "name": "value",
            "data_type": "DECIMAL(30,2)",
            "rule": {"name": "choice", "values": [0, "123456789012345678901.25"]},
        },
        {
            "name": "value",
            "data_type": "REAL",
            "rule": {"name": "choice", "values": [0.5, 1, 2], "weights": [1, 0, 3]},
        },
        {
            "name": "value",
            "data_type": "BOOLEAN",
            "rule": {"name": "choice", "values": [True, False], "weights": [1, 9]},
        },
        {
            "name": "value",
            "data_type": "DATE",
            "rule": {"name": "choice", "values": ["2024-01-31", "2024-02-29"]},
        },
        {
            "name": "value",
            "data_type": "TIMESTAMP",
            "rule": {"name": "choice", "values": ["2024-01-31T12:00:00"]},
        },
        {
            "name": "value",
            "data_type": "TIME",
            "rule": {"name": "choice", "values": ["09:00:00", "17:30:00"]},
        },
        {"name": "value", "data_type": "SUPER", "rule": {"name": "choice", "values": ["[]", "{}", 7]}},
        {
            "name": "value",
            "data_type": "VARCHAR(8)",
            "rule": {"name": "choice", "values": ["active", "churned"], "weights": [88, 12], "exact": True},
        },
    )

    values: tuple[Value, ...] = Field(
        description="the values, as numbers, texts or true and false; each is named once",
        json_schema_extra={"minItems": 1},
    )
    weights: tuple[float, ...] | None = Field(
        default=None, description="how often each comes, in any unit; all alike where none are given"
    )
    exact: bool = Field(
        default=False,
        description="the weights are kept to the row: of 1,000 rows, 12 % are 120, not 113 or 131",
    )

    @model_validator(mode="after")
    def _paired(self) -> "Choice":
        if not self.values:
            raise ValueError("values: one at least is needed")
        if len(set(self.values)) != len(self.values):
            raise ValueError("a value is listed twice; give it a weight instead")
        if self.weights is not None:
            if len(self.weights) != len(self.values):
                raise ValueError(f"{len(self.values)} values have {len(self.weights)} weights")
            check_weights(self.weights)
        return self

    def listed(self) -> Sequence[Value]:
        return self.values

    def build(self, spec: ColumnSpec) -> Domain | Kernel | Derived:
        domain = listed(spec, self.values)
        if self.exact:
            return self._exact(spec, domain)
        if self.weights is None:
            return domain
        if spec.key:
            raise Refusal("weights mean nothing where no value may repeat", "leave the weights out")
        return Drawn(weighted(spec.stream(), self.weights), domain)

    def _exact(self, spec: ColumnSpec, domain: Domain) -> Derived:
        """So many rows of each value, and no NULLs, which would make them fewer."""
        if spec.key:
            raise Refusal("exact shares mean nothing where no value may repeat", "leave exact out")
        if spec.column.null_fraction or spec.column.null_when:
            said = "null_fraction" if spec.column.null_fraction else "null_when"
            words = "rows that are NULL would be missing from the exact shares"
            raise Refusal(words, f"leave {said} out, or leave exact out")
        weights = [Fraction(str(weight)) for weight in self.weights or [1] * len(self.values)]
        selector = ExactShares(spec.stream(), tuple(apportioned(spec.rows, weights)))
        return Derived((), lambda _: Drawn(selector, domain), whole=True)


class ConstantValue(RuleOptions):
    """The same value in every row."""

    kinds: ClassVar[frozenset[Kind]] = LISTABLE
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "CHAR(3)", "rule": {"name": "constant", "value": "EUR"}},
        {"name": "value", "data_type": "INT", "rule": {"name": "constant", "value": 0}},
        {"name": "value", "data_type": "DECIMAL(5,2)", "rule": {"name": "constant", "value": 19.5}},
        {"name": "value", "data_type": "DECIMAL(38,2)", "rule": {"name": "constant", "value": "-1.05"}},
        {"name": "value", "data_type": "DOUBLE", "rule": {"name": "constant", "value": 0.1}},
        {"name": "value", "data_type": "BOOLEAN", "rule": {"name": "constant", "value": False}},
        {"name": "value", "data_type": "DATE", "rule": {"name": "constant", "value": "1970-01-01"}},
        {
            "name": "value",
            "data_type": "TIMESTAMPTZ",
            "rule": {"name": "constant", "value": "2024-06-30T23:59:59Z"},
        },
        {"name": "value", "data_type": "JSON", "rule": {"name": "constant", "value": "{}"}},
    )

    value: Value = Field(description="the value, as a number, a text, or true or false")

    @classmethod
    def component(cls) -> type[MixtureComponent]:
        return FixedValue

    def listed(self) -> Sequence[Value]:
        return (self.value,)

    def build(self, spec: ColumnSpec) -> Domain:
        return listed(spec, (self.value,))


class FixedValue(MixtureComponent):
    """One value, in a mixture."""

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


def check_weights(weights: Sequence[float]) -> None:
    """Raise ValueError where these are no weights."""
    if min(weights) < 0 or not 0 < max(weights) < float("inf"):
        raise ValueError("weights are not negative, finite, and not all 0")


def listed(spec: ColumnSpec, values: Sequence[Plain]) -> Domain:
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


def _stored(spec: ColumnSpec, value: Plain) -> Stored:
    """A value in its storage form. Raises Refusal."""
    try:
        item = stored_value(spec.type, value)
    except (ValueError, OverflowError) as error:
        raise Refusal(str(error), "correct the value or the type") from None
    if not within(spec, item):
        raise Refusal(f"{value!r} is outside the column's bounds", "move the bounds, or leave the value out")
    return item


def stored_value(type_: SqlType, value: Plain) -> Stored:
    """The number or the text that is stored for a value. Raises ValueError or OverflowError."""
    if type_.kind is Kind.JSON:
        return _document(type_, value)
    if type_.kind is Kind.TEXT:
        text = str(value)
        text.encode()  # a lone surrogate is no text
        return text
    if type_.kind is not Kind.FLOAT:
        item = encode(type_, value)
        if not -(1 << 63) <= item < 1 << 63 and type_.bits != 128:
            raise ValueError(f"{value!r} is no {type_.declared} (nanoseconds reach from 1677 to 2262)")
        return item
    number = float(str(value))
    limit = float(np.finfo(np.float32 if type_.bits == 32 else np.float64).max)
    if not -limit <= number <= limit:
        raise ValueError(f"{value!r} is not a finite number of {type_.declared}")
    return float(np.float32(number)) if type_.bits == 32 else number


def _document(type_: SqlType, value: Plain) -> str:
    """JSON text as it is; any other value as JSON. Raises ValueError for what the type does not hold."""
    text = json.dumps(value, allow_nan=False)
    if isinstance(value, str):
        with suppress(ValueError):
            json.loads(value, parse_constant=_no_json)
            text = value
    shapes = {"object": "{", "array": "["}
    if not text.lstrip().startswith(shapes.get(type_.shape, "")):
        raise ValueError(f"{value!r} is no JSON {type_.shape}, as {type_.declared} is")
    return text


def _no_json(word: str) -> None:
    """Python reads NaN and the infinities, which JSON does not have."""
    raise ValueError(word)


def within(spec: ColumnSpec, item: Stored) -> bool:
    """Whether a stored value keeps to the bounds that the column declares."""
    return isinstance(item, str) or declared(spec.column).hold(item)
