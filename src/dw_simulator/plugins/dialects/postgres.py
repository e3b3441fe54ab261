"""PostgreSQL's CREATE TABLE."""

import re

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, identity, number
from dw_simulator.plugins.dialects.ddl.type_names import INTERVALS, JSON_SORTS, USUAL_NAMES
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect, later
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
    "BPCHAR": "CHAR(*)",
    "BPCHAR/0": "TEXT",
    "DECIMAL": "NUMERIC(*38,9)",  # of as many digits as anybody wants, there
    "FLOAT": "REAL",
    "DOUBLE": "DOUBLE PRECISION",
    "VARBINARY": "BYTEA",
    "ARRAY": "",
}
NAMES = {
    **USUAL_NAMES,
    "time": "TIME{seconds}",
    "time zoned": "TIMETZ{seconds}",
    "timestamp": "TIMESTAMP{seconds}",
    "timestamp zoned": "TIMESTAMPTZ{seconds}",
    "binary": "BYTEA",
    **dict.fromkeys(JSON_SORTS, "JSONB"),
    **dict.fromkeys(INTERVALS, "INTERVAL"),
    "notation bits": "BIT VARYING({length})",
    "notation int range": "INT8RANGE",
    "notation num range": "NUMRANGE",
    "notation date range": "DATERANGE",
    "notation timestamp range": "TSRANGE",
    "notation timestamptz range": "TSTZRANGE",
    **{f"notation {name}": name.upper() for name in ("inet", "cidr", "macaddr", "macaddr8", "xml")},
    "nested list": "{element}[]",
    "nested vector": "{element}[{length}]",
    **{f"nested {outer} {inner}": "JSONB" for outer in ("list", "vector") for inner in ("struct", "map")},
    "text": "TEXT",
}
OWN = (
    r'TEXT|VARCHAR|NUMERIC|JSON|CITEXT|MONEY|OID|NAME|"char"|(INT4|INT8|NUM|DATE|TS|TSTZ)RANGE|TSVECTOR|TSQUERY|'
    r"HSTORE|LTREE|PG_LSN|POINT|LINE|LSEG|BOX|PATH|POLYGON|CIRCLE|BIT(\(\d+\))?|VARBIT(\(\d+\))?|"
    r"INTERVAL[A-Z0-9() ]*|GEO(METRY|GRAPHY)(\([A-Z0-9,]*\))?|(VECTOR|HALFVEC)\(\d+\)"
)
"""Types with names of its own, which are written as they were read."""
LIMITS = {"char": (10_485_760, "TEXT"), "varchar": (10_485_760, "TEXT")}


def _identity(declared: SqlType, start: int, step: int) -> exp.Expr | None:
    """Sequences there begin at 1 and end at -1 unless a bound says otherwise."""
    made = identity(declared, start, step)
    if made is not None and step > 0 and start < 1:
        made.set("minvalue", number(start))
    if made is not None and step < 0 and start > -1:
        made.set("maxvalue", number(start))
    return made


MARKS = (
    r"(big|small)?serial|jsonb|bytea|inet|cidr|citext|tsvector|\w+\[\]|with(out)? time zone|"
    r"partition of|partition by (range|list|hash)|owner to|nextval\s*\(|inherits|character varying|"
    r"nulls not distinct|double precision|create (extension|domain)|as enum|using (gist|gin|btree|hash)|"
    r"generated (always|by default) as identity|unlogged|"
    r"plpgsql|timestamptz|gen_random_uuid|geometry\s*\(\s*\w+\s*,|::regclass"
)

dialect = SqlDialect(
    DdlWords(
        name="postgres",
        sqlglot=Postgres,
        names=NAMES,
        limits=LIMITS,
        kept=re.compile(OWN),
        identity=_identity,
        generated=lambda tree: exp.ComputedColumnConstraint(this=tree),
        collation=lambda name: exp.to_identifier(name, quoted=True),
        says=frozenset({"checks", "generated keys", "unique", "nulls not distinct", "late references"}),
        longest_name=63,
    ),
    TYPES,
    later("dw_simulator.plugins.loadpacks.postgres:loader"),
    like_escape="\\",
    asks=later("dw_simulator.plugins.dialects.translation.from_postgres:QUERIES"),
    warehouse=WarehouseAddress("redshift_url"),  # the server that stands in for Redshift is one
    marks=MARKS,
)
