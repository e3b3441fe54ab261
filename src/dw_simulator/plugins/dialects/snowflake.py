"""Snowflake's CREATE TABLE."""

from sqlglot.dialects.snowflake import Snowflake

from dw_simulator.plugins.dialects.ddl import Ddl, read_ddl

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


def read(sql: str) -> Ddl:
    """Read Snowflake DDL."""
    return read_ddl(sql, Snowflake, TYPES)
