"""Dates and times of Redshift in PostgreSQL."""

from collections.abc import Mapping

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.date_rewrites import date_diff_postgres, next_day_postgres
from dw_simulator.plugins.dialects.translation.postgres_numbers import kind
from dw_simulator.plugins.dialects.translation.rewriting import Rewrites, as_it_stands, fill, parsed, postgres
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_tables import GROUPS

_CMP = "CASE WHEN {a} < {b} THEN -1 WHEN {a} > {b} THEN 1 WHEN {a} = {b} THEN 0 END"
_NOW = postgres("now() AT TIME ZONE 'UTC'")
_ADD = parsed(":a + CAST(:n AS DOUBLE PRECISION) * CAST(:unit AS INTERVAL)", "postgres")
_UNITS = {
    "quarter": "3 months",
    "week": "7 days",
    **{unit: f"1 {unit}" for unit in ("millennium", "century", "decade", "year", "month", "day", "hour")},
    **{unit: f"1 {unit}" for unit in ("minute", "second", "millisecond", "microsecond")},
}
_ALIASES = {
    **dict.fromkeys(("mil", "mils", "millennia", "millenniums"), "millennium"),
    **dict.fromkeys(("c", "cent", "cents", "centuries"), "century"),
    **dict.fromkeys(("dec", "decs", "decades"), "decade"),
    **dict.fromkeys(("y", "yr", "yrs", "years"), "year"),
    **dict.fromkeys(("qtr", "qtrs", "quarters"), "quarter"),
    **dict.fromkeys(("mon", "mons", "months"), "month"),
    **dict.fromkeys(("w", "weeks"), "week"),
    **dict.fromkeys(("d", "days"), "day"),
    **dict.fromkeys(("h", "hr", "hrs", "hours"), "hour"),
    **dict.fromkeys(("m", "min", "mins", "minutes"), "minute"),
    **dict.fromkeys(("s", "sec", "secs", "seconds"), "second"),
    **dict.fromkeys(("ms", "msec", "msecs", "msecond", "mseconds", "millisec"), "millisecond"),
    **dict.fromkeys(("millisecs", "millisecon", "milliseconds"), "millisecond"),
    **dict.fromkeys(("us", "usec", "usecs", "usecond", "useconds", "microsec"), "microsecond"),
    **dict.fromkeys(("microsecs", "microsecond", "microseconds"), "microsecond"),
    **dict.fromkeys(("dayofweek", "dw", "weekday"), "dow"),
    **dict.fromkeys(("dayofyear", "dy", "yearday"), "doy"),
}
"""What parts of a moment may be called, too."""
_MODULO = {"MILLISECOND": 1_000, "MICROSECOND": 1_000_000}
_WHOLE_PART = parsed("CAST(floor(EXTRACT(day FROM :a)) AS BIGINT)", "postgres")
_DAYS = parsed("CAST(:n AS DOUBLE PRECISION) * INTERVAL '1 day'", "postgres")
_MONTHS_BETWEEN = """CASE
    WHEN EXTRACT(day FROM {a}) = EXTRACT(day FROM {b}) OR ({last_a} AND {last_b}) THEN {months}
    ELSE {months} + (EXTRACT(epoch FROM {a} - DATE_TRUNC('month', {a}))
                   - EXTRACT(epoch FROM {b} - DATE_TRUNC('month', {b}))) / 2678400.0 END"""
_MONTHS = """((EXTRACT(year FROM {a}) - EXTRACT(year FROM {b})) * 12
             + EXTRACT(month FROM {a}) - EXTRACT(month FROM {b}))"""
_IS_LAST = "EXTRACT(day FROM {0} + INTERVAL '1 day') = 1"


def _as_moments(template: str, kind_: str = "TIMESTAMP") -> str:
    return template.format(a=f"CAST(:a AS {kind_})", b=f"CAST(:b AS {kind_})")


def _months_between() -> str:
    a, b = "CAST(:a AS TIMESTAMP)", "CAST(:b AS TIMESTAMP)"
    return _MONTHS_BETWEEN.format(
        a=a, b=b, last_a=_IS_LAST.format(a), last_b=_IS_LAST.format(b), months=_MONTHS.format(a=a, b=b)
    )


def _date_add(node: exp.Expr) -> exp.Expr:
    """So many units after a moment; fractions of them are dropped there."""
    unit = _part(node.text("unit") or "day")
    if unit not in _UNITS:
        raise Untranslatable(node, f"DATEADD by {unit} is not translated")
    number = node.expression
    if kind(number) not in GROUPS["whole"]:
        number = exp.Anonymous(this="trunc", expressions=[number.copy()])
    value = node.this if kind(node.this) in ("timestamp", "timestamptz", "time") else _timestamp(node.this)
    return fill(_ADD, {"a": value, "n": number, "unit": exp.Literal.string(_UNITS[unit])})


def _part(word: str) -> str:
    """The part of a moment that a word means."""
    return _ALIASES.get(word.lower(), word.lower())


def _date_diff(node: exp.Expr) -> exp.Expr:
    node.set("unit", exp.var(_part(node.text("unit") or "day").upper()))
    return date_diff_postgres(node)


def _timestamp(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.copy(), "timestamp")


def _date_trunc(node: exp.Expr) -> exp.Expr:
    """Of a date, too, it is a timestamp without a zone."""
    if kind(node.this) in ("timestamptz", "timestamp", "interval"):
        return node
    node.set("this", _timestamp(node.this))
    return node


def _extract(node: exp.Expr) -> exp.Expr:
    """Parts are whole numbers; those of a second are of the second alone."""
    part = _part(node.this.name).upper()
    made = _WHOLE_PART.copy()
    extract = made.find(exp.Extract)
    assert extract is not None, "it is in the template"
    extract.set("this", exp.var(part))
    extract.set("expression", node.expression.copy())
    if part in _MODULO:
        return exp.Mod(this=made, expression=exp.Literal.number(_MODULO[part]))
    return made


def _plus_days(node: exp.Expr) -> exp.Expr:
    """A number beside a timestamp is one of days."""
    kinds = kind(node.this), kind(node.expression)
    stamps, numbers = GROUPS["stamp"], GROUPS["number"]
    if kinds[0] in stamps and kinds[1] in numbers:
        node.set("expression", exp.Paren(this=fill(_DAYS, {"n": node.expression})))
    elif node.key == "add" and kinds[0] in numbers and kinds[1] in stamps:
        node.set("this", exp.Paren(this=fill(_DAYS, {"n": node.this})))
    return node


def _to_char(node: exp.Expr) -> exp.Expr:
    """Text is taken for a moment, unless its pattern is one of numbers."""
    value, *pattern = node.expressions
    if kind(value) == "text" and pattern and pattern[0].is_string and not {"9", "0"} & {*pattern[0].name}:
        node.set("expressions", [_timestamp(value), *pattern])
    return node


_COMPARED: Mapping[str, str] = {
    "DATE_CMP": "DATE",
    **dict.fromkeys(("DATE_CMP_TIMESTAMP", "TIMESTAMP_CMP", "TIMESTAMP_CMP_DATE"), "TIMESTAMP"),
    **dict.fromkeys(("DATE_CMP_TIMESTAMPTZ", "TIMESTAMPTZ_CMP", "TIMESTAMPTZ_CMP_DATE"), "TIMESTAMPTZ"),
    **dict.fromkeys(("TIMESTAMP_CMP_TIMESTAMPTZ", "TIMESTAMPTZ_CMP_TIMESTAMP"), "TIMESTAMPTZ"),
    "INTERVAL_CMP": "INTERVAL",
    **dict.fromkeys(("BPCHARCMP", "BTTEXT_PATTERN_CMP"), "TEXT"),
}

DATES: Rewrites = {
    exp.CurrentTimestamp: _NOW,
    "GETDATE": _NOW,
    exp.TsOrDsAdd: _date_add,
    exp.DateAdd: _date_add,
    exp.TsOrDsDiff: _date_diff,
    exp.DateDiff: _date_diff,
    exp.TimestampTrunc: _date_trunc,
    exp.Extract: _extract,
    exp.Add: _plus_days,
    exp.Sub: _plus_days,
    **dict.fromkeys(("TO_DATE", "TO_TIMESTAMP", "TO_NUMBER"), as_it_stands),
    "TO_CHAR": _to_char,
    "NEXT_DAY": next_day_postgres,
    "LAST_DAY": postgres(
        "CAST(date_trunc('month', CAST(:a AS TIMESTAMP)) + INTERVAL '1 month - 1 day' AS DATE)"
    ),
    "ADD_MONTHS": postgres(
        """CASE WHEN EXTRACT(day FROM CAST(:a AS TIMESTAMP) + INTERVAL '1 day') = 1
             THEN date_trunc('month', CAST(:a AS TIMESTAMP)) + (:b + 1) * INTERVAL '1 month'
                  - INTERVAL '1 day' + (CAST(:a AS TIMESTAMP) - date_trunc('day', CAST(:a AS TIMESTAMP)))
             ELSE CAST(:a AS TIMESTAMP) + :b * INTERVAL '1 month' END"""
    ),
    "MONTHS_BETWEEN": postgres(_months_between()),
    "DATE_PART_YEAR": postgres("CAST(EXTRACT(year FROM CAST(:a AS DATE)) AS INT)"),
    **{name: postgres(_as_moments(_CMP, kind_)) for name, kind_ in _COMPARED.items()},
}
