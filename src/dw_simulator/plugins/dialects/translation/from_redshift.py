"""What Redshift says differently from DuckDB and PostgreSQL."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.aggregate_rewrites import (
    listagg,
    ordered_listagg,
    whole_averages,
)
from dw_simulator.plugins.dialects.translation.date_formats import POSTGRES_LETTERS
from dw_simulator.plugins.dialects.translation.date_rewrites import (
    EPOCHS_POSTGRES,
    date_diff_postgres,
    extracted,
    next_day_postgres,
    written_by,
)
from dw_simulator.plugins.dialects.translation.number_rewrites import (
    casts,
    cut,
    default_digits,
    quotient_to_whole,
    strtol,
    without_blanks,
)
from dw_simulator.plugins.dialects.translation.query_rewrites import star
from dw_simulator.plugins.dialects.translation.query_translation import QueryWords
from dw_simulator.plugins.dialects.translation.redshift_functions import FUNCTIONS
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrites,
    aggregate,
    as_it_stands,
    duckdb,
    parsed,
    postgres,
)
from dw_simulator.plugins.dialects.translation.shared_rewrites import (
    COUNTED_FROM_THE_LEFT,
    NO_PARAMETERS,
    OWN_HASHES,
    WAREHOUSES_TO_DUCKDB,
)
from dw_simulator.plugins.dialects.translation.text_rewrites import initcap

_DECIMAL = default_digits(18, 0)
_AGGREGATES = aggregate(whole_averages(parsed(":total // :count", "duckdb")))
_AGGREGATES_POSTGRES = aggregate(whole_averages(parsed(":total / :count", "postgres")))

TO_DUCKDB: Rewrites = {
    **WAREHOUSES_TO_DUCKDB,
    **COUNTED_FROM_THE_LEFT,
    **casts(_DECIMAL, quotient_to_whole, without_blanks, cut),
    exp.Avg: _AGGREGATES,
    exp.Filter: _AGGREGATES,
    exp.Window: _AGGREGATES,
    exp.GroupConcat: listagg,
    exp.CurrentTimestamp: duckdb("now() AT TIME ZONE 'UTC'"),
    "TO_CHAR": written_by(POSTGRES_LETTERS),
    **FUNCTIONS,
    "INITCAP": initcap("[[:alnum:]]+|[^[:alnum:]]+"),
    "MONTHS_BETWEEN": duckdb(
        """CASE WHEN day(:a) = day(:b)
             OR (last_day(:a) = CAST(:a AS DATE) AND last_day(:b) = CAST(:b AS DATE))
             THEN datediff('month', :b, :a)
             ELSE datediff('month', :b, :a) + (epoch(:a - date_trunc('month', :a))
               - epoch(:b - date_trunc('month', :b))) / 2678400.0 END"""
    ),
    "ADD_MONTHS": duckdb(
        """CASE WHEN last_day(:a) = CAST(:a AS DATE)
             THEN last_day(:a + to_months(:b)) + (:a - date_trunc('day', :a))
             ELSE :a + to_months(:b) END"""
    ),
    "STRTOL": strtol,
}

TO_POSTGRES: Rewrites = {
    **NO_PARAMETERS,
    **OWN_HASHES,
    **dict.fromkeys((exp.Avg, exp.Filter, exp.Window, "RATIO_TO_REPORT"), _AGGREGATES_POSTGRES),
    **dict.fromkeys(("TO_CHAR", "TO_DATE", "TO_TIMESTAMP", "REGEXP_COUNT"), as_it_stands),
    **casts(_DECIMAL),
    exp.TsOrDsDiff: date_diff_postgres,
    exp.Extract: extracted(EPOCHS_POSTGRES),
    exp.GroupConcat: listagg,
    exp.WithinGroup: ordered_listagg,
    exp.ApproxDistinct: postgres("count(DISTINCT :this)"),
    exp.CurrentTimestamp: postgres("now() AT TIME ZONE 'UTC'"),
    exp.Star: star,
    "GETDATE": postgres("now() AT TIME ZONE 'UTC'"),
    "CONCAT": postgres(":a || :b"),
    "REGEXP_REPLACE": postgres("regexp_replace(:a, :b, '', 'g')", "regexp_replace(:a, :b, :c, 'g')"),
    "REGEXP_SUBSTR": postgres("coalesce(regexp_substr(:a, :b), left(:a, 0))"),
    "JSON_EXTRACT_PATH_TEXT": postgres(
        "CAST(:a AS JSON) ->> :b",
        "CAST(:a AS JSON) -> :b ->> :c",
        "CAST(:a AS JSON) -> :b -> :c ->> :d",
    ),
    "NEXT_DAY": next_day_postgres,
    "LAST_DAY": postgres("CAST(date_trunc('month', :a) + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)"),
    "ADD_MONTHS": postgres(
        """CASE WHEN CAST(:a AS DATE) = CAST(date_trunc('month', :a) + INTERVAL '1 month - 1 day' AS DATE)
             THEN date_trunc('month', :a) + (:b + 1) * INTERVAL '1 month' - INTERVAL '1 day'
             ELSE :a + :b * INTERVAL '1 month' END"""
    ),
}

QUERIES = QueryWords({"duckdb": TO_DUCKDB, "postgres": TO_POSTGRES}, variants=True, folded_steps=True)
"""What its queries need to be told to other databases."""
