"""Amazon Redshift's CREATE TABLE."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.redshift import Redshift

from dw_simulator.plugins.dialects.common import SqlDialect
from dw_simulator.plugins.dialects.ddl_writer import Quote, Target
from dw_simulator.plugins.loadpacks.redshift import loader
from dw_simulator.ports.dialect import WarehouseAddress
from dw_simulator.schema.model import Table

_BASE = Redshift.Parser

TYPES = {
    "INT": "INTEGER",
    "TEXT": "VARCHAR(*256)",
    "VARCHAR": "VARCHAR(*256)",
    "CHAR": "CHAR(*1)",
    "NCHAR": "CHAR(*1)",
    "BPCHAR": "CHAR(*256)",
    "DECIMAL": "DECIMAL(*18,0)",
    "FLOAT": "REAL",
    "DOUBLE": "DOUBLE PRECISION",
    "TIMESTAMP": "TIMESTAMP",
    "TIMESTAMPTZ": "TIMESTAMPTZ",
    "TIME": "TIME",
    "TIMETZ": "TIMETZ",
    "VARBINARY": "VARBYTE(*64000)",
}
NAMES = {
    "boolean": "BOOLEAN",
    "integer 8": "SMALLINT",
    "integer 16": "SMALLINT",
    "integer 32": "INTEGER",
    "integer 64": "BIGINT",
    "decimal": "DECIMAL({precision},{scale})",
    "float 32": "REAL",
    "float 64": "DOUBLE PRECISION",
    "char": "CHAR({length})",
    "varchar": "VARCHAR({length})",
    "date": "DATE",
    "time": "TIME",
    "time zoned": "TIMETZ",
    "timestamp": "TIMESTAMP",
    "timestamp zoned": "TIMESTAMPTZ",
    "binary": "VARBYTE({length})",
    "uuid": "CHAR(36)",
    **dict.fromkeys(("json any", "json object", "json array"), "SUPER"),
}
LIMITS = {
    "char": (4096, "VARCHAR({length})"),
    "varchar": (65535, "VARCHAR(65535)"),
    "binary": (16_777_216, "VARBYTE(16777216)"),
}


def _word_property(name: str) -> Any:
    """A table attribute that is followed by one word: BACKUP NO, ENCODE AUTO."""
    return lambda self: self.expression(
        exp.Property(this=exp.var(name), value=self._parse_var(any_token=True))
    )


def _sort_key(self: Any) -> Any:
    if self._match_text_seq("AUTO"):
        return self.expression(exp.Property(this=exp.var("SORTKEY"), value=exp.var("AUTO")))
    return self._parse_sortkey()


def _interleaved(self: Any) -> Any:
    return self._parse_sortkey() if self._match_text_seq("SORTKEY") else None


class RedshiftTables(Redshift):
    """sqlglot's dialect, with the attributes of columns and tables that it does not read."""

    class Parser(_BASE):  # type: ignore[misc, valid-type]
        CONSTRAINT_PARSERS: ClassVar[dict[str, Any]] = {
            **_BASE.CONSTRAINT_PARSERS,
            "DISTKEY": lambda self: self.expression(exp.DistKeyProperty(this=exp.var("column"))),
            "SORTKEY": lambda self: self.expression(exp.SortKeyProperty(this=exp.var("column"))),
        }
        PROPERTY_PARSERS: ClassVar[dict[str, Any]] = {
            **_BASE.PROPERTY_PARSERS,
            "BACKUP": _word_property("BACKUP"),
            "ENCODE": _word_property("ENCODE"),
            "INTERLEAVED": _interleaved,
            "SORTKEY": _sort_key,
        }


def _clauses(table: Table, quote: Quote) -> Iterator[exp.Expression]:
    style = table.dist_style or ""
    if style in ("all", "even", "auto") or (style == "key" and table.dist_key is not None):
        yield exp.DistStyleProperty(this=exp.var(style.upper()))
    if table.dist_key is not None:
        yield exp.DistKeyProperty(this=quote(table.dist_key))
    if table.sort_key:
        yield exp.SortKeyProperty(this=[quote(name) for name in table.sort_key], compound=False)


dialect = SqlDialect(
    Target(
        name="redshift",
        sqlglot=RedshiftTables,
        names=NAMES,
        limits=LIMITS,
        kept=re.compile(r"NVARCHAR\(\d+\)|VARCHAR\(MAX\)"),
        clauses=_clauses,
        says=frozenset({"unique", "late references", "sort_key", "dist_key", "dist_style", "encode"}),
    ),
    TYPES,
    loader,
    like_escape="\\",
    warehouse=WarehouseAddress("redshift_url"),
)
