"""Which bracket of a CREATE TABLE is never closed, and what to do about it.

The table's own is open at the end in any case. What closes it may have closed another one before:

    CREATE TABLE t (
      a NUMERIC(10,2,        this is the one: a column stands within it
      b DATE
    )
"""

from dataclasses import dataclass

from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.missing_commas import IsKnown, begins_column, is_on_new_line
from dw_simulator.plugins.dialects.ddl.script_statements import lexis
from dw_simulator.plugins.dialects.ddl.word_runs import SqlGrammar, WordRun

_NESTING = frozenset({"STRUCT", "ROW", "OBJECT", "MAP", "UNION", "NESTED", "ARRAY", "TABLE"})
"""Types that have columns of their own within brackets."""


@dataclass(frozen=True)
class OpenBracket:
    """What is wrong, what to do, and the words that are shown."""

    message: str
    mend: str
    words: WordRun


def open_bracket(opened: WordRun, inner: WordRun, grammar: SqlGrammar, is_known: IsKnown) -> OpenBracket:
    """The bracket that is meant.

    opened  the table's own
    inner   all words behind it, to the end of the statement
    """
    for at, depth in inner.depths():
        if depth == 0 and inner.word(at) == "CREATE" and is_on_new_line(inner, at):
            return OpenBracket(
                "the bracket of the table before is never closed",
                "write ) in front of this CREATE",
                inner.cut(at, at + 1),
            )
        if inner.kind(at) is TokenType.L_PAREN and inner.word(at - 1) not in _NESTING:
            last = _last_within(inner, at, grammar, is_known)
            if last is not None:
                mend = f"write ) behind {inner.tokens[last].text!r}"
                return OpenBracket("the bracket is never closed", mend, inner.cut(at, at + 1))
    return OpenBracket("the bracket is never closed", "write ) behind the last column", opened)


def _last_within(inner: WordRun, opened: int, grammar: SqlGrammar, is_known: IsKnown) -> int | None:
    """The last word before a column that stands within a bracket of something else."""
    for at, depth in inner.cut(opened).depths():
        comma = opened + at
        if depth == 0 and at:
            return None
        column = depth == 1 and inner.kind(comma) is TokenType.COMMA and comma + 1 < len(inner)
        if column and is_on_new_line(inner, comma + 1):
            item = inner.cut(comma + 1).by_commas()[0]
            closing = next(
                (k for k, deep in item.depths() if not deep and item.kind(k) is TokenType.R_PAREN), len(item)
            )
            if begins_column(item.cut(0, closing), grammar, is_known):
                return comma - 1
    return None


def wrong_semicolon(inner: WordRun, script: str, grammar: SqlGrammar) -> OpenBracket | None:
    """The semicolon that ends a statement where a comma is meant: behind it, the bracket is closed."""
    end = inner.start + len(inner.text)
    if script[end : end + 1] != ";":
        return None
    masked = lexis(grammar.dialect).masked(script[end + 1 :]).partition(";")[0]
    if masked.count(")") <= masked.count("("):
        return None
    shown = WordRun([], inner.text, end)
    return OpenBracket("the statement ends here, and its bracket is open", "write , in place of ;", shown)
