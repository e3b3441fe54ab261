"""What Snowflake says differently from DuckDB."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.query_forms import Forms
from dw_simulator.plugins.dialects.translation.query_rewrites import unpivot
from dw_simulator.plugins.dialects.translation.query_translation import QueryWords
from dw_simulator.plugins.dialects.translation.rewriting import Rewrites
from dw_simulator.plugins.dialects.translation.shared_rewrites import WAREHOUSES_TO_DUCKDB
from dw_simulator.plugins.dialects.translation.snowflake_aggregates import AGGREGATES
from dw_simulator.plugins.dialects.translation.snowflake_casts import CASTS
from dw_simulator.plugins.dialects.translation.snowflake_forms import read_words, rewrite_forms
from dw_simulator.plugins.dialects.translation.snowflake_in_stand_in import IN_STAND_IN, TO_STAND_IN
from dw_simulator.plugins.dialects.translation.snowflake_moments import MOMENTS
from dw_simulator.plugins.dialects.translation.snowflake_numbers import NUMBERS
from dw_simulator.plugins.dialects.translation.snowflake_text import TEXT, capitalized, like
from dw_simulator.plugins.dialects.translation.snowflake_values import VALUES
from dw_simulator.plugins.dialects.translation.text_rewrites import substring_from_end

TO_DUCKDB: Rewrites = {
    **WAREHOUSES_TO_DUCKDB,
    **CASTS,
    **MOMENTS,
    **NUMBERS,
    **TEXT,
    **VALUES,
    **AGGREGATES,
    exp.Like: like,
    exp.ILike: like,
    exp.Pivot: unpivot,
    exp.Substring: substring_from_end,
    "INITCAP": capitalized,
}
COERCES = """
dateadd timeadd timestampadd datediff timediff timestampdiff date_part (any): any
left right repeat (any, bigint): text int
lpad rpad (any, bigint): text int
round trunc truncate (text): double
abs ceil floor sqrt exp ln sign (text): double
power pow mod (text, text): double double
power pow (text, any): double any
neg (text): double
add sub mul div mod (text, text): double double
add sub mul div mod (text, number): double any
add sub mul div mod (number, text): any double
add sub (text, interval): moment any
eq neq gt gte lt lte (text, number): double any
eq neq gt gte lt lte (number, text): any double
eq neq gt gte lt lte (timestamptz, text): any timestamptz
eq neq gt gte lt lte (text, timestamptz): timestamptz any
eq neq gt gte lt lte (timestamptz, timestamp): any timestamptz
eq neq gt gte lt lte (timestamp, timestamptz): timestamptz any
eq neq gt gte lt lte (text, moment): moment any
eq neq gt gte lt lte (moment, text): any moment
eq neq (boolean, text): any boolean
eq neq (text, boolean): boolean any
between (timestamptz, text, text): any timestamptz timestamptz
between (moment, text, text): any moment moment
between (number, text, text): any double double
soundex edit_distance jarowinkler_similarity (any, any): text text
soundex strtok split strtok_to_array parse_url ascii unicode (any): text
concat_ws (any, any, any): text text text
sum avg (text): double
"""
"""What it casts by itself beside what all warehouses do."""

QUERIES = QueryWords(
    {"duckdb": TO_DUCKDB, "snowflake": TO_STAND_IN},
    coerces=COERCES,
    capitals=True,
    variants=True,
    forms={"duckdb": Forms(rewrite_forms, read=read_words), "snowflake": IN_STAND_IN},
)
"""What its queries need to be told to other databases."""
