"""Moments along references: a row comes after the rows that it references, and before what ends them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from dw_simulator.schema.durations import nanoseconds
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.contract_terms import over_on, terms, there_since
from dw_simulator.schema.inference.moments.last_doings import doings_until_today, happens_until
from dw_simulator.schema.inference.moments.one_at_a_time import one_at_a_time
from dw_simulator.schema.inference.moments.parent_spans import (
    LINES,
    is_late,
    over_moments,
    span_after,
    start_of,
)
from dw_simulator.schema.inference.moments.periods_in_turn import periods_in_turn
from dw_simulator.schema.inference.moments.picked_parents import pick_at, picks_others
from dw_simulator.schema.inference.moments.rhythms import calendar, present_of, to_the_second, week_for
from dw_simulator.schema.inference.moments.row_moments import (
    Driver,
    Moment,
    MomentAbove,
    Timeline,
    comparable,
)
from dw_simulator.schema.inference.moments.stage_reading import stage_of
from dw_simulator.schema.inference.moments.stages import (
    AFTER_IT,
    BEFORE_IT,
    HAPPENINGS,
    OFFERS,
    REGULAR,
)
from dw_simulator.schema.inference.moments.time_spans import spans
from dw_simulator.schema.inference.moments.timeline_facts import (
    has_hours,
    its_day,
    on_that_day,
    said_again,
    stamps_to_the_second,
    within_others,
)
from dw_simulator.schema.inference.moments.timeline_kin import (
    a_row_a_day,
    in_their_order,
    prices_in_turn,
    tree,
    versions,
)
from dw_simulator.schema.inference.moments.timeline_rows import rows_in_order
from dw_simulator.schema.inference.moments.timeline_turns import is_born, leading, sold_until, undone_before
from dw_simulator.schema.inference.moments.timelines import length_of
from dw_simulator.schema.inference.shape.back_references import leads_back
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.shape.other_ways import goes_by
from dw_simulator.schema.inference.sketch import Link, Sketch, TableSketch
from dw_simulator.schema.json_data import Json, JsonObject

_DEEPEST = 3
"""References that are followed to a table with a moment."""
_COPIED = frozenset({"order", "invoice", "submit", "request", "book", "ship", "at"})
_OVER = frozenset({"deliver", "receive", "complete", "checkout", "discharge", "arrive", "end"})
_TAKEN_IN = frozenset({"receive", "receipt", "pick"})
_SHORT = nanoseconds("200d")


@dataclass
class TableClock:
    """All tables on one clock.

    lines  the moments of each table
    free   links by which a row does not get its moment, and which are picked at it
    """

    sketch: Sketch
    lines: dict[str, Timeline]
    done: set[str] = field(default_factory=set)
    going: set[str] = field(default_factory=set)

    def run(self) -> None:
        for line in self.lines.values():
            if day_of(line.table) is None:
                rows_in_order(self.sketch, line)
                doings_until_today(line)
        for name in sorted(self.lines):
            self._settle(name)
        periods_in_turn(self.sketch, self.lines)
        one_at_a_time(self.sketch, self.lines)
        for line in self.lines.values():
            terms(line)
            spans(line)
            stamps_to_the_second(line.table)

    def _settle(self, name: str) -> None:
        """Parents before children; a circle is left where it closes."""
        if name in self.done or name in self.going:
            return
        self.going.add(name)
        for link in self._links(self.sketch.table(name)):
            self._settle(link.parent.name)
        self.going.discard(name)
        self.done.add(name)
        self._place(self.lines[name])

    def _links(self, table: TableSketch) -> list[Link]:
        links = (link for link in table.links if not (link.to_itself or leads_back(link)))
        return sorted(links, key=lambda link: link.columns)

    # --- what a table's rows come after

    def begins(self, table: TableSketch, during: bool, depth: int = _DEEPEST) -> list[MomentAbove]:
        """When a row of a table is there, seen from the row: its own moment, or that of a row above it.

        during  whether what begins its period counts, and not what was before that
        """
        line = self.lines[table.name]
        if line.anchor is not None and not line.anchor.has("record") and not is_late(line.anchor):
            start = start_of(line, line.anchor, during=during)
            came = there_since(line, start) if during else None
            return [MomentAbove((), (came or start.column).name, line)]
        day = self.day_of(table)
        if day is not None:
            return [day]
        if depth:
            for link in sorted(self._links(table), key=self._beginning):
                if link.required and link.parent.name in self.done:
                    above = self.begins(link.parent, during, depth - 1)
                    if above:
                        return [reach.under(link) for reach in above]
        if line.anchor is not None:
            return [MomentAbove((), line.anchor.name, line)]
        return []

    def _beginning(self, link: Link) -> tuple[bool, bool]:
        """What happens begins a row, its header first, and not what was there for years."""
        return self.lines[link.parent.name].lasting, not link.keyed

    def day_of(self, table: TableSketch) -> MomentAbove | None:
        """The day of a fact, where it references a table of days."""
        for link in table.links:
            day = self.days(link)
            if day and link.required:
                return MomentAbove((link.name,), day, self.lines[link.parent.name])
        return None

    def days(self, link: Link) -> str:
        """The date of a table of days; empty where the reference leads to another one."""
        day = day_of(link.parent) if len(link.columns) == 1 else None
        return "" if day is None else day.name

    def _place(self, line: Timeline) -> None:
        """When the rows of a table begin, and which parents they have then."""
        table, anchor = line.table, line.anchor
        if day_of(table) is not None:
            return
        parents = list(self._parents(line))
        others = [reach.line for link, reach in parents if not self.days(link)]
        if any(self.days(link) for link in table.links) and not within_others(line, others):
            self._fact(line)
            return
        if anchor is None or anchor.has("far"):
            return
        if anchor.open:
            self._between(line, anchor, parents)
        elif anchor.column.keyed and anchor.column.open:
            self._keyed(line, parents)

    def _between(self, line: Timeline, anchor: Moment, parents: list[Driver]) -> None:
        """A row comes after those that lead to it; it picks others among those that are there then."""
        masters = [one for one in parents if one[1].line.lasting or one[1].line.words & OFFERS]
        drivers = [one for one in parents if one not in masters]
        in_star = any(self.days(link) for link in line.table.links)
        masters += [one for one in drivers if is_born(one)]
        drivers = [one for one in drivers if not is_born(one)]
        sure = [one for one in masters if self._sure(*one) and not (in_star or is_born(one))]
        if sure and not (any(self._sure(*one) for one in drivers) or picks_others(self.lines, line, sure)):
            first = leading(sure, self.as_of)
            drivers.append(first)
            masters = [one for one in masters if one is not first]
        if not drivers or not self._after(line, drivers):
            self._root(line)
            masters = [one for one in parents if one in masters or not self._sure(*one)]
        for link, reach in masters:
            # what the moment comes after is itself one of that parent's
            if not any(goes_by(other, link) for other, _reach in drivers):
                pick_at(self.lines, link, reach, anchor.name)

    def _root(self, line: Timeline) -> None:
        anchor = _the_anchor(line)
        if prices_in_turn(line, self.as_of):
            return
        type_, as_of = anchor.column.column.type, self.as_of
        short = line.end is not None and nanoseconds(length_of(line, line.end)[0].split()[1]) <= _SHORT
        fields = calendar(
            line.things, type_, as_of, lasting=line.lasting, years=4 if short and line.lasting else None
        )
        if not anchor.column.required:
            fields["null_fraction"] = 0
        fields = tree(line, as_of, fields)
        meaning = "a moment of the last years" if not line.lasting else "a moment of many years"
        anchor.column.says(Found(meaning, fields))

    def _parents(self, line: Timeline) -> Iterator[Driver]:
        """The references to rows that are there since a moment, with it; of a diamond, the longer way."""
        table = line.table
        during = not line.words & (AFTER_IT | BEFORE_IT)
        links = [link for link in self._links(table) if link.parent.name in self.done]
        near = {
            link.parent.name: link
            for link in links
            if link.required and "pick" not in link.said and not self.lines[link.parent.name].lasting
        }
        for link in links:
            if (
                self.days(link)
                or "via" in link.said
                or link.reference.via
                or self._is_diamond(link, near.values())
            ):
                continue
            for reach in self.begins(link.parent, during):
                yield link, reach.under(link)

    def _is_diamond(self, link: Link, others: Iterable[Link]) -> bool:
        """Whether another parent has the same parent, so that the two have to agree."""
        for other in others:
            if other is link or other.parent is link.parent:
                continue
            for above in other.parent.links:
                if above.parent is link.parent and (
                    above.name == link.name or not self.lines[link.parent.name].lasting
                ):
                    return True
        return False

    def _after(self, line: Timeline, drivers: list[Driver]) -> bool:
        """The anchor comes after the latest of these, and before what ends them."""
        anchor = _the_anchor(line)
        drivers = [one for one in drivers if one[1].moment_fits(anchor)]
        if not drivers:
            return False
        if (
            len(drivers) == 1
            and self._sure(*drivers[0])
            and versions(line, drivers[0][0], drivers[0][1].data)
        ):
            return True
        copied = self._copied(line, drivers)
        if copied is not None:
            link, reach = copied
            anchor.column.says(Found(f"the {reach.column} of its {link.parent.name}", {"lookup": reach.data}))
            return True
        happens = self._start_above(line.table, _DEEPEST) if line.words & BEFORE_IT else None
        others = [one for one in drivers if one[1] != happens]
        if happens is not None and not others:
            return self._before_it(line, happens)
        return self._within(line, others, happens)

    def _before_it(self, line: Timeline, happens: MomentAbove) -> bool:
        """A ticket is sold before the event, and after sales have begun."""
        before: list[Json] = [one.data for one in sold_until(happens, _the_anchor(line))]
        rule: JsonObject = {
            "name": "after",
            "column": before if len(before) > 1 else before[0],
            "before": True,
        }
        rule["at_least"] = "1h"
        undone_before(line, happens)
        rule |= {"within": "150d", "distribution": "exponential", "mean": "25d"}
        rule |= week_for(line.things, _the_anchor(line).column.column.type)
        lower = [one for one in happens.line.moments if one.stage.name in ("onsale", "create", "announce")]
        if lower:
            rule["until"] = [replace(happens, column=one.name).data for one in lower]
        return self._said(line, rule, f"before its {happens.line.table.name} begins")

    def _within(self, line: Timeline, drivers: list[Driver], happens: MomentAbove | None) -> bool:
        """After the latest of its parents' moments, before the earliest of what ends them."""
        anchor, things = line.anchor, line.words
        assert anchor is not None, "only a row that something begins is asked"
        sources: list[Json] = [reach.data for _link, reach in drivers]
        until: list[Json] = [] if happens is None else [one.data for one in sold_until(happens, anchor)]
        if happens is not None:
            undone_before(line, happens)
        if happens is None and len(drivers) == 1:
            end = self._end(drivers[0][1], things)
            until = [*([] if end is None else [end]), *self._doings(drivers[0][1], line)]
            if (things & AFTER_IT and not until) or {stage_of(word) for word in things} & {
                "return",
                "refund",
            }:
                sources += over_moments(drivers[0][1], _OVER)
            if "result" in map(stage_of, things) and not until:
                sources += over_moments(drivers[0][1], _TAKEN_IN)
        rule: JsonObject = {"name": "after", "column": sources if len(sources) > 1 else sources[0]}
        rule |= self._room(line, drivers, until, happens)
        if anchor.column.required:
            rule["censor"] = True
        if not any(self._sure(*one) for one in drivers):
            usual = calendar(line.things, anchor.column.column.type, self.as_of, lasting=False)
            # a rule of its own does not know of until
            rule["otherwise"] = {"date_start": usual["date_start"]} if until else usual
        elif len(drivers) == 1 and happens is None:
            rule = in_their_order(line, drivers[0][0], rule)
        told = " and ".join(link.parent.name for link, _reach in drivers)
        return self._said(line, rule, f"after its {told} began" + (", and before that ends" if until else ""))

    def _room(
        self, line: Timeline, drivers: list[Driver], until: list[Json], happens: MomentAbove | None
    ) -> JsonObject:
        """How long after its parents' moments a row may come, and at which hours."""
        least, mean, most = span_after(line, drivers)
        if has_hours(line) and not nanoseconds(least):
            least = "1d"
        masters = all(reach.line.lasting for _link, reach in drivers)
        rule: JsonObject = {}
        if not until:
            rule = {"at_least": least} if nanoseconds(least) else {}
            rule |= {"within": most, "distribution": "exponential", "mean": mean}
        else:
            rule["until"] = until if len(until) > 1 else until[0]
            parent = drivers[0][1].line
            if happens is None and not masters and parent.end is not None:
                rule["within"] = length_of(parent, parent.end)[0].split()[2]
            elif happens is not None or masters:
                rule |= {"within": "20y", "distribution": "exponential"} | ({"mean": mean} if masters else {})
                rule |= {"at_least": least} if masters and nanoseconds(least) else {}
        if nanoseconds(most) >= nanoseconds("2d"):
            assert line.anchor is not None, "only a row that something begins is asked"
            rule |= week_for(line.things, line.anchor.column.column.type)
        return rule

    def _keyed(self, line: Timeline, parents: list[Driver]) -> None:
        """A day in a key: one row a day from its parent's begin on."""
        for link, reach in parents:
            if not link.keyed or not self._sure(link, reach):
                continue
            source = replace(reach, path=reach.path[1:])
            end = self._end(reach, line.words)
            own = reach.column
            if source.path:
                own = self._repeated(link.parent, source)
            if a_row_a_day(line, link, own, end):
                return

    def _repeated(self, table: TableSketch, source: MomentAbove) -> str:
        """A hidden column of a table with the moment of a row above it."""
        name = f"{source.column}_of_{source.line.table.name}"
        if name not in table.columns:
            type_ = source.line.table.column(source.column).column.data_type
            found = Found(f"the {source.column} of its {source.line.table.name}", {"lookup": source.data})
            table.add_hidden(name, type_, found)
        return name

    @property
    def as_of(self) -> date | None:
        return self.sketch.experiment.as_of

    def _said(self, line: Timeline, rule: JsonObject, words: str) -> bool:
        anchor = _the_anchor(line)
        fields: JsonObject = {"rule": rule | to_the_second(anchor.column.column.type)}
        if not anchor.column.required:
            fields |= {"null_fraction": 0}
            if not rule.get("before"):
                fields["date_end"] = present_of(self.sketch.experiment.as_of).isoformat()
        anchor.column.says(Found(words, fields, f"{anchor.name} lies {words}"))
        return True

    def _sure(self, link: Link, reach: MomentAbove) -> bool:
        """Whether every row has that moment."""
        anchor = reach.line.anchor
        always = anchor is not None and anchor.name == reach.column and anchor.sure
        # what begins a period is taken only where every row has it
        there = link.required or link.said == {"null_fraction": 0}
        return there and (always or reach.line.table.column(reach.column).required)

    def _copied(self, line: Timeline, drivers: list[Driver]) -> Driver | None:
        """The header's moment that a line repeats."""
        anchor = _the_anchor(line)
        for link, reach in drivers:
            if not link.keyed and not line.words & LINES:
                continue
            same = reach.column.lower() == anchor.name.lower() and anchor.stage.name in _COPIED
            if same and reach.line.table.column(reach.column).kind is anchor.column.kind:
                return link, reach
        return None

    def _start_above(self, table: TableSketch, depth: int) -> MomentAbove | None:
        for link in self._links(table):
            if (
                depth
                and link.parent.name in self.done
                and link.required
                and self.lines[link.parent.name].words & BEFORE_IT
            ):
                found = self._start_above(link.parent, depth - 1)
                if found is not None:
                    return found.under(link)
        for link in self._links(table):
            if link.parent.name not in self.done or not link.required:
                continue
            above = self.lines[link.parent.name]
            if above.words & HAPPENINGS and above.begin is not None:
                start = next((one for one in above.chain if one.has("start") and one.sure), None)
                if start is not None:
                    return MomentAbove((link.name,), start.name, above)
        return None

    def _end(self, reach: MomentAbove, things: frozenset[str]) -> JsonObject | None:
        """What ends a parent, and with it what happens to it."""
        end = reach.line.end
        later = things & AFTER_IT and not reach.line.words & REGULAR
        if end is None or later or end is reach.line.anchor:
            return None
        if reach.line.words & HAPPENINGS and things & BEFORE_IT:
            return None
        begin = reach.line.begin
        if begin is None or end.stage.name in ("resolve",):
            return None
        if not reach.moment_fits(end):
            return None
        over = over_on(reach.line)
        return MomentAbove(reach.path, end.name if over is None else over.name, reach.line).data

    def _doings(self, reach: MomentAbove, line: Timeline) -> list[Json]:
        """The last that a parent did: nothing happens to it later."""
        last = happens_until(reach.line)
        anchor = _the_anchor(line)
        if last is None or not comparable(last, anchor.column):
            return []
        return [MomentAbove(reach.path, last.name, reach.line).data]

    # --- facts of a star

    def _fact(self, line: Timeline) -> None:
        """A fact that references a table of days."""
        table = line.table
        dated = [link for link in table.links if self.days(link)]
        first = next((link for link in dated if link.required), dated[0])
        at: JsonObject = {"reference": first.name, "column": self.days(first)}
        anchor = line.anchor
        parents = [one for one in self._parents(line) if one[0] not in dated]
        if anchor is not None and anchor.open and self._at_its_moment(line, first, parents):
            for link, reach in parents:
                if reach.line.lasting:
                    pick_at(self.lines, link, reach, anchor.name)
            return
        if anchor is not None and anchor.open and first.required:
            on_that_day(line, anchor, at)
        for link in dated:
            said_again(line, link, self.days(link))
        for link, reach in parents:
            if reach.line.lasting or reach.line.end is not None:
                pick_at(self.lines, link, reach, at)

    def _at_its_moment(self, line: Timeline, first: Link, parents: list[Driver]) -> bool:
        """A fact with a moment of its own: that comes after other rows, and its day is looked up."""
        anchor = _the_anchor(line)
        late = anchor.has("record") or anchor.stage.rank > 60 or anchor.column.column.type.zoned
        if late or first.keyed or not first.open or len(first.columns) != 1:
            return False
        drivers = [one for one in parents if not one[1].line.lasting and one[1].line.end is None]
        if not drivers or not self._after(line, drivers):
            return False
        its_day(line, anchor, first, self.days(first), self.as_of)
        return True


def _the_anchor(line: Timeline) -> Moment:
    assert line.anchor is not None, "only a row that something begins is asked"
    return line.anchor
