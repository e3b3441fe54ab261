"""What Snowflake says differently from DuckDB."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.aggregate_rewrites import empty_listagg
from dw_simulator.plugins.dialects.translation.date_formats import SNOWFLAKE_LETTERS
from dw_simulator.plugins.dialects.translation.date_rewrites import EPOCHS, extracted, reading, written_by
from dw_simulator.plugins.dialects.translation.json_rewrites import (
    array,
    object_with_nulls,
    object_without_nulls,
)
from dw_simulator.plugins.dialects.translation.number_rewrites import casts, cut, number_to_whole
from dw_simulator.plugins.dialects.translation.query_rewrites import unpivot
from dw_simulator.plugins.dialects.translation.query_translation import QueryWords
from dw_simulator.plugins.dialects.translation.rewriting import Rewrites, aggregate, duckdb
from dw_simulator.plugins.dialects.translation.shared_rewrites import WAREHOUSES_TO_DUCKDB
from dw_simulator.plugins.dialects.translation.snowflake_in_stand_in import TO_STAND_IN
from dw_simulator.plugins.dialects.translation.text_rewrites import initcap, regexp_substr, substring_from_end

_AGGREGATES = aggregate(empty_listagg)

TO_DUCKDB: Rewrites = {
    **WAREHOUSES_TO_DUCKDB,
    **casts(number_to_whole, cut),
    # `/` of DuckDB gives infinity for what the warehouse refuses
    exp.Div: duckdb("CAST(:this AS DOUBLE) // :expression"),
    exp.GroupConcat: _AGGREGATES,
    exp.Filter: _AGGREGATES,
    exp.Window: _AGGREGATES,
    "TO_CHAR": written_by(SNOWFLAKE_LETTERS),
    "TO_VARCHAR": written_by(SNOWFLAKE_LETTERS),
    "TO_DATE": reading("CAST(strptime(:a, :b) AS DATE)", "CAST(:a AS DATE)"),
    "TRY_TO_DATE": reading("CAST(try_strptime(:a, :b) AS DATE)", "TRY_CAST(:a AS DATE)"),
    "TO_TIMESTAMP": reading("strptime(:a, :b)", "CAST(:a AS TIMESTAMP)"),
    "TO_TIMESTAMP_NTZ": reading("strptime(:a, :b)", "CAST(:a AS TIMESTAMP)"),
    "REGEXP_SUBSTR": regexp_substr(
        "CASE WHEN regexp_matches(:a, :b) THEN regexp_extract(:a, :b) END",
        "CASE WHEN regexp_matches(substr(:a, :c), :b) THEN regexp_extract(substr(:a, :c), :b) END",
        "list_extract(regexp_extract_all(substr(:a, :c), :b), :d)",
    ),
    "DIV0": duckdb("CASE WHEN :b = 0 THEN 0 ELSE CAST(:a AS DOUBLE) // nullif(:b, 0) END"),
    "DIV0NULL": duckdb("CASE WHEN coalesce(:b, 0) = 0 THEN 0 ELSE CAST(:a AS DOUBLE) // nullif(:b, 0) END"),
    exp.Pivot: unpivot,
    exp.Substring: substring_from_end,
    exp.Extract: extracted(EPOCHS),
    exp.Array: array,
    "OBJECT_CONSTRUCT": object_without_nulls,
    "OBJECT_CONSTRUCT_KEEP_NULL": object_with_nulls,
    "ARRAY_CONTAINS": duckdb("list_contains(CAST(CAST(:b AS JSON) AS JSON[]), to_json(:a))"),
    "BASE64_ENCODE": duckdb("to_base64(encode(:a))"),
    "OBJECT_AGG": duckdb("json_group_object(:a, :b)"),
    "TYPEOF": duckdb(
        """CASE json_type(CAST(:a AS JSON)) WHEN 'VARCHAR' THEN 'VARCHAR' WHEN 'DOUBLE' THEN 'DOUBLE'
             WHEN 'BOOLEAN' THEN 'BOOLEAN' WHEN 'ARRAY' THEN 'ARRAY' WHEN 'OBJECT' THEN 'OBJECT'
             WHEN 'NULL' THEN 'NULL_VALUE' WHEN 'UBIGINT' THEN 'INTEGER' WHEN 'BIGINT' THEN 'INTEGER' END"""
    ),
    "WIDTH_BUCKET": duckdb(
        """CASE WHEN :a < :b THEN 0 WHEN :a >= :c THEN :d + 1
             ELSE CAST(floor((:a - :b) * :d / (:c - :b)) AS INTEGER) + 1 END"""
    ),
    "ARRAY_SIZE": duckdb(
        "CASE WHEN json_type(CAST(:a AS JSON)) = 'ARRAY' THEN json_array_length(CAST(:a AS JSON)) END"
    ),
    "INITCAP": initcap(r"[^\s!?@\"^#$&~_,.:;+\-*%/|\[\](){}<>]+|[\s!?@\"^#$&~_,.:;+\-*%/|\[\](){}<>]+"),
    "OBJECT_KEYS": duckdb("json_keys(CAST(:a AS JSON))"),
}

QUERIES = QueryWords({"duckdb": TO_DUCKDB, "snowflake": TO_STAND_IN}, capitals=True, variants=True)
"""What its queries need to be told to other databases."""
