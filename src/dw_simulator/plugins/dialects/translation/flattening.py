"""FLATTEN, SPLIT_TO_TABLE and the unnesting of SUPER: rows that are made of a value, as a LATERAL."""

from collections.abc import Iterator

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import final, in_calls
from dw_simulator.plugins.dialects.translation.semistructured import SEMI, as_json, as_text, path_in_text
from dw_simulator.plugins.dialects.translation.super_unnesting import is_super, lateral
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_types import kind_of

# UNNEST, unlike json_each, keeps the order of the elements
_KEYS = "CASE json_type(:input) WHEN 'OBJECT' THEN json_keys(:input) END"
_INDEXES = "CASE json_type(:input) WHEN 'ARRAY' THEN range(CAST(json_array_length(:input) AS BIGINT)) END"
_VALUES = """CASE json_type(:input) WHEN 'ARRAY' THEN json_extract(:input, '$[*]')
    WHEN 'OBJECT' THEN json_extract(:input, '$.*') END"""
_ELEMENTS = f"""SELECT 1 AS seq, key,
    CASE WHEN index IS NOT NULL THEN :path || '[' || index || ']'
         WHEN NOT regexp_full_match(key, '[A-Za-z_]\\w*') THEN :path || '[''' || key || ''']'
         WHEN :path = '' THEN key ELSE :path || '.' || key END AS path,
    index, value, this
    FROM (SELECT unnest({_KEYS}) AS key, unnest({_INDEXES}) AS index, unnest({{values}}) AS value,
          :input AS this) AS elements"""  # noqa: S608 - of words that stand here
_DEEP = """SELECT 1 AS seq, CASE WHEN right(fullkey, 1) = ']' THEN NULL ELSE key END AS key,
    CASE WHEN substr(fullkey, 2, 1) = '.' AND :path = '' THEN substr(fullkey, 3)
         ELSE :path || substr(fullkey, 2) END AS path,
    CASE WHEN right(fullkey, 1) = ']' THEN CAST(key AS BIGINT) END AS index,
    value, json_extract(:input, tree.path) AS this
    FROM json_tree(:input) AS tree WHERE fullkey <> '$' ORDER BY id"""
_PARTS = """SELECT 1 AS seq, unnest(range(1, len({pieces}) + 1)) AS index, unnest({pieces}) AS value"""


def _template(sql: str) -> exp.Expr:
    return final(in_calls(sql))


_INNER = _template(_ELEMENTS.format(values=_VALUES))
_OUTER = _template(
    _ELEMENTS.format(values=f"coalesce(nullif({_VALUES}, list_value()), list_value(CAST(NULL AS JSON)))")
)
_RECURSIVE = _template(_DEEP)
_SPLIT = _template(_PARTS.format(pieces="string_split(:text, :separator)"))
_TOKENS = _template(
    _PARTS.format(
        pieces="""list_filter(regexp_split_to_array(:text, '[' || regexp_escape(:separator) || ']'),
                  lambda piece: piece <> '')"""
    )
)


def unnest(tree: exp.Expr) -> None:
    """Replace what makes rows of a value by a LATERAL."""
    for node in list(tree.find_all(exp.Unnest)):
        if is_super(node):
            if isinstance(node.parent, exp.Join) and not node.parent.args.get("on"):
                node.parent.set("kind", "CROSS")
            node.replace(lateral(node))
    for explode in list(tree.find_all(exp.Explode)):
        _flatten(explode)
    for split in list(tree.find_all(exp.SplitToTable)):
        _split(split, _SPLIT, split.this, split.expression)
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name.upper() == "STRTOK_SPLIT_TO_TABLE":
            _split(call, _TOKENS, *call.expressions[:2])


def _split(split: exp.Expr, template: exp.Expr, text: exp.Expr, separator: exp.Expr | None = None) -> None:
    text = as_text(text) if kind_of(text.type) in SEMI else exp.cast(text.copy(), "varchar")
    _replace_source(split, _filled(template, text=text, separator=separator or exp.Literal.string(" ")))


def _flatten(explode: exp.Explode) -> None:
    options = {part.this.name.lower(): part.expression for part in _keywords(explode)}
    if unknown := set(options) - {"input", "outer", "path", "recursive", "mode"}:
        message = f"FLATTEN({', '.join(sorted(unknown)).upper()} => ...) is not known; leave it out"
        raise Untranslatable(explode, message)
    value, before = options.get("input", explode.this), ""
    if "path" in options and options["path"].name:
        value, before = path_in_text(value, options["path"]), options["path"].name
    value = as_json(value)
    deep, outer = (options.get(name) == exp.true() for name in ("recursive", "outer"))
    outer = outer or _is_left(explode)
    mode = options["mode"].name.upper() if "mode" in options else "BOTH"
    if mode != "BOTH" and not deep:
        value = exp.case().when(exp.func("json_type", value.copy()).eq(mode), value)
    if deep and outer:
        raise Untranslatable(
            explode, "FLATTEN with both RECURSIVE and OUTER is not translated; leave one out"
        )
    template = _RECURSIVE if deep else _OUTER if outer else _INNER
    query = _filled(template, input=value, path=exp.Literal.string(before))
    if mode != "BOTH" and deep:
        is_index = exp.column("index").is_(exp.null())
        query = exp.select("*").from_(
            exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier("deep")))
        )
        query = query.where(is_index if mode == "OBJECT" else is_index.not_())
    _replace_source(explode, query)


def _is_left(explode: exp.Expr) -> bool:
    """Whether it stands on the right of a LEFT JOIN, which keeps what has no elements."""
    join = explode.parent.parent if explode.parent is not None else None
    return isinstance(join, exp.Join) and join.side == "LEFT"


def _replace_source(node: exp.Expr, query: exp.Expr) -> None:
    source = node.parent
    assert source is not None, "it stands in a FROM"
    alias = source.args.get("alias")
    name = exp.TableAlias(this=alias.this.copy() if alias and alias.this else exp.to_identifier("flattened"))
    columns = list(source.alias_column_names) if alias else []
    if columns and [one.lower() for one in columns] != ["seq", "key", "path", "index", "value", "this"]:
        name.set("columns", [exp.to_identifier(one) for one in columns])
    join = source.parent
    source.replace(_lateral(query, name))
    if isinstance(join, exp.Join) and not join.args.get("on"):
        join.set("kind", "CROSS")
        join.set("side", None)


def _keywords(explode: exp.Explode) -> Iterator[exp.Expr]:
    return (part for part in (explode.this, *explode.expressions) if part.key == "kwarg")


def _filled(template: exp.Expr, **values: exp.Expr) -> exp.Expr:
    made = template.copy()
    for part in list(made.find_all(exp.Placeholder)):
        part.replace(values[part.name].copy())
    return made


def _lateral(query: exp.Expr, alias: exp.TableAlias) -> exp.Lateral:
    return exp.Lateral(this=exp.Subquery(this=query), alias=alias)
