"""MySQL's CREATE TABLE, and MariaDB's."""

import re

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords
from dw_simulator.plugins.dialects.ddl.type_names import INTERVALS, JSON_SORTS, USUAL_NAMES
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect
from dw_simulator.types import Kind, SqlType

TYPES = {
    "INT": "INTEGER",
    "MEDIUMINT": "MEDIUMINT",
    "UTINYINT": "TINYINT UNSIGNED",
    "USMALLINT": "SMALLINT UNSIGNED",
    "UMEDIUMINT": "MEDIUMINT UNSIGNED",
    "UINT": "INT UNSIGNED",
    "UBIGINT": "BIGINT UNSIGNED",
    "UDECIMAL": "DECIMAL UNSIGNED(*10,0)",
    "UDOUBLE": "DOUBLE",
    "UFLOAT": "FLOAT",
    "SERIAL": "BIGINT UNSIGNED",
    "DECIMAL": "DECIMAL(*10,0)",
    "FLOAT": "FLOAT4",
    "DOUBLE": "DOUBLE",
    "TEXT": "TEXT",
    "VARCHAR": "VARCHAR(*)",
    "CHAR": "CHAR(*1)",
    "NCHAR": "CHAR(*1)",
    "DATETIME": "DATETIME(*0)",
    "TIMESTAMP": "TIMESTAMPTZ(*0)",
    "TIMESTAMPTZ": "TIMESTAMPTZ(*0)",
    "TIME": "TIME(*0)",
    "BLOB": "BLOB",
    "VARBINARY": "VARBINARY(*)",
    "BINARY": "BINARY(*1)",
    "POINT": "GEOMETRY(POINT)",
}
NAMES = {
    **USUAL_NAMES,
    "integer 8": "TINYINT",
    "float 32": "FLOAT",
    "float 64": "DOUBLE",
    "decimal": "DECIMAL({precision},{scale})",
    "time": "TIME({digits})",
    "time zoned": "TIME({digits})",
    "timestamp": "DATETIME({digits})",
    "timestamp zoned": "TIMESTAMP({digits})",
    "binary": "VARBINARY({length})",
    "uuid": "CHAR(36)",
    **dict.fromkeys(JSON_SORTS, "JSON"),
    **dict.fromkeys(INTERVALS, "VARCHAR(60)"),
    "notation geometry": "GEOMETRY",
    "notation point": "POINT",
    "text": "TEXT",
    "quote": "`",
}
LIMITS = {"char": (255, "VARCHAR({length})"), "varchar": (16_383, "TEXT"), "binary": (65_535, "LONGBLOB")}


def _counting(declared: SqlType, start: int, step: int) -> exp.Expr | None:
    """AUTO_INCREMENT counts from 1 by ones."""
    counts = declared.kind is Kind.INTEGER and (start, step) == (1, 1)
    return exp.AutoIncrementColumnConstraint() if counts else None


MARKS = (
    r"auto_increment|engine\s*=|unsigned|(medium|long|tiny)(text|blob|int)|enum\s*\(|character set|charset|"
    r"on update current_timestamp|unique key|collate\s*="
)

dialect = SqlDialect(
    DdlWords(
        name="mysql",
        sqlglot=MySQL,
        names=NAMES,
        limits=LIMITS,
        kept=re.compile(
            r"(TINY|MEDIUM|LONG)?(TEXT|BLOB)|(TINYINT|SMALLINT|MEDIUMINT|INT|BIGINT) UNSIGNED|MEDIUMINT|"
            r"YEAR|ENUM\(.*\)|BIT\(\d+\)|BINARY\(\d+\)|SET\(.*\)|"
            r"DECIMAL UNSIGNED\(\d+,\d+\)"
        ),
        identity=_counting,
        column_comment=lambda text: exp.CommentColumnConstraint(this=exp.Literal.string(text)),
        table_comment=lambda text: exp.SchemaCommentProperty(this=exp.Literal.string(text)),
        longest_name=64,
    ),
    TYPES,
    like_escape="\\",
    marks=MARKS,
    by_marks_alone=True,
)
