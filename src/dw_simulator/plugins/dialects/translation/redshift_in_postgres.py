"""What Redshift says differently from PostgreSQL, which stands in for it."""

from collections.abc import Mapping

from sqlglot import exp

from dw_simulator.plugins.dialects.translation import super_in_postgres
from dw_simulator.plugins.dialects.translation.aggregate_rewrites import plain_aggregate
from dw_simulator.plugins.dialects.translation.postgres_dates import DATES
from dw_simulator.plugins.dialects.translation.postgres_numbers import NUMBERS, average, kind
from dw_simulator.plugins.dialects.translation.postgres_texts import TEXTS, list_of_texts, ordered_list
from dw_simulator.plugins.dialects.translation.postgres_windows import windows
from dw_simulator.plugins.dialects.translation.query_forms import Forms
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    aggregate,
    fill,
    parsed,
    postgres,
    refuse,
)
from dw_simulator.plugins.dialects.translation.select_forms import reshape
from dw_simulator.plugins.dialects.translation.shared_rewrites import NO_PARAMETERS, OWN_HASHES
from dw_simulator.plugins.dialects.translation.super_functions import SUPER_FUNCTIONS
from dw_simulator.plugins.dialects.typed.result_tables import GROUPS
from dw_simulator.ports.statement import TypedTables


def _aggregate(node: exp.Expr, over: Rewrite) -> exp.Expr:
    return average(node, over) if node.key == "avg" else plain_aggregate(node, over)


_MOMENT = parsed(
    "to_timestamp(percentile_cont(0.5) WITHIN GROUP (ORDER BY EXTRACT(epoch FROM :this))) AT TIME ZONE 'UTC'",
    "postgres",
)


def _median(node: exp.Expr) -> exp.Expr:
    """Of moments by their seconds; over a window it waits for that."""
    word = kind(node.this)
    if word not in GROUPS["moment"] or isinstance(node.parent, exp.Window):
        return node
    made = fill(_MOMENT, {"this": node.this})
    return exp.cast(made, "date") if word == "date" else made


_AGGREGATES = aggregate(_aggregate)
_LACKING = {
    "SHA1 SHA FUNC_SHA1": "PostgreSQL has no SHA-1; use SHA2(text, 256)",
    "SOUNDEX DIFFERENCE": "PostgreSQL has no SOUNDEX; ask the files instead of what was loaded",
    "CHECKSUM MURMUR3_32_HASH FARMHASH64": "no other database gives the same number",
    "COLLATE": "a collation of a value is not translated; compare by LOWER(text)",
    "OBJECT_TRANSFORM LOWER_ATTRIBUTE_NAMES UPPER_ATTRIBUTE_NAMES": "it is Redshift's own; name the members",
    "HLL HLL_CREATE_SKETCH HLL_CARDINALITY HLL_COMBINE": "PostgreSQL has none; use COUNT(DISTINCT ...)",
}
"""Functions that PostgreSQL has nothing for, and what mends it."""


def _refusals(reasons: Mapping[str, str]) -> Rewrites:
    return {
        name: refuse(f"{name}() is not translated: {reason}")
        for names, reason in reasons.items()
        for name in names.split()
    }


def _reshape(tree: exp.Expr, tables: TypedTables) -> exp.Expr:
    super_in_postgres.unnest(tree)
    return reshape(tree, tables)


IN_POSTGRES = Forms(_reshape, super_in_postgres.fit)
TO_POSTGRES: Rewrites = {
    **NO_PARAMETERS,
    **OWN_HASHES,
    **_refusals(_LACKING),
    **dict.fromkeys((exp.Avg, exp.Filter, "RATIO_TO_REPORT"), _AGGREGATES),
    exp.Window: windows(_AGGREGATES),
    exp.GroupConcat: list_of_texts,
    exp.WithinGroup: ordered_list,
    exp.ApproxDistinct: postgres("count(DISTINCT :this)"),
    exp.ApproxQuantile: postgres("percentile_disc(:quantile) WITHIN GROUP (ORDER BY :this)"),
    exp.Median: _median,
    **NUMBERS,
    **DATES,
    **TEXTS,
    **SUPER_FUNCTIONS,
}
"""Node by node; `IN_POSTGRES` is of whole queries."""
