"""What Redshift says differently from DuckDB; from PostgreSQL: `redshift_in_postgres`."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.aggregate_rewrites import (
    listagg,
    whole_averages,
)
from dw_simulator.plugins.dialects.translation.date_formats import POSTGRES_LETTERS
from dw_simulator.plugins.dialects.translation.date_rewrites import (
    EPOCHS,
    extracted,
    reading,
    written_by,
)
from dw_simulator.plugins.dialects.translation.number_rewrites import (
    casts,
    cut,
    default_digits,
    quotient_to_whole,
    strtol,
)
from dw_simulator.plugins.dialects.translation.query_translation import QueryWords
from dw_simulator.plugins.dialects.translation.redshift_in_postgres import IN_POSTGRES, TO_POSTGRES
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrites,
    aggregate,
    duckdb,
    parsed,
)
from dw_simulator.plugins.dialects.translation.shared_rewrites import (
    COUNTED_FROM_THE_LEFT,
    WAREHOUSES_TO_DUCKDB,
)
from dw_simulator.plugins.dialects.translation.text_rewrites import initcap

_DECIMAL = default_digits(18, 0)
_AGGREGATES = aggregate(whole_averages(parsed(":total // :count", "duckdb")))

TO_DUCKDB: Rewrites = {
    **WAREHOUSES_TO_DUCKDB,
    **COUNTED_FROM_THE_LEFT,
    **casts(_DECIMAL, quotient_to_whole, cut),
    # `//` truncates whole numbers and divides others, as does the warehouse's `/`
    exp.Div: duckdb(":this // :expression"),
    exp.Avg: _AGGREGATES,
    exp.Filter: _AGGREGATES,
    exp.Window: _AGGREGATES,
    exp.GroupConcat: listagg,
    exp.CurrentTimestamp: duckdb("now() AT TIME ZONE 'UTC'"),
    "GETDATE": duckdb("now() AT TIME ZONE 'UTC'"),
    "TO_CHAR": written_by(POSTGRES_LETTERS),
    "TO_DATE": reading("CAST(strptime(:a, :b) AS DATE)", "CAST(:a AS DATE)"),
    "TO_TIMESTAMP": reading("strptime(:a, :b) AT TIME ZONE 'UTC'", "CAST(:a AS TIMESTAMPTZ)"),
    "REGEXP_SUBSTR": duckdb(
        "regexp_extract(:a, :b)",
        "regexp_extract(substr(:a, :c), :b)",
        """CASE WHEN :a IS NOT NULL
             THEN coalesce(list_extract(regexp_extract_all(substr(:a, :c), :b), :d), '') END""",
    ),
    "JSON_EXTRACT_ARRAY_ELEMENT_TEXT": duckdb("CAST(:a AS JSON) ->> CAST(:b AS BIGINT)"),
    "IS_VALID_JSON": duckdb("json_valid(:a)"),
    "JSON_PARSE": duckdb("CAST(:a AS JSON)"),
    "JSON_SERIALIZE": duckdb("CAST(:a AS VARCHAR)"),
    "DLOG10": duckdb("log10(:a)"),
    "FUNC_SHA1": duckdb("sha1(:a)"),
    "DATE_CMP": duckdb("CAST(sign(CAST(:a AS DATE) - CAST(:b AS DATE)) AS INTEGER)"),
    "OCTET_LENGTH": duckdb("octet_length(encode(:a))"),
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
    exp.Extract: extracted(EPOCHS),
}

QUERIES = QueryWords(
    {"duckdb": TO_DUCKDB, "postgres": TO_POSTGRES},
    forms={"postgres": IN_POSTGRES},
    variants=True,
    folded_steps=True,
)
"""What its queries need to be told to other databases."""
