"""What is known to the day before it comes, and what does not come where another thing has."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dw_simulator.schema.durations import nanoseconds
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.rhythms import MASTERS_BACK, first_day, to_the_second
from dw_simulator.schema.inference.moments.row_moments import (
    Driver,
    Moment,
    MomentAbove,
    Timeline,
    planned_begin,
)
from dw_simulator.schema.inference.moments.stages import AHEAD, BEFORE_IT, PEOPLE
from dw_simulator.schema.inference.moments.timelines import nulls_of
from dw_simulator.schema.inference.numbers.ratings import is_rated
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_DONE = frozenset(
    {"ship", "deliver", "receive", "complete", "checkout", "discharge", "arrive", "resolve", "end"}
)
"""What does not come where something was cancelled."""
_FAILED = frozenset(
    """failed failure fehlgeschlagen echoue echouee echec fallido fallida fallito fallita falhou falhado
    mislukt declined""".split()
)
"""Words of what came to nothing: a payment that failed is not captured."""


def to_the_day(line: Timeline) -> None:
    """Guests check in on the day of their arrival, and out on that of their departure."""
    for one in line.moments:
        if one.stage.name not in _ON_THE_DAY or one.column.kind is not Kind.TIMESTAMP or not one.open:
            continue
        for day in line.moments:
            known = (
                day.column.kind is Kind.DATE
                and day.column.required
                and day.reading.owner in ((), one.reading.owner)
            )
            if day.stage is one.stage and known and not one.column.required and one is not line.anchor:
                least, most = _ON_THE_DAY[one.stage.name]
                rule: JsonObject = {"name": "after", "column": day.name, "at_least": least, "within": most}
                rule |= to_the_second(one.column.column.type)
                one.sources = [day]
                one.column.says(Found(f"an hour of {day.name}", {"rule": rule, **nulls_of(one, 0.05)}))
                break


_ON_THE_DAY = {"checkin": ("14h", "23h"), "checkout": ("6h", "12h")}
"""When guests come and go."""


def either_or(line: Timeline) -> None:
    """What was cancelled is not done; what was rejected is not approved."""
    for one in line.chain:
        if not one.open or one.sure or one.column.unless or one.column.rule.get("name") != "after":
            continue  # a status beside it has said when it is there
        wanted = (
            _DONE
            if one.stage.name == "cancel"
            else _DONE | {"pay"}
            if one.stage.name == "reject" and one.reading.word in _FAILED
            else frozenset({"approve"})
            if one.stage.name == "reject"
            else frozenset()
        )
        if one is line.anchor or not wanted:
            continue
        others = [
            other
            for other in line.chain
            if other.stage.name in wanted and not other.sure and other is not line.anchor
        ]
        others = [other for other in others if one not in other.sources]
        if others:
            fields = dict(one.column.fields)
            done = [f"{quoted_name(other.name)} IS NOT NULL" for other in others]
            fields.pop("null_fraction", None)
            fields["rule"] = {name: value for name, value in one.column.rule.items() if name != "at_least"}
            sql = " OR ".join([*done, "noise('neither') < 0.5"])
            fields["null_when"] = {"sql": sql, "dialect": "duckdb"}
            assert one.column.found is not None, "it has a rule"
            told = f"{one.column.found.meaning}, where nothing came of {others[0].name}"
            one.column.says(Found(told, fields))


def undone_before(line: Timeline, happens: MomentAbove) -> None:
    """A ticket is given back before the event begins."""
    for one in line.moments:
        rule, found = one.column.rule, one.column.found
        undone = one.stage.name in ("refund", "cancel", "return") and one is not line.anchor and not one.sure
        if not (undone and one.open and rule.get("name") == "after" and happens.moment_fits(one)):
            continue
        former = rule.get("until")
        known: list[Json] = list(former) if isinstance(former, list) else [former] if former else []
        until: Json = [*known, happens.data] if known else happens.data
        assert found is not None, "it has a rule"
        told = f"{found.meaning}, before its {happens.line.table.name} begins"
        one.column.says(Found(told, {**found.fields, "rule": {**rule, "until": until}}))


_SLOTS = ((0.15, 0.5), (0.35, 0.75), (0.75, 1), (0.9, 1.5), (1, 2))
"""How long what is planned by the clock lasts: up to which chance, and how many times what is usual."""


def by_the_slot(begin: Moment, end: Moment, span: tuple[str, str, str], nulls: JsonObject) -> None:
    """What is planned by the clock lasts whole quarters of an hour: a lesson 45, 60 or 90 minutes."""
    least, mean, most = (nanoseconds(one) // nanoseconds("1m") for one in span)
    timed = begin.column.kind is Kind.TIMESTAMP and end.column.kind is Kind.TIMESTAMP
    if not timed or not begin.fits(end) or mean < _SHORTEST_SLOT or most > _LONGEST_SLOT:
        return
    step = 15 if mean >= 4 * _SHORTEST_SLOT else 5
    cases = []
    for chance, times in _SLOTS:
        minutes = min(max(round(mean * times / step), -(-least // step)), most // step) * step
        cases.append(f"WHEN noise('slot') < {chance} THEN {minutes}")
    minutes_ = f"CASE {' '.join(cases[:-1])} ELSE {cases[-1].rpartition(' ')[2]} END"
    rule: JsonObject = expression(f"{quoted_name(begin.name)} + to_minutes({minutes_})")
    end.column.says(Found(f"{begin.name} and how long it is planned for", {"rule": rule, **nulls}))


_SHORTEST_SLOT, _LONGEST_SLOT = 15, 12 * 60
"""Minutes."""


def over_at_last(one: Moment, birth: Moment) -> None:
    """When somebody died, or left, of whom only the birth is known: in the last years."""
    born = f"CAST({quoted_name(birth.name)} AS TIMESTAMP) + INTERVAL 1 DAY"
    ago = "CAST(as_of() AS TIMESTAMP) - to_seconds(CAST(126144000 * noise('ago') AS BIGINT))"
    sql = f"greatest({born}, {ago})"
    if one.column.kind is Kind.DATE:
        sql = f"CAST({sql} AS DATE)"
    share = 0.95 if one.stage.name == "death" else one.stage.nulls
    rule: JsonObject = expression(sql)
    one.sources = [birth]
    one.column.says(Found(f"after {birth.name}, in the last years", {"rule": rule, **nulls_of(one, share)}))


def is_born(driver: Driver) -> bool:
    """Whether of a parent no more is known than a birth: much happens to her, but long after it."""
    anchor = driver[1].line.anchor
    return anchor is not None and anchor.has("far") and anchor.name == driver[1].column


def sold_until(happens: MomentAbove, anchor: Moment) -> list[MomentAbove]:
    """The begin of what tickets are sold for, and the end of their sale."""
    closes = [one for one in happens.line.moments if one.stage.name == "offsale" and one.fits(anchor)]
    return [happens, *(replace(happens, column=one.name) for one in closes)]


def leading(drivers: Sequence[Driver], as_of: date | None) -> Driver:
    """Of those that are there for years the one that a row comes after: it picks the others at its moment.

    What is rated by its reviews is one of these, as they stand together by it; else somebody is.
    """
    people = [one for one in drivers if one[1].line.words & PEOPLE]
    rated = next((one for one in drivers if is_rated(one[0])), None)
    if rated is None:
        return (people or drivers)[0]
    anchor = rated[1].line.anchor
    if anchor is not None and people and anchor.open and anchor.column.rule.get("name") == "calendar":
        found, since = anchor.column.found, first_day(as_of, MASTERS_BACK)  # not before there is anybody
        if found is not None and str(found.fields.get("date_start", since)) < since:
            anchor.column.says(replace(found, fields={**found.fields, "date_start": since}))
    return rated


def called_off(line: Timeline, one: Moment) -> Moment | None:
    """What a booking is cancelled before: its begin; it comes after the booking alone then."""
    begin, anchor = line.begin, line.anchor
    if one.stage.name != "cancel" or anchor is None:
        return None
    planned = _planned_for(line)
    if planned is not None and anchor.sure and planned.sure and planned is not anchor:
        one.sources = [anchor]
        return planned if planned.fits(one) else None
    if begin is None or begin not in one.sources:
        return None
    booked = begin.stage.name == "checkin" or line.words & (AHEAD | BEFORE_IT)
    if begin is anchor or not anchor.sure or not begin.fits(one) or not booked:
        return None
    one.sources = [anchor]
    return begin


def _planned_for(line: Timeline) -> Moment | None:
    """For when something is booked, where nothing of the row says when it came."""
    plan = planned_begin(line)
    came = any(one.has("start") and not one.planned for one in line.moments)
    return plan if plan is not None and not came and line.words & (AHEAD | BEFORE_IT) else None
