"""What stands behind a column's name and type: NOT NULL, DEFAULT, REFERENCES and the like, a method each.

A CHECK is kept as the text it is; `dialects.checks` reads it when the experiment is planned.
"""

from dataclasses import dataclass

from sqlglot import exp

from dw_simulator.plugins.dialects.ddl.script import (
    ReadColumn,
    ReadSequence,
    ReadTable,
    Script,
    folded,
    type_name_of,
)
from dw_simulator.plugins.dialects.trees import Visitor
from dw_simulator.types import UnknownTypeError

_SERIALS = frozenset({"SMALLSERIAL", "SERIAL", "BIGSERIAL"})


def read_column(script: Script, table: ReadTable, definition: exp.ColumnDef) -> None:
    """Add a column to its table."""
    kind = definition.args.get("kind")
    column: ReadColumn = {"name": folded(definition.this), "data_type": "INT", "required": False}
    table["columns"].append(column)
    try:
        column["data_type"] = script.type_of(kind)
    except UnknownTypeError as error:
        script.complain(f"{table['name']}.{column['name']}", str(error), "use another type")
    if type_name_of(kind) in _SERIALS:
        _count(column)
    clauses = _ColumnClauses(script, table, column)
    for constraint in definition.args.get("constraints") or ():
        if (clause := constraint.args.get("kind")) is not None:
            clauses.visit(clause)


@dataclass
class _ColumnClauses(Visitor[None]):
    script: Script
    table: ReadTable
    column: ReadColumn

    # --- what its values are

    def visit_notnullcolumnconstraint(self, clause: exp.NotNullColumnConstraint) -> None:
        self.column["required"] = not clause.args.get("allow_null")

    def visit_uniquecolumnconstraint(self, clause: exp.UniqueColumnConstraint) -> None:
        self.column["is_unique"] = True
        if clause.args.get("nulls"):
            self.table.setdefault("nulls_not_distinct", []).append([self.column["name"]])

    def visit_primarykeycolumnconstraint(self, _clause: exp.PrimaryKeyColumnConstraint) -> None:
        self.script.set_primary_key(self.table, [self.column["name"]])

    def visit_reference(self, clause: exp.Reference) -> None:
        parent, columns = self.script.referenced(clause)
        first = columns[0] if columns else None
        self.column["foreign_key"] = {"references_table": parent, "references_column": first}

    def visit_checkcolumnconstraint(self, clause: exp.CheckColumnConstraint) -> None:
        self.script.add_check(self.table, clause)

    def visit_defaultcolumnconstraint(self, clause: exp.DefaultColumnConstraint) -> None:
        """A default from a sequence makes an identity, which some warehouses have no other word for."""
        text = self.script.sql(clause.this)
        if text.lower().startswith("nextval("):
            _count(self.column)
        else:
            self.column["default"] = text

    def visit_generatedasidentitycolumnconstraint(self, clause: exp.Expr) -> None:
        if clause.args.get("expression") is not None:  # GENERATED AS, from other columns
            self.visit_other(clause)
            return
        start, step = (clause.args.get(name) for name in ("start", "increment"))
        _count(self.column, int(start.sql()) if start else 1, int(step.sql()) if step else 1)

    visit_autoincrementcolumnconstraint = visit_generatedasidentitycolumnconstraint

    # --- how they are kept, and what is said of them

    def visit_encodecolumnconstraint(self, clause: exp.EncodeColumnConstraint) -> None:
        self.column["encode"] = clause.this.name.lower()

    def visit_distkeyproperty(self, _clause: exp.DistKeyProperty) -> None:
        self.table["dist_key"] = self.column["name"]

    def visit_sortkeyproperty(self, _clause: exp.SortKeyProperty) -> None:
        self.table["sort_key"] = [self.column["name"]]

    def visit_commentcolumnconstraint(self, clause: exp.CommentColumnConstraint) -> None:
        self.column["comment"] = clause.this.name

    def visit_properties(self, clause: exp.Properties) -> None:
        """OPTIONS (description = '...'), as BigQuery has it."""
        for option in clause.expressions:
            if option.name == "description":
                self.column["comment"] = option.args["value"].name

    def visit_other(self, node: exp.Expr) -> None:
        place = f"{self.table['name']}.{self.column['name']}"
        self.script.warn(place, f"{self.script.first_words(node)} has no effect on the values, left out")


def _count(column: ReadColumn, start: int = 1, step: int = 1) -> None:
    """Let a column count by itself."""
    column["rule"] = ReadSequence(name="sequence", start=start, step=step)
    column["required"] = True
