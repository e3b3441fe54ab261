"""What functions and operators return in each dialect, as tables: name (arguments): result.

    date_trunc (date): timestamptz      a type in the dialect's words
    abs: first                          the type of the first argument, or of the second or last
    coalesce: widest                    the one that holds all arguments
    add mul (exact, exact): exact       a decimal with as many digits as the dialect's arithmetic gives
    concat: joined                      text as long as all arguments together

An argument is a kind of type, or a word for several kinds; arguments behind those that are named may be any.
The first line that fits counts. Functions are called as the dialect does, or as sqlglot does; underscores do
not matter. A dialect has the lines of those that it is made from behind its own, and those of all last.
"""

from collections.abc import Mapping

GROUPS: Mapping[str, tuple[str, ...]] = {
    "whole": ("smallint", "int", "bigint"),
    "exact": ("smallint", "int", "bigint", "decimal"),
    "float": ("real", "double"),
    "number": ("smallint", "int", "bigint", "decimal", "real", "double"),
    "stamp": ("timestamp", "timestamptz"),
    "moment": ("date", "timestamp", "timestamptz"),
    "document": ("json", "jsonb", "variant", "super", "object"),
    "any": (),
}
"""The kinds that a word in a table stands for; none for all."""

COMMON = """
case if iff iif coalesce nvl ifnull isnull nvl2 decode_case greatest least: widest
count count_if regr_count row_number rank dense_rank ntile: bigint
approx_distinct approx_count_distinct hash farm_fingerprint xxhash64 unix_timestamp crc32: bigint
json_array_length array_length cardinality array_size datalength field find_in_set: int
nullif zeroifnull nullifzero div0null ignore_nulls min_by max_by arg_min arg_max mode: first
try_to_date to_date make_date add_months next_day previous_day last_day str_to_date: date
ratio_to_report sign percent_rank cume_dist percentile_cont regr_slope regr_intercept regr_r2: double
log2 log10 atan2 haversine cosine_similarity months_between jaro_winkler_similarity: double
sub (date, date): int
mod: first
add sub mul div mod (float, number): double
add sub mul div mod (number, float): double
add sub mul div (interval, number): interval
mul (number, interval): interval
replace regexp_replace regexp_extract regexp_substr left right lpad rpad pad overlay translate insert: text
split_part listagg string_agg substring_index md5 sha1 sha256 sha2 md5_hex sha1_hex sha2_hex to_hex: text
to_char to_varchar time_to_str date_format format_date format_timestamp format_datetime format: text
strftime quote_ident: text
json_extract_path_text json_value get_json_object json_extract_scalar monthname dayname datename: text
uuid_string newid uuid generate_uuid current_user session_user current_database current_schema version: text
typeof pg_typeof url_encode parse_url host soundex group_concat char replicate stuff: text
parse_json object_construct json_build_object jsonb_build_object json_object json_agg jsonb_agg to_json: json
to_jsonb row_to_json object_agg json_object_agg jsonb_object_agg json_extract array_construct to_variant: json
startswith endswith contains regexp_like rlike regexp_contains starts_with ends_with like_any: boolean
bracket dot json_extract get_path (document): first
is_null_value booland boolor bool_and bool_or every some logical_and logical_or: boolean
"""
"""Of every dialect."""

TABLES: Mapping[str, str] = {
    "Postgres": """
dpipe (array, any): first
dpipe (any, array): last
sub (date, date): int
sub (stamp, moment): interval
sub (moment, stamp): interval
sub add (date, interval): timestamp
add (interval, date): timestamp
add (date, time): timestamp
add (interval, moment): last
sub (time, time): interval
sub add (time, interval): time
add sub mul div mod (whole, whole): widest
add sub mul div mod (exact, exact): exact
timestamp_trunc date_trunc (timestamp): timestamp
timestamp_trunc date_trunc (interval): interval
timestamp_trunc date_trunc: timestamptz
current_timestamp now statement_timestamp transaction_timestamp clock_timestamp: timestamptz
localtimestamp: timestamp
to_timestamp str_to_time unix_to_time make_timestamptz: timestamptz
make_timestamp: timestamp
at_time_zone timezone (timestamp): timestamptz
at_time_zone timezone: timestamp
age make_interval justify_days justify_hours: interval
extract: decimal(10,0)
date_part: double precision
count row_number rank dense_rank: bigint
ntile: int
sum (smallint): bigint
sum (int): bigint
sum avg (exact): exact
sum (real): real
sum avg (float): double precision
avg (interval): interval
stddev stddev_samp stddev_pop variance var_samp variance_pop var_pop (exact): decimal(38,6)
round trunc ceil floor (whole): double precision
round trunc (decimal): rounded
round trunc ceil floor: first
sign (decimal): decimal(38,0)
sqrt cbrt power pow exp ln log (decimal): decimal(38,6)
sqrt cbrt power pow exp ln log: double precision
median percentile_cont (number): double precision
upper lower initcap concat dpipe substring trim ltrim rtrim repeat reverse string_agg group_concat: text
concat_ws chr md5: text
to_number: decimal(38,6)
gen_random_uuid uuid_generate_v4 uuid uuidv7 uuidv4: uuid
random: double precision
string_to_array regexp_split_to_array: text[]
generate_series (moment): timestamptz
generate_series: first
to_tsvector: tsvector
to_json row_to_json json_build_object json_agg json_object_agg: json
to_jsonb jsonb_build_object jsonb_agg jsonb_object_agg: jsonb
""",
    "Redshift": """
sub (stamp, stamp): interval day to second
timestamp_trunc date_trunc (timestamptz): timestamptz
timestamp_trunc date_trunc: timestamp
current_timestamp getdate sysdate: timestamp
now: timestamptz
ts_or_ds_add date_add dateadd add_months (timestamptz): timestamptz
ts_or_ds_add date_add dateadd add_months: timestamp
ts_or_ds_diff date_diff datediff timestamp_diff: bigint
months_between: double precision
convert_timezone: timestamp
extract date_part year month day quarter week hour minute second: int
to_timestamp str_to_time: timestamptz
sum (whole): bigint
avg (whole): bigint
sum avg (decimal): exact
sum avg median (float): double precision
median: first
stddev stddev_samp stddev_pop variance var_samp variance_pop var_pop: double precision
ntile rank dense_rank row_number count approx_distinct: bigint
round trunc (decimal): first
ceil floor (whole): first
sqrt cbrt power pow exp ln log: double precision
upper lower initcap trim ltrim rtrim replace regexp_replace left right substring reverse (text): first
upper lower initcap trim ltrim rtrim replace regexp_replace left right substring reverse: varchar
concat dpipe: joined
md5 sha1 sha func_sha1: varchar(40)
sha2: varchar(128)
listagg group_concat string_agg: varchar(65535)
to_char: varchar(64)
json_parse object array split_to_array get_array_length_text: super
""",
    "DuckDB": """
sub (date, date): bigint
sub (stamp, moment): interval
sub (moment, stamp): interval
sub add (date, interval): timestamp
add (interval, date): timestamp
add (interval, moment): last
add (date, time): timestamp
sub add (time, interval): time
div (number, number): double
add sub mul int_div mod (whole, whole): widest
add sub mul mod (exact, exact): exact
timestamp_trunc date_trunc (date): timestamp
timestamp_trunc date_trunc: first
date_add date_sub dateadd datesub (date, interval): timestamp
date_add date_sub (moment): first
current_timestamp now get_current_timestamp transaction_timestamp: timestamptz
current_date today: date
extract (any): bigint
date_part year month day quarter week day_of_week day_of_year hour minute second: bigint
date_diff datediff timestamp_diff: bigint
epoch julian: double
epoch_ms epoch_us epoch_ns: bigint
make_timestamp strptime str_to_time: timestamp
to_timestamp: timestamptz
age: interval
at_time_zone timezone (timestamp): timestamptz
at_time_zone timezone: timestamp
count approx_distinct row_number rank dense_rank ntile: bigint
count_if: hugeint
sum (whole): hugeint
sum (decimal): exact
sum (float): double
avg (moment): first
avg mean: double
median quantile_cont (whole): double
median quantile quantile_disc: first
round trunc ceil floor (whole): first
round trunc (decimal): rounded
ceil floor (decimal): rounded
round trunc ceil floor: first
sqrt cbrt power pow exp ln log: double
sign: tinyint
uuid gen_random_uuid: uuid
random: double
position instr strpos str_position length len: bigint
string_split split str_split regexp_split_to_array: varchar[]
regexp_extract_all: varchar[]
list_value: list
len array_length list_count: bigint
generate_series range (whole): bigint[]
strftime: varchar
hash: ubigint
chr concat upper lower: varchar
""",
    "Snowflake": """
sub (date, date): number(9,0)
sub (stamp, stamp): interval day to second
add sub mul mod (whole, whole): bigint
add sub mul div mod (exact, exact): exact
sum (whole): bigint
sum avg median (decimal): exact
avg median (whole): exact
percentile_cont percentile_disc: first
sum avg median (float): double
current_timestamp getdate localtimestamp systimestamp now: timestamp_ltz(9)
sysdate: timestamp_ntz(9)
to_timestamp to_timestamp_ntz try_to_timestamp try_to_timestamp_ntz timestamp_from_parts: timestamp_ntz(9)
timestampfromparts timestamp_ntz_from_parts timestampntzfromparts convert_timezone: timestamp_ntz(9)
to_timestamp_ltz try_to_timestamp_ltz: timestamp_ltz(9)
to_timestamp_tz try_to_timestamp_tz: timestamp_tz(9)
to_time time try_to_time time_from_parts timefromparts: time(9)
to_date try_to_date date date_from_parts datefromparts: date
dateadd timeadd timestampadd (any, any, text): timestamp_ntz(9)
dateadd timeadd timestampadd: last
date_trunc (any, moment): last
date_trunc (moment): first
date_trunc (any, text): timestamp_ntz(9)
date_trunc (any, time): last
trunc (moment): first
time_slice (moment): first
time_slice: timestamp_ntz(9)
date_add date_sub timestamp_add ts_or_ds_add (date): first
add sub (moment, interval): first
add sub (moment, number): first
add sub mul div mod (document, any): double
add sub mul div mod (number, document): double
sum avg median (document): double
add (interval, moment): last
trunc truncate round (exact): rounded
trunc truncate round: first
year month day quarter week hour minute second day_of_week day_of_year extract date_part datediff: bigint
week_iso weekofyear day_of_month day_of_week_iso year_of_week year_of_week_iso: bigint
time_diff timestamp_diff: bigint
object_construct parse_json try_parse_json to_variant get_path get json_extract bracket: variant
object_construct_keep_null object_insert object_delete object_pick object_agg parse_url struct: object
array_max array_min strip_null_value reduce get_ignore_case arg_max_of: variant
array_agg array_construct array_construct_compact split array_cat array_unique_agg array: array
array_append array_prepend array_sort array_slice array_distinct array_intersection array_except: array
array_compact array_insert array_remove array_remove_at array_flatten array_generate_range: array
array_reverse strtok_to_array object_keys to_array as_array array_filter transform filter: array
regexp_substr_all regexp_extract_all: array
to_object as_object arrays_to_object: object
array_position array_size regexp_count regexp_instr charindex position editdistance: bigint
jarowinkler_similarity ascii unicode length char_length width_bucket conditional_true_event: bigint
conditional_change_event bitand bitor bitxor bitnot bitshiftleft bitshiftright hll: bigint
array_contains arrays_overlap is_array is_object is_integer is_varchar is_boolean is_null_value: boolean
is_decimal is_double is_char equal_null boolxor boolnot boolxor_agg booland_agg boolor_agg: boolean
as_integer: bigint
as_double as_real: double
as_varchar as_char typeof array_to_string to_json check_json: varchar
as_boolean: boolean
to_number to_decimal to_numeric try_to_number try_to_decimal as_decimal as_number: given
div0 div0null (exact, exact): exact
to_double try_to_double log cbrt square haversine: double
to_boolean try_to_boolean: boolean
to_char to_varchar insert lpad rpad concat_ws strtok soundex space chr char: varchar
base64_encode base64_decode_string hex_encode hex_decode_string dayname monthname: varchar
to_binary try_to_binary: binary
sha1 sha1_hex: varchar(40)
md5 md5_hex: varchar(32)
sha2 sha2_hex: varchar(128)
upper lower initcap trim ltrim rtrim left right substring reverse (text): first
upper lower initcap trim ltrim rtrim left right substring reverse replace regexp_replace: varchar
concat dpipe: joined
random hash seq4 seq8 seq1 seq2 uniform: bigint
uuid uuid_string: varchar(36)
strtok split_part regexp_substr: varchar
zipf: bigint
ceil floor (exact): whole number
ratio_to_report: double
""",
    "BigQuery": """
sub (date, date): interval
sub (stamp, stamp): interval
sub add (date, interval): datetime
add (date, whole): date
sub (date, whole): date
div (whole, whole): float64
div safe_divide (exact, exact): numeric
div safe_divide (number, number): float64
add sub mul mod (whole, whole): int64
add sub mul mod (exact, exact): numeric
sum (whole): int64
sum avg (decimal): numeric
avg (number): float64
date_trunc (stamp): first
date_trunc: date
datetime_trunc timestamp_trunc: first
date_add date_sub datetime_add datetime_sub timestamp_add timestamp_sub: first
current_timestamp timestamp parse_timestamp str_to_time timestamp_seconds timestamp_millis: timestamp
current_datetime datetime parse_datetime ts_or_ds_to_datetime: datetime
parse_date date date_from_unix_date: date
time parse_time current_time: time
extract date_diff datetime_diff timestamp_diff time_diff unix_seconds unix_millis unix_micros: int64
round trunc ceil floor (whole): float64
round trunc ceil floor (decimal): numeric
sqrt exp ln log power pow: float64
concat dpipe string group_concat string_agg: string
farm_fingerprint: int64
generate_uuid uuid: string(36)
to_hex: string
percentile_cont: float64
approx_quantiles array_agg array: list
st_geogpoint st_geogfromtext st_point: geography
parse_numeric: numeric
parse_bignumeric: bignumeric
generate_date_array: array<date>
generate_array: array<int64>
""",
    "Hive": """
sub (date, date): interval day
sub (stamp, moment): interval day to second
sub (moment, stamp): interval day to second
add sub (moment, interval): first
add sub (date, whole): date
int_div: bigint
div (whole, whole): double
div (exact, exact): exact
add sub mul mod (whole, whole): widest
add sub mul mod (exact, exact): exact
sum (whole): bigint
sum avg (decimal): exact
sum avg (number): double
median percentile approx_percentile quantile: double
date_trunc timestamp_trunc: timestamp
trunc: date
date_add date_sub ts_or_ds_add add_months: date
dateadd timestamp_add (date): timestamp
dateadd timestamp_add: first
date_diff datediff ts_or_ds_diff: int
timestamp_diff: bigint
current_timestamp now to_timestamp str_to_time from_utc_timestamp to_utc_timestamp getdate: timestamp
timestamp_seconds timestamp_millis make_timestamp: timestamp
date_part extract year month day quarter week weekofyear hour minute day_of_week day_of_year dayofweek: int
second: int
row_number rank dense_rank ntile: int
count approx_distinct monotonically_increasing_id: bigint
ceil floor (whole): bigint
ceil floor (float): bigint
ceil floor (decimal): whole number
round (decimal): rounded
round bround: first
sign sqrt cbrt exp ln log power pow: double
concat dpipe upper lower trim ltrim rtrim initcap reverse substring md5 sha1 sha2 uuid: string
from_unixtime date_format to_json regexp_extract regexp_replace split_part concat_ws monthname: string
collect_list collect_set array_agg array: list
split: array<string>
sequence: list
to_number try_to_number: decimal(38,0)
try_divide (exact, exact): exact
try_divide: double
parse_json to_variant_object: variant
json_extract (text): string
json_extract: variant
""",
    "TSQL": """
div add sub mul mod (whole, whole): widest
div add sub mul mod (exact, exact): exact
add (text, text): joined
add (text, any): joined
add (any, text): joined
sum avg (smallint): int
sum avg (whole): first
sum avg (decimal): exact
sum avg (float): float
count row_number rank dense_rank ntile: bigint
count: int
current_timestamp getdate getutcdate: datetime
sysdatetime sysutcdatetime: datetime2(7)
sysdatetimeoffset at_time_zone todatetimeoffset: datetimeoffset(7)
date_add dateadd timestamp_trunc date_trunc datetrunc: first
last_day eomonth datefromparts date_from_parts: date
date_diff datediff datepart extract year month day quarter timestamp_diff: int
datediff_big: bigint
datetimefromparts: datetime
datetime2fromparts: datetime2(7)
upper lower trim ltrim rtrim left right substring reverse replace: first
concat dpipe concat_ws: joined
newid uuid: uniqueidentifier
round ceil floor: first
sqrt exp ln log power pow: float
datename format choose: nvarchar(4000)
string_agg group_concat: nvarchar(4000)
rand: float
len length charindex str_position: int
checksum binary_checksum: int
""",
    "MySQL": """
div (whole, whole): quotient
add sub mul mod (whole, whole): bigint
div add sub mul mod (exact, exact): exact
int_div: bigint
sum (whole): decimal(38,0)
sum avg (decimal): exact
avg (whole): exact
sum avg: double
now current_timestamp sysdate localtimestamp from_unixtime utc_timestamp: datetime
date_add date_sub adddate subdate timestamp_add (date): first
date_add date_sub adddate subdate timestamp_add: datetime
date curdate current_date last_day str_to_date: date
datediff date_diff timestamp_diff timestampdiff: bigint
year month day quarter week hour minute second day_of_week day_of_year extract: int
upper lower trim ltrim rtrim left right substring reverse replace: first
concat dpipe concat_ws: joined
date_format time_to_str monthname dayname: varchar(64)
group_concat: text
uuid: varchar(36)
md5: varchar(32)
sha1 sha: varchar(40)
sha2: varchar(128)
round truncate trunc (decimal): rounded
round truncate trunc: first
ceil floor (number): bigint
json_object json_array json_extract json_arrayagg json_objectagg: json
""",
    "Oracle": """
sub (date, date): number(38,6)
sub (stamp, stamp): interval day to second
add sub mul mod (whole, whole): bigint
add sub mul div mod (exact, exact): exact
sum avg (exact): exact
current_timestamp: timestamp with time zone
sysdate current_date: date
systimestamp: timestamp with time zone
to_timestamp: timestamp
to_date add_months last_day trunc (date): date
round trunc (exact): rounded
extract: number(10,0)
to_number: number(38,6)
upper lower trim ltrim rtrim substring replace: first
concat dpipe: joined
to_char: varchar2(64)
""",
}
"""Of each of sqlglot's dialects, by the name of its class."""
