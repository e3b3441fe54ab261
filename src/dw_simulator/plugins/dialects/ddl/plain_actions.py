"""Actions of an ALTER TABLE that sqlglot does not read, or reads as others, taken word by word."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sqlglot.tokens import TokenType

from dw_simulator.errors import closest
from dw_simulator.plugins.dialects.ddl.changed_columns import drop_column, rename_column
from dw_simulator.plugins.dialects.ddl.column_clauses import ColumnClauses, count
from dw_simulator.plugins.dialects.ddl.script import MadeTable, ReadColumn, Script
from dw_simulator.plugins.dialects.ddl.table_items import TableItems
from dw_simulator.plugins.dialects.ddl.table_tail import TableTail
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun, start_and_step

_NO_COLUMNS = frozenset(
    """CONSTRAINT PRIMARY FOREIGN UNIQUE CHECK PARTITION KEY INDEX DEFAULT NOT EXPRESSION IDENTITY CLUSTERING
    ROW MASKING TAG FEATURE SEARCH ALL TO""".split()
)
"""What stands behind DROP or RENAME and is no column's name."""


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

    def is_identity(self) -> bool:
        """ALTER COLUMN id ADD GENERATED ... AS IDENTITY (...), as PostgreSQL's dumps say it."""
        return self.words.says("ALTER") and self.words.says("ADD", "GENERATED", at=self._behind_column)

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
        uses = any(self.words.says("USING", "INDEX", at=at) for at in range(len(self.words)))
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

    def is_drop_key(self) -> bool:
        """DROP PRIMARY KEY, DROP FOREIGN KEY f, DROP INDEX u, as MySQL has them."""
        kinds = (TokenType.PRIMARY_KEY, TokenType.FOREIGN_KEY)
        named = self.words.kind(1) in kinds or (
            self.words.word(1) in ("INDEX", "KEY") and len(self.words) == 3
        )
        return self.words.says("DROP") and named

    def is_replace_columns(self) -> bool:
        """REPLACE COLUMNS (a INT), as Hive has it."""
        return self.words.says("REPLACE", "COLUMNS") and self.words.kind(2) is TokenType.L_PAREN

    # --- what it does

    def _name(self, at: int) -> str:
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

    def _drop_key(self) -> None:
        if self.words.kind(1) is TokenType.PRIMARY_KEY:
            self.made.table.pop("primary_key", None)
        elif (name := self._name(len(self.words) - 1)) in self.made.constraints:
            drop_constraint(self.script, self.made, name)

    def _replace_columns(self) -> None:
        self.made.table["columns"].clear()
        self.made.columns.clear()
        TableItems(self.script, self.made).read(self.words.cut(3, -1))

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

    def _identity(self) -> None:
        column = self._column()
        if column is not None:
            count(column, *start_and_step(self.words))

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
    "rename": PlainAction.is_rename,
    "drop": PlainAction.is_drop,
    "drop_constraint": PlainAction.is_drop_constraint,
    "default": PlainAction.is_default,
    "switch": PlainAction.is_switch,
    "index": PlainAction.is_index,
    "partition": PlainAction.is_partition,
    "drop_key": PlainAction.is_drop_key,
    "replace_columns": PlainAction.is_replace_columns,
    "identity": PlainAction.is_identity,
    "no_expression": PlainAction.is_no_expression,
    "cluster": PlainAction.is_cluster,
    "encode": PlainAction.is_encode,
    "key_by_index": PlainAction.is_key_by_index,
    "table_options": PlainAction.is_table_options,
    "column_options": PlainAction.is_column_options,
}


def drop_constraint(script: Script, made: MadeTable, name: str) -> None:
    """Take a constraint away by its name."""
    if name == f"{made.name.name}_pkey" and name not in made.constraints:
        made.constraints[name] = ("primary_key", None)
    kind, entry = made.constraints.pop(name, ("", None))
    if kind == "primary_key":
        made.table.pop("primary_key", None)
    elif kind == "references":
        made.references = [one for one in made.references if one is not entry]
    elif kind == "unique":
        made.table["unique"] = [one for one in made.table["unique"] if one is not entry]
    elif kind == "checks":
        made.table["checks"] = [one for one in made.table.get("checks", ()) if one != entry]
    else:
        script.warn(made.table["name"], f"has no constraint {name}, so none was dropped")
