"""CREATE TABLE as the SQL standard has it, for warehouses that have no dialect here."""

import re

from sqlglot.dialects.dialect import Dialect

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords
from dw_simulator.plugins.dialects.ddl.type_names import JSON_SORTS, USUAL_NAMES
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect

TYPES = {
    "INT": "INTEGER",
    "TEXT": "CLOB",
    "VARCHAR": "VARCHAR(*)",
    "CHAR": "CHAR(*1)",
    "NCHAR": "CHAR(*1)",
    "DECIMAL": "NUMERIC(*18,0)",
    "FLOAT": "FLOAT(*)",
    "DOUBLE": "DOUBLE PRECISION",
    "VARBINARY": "VARBINARY(*)",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "TIMETZ": "TIME WITH TIME ZONE",
    **dict.fromkeys(("ARRAY", "MAP", "STRUCT"), ""),
}
NAMES = {
    **USUAL_NAMES,
    "time zoned": "TIME WITH TIME ZONE",
    "timestamp": "TIMESTAMP{seconds}",
    "timestamp zoned": "TIMESTAMP WITH TIME ZONE",
    "binary": "VARBINARY({length})",
    "uuid": "CHAR(36)",
    **dict.fromkeys(JSON_SORTS, "CLOB"),
    "text": "CLOB",
}

dialect = SqlDialect(
    DdlWords(
        name="ansi",
        sqlglot=Dialect,
        names=NAMES,
        kept=re.compile(r"CLOB|FLOAT(\(\d+\))?"),
        longest_name=128,
    ),
    TYPES,
    by_marks_alone=True,
)
