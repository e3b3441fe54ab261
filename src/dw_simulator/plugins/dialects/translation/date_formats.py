"""The patterns of TO_CHAR, TO_DATE and TO_TIMESTAMP, as strftime spells them."""

import re
from typing import Any

import sqlglot
from sqlglot import exp

from dw_simulator.plugins.dialects.translation.untranslatable import Refusal

# numbers: their letters may have any case
_POSTGRES = {
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
    "US": "%f",
    "MS": "%g",
    "FF6": "%f",
    "FF3": "%g",
    "IYYY": "%G",
    "IW": "%V",
}
_SNOWFLAKE = {
    **dict.fromkeys(("AM", "PM"), "%p"),
    **{
        name: _POSTGRES[name] for name in ("YYYY", "YY", "MM", "MI", "DD", "HH24", "HH12", "SS", "FF6", "FF3")
    },
}
_SECONDS = "CAST(hour(:value) * 3600 + minute(:value) * 60 + second(:value) AS VARCHAR)"
_NUMBERS = {
    "Q": "CAST(quarter(:value) AS VARCHAR)",
    "D": "CAST(dayofweek(:value) + 1 AS VARCHAR)",
    "SSSS": _SECONDS,
    "SSSSS": _SECONDS,
}
_CASES = {str.upper: "upper({})", str.title: "{}", str.lower: "lower({})"}


def _cased(name: str, template: str, filled: bool = False) -> dict[str, str]:
    """A word in capitals, as a name and in small letters; of nine letters unless `FM` is before it."""
    made = {}
    for case, outer in _CASES.items():
        value = outer.format(template)
        made[case(name)] = f"rpad({value}, 9, ' ')" if filled else value
        if filled:
            made["FM" + case(name)] = value
    return made


_WORDS = {
    **_NUMBERS,
    **_cased("month", "monthname(:value)", filled=True),
    **_cased("day", "dayname(:value)", filled=True),
    **_cased("mon", "strftime(:value, '%b')"),
    **_cased("dy", "strftime(:value, '%a')"),
    **dict.fromkeys(("AM", "PM"), "strftime(:value, '%p')"),
    **dict.fromkeys(("am", "pm"), "lower(strftime(:value, '%p'))"),
}
_NAMES = {"MMMM": "monthname(:value)", "MON": "strftime(:value, '%b')", "DY": "strftime(:value, '%a')"}
"""Snowflake's names are capitalised however they are spelled."""
_T_BEFORE_TIME = "T(?!H)"
"""The T between a date and a time stands for itself, but TH is an ending."""
_READ = {"MONTH": "%B", "MON": "%b", "DY": "%a", "AM": "%p", "PM": "%p"}


def _tokens(pattern: Any, plain: dict[str, str], words: dict[str, str]) -> list[tuple[str, bool]]:
    """Each part of a pattern: a piece of strftime, or an expression (then True)."""
    text = pattern.this
    found: list[tuple[str, bool]] = []
    while text:
        if quoted := re.match(r'"([^"\\]*)"', text):
            found.append((quoted[1].replace("%", "%%"), False))
            text = text[quoted.end() :]
            continue
        name = _longest(text, {*plain, *words})
        if name is not None:
            found.append((words[name], True) if name in words else (plain[name], False))
            text = text[len(name) :]
        elif _is_unknown(text, _T_BEFORE_TIME if words is _WORDS else "T") or (text[0] == "T" and not found):
            raise Refusal(pattern, f"{text!r} in the pattern of a date is not translated")
        else:
            found.append((text[0].replace("%", "%%"), False))
            text = text[1:]
    return found


def _longest(text: str, names: set[str]) -> str | None:
    """The longest name a text begins with: `MM` must not be found within `MMM`.

    Where a name is known in several cases, others than these are none of it.
    """
    length = max((len(name) for name in names if text.upper().startswith(name.upper())), default=0)
    if not length:
        return None
    spelled = text[:length]
    known = [name for name in names if name.upper() == spelled.upper()]
    if spelled in known:
        return spelled
    return known[0] if known == [known[0].upper()] else None


def _is_unknown(text: str, known: str) -> bool:
    return bool(re.match(r'[\w"\\]', text)) and re.match(known, text) is None and text[0] != "_"


def strftime(pattern: Any) -> str:
    """The pattern of a date that is read."""
    unread = set(_WORDS) - set(_READ)
    tokens = _tokens(pattern, _POSTGRES | _READ, dict.fromkeys((w for w in unread if w == w.upper()), ""))
    if any(is_expression for _, is_expression in tokens):
        raise Refusal(pattern, f"the pattern {pattern.this!r} is not translated where a date is read")
    return "".join(text for text, _ in tokens)


def to_char(value: Any, pattern: Any, source: str) -> Any:
    """A date or time as text."""
    if not isinstance(pattern, exp.Literal):
        raise Refusal(pattern, "a pattern that is not a literal is not translated")
    if re.search(r"[09]", pattern.this.upper().replace("HH24", "").replace("HH12", "")):
        raise Refusal(pattern, "the pattern of a number is not translated; use ROUND or a cast")
    parts: list[str] = []
    plain = ""
    for text, is_expression in [*_tokens(pattern, *_letters(source)), ("", True)]:
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


def _letters(source: str) -> tuple[dict[str, str], dict[str, str]]:
    return (_SNOWFLAKE, _NAMES) if source == "snowflake" else (_POSTGRES, _WORDS)
