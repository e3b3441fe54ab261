"""VARIANT and SUPER in DuckDB, which has them as JSON: navigation, comparison and FLATTEN.

A navigation (`v:a.b`, `v['a'][0]`, `s.a[0].b`) becomes `->`, which is JSON, or `->>`, which is text, by
what is done with it. What would need the type of the value, as ordering does, is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlglot
from sqlglot import exp

from dw_simulator.plugins.dialects.translation.untranslatable import Refusal
from dw_simulator.plugins.dialects.translation.variant_columns import VARIANTS, Scopes, is_carrier

_ARITHMETIC = (
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Sum, exp.Avg, exp.Median),
    *(
        exp.Round,
        exp.Abs,
        exp.Ceil,
        exp.Floor,
        exp.Trunc,
        exp.Sign,
        exp.Sqrt,
        exp.Pow,
        exp.Exp,
        exp.Ln,
        exp.Log,
        exp.Stddev,
        exp.StddevPop,
        exp.StddevSamp,
        exp.Variance,
        exp.VariancePop,
        exp.Corr,
    ),
)
_ORDERED = (exp.Ordered, exp.Max, exp.Min, exp.Greatest, exp.Least, exp.ArgMax, exp.ArgMin)
_CHOICES = (exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Nvl2, exp.DecodeCase)
_KEEPING = (
    *(exp.Is, exp.Count, exp.ArrayAgg, exp.Distinct, exp.ParseJSON, exp.IsNullValue),
    *(exp.Array, exp.JSONFormat),
)
"""What is done with a variant as it is; all other operators and functions take it for text."""
_KEEPING_NAMES = {
    *("ARRAY_SIZE", "ARRAY_CONTAINS", "OBJECT_KEYS", "TYPEOF", "OBJECT_AGG", "JSON_SERIALIZE"),
    *("OBJECT_CONSTRUCT", "OBJECT_CONSTRUCT_KEEP_NULL"),
}
_REASONS = (
    (_ARITHMETIC, "arithmetic with semi-structured values is not translated; cast the value first"),
    (_ORDERED, "the order of semi-structured values is not translated; cast the value first"),
    (_CHOICES, "a choice among semi-structured values is not translated; cast each value first"),
)
_DIGITS = 15
"""So many digits of a number are the same in a DOUBLE."""
# UNNEST, unlike json_each, keeps the order of the elements
_ELEMENTS = """SELECT
    unnest(CASE json_type(:input) WHEN 'OBJECT' THEN json_keys(:input) END) AS key,
    unnest(CASE json_type(:input) WHEN 'ARRAY'
           THEN range(CAST(json_array_length(:input) AS BIGINT)) END) AS index,
    unnest({values}) AS value,
    :input AS this"""
_VALUES = """CASE json_type(:input) WHEN 'ARRAY' THEN json_extract(:input, '$[*]')
    WHEN 'OBJECT' THEN json_extract(:input, '$.*') END"""


def _template(sql: str) -> Any:
    """A query in words of DuckDB alone: nothing in it is a navigation or a FLATTEN."""
    own = {exp.JSONExtract: "json_extract", exp.Explode: "unnest"}
    tree: Any = sqlglot.parse_one(sql, read="duckdb")
    for node in reversed(list(tree.walk(bfs=True))):
        if type(node) in own:
            parts = [part.copy() for part in (node.this, node.expression) if isinstance(part, exp.Expression)]
            node.replace(exp.Anonymous(this=own[type(node)], expressions=parts))
    return tree


_INNER = _template(_ELEMENTS.format(values=_VALUES))
_OUTER = _template(_ELEMENTS.format(values=f"coalesce(nullif({_VALUES}, []), [CAST(NULL AS JSON)])"))
_ITEMS = _template(
    "SELECT unnest(CASE json_type(:input) WHEN 'ARRAY' THEN json_extract(:input, '$[*]') END) AS item"
)


def navigate(tree: Any, tables: Mapping[str, Sequence[str]], *, folded: bool) -> Any:
    """Every navigation and FLATTEN of a query, given the experiment's tables.

    Where steps without quotes are folded to lower case, a dot after a column is a step, too.
    """
    if folded:
        _explicit_navigation(tree, {column.lower() for columns in tables.values() for column in columns})
    for bracket in reversed(list(tree.find_all(exp.Bracket))):
        _bracket(bracket)
    for dot in reversed(list(tree.find_all(exp.Dot))):
        _dot(dot, folded)
    _flattened(tree)
    scopes = Scopes(tree, tables)
    scopes.check_ordinals()
    scopes.check_members()
    variants = [node for node in reversed(list(tree.walk(bfs=True))) if scopes.is_variant(node)]
    _check_comparisons(variants)
    for node in variants:
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
    if not isinstance(node.this, exp.Column | exp.JSONExtract | exp.ParseJSON) or len(node.expressions) != 1:
        return
    key = node.expressions[0]
    if isinstance(key, exp.Literal):
        node.replace(_path(node.this, [key.this if key.is_string else int(key.this)]))
    else:
        node.replace(exp.JSONExtract(this=_json(node.this), expression=key))


def _dot(node: Any, folded: bool) -> None:
    if isinstance(node.this, exp.JSONExtract) and isinstance(node.expression, exp.Identifier):
        node.replace(_path(node.this, [_key(node.expression) if folded else node.expression.name]))


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


def _flattened(tree: Any) -> None:
    """Replace them by a LATERAL, that knows which of its columns hold variants."""
    for unnest in list(tree.find_all(exp.Unnest)):
        (name,) = unnest.alias_column_names or [""]
        if name:
            query = _filled(_ITEMS, unnest.expressions[0])
            query.selects[0].set("alias", exp.to_identifier(name))
            unnest.replace(_lateral(query, exp.TableAlias(this=exp.to_identifier(name)), {name.lower()}))
    for explode in list(tree.find_all(exp.Explode)):
        _flatten(explode)


def _flatten(explode: Any) -> None:
    options = {part.this.name.lower(): part.expression for part in _keywords(explode)}
    known = {"input", "outer", "path"}
    if unknown := set(options) - known:
        raise Refusal(explode, f"FLATTEN({', '.join(sorted(unknown)).upper()} => ...) is not translated")
    value = options.get("input", explode.this)
    if "path" in options:
        value = _path(value, _steps(options["path"]))
    source = explode.parent
    alias = source.args.get("alias")
    name = exp.TableAlias(this=alias.this.copy() if alias else exp.to_identifier("flattened"))
    template = _OUTER if options.get("outer") == exp.true() else _INNER
    join = source.parent
    source.replace(_lateral(_filled(template, value), name, {"value", "this"}))
    if isinstance(join, exp.Join) and not join.args.get("on"):
        join.set("kind", "CROSS")


def _steps(path: Any) -> list[str | int]:
    steps = path.name.split(".")
    if not isinstance(path, exp.Literal) or not all(step.isidentifier() for step in steps):
        raise Refusal(path, "such a PATH of FLATTEN is not translated; put it into INPUT, as in v:a.b[0]")
    return list(steps)


def _keywords(explode: Any) -> Iterator[Any]:
    return (part for part in (explode.this, *explode.expressions) if isinstance(part, exp.Kwarg))


def _filled(template: Any, value: Any) -> Any:
    made = template.copy()
    for part in list(made.find_all(exp.Placeholder)):
        part.replace(_json(value))
    return made


def _lateral(query: Any, alias: Any, variants: set[str]) -> Any:
    lateral = exp.Lateral(this=exp.Subquery(this=query), alias=alias)
    lateral.meta[VARIANTS] = variants
    return lateral


# --- what is done with a variant


def _check_comparisons(variants: list[Any]) -> None:
    """Numbers, text and lists of JSON compare in another way than their text."""
    found = {id(node) for node in variants}
    for node in variants:
        parent = _parent(node)
        if isinstance(parent, exp.Predicate) and isinstance(parent, exp.Binary | exp.Between | exp.In):
            parts = [part.unnest() for part in parent.iter_expressions()]
            if sum(id(part) in found for part in parts) > 1:
                raise Refusal(
                    node, "a comparison of two semi-structured values is not translated; cast them first"
                )


def _parent(node: Any) -> Any:
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    return parent


def _use(node: Any) -> None:
    """As JSON, text or a number, by what the node is part of."""
    base = node
    while isinstance(base, exp.JSONExtract):
        base = base.this
    if isinstance(node, exp.JSONExtract) and not isinstance(base, exp.Cast):
        base.replace(_json(base))
    parent = _parent(node)
    if is_carrier(parent, node):
        return
    _check_use(node, parent)
    if isinstance(parent, exp.Cast | exp.TryCast):
        if not parent.to.is_type("json", "variant", "object", "array"):
            node.replace(_text(node))
    elif _beside_number(parent):
        node.replace(exp.cast(_text(node), "double"))
    elif isinstance(parent, exp.Func | exp.Binary | exp.In | exp.Between) and not _keeps(parent):
        node.replace(_text(node))


def _check_use(node: Any, parent: Any) -> None:
    for kinds, reason in _REASONS:
        if isinstance(parent, kinds) and not _is_operand(node, parent):
            raise Refusal(node, reason)


def _is_operand(node: Any, parent: Any) -> bool:
    """CASE v:a WHEN 'x' ...: it is compared with text."""
    return (
        isinstance(parent, exp.Case)
        and node is parent.this
        and all(
            isinstance(branch.this, exp.Literal) and branch.this.is_string for branch in parent.args["ifs"]
        )
    )


def _keeps(parent: Any) -> bool:
    if isinstance(parent, exp.Anonymous):
        return parent.name.upper() in _KEEPING_NAMES
    return isinstance(parent, _KEEPING)  # a null of JSON is not NULL, so IS is among them


def _beside_number(parent: Any) -> bool:
    if not isinstance(parent, exp.Binary | exp.Between | exp.In):
        return False
    numbers = [part.name for part in map(_magnitude, parent.iter_expressions()) if _is_number(part)]
    if any(len(number.replace(".", "").strip("0")) > _DIGITS for number in numbers):
        raise Refusal(parent, f"a number of more than {_DIGITS} digits; cast the semi-structured value first")
    return bool(numbers)


def _magnitude(part: Any) -> Any:
    return part.this if isinstance(part, exp.Neg) else part


def _is_number(part: Any) -> bool:
    return isinstance(part, exp.Literal) and not part.is_string


def _text(node: Any) -> Any:
    if isinstance(node, exp.JSONExtract):
        return exp.JSONExtractScalar(this=node.this.copy(), expression=node.expression.copy())
    root = exp.JSONPath(expressions=[exp.JSONPathRoot()])
    return exp.JSONExtractScalar(this=node.copy(), expression=root)
