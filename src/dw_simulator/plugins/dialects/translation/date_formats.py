"""The patterns of TO_CHAR, TO_DATE and TO_TIMESTAMP, as strftime spells them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import closed, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.schema.quoting import quoted_text

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
    **{name: _POSTGRES[name] for name in ("YYYY", "YY", "MM", "MI", "DD", "HH24", "HH12", "SS")},
    "UUUU": "%Y",
    **dict.fromkeys(("FF", "FF9", "FF8", "FF7"), "%n"),
    **dict.fromkeys(("FF6", "FF5", "FF4"), "%f"),
    **dict.fromkeys(("FF3", "FF2", "FF1"), "%g"),
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
_READ = {"MONTH": "%B", "MON": "%b", "DY": "%a", "AM": "%p", "PM": "%p"}


@dataclass(frozen=True)
class Letters:
    """What the letters of a pattern stand for.

    plain   in strftime's words
    words   as expressions over :value
    alone   what else stands for itself: the T between a date and a time, as long as it is no other letter's
    """

    plain: Mapping[str, str]
    words: Mapping[str, str]
    alone: str = "T"


POSTGRES_LETTERS = Letters(_POSTGRES, _WORDS, alone="T(?!H)")  # TH is an ending
# names are capitalised however they are spelled
SNOWFLAKE_LETTERS = Letters(
    _SNOWFLAKE,
    {
        "MMMM": "monthname(:value)",
        "MON": "strftime(:value, '%b')",
        "DY": "strftime(:value, '%a')",
        "TZH:TZM": "'+00:00'",
        "TZHTZM": "'+0000'",
        "TZH": "'+00'",
        "TZM": "'00'",
        "FF0": "''",
        "FF1": "left(strftime(:value, '%g'), 1)",
        "FF2": "left(strftime(:value, '%g'), 2)",
        "FF4": "left(strftime(:value, '%f'), 4)",
        "FF5": "left(strftime(:value, '%f'), 5)",
    },
)
_SNOWFLAKE_READ = Letters(
    {
        **_SNOWFLAKE,
        **dict.fromkeys(("FF", *(f"FF{digit}" for digit in range(10))), "%f"),
        "MMMM": "%B",
        "MON": "%b",
        "DY": "%a",
        **dict.fromkeys(("TZH:TZM", "TZHTZM", "TZH"), "%z"),
    },
    {},
)
_READ_LETTERS = Letters(
    _POSTGRES | _READ,
    # these cannot be read
    dict.fromkeys((word for word in _WORDS if word not in _READ and word == word.upper()), ""),
)


def _tokens(pattern: exp.Expr, letters: Letters) -> Iterator[tuple[str, bool]]:
    """Each part of a pattern: a piece of strftime, or an expression (then True)."""
    text, known = pattern.name, {*letters.plain, *letters.words}
    at_start = True
    while text:
        if quoted := re.match(r'"([^"\\]*)"', text):
            yield quoted[1].replace("%", "%%"), False
            text = text[quoted.end() :]
        elif name := _longest(text, known):
            yield (letters.words[name], True) if name in letters.words else (letters.plain[name], False)
            text = text[len(name) :]
        elif _is_unknown(text, letters.alone) or (text[0] == "T" and at_start):
            raise Untranslatable(pattern, f"{text!r} in the pattern of a date is not translated")
        else:
            yield text[0].replace("%", "%%"), False
            text = text[1:]
        at_start = False


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


def strftime(pattern: exp.Expr) -> str:
    """The pattern of a date that is read."""
    tokens = list(_tokens(pattern, _READ_LETTERS))
    if any(is_expression for _, is_expression in tokens):
        message = f"the pattern {pattern.name!r} is not translated where a date is read"
        raise Untranslatable(pattern, message)
    return "".join(text for text, _ in tokens)


def snowflake_strptime(pattern: exp.Expr) -> str:
    """The pattern of a date that Snowflake reads."""
    return "".join(text for text, _ in _tokens(pattern, _SNOWFLAKE_READ))


def to_char(value: exp.Expr, pattern: exp.Expr, letters: Letters) -> exp.Expr:
    """A date or time as text."""
    if pattern.key != "literal":
        raise Untranslatable(pattern, "a pattern that is not a literal is not translated")
    if re.search(r"[09]", pattern.name.upper().replace("HH24", "").replace("HH12", "")):
        raise Untranslatable(pattern, "the pattern of a number is not translated; use ROUND or a cast")
    template = parsed(" || ".join(_parts(pattern, letters)) or "''", "duckdb")
    return closed(template.transform(lambda part: value.copy() if part.key == "placeholder" else part))


def _parts(pattern: exp.Expr, letters: Letters) -> Iterator[str]:
    """Expressions over :value that make the text, one behind the other."""
    for is_expression, tokens in groupby(_tokens(pattern, letters), itemgetter(1)):
        texts = [text for text, _ in tokens]
        if is_expression:
            yield from texts
        elif plain := "".join(texts):
            yield f"strftime(:value, {quoted_text(plain)})"
