"""How long something took, and how old somebody was: numbers that follow from two moments of a row."""

from collections.abc import Iterator

from dw_simulator.schema.inference.candidates import Found, Words
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.moments.stage_reading import read_moment, stage_of, tokens_of
from dw_simulator.schema.inference.moments.stages import LASTING, UNITS
from dw_simulator.schema.inference.moments.worked_hours import (
    break_of,
    is_part_of_day,
    is_worked,
    is_working_days,
    less_break,
    say_break,
    seconds_between,
    working_days,
)
from dw_simulator.schema.inference.sketch import ColumnSketch, Link
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_SECONDS = {
    "s": 1,
    "ms": 0,
    "min": 60,
    "h": 3600,
    "d": 86_400,
    "w": 604_800,
    "mon": 2_629_746,
    "y": 31_556_952,
}
_LAST = "duration"
_AGES = frozenset({"age", "alter", "edad", "eta", "idade", "leeftijd"})

_DELAYS = frozenset({"lag", "delay", "latency", "wait", "waiting"})
"""How long it took until what the name says."""

_PARTED = frozenset({"free", "chargeable", "billable", "charged", "billed"})
"""Days of a stay that are free, and those that are not."""
_DROPPED = frozenset(
    """drop dropped dropoff drpoff alight alighted abgesetzt absetzen depose deposito bajada dejada descida
    desembarque desembarco uitgestapt afgezet sbarco""".split()
)
"""Where a ride ends, which began when somebody was picked up."""


def spans(line: Timeline) -> None:
    """The durations and ages of a table's rows."""
    free = any({"free", "day"} <= {*column.words} for column in line.table.columns.values())
    pause = break_of(line.table)
    if pause is not None:
        begin, end = next(_pairs(line, ("hours",)), (None, None))
        say_break(pause, begin.name if begin else "", end.name if end else "")
    for column in line.table.columns.values():
        if (free and {*column.words} & _PARTED) or is_part_of_day(column):
            continue
        if (
            not column.open
            or column.keyed
            or column.kind not in NUMERIC_KINDS
            or "expression" in str(column.rule)
        ):
            continue
        words = tokens_of(column.name)
        if _LAST in column.words and not set(words) & LASTING:
            words = (*words, _LAST)  # dur_sec
        if is_worked(column) and not set(words) & LASTING:
            words = (*words, "days" if is_working_days(column) else "hours")
        if (
            set(words) & _AGES
            and len(words) <= 3
            and not set(words) & {"band", "group", "days", "hours", "min", "max"}
        ):
            _age(line, column, words)
        elif set(words) & LASTING or "to" in words:
            _duration(line, column, words)


def _duration(line: Timeline, column: ColumnSketch, words: Words) -> None:
    """A number of hours from one moment to another."""
    pair = next(_pairs(line, words), None)
    if pair is None:
        return
    begin, end = pair
    unit = _unit(words, begin, end)
    if quoted_name(column.name) in str(end.column.rule.get("sql", "")):
        return  # the end is made of it
    if not unit or (column.required and not (begin.sure and end.sure)):
        return
    sql = _lasted(column, unit, begin, end)
    _says(column, sql, f"how long it was from {begin.name} to {end.name}")


def _lasted(column: ColumnSketch, unit: str, begin: Moment, end: Moment) -> str:
    """SQL for how long it was from one moment to another, in the unit and the type of a column."""
    days = begin.column.kind is Kind.DATE and end.column.kind is Kind.DATE
    first, last = quoted_name(begin.name), quoted_name(end.name)
    if unit == "d" and is_working_days(column):
        return working_days(first, last)
    if days and unit == "d":
        return f"CAST({last} AS DATE) - CAST({first} AS DATE)"
    if unit == "mon":
        return f"date_sub('month', CAST({first} AS DATE), CAST({last} AS DATE))"
    if unit == "y" and column.column.type.scale == 0:
        return f"date_sub('year', CAST({first} AS DATE), CAST({last} AS DATE))"
    sql = less_break(seconds_between(first, last), column, break_of(column.table))
    whole = column.kind is Kind.INTEGER or column.column.type.scale == 0
    if unit == "ms":
        return f"{sql} * 1000"
    if _SECONDS[unit] > 1:
        sql = f"{sql} / {_SECONDS[unit]}.0"
        return f"floor({sql})" if whole and column.kind is not Kind.FLOAT else sql
    return sql


def _says(column: ColumnSketch, sql: str, meaning: str) -> None:
    fields: JsonObject = expressed(sql)
    if not column.required:
        fields["null_fraction"] = 0
    column.says(Found(meaning, fields))


def _pairs(line: Timeline, words: Words) -> Iterator[tuple[Moment, Moment]]:
    """The two moments that a duration may lie between, the likeliest first."""
    named = [stage for word in words if (stage := stage_of(word))]
    chain = [one for one in line.chain if not one.has("record")]
    ends = [one for one in chain if one.stage.name in named or (one.reading.word in words)]
    if "to" in words and not ends:
        return
    if "to" in words:
        end = ends[-1]
        sources = ends[:-1] or [one for one in chain[: chain.index(end)] if one is line.anchor]
        if sources:
            yield sources[0], end
        return
    if ends and set(words) & _DELAYS and chain.index(ends[0]):
        yield chain[chain.index(ends[0]) - 1], ends[0]
    if not set(words) & _DELAYS:
        drops = [one for one in chain if _DROPPED & {*tokens_of(one.name)}]
        yield from ((one, drops[0]) for one in chain if drops and one.stage.name == "pick")
    if line.begin is not None and line.end is not None and line.begin.has("start"):
        yield line.begin, line.end
    tail = [
        one
        for one in chain
        if one.stage.name in ("resolve", "complete", "close", "deliver", "respond", "end")
    ]
    if line.anchor is not None and tail and tail[0] is not line.anchor:
        chosen = [one for one in tail if one.stage.name in named] or tail
        yield line.anchor, chosen[0]


def _unit(words: Words, begin: Moment, end: Moment) -> str:
    """The unit of a duration: as its name says, else by how long it is."""
    for word in reversed(words):
        if word in UNITS:
            return UNITS[word]
    if Kind.DATE in (begin.column.kind, end.column.kind):
        return "d"
    return "s" if {"duration", "dauer", "duree", "duracion", "durata", "duracao", "duur"} & set(words) else ""


def _age(line: Timeline, column: ColumnSketch, words: Words) -> None:
    """An age in whole years: at a moment of the row, else at the present."""
    born = [one for one in line.moments if one.stage.name == "birth"]
    first, nullable = "", False
    if born:
        first, nullable = quoted_name(born[0].name), not born[0].column.required
    else:
        for link in line.table.links:
            found = _birth_of(link)
            if found is not None:
                first = f"{quoted_name(link.name)}.{quoted_name(found.name)}"
                nullable = not (link.required and found.required)
                break
    if not first or (column.required and nullable):
        return
    stages_ = [stage for word in words if (stage := stage_of(word)) and stage != "birth"]
    at = next((one for one in line.chain if one.stage.name in stages_), None)
    if at is None and not born:
        at = line.begin or line.anchor
    if at is not None and column.required and not at.sure:
        return
    last = "as_of()" if at is None else quoted_name(at.name)
    told = "at the present" if at is None else f"at {at.name}"
    _says(column, f"date_sub('year', CAST({first} AS DATE), CAST({last} AS DATE))", f"the age {told}")


def _birth_of(link: Link) -> ColumnSketch | None:
    for one in link.parent.columns.values():
        if (
            one.kind is Kind.DATE
            and not one.hidden
            and read_moment(one.name, link.parent.noun).stage == "birth"
        ):
            return one
    return None
