"""MySQL's CREATE TABLE, and MariaDB's."""

import re

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, bare_collation, generated_always
from dw_simulator.plugins.dialects.ddl.respelled import respelled
from dw_simulator.plugins.dialects.ddl.type_names import INTERVALS, JSON_SORTS, USUAL_NAMES
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect
from dw_simulator.types import Kind, SqlType

_SHAPES = "POINT LINESTRING POLYGON MULTIPOINT MULTILINESTRING MULTIPOLYGON".split()
TYPES = {
    # what BOOLEAN is there
    "TINYINT(1)": "BOOLEAN",
    "TINYINT": "TINYINT",
    "SMALLINT": "SMALLINT",
    "BIGINT": "BIGINT",
    "INT": "INTEGER",
    **dict.fromkeys(("MEDIUMINT", "INT3", "MIDDLEINT"), "MEDIUMINT"),
    "UTINYINT": "TINYINT UNSIGNED",
    "USMALLINT": "SMALLINT UNSIGNED",
    "UMEDIUMINT": "MEDIUMINT UNSIGNED",
    "UINT": "INT UNSIGNED",
    "UBIGINT": "BIGINT UNSIGNED",
    "UDECIMAL": "DECIMAL(*10,0) UNSIGNED",
    "UDOUBLE": "DOUBLE UNSIGNED",
    "UFLOAT": "FLOAT UNSIGNED",
    "SERIAL": "BIGINT UNSIGNED",
    "DECIMAL": "DECIMAL(*10,0)",
    "FLOAT/0": "FLOAT4",
    "FLOAT": "FLOAT(*)",
    "DOUBLE/0": "DOUBLE",
    "DOUBLE": "DOUBLE(*)",
    "TEXT": "TEXT",
    "MEDIUMTEXT": "MEDIUMTEXT",
    "VARCHAR": "VARCHAR(*)",
    "NVARCHAR": "VARCHAR(*)",
    "CHAR": "CHAR(*1)",
    "NCHAR": "CHAR(*1)",
    "DATETIME": "DATETIME(*0)",
    "TIMESTAMP": "TIMESTAMPTZ(*0)",
    "TIMESTAMPTZ": "TIMESTAMPTZ(*0)",
    "TIME": "TIME(*0)",
    "BLOB": "BLOB",
    "VARBINARY": "VARBINARY(*)",
    "BINARY": "BINARY(*1)",
    "BIT": "BIT(*1)",
    **dict.fromkeys(("INET6", "INET4"), "INET"),
    "YEAR": "YEAR",
    **{shape: f"GEOMETRY({shape})" for shape in _SHAPES},
    "GEOMETRYCOLLECTION": "GEOMETRY",
}
NAMES = {
    **USUAL_NAMES,
    "boolean": "TINYINT(1)",
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
    **{f"notation {shape.lower()}": shape for shape in _SHAPES},
    "notation bits": "BIT({length})",
    "text": "TEXT",
    "quote": "`",
}
LIMITS = {"char": (255, "VARCHAR({length})"), "varchar": (16_383, "TEXT"), "binary": (65_535, "LONGBLOB")}


def _counting(declared: SqlType, start: int, step: int) -> exp.Expr | None:
    """AUTO_INCREMENT counts from 1 by ones."""
    whole = declared.kind is Kind.INTEGER or (declared.kind is Kind.DECIMAL and declared.scale == 0)
    return exp.AutoIncrementColumnConstraint() if whole and (start, step) == (1, 1) else None


def _default(value: exp.Expr) -> exp.Expr:
    """Only constants and the present stand there without brackets."""
    plain = value.key in ("literal", "null", "boolean", "neg", "paren", "national", "currenttimestamp")
    constant = plain or value.key in ("hexstring", "bitstring") or value.name.lower() == "now"
    return value if constant else exp.paren(value)


MARKS = (
    r"auto_increment|engine\s*=|unsigned|(medium|long|tiny)(text|blob|int)|enum\s*\(|character set|charset|"
    r"on update current_timestamp|unique key|collate\s*="
)

dialect = SqlDialect(
    DdlWords(
        name="mysql",
        sqlglot=respelled(MySQL, INT8=TokenType.BIGINT, REAL=TokenType.DOUBLE, LONG=TokenType.MEDIUMTEXT),
        names=NAMES,
        limits=LIMITS,
        means={"TINYINT(1)": "BOOLEAN", "TIMESTAMP": "TIMESTAMPTZ", "INET6": "INET"},
        kept=re.compile(
            r"(TINY|MEDIUM|LONG)?(TEXT|BLOB)|(TINYINT|SMALLINT|MEDIUMINT|INT|BIGINT) UNSIGNED|MEDIUMINT|"
            r"YEAR|ENUM\(.*\)|BIT\(\d+\)|BINARY\(\d+\)|SET\(.*\)|VARCHAR\(\d+\)|UUID|"
            r"DECIMAL\(\d+(,\d+)?\) UNSIGNED|(FLOAT|DOUBLE)(\(\d+(,\d+)?\))?( UNSIGNED)?"
        ),
        identity=_counting,
        default=_default,
        generated=generated_always,
        collation=bare_collation,
        says=frozenset({"checks", "unique", "late references", "generated keys", "generated chains"}),
        column_comment=lambda text: exp.CommentColumnConstraint(this=exp.Literal.string(text)),
        table_comment=lambda text: exp.SchemaCommentProperty(this=exp.Literal.string(text)),
        longest_name=64,
    ),
    TYPES,
    like_escape="\\",
    marks=MARKS,
    by_marks_alone=True,
)
