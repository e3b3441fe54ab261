"""CREATE TABLE as the SQL standard has it, for warehouses that have no dialect here."""

import re

from sqlglot.dialects.dialect import Dialect
from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, generated_always
from dw_simulator.plugins.dialects.ddl.respelled import respelled
from dw_simulator.plugins.dialects.ddl.type_names import JSON_SORTS, SPANS, USUAL_NAMES
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect

TYPES = {
    "INT": "INTEGER",
    "TEXT": "CLOB(*)",
    "VARCHAR": "VARCHAR(*)",
    "CHAR": "CHAR(*1)",
    "NCHAR": "CHAR(*1)",
    "DECIMAL": "NUMERIC(*18,0)",
    "NVARCHAR": "VARCHAR(*)",
    "FLOAT": "FLOAT(*)",
    "DOUBLE": "DOUBLE PRECISION",
    "VARBINARY": "VARBINARY(*)",
    "BINARY": "BINARY(*1)",
    "BLOB": "BLOB(*)",
    "TIMESTAMP(6)": "TIMESTAMP",
    "TIMESTAMPTZ/0": "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMPTZ(6)": "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMPTZ": "TIMESTAMP(*) WITH TIME ZONE",
    "TIMETZ/0": "TIME WITH TIME ZONE",
    "TIMETZ": "TIME(*) WITH TIME ZONE",
    **dict.fromkeys(("ARRAY", "MAP", "STRUCT"), ""),
}
NAMES = {
    **USUAL_NAMES,
    "time": "TIME{seconds}",
    "time zoned": "TIME{seconds} WITH TIME ZONE",
    "timestamp": "TIMESTAMP{seconds}",
    "timestamp zoned": "TIMESTAMP{seconds} WITH TIME ZONE",
    "binary": "VARBINARY({length})",
    "uuid": "CHAR(36)",
    **dict.fromkeys(JSON_SORTS, "JSON"),
    "notation xml": "XML",
    **SPANS,
    "nested list": "{element} ARRAY",
    "nested vector": "{element} ARRAY[{length}]",
    "nested struct": "ROW({fields})",
    "text": "CLOB",
}

dialect = SqlDialect(
    DdlWords(
        name="ansi",
        sqlglot=respelled(Dialect, REAL=None, BLOB=TokenType.BLOB),
        names=NAMES,
        kept=re.compile(
            r"N?CLOB(\(\d+\))?|BLOB(\(\d+\))?|BINARY\(\d+\)|FLOAT(\(\d+\))?|"
            r"DECFLOAT(\(\d+\))?|INTERVAL[A-Z0-9() ,]*"
        ),
        generated=generated_always,
        longest_name=128,
    ),
    TYPES,
    by_marks_alone=True,
)
