"""Facts of a star: their moments by the days that they reference."""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.rhythms import to_the_second, week_for
from dw_simulator.schema.inference.sketch import Link
from dw_simulator.schema.inference.stage_reading import read_moment
from dw_simulator.schema.inference.timelines import Moment, Timeline
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.types import Kind


def has_own_moment(line: Timeline) -> bool:
    """Whether a fact has one moment of its own: the day that it references is the day of that."""
    own = [
        one
        for one in line.chain
        if one.open
        and one.column.required
        and not one.has("record")
        and not one.has("side")
        and one.stage.rank < 60
    ]
    return len(own) == 1 and own[0] is line.anchor


def said_again(line: Timeline, link: Link, day: str) -> None:
    """loss_date beside loss_date_key is the same day. day: the date of the table of days."""
    key = read_moment(link.name, line.table.noun)
    for one in line.moments:
        alike = (one.reading.stage, one.reading.owner, one.reading.planned) == (
            key.stage,
            key.owner,
            key.planned,
        )
        if alike and one.open and one.column.kind is Kind.DATE and (link.required or not one.column.required):
            lookup: JsonObject = {"lookup": {"reference": link.name, "column": day}}
            one.column.says(Found("", lookup, f"{one.name} is the day of {link.name}"))
            one.open = False


def on_that_day(line: Timeline, anchor: Moment, at: JsonObject) -> None:
    """What begins a fact comes on the day of the fact; what is loaded, in the night after."""
    days = anchor.column.kind is Kind.DATE
    rule: JsonObject = {"name": "after", "column": at}
    if anchor.has("record") or anchor.stage.rank > 60:
        rule |= {"at_least": "1d", "within": "4d" if days else "30h"}
    else:
        rule |= {"within": "2d" if days else "23h"}
        if not days:
            rule |= {"hours": week_for(line.things, anchor.column.column.type).get("hours", [1] * 24)}
    rule |= to_the_second(anchor.column.column.type)
    fields: JsonObject = {"rule": rule}
    if not anchor.column.required:
        fields["null_fraction"] = 0
    anchor.column.says(Found(f"what comes after the day of {at['reference']}", fields))
