"""Dates and times: how they become text and come from it, their parts, and what lies between two."""

import re
from collections.abc import Mapping

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.date_formats import Letters, strftime, to_char
from dw_simulator.plugins.dialects.translation.rewriting import Rewrite, counted, fill, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable


def written_by(letters: Letters) -> Rewrite:
    """TO_CHAR by patterns of these letters."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        value, *pattern = counted(node, 1, 2)
        if not pattern:
            return exp.cast(value.copy(), "varchar")
        return to_char(value, pattern[0], letters)

    return rewrite


def reading(template: str, plain: str) -> Rewrite:
    """A function that reads text by a pattern, or without one."""
    with_pattern, without = parsed(template, "duckdb"), parsed(plain, "duckdb")

    def rewrite(node: exp.Expr) -> exp.Expr:
        value, *pattern = counted(node, 1, 2)
        if not pattern or pattern[0].name.upper() == "AUTO":
            return fill(without, {"a": value})
        if not pattern[0].is_string:
            raise Untranslatable(node, f"{node.name}() with such a pattern is not translated")
        return fill(with_pattern, {"a": value, "b": exp.Literal.string(strftime(pattern[0]))})

    return rewrite


_READ_DATE = reading("CAST(strptime(:a, :b) AS DATE)", "CAST(:a AS DATE)")
_OVERFLOWING = parsed(
    """CASE WHEN try_strptime(:a, :b) IS NOT NULL THEN CAST(try_strptime(:a, :b) AS DATE)
            WHEN regexp_full_match(:a, :c)
            THEN make_date(CAST(regexp_extract(:a, :c, :year) AS INTEGER),
                           CAST(regexp_extract(:a, :c, :month) AS INTEGER), 1)
                 + (CAST(regexp_extract(:a, :c, :day) AS INTEGER) - 1)
            ELSE CAST(strptime(:a, :b) AS DATE) END""",
    "duckdb",
)
_DIGITS = {"%Y": r"(\d{4})", "%m": r"(\d{1,2})", "%d": r"(\d{1,2})"}


def read_date(node: exp.Expr) -> exp.Expr:
    """TO_DATE(text, pattern, strict): without strictness, the 31st of June is the 1st of July."""
    if len(node.expressions) != 3 or node.expressions[2] == exp.true():
        return _READ_DATE(exp.Anonymous(this=node.name, expressions=node.expressions[:2]))
    pattern = strftime(node.expressions[1])
    parts = re.findall("%[A-Za-z]", pattern)
    if sorted(parts) != sorted(_DIGITS):
        return _READ_DATE(exp.Anonymous(this=node.name, expressions=node.expressions[:2]))
    regular = "".join(_DIGITS.get(one) or re.escape(one) for one in re.split("(%[A-Za-z])", pattern))
    places = {name: exp.Literal.number(parts.index(sign) + 1) for name, sign in _SIGNS.items()}
    texts = {"b": exp.Literal.string(pattern), "c": exp.Literal.string(regular)}
    return fill(_OVERFLOWING, {"a": node.expressions[0], **texts, **places})


_SIGNS = {"year": "%Y", "month": "%m", "day": "%d"}

# --- parts of a moment

_EPOCH = "CAST(floor(EXTRACT(epoch FROM :a)) AS BIGINT)"
_MILLISECONDS = parsed("microsecond(:a) * 0.001", "duckdb")
FRACTIONS = {
    "SECOND": parsed("microsecond(:a) * 0.000001", "duckdb"),
    "MILLISECOND": _MILLISECONDS,
    "MILLISECONDS": _MILLISECONDS,
}
"""Parts that have a fraction in PostgreSQL."""
EPOCHS = {
    **dict.fromkeys(("EPOCH", "EPOCH_SECOND", "EPOCH_SECONDS"), parsed(_EPOCH, "duckdb")),
    **dict.fromkeys(
        ("EPOCH_MILLISECOND", "EPOCH_MILLISECONDS"),
        parsed("CAST(floor(epoch_us(:a) / 1000) AS BIGINT)", "duckdb"),
    ),
}
"""Parts that are whole numbers, in DuckDB's words."""


def extracted(parts: Mapping[str, exp.Expr]) -> Rewrite:
    """EXTRACT of these parts by templates.

    Seconds or milliseconds since 1970 are whole in some, those of a minute are not in PostgreSQL.
    """

    def rewrite(node: exp.Expr) -> exp.Expr:
        template = parts.get(node.this.name.upper())
        return node if template is None else fill(template, {"a": node.expression})

    return rewrite


# --- what lies between two moments, in PostgreSQL

_BETWEEN = {
    "YEAR": "CAST(EXTRACT(year FROM :b) - EXTRACT(year FROM :a) AS BIGINT)",
    "QUARTER": """CAST((EXTRACT(year FROM :b) - EXTRACT(year FROM :a)) * 4
        + EXTRACT(quarter FROM :b) - EXTRACT(quarter FROM :a) AS BIGINT)""",
    "MONTH": """CAST((EXTRACT(year FROM :b) - EXTRACT(year FROM :a)) * 12
        + EXTRACT(month FROM :b) - EXTRACT(month FROM :a) AS BIGINT)""",
    "WEEK": """CAST(EXTRACT(epoch FROM DATE_TRUNC('week', :b) - DATE_TRUNC('week', :a)) / 604800
        AS BIGINT)""",
    "DAY": "CAST(CAST(:b AS DATE) - CAST(:a AS DATE) AS BIGINT)",
    "HOUR": """CAST(EXTRACT(epoch FROM DATE_TRUNC('hour', :b) - DATE_TRUNC('hour', :a)) / 3600 AS BIGINT)""",
    "MINUTE": """CAST(EXTRACT(epoch FROM DATE_TRUNC('minute', :b) - DATE_TRUNC('minute', :a)) / 60
        AS BIGINT)""",
    "SECOND": """CAST(EXTRACT(epoch FROM DATE_TRUNC('second', :b) - DATE_TRUNC('second', :a)) AS BIGINT)""",
    "MILLISECOND": """CAST(EXTRACT(epoch FROM DATE_TRUNC('milliseconds', :b)
        - DATE_TRUNC('milliseconds', :a)) * 1000 AS BIGINT)""",
    "MICROSECOND": "CAST(EXTRACT(epoch FROM :b - :a) * 1000000 AS BIGINT)",
    **{
        name.upper(): f"CAST(EXTRACT({name} FROM :b) - EXTRACT({name} FROM :a) AS BIGINT)"
        for name in ("decade", "century", "millennium")
    },
}
_DAYS = ("su", "mo", "tu", "we", "th", "fr", "sa")
_NEXT_DAY = parsed("CAST(:a AS DATE) + 1 + (CAST(:b + 6 - EXTRACT(dow FROM :a) AS INT)) % 7", "postgres")


def date_diff_postgres(node: exp.Expr) -> exp.Expr:
    """How many boundaries of a unit lie between two moments."""
    unit = node.text("unit").upper()
    if unit not in _BETWEEN:
        raise Untranslatable(node, f"DATEDIFF by {unit.lower()} is not translated")
    later, earlier = (exp.cast(part.copy(), "timestamp") for part in (node.this, node.expression))
    return fill(parsed(_BETWEEN[unit], "postgres"), {"a": earlier, "b": later})


def next_day_postgres(node: exp.Expr) -> exp.Expr:
    """The next of a day of the week."""
    value, day = counted(node, 2, 2)
    if day.name[:2].lower() not in _DAYS:
        raise Untranslatable(node, "NEXT_DAY() is translated where the day is a literal")
    number = exp.Literal.number(_DAYS.index(day.name[:2].lower()))
    return fill(_NEXT_DAY, {"a": value, "b": number})
