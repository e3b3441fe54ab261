"""Arithmetic of different types: texts that are numbers, days beside moments, numbers of other sizes."""

import re

from sqlglot import exp
from sqlglot.dialects.redshift import Redshift

from dw_simulator.plugins.dialects.translation.coercion import cast_to
from dw_simulator.plugins.dialects.translation.rewriting import Rewrite, Rewrites, closed, fill, parsed
from dw_simulator.plugins.dialects.typed.decimal_digits import arithmetic_of, digits_of
from dw_simulator.plugins.dialects.typed.result_tables import GROUPS
from dw_simulator.plugins.dialects.typed.result_types import UNKNOWN, kind_of

_WHOLE = GROUPS["whole"]
_STAMPS = GROUPS["stamp"]
_DAYS = {
    "add": parsed(":moment + to_days(CAST(:days AS INTEGER))", "duckdb"),
    "sub": parsed(":moment - to_days(CAST(:days AS INTEGER))", "duckdb"),
}


def _arithmetic(node: exp.Expr) -> exp.Expr:
    _texts(node)
    _widen(node)
    left, right = kind_of(node.this.type), kind_of(node.expression.type)
    if left in _STAMPS and right in _WHOLE and node.key in _DAYS:
        return closed(fill(_DAYS[node.key], {"moment": node.this, "days": node.expression}))
    if left in _WHOLE and right in _STAMPS and node.key == "add":
        return closed(fill(_DAYS["add"], {"moment": node.expression, "days": node.this}))
    return node


def _texts(node: exp.Expr) -> None:
    """A text is what stands beside it."""
    for text, other in ((node.this, node.expression), (node.expression, node.this)):
        wanted = _wanted(text, kind_of(other.type))
        if kind_of(text.type) == "text" and wanted:
            text.replace(cast_to(text, wanted))


def _wanted(text: exp.Expr, other: str) -> str:
    if other in GROUPS["float"]:
        return "double"
    if other == "decimal" or (
        other in _WHOLE and text.is_string and not re.fullmatch(r"\s*-?\d+\s*", text.name)
    ):
        return "decimal(38, 10)"
    if other in _WHOLE:
        return "bigint" if not text.is_string or len(text.name.strip()) > 9 else "int"
    return {"date": "date", "timestamp": "timestamp", "timestamptz": "timestamptz"}.get(other, "")


def _widen(node: exp.Expr) -> None:
    """A number that is written out is an INTEGER at least; what stands beside it becomes one."""
    for part, other in ((node.this, node.expression), (node.expression, node.this)):
        kind, beside = kind_of(part.type), kind_of(other.type)
        if kind in _WHOLE and beside in _WHOLE and _WHOLE.index(kind) < _WHOLE.index(beside):
            part.replace(cast_to(part, beside))


_QUOTIENT = parsed(":this // :expression", "duckdb")
_MOST_DIGITS = 12
"""Behind the point; with more, all that a DOUBLE has are given."""


def _divided(node: exp.Expr) -> exp.Expr:
    """`//` truncates whole numbers and divides others, as does `/` there; decimals have a scale."""
    _texts(node)
    made = closed(fill(_QUOTIENT, {"this": node.this, "expression": node.expression}))
    scale = _scale(node)
    if scale is None or scale > _MOST_DIGITS:
        return made
    return exp.cast(made, f"decimal(38, {scale})", dialect="duckdb")


def _scale(node: exp.Expr) -> int | None:
    """How many digits a quotient of decimals has behind the point; None where it is none."""
    kinds = [kind_of(part.type) for part in (node.this, node.expression)]
    if "decimal" not in kinds or not {*kinds} <= {*GROUPS["exact"]}:
        return None
    arithmetic = arithmetic_of(Redshift)
    types = [part.type or UNKNOWN for part in (node.this, node.expression)]
    digits = [digits_of(one, kind, arithmetic) for one, kind in zip(types, kinds, strict=True)]
    return arithmetic.of("div", digits).limited().scale


def number_wanted(rewrite: Rewrite | None = None) -> Rewrite:
    """A function of numbers, to which a text is one."""

    def rewritten(node: exp.Expr) -> exp.Expr:
        if kind_of(node.this.type) == "text":
            node.this.replace(cast_to(node.this, "decimal(38, 10)"))
        return node if rewrite is None else rewrite(node)

    return rewritten


_OPERATORS = (exp.Add, exp.Sub, exp.Mul, exp.Mod)
_OF_NUMBERS = (exp.Abs, exp.Sign, exp.Sqrt, exp.Ceil, exp.Floor, exp.Exp, exp.Ln)

ARITHMETIC: Rewrites = {
    **dict.fromkeys(_OPERATORS, _arithmetic),
    **dict.fromkeys(_OF_NUMBERS, number_wanted()),
    exp.Div: _divided,
}
