"""What Redshift says differently from DuckDB; from PostgreSQL: `redshift_in_postgres`."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.aggregate_rewrites import (
    exact_averages,
    listagg,
)
from dw_simulator.plugins.dialects.translation.date_formats import POSTGRES_LETTERS
from dw_simulator.plugins.dialects.translation.date_rewrites import (
    written_by,
)
from dw_simulator.plugins.dialects.translation.interval_rewrites import interval_as_text
from dw_simulator.plugins.dialects.translation.moment_texts import moment_in_quotes
from dw_simulator.plugins.dialects.translation.number_rewrites import (
    casts,
    cut,
    default_digits,
    quotient_to_whole,
    strtol,
    without_blanks,
)
from dw_simulator.plugins.dialects.translation.query_translation import QueryWords
from dw_simulator.plugins.dialects.translation.redshift_forms import IN_DUCKDB
from dw_simulator.plugins.dialects.translation.redshift_functions import FUNCTIONS
from dw_simulator.plugins.dialects.translation.redshift_in_postgres import IN_POSTGRES, TO_POSTGRES
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrites,
    aggregate,
    duckdb,
)
from dw_simulator.plugins.dialects.translation.shared_rewrites import (
    COUNTED_FROM_THE_LEFT,
    WAREHOUSES_TO_DUCKDB,
)
from dw_simulator.plugins.dialects.translation.text_rewrites import initcap

_DECIMAL = default_digits(18, 0)
_AGGREGATES = aggregate(exact_averages)

TO_DUCKDB: Rewrites = {
    **WAREHOUSES_TO_DUCKDB,
    **COUNTED_FROM_THE_LEFT,
    **casts(_DECIMAL, moment_in_quotes, quotient_to_whole, without_blanks, interval_as_text, cut),
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

QUERIES = QueryWords(
    {"duckdb": TO_DUCKDB, "postgres": TO_POSTGRES},
    forms={"duckdb": IN_DUCKDB, "postgres": IN_POSTGRES},
    coerces="""
md5 sha sha1 func_sha1 sha2 crc32 soundex difference octet_length quote_literal (any): text
ts_or_ds_diff (text, text): moment moment
ts_or_ds_diff (any, text): any moment
""",
    variants=True,
    folded_steps=True,
)
"""What its queries need to be told to other databases."""
