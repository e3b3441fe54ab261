"""What lies between the least and the greatest that a referenced row allows: a salary within its pay grade.

Of `pay_grades(min_salary, max_salary)` and `employees(grade_id, salary)` the salary is between the two; so is
the price of a listing between the least and the greatest price of its event.
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.numbers.measure_roles import NumberColumn, role_of, said_by
from dw_simulator.schema.inference.numbers.row_numbers import RoleSource
from dw_simulator.schema.inference.numbers.twin_numbers import Twin
from dw_simulator.schema.inference.sketch import ColumnSketch, TableSketch
from dw_simulator.types import NUMERIC_KINDS, Kind

_ENDS = (("min", "max"), ("low", "high"), ("lowest", "highest"), ("lower", "upper"), ("least", "greatest"))
_OWN = frozenset("base current actual agreed offered chosen annual year yearly gross".split())
"""Words that a number may have besides those of its limits."""
_MONEY = frozenset({"price", "salary", "pay", "wage", "fare", "fee", "rent", "amount"})
"""Words of limits between which amounts are round."""
_Limits = tuple[frozenset[str], ColumnSketch, ColumnSketch]


def within_limits(table: TableSketch) -> Iterator[Twin]:
    """The numbers of a table for which a referenced row has limits."""
    linked = {name for link in table.links for name in link.columns}
    numbers = [
        one
        for one in table.columns.values()
        if one.kind in NUMERIC_KINDS - {Kind.BOOLEAN} and not (one.hidden or one.keyed or one.name in linked)
    ]
    for link in table.links:
        if link.to_itself or not numbers:
            continue
        for rest, least, most in _limits(link.parent):
            for one in numbers:
                if not _of(one, rest, table) or (one.required and not link.required):
                    continue
                ends = {"least": least, "most": most}
                sources = {
                    role: RoleSource(NumberColumn(end, "", frozenset()), link) for role, end in ends.items()
                }
                round_ = "round_" if rest & _MONEY and one.column.type.scale == 2 else ""
                line = f"value = {round_}within(least, most) | between {{least}} and {{most}}"
                yield Twin(NumberColumn(one, "", frozenset()), line, sources)
                break


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
