"""A CREATE TABLE taken apart: the words before its name, the name, what stands in its brackets and behind."""

import re
from dataclasses import dataclass

from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.word_runs import WordRun

_MOST_MODIFIERS = 6


@dataclass(frozen=True)
class Name:
    """The name of a table, or of what belongs to a schema like one.

    schema  empty where it is not said
    """

    name: str
    schema: str = ""


@dataclass(frozen=True)
class TableHead:
    """What a CREATE TABLE statement says, before its columns are read.

    modifiers  the words between CREATE and TABLE: TEMP, EXTERNAL, OR REPLACE, ...
    if_absent  whether it says IF NOT EXISTS
    named      the words of the name
    brackets   what stands in the brackets behind the name; None without brackets
    opened     the bracket that is never closed, where there is one
    tail       what stands behind
    """

    modifiers: tuple[str, ...]
    if_absent: bool
    name: Name
    named: WordRun
    brackets: WordRun | None
    opened: WordRun | None
    tail: WordRun


@dataclass(frozen=True)
class Folding:
    """How a dialect reads names.

    upper  whether unquoted names are capitals there, so that "ORDERS" in quotes is the same as orders
    dotted whether a name in quotes may be a path: `project.dataset.table`
    """

    upper: bool = False
    dotted: bool = False

    def name(self, text: str, *, quoted: bool) -> str:
        """A name as this program writes it: in small letters unless quotes make it another one."""
        if not quoted or (self.upper and re.fullmatch(r"[A-Z_][A-Z0-9_$]*", text)):
            return text.lower()
        return text

    def spelled(self, text: str, *, quoted: bool) -> str:
        """What tells a name from others: "a" and A are two where unquoted names are capitals."""
        if quoted:
            return text
        return text.upper() if self.upper else text.lower()


AS_WRITTEN = Folding()
"""Names in quotes are as they are written, those without in small letters."""


def name_at(words: WordRun, index: int, folding: Folding) -> tuple[Name | None, int]:
    """The name that begins at a word, and the index behind it; None where there is none.

    IDENTIFIER('s.t') names a table, too.
    """
    if words.says("IDENTIFIER", at=index) and words.kind(index + 1) is TokenType.L_PAREN:
        text = words.tokens[index + 2].text if words.kind(index + 2) is TokenType.STRING else ""
        parts = [part.strip('"') for part in text.split(".") if part.strip('"')]
        if not parts or words.kind(index + 3) is not TokenType.R_PAREN:
            return None, index
        return _named([folding.name(part, quoted=f'"{part}"' in text) for part in parts]), index + 4
    parts, at = [], index
    while at < len(words):
        part, at = _part(words, at, folding)
        if part is None:
            return None, index
        parts += part
        if words.kind(at) is not TokenType.DOT:
            break
        at += 1
        while words.kind(at) is TokenType.DOT:  # database..table
            at += 1
    return (_named(parts), at) if parts else (None, index)


def _part(words: WordRun, at: int, folding: Folding) -> tuple[list[str] | None, int]:
    """One part of a name, or several of one that is a path; None where there is no name."""
    token = words.tokens[at]
    if token.token_type is TokenType.IDENTIFIER:
        text = token.text
        if folding.dotted and "." in text:
            return [part for part in text.split(".") if part], at + 1
        return [folding.name(text, quoted=True)], at + 1
    if not re.match(r"[^\W\d]|[#@_$]", token.text) and token.token_type is not TokenType.VAR:
        return None, at
    text, at = token.text, at + 1
    # project-name.dataset.table, and #temporary of which the sign is a word of its own
    while at < len(words) and words.tokens[at].start == words.tokens[at - 1].end + 1 and _goes_on(words, at):
        text, at = text + words.tokens[at].text, at + 1
    return [folding.name(text.lstrip("#@") or text, quoted=False)], at


def _goes_on(words: WordRun, at: int) -> bool:
    """Whether a name without quotes goes on with a word."""
    before = words.tokens[at - 1].text
    joined = words.kind(at - 1) is TokenType.NUMBER and words.kind(at) in (TokenType.VAR, TokenType.NUMBER)
    return words.tokens[at].text == "-" or before in ("-", "#", "@", "##") or joined


def _named(parts: list[str]) -> Name:
    return Name(parts[-1], parts[-2] if len(parts) > 1 else "")


def _columns_first(words: WordRun, at: int) -> tuple[WordRun, int]:
    """The words with CLUSTER BY (...) behind the columns, which Snowflake writes in front of them."""
    if words.word(at) != "CLUSTER":
        return words, at
    opened = next((k for k in range(at, len(words)) if words.kind(k) is TokenType.L_PAREN), None)
    closing = words.closing(opened) if opened is not None else None
    if closing is None or words.kind(closing + 1) is not TokenType.L_PAREN:
        return words, at
    end = words.closing(closing + 1)
    if end is None:
        return words, at
    clause, columns = words.tokens[at : closing + 1], words.tokens[closing + 1 : end + 1]
    first, rest = words.tokens[:at], words.tokens[end + 1 :]
    return WordRun([*first, *columns, *clause, *rest], words.text, words.start), at


def head_of(words: WordRun, folding: Folding) -> TableHead | None:
    """A CREATE TABLE statement, taken apart; None where it is none, or has no name."""
    table = next((k for k in range(1, _MOST_MODIFIERS + 2) if words.word(k) == "TABLE"), None)
    if not words.says("CREATE") or table is None:
        return None
    at = table + 1
    if_absent = words.says("IF", "NOT", "EXISTS", at=at)
    at += 3 if if_absent else 0
    name, behind = name_at(words, at, folding)
    if name is None:
        return None
    modifiers = tuple(words.word(k) for k in range(1, table))
    if words.says("IF", "NOT", "EXISTS", at=behind):  # Snowflake takes it on both sides
        if_absent, behind_all = True, behind + 3
    else:
        behind_all = behind
    named = words.cut(at, behind)
    words, behind_all = _columns_first(words, behind_all)
    if words.kind(behind_all) is not TokenType.L_PAREN:
        return TableHead(modifiers, if_absent, name, named, None, None, words.cut(behind_all))
    closing = words.closing(behind_all)
    if closing is None:
        inner, opened = words.cut(behind_all + 1), words.cut(behind_all, behind_all + 1)
        return TableHead(modifiers, if_absent, name, named, inner, opened, words.cut(len(words)))
    inner = words.cut(behind_all + 1, closing)
    return TableHead(modifiers, if_absent, name, named, inner, None, words.cut(closing + 1))
