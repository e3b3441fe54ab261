"""How the columns of a table compare, as its CHECKs say: `start <= finish`, `low < high < top`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import frexp

from dw_simulator.planning.checks.limits import step_of, unit_of
from dw_simulator.ports.constraints import Order
from dw_simulator.types import Kind, SqlType

Span = tuple[Fraction | None, Fraction | None]
"""Least and greatest value of a column, as a number or in seconds; None for an open end."""

_FINE = Fraction(1, 1 << 20)
_MICROSECOND = Fraction(1, 10**6)


@dataclass(eq=False)
class Orders:
    """Which columns come before which, and by how much.

    gaps      (lesser, greater) -> what lies between at least; of all pairs that follow from one another
    labels    (lesser, greater) -> the check that says so, or the first of those it follows from
    above     column -> the columns that set it a least value; below: that set it a greatest one
    spans     column -> its bounds, such that every column finds room beside those it is compared with
    open_low, open_high  columns that may go beyond these bounds where another column asks for it
    settled   whether it was said which columns give way; `above`, `below` and `unproved` are empty before
    unproved  pairs of which neither column can give way
    """

    gaps: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    above: dict[str, list[str]] = field(default_factory=dict)
    below: dict[str, list[str]] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    open_low: set[str] = field(default_factory=set)
    open_high: set[str] = field(default_factory=set)
    settled: bool = False
    unproved: list[tuple[str, str]] = field(default_factory=list)

    @property
    def columns(self) -> set[str]:
        """Every column that is compared with another."""
        return {name for pair in self.gaps for name in pair}


def grain(type_: SqlType, span: Span) -> Fraction:
    """How far two different values of a column are apart, in its measure.

    Floats have no such distance: a millionth of the span stands for it, and never less than rounding takes.
    """
    if type_.kind is Kind.FLOAT:
        low, high = ((Fraction(0) if end is None else end) for end in span)
        _, exponent = frexp(float(max(abs(low), abs(high), Fraction(1, 1 << 60))))
        rounding = Fraction(2) ** (exponent - (20 if type_.bits == 32 else 48))
        return max((high - low) * _FINE, rounding)
    return max(unit_of(type_) * step_of(type_), _MICROSECOND if type_.kind is Kind.TIMESTAMP else Fraction(0))


def in_sequence(edges: Iterable[tuple[str, str]]) -> list[str] | None:
    """The columns, each behind those that come before it; None where they go round in a circle."""
    before: dict[str, set[str]] = {}
    for lesser, greater in edges:
        before.setdefault(lesser, set())
        before.setdefault(greater, set()).add(lesser)
    sequence: list[str] = []
    while before:
        ready = sorted(name for name, those in before.items() if not those - set(sequence))
        ready = [name for name in ready if name not in sequence]
        if not ready:
            return None
        sequence += ready
        for name in ready:
            del before[name]
    return sequence


def circle(edges: Iterable[tuple[str, str]]) -> list[str]:
    """The columns of a circle of comparisons, the first once more at the end."""
    after: dict[str, list[str]] = {}
    for lesser, greater in edges:
        after.setdefault(lesser, []).append(greater)

    def walk(path: list[str]) -> list[str]:
        for name in after.get(path[-1], ()):
            if name in path:
                return [*path[path.index(name) :], name]
            if found := walk([*path, name]):
                return found
        return []

    return next((found for name in after if (found := walk([name]))), [])


def closed(
    orders: Mapping[tuple[str, str], tuple[Order, str]], sequence: list[str], grains: Mapping[str, Fraction]
) -> Orders:
    """All pairs that follow from one another, with the greatest distance that follows for each."""
    found = Orders()
    for (lesser, greater), (order, label) in orders.items():
        gap = max(grains[lesser], grains[greater]) if order.strict else Fraction(0)
        found.gaps[lesser, greater], found.labels[lesser, greater] = gap, label
    for middle in sequence:
        for lesser in sequence:
            for greater in sequence:
                if (lesser, middle) in found.gaps and (middle, greater) in found.gaps:
                    gap = found.gaps[lesser, middle] + found.gaps[middle, greater]
                    if gap >= found.gaps.get((lesser, greater), Fraction(-1)):
                        found.gaps[lesser, greater] = gap
                        found.labels.setdefault((lesser, greater), found.labels[lesser, middle])
    return found


def tightened(spans: Mapping[str, Span], orders: Orders, sequence: list[str]) -> dict[str, Span]:
    """Bounds under which every column has room beside the others."""
    lows = {name: span[0] for name, span in spans.items()}
    highs = {name: span[1] for name, span in spans.items()}
    for greater in sequence:
        for lesser, low in _neighbours(orders, lows, greater=greater):
            least = low + orders.gaps[lesser, greater]
            lows[greater] = least if (mine := lows[greater]) is None else max(mine, least)
    for lesser in reversed(sequence):
        for greater, high in _neighbours(orders, highs, lesser=lesser):
            most = high - orders.gaps[lesser, greater]
            highs[lesser] = most if (mine := highs[lesser]) is None else min(mine, most)
    return {name: (lows[name], highs[name]) for name in spans}


def _neighbours(
    orders: Orders, ends: Mapping[str, Fraction | None], *, lesser: str = "", greater: str = ""
) -> Iterator[tuple[str, Fraction]]:
    for one, other in orders.gaps:
        if greater == other and (end := ends[one]) is not None:
            yield one, end
        if lesser == one and (end := ends[other]) is not None:
            yield other, end
