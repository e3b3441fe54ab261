"""Actions of an ALTER TABLE that sqlglot does not read, or reads as others, taken word by word."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from sqlglot import exp
from sqlglot.tokens import TokenType

from dw_simulator.errors import closest
from dw_simulator.plugins.dialects.ddl.changed_columns import (
    drop_column,
    forget_column,
    move_column,
    rename_column,
)
from dw_simulator.plugins.dialects.ddl.column_clauses import ColumnClauses, count, set_type
from dw_simulator.plugins.dialects.ddl.constraint_names import (
    constraint,
    drop,
    drop_constraint,
    drop_key,
    rename_constraint,
)
from dw_simulator.plugins.dialects.ddl.nested_fields import NestedField
from dw_simulator.plugins.dialects.ddl.renamed_tables import rename_table, swap_tables
from dw_simulator.plugins.dialects.ddl.script import MadeTable, ReadColumn, ReadSequence, Script
from dw_simulator.plugins.dialects.ddl.table_head import Name, name_at
from dw_simulator.plugins.dialects.ddl.table_items import TableItems
from dw_simulator.plugins.dialects.ddl.table_tail import TableTail
from dw_simulator.plugins.dialects.ddl.unique_indexes import forget_index
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun, number_behind, start_and_step

_NO_COLUMNS = frozenset(
    """CONSTRAINT PRIMARY FOREIGN UNIQUE CHECK PARTITION KEY INDEX DEFAULT NOT EXPRESSION IDENTITY CLUSTERING
    ROW MASKING TAG FEATURE SEARCH ALL TO""".split()
)
"""What stands behind DROP or RENAME and is no column's name."""

_FEATURES = frozenset(
    {
        ("SEARCH", "OPTIMIZATION"),
        ("ROW", "ACCESS"),
        ("ROW", "FILTER"),
        ("DATA", "METRIC"),
        ("AGGREGATION", "POLICY"),
        ("JOIN", "POLICY"),
        ("STORAGE", "LIFECYCLE"),
        ("SUPPLEMENTAL", "LOG"),
        ("CLUSTERING", "KEY"),
    }
)
"""What is added to a table and is no column."""


@dataclass
class PlainAction:
    """One action: RENAME a TO b, DROP a, CLUSTER BY (a), ALTER a ADD GENERATED ..., SET OPTIONS (...)."""

    script: Script
    made: MadeTable
    words: WordRun

    @cached_property
    def kind(self) -> str:
        """Which one it is; empty for another."""
        return next((kind for kind, is_it in _KINDS.items() if is_it(self)), "")

    def carried_out(self) -> bool:
        """Carry it out, if it is one."""
        if not self.kind:
            return False
        getattr(self, f"_{self.kind}")()
        return True

    # --- which it is

    @property
    def _behind_column(self) -> int:
        """Where the words behind ALTER, COLUMN and a name begin."""
        return 3 if self.words.word(1) == "COLUMN" else 2

    @property
    def _named(self) -> int:
        """Where the name begins that stands behind DROP or RENAME, COLUMN and IF EXISTS."""
        at = 2 if self.words.word(1) in ("COLUMN", "COLUMNS", "CONSTRAINT") else 1
        return at + 2 if self.words.says("IF", "EXISTS", at=at) else at

    def is_rename(self) -> bool:
        """RENAME [COLUMN] a TO b."""
        named = self.words.says("RENAME") and self.words.word(1) not in _NO_COLUMNS
        return named and self.words.says("TO", at=self._named + 1) and len(self.words) > self._named + 2

    def is_drop(self) -> bool:
        """DROP [COLUMN] a, where sqlglot reads no such thing."""
        is_column = self.words.says("DROP") and self.words.word(1) not in _NO_COLUMNS
        return is_column and len(self.words) > self._named

    def is_drop_constraint(self) -> bool:
        """DROP CONSTRAINT a."""
        return self.words.says("DROP", "CONSTRAINT") and len(self.words) > self._named

    def is_drop_key(self) -> bool:
        """DROP PRIMARY KEY, DROP UNIQUE (a), DROP FOREIGN KEY a, DROP INDEX a, DROP CHECK a."""
        keyed = ("PRIMARY", "UNIQUE", "FOREIGN", "KEY", "INDEX", "CHECK")
        alone = self.words.kind(1) is TokenType.PRIMARY_KEY
        return self.words.says("DROP") and self.words.word(1) in keyed and (alone or len(self.words) > 2)

    def is_rename_constraint(self) -> bool:
        """RENAME CONSTRAINT a TO b, RENAME INDEX a TO b."""
        named = self.words.says("RENAME") and self.words.word(1) in ("CONSTRAINT", "INDEX", "KEY")
        return named and self.words.says("TO", at=3) and len(self.words) > 4

    def is_not_null(self) -> bool:
        """ADD [CONSTRAINT a] NOT NULL b."""
        at = 3 if self.words.word(1) == "CONSTRAINT" else 1
        return self.words.says("ADD") and self.words.says("NOT", "NULL", at=at) and len(self.words) > at + 2

    def is_swap(self) -> bool:
        """SWAP WITH b."""
        return self.words.says("SWAP", "WITH") and len(self.words) > 2

    def is_replace_columns(self) -> bool:
        """REPLACE COLUMNS (a INT, b TEXT)."""
        return self.words.says("REPLACE", "COLUMNS") and self.words.kind(2) is TokenType.L_PAREN

    def is_move(self) -> bool:
        """ALTER COLUMN a FIRST, or AFTER b."""
        at = self._behind_column
        return self.words.says("ALTER") and self.words.word(at) in ("FIRST", "AFTER")

    def is_nested(self) -> bool:
        """ADD COLUMN a.b INT, DROP COLUMN a.b and the like, of a part of a column."""
        return NestedField(self.script, self.made, self.words).is_one

    def is_identity(self) -> bool:
        """ALTER COLUMN id ADD GENERATED ... AS IDENTITY (...), as PostgreSQL's dumps say it."""
        return self.words.says("ALTER") and self.words.says("ADD", "GENERATED", at=self._behind_column)

    def is_restart(self) -> bool:
        """ALTER COLUMN id RESTART WITH 5, or SET GENERATED ALWAYS, SET START WITH 5 SET INCREMENT BY 2."""
        at = self._behind_column
        sets = self.words.word(at + 1) in ("GENERATED", "START", "INCREMENT", "RESTART")
        goes = self.words.says("RESTART", at=at) or (self.words.says("SET", at=at) and sets)
        return self.words.says("ALTER") and goes

    def is_rename_table(self) -> bool:
        """RENAME AS b, RENAME TO b, RENAME b."""
        goes = self.words.says("RENAME") and self.words.word(1) not in _NO_COLUMNS - {"TO"} | {"COLUMN"}
        return goes and len(self.words) == (3 if self.words.word(1) in ("AS", "TO") else 2)

    def is_default_for(self) -> bool:
        """ADD CONSTRAINT a DEFAULT 5 FOR b, as SQL Server has it."""
        at = 3 if self.words.word(1) == "CONSTRAINT" else 1
        return (
            self.words.says("ADD")
            and self.words.says("DEFAULT", at=at)
            and self.words.says("FOR", at=-2 % max(1, len(self.words)))
        )

    def is_unused(self) -> bool:
        """SET UNUSED (a), as Oracle has it."""
        return self.words.says("SET", "UNUSED") and len(self.words) > 2

    def is_change(self) -> bool:
        """CHANGE COLUMN a b INT COMMENT '...', or MODIFY a NULL, where sqlglot reads no such thing."""
        behind = self._behind_column + (self.words.word(0) == "CHANGE")
        is_column = self.words.word(0) in ("CHANGE", "MODIFY") and self.words.word(1) not in _NO_COLUMNS
        return is_column and len(self.words) > behind and self.script.grammar.action(self.words) is None

    def is_comment(self) -> bool:
        """SET COMMENT = '...', or COMMENT = '...'."""
        said = self.words.says("SET", "COMMENT") or self.words.says("COMMENT")
        return said and self.words.kind(len(self.words) - 1) is TokenType.STRING

    def is_set_schema(self) -> bool:
        """SET SCHEMA b."""
        return self.words.says("SET", "SCHEMA") and len(self.words) == 3

    def is_feature(self) -> bool:
        """ADD SEARCH OPTIMIZATION and the like, which say nothing of values."""
        return self.words.says("ADD") and (self.words.word(1), self.words.word(2)) in _FEATURES

    def is_no_expression(self) -> bool:
        """ALTER COLUMN b DROP EXPRESSION, or DROP IDENTITY."""
        at = self._behind_column
        goes = self.words.word(at + 1) in ("EXPRESSION", "IDENTITY")
        return self.words.says("ALTER") and self.words.says("DROP", at=at) and goes

    def is_cluster(self) -> bool:
        """CLUSTER BY (a, b)."""
        return self.words.says("CLUSTER") and len(self.words) > 1 and self.words.word(1) != "ON"

    def is_encode(self) -> bool:
        """ALTER COLUMN a ENCODE zstd."""
        at = self._behind_column
        return self.words.says("ALTER") and self.words.says("ENCODE", at=at) and len(self.words) == at + 2

    def is_key_by_index(self) -> bool:
        """ADD CONSTRAINT a PRIMARY KEY USING INDEX b, or UNIQUE."""
        key = (TokenType.PRIMARY_KEY, TokenType.UNIQUE)
        uses = any(
            self.words.says("USING", "INDEX", at=at) and self.words.kind(at - 1) in key
            for at in range(len(self.words))
        )
        return (
            self.words.says("ADD") and uses and self.words.kind(len(self.words) - 1) is not TokenType.R_PAREN
        )

    def is_table_options(self) -> bool:
        """SET OPTIONS (description = '...')."""
        return self.words.says("SET", "OPTIONS")

    def is_column_options(self) -> bool:
        """ALTER COLUMN a SET OPTIONS (description = '...')."""
        return self.words.says("ALTER") and self.words.says("SET", "OPTIONS", at=self._behind_column)

    def is_default(self) -> bool:
        """ADD CONSTRAINT d DEFAULT 0 FOR a, as SQL Server has it."""
        return self._default_at is not None and self.words.word(len(self.words) - 2) == "FOR"

    @property
    def _default_at(self) -> int | None:
        """Where DEFAULT stands, behind ADD and a constraint's name."""
        at = 1 if self.words.says("ADD") else 0
        at += 2 if self.words.says("CONSTRAINT", at=at) else 0
        return at if self.words.says("DEFAULT", at=at) and len(self.words) > at + 3 else None

    def is_switch(self) -> bool:
        """CHECK CONSTRAINT c, NOCHECK CONSTRAINT ALL, ENABLE CONSTRAINT c, DISABLE KEYS: says nothing new."""
        switched = self.words.word(0) in ("CHECK", "NOCHECK", "ENABLE", "DISABLE")
        return switched and self.words.word(1) in ("CONSTRAINT", "KEYS", "TRIGGER", "ALL")

    def is_index(self) -> bool:
        """ADD INDEX a (b), ADD KEY a (b): how rows are found says nothing of them."""
        named = self.words.word(1) in ("INDEX", "KEY", "FULLTEXT", "SPATIAL")
        return self.words.says("ADD") and named and self.words.kind(len(self.words) - 1) is TokenType.R_PAREN

    def is_partition(self) -> bool:
        """ADD PARTITION p VALUES ..., DROP PARTITION p."""
        parted = self.words.word(1) in ("PARTITION", "PARTITIONS", "SUBPARTITION")
        return self.words.word(0) in ("ADD", "DROP") and parted and len(self.words) > 3

    def _name(self, at: int) -> str:
        if at >= len(self.words):
            return ""
        return self.script.folding.name(self.words.tokens[at].text, quoted=self.words.is_quoted(at))

    def _column(self) -> ReadColumn | None:
        return self.made.column(self._name(self._behind_column - 1))

    def _rename(self) -> None:
        rename_column(self.script, self.made, self._name(self._named), self._name(self._named + 2))

    def _drop(self) -> None:
        """One column, or several in brackets."""
        opened = self.words.kind(self._named) is TokenType.L_PAREN
        named = range(self._named + 1, len(self.words), 2) if opened else (self._named,)
        for at in named:
            drop_column(self.script, self.made, self._name(at))

    def _drop_constraint(self) -> None:
        drop_constraint(self.script, self.made, self._name(self._named))

    def _switch(self) -> None:
        """Nothing: a constraint counts whether somebody has switched it off for a while or not."""

    _index = _switch

    def _partition(self) -> None:
        self.script.warn(self.made.table["name"], f"{self.words} has no effect on the values, left out")

    def _default(self) -> None:
        at, name = self._default_at, self._name(len(self.words) - 1)
        column, plain = self.made.column(name), self.script.grammar.plain_column
        words = [*plain, *self.words.tokens[at:-2]]
        tree = self.script.grammar.item(WordRun(words, self.words.text, self.words.start))
        if column is None:
            known = [one["name"] for one in self.made.table["columns"]]
            self.script.complain(
                self.made.table["name"], f"there is no column {name!r}{closest(name, known)}"
            )
        elif tree is None:
            self.script.warn(f"{self.made.table['name']}.{name}", f"{self.words} is not understood, left out")
        else:
            for clause in tree.args.get("constraints") or ():
                ColumnClauses(self.script, self.made, column).visit(clause)

    def _drop_key(self) -> None:
        what, at = self.words.word(1), 2
        at += self.words.word(at) == "KEY"
        at += 2 if self.words.says("IF", "EXISTS", at=at) else 0
        if what == "PRIMARY":
            drop(self.script, self.made, "primary_key", None)
        elif self.words.kind(at) is TokenType.L_PAREN:
            named = [self._name(k) for k in range(at + 1, self.words.closing(at) or at, 2)]
            if not drop_key(self.script, self.made, what, named):
                message = f"has no such key of {', '.join(named)}, so none was dropped"
                self.script.warn(self.made.table["name"], message)
        elif constraint(self.script, self.made, self._name(at)) is None and what in ("INDEX", "KEY"):
            forget_index(self.script, self._name(at), self.made)  # most of them are no keys
        else:
            drop_constraint(self.script, self.made, self._name(at))

    def _rename_constraint(self) -> None:
        rename_constraint(self.script, self.made, self._name(2), self._name(4))

    def _not_null(self) -> None:
        TableItems(self.script, self.made).read(self.words.cut(1))

    def _swap(self) -> None:
        swap_tables(self.script, self.made, self.words)

    def _replace_columns(self) -> None:
        old = [column["name"] for column in self.made.table["columns"]]
        self.made.table["columns"] = []
        TableItems(self.script, self.made).read(self.words.cut(3, self.words.closing(2)))
        for name in old:
            if self.made.column(name) is None:
                forget_column(self.script, self.made, name)

    def _move(self) -> None:
        at = self._behind_column
        if (column := self._column()) is not None:
            behind = self._name(at + 1) if self.words.word(at) == "AFTER" and at + 1 < len(self.words) else ""
            move_column(self.made, column, behind)

    def _nested(self) -> None:
        NestedField(self.script, self.made, self.words).carry_out()

    def _identity(self) -> None:
        column = self._column()
        if column is not None:
            count(column, *start_and_step(self.words))

    def _restart(self) -> None:
        column = self._column()
        if column is None or "rule" not in column:
            return
        rule = cast(ReadSequence, column["rule"])
        begin = number_behind(self.words, "RESTART") or number_behind(self.words, "START")
        rule["start"] = rule["start"] if begin is None else begin
        rule["step"] = number_behind(self.words, "INCREMENT") or rule["step"]

    def _rename_table(self) -> None:
        name, _behind = name_at(self.words, len(self.words) - 1, self.script.folding)
        if name is not None:
            rename_table(self.script, self.made, name)

    def _default_for(self) -> None:
        at = 3 if self.words.word(1) == "CONSTRAINT" else 1
        column = self.made.column(self._name(len(self.words) - 1))
        typed = self.script.grammar.words("plain INT", 0).tokens
        clause = self.words.cut(at, -2)
        tree = self.script.grammar.item(WordRun([*typed, *clause.tokens], clause.text, clause.start))
        if column is None or not isinstance(tree, exp.ColumnDef):
            self.script.warn(self.made.table["name"], f"{self.words} was left out", self.words)
            return
        self._say(column, tree)
        if at == 3:
            self.made.constraints[self._name(2)] = ("default", column["name"])

    def _unused(self) -> None:
        opened = next((k for k in range(len(self.words)) if self.words.kind(k) is TokenType.L_PAREN), None)
        named = range(opened + 1, len(self.words), 2) if opened is not None else (len(self.words) - 1,)
        for at in named:
            drop_column(self.script, self.made, self._name(at))

    def _change(self) -> None:
        at = self._behind_column
        old = self._name(at - 1)
        words = self.words.cut(at if self.words.word(0) == "CHANGE" else at - 1)
        placed = next((k for k in range(len(words)) if words.word(k) in ("FIRST", "AFTER")), len(words))
        tree = self._definition(words.cut(0, placed))
        typed = tree is not None
        if tree is None:  # MODIFY a NOT NULL
            plain = self.script.grammar.words("plain INT", 0).tokens
            tree = self._definition(WordRun([*plain, *words.tokens[1:placed]], words.text, words.start))
        if tree is None:
            self.script.warn(self.made.table["name"], f"{self.words} was left out", self.words)
            return
        new = self.script.folded(tree.this) if typed else old
        if new != old:
            rename_column(self.script, self.made, old, new)
        if (column := self.made.column(new)) is None:
            return
        if typed:
            set_type(self.script, self.made, column, tree.args["kind"])
        self._say(column, tree)
        if placed < len(words):
            behind = words.cut(placed + 1, placed + 2)
            name = self.script.folding.name(str(behind).strip('`"'), quoted=behind.is_quoted(0))
            move_column(self.made, column, name)

    def _definition(self, words: WordRun) -> exp.ColumnDef | None:
        """A column with its type; None where that is not said."""
        tree = self.script.grammar.item(words)
        kind = tree.args.get("kind") if isinstance(tree, exp.ColumnDef) else None
        return cast(exp.ColumnDef, tree) if kind is not None and kind.this is not exp.DType.NULL else None

    def _say(self, column: ReadColumn, tree: exp.ColumnDef) -> None:
        """What clauses say of a column."""
        clauses = ColumnClauses(self.script, self.made, column)
        for clause in tree.args.get("constraints") or ():
            clauses.visit(clause)

    def _comment(self) -> None:
        self.made.table["comment"] = self.words.tokens[-1].text

    def _set_schema(self) -> None:
        rename_table(self.script, self.made, Name(self.made.name.name, self._name(2)))

    def _feature(self) -> None:
        self.script.warn(self.made.table["name"], f"{self.words} has no effect on the values, left out")

    def _no_expression(self) -> None:
        column = self._column()
        for field in ("rule", "generated", "inferred"):
            if column is not None:
                column.pop(field, None)  # type: ignore[misc]  # a column as it was read has these

    def _cluster(self) -> None:
        self.made.table.pop("sort_key", None)
        TableTail(self.script, self.made).read(self.words)
        self.script.mention(self.made, self.made.table.get("sort_key", []))

    def _encode(self) -> None:
        if (column := self._column()) is not None:
            column["encode"] = self.words.tokens[-1].text.lower()

    def _key_by_index(self) -> None:
        at = next(k for k in range(len(self.words)) if self.words.says("USING", "INDEX", at=k))
        name = self._name(at + 2) if at + 2 < len(self.words) else ""
        columns = self.script.indexes.get(name)
        own = self.made.table["name"]
        if columns is None:
            message = f"there is no unique index {name!r} in this script{closest(name, self.script.indexes)}"
            self.script.complain(own, message, "make it first, or name the columns of the key", self.words)
            return
        if any(self.words.kind(k) is TokenType.PRIMARY_KEY for k in range(at)):
            self.made.table["unique"] = [
                one for one in self.made.table.get("unique", ()) if one is not columns
            ]
            self.script.set_primary_key(self.made, columns)
        if self.words.says("CONSTRAINT", at=1):
            is_primary = self.made.table.get("primary_key") is columns
            entry = ("primary_key", None) if is_primary else ("unique", columns)
            self.made.constraints[self._name(2)] = entry

    def _described(self, at: int) -> str | None:
        """What a description says, among options."""
        for option in self.words.cut(at + 1, -1).by_commas():
            if option.word(0) == "DESCRIPTION" and option.kind(2) is TokenType.STRING:
                return option.tokens[2].text
        self.script.warn(self.made.table["name"], f"{self.words} has no effect on the values, left out")
        return None

    def _table_options(self) -> None:
        if (text := self._described(2)) is not None:
            self.made.table["comment"] = text

    def _column_options(self) -> None:
        column, text = self._column(), self._described(self._behind_column + 2)
        if column is not None and text is not None:
            column["comment"] = text


_KINDS: dict[str, Callable[[PlainAction], bool]] = {
    "nested": PlainAction.is_nested,
    "rename": PlainAction.is_rename,
    "rename_constraint": PlainAction.is_rename_constraint,
    "drop": PlainAction.is_drop,
    "drop_constraint": PlainAction.is_drop_constraint,
    "default": PlainAction.is_default,
    "switch": PlainAction.is_switch,
    "index": PlainAction.is_index,
    "partition": PlainAction.is_partition,
    "drop_key": PlainAction.is_drop_key,
    "not_null": PlainAction.is_not_null,
    "swap": PlainAction.is_swap,
    "replace_columns": PlainAction.is_replace_columns,
    "move": PlainAction.is_move,
    "identity": PlainAction.is_identity,
    "restart": PlainAction.is_restart,
    "rename_table": PlainAction.is_rename_table,
    "default_for": PlainAction.is_default_for,
    "unused": PlainAction.is_unused,
    "change": PlainAction.is_change,
    "comment": PlainAction.is_comment,
    "set_schema": PlainAction.is_set_schema,
    "feature": PlainAction.is_feature,
    "no_expression": PlainAction.is_no_expression,
    "cluster": PlainAction.is_cluster,
    "encode": PlainAction.is_encode,
    "key_by_index": PlainAction.is_key_by_index,
    "table_options": PlainAction.is_table_options,
    "column_options": PlainAction.is_column_options,
}
