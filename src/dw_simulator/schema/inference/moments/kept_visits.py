"""What is agreed for a time, and kept, called off or missed: appointments, visits, lessons.

    appointment (booked_at, scheduled_for NOT NULL, started_at, finished_at, cancelled_at, status)
        outcome        hidden: kept, cancelled, no show
        started_at     about scheduled_for, where it was kept and that time has come
        finished_at    half an hour or an hour later
        cancelled_at   before scheduled_for, where it was cancelled
        status         what became of it

Rows of other tables that are about such a row are made at it: a vaccination on its day, an invoice after it,
and for none that did not take place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.moments.stages import AFTER_IT
from dw_simulator.schema.inference.moments.time_spans import spans
from dw_simulator.schema.inference.numbers.measure_roles import lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.inference.words.letters import in_plain_letters
from dw_simulator.schema.inference.words.tokens import plain_words, singular
from dw_simulator.schema.json_data import Json, JsonObject, object_of
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_BEGINS = frozenset({"start", "checkin", "admit", "arrive"})
_ENDS = frozenset({"end", "complete", "checkout", "resolve", "discharge"})
_AGREED = frozenset({"due", "at", "start"})
_CHANCES = {"kept": 84, "cancelled": 10, "no show": 6}
_LENGTHS = (
    "CASE WHEN noise('long') < 0.3 THEN 20 WHEN noise('long') < 0.7 THEN 30 "
    "WHEN noise('long') < 0.9 THEN 45 ELSE 60 END"
)
_FLAGS = frozenset("is was has flag flg ind est esta ist hat fue foi e es".split())
_STAYS = frozenset({"admission", "stay", "hospitalization", "internment", "ward", "inpatient", "admit"})
"""What may begin a day later than the visit at which it is decided."""


@dataclass
class KeptVisit:
    """A table of visits, with the moments that come where they take place, or do not.

    plan    the time that was agreed
    before  when somebody comes; begin, end: from when to when it was; off: when it was called off
    """

    line: Timeline
    plan: Moment
    begin: Moment | None = None
    end: Moment | None = None
    off: Moment | None = None
    before: list[Moment] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)

    @property
    def all(self) -> list[Moment]:
        others = [one for one in (self.begin, self.end, self.off) if one is not None]
        return [*others, *self.before]


@cache
def _listed(which: str) -> frozenset[str]:
    lines = (line.partition("|") for line in lines_of("visits.txt"))
    return frozenset(word for name, _, words in lines if name.strip() == which for word in words.split())


def taken_apart(sketch: Sketch, lines: Mapping[str, Timeline]) -> list[KeptVisit]:
    """The tables of visits. Their lines are left with the time agreed, and what was before that."""
    if not sketch.has("choice", "expression"):
        return []
    found = [one for line in lines.values() if (one := _visit(sketch, line)) is not None]
    for one in found:
        if one.begin is None:
            continue
        line, gone = one.line, {id(other) for other in one.all}
        one.moments = line.moments
        line.moments = [other for other in line.moments if id(other) not in gone]
        line.chain = [other for other in line.chain if id(other) not in gone]
        if one.plan not in line.chain:
            line.chain.append(one.plan)
        early = [other for other in line.chain if other.sure and other.has("record")]
        line.anchor = line.chain[0] if line.chain[0].sure and line.chain[0].stage.rank < 20 else one.plan
        line.anchor = early[0] if early and line.anchor is one.plan and _booked(early[0]) else line.anchor
        line.begin, line.end, line.ahead = one.plan, None, False
    return found


def _booked(one: Moment) -> bool:
    return one.stage.name == "create"


def _visit(sketch: Sketch, line: Timeline) -> KeptVisit | None:
    if not _listed("noun") & {*line.things, *map(singular, line.words)}:
        return None
    agreed = [
        one
        for one in line.moments
        if one.open and one.column.required and (one.planned or one.stage.name in _AGREED)
    ]
    agreed = [one for one in agreed if not one.planned or one.stage.name in _AGREED]
    free = [one for one in line.moments if one.open and not one.column.required and not one.planned]
    free = [one for one in free if not one.reading.owner and not one.reading.ordinal]
    begins = [one for one in free if one.stage.name in _BEGINS]
    if not agreed:
        return None
    plan = min(agreed, key=lambda one: (not one.planned, one.place))
    begins = [one for one in begins if one.fits(plan)]
    begin = max(begins, key=lambda one: (one.stage.name == "start", one.place), default=None)
    if begin is None:
        told = any(_became(sketch, column) for column in line.table.columns.values())
        return KeptVisit(line, plan) if told and plan is line.anchor else None
    ends = [one for one in free if one.stage.name in _ENDS and one.fits(plan) and one is not begin]
    offs = [one for one in free if one.stage.name == "cancel" and one.fits(plan)]
    before = [one for one in begins if one is not begin]
    return KeptVisit(line, plan, begin, ends[-1] if ends else None, offs[0] if offs else None, before)


# --- what is said of them


def say_visits(sketch: Sketch, visits: Sequence[KeptVisit]) -> None:
    """What became of each visit, when it was, and what is made at it."""
    for one in visits:
        _say(sketch, one)
        line = one.line
        if one.begin is None:
            continue
        line.moments = one.moments
        line.chain = [*line.chain, *(m for m in (one.begin, one.end) if m is not None)]
        line.begin, line.end = one.begin, one.end
        spans(line)


def _say(sketch: Sketch, visit: KeptVisit) -> None:
    table, plan = visit.line.table, visit.plan
    statuses = {
        column.name: values for column in table.columns.values() if (values := _became(sketch, column))
    }
    classes = {name for values in statuses.values() for name in values.values()}
    known = ["kept", *(["cancelled"] if visit.off or "cancelled" in classes else [])]
    known += ["no show"] if "no show" in classes or not classes else []
    rule: JsonObject = {"name": "choice", "values": [*known], "weights": [_CHANCES[one] for one in known]}
    outcome = quoted_name(
        table.add_hidden("outcome", "VARCHAR(12)", Found("", {"rule": rule}, "what becomes of it")).name
    )
    own = f"CAST({quoted_name(plan.name)} AS TIMESTAMP)"
    past = f"CAST({quoted_name(plan.name)} AS DATE) <= CAST(as_of() AS DATE)"
    took = f"{outcome} = 'kept' AND {past}"
    if visit.begin is not None:
        _taken_place(visit, visit.begin, own, took)
    if visit.off is not None:
        _called_off(visit, outcome, own)
    for name, values in statuses.items():
        _status(table.column(name), values, outcome, took)
    for column in table.columns.values():
        _flag(column, outcome, past)
    for link in table.children:
        _made_at_it(visit, link, outcome, past)


def _taken_place(visit: KeptVisit, begin: Moment, own: str, took: str) -> None:
    """From when to when it was."""
    start = f"{own} + to_seconds(CAST(600 * (noise('late') + noise('later') - 0.6) AS BIGINT))"
    if visit.plan.column.kind is Kind.DATE:
        start = f"{own} + to_seconds(CAST(28800 + 32400 * noise('clock') AS BIGINT))"
    _moment(begin, start, took, f"about {visit.plan.name}, where it was kept")
    begun = quoted_name(begin.name)
    for one in visit.before:
        early = f"CAST({begun} AS TIMESTAMP) - to_seconds(CAST(60 + 1200 * noise('early') AS BIGINT))"
        _moment(one, early, f"{begun} IS NOT NULL", f"a little before {begin.name}")
    if visit.end is not None:
        length = f"60 * ({_LENGTHS}) + CAST(600 * (noise('over') - 0.5) AS BIGINT)"
        sql = f"CAST({begun} AS TIMESTAMP) + to_seconds(CAST({length} AS BIGINT))"
        _moment(visit.end, sql, f"{begun} IS NOT NULL", f"when it was over, soon after {begin.name}")


def _flag(column: ColumnSketch, outcome: str, past: str) -> None:
    """Whether somebody came, stayed away, or called off, where a flag says it."""
    if column.kind is not Kind.BOOLEAN or not column.open or column.keyed or column.hidden:
        return
    said = _class_of("_".join(word for word in plain_words(column.name) if word not in _FLAGS))
    if said:
        sql = f"{outcome} = {quoted_text(said)}" + ("" if said == "cancelled" else f" AND {past}")
        nulls: JsonObject = {} if column.required else {"null_fraction": 0}
        column.says(Found("", {**expressed(sql), **nulls}, f"{column.name} tells what became of it"))


def _called_off(visit: KeptVisit, outcome: str, own: str) -> None:
    assert visit.off is not None, "it is asked for one"
    anchor = visit.line.anchor
    soon = f"LEAST({own}, CAST(as_of() AS TIMESTAMP))"
    if anchor is not None and anchor is not visit.plan and anchor.fits(visit.off):
        first = f"CAST({quoted_name(anchor.name)} AS TIMESTAMP)"
        left = f"GREATEST(date_diff('second', {first}, {soon}), 0)"
        sql = f"{first} + to_seconds(CAST(noise('off') * {left} AS BIGINT))"
    else:
        sql = f"{soon} - to_seconds(CAST(3600 + 700000 * power(noise('off'), 3) AS BIGINT))"
    _moment(visit.off, sql, f"{outcome} = 'cancelled'", f"before {visit.plan.name}, where it was called off")


def _moment(moment: Moment, sql: str, where: str, told: str) -> None:
    cast = "DATE" if moment.column.kind is Kind.DATE else "TIMESTAMP"
    whole = f"CASE WHEN {where} THEN CAST({sql} AS {cast}) END"
    fields = {**expressed(whole), "null_fraction": 0}
    moment.column.unless = ""
    moment.column.says(Found("", fields, f"{moment.name} lies {told}"))


def _became(sketch: Sketch, column: ColumnSketch) -> dict[str, str]:
    """What each value of a status says of a visit: kept, cancelled, no show, or empty while it is open."""
    if not column.open or column.keyed or column.hidden or column.kind is not Kind.TEXT:
        return {}
    values = [*sketch.listed(column.table).get(column.name, ())]
    if not values and {"status", "state"} & {*column.words}:
        values = _own_values(column)
    found = {value: _class_of(value) for value in values}
    if column.rule.get("name") == "lifecycle" and _lived(column, found):
        return {}
    return found if "kept" in found.values() and "" in found.values() else {}


def _lived(column: ColumnSketch, values: Mapping[str, str]) -> bool:
    """Whether a life of its table goes on to where it is kept."""
    life = object_of(column.table.said.get("lifecycles") or {}).get(str(column.rule.get("of"))) or {}
    ways = [object_of(way) for way in object_of(object_of(life).get("states") or {}).values()]
    return any(values.get(str(name)) == "kept" for way in ways for name in way)


def _own_values(column: ColumnSketch) -> list[str]:
    """The words for a status of which nothing is listed."""
    known = ["scheduled", "completed", "cancelled", "no_show"]
    room = column.column.type.length
    if room >= max(map(len, known)):
        return known
    return [*"SCXN"] if room == 1 else []


def _class_of(value: str) -> str:
    text = "_".join(in_plain_letters(value).lower().replace("-", " ").replace("_", " ").split())
    if text in ("c", "x", "n", "s"):
        return {"c": "kept", "x": "cancelled", "n": "no show"}.get(text, "")
    return next(
        (name for which, name in (("done", "kept"), ("cancelled", "cancelled"), ("no show", "no show"))
         if text in _listed(which)), ""
    )  # fmt: skip


def _status(column: ColumnSketch, values: Mapping[str, str], outcome: str, took: str) -> None:
    of = {
        name: [value for value, said in values.items() if said == name]
        for name in ("kept", "cancelled", "no show", "")
    }
    cases = []
    if of["cancelled"]:
        cases.append(f"WHEN {outcome} = 'cancelled' THEN {quoted_text(of['cancelled'][0])}")
    cases.append(f"WHEN {took} THEN {quoted_text(of['kept'][0])}")
    past = took.partition(" AND ")[2]
    if of["no show"]:
        cases.append(f"WHEN {past} THEN {quoted_text(of['no show'][0])}")
    sql = f"CASE {' '.join(cases)} ELSE {quoted_text(of[''][0])} END"
    if column.rule.get("name") == "lifecycle":
        column.table.said.pop("lifecycles", None)
    column.unless, nulls = "", {} if column.required else {"null_fraction": 0}
    column.says(Found("", {**expressed(sql), **nulls}, f"{column.name} tells what became of it"))
    column.filled = True


# --- what is made at a visit


def _made_at_it(visit: KeptVisit, link: Link, outcome: str, past: str) -> None:
    """Rows about a visit that took place, on its day or after it."""
    child = link.child
    if len(link.columns) != 1 or link.keyed or not link.required or link.one_to_one:
        return
    if link.said.keys() & {"via", "children", "pick"} or any(
        getattr(link.reference, name) for name in ("via", "children", "pick")
    ):
        return
    held = f"{outcome} = 'kept' AND {past}"
    for name in ("skew", "childless", "distinct"):
        link.said.pop(name, None)
    link.says("of what took place", {"pick": {"where": {"sql": held, "dialect": "duckdb"}}})
    for column in child.columns.values():
        rule = column.rule
        if rule.get("name") == "after" and not column.hidden and visit.plan.name in told_of(rule, link.name):
            _placed(visit, link, column)


def told_of(rule: Mapping[str, Json], link: str) -> list[str]:
    """The columns of a referenced row that a moment comes after."""
    column = rule.get("column")
    parts = column if isinstance(column, list) else [column]
    own = [one for one in parts if isinstance(one, str)]
    named = [object_of(one) for one in parts if one not in own]
    told = own if rule.get("reference") == link else []
    return told + [str(one["column"]) for one in named if one.get("reference") == link]


def _placed(visit: KeptVisit, link: Link, column: ColumnSketch) -> None:
    last = visit.end or visit.begin
    if last is None or visit.begin is None:
        return
    kept: JsonObject = {} if column.required else {"null_fraction": 0}
    noun = {*link.child.noun}
    if noun & AFTER_IT or "ordered" in column.rule:
        source: JsonObject = {"reference": link.name, "column": last.name}
        rule = {**column.rule, "column": source}
        rule.pop("reference", None)
        rule.pop("ordered", None)
        column.says(Found("", {**column.fields, "rule": rule}, f"{column.name} lies after {last.name}"))
        return
    at = f"{quoted_name(link.name)}.{quoted_name(visit.begin.name)}"
    until = f"{quoted_name(link.name)}.{quoted_name(last.name)}"
    plan = f"{quoted_name(link.name)}.{quoted_name(visit.plan.name)}"
    if column.kind is Kind.DATE:
        sql = f"CAST(COALESCE({at}, {plan}) AS DATE)"
        if noun & _STAYS:
            sql += " + CASE WHEN noise('next') < 0.85 THEN 0 ELSE 1 END"
    else:
        length = f"GREATEST(date_diff('second', CAST({at} AS TIMESTAMP), CAST({until} AS TIMESTAMP)), 60)"
        sql = f"CAST(COALESCE({at}, {plan}) AS TIMESTAMP)"
        sql += f" + to_seconds(CAST(COALESCE({length}, 600) * noise('at') AS BIGINT))"
    column.says(Found("", {**expressed(sql), **kept}, f"{column.name} lies at its {visit.line.table.name}"))
