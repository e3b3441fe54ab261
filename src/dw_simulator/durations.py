"""Spans of time as users write them."""

import re

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_PART = re.compile(r"(\d+)\s*([wdhms])")


def seconds_of(text: str) -> int:
    """The seconds of a span.

    >>> seconds_of("1d12h")
    129600

    Raises ValueError for text that is no span.
    """
    compact = text.strip().lower()
    if not compact or _PART.sub("", compact).strip():
        raise ValueError(f"{text!r} is no span of time; write 30d, 12h, 90m or 1d12h")
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(compact))
