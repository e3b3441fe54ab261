"""How columns that are compared give way to one another, and others keep to what their CHECKs say.

Of two columns that a CHECK compares, the greater one is drawn anew where it is too small; where it cannot
(it is a key, a sequence, a reference, a list), the lesser one is. What can give way on neither side has to
hold by the bounds alone.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from dw_simulator.engine.selectors.sampling import Alias, Quantiles, Slots, Uniform
from dw_simulator.engine.selectors.unique import RowNumber
from dw_simulator.engine.values.base import Drawn, Kernel, is_domain
from dw_simulator.engine.values.bounded import Bounded, BoundedFloats, Limit
from dw_simulator.engine.values.decimals import WideDecimals
from dw_simulator.engine.values.floats import Floats, Shaped
from dw_simulator.engine.values.integers import FixedChoices, Integers
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.errors import Refusal
from dw_simulator.planning.checks.limits import Limits, calendar_of, declared, step_of, unit_of
from dw_simulator.planning.checks.orders import Orders
from dw_simulator.planning.checks.proving import Ends, holds, inside, known
from dw_simulator.planning.columns.changed import changed_column
from dw_simulator.planning.columns.offers import build_value, condition_of
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.rule import ColumnSpec, Derived, Need
from dw_simulator.schema.model import Column, Lookup, Table
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind, SqlType

_TRIES = 16
_MOST = (1 << 62) - 1
"""What stored values that are compared keep to, so that differences fit 64 bits."""

Make = Callable[[Table, Column], Kernel | None]


# --- which column gives way


def settle_orders(draft: Draft) -> None:
    """Say of every comparison which of its columns gives way."""
    for table in draft.experiment.tables:
        if draft.only in (None, table.name):
            settled_orders(draft, table)


def settled_orders(draft: Draft, table: Table) -> Orders | None:
    """How a table's columns compare, and which of them give way; settled at the first call.

    A table that is not wanted is settled when a column of it turns out to be needed.
    """
    orders = draft.orders.get(table.name)
    if orders is not None and not orders.settled:
        orders.settled = True
        _settle(draft, table, orders)
    return orders


def _settle(draft: Draft, table: Table, orders: Orders) -> None:
    needs: dict[str, set[str]] = {}
    for name in sorted(orders.columns):
        _find_needs(draft, table, name, needs)
    for lesser, greater in orders.gaps:
        if _gives_way(draft, table, greater) and not _depends(needs, lesser, greater):
            orders.above.setdefault(greater, []).append(lesser)
            needs[greater].add(lesser)
        elif _gives_way(draft, table, lesser) and not _depends(needs, greater, lesser):
            orders.below.setdefault(lesser, []).append(greater)
            needs[lesser].add(greater)
        else:
            orders.unproved.append((lesser, greater))


def _find_needs(draft: Draft, table: Table, name: str, needs: dict[str, set[str]]) -> None:
    """For a column, and for those it is made from, the columns of their table that each is made from."""
    column = table.column(name)
    if name in needs or column is None:
        return
    place = (table.name, name)
    if place not in draft.values and place not in draft.failed:  # of a table that is not wanted
        build_value(draft, table, column)
    values = draft.values.get(place)
    found = list(values.needs) if isinstance(values, Derived) else []
    found += [column.lookup] if column.lookup else []
    if column.null_when:
        with suppress(Refusal):  # it is refused when the column is made
            found += condition_of(draft, table, column, column.null_when).needs
    needs[name] = {own for need in found if (own := _own_column(draft, table, need)) is not None}
    for other in needs[name]:
        _find_needs(draft, table, other, needs)


def _own_column(draft: Draft, table: Table, need: Need) -> str | None:
    """The column of its own table, in whichever row, that a need asks for."""
    if not isinstance(need, Lookup):
        return need if isinstance(need, str) else None
    at = table
    for step in need.reference:
        relations = draft.declared_at(at, step)
        if not relations:
            return None
        at = relations[0].parent
    return need.column if at is table else None


def _depends(needs: dict[str, set[str]], name: str, on: str) -> bool:
    """Whether a column is made, directly or not, from another."""
    waiting, seen = [name], {name}
    while waiting:
        for other in needs.get(waiting.pop(), ()):
            if other == on:
                return True
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return False


def _gives_way(draft: Draft, table: Table, name: str) -> bool:
    """Whether a column's values can be drawn anew: its own, of no list, no key and no sequence."""
    place = (table.name, name)
    values = draft.values.get(place)
    column = table.column(name)
    if values is None or column is None or isinstance(values, Derived) or place in draft.selectors:
        return False
    cluster = draft.clusters.get(table.name)
    grouped = cluster is not None and cluster.domain and name in cluster.columns
    if grouped or any(name in key for key in table.keys) or place in draft.entities:
        return False
    if isinstance(values, Drawn) and isinstance(values.selector, RowNumber):
        return False
    domain = values if is_domain(values) else getattr(values, "domain", None)
    return column.type.kind in NUMERIC_KINDS | TEMPORAL_KINDS and not isinstance(
        domain, FixedChoices | Pooled
    )


# --- a column that gives way


def adapted(draft: Draft, table: Table, column: Column, kernel: Kernel, make: Make) -> Kernel | None:
    """The kernel within what CHECKs allow, where it is not there already. None where that was refused."""
    place = (table.name, column.name)
    limits, orders = draft.limits.get(place), settled_orders(draft, table)
    if column.type.kind not in NUMERIC_KINDS | TEMPORAL_KINDS or (limits is None and orders is None):
        return kernel
    compared = orders is not None and column.name in {*orders.above, *orders.below}
    if orders is not None and not compared and _gives_way(draft, table, column.name):
        compared = not _within(kernel, column, orders)  # what it is compared with counts on its bounds
    ranged = limits is not None and not limits.kept and limits.values is None
    if not compared and (not ranged or limits is None or holds(kernel, limits)):
        return kernel
    if not compared and not _gives_way(draft, table, column.name):
        return kernel  # `check_limits` has the last word
    try:
        found = _Adapting(draft, table, column, kernel, limits, orders or Orders(), make).kernel()
    except Refusal as refusal:
        draft.refuse(".".join(place), refusal.message, refusal.mend)
        return None
    if limits is not None and ranged:
        limits.kept = True
    return found


def _within(kernel: Kernel, column: Column, orders: Orders) -> bool:
    """Whether a kernel is known to keep to the bounds that comparisons ask for."""
    low, high = orders.spans.get(column.name, (None, None))
    range_, unit = known(kernel), unit_of(column.type)
    if range_ is None:
        return low is None and high is None
    return (low is None or Fraction(range_[0]) * unit >= low) and (
        high is None or Fraction(range_[1]) * unit <= high
    )


@dataclass(eq=False)
class _Adapting:
    """Puts a kernel within bounds, its own and those that other columns set it."""

    draft: Draft
    table: Table
    column: Column
    own: Kernel
    limits: Limits | None
    orders: Orders
    make: Make

    def kernel(self) -> Kernel | None:
        type_ = self.column.type
        low, high = self._ends()
        if low > high:
            raise self._no_value()
        above = [self._limit(other, low=True) for other in self.orders.above.get(self.column.name, ())]
        below = [self._limit(other, low=False) for other in self.orders.below.get(self.column.name, ())]
        if None in (*above, *below):
            return None
        for found in above:
            high = self._room(found, high, up=True)
        for found in below:
            low = self._room(found, low, up=False)
        stream = self.draft.stream(self.table, (self.column.name,), "within bounds")
        lows = tuple(found.limit for found in above if found is not None)
        highs = tuple(found.limit for found in below if found is not None)
        holes = sorted(
            hole for hole in (self.limits.holes if self.limits else ()) if not isinstance(hole, str)
        )
        reach = known(self.own) or (low, high)
        low, high = self._reached((low, high), reach, above, below)
        if type_.kind is Kind.FLOAT:
            return BoundedFloats(self.own, self._again(), stream, low, high, reach, lows, highs, tuple(holes))
        ends = (max(int(low), -_MOST), min(int(high), _MOST))
        base, step = self._grid(ends, above, below)
        reach = (max(int(reach[0]), -_MOST), min(int(reach[1]), _MOST))
        whole = tuple(int(hole) for hole in holes)
        return Bounded(self.own, self._again(), stream, *ends, reach, lows, highs, whole, base, step)

    def _reached(
        self, ends: Ends, reach: Ends, above: list["_Found | None"], below: list["_Found | None"]
    ) -> Ends:
        """How far values really go: as by themselves, or as far beyond what they are compared with."""
        low, high, span = *reach, reach[1] - reach[0]
        holes = self.limits is not None and bool(self.limits.holes)
        if holes or not all(found and found.range for found in (*above, *below)):
            return ends
        high = max(high, *(found.needed(up=True) + span for found in above if found), high)
        low = min(low, *(found.needed(up=False) - span for found in below if found), low)
        return max(ends[0], low), min(ends[1], high)

    def _grid(
        self, ends: tuple[int, int], above: list["_Found | None"], below: list["_Found | None"]
    ) -> tuple[int, int]:
        """The values of the last draw: the column's own, or all of its type where those might be none."""
        base, step = _grid(self.own, self.column.type)
        rooms = [ends]
        rooms += [(int(one.needed(up=True)), ends[1]) for one in above if one and one.range]
        rooms += [(ends[0], int(one.needed(up=False))) for one in below if one and one.range]
        whole = [hole for hole in (self.limits.holes if self.limits else ()) if isinstance(hole, int)]

        def count(room: tuple[int, int], base: int, step: int) -> int:
            taken = [hole for hole in whole if room[0] <= hole <= room[1] and (hole - base) % step == 0]
            return (room[1] - base) // step + (base - room[0]) // step + 1 - len(taken)

        known_ones = all(one and one.range for one in (*above, *below))
        if known_ones and not (above and below) and all(count(room, base, step) > 0 for room in rooms):
            return base, step
        base, step = 0, step_of(self.column.type)
        if count(ends, base, step) < 1:
            raise self._no_value()
        return base, step

    def _no_value(self) -> Refusal:
        labels = self.limits.label if self.limits else "what it is compared with"
        message = f"{labels} leaves no value within the bounds of the column"
        return Refusal(message, "move the bounds, or change the CHECK")

    def _ends(self) -> Ends:
        """Bounds that no value may leave."""
        type_ = self.column.type
        if type_.kind is Kind.FLOAT:
            most = float(np.finfo(np.float32 if type_.bits == 32 else np.float64).max) / 4
            ends: list[int | float] = [-most, most]
        elif type_.kind is Kind.TIME:
            ends = [0, int(86_400 / unit_of(type_)) - step_of(type_)]
        elif type_.kind in NUMERIC_KINDS:
            ends = [max(type_.limits[0], -_MOST), min(type_.limits[1], _MOST)]
        else:
            first, last = calendar_of(type_)
            ends = [max(first, -_MOST), min(last, _MOST)]
        own = declared(self.column) if type_.kind is not Kind.TIME else (None, None)
        span = self.orders.spans.get(self.column.name, (None, None))
        unit = unit_of(type_)
        asked = (self.limits.low, self.limits.high) if self.limits else (None, None)
        for k, tightest in enumerate((max, min)):
            if (bound := own[k]) is not None:
                ends[k] = tightest(ends[k], bound)
            if (said := asked[k]) is not None:
                ends[k] = tightest(ends[k], said[0])
            if type_.kind is Kind.TIME and (edge := span[k]) is not None:
                ends[k] = tightest(ends[k], int(edge / unit))
        return ends[0], ends[1]

    def _limit(self, name: str, *, low: bool) -> "_Found | None":
        other = self.table.column(name)
        assert other is not None, "checks name columns of their table"
        kernel = self.make(self.table, other)
        if kernel is None:
            return None
        pair = (name, self.column.name) if low else (self.column.name, name)
        gap, label = self.orders.gaps[pair], self.orders.labels[pair]
        range_ = known(kernel)
        if self.column.type.kind is Kind.FLOAT:
            return _Found(Limit(kernel, gap=float(gap)), range_, label, name)
        mine, theirs = unit_of(self.column.type), unit_of(other.type)
        ratio = theirs / mine
        if range_ is None and other.type.bits == 128:
            raise Refusal(f"{label} compares with {name}, whose values may have more than 18 digits", _NARROW)
        most = max(map(abs, range_)) if range_ is not None else 0
        if most * ratio.numerator > _MOST or most > _MOST:
            raise Refusal(f"{label} compares with {name}, whose values have too many digits", _NARROW)
        units = gap / mine
        limit = Limit(kernel, ratio.numerator, ratio.denominator, -(-units.numerator // units.denominator))
        return _Found(limit, range_, label, name)

    def _room(self, found: "_Found | None", end: int | float, *, up: bool) -> int | float:
        """The own bound, moved where it may be and the other column asks for it. Raises Refusal."""
        assert found is not None, "what is missing has been refused"
        opened = self.orders.open_high if up else self.orders.open_low
        is_open = self.column.name in opened
        if found.range is None:
            if is_open:
                return self._farthest(up=up)
            self.draft.warnings.append(
                f"{self.table.name}: {found.label} cannot be guaranteed, as it is not known "
                f"what values {found.name} has"
            )
            return end
        needed = found.needed(up=up)
        if self.limits and self.column.type.kind is not Kind.FLOAT:
            step = step_of(self.column.type)
            while needed in self.limits.holes:
                needed += step if up else -step
        if (needed <= end) if up else (needed >= end):
            return end
        farthest = self._farthest(up=up)
        if is_open and ((needed <= farthest) if up else (needed >= farthest)):
            return needed
        side = ("max_value or date_end", "above") if up else ("min_value or date_start", "below")
        raise Refusal(
            f"{found.label} finds no room {side[1]} some values of {found.name}",
            f"move {side[0]} of {self.column.name}, or the bounds of {found.name}",
        )

    def _farthest(self, *, up: bool) -> int | float:
        """The end of what the type holds, and the checks of this column alone allow."""
        bare = replace(self, column=_unbounded(self.column), orders=Orders())
        return bare._ends()[1 if up else 0]

    def _again(self) -> tuple[Kernel, ...]:
        """The same values from other streams; none where they are even anyway."""
        values = self.draft.values[self.table.name, self.column.name]
        if is_domain(values):
            if isinstance(self.own, Drawn) and isinstance(inside(values), Integers | WideDecimals | Floats):
                return ()
            streams = [
                self.draft.stream(self.table, (self.column.name,), f"again {k}") for k in range(_TRIES)
            ]
            return tuple(Drawn(Uniform(stream, values.natural), values) for stream in streams)
        if isinstance(values, Drawn) and isinstance(values.selector, Uniform):
            return ()
        return tuple(kernel for k in range(_TRIES) if (kernel := self._redrawn(values, k)) is not None)

    def _redrawn(self, values: Kernel | Derived, k: int) -> Kernel | None:
        """The kernel of a shape or of a weighted choice from another stream."""
        stream = self.draft.stream(self.table, (self.column.name,), f"again {k}")
        if isinstance(values, Shaped) and isinstance(values.shape, Quantiles):
            return replace(values, shape=replace(values.shape, stream=stream))
        if isinstance(values, Drawn) and isinstance(values.selector, Alias | Slots):
            return replace(values, selector=replace(values.selector, stream=stream))
        return self._rebuilt(k)

    def _rebuilt(self, k: int) -> Kernel | None:
        spec = self.column.rule_spec
        if spec is None:
            return None
        other = changed_column(self.column, name=f"{self.column.name}\0again {k}")
        rows = self.draft.rows[self.table.name]
        dialect = self.draft.experiment.target_warehouse or "duckdb"
        asked = ColumnSpec(
            self.draft.seed, self.table.name, other, rows, False, self.table, dialect, self.draft.pools
        )
        made = self.draft.rules(spec, self.column.type.kind).build(asked)
        return None if isinstance(made, Derived) or is_domain(made) else made


_NARROW = "give both columns bounds within 18 digits"


@dataclass(frozen=True)
class _Found:
    """Another column's bound, and the range of its values, where that is known."""

    limit: Limit
    range: Ends | None
    label: str
    name: str

    def needed(self, *, up: bool) -> int | float:
        """What the own column has to reach, beside the greatest or the least of the other."""
        assert self.range is not None
        limit = self.limit
        if isinstance(limit.gap, float):
            return self.range[1] + limit.gap if up else self.range[0] - limit.gap
        if up:
            return -((int(self.range[1]) * -limit.factor) // limit.divisor) + limit.gap
        return int(self.range[0]) * limit.factor // limit.divisor - limit.gap


def _unbounded(column: Column) -> Column:
    gone = dict.fromkeys(("min_value", "max_value", "date_start", "date_end"))
    return changed_column(column, **gone)


def _grid(kernel: Kernel, type_: SqlType) -> tuple[int, int]:
    """A value, and the distance between neighbours, of what a kernel draws from."""
    if (
        isinstance(kernel, Drawn)
        and isinstance(domain := inside(kernel.domain), Integers)
        and domain.step > 0
    ):
        return domain.low, domain.step
    return 0, step_of(type_)
