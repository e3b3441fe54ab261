"""Which functions a query may call, warehouse by warehouse: those of its documentation that only compute.

What is on no list is refused. None of these runs text as SQL, reads files, settings or the catalogue, tells
of the server or its users, waits, or changes anything. Functions that the grammar has words for, as EXTRACT,
are on the lists, too.
"""

from collections.abc import Mapping

_POSTGRES = """
    abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling cos cosd
    cosh cot
    cotd degrees div erf erfc exp factorial floor gamma gcd lcm lgamma ln log log10 min_scale mod pi
    pow power
    radians random random_normal round scale sign sin sind sinh sqrt tan tand tanh trim_scale trunc
    width_bucket
    ascii bit_length btrim casefold char_length character_length chr concat concat_ws crc32 crc32c format
    initcap left length lower lpad ltrim md5 normalize octet_length overlay parse_ident position
    quote_ident
    quote_literal quote_nullable regexp_count regexp_instr regexp_like regexp_match regexp_matches
    regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right
    rpad rtrim split_part starts_with string_to_array string_to_table strpos substr substring
    to_ascii to_bin
    to_hex to_oct translate trim unistr upper is_normalized unicode_assigned
    bit_count convert convert_from convert_to decode encode get_bit get_byte set_bit set_byte sha224
    sha256
    sha384 sha512
    all age clock_timestamp current_date current_time current_timestamp date_add date_bin date_part
    date_subtract date_trunc extract isfinite justify_days justify_hours justify_interval localtime
    localtimestamp make_date make_interval make_time make_timestamp make_timestamptz now overlaps
    statement_timestamp timeofday timezone to_char to_date to_number to_timestamp transaction_timestamp
    enum_first enum_last enum_range
    abbrev broadcast family host hostmask inet_merge inet_same_family masklen netmask network set_masklen
    macaddr8_set7bit
    area box center circle diagonal diameter height isclosed isopen length line lseg npoints path pclose
    point polygon popen radius slope width bound_box
    array_agg array_append array_cat array_dims array_fill array_length array_lower array_ndims
    array_position array_positions array_prepend array_remove array_replace array_reverse array_sample
    array_shuffle array_sort array_to_string array_upper cardinality trim_array unnest
    array_to_json json json_array json_array_elements json_array_elements_text json_array_length
    json_arrayagg json_agg json_agg_strict json_build_array json_build_object json_each json_each_text
    json_exists json_extract_path json_extract_path_text json_object json_object_agg
    json_object_agg_strict
    json_object_agg_unique json_object_agg_unique_strict json_object_keys json_objectagg
    json_populate_record
    json_populate_recordset json_query json_scalar json_serialize json_strip_nulls json_table
    json_to_record json_to_recordset json_typeof json_value row_to_json to_json to_jsonb jsonb_agg
    jsonb_agg_strict jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array
    jsonb_build_object jsonb_each jsonb_each_text jsonb_exists jsonb_exists_any jsonb_exists_all
    jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_agg
    jsonb_object_agg_strict jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz jsonb_path_match
    jsonb_path_match_tz jsonb_path_query jsonb_path_query_array jsonb_path_query_array_tz
    jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record
    jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record
    jsonb_to_recordset jsonb_typeof
    any_value avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp every max
    min mode
    percentile_cont percentile_disc range_agg range_intersect_agg regr_avgx regr_avgy regr_count
    regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp
    string_agg sum
    var_pop var_samp variance grouping
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
    daterange int4range int8range isempty lower_inc lower_inf multirange numrange range_merge tsrange
    tstzrange upper_inc upper_inf datemultirange int4multirange int8multirange nummultirange tsmultirange
    tstzmultirange
    generate_series generate_subscripts
    array_to_tsvector numnode phraseto_tsquery plainto_tsquery querytree setweight strip to_tsquery
    to_tsvector ts_delete ts_filter ts_headline ts_rank ts_rank_cd tsquery_phrase tsvector_to_array
    websearch_to_tsquery
    coalesce exists greatest least nullif num_nonnulls num_nulls pg_typeof row
    gen_random_uuid uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7
    bit bool bpchar date float4 float8 int2 int4 int8 interval numeric text time timestamp timestamptz
    timetz varbit varchar
"""
_REDSHIFT = """
    any_value approximate approximate_percentile_disc avg count listagg max median min percentile_cont
    percentile_disc stddev_samp stddev_pop stddev sum var_samp var_pop variance approx_count_distinct
    array array_concat array_flatten get_array_length split_to_array subarray array_contains
    array_distinct
    array_except array_intersection array_position array_positions array_sort array_union
    arrays_overlap
    bit_and bit_or bool_and bool_or
    case coalesce decode greatest least nvl nvl2 nullif iff isnull zeroifnull
    add_months at convert_timezone current_date date_cmp date_cmp_timestamp date_cmp_timestamptz
    date_part_year
    dateadd datediff date_part date_trunc extract getdate interval_cmp last_day months_between
    next_day sysdate
    timeofday timestamp_cmp timestamp_cmp_date timestamp_cmp_timestamptz timestamptz_cmp
    timestamptz_cmp_date
    pgdate_part dsqrt
    timestamptz_cmp_timestamp timezone to_timestamp trunc date_diff date_add datepart dayofweek day
    month year
    hour minute second week quarter
    checksum farmfingerprint64 fnv_hash func_sha1 md5 sha sha1 sha2 murmur3_32_hash
    hll hll_create_sketch hll_cardinality hll_combine hll_combine_sketches
    can_json_parse is_valid_json is_valid_json_array json_array_length json_extract_array_element_text
    json_extract_path_text json_parse json_serialize json_serialize_to_varbyte json_size json_typeof
    abs acos asin atan atan2 cbrt ceiling ceil cos cot degrees dexp dlog1 dlog10 exp floor ln log
    mod pi power
    pow radians random round sin sign sqrt tan trunc
    decimal_precision decimal_scale is_array is_bigint is_boolean is_char is_decimal is_float is_integer
    is_object is_scalar is_smallint is_varchar object object_transform json_typeof lower_attribute_names
    upper_attribute_names
    ascii bpcharcmp btrim bttext_pattern_cmp char_length character_length charindex chr collate
    concat crc32
    difference initcap left right len length lower lpad rpad ltrim octetindex octet_length position
    quote_ident
    quote_literal regexp_count regexp_instr regexp_replace regexp_substr repeat replace replicate reverse
    rtrim soundex split_part strpos strtol substring substr textlen translate trim upper split strtok
    regexp_like text_to_int_alt text_to_numeric_alt
    cast convert to_char to_date to_number try_cast text_to_int_alt
    from_hex from_varbyte getbit to_hex to_varbyte
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank ratio_to_report
    row_number
    addbbox geometrytype h3_boundary h3_center h3_frompoint h3_fromlonglat st_area st_asbinary st_asewkb
    st_asewkt st_asgeojson st_astext st_azimuth st_buffer st_centroid st_contains st_convexhull st_crosses
    st_covers st_coveredby st_dimension st_disjoint st_distance st_distancesphere st_dwithin st_endpoint
    st_envelope st_equals st_exteriorring st_force2d st_geogfromtext st_geogfromwkb st_geohash
    st_geometryn st_geometrytype st_geomfromewkb st_geomfromewkt st_geomfromgeohash st_geomfromgeojson
    st_geomfromtext st_geomfromwkb st_geographyfromtext st_intersection st_intersects st_isclosed
    st_iscollection st_isempty st_issimple st_isvalid st_length st_lengthsphere st_length2d
    st_linefrommultipoint st_makeenvelope st_makeline st_makepoint st_makepolygon st_npoints
    st_numgeometries st_numpoints st_overlaps st_perimeter st_point st_pointn st_polygon st_setsrid
    st_simplify st_srid st_startpoint st_touches st_transform st_union st_within st_x st_xmax st_xmin st_y
    st_ymax st_ymin st_z
"""
_SNOWFLAKE = """
    bitandagg bitoragg bitxoragg is_number regexp_extract_all sys_connect_by_path
    abs acos acosh add_months any_value approximate_jaccard_index approximate_similarity
    approx_count_distinct
    approx_percentile approx_percentile_accumulate approx_percentile_combine approx_percentile_estimate
    approx_top_k approx_top_k_accumulate approx_top_k_combine approx_top_k_estimate array_agg array_append
    array_cat array_compact array_construct array_construct_compact array_contains array_distinct
    array_except
    array_flatten array_generate_range array_insert array_intersection array_max array_min array_position
    array_prepend array_remove array_remove_at array_reverse array_size array_slice array_sort
    array_to_string array_union_agg array_unique_agg arrays_overlap arrays_to_object arrays_zip
    as_array as_binary
    as_boolean as_char as_date as_decimal as_double as_integer as_number as_object as_real as_time
    as_timestamp_ltz as_timestamp_ntz as_timestamp_tz as_varchar ascii asin asinh atan atan2 atanh avg
    base64_decode_binary base64_decode_string base64_encode bit_length bitand bitand_agg
    bitmap_bit_position bitmap_bucket_number bitmap_construct_agg bitmap_count bitmap_or_agg bitnot bitor
    bitor_agg bitshiftleft bitshiftright bitxor bitxor_agg bit_and bit_andagg bit_and_agg bit_not
    bit_or bit_oragg
    bit_or_agg bit_shiftleft bit_shiftright bit_xor bit_xoragg bit_xor_agg booland booland_agg boolnot
    boolor boolor_agg boolxor boolxor_agg case cast cbrt ceil ceiling char charindex check_json
    check_xml chr coalesce
    collate collation compress concat concat_ws conditional_change_event conditional_true_event contains
    convert_timezone corr cos cosh cot count count_if covar_pop covar_samp cume_dist current_date
    current_time current_timestamp date date_from_parts date_part date_trunc dateadd datediff
    datefromparts day dayname dayofmonth dayofweek dayofweekiso dayofweek_iso dayofyear decode
    decompress_binary decompress_string degrees dense_rank div0 div0null editdistance endswith
    equal_null exp extract factorial filter first_value flatten floor generator get get_ignore_case
    get_path getbit getdate greatest greatest_ignore_nulls grouping grouping_id hash hash_agg
    haversine hex_decode_binary
    hex_decode_string hex_encode hll hll_accumulate hll_combine hll_estimate hll_export hll_import hour
    iff ifnull ilike in initcap insert is_array is_binary is_boolean is_char is_date is_date_value
    is_decimal
    is_double is_integer is_null_value is_object is_real is_time is_timestamp_ltz is_timestamp_ntz
    is_timestamp_tz is_varchar jarowinkler_similarity json_extract_path_text kurtosis lag last_day
    last_value lead least least_ignore_nulls left length len like listagg ln localtime localtimestamp log
    lower lpad ltrim map_cat map_contains_key map_delete map_insert map_keys map_pick map_size max max_by
    md5 md5_binary md5_hex md5_number_lower64 md5_number_upper64 median min min_by minhash
    minhash_combine minute mod mode month monthname months_between next_day normal nth_value ntile
    nullif nullifzero nvl nvl2 object_agg object_construct object_construct_keep_null object_delete
    object_insert object_keys object_pick octet_length parse_ip parse_json parse_url parse_xml
    percent_rank percentile_cont percentile_disc pi position pow power previous_day quarter radians
    random randstr rank ratio_to_report reduce regexp regexp_count regexp_instr regexp_like regexp_replace
    regexp_substr regexp_substr_all regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
    regr_sxx regr_sxy regr_syy regr_valx regr_valy repeat replace reverse right rlike round row_number
    rpad rtrim rtrimmed_length search search_ip second seq1 seq2 seq4 seq8 sha1 sha1_binary sha1_hex
    sha2 sha2_binary
    sha2_hex sign sin sinh skew soundex soundex_p123 space split split_part split_to_table sqrt square
    st_area st_asewkb st_asewkt st_asgeojson st_astext st_aswkb st_aswkt st_asbinary st_azimuth
    st_buffer st_centroid
    st_collect st_contains st_coveredby st_covers st_difference st_dimension st_disjoint st_distance
    st_dwithin st_endpoint st_envelope st_geogfromgeohash st_geogpointfromgeohash st_geographyfromtext
    st_geographyfromwkb st_geographyfromwkt st_geogfromtext st_geogfromwkb st_geogfromwkt st_geohash
    st_geometryfromwkb st_geometryfromwkt st_geometryfromtext st_geomfromgeohash st_geompointfromgeohash
    st_geompoint st_hausdorffdistance st_interpolate st_intersection st_intersection_agg st_intersects
    st_isvalid st_length st_makegeompoint st_makeline st_makepoint st_makepolygon st_makepolygonoriented
    st_npoints st_numpoints st_perimeter st_point st_pointn st_polygon st_setsrid st_simplify
    st_srid st_startpoint
    st_symdifference st_transform st_union st_union_agg st_within st_x st_xmax st_xmin st_y st_ymax
    st_ymin
    startswith stddev stddev_pop stddev_samp strip_null_value strtok strtok_split_to_table
    strtok_to_array substr substring sum sysdate systimestamp tan tanh time time_from_parts
    time_slice timeadd
    timediff timefromparts timestamp timestamp_from_parts timestamp_ltz_from_parts
    timestamp_ntz_from_parts
    timestamp_tz_from_parts timestampadd timestampdiff timestampfromparts timestamp_ntzfromparts
    timestamp_ltzfromparts timestamp_tzfromparts to_array to_binary to_boolean to_char to_date to_decfloat
    to_decimal to_double to_geography to_geometry to_json to_number to_numeric to_object to_time
    to_timestamp to_timestamp_ltz to_timestamp_ntz to_timestamp_tz to_varchar to_variant to_xml transform
    translate trim trunc truncate truncate_number try_base64_decode_binary try_base64_decode_string
    try_cast
    try_hex_decode_binary try_hex_decode_string try_parse_json try_to_binary try_to_boolean try_to_date
    try_to_decfloat try_to_decimal try_to_double try_to_geography try_to_geometry try_to_number
    try_to_numeric try_to_time
    try_to_timestamp try_to_timestamp_ltz try_to_timestamp_ntz try_to_timestamp_tz typeof unicode uniform
    unnest upper uuid_string values var_pop var_samp variance variance_pop variance_samp
    vector_cosine_similarity
    vector_inner_product vector_l1_distance vector_l2_distance week weekiso week_iso weekofyear
    width_bucket xmlget
    year yearofweek yearofweekiso zeroifnull zipf h3_cell_to_boundary h3_cell_to_children
    h3_cell_to_parent
    h3_cell_to_point h3_get_resolution h3_grid_disk h3_grid_distance h3_int_to_string h3_latlng_to_cell
    h3_latlng_to_cell_string h3_point_to_cell h3_point_to_cell_string h3_string_to_int
    match_number match_sequence_number classifier prev next first last isnull instr div exists row
"""

FUNCTIONS: Mapping[str, frozenset[str]] = {
    "postgres": frozenset(_POSTGRES.split()),
    "redshift": frozenset(f"{_REDSHIFT} {_POSTGRES}".split()),
    "snowflake": frozenset(_SNOWFLAKE.split()),
}
"""By the name of a dialect."""


def _spread(reasons: Mapping[str, str]) -> dict[str, str]:
    return {name: reason for names, reason in reasons.items() for name in names.split()}


REASONS: Mapping[str, str] = _spread(
    {
        """current_setting set_config current_user session_user user current_role current_database
        current_catalog current_schema current_schemas version current_version current_account
        current_account_name current_region current_warehouse current_session current_client
        current_ip_address current_statement current_transaction current_available_roles
        current_secondary_roles current_organization_name current_organization_user inet_client_addr
        inet_client_port inet_server_addr inet_server_port getpgusername pg_backend_pid system_user
        """: "tells of the server, its settings or its users",
        """query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml table_to_xml schema_to_xml
        database_to_xml ts_stat ts_rewrite dblink dblink_exec identifier to_query result_scan
        """: "runs text as SQL, or reads what it names",
        """pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file lo_import lo_export lo_get read_text
        read_csv read_parquet read_json read_blob glob""": "reads files",
        "pg_sleep pg_sleep_for pg_sleep_until system$wait": "waits",
        "nextval setval currval lastval seq_nextval": "counts calls, and changes the sequence",
    }
)
"""Why well-known functions are not on the lists."""
