"""What a CREATE TABLE statement says: columns and constraints in its brackets, properties behind them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from dw_simulator.plugins.dialects.ddl.column_clauses import read_column
from dw_simulator.plugins.dialects.ddl.script import MadeTable, PendingReference, ReadTable, Script
from dw_simulator.plugins.dialects.ddl.word_runs import shortened
from dw_simulator.plugins.dialects.trees import Visitor

_STYLES = frozenset({"all", "auto", "even", "key"})


@dataclass
class TableClauses(Visitor[None]):
    """The columns and constraints of a table; the constraints that ALTER TABLE adds are the same."""

    script: Script
    made: MadeTable

    @property
    def table(self) -> ReadTable:
        """The table as JSON has it."""
        return self.made.table

    def visit_columndef(self, definition: exp.ColumnDef) -> None:
        read_column(self.script, self.made, definition)

    def visit_constraint(self, named: exp.Constraint) -> None:
        """CONSTRAINT name, and what it is."""
        for clause in named.expressions:
            before = {kind: len(entries) for kind, entries in self._lists()}
            self.visit(clause)
            self._remember(self.script.folded(named.this), clause, before)

    def _lists(self) -> Iterator[tuple[str, Sequence[object]]]:
        """The constraints of which a table may have several."""
        yield "unique", self.table.get("unique", ())
        yield "checks", self.table.get("checks", ())
        yield "references", self.made.references

    def _remember(self, name: str, clause: exp.Expr, before: Mapping[str, int]) -> None:
        """What a named constraint has added, for when it is dropped by its name."""
        if clause.key == "primarykey":
            self.made.constraints[name] = ("primary_key", None)
        for kind, entries in self._lists():
            if len(entries) > before[kind]:
                self.made.constraints[name] = (kind, entries[-1])

    def visit_primarykey(self, clause: exp.PrimaryKey) -> None:
        self.script.set_primary_key(self.made, self.script.names(clause.expressions))

    def visit_uniquecolumnconstraint(self, clause: exp.UniqueColumnConstraint) -> None:
        if clause.this is not None and (columns := self.script.names(clause.this.expressions)):
            self.table.setdefault("unique", []).append(columns)
            self.script.mention(self.made, columns)
            if clause.args.get("nulls"):
                self.table.setdefault("nulls_not_distinct", []).append(columns)
            if isinstance(clause.this.this, exp.Identifier):  # UNIQUE KEY name (...)
                self.made.constraints[self.script.folded(clause.this.this)] = ("unique", columns)
        else:
            self.visit_other(clause)

    def visit_indexcolumnconstraint(self, _clause: exp.Expr) -> None:
        """How rows are found says nothing of them."""

    def visit_foreignkey(self, clause: exp.ForeignKey) -> None:
        reference = clause.args.get("reference")
        if reference is None:
            self.script.complain(
                self.table["name"], "FOREIGN KEY references nothing", "write REFERENCES table"
            )
            return
        parent, columns = self.script.referenced(reference)
        own = self.script.names(clause.expressions)
        self.script.mention(self.made, own)
        self.made.references.append(PendingReference(own, parent, columns, self.script.here, False))

    def visit_checkcolumnconstraint(self, clause: exp.CheckColumnConstraint) -> None:
        self.script.add_check(self.made, clause)

    def visit_identifier(self, column: exp.Expr) -> None:
        self.script.complain(f"{self.table['name']}.{column.name}", "the column has no type", "give it one")

    visit_column = visit_identifier

    def visit_other(self, node: exp.Expr) -> None:
        said = self.script.first_words(node) or shortened(str(self.script.words))
        self.script.warn(self.table["name"], f"{said} was left out")


@dataclass
class TableProperties(Visitor[None]):
    """What stands behind the brackets: how the rows are kept, and a comment."""

    script: Script
    made: MadeTable

    @property
    def table(self) -> ReadTable:
        """The table as JSON has it."""
        return self.made.table

    def visit_distkeyproperty(self, clause: exp.DistKeyProperty) -> None:
        (self.table["dist_key"],) = named = self.script.names([clause.this])
        self.script.mention(self.made, named)

    def visit_diststyleproperty(self, clause: exp.DistStyleProperty) -> None:
        if (style := clause.name.lower()) in _STYLES:
            self.table["dist_style"] = style
        else:
            self.visit_other(clause)

    def visit_sortkeyproperty(self, clause: exp.SortKeyProperty) -> None:
        self.table["sort_key"] = self.script.names(clause.this)
        self.script.mention(self.made, self.table["sort_key"])

    def visit_cluster(self, clause: exp.Expr) -> None:
        """By columns; what is made of columns, such as a date's month, has no effect on them."""
        if all(part.key == "column" for part in clause.expressions):
            self.table["sort_key"] = self.script.names(clause.expressions)
        else:
            self.visit_other(clause)

    visit_clusterproperty = visit_cluster

    def visit_schemacommentproperty(self, clause: exp.SchemaCommentProperty) -> None:
        self.table["comment"] = clause.this.name

    def visit_property(self, clause: exp.Property) -> None:
        """OPTIONS (description = '...'), as BigQuery has it."""
        if clause.name == "description":
            self.table["comment"] = clause.args["value"].name
        else:
            self.visit_other(clause)

    def visit_temporaryproperty(self, _clause: exp.Expr) -> None:
        self.script.warn(self.table["name"], "becomes an ordinary table")

    visit_transientproperty = visit_setproperty = visit_temporaryproperty

    def visit_other(self, node: exp.Expr) -> None:
        said = self.script.first_words(node)
        if not said or said.startswith("None"):  # sqlglot has no words for it
            said = shortened(str(self.script.words))
        if said:
            self.script.warn(self.table["name"], f"{said} has no effect on the values, left out")
