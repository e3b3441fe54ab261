"""Values that are likely to pass CHECKs which are not understood as a whole, for columns that name no rule.

    CREATE TABLE t (a INT, b INT, total INT, code VARCHAR(8), CHECK (total = a + b),
                    CHECK (a + b <= 100), CHECK (code ~ '^[A-Z]{3}$'))

total  is made by the expression a + b
a, b   are at most 100 each
code   is made by the regular expression

What does not pass all the same is drawn again (`redrawing`), so that none of this has to be exact. Where such
a rule cannot be followed, it is given up without a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from dw_simulator.engine.bounds import Bounds, Number, declared, filled, unit_of
from dw_simulator.errors import Refusal
from dw_simulator.planning.checks.limits import bound
from dw_simulator.planning.columns.roles import is_linked, with_bounds
from dw_simulator.planning.columns.rule_values import spec_of
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.constraints import Check, Range, SumWithin
from dw_simulator.ports.needs import Derived
from dw_simulator.ports.rule import RuleRole
from dw_simulator.schema.model import Column, RuleSpec, Table
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType


@dataclass(eq=False)
class Hinted:
    """The columns of one table, with rules by which its checks are likely to hold.

    made  the columns that an expression makes now, and from which others
    sums  that are to keep to ends, each of several columns
    check whose hints are followed
    """

    draft: Draft
    table: Table
    columns: dict[str, Column]
    made: dict[str, set[str]] = field(default_factory=dict)
    sums: list[SumWithin] = field(default_factory=list)
    check: Check = field(default_factory=lambda: Check(""))

    def take(self, check: Check) -> None:
        """Follow what a check hints at."""
        self.check = check
        for hint in check.hints:
            hint.taken(self)

    def plain(self, name: str) -> Column | None:
        """A column that names no rule, and whose values nothing else decides."""
        column = self.columns[name]
        taken = (self.table.name, name) in self.draft.no_hints or name in self.made
        if taken or column.rule_spec is not None or is_linked(self.table, column):
            return None
        return None if (self.table.name, name) in self.draft.given_at else column

    def is_in_key(self, name: str) -> bool:
        return any(name in key for key in self.table.keys)

    def _put(self, column: Column) -> None:
        self.columns[column.name] = column
        self.draft.hinted.add((self.table.name, column.name))

    # --- one kind after the other

    def computed(self, name: str, sql: str) -> None:
        column = self.plain(name)
        if column is None or self.is_in_key(name):
            return
        expression = self.draft.rules.usual(RuleRole.CONDITION)
        rule = RuleSpec(name=expression, **self.check.spoken(sql).options)
        sources = self._sources(column, rule)
        if sources is None or any(name in self._all_sources(one) for one in sources):
            return
        nullable = any(not self.columns[one].required for one in sources)
        if column.type.kind in NUMERIC_KINDS and (column.required or not nullable):
            # what does not fit is 0, which fails and is drawn again
            name_of_type = plain_number(column.type) if self.check.dialect else column.data_type
            fitting = f"COALESCE(TRY(CAST({sql} AS {name_of_type})), 0)"
            rule = RuleSpec(name=expression, **self.check.spoken(fitting).options)
        elif column.required and nullable:
            return
        self.made[name] = sources
        self._put(column.changed(rule=rule))

    def _sources(self, column: Column, rule: RuleSpec) -> set[str] | None:
        """The columns of its row that an expression makes a column from; None where it cannot."""
        try:
            derived = self.draft.rules(rule, column.type.kind).build(
                spec_of(self.draft, self.table, column.changed(rule=rule))
            )
        except Refusal:
            return None
        assert isinstance(derived, Derived), "expressions are made from columns"
        names = {need for need in derived.needs if isinstance(need, str)}
        return names if len(names) == len(derived.needs) else None

    def _all_sources(self, name: str) -> set[str]:
        """A column, and all that it is made from."""
        found, waiting = set[str](), [name]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.made.get(one, ())
        return found

    def formed(self, name: str, pattern: str) -> None:
        column = self.plain(name)
        if column is None:
            return
        rule = RuleSpec(name=self.draft.rules.usual(RuleRole.FORM), pattern=pattern)
        formed = column.changed(rule=rule)
        try:
            made = self.draft.rules(rule, column.type.kind).build(spec_of(self.draft, self.table, formed))
        except Refusal:
            return
        if not isinstance(made, Derived) and made.facts.width <= column.type.length:
            self._put(column.changed(rule=rule))

    def stepped(self, name: str, step: int, rest: int) -> None:
        """A key counts by the step; other columns are drawn again until they fit."""
        column = self.plain(name)
        if column is None or not self.is_in_key(name) or column.type.kind is not Kind.INTEGER:
            return
        counting = self.draft.rules.usual(RuleRole.COUNTING)
        self._put(column.changed(rule=RuleSpec(name=counting, start=rest or step, step=step)))

    def cased(self, name: str, upper: bool) -> None:
        """Texts that are in other letters become those, whichever rule makes them."""
        cell, column = (self.table.name, name), self.columns[name]
        rule = self.draft.rule_of(column)
        if is_linked(self.table, column) or (rule is not None and rule.listed() is not None):
            return  # what somebody has listed stays as it is written
        if cell not in self.draft.given_at and not self.is_in_key(name):
            self.draft.cased[cell] = upper

    def spread(self, name: str, ranges: Sequence[Range]) -> None:
        column = self.plain(name)
        if column is None or self.is_in_key(name) or declared(column) != Bounds():
            return
        ends = [found for one in ranges if (found := _ends(column, one)) is not None]
        if len(ends) < len(ranges):
            return
        if column.type.kind in NUMERIC_KINDS:
            rule = RuleSpec(
                name=self.draft.rules.usual(RuleRole.SPREAD), components=_components(column, ends)
            )
            self._put(column.changed(rule=rule))
        else:  # what lies between them is left out later
            self._put(with_bounds(column, Bounds(min(low for low, _ in ends), max(high for _, high in ends))))

    def null_with(self, name: str, sql: str) -> None:
        column = self.plain(name)
        if column is None or column.required or column.null_fraction is not None or column.null_when:
            return
        if not any(one.null_when for one in self.columns.values()):  # which may be NULL by this one
            self._put(column.changed(null_when=self.check.spoken(sql)))

    def summed(self, total: SumWithin) -> None:
        self.sums.append(total)


def plain_number(type_: SqlType) -> str:
    """A type of numbers in words that every dialect has."""
    if type_.kind is Kind.DECIMAL:
        return f"DECIMAL({type_.precision},{type_.scale})"
    if type_.kind is Kind.FLOAT:
        return "REAL" if type_.bits == 32 else "DOUBLE"
    return {8: "TINYINT", 16: "SMALLINT", 32: "INTEGER"}.get(type_.bits, "BIGINT")


def _ends(column: Column, said: Range) -> tuple[Number, Number] | None:
    """The stored values at the ends of a range, whose open end ends soon; None where nothing lies in it."""
    type_ = column.type
    try:
        low = None if said.low is None else bound(type_, said.low, up=True, strict=said.above)
        high = None if said.high is None else bound(type_, said.high, up=False, strict=said.below)
        found = filled(type_, Bounds(low, high))
    except (ValueError, OverflowError):
        return None
    return None if found.is_empty or found.low is None or found.high is None else (found.low, found.high)


def _components(column: Column, ends: Sequence[tuple[Number, Number]]) -> list[dict[str, object]]:
    """Even spreads over ranges, as a rule takes them."""
    unit = unit_of(column.type)
    worths = [[float(Fraction(end) * unit) for end in pair] for pair in ends]
    return [{"parameters": {"low": low, "high": high}} for low, high in worths]
