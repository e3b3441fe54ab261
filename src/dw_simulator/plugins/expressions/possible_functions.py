"""Which functions of DuckDB an expression may come to, and why others are none of them.

Allowed is what gives the same answer for the same row at any time, on any machine, whatever the session's
settings; `error` always fails. What the machine's library of mathematics computes may differ in the last bit
and is rounded.
"""

from collections.abc import Mapping

_OPERATORS = """+ - * / // % || & | << >> ~ ~~ !~~ ~~* !~~* ~~~ ^@ @ -> ->> = != <> < <= > >=
    && @> <@ __between"""
_NUMBERS = """abs ceil ceiling floor round round_even trunc sign sqrt mod fmod fdiv divide gcd lcm
    greatest_common_divisor least_common_multiple greatest least pi degrees radians even factorial
    bit_count xor isnan isinf isfinite
    nullif if ifnull error add subtract multiply width_bucket signbit"""
_TEXT = """upper lower ucase lcase length len char_length character_length strlen octet_length bit_length
    substring substr left right trim ltrim rtrim lpad rpad replace translate reverse repeat concat concat_ws
    contains starts_with ends_with prefix suffix instr strpos position split_part string_split split
    str_split string_to_array ascii chr ord unicode initcap overlay regexp_matches regexp_extract
    regexp_extract_all regexp_full_match regexp_replace regexp_escape regexp_split_to_array
    string_split_regex like_escape not_like_escape ilike_escape not_ilike_escape hex unhex to_hex from_hex bin
    to_base to_base64 from_base64 base64 encode decode md5 sha1 sha256 levenshtein editdist3 hamming
    damerau_levenshtein jaccard jaro_similarity jaro_winkler_similarity format printf strip_accents
    nfc_normalize url_encode url_decode"""
_TIME = """date_add date_sub date_diff datediff datesub date_part datepart date_trunc datetrunc last_day
    make_date make_time make_timestamp make_timestamptz strftime strptime try_strptime
    epoch epoch_ms epoch_us epoch_ns
    year quarter month week day hour minute second millisecond microsecond nanosecond dayofweek dayofmonth
    dayofyear isodow isoyear weekofyear weekday yearweek century decade millennium era dayname monthname
    days_in_month julian timezone time_bucket to_timestamp to_years to_quarters to_months to_weeks to_days
    to_hours to_minutes to_seconds to_milliseconds to_microseconds"""
_NESTED = """list_value list_pack list_extract list_element list_contains list_has list_position list_slice
    list_concat list_cat list_append list_prepend list_distinct list_sum list_min list_max list_count list_zip
    list_sort list_reverse list_transform list_reduce flatten
    list_apply list_filter array_extract array_contains array_to_string array_length array_slice array_value
    range generate_series struct_pack row struct_extract json json_array json_object json_extract
    json_extract_string json_extract_path json_extract_path_text json_value json_array_length json_keys
    json_type json_valid json_exists json_contains json_quote json_merge_patch to_json typeof"""
FAILING = frozenset({"error"})
"""What has no answer that could differ: translations say by it where a warehouse refuses an argument."""
LIBRARY = frozenset(
    """ln log log2 log10 exp pow power ** ^ sin cos tan cot asin acos atan atan2 sinh cosh tanh asinh
    acosh atanh cbrt""".split()
)
"""Those that a library of mathematics computes."""
ALLOWED = frozenset(f"{_OPERATORS} {_NUMBERS} {_TEXT} {_TIME} {_NESTED}".split()) | LIBRARY

_CHANCE = "it gives another value each time; use a rule that draws, such as uniform, in a column of its own"
_CLOCK = (
    "it reads the clock, and values must be the same tomorrow; write the moment as a literal, or as_of(), "
    "which is the experiment's present"
)
_SESSION = "it reads the session or the machine, and values must be the same everywhere"
_COUNTER = "it counts calls, and a value depends on its row alone; use the rule sequence"
_ROWS = "it needs several rows, and an expression sees one"


def _spread(reasons: Mapping[str, str]) -> dict[str, str]:
    return {name: reason for names, reason in reasons.items() for name in names.split()}


REASONS: Mapping[str, str] = _spread(
    {
        """rand random setseed uuid gen_random_uuid generate_uuid uuidv4 uuidv7 uuid_string randstr uniform
        normal zipf""": _CHANCE,
        """now today current_date current_time current_timestamp current_datetime currentdate currenttime
        currenttimestamp currentdatetime localtime localtimestamp current_localtime current_localtimestamp
        getdate sysdate systimestamp get_current_time get_current_timestamp transaction_timestamp
        statement_timestamp clock_timestamp timeofday utc_timestamp utc_date age""": _CLOCK,
        """getenv getvariable current_setting set_config current_user session_user user current_role
        current_schema current_schemas current_database current_catalog current_query version pg_backend_pid
        current_account current_warehouse current_session currentuser currentschema sessionuser
        pg_sleep sleep_ms write_log txid_current pg_typeof stats hash""": _SESSION,
        "nextval currval setval lastval seq1 seq2 seq4 seq8 row_number rank dense_rank": _COUNTER,
        """sum avg min max count any_value first last string_agg listagg array_agg median stddev variance
        approx_distinct group_concat unnest explode""": _ROWS,
    }
)
"""Why well-known functions are not allowed."""
