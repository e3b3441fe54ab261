"""Columns that are compared with one another get bounds under which all of them find room.

    CREATE TABLE t (a INT CHECK (a >= 10), b INT, c INT CHECK (c <= 15), CHECK (a < b AND b < c))

    declared      a from 10        b open          c to 15
    tightened     a from 10 to 13  b from 11 to 14  c from 12 to 15

Which of two columns gives way to the other in a row is settled later (`settling`); here only the planner's
bounds are moved, and comparisons that can never hold are refused.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from graphlib import CycleError
from itertools import pairwise

from dw_simulator.engine.bounds import Bounds, declared, filled, is_on_calendar, range_of, stored, unit_of
from dw_simulator.planning.checks.orders import (
    Compared,
    Orders,
    Pair,
    Span,
    circle,
    closed,
    in_sequence,
    tightened,
)
from dw_simulator.planning.columns.roles import is_counting, is_linked, with_bounds
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.constraints import Order
from dw_simulator.ports.rule import KeptOrder
from dw_simulator.schema.model import Column, RuleSpec, Table
from dw_simulator.types import Kind, SqlType


def follow_orders(draft: Draft, table: Table, orders: list[tuple[Order, str]]) -> Table:
    """The table with bounds under which its columns can compare as its checks say.

    orders  each with the label of its check
    """
    return _Comparer(draft, table).followed(orders)


class _Comparer:
    """Follows the comparisons of one table."""

    def __init__(self, draft: Draft, table: Table) -> None:
        self.draft, self.table = draft, table
        self.columns = {column.name: column for column in table.columns}
        self.edges: dict[Pair, tuple[Order, str]] = {}
        self.kept: dict[str, tuple[Column | None, Sequence[KeptOrder]]] = {}

    def followed(self, orders: list[tuple[Order, str]]) -> Table:
        """The table with columns that follow."""
        for order, label in orders:
            self._take_in(order, label)
        if self.edges:
            try:
                self._follow(in_sequence(self.edges))
            except CycleError as error:
                self._refuse_circle(circle(error))
        return self.table.changed(columns=tuple(self.columns.values()))

    # --- what rules keep by themselves

    def _take_in(self, order: Order, label: str) -> None:
        pair = (order.lesser, order.greater)
        if self._is_kept(order):
            return  # it is made so
        if pair not in self.edges or order.strict:
            self.edges[pair] = (order, label)

    def _is_kept(self, order: Order) -> bool:
        """Whether rules keep two columns in order: one rule, or several, each from one column to the next."""
        pair = (order.lesser, order.greater)
        kept = [(name, one) for name in self.columns for one in self._kept_by(name)]
        alone = [one for _, one in kept if (one.earlier, one.later) == pair]
        if any(one.apart or not order.strict for one in alone):
            return True
        links = _way([(name, one) for name, one in kept if one.leads_on], *pair)
        return bool(links) and (not order.strict or any(self._is_apart(*link) for link in links))

    def _kept_by(self, name: str) -> Sequence[KeptOrder]:
        """What the rule of a column keeps in order."""
        column = self.columns[name]
        known, found = self.kept.get(name, (None, ()))
        if known is not column:
            rule = self.draft.rule_of(column)
            found = () if rule is None else rule.keeps(column, self.table)
            self.kept[name] = (column, found)
        return found

    def _is_apart(self, name: str, kept: KeptOrder) -> bool:
        """Whether a column's rule leaves a distance, and that it does where an import has chosen it."""
        column = self.columns[name]
        rule = self.draft.rule_of(column)
        if rule is None or kept.apart or not column.inferred:
            return kept.apart
        pair = (kept.earlier, kept.later)
        days = any(self.columns[one].type.kind is Kind.DATE for one in pair if one in self.columns)
        more = rule.to_keep_apart(days)
        if more and column.rule_spec is not None:
            spec = RuleSpec(name=column.rule_spec.name, **{**column.rule_spec.options, **more})
            self.columns[name] = column.changed(rule=spec)
        return bool(more)

    # --- bounds

    def _follow(self, sequence: list[str]) -> None:
        orders = self._spread_out(sequence)
        if name := self._too_narrow(orders):
            labels = dict.fromkeys(label for pair, label in orders.labels.items() if name in pair)
            message = f"{' and '.join(labels)} leaves no value within the bounds of the columns"
            # what an import has guessed gives way
            guessed = [one for one in sequence if self.columns[one].inferred and self._is_movable(one)]
            for one in guessed or [name]:
                self._refuse(one, message, "move their bounds, or change the CHECK")
            return
        for name, span in orders.spans.items():
            self.columns[name] = self._within(name, span)
        self.draft.orders[self.table.name] = orders

    def _spread_out(self, sequence: list[str]) -> Orders:
        """Bounds for all columns that are compared."""
        orders = closed(self.edges, sequence, {name: self._compared(name) for name in sequence})
        bounds = {name: self._span(name) for name in sequence}
        first = tightened(bounds, orders, sequence)
        spans = {name: self._filled(name, span) for name, span in first.items()}
        self._reach_out(bounds, spans, orders)
        orders.open_low = {name for name in sequence if bounds[name][0] is None}
        orders.open_high = {name for name in sequence if bounds[name][1] is None}
        orders.spans = tightened(spans, orders, sequence)
        return orders

    def _compared(self, name: str) -> Compared:
        limits = self.draft.limits.get((self.table.name, name))
        return Compared(self.columns[name].type, () if limits is None else tuple(limits.numbers_left_out))

    def _span(self, name: str) -> Span:
        """The bounds that a column declares, or its checks where it cannot declare any."""
        column = self.columns[name]
        if column.type.kind is Kind.TIME:
            limits = self.draft.limits.get((self.table.name, name))
            return worth(column.type, limits.bounds if limits is not None else Bounds())
        return worth(column.type, declared(column)) if self._is_movable(name) else (None, None)

    def _filled(self, name: str, span: Span) -> Span:
        """The bounds within which values are drawn where some are left open."""
        type_ = self.columns[name].type
        if type_.kind is not Kind.TIME and not self._is_movable(name):
            return span
        rule = self.draft.rule_of(self.columns[name], usual=True)
        fill = rule.filled if rule is not None else filled
        try:
            return worth(type_, fill(type_, bounds_of(type_, span), self.draft.experiment.as_of))
        except (ValueError, OverflowError):  # beyond all that is stored; it is refused as too narrow
            return span

    def _reach_out(self, bounds: Mapping[str, Span], spans: dict[str, Span], orders: Orders) -> None:
        """Let open ends reach as far as the declared bounds of the columns that they are compared with."""
        for pair in orders.paths:
            lesser, greater = pair
            low, high = spans[greater]
            if bounds[greater][1] is None and high is not None and (most := bounds[lesser][1]) is not None:
                farthest = worth(self.columns[greater].type, range_of(self.columns[greater].type))[1]
                reached = orders.up(pair, most)
                spans[greater] = (low, max(high, reached if farthest is None else min(reached, farthest)))
            low, high = spans[lesser]
            if bounds[lesser][0] is None and low is not None and (least := bounds[greater][0]) is not None:
                farthest = worth(self.columns[lesser].type, range_of(self.columns[lesser].type))[0]
                reached = orders.down(pair, least)
                spans[lesser] = (min(low, reached if farthest is None else max(reached, farthest)), high)

    def _within(self, name: str, span: Span) -> Column:
        """The column with the bounds of a span."""
        column = self.columns[name]
        if column.type.kind is Kind.TIME or not self._is_movable(name) or span == (None, None):
            return column
        return with_bounds(column, bounds_of(column.type, span))

    # --- what cannot be

    def _too_narrow(self, orders: Orders) -> str:
        """A column that is left without a value; empty for none."""
        for name, (low, high) in orders.spans.items():
            crossed = low is not None and high is not None and low > high
            moments = self.columns[name].type.kind in (Kind.DATE, Kind.TIMESTAMP)
            if (crossed or (moments and not is_on_calendar(low, high))) and self._is_movable(name):
                return name
        return ""

    def _is_movable(self, name: str) -> bool:
        """Whether its bounds can be moved: its values are its own, and drawn between them."""
        column = self.columns[name]
        if is_linked(self.table, column) or is_counting(self.table, column):
            return False
        rule = self.draft.rule_of(column)
        return rule is None or not (rule.derives or rule.numbers or rule.listed() is not None)

    def _refuse(self, name: str, message: str, mend: str) -> None:
        self.draft.failed.add((self.table.name, name))
        self.draft.refuse(f"{self.table.name}.{name}", message, mend)

    def _refuse_circle(self, names: list[str]) -> None:
        pairs = list(pairwise(names))
        labels = " and ".join(dict.fromkeys(self.edges[pair][1] for pair in pairs))
        if any(self.edges[pair][0].strict for pair in pairs):
            message = f"{labels} contradict each other: {' < '.join(names)}"
            self._refuse(names[0], message, "leave one of them out")
        else:
            message = f"{labels} say that {' and '.join(names[:-1])} are equal"
            self._refuse(names[0], message, "leave one of them out, or make one from the other")


def worth(type_: SqlType, bounds: Bounds) -> Span:
    """What bounds are worth: numbers, or seconds."""
    unit = unit_of(type_)
    low, high = (None if end is None else Fraction(end) * unit for end in bounds.ends)
    return low, high


def bounds_of(type_: SqlType, span: Span) -> Bounds:
    """The stored values within a span."""
    low, high = span
    return Bounds(
        None if low is None else stored(type_, low, up=True),
        None if high is None else stored(type_, high, up=False),
    )


def _way(kept: Sequence[tuple[str, KeptOrder]], lesser: str, greater: str) -> Sequence[tuple[str, KeptOrder]]:
    """The shortest way from one column to another, each step with whose rule keeps it; empty if none."""
    ways: list[tuple[str, list[tuple[str, KeptOrder]]]] = [(lesser, [])]
    seen = {lesser}
    for at, links in ways:
        if at == greater:
            return links
        for name, one in kept:
            if one.earlier == at and one.later not in seen:
                seen.add(one.later)
                ways.append((one.later, [*links, (name, one)]))
    return []
