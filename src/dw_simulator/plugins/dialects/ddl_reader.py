"""What the dialects have in common: from sqlglot's tree of CREATE TABLE statements to the JSON schema.

A dialect gives `read_ddl` its sqlglot dialect and its type names. What the schema has no word for is
told in a warning; what makes a table unreadable is a problem with its place.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from dw_simulator.errors import Problem, SchemaError
from dw_simulator.plugins.dialects.parsing import parse
from dw_simulator.ports.dialect import Ddl
from dw_simulator.types import TYPES, UnknownTypeError, sql_type

_WORDS = {
    *(name for name in TYPES if " " not in name),
    *"NOT NULL PRIMARY KEY UNIQUE REFERENCES FOREIGN CONSTRAINT DEFAULT CHECK".split(),
    *"IDENTITY ENCODE DISTKEY SORTKEY".split(),
}
_CREATES_TABLE = re.compile(r"create\b[\w\s]*\btable\b", re.IGNORECASE)

Types = Mapping[str, str]
"""sqlglot's type names -> this program's; "(*256)" stands for the arguments, or for 256 without them.

Types under an empty name are refused."""
_SERIALS = frozenset({"SMALLSERIAL", "SERIAL", "BIGSERIAL"})


def read_ddl(sql: str, dialect: type[Dialect], types: Types) -> Ddl:
    """Read every CREATE TABLE of a script, with the ALTER TABLE and COMMENT statements that belong to it.

    Raises SqlError where the text is not SQL of the dialect, SchemaError where a table cannot be read.
    """
    return _Reader(dialect, types).read(sql)


class _Reader:
    def __init__(self, dialect: type[Dialect], types: Types) -> None:
        self.dialect, self.types = dialect, types
        self.ddl = Ddl()
        self.problems: list[Problem] = []
        self.tables: dict[str, dict[str, Any]] = {}

    def read(self, sql: str) -> Ddl:
        for tree in parse(sql, self.dialect, _WORDS):
            self._statement(tree)
        self._complete_references()
        for table in self.tables.values():
            self._drop_rules_of_references(table)
            for column in table["columns"]:
                column["required"] |= column["name"] in table.get("primary_key", ())
        if not self.tables and not self.problems:
            self.problems.append(Problem("", "there is no CREATE TABLE statement in this text"))
        if self.problems:
            raise SchemaError(self.problems)
        self.ddl.tables = list(self.tables.values())
        return self.ddl

    def _statement(self, tree: exp.Expression) -> None:
        if isinstance(tree, exp.Create) and tree.kind == "TABLE":
            self._create(tree)
        elif isinstance(tree, exp.Alter) and tree.args.get("kind") == "TABLE":
            self._alter(tree)
        elif isinstance(tree, exp.Comment):
            self._comment(tree)
        elif isinstance(tree, exp.Command) and _CREATES_TABLE.match(words := tree.sql(dialect=self.dialect)):
            message = "this CREATE TABLE statement has a word that is not understood"
            self.problems.append(Problem(f"{_first_words(words, 6)} ...", message, "leave that word out"))
        else:
            words = _first_words(tree.sql(dialect=self.dialect, comments=False))
            self._warn("", f"{words} ... is not a table and was left out")

    def _warn(self, table: str, message: str) -> None:
        self.ddl.warnings.append(f"{table}: {message}" if table else message)

    # --- CREATE TABLE

    def _create(self, tree: exp.Create) -> None:
        schema = tree.this
        if not isinstance(schema, exp.Schema) or tree.expression is not None:
            name = self._name(schema.this if isinstance(schema, exp.Schema) else schema)
            self.problems.append(
                Problem(name, "CREATE TABLE ... AS or LIKE does not say its columns", "write them out")
            )
            return
        name = self._name(schema.this)
        if name in self.tables:
            self.problems.append(Problem(name, "the table is created twice", "keep one of the statements"))
            return
        table: dict[str, Any] = {"name": name, "columns": []}
        self.tables[name] = table
        for part in schema.expressions:
            if isinstance(part, exp.ColumnDef):
                self._column(table, part)
            else:
                self._constraint(table, part)
        properties = tree.args.get("properties")
        for item in properties.expressions if properties else ():
            self._property(table, item)

    def _name(self, table: exp.Table) -> str:
        if table.args.get("db") and not any("schema names" in warning for warning in self.ddl.warnings):
            self._warn("", "schema names before table names were left out")
        return _folded(table.this)

    def _column(self, table: dict[str, Any], definition: exp.ColumnDef) -> None:
        name = _folded(definition.this)
        column: dict[str, Any] = {"name": name, "data_type": "INT", "required": False}
        table["columns"].append(column)
        try:
            column["data_type"] = self._type(definition.args.get("kind"))
        except UnknownTypeError as error:
            self.problems.append(Problem(f"{table['name']}.{name}", str(error), "use another type"))
        if _type_name(definition.args.get("kind")) in _SERIALS:
            _default(column, "nextval()")
        for constraint in definition.args.get("constraints") or ():
            self._column_constraint(table, column, constraint.args.get("kind"))

    def _type(self, kind: exp.DataType | None) -> str:
        if kind is None:
            raise UnknownTypeError("the column has no type")
        name = _type_name(kind)
        arguments = [part for part in kind.expressions if isinstance(part, exp.DataTypeParam)]
        written = ",".join(part.this.name.upper() for part in arguments)
        pattern = self.types.get(name, f"{name}(*)")
        if not pattern:
            raise UnknownTypeError(f"unknown type {kind.sql(dialect=self.dialect)!r}")
        head, _, default = pattern.partition("(*")
        default = default.rstrip(")")
        text = f"{head}({written or default})" if "(*" in pattern and (written or default) else head
        sql_type(text)
        return text

    def _column_constraint(self, table: dict[str, Any], column: dict[str, Any], kind: Any) -> None:
        handler = _COLUMN_CONSTRAINTS.get(type(kind))
        if handler is not None and kind.args.get("expression") is None:  # GENERATED AS an expression
            handler(table, column, kind)
        elif isinstance(kind, exp.PrimaryKeyColumnConstraint):
            self._primary_key(table, [column["name"]])
        elif isinstance(kind, exp.Reference):
            parent, columns = self._target(kind)
            first = columns[0] if columns else None
            column["foreign_key"] = {"references_table": parent, "references_column": first}
        elif isinstance(kind, exp.CheckColumnConstraint):
            table.setdefault("checks", []).append(kind.this.sql(dialect=self.dialect, comments=False))
        elif isinstance(kind, exp.DefaultColumnConstraint):
            _default(column, kind.this.sql(dialect=self.dialect, comments=False))
        elif kind is not None:
            words = _first_words(kind.sql(dialect=self.dialect, comments=False))
            self._warn(f"{table['name']}.{column['name']}", f"{words} has no effect on the values, left out")

    # --- table constraints and properties

    def _constraint(self, table: dict[str, Any], part: exp.Expression) -> None:
        if isinstance(part, exp.Constraint):
            for inner in part.expressions:
                self._constraint(table, inner)
        elif isinstance(part, exp.PrimaryKey):
            self._primary_key(table, _names(part.expressions))
        elif isinstance(part, exp.UniqueColumnConstraint) and isinstance(part.this, exp.Schema):
            table.setdefault("unique", []).append(_names(part.this.expressions))
        elif isinstance(part, exp.ForeignKey):
            parent, columns = self._target(part.args["reference"])
            reference = {
                "columns": _names(part.expressions),
                "references_table": parent,
                "references_columns": columns,
            }
            table.setdefault("foreign_keys", []).append(reference)
        elif isinstance(part, exp.CheckColumnConstraint):
            table.setdefault("checks", []).append(part.this.sql(dialect=self.dialect, comments=False))
        elif isinstance(part, exp.Identifier | exp.Column):
            place = f"{table['name']}.{part.name}"
            self.problems.append(Problem(place, "the column has no type", "give it one"))
        elif isinstance(part, exp.LikeProperty):
            self.problems.append(Problem(table["name"], "LIKE does not say its columns", "write them out"))
        else:
            self._warn(
                table["name"], f"{_first_words(part.sql(dialect=self.dialect, comments=False))} was left out"
            )

    def _primary_key(self, table: dict[str, Any], names: list[str]) -> None:
        if table.get("primary_key", names) != names:
            self.problems.append(Problem(table["name"], "there are two primary keys", "keep one"))
        table["primary_key"] = names

    def _target(self, reference: exp.Reference) -> tuple[str, list[str]]:
        """The table a REFERENCES clause names, and its columns where it names them."""
        this = reference.this
        options = " ".join(reference.args.get("options") or ()).upper()
        if options.replace("NOT ENFORCED", ""):
            self._warn("", f"{options} after a reference has no effect on the values, left out")
        if isinstance(this, exp.Schema):
            return self._name(this.this), _names(this.expressions)
        return self._name(this), []

    def _property(self, table: dict[str, Any], item: exp.Expression) -> None:
        match item:
            case exp.DistKeyProperty():
                table["dist_key"] = _names([item.this])[0]
            case exp.DistStyleProperty():
                table["dist_style"] = item.name.lower()
            case exp.SortKeyProperty():
                table["sort_key"] = _names(item.this)
            case exp.Cluster() | exp.ClusterProperty() if all(
                isinstance(e, exp.Column) for e in item.expressions
            ):
                table["sort_key"] = _names(item.expressions)
            case exp.SchemaCommentProperty():
                table["comment"] = item.this.name
            case exp.Property() if type(item) is exp.Property and item.name == "description":
                table["comment"] = item.args["value"].name
            case exp.TemporaryProperty() | exp.TransientProperty() | exp.SetProperty():
                self._warn(table["name"], "becomes an ordinary table")
            case _:
                words = _first_words(item.sql(dialect=self.dialect, comments=False))
                self._warn(table["name"], f"{words} has no effect on the values, left out")

    # --- ALTER TABLE, COMMENT

    def _alter(self, tree: exp.Alter) -> None:
        table = self.tables.get(self._name(tree.this))
        for action in tree.args.get("actions") or ():
            if table is not None and isinstance(action, exp.AddConstraint):
                for part in action.expressions:
                    self._constraint(table, part)
            else:
                words = _first_words(tree.sql(dialect=self.dialect, comments=False), 6)
                self._warn("", f"{words} ... was left out")

    def _comment(self, tree: exp.Comment) -> None:
        text, this = tree.expression.name, tree.this
        named = this.args.get("table") if isinstance(this, exp.Column) else this.this
        table = self.tables.get(_folded(named)) if isinstance(named, exp.Identifier) else None
        if table is not None and isinstance(this, exp.Table):
            table["comment"] = text
        elif table is not None and isinstance(this, exp.Column):
            name = _folded(this.this)
            for column in table["columns"]:
                if column["name"] == name:
                    column["comment"] = text

    # --- after all statements

    def _drop_rules_of_references(self, table: dict[str, Any]) -> None:
        """An identity that references another table takes that table's values."""
        referring = {name for reference in table.get("foreign_keys", ()) for name in reference["columns"]}
        for column in table["columns"]:
            if "rule" in column and (column["name"] in referring or "foreign_key" in column):
                del column["rule"]
                self._warn(
                    f"{table['name']}.{column['name']}", "is a reference, so its identity was left out"
                )

    def _complete_references(self) -> None:
        """REFERENCES t means the primary key of t."""
        for table in self.tables.values():
            for reference in _references(table):
                parent = self.tables.get(reference["references_table"], {})
                key = parent.get("primary_key") or []
                named = reference.get("references_columns") or reference.get("references_column")
                if not named and len(key) != len(reference.get("columns", [""])):
                    message = f"references {reference['references_table']}, which has no such primary key"
                    self.problems.append(Problem(table["name"], message, "name the columns"))
                    continue
                if reference.get("references_columns") == []:
                    reference["references_columns"] = key
                if reference.get("references_column", "?") is None:
                    reference["references_column"] = key[0]


def _references(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from table.get("foreign_keys", ())
    for column in table["columns"]:
        if "foreign_key" in column:
            yield column["foreign_key"]


def _type_name(kind: exp.DataType | None) -> str:
    """sqlglot's name of a type, or the text's own where sqlglot does not know it; empty for none."""
    if kind is not None and kind.this is exp.DType.USERDEFINED:
        return str(kind.args.get("kind") or "")
    name = kind.this if kind is not None else ""
    return str(name.value) if isinstance(name, exp.DataType.Type) else str(name)


def _folded(identifier: exp.Expression) -> str:
    """Unquoted names in lower case, quoted ones as they are."""
    name = identifier.name
    return name if isinstance(identifier, exp.Identifier) and identifier.quoted else name.lower()


def _names(expressions: Iterable[exp.Expression]) -> list[str]:
    names = []
    for part in expressions:
        identifier = part if isinstance(part, exp.Identifier) else part.find(exp.Identifier)
        names.append(_folded(identifier if identifier is not None else part))
    return names


def _first_words(sql: str, count: int = 3) -> str:
    return " ".join(sql.split()[:count])


def _not_null(_table: dict[str, Any], column: dict[str, Any], kind: exp.NotNullColumnConstraint) -> None:
    column["required"] = not kind.args.get("allow_null")


def _unique(_table: dict[str, Any], column: dict[str, Any], _kind: exp.Expression) -> None:
    column["is_unique"] = True


def _identity(_table: dict[str, Any], column: dict[str, Any], kind: exp.Expression) -> None:
    start, step = kind.args.get("start"), kind.args.get("increment")
    column["rule"] = {
        "name": "sequence",
        "start": int(start.sql()) if start is not None else 1,
        "step": int(step.sql()) if step is not None else 1,
    }
    column["required"] = True


def _default(column: dict[str, Any], text: str) -> None:
    """A default from a sequence makes an identity: so are they made where there is no other word for them."""
    if text.lower().startswith("nextval("):
        column["rule"] = {"name": "sequence", "start": 1, "step": 1}
        column["required"] = True
    else:
        column["default"] = text


def _encode(_table: dict[str, Any], column: dict[str, Any], kind: exp.Expression) -> None:
    column["encode"] = kind.this.name.lower()


def _described(_table: dict[str, Any], column: dict[str, Any], kind: exp.Expression) -> None:
    column["comment"] = kind.this.name


def _options(_table: dict[str, Any], column: dict[str, Any], kind: exp.Properties) -> None:
    for item in kind.expressions:
        if item.name == "description":
            column["comment"] = item.args["value"].name


def _dist_key(table: dict[str, Any], column: dict[str, Any], _kind: exp.Expression) -> None:
    table["dist_key"] = column["name"]


def _sort_key(table: dict[str, Any], column: dict[str, Any], _kind: exp.Expression) -> None:
    table["sort_key"] = [column["name"]]


_COLUMN_CONSTRAINTS: dict[type, Callable[[dict[str, Any], dict[str, Any], Any], None]] = {
    exp.NotNullColumnConstraint: _not_null,
    exp.UniqueColumnConstraint: _unique,
    exp.GeneratedAsIdentityColumnConstraint: _identity,
    exp.AutoIncrementColumnConstraint: _identity,
    exp.EncodeColumnConstraint: _encode,
    exp.CommentColumnConstraint: _described,
    exp.Properties: _options,
    exp.DistKeyProperty: _dist_key,
    exp.SortKeyProperty: _sort_key,
}
