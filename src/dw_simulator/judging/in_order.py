"""Moments in order: within a row, and along references."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, permutations

from dw_simulator.judging.claims import (
    LEAST_ROWS,
    Claim,
    Evidence,
    later,
    plain,
    rule_text,
    seconds_between,
    shown_of,
)
from dw_simulator.judging.judged_tables import MOMENT, Judged, Seen
from dw_simulator.judging.judged_words import (
    ALIVE,
    ORDERS,
    PAST,
    PERIODS,
    SURE_BIRTHS,
)
from dw_simulator.judging.links import Tie

_FEW = 0.012
"""The share of violations up to which an order that only the rows say is one."""
_FEWEST = 0.002
_MOMENTS = 30
_AHEAD = frozenset("event appointment flight match exam trip game show session daily".split())
"""What is planned ahead: things happen to it before its day."""
_VALID = frozenset(("valid", "effective", "gueltig"))


def _orders() -> frozenset[tuple[str, str]]:
    found = set()
    for line in ORDERS.strip().splitlines():
        first, _, rest = line.partition("|")
        found |= {(first.strip(), word) for word in rest.split()}
    return frozenset(found)


_BEFORE = _orders()


def said_before(first: Seen, second: Seen, table: Judged) -> bool:
    """Whether the names say that one moment of a row comes before another."""
    if first.planned != second.planned and second.step not in ("due", "expire"):
        return False
    if "local" in first.words or "local" in second.words:
        return False
    if first.step == "birth":
        return second.step != "birth" and not {"birth"} & set(second.words)
    if second.step == "load" and table.is_event:
        return first.step in PAST or (not first.step and not first.owner)
    nouns = set(table.nouns)
    same = first.owner - nouns == second.owner - nouns
    return same and (first.step, second.step) in _BEFORE


def in_a_row(seen: Evidence) -> Iterator[Claim]:
    """Of two moments of a row: what the names or nearly all rows say comes first."""
    for table in seen.tables:
        moments = list(table.of_kind(MOMENT))[:_MOMENTS]
        for one, other in combinations(moments, 2):
            if one.origin and one.origin == other.origin:
                continue
            for first, second in ((one, other), (other, one)):
                if said_before(first, second, table):
                    yield _order_in_row(table, first, second, sure=True)
                elif not said_before(second, first, table) and _both_past(first, second):
                    yield _order_in_row(table, first, second, sure=False)


def same_day(seen: Evidence) -> Iterator[Claim]:
    """A moment and the day of it, such as a key of the calendar, that stand in one row."""
    for table in seen.tables:
        moments = list(table.of_kind(MOMENT))[:_MOMENTS]
        for day, other in permutations(moments, 2):
            same = day.step and day.step == other.step and day.owner == other.owner
            if day.day_only and same and (not other.day_only or day.sql < other.sql):
                yield Claim(
                    "two days of one moment",
                    table.name,
                    (day.name, other.name),
                    f"{table.sql} c",
                    f"CAST(c.{day.sql} AS DATE) <> CAST(c.{other.sql} AS DATE)",
                    f"{day.name} is not the day of {other.name}, as it is in other rows",
                    shown_of(table, day, other),
                    rule_text(table.name, day.name, f"rule: {{name: date_key, column: {plain(other.name)}}}"),
                    most=0.03,
                    least_rows=LEAST_ROWS,
                )


def _both_past(first: Seen, second: Seen) -> bool:
    dull = {"load", "update", "end", "expire", "due", "last"}
    return not (first.planned or second.planned or {first.step, second.step} & dull)


def _order_in_row(table: Judged, first: Seen, second: Seen, *, sure: bool) -> Claim:
    a, b = f"c.{first.sql}", f"c.{second.sql}"
    return Claim(
        "order in a row",
        table.name,
        (first.name, second.name),
        f"{table.sql} c",
        later(a, b, first, second),
        f"{second.name} is before {first.name}",
        shown_of(table, first, second),
        rule_text(
            table.name, second.name, f"rule: {{name: after, column: {plain(first.name)}, within: 30d}}"
        ),
        most=1.0 if sure else _FEW,
        least_rows=1 if sure else LEAST_ROWS,
        fewest=0.0 if sure else _FEWEST,
        gap="" if sure else seconds_between(a, b, first, second),
    )


# --- along references


def along_references(seen: Evidence) -> Iterator[Claim]:
    """A row's moments against those of the rows that it references."""
    for link in [*seen.links, *_beyond(seen)]:
        if link.parent is link.child:
            continue
        mine = [c for c in link.child.of_kind(MOMENT) if link.column.sql not in (c.origin, c.sql)]
        theirs = [c for c in link.parent.of_kind(MOMENT) if not c.lent]
        for ours in mine[:12]:
            for parents in theirs[:12]:
                yield from _along(link, ours, parents)


def _beyond(seen: Evidence) -> Iterator[Tie]:
    """Parents of parents that have no moments of their own."""
    for link in seen.links:
        silent = not [c for c in link.parent.of_kind(MOMENT) if c.step not in ("load", "update")]
        if silent and link.key is link.parent.key and link.parent is not link.child:
            for further in seen.of_child(link.parent):
                if further.parent not in (link.parent, link.child):
                    yield replace(link, parent=further.parent, key=further.key, through=further)


def _along(link: Tie, ours: Seen, parents: Seen) -> Iterator[Claim]:
    if parents.step in ("load", "update", "login", "last") or ours.step in ("load", "birth"):
        return
    if "valid" in ours.words and not link.child.is_event:
        return
    born = _sure_birth(link, parents)
    if born and _happens(link, ours, parents):
        yield _not_before(link, ours, parents, sure=True)
    elif _ends(link, parents, ours) and _happens(link, ours, parents) and not ours.planned:
        yield _not_after(link, ours, parents, sure=True)
    elif link.through:
        return
    elif _sold_ahead(link, ours, parents):
        yield replace(_not_after(link, ours, parents, sure=True), fewest=0.2)
    elif not ours.planned and ours.step not in ("update", "expire") and not _VALID & set(parents.words):
        yield from _as_rows_say(link, ours, parents)


def _as_rows_say(link: Tie, ours: Seen, parents: Seen) -> Iterator[Claim]:
    if not parents.planned:
        yield _not_before(link, ours, parents, sure=False)
    if parents.step not in ("create", "join", "birth", "update"):
        yield _not_after(link, ours, parents, sure=False)


def _sold_ahead(link: Tie, ours: Seen, parents: Seen) -> bool:
    """Whether a row sells or books what is to come: a ticket for a show."""
    show = (
        link.parent.nouns[-1] in _AHEAD
        and parents.step in ("start", "depart")
        and not parents.owner - {"planned"}
    )
    sold = {"listing", "sale", "ticket", "booking", "reservation"} & set(link.child.nouns)
    return show and bool(sold) and ours in _own(link.child)[:1]


def _own(table: Judged) -> list[Seen]:
    """The moments of what a row tells, not of when somebody wrote it down."""
    return [c for c in table.of_kind(MOMENT) if not c.planned and c.step not in ("load", "update")]


def _is_period(table: Judged, moment: Seen) -> bool:
    return bool(set(table.nouns) & PERIODS or set(moment.words) & _VALID)


def _sure_birth(link: Tie, moment: Seen) -> bool:
    if moment.planned:
        return False
    if moment.step == "start":
        return _is_period(link.parent, moment) and not moment.owner - _VALID - set(link.parent.nouns)
    if not moment.step and link.parent.is_event:
        first = _own(link.parent)[:1] == [moment] and link.parent.nouns[-1] not in _AHEAD
        return first and not moment.owner - set(link.parent.nouns)
    bare = not moment.owner - set(link.parent.nouns) - {"account", "member"}
    return moment.step in SURE_BIRTHS and (bare or moment.step == "birth")


def _ends(link: Tie, moment: Seen, ours: Seen) -> bool:
    """Whether nothing happens to a parent after this."""
    if moment.step == "death":  # bills are written after it
        served = ours.step in ("admit", "perform", "sample", "login") or {"svc", "service"} & ours.owner
        alive = link.child.nouns[-1] in ALIVE or bool(served)
        return alive and ours in _own(link.child)[:1]
    if moment.step != "end" or moment.planned:
        return False
    return _is_period(link.parent, moment) and not moment.owner - _VALID - set(link.parent.nouns)


def _happens(link: Tie, ours: Seen, parents: Seen) -> bool:
    """Whether a row of the child happens at this moment to a parent that is there."""
    if link.parent.nouns[-1] in PERIODS or _VALID & set(parents.words):
        steps = (
            "deliver",
            "return",
            "refund",
            "pay",
            "ship",
            "cancel",
            "close",
            "complete",
            "end",
            "expire",
            "update",
        )
        first = next(iter(_own(link.child)), None)
        return link.child.is_event and ours.step not in steps and ours is first
    return link.child.is_event


def _not_before(link: Tie, ours: Seen, parents: Seen, *, sure: bool) -> Claim:
    a, b = f"p.{parents.sql}", f"c.{ours.sql}"
    message = f"{ours.name} is before {parents.name} of the {_thing(link)} that {link.column.name} references"
    rule = (
        "rule: "
        f"{{name: after, reference: {plain(link.column.name)}, column: {plain(parents.name)}, within: 365d}}"
    )
    return _against(link, ours, parents, (a, b), message, rule, sure)


def _not_after(link: Tie, ours: Seen, parents: Seen, *, sure: bool) -> Claim:
    a, b = f"c.{ours.sql}", f"p.{parents.sql}"
    message = f"{ours.name} is after {parents.name} of the {_thing(link)} that {link.column.name} references"
    reference = f"{{reference: {plain(link.column.name)}, column: {plain(parents.name)}}}"
    start = next((c for c in link.parent.of_kind(MOMENT) if c is not parents and not c.planned), parents)
    rule = (
        f"rule: {{name: after, reference: {plain(link.column.name)}, column: {plain(start.name)}, "
        f"within: 365d, until: {reference}}}"
    )
    return _against(link, ours, parents, (a, b), message, rule, sure)


def _against(
    link: Tie, ours: Seen, parents: Seen, pair: tuple[str, str], message: str, rule: str, sure: bool
) -> Claim:
    a, b = pair
    columns = (link.column.name, ours.name) if ours.name != link.column.name else (ours.name,)
    target = link.column.name if ours.origin else ours.name
    if ours.origin or (_is_period(link.parent, parents) and "valid" in parents.words):
        begin = next((c.name for c in link.parent.of_kind(MOMENT) if c.step == "start"), parents.name)
        target = link.column.name
        rule = f"foreign_key: {{pick: {{at: {plain(ours.name)}, since: {plain(begin)}}}}}"
    return Claim(
        "order along a reference",
        link.child.name,
        (*columns, f"{link.parent.name}.{parents.name}"),
        link.source,
        later(a, b, ours, parents),
        message,
        {
            **shown_of(link.child, link.column, ours),
            **shown_of(link.parent, parents, alias="p", prefix=f"{link.parent.name}."),
        },
        rule_text(link.child.name, target, rule),
        most=1.0 if sure else _FEW,
        least_rows=1 if sure else LEAST_ROWS,
        fewest=0.0 if sure else _FEWEST,
        gap="" if sure else seconds_between(a, b, ours, parents),
    )


def _thing(link: Tie) -> str:
    return " ".join(link.parent.nouns)
