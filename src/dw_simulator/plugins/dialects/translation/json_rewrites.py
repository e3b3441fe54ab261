"""Objects and arrays that are made from values, as JSON."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import fill, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable

_MEMBER = parsed(
    """CASE WHEN :key IS NOT NULL AND :value IS NOT NULL
            THEN CAST(to_json(CAST(:key AS VARCHAR)) AS VARCHAR) || ':' || CAST(to_json(:value) AS VARCHAR)
       END""",
    "duckdb",
)
_OBJECT = parsed("CAST('{' || :members || '}' AS JSON)", "duckdb")


def object_without_nulls(node: exp.Expr) -> exp.Expr:
    """OBJECT_CONSTRUCT leaves out what is NULL, but not a null of JSON."""
    pairs = iter(_pairs(node))
    members = [fill(_MEMBER, {"key": key, "value": value}) for key, value in zip(pairs, pairs, strict=True)]
    joined = exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string(","), *members])
    return fill(_OBJECT, {"members": joined if members else exp.Literal.string("")})


def object_with_nulls(node: exp.Expr) -> exp.Expr:
    """OBJECT_CONSTRUCT_KEEP_NULL."""
    return exp.Anonymous(this="json_object", expressions=_pairs(node))


def _pairs(node: exp.Expr) -> list[exp.Expr]:
    if len(node.expressions) % 2:
        message = f"{node.name}() is translated where each key and value is written out"
        raise Untranslatable(node, message)
    return [part.copy() for part in node.expressions]


def array(node: exp.Expr) -> exp.Expr:
    """With a variant among its elements it is JSON, as elements of one type are a list."""
    if not any(isinstance(part, exp.JSONExtract | exp.ParseJSON) for part in node.expressions):
        return node
    return exp.Anonymous(this="json_array", expressions=[part.copy() for part in node.expressions])
