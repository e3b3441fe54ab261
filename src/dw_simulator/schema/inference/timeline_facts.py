"""Facts of a star: their moments by the days that they reference."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from dw_simulator.schema.durations import nanoseconds
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.guesses import YEARS_BACK
from dw_simulator.schema.inference.rhythms import first_day, to_the_second, week_for
from dw_simulator.schema.inference.sketch import Link
from dw_simulator.schema.inference.stage_reading import stage_of, stages, written
from dw_simulator.schema.inference.timelines import Driver, Moment, Timeline
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind


def later_days(line: Timeline, dated: Mapping[str, str], first: Link, drivers: Sequence[Driver]) -> None:
    """Days that come after another row's, or after the first day of the fact, are looked up by date."""
    known = [reach.data for link, reach in drivers if link.required]
    day: JsonObject = {"reference": first.name, "column": dated[first.name]}
    for link in line.table.links:
        if link.name not in dated:
            continue
        sources = known if link is first else [*known, day]
        if not sources or link.keyed or link.reference.pick or link.reference.via:
            continue
        words = [stage_of(word) for word in (*written(link.name), *reversed(line.things))]
        stage = stages()[next((one for one in words if one in stages()), "process")]
        rule: JsonObject = {"name": "after", "column": sources if len(sources) > 1 else sources[0]}
        rule |= {"within": max(stage.most, "5d", key=nanoseconds), "distribution": "exponential"}
        rule |= {"mean": max(stage.mean, "12h", key=nanoseconds)}
        found = Found("the day that is looked up in the calendar", {"rule": rule})
        hidden = line.table.add_hidden(f"{link.name}_day", "DATE", found, required=link.required)
        told = f"a day after that of {' and '.join(str(one['reference']) for one in sources)}"
        link.says(told, {"pick": {"match": {dated[link.name]: hidden.name}}})


def on_that_day(line: Timeline, anchor: Moment, at: JsonObject) -> None:
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
    if column.kind is not Kind.DATE:
        sql = f"CAST({quoted_name(anchor.name)} AS DATE)"
        made: JsonObject = {"rule": {"name": "expression", "sql": sql, "dialect": "duckdb"}}
        column = line.table.add_hidden("day", "DATE", Found(f"the day of {anchor.name}", made))
    nulls: JsonObject = {} if link.required else {"null_fraction": 0}
    link.says(f"the day of {anchor.name}", {"pick": {"match": {days: column.name}}, **nulls})
