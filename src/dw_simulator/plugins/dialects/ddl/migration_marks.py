"""Files of migration tools: what stands behind a mark takes back what the file has made, and is passed over.

>>> sql = "-- migrate:up\\nCREATE TABLE t (a INT);\\n-- migrate:down\\nDROP TABLE t;"
>>> without_undoing(sql)[0].rstrip()
'-- migrate:up\\nCREATE TABLE t (a INT);'
"""

import re
from collections.abc import Iterator

_UP = (
    r"migrat(?:e|ion)[ \t]*:[ \t]*up|\+(?:goose|migrate|micrate)[ \t]+up|!ups"
    r"|up[ \t]+migration|rambler[ \t]+up"
)
_DOWN = (
    r"migrat(?:e|ion)[ \t]*:[ \t]*(?:down|revert|rollback)|\+(?:goose|migrate|micrate)[ \t]+down|!downs|@undo"
    r"|down[ \t]+migration|rambler[ \t]+down|create[ \t]+above[ \t]*/[ \t]*drop[ \t]+below"
)
_MARK = re.compile(
    rf"^[ \t]*(?:--|\#)[-/ \t]*(?:(?P<up>{_UP}|(?P<plain_up>[@+]?up))"
    rf"|(?P<down>{_DOWN}|(?P<plain_down>[@+]?down)))"
    r"(?:[ \t]+transaction:\w+)?[-: \t]*\r?$",
    re.IGNORECASE | re.MULTILINE,
)
"""Lines of dbmate, goose, sql-migrate, Play, MyBatis, node-pg-migrate, tern, rambler and the like."""
_BETWEEN = re.compile(r"(?:;|\A)\s*(?:--[^\n]*\s*|\#[^\n]*\s*|/\*.{0,2000}?\*/\s*)*\Z", re.DOTALL)
"""What is in front of a mark that is one between statements alone."""
_LOOKED_AT = 2000


def without_undoing(sql: str) -> tuple[str, list[tuple[int, str]]]:
    """The script with blanks for what takes back what it makes; and each mark, with its place."""
    found = list(_parts(sql))
    kept, at = [], 0
    for start, end, _mark in found:
        kept += [sql[at:start], re.sub(r"[^\n]", " ", sql[start:end])]
        at = end
    return "".join([*kept, sql[at:]]), [(start, mark) for start, _end, mark in found]


def _parts(sql: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, mark) of each part that undoes another: up to the next mark that says the contrary."""
    start, mark = -1, ""
    for found in _MARK.finditer(sql):
        if bool(found["down"]) is (start >= 0) or _is_within(sql, found.start()):
            continue
        if (found["plain_up"] or found["plain_down"]) and not _is_between(sql, found.start()):
            continue  # a comment of a column that is called so
        if found["down"]:
            start, mark = found.start(), found[0].strip()
        else:
            yield start, found.start(), mark
            start = -1
    if start >= 0:
        yield start, len(sql), mark


def _is_within(sql: str, at: int) -> bool:
    """Whether a place is within a text, or a comment of several lines."""
    before = sql[max(sql.rfind(";", 0, at), at - 10 * _LOOKED_AT, 0) : at]
    return before.count("'") % 2 == 1 or before.rfind("/*") > before.rfind("*/")


def _is_between(sql: str, at: int) -> bool:
    """Whether a place is between two statements."""
    semicolon = max(sql.rfind(";", 0, at), 0)
    return at - semicolon < _LOOKED_AT and _BETWEEN.match(sql, semicolon, at) is not None
