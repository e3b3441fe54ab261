"""BigQuery's CREATE TABLE."""

import re
from functools import partial

from sqlglot import exp
from sqlglot.dialects.bigquery import BigQuery

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, cluster_by, no_identity
from dw_simulator.plugins.dialects.ddl.defaults import NOW
from dw_simulator.plugins.dialects.ddl.table_head import Folding
from dw_simulator.plugins.dialects.ddl.type_names import INTERVALS, JSON_SORTS, WELL_KNOWN_TEXT
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect, later

# every integer type is INT64 there, under many names
TYPES = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "BIGINT"), "BIGINT"),
    "DECIMAL": "DECIMAL(*38,9)",
    "BIGDECIMAL": "DECIMAL(*38,18)",
    "DOUBLE": "DOUBLE",
    "TEXT": "STRING(*)",
    "BINARY": "BYTES(*)",
    "TIMESTAMP": "TIMESTAMP",
    "TIMESTAMPTZ": "TIMESTAMPTZ",
    # elements and fields have types
    **dict.fromkeys(("ARRAY", "STRUCT"), ""),
}
NAMES = {
    "boolean": "BOOL",
    **dict.fromkeys(("integer 8", "integer 16", "integer 32", "integer 64"), "INT64"),
    "decimal": "NUMERIC({precision},{scale})",
    "decimal wide": "BIGNUMERIC({precision},{scale})",
    "float 32": "FLOAT64",
    "float 64": "FLOAT64",
    "char": "STRING({length})",
    "varchar": "STRING({length})",
    "date": "DATE",
    "time": "TIME",
    "time zoned": "TIME",
    "timestamp": "DATETIME",
    "timestamp zoned": "TIMESTAMP",
    "binary": "BYTES({length})",
    "uuid": "STRING(36)",
    **dict.fromkeys(JSON_SORTS, "JSON"),
    **dict.fromkeys(WELL_KNOWN_TEXT, "GEOGRAPHY"),
    **dict.fromkeys(INTERVALS, "INTERVAL"),
    "notation date range": "RANGE<DATE>",
    "notation timestamp range": "RANGE<DATETIME>",
    "notation timestamptz range": "RANGE<TIMESTAMP>",
    **dict.fromkeys(("nested list", "nested vector"), "ARRAY<{element}>"),
    # no array has arrays there
    **dict.fromkeys(("nested list list", "nested list vector", "nested vector list"), "JSON"),
    "nested struct": "STRUCT<{fields}>",
    "text": "STRING",
    "quote": "`",
}
MOST_CLUSTERED = 4


def described(text: str) -> exp.Expr:
    """OPTIONS (description='...'), of a table or a column."""
    return exp.Property(this=exp.var("description"), value=exp.Literal.string(text))


MARKS = (
    r"int64|float64|bignumeric|struct\s*<|array\s*<|options\s*\(|bytes|geography|not enforced|"
    r"partition by|cluster by(?! ?\(| auto)|create or replace|bool|string|_table_suffix|range_bucket|unnest"
)

dialect = SqlDialect(
    DdlWords(
        name="bigquery",
        sqlglot=BigQuery,
        names=NAMES,
        kept=re.compile("STRING|BYTES"),
        identity=no_identity,
        clauses=partial(cluster_by, most=MOST_CLUSTERED),
        collation=exp.Literal.string,
        unsaid=(exp.CurrentUser,),
        now={**NOW, "timestamp": exp.CurrentDatetime},
        says=frozenset({"late references", "sort_key"}),
        key_options=("NOT ENFORCED",),
        table_comment=described,
        column_comment=lambda text: exp.Properties(expressions=[described(text)]),
        most_sorted=MOST_CLUSTERED,
        longest_name=300,
        unfit=re.compile(r'[!"$()*,./;?@\[\\\]^`{}~\x00-\x1f]'),
    ),
    TYPES,
    later("dw_simulator.plugins.loadpacks.bigquery:loader"),
    like_escape="\\",
    marks=MARKS,
    folding=Folding(dotted=True),
)
