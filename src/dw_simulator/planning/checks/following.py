"""The pass that follows CHECK constraints: columns get the bounds, lists and lengths that these ask for.

It runs before any values are chosen, and changes the columns as the planner sees them, not as the
experiment declares them. What a declared rule makes is not changed here, but held against the checks when
it is there (`fitting`, `adapting`). What is not understood, or cannot be followed, is told in a warning.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from dw_simulator.engine.storage import ticks_per_second
from dw_simulator.engine.values import temporal
from dw_simulator.planning.checks.limits import (
    Limits,
    Stored,
    declared,
    exact,
    off_the_calendar,
    shown,
    step_of,
    unit_of,
)
from dw_simulator.planning.checks.orders import Orders, Span, circle, closed, grain, in_sequence, tightened
from dw_simulator.planning.columns.changed import changed_column
from dw_simulator.planning.columns.unguessed import without_guess
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.constraints import Check, Literal, Order
from dw_simulator.schema.json_data import items_of
from dw_simulator.schema.model import Column, RuleSpec, Table
from dw_simulator.types import NUMERIC_KINDS, Kind

DEFAULT_SPAN = 1000
_MADE_FROM_OTHERS = frozenset({"expression", "after"})
"""Rules whose values come from other columns, so that bounds of the column cannot hold them."""
_FILLED = frozenset({None, "uniform", "calendar"})
"""Rules that take the usual bounds where none are declared."""
_LISTS = frozenset({"choice", "constant", "boolean"})
_SHORTEST_NOTE, _LONGEST_NOTE, _LONGEST_CODE = 12, 120, 12
_BOUNDS = frozenset({Kind.DATE, Kind.TIMESTAMP}) | NUMERIC_KINDS


def honour_checks(draft: Draft) -> None:
    """Let the columns follow what their tables' CHECKs say of them."""
    read = getattr(draft.rules, "constraints", None)
    dialect = draft.experiment.target_warehouse or "duckdb"
    tables = []
    for table in draft.experiment.tables:
        changed = table
        if table.checks and read is None:
            draft.warnings += [f"{table.name}: CHECK ({text}) is not followed" for text in table.checks]
        elif table.checks and read is not None:
            changed = _Follower(draft, table, read(table, dialect)).followed()
        tables.append(changed)
    draft.experiment = draft.experiment.changed(tables=tuple(tables))


class _Follower:
    """Follows the checks of one table."""

    def __init__(self, draft: Draft, table: Table, checks: Iterable[Check]) -> None:
        self.draft, self.table = draft, table
        self.columns = {column.name: column for column in table.columns}
        self.limits: dict[str, Limits] = {}
        self.orders: list[tuple[Order, str]] = []
        self.edges: dict[tuple[str, str], tuple[Order, str]] = {}
        for check in checks:
            self._take_in(check)

    def _take_in(self, check: Check) -> None:
        left = list(check.left)
        for constraint in check.constraints:
            if isinstance(constraint, Order):
                self.orders.append((constraint, check.label))
                continue
            limits = self.limits.setdefault(constraint.column, Limits(self.columns[constraint.column]))
            try:
                limits.add(constraint, check.label)
            except (ValueError, OverflowError) as error:
                left.append(str(error))
        if left:
            self.draft.warnings.append(check.told(self.table.name, left))

    def _take_in_order(self, order: Order, label: str) -> None:
        pair = (order.lesser, order.greater)
        links = self._links(*pair)
        if links and (not order.strict or any(self._moved_apart(name) for name in links)):
            return  # it is made so
        if pair not in self.edges or order.strict:
            self.edges[pair] = (order, label)

    def _links(self, lesser: str, greater: str) -> list[str]:
        """The columns by which one is made after another, directly or not; none where it is not."""
        steps = [(pair, name) for name, column in self.columns.items() if (pair := follows(column))]
        ways: list[tuple[str, list[str]]] = [(lesser, [])]
        seen = {lesser}
        for at, links in ways:
            if at == greater:
                return links
            for (earlier, later), name in steps:
                if earlier == at and later not in seen:
                    seen.add(later)
                    ways.append((later, [*links, name]))
        return []

    def _moved_apart(self, name: str) -> bool:
        """Whether the rule `after` leaves a distance, and that it does where an import has chosen it."""
        column = self.columns[name]
        assert column.rule_spec is not None, "it has the rule"
        options = column.rule_spec.options
        if "at_least" in options:
            return bool(re.search("[1-9]", str(options["at_least"])))
        if not column.inferred:
            return False
        days = Kind.DATE in (column.type.kind, *(c.type.kind for c in self._others(options)))
        spec = RuleSpec(name="after", **options, at_least="1d" if days else "1s")
        self.columns[name] = changed_column(column, rule=spec)
        return True

    def _others(self, options: Mapping[str, Any]) -> list[Column]:
        other = self.columns.get(str(options.get("column", "")))
        return [] if other is None else [other]

    def followed(self) -> Table:
        """The table with columns that follow its checks."""
        for name, limits in self.limits.items():
            self.columns[name] = self._narrowed(self.columns[name], limits)
            self.draft.limits[self.table.name, name] = limits
        for order, label in self.orders:  # a rule that makes one so may have gone by now
            self._take_in_order(order, label)
        if self.edges:
            self._follow_orders()
        return self.table.changed(columns=tuple(self.columns.values()))

    def _refuse(self, name: str, message: str, mend: str) -> None:
        self.draft.refuse(f"{self.table.name}.{name}", message, mend)

    # --- one column

    def _narrowed(self, column: Column, limits: Limits) -> Column:
        if limits.present:
            column = self._required(column, limits)
        if self._is_linked(column):
            return column
        if column.inferred and not _stays(column, limits):
            column = without_guess(column)
        if limits.values is not None:
            return self._listed(column, limits)
        if self._is_counting(column) and (limits.low or limits.high):
            return self._counting(column, limits)
        if column.type.kind in _BOUNDS and _name_of(column) not in _MADE_FROM_OTHERS:
            column = self._bounded(column, limits)
        if column.type.kind is Kind.TEXT:
            column = self._sized(column, limits)
        self._check_choice(column, limits)
        return column

    def _required(self, column: Column, limits: Limits) -> Column:
        reference = column.foreign_key or column.polymorphic
        if column.null_fraction or column.null_when or (reference is not None and reference.nullable):
            what = (
                "null_when" if column.null_when else "null_fraction" if column.null_fraction else "nullable"
            )
            self._refuse(column.name, f"{limits.present} forbids NULL, but {what} asks for it", "drop one")
            return column
        return changed_column(column, required=True, null_fraction=None)

    def _is_linked(self, column: Column) -> bool:
        """Whether its values are those of another table."""
        types = {other.polymorphic.type_column for other in self.table.columns if other.polymorphic}
        references = {name for reference in self.table.references for name in reference.columns}
        return bool(column.lookup or column.polymorphic) or column.name in references | types

    def _is_counting(self, column: Column) -> bool:
        """Whether it is a plain integer key: those count from 1."""
        return _is_bare(column) and (column.name,) in self.table.keys

    def _is_part_of_key(self, column: Column) -> bool:
        """Whether it is a plain integer in a key of several columns: those count from 1, too."""
        keyed = any(column.name in key for key in self.table.keys)
        return keyed and _is_bare(column)

    def _counting(self, column: Column, limits: Limits) -> Column:
        """A key that counts within the bounds, from 1 where they allow it."""
        low, high = (end and int(end[0]) for end in (limits.low, limits.high))
        rows = max(self.draft.rows[self.table.name], 1)
        start = 1
        if low is not None and low > 1:
            start = low
        elif high is not None and high < rows:
            start = high - rows + 1
        if (low is not None and start < low) or (high is not None and start + rows - 1 > high):
            labels = _said(limits.low, limits.high)
            message = f"{labels} leaves fewer values than {rows:,} rows need"
            self._refuse(column.name, message, "lower the rows, or change the CHECK")
            return column
        return changed_column(column, rule=RuleSpec(name="sequence", start=start))

    def _bounded(self, column: Column, limits: Limits) -> Column:
        """The column's own bounds and those of its checks."""
        low, high = declared(column)
        ends = ((low, limits.low), (high, limits.high))
        positive = limits.low is not None and limits.low[0] <= 1 and not limits.high and not limits.holes
        if positive and self._is_part_of_key(column):
            return column  # it counts from 1
        if all(theirs is None for _, theirs in ends) and not limits.holes:
            return column
        low = low if limits.low is None else limits.low[0] if low is None else max(low, limits.low[0])
        high = high if limits.high is None else limits.high[0] if high is None else min(high, limits.high[0])
        step = step_of(column.type) if column.type.kind is not Kind.FLOAT else 0
        while step and low in limits.holes and low is not None and (high is None or low <= high):
            low += step
        while step and high in limits.holes and high is not None and (low is None or low <= high):
            high -= step
        crossed = low is not None and high is not None and low > high
        if crossed or off_the_calendar(column.type, unit_of(column.type), low, high):
            said = _said(limits.low, limits.high, *((0, label) for label in limits.holes.values()))
            bounds = [n for n in ("min_value", "max_value", "date_start", "date_end") if getattr(column, n)]
            own = " beside " + " and ".join(f"{n} {getattr(column, n)}" for n in bounds) if bounds else ""
            self._refuse(column.name, f"{said} leaves no value{own}", "move the bounds, or change the CHECK")
            return column
        return with_bounds(column, low, high)

    def _sized(self, column: Column, limits: Limits) -> Column:
        """Text within the lengths that its checks allow."""
        shortest, longest = limits.shortest[0], column.type.length
        if limits.longest is not None:
            longest = min(longest, limits.longest[0])
        if shortest > longest or longest < 0:
            said = _said(limits.shortest, limits.longest)
            message = f"{said} asks for more characters than {longest}, which is the most there can be"
            self._refuse(column.name, message, "widen the column, or change the CHECK")
            return column
        if 0 < longest < column.type.length:
            head = column.type.declared.partition("(")[0].strip()
            column = changed_column(column, data_type=f"{head}({longest})", varchar_length=None)
        if column.rule_spec is None and shortest and not limits.forms:
            return changed_column(column, rule=_text_rule(shortest, longest))
        return column

    def _check_choice(self, column: Column, limits: Limits) -> None:
        """What a declared choice lists has to pass the checks."""
        spec = column.rule_spec
        if spec is None or spec.name != "choice":
            return
        for value in items_of(spec.options.get("values", ())):
            item = _as_stored(column, value)
            if item is not None and (label := limits.against(item)):
                mend = "leave it out of the values, or change the CHECK"
                self._refuse(column.name, f"{label} forbids {value!r}, which the rule choice makes", mend)

    def _listed(self, column: Column, limits: Limits) -> Column:
        """One of the values of an IN list, where no rule says more."""
        assert limits.values is not None, "there is a list"
        low, high = declared(column) if column.type.kind in _BOUNDS else (None, None)
        allowed = {
            item: value
            for item, value in limits.values[0].items()
            if not limits.against(item)
            and (isinstance(item, str) or ((low is None or item >= low) and (high is None or item <= high)))
        }
        if not allowed:
            message = f"{limits.values[1]} lists no value that fits the column and its other CHECKs"
            self._refuse(column.name, message, "move the bounds, or change the list")
            return column
        if column.rule_spec is not None:
            self._check_choice(column, limits)
            return column
        values = [_plain(value) for value in allowed.values()]
        return changed_column(column, rule=RuleSpec(name="choice", values=values))

    # --- columns that are compared

    def _follow_orders(self) -> None:
        sequence = in_sequence(self.edges)
        if sequence is None:
            self._refuse_circle(circle(self.edges))
            return
        orders = self._spread_out(sequence)
        if self._too_narrow(orders):
            # what an import has guessed gives way
            for name in sequence:
                if self.columns[name].inferred and self._is_movable(self.columns[name]):
                    self.columns[name] = without_guess(self.columns[name])
            orders = self._spread_out(sequence)
        if name := self._too_narrow(orders):
            labels = dict.fromkeys(label for pair, label in orders.labels.items() if name in pair)
            message = f"{' and '.join(labels)} leaves no value within the bounds of the columns"
            self._refuse(name, message, "move their bounds, or change the CHECK")
            return
        for name, span in orders.spans.items():
            self.columns[name] = self._within(self.columns[name], span)
        self.draft.orders[self.table.name] = orders

    def _spread_out(self, sequence: list[str]) -> Orders:
        """Bounds for all columns that are compared."""
        bounds = {name: self._span(name) for name in sequence}
        loose = closed(self.edges, sequence, dict.fromkeys(sequence, Fraction(0)))
        spans = {name: self._filled(name, span) for name, span in tightened(bounds, loose, sequence).items()}
        grains = {name: grain(self.columns[name].type, spans[name]) for name in sequence}
        orders = closed(self.edges, sequence, grains)
        self._reach_out(bounds, spans, orders)
        orders.open_low = {name for name in sequence if bounds[name][0] is None}
        orders.open_high = {name for name in sequence if bounds[name][1] is None}
        orders.spans = tightened(spans, orders, sequence)
        return orders

    def _reach_out(self, bounds: Mapping[str, Span], spans: dict[str, Span], orders: Orders) -> None:
        """Let open ends reach as far as the declared bounds of the columns that they are compared with."""
        for (lesser, greater), gap in orders.gaps.items():
            low, high = spans[greater]
            if bounds[greater][1] is None and high is not None and (most := bounds[lesser][1]) is not None:
                spans[greater] = (low, max(high, min(most + gap, _greatest(self.columns[greater]))))
            low, high = spans[lesser]
            if bounds[lesser][0] is None and low is not None and (least := bounds[greater][0]) is not None:
                spans[lesser] = (min(low, max(least - gap, -_greatest(self.columns[lesser]))), high)

    def _too_narrow(self, orders: Orders) -> str:
        """A column that is left without a value; empty for none."""
        for name, (low, high) in orders.spans.items():
            column = self.columns[name]
            crossed = low is not None and high is not None and low > high
            if (crossed or off_the_calendar(column.type, Fraction(1), low, high)) and self._is_movable(
                column
            ):
                return name
        return ""

    def _refuse_circle(self, names: list[str]) -> None:
        pairs = list(pairwise(names))
        labels = " and ".join(dict.fromkeys(self.edges[pair][1] for pair in pairs))
        if any(self.edges[pair][0].strict for pair in pairs):
            message = f"{labels} contradict each other: {' < '.join(names)}"
            self._refuse(names[0], message, "leave one of them out")
        else:
            message = f"{labels} say that {' and '.join(names[:-1])} are equal"
            self._refuse(names[0], message, "leave one of them out, or make one from the other")

    def _is_movable(self, column: Column) -> bool:
        """Whether its bounds can be moved: its values are its own, and drawn between them."""
        own = not self._is_linked(column) and not self._is_counting(column)
        rule = _name_of(column)
        return own and rule not in _LISTS | _MADE_FROM_OTHERS | {"sequence"}

    def _span(self, name: str) -> Span:
        """The bounds that a column declares."""
        column = self.columns[name]
        if column.type.kind is Kind.TIME:
            limits = self.limits.get(name)
            low, high = (end and end[0] for end in ((limits.low, limits.high) if limits else (None, None)))
        elif self._is_movable(column):
            low, high = declared(column)
        else:
            return None, None
        unit = unit_of(column.type)
        return (
            None if low is None else Fraction(low) * unit,
            None if high is None else Fraction(high) * unit,
        )

    def _filled(self, name: str, span: Span) -> Span:
        """The bounds within which values are drawn where some are left open."""
        column, (low, high) = self.columns[name], span
        kind, rule = column.type.kind, _name_of(column)
        if kind is Kind.TIME:
            last = Fraction(86_400) - Fraction(step_of(column.type), ticks_per_second(column.type))
            return (Fraction(0) if low is None else low), (last if high is None else high)
        if not self._is_movable(column) or rule not in _FILLED:
            return span
        if kind in NUMERIC_KINDS:
            return _filled_numbers(column, span)
        bare = self._within(column, span)
        try:
            values = temporal.between(column.type, bare.date_start, bare.date_end)
        except (ValueError, OverflowError):  # the column's rule says so, too
            return span
        unit = unit_of(column.type)
        return values.low * unit, (values.low + values.step * (values.size - 1)) * unit

    def _within(self, column: Column, span: Span) -> Column:
        """The column with the bounds of a span."""
        if column.type.kind is Kind.TIME or not self._is_movable(column) or span == (None, None):
            return column
        if column.type.kind is Kind.FLOAT:
            low, high = (None if end is None else float(end) for end in span)
            return with_bounds(column, low, high)
        step = step_of(column.type)
        unit = unit_of(column.type) * step
        ends = tuple(None if end is None else end / unit for end in span)
        first = None if ends[0] is None else -(-ends[0].numerator // ends[0].denominator) * step
        last = None if ends[1] is None else ends[1].numerator // ends[1].denominator * step
        return with_bounds(column, first, last)


def with_bounds(column: Column, low: int | float | None, high: int | float | None) -> Column:
    """The column with these stored values for bounds; an end of None stays as it is."""
    names = ("min_value", "max_value") if column.type.kind in NUMERIC_KINDS else ("date_start", "date_end")
    now = declared(column)
    found = {
        name: shown(column.type, end)
        for name, end, had in zip(names, (low, high), now, strict=True)
        if end is not None and end != had
    }
    return changed_column(column, **found) if found else column


def follows(column: Column) -> tuple[str, str] | None:
    """(earlier, later) where a column is made after, or before, another one of its row."""
    spec = column.rule_spec
    if spec is None or spec.name != "after" or spec.options.get("reference"):
        return None
    other = str(spec.options.get("column", ""))
    return (column.name, other) if spec.options.get("before") else (other, column.name)


def _name_of(column: Column) -> str | None:
    return column.rule_spec.name if column.rule_spec is not None else None


def _said(*parts: tuple[Any, str] | None) -> str:
    """The labels of the checks that something follows from."""
    return " and ".join(dict.fromkeys(part[1] for part in parts if part is not None and part[1]))


def _greatest(column: Column) -> Fraction:
    """The greatest value that the type holds, or one beyond all that is asked."""
    if column.type.kind in (Kind.INTEGER, Kind.DECIMAL):
        return column.type.limits[1] * unit_of(column.type)
    if column.type.kind is Kind.TIME:
        return Fraction(86_400) - unit_of(column.type) * step_of(column.type)
    return Fraction(10) ** 30


def _filled_numbers(column: Column, span: Span) -> Span:
    """As the rule `uniform` fills them."""
    low, high = span
    if low is None and high is None:
        most = Fraction(DEFAULT_SPAN)
        if column.type.kind is not Kind.FLOAT:
            most = min(most, column.type.limits[1] * unit_of(column.type))
        return Fraction(0), most
    if low is None and high is not None:
        return (Fraction(0) if high >= 0 else high - DEFAULT_SPAN), high
    if high is None and low is not None:
        return low, low + DEFAULT_SPAN
    return span


def _is_bare(column: Column) -> bool:
    """Whether it is a whole number about which nothing is declared."""
    bare = column.rule_spec is None and column.min_value is None and column.max_value is None
    return bare and column.type.kind in (Kind.INTEGER, Kind.DECIMAL) and column.type.scale == 0


def _stays(column: Column, limits: Limits) -> bool:
    """Whether an inferred rule can stay beside the checks."""
    spec = column.rule_spec
    if limits.values is not None:
        listed = spec is not None and spec.name == "choice"
        values = items_of(spec.options["values"]) if spec is not None and listed else ()
        return listed and all(not limits.against(_as_stored(column, value) or "") for value in values)
    if spec is not None and spec.name == "choice":
        return all(
            not limits.against(_as_stored(column, value) or "") for value in items_of(spec.options["values"])
        )
    if column.type.kind not in _BOUNDS:
        return True
    low, high = declared(column)
    inside = (limits.low is None or high is None or high >= limits.low[0]) and (
        limits.high is None or low is None or low <= limits.high[0]
    )
    made = spec is not None and spec.name in _MADE_FROM_OTHERS
    return inside and not (made and (limits.low or limits.high or limits.holes))


def _as_stored(column: Column, value: object) -> Stored | None:
    """A value of a choice as it is stored; None where the rule will refuse it."""
    literal: Literal
    try:
        if isinstance(value, bool) or column.type.kind not in NUMERIC_KINDS:
            literal = value if isinstance(value, bool) else str(value)
        else:
            literal = Decimal(str(value))
        return exact(column.type, literal)
    except (ValueError, ArithmeticError):
        return None


def _plain(value: Literal) -> int | float | str | bool:
    """A constant as a rule's options take it: no digit gets lost."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else str(value)


def _text_rule(shortest: int, longest: int) -> RuleSpec | None:
    """Notes, or codes where there is no room for words; None where neither is long enough."""
    if shortest <= _LONGEST_NOTE and longest >= max(_SHORTEST_NOTE, shortest + 10):
        return RuleSpec(name="text", min_length=shortest, max_length=min(longest, _LONGEST_NOTE))
    if shortest <= _LONGEST_CODE:
        return RuleSpec(name="code", length=max(shortest, min(longest, 10)))
    return None
