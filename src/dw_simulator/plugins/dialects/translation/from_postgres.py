"""What PostgreSQL says differently from DuckDB."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.aggregate_rewrites import within_group
from dw_simulator.plugins.dialects.translation.date_formats import POSTGRES_LETTERS
from dw_simulator.plugins.dialects.translation.date_rewrites import FRACTIONS, extracted, written_by
from dw_simulator.plugins.dialects.translation.interval_rewrites import interval_as_text
from dw_simulator.plugins.dialects.translation.moment_texts import moment_in_quotes
from dw_simulator.plugins.dialects.translation.number_rewrites import (
    bare_numeric,
    casts,
    cut,
    quotient_to_whole,
    round_postgres,
    without_blanks,
)
from dw_simulator.plugins.dialects.translation.postgres_forms import IN_DUCKDB
from dw_simulator.plugins.dialects.translation.postgres_functions import FUNCTIONS, MADE, bytes_in_hex
from dw_simulator.plugins.dialects.translation.query_translation import QueryWords
from dw_simulator.plugins.dialects.translation.rewriting import Rewrites, as_it_stands, duckdb, refuse
from dw_simulator.plugins.dialects.translation.shared_rewrites import COUNTED_FROM_THE_LEFT, NO_PARAMETERS
from dw_simulator.plugins.dialects.translation.text_rewrites import similar, similar_escape

_CASTS = (
    *(bare_numeric, moment_in_quotes, quotient_to_whole, without_blanks, interval_as_text),
    *(bytes_in_hex, cut),
)
TO_DUCKDB: Rewrites = {
    **NO_PARAMETERS,
    exp.Round: round_postgres,
    exp.Format: refuse("format() of PostgreSQL is not translated; put the parts together with ||"),
    exp.Hex: duckdb("lower(hex(:this))"),
    **casts(
        bare_numeric, moment_in_quotes, quotient_to_whole, without_blanks, interval_as_text, bytes_in_hex, cut
    ),
    exp.SimilarTo: similar,
    exp.Escape: similar_escape,
    **COUNTED_FROM_THE_LEFT,
    **FUNCTIONS,
    **MADE,
    exp.WithinGroup: within_group,
    exp.Extract: extracted(FRACTIONS),
    "TO_CHAR": written_by(POSTGRES_LETTERS),
    "REGEXP_REPLACE": duckdb("regexp_replace(:a, :b, :c)", "regexp_replace(:a, :b, :c, :d)"),
}

AS_WRITTEN: Rewrites = dict.fromkeys(
    """array_sort btrim ceiling char_length character_length date_add date_bin date_part date_trunc
    json_extract_path json_extract_path_text log10 ltrim mod now pow regexp_like rtrim strpos substr to_hex
    variance""".upper().split(),
    as_it_stands,
)
"""Functions that sqlglot would call otherwise, by which columns are named and types are others."""

QUERIES = QueryWords(
    {"duckdb": TO_DUCKDB, "postgres": AS_WRITTEN},
    forms={"duckdb": IN_DUCKDB},
    coerces="""
dpipe (array, any): any any
dpipe (any, array): any any
""",
)
"""What its queries need to be told to other databases."""
