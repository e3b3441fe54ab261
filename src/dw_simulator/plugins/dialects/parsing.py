"""From text to sqlglot's trees; what cannot be read is an error with its place."""

import logging
import re
from collections.abc import Callable, Collection, Sequence
from functools import partial
from itertools import takewhile

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokens import Token, TokenType

from dw_simulator.errors import SqlError
from dw_simulator.plugins.dialects.misreadings import misreading
from dw_simulator.plugins.dialects.trees import around

# sqlglot says on the log what it takes for a bare command; here that becomes a problem or a warning
logging.getLogger("sqlglot").setLevel(logging.ERROR)

_UNCLOSED = re.compile(r"Missing (\S+) from \d+:(\d+)")
"""What sqlglot says of a quote that is never closed: the quote, and where the word begins."""
_ODD = re.compile(r"from \d+:(\d+)")
_QUOTED = {'"': 'a name is not closed: write "..."', "`": "a name is not closed: write `...`"}

_SURROGATE = re.compile("[\ud800-\udfff]")
_OTHERWISE = "this cannot be read; check how many values its functions take, and its keywords"
OF_BROKEN_TREES = (AttributeError, TypeError, ValueError, LookupError)
"""What sqlglot raises of trees in which something is missing, or stands where it does not belong."""
_BLANK = re.compile(r"(?:\s|--[^\n]*|/\*.*?\*/)*", re.DOTALL)
_LONGEST_LINE = 160
"""Of a longer line only what is around a place is shown."""
_DEEP = 40
"""How many brackets within each other are told of where these are too many."""
_AS_IT_STANDS = "dw_sim_as_it_stands_"

Look = Callable[[Sequence[Token]], None]
"""What refuses the words of a text before they are read. Raises SqlError."""


def parse(
    sql: str,
    dialect: type[Dialect],
    as_they_stand: Collection[str] = (),
    look: Look = lambda _words: None,
) -> list[exp.Expr]:
    """Every statement of a text. Raises SqlError, with its place.

    as_they_stand  functions, in capitals, of which sqlglot is to make nothing of its own
    look           refuses words before they are read
    """
    return trees_of(tokens_of(sql, dialect, as_they_stand, look), sql, dialect)


def tokens_of(
    sql: str,
    dialect: type[Dialect],
    as_they_stand: Collection[str] = (),
    look: Look = lambda _words: None,
) -> list[Token]:
    """The words of a text, as `parse` reads them. Raises SqlError, with its place."""
    if odd := _SURROGATE.search(sql):
        raise SqlError("a character here is none of UTF-8; leave it out", *place_of(odd.start(), sql))
    try:
        tokens: list[Token] = dialect().tokenize(sql)
        look(tokens)
    except TokenError as error:
        raise _unclosed(error, sql, dialect) from None
    if as_they_stand:
        tokens = [*map(partial(_unknown, as_they_stand), tokens, [*tokens[1:], None])]
    return tokens


def trees_of(tokens: list[Token], sql: str, dialect: type[Dialect]) -> list[exp.Expr]:
    """Every statement of some words of a text. Raises SqlError, with its place."""
    try:
        trees = dialect().parser().parse(tokens, sql)
    except ParseError as error:
        raise _error(error) from None
    except RecursionError:
        raise too_deep(sql) from None
    except OF_BROKEN_TREES:
        raise SqlError(_OTHERWISE, *beginning(sql)) from None
    found = [tree for tree in trees if tree is not None and tree.key != "semicolon"]  # a comment at the end
    for node in (node for tree in found for node in tree.find_all(exp.Anonymous)):
        node.set("this", node.name.removeprefix(_AS_IT_STANDS))
    return found


def _unknown(names: Collection[str], token: Token, following: Token | None) -> Token:
    """A function's name in letters that sqlglot knows nothing of, where it is one; `#` alone is XOR."""
    if token.token_type is TokenType.VAR and token.text == "#":
        return Token(TokenType.HASH, "#", token.line, token.col, token.start, token.end, token.comments)
    called = following is not None and following.token_type is TokenType.L_PAREN
    if not called or token.token_type is not TokenType.VAR or token.text.upper() not in names:
        return token
    text = f"{_AS_IT_STANDS}{token.text}"
    return Token(TokenType.VAR, text, token.line, token.col, token.start, token.end, token.comments)


def place(node: exp.Expr, sql: str) -> tuple[int, int, str]:
    """Line and column of a node's first word, counted from 1, and its line.

    Where sqlglot lost its words, it is the first word of what is around it in the same query.
    """
    for whole in (node, *takewhile(lambda one: not isinstance(one, exp.Query), around(node))):
        if (start := start_of(whole)) is not None:
            return place_of(start, sql)
    return beginning(sql)


def start_of(node: exp.Expr) -> int | None:
    """The first character of a node that sqlglot has kept the place of."""
    return min((part.meta["start"] for part in node.walk() if "start" in part.meta), default=None)


def beginning(sql: str, after: int = 0) -> tuple[int, int, str]:
    """Line and column of the first word of a text, or the first after a character, and its line."""
    blank = _BLANK.match(sql, after)
    return place_of(blank.end() if blank is not None and blank.end() < len(sql) else 0, sql)


def too_deep(sql: str) -> SqlError:
    """What is told of SQL that is nested too deeply to be read, at one of the brackets that are too many."""
    depth = 0
    for at, mark in enumerate(sql):
        depth += (mark in "([{") - (mark in ")]}")
        if depth > _DEEP:
            return SqlError(
                "brackets are nested too deeply; put what is in them into WITH", *place_of(at, sql)
            )
    return SqlError("this is nested too deeply; write it in parts, with WITH", *beginning(sql))


def place_of(start: int, sql: str) -> tuple[int, int, str]:
    """Line and column, counted from 1, and the line, of a character."""
    before = sql[:start]
    line = sql[before.rfind("\n") + 1 :].partition("\n")[0]
    column = start - before.rfind("\n")
    first = max(column - _LONGEST_LINE // 2, 0) if len(line) > _LONGEST_LINE else 0
    return before.count("\n") + 1, column, line[first : first + _LONGEST_LINE].strip()


def _unclosed(error: TokenError, sql: str, dialect: type[Dialect]) -> SqlError:
    """What is wrong with a script that does not come apart into words: mostly a quote is missing."""
    if isinstance(error.__cause__, IndexError):  # of a quote in the last place nothing more is told
        try:
            sqlglot.tokenize(f"{sql}\n", read=dialect)
        except TokenError as again:
            error = again
    found = _UNCLOSED.search(f"{error.__cause__ or error}")
    if found is not None:
        mark = found[1]
        return SqlError(
            _QUOTED.get(mark, f"a text is not closed: write {mark}...{mark}"), *place_of(int(found[2]), sql)
        )
    if isinstance(error.__cause__, IndexError) and "/*" in sql:  # it looked for the end beyond the end
        return SqlError("a comment is not closed: write /* ... */", *place_of(sql.rfind("/*"), sql))
    odd = _ODD.search(f"{error.__cause__ or error}")
    start = int(odd[1]) if odd else error.start or 0
    return SqlError(
        "this cannot be read; check the quotes and the odd characters here", *place_of(start, sql)
    )


def _error(error: ParseError) -> SqlError:
    first = error.errors[0] if error.errors else {}
    excerpt = "".join(str(first.get(k) or "") for k in ("start_context", "highlight", "end_context"))
    line = _line_around(excerpt, str(first.get("start_context") or ""))
    word = str(first.get("highlight") or "")
    message = misreading(str(first.get("description") or error), word)
    # sqlglot counts to the end of the word
    column = int(first.get("col") or 0) - max(len(word) - 1, 0)
    return SqlError(message, int(first.get("line") or 0), column, line)


def _line_around(excerpt: str, before: str) -> str:
    start = before.rfind("\n") + 1
    end = excerpt.find("\n", len(before))
    return excerpt[start : end if end >= 0 else None].strip()
