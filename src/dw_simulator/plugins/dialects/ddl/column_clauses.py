"""What stands behind a column's name and type: NOT NULL, DEFAULT, REFERENCES and the like, a method each.

A CHECK is kept as the text it is; `dialects.checks` reads it when the experiment is planned.
"""

import re
from dataclasses import dataclass

from sqlglot import exp

from dw_simulator.plugins.dialects.ddl.changed_columns import move_column
from dw_simulator.plugins.dialects.ddl.column_words import CONSTRAINT_WORDS
from dw_simulator.plugins.dialects.ddl.defaults import bare_value, default_of, with_moments
from dw_simulator.plugins.dialects.ddl.script import (
    MadeTable,
    PendingReference,
    ReadColumn,
    ReadSequence,
    ReadTable,
    Script,
    other_name,
)
from dw_simulator.plugins.dialects.ddl.stand_ins import told as told_of
from dw_simulator.plugins.dialects.ddl.type_called import type_name_of
from dw_simulator.plugins.dialects.ddl.word_runs import meant
from dw_simulator.plugins.dialects.trees import Visitor
from dw_simulator.types import MAX_DECIMAL_DIGITS, NUMERIC_KINDS, Kind, UnknownTypeError, sql_type

UNTOLD = "VARCHAR(255)"
"""The type of what a SELECT or an expression makes without telling it."""
_SERIALS = frozenset({"SMALLSERIAL", "SERIAL", "BIGSERIAL"})
_NEXT = re.compile(
    r"""\(*(?:nextval\s*\([^']*'(?P<quoted>[^']+)'[^|+*/-]*\)|(?P<dotted>[\w."]+)\.nextval
    |(?:default\s+)?next\s+value\s+for\s+(?P<spoken>[\w.\[\]"]+))\)*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""The next value of a sequence, as a DEFAULT says it."""
COLLATION = re.compile(r"[\w.@:+-]+")
"""A name of a collation, as the schema takes it."""
_CATALOGUED = re.compile(
    r"""\(?"?(?:default_)?identity"?\s*\(.*'(?P<start>-?\d+)\s*,\s*(?P<step>-?\d+)'.*\)""",
    re.IGNORECASE | re.DOTALL,
)
"""An identity as Redshift's catalogue writes it: "identity"(100, 0, '5,2'::text)."""


def read_column(script: Script, made: MadeTable, definition: exp.ColumnDef) -> None:
    """Add a column to its table."""
    kind = definition.args.get("kind") or _kind_of_expression(script, made, definition)
    column: ReadColumn = {"name": script.folded(definition.this), "data_type": "INT", "required": False}
    _place(script, made, column, definition.this)
    set_type(script, made, column, kind)
    if type_name_of(kind) in _SERIALS:
        count(column)
    clauses = ColumnClauses(script, made, column)
    for constraint in definition.args.get("constraints") or ():
        clauses.visit(constraint)
    place_column(script, made, column, definition)


def place_column(script: Script, made: MadeTable, column: ReadColumn, definition: exp.ColumnDef) -> None:
    """Put a column where it is said to stand: FIRST, or AFTER another."""
    said = definition.args.get("position")
    if said is not None and column in made.table["columns"]:
        other = said.find(exp.Identifier)
        move_column(made, column, script.folded(other) if other is not None else "")


def _kind_of_expression(script: Script, made: MadeTable, definition: exp.ColumnDef) -> exp.DataType | None:
    """The type of a column that is generated, and says no type, as DuckDB has it."""
    said = definition.find(exp.ComputedColumnConstraint)
    if said is None or not isinstance(said.this, exp.Expr):
        return None
    from dw_simulator.plugins.dialects.ddl.selecting import type_of  # noqa: PLC0415 - it takes 50 ms

    found = type_of(script, made, said.this)
    found = found or _kind_of_numbers(made, said.this)
    if found is not None:
        return found
    words = f"the type of what it is generated as cannot be told, and was taken for {UNTOLD}"
    script.warn(f"{made.table['name']}.{script.folded(definition.this)}", words)
    return exp.DataType(this=exp.DType.USERDEFINED, kind=UNTOLD)


_CALCULATED = frozenset("add sub mul paren neg coalesce literal column identifier".split())


def _kind_of_numbers(made: MadeTable, tree: exp.Expr) -> exp.DataType | None:
    """The type of sums and products of columns of numbers, which has room for what comes of them."""
    if any(node.key not in _CALCULATED for node in tree.walk()):
        return None
    try:
        columns = [made.column(one.name) for one in tree.find_all(exp.Column)]
        types = [sql_type(one["data_type"]) for one in columns if one is not None]
    except UnknownTypeError:
        return None
    kinds = {one.kind for one in types}
    if not types or len(types) < len(columns) or not kinds <= NUMERIC_KINDS or Kind.FLOAT in kinds:
        return None
    scales = [one.scale for one in types]
    scale = min(sum(scales) if tree.find(exp.Mul) else max(scales), MAX_DECIMAL_DIGITS // 2)
    text = f"DECIMAL({MAX_DECIMAL_DIGITS},{scale})" if Kind.DECIMAL in kinds else "BIGINT"
    return exp.DataType(this=exp.DType.USERDEFINED, kind=text)


def _place(script: Script, made: MadeTable, column: ReadColumn, identifier: exp.Expr) -> None:
    """Put a column behind the others; two that differ in letter case alone get names that differ by more."""
    name = column["name"]
    spelled = script.folding.spelled(identifier.name, quoted=bool(identifier.args.get("quoted")))
    alike = made.column(name)
    if alike is not None and made.spelled.get(alike["name"], alike["name"]) == spelled:
        script.complain(made.table["name"], f"the column {name} is there twice", "rename one")
    elif alike is not None:
        taken = {one["name"].lower() for one in made.table["columns"]}
        column["name"] = other_name(name, taken)
        words = f"differs from another column in letter case alone, and is called {column['name']}"
        script.warn(f"{made.table['name']}.{name}", words)
    made.spelled[column["name"]] = spelled
    made.columns[column["name"]] = script.here
    made.table["columns"].append(column)


def set_type(script: Script, made: MadeTable, column: ReadColumn, kind: exp.DataType | None) -> None:
    """Say a column's type; one that is not known is told, and its column left out if that is wanted."""
    own = script.own_type(kind)
    place = f"{made.table['name']}.{column['name']}"
    _check_listed(script, place, kind)
    try:
        column["data_type"] = script.type_of(own.args["kind"] if own is not None else kind)
    except UnknownTypeError as error:
        if script.skip_unknown:
            made.table["columns"].remove(column)
            script.warn(place, f"{error}; the column was left out")
        else:
            _complain_of_type(script, made, column, str(error))
        return
    if kind is not None:
        made.types[column["name"]] = kind
        nested = any(one.key != "datatypeparam" for one in kind.expressions)
        for part in kind.find_all(exp.DataType) if nested else (kind,):
            text = column["data_type"] if part is kind and own is None else type_text(script, part)
            for message in told_of(part, type_name_of(part), text):
                script.warn(place, message)
    if own is not None:
        take_over(script, made, column, own)


def _check_listed(script: Script, place: str, kind: exp.DataType | None) -> None:
    """Complain of what is no text in a list of values: ENUM('a', b)."""
    if kind is not None and kind.this in (exp.DType.ENUM, exp.DType.SET):
        for part in kind.find_all(exp.Column):
            script.complain(place, f"{part.name} is no text", "write it in single quotes")


def _complain_of_type(script: Script, made: MadeTable, column: ReadColumn, message: str) -> None:
    words = script.words
    name = column["name"]
    mend = "use another type, or leave such columns out by --skip-unknown"
    if words is None:
        script.complain(f"{made.table['name']}.{name}", message, mend)
        return
    at = next((k for k, token in enumerate(words.tokens) if token.text.lower() == name.lower()), 0)
    if instead := meant(name, CONSTRAINT_WORDS):
        text = f"{name!r} is not understood; did you mean {instead!r}?"
        script.complain(made.table["name"], text, "", words.cut(at, at + 1))
    else:
        shown = words.typed(at + 1) if at + 1 < len(words) else words
        script.complain(f"{made.table['name']}.{name}", message, mend, shown)


def type_text(script: Script, kind: exp.DataType | None) -> str:
    """A type in this program's words; empty where it has none."""
    try:
        return script.type_of(kind)
    except UnknownTypeError:
        return ""


def take_over(script: Script, made: MadeTable, column: ReadColumn, domain: exp.ColumnDef) -> None:
    """Give a column what a domain says of its values, of which VALUE stands for the column's."""
    base = script.own_type(domain.args.get("kind"))
    if base is not None and base is not domain:
        take_over(script, made, column, base)
    clauses = ColumnClauses(script, made, column)
    for constraint in domain.args.get("constraints") or ():
        clauses.visit(of_column(constraint, column["name"]))


def of_column(tree: exp.Expr, column: str) -> exp.Expr:
    """What a domain says of VALUE, said of a column."""
    own = tree.copy()
    for value in list(own.find_all(exp.Column)):
        if value.name.lower() == "value" and not value.table:
            value.set("this", exp.Identifier(this=column, quoted=True))
    return own


@dataclass
class ColumnClauses(Visitor[None]):
    """The clauses behind the name and type of one column."""

    script: Script
    made: MadeTable
    column: ReadColumn

    @property
    def table(self) -> ReadTable:
        """The table as JSON has it."""
        return self.made.table

    def visit_columnconstraint(self, constraint: exp.Expr) -> None:
        """One clause, which may have a name."""
        if (clause := constraint.args.get("kind")) is not None:
            self.visit(clause)
            if (named := constraint.args.get("this")) is not None:
                self._remember(self.script.folded(named), clause.key)

    def _remember(self, name: str, key: str) -> None:
        """What a named clause has said, for when it is dropped by its name."""
        entries: dict[str, tuple[str, object]] = {
            "notnullcolumnconstraint": ("required", self.column["name"]),
            "uniquecolumnconstraint": ("is_unique", self.column["name"]),
            "defaultcolumnconstraint": ("default", self.column["name"]),
            "primarykeycolumnconstraint": ("primary_key", None),
        }
        if self.made.references:
            entries["reference"] = entries["foreignkey"] = ("references", self.made.references[-1])
        if "checks" in self.table:
            entries["checkcolumnconstraint"] = ("checks", self.table["checks"][-1])
        if key in entries:
            self.made.constraints[name] = entries[key]

    # --- what its values are

    def visit_notnullcolumnconstraint(self, clause: exp.NotNullColumnConstraint) -> None:
        self.column["required"] = not clause.args.get("allow_null")

    def visit_uniquecolumnconstraint(self, clause: exp.UniqueColumnConstraint) -> None:
        self.column["is_unique"] = True
        if clause.args.get("nulls"):
            self.table.setdefault("nulls_not_distinct", []).append([self.column["name"]])

    def visit_primarykeycolumnconstraint(self, _clause: exp.PrimaryKeyColumnConstraint) -> None:
        self.script.set_primary_key(self.made, [self.column["name"]])

    def visit_primarykey(self, clause: exp.PrimaryKey) -> None:
        """PRIMARY KEY (id) behind the column, as SQL Server has it."""
        self.script.set_primary_key(self.made, self.script.names(clause.expressions))

    def visit_reference(self, clause: exp.Reference) -> None:
        parent, columns = self.script.referenced(clause)
        pending = PendingReference([self.column["name"]], parent, columns, self.script.here, True)
        self.made.references.append(pending)

    def visit_foreignkey(self, clause: exp.ForeignKey) -> None:
        """FOREIGN KEY REFERENCES, behind a column."""
        if (reference := clause.args.get("reference")) is not None:
            self.visit(reference)

    def visit_checkcolumnconstraint(self, clause: exp.CheckColumnConstraint) -> None:
        self.script.add_check(self.made, clause)

    def visit_defaultcolumnconstraint(self, clause: exp.DefaultColumnConstraint) -> None:
        """A default from a sequence makes an identity, which some warehouses have no other word for."""
        text = self.script.sql(clause.this)
        if not self.counts_by(text):
            self.column["default"] = self.script.sql(self._of_type(bare_value(with_moments(clause.this))))

    def _of_type(self, tree: exp.Expr) -> exp.Expr:
        """A default as a value of the column's type: FALSE for the 0 that some take for it."""
        try:
            return default_of(sql_type(self.column["data_type"]), tree, self.script.dialect)
        except UnknownTypeError:
            return tree

    def counts_by(self, text: str) -> bool:
        """Whether a default is the next value of a sequence; the column counts as that does, then."""
        if found := _CATALOGUED.search(text):
            count(self.column, int(found["start"]), int(found["step"]))
        elif self._may_count() and (found := _NEXT.fullmatch(text)):
            self.column["rule"] = self.script.by_sequence(
                found["quoted"] or found["dotted"] or found["spoken"]
            )
            self.column["required"] = True
        return found is not None

    def _may_count(self) -> bool:
        """Whether the column holds numbers: text of a sequence's next value is text."""
        try:
            return sql_type(self.column["data_type"]).kind in NUMERIC_KINDS
        except UnknownTypeError:
            return True

    def visit_generatedasidentitycolumnconstraint(self, clause: exp.Expr) -> None:
        if clause.args.get("expression") is not None:
            self._generate(clause.args["expression"])
            return
        start, step = (self._whole(clause.args.get(name)) for name in ("start", "increment"))
        count(self.column, start, step or 1)

    def visit_computedcolumnconstraint(self, clause: exp.ComputedColumnConstraint) -> None:
        if isinstance(clause.this, exp.Expr):
            self._generate(clause.this)
        else:
            self.visit_other(clause)

    def _generate(self, tree: exp.Expr | None) -> None:
        """GENERATED AS, from other columns. As a guess, which gives way where the rule cannot make it."""
        if tree is None:
            place = f"{self.table['name']}.{self.column['name']}"
            self.script.complain(place, "it is generated from nothing", "write the expression in brackets")
            return
        if self._is_from_file(tree):
            self.made.reads_files = True
            return
        rule = self.script.expression(tree.unnest())
        self.column["rule"] = rule
        self.column["generated"] = True
        self.column["inferred"] = "is generated from other columns"

    def _is_from_file(self, tree: exp.Expr) -> bool:
        """Whether a column is taken from what an external table's files hold, as Snowflake has it."""
        if not any(one.__name__ == "Snowflake" for one in self.script.dialect.__mro__):
            return False
        named = {column.name.upper() for column in tree.find_all(exp.Column, exp.Parameter, exp.Var)}
        files = any(name.startswith("METADATA$") for name in named) or "METADATA$" in self.script.sql(tree)
        return files or ("VALUE" in named and self.made.column("value") is None)

    def count(self, start: int, step: int) -> None:
        """The column counts by itself."""
        count(self.column, start, step)

    def _whole(self, node: exp.Expr | None) -> int:
        """A whole number, which may have a sign; 1 for whatever else stands there."""
        try:
            return int(node.sql()) if node is not None else 1
        except ValueError:
            self.script.warn(
                f"{self.table['name']}.{self.column['name']}", f"{node} is no whole number; 1 is taken"
            )
            return 1

    visit_autoincrementcolumnconstraint = visit_generatedasidentitycolumnconstraint

    # --- how they are kept, and what is said of them

    def visit_encodecolumnconstraint(self, clause: exp.EncodeColumnConstraint) -> None:
        self.column["encode"] = clause.this.name.lower()

    def visit_collatecolumnconstraint(self, clause: exp.CollateColumnConstraint) -> None:
        """A collation by its name, without the schema that it is in; the default one says nothing."""
        parts = list(clause.this.parts) if isinstance(clause.this, exp.Column) else [clause.this]
        names = [self.script.folded(part) for part in parts]
        if any(part.args.get("quoted") for part in parts):
            names = names[-1:]
        name = ".".join(names)
        if not name:  # BigQuery's COLLATE '' is none
            return
        if not COLLATION.fullmatch(name):
            self.visit_other(clause)
        elif name != "default":
            self.column["collate"] = name

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


def count(column: ReadColumn, start: int = 1, step: int = 1) -> None:
    """Let a column count by itself."""
    column["rule"] = ReadSequence(name="sequence", start=start, step=step)
    column["required"] = True
