"""Dates and times in quotes, as PostgreSQL and Redshift read them: '20240305', 'Mar 5, 2024', '3/5/2024'.

A literal becomes the way that all databases read.
"""

import re
from contextlib import suppress
from datetime import datetime
from itertools import product

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import closed, parsed

_ISO = re.compile(r"\s*\d{4}-\d\d?-\d\d?\b.*")
_DATES = (
    *("%Y%m%d", "%m/%d/%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d"),
    *("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y"),
    *("%d-%b-%Y", "%Y-%b-%d", "%b-%d-%Y", "%d-%B-%Y", "%Y %b %d", "%Y %B %d", "%m/%d/%y"),
)
_TIMES = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S", " %H%M%S")


def written_as_all_do(text: str) -> str:
    """A moment in quotes as ISO 8601 has it; what is read in no known way stays."""
    if _ISO.fullmatch(text):
        return text
    for time, day in product(_TIMES, _DATES):
        with suppress(ValueError):
            found = datetime.strptime(text.strip(), day + time)  # noqa: DTZ007
            return found.isoformat(" ") if time else found.date().isoformat()
    return text


_WORDS = {
    "now": parsed("now() AT TIME ZONE 'UTC'", "duckdb"),
    "today": parsed("current_date", "duckdb"),
    "tomorrow": parsed("current_date + 1", "duckdb"),
    "yesterday": parsed("current_date - 1", "duckdb"),
}


def moment_in_quotes(node: exp.Expr) -> exp.Expr:
    """A cast of a literal to a moment."""
    if node.this.is_string and node.args["to"].is_type("date", "timestamp", "timestamptz"):
        word = _WORDS.get(node.this.name.strip().lower())
        if word is not None:
            node.set("this", closed(word.copy()))
            return node
        node.this.set("this", written_as_all_do(node.this.name))
    return node
