"""PostgreSQL's errors about a query, in this project's words."""

from collections.abc import Iterable

from dw_simulator.adapters.complaints.complaint_tables import EngineComplaint
from dw_simulator.adapters.complaints.postgres_complaints import BINDING, RUNNING
from dw_simulator.errors import QueryError, SqlError
from dw_simulator.ports.statement import Statement

_OF_STATEMENTS = ("42", "3F", "3D", "0A", "26", "54")
"""Classes of SQLSTATE that tell of a statement, and not of what it met as it ran."""


def query_error(error: BaseException, statement: Statement) -> SqlError | QueryError:
    """What is told of an error of the driver, about a statement that it was handed."""
    details: Iterable[tuple[bytes | str, bytes | str]] = getattr(error, "details", None) or ()
    told = {_text(name): _text(value) for name, value in details}
    said = told.get("PG_DIAG_MESSAGE_PRIMARY") or _said(str(error))
    at = told.get("PG_DIAG_STATEMENT_POSITION", "")
    complaint = EngineComplaint(said, statement, int(at) - 1 if at.isdecimal() else None)
    if told.get("PG_DIAG_SQLSTATE", "").startswith(_OF_STATEMENTS):
        return complaint.sql_error((*BINDING, *RUNNING))
    return complaint.query_error((*RUNNING, *BINDING))


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _said(message: str) -> str:
    """The first line of what the server says."""
    said = message.partition("ERROR:")[2] or message.rpartition("FATAL:")[2] or message
    return said.strip().partition("\n")[0]
