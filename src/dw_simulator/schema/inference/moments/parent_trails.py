"""Events of a parent, in their order: the scans of a parcel, the history of an order.

A parcel that has been delivered was picked up, passed some depots, and was delivered: of its scans the first
tells the first, the last tells what it is now, at the moment at which it became so, and those between what is
usual on that way. How many scans it has says the number of rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.lives.life_moments import keeps_history
from dw_simulator.schema.inference.lives.life_words import Life, LifeState, thing_of
from dw_simulator.schema.inference.lives.state_names import states_in
from dw_simulator.schema.inference.lives.trails import EventTrail, TrailEvent, trail_of, usual_trail
from dw_simulator.schema.inference.moments.row_moments import Timeline, comparable
from dw_simulator.schema.inference.moments.stage_reading import tokens_of
from dw_simulator.schema.inference.moments.trail_places import tell_where
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import JsonObject, object_of
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_ENTRIES = frozenset(
    """event scan history log tracking track status state update change transition milestone audit
    movement step activity""".split()
)
"""Last words of tables in which it is written down what happened."""
_TOLD = frozenset("type code status state event activity action stage kind name scan milestone".split())
_STATUS = frozenset({"status", "state", "stage", "phase"})
_FORMER = frozenset("old previous prev prior from former before last anterior alt vorher ancien".split())
_LATER = frozenset("new to current next after".split())
_SAID = frozenset({"description", "text", "message", "label", "title"})
_EVENLY: JsonObject = {"zipf": 0.1}
"""Things of one kind have about as many events."""
_ROOM = 16
"""Letters of a text that describes an event."""


@dataclass(frozen=True)
class _Way:
    """What a parent goes through.

    name     of the lifecycle; life: as its table declares it
    starts   the parent's column at which it starts
    written  how the parent writes its states, by their names
    state    the parent's column that tells its state
    """

    link: Link
    name: str
    life: JsonObject
    starts: ColumnSketch
    written: Mapping[str, str]
    state: ColumnSketch

    @property
    def parent(self) -> TableSketch:
        return self.link.parent

    @property
    def usual(self) -> EventTrail:
        """The events that are its states."""
        names = {text: name for name, text in self.written.items()}
        ways = {
            names[text]: {names[other]: way for other, way in object_of(ways).items()}
            for text, ways in object_of(self.life["states"]).items()
        }
        return usual_trail(ways, names[str(self.life["first"])])

    def sql(self, column: ColumnSketch) -> str:
        """A column of the parent, seen from a row of the child."""
        return f"{quoted_name(self.link.name)}.{quoted_name(column.name)}"

    def by_state(self, told: Callable[[str], str]) -> str:
        """SQL that goes by the parent's state. told: SQL for each state, by its name."""
        cases = " ".join(f"WHEN {quoted_text(text)} THEN {told(name)}" for name, text in self.written.items())
        return f"CASE CAST({self.sql(self.state)} AS VARCHAR) {cases} END"


def trails(sketch: Sketch, lines: Mapping[str, Timeline]) -> None:
    """The events of parents, of all tables. lines: the moments of each table."""
    if not sketch.has("expression", "window", "lifecycle"):
        return
    for name, line in lines.items():
        table, anchor = sketch.table(name), line.anchor
        if anchor is None or not anchor.open or anchor.column.rule.get("name") != "after":
            continue
        if not ({*table.noun[-1:]} & _ENTRIES or keeps_history(table) or _is_history(table)):
            continue
        for link in table.links:
            way = _way(link) if _leads(link, table) else None
            if way is not None and comparable(way.starts, anchor.column):
                _write(way, table, anchor.column, sketch.listed(table))
                break


def _is_history(table: TableSketch) -> bool:
    """Whether rows say from which status to which: then the table's name may be any."""
    found = {word for one in _statuses(table) for word in tokens_of(one.name)}
    return bool(found & _FORMER and found & _LATER)


def _leads(link: Link, table: TableSketch) -> bool:
    free = link.open and not link.one_to_one and not link.keyed and len(link.columns) == 1
    return free and link.required and not link.to_itself and table.stands_by in ("", link.name)


def _way(link: Link) -> _Way | None:
    """What the rows that a reference leads to go through."""
    lives = link.parent.said.get("lifecycles")
    for name, written in link.parent.states.items() if isinstance(lives, Mapping) else ():
        life = dict(object_of(object_of(lives)[name]))
        starts = link.parent.column(str(life["starts"]))
        return _Way(link, name, life, starts, written, _shown(link.parent, name, "state", "VARCHAR(40)"))
    return None


def _shown(parent: TableSketch, life: str, field: str, type_: str) -> ColumnSketch:
    """The column of a table that shows something of a life; a hidden one where there is none."""
    for column in parent.columns.values():
        rule = column.rule
        if rule.get("name") == "lifecycle" and (rule.get("of"), rule.get("field")) == (life, field):
            return column
    shown: JsonObject = {"rule": {"name": "lifecycle", "of": life, "field": field}}
    if type_ == "TIMESTAMP":
        shown = {"rule": {**object_of(shown["rule"]), "digits": 0}}
    return parent.add_hidden(f"own_{field}", type_, Found(f"its {field}", shown), required=False)


# --- what is written down


def _write(way: _Way, table: TableSketch, moment: ColumnSketch, listed: Mapping[str, Sequence[str]]) -> None:
    events, statuses = list(_events(table)), list(_statuses(table))
    trail = _trail(way, listed.get(events[0].name, ())) if events else way.usual
    row = _TrailRow(way, table, trail)
    for column in events:
        values = _forms(trail, column, listed.get(column.name, ()))
        if values:
            row.tells(column, values, f"what happened to a {_called(way)}")
    if events:
        _describe(row, events[0])
    _say_statuses(row, statuses, listed)
    row.places(moment)
    tell_where(table, way.link, row.early)
    way.link.says(f"a {_called(way)} has some of them", {"skew": dict(_EVENLY)})
    _tracked(way, table)


def _called(way: _Way) -> str:
    return " ".join(thing_of(way.parent.noun))


def _trail(way: _Way, listed: Sequence[str]) -> EventTrail:
    """What is written down of a parent: what the noun of it says, of that what a CHECK lists."""
    found = trail_of(way.parent.noun)
    for trail in (found, way.usual):
        kept = [one for one in trail.events if one.state in way.written] if trail is not None else []
        if listed:
            kept = [one for one in kept if _listed(one, listed)]
        if sum(not one.side for one in kept) > 1:
            return EventTrail.of(kept)
    return way.usual


def _listed(event: TrailEvent, listed: Sequence[str]) -> str:
    """How a CHECK writes an event; empty where it does not."""
    names = {event.name, event.code.lower(), event.state}
    return next((one for one in listed if " ".join(tokens_of(one)) in names or one.lower() in names), "")


def _events(table: TableSketch) -> Iterator[ColumnSketch]:
    """The columns that say what happened: a code, a type; not a status."""
    for column in table.columns.values():
        words = [word for word in column.words if word not in ("id", "event", "scan")] or [*column.words]
        told = (
            bool(column.words) and words[-1] in _TOLD - _STATUS and {*column.words} <= _TOLD | {*table.noun}
        )
        if told and _is_free(column) and column.rule.get("name") in ("choice", "pattern", "code", None):
            yield column


def _statuses(table: TableSketch) -> Iterator[ColumnSketch]:
    for column in table.columns.values():
        words = [word for word in column.words if word not in ("code", "id", "name", "value")]
        if words and words[-1] in _STATUS and _is_free(column):
            yield column


def _is_free(column: ColumnSketch) -> bool:
    return column.open and not column.keyed and not column.hidden and column.kind is Kind.TEXT


def _forms(trail: EventTrail, column: ColumnSketch, listed: Sequence[str]) -> dict[str, str]:
    """How a column writes each event, by its name: as a CHECK lists it, as a code, as words."""
    if listed:
        found = {one.name: _listed(one, listed) for one in trail.events}
        return found if all(found.values()) else {}
    room = column.column.type.length
    coded = "code" in column.words or room < max(len(one.name) for one in trail.events)
    if coded and room >= 3 and all(one.code for one in trail.events):
        return {one.name: one.code for one in trail.events}
    return _in_words({one.name: one.name for one in trail.events}, column)


def _in_words(names: Mapping[str, str], column: ColumnSketch) -> dict[str, str]:
    """How a column writes some names."""
    life = Life("marks", tuple(LifeState(name, name[0].upper()) for name in names.values()))
    made = states_in(life, column, quoted=False)
    return {name: made[text] for name, text in names.items()}


def _describe(row: "_TrailRow", event: ColumnSketch) -> None:
    """The same in words, beside a code."""
    longest = max(len(one.name) for one in row.trail.events)
    for column in row.table.columns.values():
        words = {*column.words} - {*row.table.noun} - _TOLD
        by_code = column.rule.get("by", event.name) == event.name
        room = max(longest, _ROOM) <= column.column.type.length
        if _is_free(column) and column is not event and words and words <= _SAID and by_code and room:
            values = {one.name: one.name.capitalize() for one in row.trail.events}
            row.tells(column, values, f"what {event.name} says")
            return


def _say_statuses(
    row: "_TrailRow", statuses: Sequence[ColumnSketch], listed: Mapping[str, Sequence[str]]
) -> None:
    """The status that an event brings, and that which was before."""
    later = [one for one in statuses if not {*tokens_of(one.name)} & _FORMER]
    former = [one for one in statuses if one not in later]
    for column in later[:1]:
        values = _status_forms(row, column, listed.get(column.name, ()))
        if not values:
            return
        row.tells(column, values, f"the status of a {_called(row.way)} by then")
        for other in former[:1]:
            if other.column.type.length >= max(map(len, values.values())):
                lag: JsonObject = {"name": "window", "function": "lag", "reference": row.way.link.name}
                rule: JsonObject = {**lag, "column": column.name}
                if other.required:
                    continue
                other.says(Found(f"{column.name} one row before", {"rule": rule}))


def _status_forms(row: "_TrailRow", column: ColumnSketch, listed: Sequence[str]) -> dict[str, str]:
    """How a column writes the state that each event brings: as the parent does, where there is room."""
    written = row.way.written
    states = {one.name: written[one.state] for one in row.trail.events}
    if listed:
        known = {" ".join(tokens_of(one)): one for one in listed}
        states = {
            one.name: known.get(one.state) or known.get(" ".join(tokens_of(written[one.state])), "")
            for one in row.trail.events
        }
        return states if all(states.values()) else {}
    if max(map(len, written.values())) <= column.column.type.length:
        return states
    return _in_words({one.name: one.state for one in row.trail.events}, column)


_TRACKING = frozenset(
    """tracking trk trkg waybill awb barcode consignment gtin ean upc sku serial imei vin container lot batch
    damage damaged""".split()
)
"""Words of what is tracked, and of what it is: they are those of the parent, and not of each event."""


def _tracked(way: _Way, table: TableSketch) -> None:
    """The number by which it is tracked is its own, and so are its code and its damage."""
    for column in table.columns.values():
        words = {*column.words, *tokens_of(column.name)}
        flag = column.kind is Kind.BOOLEAN and column.open and not column.hidden
        told = words & {"event", "status", "type", "url"}
        if not words & _TRACKING or told or not (flag or _is_free(column)):
            continue
        theirs = [
            one
            for one in way.parent.columns.values()
            if one.kind is column.kind and words & {*one.words, *tokens_of(one.name)} & _TRACKING
            and not one.hidden
        ]  # fmt: skip
        source = next((one for one in theirs if one.column.type.length <= column.column.type.length), None)
        if source is None and column.found is not None and not theirs:
            fields = {name: one for name, one in column.fields.items() if not name.startswith("null_")}
            found = Found(column.found.meaning, fields)
            source = way.parent.add_hidden(column.name, column.column.data_type, found)
        if source is not None and (source.required or source.hidden or not column.required):
            lookup: JsonObject = {"reference": way.link.name, "column": source.name}
            column.says(Found(f"{column.name} of its {_called(way)}", {"lookup": lookup}))


class _TrailRow:
    """A row of the child: which event of its parent it is, and when that was."""

    def __init__(self, way: _Way, table: TableSketch, trail: EventTrail) -> None:
        self.way, self.table, self.trail = way, table, trail
        window: JsonObject = {"name": "window", "reference": way.link.name}
        number = self._hidden("event_number", "which one it is", {**window, "function": "number"})
        count = self._hidden("events_in_all", "how many there are", {**window, "function": "count"})
        self.number, self.count = quoted_name(number.name), quoted_name(count.name)
        self.last = f"{self.number} = {self.count}"
        self.length = way.by_state(lambda name: str(trail.place_of(name).place))
        first, last = trail.loop
        before = f"({self.number} - 1)"  # so many events of the parent are before this one
        even = f"{before} * ({self.length}) / greatest({self.count} - 1.0, 1)"
        upper = f"least({last}, ({self.length}) - 1)"
        rest = f"(({self.length}) - 1 - {upper})"  # so many come after those that come several times
        loops = f"{self.count} - 1 > ({self.length}) AND {first} < ({self.length})"
        ending = f"{before} >= {self.count} - 1 - {rest}"
        ends = f"({self.length}) - ({self.count} - 1 - {before})"
        turn = f"{first} + ({before} - {first}) % ({upper} - {first} + 1)"
        all_turns = f"greatest({self.count} - 1 - {rest} - {first}, 1)"
        part = f"({before} - {first}) * ({upper} - {first} + 1.0) / {all_turns}"
        which = f"WHEN {self.last} THEN {self.length} WHEN NOT ({loops})"
        again = f"WHEN {before} < {first} THEN {before} WHEN {ending} THEN {ends} ELSE"
        place = expression(f"CASE {which} THEN {_floor(even)} {again} {turn} END")
        done = expression(f"CASE {which} THEN {even} {again} {first} + {part} END")
        self.event = quoted_name(self._hidden("event_place", "which event of its way it is", place).name)
        self.way_done = self._hidden("way_done", "how far on its way it is", done, "DOUBLE").name
        self.done = quoted_name(self.way_done)
        middle = first if last > first else len(trail.main) // 2
        self.early = f"({self.event} <= {middle} AND {self.done} < {middle + 1})"

    def _hidden(
        self, name: str, told: str, rule: JsonObject, type_: str = "INTEGER", required: bool = True
    ) -> ColumnSketch:
        return self.table.add_hidden(name, type_, Found(told, {"rule": rule}), required=required)

    def tells(self, column: ColumnSketch, values: Mapping[str, str], meaning: str) -> None:
        """A column says what happens. values: what it says of each event, by its name."""
        final = self.way.by_state(lambda name: quoted_text(values[self.trail.place_of(name).name]))
        main = [quoted_text(values[one.name]) for one in self.trail.main]
        cases = " ".join(f"WHEN {place} THEN {value}" for place, value in enumerate(main))
        sql = f"CASE WHEN {self.last} THEN {final} ELSE CASE {self.event} {cases} END END"
        column.says(Found(meaning, {"rule": expression(sql), **never_null(column)}))

    def places(self, moment: ColumnSketch) -> None:
        """When it happens: the first when the parent begins, the last when it became what it is."""
        way, days = self.way, moment.kind is Kind.DATE
        type_ = "DATE" if way.starts.kind is Kind.DATE else "TIMESTAMP"
        entered = _shown(way.parent, way.name, "entered", type_)
        begin, end = _moment(way.sql(way.starts)), _moment(way.sql(entered))
        stops = [("0", begin), *self._stamps()]
        place = _floor(self.done)
        lag: JsonObject = {"name": "window", "function": "lag", "reference": way.link.name}
        lag["column"] = self.way_done
        before = quoted_name(self._hidden("done_before", "how far it was before", lag, "DOUBLE", False).name)
        soon = f"least({self.done} + 0.4 * noise('soon') * ({self.done} - {before}), {place} + 0.98)"
        fresh = f"{before} IS NULL OR {_floor(before)} < {place}"
        at = f"CASE WHEN {self.last} THEN {self.done} WHEN {fresh} THEN {place} ELSE {soon} END"
        part = quoted_name(self._hidden("part_of_way", "how far it was then", expression(at), "DOUBLE").name)
        cases = []
        for number, (where, stamp) in reversed([*enumerate(stops)]):
            upper, until = f"({self.length})", end
            for later, other in reversed(stops[number + 1 :]):
                there = f"{other} IS NOT NULL AND {later} < ({self.length})"
                upper, until = (
                    f"CASE WHEN {there} THEN {later} ELSE {upper} END",
                    f"CASE WHEN {there} THEN {other} ELSE {until} END",
                )
            gone = f"({part} - {where}) / greatest({upper} - {where}, 0.001)"
            whole = f"date_diff('second', {stamp}, {until})"
            made = f"{stamp} + to_seconds(CAST({whole} * least({gone}, 1) AS BIGINT))"
            test = f"{part} >= {where} AND {where} < ({self.length}) AND {stamp} IS NOT NULL"
            cases.append(f"WHEN {test} THEN {made}")
        present = f"greatest({begin}, CAST(as_of() AS TIMESTAMP))"
        at_first = f"least({begin} + to_seconds(7200 * ({self.number} - 1)), {present})"
        final = f"WHEN {self.length} = 0 THEN {at_first} WHEN {self.last} THEN {end}"
        made = f"CASE {final} {' '.join(cases)} ELSE {end} END"
        if type_ == "DATE" and not days:
            made = f"{made} + to_seconds(32400 + 400 * least({self.number}, 60))"
        sql = f"CAST({made} AS DATE)" if days else made
        moment.says(
            Found(
                f"one after another, from {way.starts.name} of its {_called(way)} on",
                {"rule": expression(sql), **never_null(moment)},
            )
        )

    def _stamps(self) -> list[tuple[str, str]]:
        """Moments that the parent has of the states on its way, each with its place on it."""
        found: dict[str, str] = {}
        for place, event in enumerate(self.trail.main[1:], 1):
            if event.state == self.trail.main[place - 1].state:
                continue
            for column in self.way.parent.columns.values():
                rule = column.rule
                shows = (rule.get("name"), rule.get("of"), rule.get("field"))
                same = rule.get("state") == self.way.written[event.state]
                if (
                    shows == ("lifecycle", self.way.name, "at")
                    and same
                    and column.kind is self.way.starts.kind
                ):
                    found.setdefault(str(place), _moment(self.way.sql(column)))
        return list(found.items())


def _floor(text: str) -> str:
    """The whole part of a number that is a fraction of two whole ones."""
    return f"floor({text} + 0.000001)"


def _moment(text: str) -> str:
    return f"CAST({text} AS TIMESTAMP)"
