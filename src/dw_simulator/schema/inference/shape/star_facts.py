"""Facts of a star: when they are, which version or promotion was valid then, and what comes after what.

fct_bookings (day_key, arrival_day_key -> dim_day, guest_key -> dim_guest)
    day_key          more often on busy days: pick weights, a hidden column of the days
    day              hidden: the day of day_key
    arrival_day_key  the day of a hidden moment after day: pick match
    guest_key        a version that was valid on the day: pick at, since, until
fct_refunds (booking_id -> fct_bookings, day_key -> dim_day)
    day_key          after the day of the booking
"""

import json
import re
from collections.abc import Mapping
from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.rhythms import to_the_second
from dw_simulator.schema.inference.moments.stage_reading import stages
from dw_simulator.schema.inference.numbers.stays_by_day import days_of_stay
from dw_simulator.schema.inference.shape.calendar_names import lines_of
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.shape.fact_days import after_parent, time_before
from dw_simulator.schema.inference.shape.fan_out_guesses import is_lookup
from dw_simulator.schema.inference.shape.stay_days import CAME, STAYED, happens_on, last_night
from dw_simulator.schema.inference.shape.versions import bounds_of, validity
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_SHOP = "CASE isodow({0}) WHEN 6 THEN 1.4 WHEN 5 THEN 1.2 WHEN 7 THEN 0.8 ELSE 1 END"
_OFFICE = "CASE isodow({0}) WHEN 6 THEN 0.15 WHEN 7 THEN 0.1 WHEN 5 THEN 0.9 ELSE 1 END"
_SEASON = "CASE month({0}) WHEN 12 THEN 1.35 WHEN 11 THEN 1.15 WHEN 1 THEN 0.85 WHEN 2 THEN 0.85 ELSE 1 END"
_GROWTH = "power(1.12, date_diff('day', DATE '2020-01-01', {0}) / 365.25)"
_BEEN = "CASE WHEN {0} > CAST(as_of() AS DATE) THEN 0 ELSE 1 END"
_OF_A_DAY = frozenset("date key sk id day time timestamp dt at on ts fk number".split())
_WITHOUT_PROMOTION = 0.65
_STILL_THERE = 0.85
_IDLE_WEIGHT = 0.9
"""The spread of how much parents differ in what they have of facts, as that of a lognormal distribution."""


@cache
def _listed(which: str) -> frozenset[str]:
    return frozenset(word for name, words in lines_of("facts.txt") if name == which for word in words.split())


def facts(sketch: Sketch) -> None:
    """Facts have busy days, and reference what was valid on their day."""
    if sketch.has("after", "expression", "date_key"):
        made = _Facts(sketch)
        for table in list(sketch.tables.values()):
            made.day(table)


class _Facts:
    """The days of facts, each table's after those of its parents."""

    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        self._days: dict[str, str] = {}
        self._going: set[str] = set()

    def day(self, table: TableSketch) -> str:
        """The column of a table, hidden or not, that says on which day a row happened; empty for none."""
        if table.name in self._days:
            return self._days[table.name]
        if table.name in self._going or table.hidden or table.table.rows is not None:
            return ""
        self._going.add(table.name)
        found = self._of_days(table) if day_of(table) is None else ""
        self._days[table.name] = found
        self._going.discard(table.name)
        if found:
            self._valid_then(table, found)
        elif day_of(table) is None and (moment := happening(table)) is not None:
            self._valid_then(table, moment.name, offers=True)
        return found

    # --- the day of a fact

    def _of_days(self, table: TableSketch) -> str:
        if (keyed := day_of_key(table)) is not None and (day := day_of(keyed.parent)) is not None:
            return _looked_up(table, keyed, day)
        links = [link for link in table.links if _is_of_days(link) and not link.keyed]
        links = [link for link in links if not _follow_twin(table, link)]
        if not links:
            return ""
        first = min(links, key=_stage)
        day = day_of(first.parent)
        assert day is not None, "it leads to a table of days"
        if first.reference.via:
            return _looked_up(table, first, day)
        if not is_free(first):
            return ""
        before = self._before(table)
        moment = _own_moment(table)
        told = _day_told(table, first, day)
        if told:
            name = told
        elif moment is not None and not _within_day(moment, first):
            name = self._shown(table, moment)
            forget(first)
            first.says(f"the day of {moment.name}", {"pick": {"match": {day.name: name}}})
            _never_null(first, moment)
        elif before is not None:
            link, column = before
            _not_by_its_day(link, first)
            found = after_parent(table, link, column, _while_it_holds(table, link))
            name = table.add_hidden("day", "DATE", found).name
            forget(first)
            first.says(f"after the day of {link.parent.name}", {"pick": {"match": {day.name: name}}})
        else:
            stays = {happens_on(link) for link in links} & {*STAYED}
            weights = quoted_name(self._busy(first.parent, day, table, early=bool(stays)))
            forget(first)
            first.says("there are busy days and quiet ones", {"pick": {"weights": weights}})
            name = _looked_up(table, first, day)
        self._later(table, links, first, name)
        self._loaded(table, name)
        return name

    def _before(self, table: TableSketch) -> tuple[Link, str] | None:
        """The reference to what a row comes after, with the day of that."""
        for link in table.links:
            if len(link.columns) == 1 and link.required and not link.to_itself and not _is_of_days(link):
                column = self.day(link.parent)
                if column:
                    return link, column
        return None

    def _shown(self, table: TableSketch, moment: ColumnSketch) -> str:
        """A column with the day of a moment."""
        if moment.kind is Kind.DATE:
            return moment.name
        sql = f"CAST({quoted_name(moment.name)} AS DATE)"
        found = Found("", expressed(sql), f"the day of {moment.name}")
        return table.add_hidden("day", "DATE", found, required=moment.required).name

    def _busy(self, days: TableSketch, day: ColumnSketch, table: TableSketch, *, early: bool) -> str:
        """The hidden column of a table of days that says how busy a day is.

        early  whether more comes later, a departure at the soonest on the next day
        """
        office = bool({*table.noun} & _listed("office"))
        wanted = ("quiet_weekends" if office else "busy") + "_before" * early
        known = days.columns.get(wanted)
        if known is not None and known.hidden:
            return wanted
        parts = [
            _GROWTH,
            _OFFICE if office else _SHOP,
            _SEASON,
            _BEEN.replace("as_of() AS DATE)", "as_of() AS DATE) - 2") if early else _BEEN,
        ]
        sql = " * ".join(parts).replace("{0}", quoted_name(day.name))
        return days.add_hidden(wanted, "DOUBLE", Found("", expressed(sql), "how busy the day is")).name

    def _later(self, table: TableSketch, links: list[Link], first: Link, name: str) -> None:
        """The other days of a fact come after its first one, in their order."""
        former, begins, ends = [name], "", ""
        free = [one for one in links if one is not first and is_free(one)]
        for link in sorted(free, key=lambda one: (happens_on(one) == "cancel", _stage(one))):
            day = day_of(link.parent)
            if day is None or len(link.columns) != 1:
                continue
            stage = happens_on(link)
            off = stage == "cancel" and len(former) > 1
            rule: JsonObject = {"name": "after", "column": [name] if off else list(former)}
            rule |= time_before(first, stage)
            rule |= {"until": former[1]} if off else {}
            if stage in CAME and any(happens_on(one) in STAYED for one in free):
                rule |= {"until": last_night(table)}
            rule |= {"at_least": "1d"} if begins and stage in STAYED else {}
            reason = f"{link.name} comes after {first.name}"
            hidden = table.add_hidden(
                f"{link.name}_day", "DATE", Found("", {"rule": rule}, reason), required=link.required
            )
            forget(link)
            link.says(f"it comes after {first.name}", {"pick": {"match": {day.name: hidden.name}}})
            if not link.required:
                known = stages().get(stage)
                share = known.nulls if known is not None and "side" in known.kinds else 0.04
                hidden.found = Found("", {"rule": rule, "null_fraction": share}, reason)
                link.said["null_fraction"] = 0
            if not off:
                former.append(hidden.name)
            begins = begins or (hidden.name if stage in CAME and link.required else "")
            ends = ends or (hidden.name if begins and stage in STAYED and link.required else "")
        if begins and ends:
            days_of_stay(table, table.columns[begins], table.columns[ends])

    def _loaded(self, table: TableSketch, day: str) -> None:
        """Rows are loaded after their day."""
        for column in table.columns.values():
            audit = column.open and not column.keyed and {*column.words} & _listed("audit")
            if audit and column.kind in _MOMENTS and not column.column.type.zoned:
                rule: JsonObject = {
                    "name": "after",
                    "column": day,
                    "at_least": "25h",
                    "within": "36h",
                    **to_the_second(column.column.type),
                }
                rule |= to_the_second(column.column.type)
                column.says(Found("", {"rule": rule}, "a row is loaded the day after"))

    # --- what was valid then

    def _valid_then(self, table: TableSketch, day: str, *, offers: bool = False) -> None:
        """Reference what was valid at a moment of the row. offers: only versions and what is offered."""
        for link in table.links:
            promotion = bool({*link.parent.noun} & _listed("promo"))
            known = validity(link.parent)
            if known is not None and _version_of_thing(table, link, day, known):
                continue
            free = is_free(link) if known or promotion else link.open and not offers
            if not free or link.keyed or link.to_itself or len(link.columns) != 1 or _is_of_days(link):
                continue
            if _while_open(link) or leads_to(table, link) or rests_on(table, day, link.name):
                continue
            times = known or bounds_of(link.parent) or lifetime(link.parent)
            if times is None or (is_lookup(link.parent) and not promotion):
                continue
            since, until = times
            pick: dict[str, Json] = {"at": day, "since": since, "any": True, **matched(link)}
            if until:
                pick["until"] = until
                _rarely(link.parent.column(until), promotion=promotion)
            if not promotion:
                pick["weights"] = quoted_name(popularity(link.parent))
            forget(link)
            link.says(f"one that was valid on the day of {table.name}", {"pick": pick})
            if promotion and not link.required:
                link.said["null_fraction"] = _WITHOUT_PROMOTION


def _while_open(link: Link) -> bool:
    """Whether it leads to what was open to others then, as a campaign is from its launch to its deadline."""
    pick = link.said.get("pick")
    since = link.parent.columns.get(str(pick.get("since"))) if isinstance(pick, dict) else None
    return since is not None and since.hidden


def _version_of_thing(table: TableSketch, link: Link, day: str, known: tuple[str, str]) -> bool:
    """A reference that would be that of another row is to the version of the same thing that was valid then.

    A claim's customer is the contract's, as she was on the day of the loss. Whether it is such a reference.
    """
    way = link.said.get("via")
    thing = next((one.name for one in link.parent.columns.values() if _is_of_thing(one)), "")
    if not isinstance(way, list) or link.reference.via or not thing or link.keyed:
        return False
    if rests_on(table, day, link.name) or table.link(str(way[0])) is None:
        return False
    since, until = known
    if table.columns[day].rule.get("until") == {"reference": way, "column": until}:
        return True  # the same version is valid on both days
    match: JsonObject = {thing: {"reference": way, "column": thing}}
    pick: dict[str, Json] = {"at": day, "since": since, "any": True, "match": match}
    if until:
        pick["until"] = until
    forget(link)
    del link.said["via"]
    link.says(f"the version of the same that was valid on the day of {table.name}", {"pick": pick})
    return True


def _while_it_holds(table: TableSketch, link: Link) -> JsonObject | None:
    """Until when a version is valid that a row has by what it comes after: who viewed what is reviewed."""
    for other in table.links:
        way, known = other.said.get("via"), validity(other.parent)
        if isinstance(way, list) and way[0] == link.name and known is not None and known[1]:
            return {"reference": way, "column": known[1]}
    return None


def _not_by_its_day(link: Link, first: Link) -> None:
    """What says on which day a row is, is not chosen by that day."""
    pick = link.said.get("pick")
    at = pick.get("at") if isinstance(pick, dict) else None
    if isinstance(at, dict) and at.get("reference") == first.name:
        forget(link)


def _is_of_thing(column: ColumnSketch) -> bool:
    """Whether a hidden column says which thing a row is a version of."""
    return column.hidden and column.name.startswith("thing_no") and column.column.foreign_key is not None


def is_free(link: Link) -> bool:
    """Whether neither the schema nor another way says which row it is; a pick may be told better."""
    stated = any(getattr(link.reference, name) for name in ("children", "skew", "childless", "pick", "via"))
    return not stated and not link.said.keys() & {"via", "children"}


def matched(link: Link) -> JsonObject:
    """What a parent has in common with the row, where another pass has said it."""
    pick = link.said.get("pick")
    match = pick.get("match") if isinstance(pick, dict) else None
    return {"match": match} if match else {}


def forget(link: Link) -> None:
    for name in ("pick", "skew", "childless", "distinct"):
        link.said.pop(name, None)


def day_of_key(table: TableSketch) -> Link | None:
    """The reference to a table of days in the key of a fact, as a stock of each day has it."""
    keyed = [link for link in table.links if _is_of_days(link) and link.keyed]
    whole = [
        link
        for link in keyed
        if link.required and link.parent.table.primary_key == tuple(link.reference.references_columns)
    ]
    return whole[0] if len(keyed) == 1 and whole else None


def _is_of_days(link: Link) -> bool:
    return day_of(link.parent) is not None and len(link.columns) == 1


def _follow_twin(table: TableSketch, link: Link) -> bool:
    """A key of a day beside the day itself is that of the day: loss_date_key and loss_dt."""
    day, words = day_of(link.parent), {*link.words} - _OF_A_DAY
    if day is None or not words or not is_free(link):
        return False
    for column in table.columns.values():
        same = column.kind in _MOMENTS and not column.hidden and {*column.words} - _OF_A_DAY == words
        if not same or (link.required and not column.required) or column.column.type.zoned:
            continue
        name = column.name
        _turn_to(table, link, name)
        if rests_on(table, name, link.name):
            return False
        if column.kind is Kind.TIMESTAMP:
            sql = f"CAST({quoted_name(name)} AS DATE)"
            found = Found("", expressed(sql), f"the day of {name}")
            name = table.add_hidden(f"{link.name}_day", "DATE", found, required=column.required).name
        forget(link)
        link.says(f"the day of {column.name}", {"pick": {"match": {day.name: name}}})
        if not link.required:
            link.said["null_fraction"] = 0
        return True
    return False


def _turn_to(table: TableSketch, link: Link, name: str) -> None:
    """What is picked at the day of a reference is picked at its twin, where that does not come from it."""
    for other in table.links:
        pick = other.said.get("pick")
        at = pick.get("at") if isinstance(pick, dict) else None
        if not isinstance(pick, dict) or not isinstance(at, dict) or at.get("reference") != link.name:
            continue
        if rests_on(table, name, other.name):
            forget(other)
        else:
            other.said["pick"] = {**pick, "at": name}


def rests_on(table: TableSketch, name: str, reference: str) -> bool:
    """Whether a column of a row is made from a reference, by way of other columns and references."""
    pending, seen = [name], set[str]()
    while pending:
        one = pending.pop()
        if one == reference:
            return True
        if one in seen or one not in table.columns:
            continue
        seen.add(one)
        link = table.link(one)
        said = [json.dumps(dict(table.columns[one].fields))]
        said += [json.dumps(dict(link.said))] if link is not None else []
        pending += [word for text in said for word in re.findall(r"\w+", text)]
    return False


def _stage(link: Link) -> tuple[int, int]:
    """What comes first: the day of the fact itself, then that of what follows; as the columns stand."""
    words, place = {*link.words}, link.child.links.index(link)
    late = [rank for rank, which in enumerate(("soon", "late", "last"), 1) if words & _listed(which)]
    if late:
        return late[-1], place
    return (0 if words & _listed("first") else 1), place


def happening(table: TableSketch) -> ColumnSketch | None:
    """The moment of what happens: when it was ordered, else when it was written down."""
    moments = [
        one
        for one in table.columns.values()
        if one.kind in _MOMENTS and (one.open or _is_guessed(one)) and one.required and not one.keyed
        and not (one.hidden or one.column.type.zoned)
        and not {*one.words} & (_listed("late") | _listed("last"))
    ]  # fmt: skip
    plain = [one for one in moments if not {*one.words} & _listed("audit")]
    return next(iter([*plain, *(one for one in moments if "create" in one.words)]), None)


def _is_guessed(column: ColumnSketch) -> bool:
    """Whether it looks up what its rows share: the moment of the receipt."""
    return column.column.lookup is not None and column.column.inferred is not None


def _own_moment(table: TableSketch) -> ColumnSketch | None:
    """The moment of a row itself, where it has one besides its days."""
    moments = [
        one
        for one in table.columns.values()
        if one.kind in _MOMENTS and one.open and one.required and not one.keyed and not one.hidden
        and not {*one.words} & _listed("audit") and not {*one.words} & (_listed("late") | _listed("last"))
    ]  # fmt: skip
    return moments[0] if len(moments) == 1 and not moments[0].column.type.zoned else None


def _day_told(table: TableSketch, first: Link, day: ColumnSketch) -> str:
    """The column with the day of the row's own moment, where a pass has said that the link follows it."""
    pick = first.said.get("pick")
    match = pick.get("match") if isinstance(pick, Mapping) else None
    name = str(match.get(day.name, "")) if isinstance(match, Mapping) else ""
    column = table.columns.get(name)
    own = column is not None and (not column.hidden or column.rule.get("name") == "expression")
    return name if own else ""


def leads_to(table: TableSketch, link: Link) -> bool:
    """Whether a moment of the row follows from the row that a reference leads to."""
    for column in table.columns.values():
        said = column.rule.get("column")
        for source in said if isinstance(said, list) else [said]:
            way = source.get("reference") if isinstance(source, Mapping) else None
            if link.name == (way[0] if isinstance(way, list) else way):
                return True
    return False


def _within_day(moment: ColumnSketch, link: Link) -> bool:
    """Whether a moment lies within the day that a reference leads to: then it follows from the day."""
    source = moment.rule.get("column")
    return isinstance(source, Mapping) and source.get("reference") == link.name


def _never_null(link: Link, moment: ColumnSketch) -> None:
    if not link.required and moment.required:
        link.said["null_fraction"] = 0


def _looked_up(table: TableSketch, link: Link, day: ColumnSketch) -> str:
    fields: JsonObject = {"lookup": {"reference": link.name, "column": day.name}}
    return table.add_hidden(
        "day", "DATE", Found("", fields, f"the day of {link.name}"), required=link.required
    ).name


def lifetime(table: TableSketch) -> tuple[str, str] | None:
    """From when and until when there is a thing: (opened_date, closed_date)."""
    if table.hidden or table.table.rows is not None:
        return None
    moments = [one for one in table.columns.values() if one.kind in _MOMENTS and not one.column.type.zoned]
    since = [
        one for one in moments if {*one.words} & _listed("since") and not {*one.words} & {"birth", "update"}
    ]
    until = [one for one in moments if {*one.words} & _listed("until") and one not in since]
    if not since:
        return None
    first = next((one for one in since if one.required), since[0])
    return first.name, until[0].name if until else ""


def _rarely(column: ColumnSketch, *, promotion: bool) -> None:
    """Most things are there still: few have an end."""
    told = column.unless or column.filled or {"null_fraction", "null_when"} & column.fields.keys()
    made = column.rule.get("name") in ("window", "expression")  # NULL where it is made so
    if column.open and not column.required and not promotion and not told and not made:
        found = column.found or Found("", {}, "few have an end")
        column.says(Found(found.meaning, {**found.fields, "null_fraction": _STILL_THERE}, found.reason))


def popularity(table: TableSketch) -> str:
    """A hidden column that says how much more often some parents are picked."""
    known = table.columns.get("popularity")
    if known is not None and known.hidden:
        return "popularity"
    fields: JsonObject = {"rule": {"name": "lognormal", "mean": 0, "stddev": _IDLE_WEIGHT}}
    return table.add_hidden("popularity", "DOUBLE", Found("", fields, "some are in demand")).name
