"""PostgreSQL's CREATE TABLE."""

import re

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres

from dw_simulator.plugins.dialects.common import SqlDialect
from dw_simulator.plugins.dialects.ddl_writer import Target, identity, number
from dw_simulator.plugins.loadpacks.postgres import loader
from dw_simulator.ports.dialect import WarehouseAddress
from dw_simulator.types import SqlType

TYPES = {
    "SMALLSERIAL": "SMALLINT",
    "SERIAL": "INTEGER",
    "BIGSERIAL": "BIGINT",
    "INT": "INTEGER",
    "TEXT": "TEXT",
    "VARCHAR": "VARCHAR(*)",
    "CHAR": "CHAR(*1)",
    "NCHAR": "CHAR(*1)",
    "BPCHAR": "TEXT",
    "DECIMAL": "NUMERIC(*)",
    "FLOAT": "REAL",
    "DOUBLE": "DOUBLE PRECISION",
    "VARBINARY": "BYTEA",
    # arrays have elements of one type, which no rule makes
    "ARRAY": "",
}
NAMES = {
    "boolean": "BOOLEAN",
    "integer 8": "SMALLINT",
    "integer 16": "SMALLINT",
    "integer 32": "INTEGER",
    "integer 64": "BIGINT",
    "decimal": "NUMERIC({precision},{scale})",
    "float 32": "REAL",
    "float 64": "DOUBLE PRECISION",
    "char": "CHAR({length})",
    "varchar": "VARCHAR({length})",
    "date": "DATE",
    "time": "TIME{seconds}",
    "time zoned": "TIMETZ{seconds}",
    "timestamp": "TIMESTAMP{seconds}",
    "timestamp zoned": "TIMESTAMPTZ{seconds}",
    "binary": "BYTEA",
    "uuid": "UUID",
    **dict.fromkeys(("json any", "json object", "json array"), "JSONB"),
}
LIMITS = {"char": (10_485_760, "TEXT"), "varchar": (10_485_760, "TEXT")}


def _identity(declared: SqlType, start: int, step: int) -> exp.Expression | None:
    """Sequences there begin at 1 and end at -1 unless a bound says otherwise."""
    made = identity(declared, start, step)
    if made is not None and step > 0 and start < 1:
        made.set("minvalue", number(start))
    if made is not None and step < 0 and start > -1:
        made.set("maxvalue", number(start))
    return made


dialect = SqlDialect(
    Target(
        name="postgres",
        sqlglot=Postgres,
        names=NAMES,
        limits=LIMITS,
        kept=re.compile("TEXT|VARCHAR|NUMERIC|JSON"),
        identity=_identity,
        longest_name=63,
    ),
    TYPES,
    loader,
    like_escape="\\",
    warehouse=WarehouseAddress("redshift_url"),  # the server that stands in for Redshift is one
)
