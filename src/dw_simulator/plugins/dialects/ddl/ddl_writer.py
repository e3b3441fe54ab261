"""What the dialects have in common: from an experiment to sqlglot's trees of CREATE TABLE statements.

A dialect describes itself by `DdlWords`. What it has no word for is told in a warning.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from dw_simulator.errors import elided
from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, number
from dw_simulator.plugins.dialects.ddl.declared_keys import DeclaredKeys
from dw_simulator.plugins.dialects.ddl.defaults import (
    default_of,
    fits_default,
    is_common,
    said_elsewhere,
)
from dw_simulator.plugins.dialects.ddl.nullability import can_be_null
from dw_simulator.plugins.dialects.ddl.type_names import is_narrower, type_name
from dw_simulator.plugins.dialects.truths import as_numbers, as_truths
from dw_simulator.ports.dialect import WrittenDdl
from dw_simulator.schema.json_data import number_of
from dw_simulator.schema.model import Column, Experiment, ForeignKey, Table
from dw_simulator.schema.table_order import circles_cut
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIME, Kind.TIMESTAMP})


@dataclass(frozen=True)
class DdlOptions:
    """How tables are to be written: the options of `ports.dialect.Dialect.write`.

    in_schemas  whether a table that is called by its schema, as raw.orders, is written into that schema
    """

    schema: str | None = None
    keys_late: bool = False
    but: tuple[tuple[str, ForeignKey], ...] = ()
    in_schemas: bool = False


def write_ddl(experiment: Experiment, words: DdlWords, options: DdlOptions) -> WrittenDdl:
    """Write the tables of an experiment, parents first; references of cycles come at the end."""
    return _Writer(experiment, words, options).write()


class _Writer:
    def __init__(self, experiment: Experiment, words: DdlWords, options: DdlOptions) -> None:
        self.experiment, self.words, self.options = experiment, words, options
        self.source = experiment.target_warehouse or words.name
        self.is_source = self.source == words.name
        self.warnings: list[str] = []
        self.sequences: list[exp.Expr] = []
        self.order = _in_order(experiment)
        self.place = {table.name: k for k, table in enumerate(self.order)}
        declared = DeclaredKeys(experiment, words, options.but, self._warn, self._schema_of)
        self.keys, self.references = declared.keys, declared.references

    def write(self) -> WrittenDdl:
        trees: list[exp.Expr] = [*self._schemas()]
        self._check_names()
        for table in self.order:
            made = self._create(table)
            trees += [*self.sequences, made, *self._comments(table)]
            self.sequences.clear()
            self._tell_what_is_left_out(table)
        late = [
            *(self._late_keys() if self.options.keys_late else ()),
            *self._late_references(),
            *self._added_checks(),
        ]
        return WrittenDdl(self._sql(trees), self._sql(late), tuple(self.warnings))

    def _sql(self, trees: Iterable[exp.Expr]) -> tuple[str, ...]:
        return tuple(
            tree.sql(dialect=self.words.sqlglot, pretty=True, comments=False, copy=False) for tree in trees
        )

    def _warn(self, place: str, message: str) -> None:
        self.warnings.append(f"{place}: {message}")

    # --- names

    def _name(self, name: str) -> exp.Identifier:
        return exp.Identifier(this=name, quoted=self.words.quoted(name))

    def _names(self, names: Sequence[str]) -> list[exp.Identifier]:
        return [self._name(name) for name in names]

    def _table(self, name: str) -> exp.Table:
        schema, own = self._placed(name)
        return exp.Table(this=self._name(own), db=None if schema is None else self._name(schema))

    def _placed(self, name: str) -> tuple[str | None, str]:
        """(the schema that a table is written into, what it is called there)."""
        table = self.experiment.table(name)
        if self.options.in_schemas and table is not None:
            schema, own = table.warehouse_schema, table.warehouse_name
            if schema and own and name == f"{schema}.{own}":
                return schema, own
        return self.options.schema, name

    def _schema_of(self, name: str) -> str | None:
        return self._placed(name)[0]

    def _schemas(self) -> Iterator[exp.Create]:
        """The schemas that tables are written into."""
        placed = [(self._schema_of(table.name), table.name) for table in self.order]
        for schema in dict.fromkeys(schema for schema, _name in placed if schema != self.options.schema):
            assert schema is not None, "it differs from none"
            if "schemas" not in self.words.unmade:
                named = exp.Table(db=self._name(schema))
                yield exp.Create(this=named, kind="SCHEMA", exists=True)
            else:
                first = next(name for at, name in placed if at == schema)
                self._warn(
                    first, f"{self.words.name} makes no schema {schema} by a script; make it beforehand"
                )

    def _check_names(self) -> None:
        most = self.words.longest_name
        for table in self.experiment.tables:
            for name in (self._placed(table.name)[1], *(column.name for column in table.columns)):
                if len(name.encode()) > most:
                    self._warn(table.name, f"{self.words.name} cuts the name {name!r} to {most} bytes")
                if found := self.words.unfit.search(name):
                    self._warn(table.name, f"{self.words.name} takes no {found[0]!r} in the name {name!r}")

    # --- CREATE TABLE

    def _create(self, table: Table) -> exp.Create:
        parts: list[exp.Expr] = [self._column(table, column) for column in table.columns]
        if not self.options.keys_late:
            parts += [self._key(table, key) for key in self.keys[table.name] if not _on_column(table, key)]
        parts += [
            self._foreign_key(reference)
            for reference in self.references[table.name]
            if not self._is_late(table, reference)
        ]
        if "added checks" not in self.words.says:
            parts += self._checks(table)
        clauses = list(self.words.clauses(table, self._name))
        if table.comment is not None and self.words.table_comment is not None:
            clauses.append(self.words.table_comment(table.comment))
        return exp.Create(
            this=exp.Schema(this=self._table(table.name), expressions=parts),
            kind="TABLE",
            properties=exp.Properties(expressions=clauses) if clauses else None,
        )

    def _column(self, table: Table, column: Column) -> exp.ColumnDef:
        made = self._generated(table, column)
        kinds: list[exp.Expr | None] = [self._collation(table, column), made or self._identity(table, column)]
        if kinds[-1] is None:
            kinds.append(self._default(table, column))
        if "encode" in self.words.says and column.encode and column.encode.isidentifier():
            kinds.append(exp.EncodeColumnConstraint(this=exp.var(column.encode)))
        is_said = made is None or "generated keys" in self.words.says
        if is_said and not can_be_null(self.experiment, table, column):
            kinds.append(exp.NotNullColumnConstraint())
        own_key = (column.name,) in self.keys[table.name] and _on_column(table, (column.name,))
        if own_key and not self.options.keys_late:
            equal = not table.tells_nulls_apart((column.name,)) and "nulls not distinct" in self.words.says
            kinds.append(exp.UniqueColumnConstraint(nulls=equal))
        if column.comment is not None and self.words.column_comment is not None:
            kinds.append(self.words.column_comment(column.comment))
        return exp.ColumnDef(
            this=self._name(column.name),
            kind=self._type(table, column),
            constraints=[exp.ColumnConstraint(kind=kind) for kind in kinds if kind is not None],
        )

    def _type(self, table: Table, column: Column) -> exp.DataType:
        # sqlglot would put some of these names in its own words
        return exp.DataType(
            this=exp.DataType.Type.USERDEFINED, kind=self._type_name(table, column, tell=True)
        )

    def _type_name(self, table: Table, column: Column, *, tell: bool = False) -> str:
        """What the warehouse calls a column's type. tell: where that is less than was declared."""
        name = type_name(column.type, self.words.names, self.words.limits)
        own = self.words.own_name(column.type.declared) if self.is_source else None
        if own is not None:
            return own
        if tell and is_narrower(self.words.meaning(name), column.type):
            self._warn(f"{table.name}.{column.name}", f"{column.type.declared} is written as {name}")
        return name

    def _identity(self, table: Table, column: Column) -> exp.Expr | None:
        if column.rule is None or column.rule.name != "sequence" or not column.required:
            return None
        start = column.rule.options.get("start")
        step = column.rule.options.get("step", 1)
        if start is None:
            start = int(column.min_value) if column.min_value is not None else 1
        first, by = int(number_of(start)), int(number_of(step))
        made = self.words.identity(column.type, first, by)
        if made is None and self._has_sequences and column.type.kind is Kind.INTEGER:
            return self._next_of_sequence(table, column, first, by)
        if made is None:
            self._warn(f"{table.name}.{column.name}", f"{self.words.name} has no such identity, left out")
        return made

    @property
    def _has_sequences(self) -> bool:
        """Whether columns count by sequences; in a load, these would stay behind when its tables go."""
        return "sequences" in self.words.says and self.options.schema is None

    def _next_of_sequence(self, table: Table, column: Column, start: int, step: int) -> exp.Expr:
        """The default of a column that counts by a sequence, which is made before its table."""
        name = self._name(f"{table.name}_{column.name}_seq")
        bound = {"minvalue": number(start)} if step > 0 else {"maxvalue": number(start)}
        counts = exp.SequenceProperties(start=number(start), increment=number(step), **bound)
        properties = exp.Properties(expressions=[counts])
        self.sequences.append(exp.Create(this=exp.Table(this=name), kind="SEQUENCE", properties=properties))
        called = exp.Literal.string(name.sql(dialect=self.words.sqlglot))
        return exp.DefaultColumnConstraint(this=exp.Anonymous(this="nextval", expressions=[called]))

    def _generated(self, table: Table, column: Column) -> exp.Expr | None:
        """What says that a column is generated from others, where it is, and the warehouse has such."""
        if not column.generated or column.rule is None or column.rule.name != "expression":
            return None
        text, source = str(column.rule.options["sql"]), column.rule.options.get("dialect")
        tree = self._expression(table, text, str(source or self.source)) if self.words.generated else None
        if tree is None or self.words.generated is None or self._is_beyond(table, column, tree):
            message = f"{self.words.name} cannot generate it as {elided(text)}, so it is an ordinary column"
            self._warn(f"{table.name}.{column.name}", message)
            return None
        return self.words.generated(tree)

    def _is_beyond(self, table: Table, column: Column, tree: exp.Expr) -> bool:
        """Whether the warehouse takes no generated column there, or none of such an expression."""
        says = self.words.says
        sources = [
            found for one in tree.find_all(exp.Column) if (found := table.column(one.name)) is not None
        ]
        if "generated chains" not in says and any(one.generated for one in sources):
            return True
        kinds = {one.type.kind for one in sources}
        if not self.is_source and (
            Kind.JSON in kinds or ("generated moments" not in says and kinds & _MOMENTS)
        ):
            return True  # steps into documents are not taken, nor what depends on the session's zone
        if "generated keys" in says:
            return False
        held = [*self.keys[table.name], *(one.columns for one in self.references[table.name])]
        in_check = any(
            re.search(rf"\b{re.escape(column.name)}\b", text, re.IGNORECASE) for text in table.checks
        )
        return in_check or any(column.name in names for names in held)

    def _collation(self, table: Table, column: Column) -> exp.Expr | None:
        if column.collate is None:
            return None
        said = self.words.collation(column.collate) if self.is_source else None
        if said is None:
            message = f"{self.words.name} has no collation {column.collate}, left out"
            self._warn(f"{table.name}.{column.name}", message)
            return None
        return exp.CollateColumnConstraint(this=said)

    def _key(self, table: Table, key: tuple[str, ...]) -> exp.Expr:
        if key == table.primary_key:
            return exp.PrimaryKey(expressions=self._names(key), options=list(self.words.key_options))
        equal = not table.tells_nulls_apart(key) and "nulls not distinct" in self.words.says
        return exp.UniqueColumnConstraint(this=exp.Tuple(expressions=self._names(key)), nulls=equal)

    def _comments(self, table: Table) -> Iterator[exp.Comment]:
        if table.comment is not None and self.words.table_comment is None:
            text = exp.Literal.string(table.comment)
            yield exp.Comment(this=self._table(table.name), kind="TABLE", expression=text)
        for column in table.columns:
            if column.comment is not None and self.words.column_comment is None:
                schema, own = self._placed(table.name)
                names = {"this": column.name, "table": own, "db": schema}
                this = exp.Column(**{part: self._name(name) for part, name in names.items() if name})
                yield exp.Comment(this=this, kind="COLUMN", expression=exp.Literal.string(column.comment))

    # --- expressions

    def _checks(self, table: Table) -> Iterator[exp.Expr]:
        if table.checks and not self.words.says & {"checks", "added checks"}:
            self._warn(
                table.name,
                f"{self.words.name} has no CHECK, left out: {'; '.join(map(elided, table.checks))}",
            )
            return
        for text in table.checks:
            tree = self._expression(table, text, self.source)
            if tree is None:
                self._warn(
                    table.name, f"CHECK ({elided(text)}) cannot be said in {self.words.name}, left out"
                )
            else:
                yield exp.CheckColumnConstraint(this=self.words.checked(tree))

    def _default(self, table: Table, column: Column) -> exp.Expr | None:
        if column.default is None:
            return None
        tree = self._parsed(column.default, self.source)
        if tree is not None and not self.is_source:
            tree = said_elsewhere(tree, column.type, self.words.now)
        tree = self._sayable(tree, self.source)
        if tree is None or not (self.is_source or (is_common(tree) and not tree.find(exp.Column))):
            message = f"DEFAULT {column.default} cannot be said in {self.words.name}, left out"
            self._warn(f"{table.name}.{column.name}", message)
            return None
        if not fits_default(column.type, tree):
            message = f"DEFAULT {column.default} is no value of {column.type.declared}, left out"
            self._warn(f"{table.name}.{column.name}", message)
            return None
        name = self._type_name(table, column)
        said = default_of(column.type, tree, self.words.sqlglot, name)
        return exp.DefaultColumnConstraint(this=self.words.default(said))

    def _expression(self, table: Table, text: str, source: str) -> exp.Expr | None:
        """An expression of a dialect over columns of the table; None where it cannot be said."""
        tree = self._sayable(self._parsed(text, source), source)
        if tree is None:
            return None
        known = {column.name.lower(): column.name for column in table.columns}
        for column in list(tree.find_all(exp.Column)):
            name = known.get(column.name.lower())
            if name is None:
                return None
            if self.experiment.target_warehouse != self.words.name or not _means(column.this, name):
                column.replace(exp.Column(this=self._name(name)))
        return tree if source == self.words.name else self._with_truths(table, tree)

    def _with_truths(self, table: Table, tree: exp.Expr) -> exp.Expr:
        """An expression of elsewhere, with truth values as the warehouse keeps them."""
        flags = {column.name for column in table.columns if column.type.kind is Kind.BOOLEAN}
        if not flags and not tree.find(exp.Boolean):
            return tree
        turned = as_truths if self.words.names["boolean"] == "BOOLEAN" else as_numbers
        return turned(tree, lambda column: column.name in flags)

    def _sayable(self, tree: exp.Expr | None, source: str) -> exp.Expr | None:
        """An expression of a dialect, if the warehouse can say it."""
        if tree is None or tree.find(exp.Query) or source == self.words.name:
            return None if tree is None or tree.find(exp.Query) else tree
        # functions that sqlglot does not know, IS JSON, and names of collations, are the source's own
        # and [A-Z] in a LIKE means something else in each
        classes = any("[" in like.expression.name for like in tree.find_all(exp.Like))
        if classes or tree.find(exp.Anonymous, exp.JSON, *self.words.unsaid):
            return None
        return tree.transform(_without_collation).transform(_in_list)

    def _parsed(self, text: str, source: str) -> exp.Expr | None:
        own = self.words.sqlglot if source == self.words.name else None
        dialect = own or Dialect.get(source)
        if dialect is None:
            return None
        try:
            tree: exp.Expr = sqlglot.parse_one(text, into=exp.Condition, read=dialect)
        except (SqlglotError, RecursionError):
            return None
        return tree

    # --- references

    def _foreign_key(self, reference: ForeignKey) -> exp.ForeignKey:
        parent = exp.Reference(
            this=self._table(reference.references_table),
            expressions=self._names(reference.references_columns),
            options=list(self.words.key_options),
        )
        return exp.ForeignKey(expressions=self._names(reference.columns), reference=parent)

    def _is_late(self, table: Table, reference: ForeignKey) -> bool:
        return self.options.keys_late or self.place[reference.references_table] > self.place[table.name]

    def _late_keys(self) -> Iterator[exp.Expr]:
        for table in self.order:
            for key in self.keys[table.name]:
                yield self._alter(table, self._key(table, key))

    def _alter(self, table: Table, constraint: exp.Expr) -> exp.Expr:
        action = exp.AddConstraint(expressions=[constraint])
        return exp.Alter(this=self._table(table.name), kind="TABLE", actions=[action])

    def _late_references(self) -> Iterator[exp.Expr]:
        """The references of cycles, or all of them, for when every table is there."""
        for table in self.order:
            for reference in self.references[table.name]:
                if not self._is_late(table, reference):
                    continue
                if "late references" not in self.words.says:
                    message = f"{self.words.name} cannot add the reference to {reference.references_table}"
                    self._warn(f"{table.name}({', '.join(reference.columns)})", f"{message}, left out")
                    continue
                yield self._alter(table, self._foreign_key(reference))

    def _added_checks(self) -> Iterator[exp.Expr]:
        """CHECKs, where CREATE TABLE takes none: each needs a name."""
        if "added checks" not in self.words.says:
            return
        for table in self.order:
            for k, check in enumerate(self._checks(table), start=1):
                name = self._name(f"{table.name}_check_{k}")
                yield self._alter(table, exp.Constraint(this=name, expressions=[check]))

    # --- what there is no word for

    def _tell_what_is_left_out(self, table: Table) -> None:
        said = self.words.says
        words = [word for word in ("sort_key", "dist_key", "dist_style") if getattr(table, word)]
        if unsaid := [word for word in words if word not in said]:
            self._warn(table.name, f"{self.words.name} has no {', '.join(unsaid)}, left out")
        if "sort_key" in said and (rest := table.sort_key[self.words.most_sorted :]):
            self._warn(table.name, f"{self.words.name} has no room in the sort_key for {', '.join(rest)}")
        encoded = [column.name for column in table.columns if column.encode]
        if encoded and "encode" not in said:
            self._warn(table.name, f"{self.words.name} has no encode, left out of {', '.join(encoded)}")
        for column in table.columns:
            if column.polymorphic is not None:
                message = "references one of several tables, for which SQL has no constraint"
                self._warn(f"{table.name}.{column.name}", message)


def _in_order(experiment: Experiment) -> list[Table]:
    """Every table after those that it references, but for the circles, which are cut somewhere."""
    tables = {table.name: table for table in experiment.tables}
    edges = [(table.name, r.references_table) for table in experiment.tables for r in table.references]
    names = circles_cut([*tables], [edge for edge in edges if edge[0] != edge[1]])
    return [tables[name] for name in names]


def _means(identifier: exp.Expr, name: str) -> bool:
    """Whether a name in the warehouse's own SQL means a column as it stands."""
    return identifier.name == name if identifier.args.get("quoted") else identifier.name.lower() == name


def _in_list(node: exp.Expr) -> exp.Expr:
    """IN for PostgreSQL's = ANY of an array that is written out, which others take for a query."""
    said = node.expression if node.key == "eq" and node.expression.key == "any" else None
    if said is None:
        return node
    array = said.this
    while array.key in ("cast", "paren", "tuple") and array.this is not None:
        array = array.this
    if array.key != "array":
        return node
    return exp.In(this=node.this, expressions=[_without_casts(one) for one in array.expressions])


def _without_casts(node: exp.Expr) -> exp.Expr:
    return _without_casts(node.this) if node.key in ("cast", "paren") else node


def _without_collation(node: exp.Expr) -> exp.Expr:
    return node.this if node.key == "collate" else node


def _on_column(table: Table, key: tuple[str, ...]) -> bool:
    """Whether a key is written with its column, rather than after all columns."""
    return len(key) == 1 and key != table.primary_key
