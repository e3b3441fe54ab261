"""The patterns of TO_CHAR, TO_DATE and TO_TIMESTAMP, as strftime spells them."""

import re
from typing import Any

import sqlglot
from sqlglot import exp

from dw_simulator.plugins.dialects.refusal import Refusal

# longest first: "MM" must not be found within "MMM"
_STRFTIME = {
    "YYYY": "%Y",
    "YY": "%y",
    "MM": "%m",
    "MI": "%M",
    "DDD": "%j",
    "DD": "%d",
    "HH24": "%H",
    "HH12": "%I",
    "HH": "%I",
    "SS": "%S",
    "AM": "%p",
    "PM": "%p",
    "US": "%f",
    "MS": "%g",
    "FF6": "%f",
    "FF3": "%g",
    "IYYY": "%G",
    "IW": "%V",
}
# what strftime has no letter for, or writes with other capitals
_WORDS = {
    "Q": "CAST(quarter(:value) AS VARCHAR)",
    "MONTH": "rpad(upper(monthname(:value)), 9, ' ')",
    "Month": "rpad(monthname(:value), 9, ' ')",
    "month": "rpad(lower(monthname(:value)), 9, ' ')",
    "FMMONTH": "upper(monthname(:value))",
    "FMMonth": "monthname(:value)",
    "FMDay": "dayname(:value)",
    "DAY": "rpad(upper(dayname(:value)), 9, ' ')",
    "Day": "rpad(dayname(:value), 9, ' ')",
    "MON": "upper(strftime(:value, '%b'))",
    "Mon": "strftime(:value, '%b')",
    "mon": "lower(strftime(:value, '%b'))",
    "DY": "upper(strftime(:value, '%a'))",
    "Dy": "strftime(:value, '%a')",
    "D": "CAST(dayofweek(:value) + 1 AS VARCHAR)",
}
_NAMES = {"MMMM": "monthname(:value)", "MON": "strftime(:value, '%b')", "DY": "strftime(:value, '%a')"}
"""Snowflake's names are capitalised however they are spelled."""


def _tokens(pattern: Any, text: str, words: dict[str, str]) -> list[tuple[str, bool]]:
    """Each part of a pattern: a piece of strftime, or an expression (then True)."""
    names = sorted({*words, *_STRFTIME}, key=len, reverse=True)
    found: list[tuple[str, bool]] = []
    while text:
        if quoted := re.match(r'"([^"]*)"', text):
            found.append((quoted[1].replace("%", "%%"), False))
            text = text[quoted.end() :]
            continue
        name = next((n for n in names if text.startswith(n)), None)
        name = name or next((n for n in names if text.upper().startswith(n)), None)
        if name is not None:
            found.append((words[name], True) if name in words else (_STRFTIME[name], False))
            text = text[len(name) :]
        elif text[0].isalnum() and not (text[0] == "T" and found):
            raise Refusal(pattern, f"{text!r} in the pattern of a date is not translated")
        else:
            found.append((text[0].replace("%", "%%"), False))
            text = text[1:]
    return found


def strftime(pattern: Any) -> str:
    """The pattern of a date that is read."""
    tokens = _tokens(pattern, pattern.this, {"MON": "%b", "DY": "%a"})
    return "".join(text for text, _ in tokens)


def to_char(value: Any, pattern: Any, source: str) -> Any:
    """A date or time as text."""
    if not isinstance(pattern, exp.Literal):
        raise Refusal(pattern, "a pattern that is not a literal is not translated")
    if re.search(r"[09]", pattern.this.upper().replace("HH24", "").replace("HH12", "")):
        raise Refusal(pattern, "the pattern of a number is not translated; use ROUND or a cast")
    parts: list[str] = []
    plain = ""
    for text, is_expression in [*_tokens(pattern, pattern.this, _words(source)), ("", True)]:
        if not is_expression:
            plain += text
            continue
        if plain:
            parts.append(f"strftime(:value, '{plain.replace(chr(39), chr(39) * 2)}')")
            plain = ""
        if text:
            parts.append(text)
    tree: Any = sqlglot.parse_one(" || ".join(parts) or "''", read="duckdb")
    made = tree.transform(lambda part: value.copy() if isinstance(part, exp.Placeholder) else part)
    return exp.Paren(this=made) if isinstance(made, exp.Binary) else made


def _words(source: str) -> dict[str, str]:
    return _NAMES if source == "snowflake" else _WORDS
