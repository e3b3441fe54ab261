"""PostgreSQL, and what speaks its protocol and has its catalogue."""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from dw_simulator.adapters.databases.inspected import InspectedDatabase
from dw_simulator.schema.quoting import quoted_name

_TYPES = """
SELECT c.relname, a.attname,
       format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END,
                   CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END)
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
"""
"""Of a domain the type that it is made of."""

_DOMAIN_CHECKS = """
SELECT c.relname, a.attname, pg_get_expr(k.conbin, 0, true)
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_constraint k ON k.contypid = a.atttypid AND k.contype = 'c'
WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
"""
_CAST = re.compile(r"('(?:[^']|'')*')::[^':]+")
_VALUE = re.compile(r"'(?:[^']|'')*'|\bVALUE\b")


class PostgresDatabase(InspectedDatabase):
    """`postgresql://user:password@host:port/database`, with any of libpq's parameters."""

    dialect = "postgres"
    driver = "postgresql+psycopg"
    packages = "'dw-simulator[databases]'"
    begins = (
        "SET TRANSACTION READ ONLY",
        "SET LOCAL statement_timeout = {milliseconds}",
        "SET LOCAL lock_timeout = {milliseconds}",
    )
    estimate = """
        SELECT c.relname, c.reltuples FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = :schema AND c.relkind IN ('r', 'p')"""
    parts = """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = :schema AND c.relispartition"""

    def settings(self, seconds: int) -> Mapping[str, str | int | float]:
        waiting = {"connect_timeout": max(seconds, 2), "tcp_user_timeout": seconds * 1000}
        return {**waiting, "keepalives_idle": seconds, "keepalives_interval": 5, "keepalives_count": 3}

    def types(self, connection: Connection, schema: str) -> Mapping[tuple[str, str], str]:
        rows = connection.execute(text(_TYPES), {"schema": schema})
        return {(str(table), str(column)): str(kind) for table, column, kind in rows}

    def default(self, text: str) -> str:
        """PostgreSQL casts constants to the column's type, which they come to anyway."""
        constant = _CAST.fullmatch(text)
        return constant[1] if constant else text

    def checks(self, connection: Connection, schema: str) -> Mapping[str, Sequence[str]]:
        """What domains ask, of the columns that are of them."""
        found: dict[str, list[str]] = {}
        for table, column, condition in connection.execute(text(_DOMAIN_CHECKS), {"schema": schema}):
            found.setdefault(str(table), []).append(_said_of(str(column), str(condition)))
        return found

    def sequences(self, connection: Connection) -> Mapping[str, tuple[int, int]]:
        query = "SELECT schemaname, sequencename, start_value, increment_by FROM pg_sequences"
        found = {}
        for schema, name, start, step in connection.execute(text(query)):
            # as `nextval` may name it: SQLAlchemy writes the schema before it, with a quote too many at times
            for written in (name, f"{schema}.{name}", f'"{schema}".{name}', f'"{schema}"."{name}"'):
                found[written] = (int(start), int(step))
        return found


def _said_of(column: str, condition: str) -> str:
    """A domain's condition, about a column. VALUE within a text is a text."""
    name = quoted_name(column)
    return _VALUE.sub(lambda found: name if found[0] == "VALUE" else found[0], condition)
