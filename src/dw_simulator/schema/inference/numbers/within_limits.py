"""What lies between the least and the greatest that a referenced row allows: a salary within its pay grade.

Of `pay_grades(min_salary, max_salary)` and `employees(grade_id, salary)` the salary is between the two; so is
the price of a listing between the least and the greatest price of its event.
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.numbers.formulas import is_whole
from dw_simulator.schema.inference.numbers.measure_roles import role_of, said_by
from dw_simulator.schema.inference.numbers.row_numbers import RoleSource, bare, numbers_of
from dw_simulator.schema.inference.numbers.twin_numbers import SIGNED, Twin
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch
from dw_simulator.types import NUMERIC_KINDS

_ENDS = (("min", "max"), ("low", "high"), ("lowest", "highest"), ("lower", "upper"), ("least", "greatest"))
_OWN = frozenset(
    """origin original initial requested base current actual agreed offered chosen annual year yearly
    gross""".split()
)
"""Words that a number may have besides those of its limits."""
_MONEY = frozenset({"price", "salary", "pay", "wage", "fare", "fee", "rent", "amount"})
"""Words of limits between which amounts are round."""
_CAPS = frozenset({"max", "limit", "capacity", "maximum"})
_ROOM = "greatest(part(most, 0.05, 0.5), 1)"
"""A room's part of what a building has place for."""
_Limits = tuple[frozenset[str], ColumnSketch, ColumnSketch]


def within_limits(table: TableSketch) -> Iterator[Twin]:
    """The numbers of a table for which a referenced row has limits."""
    numbers = numbers_of(table)
    for link, beyond in _ways(table) if numbers else ():
        sure = link.required and (beyond is None or beyond.required)
        for rest, least, most in _limits((beyond or link).parent):
            for one in numbers:
                if one.required and not sure:
                    continue
                if not _of(one, rest, table) if beyond is None else said_by(one.words) != rest:
                    continue
                ends = {"least": least, "most": most}
                sources = {role: RoleSource(bare(end), link, beyond) for role, end in ends.items()}
                round_ = "round_" if rest & _MONEY and one.column.type.scale == 2 else ""
                line = f"value = {round_}within(least, most) | between {{least}} and {{most}}"
                yield Twin(bare(one), line, sources)
                break


def _ways(table: TableSketch) -> Iterator[tuple[Link, Link | None]]:
    """The rows that a row references, and then those that these reference."""
    links = [link for link in table.links if not link.to_itself]
    yield from ((link, None) for link in links)
    yield from (
        (link, beyond)
        for link in links
        for beyond in link.parent.links
        if not beyond.to_itself and beyond.parent is not table and len(beyond.columns) == 1
    )


def at_most_the_parents(table: TableSketch) -> Iterator[Twin]:
    """What is at most as much as the same limit of a referenced row: a card's limit, its account's."""
    known = {said_by(one.words): one for one in numbers_of(table)}
    caps = {words: one for words, one in known.items() if words & _CAPS and not _signed(words)}
    for link in table.links if caps else ():
        if link.to_itself:
            continue
        above = {said_by(one.words) - {*link.parent.noun}: one for one in numbers_of(link.parent)}
        for words, one in caps.items():
            most = above.get(words - {*table.noun}) or above.get(words)
            twin = any(words - {"max"} | {end} in known for end in ("min", "average"))
            if most is None or twin or (one.required and not link.required) or bool(one.keyed):
                continue
            part = "most * steps(1, 1, 1, 0.8, 0.5, 0.25)"
            if is_whole(one.kind, one.column.type.scale):
                part = "greatest(part(most, 0.3, 1), 1)" if "capacity" not in words else _ROOM
            yield Twin(
                bare(one), f"value = {part} | at most {{most}}", {"most": RoleSource(bare(most), link)}
            )


def _signed(words: frozenset[str]) -> bool:
    return bool(words & (SIGNED | {"percent", "rate", "age", "order", "number"}))


def _limits(table: TableSketch) -> Iterator[_Limits]:
    """The pairs of limits in a table, by the words that they share."""
    by_words: dict[frozenset[str], ColumnSketch] = {}
    for one in table.columns.values():
        if one.kind in NUMERIC_KINDS and not (one.hidden or one.keyed):
            by_words.setdefault(said_by(one.words), one)
    for words, one in by_words.items():
        for least, greatest in _ENDS:
            rest = words - {least}
            most = by_words.get(rest | {greatest}) if least in words and rest else None
            if most is not None:
                yield rest, one, most


def _of(column: ColumnSketch, rest: frozenset[str], table: TableSketch) -> bool:
    """Whether a number is of the kind that has such limits."""
    words = said_by(column.words)
    if words == rest or (rest < words and words - rest <= _OWN | said_by(table.noun)):
        return True
    role, owner = role_of(column.words, table.noun)
    return bool(role) and not owner and role_of(tuple(sorted(rest)), ()) == (role, frozenset())
