"""Values as users list them, and as columns store them."""

import json
from collections.abc import Sequence
from contextlib import suppress

import numpy as np
from pydantic import StrictBool, StrictFloat, StrictInt, StrictStr

from dw_simulator.engine.bounds import declared
from dw_simulator.engine.storage import dtype_of, encode
from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.decimals import words
from dw_simulator.engine.values.integers import FixedChoices
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.errors import Refusal
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.types import FLAT_KINDS, Kind, SqlType

_TEXTUAL = frozenset({Kind.TEXT, Kind.JSON, Kind.NOTATION})
LISTABLE = FLAT_KINDS - {Kind.BINARY, Kind.UUID}
"""The kinds whose values a schema can name."""
Value = StrictBool | StrictInt | StrictFloat | StrictStr
Plain = bool | int | float | str
"""A value as a schema or a program names it."""
Stored = int | float | str


def check_weights(weights: Sequence[float]) -> None:
    """Raise ValueError where these are no weights."""
    if min(weights) < 0 or not 0 < max(weights) < float("inf"):
        raise ValueError("weights are not negative, finite, and not all 0")


def listed(spec: ColumnSpec, values: Sequence[Plain]) -> Domain:
    """The domain of these values, stored as the column stores them.

    Raises Refusal where a value does not fit the type or the bounds, or where two are stored alike.
    """
    stored = [stored_in(spec, value) for value in values]
    if len(set(stored)) < len(stored):
        twice = next(value for value, item in zip(values, stored, strict=True) if stored.count(item) > 1)
        raise Refusal(f"{twice!r} is there twice as {spec.type.declared}", "name it once")
    if spec.type.kind in _TEXTUAL:
        return Pooled.of([str(item) for item in stored])
    if spec.type.bits == 128:
        return FixedChoices(np.array([words(int(item)) for item in stored], dtype=np.uint64))
    return FixedChoices(np.array(stored, dtype=dtype_of(spec.type)))


def stored_in(spec: ColumnSpec, value: Plain) -> Stored:
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
    if type_.kind in (Kind.TEXT, Kind.NOTATION):
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
