"""What follows for single columns from a condition that is not understood as a whole.

    (kind = 'pct' AND amount BETWEEN 0 AND 100) OR (kind = 'abs' AND amount > 0)

    kind    is one of 'pct' and 'abs'
    amount  is 0 or more

It is less than the condition says, and leaves that much less to be drawn again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from sqlglot import exp

from dw_simulator.engine.bounds import worth_of
from dw_simulator.plugins.dialects.checks.understanding import NotUnderstood
from dw_simulator.plugins.dialects.trees import Visitor
from dw_simulator.ports.constraints import Constraint, Literal, OneOf, Range, SeveralRanges
from dw_simulator.schema.model import Column
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind, SqlType

Read = Callable[[exp.Expr], Sequence[Constraint]]
"""What a condition says by itself. Raises NotUnderstood."""

Values = tuple[Range | OneOf, ...]
Said = Mapping[str, Values]
"""By column the values or ranges of which it has one; what is not there may be anything."""

_MOST = 32
"""Ranges of a column, and no more."""


def implied(node: exp.Expr, read: Read, columns: Mapping[str, Column]) -> list[Constraint]:
    """The range or the list of each column outside of which a condition is false."""
    found: list[Constraint] = []
    for name, values in _Implications(read, columns).visit(node).items():
        merged = _merged(values, columns[name].type)
        if merged is not None:
            found.append(merged)
    return found


def spreads(node: exp.Expr, read: Read, columns: Mapping[str, Column]) -> list[SeveralRanges]:
    """Of an OR, the columns of which it names several ranges."""
    found = []
    for name, values in _Implications(read, columns).visit(node).items():
        type_ = columns[name].type
        if type_.kind not in NUMERIC_KINDS | {Kind.DATE, Kind.TIMESTAMP}:
            continue
        ranges = [_as_range(one, type_) for one in values]
        if len(ranges) > 1 and _are_apart(ranges, type_):
            found.append(SeveralRanges(name, tuple(ranges)))
    return found


class _Implications(Visitor[Said]):
    """Follows AND, OR, NOT and CASE down to what is understood by itself."""

    def __init__(self, read: Read, columns: Mapping[str, Column]) -> None:
        self.read, self.columns = read, columns

    def visit(self, node: exp.Expr) -> Said:
        return super().visit(node.unnest())

    def visit_and(self, node: exp.Expr) -> Said:
        return self._all([self.visit(part) for part in node.flatten()])

    def visit_or(self, node: exp.Expr) -> Said:
        return _any([self.visit(part) for part in node.flatten()])

    def visit_not(self, node: exp.Expr) -> Said:
        pushed = negated(node.this)
        return self.visit_other(node) if pushed is None else self.visit(pushed)

    def visit_between(self, node: exp.Expr) -> Said:
        return self.visit_other(node)

    def visit_case(self, node: exp.Expr) -> Said:
        if node.this is not None:
            return {}
        ways = [self._all([self.visit(one.this), self.visit(one.args["true"])]) for one in node.args["ifs"]]
        default = node.args.get("default")
        return _any([*ways, {} if default is None else self.visit(default)])

    def visit_is(self, node: exp.Expr) -> Said:
        """IS NULL: the column has no value there."""
        column = node.this.unnest()
        if node.expression.key == "null" and not node.args.get("negate") and column.key == "column":
            name = next((n for n in self.columns if n.lower() == column.name.lower()), None)
            return {name: ()} if name is not None else {}
        return {}

    def visit_other(self, node: exp.Expr) -> Said:
        try:
            read = self.read(node)
        except NotUnderstood:
            return {}
        each = [{one.column: (one,)} for one in read if isinstance(one, Range | OneOf)]
        return self._all(each)

    def _all(self, parts: Sequence[Said]) -> Said:
        """What holds where all parts do: of each column the first list, else the ranges' meeting."""
        found: dict[str, Values] = {}
        for part in parts:
            for name, values in part.items():
                both = found.get(name)
                found[name] = values if both is None else _met(both, values, self.columns[name].type)
        return found


def _any(parts: Sequence[Said]) -> Said:
    """What holds where one of the parts does."""
    if not parts:
        return {}
    names = set(parts[0]).intersection(*parts[1:])
    found = {name: tuple(one for part in parts for one in part[name]) for name in sorted(names)}
    return {name: values for name, values in found.items() if len(values) <= _MOST}


def _met(one: Values, other: Values, type_: SqlType) -> Values:
    """What both say, or where they are no two ranges what the shorter says."""
    ranges = [part for part in (*one, *other) if isinstance(part, Range)]
    if len(one) != 1 or len(other) != 1 or len(ranges) < 2:
        lists = [values for values in (one, other) if not set(values) & set(ranges)]
        return min(lists or [one, other], key=len)
    low = [r for r in ranges if r.low is not None]
    high = [r for r in ranges if r.high is not None]
    most = max(low, key=lambda r: _low(r, type_), default=Range(ranges[0].column))
    least = min(high, key=lambda r: _high(r, type_), default=Range(ranges[0].column))
    return (Range(ranges[0].column, most.low, least.high, most.above, least.below),)


def _merged(said: Sequence[Range | OneOf], type_: SqlType) -> Constraint | None:
    """One list of several, or the range from the least to the greatest; None for anything."""
    if not said:
        return None
    lists = [one for one in said if isinstance(one, OneOf)]
    if len(lists) == len(said):
        together = dict.fromkeys(value for one in lists for value in one.values)
        return OneOf(said[0].column, tuple(together))
    if type_.kind not in NUMERIC_KINDS | TEMPORAL_KINDS:
        return None
    ranges = [_as_range(one, type_) for one in said]
    low = None if any(r.low is None for r in ranges) else min(ranges, key=lambda r: _low(r, type_))
    high = None if any(r.high is None for r in ranges) else max(ranges, key=lambda r: _high(r, type_))
    if low is None and high is None:
        return None
    made = Range(said[0].column)
    made = made if low is None else replace(made, low=low.low, above=low.above)
    return made if high is None else replace(made, high=high.high, below=high.below)


def _as_range(said: Range | OneOf, type_: SqlType) -> Range:
    if isinstance(said, Range):
        return said
    worths = sorted(said.values, key=lambda value: _worth(value, type_))
    return Range(said.column, worths[0], worths[-1])


def _are_apart(ranges: Sequence[Range], type_: SqlType) -> bool:
    """Whether there is room between them, in the order of their ends."""
    rising = sorted(ranges, key=lambda r: (r.low is not None, 0 if r.low is None else _worth(r.low, type_)))
    for one, other in pairwise(rising):
        if one.high is None or other.low is None or _worth(one.high, type_) >= _worth(other.low, type_):
            return False
    return True


def _low(said: Range, type_: SqlType) -> tuple[Fraction, bool]:
    return _worth(said.low, type_), said.above


def _high(said: Range, type_: SqlType) -> tuple[Fraction, bool]:
    return _worth(said.high, type_), not said.below


def _worth(value: Literal | None, type_: SqlType) -> Fraction:
    """What a constant is worth. Raises NotUnderstood where it is none of the type."""
    try:
        return worth_of(type_, str(value) if isinstance(value, bool) or value is None else value)
    except (ValueError, ArithmeticError):
        raise NotUnderstood(f"{value} is no {type_.declared}") from None


_OPPOSITES: Mapping[str, type[exp.Binary]] = {
    "lt": exp.GTE,
    "lte": exp.GT,
    "gt": exp.LTE,
    "gte": exp.LT,
    "eq": exp.NEQ,
    "neq": exp.EQ,
}


def negated(node: exp.Expr) -> exp.Expr | None:
    """What holds where a condition does not, with NOT further down; None where it stays outside.

    >>> from sqlglot import condition
    >>> negated(condition("a < 18 OR NOT b")).sql()
    'a >= 18 AND b'
    """
    node = node.unnest()
    if node.key in _OPPOSITES:
        opposite: exp.Expr = _OPPOSITES[node.key](this=node.this.copy(), expression=node.expression.copy())
        return opposite
    if node.key == "not":
        inner: exp.Expr = node.this.copy()
        return inner
    if node.key in ("and", "or"):
        parts = [part.unnest() for part in node.flatten()]
        turned = [negated(part) or exp.not_(part.copy()) for part in parts]
        return exp.or_(*turned) if node.key == "and" else exp.and_(*turned)
    if node.key == "between" and not set(filter(node.args.get, node.args)) - {"this", "low", "high"}:
        below = exp.LT(this=node.this.copy(), expression=node.args["low"].copy())
        return exp.or_(below, exp.GT(this=node.this.copy(), expression=node.args["high"].copy()))
    return None
