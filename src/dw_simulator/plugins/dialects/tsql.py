"""SQL Server's CREATE TABLE, and that of Synapse and Fabric."""

import re

from sqlglot import exp
from sqlglot.dialects.tsql import TSQL

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, bare_collation, number
from dw_simulator.plugins.dialects.ddl.respelled import respelled
from dw_simulator.plugins.dialects.ddl.type_names import INTERVALS, JSON_SORTS, USUAL_NAMES, WELL_KNOWN_TEXT
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect
from dw_simulator.types import Kind, SqlType

TYPES = {
    "INT": "INTEGER",
    "UTINYINT": "TINYINT UNSIGNED",
    "TINYINT": "TINYINT UNSIGNED",
    "BIT": "BOOLEAN",
    "DECIMAL": "DECIMAL(*18,0)",
    "FLOAT": "FLOAT(*53)",
    "DOUBLE": "FLOAT(53)",
    "MONEY": "MONEY",
    "SMALLMONEY": "SMALLMONEY",
    "TEXT": "TEXT",
    "VARCHAR": "VARCHAR(*1)",
    "NVARCHAR": "NVARCHAR(*1)",
    "CHAR": "CHAR(*1)",
    "NCHAR": "NCHAR(*1)",
    "DATETIME": "DATETIME(3)",
    "DATETIME2": "DATETIME2(*7)",
    "SMALLDATETIME": "SMALLDATETIME",
    "TIMESTAMPTZ": "DATETIMEOFFSET(*7)",
    "TIMESTAMP": "ROWVERSION",
    "TIME": "TIME(*7)",
    "UUID": "UNIQUEIDENTIFIER",
    "VARBINARY": "VARBINARY(*1)",
    "BINARY": "BINARY(*1)",
    "IMAGE": "IMAGE",
    "XML": "XML",
}
NAMES = {
    **USUAL_NAMES,
    "boolean": "BIT",
    "integer 32": "INT",
    "decimal": "DECIMAL({precision},{scale})",
    "float 64": "FLOAT",
    "varchar": "NVARCHAR({length})",
    "time": "TIME({digits})",
    "time zoned": "TIME({digits})",
    "timestamp": "DATETIME2({digits})",
    "timestamp zoned": "DATETIMEOFFSET({digits})",
    "binary": "VARBINARY({length})",
    "uuid": "UNIQUEIDENTIFIER",
    **dict.fromkeys(JSON_SORTS, "NVARCHAR(MAX)"),
    **dict.fromkeys(INTERVALS, "VARCHAR(60)"),
    **dict.fromkeys(WELL_KNOWN_TEXT, "GEOMETRY"),
    "notation xml": "XML",
    "notation hierarchyid": "HIERARCHYID",
    "text": "NVARCHAR(MAX)",
}
LIMITS = {
    "char": (8000, "NVARCHAR(MAX)"),
    "varchar": (4000, "NVARCHAR(MAX)"),
    "binary": (8000, "VARBINARY(MAX)"),
}


def _counting(declared: SqlType, start: int, step: int) -> exp.Expr | None:
    """IDENTITY(start, step), of whole numbers."""
    if declared.kind is not Kind.INTEGER:
        return None
    return exp.GeneratedAsIdentityColumnConstraint(start=number(start), increment=number(step))


MARKS = (
    r"nvarchar|\[\w+\]\.\[\w+\]|uniqueidentifier|datetime2|datetimeoffset|smalldatetime|"
    r"(non)?clustered|on \[primary\]|sysname|rowversion|newid\s*\(|textimage_on"
)

dialect = SqlDialect(
    DdlWords(
        name="tsql",
        sqlglot=respelled(TSQL, REAL=None, NTEXT=None),
        names=NAMES,
        limits=LIMITS,
        means={
            "BIT": "BOOLEAN",
            "TINYINT": "TINYINT UNSIGNED",
            "DATETIME": "DATETIME(3)",
            "SQL_VARIANT": "VARIANT",
        },
        kept=re.compile(
            r"N?(VAR)?CHAR\((\d+|MAX)\)|N?TEXT|(SMALL)?MONEY|SMALLDATETIME|SYSNAME|ROWVERSION|IMAGE|XML|JSON|"
            r"BINARY\(\d+\)|FLOAT\((?!53)\d+\)|GEOGRAPHY|VECTOR\(\d+\)"
        ),
        identity=_counting,
        generated=lambda tree: exp.ComputedColumnConstraint(this=exp.paren(tree)),
        collation=bare_collation,
        says=frozenset({"checks", "unique", "late references", "generated keys"}),
        longest_name=128,
    ),
    TYPES,
    marks=MARKS,
    by_marks_alone=True,
    like_has_classes=True,
)
