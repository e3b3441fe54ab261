"""ALTER TABLE: columns and constraints that come, go, and change."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokens import Token, TokenType

from dw_simulator.plugins.dialects.ddl.changed_columns import rename_column
from dw_simulator.plugins.dialects.ddl.column_clauses import (
    ColumnClauses,
    place_column,
    read_column,
    set_type,
)
from dw_simulator.plugins.dialects.ddl.plain_actions import PlainAction
from dw_simulator.plugins.dialects.ddl.renamed_tables import rename_table
from dw_simulator.plugins.dialects.ddl.script import MadeTable, ReadColumn, Script
from dw_simulator.plugins.dialects.ddl.table_clauses import TableClauses
from dw_simulator.plugins.dialects.ddl.table_head import name_at
from dw_simulator.plugins.dialects.ddl.table_items import TableItems
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun
from dw_simulator.plugins.dialects.trees import Visitor

_SAID = frozenset({"IF", "EXISTS", "ONLY"})
"""What may stand between TABLE and the name."""
_ACTIONS = frozenset(
    """ADD DROP ALTER MODIFY CHANGE RENAME SET UNSET CLUSTER ENABLE DISABLE OWNER ATTACH DETACH VALIDATE
    REPLICA INHERIT NO SWAP RECLUSTER SUSPEND RESUME APPEND ENGINE CONVERT FORCE COMMENT AUTO_INCREMENT ORDER
    WITH ALGORITHM LOCK CHARSET COLLATE DEFAULT PARTITION TABLESPACE PRIMARY FOREIGN UNIQUE CONSTRAINT
    CHECK""".split()
)
"""What begins an action."""
_GO_ON = frozenset({"DROP", "ALTER", "MODIFY", "ADD"})
"""Actions that may be of several columns, and are said once."""
_CHANGES = frozenset({"SET", "DROP", "COMMENT", "UNSET", "DATA", "TYPE"})
"""What stands behind a column's name where it is changed in parts."""


def alter(script: Script, words: WordRun) -> None:
    """Carry out an ALTER TABLE statement."""
    at = 2
    while words.word(at) in _SAID:
        at += 1
    name, behind = name_at(words, at, script.folding)
    made = script.find(name) if name is not None else None
    if made is None:
        script.warn("", f"{_short(words)} ... is about a table that is not in this script, left out")
        return
    actions = words.cut(behind)
    parts = _whole(actions.by_commas())
    found = script.grammar.action(actions)
    if (
        found is not None
        and all(action.key not in ("command", "anonymous") for action in found)
        and len(found) == len(parts)
        and not any(PlainAction(script, made, part).kind for part in parts)
    ):
        with script.at(actions):
            for action in found:
                _Altering(script, made, words).visit(action)
        script.check_mentions(made)
        return
    for part in parts:
        with script.at(part):
            _carry_out(script, made, part, words)
    script.check_mentions(made)


def _carry_out(script: Script, made: MadeTable, part: WordRun, words: WordRun) -> None:
    """Carry out one action of a statement."""
    if PlainAction(script, made, part).carried_out():
        return
    found = script.grammar.action(part) if part.tokens else None
    for action in found or ():
        _Altering(script, made, words).visit(action)
    if found is not None:
        return
    if part.says("ADD") and len(part) > 2:  # as in a CREATE TABLE, where what is understood is taken
        at = 2 if part.word(1) == "COLUMN" else 1
        if part.says("IF", "NOT", "EXISTS", at=at):
            at += 3
            if at < len(part) and made.column(
                script.folding.name(part.tokens[at].text, quoted=part.is_quoted(at))
            ):
                return
        TableItems(script, made).read(part.cut(at))
        return
    script.warn("", f"{_short(words)} ... was left out", part if part.tokens else None)


def _whole(parts: Sequence[WordRun]) -> list[WordRun]:
    """The actions between commas, of which one may go on behind a comma: ALTER COLUMN a ..., b ...

    MODIFY (a ..., b ...) is one for each.
    """
    found: list[WordRun] = []
    for part in parts:
        opened = 2 if part.word(1) == "COLUMN" or _dotted(part) else 1
        bracketed = part.word(0) in _GO_ON and part.kind(opened) is TokenType.L_PAREN
        if bracketed and part.closing(opened) == len(part) - 1:
            inner = part.cut(opened + 1, len(part) - 1).by_commas()
            found += [WordRun([part.tokens[0], *one.tokens], part.text, part.start) for one in inner]
            continue
        goes_on = bool(found and part.tokens) and part.word(0) not in _ACTIONS and found[-1].word(0) in _GO_ON
        found.append(WordRun([found[-1].tokens[0], *part.tokens], part.text, part.start) if goes_on else part)
    return [_altering(part) for part in found]


def _dotted(part: WordRun) -> bool:
    """Whether it is ADD COLUMNS (...) or DROP COLUMNS (...), of parts of columns among others."""
    inner = part.cut(3, -1).by_commas() if part.word(1) == "COLUMNS" else []
    return any(one.kind(1) is TokenType.DOT for one in inner)


def _altering(part: WordRun) -> WordRun:
    """MODIFY a SET NOT NULL, and ALTER a SET NOT NULL, as ALTER COLUMN a SET NOT NULL."""
    if part.word(0) not in ("MODIFY", "ALTER") or not part.tokens:
        return part
    named = 2 if part.word(1) == "COLUMN" else 1
    if part.word(0) == "MODIFY" and part.word(named + 1) not in _CHANGES:
        return part
    first = part.tokens[0]
    words = [Token(TokenType.ALTER, "ALTER", first.line, first.col, first.start, first.end)]
    if named == 1 and part.word(1) not in (
        "CONSTRAINT",
        "SORTKEY",
        "DISTKEY",
        "DISTSTYLE",
        "ENCODE",
        "COMPOUND",
    ):
        words.append(Token(TokenType.COLUMN, "COLUMN", first.line, first.col, first.start, first.end))
    return WordRun([*words, *part.tokens[1:]], part.text, part.start)


def _short(words: WordRun) -> str:
    return " ".join(" ".join(str(words).split()).split(" ")[:6])


@dataclass
class _Altering(Visitor[None]):
    """Carries out each action of an ALTER TABLE."""

    script: Script
    made: MadeTable
    words: WordRun

    # --- columns

    def visit_columndef(self, definition: exp.ColumnDef) -> None:
        name = self.script.folded(definition.this)
        if self.made.column(name) is None:
            read_column(self.script, self.made, definition)
        elif not definition.args.get("exists"):
            self.script.complain(
                self.made.table["name"], f"the column {name} is there already", "add it once"
            )

    def visit_schema(self, several: exp.Schema) -> None:
        for one in several.expressions:
            self.visit(one)

    def visit_altercolumn(self, change: exp.AlterColumn) -> None:
        column = self._column(self.script.folded(change.this.find(exp.Identifier) or change.this))
        if column is None:
            return
        said = False
        if (new := change.args.get("rename_to")) is not None:
            rename_column(self.script, self.made, column["name"], self.script.folded(new))
            said = True
        if (kind := change.args.get("dtype")) is not None:
            set_type(self.script, self.made, column, kind)
            said = True
        if change.args.get("allow_null") is not None:
            column["required"] = not change.args["allow_null"]
            said = True
        if (default := change.args.get("default")) is not None:
            clause = exp.DefaultColumnConstraint(this=default)
            ColumnClauses(self.script, self.made, column).visit(clause)
            said = True
        elif change.args.get("drop") and change.args.get("allow_null") is None:
            column.pop("default", None)
            said = True
        if isinstance(comment := change.args.get("comment"), exp.Expr):
            column["comment"] = comment.name
            said = True
        if not said:
            self.visit_other(change)

    def visit_modifycolumn(self, change: exp.Expr) -> None:
        """MODIFY COLUMN, and CHANGE COLUMN, which gives it another name as well."""
        definition = change.this if isinstance(change.this, exp.ColumnDef) else change.args.get("expression")
        if not isinstance(definition, exp.ColumnDef):
            self.visit_other(change)
            return
        old = change.args.get("rename_from")
        new = self.script.folded(definition.this)
        if old is not None:
            rename_column(self.script, self.made, self.script.folded(old.find(exp.Identifier) or old), new)
        column = self._column(new)
        if column is None:
            return
        column["required"] = False
        set_type(self.script, self.made, column, definition.args.get("kind"))
        for constraint in definition.args.get("constraints") or ():
            ColumnClauses(self.script, self.made, column).visit(constraint)
        place_column(self.script, self.made, column, definition)

    def _column(self, name: str) -> ReadColumn | None:
        column = self.made.column(name)
        if column is None:
            self.script.complain(
                self.made.table["name"], f"there is no column {name}", "name one that is there"
            )
        return column

    # --- the table

    def visit_addconstraint(self, added: exp.AddConstraint) -> None:
        for constraint in added.expressions:
            TableClauses(self.script, self.made).visit(constraint)

    def visit_alterrename(self, rename: exp.AlterRename) -> None:
        rename_table(self.script, self.made, self.script.name(rename.this))

    def visit_altersortkey(self, change: exp.Expr) -> None:
        if columns := self.script.names(change.args.get("expressions") or ()):
            self.made.table["sort_key"] = columns
        elif change.args.get("this") is not None:
            self.visit_other(change)

    def visit_alterdiststyle(self, change: exp.Expr) -> None:
        if change.find(exp.Column) is not None:
            self.made.table["dist_key"] = self.script.names([change.this])[0]
            self.made.table["dist_style"] = "key"
        else:
            self.made.table["dist_style"] = change.name.lower()

    def visit_other(self, node: exp.Expr) -> None:  # noqa: ARG002 - the statement's own words say more
        self.script.warn("", f"{_short(self.words)} ... was left out")
