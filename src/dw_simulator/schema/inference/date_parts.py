"""Tables of days: what the parts of a date are called follows from the date beside them."""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found, OpenColumn
from dw_simulator.schema.inference.tokens import noun
from dw_simulator.schema.model import Column, Table
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_TABLES = frozenset({"date", "day", "calendar", "calender", "time"})
_WHOLE = NUMERIC_KINDS - {Kind.FLOAT}

# the words of a name, in any order -> what it is of a date, in DuckDB's SQL: as a number, as text
_PARTS: tuple[tuple[str, str, str], ...] = (
    ("year", "year({})", "strftime({}, '%Y')"),
    ("calendar year", "year({})", "strftime({}, '%Y')"),
    ("cal year", "year({})", "strftime({}, '%Y')"),
    ("quarter", "quarter({})", "'Q' || quarter({})"),
    ("number quarter", "quarter({})", "'Q' || quarter({})"),
    ("month", "month({})", "upper(strftime({}, '%b'))"),
    ("month name", "", "strftime({}, '%B')"),
    ("month number", "month({})", "strftime({}, '%m')"),
    ("month year", "month({})", "strftime({}, '%m')"),
    ("week", "weekofyear({})", "strftime({}, '%V')"),
    ("week number", "weekofyear({})", "strftime({}, '%V')"),
    ("week year", "weekofyear({})", "strftime({}, '%V')"),
    ("day", "day({})", "upper(strftime({}, '%a'))"),
    ("weekday", "isodow({})", "upper(strftime({}, '%a'))"),
    ("day name", "", "strftime({}, '%A')"),
    ("weekday name", "", "strftime({}, '%A')"),
    ("day week", "isodow({})", "strftime({}, '%A')"),
    ("day month", "day({})", "strftime({}, '%d')"),
    ("day number", "day({})", "strftime({}, '%d')"),
    ("day year", "dayofyear({})", "strftime({}, '%j')"),
)
# a month with its year, where the year comes first; a month of the year has no year
_YEAR_MONTH = ("year({0}) * 100 + month({0})", "strftime({0}, '%Y-%m')")
_WEEKEND = "isodow({}) >= 6"
_LONGEST = {"'%Y-%m'": 7, "'%B'": 9, "'%A'": 9, "'%Y'": 4, "'%b'": 3, "'%a'": 3, "'%j'": 3}
_SHORTEST = 2


def parts(table: Table, columns: list[OpenColumn]) -> dict[str, Found]:
    """The columns of a table of days that hold a part of its one date."""
    dates = [column for column in table.columns if column.type.kind is Kind.DATE]
    if len(dates) != 1 or not set(noun(table.name)) & _TABLES:
        return {}
    date, known = dates[0], {tuple(sorted(name.split())): rest for name, *rest in _PARTS}
    found = {}
    for one in columns:
        number, text = known.get(tuple(sorted(one.words)), ("", ""))
        if tuple(one.words) == ("year", "month"):
            number, text = _YEAR_MONTH
        sql = number if one.column.type.kind in _WHOLE else text if _has_room(one.column, text) else ""
        if one.column.type.kind is Kind.BOOLEAN and "weekend" in one.words:
            sql = _WEEKEND
        if sql and not one.keyed and (date.required or not one.column.required):
            rule: Mapping[str, str] = {
                "name": "expression",
                "sql": sql.format(quoted_name(date.name)),
                "dialect": "duckdb",
            }
            found[one.column.name] = Found(f"a part of {date.name}", {"rule": rule})
    return found


def _has_room(column: Column, sql: str) -> bool:
    longest = next((length for form, length in _LONGEST.items() if form in sql), _SHORTEST)
    return column.type.kind is Kind.TEXT and column.type.length >= longest
