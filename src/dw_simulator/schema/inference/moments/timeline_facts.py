"""Facts of a star: their moments by the days that they reference."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.guesses import YEARS_BACK
from dw_simulator.schema.inference.moments.rhythms import first_day, to_the_second, week_for
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.moments.stage_reading import read_moment
from dw_simulator.schema.inference.sketch import Link, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_DAYS_BACK = 2
"""Years since when a moment is that comes after no other."""


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


def its_day(line: Timeline, anchor: Moment, link: Link, days: str, as_of: date | None) -> None:
    """The day of what begins the row is looked up in the table of days. days: its DATE"""
    column, found = anchor.column, anchor.column.found
    if found is not None and column.rule.get("before"):  # the table of days begins then
        rule = {key: value for key, value in column.rule.items() if key != "at_least"}
        start: JsonObject = {"date_start": first_day(as_of, YEARS_BACK), "rule": rule}
        column.says(replace(found, fields={**found.fields, **start}))
    if found is not None and isinstance(column.rule.get("otherwise"), dict):
        # a table of days may have fewer years than are usual
        rule = {**column.rule, "otherwise": {"date_start": first_day(as_of, _DAYS_BACK)}}
        column.says(replace(found, fields={**found.fields, "rule": rule}))
    if column.kind is not Kind.DATE:
        sql = f"CAST({quoted_name(anchor.name)} AS DATE)"
        made: JsonObject = expressed(sql)
        column = line.table.add_hidden("day", "DATE", Found(f"the day of {anchor.name}", made))
    nulls: JsonObject = {} if link.required else {"null_fraction": 0}
    link.says(f"the day of {anchor.name}", {"pick": {"match": {days: column.name}}, **nulls})


def has_hours(line: Timeline) -> bool:
    """Whether what begins the row is a day, of which another column says the moment."""
    day = line.anchor
    days = day is not None and day.column.kind is Kind.DATE
    return days and any(day in one.sources and one.stage is day.stage for one in line.moments if day)


def stamps_to_the_second(table: TableSketch) -> None:
    """Stamps of lifecycles as all others."""
    for column in table.columns.values():
        rule = column.rule
        if column.found is not None and rule.get("name") == "lifecycle" and column.kind is Kind.TIMESTAMP:
            fields = {**column.fields, "rule": {**rule, **to_the_second(column.column.type)}}
            column.says(replace(column.found, fields=fields))


def within_others(line: Timeline, parents: Sequence[Timeline]) -> bool:
    """Whether a fact with one moment lies within what begins and ends, and not only after something.

    Of what is there for years, and of versions, it has one that is there on its day.
    """
    happening = (one for one in parents if not one.lasting and not _is_valid(one))
    return has_own_moment(line) and any(one.end is not None for one in happening)


def _is_valid(line: Timeline) -> bool:
    """Whether the rows are versions, with a first and a last day on which they are valid."""
    return any("valid" in one.column.words for one in (line.begin, line.end) if one is not None)
