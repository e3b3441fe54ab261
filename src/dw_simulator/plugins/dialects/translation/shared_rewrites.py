"""What several warehouses say differently from DuckDB."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.aggregate_rewrites import (
    count_of_several,
    median,
    plain_aggregate,
    within_group,
)
from dw_simulator.plugins.dialects.translation.number_rewrites import round_decimal
from dw_simulator.plugins.dialects.translation.query_rewrites import asof_join
from dw_simulator.plugins.dialects.translation.rewriting import Rewrite, Rewrites, aggregate, duckdb, refuse
from dw_simulator.plugins.dialects.translation.text_rewrites import (
    back_references,
    like,
    similar,
    similar_escape,
    substring,
)


def _no_hash(name: str) -> Rewrite:
    return refuse(f"{name}() of the warehouse is its own; no other database gives the same number")


_PARAMETERS = refuse("a query with parameters is not translated; write the values into it")
_NO_CODES: Rewrites = {
    exp.UnicodeString: refuse("U&'...' is not translated; write the characters themselves")
}
NO_PARAMETERS: Rewrites = {**dict.fromkeys((exp.Parameter, exp.Placeholder), _PARAMETERS), **_NO_CODES}
OWN_HASHES: Rewrites = {
    name: _no_hash(name)
    for name in ("HASH", "HASH_AGG", "FNV_HASH", "FARMFINGERPRINT64", "CHECKSUM", "MURMUR3_32_HASH")
}
COUNTED_FROM_THE_LEFT: Rewrites = {
    exp.Like: like,
    exp.ILike: like,
    exp.Substring: substring,
}

WAREHOUSES_TO_DUCKDB: Rewrites = {
    **OWN_HASHES,
    exp.Window: aggregate(plain_aggregate),
    exp.Median: median,
    exp.WithinGroup: within_group,
    exp.Round: round_decimal,
    exp.Count: count_of_several,
    "RATIO_TO_REPORT": aggregate(plain_aggregate),
    "CONCAT": duckdb(":a || :b", ":a || :b || :c", ":a || :b || :c || :d"),
    "STRTOK": duckdb(
        "list_extract(regexp_extract_all(:a, '[^ ]+'), 1)",
        "list_extract(regexp_extract_all(:a, '[^' || regexp_escape(:b) || ']+'), 1)",
        "list_extract(regexp_extract_all(:a, '[^' || regexp_escape(:b) || ']+'), :c)",
    ),
    exp.SimilarTo: similar,
    exp.Escape: similar_escape,
    exp.Join: asof_join,
    **NO_PARAMETERS,
    "REGEXP_REPLACE": back_references,
}
