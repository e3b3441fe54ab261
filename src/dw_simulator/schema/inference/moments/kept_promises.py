"""Days that are promised are kept for the most part, and a service is as fast as it promises.

shipment (picked_up_at, promised_on, delivered_at, service_level)
    promised_on    the day of delivered_at, some days later, and in one of seven rows earlier
    service_level  by the days from picked_up_at to promised_on: what is promised for tomorrow goes overnight
"""

from collections.abc import Sequence

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.stage_reading import read_moment
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_MEANING = "a service of transport"
_PROMISED = frozenset("promise promised due expected estimated estimate eta guaranteed committed".split())
_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})


def kept_promises(sketch: Sketch) -> None:
    """Days that are promised, in tables that say when it came true, and services of transport."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        promised = next((one for one in table.columns.values() if _is_promised(one)), None)
        since = table.columns.get(str(promised.rule["column"])) if promised is not None else None
        if promised is None or since is None:
            continue
        done = next((one for one in table.columns.values() if _came_true(one, promised)), None)
        if done is not None and promised.open and promised.kind is Kind.DATE:
            _keep(promised, since, done)
        for column in table.columns.values():
            is_level = column.found is not None and column.found.meaning == _MEANING
            if is_level and column.open and not column.keyed and column.kind is Kind.TEXT:
                _say(column, since, promised)


def _keep(promised: ColumnSketch, since: ColumnSketch, done: ColumnSketch) -> None:
    """What has not come true yet is promised as long after as usual."""
    begin, end = (f"CAST({quoted_name(one.name)} AS DATE)" for one in (since, done))
    early = "CASE WHEN noise('early') < 0.14 THEN -1 - floor(noise('days') * 2)"
    later = "WHEN noise('early') < 0.6 THEN 0 ELSE 1 + floor(noise('days') * 2) END"
    wait = "1 + floor(noise('days') * 5)"
    usual = f"COALESCE({begin}, CAST(as_of() AS DATE)) + CAST({wait} AS INTEGER)"
    kept_to = f"greatest({end} + CAST({early} {later} AS INTEGER), {begin})"
    made = f"CASE WHEN {end} IS NULL THEN {usual} ELSE {kept_to} END"
    kept: dict[str, Json] = {name: one for name, one in promised.fields.items() if name.startswith("null_")}
    told = f"what is kept for the most part by {done.name}"
    promised.says(Found(told, {**kept, "rule": expression(made)}))


def _came_true(column: ColumnSketch, promised: ColumnSketch) -> bool:
    """Whether it says when that happened which another moment promises."""
    if column.kind not in _MOMENTS or column.hidden or column is promised:
        return False
    noun = column.table.noun
    mine, theirs = read_moment(column.name, noun), read_moment(promised.name, noun)
    is_made = column.rule.get("name") in ("lifecycle", "after")
    return is_made and mine.stage == theirs.stage != "" and not mine.planned and mine.owner == theirs.owner


def _say(level: ColumnSketch, since: ColumnSketch, promised: ColumnSketch) -> None:
    values = level.rule.get("values")
    if not isinstance(values, list) or len(values) != 5:
        return
    ends = (f"CAST({quoted_name(one.name)} AS DATE)" for one in (since, promised))
    made = _by_days(f"date_diff('day', {', '.join(ends)})", [quoted_text(str(one)) for one in values])
    kept: dict[str, Json] = {name: one for name, one in level.fields.items() if name.startswith("null_")}
    level.says(Found(f"{_MEANING} that keeps {promised.name}", {**kept, "rule": expression(made)}))


def _by_days(days: str, values: Sequence[str]) -> str:
    """SQL for the service that takes so many days. values: as the vocabulary has them, in its order."""
    standard, express, economy, overnight, same_day = values
    return (
        f"CASE WHEN {days} IS NULL THEN {standard} WHEN {days} <= 0 THEN {same_day}"
        f" WHEN {days} = 1 THEN {overnight} WHEN {days} = 2 THEN {express}"
        f" WHEN noise('level') < CASE WHEN {days} < 6 THEN 0.85 ELSE 0.5 END THEN {standard}"
        f" ELSE {economy} END"
    )


def _is_promised(column: ColumnSketch) -> bool:
    """Whether it says when a thing is promised, so long after another moment of the row."""
    named = bool({*column.words} & _PROMISED) and column.kind in _MOMENTS and not column.hidden
    return named and column.rule.get("name") == "after" and isinstance(column.rule.get("column"), str)
