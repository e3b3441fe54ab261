"""Ways to rewrite one node: by a template, by what an aggregate becomes, or not at all.

In a template, an expression of the target, `:name` stands for the node's argument of that name, or `:a`, `:b`
and so on for the arguments of a function in order.

>>> rewrite = duckdb("greatest(:a, 0)")
>>> rewrite(exp.Anonymous(this="ATLEASTZERO", expressions=[exp.column("x")])).sql("duckdb")
'GREATEST(x, 0)'
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import sqlglot
from sqlglot import exp

from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import bottom_up

Rewrite = Callable[[exp.Expr], exp.Expr]
"""What takes a node's place; the node itself where nothing else does. May raise Untranslatable."""
Rewrites = Mapping[type[exp.Expr] | str, Rewrite]
"""By the class of a node, or by the name of a function: those are read as they stand."""


def duckdb(*templates: str) -> Rewrite:
    """A rewrite into an expression of DuckDB; of several templates, the one with as many arguments."""
    return _by_arity(templates, "duckdb")


def postgres(*templates: str) -> Rewrite:
    """A rewrite into an expression of PostgreSQL; as `duckdb`."""
    return _by_arity(templates, "postgres")


def refuse(reason: str) -> Rewrite:
    """There is no such thing in the target."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        raise Untranslatable(node, reason)

    return rewrite


def as_it_stands(node: exp.Expr) -> exp.Expr:
    """The two agree."""
    return node


# --- aggregates


def aggregate(rewrite: Callable[[exp.Expr, Rewrite], exp.Expr]) -> Rewrite:
    """A rewrite of an aggregate; FILTER and OVER that follow it are put after each aggregate made of it.

    It is given the aggregate and a function that puts them after another one.
    """

    def outermost(node: exp.Expr) -> exp.Expr:
        if node.parent is not None and _follows_aggregate(node.parent) and node.arg_key == "this":
            return node  # its turn comes with its parent
        inner = node
        while _follows_aggregate(inner):
            inner = inner.this
        return closed(rewrite(inner, lambda made: _instead(node, made)))

    return outermost


def _follows_aggregate(node: exp.Expr) -> bool:
    return isinstance(node, exp.Filter | exp.Window)


def _instead(node: exp.Expr, made: exp.Expr) -> exp.Expr:
    """A copy of FILTERs and OVERs around another aggregate."""
    if not _follows_aggregate(node):
        return made
    copy = node.copy()
    copy.set("this", _instead(node.this, made))
    return copy


# --- templates


def parsed(template: str, dialect: str) -> exp.Expr:
    """A template's tree."""
    tree: exp.Expr = sqlglot.parse_one(template, read=dialect)
    for part in tree.walk():
        part.meta.clear()  # places in the template are none in the query
    return tree


@cache
def template(sql: str) -> exp.Expr:
    """A template of DuckDB's, read when it is wanted. It is shared, and only filled."""
    return parsed(sql, "duckdb")


_CALLED = {"jsonextract": "json_extract", "explode": "unnest"}
"""What DuckDB calls that which is a path or an unnesting where a query says it."""


def in_calls(sql: str) -> exp.Expr:
    """A template of DuckDB's that says calls alone: nothing in it is taken for a path of the query around."""
    tree = parsed(sql, "duckdb")
    for node in bottom_up(tree):
        if node.key in _CALLED:
            parts = [part.copy() for part in (node.this, node.expression) if part is not None]
            node.replace(exp.Anonymous(this=_CALLED[node.key], expressions=parts))
    return tree


_FINAL = "final"


def final(tree: exp.Expr) -> exp.Expr:
    """A template's tree in the target's words, that is put into a query before that is rewritten."""
    for part in tree.walk():
        if part.key != "placeholder":
            part.meta[_FINAL] = True
    return tree


def is_final(node: exp.Expr) -> bool:
    """Whether a node is the target's already."""
    return bool(node.meta_get(_FINAL))


@cache
def _trees(templates: Sequence[str], dialect: str) -> Mapping[frozenset[str], exp.Expr]:
    """By the names of their arguments. Most of a dialect's templates are not asked for in one run."""
    trees = [parsed(template, dialect) for template in templates]
    return {frozenset(part.name for part in tree.find_all(exp.Placeholder)): tree for tree in trees}


def _by_arity(templates: Sequence[str], dialect: str) -> Rewrite:
    def rewrite(node: exp.Expr) -> exp.Expr:
        values = _arguments(node)
        trees = _trees(templates, dialect)
        tree = trees.get(frozenset(values)) if node.key == "anonymous" else next(iter(trees.values()))
        if tree is None:
            raise _miscounted(node)
        return closed(fill(tree, values))

    return rewrite


def fill(tree: exp.Expr, values: Mapping[str, exp.Expr]) -> exp.Expr:
    """A template with its arguments in place; what an optional argument leaves out is NULL."""

    def filled(part: exp.Expr) -> exp.Expr:
        if part.key != "placeholder":
            return part
        return closed(values[part.name].copy()) if part.name in values else exp.null()

    return tree.transform(filled)


def _arguments(node: exp.Expr) -> dict[str, exp.Expr]:
    """A node's arguments by name."""
    if node.key == "anonymous":
        return dict(zip("abcdefgh", node.expressions, strict=False))
    return {name: part for name, part in node.args.items() if isinstance(part, exp.Expr)}


def counted(node: exp.Expr, least: int, most: int) -> list[exp.Expr]:
    """The arguments of a function, as many as it may have."""
    if not least <= len(node.expressions) <= most:
        raise _miscounted(node)
    return list(node.expressions)


def _miscounted(node: exp.Expr) -> Untranslatable:
    words = f"{node.name}() with {len(node.expressions)} arguments is not translated"
    return Untranslatable(node, words)


def closed(node: exp.Expr) -> exp.Expr:
    """In brackets where what stands around it could bind tighter."""
    return exp.Paren(this=node) if isinstance(node, exp.Binary | exp.Unary | exp.Between | exp.In) else node
