"""Totals whose names say what they are the sum of: total_hours of regular_hours and overtime_hours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dw_simulator.schema.inference.numbers.measure_roles import (
    APART,
    CURRENCIES,
    NumberColumn,
    lines_of,
    said_by,
)
from dw_simulator.schema.inference.numbers.twin_numbers import Twin, alike, part_words
from dw_simulator.schema.inference.sketch import TableSketch
from dw_simulator.types import NUMERIC_KINDS

_WHOLE = frozenset({"total", "sum", "overall", "all"})
_COUNTED = frozenset({"number", "count", "n", "quantity", *_WHOLE})
_DULL = frozenset({"amount", "value", "eur", "usd", "price"})
_WITHHELD = frozenset("tax insurance deduction pension contribution withholding security social".split())
_NOT_WITHHELD = frozenset("rate percent base employer ytd year taxable cumulative number count".split())
_ON_PAY = frozenset({"payslip", "payroll", "salary", "wage", "paycheck", "pay", "employee"})
"""Rows of which gross and net are somebody's pay."""
_FEES = ("fee", "charge", "cost")
_KINDS_OF_FEES = frozenset({"base", "fixed", "variable", "used"})
_BARE_TOTAL = frozenset({"total", "amount", "sum", "grand", "due"}) | CURRENCIES
_VAT = "net * steps(0.19, 0.2, 0.21) | a tax on {net}"
_Words = frozenset[str]


@dataclass(frozen=True)
class _Totals:
    """The words of `data/totals.txt`."""

    heads: _Words
    apart: _Words
    people: tuple[tuple[_Words, tuple[_Words, ...]], ...]


@cache
def _totals() -> _Totals:
    heads, apart, people = _Words(), APART | part_words(), []
    for line in lines_of("totals.txt"):
        name, _, said = line.partition(":")
        if name == "heads":
            heads = said_by(tuple(said.split()))
        elif name == "apart":
            apart |= said_by(tuple(said.split()))
        else:
            wholes, _, parts = line.partition("=")
            people.append(
                (frozenset(wholes.split()), tuple(frozenset(part.split()) for part in parts.split("|")))
            )
    return _Totals(heads, apart, tuple(people))


def worded_sums(table: TableSketch, numbers: Sequence[NumberColumn]) -> Iterator[Twin]:
    """The totals of a row. numbers: those of its numbers that have a role."""
    linked = {name for link in table.links for name in link.columns}
    by_words: dict[_Words, NumberColumn] = {}
    known = {one.name: one for one in numbers}
    for column in table.columns.values():
        if column.kind in NUMERIC_KINDS and not (column.hidden or column.keyed or column.name in linked):
            number = known.get(column.name) or NumberColumn(column, "", frozenset())
            by_words.setdefault(said_by(column.words), number)
    if len(by_words) > 2:
        yield from _taxed(by_words)
        yield from _withheld(by_words, bool(_ON_PAY & {*table.noun}))
        yield from _of_kinds(by_words)
        yield from _of_fees(by_words)
        yield from _of_people(by_words)


def _sum(goal: NumberColumn, parts: Sequence[NumberColumn]) -> Twin:
    sources = {f"part_{place}": one for place, one in enumerate(parts)}
    return Twin(goal, f"total = {' + '.join(f'perhaps({role})' for role in sources)}", sources)


def _taxed(by_words: dict[_Words, NumberColumn]) -> Iterator[Twin]:
    """commission_total is the commission and commission_tax."""
    for words, tax in by_words.items():
        rest = words - {"tax"}
        net = by_words.get(rest)
        goal = by_words.get(rest | {"total"}) or by_words.get(rest | {"gross"})
        if net is None or net is tax or goal is None or not rest - _DULL - _COUNTED - {"net"}:
            continue
        yield Twin(tax, f"tax = {_VAT}", {"net": net})
        yield Twin(goal, "total = net + tax", {"net": net, "tax": tax})


def _withheld(by_words: dict[_Words, NumberColumn], of_pay: bool) -> Iterator[Twin]:
    """What is withheld of a pay is the sum of its taxes and insurances, and the net what these leave.

    of_pay  whether the rows are of somebody's pay
    """
    gross = next((one for one in by_words.values() if one.role in ("gross", "gross_pay")), None)
    net = next((one for one in by_words.values() if one.role in ("net", "net_pay")), None)
    if gross is None or net is None:
        return
    all_ = [(words, one) for words, one in by_words.items() if "deduction" in words]
    goals = [one for words, one in all_ if words & _WHOLE or words <= {"deduction", *_DULL}]
    parts = [
        one
        for words, one in by_words.items()
        if words & _WITHHELD
        and one not in goals[:1]
        and one not in (gross, net)
        and not words & _NOT_WITHHELD
    ]
    plain = of_pay or {gross.role, net.role} == {"gross_pay", "net_pay"}
    if len(parts) < 2 or not (len(goals) == 1 or (plain and not goals)):
        return
    least, most = 0.1 / len(parts), 0.4 / len(parts)
    for part in parts:
        line = f"part = gross * between({least:.3f}, {most:.3f}) | a part of {{gross}}"
        yield Twin(part, line, {"gross": gross})
    if goals:
        yield _sum(goals[0], parts)
        yield Twin(net, "net = gross - less", {"gross": gross, "less": goals[0]})
        return
    sources = {f"part_{place}": one for place, one in enumerate(parts)}
    less = " - ".join(f"perhaps({role})" for role in sources)
    yield Twin(net, f"net = gross - {less}", {"gross": gross, **sources})


def _of_kinds(by_words: dict[_Words, NumberColumn]) -> Iterator[Twin]:
    """seats_total is the seats of all cabins, total_hours those of all kinds."""
    known = _totals()
    for words, goal in by_words.items():
        rest = words - _WHOLE
        if rest == words or not rest & known.heads:
            continue
        parts = [
            one
            for other, one in by_words.items()
            if rest < other
            and len(other - rest) == 1
            and not other - rest & known.apart
            and alike(goal.column, one.column)
        ]
        if len(parts) > 1:
            yield _sum(goal, parts)


def _of_fees(by_words: dict[_Words, NumberColumn]) -> Iterator[Twin]:
    """The total of a notice that tells its fees, and of money nothing but these and their tax."""
    money = {words: one for words, one in by_words.items() if one.column.column.type.scale == 2}
    goals = [one for words, one in money.items() if "total" in words and words <= _BARE_TOTAL]
    taxes = [one for words, one in money.items() if words - _DULL == {"tax"}]
    apart = _totals().apart - _KINDS_OF_FEES
    for head in _FEES:
        parts = [one for words, one in money.items() if head in words and not words & apart]
        others = len(money) - len(goals) - len(taxes) - len(parts)
        if len(goals) == 1 and len(taxes) <= 1 and len(parts) > 1 and not others:
            yield _sum(goals[0], [*parts, *taxes])
            return


def _of_people(by_words: dict[_Words, NumberColumn]) -> Iterator[Twin]:
    """persons are adults and children."""
    bare: dict[_Words, NumberColumn] = {}
    for words, one in by_words.items():
        bare.setdefault(words - _COUNTED, one)
    for wholes, kinds in _totals().people:
        goal = next((one for words, one in bare.items() if len(words) == 1 and words <= wholes), None)
        parts = [one for kind in kinds for words, one in bare.items() if len(words) == 1 and words <= kind]
        if goal is not None and len(parts) > 1:
            yield _sum(goal, parts)
            return
