"""What stands behind the brackets of a CREATE TABLE, clause by clause."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.column_clauses import read_column
from dw_simulator.plugins.dialects.ddl.script import MadeTable, Script
from dw_simulator.plugins.dialects.ddl.table_clauses import TableProperties
from dw_simulator.plugins.dialects.ddl.table_items import MOST_TRIED, short
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun, meant

_TABLE_WORDS = frozenset(
    """TABLE DISTSTYLE DISTKEY SORTKEY COMPOUND INTERLEAVED BACKUP ENCODE CLUSTER PARTITION PARTITIONED
    COMMENT ENGINE WITH TBLPROPERTIES USING LOCATION OPTIONS STORED ROW INHERITS TABLESPACE COPY COLLATE
    DEFAULT
    CHARSET AUTO_INCREMENT DATA_RETENTION_TIME_IN_DAYS CHANGE_TRACKING STAGE_FILE_FORMAT STRICT WITHOUT
    ORDER PRIMARY SETTINGS TTL DISTRIBUTED DUPLICATE PROPERTIES ON ENABLE LOGGING NOLOGGING PCTFREE
    STORAGE ORGANIZATION REQUIRE EXTERNAL_VOLUME CATALOG BASE_LOCATION TARGET_LAG WAREHOUSE
    REFRESH_MODE FILE_FORMAT REFRESH_ON_CREATE AUTO_REFRESH PATTERN UNION""".split()
)
"""Words that begin a clause of a table."""
_NEEDLESS = ((("CLUSTER", "LINEAR"), 1), (("INTERLEAVED", "SORTKEY"), 0))
"""Words without which a clause means the same here, and where they stand in it."""
_IDLE = frozenset({"ENCODE AUTO", "SORTKEY AUTO", "BACKUP YES", "BACKUP NO"})
_STRAY = {
    TokenType.R_PAREN: "a bracket is closed that was never opened",
    TokenType.L_PAREN: "the table has its columns already",
    TokenType.COMMA: "the columns have ended before this comma",
}
"""What does not go on behind the brackets."""


@dataclass
class TableTail:
    """Reads what stands behind the brackets."""

    script: Script
    made: MadeTable

    def read(self, words: WordRun) -> None:
        """Every clause."""
        if not words.tokens:
            return
        if (stray := _STRAY.get(words.tokens[0].token_type)) is not None:
            self.script.complain(self.made.table["name"], stray, "delete it", words.cut(0, 1))
            return
        if words.word(len(words) - 1) == "END":  # of what stands around the statement
            words = words.cut(0, -1)
        words = self._with_partition_columns(self._without_ends(words))
        if not words.tokens:
            return
        for said, at in _NEEDLESS:
            words = words.without(said, at)
        found = self.script.grammar.clauses(words)
        for part in [words] if found is not None else _clauses_behind(words):
            with self.script.at(part):
                trees = self.script.grammar.clauses(part) if found is None else found
                if trees is None:
                    self._unknown(part)
                for tree in trees or ():
                    TableProperties(self.script, self.made).visit(tree)

    def _without_ends(self, words: WordRun) -> WordRun:
        """The words without what happens to rows of temporary tables: ON COMMIT DELETE ROWS."""
        at = next((k for k in range(len(words)) if words.says("ON", "COMMIT", at=k)), None)
        if at is None:
            return words
        end = at + (4 if words.word(at + 3) in ("ROWS", "DEFINITION") else 3)
        shown = words.cut(at, end)
        self.script.warn(self.made.table["name"], f"{shown} has no effect on the values, left out", shown)
        return WordRun([*words.tokens[:at], *words.tokens[end:]], words.text, words.start)

    def _with_partition_columns(self, words: WordRun) -> WordRun:
        """The words without the columns of partitions: with their types, they are columns of the table."""
        for at in range(len(words)):
            opened = at + 1 + (words.word(at + 1) in ("BY", "COLUMNS"))
            said = words.word(at) in ("PARTITIONED", "PARTITION") and words.kind(opened) is TokenType.L_PAREN
            closing = words.closing(opened) if said else None
            if closing is None:
                continue
            found = self.script.grammar.items(words.cut(opened + 1, closing)) or []
            columns = [one for one in found if isinstance(one, exp.ColumnDef) and one.args.get("kind")]
            if not columns or len(columns) < len(found):
                continue
            with self.script.at(words.cut(opened + 1, closing)):
                for column in columns:
                    read_column(self.script, self.made, column)
            begin = at - (words.word(at - 1) == "WITH")
            return WordRun([*words.tokens[:begin], *words.tokens[closing + 1 :]], words.text, words.start)
        return words

    def _unknown(self, part: WordRun) -> None:
        for count in range(len(part) - 1, max(0, len(part) - MOST_TRIED), -1):
            trees = self.script.grammar.clauses(part.cut(0, count))
            if trees:
                for tree in trees:
                    TableProperties(self.script, self.made).visit(tree)
                part = part.cut(count)
                break
        if " ".join(part.word(k) for k in range(len(part))) in _IDLE:
            message = f"{short(part)} has no effect on the values, left out"
            self.script.warn(self.made.table["name"], message, part, shown=False)
            return
        instead = meant(part.word(0), _TABLE_WORDS)
        hint = f"; did you mean {instead!r}?" if instead else ""
        self.script.warn(self.made.table["name"], f"{short(part)} is not understood, left out{hint}", part)


def _clauses_behind(words: WordRun) -> Iterator[WordRun]:
    """What stands behind the brackets, cut where a word begins a clause."""
    starts = [0]
    for at, depth in words.depths():
        if at and depth == 0 and words.word(at) in _TABLE_WORDS and not _joined(words, at, starts[-1]):
            starts.append(at)
    for first, last in zip(starts, [*starts[1:], len(words)], strict=True):
        yield words.cut(first, last)


def _joined(words: WordRun, at: int, start: int) -> bool:
    """Whether a word behind the brackets belongs to the clause before it."""
    word, before = words.word(at), words.word(at - 1)
    if word == "PROPERTIES" and before == "TABLE":
        return True
    if word in ("SORTKEY",) and before in ("COMPOUND", "INTERLEAVED"):
        return True
    if word == "ON" and words.word(start) == "ON":
        return False
    return before in ("=", "BY", "ROW", "WITHOUT", "DEFAULT") or words.kind(at - 1) is TokenType.EQ
