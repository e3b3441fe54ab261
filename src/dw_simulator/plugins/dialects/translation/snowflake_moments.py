"""Moments of Snowflake: how text and numbers become them, their parts, and what is added to them."""

import re
from collections.abc import Mapping

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.date_formats import snowflake_strptime
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    counted,
    duckdb,
    fill,
    parsed,
    template,
)
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_types import kind_of

# --- units, by all of their names

_NAMES = {
    "year": "y yy yyy yyyy yr years yrs",
    "quarter": "q qtr qtrs quarters",
    "month": "mm mon mons months",
    "week": "w wk weekofyear woy wy weeks",
    "day": "d dd days dayofmonth",
    "hour": "h hh hr hours hrs",
    "minute": "m mi min minutes mins",
    "second": "s sec seconds secs",
    "millisecond": "ms msec milliseconds",
    "microsecond": "us usec microseconds",
    "nanosecond": "ns nsec nanosec nsecond nanoseconds nanosecs nseconds",
    "dayofweek": "weekday dow dw",
    "dayofweekiso": "dayofweek_iso weekday_iso dow_iso dw_iso",
    "dayofyear": "yearday doy dy",
    "weekiso": "week_iso weekofyeariso weekofyear_iso",
    "yearofweek": "",
    "yearofweekiso": "",
    "epoch_second": "epoch epoch_seconds",
    "epoch_millisecond": "epoch_milliseconds",
    "epoch_microsecond": "epoch_microseconds",
    "epoch_nanosecond": "epoch_nanoseconds",
    "timezone_hour": "tzh",
    "timezone_minute": "tzm",
}
UNITS: Mapping[str, str] = {name: unit for unit, names in _NAMES.items() for name in (unit, *names.split())}
_DATES = frozenset(("year", "quarter", "month", "week", "day"))
"""Units that leave a date a date."""


def unit_of(node: exp.Expr) -> str:
    """The unit that is meant by a word or a text."""
    unit = UNITS.get(node.name.lower())
    if unit is None or node.key not in ("literal", "var"):
        raise Untranslatable(node, f"{node.name!r} is no part of a date; write year, month, day, hour, ...")
    return unit


# --- from text and numbers

_ISO = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TEXT = "trim(CAST(:a AS VARCHAR))"
_FORMS = ", ".join(
    f"'{day}{time}'"
    for day in ("%m/%d/%Y", "%d-%b-%Y", "%Y-%m-%d")
    for time in ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", " %I:%M:%S %p", "T%H")
)
_DIGITS = f"TRY_CAST({_TEXT} AS HUGEINT)"
_EPOCH = f"""CASE WHEN regexp_full_match({_TEXT}, '-?\\d+') THEN make_timestamp(CAST(
    CASE WHEN {_DIGITS} < 31536000000 THEN {_DIGITS} * 1000000
         WHEN {_DIGITS} < 31536000000000 THEN {_DIGITS} * 1000
         WHEN {_DIGITS} < 31536000000000000 THEN {_DIGITS} ELSE {_DIGITS} / 1000 END AS BIGINT)) END"""
_WALL = f"regexp_replace({_TEXT}, '(:\\d\\d(\\.\\d+)?)\\s*(Z|[+-]\\d\\d(:?\\d\\d)?)$', '\\1')"
_LOOSE = f"""coalesce({_EPOCH}, TRY_CAST({_WALL} AS TIMESTAMP), try_strptime({_TEXT}, [{_FORMS}]),
    {{cast}}({_TEXT} AS TIMESTAMP))"""
_ZONED = f"""{{cast}}(CASE WHEN regexp_full_match({_TEXT}, '-?\\d+') THEN CAST({_EPOCH} AS VARCHAR)
    ELSE regexp_replace({_TEXT}, '(:\\d\\d(\\.\\d+)?)\\s+([+-]\\d\\d)', '\\1\\3') END AS TIMESTAMPTZ)"""
_TIME = f"""CASE WHEN regexp_full_match({_TEXT}, '-?\\d+') THEN CAST({_EPOCH} AS TIME)
    ELSE coalesce(TRY_CAST({_TEXT} AS TIME), CAST(TRY_CAST({_TEXT} AS TIMESTAMP) AS TIME),
        CAST(try_strptime({_TEXT}, ['%I:%M:%S %p', '%I:%M %p', '%H:%M']) AS TIME),
        {{cast}}({_TEXT} AS TIME)) END"""
_READ = {"timestamp": _LOOSE, "date": f"CAST({_LOOSE} AS DATE)", "timestamptz": _ZONED, "time": _TIME}
_READERS = {
    (kind, safe): sql.format(cast="TRY_CAST" if safe else "CAST")
    for kind, sql in _READ.items()
    for safe in (False, True)
}
_SECONDS = "make_timestamp(CAST(CAST(:a AS DECIMAL(28, 6)) * 1000000 AS BIGINT))"
_NUMBERS = ("smallint", "int", "bigint", "decimal", "real", "double")


def moment_of_text(text: exp.Expr, kind: str, *, safe: bool = False) -> exp.Expr:
    """Text as a moment of a kind, in whatever way it is written; digits are seconds since 1970, or parts.

    safe  whether what is none is NULL
    """
    known = _ISO_DATE if kind == "date" else _ISO
    if text.is_string and known.fullmatch(text.name) and kind in ("date", "timestamp"):
        return _cast(text, kind, safe=safe)
    return fill(template(_READERS[kind, safe]), {"a": text})


def _cast(node: exp.Expr, kind: str, *, safe: bool = False) -> exp.Expr:
    to = exp.DataType.build(kind, dialect="duckdb")
    made = exp.TryCast(this=node.copy(), to=to) if safe else exp.Cast(this=node.copy(), to=to)
    made._type = to
    return made


def moment_of(value: exp.Expr, kind: str, *, safe: bool = False) -> exp.Expr:
    """A value as a moment of a kind, by its type."""
    given = kind_of(value.type)
    if given in _NUMBERS:
        return _cast(fill(template(_SECONDS), {"a": value}), kind)
    if given in ("", "text"):
        return moment_of_text(value, kind, safe=safe)
    return _cast(value, kind, safe=safe)


_SCALES = {"0": "1000000", "3": "1000", "6": "1", "9": "0.001"}


def reading(kind: str, read: Mapping[str, str]) -> Rewrite:
    """TO_DATE and the like: of a number with a scale, or of text with a pattern.

    read  templates for text with a pattern, over :a and :b: "strict" and "safe"
    """

    def rewrite(node: exp.Expr) -> exp.Expr:
        safe = node.name.upper().startswith("TRY_")
        value, *more = counted(node, 1, 2)
        if not more or more[0].name.upper() == "AUTO":
            return moment_of(value, kind, safe=safe)
        if not more[0].is_string:
            return _scaled(node, value, more[0], kind)
        pattern = exp.Literal.string(snowflake_strptime(more[0]))
        return _cast(fill(template(read["safe" if safe else "strict"]), {"a": value, "b": pattern}), kind)

    return rewrite


def _scaled(node: exp.Expr, value: exp.Expr, scale: exp.Expr, kind: str) -> exp.Expr:
    if scale.name not in _SCALES:
        raise Untranslatable(
            node, f"{node.name}() is translated where its pattern is a text, or a scale 0, 3, 6, 9"
        )
    number = parsed(
        f"make_timestamp(CAST(CAST(:a AS DECIMAL(38, 6)) * {_SCALES[scale.name]} AS BIGINT))", "duckdb"
    )
    return _cast(fill(number, {"a": value}), kind)


_STRPTIME = {
    "strict": "strptime(CAST(:a AS VARCHAR), :b)",
    "safe": "try_strptime(CAST(:a AS VARCHAR), :b)",
}

# --- parts

_PARTS = {
    **{
        unit: f"EXTRACT({unit} FROM :a)"
        for unit in ("year", "quarter", "month", "week", "day", "hour", "minute")
    },
    "second": "EXTRACT(second FROM :a)",
    "millisecond": "EXTRACT(millisecond FROM :a) % 1000",
    "microsecond": "EXTRACT(microsecond FROM :a) % 1000000",
    "nanosecond": "(EXTRACT(microsecond FROM :a) % 1000000) * 1000",
    "dayofweek": "EXTRACT(dow FROM :a)",
    "dayofweekiso": "EXTRACT(isodow FROM :a)",
    "dayofyear": "EXTRACT(doy FROM :a)",
    "weekiso": "EXTRACT(week FROM :a)",
    "yearofweek": "EXTRACT(isoyear FROM :a)",
    "yearofweekiso": "EXTRACT(isoyear FROM :a)",
    "epoch_second": "CAST(floor(EXTRACT(epoch FROM :a)) AS BIGINT)",
    "epoch_millisecond": "CAST(floor(epoch_us(:a) / 1000) AS BIGINT)",
    "epoch_microsecond": "epoch_us(:a)",
    "epoch_nanosecond": "epoch_ns(:a)",
    "timezone_hour": "0 * EXTRACT(hour FROM :a)",
    "timezone_minute": "0 * EXTRACT(hour FROM :a)",
}


def _part(unit: str, value: exp.Expr) -> exp.Expr:
    moment = _as_moment(value)
    if kind_of(value.type) == "timestamptz":  # the wall clock of UTC
        moment = _cast(value, "timestamp")
    return fill(template(_PARTS[unit]), {"a": moment})


def _as_moment(value: exp.Expr) -> exp.Expr:
    """Text is taken for a moment; what is not known stays."""
    return moment_of_text(value, "timestamp") if kind_of(value.type) == "text" else value


def _date_part(node: exp.Expr) -> exp.Expr:
    """DATE_PART(unit, moment)."""
    unit, value = counted(node, 2, 2)
    return _part(unit_of(unit), value)


def _extract(node: exp.Expr) -> exp.Expr:
    return _part(unit_of(node.this), node.expression)


def _own_part(unit: str) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        (value,) = counted(node, 1, 1)
        return _part(unit, value)

    return rewrite


_OWN = {
    "YEAR": "year", "QUARTER": "quarter", "MONTH": "month", "WEEK": "week", "WEEKOFYEAR": "week",
    "DAY": "day", "DAYOFMONTH": "day", "HOUR": "hour", "MINUTE": "minute", "SECOND": "second",
    "DAYOFWEEK": "dayofweek", "DAYOFWEEKISO": "dayofweekiso", "DAYOFWEEK_ISO": "dayofweekiso",
    "DAYOFYEAR": "dayofyear", "WEEKISO": "weekiso", "WEEK_ISO": "weekiso", "YEAROFWEEK": "yearofweek",
    "YEAROFWEEKISO": "yearofweekiso",
}  # fmt: skip

# --- what is added

_INTERVALS = {
    "year": "to_years(CAST(:n AS INTEGER))",
    "quarter": "to_months(CAST(:n AS INTEGER) * 3)",
    "month": "to_months(CAST(:n AS INTEGER))",
    "week": "to_days(CAST(:n AS INTEGER) * 7)",
    "day": "to_days(CAST(:n AS INTEGER))",
    "hour": "to_hours(CAST(:n AS BIGINT))",
    "minute": "to_minutes(CAST(:n AS BIGINT))",
    "second": "to_seconds(CAST(:n AS BIGINT))",
    "millisecond": "to_milliseconds(CAST(:n AS BIGINT))",
    "microsecond": "to_microseconds(CAST(:n AS BIGINT))",
    "nanosecond": "to_microseconds(CAST(:n AS BIGINT) // 1000)",
}
_ADDED = {unit: f":a + {interval}" for unit, interval in _INTERVALS.items()}


def _date_add(node: exp.Expr) -> exp.Expr:
    """DATEADD(unit, number, moment)."""
    named, number, value = counted(node, 3, 3)
    unit = unit_of(named)
    if unit not in _ADDED:
        raise Untranslatable(
            named, f"{node.name}() adds no {named.name}; use year, month, week, day, hour, ..."
        )
    made = fill(template(_ADDED[unit]), {"a": _as_moment(value), "n": number})
    return _cast(made, "date") if kind_of(value.type) == "date" and unit in _DATES else made


def _date_diff(node: exp.Expr) -> exp.Expr:
    """DATEDIFF(unit, earlier, later): how many boundaries lie between."""
    named, earlier, later = counted(node, 3, 3)
    unit = unit_of(named)
    if unit not in _ADDED:
        raise Untranslatable(
            named, f"{node.name}() counts no {named.name}; use year, month, week, day, hour, ..."
        )
    kinds = [kind_of(one.type) for one in (earlier, later)]
    parts = [
        one if kind == "time" else _cast(_as_moment(one), "timestamp")
        for one, kind in zip((earlier, later), kinds, strict=True)
    ]
    counted_unit, factor = ("microsecond", " * 1000") if unit == "nanosecond" else (unit, "")
    week = ("date_trunc('week', :a)", "date_trunc('week', :b)") if unit == "week" else (":a", ":b")
    found = template(f"date_diff('{counted_unit}', {week[0]}, {week[1]}){factor}")
    return fill(found, {"a": parts[0], "b": parts[1]})


def _trunc(unit: str, value: exp.Expr) -> exp.Expr:
    if kind_of(value.type) == "time":
        made = parsed(f"CAST(date_trunc('{unit}', DATE '2000-01-01' + :a) AS TIME)", "duckdb")
        return fill(made, {"a": value})
    made = fill(template(f"date_trunc('{unit}', :a)"), {"a": _as_moment(value)})
    return _cast(made, "date") if kind_of(value.type) == "date" else made


def _date_trunc(node: exp.Expr) -> exp.Expr:
    """DATE_TRUNC(unit, moment), or the other way round."""
    one, other = counted(node, 2, 2)
    if (
        one.key == "var"
        or (one.is_string and one.name.lower() in UNITS)
        or other.key not in ("var", "literal")
    ):
        return _trunc(_plain(unit_of(one)), other)
    return _trunc(_plain(unit_of(other)), one)


def _plain(unit: str) -> str:
    return "microsecond" if unit == "nanosecond" else unit


_LAST = {
    unit: f"CAST(date_trunc('{unit}', :a) + INTERVAL '{step}' - INTERVAL '1 day' AS DATE)"
    for unit, step in {"year": "1 year", "quarter": "3 months", "month": "1 month", "week": "7 days"}.items()
}
_LAST["day"] = "CAST(:a AS DATE)"


def _last_day(node: exp.Expr) -> exp.Expr:
    """LAST_DAY(moment, unit)."""
    value, *named = counted(node, 1, 2)
    unit = unit_of(named[0]) if named else "month"
    if unit not in _LAST:
        raise Untranslatable(node, "LAST_DAY() is of a year, quarter, month or week")
    return fill(template(_LAST[unit]), {"a": _as_moment(value)})


_WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")


def _day_beside(sql: str) -> Rewrite:
    """NEXT_DAY and PREVIOUS_DAY."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        value, day = counted(node, 2, 2)
        short = day.name.strip()[:2].lower()
        if not day.is_string or short not in _WEEKDAYS:
            raise Untranslatable(day, f"{node.name}() is translated where the day is a text like 'mo'")
        number = exp.Literal.number(_WEEKDAYS.index(short) + 1)
        return fill(template(sql), {"a": _cast(_as_moment(value), "date"), "n": number})

    return rewrite


_SLICES = {"week": "TIMESTAMP '1969-12-29'"}


def _time_slice(node: exp.Expr) -> exp.Expr:
    """TIME_SLICE(moment, length, unit, START or END)."""
    value, length, named, *end = counted(node, 3, 4)
    unit = unit_of(named)
    origin = _SLICES.get(unit, "TIMESTAMP '1970-01-01'")
    after = f" + {_INTERVALS[unit]}" if end and end[0].name.upper() == "END" else ""
    sql = f"time_bucket({_INTERVALS[unit]}, CAST(:a AS TIMESTAMP), {origin}){after}"
    made = fill(template(sql), {"a": _as_moment(value), "n": length})
    return _cast(made, "date") if kind_of(value.type) == "date" else made


_DAY = "CAST(CAST(:{} AS TIMESTAMP) AS DATE)"
_MONTHS = """(date_part('year', :a) - date_part('year', :b)) * 12
    + date_part('month', :a) - date_part('month', :b)"""
_OF_DAY = "(epoch(CAST(:{0} AS TIMESTAMP)) - epoch(CAST(CAST(:{0} AS DATE) AS TIMESTAMP)))"
_MONTHS_BETWEEN = f"""CASE WHEN date_part('day', :a) = date_part('day', :b)
          OR (CAST(:a AS DATE) = last_day(:a) AND CAST(:b AS DATE) = last_day(:b))
        THEN CAST({_MONTHS} AS DECIMAL(38, 6))
        ELSE CAST(round({_MONTHS} + (date_part('day', :a) - date_part('day', :b)
             + ({_OF_DAY.format("a")} - {_OF_DAY.format("b")}) / 86400.0) / 31.0, 6)
             AS DECIMAL(38, 6)) END"""


def _months_between(node: exp.Expr) -> exp.Expr:
    later, earlier = counted(node, 2, 2)
    return fill(template(_MONTHS_BETWEEN), {"a": _as_moment(later), "b": _as_moment(earlier)})


_ADD_MONTHS = """CASE WHEN CAST(:a AS DATE) = last_day(:a)
         THEN last_day(CAST(:a + to_months(CAST(:b AS INTEGER)) AS DATE)) + (:a - date_trunc('day', :a))
         ELSE :a + to_months(CAST(:b AS INTEGER)) END"""


def _add_months(node: exp.Expr) -> exp.Expr:
    value, number = counted(node, 2, 2)
    made = fill(template(_ADD_MONTHS), {"a": _as_moment(value), "b": number})
    return _cast(made, "date") if kind_of(value.type) in ("date",) else made


# --- from parts

_DATE = """make_date(CAST(:a AS INTEGER), 1, 1) + to_months(CAST(:b AS INTEGER) - 1)
    + to_days(CAST(:c AS INTEGER) - 1)"""
_CLOCK = "to_hours(CAST(:{} AS BIGINT)) + to_minutes(CAST(:{} AS BIGINT)) + to_seconds(CAST(:{} AS BIGINT))"
_TIMESTAMP = f"{_DATE} + {_CLOCK.format('d', 'e', 'f')}"
_FROM_PARTS = duckdb(
    "CAST(:a AS DATE) + CAST(:b AS TIME)",
    _TIMESTAMP,
    f"{_TIMESTAMP} + to_microseconds(CAST(:g AS BIGINT) // 1000)",
)
_TIME_PARTS = f"TIME '00:00:00' + ({_CLOCK.format('a', 'b', 'c')})"


def _convert(node: exp.Expr) -> exp.Expr:
    """CONVERT_TIMEZONE(from, to, wall clock), or of an instant."""
    *zones, value = counted(node, 2, 3)
    if kind_of(value.type) == "text":
        value = moment_of_text(value, "timestamptz" if len(zones) == 1 else "timestamp")
    if len(zones) == 1:
        found = template("CAST(:v AS TIMESTAMPTZ) AT TIME ZONE :t")
        return fill(found, {"v": value, "t": zones[0]})
    found = template("CAST(:v AS TIMESTAMP) AT TIME ZONE :f AT TIME ZONE :t")
    return fill(found, {"v": value, "f": zones[0], "t": zones[1]})


def _named(letters: str) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        (value,) = counted(node, 1, 1)
        return fill(template(f"strftime(:a, '{letters}')"), {"a": _as_moment(value)})

    return rewrite


def _of(kind: str, *names: str) -> Rewrites:
    found = reading(kind, _STRPTIME)
    return {prefix + name: found for name in names for prefix in ("", "TRY_")}


def _time(node: exp.Expr) -> exp.Expr:
    """TIME(text, pattern)."""
    parts = [part.copy() for part in (node.this, node.args.get("zone")) if part is not None]
    made = exp.Anonymous(this="TO_TIME", expressions=parts)
    return MOMENTS["TO_TIME"](made)


MOMENTS: Rewrites = {
    **_of("date", "TO_DATE"),
    "DATE": reading("date", _STRPTIME),
    **_of("timestamp", "TO_TIMESTAMP", "TO_TIMESTAMP_NTZ"),
    **_of("timestamptz", "TO_TIMESTAMP_TZ", "TO_TIMESTAMP_LTZ"),
    **_of("time", "TO_TIME"),
    exp.Time: _time,
    **{name: _own_part(unit) for name, unit in _OWN.items()},
    "DATE_PART": _date_part,
    exp.Extract: _extract,
    **dict.fromkeys(("DATEADD", "TIMEADD", "TIMESTAMPADD"), _date_add),
    **dict.fromkeys(("DATEDIFF", "TIMEDIFF", "TIMESTAMPDIFF"), _date_diff),
    "DATE_TRUNC": _date_trunc,
    "LAST_DAY": _last_day,
    "NEXT_DAY": _day_beside(":a + CAST(1 + (:n + 6 - isodow(:a)) % 7 AS INTEGER)"),
    "PREVIOUS_DAY": _day_beside(":a - CAST(1 + (isodow(:a) + 6 - :n) % 7 AS INTEGER)"),
    "DAYNAME": _named("%a"),
    "MONTHNAME": _named("%b"),
    "TIME_SLICE": _time_slice,
    "MONTHS_BETWEEN": _months_between,
    "ADD_MONTHS": _add_months,
    **dict.fromkeys(("DATE_FROM_PARTS", "DATEFROMPARTS"), duckdb(f"CAST({_DATE} AS DATE)")),
    **dict.fromkeys(
        ("TIME_FROM_PARTS", "TIMEFROMPARTS"),
        duckdb(_TIME_PARTS, f"{_TIME_PARTS} + to_microseconds(CAST(:d AS BIGINT) // 1000)"),
    ),
    **{
        f"TIMESTAMP{zone}{name}": _FROM_PARTS
        for zone in ("", "_NTZ", "_LTZ", "_TZ")
        for name in ("_FROM_PARTS", "FROMPARTS")
    },
    "CONVERT_TIMEZONE": _convert,
}
"""What moments are asked."""
