"""VARIANT and SUPER in DuckDB, which has them as JSON: navigation, comparison and FLATTEN.

A navigation (`v:a.b`, `v['a'][0]`, `s.a[0].b`) becomes `->`, which is JSON, or `->>`, which is text, by
what is done with it. What would need the type of the value, as ordering does, is refused.
"""

from collections.abc import Iterator
from typing import Any

import sqlglot
from sqlglot import exp

from dw_simulator.plugins.dialects.refusal import Refusal

_NUMBERS = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.Sum, exp.Avg, exp.Median, exp.Round)
_ORDERED = (exp.Ordered, exp.Max, exp.Min)
_KEEPING = (exp.Is, exp.Count, exp.ArrayAgg, exp.Distinct, exp.AnyValue, exp.ParseJSON, exp.IsNullValue)
"""What is done with a variant as it is; all other operators and functions take it for text."""
_KEEPING_NAMES = {"ARRAY_SIZE", "ARRAY_CONTAINS", "OBJECT_KEYS", "TYPEOF", "OBJECT_AGG", "JSON_SERIALIZE"}
_ELEMENTS: Any = sqlglot.parse_one(
    """SELECT CASE WHEN json_type(:input) = 'OBJECT' THEN j.key END AS key,
           CASE WHEN json_type(:input) = 'ARRAY' THEN TRY_CAST(j.key AS INTEGER) END AS index,
           j.value AS value, :input AS this
       FROM json_each(:input) AS j WHERE json_type(:input) IN ('ARRAY', 'OBJECT')""",
    read="duckdb",
)
_ITEMS: Any = sqlglot.parse_one(
    "SELECT j.value AS item FROM json_each(:input) AS j WHERE json_type(:input) = 'ARRAY'", read="duckdb"
)


def navigate(tree: Any, columns: set[str]) -> Any:
    """Every navigation and FLATTEN of a query, given the experiment's columns in lower case."""
    _explicit_navigation(tree, columns)
    for bracket in reversed(list(tree.find_all(exp.Bracket))):
        _bracket(bracket)
    for dot in reversed(list(tree.find_all(exp.Dot))):
        _dot(dot)
    names = _with_aliases(tree, _flattened(tree))
    for node in reversed(list(tree.walk(bfs=True))):
        if _is_variant(node, names):
            _use(node)
    return tree


# --- navigation


def _explicit_navigation(tree: Any, columns: set[str]) -> None:
    """`s.a.b` where `s` is a column, or a table's column after the table."""
    sources = {source.alias_or_name.lower() for source in tree.find_all(exp.Table, exp.Subquery, exp.CTE)}
    items = {name for unnest in tree.find_all(exp.Unnest) for name in unnest.alias_column_names}
    for column in list(tree.find_all(exp.Column)):
        parts = column.parts
        first = parts[0].name.lower()
        if first in items or (first in columns and first not in sources):
            taken = 1
        elif len(parts) > 2 and first in sources:
            taken = 2
        else:
            continue
        if len(parts) > taken and isinstance(column.this, exp.Identifier):
            base = exp.column(parts[taken - 1].copy(), table=parts[0].copy() if taken == 2 else None)
            column.replace(_path(base, [_key(part) for part in parts[taken:]]))


def _bracket(node: Any) -> None:
    if not isinstance(node.this, exp.Column | exp.JSONExtract) or len(node.expressions) != 1:
        return
    key = node.expressions[0]
    if isinstance(key, exp.Literal):
        node.replace(_path(node.this, [key.this if key.is_string else int(key.this)]))
    else:
        node.replace(exp.JSONExtract(this=_json(node.this), expression=key))


def _dot(node: Any) -> None:
    if isinstance(node.this, exp.JSONExtract) and isinstance(node.expression, exp.Identifier):
        node.replace(_path(node.this, [_key(node.expression)]))


def _key(part: Any) -> str:
    """A step of a path, in lower case without quotes, whatever columns are called."""
    return str(part.name if part.quoted else part.name.lower())


def _path(base: Any, steps: list[str | int]) -> Any:
    keys = [
        exp.JSONPathSubscript(this=step) if isinstance(step, int) else exp.JSONPathKey(this=step)
        for step in steps
    ]
    path = exp.JSONPath(expressions=[exp.JSONPathRoot(), *keys])
    return exp.JSONExtract(this=base.copy(), expression=path)


def _json(node: Any) -> Any:
    return exp.cast(node.copy(), "json", dialect="duckdb")


# --- FLATTEN and unnesting


def _flattened(tree: Any) -> set[str]:
    """Replace them by a LATERAL; the names of the columns that hold variants then."""
    names: set[str] = set()
    for unnest in list(tree.find_all(exp.Unnest)):
        (name,) = unnest.alias_column_names or [""]
        if name:
            query = _filled(_ITEMS, unnest.expressions[0])
            query.selects[0].set("alias", exp.to_identifier(name))
            unnest.replace(_lateral(query, exp.TableAlias(this=exp.to_identifier(name))))
            names.add(name.lower())
    for explode in list(tree.find_all(exp.Explode)):
        names |= {"value", "this"}
        _flatten(explode)
    return names


def _flatten(explode: Any) -> None:
    options = {part.this.name.lower(): part.expression for part in _keywords(explode)}
    known = {"input", "outer", "path"}
    if unknown := set(options) - known:
        raise Refusal(explode, f"FLATTEN({', '.join(sorted(unknown)).upper()} => ...) is not translated")
    value = options.get("input", explode.this)
    if "path" in options:
        value = _path(value, options["path"].name.split("."))
    source = explode.parent
    alias = source.args.get("alias")
    name = exp.TableAlias(this=alias.this.copy() if alias else exp.to_identifier("flattened"))
    lateral = _lateral(_filled(_ELEMENTS, value), name)
    join = source.parent
    source.replace(lateral)
    if options.get("outer") == exp.true() and isinstance(join, exp.Join):
        join.set("side", "LEFT")
        join.set("on", exp.true())
        join.set("kind", None)
    elif isinstance(join, exp.Join) and not join.args.get("on"):
        join.set("kind", "CROSS")


def _keywords(explode: Any) -> Iterator[Any]:
    return (part for part in (explode.this, *explode.expressions) if isinstance(part, exp.Kwarg))


def _filled(template: Any, value: Any) -> Any:
    made = template.copy()
    for part in list(made.find_all(exp.Placeholder)):
        part.replace(_json(value))
    return made


def _lateral(query: Any, alias: Any) -> Any:
    return exp.Lateral(this=exp.Subquery(this=query), alias=alias)


# --- what is done with a variant


def _with_aliases(tree: Any, names: set[str]) -> set[str]:
    """What queries within the query call their variants is one for those around them."""
    known = -1
    while known < len(names):
        known = len(names)
        for alias in tree.find_all(exp.Alias):
            if isinstance(alias.parent, exp.Select) and _is_variant(alias.this, names):
                names.add(alias.alias.lower())
    return names


def _is_variant(node: Any, names: set[str]) -> bool:
    if isinstance(node.parent, exp.JSONExtract) and node.arg_key == "this":
        return False
    if isinstance(node, exp.JSONExtract):
        return True
    return isinstance(node, exp.Column) and node.name.lower() in names and not _is_of_table(node)


def _is_of_table(column: Any) -> bool:
    """Whether it says to be a column of a table, rather than of a query or a FLATTEN."""
    query = column.find_ancestor(exp.Select)
    queries = {cte.alias.lower() for cte in column.root().find_all(exp.CTE)}
    return query is not None and any(
        table.alias_or_name.lower() == column.table.lower() and table.name.lower() not in queries
        for table in query.find_all(exp.Table)
    )


def _use(node: Any) -> None:
    """As JSON, text or a number, by what the node is part of."""
    base = node
    while isinstance(base, exp.JSONExtract):
        base = base.this
    if isinstance(node, exp.JSONExtract) and not isinstance(base, exp.Cast):
        base.replace(_json(base))
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    if isinstance(parent, _ORDERED):
        raise Refusal(node, "the order of semi-structured values is not translated; cast the value first")
    if isinstance(parent, exp.Cast | exp.TryCast):
        if not parent.to.is_type("json", "variant", "object", "array"):
            node.replace(_text(node))
    elif isinstance(parent, _NUMBERS) or _beside_number(parent):
        node.replace(exp.cast(_text(node), "double"))
    elif isinstance(parent, exp.Func | exp.Binary | exp.In | exp.Between) and not _keeps(parent):
        node.replace(_text(node))


def _keeps(parent: Any) -> bool:
    if isinstance(parent, exp.Anonymous):
        return parent.name.upper() in _KEEPING_NAMES
    return isinstance(parent, _KEEPING)  # a null of JSON is not NULL, so IS is among them


def _beside_number(parent: Any) -> bool:
    if not isinstance(parent, exp.Binary | exp.Between | exp.In):
        return False
    return any(isinstance(part, exp.Literal) and not part.is_string for part in parent.iter_expressions())


def _text(node: Any) -> Any:
    if isinstance(node, exp.JSONExtract):
        return exp.JSONExtractScalar(this=node.this.copy(), expression=node.expression.copy())
    root = exp.JSONPath(expressions=[exp.JSONPathRoot()])
    return exp.JSONExtractScalar(this=node.copy(), expression=root)
