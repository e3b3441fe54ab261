"""Rates that are named by what they are made of: cost_per_lead, avg_order_value, abandonment_rate.

A rate is made of its two parts where both are columns of its row. Of parts that nothing else makes, the total
is made of the number, so that it grows with it: calls of agents, and calls_per_agent.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dw_simulator.schema.inference.candidates import Words
from dw_simulator.schema.inference.lives.life_words import alike
from dw_simulator.schema.inference.numbers.formulas import NumberEquation, is_whole, written
from dw_simulator.schema.inference.numbers.free_measures import free_of, known_bounds, long_tail
from dw_simulator.schema.inference.numbers.measure_roles import (
    NumberColumn,
    lines_of,
    per_unit,
    role_of,
    said_by,
)
from dw_simulator.schema.inference.numbers.row_numbers import RoleSource, numbers_of
from dw_simulator.schema.inference.numbers.twin_numbers import Twin
from dw_simulator.schema.inference.sketch import TableSketch
from dw_simulator.types import Kind

_Words = frozenset[str]
_PIECES = frozenset({"piece", "unit", "part", "item", "product", "quantity"})
_TAKEN = said_by(
    ("answer", "answered", "handle", "handled", "completed", "complete", "made", "total", "sold")
)
"""Words of the one of several numbers that a rate speaks of."""
_MEAN = frozenset({"average", "avg", "mean"})
_DULL = frozenset(
    {"amount", "value", "total", "sum", "number", "count", "quantity", "all", "the", "eur", "usd"}
)
_SHARE = frozenset({"rate", "percent", "ratio", "share", "quota"})
_GROWTH = frozenset({"growth", "change", "increase", "variation"})
_PERIODS = frozenset({"yoy", "mom", "wow", "qoq", "year", "month", "week", "over", "quarter", "annual"})
_FORMER = frozenset({"previous", "prior", "last", "ly", "py", "former"})
_NO_FORMER = frozenset(
    {"reading", "meter", "balance", "salary", "price", "address", "name", "position", "rank"}
)
"""Numbers that were another one before, and not one that is near."""
_KNOWN_BEFORE = frozenset({"unit_price", "list_price", "unit_cost", "nightly_rate", "hourly_rate", "tariff"})
"""Prices to the cent, of which what is paid is made."""
_MULTIPLIED = frozenset(
    {"quantity", "nights", "hours", "regular_hours", "total_hours", "consumption", "shares", "area"}
)
"""Numbers of units by which equations multiply prices."""
_TIMES = frozenset({"day", "hour", "minute", "second", "time", "month", "age", "night", "stay"})
_MONEY = ("revenue", "total", "net", "gross", "amount", "subtotal", "line_total", "spend", "cost")
_BASKETS = frozenset({"order", "basket", "cart", "transaction", "purchase", "receipt", "sale", "ticket"})
_PRICES = frozenset({"price", "tariff", "wage", "fare", "cost"})
"""Words of money, which is no number of units."""
_WIDE = 40.0
_USUAL = (5.0, 60.0)
MadeOf = Callable[[NumberColumn], tuple[NumberEquation, Sequence[RoleSource]] | None]
"""The equation of a number that is made of others, and what of."""


@dataclass(frozen=True)
class _Rates:
    """The numbers of a table, by their words."""

    by_words: dict[_Words, NumberColumn]

    def named(self, words: _Words, goal: NumberColumn) -> NumberColumn | None:
        """The number that is called so, but for words that say nothing."""
        wanted = words - _DULL
        found = [
            one
            for said, one in self.by_words.items()
            if wanted and said - _DULL == wanted and one is not goal
        ]
        return found[0] if len(found) == 1 else self.by_words.get(words)

    def counted(self, words: _Words, goal: NumberColumn) -> NumberColumn | None:
        """How many there are of a unit."""
        plain = self.named(words, goal)
        if plain is not None:
            return plain
        others = _units().get(min(words), _Words()) if len(words) == 1 else _Words()
        apart = _SHARE | _MEAN | _PRICES
        known = [
            (said, one)
            for said, one in self.by_words.items()
            if one is not goal and not said & apart and not _rated(one)
        ]
        near = [one for said, one in known if words <= said] or [one for said, one in known if said & others]
        return near[0] if len(near) == 1 else None

    def near(self, words: _Words, goal: NumberColumn) -> NumberColumn | None:
        """The number whose name has these words among others: the calls that were answered."""
        wanted = words - _DULL
        found = [
            (said, one)
            for said, one in self.by_words.items()
            if wanted and wanted <= said and one is not goal and not said & (_SHARE | _MEAN | _TIMES)
        ]
        found = [(said, one) for said, one in found if not _rated(one)]
        taken = [one for said, one in found if said & _TAKEN]
        if len(found) == 1:
            return found[0][1]
        return taken[0] if taken else None


def unit_rates(table: TableSketch, numbers: Sequence[NumberColumn]) -> Iterator[Twin]:
    """The rates of a row of which both parts are named. numbers: those of its numbers that have a role."""
    rates = _of(table, numbers)
    for words, goal in rates.by_words.items():
        parts = _per(goal, rates, numbers) or _mean(words, goal, rates, numbers)
        if parts is None or parts[0] is parts[1]:
            continue
        total, units = parts
        if goal.role not in _KNOWN_BEFORE or goal.column.column.type.scale > 2:
            yield Twin(goal, "rate = ratio(total, units)", {"total": total, "units": units})
        elif units.role not in _MULTIPLIED and all(one.role != "discount" for one in numbers):
            yield Twin(total, "total = units * price", {"units": units, "price": goal})
    yield from _grown(rates)


def shares_of_parts(table: TableSketch, numbers: Sequence[NumberColumn], made: MadeOf) -> Iterator[Twin]:
    """An abandonment_rate beside calls and calls_abandoned."""
    rates = _of(table, numbers)
    for words, goal in rates.by_words.items():
        rest = words - _SHARE - {"number"}
        if words & _SHARE and rest and goal.column.column.type.scale + (goal.column.kind is Kind.FLOAT):
            for part in rates.by_words.values():
                whole = _whole(part, rest, made) if part is not goal else None
                if whole is not None and whole is not goal:
                    yield Twin(goal, "rate = pct(ratio(part, whole))", {"part": part, "whole": whole})
                    break


def totals_of_units(table: TableSketch, made: MadeOf) -> Iterator[Twin]:
    """What a rate is the rate of grows with the number of its units."""
    for column in table.columns.values():
        found = made(NumberColumn(column, "", _Words()))
        if found is None or found[0].target != "rate" or len(found[1]) != 2:
            continue
        total, units = (source.measure for source in found[1])
        least, most = _usual(NumberColumn(column, "", _Words()), total, units)
        line = f"total = units * between({least}, {most}) | what {{units}} come to"
        if made(total) is None:
            yield Twin(total, line, {"units": units})


def _of(table: TableSketch, numbers: Sequence[NumberColumn]) -> _Rates:
    known = {one.name: one for one in numbers}
    by_words: dict[_Words, NumberColumn] = {}
    for column in numbers_of(table):
        number = known.get(column.name) or NumberColumn(column, "", _Words())
        by_words.setdefault(said_by(column.words), number)
    return _Rates(by_words)


@cache
def _units() -> dict[str, _Words]:
    found = {}
    for line in lines_of("unit_words.txt"):
        units, _, said = line.partition(":")
        for unit in said_by(tuple(units.split())):
            found[unit] = said_by(tuple(said.split()))
    return found


def _per(
    goal: NumberColumn, rates: _Rates, numbers: Sequence[NumberColumn]
) -> tuple[NumberColumn, NumberColumn] | None:
    """The two parts of a rate by its name: what stands before `per` and what behind it."""
    words = per_unit(goal.name)
    if not words:
        return None
    place = words.index("per")
    left = said_by(words[:place]) - _MEAN
    bottom = rates.counted(said_by(words[place + 1 :]), goal)
    top = rates.named(left, goal) or _top(left, words[:place], goal, numbers) or rates.near(left, goal)
    return (top, bottom) if top is not None and bottom is not None else None


def _top(
    left: _Words, words: Words, goal: NumberColumn, numbers: Sequence[NumberColumn]
) -> NumberColumn | None:
    """What a rate tells the part of, by its role: sales_per_sqm of a revenue, price_per_kg of an amount."""
    role, _owner = role_of(words, ())
    if left <= _PIECES:
        roles: tuple[str, ...] = ("produced", "good", "quantity")
    elif left <= _PRICES | _DULL:
        roles = ("base_fare", "total_fare", *_MONEY, "unit_price")
    else:
        roles = (role,) if role else ()
    found = [
        one for role in roles for one in numbers if one.role == role and not one.owner and one is not goal
    ]
    return found[0] if found else None


def _mean(
    words: _Words, goal: NumberColumn, rates: _Rates, numbers: Sequence[NumberColumn]
) -> tuple[NumberColumn, NumberColumn] | None:
    """The two parts of an average: avg_order_value of a revenue and orders, avg_wait of total_wait."""
    rest = words - _MEAN - {"value", "amount"}
    if words == _Words({"aov"}):
        rest = _Words({"order"})
    elif not words & _MEAN:
        return None
    if len(rest) == 1 and rest <= _BASKETS:
        counts = [
            one
            for said, one in rates.by_words.items()
            if said & _BASKETS and said <= _BASKETS | _DULL and _whole_number(one) and one is not goal
        ]
        money = [
            one
            for role in _MONEY
            for one in numbers
            if one.role == role and not one.owner - _BASKETS and one is not goal and not _whole_number(one)
        ]
        return (money[0], counts[0]) if money and len(counts) == 1 else None
    total = rates.by_words.get(rest | {"total"}) or rates.by_words.get(rest | {"sum"})
    counts = [
        one
        for said, one in rates.by_words.items()
        if said & {"count", "number"} and _whole_number(one) and one is not goal and one is not total
    ]
    return (total, counts[0]) if total is not None and len(counts) == 1 else None


def _rated(one: NumberColumn) -> bool:
    return bool(per_unit(one.name))


def _whole_number(one: NumberColumn) -> bool:
    return is_whole(one.column.kind, one.column.column.type.scale)


def _grown(rates: _Rates) -> Iterator[Twin]:
    """What something was the last time, and how much it has grown since."""
    for said, former in rates.by_words.items():
        bare = said - _FORMER - _PERIODS
        if not said & _FORMER or not bare - _DULL or said & _NO_FORMER:
            continue
        now = rates.by_words.get(bare) or rates.by_words.get(bare | {"current"})
        if now is None or now is former:
            continue
        yield Twin(former, "former = now * between(0.8, 1.12) | near {now}", {"now": now})
        for words, goal in rates.by_words.items():
            rest = words - _GROWTH - _SHARE - _PERIODS - _DULL
            if words & _GROWTH and goal not in (now, former) and (not rest or _same(rest, bare - _DULL)):
                share = words & _SHARE or goal.column.column.type.scale >= 3 or _narrow(goal)
                line = "rate = pct(ratio(now - former, former))" if share else "rate = now - former"
                yield Twin(goal, line, {"now": now, "former": former})


def _same(one: _Words, other: _Words) -> bool:
    """Whether words speak of the same number: sales and revenue."""
    role, owner = role_of(tuple(sorted(one)), ())
    return one == other or (bool(role) and role_of(tuple(sorted(other)), ()) == (role, owner))


def _narrow(goal: NumberColumn) -> bool:
    type_ = goal.column.column.type
    return type_.kind is Kind.DECIMAL and type_.precision - type_.scale <= 4 and type_.scale > 0


def _whole(part: NumberColumn, rest: _Words, made: MadeOf) -> NumberColumn | None:
    """What a number is a part of by its equation, if it is what a rate speaks of."""
    words = said_by(part.column.words)
    if not all(any(alike(one, word) for word in words) for one in rest):
        return None
    found = made(part)
    if found is None or found[1][0].link is not None:
        return None
    formula = written(found[0].formula)
    parted = formula.startswith("whole - ") or ("part(" in formula and len(found[1]) == 1)
    return found[1][0].measure if parted else None


def _usual(goal: NumberColumn, total: NumberColumn, units: NumberColumn) -> tuple[float, float]:
    """Between which values a rate lies: by what its parts are alone, or by what was found for it."""
    top, bottom = _middle(total), _middle(units)
    middle = top / bottom if top and bottom else _middle(goal)
    if middle:
        return _short(middle / 2), _short(middle * 2)
    low, high = known_bounds(goal.column)
    return (low, high) if low > 0 and high / low <= _WIDE else _USUAL


def _middle(one: NumberColumn) -> float:
    """What a number is mostly near; 0 where that is not known."""
    tail, free = long_tail(one.column), free_of(one.role)
    if tail is not None:
        return math.exp(tail[0])
    return free.numbers[2] if free is not None and len(free.numbers) == 3 else 0.0


def _short(number: float) -> float:
    """A number with three digits that count."""
    return float(f"{number:.3g}")
