"""Tables of days, as star schemas have them: every day once, in order, up to the present, with its parts.

    dim_date (date_sk INT PRIMARY KEY, full_date DATE, month_name VARCHAR(9), is_weekend BOOLEAN)
        date_sk      date_key, last: as_of         20250101, 20250102, ...
        full_date    date_key, last: as_of         2025-01-01, ...
        month_name   date_part of full_date

Where no column is a DATE, a hidden one says which day a row is.
"""

from datetime import date

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.guesses import LAST_YEARS, YEARS_BACK
from dw_simulator.schema.inference.shape.calendar_names import calendar_reading, calendar_words
from dw_simulator.schema.inference.shape.day_parts import PartOfDay, part_called
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.json_data import Json
from dw_simulator.types import Kind

_NOUNS = frozenset({"date", "day", "calendar", "calender", "time", "tiempo", "tempo", "temp", "zeit", "tijd"})
_PLAIN = frozenset(
    {"dimension", "master", "dwh", "dw", "lu", "lookup", "ref", "reference", "full", "all", "of", "the"}
)
_WHOLE_DATES = frozenset(
    {
        ("date",), ("day",), ("full", "date"), ("calendar", "date"), ("date", "value"), ("date", "actual"),
        ("day", "date"), ("date", "day"), ("calendar", "day"), ("actual", "date"), ("sql", "date"),
        ("iso", "date"),
        ("complete", "date"), ("date", "date"), ("dim", "date"), ("business", "date"), ("date", "full"),
        ("date", "key"), ("date", "id"), ("date", "sk"), ("datum",), ("dt",),
    }
)  # fmt: skip
_KEYS = frozenset({"key", "sk", "id", "int", "integer", "number", "wk", "skey", "pk"})
_FEWEST_PARTS = 2
_EARLIEST_KEY = 99_991_231


def day_tables(sketch: Sketch) -> None:
    """Tables of days have every day once, up to the present, and all that they say of it agrees."""
    if not sketch.has("date_key", "date_part", "expression"):
        return
    for table in sketch.tables.values():
        if _is_of_days(table):
            _fill(sketch, table)


def day_of(table: TableSketch) -> ColumnSketch | None:
    """The column of a table of days that holds the day, as a DATE; None for any other table."""
    for column in table.columns.values():
        if column.kind is Kind.DATE and column.rule.get("name") == "date_key":
            return column
    return None


def _is_of_days(table: TableSketch) -> bool:
    """Whether a row is a day: by the table's noun and a part, or by a day with most of its parts."""
    if table.table.rows is not None or any(
        not link.to_itself for link in table.links if not _is_up(link.name)
    ):
        return False
    parts = [
        one
        for one in table.columns.values()
        if one.open and not one.keyed and _part(one) and _part(one) != "year"
    ]
    years = [one for one in table.columns.values() if one.open and _part(one) == "year"]
    if not (_key(table) or _date(table)):
        return False
    others = [one for one in table.columns.values() if not one.keyed]
    noun = {*calendar_words(table.noun)}
    if noun & _NOUNS and noun <= _NOUNS | _PLAIN:
        return bool(parts) and 2 * (len(parts) + len(years)) >= len(others) - 2
    return len(parts) >= _FEWEST_PARTS and bool(years) and 2 * (len(parts) + len(years)) >= len(others)


def _is_up(name: str) -> bool:
    """Whether a reference leads to a month, a quarter, ...: a table of days may be a snowflake."""
    return bool(
        {*calendar_reading(name)}
        & {"month", "quarter", "year", "week", "period", "fiscal", "holiday", "season"}
    )


def _part(column: ColumnSketch) -> str:
    words = calendar_reading(column.name)
    return part_called(words) or ("day" if words == ("day",) and column.kind is not Kind.DATE else "")


def _date(table: TableSketch) -> ColumnSketch | None:
    """The DATE that says which day a row is: the key, or what is called so, or the only one."""
    dates = [one for one in table.columns.values() if one.open and one.required and one.kind is Kind.DATE]
    named = [one for one in dates if calendar_reading(one.name) in _WHOLE_DATES]
    plain = [one for one in dates if not _part(one)]
    return next(iter([*(one for one in dates if one.keyed), *named, *plain]), None)


def _key(table: TableSketch) -> ColumnSketch | None:
    """The key of one column, where it may count or hold days."""
    for key in table.table.keys:
        column = table.columns[key[0]]
        if (
            len(key) == 1
            and column.open
            and (_holds_numbers(column) or column.kind in (Kind.TEXT, Kind.DATE))
        ):
            return column
    return None


def _holds_numbers(column: ColumnSketch) -> bool:
    type_ = column.column.type
    whole = type_.kind in (Kind.INTEGER, Kind.DECIMAL) and not type_.scale and type_.bits <= 64
    return whole and type_.limits[1] >= _EARLIEST_KEY


def _fill(sketch: Sketch, table: TableSketch) -> None:
    every = Found(
        "each day", {"rule": {"name": "date_key", "last": "as_of"}}, "each row is a day, up to the present"
    )
    day = _date(table)
    if day is None:
        day = table.add_hidden("day", "DATE", every)
    day.says(every)
    for column in list(table.columns.values()):
        if column is day or not column.open:
            continue
        if column.keyed:
            _say_key(table, column, every)
            continue
        rule = _numbered(column, day) or PartOfDay(column.column, day.name, table.language).rule()
        if rule is not None:
            more = {} if column.required or column.fields.get("null_when") else {"null_fraction": 0}
            if rule.get("name") == "expression" and _part(column) == "holiday name":
                more = {}
            reason = f"{column.name} looks like a part of {day.name}, the day of the row"
            column.says(Found(f"a part of {day.name}", {"rule": dict(rule), **more}, reason))
    few = table.table.target_rows is None
    table.says("a row is a day", {"target_rows": _usual_days(sketch.experiment.as_of)} if few else {})


def _say_key(table: TableSketch, column: ColumnSketch, every: Found) -> None:
    """A key that is alone holds the day where it is called so; otherwise it counts."""
    alone = (column.name,) in table.table.keys
    words = {*calendar_reading(column.name)}
    if not alone or not words & {"date", "day", "yyyymmdd", "datekey", "dateid"}:
        return
    text = column.kind is Kind.TEXT and column.column.type.length >= 8
    if text or _holds_numbers(column) or column.kind is Kind.DATE:
        column.says(every)


def _numbered(column: ColumnSketch, day: ColumnSketch) -> dict[str, Json] | None:
    """A second number such as 20240229."""
    words = calendar_reading(column.name)
    if "date" in words and {*words} & _KEYS and _holds_numbers(column) and len(words) <= 2:
        return {"name": "date_part", "of": day.name, "part": "yyyymmdd"}
    return None


def _usual_days(present: date | None) -> int:
    """So many that they begin with a year."""
    end = present or date.fromisoformat(str(LAST_YEARS["date_end"]))
    return (date(end.year, end.month, end.day) - date(end.year - YEARS_BACK, 1, 1)).days + 1
