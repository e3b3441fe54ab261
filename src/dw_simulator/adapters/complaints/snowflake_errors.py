"""Errors of Snowflake, or of what stands in for it, about a query, in this project's words."""

import re

from dw_simulator.adapters.complaints import duckdb_complaints
from dw_simulator.adapters.complaints.complaint_tables import EngineComplaint
from dw_simulator.adapters.complaints.snowflake_complaints import BINDING, RUNNING
from dw_simulator.errors import QueryError, SqlError
from dw_simulator.ports.statement import Statement

_BEFORE = (*BINDING, *duckdb_complaints.BINDING, *RUNNING, *duckdb_complaints.RUNNING)
_LATER = (*RUNNING, *duckdb_complaints.RUNNING, *BINDING, *duckdb_complaints.BINDING)
_NUMBER = re.compile(r"^\s*(?P<number>\d{6})\b[^:]*:\s*(?P<said>.*)", re.DOTALL)
_OF_STATEMENTS = range(900, 3000)
"""Numbers of errors that tell of a statement, and not of what it met as it ran."""
_AT = re.compile(r"line (\d+) at position (\d+)")
_SHOWN_SQL = re.compile(r"\s*\bLINE \d+: .*", re.DOTALL)


def query_error(said: str, statement: Statement) -> SqlError | QueryError:
    """What is told of what the server says of a statement that it was handed."""
    found = _NUMBER.match(said)
    number, words = (int(found["number"]), found["said"]) if found else (0, said)
    complaint = EngineComplaint(_SHOWN_SQL.sub("", words), statement, _position(words, statement.sql))
    if number in _OF_STATEMENTS:
        return complaint.sql_error(_BEFORE)
    return complaint.query_error(_LATER)


def _position(words: str, sql: str) -> int | None:
    """At which character of the statement it is, if Snowflake says so."""
    found = _AT.search(words)
    if found is None:
        return None
    lines = sql.split("\n")[: max(int(found[1]) - 1, 0)]
    return sum(len(line) + 1 for line in lines) + int(found[2])
