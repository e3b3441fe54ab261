"""What a request accepts (RFC 9110, 12.5.1): which of several media types it is to be answered in."""

import re
from collections.abc import Sequence

_QUALITY = re.compile(r"[01](\.\d{0,3})?")


def accepted(header: str, offered: Sequence[str]) -> str | None:
    """The media type that is wanted most; of equal ones the first that the header names, or is offered.

    None where none of them is wanted; the first offered where the header says nothing.
    """
    ranges = [_range(part) for part in header.split(",") if part.strip()]
    if not ranges:
        return offered[0]
    ranked = [(*_rank(type_, ranges), -at) for at, type_ in enumerate(offered)]
    quality, _order, place = max(ranked)
    return offered[-place] if quality > 0 else None


def _range(part: str) -> tuple[str, float]:
    """A media range and its quality."""
    name, *parameters = (text.strip().lower() for text in part.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q" and _QUALITY.fullmatch(value.strip()):
            return name, float(value)
    return name, 1.0


def _rank(type_: str, ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """How much a type is wanted, and how early it is named: as the range says that tells most about it."""
    family = type_.partition("/")[0]
    for at, pattern in enumerate((type_, f"{family}/*", "*/*")):
        for place, (name, quality) in enumerate(ranges):
            if name == pattern:
                return quality, -place - at * len(ranges)
    return 0.0, 0
