"""One contract at a time: a meter is supplied, a flat is let, under one contract until the next one begins.

contract (meter_id -> meter, customer_id -> customer, begins_on, ends_on, cancelled_on);  meter (installed_on)
    begins_on     contracts of one meter come one after another, from its installation on
    ends_on       before the next one begins; most of the last ones have not ended
    cancelled_on  some weeks before ends_on
    customer_id   a customer who was there by then
"""

from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.guesses import YEARS_BACK
from dw_simulator.schema.inference.moments.rhythms import first_day, to_the_second
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_AGREED = frozenset("contract lease tenancy tenure supply letting mietvertrag bail huurcontract".split())
"""What one has of a thing, and nobody else at the same time."""
_UNITS = frozenset(
    """meter apartment flat dwelling unit premise house storey parking locker garage stall plot berth mooring
    allotment box premises lot wohnung mietobjekt mieteinheit appartement logement vivienda piso inmueble
    appartamento alloggio immobile apartamento imovel woning pand ligplaats wohneinheit einheit
    unita unidad unidade unite eenheid wooneenheid""".split()
)
_YEARS, _FEWER = 7, YEARS_BACK - 1
"""How far back contracts go, and how far where those whom they are with have come of late."""
_FIRST_DAYS = 120
"""For each of these years, within how many days the first contracts begin."""
_RENTERS = frozenset("tenant renter lessee resident occupant occupier inquilino inquilina locatario".split())
_EVENLY: JsonObject = {"zipf": 0.1}


def one_at_a_time(sketch: Sketch, lines: Mapping[str, Timeline]) -> None:
    """Contracts of one thing follow one another. lines: the moments of each table."""
    if not sketch.has("after", "window", "expression"):
        return
    for line in lines.values():
        found = _of_a_unit(line)
        if found is not None and _may_be_told(line):
            _in_turn(sketch, line, found, lines)


def _of_a_unit(line: Timeline) -> Link | None:
    if not line.words & _AGREED or not line.table.links:
        return None
    units = [link for link in line.table.links if {*link.parent.noun} & _UNITS and link.required]
    free = [link for link in units if _is_free(link)]
    return free[0] if len(free) == 1 else None


def _is_free(link: Link) -> bool:
    """Whether nothing is said of a reference but that it leads to what was there by then."""
    pick = link.said.get("pick")
    by_then = isinstance(pick, Mapping) and pick.keys() <= {"at", "since", "until", "any", "weights"}
    stated = link.reference
    plain = len(link.columns) == 1 and not (link.one_to_one or link.keyed or link.to_itself)
    said = link.said.keys() <= {"skew", "children", "childless"} or (
        by_then and link.said.keys() <= {"pick", "null_fraction"}
    )
    kept = not (stated.pick or stated.via or stated.tree or stated.distinct)
    return plain and said and kept and link.child.stands_by in ("", link.name) and not link.parent.hidden


def _may_be_told(line: Timeline) -> bool:
    begin, end = line.begin, line.end
    if begin is None or end is None or (begin is not line.anchor and not _signed_before(line, begin)):
        return False
    rules = (begin.column.rule.get("name"), end.column.rule.get("name"))
    known = rules[0] in ("after", "calendar") and rules[1] == "after"
    open_ = begin.open and begin.sure and end.open and not end.column.required
    return open_ and known and not begin.begins and begin.column.column.type == end.column.column.type


def _signed_before(line: Timeline, begin: Moment) -> bool:
    """Whether what comes before the begin is the day of the contract, and no more."""
    signed = line.anchor
    alone = signed is not None and begin.sources == [signed] and signed.fits(begin)
    return alone and signed is not None and signed.open and signed.sure and signed.stage.name in _SIGNED


_SIGNED = ("at", "approve", "create", "order", "book")


def _signed(one: Moment, begin: Moment) -> None:
    """When a contract was signed: some weeks before it begins."""
    rule: JsonObject = {"name": "after", "column": begin.name, "before": True, "within": "60d"}
    rule |= {"distribution": "exponential", "mean": "20d"} | to_the_second(one.column.column.type)
    begin.sources = []
    one.sources = [begin]
    one.column.says(Found(f"some weeks before {begin.name}", {"rule": rule}))


def _in_turn(sketch: Sketch, line: Timeline, link: Link, lines: Mapping[str, Timeline]) -> None:
    begin, end, table = line.begin, line.end, line.table
    assert begin is not None, "it has a period"
    assert end is not None, "it has a period"
    above = lines[link.parent.name]
    parties = list(_parties(line, link, lines))
    lately = any(not lines[other.parent.name].lasting for other in parties)
    since = _since(sketch, link, above, begin, _FEWER if lately else _YEARS)
    link.said.clear()
    link.reasons.clear()
    link.says("about as many of each", {"skew": dict(_EVENLY)})
    source: JsonObject = {"reference": link.name, "column": since.name}
    rule: JsonObject = {"name": "after", **source, "within": "6y", "ordered": True, "censor": True}
    gone = above.end
    if gone is not None and gone.open and gone.fits(begin) and gone.stage.name in ("close", "leave", "end"):
        rule["until"] = {"reference": link.name, "column": gone.name}
    rule |= to_the_second(begin.column.column.type)
    told = f"contracts of one {link.parent.name} follow one another"
    begin.column.says(Found(told, {"rule": rule}))
    if line.anchor is not None and line.anchor is not begin:
        _signed(line.anchor, begin)
    for other in parties:
        _there_by_then(other, lines[other.parent.name], begin)
    lead: JsonObject = {"name": "window", "function": "lead", "reference": link.name, "column": begin.name}
    type_ = begin.column.column.data_type
    found = Found("when the next one begins", {"rule": lead})
    following = table.add_hidden("next_begin", type_, found, required=False)
    over = quoted_name(link.name, gone.name) if gone is not None and "until" in rule else ""
    _end(end, begin, following, over)
    for one in line.moments:
        early = one.stage.name in ("leave", "cancel") and one is not end and one.open and not one.sure
        if early and one.fits(end) and one.column.rule.get("name") == "after":
            _cancelled(one, begin, end)


def _since(sketch: Sketch, link: Link, above: Timeline, begin: Moment, years: int) -> ColumnSketch:
    """A hidden column of a thing: since when there have been contracts of it."""
    first = f"DATE '{first_day(sketch.experiment.as_of, years)}'"
    anchor = above.anchor
    parts = [f"{first} + CAST(floor({_FIRST_DAYS * years} * noise('free')) AS INTEGER)"]
    if anchor is not None and anchor.sure and anchor.fits(begin):
        parts.append(f"CAST({quoted_name(anchor.name)} AS DATE)")
    sql = f"greatest({', '.join(parts)})" if len(parts) > 1 else parts[0]
    rule: JsonObject = expression(sql)
    return link.parent.add_hidden(
        "let_since", "DATE", Found("since when there are contracts", {"rule": rule})
    )


def _parties(line: Timeline, unit: Link, lines: Mapping[str, Timeline]) -> Iterator[Link]:
    """Those whom a contract is with, of whom is known since when they are there."""
    for link in line.table.links:
        plain = len(link.columns) == 1 and not (link.one_to_one or link.keyed or link.to_itself)
        if link is unit or not link.required or not plain or not link.open:
            continue
        above, begin = lines[link.parent.name], line.begin
        anchor = above.anchor
        there = above.lasting or {*above.things[-1:]} & _RENTERS
        if there and anchor is not None and anchor.sure and begin is not None and anchor.fits(begin):
            yield link


def _there_by_then(link: Link, above: Timeline, begin: Moment) -> None:
    assert above.anchor is not None, "it is looked for so"
    pick: JsonObject = {"at": begin.name, "since": above.anchor.name, "any": True}
    link.said.clear()
    link.says(f"a row of {link.parent.name} that was there by then", {"pick": pick})


def _end(end: Moment, begin: Moment, following: ColumnSketch, over: str) -> None:
    """When it ended. over: SQL for the end of the thing itself, where that is known"""
    start, later = quoted_name(begin.name), quoted_name(following.name)
    day = f"CAST({start} AS DATE)"
    passed = f"date_diff('day', {day}, CAST(as_of() AS DATE))"
    days = "floor(CASE WHEN noise('gap') < 0.7 THEN 0 ELSE 60 END * noise('by'))"
    before = f"CAST({later} AS DATE) - 1 - CAST({days} AS INTEGER)"
    gone = f"WHEN {over} IS NOT NULL THEN greatest({day}, CAST({over} AS DATE)) " if over else ""
    lately = f"{day} + CAST(floor({passed} * noise('when')) AS INTEGER)"
    ahead = f"{day} + to_years(CAST(floor({passed} / 365.25) AS INTEGER) + 1)"
    sql = (
        f"CASE WHEN {later} IS NOT NULL THEN greatest({day}, {before}) {gone}"
        f"WHEN noise('over') < 0.14 THEN {lately} WHEN noise('over') < 0.3 THEN {ahead} END"
    )
    type_ = "DATE" if end.column.kind is Kind.DATE else "TIMESTAMP"
    rule: JsonObject = expression(f"CAST({sql} AS {type_})")
    told = "before the next one begins, and open for most of the last ones"
    end.column.says(Found(told, {"rule": rule, "null_fraction": 0}))


def _cancelled(one: Moment, begin: Moment, end: Moment) -> None:
    """Some weeks before its end; most ended ones were cancelled."""
    first, last = f"CAST({quoted_name(begin.name)} AS DATE)", f"CAST({quoted_name(end.name)} AS DATE)"
    notice = f"{last} - CAST(floor(14 + 80 * noise('notice')) AS INTEGER)"
    past = "CAST(as_of() AS DATE)"
    sql = (
        f"CASE WHEN {last} IS NOT NULL AND noise('cancelled') < 0.6 "
        f"AND ({last} <= {past} OR noise('early') < 0.3) THEN greatest({first}, least({notice}, {past})) END"
    )
    type_ = "DATE" if one.column.kind is Kind.DATE else "TIMESTAMP"
    rule: JsonObject = expression(f"CAST({sql} AS {type_})")
    one.column.says(Found(f"some weeks before {end.name}", {"rule": rule, "null_fraction": 0}))
