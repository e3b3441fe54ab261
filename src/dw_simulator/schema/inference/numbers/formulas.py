"""From a formula over roles to SQL over columns, with what is known of its values.

Formulas are the lines of `data/equations.txt`. They are read as Python reads arithmetic, and written as
DuckDB's SQL: `quantity * unit_price - perhaps(discount)` becomes `"qty" * "price" - COALESCE("rebate", 0)`
where a rebate may be NULL, and `"qty" * "price"` where there is none.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from dw_simulator.schema.inference.candidates import Words
from dw_simulator.schema.inference.numbers.measure_roles import lines_of
from dw_simulator.types import Kind

_SIGNS = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/"}
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2}
_ATOM = 3
_NARROW = {8: 127, 16: 32_767, 32: 2_147_483_647}


class RoleMissing(Exception):
    """There is no column for a role that a formula needs."""


@dataclass(frozen=True)
class FormulaTerm:
    """A part of a formula.

    sql       in DuckDB's SQL
    told      in the words of the user: names and signs
    low high  between which its values lie
    nullable  whether it may be NULL
    bits      of a whole number that is narrower than a BIGINT; 0 for others
    binding   how tightly its outermost sign binds
    zero      whether it is nothing: what is left out
    """

    sql: str
    told: str
    low: float
    high: float
    nullable: bool = False
    bits: int = 0
    binding: int = _ATOM
    zero: bool = False

    def __str__(self) -> str:
        return self.sql


written = cache(ast.unparse)
"""A part of a formula as it is written; formulas are few, and stay."""

Resolve = Callable[[str], FormulaTerm]
"""The column for a role. Raises RoleMissing."""

NOTHING = FormulaTerm("0", "0", 0, 0, zero=True)


@dataclass
class FormulaWriter:
    """Writes one formula.

    resolve   finds the columns
    whole     whether the column that is made is whole
    required  whether it may not be NULL
    percent   whether shares are written in hundredths there
    ratio     between which values the ratio of two parts lies, where their sources tell
    optional  how many maybe(...) there were
    """

    resolve: Resolve
    whole: bool = False
    required: bool = False
    percent: bool = False
    is_percent: Callable[[str], bool] = field(default=lambda _role: False)
    ratio: Callable[[str, str], tuple[float, float] | None] = field(default=lambda _above, _below: None)
    optional: int = 0
    draws: int = 0

    def term(self, node: ast.expr) -> FormulaTerm:
        """What a part of the formula is. Raises RoleMissing."""
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            number, bits = float(node.value), 16 if isinstance(node.value, int) else 0
            return FormulaTerm(str(node.value), str(node.value), number, number, bits=bits)
        if isinstance(node, ast.Name | ast.Attribute):
            return self._present(self.resolve(written(node)))
        if isinstance(node, ast.BinOp):
            return self._operation(
                _SIGNS[type(node.op).__name__], self.term(node.left), self.term(node.right)
            )
        assert isinstance(node, ast.Call), "formulas have names, numbers, signs and calls"
        name = written(node.func)
        return getattr(self, f"_{name}")(*node.args)  # type: ignore[no-any-return]

    def _present(self, term: FormulaTerm) -> FormulaTerm:
        """A term that must be there: 0 in place of NULL where the result may not be NULL."""
        if self.required and term.nullable:
            return replace(term, sql=f"COALESCE({term.sql}, 0)", nullable=False, low=min(term.low, 0))
        return term

    def _operation(self, sign: str, left: FormulaTerm, right: FormulaTerm) -> FormulaTerm:
        if right.zero:
            return left if sign in "+-" else NOTHING
        if left.zero:
            return right if sign == "+" else NOTHING
        ends = _ends(sign, left, right)
        bits = max(left.bits, right.bits) if left.bits and right.bits else 0
        first = left.sql
        if bits in _NARROW and max(map(abs, ends)) > _NARROW[bits]:
            first, bits = f"CAST({left.sql} AS BIGINT)", 64
            left = replace(left, binding=_ATOM)
        binding = _BINDING[sign]
        tighter = binding + (sign in "-/")
        sql = f"{_grouped(first, left.binding, binding)} {sign} {_grouped(right.sql, right.binding, tighter)}"
        one = _grouped(left.told, left.binding, binding)
        other = _grouped(right.told, right.binding, tighter)
        return FormulaTerm(
            sql, f"{one} {sign} {other}", min(ends), max(ends), left.nullable or right.nullable, bits, binding
        )

    def _perhaps(self, node: ast.expr) -> FormulaTerm:
        try:
            term = self.resolve(written(node))
        except RoleMissing:
            return NOTHING
        if term.nullable:
            return replace(term, sql=f"COALESCE({term.sql}, 0)", nullable=False, low=min(term.low, 0))
        return term

    def _maybe(self, node: ast.expr) -> FormulaTerm:
        term = self._perhaps(node)
        self.optional += not term.zero
        return term

    def _ratio(self, above: ast.expr, below: ast.expr) -> FormulaTerm:
        top, bottom = self.term(above), self.term(below)
        divisor, nullable = _grouped(bottom.sql, bottom.binding, 3), top.nullable or bottom.nullable
        if bottom.low <= 0:
            divisor, nullable = f"NULLIF({bottom.sql}, 0)", True
        ends = self.ratio(written(above), written(below))
        if ends is None:
            least = bottom.low if bottom.low > 0 else 1.0
            ends = top.low / least, top.high / least
        quotient = f"{_grouped(top.sql, top.binding, 2)} / {divisor}"
        told = f"{_grouped(top.told, top.binding, 2)} / {_grouped(bottom.told, bottom.binding, 3)}"
        if self.required and nullable:
            return FormulaTerm(f"COALESCE({quotient}, 0)", told, min(*ends, 0), max(*ends, 0))
        return FormulaTerm(quotient, told, min(ends), max(ends), nullable, binding=2)

    def _pct(self, node: ast.expr) -> FormulaTerm:
        share = self.term(node)
        return self._operation("*", share, FormulaTerm("100", "100", 100, 100)) if self.percent else share

    def _rate(self, node: ast.expr) -> FormulaTerm:
        rate = self.term(node)
        role = node.args[0] if isinstance(node, ast.Call) else node  # perhaps(a)
        if not rate.zero and self.is_percent(written(role)):
            return self._operation("/", rate, FormulaTerm("100", "100", 100, 100))
        return rate

    def _noise(self) -> str:
        self.draws += 1
        return f"noise('{self.draws}')"

    def _between(self, least: ast.expr, most: ast.expr) -> FormulaTerm:
        low, high = _number(least), _number(most)
        return FormulaTerm(f"({low:g} + {high - low:g} * {self._noise()})", "a factor", low, high)

    def _steps(self, *nodes: ast.expr) -> FormulaTerm:
        values, draw = [_number(node) for node in nodes], self._noise()
        branches = " ".join(
            f"WHEN {draw} < {place / len(values):.3g} THEN {value:g}"
            for place, value in enumerate(values[:-1], start=1)
        )
        sql = f"CASE {branches} ELSE {values[-1]:g} END"
        return FormulaTerm(sql, "a factor", min(values), max(values))

    def _mostly(self, share: ast.expr, often: ast.expr, else_: ast.expr) -> FormulaTerm:
        draw = self._noise()
        one, other = self.term(often), self.term(else_)
        sql = f"CASE WHEN {draw} < {_number(share):g} THEN {one.sql} ELSE {other.sql} END"
        nullable = one.nullable or other.nullable
        return FormulaTerm(sql, one.told, min(one.low, other.low), max(one.high, other.high), nullable)

    def _seldom(self, share: ast.expr, node: ast.expr) -> FormulaTerm:
        draw, term = self._noise(), self.term(node)
        sql = f"CASE WHEN {draw} < {_number(share):g} THEN {term.sql} ELSE 0 END"
        return FormulaTerm(sql, term.told, min(0, term.low), max(0, term.high), term.nullable)

    def _square(self, node: ast.expr) -> FormulaTerm:
        term = self.term(node)
        return self._operation("*", term, term)

    def _metres(self, node: ast.expr) -> FormulaTerm:
        """A height in metres: what may be over 10 is in centimetres."""
        height = self.term(node)
        return (
            height if height.high < 10 else self._operation("/", height, FormulaTerm("100", "100", 100, 100))
        )

    def _given(self, moment: ast.expr, then: ast.expr, otherwise: ast.expr) -> FormulaTerm:
        """What is there where a moment has come, and what where it has not."""
        when, one, other = self.resolve(ast.unparse(moment)), self.term(then), self.term(otherwise)
        sql = f"CASE WHEN {when.sql} IS NOT NULL THEN {one.sql} ELSE {other.sql} END"
        ends = min(one.low, other.low), max(one.high, other.high)
        return FormulaTerm(
            sql, f"{one.told} where there is a {when.told}", *ends, one.nullable or other.nullable
        )

    def _within(self, least: ast.expr, most: ast.expr) -> FormulaTerm:
        """Some value from one to another."""
        one, other = self.term(least), self.term(most)
        low, high = _grouped(one.sql, one.binding, 2), _grouped(other.sql, other.binding, 2)
        sql = f"{low} + ({high} - {low}) * {self._noise()}"
        nullable = one.nullable or other.nullable
        return FormulaTerm(sql, f"{one.told} to {other.told}", one.low, other.high, nullable, binding=1)

    def _round_within(self, least: ast.expr, most: ast.expr) -> FormulaTerm:
        """Some round amount of money from one to another, or the least where there is none."""
        term, one = self._within(least, most), self.term(least)
        sql = f"GREATEST(FLOOR({term.sql}), {one.sql})"
        if term.nullable:  # it leaves NULLs out
            sql = f"CASE WHEN {term.sql} IS NOT NULL THEN {sql} END"
        return replace(term, sql=sql, binding=_ATOM)

    def _days(self, begin: ast.expr, end: ast.expr) -> FormulaTerm:
        """The days from one moment to another, both counted; a month where one is not known."""
        one, other = self.resolve(written(begin)), self.resolve(written(end))
        sql = f"date_diff('day', CAST({one.sql} AS DATE), CAST({other.sql} AS DATE)) + 1"
        return FormulaTerm(f"GREATEST(COALESCE({sql}, 30), 1)", "days", 1, 4000)

    def _lasting(self, begin: ast.expr, end: ast.expr) -> FormulaTerm:
        """The hours from one moment to another, of a day at the most; NULL where one is not known."""
        one, other = self.resolve(written(begin)), self.resolve(written(end))
        hours = f"date_diff('second', CAST({one.sql} AS TIMESTAMP), CAST({other.sql} AS TIMESTAMP)) / 3600.0"
        known = f"{one.sql} IS NOT NULL AND {other.sql} IS NOT NULL"
        sql = f"CASE WHEN {known} THEN LEAST(GREATEST({hours}, 0.1), 24) END"
        if self.required:
            return FormulaTerm(f"COALESCE({sql}, 1)", "hours", 0.1, 24)
        return FormulaTerm(sql, "hours", 0.1, 24, nullable=True)

    def _annuity(self, amount: ast.expr, rate: ast.expr, months: ast.expr) -> FormulaTerm:
        """What an amount is paid back by each month, interest and all."""
        whole, yearly, length = self.term(amount), self.term(rate), self.term(months)
        month = f"(CAST({yearly.sql} AS DOUBLE) / 12)"
        count = f"GREATEST({length.sql}, 1)"
        grown = f"power(1 + {month}, -{count})"
        sum_ = f"CAST({whole.sql} AS DOUBLE)"
        sql = f"CASE WHEN {month} > 0 THEN {sum_} * {month} / (1 - {grown}) ELSE {sum_} / {count} END"
        nullable = whole.nullable or yearly.nullable or length.nullable
        return FormulaTerm(sql, whole.told, 0, whole.high * (1 + max(yearly.high, 0) / 12), nullable)

    def _share(self, part: ast.expr, whole: ast.expr) -> FormulaTerm:
        """Which part of a whole something is: 1 at the most, and where that is not known."""
        one, other = self.term(part), self.term(whole)
        quotient = f"{_grouped(one.sql, one.binding, 2)} / NULLIF({other.sql}, 0)"
        sql = f"LEAST(GREATEST(COALESCE({quotient}, 1), 0), 1)"
        return FormulaTerm(sql, f"{one.told} / {other.told}", 0, 1)

    def _part(self, node: ast.expr, least: ast.expr, most: ast.expr) -> FormulaTerm:
        return self._drawn_part(node, least, most, self._noise())

    def _few(self, node: ast.expr, least: ast.expr, most: ast.expr) -> FormulaTerm:
        draw = self._noise()
        return self._drawn_part(node, least, most, f"{draw} * {draw} * {draw}")

    def _drawn_part(self, node: ast.expr, least: ast.expr, most: ast.expr, draw: str) -> FormulaTerm:
        whole, low, high = self.term(node), _number(least), _number(most)
        bounds = min(0.0, whole.low), max(0.0, whole.high * (1.0 if self.whole else high))
        sql = f"{_grouped(whole.sql, whole.binding, 2)} * ({low:g} + {high - low:g} * {draw})"
        if self.whole:
            # what is left over of a whole one counts by chance, so that few of few are not always none
            sql = f"FLOOR({sql} + {self._noise()} * 0.999)"
            return FormulaTerm(sql, whole.told, *bounds, whole.nullable)
        return FormulaTerm(sql, whole.told, *bounds, whole.nullable, binding=2)

    def _greatest(self, first: ast.expr, second: ast.expr) -> FormulaTerm:
        one, other = self.term(first), self.term(second)
        sql, told = f"GREATEST({one.sql}, {other.sql})", f"greatest of {one.told} and {other.told}"
        low, high = max(one.low, other.low), max(one.high, other.high)
        return FormulaTerm(sql, told, low, high, one.nullable and other.nullable)

    def _least(self, first: ast.expr, second: ast.expr) -> FormulaTerm:
        one, other = self.term(first), self.term(second)
        sql, told = f"LEAST({one.sql}, {other.sql})", f"least of {one.told} and {other.told}"
        low, high = min(one.low, other.low), min(one.high, other.high)
        return FormulaTerm(sql, told, low, high, one.nullable and other.nullable)


def _ends(sign: str, left: FormulaTerm, right: FormulaTerm) -> Sequence[float]:
    """Between which values the result lies."""
    if sign == "+":
        return left.low + right.low, left.high + right.high
    if sign == "-":
        return left.low - right.high, left.high - right.low
    if sign == "/":
        assert right.low > 0, "only by numbers; others are ratios"
        right = replace(right, low=1 / right.high, high=1 / right.low)
    return [a * b for a in (left.low, left.high) for b in (right.low, right.high)]


def _grouped(text: str, binding: int, needed: int) -> str:
    return f"({text})" if binding < needed else text


def _number(node: ast.expr) -> float:
    return float(ast.literal_eval(node))


@dataclass(frozen=True)
class NumberEquation:
    """A line of the equations.

    target   the role that is made
    formula  of what
    present  roles that have to be there, absent: that may not
    told     what the user is told; empty where the formula says it
    least    how many of its parts that may be there have to be
    things   what the table's rows have to be, one of these; empty for anything
    """

    target: str
    formula: ast.expr
    present: frozenset[str]
    absent: frozenset[str]
    told: str
    least: int
    things: frozenset[str] = frozenset()

    def speaks_of(self, noun: Words) -> bool:
        """Whether it is an equation for such rows."""
        return not self.things or not self.things.isdisjoint(noun)

    def spares(self, role: str) -> bool:
        """Whether it can do without a role, for which 0 stands then."""
        return f"perhaps({role})" in written(self.formula)

    @property
    def optional(self) -> bool:
        """Whether it has parts of which some have to be there."""
        return "maybe(" in written(self.formula)


@cache
def equation(line: str) -> NumberEquation:
    """A line as it is read.

    >>> one = equation("gross = net + tax ; without total")
    >>> one.target, written(one.formula), sorted(one.absent)
    ('gross', 'net + tax', ['total'])
    """
    line, _, told = line.partition("|")
    head, *clauses = line.split(";")
    target, _, formula = head.partition("=")
    said = {words[0]: frozenset(words[1:]) for words in (clause.split() for clause in clauses)}
    (least,) = said.get("least", {"1"})
    return NumberEquation(
        target.strip(),
        ast.parse(formula.strip(), mode="eval").body,
        said.get("with", frozenset()),
        said.get("without", frozenset()),
        told.strip(),
        int(least),
        said.get("of", frozenset()),
    )


@cache
def equations_of(target: str) -> tuple[tuple[int, NumberEquation], ...]:
    """The equations that make a role, each with its place."""
    return tuple((place, equation(line)) for place, line in _equation_lines().get(target, ()))


@cache
def _equation_lines() -> Mapping[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for place, line in enumerate(lines_of("equations.txt")):
        found.setdefault(line.partition("=")[0].strip(), []).append((place, line))
    return found


def is_whole(kind: Kind, scale: int) -> bool:
    """Whether a column holds whole numbers alone."""
    return kind is Kind.INTEGER or (kind is Kind.DECIMAL and scale == 0)
