"""How long before something begins it was booked: the days from one to the other.

booking (booked_on, arrives_on, lead_time_days)         lead_time_days: from booked_on to arrives_on
fact_booking (booked_date_key, arrival_date_key, lead_days)     the same of the days that the keys tell
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.stage_reading import read_moment, written
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import plain_words
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_LEAD = (
    frozenset({"lead"}),
    frozenset({"advance"}),
    frozenset({"booking", "window"}),
    frozenset({"vorlauf"}),
    frozenset({"antelacion"}),
    frozenset({"anticipo"}),
    frozenset({"antecedencia"}),
    frozenset({"anticipation"}),
)
_BEGINS = ("book", "reserve", "order", "place", "request", "buy", "sell")
_ENDS = ("checkin", "arrive", "start", "pick", "depart", "ship", "deliver", "begin")
_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})


def lead_times(sketch: Sketch) -> None:
    """Numbers of days that are called so, in tables that have both moments."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        for column in table.columns.values():
            if column.kind in NUMERIC_KINDS and not (table.hidden or column.hidden) and _is_lead(column):
                _say(table, column)


def _is_lead(column: ColumnSketch) -> bool:
    words = {*column.words, *plain_words(column.name)}
    return any(lead <= words for lead in _LEAD) and bool(words & {"day", "days"}) and may_be_said(column)


def _say(table: TableSketch, lead: ColumnSketch) -> None:
    found = dict(_moments(table))
    begin = next((found[stage] for stage in _BEGINS if stage in found), None)
    end = next((found[stage] for stage in _ENDS if stage in found), None)
    if begin is None or end is None or (lead.required and not (begin.required and end.required)):
        return
    first, last = (f"CAST({quoted_name(one.name)} AS DATE)" for one in (begin, end))
    made = expression(f"date_diff('day', {first}, {last})")
    lead.says(Found(f"the days from {begin.name} to {end.name}", {"rule": made, **never_null(lead)}))


def _moments(table: TableSketch) -> Iterator[tuple[str, ColumnSketch]]:
    """The moments of a row by what comes at them; of a key of days the hidden column that has the day."""
    things = (*table.noun, *written(table.name))
    days = {f"{link.name}_day": link.name for link in table.links if day_of(link.parent) is not None}
    keys = [link.name for link in table.links if day_of(link.parent) is not None]
    own = next((name for name in keys if f"{name}_day" not in table.columns), "")
    for column in reversed([*table.columns.values()]):
        name = days.get(column.name) or (own if column.hidden and column.name == "day" else column.name)
        if column.kind in _MOMENTS and name and (not column.hidden or name != column.name):
            reading = read_moment(name, things)
            if not (reading.owner or reading.ordinal):
                yield reading.stage, column
