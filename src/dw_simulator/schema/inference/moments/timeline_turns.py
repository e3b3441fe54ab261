"""What is known to the day before it comes, and what does not come where another thing has."""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.rhythms import to_the_second
from dw_simulator.schema.inference.moments.timelines import MomentAbove, Timeline, nulls_of
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_DONE = frozenset(
    {"ship", "deliver", "receive", "complete", "checkout", "discharge", "arrive", "resolve", "end"}
)
"""What does not come where something was cancelled."""


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
