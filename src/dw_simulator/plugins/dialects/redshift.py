"""Amazon Redshift's CREATE TABLE."""

from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.redshift import Redshift

from dw_simulator.plugins.dialects.ddl import Ddl, read_ddl

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


def read(sql: str) -> Ddl:
    """Read Redshift DDL."""
    return read_ddl(sql, RedshiftTables, TYPES)
