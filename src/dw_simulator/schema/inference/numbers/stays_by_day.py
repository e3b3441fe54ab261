"""Stays and hires that are paid by the day: how many days, what a day costs, and what all of them come to.

stay (admitted_on, discharged_on, nights INT, daily_rate, total)
    nights    from admitted_on to discharged_on; NULL while it goes on, or so far
    total     nights * daily_rate
"""

from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.stage_reading import read_moment, written
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import plain_words
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_BEGINS = ("checkin", "admit", "start", "pick", "arrive", "depart", "register")
_ENDS = ("checkout", "discharge", "return", "end")
_WHOLE_STAY = frozenset({"day", "night", "total", "number", "count", "stay", "quantity"})
"""Words of the days of a stay, where no price for one is told."""


def stays_by_day(sketch: Sketch) -> None:
    """Days of stays follow from their moments, and what is to be paid from these and the rate."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        if not table.hidden and table.table.rows is None:
            _say(table)


@cache
def _listed(which: str) -> frozenset[str]:
    lines = (line.partition("|") for line in lines_of("stays.txt"))
    return frozenset(word for name, _, words in lines if name.strip() == which for word in words.split())


def _words(column: ColumnSketch) -> frozenset[str]:
    return frozenset({*column.words, *plain_words(column.name)}) - {*column.table.noun}


def days_of_stay(table: TableSketch, begin: ColumnSketch, end: ColumnSketch) -> None:
    """The same of a fact whose days are keys. begin, end: hidden columns with these days."""
    _say(table, begin, end)


def _say(table: TableSketch, begin: ColumnSketch | None = None, end: ColumnSketch | None = None) -> None:
    numbers = [
        one for one in table.columns.values() if one.kind in NUMERIC_KINDS and not (one.hidden or one.keyed)
    ]
    by_day = [one for one in numbers if _words(one) & _listed("day") and one.open]
    rate = next((one for one in by_day if _is_rate(one)), None)
    days = next((one for one in by_day if _counts(one) and one is not rate), None)
    if rate is None and begin is None:
        _say_days(table, by_day)
        return
    begin, end = begin or _moment(table, _BEGINS), end or _moment(table, _ENDS)
    if begin is None or end is None or begin is end:
        return
    first, last = f"CAST({quoted_name(begin.name)} AS DATE)", f"CAST({quoted_name(end.name)} AS DATE)"
    until = f"COALESCE({last}, CAST(as_of() AS DATE))"
    count = f"GREATEST(date_diff('day', {first}, {{0}}), 1)"
    told = f"{begin.name} to {end.name}"
    if days is not None and days.required:
        count = count.replace("{0}", until)
    else:
        count = f"CASE WHEN {last} IS NOT NULL THEN {count.replace('{0}', last)} END"
    if days is not None and (
        may_be_said(days) or "date_diff" in str(days.rule) or "AS DATE) -" in str(days.rule)
    ):
        _tell(days, count, f"the days from {told}")
        count = quoted_name(days.name)
    total = next((one for one in numbers if _is_total(one) and one not in (rate, days)), None)
    if rate is None or total is None or not may_be_said(total):
        return
    beside = {"discount", "tax", "vat", "fee", "extra"}
    beside -= {"discount", "fee"} if "gross" in _words(total) and end.hidden else set()
    if any(_words(one) & beside and one is not rate for one in numbers):
        return
    sure = total.required and (days is None or not days.required)
    if sure and not end.required:
        count = f"COALESCE({count}, GREATEST(date_diff('day', {first}, {until}), 1))"
    _tell(total, f"{count} * {quoted_name(rate.name)}", f"{rate.name} for the days from {told}")


def _say_days(table: TableSketch, by_day: list[ColumnSketch]) -> None:
    """The days of a stay, where nothing is told of what a day costs."""
    days = next((one for one in by_day if _counts(one) and {*one.words} <= _WHOLE_STAY), None)
    if days is None:
        return
    begin, end = _moment(table, _BEGINS), _moment(table, _ENDS)
    if begin is not None and end is None and begin is _moment(table, ("arrive",)):
        end = _moment(table, ("depart",))
    if begin is None or end is None or begin is end:
        return
    if begin.kind is end.kind and (end.required or not days.required):
        first, last = (f"CAST({quoted_name(one.name)} AS DATE)" for one in (begin, end))
        count = f"date_diff('day', {first}, {last})"
        if begin.kind is Kind.TIMESTAMP:  # what goes out by the hour is paid for a day at the least
            count = f"GREATEST({count}, 1)"
        _tell(days, count, f"the days from {begin.name} to {end.name}")


def _is_rate(column: ColumnSketch) -> bool:
    words = _words(column)
    counted = words & {"quantity", "count", "number"}
    fits = column.kind is not Kind.INTEGER or bool(words & {"rate", "price"})
    apart = words & (_listed("apart") - {"per", "net", "base", "average", "avg"})
    return bool(words & _listed("money")) and fits and not counted and not apart


def _counts(column: ColumnSketch) -> bool:
    words = _words(column)
    whole = column.kind is Kind.INTEGER or (column.kind is Kind.DECIMAL and not column.column.type.scale)
    return whole and not words & (_listed("money") - {"amount"}) and not words & _listed("apart")


def _is_total(column: ColumnSketch) -> bool:
    words = _words(column)
    return bool(words & _listed("total")) and not words & (_listed("day") | _listed("apart"))


def _moment(table: TableSketch, stages: tuple[str, ...]) -> ColumnSketch | None:
    """The moment of the first of these stages that there is; a planned one where that is all there is."""
    came: dict[str, ColumnSketch] = {}
    planned: dict[str, ColumnSketch] = {}
    things = (*table.noun, *written(table.name))
    moments = [
        one for one in table.columns.values() if one.kind in (Kind.DATE, Kind.TIMESTAMP) and not one.hidden
    ]
    beside = frozenset(read_moment(one.name, things).stage for one in moments)
    for column in moments:
        reading = read_moment(column.name, things, beside)
        if not (reading.owner or reading.ordinal):
            (planned if reading.planned else came).setdefault(reading.stage, column)
    ends = {*_BEGINS, *_ENDS}
    found = came if ends & came.keys() else planned
    return next((found[stage] for stage in stages if stage in found), None)


def _tell(column: ColumnSketch, sql: str, told: str) -> None:
    rule: JsonObject = expression(sql)
    nulls: JsonObject = {} if column.required else {"null_fraction": 0}
    column.unless = ""
    column.says(Found("", {"rule": rule, **nulls}, f"{column.name} looks like {told}"))
