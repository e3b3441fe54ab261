"""What DuckDB says differently from itself: nothing."""

from dw_simulator.plugins.dialects.translation.query_translation import QueryWords

QUERIES = QueryWords({"duckdb": {}})
"""What its queries need to be told to other databases."""
