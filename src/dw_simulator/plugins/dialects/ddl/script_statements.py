"""A script taken apart into its statements, by quotes, comments and semicolons alone.

What a statement says does not matter here: one that nobody understands is a statement all the same, and takes
none of its neighbours with it. Quotes and comments are those of sqlglot's tokenizer of the dialect.

>>> from sqlglot.dialects.postgres import Postgres
>>> [one.text for one in statements("SELECT ';'; -- a;b\\nDROP TABLE t", Postgres)]
["SELECT ';'", 'DROP TABLE t']

Data is passed over quickly: one match of a regular expression that never goes back finds a statement.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from sqlglot.dialects.dialect import Dialect

from dw_simulator.errors import SqlError
from dw_simulator.plugins.dialects.ddl.script_text import ScriptText

_NESTED = 3
"""So deep are comments within comments, where a dialect has them."""
_FIRST_WORDS = 12
_TAG = re.compile(r"\$[A-Za-z_]\w{0,60}\$")
_MOST_TAGS = 30
"""A script with more different ones has no texts between them; each would be sought to the script's end."""
_DATA = re.compile(r"copy\s[^;]*\bfrom\s+stdin\b", re.IGNORECASE)
_PROGRAM = re.compile(
    r"create\s+(?:\w+\s+){0,5}?(?:procedure|function|trigger|package|task|event)\b(?!\s+table)|declare\b"
    r"|begin\b(?!\s*(?:transaction|work|tran)?\s*\Z)|do\s*\$|execute\s+immediate\b",
    re.IGNORECASE,
)
_BLOCKS = re.compile(r"\b(?:begin|case|end(?:\s+(?:if|loop|while|for|repeat|case))?)\b", re.IGNORECASE)
_WITHIN = re.compile(r"^[ \t]*(?=(?:create|alter)\s+(?:\w+\s+){0,5}?table\b)", re.IGNORECASE | re.MULTILINE)
"""A line that begins a statement about a table, whose neighbour in front has no semicolon."""
_DELIMITER = re.compile(r"delimiter[ \t]+(\S+)[ \t]*(?:\r?\n|\Z)", re.IGNORECASE)
_DELIMITER_AGAIN = re.compile(r"^[ \t]*delimiter[ \t]+;[^\n]*", re.IGNORECASE | re.MULTILINE)
_BETWEEN = re.compile(r"\\[^\n]*|(?:(?i:go)(?:[ \t]+\d+)?|/)[ \t]*(?=\r?\n|\Z)|;")
"""What stands between statements: lines of psql, and lines that end a batch."""
INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb]")
"""What word processors and chats put into SQL, and no database reads."""


@dataclass(frozen=True)
class ScriptStatement:
    """One statement.

    text   from its first word on, without the semicolon behind it
    start  where that is in the script
    """

    text: str
    start: int

    @cached_property
    def words(self) -> list[str]:
        """Its first words, in capitals, without what stands between them."""
        return [word.upper() for word in re.findall(r"[A-Za-z_]\w*", self.text[:400])[:_FIRST_WORDS]]


@dataclass(frozen=True)
class Lexis:
    """How a dialect writes texts, names and comments, as regular expressions.

    blank      white space and comments, as many as there are
    quoted     one text, name or comment
    statement  all up to the next semicolon, line of its own that separates batches, or unclosed quote
    inserts    as many INSERTs as stand one behind another; none as well
    """

    blank: re.Pattern[str]
    quoted: re.Pattern[str]
    statement: re.Pattern[str]
    inserts: re.Pattern[str]

    def masked(self, text: str) -> str:
        """The text with blanks for what is quoted or a comment, of the same length."""
        return self.quoted.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


@cache
def lexis(dialect: type[Dialect], *, tagged: bool = True) -> Lexis:
    """How a dialect writes texts, names and comments.

    tagged  whether $tag$ may be around a text: the end of each is sought to the end of the script
    """
    tokenizer = dialect.tokenizer_class
    # a comment of several lines is a pair of marks
    lines = [mark for mark in map("".join, tokenizer.COMMENTS) if not mark.startswith("/*")]
    comments = [rf"{re.escape(mark)}[^\n]*+" for mark in lines]
    within = r"[^*/]++|\*(?!/)|/(?!\*)"
    inner = r"/\*" + _all(within) + r"\*/"
    for _ in range(_NESTED if tokenizer.NESTED_COMMENTS else 0):
        inner = r"/\*" + _all(f"{within}|{inner}") + r"\*/"
    if not tokenizer.NESTED_COMMENTS:
        inner = r"/\*" + _all(r"[^*]++|\*(?!/)") + r"\*/"
    comments.append(inner)
    escaped = "\\" in tokenizer.STRING_ESCAPES
    quotes = _openings(tokenizer.QUOTES)
    names = _openings(tokenizer.IDENTIFIERS)
    texts = [_between(mark * 3, mark * 3, escaped=True) for mark in quotes if mark * 3 in quotes]
    texts += [_between(mark, mark, escaped=escaped) for mark in quotes if len(mark) == 1]
    if "'" in quotes and not escaped:
        texts.insert(0, rf"(?<=[eE])(?<![\w$][eE]){_between(chr(39), chr(39), escaped=True)}")
    ends = {"[": "]"}
    texts += [_between(mark, ends.get(mark, mark), escaped=False) for mark in names if mark not in quotes]
    tag = r"(?:[A-Za-z_]\w*)?" if tagged else ""
    dollars = rf"(?<![\w$])\$(?P<tag>{tag})\$.*?\$(?P=tag)\$"
    every = "|".join([*texts, dollars, *comments])
    opening = "".join(sorted({mark[0] for mark in [*quotes, *names]}))
    special = re.escape(opening + "$;-/#\n")
    batch = r"\n(?![ \t]*(?:(?i:go)(?:[ \t]+\d+)?|/)[ \t]*(?:\r?\n|\Z))"
    # what is frequent stands first
    text = "|".join(texts)
    body = _all(rf"[^{special}]++|{text}|{batch}|-(?!-)|{'|'.join(comments)}|{dollars}|[$#-]|/(?!\*)")
    blank = _all(rf"\s++|{'|'.join(comments)}")
    return Lexis(
        re.compile(rf"{blank}", re.DOTALL),
        re.compile(every, re.DOTALL),
        re.compile(body, re.DOTALL),
        re.compile(
            _all(rf"(?i:insert)\b{body.replace('tag>', 'tag1>').replace('=tag', '=tag1')};{blank}"),
            re.DOTALL,
        ),
    )


def _all(pattern: str) -> str:
    """As many as there are, of which none is given back.

    Of a part with choices, Python up to 3.11.4 finds less by *+ than by the same as a group.
    """
    return f"(?:{pattern})*+" if sys.version_info >= (3, 11, 5) else f"(?>(?:{pattern})*)"


def _openings(marks: Iterable[str | tuple[str, str]]) -> list[str]:
    """The marks that open; of the same at both ends, just that."""
    return [one if isinstance(one, str) else one[0] for one in marks]


def _between(mark: str, end: str, *, escaped: bool) -> str:
    """What stands between two marks; the end mark is written twice where it is meant."""
    if len(mark) > 1:
        within = _all(rf"\\.|(?!{re.escape(end)}).")
        return f"{re.escape(mark)}{within}{re.escape(end)}"
    last = re.escape(end)
    plain = rf"[^{last}\\]++|\\." if escaped else rf"[^{last}]++"
    return f"{re.escape(mark)}{_all(f'{plain}|{last}{last}')}{last}"


def statements(sql: str, dialect: type[Dialect]) -> Iterator[ScriptStatement]:
    """The statements of a script, in their order. Raises SqlError, with its place, for a quote left open."""
    tagged = len(set(_TAG.findall(sql))) <= _MOST_TAGS
    return _Splitting(sql, lexis(dialect, tagged=tagged)).all()


@dataclass
class _Splitting:
    """Takes a script apart. endless: a procedure has begun that never ends, and no other end is sought."""

    sql: str
    lexis: Lexis
    endless: bool = False

    def all(self) -> Iterator[ScriptStatement]:
        at = 0
        while (start := self._next_word(at)) < len(self.sql):
            if (delimiter := _DELIMITER.match(self.sql, start)) is not None:
                at = self._behind_delimited(delimiter)
                yield from self._delimited(delimiter, at)
                continue
            data = self.lexis.inserts.match(self.sql, start)
            if data is not None and data.end() > start:
                yield from self._apart(start, data.end())
                at = data.end()
                continue
            end = self._end(start)
            if _PROGRAM.match(self.sql, start, min(end, start + 400)):
                end = self._end_of_program(start, end)
            elif _DATA.match(self.sql, start, end):
                end = self._end_of_data(end)
            yield from self._apart(start, end)
            at = end + 1

    def _next_word(self, at: int) -> int:
        """Where the next statement begins: behind blanks, lines of psql, and lines that end a batch."""
        while True:
            found = self.lexis.blank.match(self.sql, at)
            at = found.end() if found else at
            rest = _BETWEEN.match(self.sql, at)
            if rest is None:
                return at
            at = rest.end()

    def _end(self, start: int) -> int:
        """Where a statement ends: at its semicolon, or the line that ends its batch."""
        found = self.lexis.statement.match(self.sql, start)
        assert found is not None, "it matches nothing, too"
        end = found.end()
        if end == len(self.sql) or self.sql[end] in ";\n":
            return end
        if self.sql[end : end + 2] != "/*" and not _about_tables(
            self.sql[start:end]
        ):  # whatever it is, the tables behind it are not lost
            behind = re.compile(r";[ \t]*\r?\n").search(self.sql, end)
            return behind.start() if behind else len(self.sql)
        raise _unclosed(self.sql, end)

    def _end_of_program(self, start: int, end: int) -> int:
        """Where a procedure ends: at the END of its outermost block; at `end` where there is none."""
        begun, at = end, start
        depth = 0
        if self.endless:
            return begun
        while True:
            for word in _BLOCKS.findall(self.lexis.masked(self.sql[at:end])):
                first = word.lower().split()
                if first in (["begin"], ["case"]):
                    depth += 1
                elif first in (["end"], ["end", "case"]):
                    depth -= 1
            if depth <= 0:
                return end
            if end >= len(self.sql):
                self.endless = True
                return begun
            at, end = end + 1, self._end(end + 1)

    def _end_of_data(self, end: int) -> int:
        """Behind the lines of a COPY: the one with a backslash and a point."""
        last = self.sql.find("\n\\.", end)
        return len(self.sql) if last < 0 else last + 2

    def _behind_delimited(self, first: re.Match[str]) -> int:
        """Behind what another delimiter than the semicolon separates, which MySQL's procedures are."""
        again = _DELIMITER_AGAIN.search(self.sql, first.end())
        return again.end() if again else len(self.sql) if first[1] != ";" else first.end()

    def _delimited(self, first: re.Match[str], end: int) -> Iterator[ScriptStatement]:
        """The statements that another delimiter separates."""
        again = _DELIMITER_AGAIN.search(self.sql, first.end(), end)
        at, last = first.end(), again.start() if again else end
        while at < last and first[1] != ";":
            start = self._next_word(at)
            found = self.sql.find(first[1], start, last)
            stop = last if found < 0 else found
            if self.sql[start:stop].strip():
                yield self._statement(start, stop)
            at = stop + len(first[1])

    def _apart(self, start: int, end: int) -> Iterator[ScriptStatement]:
        """A statement, or several where a semicolon is missing before one about a table."""
        begun = start
        is_program = _PROGRAM.match(self.sql, start, min(end, start + 400)) is not None
        if not is_program and _WITHIN.search(self.sql, start + 1, end) is not None:
            masked = self.lexis.masked(self.sql[start:end])
            depth = at = 0
            for found in _WITHIN.finditer(masked, 1):
                cut = found.end()
                depth += masked.count("(", at, cut) - masked.count(")", at, cut)
                at = cut
                if depth <= 0:
                    yield self._statement(begun, start + cut)
                    begun, depth = start + cut, 0
        yield self._statement(begun, end)

    def _statement(self, start: int, end: int) -> ScriptStatement:
        return ScriptStatement(self.sql[start:end].rstrip(), start)


def _about_tables(text: str) -> bool:
    return re.match(r"(?:create|alter|comment|drop|crate)\b", text, re.IGNORECASE) is not None


def _unclosed(sql: str, at: int) -> SqlError:
    mark = sql[at]
    if mark == "/":
        what = "a comment is not closed: write /* ... */"
    elif mark in '"`[':
        what = f"a name is not closed: write {mark}...{']' if mark == '[' else mark}"
    else:
        what = f"a text is not closed: write {mark}...{mark}"
    place = ScriptText(sql).place(at)
    return SqlError(what, place.line, place.column, place.excerpt)
