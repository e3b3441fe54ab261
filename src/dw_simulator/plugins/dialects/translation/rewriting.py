"""Rewrites of one node: by a template, by what an aggregate becomes, or not at all.

In a template, an expression of the target, `:name` stands for the node's argument of that name, or `:a`, `:b`
and so on for the arguments of a function in order.
"""

from collections.abc import Callable, Mapping
from typing import Any

import sqlglot
from sqlglot import exp

from dw_simulator.plugins.dialects.translation.untranslatable import Refusal

Rewrite = Callable[[Any], Any]
Rewrites = Mapping[Any, Rewrite]


def duckdb(*templates: str) -> Rewrite:
    """A rewrite into an expression of DuckDB; of several templates, the one with as many arguments."""
    return _by_arity([parsed(template, "duckdb") for template in templates])


def postgres(*templates: str) -> Rewrite:
    """A rewrite into an expression of PostgreSQL; as `duckdb`."""
    return _by_arity([parsed(template, "postgres") for template in templates])


def refuse(reason: str) -> Rewrite:
    """There is no such thing in the target."""

    def rewrite(node: Any) -> Any:
        raise Refusal(node, reason)

    return rewrite


def aggregate(rewrite: Callable[[Any, Rewrite], Any]) -> Rewrite:
    """A rewrite of an aggregate; FILTER and OVER that follow it are put after each aggregate made of it.

    It is given the aggregate and a function that puts them after another one.
    """

    def outermost(node: Any) -> Any:
        if isinstance(node.parent, exp.Filter | exp.Window) and node.arg_key == "this":
            return node  # its turn comes with its parent
        inner = node
        while isinstance(inner, exp.Filter | exp.Window):
            inner = inner.this
        return closed(rewrite(inner, lambda made: _instead(node, made)))

    return outermost


def _instead(node: Any, made: Any) -> Any:
    """A copy of FILTERs and OVERs around another aggregate."""
    if not isinstance(node, exp.Filter | exp.Window):
        return made
    copy = node.copy()
    copy.set("this", _instead(node.this, made))
    return copy


# --- templates


def parsed(template: str, dialect: str) -> Any:
    tree: Any = sqlglot.parse_one(template, read=dialect)
    for part in tree.walk():
        part.meta.clear()  # places in the template are none in the query
    return tree


def _by_arity(trees: list[Any]) -> Rewrite:
    by_names = {frozenset(part.name for part in tree.find_all(exp.Placeholder)): tree for tree in trees}

    def rewrite(node: Any) -> Any:
        values = _arguments(node)
        tree = by_names.get(frozenset(values)) if isinstance(node, exp.Anonymous) else trees[0]
        if tree is None:
            raise Refusal(node, f"{node.name}() with {len(node.expressions)} arguments is not translated")
        return closed(fill(tree, values))

    return rewrite


def fill(tree: Any, values: Mapping[str, Any]) -> Any:
    """A template with its arguments in place; what an optional argument leaves out is NULL."""

    def filled(part: Any) -> Any:
        if not isinstance(part, exp.Placeholder):
            return part
        return closed(values[part.name].copy()) if part.name in values else exp.null()

    return tree.transform(filled)


def _arguments(node: Any) -> dict[str, Any]:
    """A node's arguments by name."""
    if isinstance(node, exp.Anonymous):
        return dict(zip("abcdefgh", node.expressions, strict=False))
    return {name: part for name, part in node.args.items() if isinstance(part, exp.Expression)}


def counted(node: Any, least: int, most: int) -> list[Any]:
    """The arguments of a function, as many as it may have."""
    if not least <= len(node.expressions) <= most:
        raise Refusal(node, f"{node.name}() with {len(node.expressions)} arguments is not translated")
    return list(node.expressions)


def closed(node: Any) -> Any:
    """In brackets where what stands around it could bind tighter."""
    return exp.Paren(this=node) if isinstance(node, exp.Binary | exp.Unary | exp.Between | exp.In) else node
