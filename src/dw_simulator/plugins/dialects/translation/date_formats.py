"""The patterns of TO_CHAR, TO_DATE and TO_TIMESTAMP, as strftime spells them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.number_formats import is_of_number, number_to_char, ordinal
from dw_simulator.plugins.dialects.translation.rewriting import closed, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_tables import GROUPS
from dw_simulator.plugins.dialects.typed.result_types import kind_of
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
_POSTGRES_ALONE = {
    "Y,YYY": "regexp_replace(strftime(:value, '%Y'), '(.*)(...)', '\\1,\\2')",
    "YYY": "right(strftime(:value, '%Y'), 3)",
    "Y": "right(strftime(:value, '%Y'), 1)",
    "IYY": "right(strftime(:value, '%G'), 3)",
    "IY": "right(strftime(:value, '%G'), 2)",
    "I": "right(strftime(:value, '%G'), 1)",
    "CC": "lpad(CAST((year(:value) + 99) // 100 AS VARCHAR), 2, '0')",
    "WW": "lpad(CAST((dayofyear(:value) - 1) // 7 + 1 AS VARCHAR), 2, '0')",
    "W": "CAST((day(:value) - 1) // 7 + 1 AS VARCHAR)",
    "IDDD": "lpad(CAST((weekofyear(:value) - 1) * 7 + isodow(:value) AS VARCHAR), 3, '0')",
    "ID": "CAST(isodow(:value) AS VARCHAR)",
    "J": "CAST(CAST(floor(julian(:value)) AS BIGINT) AS VARCHAR)",
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


_ROMAN = (
    "list_extract(['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII'], month(:value))"
)
_ERA = "CASE WHEN year(:value) > 0 THEN 'AD' ELSE 'BC' END"


def _dotted(template: str) -> str:
    """Two letters with a point behind each."""
    return f"regexp_replace({template}, '(.)(.)', '\\1.\\2.')"


_WORDS = {
    **_NUMBERS,
    **_POSTGRES_ALONE,
    **_cased("month", "monthname(:value)", filled=True),
    **_cased("day", "dayname(:value)", filled=True),
    **_cased("mon", "strftime(:value, '%b')"),
    **_cased("dy", "strftime(:value, '%a')"),
    **dict.fromkeys(("AM", "PM"), "strftime(:value, '%p')"),
    **dict.fromkeys(("am", "pm"), "lower(strftime(:value, '%p'))"),
    **dict.fromkeys(("A.M.", "P.M."), _dotted("strftime(:value, '%p')")),
    **dict.fromkeys(("a.m.", "p.m."), _dotted("lower(strftime(:value, '%p'))")),
    **dict.fromkeys(("AD", "BC"), _ERA),
    **dict.fromkeys(("ad", "bc"), f"lower({_ERA})"),
    **dict.fromkeys(("A.D.", "B.C."), _dotted(_ERA)),
    **dict.fromkeys(("a.d.", "b.c."), _dotted(f"lower({_ERA})")),
    "RM": f"rpad({_ROMAN}, 4, ' ')",
    "rm": f"rpad(lower({_ROMAN}), 4, ' ')",
    "FMRM": _ROMAN,
    "FMrm": f"lower({_ROMAN})",
}
_READ = {"MONTH": "%B", "MON": "%b", "DY": "%a", "AM": "%p", "PM": "%p"}


@dataclass(frozen=True)
class Letters:
    """What the letters of a pattern stand for.

    plain   in strftime's words
    words   as expressions over :value
    alone   what else stands for itself: the T between a date and a time, as long as it is no other letter's
    endings whether FM before a number takes its zeros away, and TH behind it makes it an ordinal one
    """

    plain: Mapping[str, str]
    words: Mapping[str, str]
    alone: str = "T"
    endings: bool = False


POSTGRES_LETTERS = Letters(_POSTGRES, _WORDS, alone="T(?!H)", endings=True)  # TH is an ending
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


_ENDING = re.compile("(?i)th(?!h)")
"""An ending of ordinal numbers, and not the T before an hour."""


def _tokens(pattern: exp.Expr, letters: Letters) -> Iterator[tuple[str, bool]]:
    """Each part of a pattern: a piece of strftime, or an expression (then True)."""
    text, known = pattern.name, {*letters.plain, *letters.words}
    at_start = True
    while text:
        if quoted := re.match(r'"([^"\\]*)"', text):
            yield quoted[1].replace("%", "%%"), False
            text = text[quoted.end() :]
        elif name := _longest(text, known):
            is_word = name in letters.words
            found, text = (letters.words if is_word else letters.plain)[name], text[len(name) :]
            ending = _ENDING.match(text) if letters.endings else None
            yield (found, is_word) if ending is None else (_ordinal(_number(found, is_word), ending[0]), True)
            text = text[2 if ending else 0 :]
        elif letters.endings and (name := _longest(text[2:], known)) and text[:2].upper() == "FM":
            found, text = _unfilled(name, letters), text[2 + len(name) :]
            ending = _ENDING.match(text)
            yield (found if ending is None else _ordinal(found, ending[0])), True
            text = text[2 if ending else 0 :]
        elif _is_unknown(text, letters.alone) or (text[0] == "T" and at_start):
            raise Untranslatable(pattern, f"{text!r} in the pattern of a date is not translated")
        else:
            yield text[0].replace("%", "%%"), False
            text = text[1:]
        at_start = False


def _number(found: str, is_word: bool) -> str:
    return found if is_word else f"strftime(:value, '{found}')"


def _unfilled(name: str, letters: Letters) -> str:
    """A number without zeros before it; words without blanks behind them are known by their names."""
    if name in letters.words:
        return letters.words[name]
    number = _number(letters.plain[name], is_word=False)
    return f"CAST(CAST({number} AS BIGINT) AS VARCHAR)"


def _ordinal(number: str, ending: str) -> str:
    return f"{number} || {'upper' if ending == 'TH' else 'lower'}({ordinal(number)})"


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
    plain = exp.Literal.string(re.sub("(?i)FM", "", pattern.name))
    plain.meta.update(pattern.meta)
    tokens = list(_tokens(plain, _READ_LETTERS))
    if any(is_expression for _, is_expression in tokens):
        message = f"the pattern {pattern.name!r} is not translated where a date is read"
        raise Untranslatable(pattern, message)
    return "".join(text for text, _ in tokens)


def snowflake_strptime(pattern: exp.Expr) -> str:
    """The pattern of a date that Snowflake reads."""
    return "".join(text for text, _ in _tokens(pattern, _SNOWFLAKE_READ))


def to_char(value: exp.Expr, pattern: exp.Expr, letters: Letters) -> exp.Expr:
    """A date, a time or a number as text."""
    if pattern.key != "literal":
        raise Untranslatable(pattern, "a pattern that is not a literal is not translated")
    kind = kind_of(value.type)
    if kind in GROUPS["number"] or (kind not in GROUPS["moment"] and is_of_number(pattern.name)):
        if not letters.endings:
            raise Untranslatable(pattern, "the pattern of a number is not translated; use ROUND or a cast")
        return number_to_char(value, pattern)
    template = parsed(" || ".join(_parts(pattern, letters)) or "''", "duckdb")
    moment = _moment(value, kind)
    return closed(template.transform(lambda part: moment.copy() if part.key == "placeholder" else part))


def _moment(value: exp.Expr, kind: str) -> exp.Expr:
    """What a pattern of dates is for."""
    if kind == "text":
        return exp.cast(value.copy(), "timestamp")
    if kind in ("time", "interval"):
        start = exp.cast(exp.Literal.string("2000-01-01"), "date")
        return exp.Paren(this=exp.Add(this=start, expression=closed(value.copy())))
    return value


def _parts(pattern: exp.Expr, letters: Letters) -> Iterator[str]:
    """Expressions over :value that make the text, one behind the other."""
    for is_expression, tokens in groupby(_tokens(pattern, letters), itemgetter(1)):
        texts = [text for text, _ in tokens]
        if is_expression:
            yield from texts
        elif plain := "".join(texts):
            yield f"strftime(:value, {quoted_text(plain)})"
