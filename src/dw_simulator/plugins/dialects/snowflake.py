"""Snowflake's CREATE TABLE."""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake

from dw_simulator.plugins.dialects.common import SqlDialect
from dw_simulator.plugins.dialects.ddl_writer import Quote, Target, identity
from dw_simulator.plugins.loadpacks.snowflake import loader
from dw_simulator.ports.dialect import WarehouseAddress
from dw_simulator.schema.model import RESERVED_WORDS, Table
from dw_simulator.types import Kind, SqlType

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
NAMES = {
    "boolean": "BOOLEAN",
    # names for NUMBER(38,0) all of them; these say which values are meant
    "integer 8": "SMALLINT",
    "integer 16": "SMALLINT",
    "integer 32": "INTEGER",
    "integer 64": "BIGINT",
    "decimal": "NUMBER({precision},{scale})",
    "float 32": "DOUBLE",
    "float 64": "DOUBLE",
    "char": "CHAR({length})",
    "varchar": "VARCHAR({length})",
    "date": "DATE",
    "time": "TIME({digits})",
    "time zoned": "TIME({digits})",
    "timestamp": "TIMESTAMP_NTZ({digits})",
    "timestamp zoned": "TIMESTAMP_TZ({digits})",
    "binary": "VARBINARY({length})",
    "uuid": "VARCHAR(36)",
    "json any": "VARIANT",
    "json object": "OBJECT",
    "json array": "ARRAY",
}
LIMITS = {"binary": (8_388_608, "VARBINARY(8388608)")}
_RESERVED = RESERVED_WORDS | set(
    """account connect connection database following gscluster ilike increment issue localtime localtimestamp
    minus of organization regexp rlike row schema sysdate trigger try_cast view whenever""".split()
)


def _quoted(name: str) -> bool:
    """Plain lower-case names stay without quotes.

    Unquoted names become capitals there, and lower case where they are read here: in quotes, they would name
    other tables than those that were read, and not be found by queries that use no quotes.
    """
    return re.fullmatch(r"[a-z_][a-z0-9_$]*", name) is None or name in _RESERVED


def _identity(declared: SqlType, start: int, step: int) -> exp.Expression | None:
    whole = declared.kind is Kind.DECIMAL and declared.scale == 0
    return identity(SqlType(Kind.INTEGER, "") if whole else declared, start, step)


def _clauses(table: Table, quote: Quote) -> Iterator[exp.Expression]:
    if table.sort_key:
        yield exp.ClusterProperty(expressions=[exp.Column(this=quote(name)) for name in table.sort_key])


dialect = SqlDialect(
    Target(
        name="snowflake",
        sqlglot=Snowflake,
        names=NAMES,
        limits=LIMITS,
        kept=re.compile(r"TIMESTAMP_LTZ(\(\d\))?"),
        quoted=_quoted,
        identity=_identity,
        clauses=_clauses,
        says=frozenset({"unique", "late references", "sort_key"}),
        longest_name=255,
    ),
    TYPES,
    loader,
    warehouse=WarehouseAddress("snowflake_url"),
)
