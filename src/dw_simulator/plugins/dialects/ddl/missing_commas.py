"""Where a comma is missing between the columns and constraints of a table.

Without it, the second column is a clause of the first one that nobody understands, and what is said of the
second wanders to the first. So it is sought before either is read:

>>> from sqlglot.dialects.postgres import Postgres
>>> words = SqlGrammar(Postgres).words("a INT DEFAULT 1\\n  b TEXT NOT NULL\\n PRIMARY KEY (a)", 0)
>>> [str(item) for item in without_commas(words, SqlGrammar(Postgres), lambda kind: kind is not None)]
['a INT DEFAULT 1', 'b TEXT NOT NULL', 'PRIMARY KEY (a)']
"""

import re
from collections.abc import Callable, Iterator

from sqlglot import exp
from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.column_words import COLUMN_WORDS, CONSTRAINT_WORDS, begins_constraint
from dw_simulator.plugins.dialects.ddl.word_runs import SqlGrammar, WordRun, meant

IsKnown = Callable[[exp.DataType | None], bool]
"""Whether a type is known."""

_MAY_BE_NAMES = frozenset("COMMENT TAG KEY HIDDEN VISIBLE INVISIBLE MASK OPTIONS TTL PROJECTION".split())
"""Words that begin a clause, and that columns are called by: no type stands behind the clause's."""
_GO_ON = (COLUMN_WORDS - _MAY_BE_NAMES) | frozenset(
    """WITHOUT LOCAL AT ZONE TO AND OR IN IS LIKE ILIKE BETWEEN WHEN THEN ELSE CASE END SET BY FOR USING
    START INCREMENT MINVALUE MAXVALUE CACHE CYCLE NO ORDER NOORDER ALWAYS FROM VALUE PRECISION VARYING LARGE
    UNSIGNED SIGNED ZEROFILL DELETE UPDATE CASCADE RESTRICT ACTION POLICY ESCAPE OVER FILTER WITHIN""".split()
)
"""Words that go on with what is before them, whatever stands behind."""
_ASK_FOR_MORE = frozenset(
    """DEFAULT COLLATE ENCODE AS WITH WITHOUT REFERENCES CONSTRAINT NOT CHARACTER SET CHARSET ON BY TO STORAGE
    COMPRESSION CODEC START INCREMENT MINVALUE MAXVALUE AND OR IN IS LIKE BETWEEN WHEN THEN ELSE CASE AT FOR
    USING POLICY TAG MASKING MASK COMMENT CAST INTERVAL GENERATED ALWAYS NEXT VALUE NO CHECK OPTIONS FOREIGN
    TTL MATCH NATIONAL LOCAL FROM DELETE UPDATE INITIALLY SCHEMA COLUMN EXPECT""".split()
)
"""Words behind which something has to stand, on the next line too."""
_LONGEST_TYPE = 24
"""Words: behind so many, no type of a column is sought."""
_SUSPECT = re.compile(r"\n|\b(?:primary|foreign|unique|exclude)\b[^()]*\(", re.IGNORECASE)
_ENDS = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.STRING, TokenType.NUMBER})
"""What may end a clause besides a word; any other sign goes on."""
_KEYS = frozenset({"PRIMARY", "FOREIGN", "UNIQUE", "EXCLUDE"})
"""Constraints that name their columns in brackets only where they are no clause of one."""
_NEVER_FIRST = _GO_ON - CONSTRAINT_WORDS - _KEYS

_NO_TYPES = COLUMN_WORDS | {"NULL"}
_NO_NAMES = COLUMN_WORDS | {"INCLUDE"}
_WITHIN_KEYS = frozenset("KEY INDEX NULLS NOT DISTINCT CLUSTERED NONCLUSTERED".split())
"""What stands between that word and the brackets."""


def may_lack(item: WordRun) -> bool:
    """Whether a comma can be missing in a column that sqlglot understands: behind a line, or before a key."""
    return item.cut(1).mentions(_SUSPECT)


def without_commas(item: WordRun, grammar: SqlGrammar, is_known: IsKnown) -> list[WordRun]:
    """A column or constraint, and those that follow it without a comma between them."""
    starts = [0]
    for at, depth in item.depths():
        if depth or at < starts[-1] + 2 or item.word(at) in _NEVER_FIRST or not _may_end(item, at - 1):
            continue
        rest, before = item.cut(at), item.cut(starts[-1], at)
        below = is_on_new_line(item, at)
        key, column = _begins_key(rest, before, below=below), begins_column(rest, grammar, is_known)
        if (below and (key or column or _begins_mistyped(rest, grammar))) or (
            (key or (column and grammar.item(item) is None)) and _is_column(before, grammar, is_known)
        ):
            starts.append(at)
    return [item.cut(first, last) for first, last in zip(starts, [*starts[1:], len(item)], strict=True)]


def is_on_new_line(item: WordRun, at: int) -> bool:
    """Whether a word begins a line."""
    return "\n" in item.text[item.tokens[at - 1].end + 1 : item.tokens[at].start]


def _may_end(item: WordRun, at: int) -> bool:
    """Whether a column may end with a word."""
    if item.kind(at) in _ENDS or item.is_quoted(at):
        return not (item.is_quoted(at) and item.word(at - 1) in ("REFERENCES", "CONSTRAINT") and at < 3)
    return item.tokens[at].text[-1:].isalnum() and item.word(at) not in _ASK_FOR_MORE


def _is_column(words: WordRun, grammar: SqlGrammar, is_known: IsKnown) -> bool:
    """Whether words make a column by themselves."""
    tree = grammar.item(words)
    return isinstance(tree, exp.ColumnDef) and is_known(tree.args.get("kind"))


def _is_name(rest: WordRun) -> bool:
    """Whether a name and another word stand there, and the first does not go on with what is before it."""
    if len(rest) < 2:
        return False
    name = rest.kind(0) is TokenType.IDENTIFIER or rest.tokens[0].text.isidentifier()
    typed = rest.tokens[1].text[:1].isalpha() and rest.word(1) not in _NO_TYPES
    return name and typed and rest.word(0) not in _GO_ON


def begins_column(rest: WordRun, grammar: SqlGrammar, is_known: IsKnown) -> bool:
    """Whether words begin with a name and a type, behind which there is an end, or a clause."""
    if not _is_name(rest):
        return False
    plain = rest.with_plain_name()
    return any(
        isinstance(tree := grammar.item(plain.cut(0, count)), exp.ColumnDef)
        and not tree.args.get("constraints")
        and is_known(tree.args.get("kind"))
        for count in _type_ends(rest)
    )


def _begins_mistyped(rest: WordRun, grammar: SqlGrammar) -> bool:
    """The same with a type that is written wrongly."""
    return _is_name(rest) and bool(meant(rest.word(1), grammar.types))


def _type_ends(rest: WordRun) -> Iterator[int]:
    """Where a type may end: where all ends, where a clause begins, or where another line does."""
    for at, depth in rest.depths():
        if at > _LONGEST_TYPE and not depth:
            return
        begins = at > 1 and (rest.word(at) in COLUMN_WORDS or is_on_new_line(rest, at))
        if begins and not depth:
            yield at
            return
    yield len(rest)


def _begins_key(rest: WordRun, before: WordRun, *, below: bool) -> bool:
    """Whether words begin a key of the table: it names columns, which a column's own clause does not.

    On the same line, a column may name itself, as SQL Server has it.
    """
    if before.word(0) in CONSTRAINT_WORDS and begins_constraint(before):
        own = before.says("CONSTRAINT") and len(before) < 3
        return below and not own and begins_constraint(rest)
    said = rest.cut(2) if rest.says("CONSTRAINT") else rest
    if said.word(0) not in _KEYS or not begins_constraint(said):
        return False
    opened = next((k for k in range(1, len(said)) if said.kind(k) is TokenType.L_PAREN), 0)
    between = [word for k in range(1, opened) if (word := said.word(k)) not in _WITHIN_KEYS]
    if not opened or len(between) > 1 or _NO_NAMES & {*between}:
        return False
    # MySQL's may have a name: UNIQUE KEY k (a, b)
    is_own = [token.text for token in said.typed(opened - 1).tokens[-2:-1]] == [before.tokens[0].text]
    return below or not (is_own and said.kind(opened + 2) is TokenType.R_PAREN)
