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
    type_text,
)
from dw_simulator.plugins.dialects.ddl.column_words import CONSTRAINT_WORDS
from dw_simulator.plugins.dialects.ddl.plain_actions import PlainAction
from dw_simulator.plugins.dialects.ddl.renamed_tables import rename_table
from dw_simulator.plugins.dialects.ddl.script import MadeTable, ReadColumn, Script
from dw_simulator.plugins.dialects.ddl.table_clauses import TableClauses
from dw_simulator.plugins.dialects.ddl.table_head import name_at
from dw_simulator.plugins.dialects.ddl.table_items import TableItems, is_understood, short
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun, beginning, meant
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
_KEYS = frozenset({"PRIMARY", "FOREIGN", "UNIQUE", "REFERENCES"})
_ABOUT = frozenset({"COLUMN", "CONSTRAINT"})
_OF_COLUMNS = frozenset({"ADD", "DROP", "ALTER", "MODIFY", "RENAME"})
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
        script.warn("", f"{beginning(words)} ... is about a table that is not in this script, left out")
        return
    actions = words.cut(behind)
    said = actions.by_commas()
    parts = _whole(said)
    if any(part.tokens and _is_typed_wrongly(script, made, part) for part in parts):
        return
    found = script.grammar.action(actions) if parts == said else None
    if (
        found is not None
        and all(action.key not in ("command", "anonymous") and _is_whole(action) for action in found)
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
    if found is not None and all(map(_is_whole, found)):
        for action in found:
            _Altering(script, made, words).visit(action)
    elif part.says("MODIFY") and len(part) > 2:
        _modify(script, made, part.cut(2 if part.word(1) == "COLUMN" else 1))
    elif part.says("ADD") and len(part) > 2:
        _add(script, made, part)
    elif part.word(0) not in _ACTIONS and any(part.word(at) in _KEYS for at in range(len(part))):
        message = f"{short(part)} is not understood"
        script.complain(made.table["name"], message, "write ADD in front of the key", part)
    else:
        script.warn("", f"{beginning(words)} ... was left out", part if part.tokens else None)


def _add(script: Script, made: MadeTable, part: WordRun) -> None:
    """ADD, as in a CREATE TABLE, where what is understood is taken."""
    at = 2 if part.word(1) == "COLUMN" else 1
    if part.says("IF", "NOT", "EXISTS", at=at):
        at += 3
        if at < len(part) and made.column(
            script.folding.name(part.tokens[at].text, quoted=part.is_quoted(at))
        ):
            return
    TableItems(script, made).read(part.cut(at))


def _modify(script: Script, made: MadeTable, part: WordRun) -> None:
    """MODIFY a NUMBER(9) NOT NULL, where what is not said stays as it is."""
    name = script.folding.name(part.tokens[0].text, quoted=part.is_quoted(0))
    column = made.column(name)
    if column is None:
        script.complain(made.table["name"], f"there is no column {name}", "name one that is there")
        return
    tree = script.grammar.item(part.with_plain_name())
    if not isinstance(tree, exp.ColumnDef):
        plain = script.grammar.plain_column
        tree = script.grammar.item(WordRun([*plain, *part.tokens[1:]], part.text, part.start))
        tree = tree if isinstance(tree, exp.ColumnDef) else exp.ColumnDef()
        tree.set("kind", None)
    if (kind := tree.args.get("kind")) is not None:
        set_type(script, made, column, kind)
    if kind is None and not tree.args.get("constraints"):
        script.warn(f"{made.table['name']}.{name}", f"{beginning(part)} is not understood, left out")
    for constraint in tree.args.get("constraints") or ():
        ColumnClauses(script, made, column).visit(constraint)


def _is_whole(action: exp.Expr) -> bool:
    """Whether the constraints that an action adds are understood."""
    return not isinstance(action, exp.AddConstraint) or all(map(is_understood, action.expressions))


def _is_typed_wrongly(script: Script, made: MadeTable, part: WordRun) -> bool:
    """Whether an action, or what it is about, looks like a word typed wrongly; that is told, then."""
    first, *rest = part.tokens
    said = [token for token in rest if token.start > first.start]  # COLUMN may be put in between
    part = WordRun([first, *said], part.text, part.start)
    known = {0: _ACTIONS, **({1: _ABOUT} if _names_behind(script, made, part) else {})}
    known |= {at: frozenset({"NULL"}) for at in range(2, len(part)) if part.word(at - 1) == "NOT"}
    for at, words in known.items():
        if instead := meant(part.word(at), words):
            message = f"{part.tokens[at].text!r} is not understood; did you mean {instead!r}?"
            script.complain(made.table["name"], message, "", part.cut(at, at + 1))
            return True
    return False


def _names_behind(script: Script, made: MadeTable, part: WordRun) -> bool:
    """Whether the name that an action is about stands behind its second word, which is none, then."""
    if part.word(0) not in _OF_COLUMNS or len(part) < 3 or not part.tokens[2].text[:1].isalpha():
        return False
    if part.word(0) == "ADD":
        tree = script.grammar.item(part.cut(1, 3))
        return tree is None or not type_text(script, tree.args.get("kind"))
    return made.column(part.tokens[1].text) is None


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
        follows = bool(found and part.tokens) and found[-1].word(0) in _GO_ON
        added = follows and found[-1].word(0) == "ADD" and part.word(0) in CONSTRAINT_WORDS
        goes_on = added or (follows and part.word(0) not in _ACTIONS)
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
        said = self._renamed(column, change.args.get("rename_to"))
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

    def _renamed(self, column: ReadColumn, new: object) -> bool:
        """Whether a column gets another name: CHANGE COLUMN a b INT, as Hive has it."""
        if not isinstance(new, exp.Expr):
            return False
        name = self.script.folded(new.find(exp.Identifier) or new)
        if name != column["name"]:
            rename_column(self.script, self.made, column["name"], name)
        return True

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
        self.script.warn("", f"{beginning(self.words)} ... was left out")
