"""Forms of PostgreSQL's queries that DuckDB does not have: JSON that gives rows, `->` in brackets."""

from collections.abc import Sequence

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.query_forms import Forms
from dw_simulator.plugins.dialects.translation.rewriting import in_calls
from dw_simulator.ports.statement import TypedTables

_VALUE = "CAST(:value AS JSON)"
_ITEMS = f"json_extract({_VALUE}, '$[*]')"
_MEMBERS = f"json_extract({_VALUE}, '$.*')"
_KEYS = f"json_keys({_VALUE})"
_TEXTS = "list_transform({0}, lambda item: json_extract_string(item, '$'))"
_NUMBERS = "range(1, CAST(len({0}) AS BIGINT) + 1)"
_ROWS = {
    "json_array_elements": {"value": _ITEMS},
    "json_array_elements_text": {"value": _TEXTS.format(_ITEMS)},
    "json_each": {"key": _KEYS, "value": _MEMBERS},
    "json_each_text": {"key": _KEYS, "value": _TEXTS.format(_MEMBERS)},
    "json_object_keys": {"json_object_keys": _KEYS},
}
"""What a function gives: a list for each column. Those of JSONB are called jsonb_..."""


_LISTS = {name: {column: in_calls(sql) for column, sql in columns.items()} for name, columns in _ROWS.items()}
_COUNTS = {name: in_calls(_NUMBERS.format(next(iter(columns.values())))) for name, columns in _ROWS.items()}


def _reshape(tree: exp.Expr, _tables: TypedTables) -> exp.Expr:
    for arrow in reversed(list(tree.find_all(exp.Lambda))):
        _mend(arrow)
    for call in list(tree.find_all(exp.Anonymous)):
        name = call.name.lower().replace("jsonb_", "json_")
        if name not in _LISTS or len(call.expressions) != 1:
            continue
        if isinstance(call.parent, exp.Table | exp.Lateral):
            _source(call.parent, name, call.expressions[0])
        elif len(_LISTS[name]) == 1:
            (made,) = _LISTS[name].values()
            call.replace(exp.Anonymous(this="unnest", expressions=[_filled(made, call.expressions[0])]))
    return tree


def _mend(arrow: exp.Expr) -> None:
    """`f(column -> 'step')`: sqlglot takes it for a function of a column."""
    names: Sequence[exp.Expr] = arrow.expressions
    if len(names) != 1 or names[0].key != "identifier":
        return
    column = exp.Column(this=names[0].copy())
    first = arrow.this
    while first.key != "literal" and isinstance(first.args.get("this"), exp.Expr):
        first = first.this
    made = exp.JSONExtract(this=column, expression=first.copy(), only_json_types=True)
    if first is arrow.this:
        arrow.replace(made)
    else:
        first.replace(made)
        arrow.replace(arrow.this)


def _source(source: exp.Expr, name: str, value: exp.Expr) -> None:
    """In a FROM it is a query; one column is called as the source, unless it is given a name."""
    lists = dict(_LISTS[name])
    if source.args.get("ordinality"):
        lists["ordinality"] = _COUNTS[name]
    alias = source.args.get("alias")
    given = [one.copy() for one in alias.columns] if alias else []
    own = [exp.to_identifier(column) for column in lists]
    if alias is not None and not given and len(_LISTS[name]) == 1:
        given = [alias.this.copy()]
    query = exp.select(
        *(
            exp.alias_(exp.Anonymous(this="unnest", expressions=[_filled(made, value)]), column)
            for made, column in zip(lists.values(), [*given, *own[len(given) :]], strict=True)
        )
    )
    called = alias.this.copy() if alias else exp.to_identifier(name)
    made = exp.Lateral(this=exp.Subquery(this=query), alias=exp.TableAlias(this=called))
    join = source.parent
    source.replace(made)
    if isinstance(join, exp.Join) and not join.args.get("on"):
        join.set("kind", "CROSS")


def _filled(template: exp.Expr, value: exp.Expr) -> exp.Expr:
    made: exp.Expr = template.copy()
    for part in list(made.find_all(exp.Placeholder)):
        part.replace(value.copy())
    return made


IN_DUCKDB = Forms(_reshape)
