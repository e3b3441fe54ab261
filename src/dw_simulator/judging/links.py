"""References that are found: by the words of names first, then by what the values say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dw_simulator.judging.bench import Bench
from dw_simulator.judging.judged_tables import MOMENT, NUMBER, TEXT, Judged, Seen
from dw_simulator.judging.judged_words import KEY_WORDS, PERSONS, PLACES, ROLES

_MOST = 400
_CONTAINED = 0.5
_SURE = 0.98
_ABOVE = ("parent", "manager", "supervisor")


@dataclass(frozen=True)
class Tie:
    """A column whose values are the key of another table's rows.

    sure     whether the name alone says so
    through  the reference of the row between, where the parent is a parent's parent
    orphans  rows without a parent, of those that say one
    """

    child: Judged
    column: Seen
    parent: Judged
    key: Seen
    sure: bool = True
    orphans: int = 0
    filled: int = 0
    through: "Tie | None" = None

    @property
    def source(self) -> str:
        """Rows of the child as c, beside those of the parent as p."""
        if self.through:
            between = f"{self.child.sql} c LEFT JOIN {self.through.child.sql} m ON {self.first}"
            return f"{between} LEFT JOIN {self.parent.sql} p ON {self.through.on('m', 'p')}"
        return f"{self.child.sql} c LEFT JOIN {self.parent.sql} p ON {self.on('c', 'p')}"

    def on(self, child: str, parent: str) -> str:
        """How the two hang together."""
        return f"{child}.{self.column.sql} = {parent}.{self.key.sql}"

    @property
    def first(self) -> str:
        """How a row hangs together with the one between."""
        key = self.through.child.key if self.through else None
        return f"c.{self.column.sql} = m.{key.sql if key else self.key.sql}"

    @property
    def per_parent(self) -> float:
        """Rows of the child for each of the parent."""
        return self.filled / max(self.parent.rows, 1)


def owner_words(words: Sequence[str]) -> tuple[str, ...]:
    """A key's words without those that make it a key."""
    kept = list(words)
    while kept and kept[-1] in KEY_WORDS:
        kept.pop()
    while kept and kept[0] in ("fk", "id", "pk", "ref"):
        kept.pop(0)
    if len(kept) > 1 and kept[-1] in PLACES:  # where the noun comes first: `aeropuerto_origen`
        kept.insert(0, kept.pop())
    return tuple(word for word in kept if word not in ("dim", "fk"))


def _candidates(child: Judged, tables: Sequence[Judged]) -> Iterator[Tie]:
    index: dict[str, list[tuple[Judged, Seen]]] = {}
    for table in tables:
        for key in table.keys[:4]:
            owner = owner_words(key.words) or table.nouns
            for last in {owner[-1], table.nouns[-1]}:
                index.setdefault(last, []).append((table, key))
    for column in child.columns:
        if column.kind not in (NUMBER, TEXT, MOMENT) or not column.filled:
            continue
        if column is child.key and owner_words(column.words) in ((), child.nouns):
            continue
        owner = owner_words(column.words)
        if owner and (column.key_like or column.words == owner):
            yield from _by_name(child, column, owner, index.get(owner[-1], []))
            yield from _by_role(child, column, owner, tables)


def _by_name(
    child: Judged, column: Seen, owner: tuple[str, ...], keys: list[tuple[Judged, Seen]]
) -> Iterator[Tie]:
    for parent, key in keys:
        if (parent is child and key is column) or column.kind != key.kind:
            continue
        key_owner = owner_words(key.words) or parent.nouns
        same = owner in (key_owner, parent.nouns)
        ends = owner[-len(key_owner) :] == key_owner or owner[-len(parent.nouns) :] == parent.nouns
        told = column.key_like and (key.key_like or key.words == column.words)
        if parent is child and same:
            continue
        if (same or ends) and (told or column.words == key.words):
            yield Tie(child, column, parent, key, sure=same)


def _by_role(child: Judged, column: Seen, owner: tuple[str, ...], tables: Sequence[Judged]) -> Iterator[Tie]:
    if owner[-1] in _ABOVE and column.key_like and child.key and child.key.kind == column.kind:
        yield Tie(child, column, child, child.key, sure=False)
    if owner[-1] in ROLES | PERSONS:
        people = [t for t in tables if t.nouns[-1] in PERSONS and t.key and t.key.kind == column.kind]
        same = [t for t in people if t.nouns[-1] == owner[-1]]
        key = people[0].key if len(people) == 1 and not same else None
        if key and column.key_like and column.words[-1] == key.words[-1]:
            yield Tie(child, column, people[0], key, sure=False)


def found_links(bench: Bench, tables: Sequence[Judged]) -> list[Tie]:
    """Every reference, one a column: the parent that has the most of its values."""
    filled = [table for table in tables if table.rows]
    found: list[Tie] = []
    for child in filled:
        per_column: dict[str, list[Tie]] = {}
        for link in _candidates(child, filled):
            per_column.setdefault(link.column.sql, []).append(link)
        for links in per_column.values():
            counted = [_counted(bench, link) for link in links[:4]]
            good = [link for link in counted if link.filled and _holds(link)]
            if good and len(found) < _MOST:
                found.append(min(good, key=_rank))
    return found


def _rank(link: Tie) -> tuple[bool, bool, int]:
    """The likeliest parent first: by its name, and by its own key rather than another that is unique."""
    return not link.sure, link.key is not link.parent.key, link.orphans


def _counted(bench: Bench, link: Tie) -> Tie:
    named = f"c.{link.column.sql}"
    said = f"{named} IS NOT NULL"
    if link.column.kind == NUMBER:
        said += f" AND {named} NOT IN (0, -1)"
    rows = bench.rows(
        f"SELECT count(*) FILTER (WHERE {said}), count(*) FILTER (WHERE {said} AND p.{link.key.sql} IS NULL) "
        f"FROM {link.source}",
        link.child.name,
    )
    return replace(link, filled=int(rows[0][0]), orphans=int(rows[0][1])) if rows else link


def _holds(link: Tie) -> bool:
    """Whether the values say so, too: a few may be missing, or, where the name is the key's own, most."""
    there = 1 - link.orphans / link.filled
    if (
        not link.sure
        and set(link.column.words) & PLACES
        and len(link.parent.keys) == 1
        and link.parent.rows > 1
    ):
        return True
    if link.sure and len(link.column.words) > 1:
        exact = link.column.words == link.key.words or not owner_words(link.key.words)
        return there >= _CONTAINED or (exact and link.key is link.parent.key and link.parent.rows > 1)
    return there >= (_CONTAINED if link.sure else _SURE)


def dated(bench: Bench, tables: Sequence[Judged], links: Sequence[Tie]) -> None:
    """Moments that are kept elsewhere: a date dimension's day of a key, a header's moment of its lines."""
    for child in tables:
        taken: list[tuple[Tie, Seen]] = []
        mine = [link for link in links if link.child is child and link.parent is not child]
        for link in mine:
            day = _day(link)
            if day is not None:
                taken.append((link, replace(day, name=link.column.name, origin=link.column.sql)))
        own = [c for c in child.of_kind(MOMENT) if not c.planned] or [seen for _, seen in taken]
        if not own and child.is_event:
            for link in [one for one in mine if one.parent.is_event and one.per_parent >= 0.5][:1]:
                moments = [
                    c for c in link.parent.of_kind(MOMENT) if not c.planned and c.filled == link.parent.rows
                ]
                taken += [(link, replace(c, origin=link.column.sql, lent=True)) for c in moments[:1]]
        if taken:
            _extend(bench, child, taken)


def _day(link: Tie) -> Seen | None:
    """The day that a row of a date dimension is."""
    if link.key.kind == MOMENT or not {"date", "day", "calendar", "kalender"} & set(link.parent.nouns):
        return None
    days = [c for c in link.parent.of_kind(MOMENT) if c.day_only]
    return days[0] if len(days) == 1 or (days and days[0].unique) else None


def _extend(bench: Bench, child: Judged, taken: Sequence[tuple[Tie, Seen]]) -> None:
    joins, columns = [], []
    for number, (link, seen) in enumerate(taken):
        alias = f"j{number}"
        joins.append(f"LEFT JOIN {link.parent.sql} {alias} ON c.{link.column.sql} = {alias}.{link.key.sql}")
        columns.append(
            (f"{alias}.{seen.sql}", replace(seen, sql=f"v{number}", filled=link.filled, unique=False))
        )
    made = f"{child.sql}x"
    shown = ", ".join(f"{sql} AS {seen.sql}" for sql, seen in columns)
    what = "TABLE" if child.rows <= 3_000_000 else "VIEW"
    if bench.run(f"CREATE {what} {made} AS SELECT c.*, {shown} FROM {child.sql} c {' '.join(joins)}"):
        child.sql = made
        child.columns += [seen for _, seen in columns]
