"""From the text of CHECK constraints to what they say: ranges, lists, lengths, forms, orders of columns.

A check is a conjunction; each of its parts is understood or not by itself. What is not understood is kept
with its reason, and the planner tells it in a warning.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from dw_simulator.ports.constraints import (
    MANY,
    ONE,
    Check,
    Constraint,
    Length,
    Like,
    Literal,
    NoneOf,
    OneOf,
    Order,
    Present,
    Range,
)
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import NUMERIC_KINDS, Kind

_TEXTS = frozenset(
    {
        exp.DType.TEXT,
        exp.DType.VARCHAR,
        exp.DType.CHAR,
        exp.DType.NCHAR,
        exp.DType.NVARCHAR,
        exp.DType.BPCHAR,
    }
)
_WHOLE = frozenset({exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT})
_NUMBERS = _WHOLE | {exp.DType.DECIMAL, exp.DType.DOUBLE, exp.DType.FLOAT}
_MOMENTS = {
    exp.DType.DATE: Kind.DATE,
    exp.DType.TIME: Kind.TIME,
    **dict.fromkeys((exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ), Kind.TIMESTAMP),
}
_MIRRORED: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.LT: exp.GT,
    exp.GT: exp.LT,
    exp.LTE: exp.GTE,
    exp.GTE: exp.LTE,
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
}
_NEGATED: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.LT: exp.GTE,
    exp.GT: exp.LTE,
    exp.LTE: exp.GT,
    exp.GTE: exp.LT,
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
}

_CASES: dict[type, Callable[[str], str]] = {exp.Upper: str.upper, exp.Lower: str.lower}
_SIGNS: dict[type, str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.Mod: "%",
    exp.DPipe: "||",
}


class _Strange(Exception):
    """A part of a check that is not understood, and why."""


@dataclass(frozen=True)
class Measured:
    """The length of a text column."""

    column: Column


Term = Column | Measured | Decimal | str | bool


def read_checks(table: Table, dialect: type[Dialect], *, escape: str = "") -> tuple[Check, ...]:
    """What a table's checks say.

    escape  the character that takes a wildcard its meaning in a LIKE that names none
    """
    return tuple(_Reader(table, dialect, escape).check(text) for text in table.checks)


class _Reader:
    def __init__(self, table: Table, dialect: type[Dialect], escape: str) -> None:
        self.columns = {column.name.lower(): column for column in table.columns}
        self.exact = {column.name: column for column in table.columns}
        self.dialect, self.escape = dialect, escape

    def check(self, text: str) -> Check:
        try:
            tree: Any = sqlglot.parse_one(text, into=exp.Condition, read=self.dialect)
        except (SqlglotError, RecursionError):
            return Check(text, left=("it cannot be read",))
        found: list[Constraint] = []
        left: list[str] = []
        parts = list(_conjuncts(tree))
        for part in parts:
            try:
                found += self._part(part)
            except _Strange as reason:
                words = str(reason)
                if len(parts) > 1:
                    words = f"{part.sql(dialect=self.dialect, comments=False)}: {words}"
                left.append(words)
        return Check(text, tuple(found), tuple(left))

    # --- one condition

    def _part(self, node: exp.Expression) -> list[Constraint]:
        node = _bare(node)
        _refuse_more(node)
        if type(node) in _MIRRORED:
            return list(self._comparison(node, type(node)))
        handlers: dict[type, Callable[[Any], list[Constraint]]] = {
            exp.And: self._all,
            exp.Between: self._between,
            exp.In: self._in,
            exp.Not: self._not,
            exp.Like: self._like,
            exp.Escape: self._escaped,
            exp.Or: self._or,
            exp.Column: self._flag,
        }
        handler = handlers.get(type(node))
        if handler is None:
            raise _Strange(f"{_named(node)} is not understood")
        return handler(node)

    def _all(self, node: exp.Expression) -> list[Constraint]:
        return [found for part in _conjuncts(node) for found in self._part(part)]

    def _flag(self, node: exp.Column) -> list[Constraint]:
        column = self._column(node)
        if column.type.kind is not Kind.BOOLEAN:
            raise _Strange(f"{column.name} is no truth value")
        return [OneOf(column.name, (True,))]

    def _between(self, node: exp.Between) -> list[Constraint]:
        this, low, high = node.this, node.args["low"], node.args["high"]
        return [
            *self._comparison(exp.GTE(this=this.copy(), expression=low.copy()), exp.GTE),
            *self._comparison(exp.LTE(this=this.copy(), expression=high.copy()), exp.LTE),
        ]

    def _comparison(self, node: exp.Expression, sign: type[exp.Expression]) -> Iterator[Constraint]:
        if isinstance(listed := _bare(node.expression), exp.Any | exp.All) or _is_all(listed):
            yield self._any(node, sign, listed)
            return
        left, right = self._term(node.this), self._term(node.expression)
        if not isinstance(left, Column | Measured):
            left, right, sign = right, left, _MIRRORED[sign]
        if isinstance(left, Measured):
            yield _measured(left, sign, right)
        elif isinstance(left, Column) and isinstance(right, Column):
            yield from _ordered(left, sign, right)
        elif isinstance(left, Column) and not isinstance(right, Measured):
            yield _against(left, sign, right)
        else:
            raise _Strange("no column is compared")

    def _any(self, node: exp.Expression, sign: type[exp.Expression], listed: exp.Expression) -> Constraint:
        """= ANY (ARRAY[...]), <> ALL (ARRAY[...]): how PostgreSQL writes IN and NOT IN."""
        array = _bare(listed.expressions[0] if isinstance(listed, exp.Anonymous) else listed.this)
        while isinstance(array, exp.Cast):
            array = _bare(array.this)
        matching = sign is (exp.EQ if isinstance(listed, exp.Any) else exp.NEQ)
        if not isinstance(array, exp.Array) or not matching:
            raise _Strange(f"{_named(listed)} is not understood")
        return self._listed(node.this, array.expressions, among=sign is exp.EQ)

    def _in(self, node: exp.In) -> list[Constraint]:
        if not node.expressions or node.args.get("query"):
            raise _Strange("IN without a list of values")
        return [self._listed(node.this, node.expressions, among=True)]

    def _listed(self, this: Any, items: list[Any], *, among: bool) -> Constraint:
        case = _CASES.get(type(_bare(this))) if among else None
        column = self._term(_bare(this).this if case else this)
        if not isinstance(column, Column):
            raise _Strange("no column is compared")
        values = tuple(_literal(column, self._term(item)) for item in items)
        if case is not None:  # UPPER(x) IN ('A', 'B') holds where x is one of these
            values = tuple(value for value in values if isinstance(value, str) and case(value) == value)
        return OneOf(column.name, values) if among else NoneOf(column.name, values)

    def _not(self, node: exp.Not) -> list[Constraint]:
        inner = _bare(node.this)
        _refuse_more(inner)
        plain = not inner.args.get("negate")
        if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null) and plain:
            return [Present(self._column(_bare(inner.this)).name)]
        if isinstance(inner, exp.In) and inner.expressions and not inner.args.get("query"):
            return [self._listed(inner.this, inner.expressions, among=False)]
        if isinstance(inner, exp.Column):
            column = self._column(inner)
            if column.type.kind is Kind.BOOLEAN:
                return [OneOf(column.name, (False,))]
        if type(inner) in _NEGATED:
            return list(self._comparison(inner, _NEGATED[type(inner)]))
        if isinstance(inner, exp.Like):
            return [self._form(inner, self.escape, negated=not inner.args.get("negate"))]
        raise _Strange(f"NOT of {_named(inner)} is not understood")

    def _escaped(self, node: exp.Escape) -> list[Constraint]:
        inner = _bare(node.this)
        if not isinstance(inner, exp.Like) or not isinstance(node.expression, exp.Literal):
            raise _Strange("ESCAPE is not understood here")
        return [self._form(inner, node.expression.name, negated=bool(inner.args.get("negate")))]

    def _like(self, node: exp.Like) -> list[Constraint]:
        return [self._form(node, self.escape, negated=bool(node.args.get("negate")))]

    def _form(self, node: exp.Like, escape: str, *, negated: bool) -> Constraint:
        column, pattern = self._term(node.this), self._term(node.expression)
        if not isinstance(column, Column) or not isinstance(pattern, str):
            raise _Strange("LIKE with something else than a column and a pattern")
        if column.type.kind is not Kind.TEXT:
            raise _Strange(f"{column.name} is no text")
        return Like(column.name, _tokens(pattern, escape), negated)

    def _or(self, node: exp.Or) -> list[Constraint]:
        """x = 1 OR x = 2 is a list; OR x IS NULL says nothing, as all constraints on x pass a NULL."""
        parts = [_bare(part) for part in node.flatten()]
        empty = [part for part in parts if isinstance(part, exp.Is) and isinstance(part.expression, exp.Null)]
        nulls = {self._column(_bare(part.this)).name for part in empty}
        found = [self._part(part) for part in parts if part not in empty]
        if len(found) == 1 and all(_passes_null(one, nulls) for one in found[0]):
            return found[0]
        lists = [one for several in found for one in several if isinstance(one, OneOf)]
        names = {one.column for one in lists}
        listed = all(len(several) == 1 for several in found) and len(lists) == len(found)
        if listed and len(names) == 1 and nulls <= names:
            values = [value for one in lists for value in one.values]
            return [OneOf(names.pop(), tuple(dict.fromkeys(values)))]
        raise _Strange("OR of different conditions is not understood")

    # --- what is compared

    def _column(self, node: exp.Expression) -> Column:
        name = node.name if isinstance(node, exp.Column) else ""
        column = self.exact.get(name) or self.columns.get(name.lower())
        if column is None:
            raise _Strange(f"there is no column {name!r}" if name else f"{_named(node)} is not understood")
        return column

    def _term(self, node: Any) -> Term:
        node = _bare(node)
        _refuse_more(node)
        match node:
            case exp.Column() if node.name:
                return self._column(node)
            case exp.Cast():
                return self._cast(node)
            case exp.Length() | exp.Neg():
                inner = self._term(node.this)
                characters = not node.args.get("binary") or self.dialect.__name__ == "Snowflake"
                is_text = isinstance(inner, Column) and inner.type.kind is Kind.TEXT
                if isinstance(inner, Column) and is_text and characters and node.key == "length":
                    return Measured(inner)
                if isinstance(inner, Decimal) and node.key == "neg":
                    return -inner
            case exp.Literal():
                return str(node.this) if node.is_string else _number(str(node.this))
            case exp.Boolean():
                return bool(node.this)
        raise _Strange(f"{_named(node)} is not understood")

    def _cast(self, node: exp.Cast) -> Term:
        """What is cast, where the cast changes nothing about the comparison."""
        inner, to, sized = self._term(node.this), node.to.this, bool(node.to.expressions)
        if isinstance(inner, bool | Measured) or (isinstance(inner, Column) and _is_wide(inner, to, sized)):
            return inner
        if isinstance(inner, str) and to in _TEXTS | _MOMENTS.keys() and not sized:
            return inner
        if not isinstance(inner, Column) and to in _NUMBERS and not sized:
            number = _number(str(inner))
            if to not in _WHOLE or number == number.to_integral_value():
                return number
        raise _Strange(f"the cast to {node.to.sql(dialect=self.dialect)} is not understood")


def _is_wide(column: Column, to: Any, sized: bool) -> bool:
    """Whether a column's values, cast to another type, compare as they do by themselves."""
    kind = column.type.kind
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


_ARGUMENTS: dict[type, frozenset[str]] = {
    **dict.fromkeys((*_MIRRORED, exp.And, exp.Or, exp.Is, exp.Escape), frozenset({"this", "expression"})),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.In: frozenset({"this", "expressions", "query"}),
    exp.Like: frozenset({"this", "expression", "negate"}),
    exp.Length: frozenset({"this", "binary"}),
    exp.Cast: frozenset({"this", "to"}),
    exp.TryCast: frozenset({"this", "to"}),
}
"""What of a condition is read: anything else would say more than was understood."""


def _refuse_more(node: exp.Expression) -> None:
    said = {name for name, value in node.args.items() if value}
    if more := said - _ARGUMENTS.get(type(node), frozenset(said)):
        raise _Strange(f"{' and '.join(sorted(more))} of {_named(node)} is not understood")


def _conjuncts(node: Any) -> Iterator[exp.Expression]:
    node = _bare(node)
    if isinstance(node, exp.And):
        for part in node.flatten():
            yield from _conjuncts(part)
    else:
        yield node


def _bare(node: Any) -> Any:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _is_all(node: exp.Expression) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.upper() == "ALL" and len(node.expressions) == 1


def _named(node: exp.Expression) -> str:
    if isinstance(node, exp.Func):
        return f"the function {node.name if isinstance(node, exp.Anonymous) else node.sql_name()}"
    sign = _SIGNS.get(type(node))
    return f"a calculation with {sign}" if sign else node.key.upper()


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _Strange(f"{text!r} is no number") from None


def _literal(column: Column, value: Term) -> Literal:
    """A constant, as it is compared with a column."""
    kind = column.type.kind
    if isinstance(value, Column | Measured):
        raise _Strange("columns stand in a list")
    if kind in NUMERIC_KINDS and isinstance(value, str):
        return _number(value)
    fits = (
        isinstance(value, bool)
        if kind is Kind.BOOLEAN
        else isinstance(value, Decimal)
        if kind in NUMERIC_KINDS
        else isinstance(value, str)
    )
    if not fits or kind in (Kind.BINARY, Kind.UUID, Kind.JSON):
        raise _Strange(f"{column.name} {column.data_type} is compared with {value}")
    return value


def _against(column: Column, sign: type[exp.Expression], value: Term) -> Constraint:
    literal = _literal(column, value)
    if sign is exp.EQ:
        return OneOf(column.name, (literal,))
    if sign is exp.NEQ:
        return NoneOf(column.name, (literal,))
    if column.type.kind in (Kind.TEXT, Kind.BOOLEAN):
        raise _Strange(f"{column.name} {column.data_type} has no range that could be followed")
    if sign in (exp.GT, exp.GTE):
        return Range(column.name, low=literal, above=sign is exp.GT)
    return Range(column.name, high=literal, below=sign is exp.LT)


def _measured(length: Measured, sign: type[exp.Expression], value: Term) -> Constraint:
    if not isinstance(value, Decimal) or value != value.to_integral_value():
        raise _Strange("a length is compared with something else than a whole number")
    n, name = int(value), length.column.name
    match sign:
        case exp.EQ:
            return Length(name, n, n)
        case exp.GT:
            return Length(name, n + 1)
        case exp.GTE:
            return Length(name, n)
        case exp.LT:
            return Length(name, 0, n - 1)
        case exp.LTE:
            return Length(name, 0, n)
    if n == 0:
        return Length(name, 1)
    raise _Strange("<> of a length is not understood")


def _ordered(left: Column, sign: type[exp.Expression], right: Column) -> Iterator[Order]:
    if left.name == right.name:
        raise _Strange(f"{left.name} is compared with itself")
    if sign is exp.NEQ:
        raise _Strange("<> between columns is not followed")
    if sign is exp.EQ:
        raise _Strange("= between columns is not followed")
    families = [_family(column) for column in (left, right)]
    if families[0] != families[1] or not families[0]:
        raise _Strange(f"{left.data_type} is compared with {right.data_type}")
    strict = sign in (exp.LT, exp.GT)
    if sign in (exp.LT, exp.LTE):
        yield Order(left.name, right.name, strict)
    else:
        yield Order(right.name, left.name, strict)


def _family(column: Column) -> str:
    """Types whose values can be compared with one another exactly; empty for those that have no order."""
    type_ = column.type
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


def _passes_null(constraint: Constraint, nulls: set[str]) -> bool:
    """Whether a constraint says nothing where one of these columns is NULL."""
    if isinstance(constraint, Order):
        return bool(nulls & {constraint.lesser, constraint.greater})
    return constraint.column in nulls and not isinstance(constraint, Present)


def _tokens(pattern: str, escape: str) -> tuple[str | tuple[str], ...]:
    tokens: list[str | tuple[str]] = []
    characters = iter(pattern)
    for character in characters:
        if escape and character == escape:
            following = next(characters, None)
            if following is None:
                raise _Strange("the pattern ends in its escape character")
            tokens.append(following)
        elif character in (ONE, MANY):
            if not (character == MANY and tokens and tokens[-1] == (MANY,)):
                tokens.append((character,))
        else:
            tokens.append(character)
    return tuple(tokens)
