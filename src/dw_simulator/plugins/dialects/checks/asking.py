"""Conditions put so that they can be asked of a row, and what they ask of texts at the least."""

from collections.abc import Iterator

from sqlglot import exp

from dw_simulator.plugins.dialects.checks.terms import Terms
from dw_simulator.plugins.dialects.checks.understanding import NotUnderstood
from dw_simulator.ports.constraints import MANY, ONE, Constraint, Length, Like
from dw_simulator.types import Kind

_PRESENT = frozenset({"currentdate", "currenttimestamp", "currentdatetime", "localtimestamp"})
_COUNTS = {"num_nonnulls": (0, 1), "num_nulls": (1, 0)}
"""What a NULL counts for, and what else does."""


def asked_of_row(tree: exp.Expr) -> exp.Expr:
    """The condition with as_of() for the present, and without functions that count NULLs.

    >>> from sqlglot import condition
    >>> asked_of_row(condition("day <= CURRENT_DATE AND num_nulls(a, b) = 1")).sql()
    'day <= AS_OF() AND (CASE WHEN a IS NULL THEN 1 ELSE 0 END + CASE WHEN b IS NULL THEN 1 ELSE 0 END) = 1'
    """
    return tree.transform(_asked)


def _asked(node: exp.Expr) -> exp.Expr:
    if node.key in _PRESENT or _is_word_now(node):
        return exp.Anonymous(this="as_of")
    counts = _COUNTS.get(node.name.lower()) if node.key == "anonymous" else None
    if counts is None or not node.expressions:
        return node
    null, there = (exp.Literal.number(one) for one in counts)
    cases = [
        exp.Case().when(exp.Is(this=part.copy(), expression=exp.Null()), null.copy()).else_(there.copy())
        for part in node.expressions
    ]
    total: exp.Expr = cases[0]
    for case in cases[1:]:
        total = exp.Add(this=total, expression=case)
    return exp.paren(total)


def _is_word_now(node: exp.Expr) -> bool:
    """'now'::text::date, as catalogues write the present."""
    inner = node
    while inner.is_cast or inner.key == "paren":
        inner = inner.this
    is_text = inner.key == "literal" and inner.is_string
    return node.is_cast and is_text and inner.name.lower() in ("now", "today")


def looser(node: exp.Expr, terms: Terms) -> Iterator[Constraint]:
    """What a condition on a text asks at the least: position('@' in a) > 1 is LIKE '_%@%'."""
    node = node.unnest()
    left, right = node.this, node.args.get("expression")
    if node.key not in ("gt", "gte", "neq") or right is None:
        return
    try:
        least = terms.visit(right).whole
        if least is None:
            return
        least += node.key == "gt"
        inner = left.unnest()
        if inner.key == "strposition" and inner.args["substr"].key == "literal":
            column = terms.column(inner.this.unnest())
            if column.type.kind is Kind.TEXT and (node.key != "neq" or least == 0):
                before = max(least - 1, 0)
                sought = inner.args["substr"].name
                yield Like(column.name, (*[(ONE,)] * before, (MANY,), *sought, (MANY,)))
        elif inner.key == "length" and inner.this.unnest().key == "trim" and least > 0:
            column = terms.column(inner.this.unnest().this.unnest())
            if column.type.kind is Kind.TEXT and node.key != "neq":
                yield Length(column.name, least)
    except NotUnderstood:
        return
