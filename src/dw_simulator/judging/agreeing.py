"""What should be the same twice: two ways to one parent, copies of a parent's values, kinds of a name."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from dw_simulator.judging.claims import LEAST_ROWS, Claim, Evidence, plain, rule_text, shown_of
from dw_simulator.judging.findings import Complaint
from dw_simulator.judging.judged_tables import MOMENT, NUMBER, TEXT, Judged, Seen
from dw_simulator.judging.judged_words import DULL, PERSONS
from dw_simulator.judging.links import Tie, owner_words

_MOST = 0.05
_COPIED = 0.02
_NEVER = 0.95
_KINDS = 0.015
_PAIRS = 150
_SMALL = 1000


def orphans(seen: Evidence) -> Iterator[Claim]:
    """References to rows that are not there."""
    for link in seen.links:
        own = f"c.{link.column.sql}"
        said = f"{own} IS NOT NULL" + (f" AND {own} NOT IN (0, -1)" if link.column.kind == NUMBER else "")
        target = f"{link.parent.name}({link.key.name})"
        rule = (
            "foreign_key: "
            f"{{references_table: {plain(link.parent.name)}, references_column: {plain(link.key.name)}}}"
        )
        yield Claim(
            "orphan",
            link.child.name,
            (link.column.name,),
            link.source,
            f"CASE WHEN {said} THEN p.{link.key.sql} IS NULL END",
            f"{link.column.name} looks like a reference to {target}, where there is no such row",
            shown_of(link.child, link.column),
            rule_text(link.child.name, link.column.name, rule),
        )


def diamonds(seen: Evidence) -> Iterator[Claim]:
    """Two ways from a row to one parent that lead to different rows."""
    for first in seen.links:
        for own in seen.of_child(first.child):
            calendar = {"date", "calendar", "time", "day"} & set(own.parent.nouns)
            if own.column is not first.column and first.parent is not first.child and not calendar:
                for beyond in seen.of_child(first.parent):
                    yield from _ways(seen, first, own, beyond)


def _ways(seen: Evidence, first: Tie, own: Tie, beyond: Tie) -> Iterator[Claim]:
    if beyond.parent is own.parent and beyond.parent is not first.parent:
        yield from _diamond(first, own, beyond)
    elif beyond.parent not in (first.parent, first.child, own.parent):
        for last in seen.of_child(beyond.parent):
            if last.parent is own.parent and last.parent is not beyond.parent:
                yield _long_diamond(first, own, beyond, last)


def _diamond(first: Tie, own: Tie, beyond: Tie) -> Iterator[Claim]:
    violated = f"c.{own.column.sql} <> p.{beyond.column.sql}"
    claim = Claim(
        "two ways to one parent",
        first.child.name,
        (own.column.name, first.column.name, f"{first.parent.name}.{beyond.column.name}"),
        first.source,
        violated,
        f"{own.column.name} is not {beyond.column.name} of the row that {first.column.name} references",
        {
            **shown_of(first.child, first.column, own.column),
            **shown_of(first.parent, beyond.column, alias="p", prefix=f"{first.parent.name}."),
        },
        rule_text(first.child.name, own.column.name, f"foreign_key: {{via: [{plain(first.column.name)}]}}"),
        most=_diamond_share(first, own, beyond),
        least_rows=50,
    )
    yield claim


def _diamond_share(first: Tie, own: Tie, beyond: Tie) -> float:
    """All rows count where names are the same, and the row between is a deal, not a person with habits."""
    same = owner_words(own.column.words) == owner_words(beyond.column.words)
    deal = first.parent.is_event and first.parent.nouns[-1] not in PERSONS
    return 1.0 if same and deal and first.child.is_event else _MOST


def _long_diamond(first: Tie, own: Tie, beyond: Tie, last: Tie) -> Claim:
    source = f"{first.source} LEFT JOIN {beyond.parent.sql} q ON {beyond.on('p', 'q')}"
    return Claim(
        "two ways to one parent",
        first.child.name,
        (own.column.name, first.column.name, f"{beyond.parent.name}.{last.column.name}"),
        source,
        f"c.{own.column.sql} <> q.{last.column.sql}",
        f"{own.column.name} is not {last.column.name} of the {' '.join(beyond.parent.nouns)} of its "
        f"{' '.join(first.parent.nouns)}",
        {
            **shown_of(first.child, first.column, own.column),
            f"{beyond.parent.name}.{last.column.name}": f"q.{last.column.sql}",
        },
        rule_text(
            first.child.name,
            own.column.name,
            f"foreign_key: {{via: [{plain(first.column.name)}, {plain(beyond.column.name)}]}}",
        ),
        most=_MOST,
        least_rows=50,
    )


def self_pairs(seen: Evidence) -> Iterator[Claim]:
    """The same row twice where two are meant: a buyer who is the seller."""
    for table in seen.tables:
        links = [link for link in seen.of_child(table) if link.parent is not table]
        for at, one in enumerate(links):
            for other in links[at + 1 :]:
                if one.parent is not other.parent or one.parent.rows < 3:
                    continue
                sure = _opposed(one.column, other.column)
                if not sure and not (one.sure and other.sure):
                    continue
                yield Claim(
                    "self pair",
                    table.name,
                    (one.column.name, other.column.name),
                    f"{table.sql} c",
                    f"c.{one.column.sql} = c.{other.column.sql}",
                    f"{one.column.name} and {other.column.name} are the same",
                    shown_of(table, one.column, other.column),
                    rule_text(table.name, other.column.name, "foreign_key: {distinct: true}"),
                    most=0.5 if sure else 0.004,
                    least_rows=1 if sure else 500,
                )
        for link in [one for one in seen.of_child(table) if one.parent is table]:
            yield Claim(
                "self pair",
                table.name,
                (link.column.name,),
                f"{table.sql} c",
                f"c.{link.column.sql} = c.{link.key.sql}",
                f"{link.column.name} is the row itself",
                shown_of(table, link.column),
                rule_text(table.name, link.column.name, "foreign_key: {tree: {}}"),
                most=0.02,
            )


_OPPOSED = (
    ("buyer", "seller"),
    ("sender", "recipient"),
    ("sender", "receiver"),
    ("payer", "payee"),
    ("from", "to"),
    ("source", "target"),
    ("source", "destination"),
    ("source", "dest"),
    ("origin", "destination"),
    ("orig", "dest"),
    ("home", "away"),
    ("debit", "credit"),
    ("winner", "loser"),
    ("referrer", "referred"),
    ("depart", "arrive"),
    ("departure", "arrival"),
)


def _opposed(one: Seen, other: Seen) -> bool:
    pairs = [(a, b) for a, b in _OPPOSED] + [(b, a) for a, b in _OPPOSED]
    return any(a in one.words and b in other.words for a, b in pairs)


# --- copies


def copies(seen: Evidence) -> Iterator[Claim]:
    """A column of a parent that its children repeat."""
    for link in seen.links:
        if link.parent is link.child:
            continue
        linked = {one.column.sql for one in seen.of_child(link.child)}
        for ours in link.child.columns:
            if (
                ours.kind in (NUMBER, TEXT, MOMENT)
                and ours.sql not in linked
                and not ours.origin
                and ours.filled
            ):
                for theirs in link.parent.columns:
                    if _same_thing(link, ours, theirs):
                        yield _copy(link, ours, theirs)
                        if ours.words == theirs.words == ("list", "price"):
                            yield replace(_copy(link, ours, theirs), most=1.0, fewest=_NEVER)


def _same_thing(link: Tie, ours: Seen, theirs: Seen) -> bool:
    if theirs.kind != ours.kind or theirs.unique or theirs.distinct < 2 or theirs.origin:
        return False
    nouns = set(link.parent.nouns) | set(link.child.nouns) | {"list", "unit", "code"}
    one, other = set(ours.words) - nouns, set(theirs.words) - nouns
    if not one and not other:
        return ours.words == theirs.words
    return one == other and bool(one - DULL or one & {"price"})


def _copy(link: Tie, ours: Seen, theirs: Seen) -> Claim:
    rule = f"lookup: {{reference: {plain(link.column.name)}, column: {plain(theirs.name)}}}"
    return Claim(
        "copy that differs",
        link.child.name,
        (ours.name, f"{link.parent.name}.{theirs.name}"),
        link.source,
        f"c.{ours.sql} <> p.{theirs.sql}",
        f"{ours.name} differs from {theirs.name} of the row that {link.column.name} references, which "
        "others repeat",
        {
            **shown_of(link.child, link.column, ours),
            **shown_of(link.parent, theirs, alias="p", prefix=f"{link.parent.name}."),
        },
        rule_text(link.child.name, ours.name, rule),
        most=_COPIED,
        least_rows=LEAST_ROWS,
    )


# --- one thing of one kind


def kinds(seen: Evidence) -> Iterator[Complaint]:
    """A value that says another, as a city says its country, except in a few rows."""
    for table in seen.tables:
        columns = [c for c in table.of_kind(TEXT, NUMBER) if _groups(table, c, seen)][:24]
        asked = 0
        for one, other in permutations(columns, 2):
            if one.distinct >= other.distinct and asked < _PAIRS and _may_decide(one, other):
                asked += 1
                yield from _decided(seen, table, one, other)


def _groups(table: Judged, column: Seen, seen: Evidence) -> bool:
    if column.kind == NUMBER:
        linked = any(link.column is column for link in seen.of_child(table))
        return (
            (column.key_like or linked)
            and 2 <= column.distinct <= max(table.rows // 4, 2)
            and not column.unique
        )
    people = {"first", "last", "gender", "comment", "note", "title", "name"} & set(column.words)
    plain_name = people and not set(column.words) & {
        "category",
        "city",
        "country",
        "product",
        "month",
        "weekday",
        "day",
    }
    return 2 <= column.distinct <= max(table.rows // 4, 2) and not plain_name


def _may_decide(one: Seen, other: Seen) -> bool:
    named = {"status", "state", "reason"} & (set(one.words) | set(other.words))
    return other.distinct >= 3 and other.kind == TEXT and not (named and one.kind == TEXT)


def _decided(seen: Evidence, table: Judged, one: Seen, other: Seen) -> Iterator[Complaint]:
    a, b = one.sql, other.sql
    sql = (
        f"WITH pairs AS (SELECT {a} AS a, {b} AS b, count(*) AS n FROM {table.sql} "
        f"WHERE {a} IS NOT NULL AND {b} IS NOT NULL GROUP BY ALL), "
        "groups AS (SELECT a, sum(n) AS n, max(n) AS most, arg_max(b, n) AS usual, count(*) AS kinds "
        "FROM pairs GROUP BY 1), "
        "alone AS (SELECT max(n) / sum(n) AS share FROM (SELECT sum(n) AS n FROM pairs GROUP BY b)) "
        "SELECT sum(n), sum(n - most), sum(CASE WHEN n > 3 THEN n ELSE 0 END), max(share), count(*), "
        "sum(CASE WHEN kinds > 1 THEN 1 ELSE 0 END), "
        "max(CASE WHEN kinds > 1 THEN a END) FROM groups, alone"
    )
    for row in seen.bench.rows(sql, table.name):
        total, wrong, solid, share, groups, mixed, sample = row
        if not wrong or total < LEAST_ROWS or wrong > _KINDS * total or share > 0.8:
            continue
        if solid < 0.9 * total or (groups > 20 and mixed > 0.5 * groups and wrong < groups):
            continue
        example = {one.name: str(sample)}
        found = seen.bench.rows(
            f"SELECT CAST({a} AS VARCHAR), CAST({b} AS VARCHAR), count(*) AS n FROM {table.sql} "
            f"WHERE CAST({a} AS VARCHAR) = (SELECT max(CAST(a AS VARCHAR)) FROM (SELECT {a} AS a FROM "
            f"{table.sql} "
            f"WHERE {b} IS NOT NULL GROUP BY 1 HAVING count(DISTINCT {b}) > 1)) AND {b} IS NOT NULL "
            "GROUP BY ALL ORDER BY n DESC, 2 LIMIT 2",
            table.name,
        )
        if len(found) == 2:
            example = {one.name: found[0][0], f"usual {other.name}": found[0][1], other.name: found[1][1]}
        yield Complaint(
            "one value, two kinds",
            table.name,
            (one.name, other.name),
            f"{other.name} differs among rows of one {one.name}, which elsewhere says it",
            int(wrong),
            int(total),
            example=example,
            rule=rule_text(
                table.name, other.name, f"rule: {{name: choice, by: {plain(one.name)}, values: {{}}}}"
            ),
        )
