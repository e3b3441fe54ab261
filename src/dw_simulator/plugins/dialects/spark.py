"""Spark SQL's CREATE TABLE, as Hive and open tables have it."""

import re

from sqlglot.dialects.spark import Spark

from dw_simulator.plugins.dialects import databricks
from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, no_identity
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect

NAMES = {**databricks.NAMES, "json any": "STRING", "json object": "STRING", "json array": "STRING"}

dialect = SqlDialect(
    DdlWords(
        name="spark",
        sqlglot=Spark,
        names=NAMES,
        means={"TIMESTAMP": "TIMESTAMPTZ"},
        kept=re.compile(r"STRING|(VAR)?CHAR\(\d+\)|INTERVAL[A-Z ]*"),
        generated=databricks.dialect.ddl.generated,
        identity=no_identity,
        says=frozenset(),
        table_comment=databricks.dialect.ddl.table_comment,
        column_comment=databricks.dialect.ddl.column_comment,
        longest_name=128,
        unfit=databricks.dialect.ddl.unfit,
    ),
    {**databricks.TYPES, "TIMESTAMPLTZ": "TIMESTAMPTZ"},
    like_escape="\\",
    marks=r"stored\s+as|row\s+format|tblproperties|using\s+(parquet|orc|csv|iceberg)|serdeproperties|"
    r"partitioned by|fields terminated by|string",
    by_marks_alone=True,
)
