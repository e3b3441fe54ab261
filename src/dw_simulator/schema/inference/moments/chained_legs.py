"""Legs of one journey: each departs after the one before has arrived, from where that one led.

So do the segments of a shipment, the stops of a route, the operations of a work order, the wards of a
stay: the n-th of k takes its part of the time that the header took, the first begins with it, the last ends
with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dw_simulator.schema.durations import nanoseconds
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.moments.stage_reading import written
from dw_simulator.schema.inference.moments.stages import (
    AS_LEGS,
    AS_STOPS,
    NUMBERED,
    WHERE_FROM,
    WHERE_TO,
    WITHOUT_GAPS,
)
from dw_simulator.schema.inference.moments.timelines import length_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expressed, expression
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_WHOLE = frozenset({Kind.INTEGER, Kind.DECIMAL})
_STARTS = frozenset({"pick", "ship", "depart", "start", "admit", "checkin", "release", "takeoff", "process"})
_ENDS = frozenset(
    {"deliver", "arrive", "end", "complete", "discharge", "checkout", "receive", "finish", "landing", "close"}
)
Ends = tuple[ColumnSketch, ColumnSketch]
"""Two columns: where from, and where to."""


def chained_legs(sketch: Sketch, lines: Mapping[str, Timeline]) -> None:
    """The parts of what goes its way, one after another. lines: the moments of each table."""
    if not sketch.has("expression", "window"):
        return
    for name, line in lines.items():
        table = sketch.table(name)
        last = {*table.noun[-1:], *map(singular, list(written(name))[-1:])}
        if not last & (AS_LEGS | AS_STOPS):
            continue
        link = next((one for one in table.links if _is_header(one, lines)), None)
        if link is not None:
            _Chain(link, line, lines[link.parent.name], stops=bool(last & AS_STOPS)).tell()


def _is_header(link: Link, lines: Mapping[str, Timeline]) -> bool:
    child, above = link.child, lines[link.parent.name]
    plain = link.required and not (link.to_itself or link.one_to_one) and len(link.columns) == 1
    free = link.said.keys() <= {"skew", "childless", "children"} and child.stands_by in ("", link.name)
    return plain and free and not above.lasting and above.anchor is not None


class _Chain:
    """The rows of one header, one after another."""

    def __init__(self, link: Link, line: Timeline, above: Timeline, *, stops: bool) -> None:
        self.link, self.line, self.above, self.stops = link, line, above, stops
        self.table = line.table

    def tell(self) -> None:
        moments = [one for one in (self.line.begin, self.line.end) if one is not None]
        if not moments and self.line.anchor is not None:
            moments = [self.line.anchor]
        moments = [one for one in moments if one.open and self._comparable(one)]
        pairs = list(_pairs(self.table))
        if not moments and not pairs:
            return
        window: JsonObject = {"name": "window", "reference": self.link.name}
        self.number = self._hidden("leg_number", "which one it is", {**window, "function": "number"})
        self.count = self._hidden("legs_in_all", "how many there are", {**window, "function": "count"})
        if moments:
            self._in_time(moments)
        for origin, goal in pairs:
            self._from_to(origin, goal)
        for one, other in linked_ends(one for one in self.table.links if one is not self.link):
            self._through(one, other)
        self._numbered()

    def _hidden(self, name: str, told: str, rule: JsonObject, type_: str = "INTEGER") -> str:
        return quoted_name(self.table.add_hidden(name, type_, Found(told, {"rule": rule})).name)

    # --- when

    def _comparable(self, one: Moment) -> bool:
        anchor = self.above.anchor
        return anchor is not None and one.fits(anchor)

    def _in_time(self, moments: list[Moment]) -> None:
        """Each takes its part of the time that the header took."""
        begin, end, done = self._span()
        parent = self.link.parent
        from_ = parent.add_hidden("way_from", "TIMESTAMP", Found("when it sets out", expressed(begin)))
        to = parent.add_hidden("way_to", "TIMESTAMP", Found("when it is there", expressed(end)))
        first, last = (f"{quoted_name(self.link.name)}.{quoted_name(one.name)}" for one in (from_, to))
        seconds = f"greatest(date_diff('second', {first}, {last}), 0)"
        words = {*self.table.noun, *written(self.table.name)}
        gapless = bool(words & WITHOUT_GAPS)
        for one in moments:
            starts = (one is self.line.begin or len(moments) == 1) != (self.stops and len(moments) > 1)
            start = "0" if gapless else f"CASE WHEN {self.number} = 1 THEN 0 ELSE 0.06 * noise('start') END"
            finish = f"CASE WHEN {self.number} = {self.count} THEN 1 ELSE 0.75 + 0.2 * noise('end') END"
            if self.stops:
                start, finish = "0.3 + 0.2 * noise('start')", "0.55 + 0.4 * noise('end')"
            if gapless:
                finish = "1"
            part = start if starts else finish
            share = f"({self.number} - 1 + {part}) / {self.count}"
            made = f"{first} + to_seconds(CAST({seconds} * {share} AS BIGINT))"
            nulls: JsonObject = {} if one.column.required else {"null_fraction": 0}
            if not starts and done and not one.column.required and not self.stops:
                there = f"{quoted_name(self.link.name)}.{quoted_name(done)} IS NOT NULL"
                made = f"CASE WHEN {self.number} < {self.count} OR {there} THEN {made} END"
            if one.column.kind is Kind.DATE:
                made = f"CAST({made} AS DATE)"
            told = f"one after another, within what its {' '.join(self.link.parent.noun)} took"
            one.column.says(Found(told, {"rule": expression(made), **nulls}))

    def _span(self) -> tuple[str, str, str]:
        """SQL for when a header sets out and arrives; the column that says that it has, if there is one."""
        anchor = self.above.anchor
        assert anchor is not None, "only headers with a moment are asked"
        starts = self._of(_STARTS, anchor)
        ends = [one for one in self._of(_ENDS, anchor) if one is not anchor and one not in starts]
        begins = [*starts, *([anchor] if anchor not in starts else [])]
        begin = f"COALESCE({', '.join(map(_at_work, begins))})"
        mean = nanoseconds(self._length()) // 10**9
        so_far = f"least({begin} + to_seconds({mean}), greatest({begin}, CAST(as_of() AS TIMESTAMP)))"
        end = f"COALESCE({', '.join([*(_at_work(one, 18) for one in ends), so_far])})"
        real = next((one.name for one in ends if not one.planned), "")
        return begin, f"greatest({end}, {begin})", real

    def _of(self, names: frozenset[str], anchor: Moment) -> list[Moment]:
        """The header's own moments of some stages: what came goes before what was planned."""
        found = [
            one
            for one in self.above.moments
            if one.stage.name in names and one.fits(anchor) and not one.column.hidden
        ]
        if names is _ENDS and not found and self.above.end is not None:
            found = [self.above.end] if self.above.end.fits(anchor) else []
        if names is _ENDS:  # what ends last goes first
            return sorted(found, key=lambda one: (one.reading.planned, -one.stage.rank))
        return sorted(found, key=lambda one: (one.reading.planned, one.stage.rank))

    def _length(self) -> str:
        return length_of(self.above, self.above.end)[0].split()[1] if self.above.end is not None else "3d"

    # --- where

    def _from_to(self, origin: ColumnSketch, goal: ColumnSketch) -> None:
        """Each begins where the one before ended; the first and the last where the header says."""
        first, last = _of_header(self.link, origin, WHERE_FROM), _of_header(self.link, goal, WHERE_TO)
        hop = self._somewhere("on_the_way", origin, first)
        final = self._somewhere("at_the_end", goal, last)
        head, tail = (
            f"{quoted_name(self.link.name)}.{quoted_name(one.name)}" if one else "NULL"
            for one in (first, last)
        )
        other = self._somewhere("elsewhere", origin, first)
        hop = self._other_than(hop, head, tail, other, origin)
        made = f"CASE WHEN {self.number} = 1 THEN COALESCE({head}, {hop}) ELSE {hop} END"
        origin.says(Found("where the one before it ended", {"rule": expression(made), **never_null(origin)}))
        lead: JsonObject = {"name": "window", "function": "lead", "reference": self.link.name}
        lead["column"] = origin.name
        following = self.table.add_hidden(
            "next_origin",
            origin.column.data_type,
            Found("where the next one begins", {"rule": lead}),
            required=False,
        )
        final = f"CASE WHEN {final} = {quoted_name(origin.name)} THEN {other} ELSE {final} END"
        made = f"COALESCE({quoted_name(following.name)}, {tail}, {final})"
        goal.says(Found("where the next one begins", {"rule": expression(made), **never_null(goal)}))

    def _other_than(self, hop: str, head: str, tail: str, other: str, origin: ColumnSketch) -> str:
        """SQL for a place on the way that is none of those beside it. other: a second one, by chance."""
        lag: JsonObject = {"name": "window", "function": "lag", "reference": self.link.name}
        lag["column"] = hop.strip('"')
        before = self.table.add_hidden(
            "former_way", origin.column.data_type, Found("the place before", {"rule": lag}), required=False
        )
        known = ", ".join(f"COALESCE({one}, '')" for one in (quoted_name(before.name), head, tail))
        return f"CASE WHEN {hop} IN ({known}) THEN {other} ELSE {hop} END"

    def _somewhere(self, name: str, column: ColumnSketch, head: ColumnSketch | None) -> str:
        """A hidden column with a place on the way, of the kind that the header's is."""
        link = head.table.link(head.name) if head is not None else None
        if head is not None and link is not None and len(link.columns) == 1:
            key: JsonObject = {"references_table": link.parent.name}
            key["references_column"] = link.reference.references_columns[0]
            made = self.table.add_hidden(
                name, head.column.data_type, Found("a place on the way", {}), foreign_key=key
            )
        else:
            found = head.found if head is not None and head.found is not None and head.rule else column.found
            assert found is not None, "what is known of no column is not asked"
            fields = {one: said for one, said in found.fields.items() if not one.startswith("null_")}
            rule = dict(column.rule)
            if rule.get("entity"):
                fields["rule"] = {**rule, "entity": name}
            made = self.table.add_hidden(name, column.column.data_type, replace(found, fields=fields))
        return quoted_name(made.name)

    def _through(self, origin: Link, goal: Link) -> None:
        """The same of references: the row that the one before led to."""
        key, type_ = origin.reference.references_columns[0], self.table.column(goal.name).column.data_type
        lag: JsonObject = {
            "name": "window",
            "function": "lag",
            "reference": self.link.name,
            "column": goal.name,
        }
        before = self.table.add_hidden(
            "came_from", type_, Found("where the one before it ended", {"rule": lag}), required=False
        )
        matched = before.name
        if origin.required:
            target: JsonObject = {"references_table": origin.parent.name, "references_column": key}
            hop = self.table.add_hidden("set_out", type_, Found("where it all began", {}), foreign_key=target)
            made = expression(f"COALESCE({quoted_name(before.name)}, {quoted_name(hop.name)})")
            matched = self.table.add_hidden(
                "comes_from", type_, Found("where it begins", {"rule": made})
            ).name
        nulls: JsonObject = {} if origin.required else {"null_fraction": 0}
        origin.says(
            f"where the one before it ended, {goal.name}", {"pick": {"match": {key: matched}}, **nulls}
        )

    def _numbered(self) -> None:
        """A number of its own rises with time."""
        linked = {name for link in self.table.links for name in link.columns}
        for column in self.table.columns.values():
            words = {*column.words, *written(column.name)} - {*self.table.noun}
            plain = column.open and not (column.keyed or column.hidden) and column.name not in linked
            whole = column.kind in _WHOLE and not column.column.type.scale
            if plain and whole and words & NUMBERED and words <= NUMBERED | {"id", *written(self.table.name)}:
                rule: JsonObject = {"name": "window", "function": "number", "reference": self.link.name}
                column.says(Found("which one it is", {"rule": rule, **never_null(column)}))
                return


# --- where from, and where to


def _role(column_name: str, words: frozenset[str]) -> tuple[str, ...] | None:
    """The rest of a name that has a word for a role; None where it has none."""
    parts = tuple(written(column_name))
    found = [one for one in parts if one in words]
    return tuple(one for one in parts if one not in words) if found else None


def _pairs(table: TableSketch) -> Iterator[Ends]:
    """The two texts in which it stands where a leg begins and ends."""
    texts = [one for one in table.columns.values() if _is_place(one)]
    for origin in texts:
        rest = _role(origin.name, WHERE_FROM)
        for goal in texts if rest is not None else ():
            alike = goal is not origin and _role(goal.name, WHERE_TO) == rest
            if alike and origin.column.type == goal.column.type and not (_shared(origin) or _shared(goal)):
                yield origin, goal
                break


def _is_place(column: ColumnSketch) -> bool:
    return (
        column.kind is Kind.TEXT
        and column.open
        and not column.keyed
        and not column.hidden
        and column.found is not None
    )


def _shared(column: ColumnSketch) -> bool:
    """Whether other columns are of the same place as it."""
    entity = column.rule.get("entity")
    return bool(entity) and any(
        one is not column and one.rule.get("entity") == entity for one in column.table.columns.values()
    )


def linked_ends(links: Iterable[Link]) -> Iterator[tuple[Link, Link]]:
    """Of the references of a table the two that say where something begins and ends."""
    links = [one for one in links if len(one.columns) == 1 and not one.keyed]
    for origin in links:
        rest = _role(origin.name, WHERE_FROM)
        for goal in links if rest is not None and (origin.open or origin.said.keys() <= {"distinct"}) else ():
            if goal is not origin and goal.parent is origin.parent and _role(goal.name, WHERE_TO) == rest:
                yield origin, goal
                break


def _of_header(link: Link, column: ColumnSketch, words: frozenset[str]) -> ColumnSketch | None:
    """The header's column for where it begins, or ends: that with the same name, else the only one."""
    known = {name for other in link.parent.links for name in other.columns}
    found = [
        one
        for one in link.parent.columns.values()
        if one.kind is Kind.TEXT
        and not (one.hidden or one.keyed)
        and (one.name in known or one.found is not None)
        and _role(one.name, words) is not None
        and one.column.type.length <= column.column.type.length
    ]
    alike = [one for one in found if _role(one.name, words) == _role(column.name, words)]
    linked = [one for one in found if one.name in known]
    chosen = alike or (linked if len(linked) == 1 else found)
    return chosen[0] if alike or len(chosen) == 1 else None


def _at_work(one: Moment, hour: int = 8) -> str:
    """A moment as a TIMESTAMP: of a day, an hour of it."""
    text = f"CAST({quoted_name(one.name)} AS TIMESTAMP)"
    return f"{text} + INTERVAL {hour} HOUR" if one.column.kind is Kind.DATE else text
