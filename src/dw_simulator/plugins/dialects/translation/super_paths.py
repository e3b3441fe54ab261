"""Redshift's paths into SUPER values, as nodes of one kind, whatever they look like.

sqlglot reads `e.payload.n.x` as a column of a table in a database, `payload[0].a` as brackets and dots, and
what stands in a FROM as columns, tables and pivots. Here each path becomes a chain of JSONExtract, with a
text or a number for each step, and each unnesting becomes an `Unnesting`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.scopes import cte_of, sources
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import around, bottom_up


@dataclass(frozen=True)
class Unnesting:
    """An item of FROM that goes through a SUPER value.

    value     the array, or the object, as a path
    item      the name that its elements, or its members' values, are given
    place     that of the element's number, or of the member's name, if it is asked for
    members   whether it is an object: UNPIVOT
    """

    value: exp.Expr
    item: exp.Identifier
    place: exp.Identifier | None
    members: bool


Join = Callable[[Unnesting], exp.Expr]
"""What stands in a FROM for an unnesting."""


def name_paths(tree: exp.Expr, unnested: Join) -> None:
    """Make each path of a query, and each unnesting in a FROM, what it means."""
    names = _Names(tree)
    for table in list(tree.find_all(exp.Table)):
        if names.begins_path(table):
            table.replace(_as_column(table))
    for column in list(tree.find_all(exp.Column)):
        names.resolve(column)
    for node in bottom_up(tree):
        if node.key in _STEPS:
            _STEPS[node.key](node)
    for node in list(tree.find_all(exp.From, exp.Join)):
        _unnest(node, unnested)


class _Names:
    """What the first name of a path may be: of what is read where it stands, or a column."""

    def __init__(self, tree: exp.Expr) -> None:
        self._known = {
            id(query): {_source_name(source) for source in sources(query)}
            for query in tree.find_all(exp.Select, exp.Update, exp.Delete, exp.Merge)
        }

    def begins_path(self, table: exp.Table) -> bool:
        """Whether what is written as a table goes on from another one: LEFT JOIN e.payload.items."""
        first = table.parts[0]
        if first.key != "identifier" or not isinstance(table.parent, exp.From | exp.Join):
            return False
        if table.text("db"):
            return self._is_read(first.name, table)
        return cte_of(table) is None and self._is_item(first.name, table)

    def _is_read(self, name: str, node: exp.Expr) -> bool:
        return any(name.lower() in self._known.get(id(one), ()) for one in around(node))

    def resolve(self, column: exp.Column) -> None:
        """Take the steps off a column that has some."""
        parts = column.parts
        if len(parts) < 2 or column.is_star or column.args.get("join_mark"):
            return
        item = self._is_item(parts[0].name, column)
        if item:
            taken = 1
        elif self._is_read(parts[0].name, column):
            taken = 2
        elif len(parts) > 2 and self._is_read(parts[1].name, column) and _is_schema(parts, column):
            taken = 3
        elif len(parts) > 3 and self._is_read(parts[2].name, column) and _is_schema(parts[1:], column):
            taken = 4
        else:
            taken = 1
        if len(parts) > taken:
            names = parts[:taken][::-1] if not item else [parts[0], parts[0]]
            words = dict(zip(("this", "table", "db", "catalog"), (one.copy() for one in names), strict=False))
            made: exp.Expr = exp.Column(**words)
            for part in parts[taken:]:
                made = step(made, _member(part))
            column.replace(made)

    def _is_item(self, name: str, node: exp.Expr) -> bool:
        """Whether it is what an unnesting goes through, which is its own column."""
        for query in around(node):
            found = [one for one in sources(query) if one is not node and _source_name(one) == name.lower()]
            if found:
                return _unnesting(found[0]) is not None or found[0].key == "unnest"
        return False


def _is_schema(parts: Sequence[exp.Expr], column: exp.Expr) -> bool:
    """Whether schema.table.column is meant by the first three names."""
    name = parts[0].name.lower()
    return any(one.text("db").lower() == name for query in around(column) for one in sources(query))


def _source_name(source: exp.Expr) -> str:
    """The name by which what is read is called."""
    found = _unnesting(source)
    if found is not None:
        return found.item.name.lower()
    if source.key == "unnest":
        return next(iter(source.alias_column_names), source.alias).lower()
    return source.alias_or_name.lower()


def _as_column(table: exp.Table) -> exp.Expr:
    names = [part.copy() for part in table.parts][::-1]
    column = exp.Column(**dict(zip(("this", "table", "db", "catalog"), names, strict=False)))
    alias = table.args.get("alias")
    return exp.Alias(this=column, alias=alias.this.copy()) if alias is not None else column


# --- steps


def step(base: exp.Expr, key: exp.Expr) -> exp.JSONExtract:
    """One step of a path; of the same kind as its value, and written as PostgreSQL writes it."""
    return exp.JSONExtract(this=base, expression=key, only_json_types=True)


def _member(part: exp.Expr) -> exp.Expr:
    """A member's name: in lower case without quotes, whatever columns are called."""
    made = exp.Literal.string(part.name if part.args.get("quoted") else part.name.lower())
    made.meta.update(part.meta)
    return made


def _bracket(node: exp.Expr) -> None:
    """`v[0]`, `v['a']`."""
    if node.key == "bracket" and len(node.expressions) == 1:
        (key,) = node.expressions
        node.replace(step(node.this.copy(), key.copy()))


def _dot(node: exp.Expr) -> None:
    """What follows brackets, or is the fifth of several names."""
    if node.expression.key == "identifier" and node.this.key in ("jsonextract", "column", "anonymous"):
        node.replace(step(node.this.copy(), _member(node.expression)))


_STEPS: Mapping[str, Callable[[exp.Expr], None]] = {"bracket": _bracket, "dot": _dot}


# --- FROM


def _unnest(join: exp.Expr, unnested: Join) -> None:
    found = _unnesting(join.this)
    if found is None:
        return
    if join.text("side").upper() in ("RIGHT", "FULL"):
        raise Untranslatable(
            join, "a SUPER value is unnested by a comma, or by JOIN or LEFT JOIN ... ON true"
        )
    join.set("this", unnested(found))
    if join.key == "join" and not join.args.get("on"):
        join.set("kind", "CROSS")


def _unnesting(source: exp.Expr) -> Unnesting | None:
    """What an item of a FROM goes through, as sqlglot has it."""
    members = source.key == "pivot"
    inner = source.this if members else source
    place = None
    if inner.key == "atindex":
        inner, place = inner.this, inner.expression
    if inner.key == "unnest":
        (value, *_others), names = inner.expressions, inner.alias_column_names
        item = exp.to_identifier(names[0] if names else inner.alias or "item")
        return Unnesting(value.copy(), item, place, members)
    if inner.key == "alias":
        return Unnesting(inner.this.copy(), inner.args["alias"].copy(), place, members)
    if inner.key in ("column", "jsonextract", "bracket", "dot"):
        name = inner.name if inner.key == "column" else "item"
        return Unnesting(inner.copy(), exp.to_identifier(name), place, members)
    return None
