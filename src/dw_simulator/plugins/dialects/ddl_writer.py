"""What the dialects have in common: from an experiment to sqlglot's trees of CREATE TABLE statements.

A dialect describes itself by a `Target`. What it has no word for is told in a warning.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from dw_simulator.plugins.dialects.structure import can_be_null, in_order
from dw_simulator.plugins.dialects.type_names import TypeNames, is_narrower, same_values, type_name
from dw_simulator.ports.dialect import WrittenDdl
from dw_simulator.schema.json_data import number_of
from dw_simulator.schema.model import Column, Experiment, ForeignKey, Table
from dw_simulator.types import Kind, SqlType

Quote = Callable[[str], exp.Identifier]


def always(_name: str) -> bool:
    """Whether a name needs quotes: each gets them.

    Where unquoted names fold to lower case, as they do when they are read here, a name means the same with
    and without quotes, and no list of reserved words has to be right.
    """
    return True


def identity(declared: SqlType, start: int, step: int) -> exp.Expression | None:
    """The constraint of a column that counts by itself; None where its type cannot."""
    if declared.kind is not Kind.INTEGER:
        return None
    return exp.GeneratedAsIdentityColumnConstraint(this=False, start=number(start), increment=number(step))


def number(value: int) -> exp.Expression:
    """A whole number, negative ones too."""
    return exp.Literal.number(value)


def no_identity(_declared: SqlType, _start: int, _step: int) -> None:
    """For warehouses whose columns do not count."""


@dataclass(frozen=True)
class Target:
    """A warehouse as a writer sees it.

    name          the dialect's
    names, limits the names of types, and what is too long for them
    kept          declared types that are names of its own for what `names` calls otherwise
    quoted        whether a name needs quotes
    identity      the constraint of an identity column, or None where its type cannot be one
    clauses       what follows the columns of a table: keys of sorting and distribution
    says          which of "checks", "unique", "late references", "sort_key", "dist_key", "dist_style" and
                  "encode" it has; without "unique", only primary keys can be referenced
    key_options   what follows every key and reference
    table_comment, column_comment  how a comment stands within CREATE TABLE; None: COMMENT ON says it
    most_sorted   how many columns a sort key has at the most
    comparable    whether a reference between two types can be declared
    longest_name  in bytes; what is longer gets cut
    unfit         what no name may hold, in quotes neither
    """

    name: str
    sqlglot: type[Dialect]
    names: TypeNames
    limits: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    kept: re.Pattern[str] = re.compile("(?!)")
    quoted: Callable[[str], bool] = always
    identity: Callable[[SqlType, int, int], exp.Expression | None] = identity
    clauses: Callable[[Table, Quote], Iterable[exp.Expression]] = lambda _table, _quote: ()
    says: frozenset[str] = frozenset({"checks", "unique", "late references"})
    key_options: tuple[str, ...] = ()
    table_comment: Callable[[str], exp.Expression] | None = None
    column_comment: Callable[[str], exp.Expression] | None = None
    most_sorted: int = 1 << 16
    comparable: Callable[[SqlType, SqlType], bool] = same_values
    longest_name: int = 127
    unfit: re.Pattern[str] = re.compile("(?!)")


@dataclass(frozen=True)
class Way:
    """How tables are to be written: the options of `plugins.dialects.Dialect.write`."""

    schema: str | None = None
    keys_late: bool = False
    but: tuple[tuple[str, ForeignKey], ...] = ()


def write_ddl(experiment: Experiment, target: Target, way: Way) -> WrittenDdl:
    """Write the tables of an experiment, parents first; references of cycles come at the end."""
    return _Writer(experiment, target, way).write()


class _Writer:
    def __init__(self, experiment: Experiment, target: Target, way: Way) -> None:
        self.experiment, self.target, self.way = experiment, target, way
        self.source = experiment.target_warehouse or target.name
        self.warnings: list[str] = []
        self.order = in_order(experiment)
        self.place = {table.name: k for k, table in enumerate(self.order)}
        self.keys = {table.name: list(self._own_keys(table)) for table in experiment.tables}
        self.references = {table.name: list(self._references(table)) for table in experiment.tables}

    def write(self) -> WrittenDdl:
        trees: list[exp.Expression] = []
        self._check_names()
        for table in self.order:
            trees += [self._create(table), *self._comments(table)]
            self._tell_what_is_left_out(table)
        late = [*(self._late_keys() if self.way.keys_late else ()), *self._late_references()]
        return WrittenDdl(self._sql(trees), self._sql(late), tuple(self.warnings))

    def _sql(self, trees: Iterable[exp.Expression]) -> tuple[str, ...]:
        return tuple(
            tree.sql(dialect=self.target.sqlglot, pretty=True, comments=False, copy=False) for tree in trees
        )

    def _warn(self, place: str, message: str) -> None:
        self.warnings.append(f"{place}: {message}")

    # --- names

    def _name(self, name: str) -> exp.Identifier:
        return exp.Identifier(this=name, quoted=self.target.quoted(name))

    def _names(self, names: Sequence[str]) -> list[exp.Identifier]:
        return [self._name(name) for name in names]

    def _table(self, name: str) -> exp.Table:
        return exp.Table(this=self._name(name), db=self._schema())

    def _schema(self) -> exp.Identifier | None:
        return None if self.way.schema is None else self._name(self.way.schema)

    def _check_names(self) -> None:
        most = self.target.longest_name
        for table in self.experiment.tables:
            for name in (table.name, *(column.name for column in table.columns)):
                if len(name.encode()) > most:
                    self._warn(table.name, f"{self.target.name} cuts the name {name!r} to {most} bytes")
                if found := self.target.unfit.search(name):
                    self._warn(table.name, f"{self.target.name} takes no {found[0]!r} in the name {name!r}")

    # --- CREATE TABLE

    def _create(self, table: Table) -> exp.Create:
        parts: list[exp.Expression] = [self._column(table, column) for column in table.columns]
        if not self.way.keys_late:
            parts += [self._key(table, key) for key in self.keys[table.name] if not _on_column(table, key)]
        parts += [
            self._foreign_key(reference)
            for reference in self.references[table.name]
            if not self._is_late(table, reference)
        ]
        parts += self._checks(table)
        clauses = list(self.target.clauses(table, self._name))
        if table.comment is not None and self.target.table_comment is not None:
            clauses.append(self.target.table_comment(table.comment))
        return exp.Create(
            this=exp.Schema(this=self._table(table.name), expressions=parts),
            kind="TABLE",
            properties=exp.Properties(expressions=clauses) if clauses else None,
        )

    def _column(self, table: Table, column: Column) -> exp.ColumnDef:
        kinds: list[exp.Expression | None] = [self._identity(table, column)]
        if kinds == [None]:
            kinds.append(self._default(table, column))
        if "encode" in self.target.says and column.encode and column.encode.isidentifier():
            kinds.append(exp.EncodeColumnConstraint(this=exp.var(column.encode)))
        if not can_be_null(self.experiment, table, column):
            kinds.append(exp.NotNullColumnConstraint())
        own_key = (column.name,) in self.keys[table.name] and _on_column(table, (column.name,))
        if own_key and not self.way.keys_late:
            kinds.append(exp.UniqueColumnConstraint())
        if column.comment is not None and self.target.column_comment is not None:
            kinds.append(self.target.column_comment(column.comment))
        return exp.ColumnDef(
            this=self._name(column.name),
            kind=self._type(table, column),
            constraints=[exp.ColumnConstraint(kind=kind) for kind in kinds if kind is not None],
        )

    def _type(self, table: Table, column: Column) -> exp.DataType:
        name = type_name(column.type, self.target.names, self.target.limits)
        if self.source == self.target.name and self.target.kept.fullmatch(column.type.declared):
            name = column.type.declared
        elif is_narrower(name, column.type):
            self._warn(f"{table.name}.{column.name}", f"{column.type.declared} is written as {name}")
        # sqlglot would put some of these names in its own words
        return exp.DataType(this=exp.DataType.Type.USERDEFINED, kind=name)

    def _identity(self, table: Table, column: Column) -> exp.Expression | None:
        if column.rule is None or column.rule.name != "sequence" or not column.required:
            return None
        start = column.rule.options.get("start")
        step = column.rule.options.get("step", 1)
        if start is None:
            start = int(column.min_value) if column.min_value is not None else 1
        made = self.target.identity(column.type, int(number_of(start)), int(number_of(step)))
        if made is None:
            self._warn(f"{table.name}.{column.name}", f"{self.target.name} has no such identity, left out")
        return made

    def _own_keys(self, table: Table) -> Iterator[tuple[str, ...]]:
        """The keys that can be declared."""
        for key in table.keys:
            if key == table.primary_key or "unique" in self.target.says:
                yield key
            else:
                self._warn(table.name, f"{self.target.name} has no UNIQUE, left out: ({', '.join(key)})")

    def _key(self, table: Table, key: tuple[str, ...]) -> exp.Expression:
        if key == table.primary_key:
            return exp.PrimaryKey(expressions=self._names(key), options=list(self.target.key_options))
        return exp.UniqueColumnConstraint(this=exp.Tuple(expressions=self._names(key)))

    def _comments(self, table: Table) -> Iterator[exp.Comment]:
        if table.comment is not None and self.target.table_comment is None:
            text = exp.Literal.string(table.comment)
            yield exp.Comment(this=self._table(table.name), kind="TABLE", expression=text)
        for column in table.columns:
            if column.comment is not None and self.target.column_comment is None:
                names = {"this": column.name, "table": table.name, "db": self.way.schema}
                this = exp.Column(**{part: self._name(name) for part, name in names.items() if name})
                yield exp.Comment(this=this, kind="COLUMN", expression=exp.Literal.string(column.comment))

    # --- expressions

    def _checks(self, table: Table) -> Iterator[exp.Expression]:
        if table.checks and "checks" not in self.target.says:
            self._warn(table.name, f"{self.target.name} has no CHECK, left out: {'; '.join(table.checks)}")
            return
        for text in table.checks:
            tree = self._expression(table, text)
            if tree is None:
                self._warn(table.name, f"CHECK ({text}) cannot be said in {self.target.name}, left out")
            else:
                yield exp.CheckColumnConstraint(this=tree)

    def _default(self, table: Table, column: Column) -> exp.Expression | None:
        if column.default is None:
            return None
        tree = self._expression(table, column.default)
        if tree is None or tree.find(exp.Column):
            message = f"DEFAULT {column.default} cannot be said in {self.target.name}, left out"
            self._warn(f"{table.name}.{column.name}", message)
            return None
        while self.source != self.target.name and isinstance(tree, exp.Cast):
            tree = tree.this  # the column's type says it, and the source's name for it may be unknown here
        return exp.DefaultColumnConstraint(this=tree)

    def _expression(self, table: Table, text: str) -> Any:
        """An expression of the source's dialect, over columns of the table; None where it cannot be said."""
        try:
            tree: Any = sqlglot.parse_one(text, into=exp.Condition, read=self.source)
        except (
            SqlglotError,
            RecursionError,
            ValueError,
        ):  # or a plugin's dialect, unknown to sqlglot
            return None
        if tree.find(exp.Query):
            return None
        known = {column.name.lower(): column.name for column in table.columns}
        for column in list(tree.find_all(exp.Column)):
            if column.name.lower() not in known:
                return None
            column.replace(exp.Column(this=self._name(known[column.name.lower()])))
        if self.source == self.target.name:
            return tree
        # functions that sqlglot does not know, and names of collations, are the source's own
        if tree.find(exp.Anonymous):
            return None
        return tree.transform(lambda node: node.this if isinstance(node, exp.Collate) else node)

    # --- references

    def _references(self, table: Table) -> Iterator[ForeignKey]:
        """The references that can be declared, each to columns that are a key just so."""
        for reference in table.references:
            if (table.name, reference) in self.way.but:
                place = f"{table.name}({', '.join(reference.columns)})"
                self._warn(place, f"{self.target.name} cannot check this reference during a load, left out")
                continue
            parent = self.experiment.table(reference.references_table)
            assert parent is not None, "references have been checked"
            pairs = list(zip(reference.columns, reference.references_columns, strict=True))
            goal = f"{parent.name}({', '.join(reference.references_columns)})"
            place = f"{table.name}({', '.join(reference.columns)})"
            if not all(self._comparable(table, parent, pair) for pair in pairs):
                message = (
                    f"its type is not that of {goal}, so {self.target.name} takes no reference, left out"
                )
                self._warn(place, message)
            elif not self._can_be_referenced(parent, reference.references_columns):
                message = f"{self.target.name} takes references to primary keys only, left out: to {goal}"
                self._warn(place, message)
            else:
                yield self._on_key(parent, reference)

    def _can_be_referenced(self, parent: Table, columns: tuple[str, ...]) -> bool:
        return "unique" in self.target.says or set(columns) == set(parent.primary_key)

    def _comparable(self, child: Table, parent: Table, pair: tuple[str, str]) -> bool:
        ours, theirs = child.column(pair[0]), parent.column(pair[1])
        assert ours is not None
        assert theirs is not None
        return self.target.comparable(ours.type, theirs.type)

    def _on_key(self, parent: Table, reference: ForeignKey) -> ForeignKey:
        """The reference in the order of the key it means, as DuckDB wants it.

        The schema allows more columns than a key has. Then they are unique too, and are declared so.
        """
        wanted = set(reference.references_columns)
        key = next((key for key in self.keys[parent.name] if set(key) == wanted), None)
        if key is None:
            key = reference.references_columns
            self.keys[parent.name].append(key)
            self._warn(parent.name, f"UNIQUE ({', '.join(key)}) was added for what references it")
        own = dict(zip(reference.references_columns, reference.columns, strict=True))
        columns = tuple(own[name] for name in key)
        return reference.model_copy(update={"columns": columns, "references_columns": key})

    def _foreign_key(self, reference: ForeignKey) -> exp.ForeignKey:
        parent = exp.Reference(
            this=self._table(reference.references_table),
            expressions=self._names(reference.references_columns),
            options=list(self.target.key_options),
        )
        return exp.ForeignKey(expressions=self._names(reference.columns), reference=parent)

    def _is_late(self, table: Table, reference: ForeignKey) -> bool:
        return self.way.keys_late or self.place[reference.references_table] > self.place[table.name]

    def _late_keys(self) -> Iterator[exp.Expression]:
        for table in self.order:
            for key in self.keys[table.name]:
                yield self._alter(table, self._key(table, key))

    def _alter(self, table: Table, constraint: exp.Expression) -> exp.Expression:
        action = exp.AddConstraint(expressions=[constraint])
        return exp.Alter(this=self._table(table.name), kind="TABLE", actions=[action])

    def _late_references(self) -> Iterator[exp.Expression]:
        """The references of cycles, or all of them, for when every table is there."""
        for table in self.order:
            for reference in self.references[table.name]:
                if not self._is_late(table, reference):
                    continue
                if "late references" not in self.target.says:
                    message = f"{self.target.name} cannot add the reference to {reference.references_table}"
                    self._warn(f"{table.name}({', '.join(reference.columns)})", f"{message}, left out")
                    continue
                yield self._alter(table, self._foreign_key(reference))

    # --- what there is no word for

    def _tell_what_is_left_out(self, table: Table) -> None:
        said = self.target.says
        words = [word for word in ("sort_key", "dist_key", "dist_style") if getattr(table, word)]
        if unsaid := [word for word in words if word not in said]:
            self._warn(table.name, f"{self.target.name} has no {', '.join(unsaid)}, left out")
        if "sort_key" in said and (rest := table.sort_key[self.target.most_sorted :]):
            self._warn(table.name, f"{self.target.name} has no room in the sort_key for {', '.join(rest)}")
        encoded = [column.name for column in table.columns if column.encode]
        if encoded and "encode" not in said:
            self._warn(table.name, f"{self.target.name} has no encode, left out of {', '.join(encoded)}")
        for column in table.columns:
            if column.polymorphic is not None:
                message = "references one of several tables, for which SQL has no constraint"
                self._warn(f"{table.name}.{column.name}", message)


def _on_column(table: Table, key: tuple[str, ...]) -> bool:
    """Whether a key is written with its column, rather than after all columns."""
    return len(key) == 1 and key != table.primary_key
