"""Oracle's CREATE TABLE."""

import re

from sqlglot.dialects.oracle import Oracle
from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, generated_always, whole_identity
from dw_simulator.plugins.dialects.ddl.respelled import respelled
from dw_simulator.plugins.dialects.ddl.table_head import Folding
from dw_simulator.plugins.dialects.ddl.type_names import JSON_SORTS, SPANS, USUAL_NAMES
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect

TYPES = {
    "INT": "NUMBER(38,0)",
    "SMALLINT": "NUMBER(38,0)",
    "BIGINT": "NUMBER(38,0)",
    "DECIMAL": "NUMBER(*)",
    # of binary digits, of which there are up to 126
    "FLOAT": "FLOAT(*)",
    "DOUBLE": "FLOAT(126)",
    "REAL": "FLOAT(63)",
    "TEXT": "CLOB",
    "VARCHAR": "VARCHAR2(*)",
    "NVARCHAR": "NVARCHAR2(*)",
    "CHAR": "CHAR(*1)",
    "NCHAR": "NCHAR(*1)",
    # a date has a time of day there
    "DATE": "TIMESTAMP(0)",
    "TIMESTAMP": "TIMESTAMP(*6)",
    "TIMESTAMPTZ": "TIMESTAMPTZ(*6)",
    "TIMESTAMPLTZ": "TIMESTAMPTZ(*6)",
    **dict.fromkeys(("BLOB", "BFILE"), "BLOB"),
    "VARBINARY": "RAW(*)",
    "BINARY": "RAW(*)",
}
NAMES = {
    **USUAL_NAMES,
    "boolean": "NUMBER(1)",
    "integer 8": "NUMBER(3)",
    "integer 16": "NUMBER(5)",
    "integer 32": "NUMBER(10)",
    "integer 64": "NUMBER(19)",
    "decimal": "NUMBER({precision},{scale})",
    "float 32": "BINARY_FLOAT",
    "float 64": "BINARY_DOUBLE",
    "varchar": "VARCHAR2({length})",
    "time": "VARCHAR2(18)",
    "time zoned": "VARCHAR2(24)",
    "timestamp": "TIMESTAMP({digits})",
    "timestamp zoned": "TIMESTAMP({digits}) WITH TIME ZONE",
    "binary": "RAW({length})",
    "uuid": "VARCHAR2(36)",
    **dict.fromkeys(JSON_SORTS, "CLOB"),
    **SPANS,
    "notation xml": "XMLTYPE",
    "text": "CLOB",
}
LIMITS = {"char": (2000, "CLOB"), "varchar": (4000, "CLOB"), "binary": (2000, "BLOB")}


MARKS = (
    r"n?varchar2|clob|organization\s+(heap|index|external)|pctfree|tablespace|nologging|"
    r"segment creation|enable row movement|systimestamp|sysdate|xmltype"
)

dialect = SqlDialect(
    DdlWords(
        name="oracle",
        sqlglot=respelled(
            Oracle,
            LONG=TokenType.TEXT,
            BLOB=TokenType.BLOB,
            **dict.fromkeys(("BINARY_FLOAT", "BINARY_DOUBLE", "REAL")),
        ),
        names=NAMES,
        limits=LIMITS,
        kept=re.compile(
            r"N?CLOB|BLOB|LONG RAW|FLOAT(\(\d+\))?|RAW\(\d+\)|"
            r"N?VARCHAR2\(\d+( CHAR| BYTE)?\)|N?CHAR\(\d+( CHAR| BYTE)?\)|"
            r"NUMBER(\((\d+|\*)(,-?\d+)?\))?|BOOLEAN|JSON|U?ROWID|INTERVAL[A-Z0-9() ]*|SDO_GEOMETRY|"
            r"TIMESTAMP(\(\d\))? WITH LOCAL TIME ZONE"
        ),
        unmade=frozenset({"schemas"}),  # each belongs to a user
        identity=whole_identity,
        generated=generated_always,
        says=frozenset({"checks", "unique", "late references", "generated keys"}),
        longest_name=128,
    ),
    TYPES,
    marks=MARKS,
    folding=Folding(upper=True),
    by_marks_alone=True,
)
