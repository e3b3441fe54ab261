"""What stands on one side of a comparison in a CHECK: a column, its length, or a constant.

What joins comparisons, and BETWEEN, IN and LIKE, is read by `check_reader`.

Each knows what a comparison with another one says:

>>> price = Column(name="price", data_type="DECIMAL(9,2)")
>>> NumberTerm(Decimal(5)).compared(Sign.LT, ColumnTerm(price))  # 5 < price
Range(column='price', low=Decimal('5'), high=None, above=True, below=False)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from dw_simulator.plugins.dialects.checks.understanding import NotUnderstood, Sign, named, reads
from dw_simulator.plugins.dialects.trees import Visitor
from dw_simulator.ports.constraints import (
    MANY,
    Constraint,
    Length,
    Like,
    Literal,
    NoneOf,
    OneOf,
    Order,
    Range,
)
from dw_simulator.schema.model import Column
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind, SqlType

_WHOLE = frozenset({exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT})
_NUMBERS = _WHOLE | {exp.DType.DECIMAL, exp.DType.DOUBLE, exp.DType.FLOAT}
_TEXTS = frozenset(
    {
        *(exp.DType.TEXT, exp.DType.VARCHAR, exp.DType.NVARCHAR),
        *(exp.DType.CHAR, exp.DType.NCHAR, exp.DType.BPCHAR),
    }
)
_LAST_YEAR = 9999
_MOMENTS = {
    exp.DType.DATE: Kind.DATE,
    exp.DType.TIME: Kind.TIME,
    **dict.fromkeys((exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ), Kind.TIMESTAMP),
}


class Term:
    """One side of a comparison. What a kind of term does not override is not understood.

    column       of a term that is a column by itself
    text         of a term that is a constant text
    whole        of a term that is a whole number
    is_constant  whether it is the same in every row
    """

    column: Column | None = None
    text: str | None = None
    whole: int | None = None
    is_constant = False

    def compared(self, sign: Sign, other: "Term") -> Constraint:
        """What `self sign other` says. Raises NotUnderstood."""
        if not self.is_constant:
            return self.beside(sign, other)
        if not other.is_constant:
            return other.beside(sign.mirrored, self)
        raise NotUnderstood("no column is compared")

    def beside(self, sign: Sign, other: "Term") -> Constraint:
        """The same of a term that is no constant."""
        raise NotImplementedError

    def literal_for(self, _column: Column) -> Literal:
        """A constant, as it is compared with a column."""
        raise NotUnderstood("columns stand in a list")

    def cast(self, _to: exp.DType, _sized: bool) -> "Term | None":
        """The term cast to a type, where that changes nothing about a comparison; else None.

        sized  whether the type says its length or digits
        """
        return None

    def length(self) -> "Term | None":
        """Its length in characters, where that can be followed."""
        return None

    def negative(self) -> "Term | None":
        """Minus the term, where that is a constant."""
        return None


@dataclass(frozen=True)
class ColumnTerm(Term):
    """A column of the table."""

    column: Column

    def beside(self, sign: Sign, other: Term) -> Constraint:
        if other.column is not None:
            return _ordered(self.column, sign, other.column)
        if not other.is_constant:
            raise NotUnderstood("no column is compared")
        return _bounded(self.column, sign, other.literal_for(self.column))

    def cast(self, to: exp.DType, sized: bool) -> Term | None:
        return self if _compares_as(self.column.type.kind, to, sized=sized) else None

    def length(self) -> Term | None:
        return LengthTerm(self.column) if self.column.type.kind is Kind.TEXT else None


@dataclass(frozen=True)
class LengthTerm(Term):
    """The length of a text column, in characters."""

    of: Column

    def beside(self, sign: Sign, other: Term) -> Constraint:
        if other.whole is None:
            raise NotUnderstood("a length is compared with something else than a whole number")
        return _measured(self.of, sign, other.whole)

    def cast(self, _to: exp.DType, _sized: bool) -> Term:
        return self


_COMPARED_WITH_TEXT = NUMERIC_KINDS | TEMPORAL_KINDS | {Kind.TEXT}


@dataclass(frozen=True)
class AbsTerm(Term):
    """The absolute value of a number."""

    of: Column

    def beside(self, sign: Sign, other: Term) -> Constraint:
        value = other.literal_for(self.of)
        if isinstance(value, Decimal) and sign in (Sign.LT, Sign.LTE):
            return Range(self.of.name, -value, value, sign is Sign.LT, sign is Sign.LT)
        if isinstance(value, Decimal) and sign is Sign.EQ:
            return OneOf(self.of.name, (-value, value))
        raise NotUnderstood("an absolute value is compared otherwise than with its most")


@dataclass(frozen=True)
class YearTerm(Term):
    """The year of a date or of a moment without a zone."""

    of: Column

    def beside(self, sign: Sign, other: Term) -> Constraint:
        year = other.whole
        if year is None or not 1 < year < _LAST_YEAR:
            raise NotUnderstood("a year is compared with something else than a year")
        first, after = f"{year:04}-01-01", f"{year + 1:04}-01-01"
        match sign:
            case Sign.EQ:
                return Range(self.of.name, first, after, below=True)
            case Sign.GTE:
                return Range(self.of.name, low=first)
            case Sign.GT:
                return Range(self.of.name, low=after)
            case Sign.LT:
                return Range(self.of.name, high=first, below=True)
            case Sign.LTE:
                return Range(self.of.name, high=after, below=True)
        raise NotUnderstood("<> of a year is not understood")


@dataclass(frozen=True)
class StartTerm(Term):
    """The first characters of a text."""

    of: Column
    count: int

    def beside(self, sign: Sign, other: Term) -> Constraint:
        start = other.text
        if start is None or len(start) != self.count or sign not in (Sign.EQ, Sign.NEQ):
            raise NotUnderstood("the beginning of a text is compared with something else than as much text")
        return Like(self.of.name, (*start, (MANY,)), sign is Sign.NEQ)


@dataclass(frozen=True)
class TextTerm(Term):
    """A text in quotes: also a date, a time or a number."""

    text: str
    is_constant = True

    def literal_for(self, column: Column) -> Literal:
        if column.type.kind in NUMERIC_KINDS:
            return number(self.text)
        if column.type.kind not in _COMPARED_WITH_TEXT:
            raise _misfit(column, self.text)
        return self.text

    def cast(self, to: exp.DType, sized: bool) -> Term | None:
        if sized:
            return None
        if to in _NUMBERS:
            return NumberTerm(number(self.text)).cast(to, False)
        return self if to in _TEXTS or to in _MOMENTS else None


@dataclass(frozen=True)
class NumberTerm(Term):
    """A number."""

    value: Decimal
    is_constant = True

    @property
    def whole(self) -> int | None:  # type: ignore[override]
        return int(self.value) if self.value == self.value.to_integral_value() else None

    def literal_for(self, column: Column) -> Literal:
        if column.type.kind not in NUMERIC_KINDS:
            raise _misfit(column, self.value)
        return self.value

    def cast(self, to: exp.DType, sized: bool) -> Term | None:
        keeps = to in (_NUMBERS - _WHOLE if self.whole is None else _NUMBERS)
        return self if keeps and not sized else None

    def negative(self) -> Term:
        return NumberTerm(-self.value)


@dataclass(frozen=True)
class TruthTerm(Term):
    """TRUE or FALSE."""

    value: bool
    is_constant = True

    def literal_for(self, column: Column) -> Literal:
        if column.type.kind is not Kind.BOOLEAN:
            raise _misfit(column, self.value)
        return self.value

    def cast(self, _to: exp.DType, _sized: bool) -> Term:
        return self


# --- reading them


class Terms(Visitor[Term]):
    """Reads the sides of comparisons over the columns of one table.

    length_counts_characters  whether LENGTH does so where sqlglot thinks that it may count bytes
    """

    def __init__(
        self, columns: Mapping[str, Column], dialect: type[Dialect], *, length_counts_characters: bool
    ) -> None:
        self._exact = columns
        self._folded = {name.lower(): column for name, column in columns.items()}
        self._dialect, self._length_counts_characters = dialect, length_counts_characters

    def visit(self, node: exp.Expr) -> Term:
        """The term within brackets."""
        return super().visit(node.unnest())

    def column(self, node: exp.Expr) -> Column:
        """The column that a node names."""
        name = node.name if node.key == "column" else ""
        column = self._exact.get(name) or self._folded.get(name.lower())
        if column is None:
            raise NotUnderstood(f"there is no column {name!r}" if name else _not_understood(node))
        return column

    def visit_column(self, node: exp.Expr) -> Term:
        return ColumnTerm(self.column(node))

    def visit_literal(self, node: exp.Expr) -> Term:
        return TextTerm(node.name) if node.is_string else NumberTerm(number(node.name))

    def visit_boolean(self, node: exp.Expr) -> Term:
        return TruthTerm(bool(node.this))

    def visit_neg(self, node: exp.Expr) -> Term:
        return self.visit(node.this).negative() or self.visit_other(node)

    @reads("this", "binary")
    def visit_length(self, node: exp.Expr) -> Term:
        term = self.visit(node.this)
        in_characters = self._length_counts_characters or not node.args.get("binary")
        return (term.length() if in_characters else None) or self.visit_other(node)

    @reads("this")
    def visit_abs(self, node: exp.Expr) -> Term:
        column = self.visit(node.this).column
        if column is None or column.type.kind not in NUMERIC_KINDS:
            return self.visit_other(node)
        return AbsTerm(column)

    @reads("this", "expression")
    def visit_extract(self, node: exp.Expr) -> Term:
        column = self.visit(node.expression).column
        plain = column is not None and column.type.kind in (Kind.DATE, Kind.TIMESTAMP)
        if column is None or not plain or column.type.zoned or node.this.name.lower() != "year":
            return self.visit_other(node)
        return YearTerm(column)

    @reads("this", "expression")
    def visit_left(self, node: exp.Expr) -> Term:
        return self._start(node, node.expression)

    @reads("this", "start", "length")
    def visit_substring(self, node: exp.Expr) -> Term:
        start = node.args.get("start")
        if start is None or self.visit(start).whole != 1 or node.args.get("length") is None:
            return self.visit_other(node)
        return self._start(node, node.args["length"])

    def _start(self, node: exp.Expr, length: exp.Expr) -> Term:
        column, count = self.visit(node.this).column, self.visit(length).whole
        if column is None or column.type.kind is not Kind.TEXT or count is None or count < 1:
            return self.visit_other(node)
        return StartTerm(column, count)

    @reads("this", "to")
    def visit_cast(self, node: exp.Expr) -> Term:
        to = node.args["to"]
        cast = self.visit(node.this).cast(to.this, bool(to.expressions))
        if cast is None:
            raise NotUnderstood(f"the cast to {to.sql(dialect=self._dialect)} is not understood")
        return cast

    visit_trycast = visit_cast

    def visit_other(self, node: exp.Expr) -> Term:
        raise NotUnderstood(_not_understood(node))


def _not_understood(node: exp.Expr) -> str:
    return f"{named(node)} is not understood"


def number(text: str) -> Decimal:
    """A number as it is written. Raises NotUnderstood."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise NotUnderstood(f"{text!r} is no number") from None


def _misfit(column: Column, value: Literal) -> NotUnderstood:
    return NotUnderstood(f"{column.name} {column.data_type} is compared with {value}")


# --- what comparisons say


def _bounded(column: Column, sign: Sign, value: Literal) -> Constraint:
    """A column beside a constant."""
    if sign is Sign.EQ:
        return OneOf(column.name, (value,))
    if sign is Sign.NEQ:
        return NoneOf(column.name, (value,))
    if column.type.kind in (Kind.TEXT, Kind.BOOLEAN):
        raise NotUnderstood(f"{column.name} {column.data_type} has no range that could be followed")
    if sign in (Sign.GT, Sign.GTE):
        return Range(column.name, low=value, above=sign is Sign.GT)
    return Range(column.name, high=value, below=sign is Sign.LT)


def _measured(column: Column, sign: Sign, length: int) -> Constraint:
    """A text's length beside a whole number."""
    if sign is Sign.NEQ:
        if length != 0:
            raise NotUnderstood("<> of a length is not understood")
        return Length(column.name, 1)
    least = {Sign.EQ: length, Sign.GTE: length, Sign.GT: length + 1}
    most = {Sign.EQ: length, Sign.LTE: length, Sign.LT: length - 1}
    return Length(column.name, least.get(sign, 0), most.get(sign))


def _ordered(left: Column, sign: Sign, right: Column) -> Constraint:
    """Two columns of a row."""
    if left.name == right.name:
        raise NotUnderstood(f"{left.name} is compared with itself")
    if sign in (Sign.EQ, Sign.NEQ):
        raise NotUnderstood(f"{'=' if sign is Sign.EQ else '<>'} between columns is not followed")
    families = [_family(column.type) for column in (left, right)]
    if families[0] != families[1] or not families[0]:
        raise NotUnderstood(f"{left.data_type} is compared with {right.data_type}")
    strict = sign in (Sign.LT, Sign.GT)
    if sign in (Sign.LT, Sign.LTE):
        return Order(left.name, right.name, strict)
    return Order(right.name, left.name, strict)


def _family(type_: SqlType) -> str:
    """Types whose values can be compared with one another exactly; empty for those that have no order."""
    match type_.kind:
        case Kind.INTEGER | Kind.DECIMAL:
            return "whole"
        case Kind.FLOAT:
            return "float"
        case Kind.DATE:
            return "moment"
        case Kind.TIMESTAMP:
            return "instant" if type_.zoned else "moment"
        case Kind.TIME:
            return "clock zoned" if type_.zoned else "clock"
    return ""


def _compares_as(kind: Kind, to: exp.DType, *, sized: bool) -> bool:
    """Whether a column's values, cast to another type, compare as they do by themselves."""
    if kind is Kind.INTEGER and to is exp.DType.BIGINT:
        return True
    if kind is Kind.DATE and _MOMENTS.get(to) is Kind.TIMESTAMP:
        return True
    same = (
        (kind is Kind.TEXT and to in _TEXTS)
        or (kind in NUMERIC_KINDS and to in _NUMBERS - _WHOLE)
        or _MOMENTS.get(to) is kind
    )
    return same and not sized
