"""JSON as plain data: what a decoded JSON or YAML document is made of."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
"""Any JSON value. Decoded documents hold lists and dicts; what is only read may be any other."""

JsonObject: TypeAlias = dict[str, Json]
"""A JSON object that its owner may still change."""


def object_of(value: Json) -> Mapping[str, Json]:
    """A JSON value that is known to be an object. Raises TypeError for any other."""
    if type(value) is dict or isinstance(value, Mapping):  # the first is quicker
        return value
    raise TypeError(f"an object is needed, not {value!r}")


def items_of(value: Json) -> Sequence[Json]:
    """The items of a JSON value that is known to be a list. Raises TypeError for any other."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    raise TypeError(f"a list is needed, not {value!r}")


def number_of(value: Json) -> int | float:
    """A JSON value that is known to be a number. Raises TypeError for any other."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise TypeError(f"a number is needed, not {value!r}")


def number_in(value: Json) -> int | float | None:
    """A JSON value that may be a number; None for any other."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole_in(value: Json) -> int | None:
    """A JSON value that may be a whole number; None for any other."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def fields_in(value: Json) -> Mapping[str, Json]:
    """The fields of a JSON value that may be an object; none of any other."""
    return value if isinstance(value, Mapping) else {}


def items_in(value: Json) -> Sequence[Json]:
    """The items of a JSON value that may be a list; none of any other."""
    return value if isinstance(value, list | tuple) else ()


def one_or_more(value: Json) -> Sequence[Json]:
    """The items of a list; any other JSON value by itself."""
    return value if isinstance(value, list | tuple) else [value]
