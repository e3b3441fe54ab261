"""What takes place is where it can be, and takes its time: a game is in a stadium, and no opera an hour long.

    show (genre_id -> genre (name), venue_id -> venue (venue_type), starts_at, ends_at)
        venue_id    pick: match the sort of hall that the genre asks for; venues in demand more often
        ends_at     starts_at and the minutes that are usual for the genre

Which kinds ask for which halls, and how long they take, is data, `data/hosting.txt`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from dw_simulator.schema.inference.alone.kind_columns import fields_of
from dw_simulator.schema.inference.alone.kind_rows import groups_for, label_of
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.measure_roles import lines_of
from dw_simulator.schema.inference.shape.star_facts import is_free, popularity, rests_on
from dw_simulator.schema.inference.shape.ways_there import values_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed, expression
from dw_simulator.schema.inference.words.kind_groups import KindGroup
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_EVENT, _VENUE = "event", "venue"
_HALL = "VARCHAR(12)"
_SLOT = re.compile(r"CASE WHEN noise\('slot'\)[^()]*(?:noise\('slot'\)[^()]*)*END")
_USUAL = "Concert"
"""The kind of event that one of no known kind is like."""


def fitting_places(sketch: Sketch) -> None:
    """Events are at venues of a sort that fits."""
    if not sketch.has("expression", "lognormal"):
        return
    for table in list(sketch.tables.values()):
        if table.hidden or table.table.rows is not None or not table.links:
            continue
        group = _group(table, _EVENT)
        if group is None:
            continue
        _takes_its_time(sketch, table, group)
        for link in table.links:
            if _fits(sketch, table, link, group):
                break


def _group(table: TableSketch, name: str) -> KindGroup | None:
    return next((group for group in groups_for(table) if group.name == name), None)


def _fits(sketch: Sketch, table: TableSketch, link: Link, group: KindGroup) -> bool:
    venues = _group(link.parent, _VENUE) if len(link.columns) == 1 and not link.to_itself else None
    if venues is None or link.keyed or link.one_to_one or not is_free(link) or "pick" in link.said:
        return False
    if any(rests_on(table, other.name, link.name) for other in table.links if other is not link):
        return False
    stands = _own(link.parent, venues)
    halls = _by(values_of(sketch, stands), venues, _halls()) if stands is not None else {}
    if stands is None or {*halls.values()} < {*_halls().values()}:
        return False
    for source, label in _told(table, group):
        wanted = _by(values_of(sketch, label), group, _wanted())
        if wanted:
            _say(link, (stands, halls), (source, wanted))
            return True
    return False


def _takes_its_time(sketch: Sketch, table: TableSketch, group: KindGroup) -> None:
    """The end of what is planned by the clock goes by its kind."""
    ends = [one for one in table.columns.values() if _SLOT.search(str(one.rule.get("sql", "")))]
    for source, label in _told(table, group) if ends else ():
        known = _by(values_of(sketch, label), group, _minutes())
        for end in ends if known else ():
            slots = _SLOT.search(str(end.rule["sql"]))
            if slots is None or end.found is None:
                continue
            sql = str(end.rule["sql"]).replace(slots[0], _cases(source, known, slots[0], _one_of))
            told = f"{end.found.meaning}, by its kind"
            end.says(Found(told, {**end.found.fields, "rule": expression(sql)}))
        if known:
            return


def _one_of(minutes: str) -> str:
    """SQL that draws one of some minutes."""
    listed = minutes.split()
    return f"list_extract([{', '.join(listed)}], 1 + CAST(FLOOR(noise('slot') * {len(listed)}) AS INTEGER))"


def _own(table: TableSketch, group: KindGroup) -> ColumnSketch | None:
    """The column of a table that says the kind of its rows."""
    for column in table.columns.values():
        shows = column.kind is Kind.TEXT and not column.hidden
        if shows and any(name == group.levels[0] for _place, name, _factor in fields_of(column, group)):
            return column
    return None


def _told(table: TableSketch, group: KindGroup) -> Iterator[tuple[str, ColumnSketch]]:
    """SQL for the kind of what takes place, and the column that has it."""
    own = _own(table, group)
    if own is not None:
        yield quoted_name(own.name), own
    for link in table.links:
        label = label_of(link, group)
        if label is not None and len(link.columns) == 1:
            base = link.parent.columns.get(f"{label.name}_base", label)
            yield quoted_name(link.name, base.name), base


def _by(values: list[str], group: KindGroup, known: Mapping[str, str]) -> dict[str, str]:
    """What is known of the kinds that values are of."""
    level = group.levels[0]
    lines = {value: group.lines_of(value) for value in values}
    return {
        value: known[some[0].aliases(level)[0]]
        for value, some in lines.items()
        if some and some[0].aliases(level)[0] in known
    }


def _say(link: Link, there: tuple[ColumnSketch, dict[str, str]], here: tuple[str, dict[str, str]]) -> None:
    stands, halls = there
    source, wanted = here
    usual = [*dict.fromkeys(_halls().values())][-2]
    sort = _cases(quoted_name(stands.name), halls, quoted_text(usual), quoted_text)
    told = Found("", expressed(sort), f"the sort of hall, by {stands.name}")
    hall = link.parent.add_hidden("hall", _HALL, told)
    asked = _cases(source, wanted, _drawn(_wanted()[_USUAL]), _drawn)
    wants = link.child.add_hidden(
        "hall_wanted", _HALL, Found("", expressed(asked), "the sort of hall it is in")
    )
    for name in ("skew", "childless"):
        link.said.pop(name, None)
    match: dict[str, Json] = {hall.name: wants.name}
    pick: dict[str, Json] = {"match": match, "weights": quoted_name(popularity(link.parent))}
    link.says(f"{link.name} is of a sort that fits", {"pick": pick})


def _cases(source: str, known: Mapping[str, str], other: str, written: Callable[[str], str]) -> str:
    by_result: dict[str, list[str]] = {}
    for value, result in known.items():
        by_result.setdefault(result, []).append(quoted_text(value))
    cases = " ".join(
        f"WHEN {source} IN ({', '.join(values)}) THEN {written(result)}"
        for result, values in by_result.items()
    )
    return f"CASE {cases} ELSE {other} END"


def _drawn(shares: str) -> str:
    """SQL that draws one of some sorts: `large=45 stage=55`."""
    pairs = [one.partition("=") for one in shares.split()]
    whole, below, cases = sum(float(share) for _name, _, share in pairs), 0.0, ""
    for name, _, share in pairs[:-1]:
        below += float(share) / whole
        cases += f"WHEN noise('hall') < {below:.4g} THEN {quoted_text(name)} "
    last = quoted_text(pairs[-1][0])
    return f"CASE {cases}ELSE {last} END" if cases else last


@cache
def _lines() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    found = []
    for line in lines_of("hosting.txt"):
        head, _, kinds = line.partition("|")
        which, _, said = head.strip().partition(" ")
        found.append((which, said.strip(), tuple(one.strip() for one in kinds.split(","))))
    return tuple(found)


@cache
def _halls() -> Mapping[str, str]:
    """From a kind of venue to its sort."""
    return {kind: said for which, said, kinds in _lines() if which == "hall" for kind in kinds}


@cache
def _minutes() -> Mapping[str, str]:
    """From a kind of event to how many minutes it may take."""
    return {kind: said for which, said, kinds in _lines() if which == "lasts" for kind in kinds}


@cache
def _wanted() -> Mapping[str, str]:
    """From a kind of event to the sorts it may be at."""
    return {kind: said for which, said, kinds in _lines() if which == "at" for kind in kinds}
