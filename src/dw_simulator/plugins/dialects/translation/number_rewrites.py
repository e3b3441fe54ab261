"""Casts and rounding: how many digits are kept, where halves go, and how long a text may be.

Types are not known here, but what was divided is a DOUBLE in DuckDB where the warehouse has a decimal.
"""

import re

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import Rewrite, closed, counted, fill, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import is_number

_WHOLE = tuple(exp.DataType.INTEGER_TYPES)
_QUOTIENTS = (exp.Div, exp.IntDiv, exp.Avg)
_IS_FLOAT = "typeof(:this) IN ('DOUBLE', 'FLOAT')"
_HALF_EVEN = parsed(f"CASE WHEN {_IS_FLOAT} THEN round_even(:this, 0) ELSE round(:this) END", "duckdb")

ALL_DIGITS = "all digits"
"""Marks a DECIMAL of a template that is to keep all of them."""

# --- casts


def casts(*rewrites: Rewrite) -> dict[type[exp.Expr] | str, Rewrite]:
    """Casts, one rewrite after the other as long as it stays a cast."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        for each in rewrites:
            node = each(node) if node.is_cast else node
        return node

    return {exp.Cast: rewrite, exp.TryCast: rewrite}


def default_digits(*digits: int) -> Rewrite:
    """What DECIMAL without digits is there."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        if _has_no_digits(node) and ALL_DIGITS not in node.args["to"].meta:
            parts = [exp.DataTypeParam(this=exp.Literal.number(digit)) for digit in digits]
            node.args["to"].set("expressions", parts)
        return node

    return rewrite


def bare_numeric(node: exp.Expr) -> exp.Expr:
    """NUMERIC of PostgreSQL keeps all digits, which no type of DuckDB does; a literal does, as it stands."""
    value: exp.Expr = node.this
    if not _has_no_digits(node):
        return node
    if isinstance(node.parent, exp.Round) and node.parent.args.get("decimals") is not None:
        return value.copy()
    if value.key == "literal" and re.fullmatch(r"\d+(\.\d+)?", value.name):
        return exp.Literal.number(value.name)
    raise Untranslatable(node, "NUMERIC without digits is not translated; write NUMERIC(precision, scale)")


def _has_no_digits(cast: exp.Expr) -> bool:
    to: exp.DataType = cast.args["to"]
    return to.is_type("decimal") and not to.expressions


def quotient_to_whole(node: exp.Expr) -> exp.Expr:
    """The half of a decimal goes away from zero, that of a DOUBLE to the even number."""
    if node.args["to"].is_type(*_WHOLE) and _is_quotient(node.this):
        node.set("this", exp.Round(this=node.this.copy()))
    return node


def cut(node: exp.Expr) -> exp.Expr:
    """A cast to VARCHAR(n) cuts; the target does not heed the length. Variants are JSON."""
    to = node.args["to"]
    if to.is_type("variant", "object", "array"):
        return exp.func("to_json", node.this.copy())
    length = to.expressions
    if not to.is_type(*exp.DataType.TEXT_TYPES) or not length or not length[0].name.isdigit():
        return node
    return exp.func("left", exp.cast(node.this.copy(), "varchar"), exp.Literal.number(length[0].name))


def without_blanks(node: exp.Expr) -> exp.Expr:
    """Blanks at the end are no part of a CHAR."""
    if not node.args["to"].is_type("char", "nchar", "bpchar"):
        return node
    return exp.func("rtrim", cut(node).copy(), exp.Literal.string(" "))


def _is_quotient(node: exp.Expr) -> bool:
    return any(isinstance(part, _QUOTIENTS) for part in node.walk(prune=_is_another_number))


def _is_another_number(part: exp.Expr) -> bool:
    """What is within a function or a query is no part of the number around it."""
    return isinstance(part, exp.Query | exp.Cast | exp.Round)


# --- rounding


def round_decimal(node: exp.Expr) -> exp.Expr:
    """Halves are decided on decimal digits, and not on those of a DOUBLE."""
    has_exponent = is_number(node.this) and "e" in node.this.name.lower()
    if node.args.get("decimals") is not None and not has_exponent:
        node.set("this", exp.cast(node.this.copy(), "decimal(38, 12)"))
    return node


def round_postgres(node: exp.Expr) -> exp.Expr:
    """The half of a DOUBLE goes to the even number where no digits are said."""
    if node.args.get("decimals") is not None:
        return round_decimal(node)
    if node.this.key == "literal" or _is_quotient(node.this):
        return node
    return closed(fill(_HALF_EVEN, {"this": node.this}))


# --- from text

_DIGITS = "regexp_replace(lower(trim(:a)), '^[-+]?(0x)?', '')"
_BY_BASE = parsed(
    f"""CASE WHEN left(trim(:a), 1) = '-' THEN -1 ELSE 1 END
        * list_reduce(list_prepend(CAST(0 AS BIGINT), list_transform(regexp_extract_all({_DIGITS}, '.'),
            lambda digit: strpos('0123456789abcdefghijklmnopqrstuvwxyz', digit) - 1)),
          lambda sum, digit: CASE WHEN digit BETWEEN 0 AND :base - 1 THEN sum * :base + digit
            ELSE CAST(error('a digit is none of the base') AS BIGINT) END)""",
    "duckdb",
)


def strtol(node: exp.Expr) -> exp.Expr:
    """A whole number from its digits."""
    text, base = counted(node, 2, 2)
    return closed(fill(_BY_BASE, {"a": text, "base": base}))
