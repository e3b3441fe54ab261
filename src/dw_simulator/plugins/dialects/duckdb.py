"""DuckDB's CREATE TABLE."""

import re

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from dw_simulator.plugins.dialects.ddl.ddl_words import (
    DdlWords,
    bare_collation,
    generated_always,
    no_identity,
)
from dw_simulator.plugins.dialects.ddl.type_names import (
    INTERVALS,
    JSON_SORTS,
    USUAL_NAMES,
    WELL_KNOWN_TEXT,
    same_storage,
)
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect, later
from dw_simulator.ports.dialect import WarehouseAddress

TYPES = {
    "INT": "INTEGER",
    "INT128": "HUGEINT",
    "UINT128": "UHUGEINT",
    "UINT": "UINTEGER",
    "BIT": "BITSTRING",
    # every name of text is one type there, whose length is a remark; here it bounds the values
    "TEXT": "VARCHAR",
    "VARCHAR": "VARCHAR(*)",
    "DECIMAL": "DECIMAL(*18,3)",
    "FLOAT": "REAL",
    "DOUBLE": "DOUBLE",
    "TIME_NS": "TIME(9)",
    "TIMESTAMP_S": "TIMESTAMP(0)",
    "TIMESTAMP_MS": "TIMESTAMP(3)",
    "TIMESTAMP_NS": "TIMESTAMP(9)",
    "TIMESTAMPNTZ": "TIMESTAMP(*)",
    "VARBINARY": "BLOB",
    # elements, fields, keys and values have types
    **dict.fromkeys(("ARRAY", "LIST", "MAP", "STRUCT"), ""),
}
NAMES = {
    **USUAL_NAMES,
    "integer 8": "TINYINT",
    "decimal": "DECIMAL({precision},{scale})",
    "float 64": "DOUBLE",
    "char": "VARCHAR({length})",
    "time ns": "TIME_NS",
    "timestamp s": "TIMESTAMP_S",
    "timestamp ms": "TIMESTAMP_MS",
    "timestamp ns": "TIMESTAMP_NS",
    "binary": "BLOB",
    **dict.fromkeys(JSON_SORTS, "JSON"),
    **dict.fromkeys(WELL_KNOWN_TEXT, "GEOMETRY"),
    **dict.fromkeys(INTERVALS, "INTERVAL"),
    "notation bits": "BITSTRING",
    "nested list": "{element}[]",
    "nested vector": "{element}[{length}]",
    "nested map": "MAP({key}, {value})",
    "nested struct": "STRUCT({fields})",
}
OWN = r"VARCHAR|U(TINY|SMALL|BIG|HUGE)INT|UINTEGER|HUGEINT|INET|(ENUM|SET)\(.*\)"
"""Types with names of its own, which are written as they were read."""

MARKS = (
    r"u?hugeint|u(tiny|small|big)int|uinteger|ubigint|struct\s*\(|map\s*\(|union\s*\(|\w+\[\d+\]|"
    r"virtual\b|pragma|install|attach|create macro|create or replace|as from|exclude\s*\(|\w+\[\]|as enum|"
    r"read_(csv|parquet|json)(_auto)?|by name|format parquet"
)

_PRESENT = {"currentdate": "today", "currenttimestamp": "now"}


def _called(node: exp.Expr) -> exp.Expr:
    """In a CHECK, it takes CURRENT_DATE for a column."""
    return exp.Anonymous(this=_PRESENT[node.key]) if node.key in _PRESENT else node


dialect = SqlDialect(
    DdlWords(
        name="duckdb",
        sqlglot=DuckDB,
        names=NAMES,
        kept=re.compile(OWN, re.DOTALL),
        identity=no_identity,
        generated=generated_always,
        collation=bare_collation,
        checked=lambda condition: condition.transform(_called),
        unmade=frozenset({"far references"}),
        says=frozenset({"checks", "unique", "sequences", "generated chains", "generated moments"}),
        comparable=same_storage,
        longest_name=1 << 16,
    ),
    TYPES,
    later("dw_simulator.plugins.loadpacks.duckdb:loader"),
    asks=later("dw_simulator.plugins.dialects.translation.from_duckdb:QUERIES"),
    warehouse=WarehouseAddress(url="duckdb://{home}/warehouse.duckdb"),
    marks=MARKS,
)
