"""What people come to begins by the clock: a show on the half hour, an appointment on the quarter.

shows (starts_at)        hidden starts_at_drawn: when; starts_at: that, on the half hour before
      (doors_open_at)    whole quarters of an hour before starts_at
"""

from collections.abc import Mapping
from datetime import date

from dw_simulator.schema.durations import nanoseconds
from dw_simulator.schema.inference.candidates import Found, last_years
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline, planned_begin
from dw_simulator.schema.inference.moments.stages import HAPPENINGS, MEETINGS
from dw_simulator.schema.inference.sketch import ColumnSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_QUARTER = 15
_HALF = 30
_SHORT = 5
"""Minutes."""
_SHIFTS = frozenset({"shift", "roster"})
_NEAR = nanoseconds("3h")
"""What is so near to the begin is planned by it: when doors open."""


def by_the_clock(line: Timeline, as_of: date | None) -> None:
    """The begin of what takes place, and what is planned by it."""
    begin = planned_begin(line) or line.begin or line.anchor
    if begin is None or begin.column.kind is not Kind.TIMESTAMP or not begin.open:
        return
    if not (begin.has("start") or begin.reading.planned or line.end is not None):
        return  # what a log tells of has no hour by which it is planned
    step = _step(line, begin)
    rule = begin.column.rule
    above = isinstance(rule.get("column"), Mapping)  # how far that reaches is told by what it comes from
    free = (
        not above
        and rule.get("name") in ("calendar", "after")
        and not {"before", "until", "ordered"} & rule.keys()
    )
    if not step or not free or line.table.stands_by or begin.stage.name == "create":
        return
    _on_the_clock(line, begin, step, as_of)
    for other in line.moments:
        if other is not begin and other.open and other.column.kind is Kind.TIMESTAMP and other.fits(begin):
            _before_it(other.column, begin)


def _step(line: Timeline, begin: Moment) -> int:
    """The minutes of the clock by which it is planned; 0 where it is not."""
    if line.words & MEETINGS:
        return _QUARTER
    if line.words & (HAPPENINGS | _SHIFTS):
        return _HALF
    return _SHORT if begin.reading.planned else 0


def _on_the_clock(line: Timeline, begin: Moment, step: int, as_of: date | None) -> None:
    """The begin as it was drawn is kept apart, and moved to the clock: back, or on if it follows another."""
    column = begin.column
    assert column.found is not None, "it has a rule"
    fields = column.found.fields
    reach: JsonObject = {}
    if column.rule.get("name") == "calendar":
        # what comes before or after it asks how far it reaches, which an expression does not tell
        usual = last_years(as_of)
        reach = {name: fields.get(name, usual[name]) for name in ("date_start", "date_end")}
    found = Found("", {**fields, **reach}, f"{column.name}, before it is moved to the clock")
    name, type_ = drawn_name(column), column.column.data_type
    drawn = line.table.add_hidden(name, type_, found, required=column.required)
    moment = quoted_name(drawn.name)
    if not reach:
        moment = f"{moment} + INTERVAL {60 * step - 1} SECOND"
    rule = expression(f"time_bucket(INTERVAL {step} MINUTE, {moment})")
    told = f"{column.found.meaning}, by the clock"
    column.says(Found(told, {"rule": rule, **reach, **_kept(column)}))


def drawn_name(column: ColumnSketch) -> str:
    """The name of the hidden column with a moment before it is moved to the clock."""
    return f"{column.name}_drawn"


def _before_it(column: ColumnSketch, begin: Moment) -> None:
    """Doors open whole quarters of an hour before the begin."""
    rule, found = column.rule, column.found
    if (
        found is None
        or rule.get("name") != "after"
        or rule.get("column") != begin.name
        or not rule.get("before")
    ):
        return
    least, most = (nanoseconds(str(rule.get(name, "0s"))) for name in ("at_least", "within"))
    if most > _NEAR:
        return
    quarter = nanoseconds(f"{_QUARTER}m")
    first, steps = -(-least // quarter), max((most - least) // quarter, 1)
    minutes = f"CAST(FLOOR({first} + {steps} * noise('before') * noise('before too')) * {_QUARTER} AS BIGINT)"
    told = f"{found.meaning}, by the clock"
    sql = f"{quoted_name(begin.name)} - to_minutes({minutes})"
    column.says(Found(told, {"rule": expression(sql), **_kept(column, "null_fraction")}))


def _kept(column: ColumnSketch, *names: str) -> JsonObject:
    """What was said of its NULLs; of one made from another, those of that."""
    if column.required:
        return {}
    own: JsonObject = {name: column.fields[name] for name in ("null_when", *names) if name in column.fields}
    return own or {"null_fraction": 0}
