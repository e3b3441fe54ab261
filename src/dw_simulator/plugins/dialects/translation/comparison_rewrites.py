"""Comparisons of values of different types, and of texts whose blanks at the end do not count."""

from collections.abc import Sequence

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.coercion import cast_to, operands
from dw_simulator.plugins.dialects.translation.moment_texts import written_as_all_do
from dw_simulator.plugins.dialects.translation.rewriting import Rewrites
from dw_simulator.plugins.dialects.typed.result_tables import GROUPS
from dw_simulator.plugins.dialects.typed.result_types import kind_of

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_BLANK = exp.Literal.string(" ")


def _compared(node: exp.Expr) -> exp.Expr:
    """Texts beside numbers or moments are taken for such; beside each other, they end before their blanks.

    Literals are taken for what stands beside them by every database.
    """
    _compare([part for part in operands(node) if not isinstance(part, exp.Query)])
    return node


def _chosen(node: exp.Expr) -> exp.Expr:
    """CASE a WHEN b compares, too."""
    if node.this is not None:
        _compare([node.this, *(branch.this for branch in node.args["ifs"])])
    return node


def _decoded(node: exp.Expr) -> exp.Expr:
    """So does DECODE(a, b, result, ..., default)."""
    value, *rest = node.expressions
    _compare([value, *rest[: len(rest) // 2 * 2 : 2]])
    return node


def _compare(parts: Sequence[exp.Expr]) -> None:
    texts = [part for part in parts if kind_of(part.type) == "text"]
    wanted = _wanted({kind_of(part.type) for part in parts} - {"text", "null"})
    if wanted == "text":
        _end(texts)
    elif wanted:
        for part in texts:
            if not part.is_string:
                part.replace(cast_to(part, wanted))
            elif wanted in ("date", "timestamp"):
                part.set("this", written_as_all_do(part.name))


def _wanted(others: set[str]) -> str:
    """The type that texts are taken for beside values of these kinds; empty where it is not known."""
    if not others:
        return "text"
    if others <= {*GROUPS["number"]}:
        return "double" if others & {*GROUPS["float"]} else "decimal(38, 10)"
    if others <= {*GROUPS["moment"]}:
        return "date" if others == {"date"} else "timestamp"
    return ""


def _end(texts: Sequence[exp.Expr]) -> None:
    """Blanks at the end are cut off."""
    for part in texts:
        if part.is_string:
            part.set("this", part.name.rstrip(" "))
        else:
            made = exp.Anonymous(this="rtrim", expressions=[part.copy(), _BLANK.copy()])
            made._type = part._type
            part.replace(made)


def _compared_chars(node: exp.Expr) -> exp.Expr:
    """Blanks at the end do not count beside a CHAR."""
    parts = [part for part in operands(node) if not isinstance(part, exp.Query)]
    if any(part.type is not None and part.type.is_type("char", "nchar", "bpchar") for part in parts):
        _end([part for part in parts if kind_of(part.type) == "text"])
    return node


CHAR_COMPARISONS: Rewrites = dict.fromkeys((*_COMPARISONS, exp.Between, exp.In), _compared_chars)
COMPARISONS: Rewrites = {
    **dict.fromkeys((*_COMPARISONS, exp.Between, exp.In), _compared),
    exp.Case: _chosen,
    exp.DecodeCase: _decoded,
}
