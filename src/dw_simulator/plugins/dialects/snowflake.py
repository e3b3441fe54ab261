"""Snowflake's CREATE TABLE."""

import re

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, cluster_by, whole_identity
from dw_simulator.plugins.dialects.ddl.table_head import Folding
from dw_simulator.plugins.dialects.ddl.type_names import USUAL_NAMES, WELL_KNOWN_TEXT
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect, later
from dw_simulator.ports.dialect import WarehouseAddress
from dw_simulator.schema.model import RESERVED_WORDS

# every integer type is NUMBER(38,0) there; BIGINT is the same type under a name that says enough
TYPES = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT", "MEDIUMINT"), "BIGINT"),
    "DECIMAL": "NUMBER(*38,0)",
    "FLOAT": "DOUBLE",
    "DOUBLE": "DOUBLE",
    "TEXT": "VARCHAR(*16777216)",
    "VARCHAR": "VARCHAR(*16777216)",
    "NVARCHAR": "VARCHAR(*16777216)",
    "CHAR": "CHAR(*1)",
    "NCHAR": "CHAR(*1)",
    "TIME": "TIME(*9)",
    "DATETIME": "TIMESTAMP_NTZ(*9)",
    "TIMESTAMP": "TIMESTAMP_NTZ(*9)",
    "TIMESTAMPNTZ": "TIMESTAMP_NTZ(*9)",
    "TIMESTAMPLTZ": "TIMESTAMP_LTZ(*9)",
    "TIMESTAMPTZ": "TIMESTAMP_TZ(*9)",
    "BINARY": "VARBINARY(*8388608)",
    "VARBINARY": "VARBINARY(*8388608)",
}
NAMES = {
    # all whole numbers are NUMBER(38,0); the usual names say which values are meant
    **USUAL_NAMES,
    "decimal": "NUMBER({precision},{scale})",
    "float 32": "DOUBLE",
    "float 64": "DOUBLE",
    "time": "TIME({digits})",
    "time zoned": "TIME({digits})",
    "timestamp": "TIMESTAMP_NTZ({digits})",
    "timestamp zoned": "TIMESTAMP_TZ({digits})",
    "binary": "VARBINARY({length})",
    "uuid": "VARCHAR(36)",
    "json any": "VARIANT",
    "json object": "OBJECT",
    "json array": "ARRAY",
    **dict.fromkeys(WELL_KNOWN_TEXT, "GEOGRAPHY"),
    **dict.fromkeys(("nested list", "nested vector"), "ARRAY({element})"),
    "nested vector float": "VECTOR(FLOAT, {length})",
    "nested vector integer": "VECTOR(INT, {length})",
    "nested vector decimal": "VECTOR(INT, {length})",
    "nested map": "MAP({key}, {value})",
    "nested struct": "OBJECT({fields})",
    "quote": "",
}
LIMITS = {"binary": (8_388_608, "VARBINARY(8388608)")}
_RESERVED = RESERVED_WORDS | set(
    """account connect connection database following gscluster ilike increment issue localtime
    localtimestamp minus of organization regexp rlike row schema sysdate trigger try_cast view whenever
    describe function glob match_recognize notnull partitioned_by returning uncache undrop unnest
    xor""".split()
)
"""Reserved there, or else (from describe on) nothing that sqlglot reads as a name."""


def _quoted(name: str) -> bool:
    """Plain lower-case names stay without quotes.

    Unquoted names become capitals there, and lower case where they are read here: in quotes, they would name
    other tables than those that were read, and not be found by queries that use no quotes.
    """
    return re.fullmatch(r"[a-z_][a-z0-9_$]*", name) is None or name in _RESERVED


MARKS = (
    r"variant|autoincrement|transient|timestamp_(ntz|ltz|tz)|number\s*\(|cluster by\s*\(|"
    r"masking policy|data_retention_time_in_days|copy grants|with tag|file_format|"
    r"create or replace|current_timestamp\(\)|(dynamic|hybrid|event|iceberg) table|target_lag|copy into|"
    r"use (role|warehouse)|create (stage|stream|task|pipe|file format|warehouse|tag)|"
    r"(stage|stream|task|file format|clone)\b|::(string|variant|number)\b|"
    r"lateral flatten|object_construct|parse_json|qualify|identity\s*\(\s*\d+\s*,\s*\d+\s*\)|@\w+|"
    r"(start|increment|comment)\s*=|\w+\.nextval|value:\w+|number\s*\(\s*\d+\s*,\s*\d+\s*\)"
)

dialect = SqlDialect(
    DdlWords(
        name="snowflake",
        sqlglot=Snowflake,
        names=NAMES,
        limits=LIMITS,
        kept=re.compile(r"TIMESTAMP_LTZ(\(\d\))?|GEOMETRY|DECFLOAT|INTERVAL[A-Z0-9() ]*"),
        quoted=_quoted,
        identity=whole_identity,
        generated=lambda tree: exp.ComputedColumnConstraint(this=exp.Paren(this=tree), persisted=False),
        collation=exp.Literal.string,
        unsaid=(exp.SessionUser,),
        clauses=cluster_by,
        says=frozenset({"generated chains", "generated moments", "unique", "late references", "sort_key"}),
        longest_name=255,
    ),
    TYPES,
    later("dw_simulator.plugins.loadpacks.snowflake:loader"),
    length_counts_characters=True,
    asks=later("dw_simulator.plugins.dialects.translation.from_snowflake:QUERIES"),
    warehouse=WarehouseAddress("snowflake_url"),
    marks=MARKS,
    folding=Folding(upper=True),
)
