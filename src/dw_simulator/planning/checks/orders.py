"""How the columns of a table compare, as its CHECKs say: `start <= finish`, `low < high < top`.

A *path* leads from a lesser column to a greater one, over those between them. What the lesser one's value
asks of the greater one is exact, whatever their types: at each column of the path the next value that it can
store, and that no CHECK excludes.

>>> from dw_simulator.types import sql_type
>>> price, whole, top = (Compared(sql_type(type_)) for type_ in ("DECIMAL(6,2)", "INT", "INT"))
>>> path = Path(("price", "whole", "top"), (True, True))  # price < whole < top
>>> path.up({"price": price, "whole": whole, "top": top}, Fraction(5, 2))
Fraction(4, 1)
>>> not_three = Compared(sql_type("INT"), (3,))  # whole <> 3: it is 4, so that top is 5
>>> path.up({"price": price, "whole": not_three, "top": top}, Fraction(5, 2))
Fraction(5, 1)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter

from dw_simulator.engine.bounds import Number, step_of, stored, unit_of
from dw_simulator.ports.constraints import Order
from dw_simulator.types import Kind, SqlType

Span = tuple[Fraction | None, Fraction | None]
"""Least and greatest worth of a column, a number or seconds; None for an open end."""
Pair = tuple[str, str]
"""A lesser column, and a greater one."""

_MOST_PATHS = 8
"""Between two columns; of more, the longest are kept."""


@dataclass(frozen=True)
class Compared:
    """What a comparison needs to know of a column. holes: stored values that are excluded, ascending."""

    type: SqlType
    holes: tuple[Number, ...] = ()

    def beside(self, worth: Fraction, *, up: bool, strict: bool) -> Fraction:
        """The worth of its nearest value on one side of another worth."""
        found = stored(self.type, worth, up=up, strict=strict)
        while found in self.holes:
            found = self._next(found, up=up)
        return Fraction(found) * unit_of(self.type)

    def _next(self, value: Number, *, up: bool) -> Number:
        if self.type.kind is Kind.FLOAT:
            return stored(self.type, Fraction(value), up=up, strict=True)
        return value + (step_of(self.type) if up else -step_of(self.type))


Columns = Mapping[str, Compared]


@dataclass(frozen=True)
class Path:
    """Columns in their order, each after the one before: strictly, or at the same value at the earliest.

    stricts  one for each step
    """

    columns: tuple[str, ...]
    stricts: tuple[bool, ...]

    def joined(self, other: "Path") -> "Path":
        """This path, and the one that begins where it ends."""
        return Path(self.columns + other.columns[1:], self.stricts + other.stricts)

    def up(self, columns: Columns, worth: Fraction) -> Fraction:
        """The least worth of the last column beside one of the first."""
        for name, strict in zip(self.columns[1:], self.stricts, strict=True):
            worth = columns[name].beside(worth, up=True, strict=strict)
        return worth

    def down(self, columns: Columns, worth: Fraction) -> Fraction:
        """The greatest worth of the first column beside one of the last."""
        for name, strict in zip(self.columns[-2::-1], self.stricts[::-1], strict=True):
            worth = columns[name].beside(worth, up=False, strict=strict)
        return worth

    def says_all_of(self, other: "Path") -> bool:
        """Whether another path between the same columns asks for nothing more."""
        return len(other.stricts) == 1 and (not other.stricts[0] or any(self.stricts))


@dataclass(eq=False)
class Orders:
    """Which columns come before which.

    compared  the columns that are, by name
    paths     from a lesser column to a greater one: of all pairs that follow from one another
    labels    (lesser, greater) -> the check that says so, or the first of those it follows from
    above     column -> the columns that set it a least value; below: that set it a greatest one
    spans     column -> its bounds, such that every column finds room beside those it is compared with
    open_low, open_high  columns that may go beyond these bounds where another column asks for it
    settled   whether it was said which columns give way; `above`, `below` and `unproved` are empty before
    unproved  pairs of which neither column can give way
    """

    compared: Columns = field(default_factory=dict)
    paths: dict[Pair, tuple[Path, ...]] = field(default_factory=dict)
    labels: dict[Pair, str] = field(default_factory=dict)
    above: dict[str, list[str]] = field(default_factory=dict)
    below: dict[str, list[str]] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    open_low: set[str] = field(default_factory=set)
    open_high: set[str] = field(default_factory=set)
    settled: bool = False
    unproved: list[Pair] = field(default_factory=list)

    @property
    def columns(self) -> set[str]:
        """Every column that is compared with another."""
        return {name for pair in self.paths for name in pair}

    def up(self, pair: Pair, worth: Fraction) -> Fraction:
        """The least worth of the greater column beside one of the lesser."""
        return max(path.up(self.compared, worth) for path in self.paths[pair])

    def down(self, pair: Pair, worth: Fraction) -> Fraction:
        """The greatest worth of the lesser column beside one of the greater."""
        return min(path.down(self.compared, worth) for path in self.paths[pair])


def in_sequence(edges: Iterable[Pair]) -> list[str]:
    """The columns, each behind those that come before it. Raises CycleError where they go in a circle."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for lesser, greater in edges:
        sorter.add(greater, lesser)
    sorter.prepare()
    sequence: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        sequence += ready
        sorter.done(*ready)
    return sequence


def circle(error: CycleError) -> list[str]:
    """The columns of a circle of comparisons, from the first by its name to itself."""
    found: list[str] = error.args[1][:-1]
    first = found.index(min(found))
    return [*found[first:], *found[: first + 1]]


def closed(edges: Mapping[Pair, tuple[Order, str]], sequence: Sequence[str], compared: Columns) -> Orders:
    """All pairs that follow from one another, with the ways from one to the other."""
    found = Orders(compared)
    for pair, (order, label) in edges.items():
        found.paths[pair], found.labels[pair] = (Path(pair, (order.strict,)),), label
    for middle in sequence:
        befores = [lesser for lesser, greater in found.paths if greater == middle]
        afters = [greater for lesser, greater in found.paths if lesser == middle]
        for lesser in befores:
            for greater in afters:
                ways = [
                    one.joined(other)
                    for one in found.paths[lesser, middle]
                    for other in found.paths[middle, greater]
                ]
                found.paths[lesser, greater] = _kept([*found.paths.get((lesser, greater), ()), *ways])
                found.labels.setdefault((lesser, greater), found.labels[lesser, middle])
    return found


def _kept(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The paths that say something of their own, the longest first."""
    longest = sorted(dict.fromkeys(paths), key=lambda path: -len(path.columns))
    own = [
        path for k, path in enumerate(longest) if not any(other.says_all_of(path) for other in longest[:k])
    ]
    return tuple(own[:_MOST_PATHS])


def tightened(spans: Mapping[str, Span], orders: Orders, sequence: Sequence[str]) -> dict[str, Span]:
    """Bounds under which every column has room beside the others."""
    lows = {name: span[0] for name, span in spans.items()}
    highs = {name: span[1] for name, span in spans.items()}
    for name in sequence:
        for pair in orders.paths:
            if pair[1] == name and (low := lows[pair[0]]) is not None:
                least = orders.up(pair, low)
                lows[name] = least if (mine := lows[name]) is None else max(mine, least)
    for name in reversed(sequence):
        for pair in orders.paths:
            if pair[0] == name and (high := highs[pair[1]]) is not None:
                most = orders.down(pair, high)
                highs[name] = most if (mine := highs[name]) is None else min(mine, most)
    return {name: (lows[name], highs[name]) for name in spans}
