"""Amazon Redshift's CREATE TABLE."""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.dialects.redshift import Redshift

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, Quote, bare_collation
from dw_simulator.plugins.dialects.ddl.defaults import NOW
from dw_simulator.plugins.dialects.ddl.type_names import (
    JSON_SORTS,
    SPANS,
    USUAL_NAMES,
    WELL_KNOWN_TEXT,
)
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect, later
from dw_simulator.ports.dialect import WarehouseAddress
from dw_simulator.schema.model import Table

TYPES = {
    "INT": "INTEGER",
    "TEXT": "VARCHAR(*256)",
    "VARCHAR": "VARCHAR(*256)",
    "CHAR": "CHAR(*1)",
    "NCHAR": "CHAR(*1)",
    "BPCHAR": "CHAR(*256)",
    "DECIMAL": "DECIMAL(*18,0)",
    "FLOAT": "REAL",
    # FLOAT(10) is single precision there, too; digits of a second say how many are wanted
    "DOUBLE": "FLOAT(*)",
    "TIMESTAMP": "TIMESTAMP(*)",
    "TIMESTAMPTZ": "TIMESTAMPTZ(*)",
    "TIME": "TIME(*)",
    "TIMETZ": "TIMETZ(*)",
    "VARBINARY": "VARBYTE(*64000)",
}
NAMES = {
    **USUAL_NAMES,
    "decimal": "DECIMAL({precision},{scale})",
    "binary": "VARBYTE({length})",
    "uuid": "CHAR(36)",
    **dict.fromkeys(JSON_SORTS, "SUPER"),
    **dict.fromkeys(WELL_KNOWN_TEXT, "GEOMETRY"),
    **SPANS,
    "notation hllsketch": "HLLSKETCH",
}
OWN = r'NVARCHAR\(\d+\)|VARCHAR\(MAX\)|TIME(STAMP)?(TZ)?\(\d\)|GEOGRAPHY|OID|NAME|"char"|INTERVAL[A-Z0-9() ]*'
"""Types with names of its own, which are written as they were read."""
LIMITS = {
    "char": (4096, "VARCHAR({length})"),
    "varchar": (65535, "VARCHAR(65535)"),
    "binary": (16_777_216, "VARBYTE(16777216)"),
}


def _clauses(table: Table, quote: Quote) -> Iterator[exp.Expr]:
    style = table.dist_style or ""
    if style in ("all", "even", "auto") or (style == "key" and table.dist_key is not None):
        yield exp.DistStyleProperty(this=exp.var(style.upper()))
    if table.dist_key is not None:
        yield exp.DistKeyProperty(this=quote(table.dist_key))
    if table.sort_key:
        yield exp.SortKeyProperty(this=[quote(name) for name in table.sort_key], compound=False)


MARKS = (
    r"distkey|sortkey|diststyle|encode\s+\w+|super|getdate\s*\(|bpchar|backup (yes|no)|hllsketch|iam_role|"
    r"compound|unload|varbyte|spectrum|external schema|table properties|identity\s*\(\s*\d+\s*,\s*\d+\s*\)"
)

dialect = SqlDialect(
    DdlWords(
        name="redshift",
        sqlglot=Redshift,
        column_words={"DISTKEY": exp.DistKeyProperty, "SORTKEY": exp.SortKeyProperty},
        names=NAMES,
        limits=LIMITS,
        kept=re.compile(OWN),
        clauses=_clauses,
        collation=bare_collation,
        now={**NOW, "time": None, "time zoned": None},
        unsaid=(exp.Uuid,),
        says=frozenset({"unique", "late references", "sort_key", "dist_key", "dist_style", "encode"}),
    ),
    TYPES,
    later("dw_simulator.plugins.loadpacks.redshift:loader"),
    like_escape="\\",
    asks=later("dw_simulator.plugins.dialects.translation.from_redshift:QUERIES"),
    warehouse=WarehouseAddress("redshift_url"),
    marks=MARKS,
)
