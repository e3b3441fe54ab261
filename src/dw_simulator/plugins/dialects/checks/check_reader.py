"""From the text of CHECK constraints to what they say: ranges, lists, lengths, forms, orders of columns.

A check is a conjunction; each of its parts is understood or not by itself. Comparisons, BETWEEN, IN, LIKE,
NOT, AND and OR have a method each here; `terms` reads the sides of a comparison. What is not understood is
kept with its reason, and the planner tells it in a warning.

>>> from sqlglot.dialects.postgres import Postgres
>>> from dw_simulator.schema.model import Column
>>> price = Column(name="price", data_type="DECIMAL(9,2)")
>>> table = Table(name="t", columns=[price], checks=["price > 0 AND price % 5 = 0"], target_rows=1)
>>> (check,) = read_checks(table, Postgres)
>>> check.constraints
(Range(column='price', low=Decimal('0'), high=None, above=True, below=False),)
>>> check.left
('price % 5 = 0: a calculation with % is not understood',)
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from dw_simulator.errors import elided
from dw_simulator.plugins.dialects.checks.asking import asked_of_row, looser
from dw_simulator.plugins.dialects.checks.hinting import Hinting
from dw_simulator.plugins.dialects.checks.implications import implied, spreads
from dw_simulator.plugins.dialects.checks.like_classes import with_regexes
from dw_simulator.plugins.dialects.checks.terms import Terms
from dw_simulator.plugins.dialects.checks.understanding import NotUnderstood, Sign, named, reads
from dw_simulator.plugins.dialects.trees import Visitor
from dw_simulator.plugins.dialects.truths import as_truths
from dw_simulator.ports.constraints import (
    MANY,
    ONE,
    Check,
    Constraint,
    Hint,
    Like,
    Literal,
    NoneOf,
    OneOf,
    Order,
    Present,
)
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import Kind

_CASES: dict[str, Callable[[str], str]] = {"upper": str.upper, "lower": str.lower}


@dataclass
class _Conditions(Visitor[list[Constraint]]):
    """Reads what has to hold in every row.

    >>> from sqlglot import condition
    >>> from sqlglot.dialects.postgres import Postgres
    >>> from dw_simulator.schema.model import Column
    >>> columns = {"status": Column(name="status", data_type="VARCHAR(9)")}
    >>> terms = Terms(columns, Postgres, length_counts_characters=False)
    >>> _Conditions(terms, escape="").visit(condition("status = 'open' OR status = 'paid'"))
    [OneOf(column='status', values=('open', 'paid'))]

    terms   reads the sides of comparisons
    escape  what takes a wildcard its meaning in a LIKE that names no escape; empty for nothing
    """

    terms: Terms
    escape: str

    def visit(self, node: exp.Expr) -> list[Constraint]:
        """What a condition within brackets says. Raises NotUnderstood."""
        return super().visit(node.unnest())

    # --- several conditions

    @reads("this", "expression")
    def visit_and(self, node: exp.Expr) -> list[Constraint]:
        return [found for part in _conjuncts(node) for found in self.visit(part)]

    @reads("this", "expression")
    def visit_or(self, node: exp.Expr) -> list[Constraint]:
        """x = 1 OR x = 2 is a list; OR x IS NULL says nothing, as all constraints on x pass a NULL."""
        parts = [part.unnest() for part in node.flatten()]
        empty = [part for part in parts if _is_null_test(part) and not part.args.get("negate")]
        nulls = {self.terms.column(part.this.unnest()).name for part in empty}
        found = [self.visit(part) for part in parts if part not in empty]
        if len(found) == 1 and all(_passes_null(one, nulls) for one in found[0]):
            return found[0]
        return [_together(found, nulls)]

    def visit_not(self, node: exp.Expr) -> list[Constraint]:
        return _Negations(self).visit(node.this)

    # --- comparisons

    @reads("this", "expression")
    def visit_eq(self, node: exp.Expr) -> list[Constraint]:
        return [self.comparison(node, Sign(node.key))]

    visit_neq = visit_lt = visit_lte = visit_gt = visit_gte = visit_eq

    def comparison(self, node: exp.Expr, sign: Sign) -> Constraint:
        """What a comparison says when it has this sign, which may be another than its own."""
        right = node.expression.unnest()
        if right.key in ("any", "all") or _is_function_all(right):
            return self._any_of(node.this, sign, right)
        return self.terms.visit(node.this).compared(sign, self.terms.visit(right))

    @reads("this", "low", "high")
    def visit_between(self, node: exp.Expr) -> list[Constraint]:
        this = self.terms.visit(node.this)
        ends = ((Sign.GTE, "low"), (Sign.LTE, "high"))
        return [this.compared(sign, self.terms.visit(node.args[end])) for sign, end in ends]

    # --- lists

    @reads("this", "expressions", "query")
    def visit_in(self, node: exp.Expr) -> list[Constraint]:
        if not _is_list(node):
            raise NotUnderstood("IN without a list of values")
        return [self.one_of(node.this, node.expressions)]

    def one_of(self, this: exp.Expr, items: Iterable[exp.Expr]) -> Constraint:
        """A column, or its text in capitals or small letters, among constants."""
        this = this.unnest()
        if (case := _CASES.get(this.key)) is None:
            return OneOf(*self._listed(this, items))
        # UPPER(x) IN ('A', 'B') holds where x is one of these
        name, values = self._listed(this.this, items)
        return OneOf(name, tuple(value for value in values if case(str(value)) == value))

    def none_of(self, this: exp.Expr, items: Iterable[exp.Expr]) -> Constraint:
        """A column that is none of some constants."""
        return NoneOf(*self._listed(this, items))

    def _listed(self, this: exp.Expr, items: Iterable[exp.Expr]) -> tuple[str, tuple[Literal, ...]]:
        column = self.terms.visit(this).column
        if column is None:
            raise NotUnderstood("no column is compared")
        return column.name, tuple(self.terms.visit(item).literal_for(column) for item in items)

    def _any_of(self, this: exp.Expr, sign: Sign, listed: exp.Expr) -> Constraint:
        """= ANY (ARRAY[...]), <> ALL (ARRAY[...]): how PostgreSQL writes IN and NOT IN."""
        array = (listed.expressions[0] if _is_function_all(listed) else listed.this).unnest()
        while array.is_cast:
            array = array.this.unnest()
        is_any = listed.key == "any"
        if array.key != "array" or sign is not (Sign.EQ if is_any else Sign.NEQ):
            raise NotUnderstood(f"{named(listed)} is not understood")
        return (self.one_of if is_any else self.none_of)(this, array.expressions)

    # --- single columns

    def visit_column(self, node: exp.Expr) -> list[Constraint]:
        column = self.terms.column(node)
        if column.type.kind is not Kind.BOOLEAN:
            raise NotUnderstood(f"{column.name} is no truth value")
        return [OneOf(column.name, (True,))]

    @reads("this", "expression", "negate")
    def visit_is(self, node: exp.Expr) -> list[Constraint]:
        """IS NOT NULL, which some dialects read as NOT x IS NULL."""
        return [self.present(node)] if node.args.get("negate") else self.visit_other(node)

    def present(self, test: exp.Expr) -> Constraint:
        """A column that is not NULL."""
        if not _is_null_test(test):
            raise NotUnderstood(f"{named(test)} is not understood")
        return Present(self.terms.column(test.this.unnest()).name)

    @reads("this", "expression", "negate")
    def visit_like(self, node: exp.Expr) -> list[Constraint]:
        return [self.form(node, self.escape, negated=bool(node.args.get("negate")))]

    @reads("this", "expression")
    def visit_escape(self, node: exp.Expr) -> list[Constraint]:
        """LIKE ... ESCAPE."""
        like, escape = node.this.unnest(), node.expression
        if like.key != "like" or escape.key != "literal":
            raise NotUnderstood("ESCAPE is not understood here")
        return [self.form(like, escape.name, negated=bool(like.args.get("negate")))]

    def form(self, like: exp.Expr, escape: str, *, negated: bool) -> Constraint:
        """A column whose texts are of a form, or none of them."""
        column = self.terms.visit(like.this).column
        pattern = self.terms.visit(like.expression).text
        if column is None or pattern is None:
            raise NotUnderstood("LIKE with something else than a column and a pattern")
        if column.type.kind is not Kind.TEXT:
            raise NotUnderstood(f"{column.name} is no text")
        return Like(column.name, tuple(_tokens(pattern, escape)), negated)

    def visit_other(self, node: exp.Expr) -> list[Constraint]:
        raise NotUnderstood(f"{named(node)} is not understood")


@dataclass
class _Negations(Visitor[list[Constraint]]):
    """Reads what NOT stands before."""

    conditions: _Conditions

    def visit(self, node: exp.Expr) -> list[Constraint]:
        return super().visit(node.unnest())

    @reads("this", "expression")
    def visit_eq(self, node: exp.Expr) -> list[Constraint]:
        return [self.conditions.comparison(node, Sign(node.key).negated)]

    visit_neq = visit_lt = visit_lte = visit_gt = visit_gte = visit_eq

    @reads("this", "expressions", "query")
    def visit_in(self, node: exp.Expr) -> list[Constraint]:
        if not _is_list(node):
            return self.visit_other(node)
        return [self.conditions.none_of(node.this, node.expressions)]

    @reads("this", "expression")
    def visit_is(self, node: exp.Expr) -> list[Constraint]:
        return [self.conditions.present(node)] if _is_null_test(node) else self.visit_other(node)

    @reads("this", "expression", "negate")
    def visit_like(self, node: exp.Expr) -> list[Constraint]:
        negated = not node.args.get("negate")
        return [self.conditions.form(node, self.conditions.escape, negated=negated)]

    def visit_column(self, node: exp.Expr) -> list[Constraint]:
        column = self.conditions.terms.column(node)
        if column.type.kind is not Kind.BOOLEAN:
            return self.visit_other(node)
        return [OneOf(column.name, (False,))]

    def visit_or(self, node: exp.Expr) -> list[Constraint]:
        """NOT (a OR b) is NOT a AND NOT b."""
        return [found for part in node.flatten() for found in self.visit(part)]

    def visit_not(self, node: exp.Expr) -> list[Constraint]:
        return self.conditions.visit(node.this)

    def visit_other(self, node: exp.Expr) -> list[Constraint]:
        raise NotUnderstood(f"NOT of {named(node)} is not understood")


def read_checks(
    table: Table,
    dialect: type[Dialect],
    *,
    escape: str = "",
    length_counts_characters: bool = False,
    asked_in: str = "",
    like_has_classes: bool = False,
) -> tuple[Check, ...]:
    """What a table's checks say.

    asked_in                  the dialect in which rows are asked; empty for the checks' own
    like_has_classes          whether [A-Z] in a LIKE is one of these letters
    escape                    the character that takes a wildcard its meaning in a LIKE that names none
    length_counts_characters  whether LENGTH does so where sqlglot thinks that it may count bytes
    """
    columns = {column.name: column for column in table.columns}
    terms = Terms(columns, dialect, length_counts_characters=length_counts_characters)
    asked = Dialect.get_or_raise(asked_in).__class__ if asked_in else dialect
    reader = _Reader(dialect, columns, _Conditions(terms, escape), Hinting(columns, asked), asked_in)
    reader.like_has_classes = like_has_classes
    return tuple(map(reader.check, table.checks))


_LONGEST = 4000
"""Of longer conditions it would take minutes to look for what they mean."""


@dataclass
class _Reader:
    """Reads the checks of one table."""

    dialect: type[Dialect]
    columns: Mapping[str, Column]
    conditions: _Conditions
    hinting: Hinting
    asked_in: str = ""
    like_has_classes: bool = False

    def check(self, text: str) -> Check:
        """What a check says."""
        if len(text) > _LONGEST:
            return Check(text, left=("it is too long",))
        try:
            return self._check(text)
        except RecursionError:  # a sum of a thousand terms, say
            return Check(text, left=("it is nested too deeply",))

    def _check(self, text: str) -> Check:
        try:
            read: exp.Expr = sqlglot.parse_one(text, into=exp.Condition, read=self.dialect)
            tree = as_truths(read, self._is_flag) if self._flags else read
            tree = with_regexes(tree) if self.like_has_classes else tree
            parts = list(_conjuncts(tree))
        except (SqlglotError, RecursionError):
            return Check(text, left=("it cannot be read",))
        found: list[Constraint] = []
        left: list[tuple[exp.Expr, str]] = []
        for part in parts:
            try:
                found += self.conditions.visit(part)
            except NotUnderstood as reason:
                shown = elided(part.sql(dialect=self.dialect, comments=False))
                where = f"{shown}: " if len(parts) > 1 else ""
                left.append((part, f"{where}{reason}"))
        if not left:
            return Check(text, tuple(found))
        open_parts, asked = [part for part, _reason in left], asked_of_row(tree)
        spoken = self.asked_in or self.dialect
        return Check(
            text,
            tuple(found),
            tuple(reason for _part, reason in left),
            tuple(one for part in open_parts for one in self._implied(part)),
            tuple(hint for part in open_parts for hint in self._hints(part)),
            "" if asked == read and not self.asked_in else asked.sql(dialect=spoken, comments=False),
            self.asked_in,
        )

    @cached_property
    def _flags(self) -> frozenset[str]:
        """The columns of truth values, in small letters."""
        return frozenset(
            name.lower() for name, column in self.columns.items() if column.type.kind is Kind.BOOLEAN
        )

    def _is_flag(self, column: exp.Expr) -> bool:
        return column.name.lower() in self._flags

    def _implied(self, part: exp.Expr) -> Iterator[Constraint]:
        with suppress(NotUnderstood):
            yield from implied(part, self.conditions.visit, self.columns)
        yield from looser(part, self.conditions.terms)

    def _hints(self, part: exp.Expr) -> Iterator[Hint]:
        with suppress(NotUnderstood):
            yield from spreads(part, self.conditions.visit, self.columns)
        yield from self.hinting.hints(part)


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    """The conditions that AND joins, without the brackets around them."""
    node = node.unnest()
    if node.key == "and":
        for part in node.flatten():
            yield from _conjuncts(part)
    else:
        yield node


def _is_list(node: exp.Expr) -> bool:
    """Whether IN is followed by values, and not by a query."""
    return bool(node.expressions) and not node.args.get("query")


def _is_null_test(node: exp.Expr) -> bool:
    """Whether it is IS NULL or IS NOT NULL."""
    return node.key == "is" and node.expression.key == "null"


def _is_function_all(node: exp.Expr) -> bool:
    return node.key == "anonymous" and node.name.upper() == "ALL" and len(node.expressions) == 1


def _together(found: Sequence[list[Constraint]], nulls: set[str]) -> Constraint:
    """_Conditions joined by OR, as one list of values."""
    lists = [one for several in found for one in several if isinstance(one, OneOf)]
    names = {one.column for one in lists}
    listed = all(len(several) == 1 for several in found) and len(lists) == len(found)
    if not listed or len(names) != 1 or not nulls <= names:
        raise NotUnderstood("OR of different conditions is not understood")
    return OneOf(names.pop(), tuple(dict.fromkeys(value for one in lists for value in one.values)))


def _passes_null(constraint: Constraint, nulls: set[str]) -> bool:
    """Whether a constraint says nothing where one of these columns is NULL."""
    if isinstance(constraint, Order):
        return bool(nulls & {constraint.lesser, constraint.greater})
    return constraint.column in nulls and not isinstance(constraint, Present)


def _tokens(pattern: str, escape: str) -> Iterator[str | tuple[str]]:
    """A pattern's characters and wildcards; of several % in a row, one."""
    characters = iter(pattern)
    after_many = False
    for character in characters:
        if escape and character == escape:
            following = next(characters, None)
            if following is None:
                raise NotUnderstood("the pattern ends in its escape character")
            yield following
        elif character not in (ONE, MANY):
            yield character
        elif character == ONE or not after_many:
            yield (character,)
        after_many = character == MANY
