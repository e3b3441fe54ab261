"""VARIANT and SUPER in DuckDB, which has them as JSON: navigation, comparison and FLATTEN.

A navigation (`v:a.b`, `v['a'][0]`, `s.a[0].b`) becomes `->`, which is JSON, or `->>`, which is text, by
what is done with it. What would need the type of the value, as ordering does, is refused.
"""

from collections.abc import Iterator, Sequence

import sqlglot
from sqlglot import exp

from dw_simulator.plugins.dialects.translation.super_unnesting import is_super, lateral
from dw_simulator.plugins.dialects.translation.super_values import KEPT
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.translation.variant_columns import VARIANTS, VariantColumns, is_carrier
from dw_simulator.plugins.dialects.trees import around, bottom_up, is_number
from dw_simulator.ports.statement import TypedTables

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
    *KEPT,
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


def _template(sql: str) -> exp.Expr:
    """A query in words of DuckDB alone: nothing in it is a navigation or a FLATTEN."""
    own = {"jsonextract": "json_extract", "explode": "unnest"}
    tree: exp.Expr = sqlglot.parse_one(sql, read="duckdb")
    for node in bottom_up(tree):
        if node.key in own:
            parts = [part.copy() for part in (node.this, node.expression) if part is not None]
            node.replace(exp.Anonymous(this=own[node.key], expressions=parts))
    return tree


_INNER = _template(_ELEMENTS.format(values=_VALUES))
_OUTER = _template(_ELEMENTS.format(values=f"coalesce(nullif({_VALUES}, []), [CAST(NULL AS JSON)])"))
_ITEMS = _template(
    "SELECT unnest(CASE json_type(:input) WHEN 'ARRAY' THEN json_extract(:input, '$[*]') END) AS item"
)
Step = str | int
"""Of a path: a member's name, or an element's number."""


def navigate(tree: exp.Expr, tables: TypedTables, *, folded: bool) -> None:
    """Replace every navigation and FLATTEN of a query, given the experiment's tables.

    Where steps without quotes are folded to lower case, a dot after a column is a step, too.
    """
    for bracket in reversed(list(tree.find_all(exp.Bracket))):
        _bracket(bracket)
    for dot in reversed(list(tree.find_all(exp.Dot))):
        _dot(dot, folded)
    _flattened(tree)
    columns = VariantColumns(tree, tables)
    columns.check_ordinals()
    columns.check_members()
    variants = [node for node in bottom_up(tree) if columns.visit(node)]
    _check_comparisons(variants)
    for node in variants:
        _use(node)


# --- navigation


def _bracket(node: exp.Bracket) -> None:
    if not isinstance(node.this, exp.Column | exp.JSONExtract | exp.ParseJSON) or len(node.expressions) != 1:
        return
    (key,) = node.expressions
    if key.key == "literal":
        node.replace(_path(node.this, [key.name if key.is_string else int(key.name)]))
    else:
        node.replace(exp.JSONExtract(this=_json(node.this), expression=key))


def _dot(node: exp.Dot, folded: bool) -> None:
    step = node.expression
    if node.this.key == "jsonextract" and step.key == "identifier":
        node.replace(_path(node.this, [_key(step) if folded else step.name]))


def _key(part: exp.Expr) -> str:
    """A step of a path, in lower case without quotes, whatever columns are called."""
    return part.name if part.args.get("quoted") else part.name.lower()


def _path(base: exp.Expr, steps: Sequence[Step]) -> exp.JSONExtract:
    keys = [
        exp.JSONPathSubscript(this=step) if isinstance(step, int) else exp.JSONPathKey(this=step)
        for step in steps
    ]
    path = exp.JSONPath(expressions=[exp.JSONPathRoot(), *keys])
    return exp.JSONExtract(this=base.copy(), expression=path)


def _json(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.copy(), "json", dialect="duckdb")


# --- FLATTEN and unnesting


def _flattened(tree: exp.Expr) -> None:
    """Replace them by a LATERAL, that knows which of its columns hold variants."""
    for unnest in list(tree.find_all(exp.Unnest)):
        if is_super(unnest):
            made = lateral(unnest)
            made.meta[VARIANTS] = {unnest.alias_column_names[0].lower()}
            if isinstance(unnest.parent, exp.Join) and not unnest.parent.args.get("on"):
                unnest.parent.set("kind", "CROSS")
            unnest.replace(made)
            continue
        (name,) = unnest.alias_column_names or [""]
        if name:
            query = _filled(_ITEMS, unnest.expressions[0])
            query.expressions[0].set("alias", exp.to_identifier(name))
            unnest.replace(_lateral(query, exp.TableAlias(this=exp.to_identifier(name)), {name.lower()}))
    for explode in list(tree.find_all(exp.Explode)):
        _flatten(explode)


def _flatten(explode: exp.Explode) -> None:
    options = {part.this.name.lower(): part.expression for part in _keywords(explode)}
    known = {"input", "outer", "path"}
    if unknown := set(options) - known:
        message = f"FLATTEN({', '.join(sorted(unknown)).upper()} => ...) is not translated"
        raise Untranslatable(explode, message)
    value = options.get("input", explode.this)
    if "path" in options:
        value = _path(value, _steps(options["path"]))
    source = explode.parent
    assert source is not None, "FLATTEN stands in a FROM"
    alias = source.args.get("alias")
    name = exp.TableAlias(this=alias.this.copy() if alias else exp.to_identifier("flattened"))
    template = _OUTER if options.get("outer") == exp.true() else _INNER
    join = source.parent
    source.replace(_lateral(_filled(template, value), name, {"value", "this"}))
    if isinstance(join, exp.Join) and not join.args.get("on"):
        join.set("kind", "CROSS")


def _steps(path: exp.Expr) -> list[Step]:
    steps = path.name.split(".")
    if path.key != "literal" or not all(step.isidentifier() for step in steps):
        message = "such a PATH of FLATTEN is not translated; put it into INPUT, as in v:a.b[0]"
        raise Untranslatable(path, message)
    return list(steps)


def _keywords(explode: exp.Explode) -> Iterator[exp.Expr]:
    return (part for part in (explode.this, *explode.expressions) if part.key == "kwarg")


def _filled(template: exp.Expr, value: exp.Expr) -> exp.Expr:
    made = template.copy()
    for part in list(made.find_all(exp.Placeholder)):
        part.replace(_json(value))
    return made


def _lateral(query: exp.Expr, alias: exp.TableAlias, variants: set[str]) -> exp.Lateral:
    lateral = exp.Lateral(this=exp.Subquery(this=query), alias=alias)
    lateral.meta[VARIANTS] = variants
    return lateral


# --- what is done with a variant


def _check_comparisons(variants: Sequence[exp.Expr]) -> None:
    """Numbers, text and lists of JSON compare in another way than their text."""
    found = {id(node) for node in variants}
    for node in variants:
        parent = _user(node)
        if _compares(parent) and isinstance(parent, exp.Predicate):
            parts = [part.unnest() for part in parent.iter_expressions()]
            if sum(id(part) in found for part in parts) > 1:
                message = "a comparison of two semi-structured values is not translated; cast them first"
                raise Untranslatable(node, message)


def _user(node: exp.Expr) -> exp.Expr | None:
    """What a node is an operand or an argument of."""
    return next((one for one in around(node) if one.key != "paren"), None)


def _compares(user: exp.Expr | None) -> bool:
    return isinstance(user, exp.Binary | exp.Between | exp.In)


def _use(node: exp.Expr) -> None:
    """As JSON, text or a number, by what the node is part of."""
    _cast_base(node)
    user = _user(node)
    if user is None or is_carrier(user, node):
        return
    _check_use(node, user)
    if user.is_cast:
        if not user.args["to"].is_type("json", "variant", "object", "array"):
            node.replace(_text(node))
    elif _beside_number(user):
        node.replace(exp.cast(_text(node), "double"))
    elif (isinstance(user, exp.Func) or _compares(user)) and not _keeps(user):
        node.replace(_text(node))


def _cast_base(node: exp.Expr) -> None:
    """What a path begins with is JSON."""
    base = node
    while base.key == "jsonextract":
        base = base.this
    if base is not node and not base.is_cast:
        base.replace(_json(base))


def _check_use(node: exp.Expr, user: exp.Expr) -> None:
    for kinds, reason in _REASONS:
        if isinstance(user, kinds) and not _is_operand(node, user):
            raise Untranslatable(node, reason)


def _is_operand(node: exp.Expr, case: exp.Expr) -> bool:
    """CASE v:a WHEN 'x' ...: it is compared with text."""
    if case.key != "case" or node is not case.this:
        return False
    return all(branch.this.is_string for branch in case.args["ifs"])


def _keeps(user: exp.Expr) -> bool:
    if user.key == "anonymous":
        return user.name.upper() in _KEEPING_NAMES
    return isinstance(user, _KEEPING)  # a null of JSON is not NULL, so IS is among them


def _beside_number(user: exp.Expr) -> bool:
    if not _compares(user):
        return False
    numbers = [part.name for part in map(_magnitude, user.iter_expressions()) if is_number(part)]
    if any(len(number.replace(".", "").strip("0")) > _DIGITS for number in numbers):
        message = f"a number of more than {_DIGITS} digits; cast the semi-structured value first"
        raise Untranslatable(user, message)
    return bool(numbers)


def _magnitude(part: exp.Expr) -> exp.Expr:
    return part.this if part.key == "neg" else part


def _text(node: exp.Expr) -> exp.Expr:
    if node.key == "jsonextract":
        return exp.JSONExtractScalar(this=node.this.copy(), expression=node.expression.copy())
    root = exp.JSONPath(expressions=[exp.JSONPathRoot()])
    return exp.JSONExtractScalar(this=node.copy(), expression=root)
