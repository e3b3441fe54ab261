"""The words of a statement, and sqlglot's trees of a few of them at a time.

sqlglot reads a CREATE TABLE whole or not at all. Here, its columns, constraints and clauses are read one by
one, so that what is not understood can be shown, and left out, by itself:

>>> from sqlglot.dialects.postgres import Postgres
>>> grammar = SqlGrammar(Postgres)
>>> words = grammar.words("a INT FROBNICATE, b TEXT", 0)
>>> [(str(item), grammar.item(item) is not None) for item in words.by_commas()]
[('a INT FROBNICATE', False), ('b TEXT', True)]
"""

import logging
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from dw_simulator.plugins.dialects.ddl.script_text import ScriptText
from dw_simulator.ports.dialect import Place

# sqlglot says on the log what it takes for a bare command; here that is told, or a problem
logging.getLogger("sqlglot").setLevel(logging.ERROR)

_OPENING = TokenType.L_PAREN
_OPEN = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE})
_CLOSE = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE})
_QUOTED = frozenset({TokenType.IDENTIFIER, TokenType.STRING})
_MARKS = {TokenType.IDENTIFIER: '"', TokenType.STRING: "'"}
_DASHED = re.compile(r"-\d+\.")
_CLOSE_ENOUGH = 0.75
_LONGEST_WORD = 40
_ENDLESS = frozenset({"SYSTEM_VERSIONING", "DATA_DELETION"})
"""Words behind which sqlglot reads an option that it does not know again and again, and never ends."""
_LONGEST_SHOWN = 60
_NESTING = frozenset({"ARRAY", "STRUCT", "MAP", "LIST", "RANGE", "OBJECT"})
"""Types whose elements stand in angle brackets."""


def meant(word: str, known: frozenset[str]) -> str:
    """The word that somebody has probably meant; empty where there is none, or it is that word."""
    sane = 2 < len(word) <= _LONGEST_WORD
    if not sane or word.upper() in known:
        return ""
    letters = sorted(word.upper())
    swapped = [one for one in sorted(known) if sorted(one) == letters]
    found = swapped or get_close_matches(word.upper(), known, n=1, cutoff=_CLOSE_ENOUGH)
    return found[0] if found else ""


def beginning(words: object, count: int = 6) -> str:
    """The first words of a statement, as they are told of one that is left out."""
    return " ".join(str(words).split(maxsplit=count)[:count])


def shortened(text: str) -> str:
    """A text on one line, of which too much is cut."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _with_length(token: Token, following: Token | None) -> Token:
    """VARCHAR in front of a length, where sqlglot would read any type of text and drop the length."""
    if token.token_type is not TokenType.TEXT or following is None or following.token_type is not _OPENING:
        return token
    return Token(TokenType.VARCHAR, token.text, token.line, token.col, token.start, token.end, token.comments)


@dataclass(frozen=True)
class WordRun:
    """Some words of a statement, one behind another.

    text   the statement's
    start  where that begins in the script
    """

    tokens: Sequence[Token]
    text: str
    start: int

    def __len__(self) -> int:
        return len(self.tokens)

    def __str__(self) -> str:
        return self.text[self.tokens[0].start : self.tokens[-1].end + 1] if self.tokens else ""

    @property
    def spelled(self) -> str:
        """The words as they are meant, whatever is written there."""
        text, end = "", -1
        for token in self.tokens:
            mark = _MARKS.get(token.token_type, "")
            word = token.text.replace(mark, mark * 2) if mark else token.text
            text += f"{'' if token.start == end + 1 else ' '}{mark}{word}{mark}"
            end = token.end
        return text.strip()

    def cut(self, first: int, last: int | None = None) -> "WordRun":
        """The words from one up to another."""
        return WordRun(self.tokens[first:last], self.text, self.start)

    def with_plain_name(self) -> "WordRun":
        """The same with a first word that means nothing anywhere: a column may be called as a clause is."""
        first = self.tokens[0]
        plain = Token(TokenType.VAR, "plain", first.line, first.col, first.start, first.end)
        return WordRun([plain, *self.tokens[1:]], self.text, self.start)

    def unquoted(self, index: int) -> "WordRun":
        """The same with a word that is in quotes as if it were not: [int] is int."""
        if not self.is_quoted(index):
            return self
        one = self.tokens[index]
        plain = Token(TokenType.VAR, one.text, one.line, one.col, one.start, one.end)
        return WordRun([*self.tokens[:index], plain, *self.tokens[index + 1 :]], self.text, self.start)

    def but(self, *words: str, behind: Collection[str] = ()) -> "WordRun":
        """The same without these words, wherever they stand, or behind those words alone."""
        kept = [
            token
            for at, token in enumerate(self.tokens)
            if self.word(at) not in words or (behind and self.word(at - 1) not in behind)
        ]
        return WordRun(kept, self.text, self.start)

    def mentions(self, pattern: re.Pattern[str]) -> bool:
        """Whether something is written there, from the first to the last word."""
        if not self.tokens:
            return False
        return pattern.search(self.text, self.tokens[0].start, self.tokens[-1].end + 1) is not None

    def word(self, index: int) -> str:
        """A word in capitals; empty beyond the last, and for what is quoted.

        Of several words that sqlglot takes for one, such as PRIMARY KEY, the first.
        """
        if not 0 <= index < len(self.tokens) or self.tokens[index].token_type in _QUOTED:
            return ""
        return self.tokens[index].text.upper().partition(" ")[0]

    def says(self, *words: str, at: int = 0) -> bool:
        """Whether these words stand there."""
        return all(self.word(at + k) == word for k, word in enumerate(words))

    def without(self, said: Sequence[str], at: int) -> "WordRun":
        """The same without the word that stands so far behind the beginning of these, where they are said."""
        found = next((k for k in range(len(self)) if self.says(*said, at=k)), None)
        if found is None:
            return self
        kept = [token for k, token in enumerate(self.tokens) if k != found + at]
        return WordRun(kept, self.text, self.start)

    def without_last(self, *words: str) -> "WordRun":
        """The same without its last word, where it is one of these."""
        return self.cut(0, -1) if self.word(len(self) - 1) in words else self

    def kind(self, index: int) -> TokenType | None:
        """sqlglot's type of a word; None beyond the last."""
        return self.tokens[index].token_type if 0 <= index < len(self.tokens) else None

    def is_quoted(self, index: int) -> bool:
        """Whether a word is a name or a text in quotes."""
        return self.kind(index) in _QUOTED

    def place(self, source: ScriptText) -> Place:
        """Where they stand."""
        if not self.tokens:
            return source.place(self.start)
        return source.place(self.start + self.tokens[0].start, self.start + self.tokens[-1].end + 1)

    def depths(self) -> Iterator[tuple[int, int]]:
        """(index, depth) of each word; a bracket that opens or closes is as deep as what is around it.

        Angle brackets count behind the name of a type that takes them.
        """
        depth = angles = 0
        for index, token in enumerate(self.tokens):
            if token.token_type in _CLOSE:
                depth = max(0, depth - 1)
            elif angles and token.text and set(token.text) == {">"}:
                closed = min(len(token.text), angles)
                angles, depth = angles - closed, max(0, depth - closed)
            yield index, depth
            if token.token_type in _OPEN:
                depth += 1
            elif token.token_type is TokenType.LT and self.word(index - 1) in _NESTING:
                angles, depth = angles + 1, depth + 1

    def closing(self, index: int) -> int | None:
        """The index of the bracket that closes one; None where it is missing."""
        depth = 0
        for at in range(index, len(self.tokens)):
            depth += self.tokens[at].token_type in _OPEN
            depth -= self.tokens[at].token_type in _CLOSE
            if depth == 0:
                return at
        return None

    def typed(self, index: int) -> "WordRun":
        """The word there with the brackets behind it: a type with its arguments."""
        opened = self.kind(index + 1) is TokenType.L_PAREN
        closing = self.closing(index + 1) if opened else None
        return self.cut(index, index + 1 if closing is None else closing + 1)

    def by_commas(self) -> "list[WordRun]":
        """What stands between the commas that are in no bracket; nothing between two of them is empty."""
        commas = [
            at for at, depth in self.depths() if depth == 0 and self.tokens[at].token_type is TokenType.COMMA
        ]
        if not self.tokens:
            return []
        ends = [*commas, len(self.tokens)]
        return [
            self.cut(first, last) for first, last in zip([0, *(at + 1 for at in commas)], ends, strict=True)
        ]


def span(text: str, start: int) -> WordRun:
    """A text of the script as one word, whatever it is."""
    return WordRun([Token(TokenType.VAR, text, 1, 0, 0, len(text) - 1)], text, start)


def start_and_step(words: WordRun) -> tuple[int, int]:
    """Where a sequence starts, and its step, of words in any order: START WITH 5 INCREMENT BY -1."""
    found = {word: number_behind(words, word) for word in ("START", "INCREMENT", "MINVALUE", "MAXVALUE")}
    step = found["INCREMENT"] or 1
    bound = found["MINVALUE"] if step > 0 else found["MAXVALUE"]
    usual = bound if bound is not None else (1 if step > 0 else -1)
    return found["START"] if found["START"] is not None else usual, step


def number_behind(words: WordRun, word: str) -> int | None:
    """The number behind START, or START WITH, or START =."""
    for k in range(len(words)):
        if words.word(k) != word or words.says("NO", at=k - 1):
            continue
        for j in range(k + 1, min(k + 4, len(words))):
            if words.kind(j) is TokenType.NUMBER and words.tokens[j].text.isdecimal():
                negative = words.kind(j - 1) is TokenType.DASH
                return -int(words.tokens[j].text) if negative else int(words.tokens[j].text)
    return None


def _with_points(tokens: Sequence[Token]) -> Iterator[Token]:
    """The words of my-project-123.dataset.table, of which `123.` is a number and a point."""
    for k, one in enumerate(tokens):
        following = tokens[k + 1] if k + 1 < len(tokens) else None
        behind_dash = k and tokens[k - 1].token_type is TokenType.DASH
        ends = behind_dash and one.token_type is TokenType.NUMBER and one.text.endswith(".")
        if ends and following is not None and following.start == one.end + 1:
            yield Token(TokenType.NUMBER, one.text[:-1], one.line, one.col, one.start, one.end - 1)
            yield Token(TokenType.DOT, ".", one.line, one.col, one.end, one.end)
        else:
            yield one


@dataclass(frozen=True)
class SqlGrammar:
    """What sqlglot reads of a dialect."""

    dialect: type[Dialect]

    @cached_property
    def _instance(self) -> Dialect:
        return self.dialect()

    @cached_property
    def _frame(self) -> tuple[list[Token], list[Token]]:
        """The words around the columns of a table."""
        tokens = list(self._instance.tokenize("CREATE TABLE t (a INT)"))
        return tokens[:4], tokens[-1:]

    @cached_property
    def plain_column(self) -> list[Token]:
        """A column that says no more than its type."""
        return list(self._instance.tokenize("plain INT"))

    @cached_property
    def _head(self) -> list[Token]:
        """The words before the clauses of a table."""
        return list(self._instance.tokenize("CREATE TABLE t (a INT)"))

    @cached_property
    def _alter(self) -> list[Token]:
        return list(self._instance.tokenize("ALTER TABLE t ADD"))[:3]

    @cached_property
    def types(self) -> frozenset[str]:
        """The names of types that sqlglot knows of the dialect."""
        kinds = self.dialect.parser_class.TYPE_TOKENS
        known = self.dialect.tokenizer_class.KEYWORDS.items()
        return frozenset(name for name, kind in known if kind in kinds and name.isidentifier())

    def words(self, text: str, start: int) -> WordRun:
        """The words of a text, which begins at a place of the script. Raises TokenError."""
        tokens = list(self._instance.tokenize(text))
        if _DASHED.search(text):
            tokens = list(_with_points(tokens))
        if self._shortens:
            tokens = [*map(_with_length, tokens, [*tokens[1:], None])]
        return WordRun(tokens, text, start)

    @cached_property
    def _shortens(self) -> bool:
        """Whether sqlglot leaves out how long texts are."""
        return exp.DType.TEXT in self.dialect.parser_class.TYPE_CONVERTERS

    def items(self, words: WordRun) -> list[exp.Expr] | None:
        """Columns and constraints of a table; None where sqlglot does not understand all of them."""
        before, behind = self._frame
        tree = self._tree([*before, *words.tokens, *behind], words.text)
        if not isinstance(tree, exp.Create) or not isinstance(tree.this, exp.Schema):
            return None
        return list(tree.this.expressions)

    def item(self, words: WordRun) -> exp.Expr | None:
        """One column or constraint."""
        found = self.items(words) if len(words) else None
        return found[0] if found and len(found) == 1 else None

    def clauses(self, words: WordRun) -> list[exp.Expr] | None:
        """What stands behind the columns of a table; None where it is not understood, or no clause."""
        tree = self._tree([*self._head, *words.tokens], words.text)
        if not isinstance(tree, exp.Create) or tree.expression is not None or tree.args.get("clone"):
            return None
        properties = tree.args.get("properties")
        return list(properties.expressions) if properties else []

    def action(self, words: WordRun) -> list[exp.Expr] | None:
        """What an ALTER TABLE does; None where it is not understood."""
        tree = self._tree([*self._alter, *words.tokens], words.text)
        return list(tree.args.get("actions") or ()) if isinstance(tree, exp.Alter) else None

    def statement(self, words: WordRun) -> exp.Expr | None:
        """A whole statement; None where it is not understood."""
        tree = self._tree(list(words.tokens), words.text)
        return None if tree is None or tree.key == "command" else tree

    def _tree(self, tokens: list[Token], text: str) -> exp.Expr | None:
        if any(token.text.upper() in _ENDLESS for token in tokens):
            return None
        try:
            trees = self._instance.parser().parse(tokens, text)
        except (SqlglotError, RecursionError):
            return None
        except (AttributeError, TypeError, ValueError, LookupError, AssertionError):
            return None  # of what is no SQL, sqlglot stumbles now and then
        return trees[0] if len(trees) == 1 else None
