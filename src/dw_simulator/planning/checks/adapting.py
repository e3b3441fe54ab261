"""Columns that give way: drawn anew where they leave what their CHECKs allow.

    CREATE TABLE t (ordered DATE, shipped DATE, CHECK (ordered <= shipped))

`shipped` is drawn as its rule says. In rows where it comes out before `ordered` it is drawn again, and,
where that does not help, evenly from `ordered` on: a `Bounded` kernel around its own. That needs room: the
bounds of `shipped` have to reach as far as the latest `ordered`. Where they are open they are moved, else it
is refused.

A column that no other sets a bound, but whose rule goes beyond what a CHECK allows, is treated alike.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic

from dw_simulator.engine.bounds import Bounds, Number, declared, grain_of, range_of, step_of, unit_of
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.bounded import (
    Bounded,
    Doubles,
    FloatHop,
    Hop,
    Ints,
    Limit,
    Measure,
    N,
    Real,
    Redrawn,
    Whole,
    WholeHop,
)
from dw_simulator.engine.values.facts import Ends, stored_numbers
from dw_simulator.errors import Refusal
from dw_simulator.planning.checks.comparing import bounds_of
from dw_simulator.planning.checks.limits import Limits
from dw_simulator.planning.checks.orders import Compared, Orders, Pair, Path
from dw_simulator.planning.checks.settling import gives_way, settled_orders
from dw_simulator.planning.columns.rule_values import spec_of
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.needs import Derived
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind, SqlType

_TRIES = 16
_SAMPLE = 1000
_WORDS = Bounds(-(1 << 63), (1 << 63) - 1)
"""What is compared has 64 bits; of wide decimals, the values that fit."""

Make = Callable[[Table, Column], Kernel | None]


def adapted(draft: Draft, table: Table, column: Column, kernel: Kernel, make: Make) -> Kernel | None:
    """The kernel within what CHECKs allow, where it is not there already. None where that was refused."""
    cell = (table.name, column.name)
    limits, orders = draft.limits.get(cell), settled_orders(draft, table)
    if column.type.kind not in NUMERIC_KINDS | TEMPORAL_KINDS or (limits is None and orders is None):
        return kernel
    can_move = gives_way(draft, table, column.name)
    compared = orders is not None and column.name in {*orders.above, *orders.below}
    if orders is not None and not compared and can_move:
        # what it is compared with counts on its bounds
        compared = not kernel.facts.within(*_span_of(orders, column).ends)
    ranged = limits is not None and not limits.kept and limits.values is None
    if not compared and (limits is None or not ranged or limits.hold(kernel.facts)):
        return kernel
    if not compared and not can_move:
        guess = column.inferred is not None and isinstance(draft.values.get(cell), Derived)
        if not guess or limits is None or not keeps_to(draft, table, kernel, limits):
            return _left_as_it_is(draft, table, column, kernel, limits if guess else None)
    try:
        found = _bounded(draft, table, column, kernel, make)
    except Refusal as refusal:
        draft.refuse(".".join(cell), refusal.message, refusal.mend)
        return None
    if limits is not None and ranged:
        limits.kept = True
    return found


def _left_as_it_is(
    draft: Draft, table: Table, column: Column, kernel: Kernel, limits: Limits | None
) -> Kernel | None:
    """The kernel; `check_limits` has the last word. A guess that breaks a CHECK is given up.

    limits  those that a guess breaks
    """
    if limits is None:
        return kernel
    words = f"{limits.label} does not hold for what it is made from"
    draft.refuse(f"{table.name}.{column.name}", words, "choose another rule")
    return None


def keeps_to(draft: Draft, table: Table, kernel: Kernel, limits: Limits) -> bool:
    """Whether the first rows that are made from others pass: then the few that do not are drawn anew."""
    column = fixed(kernel.values(Rows.run(0, min(_SAMPLE, draft.rows[table.name]))))
    numbers = stored_numbers(column) or []
    there = [True] * len(numbers) if column.valid is None else column.valid.tolist()
    return not any(limits.against(number) for number, valid in zip(numbers, there, strict=True) if valid)


def _span_of(orders: Orders, column: Column) -> Bounds:
    """The stored bounds under which a column leaves room to those that it is compared with."""
    span = orders.spans.get(column.name, (None, None))
    return bounds_of(column.type, span)


def _bounded(draft: Draft, table: Table, column: Column, kernel: Kernel, make: Make) -> Kernel | None:
    orders = draft.orders.get(table.name) or Orders()
    if column.type.kind is Kind.FLOAT:
        reals: _Adapting[Doubles] = _Adapting(draft, table, column, kernel, orders, make, _float_hop)
        return reals.kernel(lambda _ends, _above, _below: Real(dtype_of(column.type)))
    wholes: _Adapting[Ints] = _Adapting(draft, table, column, kernel, orders, make, _whole_hop)
    return wholes.kernel(wholes.grid)


def _whole_hop(source: SqlType, target: Compared, strict: bool) -> Hop[Ints]:
    ratio, step = unit_of(source) / grain_of(target.type), step_of(target.type)
    return WholeHop(ratio.numerator, ratio.denominator, step, strict, target.holes)


def _float_hop(_source: SqlType, target: Compared, strict: bool) -> Hop[Doubles]:
    return FloatHop(dtype_of(target.type), strict, target.holes)


@dataclass(frozen=True, eq=False)
class _Found(Generic[N]):
    """Another column's bound, and the range of its values, where that is known."""

    limit: Limit[N]
    ends: Ends | None
    label: str
    name: str

    def needed(self, *, up: bool) -> Number:
        """What the own column has to reach, beside the greatest or the least of the other."""
        assert self.ends is not None, "its range is known"
        return self.limit.one(self.ends[1 if up else 0], up=up)


MakeMeasure = Callable[[Ends, "list[_Found[N]]", "list[_Found[N]]"], Measure[N]]


@dataclass(eq=False)
class _Adapting(Generic[N]):
    """Puts a kernel within bounds, its own and those that other columns set it."""

    draft: Draft
    table: Table
    column: Column
    own: Kernel
    orders: Orders
    make: Make
    hop: "Callable[[SqlType, Compared, bool], Hop[N]]"

    def __post_init__(self) -> None:
        self.limits = self.draft.limits.get((self.table.name, self.column.name))

    @property
    def holes(self) -> list[Number]:
        return [] if self.limits is None else self.limits.numbers_left_out

    def kernel(self, measure: "MakeMeasure[N]") -> Kernel | None:
        """The kernel within its bounds; None where a column that it is compared with was refused.

        Raises Refusal where there is no room.
        """
        low, high = self._ends()
        own = self._of_words(low, high)
        name = self.column.name
        above = [self._limit((other, name)) for other in self.orders.above.get(name, ())]
        below = [self._limit((name, other)) for other in self.orders.below.get(name, ())]
        found_above = [one for one in above if one is not None]
        found_below = [one for one in below if one is not None]
        if len(found_above) < len(above) or len(found_below) < len(below):
            return None
        for one in found_above:
            high = self._room(one, high, up=True)
        for one in found_below:
            low = self._room(one, low, up=False)
        reach = own.facts.ends or (low, high)
        ends = self._reached((low, high), reach, found_above, found_below)
        return Bounded(
            own,
            self._again(),
            self.draft.stream(self.table, (name,), "within bounds"),
            *ends,
            reach,
            measure(ends, found_above, found_below),
            tuple(one.limit for one in found_above),
            tuple(one.limit for one in found_below),
            tuple(self.holes),
        )

    # --- bounds

    def _of_words(self, low: Number, high: Number) -> Kernel:
        """The own kernel; of a wide decimal, no further than 64 bits reach. Raises Refusal."""
        ends = self.own.facts.ends
        if self.column.type.bits < 128 or (ends is not None and all(map(_WORDS.hold, ends))):
            return self.own
        narrow = self.own.between(low, high)
        if narrow is None:
            message = "is compared, and its values may have more than 18 digits"
            raise Refusal(f"{self.column.name} {message}", "give it bounds within 18 digits")
        return narrow

    def _ends(self) -> Ends:
        """Bounds that no value may leave. Raises Refusal where nothing lies between them."""
        bounds = self._of_column(self.column)
        if self.column.type.kind is Kind.TIME:
            bounds = bounds.meet(_span_of(self.orders, self.column))
        if bounds.is_empty:
            raise self._no_value()
        return _both(bounds)

    def _of_column(self, column: Column) -> Bounds:
        """What its type, its own bounds and the checks of it alone leave."""
        bounds = range_of(column.type).meet(declared(column))
        if column.type.kind is not Kind.FLOAT:
            bounds = bounds.meet(_WORDS)
        return bounds if self.limits is None else bounds.meet(self.limits.bounds)

    def _farthest(self) -> Bounds:
        """What the type holds, and the checks of this column alone allow."""
        gone = dict.fromkeys(("min_value", "max_value", "date_start", "date_end"))
        return self._of_column(self.column.changed(**gone))

    def _no_value(self) -> Refusal:
        labels = self.limits.label if self.limits else "what it is compared with"
        message = f"{labels} leaves no value within the bounds of the column"
        return Refusal(message, "move the bounds, or change the CHECK")

    # --- what other columns ask

    def _limit(self, pair: Pair) -> "_Found[N] | None":
        """The bound that the other column of a pair sets. Raises Refusal."""
        name = pair[0] if pair[1] == self.column.name else pair[1]
        other, label = self.table.column(name), self.orders.labels[pair]
        assert other is not None, "checks name columns of their table"
        kernel = self.make(self.table, other)
        if kernel is None:
            return None
        ends = kernel.facts.ends
        if other.type.bits == 128 and (ends is None or not all(map(_WORDS.hold, ends))):
            raise Refusal(
                f"{label} compares with {name}, whose values may have more than 18 digits",
                "give both columns bounds within 18 digits",
            )
        paths = tuple(self._hops(path, up=pair[1] == self.column.name) for path in self.orders.paths[pair])
        return _Found(Limit(kernel, paths), ends, label, name)

    def _hops(self, path: Path, *, up: bool) -> tuple[Hop[N], ...]:
        """The steps from the other column to this one."""
        names, stricts = (path.columns, path.stricts) if up else (path.columns[::-1], path.stricts[::-1])
        columns = [self.orders.compared[name] for name in names]
        return tuple(
            self.hop(source.type, target, strict)
            for source, target, strict in zip(columns, columns[1:], stricts, strict=False)
        )

    def _room(self, found: "_Found[N]", end: Number, *, up: bool) -> Number:
        """The own bound, moved where it may be and the other column asks for it. Raises Refusal."""
        is_open = self.column.name in (self.orders.open_high if up else self.orders.open_low)
        farthest = _both(self._farthest())[1 if up else 0]
        if found.ends is None:
            if is_open:
                return farthest
            self.draft.warnings.append(
                f"{self.table.name}: {found.label} cannot be guaranteed, as it is not known "
                f"what values {found.name} has"
            )
            return end
        needed = found.needed(up=up)
        if (needed <= end) if up else (needed >= end):
            return end
        if is_open and ((needed <= farthest) if up else (needed >= farthest)):
            return needed
        side = ("max_value or date_end", "above") if up else ("min_value or date_start", "below")
        raise Refusal(
            f"{found.label} finds no room {side[1]} some values of {found.name}",
            f"move {side[0]} of {self.column.name}, or the bounds of {found.name}",
        )

    def _reached(self, ends: Ends, reach: Ends, above: "list[_Found[N]]", below: "list[_Found[N]]") -> Ends:
        """How far values really go: as by themselves, or as far beyond what they are compared with."""
        if self.holes or any(one.ends is None for one in (*above, *below)):
            return ends
        span: Number = reach[1] - reach[0]
        high = max([reach[1], *(one.needed(up=True) + span for one in above)])
        low = min([reach[0], *(one.needed(up=False) - span for one in below)])
        return max(ends[0], low), min(ends[1], high)

    # --- drawing anew

    def grid(self, ends: Ends, above: "list[_Found[Ints]]", below: "list[_Found[Ints]]") -> Measure[Ints]:
        """The values of the last draw: the column's own, or all of its type where those might be none."""
        low, high = int(ends[0]), int(ends[1])
        holes = [int(hole) for hole in self.holes]

        def count(room: tuple[int, int], base: int, step: int) -> int:
            taken = [hole for hole in holes if room[0] <= hole <= room[1] and (hole - base) % step == 0]
            return (room[1] - base) // step + (base - room[0]) // step + 1 - len(taken)

        rooms = [(low, high)]
        rooms += [(int(one.needed(up=True)), high) for one in above if one.ends]
        rooms += [(low, int(one.needed(up=False))) for one in below if one.ends]
        own = self.own.facts.grid
        known = all(one.ends for one in (*above, *below)) and not (above and below)
        if own is not None and known and all(count(room, *own) > 0 for room in rooms):
            return Whole(*own)
        if count((low, high), 0, step_of(self.column.type)) < 1:
            raise self._no_value()
        return Whole(0, step_of(self.column.type))

    def _again(self) -> tuple[Kernel, ...]:
        """The same values drawn otherwise; none where they are even anyway."""
        facts = self.own.facts
        if facts.even:
            return ()
        streams = [self.draft.stream(self.table, (self.column.name,), f"again {k}") for k in range(_TRIES)]
        if facts.independent:
            return tuple(Redrawn(self.own, stream) for stream in streams)
        return tuple(kernel for k in range(_TRIES) if (kernel := self._rebuilt(k)) is not None)

    def _rebuilt(self, k: int) -> Kernel | None:
        """What the column's rule makes from other streams."""
        if self.column.rule_spec is None or isinstance(
            self.draft.values[self.table.name, self.column.name], Derived
        ):
            return None
        other = self.column.changed(name=f"{self.column.name}\0again {k}")
        rule = self.draft.rule_of(self.column)
        spec = replace(spec_of(self.draft, self.table, self.column), column=other, key=False)
        made = None if rule is None else rule.build(spec)
        return made if isinstance(made, Kernel) else None


def _both(bounds: Bounds) -> Ends:
    assert bounds.low is not None, "a type has ends"
    assert bounds.high is not None, "a type has ends"
    return bounds.low, bounds.high
