"""ALTER TABLE: columns and constraints that come, go, and change."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dw_simulator.plugins.dialects.ddl.column_clauses import ColumnClauses, read_column, set_type
from dw_simulator.plugins.dialects.ddl.script import MadeTable, ReadColumn, ReadTable, Script
from dw_simulator.plugins.dialects.ddl.table_clauses import TableClauses
from dw_simulator.plugins.dialects.ddl.table_head import Name, name_at
from dw_simulator.plugins.dialects.ddl.wording import Words
from dw_simulator.plugins.dialects.trees import Visitor

_SAID = frozenset({"IF", "EXISTS", "ONLY"})
"""What may stand between TABLE and the name."""


def alter(script: Script, words: Words) -> None:
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
    found = script.grammar.action(actions)
    if found is not None and all(action.key not in ("command", "anonymous") for action in found):
        with script.at(actions):
            for action in found:
                _Altering(script, made, words).visit(action)
        script.check_mentions(made)
        return
    for part in actions.by_commas():
        with script.at(part):
            one = script.grammar.action(part) if part.tokens else None
            for action in one or ():
                _Altering(script, made, words).visit(action)
            if one is None:
                message = f"{_short(words)} ... was left out"
                script.warn("", message, part if part.tokens else None)
    script.check_mentions(made)


def _short(words: Words) -> str:
    return " ".join(" ".join(str(words).split()).split(" ")[:6])


@dataclass
class _Altering(Visitor[None]):
    """Carries out each action of an ALTER TABLE."""

    script: Script
    made: MadeTable
    words: Words

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

    def visit_drop(self, drop: exp.Drop) -> None:
        for one in drop.args.get("tables") or [drop.this]:
            name = self.script.folded(one.find(exp.Identifier) or one)
            if drop.args.get("kind") == "COLUMN":
                drop_column(self.script, self.made, name)
            elif drop.args.get("kind") == "CONSTRAINT":
                self._drop_constraint(name)
            else:
                self.visit_other(drop)

    def _drop_constraint(self, name: str) -> None:
        if name == f"{self.made.name.name}_pkey" and name not in self.made.constraints:
            self.made.constraints[name] = ("primary_key", None)
        kind, entry = self.made.constraints.pop(name, ("", None))
        if kind == "primary_key":
            self.made.table.pop("primary_key", None)
        elif kind == "references":
            self.made.references = [one for one in self.made.references if one is not entry]
        elif kind == "unique":
            self.made.table["unique"] = [one for one in self.made.table["unique"] if one is not entry]
        elif kind == "checks":
            self.made.table["checks"].remove(str(entry))
        else:
            self.script.warn(self.made.table["name"], f"has no constraint {name}, so none was dropped")

    def visit_renamecolumn(self, rename: exp.RenameColumn) -> None:
        old, new = (
            self.script.folded(one.find(exp.Identifier) or one) for one in (rename.this, rename.args["to"])
        )
        rename_column(self.script, self.made, old, new)

    def visit_altercolumn(self, change: exp.AlterColumn) -> None:
        column = self._column(self.script.folded(change.this.find(exp.Identifier) or change.this))
        if column is None:
            return
        said = False
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
        if (comment := change.args.get("comment")) is not None:
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
        name = self.script.name(rename.this)
        old = self.made.name
        self.script.tables.rename(self.made, Name(name.name, name.schema or old.schema))
        self.made.table["name"] = name.name
        for other in self.script.tables:
            for reference in other.references:
                if self.script.find(reference.parent) is None and reference.parent.name == old.name:
                    reference.parent = self.made.name

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

    def visit_cluster(self, change: exp.Expr) -> None:
        if all(part.key == "column" for part in change.expressions):
            self.made.table["sort_key"] = self.script.names(change.expressions)

    def visit_other(self, node: exp.Expr) -> None:  # noqa: ARG002 - the statement's own words say more
        self.script.warn("", f"{_short(self.words)} ... was left out")


# --- what a name stands in


def rename_column(script: Script, made: MadeTable, old: str, new: str) -> None:
    """Call a column by another name, wherever it is named."""
    column = made.column(old)
    if column is None:
        script.complain(made.table["name"], f"there is no column {old}", "name one that is there")
        return
    column["name"] = new
    made.columns[new] = made.columns.pop(old, script.here)
    if old in made.types:
        made.types[new] = made.types.pop(old)
    _rename_in(script, made.table, old, new)
    for reference in made.references:
        reference.columns = _renamed(reference.columns, old, new)
    for other in script.tables:
        for reference in other.references:
            if script.find(reference.parent, other.name.schema) is made:
                reference.parent_columns = _renamed(reference.parent_columns, old, new)


def _rename_in(script: Script, table: ReadTable, old: str, new: str) -> None:
    """The same in what a table says of its columns."""
    keys = [table.get("primary_key", []), table.get("sort_key", [])]
    for key in [*keys, *table.get("unique", ()), *table.get("nulls_not_distinct", ())]:
        key[:] = _renamed(key, old, new)  # the list itself: a constraint is remembered by it
    if table.get("dist_key") == old:
        table["dist_key"] = new
    if "checks" in table:
        table["checks"] = [_with_name(script, check, old, new) for check in table["checks"]]


def _renamed(names: Sequence[str], old: str, new: str) -> list[str]:
    return [new if name == old else name for name in names]


def _with_name(script: Script, check: str, old: str, new: str) -> str:
    try:
        tree = sqlglot.parse_one(check, into=exp.Condition, read=script.dialect)
    except (SqlglotError, RecursionError):
        return check
    for column in tree.find_all(exp.Column):
        if script.folded(column.this) == old:
            column.this.set("this", new)
    return script.sql(tree)


def drop_column(script: Script, made: MadeTable, name: str) -> None:
    """Take a column away, and the keys, references and CHECKs that name it."""
    column = made.column(name)
    if column is None:
        script.warn(made.table["name"], f"has no column {name}, so none was dropped")
        return
    table = made.table
    table["columns"].remove(column)
    if name in table.get("primary_key", ()):
        del table["primary_key"]
    for field in ("unique", "nulls_not_distinct"):
        if field in table:
            table[field] = [key for key in table[field] if name not in key]
    if "sort_key" in table:
        table["sort_key"] = [one for one in table["sort_key"] if one != name]
    if table.get("dist_key") == name:
        del table["dist_key"]
    if "checks" in table:
        table["checks"] = [check for check in table["checks"] if not _names(script, check, name)]
    made.references = [one for one in made.references if name not in one.columns]


def _names(script: Script, check: str, name: str) -> bool:
    try:
        tree = sqlglot.parse_one(check, into=exp.Condition, read=script.dialect)
    except (SqlglotError, RecursionError):
        return False
    return any(script.folded(column.this) == name for column in tree.find_all(exp.Column))
