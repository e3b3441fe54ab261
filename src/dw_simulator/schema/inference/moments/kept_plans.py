"""What was booked comes about when it was planned: a hire leaves when its reservation says, and comes back.

reservation (departure_planned, return_planned)
hire (reservation_id -> reservation, departed_at, returned_at)
    departed_at  soon after the departure that was planned
    returned_at  soon after the return that was planned, where that has been
"""

from collections.abc import Mapping
from dataclasses import replace

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.rhythms import to_the_second, week_of
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.sketch import Link
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.types import Kind

_BEGINS = frozenset({"depart", "pick", "checkin", "start", "admit", "at", "activate"})
_ENDS = frozenset({"return", "checkout", "end", "arrive", "discharge"})
_LATE: JsonObject = {"within": "3h", "distribution": "exponential", "mean": "25m"}
_LATE_DAYS: JsonObject = {"within": "1d"}
_NOT_BACK = 0.02
"""How many have not come back though it was planned."""


def kept_plans(lines: Mapping[str, Timeline]) -> None:
    """Moments of what came of a booking, by those that the booking planned."""
    for line in lines.values():
        for link in line.table.links if line.anchor is not None and not line.table.hidden else ():
            if _is_booked(link) and _keep(link, line, lines[link.parent.name]):
                break


def _is_booked(link: Link) -> bool:
    plain = len(link.columns) == 1 and link.required and not link.to_itself
    return plain and bool({*link.parent.noun[-1:]} & role_words("leads"))


def _planned(line: Timeline, stages: frozenset[str]) -> Moment | None:
    """When a booking says that something begins, or ends."""
    plans = [one for one in line.moments if one.reading.planned and one.sure and not one.reading.owner]
    return next((one for one in plans if one.stage.name in stages), None)


def _by_day(plan: Moment) -> None:
    """Things are fetched, and brought back, while there is somebody."""
    rule, found = plan.column.rule, plan.column.found
    if found is not None and plan.open and rule.get("name") == "after" and "hours" in rule:
        hours = week_of(frozenset({"till"}))["hours"]
        plan.column.says(replace(found, fields={**found.fields, "rule": {**rule, "hours": hours}}))


def _keep(link: Link, line: Timeline, booked: Timeline) -> bool:
    begin, anchor = _planned(booked, _BEGINS), line.anchor
    assert anchor is not None, "only a row that something begins is asked"
    if begin is None or begin is booked.anchor or not begin.fits(anchor):
        return False
    moved = anchor.column.rule
    single = moved.get("name") == "after" and not moved.get("before") and "ordered" not in moved
    if not (anchor.open and anchor.sure and single and anchor.stage.name in _BEGINS):
        return False
    source: JsonObject = {"reference": link.name, "column": begin.name}
    late = _LATE if anchor.column.kind is Kind.TIMESTAMP else _LATE_DAYS
    rule: JsonObject = {"name": "after", "column": source, **late, "censor": True}
    fields: JsonObject = {"rule": rule | to_the_second(anchor.column.column.type)}
    _by_day(begin)
    anchor.column.says(Found(f"soon after the {begin.name} of its {link.parent.name}", fields))
    end = _planned(booked, _ENDS)
    back = next((one for one in line.chain if one.stage.name in _ENDS and not one.planned), None)
    if end is None or back is None or not (back.open and end.fits(back)) or back is anchor:
        return True
    if back.column.rule.get("name") == "after":
        _by_day(end)
        planned: JsonObject = {"reference": link.name, "column": end.name}
        late = _LATE if back.column.kind is Kind.TIMESTAMP else _LATE_DAYS
        told = f"soon after the {end.name} of its {link.parent.name}"
        rule = {"name": "after", "column": [anchor.name, planned], **late}
        rule |= to_the_second(back.column.column.type)
        nulls: JsonObject = {} if back.column.required else {"null_fraction": _NOT_BACK}
        back.column.says(Found(told, {"rule": rule, **nulls}))
    return True
