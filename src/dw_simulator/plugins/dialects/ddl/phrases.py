"""Phrases of some warehouses that sqlglot does not read, and the same in words that it does.

>>> from sqlglot.dialects.oracle import Oracle
>>> grammar = SqlGrammar(Oracle)
>>> [token.text for token in in_plain_words(grammar.words("a CLOB DEFAULT ON NULL 1", 0), grammar, ()).tokens]
['a', 'CLOB', 'NOT', 'NULL', 'DEFAULT', '1']
"""

import re
from collections.abc import Container, Mapping

from sqlglot.tokens import Token, TokenType

from dw_simulator.plugins.dialects.ddl.word_runs import SqlGrammar, WordRun

_PHRASES: Mapping[str, str] = {
    "BY DEFAULT ON NULL": "BY DEFAULT",
    "DEFAULT ON NULL FOR INSERT AND UPDATE": "NOT NULL DEFAULT",
    "DEFAULT ON NULL FOR INSERT ONLY": "NOT NULL DEFAULT",
    "DEFAULT ON NULL": "NOT NULL DEFAULT",
    "NOT FOR REPLICATION": "",
    **{
        f"CONSTRAINT {kind}": kind  # without a name, which MySQL takes
        for kind in ("FOREIGN KEY", "PRIMARY KEY", "UNIQUE", "CHECK")
    },
    **dict.fromkeys(("WITH CHECK ADD", "WITH NOCHECK ADD"), "ADD"),
    **dict.fromkeys(("NONCLUSTERED INDEX", "CLUSTERED INDEX"), "INDEX"),
    **dict.fromkeys(("USING BTREE", "USING HASH"), ""),
    **dict.fromkeys(("CHARACTER LARGE OBJECT", "CHAR LARGE OBJECT"), "CLOB"),
    **dict.fromkeys(
        (
            *("NATIONAL CHARACTER LARGE OBJECT", "NATIONAL CHAR LARGE OBJECT", "NCHAR LARGE OBJECT"),
            "NATIONAL TEXT",
        ),
        "NCLOB",
    ),
    **dict.fromkeys(("CHARACTER VARYING", "CHAR VARYING"), "VARCHAR"),
    "BINARY LARGE OBJECT": "BLOB",
    "BINARY VARYING": "VARBINARY",
    **dict.fromkeys(
        ("NATIONAL CHARACTER VARYING", "NATIONAL CHAR VARYING", "NATIONAL VARCHAR", "NCHAR VARYING"),
        "NVARCHAR",
    ),
    **dict.fromkeys(("NATIONAL CHARACTER", "NATIONAL CHAR"), "NCHAR"),
}
"""Of two that begin alike, the longer one stands first."""
_ANY = re.compile(
    r"(?:large\s+object|varying|national|for\s+replication|on\s+null|using\s+(?:btree|hash)|(?:no)?check\s+add|clustered\s+index"
    r"|constraint\s+(?:foreign|primary|unique|check)|key\s+\S+\s*\()\b",
    re.IGNORECASE,
)
"""What is in each of them."""
_BY_FIRST: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _said, _instead in _PHRASES.items():
    _BY_FIRST.setdefault(_said.partition(" ")[0], []).append((tuple(_said.split()), _instead))


def in_plain_words(words: WordRun, grammar: SqlGrammar, types: Container[str]) -> WordRun:
    """The same words without such phrases; what stands for one has its place.

    types  that the dialect knows: without NVARCHAR, national text is text like other
    """
    if not _ANY.search(words.text):
        return words
    kept: list[Token] = []
    at = 0
    while at < len(words):
        count, instead = _phrase(words, at)
        if count == 0 and _is_name_of_key(words, at):
            count = 1
        if count:
            first = words.tokens[at]
            if instead in ("NVARCHAR", "NCHAR") and instead not in types:
                instead = instead[1:]
            kept += [_at(token, first) for token in (grammar.words(instead, 0).tokens if instead else ())]
        else:
            kept.append(words.tokens[at])
        at += count or 1
    return WordRun(kept, words.text, words.start)


def _is_name_of_key(words: WordRun, at: int) -> bool:
    """Whether it is the y of FOREIGN KEY y (a), which says nothing."""
    named = words.is_quoted(at) or words.kind(at) is TokenType.VAR
    behind = at and words.kind(at - 1) is TokenType.FOREIGN_KEY
    return bool(named and behind and words.kind(at + 1) is TokenType.L_PAREN)


def _phrase(words: WordRun, at: int) -> tuple[int, str]:
    """How many tokens a phrase takes that begins here, and what is meant; (0, "") where none does."""
    for said, instead in _BY_FIRST.get(words.word(at), ()):
        found: list[str] = []
        end = at
        while len(found) < len(said) and end < len(words) and not words.is_quoted(end):
            found += words.tokens[end].text.upper().split()
            end += 1
        if tuple(found) == said:
            return end - at, instead
    return 0, ""


def _at(token: Token, place: Token) -> Token:
    return Token(token.token_type, token.text, place.line, place.col, place.start, place.end)
