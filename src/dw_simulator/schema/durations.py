"""Spans of time as people write them: 30d, 1d12h, 90m, and those of ISO 8601."""

import re
from decimal import Decimal
from functools import cache
from typing import Annotated

from pydantic import AfterValidator

NANOSECONDS = {
    "y": 31_557_600 * 10**9,  # 365.25 days
    "w": 7 * 86_400 * 10**9,
    "d": 86_400 * 10**9,
    "h": 3600 * 10**9,
    "m": 60 * 10**9,
    "s": 10**9,
    "ms": 10**6,
    "us": 10**3,
    "ns": 1,
}
_PART = r"(\d+(?:\.\d+)?)\s*"
_PLAIN = re.compile(rf"\s*(?:{_PART}(?:y|w|d|h|ms|us|ns|m|s)\s*)+", re.IGNORECASE)
_PARTS = re.compile(rf"{_PART}(y|w|d|h|ms|us|ns|m|s)", re.IGNORECASE)
_ISO = re.compile(
    r"P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


@cache
def nanoseconds(text: str) -> int:
    """A span in nanoseconds: "30d", "1d12h", "90m", "45s", "2w", "P1DT12H". A year is 365.25 days.

    Raises ValueError.

    >>> nanoseconds("1d12h") == nanoseconds("P1DT12H") == 36 * 3600 * 10**9
    True
    """
    if iso := _ISO.fullmatch(text.strip()):
        parts = [(value, unit) for value, unit in zip(iso.groups(), "ywdhms", strict=True) if value]
    elif _PLAIN.fullmatch(text):
        parts = [(value, unit.lower()) for value, unit in _PARTS.findall(text)]
    else:
        raise ValueError(f"{text!r} is no span, such as 30d, 12h, 90m, 45s, 2w, 1d12h or P1DT12H")
    total = sum(Decimal(value) * NANOSECONDS[unit] for value, unit in parts)
    if total != int(total):
        raise ValueError(f"{text!r} is no whole number of nanoseconds")
    return int(total)


def _checked(text: str) -> str:
    if nanoseconds(text) > 10_000 * NANOSECONDS["y"]:
        raise ValueError(f"{text!r} is more than 10,000 years")
    return text


Duration = Annotated[str, AfterValidator(_checked)]
"""The option of a rule that is a span of time, kept as it is written."""
