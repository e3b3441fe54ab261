"""DuckDB's CREATE TABLE."""

import re
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from dw_simulator.plugins.dialects.common import SqlDialect
from dw_simulator.plugins.dialects.ddl_writer import Target, no_identity
from dw_simulator.plugins.dialects.type_names import same_storage
from dw_simulator.plugins.loadpacks.duckdb import loader
from dw_simulator.ports.dialect import WarehouseAddress

_BASE = DuckDB.Parser

TYPES = {
    "INT": "INTEGER",
    "INT128": "DECIMAL(38,0)",
    # every name of text is one type there, whose length is a remark; here it bounds the values
    "TEXT": "VARCHAR(*)",
    "DECIMAL": "DECIMAL(*18,3)",
    "FLOAT": "REAL",
    "DOUBLE": "DOUBLE",
    "TIME_NS": "TIME(9)",
    "TIMESTAMP_S": "TIMESTAMP(0)",
    "TIMESTAMP_MS": "TIMESTAMP(3)",
    "TIMESTAMP_NS": "TIMESTAMP(9)",
    "TIMESTAMPNTZ": "TIMESTAMP",
    "VARBINARY": "BLOB",
    # these have elements of given types, which no rule makes
    "ARRAY": "",
    "LIST": "",
    "MAP": "",
}
NAMES = {
    "boolean": "BOOLEAN",
    "integer 8": "TINYINT",
    "integer 16": "SMALLINT",
    "integer 32": "INTEGER",
    "integer 64": "BIGINT",
    "decimal": "DECIMAL({precision},{scale})",
    "float 32": "REAL",
    "float 64": "DOUBLE",
    "char": "VARCHAR({length})",
    "varchar": "VARCHAR({length})",
    "date": "DATE",
    "time": "TIME",
    "time ns": "TIME_NS",
    "time zoned": "TIMETZ",
    "timestamp": "TIMESTAMP",
    "timestamp s": "TIMESTAMP_S",
    "timestamp ms": "TIMESTAMP_MS",
    "timestamp ns": "TIMESTAMP_NS",
    "timestamp zoned": "TIMESTAMPTZ",
    "binary": "BLOB",
    "uuid": "UUID",
    **dict.fromkeys(("json any", "json object", "json array"), "JSON"),
}


class DuckDbTables(DuckDB):
    """sqlglot's dialect, with the lengths of text, which it leaves out."""

    class Parser(_BASE):  # type: ignore[misc, valid-type]
        TYPE_CONVERTERS: ClassVar[dict[Any, Any]] = {
            name: convert for name, convert in _BASE.TYPE_CONVERTERS.items() if name is not exp.DType.TEXT
        }


dialect = SqlDialect(
    Target(
        name="duckdb",
        sqlglot=DuckDbTables,
        names=NAMES,
        kept=re.compile("VARCHAR"),
        identity=no_identity,
        says=frozenset({"checks", "unique"}),
        comparable=same_storage,
        longest_name=1 << 16,
    ),
    TYPES,
    loader,
    warehouse=WarehouseAddress(url="duckdb://{home}/warehouse.duckdb"),
)
