"""From a script of CREATE TABLE statements to tables as the JSON schema writes them.

A dialect gives `read_ddl` its sqlglot dialect and its type names. What the schema has no word for is
told in a warning; what makes a table unreadable is a problem with its place. CHECKs stay text here:

>>> from sqlglot.dialects.postgres import Postgres
>>> ddl = read_ddl("CREATE TABLE t (a INT NOT NULL CHECK (a > 0))", Postgres, {"INT": "INTEGER"})
>>> ddl.tables[0]["columns"], ddl.tables[0]["checks"]
([{'name': 'a', 'data_type': 'INTEGER', 'required': True}], ['a > 0'])
"""

import re
from dataclasses import dataclass
from typing import cast

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from dw_simulator.errors import SchemaError
from dw_simulator.plugins.dialects.ddl.script import ReadableTypes, ReadTable, Script, folded, names, table_in
from dw_simulator.plugins.dialects.ddl.table_clauses import TableClauses, TableProperties
from dw_simulator.plugins.dialects.parsing import parse
from dw_simulator.plugins.dialects.trees import Visitor
from dw_simulator.ports.dialect import Ddl
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.types import TYPES

_WORDS = {
    *(name for name in TYPES if " " not in name),
    *"NOT NULL PRIMARY KEY UNIQUE REFERENCES FOREIGN CONSTRAINT DEFAULT CHECK".split(),
    *"IDENTITY ENCODE DISTKEY SORTKEY".split(),
}
_CREATES_TABLE = re.compile(r"create\b[\w\s]*\btable\b", re.IGNORECASE)


def read_ddl(sql: str, dialect: type[Dialect], types: ReadableTypes) -> Ddl:
    """Read every CREATE TABLE of a script, with the ALTER TABLE and COMMENT statements that belong to it.

    Raises SqlError where the text is not SQL of the dialect, SchemaError where a table cannot be read.
    """
    script = Script(dialect, types)
    statements = _Statements(script)
    for tree in parse(sql, dialect, _WORDS):
        statements.visit(tree)
    _complete_references(script)
    for table in script.tables.values():
        _drop_rules_of_references(script, table)
        for column in table["columns"]:
            column["required"] |= column["name"] in table.get("primary_key", ())
    if not script.tables and not script.problems:
        script.complain("", "there is no CREATE TABLE statement in this text")
    if script.problems:
        raise SchemaError(script.problems)
    # a table as it was read is a JSON object
    return Ddl([cast(JsonObject, table) for table in script.tables.values()], script.warnings)


@dataclass
class _Statements(Visitor[None]):
    """Each statement of a script."""

    script: Script

    def visit_create(self, statement: exp.Create) -> None:
        if statement.kind == "INDEX" and statement.args.get("unique"):
            self._unique_index(statement)
            return
        if statement.kind != "TABLE":
            self.visit_other(statement)
            return
        name = self.script.table_name(table_in(statement.this))
        if statement.this.key != "schema" or statement.expression is not None:
            message = "CREATE TABLE ... AS or LIKE does not say its columns"
            self.script.complain(name, message, "write them out")
        elif name in self.script.tables:
            self.script.complain(name, "the table is created twice", "keep one of the statements")
        else:
            self._create_table(name, statement)

    def _unique_index(self, statement: exp.Create) -> None:
        """A key, but where it is unique among some rows only, or of what is worked out from columns."""
        owner, params = statement.this.args.get("table"), statement.this.args.get("params")
        table = self.script.tables.get(self.script.table_name(owner)) if owner is not None else None
        parts = (
            [part.this.unnest() for part in params.args.get("columns") or ()] if params is not None else []
        )
        if table is None or not parts:
            self.visit_other(statement)
        elif params.args.get("where") is not None or any(part.key != "column" for part in parts):
            what = "some rows" if params.args.get("where") is not None else "what is worked out from columns"
            message = f"{self.script.first_words(statement, 6)} ... is unique among {what}, which is not kept"
            self.script.warn(table["name"], message)
        else:
            table.setdefault("unique", []).append(names(parts))

    def _create_table(self, name: str, statement: exp.Create) -> None:
        table = self.script.tables[name] = ReadTable(name=name, columns=[])
        clauses = TableClauses(self.script, table)
        for part in statement.this.expressions:
            clauses.visit(part)
        properties = statement.args.get("properties")
        for part in properties.expressions if properties else ():
            TableProperties(self.script, table).visit(part)

    def visit_alter(self, statement: exp.Alter) -> None:
        if statement.args.get("kind") != "TABLE":
            self.visit_other(statement)
            return
        table = self.script.tables.get(self.script.table_name(statement.this))
        for action in statement.args.get("actions") or ():
            if table is None or action.key != "addconstraint":
                self.script.warn("", f"{self.script.first_words(statement, 6)} ... was left out")
                continue
            for constraint in action.expressions:
                TableClauses(self.script, table).visit(constraint)

    def visit_comment(self, statement: exp.Comment) -> None:
        _Commented(self.script, statement.expression.name).visit(statement.this)

    def visit_command(self, statement: exp.Command) -> None:
        """A statement that sqlglot does not take apart."""
        words = statement.sql(dialect=self.script.dialect)
        if _CREATES_TABLE.match(words):
            place = f"{' '.join(words.split()[:6])} ..."
            message = "this CREATE TABLE statement has a word that is not understood"
            self.script.complain(place, message, "leave that word out")
        else:
            self.visit_other(statement)

    def visit_other(self, node: exp.Expr) -> None:
        self.script.warn("", f"{self.script.first_words(node)} ... is not a table and was left out")


@dataclass
class _Commented(Visitor[None]):
    """What a COMMENT statement is about: a table or a column of the script, or something else."""

    script: Script
    text: str

    def visit_table(self, named: exp.Table) -> None:
        if (table := self.script.tables.get(folded(named.this))) is not None:
            table["comment"] = self.text

    def visit_column(self, named: exp.Column) -> None:
        owner = named.args.get("table")
        table = self.script.tables.get(folded(owner)) if owner is not None else None
        for column in table["columns"] if table is not None else ():
            if column["name"] == folded(named.this):
                column["comment"] = self.text

    def visit_other(self, node: exp.Expr) -> None:
        """The schema has no comments on schemas and the like."""


# --- after all statements


def _drop_rules_of_references(script: Script, table: ReadTable) -> None:
    """An identity that references another table takes that table's values."""
    referring = {name for reference in table.get("foreign_keys", ()) for name in reference["columns"]}
    for column in table["columns"]:
        if "rule" in column and (column["name"] in referring or "foreign_key" in column):
            del column["rule"]
            script.warn(f"{table['name']}.{column['name']}", "is a reference, so its identity was left out")


def _complete_references(script: Script) -> None:
    """REFERENCES t means the primary key of t."""
    for table in script.tables.values():
        for several in table.get("foreign_keys", ()):
            if not several["references_columns"]:
                parent, width = several["references_table"], len(several["columns"])
                several["references_columns"] = _key_of(script, table, parent, width)
        for column in table["columns"]:
            one = column.get("foreign_key")
            if one is not None and one["references_column"] is None:
                one["references_column"] = next(
                    iter(_key_of(script, table, one["references_table"], 1)), None
                )


def _key_of(script: Script, table: ReadTable, parent: str, width: int) -> list[str]:
    """The columns of the parent's primary key, as many as reference it; none where there is no such key."""
    key = script.tables[parent].get("primary_key", []) if parent in script.tables else []
    if len(key) == width:
        return key
    script.complain(table["name"], f"references {parent}, which has no such primary key", "name the columns")
    return []
