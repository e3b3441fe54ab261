"""The pass that follows CHECK constraints: columns get the bounds, lists and lengths that these ask for.

    CREATE TABLE t (
        month SMALLINT CHECK (month BETWEEN 1 AND 12),
        region CHAR(2) CHECK (region IN ('US', 'GB'))
    )

    month   is planned as if it declared min_value 1 and max_value 12 (`with_bounds`). It names no rule, so
            that it gets its kind's usual one, `uniform` (`plugins.rules.numbers`), whose domain is Integers
            from 1 to 12; `planning.columns.kernels` puts a selector before it, which picks one for each row
    region  names no rule: it is planned as a choice of 'US' and 'GB'

The dialect has read the text by then (`plugins.dialects.checks`, which the registry's rulebook asks).

It runs before any values are chosen, and changes the columns as the planner sees them, not as the experiment
declares them. What a declared rule makes is not changed here, but held against the checks when it is there
(`fitting`, `adapting`). What is not understood, or cannot be followed, is told in a warning. Columns that are
compared with one another are the affair of `comparing`.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal

from dw_simulator.engine.bounds import Bounds, declared, is_on_calendar, step_of, unit_of
from dw_simulator.engine.values.facts import Stored
from dw_simulator.planning.checks.comparing import follow_orders
from dw_simulator.planning.checks.hints import Hinted
from dw_simulator.planning.checks.limits import Limits, exact
from dw_simulator.planning.checks.sums import narrow_sums
from dw_simulator.planning.columns.roles import is_counting, is_linked, is_part_of_key, with_bounds
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.constraints import Check, Constraint, Literal, OpenCheck, Order, listed_by_types
from dw_simulator.ports.rule import Rule, RuleRole
from dw_simulator.schema.model import Column, RuleSpec, Table
from dw_simulator.types import NUMERIC_KINDS, Kind

_SHORTEST_NOTE, _LONGEST_NOTE, _LONGEST_CODE = 12, 120, 12
_BOUNDED = frozenset({Kind.DATE, Kind.TIMESTAMP}) | NUMERIC_KINDS


def honour_checks(draft: Draft) -> None:
    """Let the columns follow what their tables' CHECKs say of them."""
    tables = []
    for table in draft.experiment.tables:
        declared = draft.rules.constraints(table, draft.dialect) if table.checks else ()
        checks = (*declared, *listed_by_types(table))
        tables.append(_Follower(draft, table).followed(checks) if checks else table)
    draft.experiment = draft.experiment.changed(tables=tuple(tables))


class _Follower:
    """Follows the checks of one table."""

    def __init__(self, draft: Draft, table: Table) -> None:
        self.draft, self.table = draft, table
        self.columns = {column.name: column for column in table.columns}
        self.limits: dict[str, Limits] = {}
        self.orders: list[tuple[Order, str]] = []

    def followed(self, checks: Sequence[Check]) -> Table:
        """The table with columns that follow its checks."""
        hinted = Hinted(self.draft, self.table, self.columns)
        for check in checks:
            hinted.take(check)
        for check in checks:
            self._take_in(check, hinted.made.keys())
        narrow_sums(hinted, self.limits)
        for name, limits in self.limits.items():
            self.columns[name] = self._narrowed(self.columns[name], limits)
            self.draft.limits[self.table.name, name] = limits
        narrowed = self.table.changed(columns=tuple(self.columns.values()))
        return follow_orders(self.draft, narrowed, self.orders) if self.orders else narrowed

    def _take_in(self, check: Check, made: Collection[str]) -> None:
        """Follow a check. made: columns that others make, which keep to nothing by themselves."""
        left = list(check.left)
        for constraint in check.constraints:
            left += self._follow(constraint, check.label, made)
        for constraint in check.implied:
            self._follow(constraint, check.label, made)
        if left:  # it is drawn again by that (`redrawing`)
            self.draft.open_checks.setdefault(self.table.name, []).append(OpenCheck(check, tuple(left)))

    def _follow(self, constraint: Constraint, label: str, made: Collection[str]) -> list[str]:
        """Why a constraint is not followed; nothing where it is."""
        if isinstance(constraint, Order):
            if constraint.lesser in made or constraint.greater in made:
                return [f"{constraint.lesser} or {constraint.greater} is made from others"]
            self.orders.append((constraint, label))
            return []
        if constraint.column in made:
            return [f"{constraint.column} is made from others"]
        limits = self.limits.setdefault(constraint.column, Limits(self.columns[constraint.column]))
        try:
            limits.add(constraint, label)
        except (ValueError, OverflowError) as error:
            return [str(error)]
        return []

    def _refuse(self, name: str, message: str, mend: str) -> None:
        self.draft.failed.add((self.table.name, name))
        self.draft.refuse(f"{self.table.name}.{name}", message, mend)

    def _narrowed(self, column: Column, limits: Limits) -> Column:
        if limits.present:
            column = self._required(column, limits)
        if is_linked(self.table, column):
            return column
        rule = self.draft.rule_of(column)
        if limits.values is not None and column.rule_spec is None:
            return self._listed(column, limits)
        if is_counting(self.table, column) and (limits.low or limits.high):
            return self._counting(column, limits)
        if column.type.kind in _BOUNDED and not (rule is not None and rule.derives):
            column = self._bounded(column, limits)
        if column.type.kind is Kind.TEXT:
            column = self._sized(column, limits)
        self._check_list(column, rule, limits)
        return column

    def _required(self, column: Column, limits: Limits) -> Column:
        reference = column.foreign_key or column.polymorphic
        if column.null_fraction or column.null_when or (reference is not None and reference.nullable):
            what = (
                "null_when" if column.null_when else "null_fraction" if column.null_fraction else "nullable"
            )
            self._refuse(column.name, f"{limits.present} forbids NULL, but {what} asks for it", "drop one")
            return column
        return column.changed(required=True, null_fraction=None)

    def _counting(self, column: Column, limits: Limits) -> Column:
        """A key that counts within the bounds, from 1 where they allow it."""
        low, high = (None if end is None else int(end) for end in limits.bounds.ends)
        rows = max(self.draft.rows[self.table.name], 1)
        # what is left out takes its place among the numbers
        within = [hole for hole in limits.numbers_left_out if limits.bounds.hold(hole)]
        needed = rows + len(within)
        start = 1
        if low is not None and low > 1:
            start = low
        elif high is not None and high < needed:
            start = high - needed + 1
        if (low is not None and start < low) or (high is not None and start + needed - 1 > high):
            labels = said(limits.low, limits.high)
            message = f"{labels} leaves fewer values than {rows:,} rows need"
            self._refuse(column.name, message, "lower the rows, or change the CHECK")
            return column
        return column.changed(rule=RuleSpec(name=self.draft.rules.usual(RuleRole.COUNTING), start=start))

    def _bounded(self, column: Column, limits: Limits) -> Column:
        """The column's own bounds and those of its checks."""
        theirs = limits.bounds
        positive = theirs.low is not None and theirs.low <= 1 and theirs.high is None and not limits.holes
        if positive and is_part_of_key(self.table, column):
            return column  # it counts from 1
        if theirs == Bounds() and not limits.holes:
            return column
        both = _without_holes_at_ends(column, declared(column).meet(theirs), limits)
        if both.is_empty or not _on_calendar(column, both):
            labels = said(limits.low, limits.high, *((0, label) for label in limits.holes.values()))
            self._refuse(
                column.name,
                f"{labels} leaves no value{_beside_own(column)}",
                "move the bounds, or change the CHECK",
            )
            return column
        return with_bounds(column, both)

    def _sized(self, column: Column, limits: Limits) -> Column:
        """Text within the lengths that its checks allow."""
        shortest, longest = limits.shortest[0], column.type.length
        if limits.longest is not None:
            longest = min(longest, limits.longest[0])
        if shortest > longest or longest < 0:
            labels = said(limits.shortest, limits.longest)
            message = f"{labels} asks for more characters than {longest}, which is the most there can be"
            self._refuse(column.name, message, "widen the column, or change the CHECK")
            return column
        if 0 < longest < column.type.length and not column.type.values:
            head = column.type.declared.partition("(")[0].strip()
            column = column.changed(data_type=f"{head}({longest})", varchar_length=None)
        if column.rule_spec is None and shortest and not limits.forms:
            return column.changed(rule=self._text_rule(shortest, longest))
        return column

    def _text_rule(self, shortest: int, longest: int) -> RuleSpec | None:
        """Notes, or codes where there is no room for words; None where neither is long enough."""
        usual = self.draft.rules.usual
        if shortest <= _LONGEST_NOTE and longest >= max(_SHORTEST_NOTE, shortest + 10):
            most = min(longest, _LONGEST_NOTE)
            return RuleSpec(name=usual(RuleRole.NOTE), min_length=shortest, max_length=most)
        if shortest <= _LONGEST_CODE:
            return RuleSpec(name=usual(RuleRole.CODE), length=max(shortest, min(longest, 10)))
        return None

    def _check_list(self, column: Column, rule: Rule | None, limits: Limits) -> None:
        """What a rule lists has to pass the checks."""
        for value in (rule.listed() if rule is not None else None) or ():
            item = as_stored(column, value)
            if item is not None and (label := limits.against(item)):
                name = column.rule_spec.name if column.rule_spec else ""
                mend = "leave it out of the values, or change the CHECK"
                self._refuse(column.name, f"{label} forbids {value!r}, which the rule {name} makes", mend)

    def _listed(self, column: Column, limits: Limits) -> Column:
        """One of the values of an IN list, as no rule says more."""
        assert limits.values is not None, "there is a list"
        own = declared(column) if column.type.kind in _BOUNDED else Bounds()
        values = [
            value
            for item, value in limits.values[0].items()
            if not limits.against(item) and (isinstance(item, str) or own.hold(item))
        ]
        if not values:
            message = f"{limits.values[1]} lists no value that fits the column and its other CHECKs"
            self._refuse(column.name, message, "move the bounds, or change the list")
            return column
        rule = RuleSpec(name=self.draft.rules.usual(RuleRole.LISTING), values=[*map(_plain, values)])
        return column.changed(rule=rule)


# --- bounds


def _without_holes_at_ends(column: Column, bounds: Bounds, limits: Limits) -> Bounds:
    """The bounds, moved past values that are left out."""
    if column.type.kind is Kind.FLOAT:
        return bounds
    low, high, step = bounds.low, bounds.high, step_of(column.type)
    while low is not None and low in limits.holes and (high is None or low <= high):
        low += step
    while high is not None and high in limits.holes and (low is None or low <= high):
        high -= step
    return Bounds(low, high)


def _on_calendar(column: Column, bounds: Bounds) -> bool:
    """Whether bounds of dates and moments are between the years 1 and 9999."""
    if column.type.kind not in (Kind.DATE, Kind.TIMESTAMP):
        return True
    unit = unit_of(column.type)
    return is_on_calendar(*(None if end is None else int(end) * unit for end in bounds.ends))


def _beside_own(column: Column) -> str:
    own = {
        "min_value": column.min_value,
        "max_value": column.max_value,
        "date_start": column.date_start,
        "date_end": column.date_end,
    }
    words = [f"{name} {value}" for name, value in own.items() if value]
    return f" beside {' and '.join(words)}" if words else ""


def said(*parts: tuple[int | float | dict[Stored, Literal], str] | None) -> str:
    """The labels of the checks that something follows from."""
    return " and ".join(dict.fromkeys(part[1] for part in parts if part is not None and part[1]))


# --- constants


def as_stored(column: Column, value: bool | int | float | str) -> Stored | None:
    """A value that a rule lists as it is stored; None where the rule will refuse it."""
    is_text = isinstance(value, bool) or column.type.kind not in NUMERIC_KINDS
    try:
        literal: Literal = (
            (value if isinstance(value, bool) else str(value)) if is_text else Decimal(str(value))
        )
        return exact(column.type, literal)
    except (ValueError, ArithmeticError):
        return None


def _plain(value: Literal) -> int | float | str | bool:
    """A constant as a rule's options take it: no digit gets lost."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else str(value)
