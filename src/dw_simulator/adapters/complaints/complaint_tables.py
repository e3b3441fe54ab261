"""How an engine's complaint about a query becomes a sentence of this project, with its place.

A table has an entry for each kind of complaint. What no entry knows is told in general words: an engine's own
text is about functions and types that nobody has written.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dw_simulator.adapters.complaints.plain_types import plain_type, plain_types
from dw_simulator.errors import QueryError, SqlError, closest, elided
from dw_simulator.ports.statement import Statement, Where

UNKNOWN = "{part} is not answered; simplify it, or write it another way"
FAILED = (
    "the query failed on a value that a function or a cast does not take; leave such values out by WHERE, "
    "or simplify the query"
)
_WRITTEN, _OF_ROWS = "correct it", "leave such values out by WHERE"
_PART = "this part of the query"
_WORD = re.compile(r'"(?:[^"]|"")+"|[^\W\d][\w$]*|\d[\w.]*|\'(?:[^\']|\'\')*\'|\S')
_BLANK = re.compile(r"(?:\s|--[^\n]*|/\*.*?\*/)*", re.DOTALL)
_MEANT = "; did you mean"
_LONGEST_VALUE = 40
_LONGEST_LINE = 100


@dataclass(frozen=True)
class ComplaintKind:
    """One kind of complaint.

    said      a regular expression of what the engine says. Its groups are filled into the sentence: `name` is
              a name that the user has written, `type` and `types` are the engine's types, `value` is of a row
    sentence  what is told. Beside the groups, `{part}` is what stands at the place, as `left()`, `{near}`
              what the name may have been meant for, and `{mend}` what helps against the value
    at        where it is looked for if the engine tells no place: a regular expression
    in_all    whether it is told of the engine's own SQL, too, whose complaints are otherwise the engine's
    """

    said: str
    sentence: str
    at: str = ""
    in_all: bool = False
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", re.compile(self.said, re.IGNORECASE | re.DOTALL))


@dataclass(frozen=True)
class EngineComplaint:
    """What an engine says of a statement.

    position  the character of the statement that it names; None where it names none
    """

    message: str
    statement: Statement
    position: int | None = None

    def sql_error(self, table: Sequence[ComplaintKind]) -> SqlError:
        """What is told where the statement cannot be understood."""
        words, where = self._told(table, UNKNOWN)
        return SqlError(words, *(where if where[0] else first_word(self.statement)))

    def query_error(self, table: Sequence[ComplaintKind]) -> QueryError:
        """What is told where it failed as it ran, on a value mostly."""
        return QueryError(str(SqlError(*self._flat(self._told(table, FAILED)))))

    def where(self, table: Sequence[ComplaintKind]) -> Where:
        """Where in what the user has written it is that the engine speaks of."""
        where = self._told(table, UNKNOWN)[1]
        return where if where[0] else first_word(self.statement)

    @staticmethod
    def _flat(told: tuple[str, Where]) -> tuple[str, int, int, str]:
        return (told[0], *told[1])

    def _told(self, table: Sequence[ComplaintKind], otherwise: str) -> tuple[str, Where]:
        for entry in table:
            found = entry.pattern.search(self.message)
            if found is not None and self._is_known(found):
                where = self._where(entry, found)
                return entry.sentence.format_map(self._words(found, where)), where
        where = self._where(ComplaintKind("", ""), None)
        return otherwise.format_map(self._words(None, where)), where

    def _is_known(self, found: re.Match[str]) -> bool:
        """Whether the user has written the names in a complaint: what the translation names is not told."""
        written = _asked(self.statement).lower()
        names = [value for group, value in found.groupdict().items() if group.startswith("name") and value]
        return all(_plain(name).lower() in written for name in names)

    # --- the place

    def _where(self, entry: ComplaintKind, found: re.Match[str] | None) -> Where:
        """Line, column and line: what the engine names, or else where what it complains of stands."""
        if self.position is not None and (where := self._placed(self.position))[0]:
            return where
        groups = found.groupdict() if found else {}
        for position in self._mentioned(groups):
            if (where := self._placed(position))[0]:
                return where
        patterns = [entry.at] if entry.at else []
        patterns += [
            rf"\b{re.escape(_plain(groups[name]))}\b" for name in ("name", "name2") if groups.get(name)
        ]
        for pattern in patterns:
            if there := re.search(pattern, _asked(self.statement), re.IGNORECASE):
                return where_of(there.start(), _asked(self.statement))
        return 0, 0, ""

    def _mentioned(self, groups: Mapping[str, str | None]) -> Iterator[int]:
        """Where the statement has a function or a text that the complaint names."""
        sql = self.statement.sql
        if function := groups.get("function"):
            yield from (one.start() for one in re.finditer(rf"\b{re.escape(function)}\(", sql, re.IGNORECASE))
        if value := groups.get("value"):
            literal = "'" + value.replace("'", "''") + "'"
            found = list(re.finditer(rf"{re.escape(literal)}|(?<![\w.]){re.escape(value)}(?![\w.])", sql))
            if len(found) == 1:
                yield found[0].start()

    def _placed(self, position: int) -> Where:
        if not self.statement.translated:
            return where_of(position, self.statement.sql)
        return self.statement.place(position)

    # --- the words

    def _words(self, found: re.Match[str] | None, where: Where) -> dict[str, str]:
        groups = found.groupdict() if found else {}
        told = {group: _told(group, value or "") for group, value in groups.items()}
        told |= {group: self._as_written(name) for group, name in told.items() if group.startswith("name")}
        part = _part(_asked(self.statement), where)
        told["thing"] = "table or column" if self._is_qualifier(told.get("name", "")) else "column"
        told["mend"] = _WRITTEN if self._is_written(groups.get("value") or "") else _OF_ROWS
        if told.get("operator", "") not in _asked(self.statement):
            told["operator"] = part  # what the translation put there
        return {**told, "part": part, "near": self._near(told.get("name", ""), groups.get("offered") or "")}

    def _as_written(self, name: str) -> str:
        """A name in the letters of the user, where the engine has others."""
        found = re.search(rf"\b{re.escape(name)}\b", _asked(self.statement), re.IGNORECASE) if name else None
        return found[0] if found else name

    def _is_qualifier(self, name: str) -> bool:
        """Whether a dot stands behind a name, which may mean a table, then, or a column with fields."""
        return re.search(rf'\b{re.escape(name)}"?\s*\.', _asked(self.statement)) is not None

    def _is_written(self, value: str) -> bool:
        """Whether a value stands in the query, and comes from no row."""
        return bool(value) and f"'{value}'" in _asked(self.statement)

    def _near(self, name: str, offered: str) -> str:
        """What a name may have been meant for: what there is at that place, or anywhere."""
        written = _asked(self.statement).lower()
        if name.lower() in map(str.lower, self.statement.names):
            return ""
        there = [
            one
            for one in re.findall(r'"([^"]+)"', offered)
            if one in self.statement.names or one.lower() in written
        ]
        found = (closest(name, names) for names in (there, self.statement.names))
        return next((words for words in found if words.startswith(_MEANT)), "")


def _told(group: str, value: str) -> str:
    """A group as a sentence has it."""
    if group.startswith("types"):
        return plain_types(value)
    if group.startswith("type"):
        return plain_type(value)
    if group.startswith("value"):
        return repr(elided(value, _LONGEST_VALUE))
    return _plain(value) if group.startswith("name") else value


def _plain(name: str) -> str:
    """A name without its quotes, and without what it is qualified by."""
    return name.replace('"', "").rpartition(".")[2]


def _asked(statement: Statement) -> str:
    return statement.asked or statement.sql


def _part(asked: str, where: Where) -> str:
    """What stands at a place, as it is told of: `left()`, or only that it is a part of the query."""
    line, column, _text = where
    if not line:
        return _PART
    rest = asked.split("\n")[line - 1][column - 1 :]
    word = _WORD.match(rest)
    called = word is not None and rest[word.end() :].lstrip().startswith("(")
    return f"{word[0]}()" if word is not None and called and word[0][0].isalpha() else _PART


def first_word(statement: Statement) -> Where:
    """The place of a statement as a whole."""
    asked = _asked(statement)
    blank = _BLANK.match(asked)
    return where_of(blank.end() if blank is not None and blank.end() < len(asked) else 0, asked)


def where_of(position: int, sql: str) -> Where:
    """Line and column, counted from 1, and what stands around it, of a character."""
    before = sql[:position]
    above, left = before.count("\n"), len(before.rpartition("\n")[2])
    first = max(left - _LONGEST_LINE // 2, 0)
    return above + 1, left + 1, sql.split("\n")[above][first : first + _LONGEST_LINE].strip()
