"""Snowflake's aggregates and window functions, where DuckDB says them otherwise."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.aggregate_rewrites import empty_listagg
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    aggregate,
    counted,
    fill,
    parsed,
    refuse,
)
from dw_simulator.plugins.dialects.translation.snowflake_values import array_aggregate
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_types import kind_of

_SAME = {
    "HLL": "approx_count_distinct",
    "SKEW": "skewness",
    "BITAND_AGG": "bit_and",
    "BIT_AND_AGG": "bit_and",
    "BITANDAGG": "bit_and",
    "BIT_ANDAGG": "bit_and",
    "BITOR_AGG": "bit_or",
    "BIT_OR_AGG": "bit_or",
    "BITORAGG": "bit_or",
    "BIT_ORAGG": "bit_or",
    "BITXOR_AGG": "bit_xor",
    "BIT_XOR_AGG": "bit_xor",
    "BITXORAGG": "bit_xor",
    "BIT_XORAGG": "bit_xor",
    "BOOLAND_AGG": "bool_and",
    "BOOLOR_AGG": "bool_or",
}
"""What DuckDB calls by another name."""
_CHANGES = parsed(
    """len(list_filter(list_zip(:list, list_slice(:list, 2, len(:list)), TRUE),
        lambda pair: pair[1] IS DISTINCT FROM pair[2]))""",
    "duckdb",
)
_AVERAGE = "CAST(round(:mean, {0}) AS DECIMAL(38, {0}))"


def _of(name: str, *parts: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[part.copy() for part in parts])


def _whole_window(node: exp.Expr, made: exp.Expr, over: Rewrite) -> exp.Expr:
    """Over all rows up to this one, row by row."""
    found = over(made)
    if found.key != "window":
        raise Untranslatable(node, f"{node.name}() needs OVER (... ORDER BY ...)")
    found.set(
        "spec",
        exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"),
    )
    return found


def _conditional(node: exp.Expr, over: Rewrite) -> exp.Expr:
    """CONDITIONAL_TRUE_EVENT and CONDITIONAL_CHANGE_EVENT: how often it happened so far."""
    (value,) = counted(node, 1, 1)
    if node.name.upper() == "CONDITIONAL_TRUE_EVENT":
        return _whole_window(node, _of("count_if", value), over)
    return fill(_CHANGES, {"list": _whole_window(node, _of("list", value), over)})


def _exactly_one(node: exp.Expr, over: Rewrite) -> exp.Expr:
    (value,) = counted(node, 1, 1)
    return fill(parsed(":count = 1", "duckdb"), {"count": over(_of("count_if", value))})


def _average(node: exp.Expr, over: Rewrite) -> exp.Expr:
    """Of exact numbers it has a scale of its own."""
    declared = node.type
    sizes = declared.expressions if declared is not None and kind_of(declared) == "decimal" else []
    if len(sizes) != 2:
        return over(node)
    return fill(parsed(_AVERAGE.format(sizes[1].name), "duckdb"), {"mean": over(node.copy())})


_OWN = {
    "CONDITIONAL_TRUE_EVENT": _conditional,
    "CONDITIONAL_CHANGE_EVENT": _conditional,
    "BOOLXOR_AGG": _exactly_one,
}


def _aggregate(node: exp.Expr, over: Rewrite) -> exp.Expr:
    name = node.name.upper() if node.key == "anonymous" else ""
    if name in _OWN:
        return _OWN[name](node, over)
    if name in _SAME:
        return over(_of(_SAME[name], *node.expressions))
    if node.key == "avg":
        return _average(node, over)
    made = array_aggregate(node, over)
    return empty_listagg(node, over) if made is None else made


_AGGREGATE = aggregate(_aggregate)
_APPROXIMATE = refuse("this kind of estimate is not translated; use APPROX_COUNT_DISTINCT, COUNT or GROUP BY")

AGGREGATES: Rewrites = {
    **dict.fromkeys((*_OWN, *_SAME, "ARRAY_UNIQUE_AGG", "ARRAY_UNION_AGG", "OBJECT_AGG"), _AGGREGATE),
    **dict.fromkeys((exp.GroupConcat, exp.Filter, exp.Window, exp.ArrayAgg, exp.Avg), _AGGREGATE),
    **dict.fromkeys(
        ("APPROX_TOP_K", "APPROXIMATE_SIMILARITY", "APPROXIMATE_JACCARD_INDEX", "MINHASH", "HLL_ACCUMULATE"),
        _APPROXIMATE,
    ),
}
"""What groups and windows are asked."""
