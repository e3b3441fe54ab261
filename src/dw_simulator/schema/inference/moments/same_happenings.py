"""What a row and its parent tell of one happening: a shipment leaves on the day of its order's shipping.

orders (shipped_on, delivered_on);  shipment (order_id -> orders, shipped_at, delivered_at)
    order_id      an order that was shipped: pick where shipped_on IS NOT NULL
    shipped_at    an hour of the order's shipped_on
    delivered_at  an hour of its delivered_on, after shipped_at
invoice (paid_on);  payment (invoice_id -> invoice, paid_on)
    paid_on       of the invoice: the day of its last payment
task (picker_id -> picker, started_at)
    picker_id     there is one where somebody is picked for the moment at which it started
"""

from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.last_doings import may_stand
from dw_simulator.schema.inference.moments.rhythms import to_the_second, week_for
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.moments.stage_reading import stage_of
from dw_simulator.schema.inference.sketch import Link, Sketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_HAPPEN = frozenset({"ship", "deliver", "receive", "return", "cancel", "discharge", "admit", "checkout"})
"""Stages of which a table may tell more than the one column of its parent."""
_LATER = frozenset({"ship", "deliver", "receive", "return"})
"""What a row may tell besides, that its parent tells, too."""
_ON_THE_WAY = frozenset({"ship", "deliver"})
"""A delivery is sent off, and a shipment arrives."""
_DONE_BY = frozenset({"start", "complete", "end", "pick", "pack", "process", "close"})
_DAY = "20h"


def same_happenings(sketch: Sketch, lines: Mapping[str, Timeline]) -> None:
    """Moments of which parents and children tell agree. lines: the moments of each table."""
    for line in lines.values():
        if sketch.has("after", "expression"):
            _as_its_parent(line, lines)
        if sketch.has("rollup"):
            _when_all_was_paid(line, lines)
        _done_by_somebody(line)


def _as_its_parent(line: Timeline, lines: Mapping[str, Timeline]) -> None:
    """A shipment is of an order that was shipped, and leaves on that day."""
    anchor = line.anchor
    if anchor is None or not anchor.open or anchor.stage.name not in _HAPPEN or not line.things:
        return
    own = stage_of(line.things[-1])
    if not (own == anchor.stage.name or {own, anchor.stage.name} <= _ON_THE_WAY) or not _follows(anchor):
        return
    for link in line.table.links:
        above = lines[link.parent.name]
        known = _told(above, anchor) if _may_lead(link) else None
        if known is None or known is above.anchor:
            continue
        if not known.sure:
            where = f"{quoted_name(known.name)} IS NOT NULL"
            told = f"{link.parent.name} with a {known.name}"
            link.says(told, {"pick": {"where": where}})
        _says(line, anchor, link, known, None)
        for one in line.chain[line.chain.index(anchor) + 1 :] if anchor in line.chain else ():
            later = _told(above, one) if one.stage.name in _LATER and one.open and _follows(one) else None
            if later is not None and (later.sure or not one.sure):
                _says(line, one, link, later, anchor)
        return


def _follows(one: Moment) -> bool:
    """Whether nothing more is known of a moment than what it comes after."""
    return one.column.rule.get("name") == "after" and not one.column.rule.get("before")


def _may_lead(link: Link) -> bool:
    plain = len(link.columns) == 1 and not (link.keyed or link.one_to_one or link.to_itself)
    return plain and link.open and link.required


def _told(line: Timeline, moment: Moment) -> Moment | None:
    """The moment of a parent that tells of the same."""
    for one in line.moments:
        alike = one.stage.name == moment.stage.name and not (one.planned or one.reading.ordinal)
        if alike and one.fits(moment) and not one.reading.owner and not one.column.hidden:
            return one
    return None


def _says(line: Timeline, one: Moment, link: Link, own: Moment, before: Moment | None) -> None:
    """The same day, at an hour of it where the parent tells the day alone. before: what comes before it."""
    at: JsonObject = {"reference": link.name, "column": own.name}
    nulls: JsonObject = {} if one.column.required else {"null_fraction": 0}
    told = f"the {own.name} of its {link.parent.name}"
    if one.column.kind is own.column.kind:
        one.column.says(Found(told, {"lookup": at, **nulls}))
        return
    if one.column.kind is Kind.DATE:
        sql = f"CAST({quoted_name(link.name)}.{quoted_name(own.name)} AS DATE)"
        rule: JsonObject = expression(sql)
        one.column.says(Found(told, {"rule": rule, **nulls}))
        return
    type_ = one.column.column.type
    sources: list[Json] = [at, before.name] if before is not None else [at]
    rule = {"name": "after", "column": sources if len(sources) > 1 else at, "within": _DAY}
    if before is None:
        rule |= {"hours": week_for(line.things, type_).get("hours", [1] * 24)}
    else:
        rule |= {"within": "8h"}
    one.column.says(Found(f"an hour of {told}", {"rule": rule | to_the_second(type_), **nulls}))


# --- what was paid in the end


def _when_all_was_paid(line: Timeline, lines: Mapping[str, Timeline]) -> None:
    """An invoice was paid on the day of its last payment, and is open where there is none."""
    paid = [one for one in line.moments if one.stage.name == "pay" and not one.planned]
    if len(paid) != 1 or not _may_be_summed(line, paid[0]):
        return
    found = list(_payments(line, paid[0], lines))
    if len(found) != 1:
        return
    (one,), (link, anchor) = paid, found[0]
    rule: dict[str, Json] = {"name": "rollup", "function": "max", "table": link.child.name}
    rule |= {"reference": link.name, "column": anchor.name}
    told = f"the last {anchor.name} in {link.child.name}"
    if one.column.column.type == anchor.column.column.type:
        one.column.says(Found(told, {"rule": rule, "null_fraction": 0}))
        return
    type_ = anchor.column.column.data_type
    name = f"last_{link.child.name}"
    hidden = line.table.add_hidden(name, type_, Found(told, {"rule": rule}), required=False)
    sql = f"CAST({quoted_name(hidden.name)} AS {'DATE' if one.column.kind is Kind.DATE else 'TIMESTAMP'})"
    made: JsonObject = expression(sql)
    one.column.says(Found(told, {"rule": made, "null_fraction": 0}))


def _may_be_summed(line: Timeline, one: Moment) -> bool:
    waited = any(one in other.sources for other in line.moments)
    free = one.open and not one.column.required and not one.begins and not one.reading.ordinal
    own = not one.reading.owner or {*one.reading.owner} <= {*line.words}
    return free and own and one is not line.anchor and not waited


def _payments(line: Timeline, paid: Moment, lines: Mapping[str, Timeline]) -> Iterator[tuple[Link, Moment]]:
    """The references of payments, with their days."""
    for link in line.table.children:
        child = lines.get(link.child.name)
        if child is None or not child.things or not link.required or not may_stand(link):
            continue
        anchor = child.anchor
        pays = stage_of(child.things[-1]) == "pay" or "pay" in child.things
        if pays and anchor is not None and anchor.sure and anchor.fits(paid) and anchor.stage.name == "pay":
            yield link, anchor


# --- who did it


def _done_by_somebody(line: Timeline) -> None:
    """What somebody is picked for by the moment at which it was begun has somebody, where it was begun."""
    for link in line.table.links:
        pick = link.said.get("pick")
        at = pick.get("at") if isinstance(pick, Mapping) else None
        moment = next((one for one in line.moments if one.name == at), None)
        if moment is not None and not link.required and moment.stage.name in _DONE_BY:
            link.said.setdefault("null_fraction", 0)
