"""How long, and how deep, a query may be: what is beyond is refused before it is read.

sqlglot reads some brackets in two ways, one after the other, which takes twice the time at each of them; and
its trees are walked by functions that call themselves.
"""

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.parser import Parser
from sqlglot.tokens import Token, TokenType

from dw_simulator.errors import SqlError
from dw_simulator.plugins.dialects.parsing import place_of
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable

_LONGEST = 1_000_000
_MOST_WORDS = 50_000
_DEEPEST = 100
_DEEPEST_TYPED = 8
_MOST_MADE = 5_000
"""How many nodes a part of a query may become, besides some for each node that the query has."""
_GROWTH = 4
_MOST_COUNTED = 4_000_000
"""How many nodes are counted in all, which takes a second or two."""
_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END})
_TYPED = frozenset(Parser.TYPE_TOKENS)
"""What may be a type or a function: both are tried."""


def check_length(sql: str) -> None:
    """Raise SqlError for a text that is too long."""
    if len(sql) > _LONGEST:
        raise SqlError(f"the query is longer than {_LONGEST:,} characters; ask for less at once", 1, 1)
    if "\x00" in sql:
        where = place_of(sql.index("\x00"), sql)
        raise SqlError("the query has a character NUL in it; leave it out", *where)


def check_words(tokens: Sequence[Token]) -> None:
    """Raise SqlError, with line and column, for too many words, or brackets within brackets."""
    if len(tokens) > _MOST_WORDS:
        raise SqlError(f"the query has more than {_MOST_WORDS:,} words; ask for less at once", 1, 1)
    opened: list[bool] = []
    typed = 0
    before: Token | None = None
    for token in tokens:
        kind = token.token_type
        if kind in _OPENING:
            opened.append(before is not None and before.token_type in _TYPED)
            typed += opened[-1]
            if len(opened) > _DEEPEST or typed > _DEEPEST_TYPED:
                most = _DEEPEST if len(opened) > _DEEPEST else _DEEPEST_TYPED
                said = f"brackets are nested more than {most} deep; write the query in steps"
                raise SqlError(said, token.line, token.col)
        elif kind in _CLOSING and opened:
            typed -= opened.pop()
        before = token


class Growth:
    """Keeps a translation from growing without end: rewrites say arguments twice, within others that do."""

    def __init__(self, nodes: int) -> None:
        self._counted, self._most = 0, _MOST_MADE + _GROWTH * nodes

    def add(self, made: exp.Expr) -> None:
        """Count what was made of a node. Raises Untranslatable where it is too much."""
        for count, _part in enumerate(made.walk(), 1):
            self._counted += 1
            if count > self._most or self._counted > _MOST_COUNTED:
                told = "calls are nested too deeply to be translated; write the query in steps"
                raise Untranslatable(made, told)
