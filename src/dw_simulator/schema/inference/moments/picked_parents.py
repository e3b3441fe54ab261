"""Which parents a row has at its moment: any of those that are there then, the busy ones more often."""

from collections.abc import Mapping, Sequence

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.contract_terms import open_between, over_on
from dw_simulator.schema.inference.moments.last_doings import happens_until
from dw_simulator.schema.inference.moments.row_moments import Driver, MomentAbove, Timeline
from dw_simulator.schema.inference.moments.stages import OFFERS, PEOPLE
from dw_simulator.schema.inference.sketch import Link, TableSketch
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_ACTIVE = "how much happens to each row"


def pick_at(lines: Mapping[str, Timeline], link: Link, reach: MomentAbove, at: Json) -> None:
    """A parent that was there by then; of those that the row asks for, where that is said already.

    lines  the moments of each table
    at     the moment of the row
    """
    if len(reach.path) != 1 or link.keyed or link.one_to_one or len(link.columns) != 1:
        return
    known = link.said.get("pick")
    match = known["match"] if isinstance(known, Mapping) and known.keys() == {"match"} else None
    if not link.open and (match is None or link.reference.pick):
        return
    since = link.parent.column(reach.column)
    if since.kind not in (Kind.DATE, Kind.TIMESTAMP):
        return
    pick: JsonObject = {"at": at, "since": since.name, "any": True}
    end = reach.line.end
    if end is not None and end is not reach.line.anchor and end.stage.name != "resolve":
        pick["until"] = (over_on(reach.line) or end.column).name
    if (last := happens_until(reach.line)) is not None:
        pick["until"] = last.name
    pick |= open_between(reach.line, since)
    if lines[link.parent.name].lasting:
        pick["weights"] = {"sql": quoted_name(_activity(link.parent)), "dialect": "duckdb"}
    if match is not None:
        pick["match"] = match
    told = f"a row of {link.parent.name} that was there by then"
    few: JsonObject = {}
    if not link.required and lines[link.parent.name].words & OFFERS:
        few = {"null_fraction": 0.65}
    link.says(told, {"pick": pick, **few})


def _activity(table: TableSketch) -> str:
    """A hidden column that says how much happens to each row."""
    for name, column in table.columns.items():
        if column.hidden and column.found is not None and column.found.meaning == _ACTIVE:
            return name
    rule: JsonObject = {"name": "lognormal", "mean": 0, "stddev": 1.1}
    return table.add_hidden("activity", "DOUBLE", Found(_ACTIVE, {"rule": rule})).name


def picks_others(lines: Mapping[str, Timeline], line: Timeline, masters: Sequence[Driver]) -> bool:
    """Whether parts of a row are picked at its moment, as the bins of a round are, and nobody leads.

    It is one of the last years then: by a vehicle of long ago it would be before there were any bins.
    """
    if any(PEOPLE & {*link.parent.noun} for link, _reach in masters):
        return False
    for part in line.table.children:
        others = [link for link in part.child.links if link is not part and link.required]
        if part.required and any(lines[other.parent.name].lasting for other in others):
            return True
    return False
