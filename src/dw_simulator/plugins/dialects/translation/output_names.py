"""What the columns of a query are called that are given no name, as the warehouse calls them."""

import re
from collections.abc import Sequence

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

_CALLED = re.compile(r"\w+(?=\s*\()")
_NAMELESS = "?column?"
"""What PostgreSQL and Redshift call what is neither a column nor a function."""


def output_names(tree: exp.Expr, sql: str, dialect: type[Dialect], *, capitals: bool) -> Sequence[str]:
    """A name for each column of a query; empty where it has one of its own, nothing where a star stands.

    sql       the text that the query was read from
    capitals  whether the warehouse shows the expression itself, and not the name of its function
    """
    while isinstance(tree, exp.SetOperation | exp.Subquery):
        tree = tree.this
    if not isinstance(tree, exp.Select) or any(part.is_star for part in tree.expressions):
        return ()
    named = ("alias", "aliases", "column")
    return [
        ""
        if part.key in named
        else part.sql(dialect, comments=False).upper()
        if capitals
        else _function_or_type(part, sql)
        for part in tree.expressions
    ]


def _function_or_type(part: exp.Expr, sql: str) -> str:
    """As PostgreSQL names a column: by its function, by what a cast is of, or by the type of a literal."""
    part = part.unnest()
    if part.is_cast:
        inner = part.this.unnest()
        if inner.key == "column":
            return str(inner.name)
        found = _function_or_type(inner, sql)
        return found if found != _NAMELESS else part.args["to"].sql().lower().partition("(")[0]
    if part.key in ("window", "filter", "withingroup"):
        return _function_or_type(part.this, sql)
    if part.key == "case":
        return "case"
    start = part.meta_get("start")
    called = None if start is None else _CALLED.match(sql, start)
    if called is not None:
        return called[0].lower()
    return part.sql_name().lower() if isinstance(part, exp.Func) else _NAMELESS
