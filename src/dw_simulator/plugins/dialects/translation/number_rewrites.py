"""Casts to numbers and rounding: how many digits are kept, and where halves go.

Types are not known here, but what was divided is a DOUBLE in DuckDB where the warehouse has a decimal.
"""

import re
from typing import Any

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import Rewrite, closed, fill, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Refusal

_WHOLE = tuple(exp.DataType.INTEGER_TYPES)
_QUOTIENTS = (exp.Div, exp.IntDiv, exp.Avg)
_NO_FRACTION = (exp.Literal, exp.JSONExtractScalar, exp.Count)
_IS_FLOAT = "typeof(:this) IN ('DOUBLE', 'FLOAT')"
_HALF_EVEN = parsed(f"CASE WHEN {_IS_FLOAT} THEN round_even(:this, 0) ELSE round(:this) END", "duckdb")


def default_digits(*digits: int) -> Rewrite:
    """What DECIMAL without digits is there."""

    def rewrite(node: Any) -> Any:
        if _is_bare(node):
            parts = [exp.DataTypeParam(this=exp.Literal.number(digit)) for digit in digits]
            node.to.set("expressions", parts)
        return node

    return rewrite


def bare_numeric(node: Any) -> Any:
    """NUMERIC of PostgreSQL keeps all digits, which no type of DuckDB does; a literal does, as it stands."""
    value = node.this
    if not _is_bare(node):
        return node
    if isinstance(node.parent, exp.Round) and node.parent.args.get("decimals") is not None:
        return value.copy()
    if isinstance(value, exp.Literal) and re.fullmatch(r"\d+(\.\d+)?", value.name):
        return exp.Literal.number(value.name)
    raise Refusal(node, "NUMERIC without digits is not translated; write NUMERIC(precision, scale)")


def _is_bare(node: Any) -> bool:
    return bool(node.to.is_type("decimal")) and not node.to.expressions


def quotient_to_whole(node: Any) -> Any:
    """The half of a decimal goes away from zero, that of a DOUBLE to the even number."""
    if node.to.is_type(*_WHOLE) and _is_quotient(node.this):
        node.set("this", exp.Round(this=node.this.copy()))
    return node


def number_to_whole(node: Any) -> Any:
    """Every half goes away from zero there; a cast to DECIMAL does so whatever it is a cast of."""
    if node.to.is_type(*_WHOLE) and not isinstance(node.this, _NO_FRACTION):
        node.set("this", type(node)(this=node.this.copy(), to=exp.DataType.build("decimal(38, 0)")))
    return node


def _is_quotient(node: Any) -> bool:
    return any(isinstance(part, _QUOTIENTS) for part in node.walk(prune=_ends))


def _ends(part: Any) -> bool:
    """Beyond a function or a query, it is another number."""
    return isinstance(part, exp.Query | exp.Cast | exp.TryCast | exp.Round)


# --- rounding


def round_decimal(node: Any) -> Any:
    """Halves are decided on decimal digits, and not on those of a DOUBLE."""
    if node.args.get("decimals") is not None and "e" not in _literal(node.this):
        node.set("this", exp.cast(node.this.copy(), "decimal(38, 12)"))
    return node


def round_postgres(node: Any) -> Any:
    """The half of a DOUBLE goes to the even number where no digits are said."""
    if node.args.get("decimals") is not None:
        return round_decimal(node)
    if isinstance(node.this, exp.Literal) or _is_quotient(node.this):
        return node
    return closed(fill(_HALF_EVEN, {"this": node.this}))


def _literal(node: Any) -> str:
    return str(node.this).lower() if isinstance(node, exp.Literal) and not node.is_string else ""


# --- counting


def count_of_several(node: Any) -> Any:
    """COUNT(a, b) is of the rows in which none is NULL."""
    if not node.expressions:
        return node
    missing = exp.or_(*(exp.Is(this=part.copy(), expression=exp.null()) for part in _parts(node)))
    return exp.Count(this=exp.case().when(missing, exp.null()).else_(exp.Literal.number(1)))


def _parts(node: Any) -> list[Any]:
    return [node.this, *node.expressions]
