"""JSON as plain data: what a decoded JSON or YAML document is made of."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""Any JSON value. Decoded documents hold lists and dicts; what is only read may be any other."""

JsonObject: TypeAlias = dict[str, Json]
"""A JSON object that its owner may still change."""
