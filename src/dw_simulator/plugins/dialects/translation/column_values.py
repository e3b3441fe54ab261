"""Columns as DuckDB computes with them, where it knows little of their own types."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.coercion import cast_to, operands
from dw_simulator.plugins.dialects.translation.semistructured import KEEPING_NAMES
from dw_simulator.plugins.dialects.typed.result_types import kind_of

_HOLDS = frozenset("arrayagg array struct propertyeq".split())
_FITS = 18
"""Digits of the longest BIGINT."""


def use_columns(tree: exp.Expr) -> None:
    """Cast what is computed with, in a query whose types are known; what is handed on stays as it is."""
    for column in list(tree.find_all(exp.Column)):
        user = column.parent
        sizes = [int(part.name) for part in column.type.expressions] if column.type is not None else []
        if user is None or not sizes:
            continue
        kind = kind_of(column.type)
        if kind == "timestamptz" and _computes(user):
            column.replace(cast_to(column, kind))
        elif kind == "decimal" and sizes[1:] == [0] and _holds(user):
            column.replace(cast_to(column, "bigint" if sizes[0] <= _FITS else "decimal(38, 0)"))


def _computes(user: exp.Expr) -> bool:
    """DuckDB's functions take no instants of nanoseconds; two of them are compared as they are."""
    if isinstance(user, exp.Binary):
        return any(not _is_fine(one) for one in operands(user))
    return isinstance(user, exp.Func | exp.Between | exp.In)


def _is_fine(node: exp.Expr) -> bool:
    return node.type is not None and kind_of(node.type) == "timestamptz" and bool(node.type.expressions)


def _holds(user: exp.Expr) -> bool:
    """In JSON, a number without digits behind the point is written without a point."""
    return user.key in _HOLDS or (user.key == "anonymous" and user.name.upper() in KEEPING_NAMES)
