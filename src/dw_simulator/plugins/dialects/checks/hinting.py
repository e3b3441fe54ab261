"""How values are made that are likely to pass a condition: equations, forms of texts, NULLs that go together.

    total = price + tax           total is what the expression gives
    price + tax <= 100            together they are up to 100
    code ~ '^[A-Z]{3}$'           texts of that form
    code = upper(code)            capitals
    (a IS NULL) = (b IS NULL)     b is NULL where a is

None of them needs to be exact: what does not pass is drawn again (`planning.checks.redrawing`).
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from dw_simulator.plugins.dialects.checks.terms import number
from dw_simulator.plugins.dialects.checks.understanding import NotUnderstood
from dw_simulator.ports.constraints import Cased, Equation, Formed, Hint, NullWith, Stepped, SumWithin
from dw_simulator.schema.model import Column
from dw_simulator.types import NUMERIC_KINDS, Kind

_LONGEST = 1000
"""Characters of a regular expression."""
_POSIX = {
    "[:alpha:]": "A-Za-z",
    "[:digit:]": "0-9",
    "[:alnum:]": "A-Za-z0-9",
    "[:upper:]": "A-Z",
    "[:lower:]": "a-z",
    "[:space:]": " ",
    "[:xdigit:]": "0-9a-f",
}
_OPEN = re.compile(r"\[[^\]]*\]|\\.|[+*]|\{[0-9]{1,4},\}")
"""Classes and escapes, which stay, and repetitions without an end."""
_SIGNS = {"lte": (None, 0), "lt": (None, 0), "gte": (0, None), "gt": (0, None), "eq": (0, 0)}


class Hinting:
    """Finds hints in the conditions of one table."""

    def __init__(self, columns: Mapping[str, Column], dialect: type[Dialect]) -> None:
        self._columns = {name.lower(): column for name, column in columns.items()}
        self._dialect = dialect

    def hints(self, node: exp.Expr) -> Iterator[Hint]:
        """What makes a condition likely."""
        node = node.unnest()
        if node.key in _SIGNS:
            yield from self._compared(node)
        elif node.key == "between":
            low, high = _number(node.args["low"]), _number(node.args["high"])
            yield from self._sum(node.this, low, high)
        elif node.key in ("regexplike", "regexpilike", "similarto"):
            yield from self._formed(node)
        elif node.key == "not":
            yield from self._formed_of_none(node.this.unnest())

    def _column(self, node: exp.Expr) -> Column | None:
        node = node.unnest()
        return self._columns.get(node.name.lower()) if node.key == "column" else None

    # --- comparisons

    def _compared(self, node: exp.Expr) -> Iterator[Hint]:
        left, right = node.this.unnest(), node.expression.unnest()
        if node.key == "eq":
            yield from self._cased(left, right)
            yield from self._together(left, right)
            yield from self._equal(left, right)
        low, high = _SIGNS[node.key]
        both = exp.Sub(this=left.copy(), expression=exp.paren(right.copy()))
        yield from self._sum(both, *(None if end is None else Decimal(end) for end in (low, high)))

    def _cased(self, left: exp.Expr, right: exp.Expr) -> Iterator[Cased]:
        """upper(a) = a."""
        for one, other in ((left, right), (right, left)):
            column = self._column(other)
            inner = self._column(one.this) if one.key in ("upper", "lower") else None
            if column is not None and column is inner:
                yield Cased(column.name, one.key == "upper")

    def _together(self, left: exp.Expr, right: exp.Expr) -> Iterator[NullWith]:
        """(a IS NULL) = (b IS NULL): the second is NULL where the first is."""
        sides = [self._null_test(side) for side in (left, right)]
        if sides[0] is not None and sides[1] is not None:
            yield NullWith(sides[1].name, left.sql(dialect=self._dialect))
            yield NullWith(sides[0].name, right.sql(dialect=self._dialect))

    def _null_test(self, node: exp.Expr) -> Column | None:
        is_test = node.key == "is" and node.expression.key == "null" and not node.args.get("negate")
        return self._column(node.this) if is_test else None

    # --- equations

    def _equal(self, left: exp.Expr, right: exp.Expr) -> Iterator[Equation | Stepped]:
        """total = price + tax says what each of the three is, the one that stands alone first."""
        for alone, other in ((left, right), (right, left)):
            column = self._column(alone)
            if column is not None and self._is_made_of_others(column, other):
                yield self._made(column, other)
        for side, other in ((left, right), (right, left)):
            yield from self._rest(side, other)
            yield from self._solved(side, other)

    def _solved(self, side: exp.Expr, other: exp.Expr) -> Iterator[Equation]:
        """side = other, for the columns that a sum on this side adds or takes away; the last one first."""
        if side.key == "paren":
            yield from self._solved(side.this, other)
        if side.key not in ("add", "sub"):
            return
        first, second = side.this, side.expression
        rest = exp.paren(other.copy())
        if side.key == "add":
            for_second: exp.Expr = exp.Sub(this=rest, expression=exp.paren(first.copy()))
            for_first: exp.Expr = exp.Sub(this=rest.copy(), expression=exp.paren(second.copy()))
        else:
            for_second = exp.Sub(this=exp.paren(first.copy()), expression=rest)
            for_first = exp.Add(this=rest.copy(), expression=exp.paren(second.copy()))
        for part, value in ((second, for_second), (first, for_first)):
            column = self._column(part)
            if column is not None and self._is_made_of_others(column, value):
                yield self._made(column, value)
            yield from self._solved(part.unnest(), value)

    def _rest(self, side: exp.Expr, other: exp.Expr) -> Iterator[Stepped]:
        """a % 5 = 2."""
        side, rest = side.unnest(), _number(other)
        step = _number(side.expression) if side.key == "mod" else None
        column = self._column(side.this) if step is not None else None
        whole = step is not None and rest is not None and step == int(step) and rest == int(rest)
        if column is not None and whole and step is not None and rest is not None and 0 <= rest < step:
            yield Stepped(column.name, int(step), int(rest))

    def _is_made_of_others(self, column: Column, value: exp.Expr) -> bool:
        found = [self._column(one) for one in value.find_all(exp.Column)]
        others = [one.name for one in found if one is not None and one is not column]
        return bool(found) and len(others) == len(found) and not value.find(exp.Query)

    def _made(self, column: Column, value: exp.Expr) -> Equation:
        return Equation(column.name, value.sql(dialect=self._dialect, comments=False))

    def _sum(self, node: exp.Expr, low: Decimal | None, high: Decimal | None) -> Iterator[SumWithin]:
        """a + 2 * b - 7, from low to high."""
        try:
            terms, constant = self._linear(node)
        except NotUnderstood:
            return
        if len(terms) > 1 and (low is not None or high is not None):
            ends = (None if end is None else end - constant for end in (low, high))
            yield SumWithin(tuple(terms.items()), *ends)

    def _linear(self, node: exp.Expr) -> tuple[dict[str, Decimal], Decimal]:
        """How many of each column, and a constant. Raises NotUnderstood."""
        node = node.unnest()
        column, value = self._column(node), _number(node)
        if value is not None:
            return {}, value
        if column is not None and column.type.kind in NUMERIC_KINDS:
            return {column.name: Decimal(1)}, Decimal(0)
        if node.key in ("add", "sub"):
            (one, first), (other, second) = self._linear(node.this), self._linear(node.expression)
            sign = 1 if node.key == "add" else -1
            names = dict.fromkeys([*one, *other])
            found = {name: one.get(name, Decimal(0)) + sign * other.get(name, Decimal(0)) for name in names}
            return {name: times for name, times in found.items() if times}, first + sign * second
        if node.key == "mul":
            sides = [self._linear(node.this), self._linear(node.expression)]
            for (factor, times), (terms, constant) in (sides, sides[::-1]):
                if not factor:
                    return {name: times * one for name, one in terms.items() if times}, times * constant
        raise NotUnderstood("no sum")

    # --- forms of texts

    def _formed(self, node: exp.Expr) -> Iterator[Formed]:
        column = self._column(node.this)
        if column is None or column.type.kind is not Kind.TEXT or node.expression.key != "literal":
            return
        pattern = plain_regex(node.expression.name, similar=node.key == "similarto")
        if pattern is not None and len(pattern) <= _LONGEST:
            yield from (Formed(column.name, one) for one in _shorter(pattern))

    def _formed_of_none(self, node: exp.Expr) -> Iterator[Formed]:
        """NOT a ~ '[^0-9]': nothing but digits."""
        column = self._column(node.this) if node.key in ("regexplike", "regexpilike") else None
        if column is not None and column.type.kind is Kind.TEXT and node.expression.key == "literal":
            inner = re.fullmatch(r"\[\^([^\]]+)\]", plain_regex(node.expression.name) or "")
            if inner is not None:
                yield from (Formed(column.name, one) for one in _shorter(f"[{inner[1]}]+"))


def plain_regex(pattern: str, *, similar: bool = False) -> str | None:
    """A regular expression as the rule `regex` takes it; None where it says too little.

    >>> plain_regex("^[[:upper:]]{2}$"), plain_regex("[0-9]_%", similar=True)
    ('[A-Z]{2}', '[0-9].(.*)')
    """
    for name, signs in _POSIX.items():
        pattern = pattern.replace(name, signs)
    if similar:
        return re.sub(r"[%_]", lambda found: "(.*)" if found[0] == "%" else ".", pattern)
    pattern = re.sub(r"^(\(\?i\))?(\^|\\A)?", "", pattern)
    return re.sub(r"(?<!\\)(\$|\\Z|\\z)$", "", pattern) or None


def _shorter(pattern: str) -> Iterator[str]:
    """The pattern, and others with fewer repetitions, for columns that have no room for them."""
    yield pattern
    for most in (4, 2, 1):
        bounded = _OPEN.sub(lambda found, most=most: _bounded(found[0], most), pattern)  # type: ignore[misc]
        if bounded != pattern:
            yield bounded


def _bounded(part: str, most: int) -> str:
    """A repetition without an end, with one; anything else as it is."""
    if part in ("+", "*"):
        return f"{{1,{most}}}" if part == "+" else f"{{0,{most}}}"
    if part.startswith("{"):
        least = int(part[1:-2])
        return f"{{{least},{least + most - 1}}}"
    return part


def _number(node: exp.Expr) -> Decimal | None:
    node = node.unnest()
    if node.key == "neg":
        inner = _number(node.this)
        return None if inner is None else -inner
    return number(node.name) if node.key == "literal" and not node.is_string else None
