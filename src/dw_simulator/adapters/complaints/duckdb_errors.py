"""DuckDB's errors as they are told: in this project's words; about DuckDB's own SQL, in fewer of DuckDB's."""

import json
import re

from dw_simulator.adapters.complaints.complaint_tables import EngineComplaint
from dw_simulator.adapters.complaints.duckdb_complaints import BINDING, RUNNING
from dw_simulator.errors import QueryError, SqlError
from dw_simulator.ports.statement import Statement

_BEFORE, _LATER = (*BINDING, *RUNNING), (*RUNNING, *BINDING)

_INTERNAL = re.compile(r"INTERNAL Error|assertion|_dw_sim_|Attempted to|stack trace", re.IGNORECASE)
_OWN_NAMES = re.compile(r'"?_dw_sim_file"?\.|"?memory"?\.(?=")')
_ADVICE = re.compile(
    r"\s*(?:\* SET |Use \"?SET |, or SET |Possible solutions|You might need|In order to select one|Use TRY\(|"
    r"LINE \d+:|\(use: ).*",
    re.DOTALL,
)
_CANDIDATES = re.compile(r"\n\s*Candidate (?:functions|macros):\n?(?P<lines>.*)", re.DOTALL)
_PATH = re.compile(r"(?:/[\w.~+-]+){2,}")
_OURS = re.compile(r"dw_simulator\.errors\.\w+: ((?:(?!dw_simulator\.errors\.).)*)", re.DOTALL)
"""An error of this program's, of rows that DuckDB reads from somewhere else, as Arrow hands it on."""
_MOST_CANDIDATES = 3


def sql_error(error: BaseException, statement: Statement, before: int = 0) -> SqlError:
    """DuckDB's complaint about a query, with its place in what the user has written.

    before  how many bytes DuckDB was given before the query itself
    """
    message, place = told(error)
    position = None
    if place is not None and place >= before:
        position = len(statement.sql.encode()[: place - before].decode(errors="ignore"))
    complaint = EngineComplaint(message, statement, position)
    if statement.translated or _is_ours_to_tell(message, statement):
        return complaint.sql_error(_BEFORE)
    return SqlError(shortened(message), *complaint.where(_BEFORE))


def query_error(error: BaseException, statement: Statement) -> QueryError:
    """What made a query fail as it ran."""
    message, _place = told(error)
    if ours := _OURS.findall(message):
        return QueryError(str(ours[-1]).rstrip())
    if statement.translated or _is_ours_to_tell(message, statement):
        return EngineComplaint(message, statement).query_error(_LATER)
    return QueryError(shortened(message))


def told(error: BaseException) -> tuple[str, int | None]:
    """What DuckDB says, and at which byte of what it was given; the connection tells that as JSON."""
    kind, _, rest = str(error).partition(": ")
    try:
        found = json.loads(rest)
        message, place = str(found["exception_message"]), found.get("position")
    except (ValueError, KeyError, TypeError):
        return rest.strip() or kind, None
    return message, int(place) if place else None


def _is_ours_to_tell(message: str, statement: Statement) -> bool:
    """Whether DuckDB speaks of what concerns nobody who asks: its settings, this program's names, files."""
    if any(entry.in_all and entry.pattern.search(message) for entry in _BEFORE):
        return True
    if _INTERNAL.search(_OWN_NAMES.sub("", message)):
        return True
    return any(path not in statement.sql for path in _PATH.findall(message))


def shortened(message: str) -> str:
    """DuckDB's own words about its own SQL, as far as they help: a few candidates, and nothing of settings.

    >>> shortened("no function 'f'. You might need casts.\\n\\tCandidate functions:\\n\\ta\\n\\tb")
    "no function 'f'.\\nCandidates: a; b"
    """
    found = _CANDIDATES.search(message)
    lines = [line.strip() for line in found["lines"].splitlines() if line.strip()] if found else []
    text = _ADVICE.sub("", _OWN_NAMES.sub("", message[: found.start()] if found else message)).strip()
    more = len(lines) - _MOST_CANDIDATES
    shown = [*lines[:_MOST_CANDIDATES], *([f"and {more} more"] if more > 0 else [])]
    return f"{text}\nCandidates: {'; '.join(shown)}" if shown else text
