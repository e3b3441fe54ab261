"""Redshift's unnesting in DuckDB: `FROM t, t.items AS i AT n`, `UNPIVOT t.object AS v AT k`, joins of arrays.

Each becomes an Unnest that says what it gives, for types to be found; then a LATERAL.
"""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import in_calls
from dw_simulator.plugins.dialects.translation.super_paths import Unnesting, name_paths

SUPER = "super"
"""Where an Unnest keeps whether it goes through an `array` or through the `members` of an object."""
_VALUE = "CAST(:value AS JSON)"
_ELEMENTS = f"CASE json_type({_VALUE}) WHEN 'ARRAY' THEN json_extract({_VALUE}, '$[*]') END"
_PLACES = f"""CASE json_type({_VALUE}) WHEN 'ARRAY'
    THEN range(CAST(json_array_length({_VALUE}) AS BIGINT)) END"""
_MEMBERS = f"CASE json_type({_VALUE}) WHEN 'OBJECT' THEN json_extract({_VALUE}, '$.*') END"
_NAMES = f"CASE json_type({_VALUE}) WHEN 'OBJECT' THEN json_keys({_VALUE}) END"


_LATERALS = {
    "array": in_calls(f"SELECT unnest({_ELEMENTS}) AS item, unnest({_PLACES}) AS place"),
    "members": in_calls(f"SELECT unnest({_MEMBERS}) AS item, unnest({_NAMES}) AS place"),
}


def name_unnestings(tree: exp.Expr) -> None:
    """Make each path of a query one, and each unnesting an Unnest."""
    name_paths(tree, _as_unnest)


def _as_unnest(found: Unnesting) -> exp.Expr:
    columns = [found.item, *([found.place] if found.place is not None else [])]
    made = exp.Unnest(expressions=[found.value], alias=exp.TableAlias(columns=columns))
    made.meta[SUPER] = "members" if found.members else "array"
    return made


def is_super(unnest: exp.Expr) -> bool:
    """Whether an Unnest goes through a SUPER value."""
    return SUPER in unnest.meta


def lateral(unnest: exp.Expr) -> exp.Lateral:
    """What an Unnest is in DuckDB: a query whose columns have its names."""
    query = _LATERALS[unnest.meta[SUPER]].copy()
    for part in list(query.find_all(exp.Placeholder)):
        part.replace(unnest.expressions[0].copy())
    columns = unnest.args["alias"].columns
    for part, name in zip(list(query.expressions), columns, strict=False):
        part.set("alias", name.copy())
    query.set("expressions", query.expressions[: len(columns)])
    alias = exp.TableAlias(this=columns[0].copy())
    return exp.Lateral(this=exp.Subquery(this=query), alias=alias)
