"""Databricks' CREATE TABLE, of Delta tables in Unity Catalog."""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.dialects.databricks import Databricks

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, Quote, bare_collation, cluster_by, identity
from dw_simulator.plugins.dialects.ddl.defaults import NOW
from dw_simulator.plugins.dialects.ddl.type_names import JSON_SORTS, SPANS
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect, later
from dw_simulator.schema.model import Table
from dw_simulator.types import Kind, SqlType

TYPES = {
    "INT": "INTEGER",
    "DECIMAL": "DECIMAL(*10,0)",
    "FLOAT": "REAL",
    "DOUBLE": "DOUBLE",
    "TEXT": "STRING",
    "VARCHAR": "VARCHAR(*)",
    "CHAR": "CHAR(*1)",
    "BINARY": "VARBINARY",
    "TIMESTAMPNTZ": "TIMESTAMP",
    "TIMESTAMPTZ": "TIMESTAMPTZ",
    # elements, fields, keys and values have types
    **dict.fromkeys(("ARRAY", "MAP", "STRUCT"), ""),
}
NAMES = {
    "boolean": "BOOLEAN",
    "integer 8": "TINYINT",
    "integer 16": "SMALLINT",
    "integer 32": "INT",
    "integer 64": "BIGINT",
    "decimal": "DECIMAL({precision},{scale})",
    "float 32": "FLOAT",
    "float 64": "DOUBLE",
    "char": "STRING",
    "varchar": "STRING",
    "date": "DATE",
    "time": "STRING",
    "time zoned": "STRING",
    "timestamp": "TIMESTAMP_NTZ",
    "timestamp zoned": "TIMESTAMP",
    "binary": "BINARY",
    "uuid": "STRING",
    **dict.fromkeys(JSON_SORTS, "VARIANT"),
    **SPANS,
    **dict.fromkeys(("nested list", "nested vector"), "ARRAY<{element}>"),
    "nested map": "MAP<{key}, {value}>",
    "nested struct": "STRUCT<{fields}>",
    "field": "{name}: {type}",
    "text": "STRING",
    "quote": "`",
}
MOST_CLUSTERED = 4


def _identity(declared: SqlType, start: int, step: int) -> exp.Expr | None:
    """Only BIGINT counts there."""
    long = declared.kind is Kind.INTEGER and declared.bits == 64
    return identity(declared, start, step) if long else None


def _clauses(table: Table, quote: Quote) -> Iterator[exp.Expr]:
    yield from cluster_by(table, quote, MOST_CLUSTERED)
    if any(column.default is not None for column in table.columns):
        # defaults are a feature that a table has to be made with
        name = exp.Literal.string("delta.feature.allowColumnDefaults")
        yield exp.Property(this=name, value=exp.Literal.string("supported"))


MARKS = (
    r"using\s+(delta|parquet|iceberg)|tblproperties|partitioned by|struct\s*<|array\s*<|map\s*<|"
    r"string comment|string|"
    r"cluster by auto|zorder|create or replace|streaming table|live table|optimize|timestamp_ntz|"
    r"variant|(shallow|deep) clone|"
    r"collate utf8_\w+|location(?= )|identity"
)

dialect = SqlDialect(
    DdlWords(
        name="databricks",
        sqlglot=Databricks,
        names=NAMES,
        kept=re.compile(r"STRING|(VAR)?CHAR\(\d+\)|INTERVAL[A-Z ]*|GEO(GRAPHY|METRY)\(\d+\)"),
        identity=_identity,
        clauses=_clauses,
        generated=lambda tree: exp.ComputedColumnConstraint(this=tree),
        collation=bare_collation,
        now={**NOW, "time": None, "time zoned": None},
        says=frozenset(
            {"added checks", "generated keys", "generated moments", "late references", "sort_key"}
        ),
        table_comment=lambda text: exp.SchemaCommentProperty(this=exp.Literal.string(text)),
        column_comment=lambda text: exp.CommentColumnConstraint(this=exp.Literal.string(text)),
        most_sorted=MOST_CLUSTERED,
        longest_name=255,
        unfit=re.compile(r"[ .,;{}()=/\x00-\x1f\x7f]"),
    ),
    TYPES,
    later("dw_simulator.plugins.loadpacks.databricks:loader"),
    like_escape="\\",
    marks=MARKS,
)
