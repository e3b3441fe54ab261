"""Unique indexes: keys, where they are unique among all rows, and of columns as they are."""

from collections.abc import Iterator
from typing import Literal

from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.constraint_names import constraint, drop_constraint
from dw_simulator.plugins.dialects.ddl.script import MadeTable, Script
from dw_simulator.plugins.dialects.ddl.table_head import name_at
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun, beginning

_SAID = frozenset({"CONCURRENTLY", "IF", "NOT", "EXISTS", "ONLINE", "OFFLINE"})
"""What may stand between INDEX and its name."""
_BRACKETS = (TokenType.L_PAREN, TokenType.R_PAREN)


def create_unique_index(script: Script, words: WordRun) -> None:
    """CREATE UNIQUE INDEX name ON table (columns): a key of the table."""
    on = next((k for k in range(len(words)) if words.word(k) == "ON"), len(words))
    at = on + 1 + (words.word(on + 1) == "ONLY")
    owner, behind = name_at(words, at, script.folding) if on < len(words) else (None, at)
    made = script.find(owner) if owner is not None else None
    if made is None:
        script.warn("", f"{beginning(words)} ... is of no table of this script, left out")
        return
    opened = next((k for k in range(behind, len(words)) if words.kind(k) is TokenType.L_PAREN), len(words))
    closing = words.closing(opened) if opened < len(words) else None
    if closing is None:
        script.warn(made.table["name"], f"{beginning(words)} ... is not understood, and was left out")
        return
    key = add_key(script, made, words.cut(opened + 1, closing), words.cut(closing + 1))
    named = next((k for k in range(1, on) if words.word(k) == "INDEX"), on) + 1
    while words.word(named) in _SAID:
        named += 1
    name = name_at(words, named, script.folding)[0] if named < on else None
    if key is not None and name is not None:
        script.indexes[name.name] = script.indexes[_of_table(made, name.name)] = key


def add_key(script: Script, made: MadeTable, inner: WordRun, behind: WordRun) -> list[str] | None:
    """A key of the columns in an index's brackets; None where it is of something else, which is told.

    behind  what stands behind the brackets
    """
    columns = [_column(script, part) for part in inner.by_commas()]
    key = [name for name in columns if name is not None]
    at = next((k for k, depth in behind.depths() if not depth and behind.word(k) == "WHERE"), None)
    some = at is not None and not _without_nulls(script, behind.cut(at + 1), key)
    if some or None in columns:
        what = "some rows" if some else "what is worked out from columns"
        message = f"{beginning(script.words or inner)} ... is unique among {what}, which is not kept"
        script.warn(made.table["name"], message)
        return None
    made.table.setdefault("unique", []).append(key)
    script.mention(made, key)
    script.check_mentions(made)
    if any(behind.says("NULLS", "NOT", "DISTINCT", at=k) for k in range(len(behind))):
        made.table.setdefault("nulls_not_distinct", []).append(key)
    return key


def _column(script: Script, part: WordRun) -> str | None:
    """The column that is a part of an index, with or without order, collation and class of operators."""
    if part.kind(0) is TokenType.L_PAREN and part.closing(0) is not None:
        behind = part.cut((part.closing(0) or 0) + 1)
        inner = part.cut(1, part.closing(0))
        if len(inner) != 1 or inner.word(0) in ("TRUE", "FALSE", "NULL"):
            return None  # an expression
        part = WordRun([*inner.tokens, *behind.tokens], part.text, part.start)
    following = part.cut(1)
    if following.kind(0) is TokenType.L_PAREN and following.kind(1) is TokenType.NUMBER:
        # of its first so many letters, as MySQL has it: all of them are as different
        closing = following.closing(0)
        following = following.cut(closing + 1) if closing is not None else following
    if (
        not part.tokens
        or part.kind(0) in (TokenType.STRING, TokenType.NUMBER)
        or not all(_goes_on(following))
    ):
        return None
    return script.folding.name(part.tokens[0].text, quoted=part.is_quoted(0))


def _without_nulls(script: Script, condition: WordRun, key: list[str]) -> bool:
    """Whether a condition leaves out rows with NULLs in the key alone, which UNIQUE does anyway."""
    words = [token for token in condition.tokens if token.token_type not in _BRACKETS]
    bare = WordRun(words, condition.text, condition.start)
    parts = range(0, len(bare), 5)
    said = all(bare.says("IS", "NOT", "NULL", at=at + 1) and bare.word(at + 4) in ("", "AND") for at in parts)
    return said and all(
        script.folding.name(bare.tokens[at].text, quoted=bare.is_quoted(at)) in key for at in parts
    )


def _goes_on(words: WordRun) -> Iterator[bool]:
    """Whether each of the words behind a column's name is one of its order, collation or class."""
    for at, depth in words.depths():
        named = words.tokens[at].text[:1].isalpha() or words.tokens[at].text[:1] == "_" or words.is_quoted(at)
        is_class = at and words.kind(at) is TokenType.L_PAREN  # gist_trgm_ops(siglen = 32)
        yield bool(depth or named or is_class or words.kind(at) in (TokenType.DOT, TokenType.R_PAREN))


def drop_index(script: Script, words: WordRun) -> None:
    """DROP INDEX name, or DROP INDEX name ON table: a unique one is no key any more."""
    at = next((k for k in range(len(words)) if words.word(k) == "INDEX"), 1) + 1
    while words.word(at) in ("IF", "EXISTS", "CONCURRENTLY"):
        at += 1
    for part in words.cut(at).by_commas():
        name, behind = name_at(part, 0, script.folding) if part.tokens else (None, 0)
        if name is None:
            continue
        owner = name_at(part, behind + 1, script.folding)[0] if part.word(behind) == "ON" else None
        made = script.find(owner) if owner is not None else None
        if (
            not forget_index(script, name.name, made)
            and made is not None
            and constraint(script, made, name.name) is not None
        ):
            drop_constraint(script, made, name.name)


_KEYS: tuple[Literal["unique"], Literal["nulls_not_distinct"]] = ("unique", "nulls_not_distinct")


def _of_table(made: MadeTable, name: str) -> str:
    """What an index is called where each table has names of its own."""
    return f"{made.table['name']}.{name}"


def forget_index(script: Script, name: str, of: MadeTable | None = None) -> bool:
    """Take the key away that a unique index is; False where there is none of this name, or of that table."""
    key = script.indexes.get(name if of is None else _of_table(of, name))
    for called in [called for called, one in script.indexes.items() if one is key]:
        del script.indexes[called]
    for made in script.tables if key is not None else ():
        for field in _KEYS:
            if any(one is key for one in made.table.get(field, ())):
                made.table[field] = [one for one in made.table[field] if one is not key]
    return key is not None
