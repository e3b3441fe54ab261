"""What somebody worked between two moments: the time from one to the other without the break.

timesheet (clock_in, clock_out, break_minutes, hours_worked, overtime_hours)
    break_minutes    half an hour or so, or none
    hours_worked     from clock_in to clock_out, less break_minutes
    overtime_hours   what of these is over eight: `data/equations.txt`
"""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.drawn_apart import say_else_drawn
from dw_simulator.schema.inference.sketch import ColumnSketch, TableSketch
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_BREAKS = frozenset({"break", "pause", "pausa", "lunch"})
_BREAK_UNITS = {"minute": 60, "min": 60, "hour": 3600, "h": 3600}
_OVER = frozenset({"overtime", "extra", "labor", "labour"})
"""Hours that are a part of the time between two moments: a job is open longer than somebody works at it."""
_BY_CONTRACT = frozenset(
    {"weekly", "week", "contract", "contractual", "contracted", "monthly", "yearly", "annual"}
)
"""Hours that are agreed on, however long a contract runs."""
_PRESENT = frozenset({"gross", "presence", "present", "elapsed", "span", "duration", "attendance", "on"})
"""Hours of which the break is a part."""
_SHORT = 3 * 3600
"""Seconds of work in which nobody pauses."""
_LENGTHS: dict[int, tuple[list[Json], list[Json]]] = {
    60: ([30, 45, 60, 0, 15], [50, 20, 18, 6, 6]),
    3600: ([0.5, 0.75, 1, 0, 0.25], [50, 20, 18, 6, 6]),
}


def is_part_of_day(column: ColumnSketch) -> bool:
    """Whether a number of hours or minutes is not the time between two moments of its row."""
    words = {*column.words}
    if words & _BREAKS and words & _BREAK_UNITS.keys():
        return True
    return "hour" in words and bool(words & (_OVER | _BY_CONTRACT))


def is_worked(column: ColumnSketch) -> bool:
    """Whether a number is of hours or days that were worked, in any language."""
    words = {*column.words}
    if "hour" in words and words & {"worked", "work", "working"}:
        return True
    if {"net", "hour"} <= words:
        return break_of(column.table) is not None
    return is_working_days(column)


def is_working_days(column: ColumnSketch) -> bool:
    """Whether a number is of days without the weekends."""
    words = {*column.words}
    return "day" in words and bool(words & {"work", "working", "workday", "business"}) and len(words) <= 3


def working_days(first: str, last: str) -> str:
    """SQL for the working days from one day to another, both counted: five of seven, and one at the least."""
    days = f"(CAST({last} AS DATE) - CAST({first} AS DATE) + 1)"
    return f"CASE WHEN {days} IS NOT NULL THEN GREATEST(round({days} * 5 / 7.0), 1) END"


def break_of(table: TableSketch) -> ColumnSketch | None:
    """How long somebody paused, where the row tells it."""
    for one in table.columns.values():
        words = {*one.words}
        if one.kind in NUMERIC_KINDS and words & _BREAKS and words & _BREAK_UNITS.keys():
            return one
    return None


def say_break(column: ColumnSketch, begin: str, end: str) -> None:
    """Say how long a break is, where nothing else does: none where somebody was there for a few hours."""
    unit = _unit(column)
    if not column.open or column.keyed or column.rule.get("name") in ("expression", "lookup"):
        return
    if unit == 3600 and not column.column.type.scale and column.kind is not Kind.FLOAT:
        return
    values, weights = _LENGTHS[unit]
    rule: dict[str, Json] = {"name": "choice", "values": [*values], "weights": [*weights]}
    nulls: dict[str, Json] = {} if column.required else {"null_fraction": 0}
    column.says(Found("how long a break is", {"rule": rule, **nulls}))
    if begin and end:
        lasted = seconds_between(quoted_name(begin), quoted_name(end))
        say_else_drawn(column, f"WHEN {lasted} < {_SHORT} THEN 0", "how long a break is")


def seconds_between(first: str, last: str) -> str:
    """SQL for the seconds from one moment to another."""
    return f"date_diff('second', CAST({first} AS TIMESTAMP), CAST({last} AS TIMESTAMP))"


def less_break(sql: str, column: ColumnSketch, pause: ColumnSketch | None) -> str:
    """The seconds between two moments, without those of the break where the column is of work."""
    words = {*column.words}
    if pause is None or pause is column or "hour" not in words or words & _PRESENT:
        return sql
    name = quoted_name(pause.name)
    spent = name if pause.required else f"COALESCE({name}, 0)"
    less = f"{sql} - {spent} * {_unit(pause)}"
    return f"(CASE WHEN {less} > 0 THEN {less} WHEN {sql} IS NOT NULL THEN 0 END)"


def _unit(column: ColumnSketch) -> int:
    return next(_BREAK_UNITS[word] for word in column.words if word in _BREAK_UNITS)
