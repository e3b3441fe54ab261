"""A script of CREATE TABLE statements while it is read: its tables as JSON has them, and what is wrong."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count as counted
from typing import NotRequired, Required, TypedDict

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from dw_simulator.errors import Problem, ScriptError, closest
from dw_simulator.plugins.dialects.ddl.declared_types import DeclaredTypes, ReadableTypes
from dw_simulator.plugins.dialects.ddl.known_tables import KnownTables
from dw_simulator.plugins.dialects.ddl.script_text import ScriptText
from dw_simulator.plugins.dialects.ddl.table_head import Folding, Name
from dw_simulator.plugins.dialects.ddl.type_called import own_name_of
from dw_simulator.plugins.dialects.ddl.word_runs import SqlGrammar, WordRun, shortened
from dw_simulator.ports.dialect import Place
from dw_simulator.types import UnknownTypeError, sql_type


class ReadSequence(TypedDict):
    """The rule of a column that counts.

    of  the sequence that it counts by, which may stand further down, until all is read
    """

    name: str
    start: int
    step: int
    of: NotRequired[Name]


class ReadExpression(TypedDict, total=False):
    """The rule of a column that is generated from others; without a dialect it is in the script's."""

    name: Required[str]
    sql: Required[str]
    dialect: str


class ReadColumnReference(TypedDict):
    """What one column references; its column is None until the parent's key is known."""

    references_table: str
    references_column: str | None


class ReadTableReference(TypedDict):
    """What several columns reference; their columns are empty until the parent's key is known."""

    columns: list[str]
    references_table: str
    references_columns: list[str]


class ReadColumn(TypedDict, total=False):
    """A column, as the JSON schema writes it."""

    name: Required[str]
    data_type: Required[str]
    required: Required[bool]
    is_unique: bool
    default: str
    comment: str
    encode: str
    collate: str
    generated: bool
    inferred: str
    rule: ReadSequence | ReadExpression
    foreign_key: ReadColumnReference


class ReadTable(TypedDict, total=False):
    """A table, as the JSON schema writes it."""

    name: Required[str]
    columns: Required[list[ReadColumn]]
    primary_key: list[str]
    unique: list[list[str]]
    nulls_not_distinct: list[list[str]]
    foreign_keys: list[ReadTableReference]
    checks: list[str]
    warehouse_schema: str
    warehouse_name: str
    dist_key: str
    dist_style: str
    sort_key: list[str]
    comment: str


@dataclass(eq=False)
class PendingReference:
    """A REFERENCES clause, whose table may stand further down, or in no script at all.

    columns        of the table that references
    parent_columns as the clause names them; none for the primary key
    on_column      whether it stands with its column, rather than in the table's list of constraints
    """

    columns: list[str]
    parent: Name
    parent_columns: list[str]
    place: Place
    on_column: bool


@dataclass(eq=False)
class MadeTable:
    """A table of the script, as it was made and changed so far.

    name        as the script calls it
    place       of its name
    columns     where each column stands
    types       sqlglot's, by column, for tables that are made from this one
    references  what it references
    mentions    columns that clauses have named, and where
    former      what it was called before
    spelled     how the dialect tells a column's name from others
    is_made     whether its columns are known already
    reads_files whether columns are taken from what files hold
    checks      where each CHECK stands, by its text
    constraints what each named constraint is: the field of the table, or "references", and its entry there
    """

    table: ReadTable
    name: Name
    place: Place
    columns: dict[str, Place] = field(default_factory=dict)
    types: dict[str, exp.DataType] = field(default_factory=dict)
    references: list[PendingReference] = field(default_factory=list)
    constraints: dict[str, tuple[str, object]] = field(default_factory=dict)
    checks: dict[str, Place] = field(default_factory=dict)
    mentions: list[tuple[list[str], Place]] = field(default_factory=list)
    former: list[Name] = field(default_factory=list)
    spelled: dict[str, str] = field(default_factory=dict)
    is_made: bool = True
    reads_files: bool = False

    def column(self, name: str) -> ReadColumn | None:
        """The column of this name, or of the same in other letters; None where there is none."""
        columns = self.table["columns"]
        exactly = next((column for column in columns if column["name"] == name), None)
        return exactly or next((one for one in columns if one["name"].lower() == name.lower()), None)


class Unselectable(Exception):
    """The columns of a SELECT cannot be told, and why."""


@dataclass(frozen=True)
class Selected:
    """One column of a SELECT.

    kind       None where its type cannot be told
    data_type  that of the column that it is taken from as it stands
    required   whether it has a value in every row
    """

    name: str
    kind: exp.DataType | None
    data_type: str = ""
    required: bool = False


@dataclass
class Script:
    """What has been read so far.

    source    its text
    tables    in the order in which they were made
    sequences where each starts, and its step
    own_types domains and lists of values that it makes, as a column of them would be declared
    indexes   the columns of unique ones, by their names
    told      what the schema has no word for, and where that stands
    wrong     what makes a table unreadable, and where
    views     what tables may be made from, and are none
    left_out  the CREATE TABLEs that make no table, and why
    computes  whether expressions of the dialect are evaluated; else they are put into DuckDB's words
    schema    the one that names without a schema are in; empty before the script says it
    """

    dialect: type[Dialect]
    types: ReadableTypes
    source: ScriptText
    folding: Folding
    skip_unknown: bool = False
    tables: KnownTables = field(default_factory=KnownTables)
    sequences: dict[Name, ReadSequence] = field(default_factory=dict)
    own_types: dict[str, exp.ColumnDef] = field(default_factory=dict)
    indexes: dict[str, list[str]] = field(default_factory=dict)
    told: list[tuple[Place, str]] = field(default_factory=list)
    wrong: list[tuple[Place, Problem]] = field(default_factory=list)
    views: KnownTables = field(default_factory=KnownTables)
    left_out: list[tuple[Place, str]] = field(default_factory=list)
    computes: bool = True
    column_words: Mapping[str, type[exp.Expr]] = field(default_factory=dict)
    schema: str = ""
    _here: list[WordRun] = field(default_factory=list)

    @cached_property
    def grammar(self) -> SqlGrammar:
        """What sqlglot reads of the dialect."""
        return SqlGrammar(self.dialect)

    # --- what is told

    @contextmanager
    def at(self, words: WordRun) -> Iterator[None]:
        """What is told meanwhile is about these words."""
        self._here.append(words)
        yield
        self._here.pop()

    @property
    def words(self) -> WordRun | None:
        """The words that are being read."""
        return self._here[-1] if self._here else None

    @property
    def here(self) -> Place:
        """The place of what is being read."""
        return self._here[-1].place(self.source) if self._here else self.source.place(0)

    def warn(self, owner: str, message: str, words: WordRun | None = None, *, shown: bool = True) -> None:
        """Tell what the schema has no word for.

        owner  the table or column that it is about; empty where it is the script's
        words  that are meant; None for those that are being read
        shown  whether they are shown underlined
        """
        place = self.here if words is None else words.place(self.source)
        self.tell(place, f"{owner}: {message}" if owner else message, shown=shown and words is not None)

    def leave_out(self, owner: str, reason: str) -> None:
        """Tell why a CREATE TABLE makes no table."""
        self.left_out.append((self.here, f"{owner}: {reason}"))
        self.warn(owner, reason)

    def tell(self, place: Place, message: str, *, shown: bool = False) -> None:
        """Tell something about a place. shown: with its line, and the words underlined."""
        self.told.append((place, f"{place}: {message}" + (f"\n{place.excerpt}" if shown else "")))

    @property
    def warnings(self) -> list[str]:
        """What is told, in the order of the places, each once."""
        by_place = sorted(self.told, key=lambda one: (one[0].line, one[0].column))
        return list(dict.fromkeys(text for _place, text in by_place))

    def complain(self, owner: str, message: str, mend: str = "", words: WordRun | None = None) -> None:
        """Tell what makes a table unreadable."""
        place = self.here if words is None else words.place(self.source)
        about = f"{owner}: {message}" if owner else message
        self.wrong.append((place, Problem(str(place), about, mend, place.excerpt)))

    def check(self) -> None:
        """Raise ScriptError with everything that was complained of, in the order of the places."""
        if self.wrong:
            self.wrong.sort(key=lambda one: (one[0].line, one[0].column))
            raise ScriptError([problem for _place, problem in self.wrong], self.wrong[0][0].line)

    def sql(self, node: exp.Expr) -> str:
        """A node as the script's dialect writes it; empty where sqlglot stumbles over what is no SQL."""
        try:
            return node.sql(dialect=self.dialect, comments=False)
        except (AttributeError, TypeError, ValueError, LookupError, RecursionError):
            return ""

    def expression(self, node: exp.Expr) -> ReadExpression:
        """The rule that makes what an expression over the row says."""
        if self.computes:
            return ReadExpression(name="expression", sql=self.sql(node))
        return ReadExpression(
            name="expression", sql=node.sql(dialect="duckdb", comments=False), dialect="duckdb"
        )

    def first_words(self, node: exp.Expr) -> str:
        """A node's SQL, of which too much is cut."""
        return shortened(self.sql(node))

    # --- names

    def name(self, table: exp.Table) -> Name:
        """What a table, or something else that has a schema, is called."""
        schema = table.args.get("db")
        return Name(self.folded(table.this), self.folded(schema) if isinstance(schema, exp.Expr) else "")

    def folded(self, identifier: exp.Expr) -> str:
        """A name as this program writes it."""
        return self.folding.name(identifier.name, quoted=bool(identifier.args.get("quoted")))

    def names(self, nodes: Iterable[exp.Expr]) -> list[str]:
        """The names of columns in a list, of which each may have brackets or an order around it."""
        return [self.folded(node.find(exp.Identifier) or node) for node in nodes]

    def full(self, name: Name) -> Name:
        """A name with the schema that it is in."""
        return name if name.schema else Name(name.name, self.schema)

    def find(self, name: Name, near: str = "", *, views: bool = False) -> MadeTable | None:
        """The table that a name means: in its schema, in that of who names it, or wherever there is one."""
        alike = self.tables.called(name.name) or (self.views.called(name.name) if views else [])
        for schema in (name.schema, near, self.schema) if not name.schema else (name.schema,):
            if (found := next((made for made in alike if made.name.schema == schema), None)) is not None:
                return found
        without = [made for made in alike if not name.schema or not made.name.schema or name in made.former]
        return without[0] if len(without) == 1 else None

    def give_names(self) -> None:
        """Call tables of several schemas by their schemas, too, where their names are alike."""
        alike = self.tables.names()
        for made in self.tables:
            name = made.name.name
            clash = alike[name.lower()] > 1 and made.name.schema
            made.table["name"] = f"{made.name.schema}.{name}" if clash else name
            if clash:
                made.table["warehouse_schema"], made.table["warehouse_name"] = made.name.schema, name
        self._tell_alike_apart()
        said = next(
            (made for made in self.tables if made.name.schema and made.name.schema != self.schema), None
        )
        if said is not None and max(alike.values(), default=0) == 1:
            self.tell(said.place, "schema names before table names were left out")

    def _tell_alike_apart(self) -> None:
        """Give tables that differ in letter case alone names that differ by more."""
        taken: set[str] = set()
        for made in self.tables:
            name = made.table["name"]
            if name.lower() in taken:
                made.table["name"] = new = other_name(name, taken)
                words = f"differs from another table in letter case alone, and is called {new}"
                self.tell(made.place, f"{name}: {words}")
            taken.add(made.table["name"].lower())

    # --- what else the script has made

    def by_sequence(self, text: str) -> ReadSequence:
        """The rule of a column that counts by a sequence."""
        parts = [self.folding.name(part.strip('"'), quoted='"' in part) for part in text.split(".")]
        name = self.full(Name(parts[-1], parts[-2] if len(parts) > 1 else ""))
        return ReadSequence(name="sequence", start=1, step=1, of=name)

    def sequence(self, name: Name) -> ReadSequence | None:
        """How a sequence counts; None where the script does not make it."""
        return self.sequences.get(name) or self.sequences.get(Name(name.name))

    def base_type(self, kind: exp.DataType) -> exp.DataType:
        """A type, or what one of the script's own is made of."""
        own = self.own_type(kind)
        found = own.args.get("kind") if own is not None else None
        return found if isinstance(found, exp.DataType) else kind

    def own_type(self, kind: exp.DataType | None) -> exp.ColumnDef | None:
        """What a type of the script's own stands for: a domain, or a list of values."""
        if kind is None or kind.this is not exp.DType.USERDEFINED:
            return None
        return self.own_types.get(own_name_of(kind))

    # --- what tables say

    def referenced(self, reference: exp.Reference) -> tuple[Name, list[str]]:
        """The table a REFERENCES clause names, and its columns where it names them."""
        options = " ".join(reference.args.get("options") or ()).upper()
        if options.replace("NOT ENFORCED", "").strip():
            self.warn("", f"{options} after a reference has no effect on the values, left out")
        return self.name(table_in(reference.this)), self.names(reference.this.expressions)

    def mention(self, made: MadeTable, columns: list[str]) -> None:
        """Remember that a clause names columns, which have to be there in the end, in whatever letters."""
        made.mentions.append((columns, self.here))

    def check_mentions(self, made: MadeTable) -> None:
        """Complain of columns that clauses name, and that are not there."""
        known = [column["name"] for column in made.table["columns"]]
        for columns, place in made.mentions:
            for at, name in enumerate(columns):
                column = made.column(name)
                if column is not None:
                    columns[at] = column["name"]
                    continue
                text = f"{made.table['name']}: there is no column {name!r}{closest(name, known)}"
                self.wrong.append((place, Problem(str(place), text, "", place.excerpt)))
        made.mentions.clear()

    def set_primary_key(self, made: MadeTable, columns: list[str]) -> None:
        """Declare a table's primary key, which it may have once."""
        if made.table.get("primary_key", columns) != columns:
            self.complain(made.table["name"], "there are two primary keys", "keep one")
        made.table["primary_key"] = columns
        self.mention(made, columns)

    def add_check(self, made: MadeTable, check: exp.CheckColumnConstraint) -> None:
        """Keep a CHECK as text; `dialects.checks` reads it when the experiment is planned."""
        text = self.sql(check.this)
        made.table.setdefault("checks", []).append(text)
        made.checks[text] = self.here

    def type_of(self, kind: exp.DataType | None) -> str:
        """A column's type in this program's words. Raises UnknownTypeError."""
        if kind is None:
            raise UnknownTypeError("the column has no type")
        try:
            return sql_type(self._declared_types.text_of(kind)).declared
        except RecursionError:
            raise UnknownTypeError("the type is a part of itself") from None

    @cached_property
    def _declared_types(self) -> DeclaredTypes:
        return DeclaredTypes(self.dialect, self.types, self.own_type)


def other_name(name: str, taken: Collection[str]) -> str:
    """The name with a number behind it, so that it differs from those, which are in small letters."""
    return next(new for k in counted(2) if (new := f"{name}_{k}").lower() not in taken)


def table_in(node: exp.Expr) -> exp.Table:
    """The table that a name with or without columns in brackets names."""
    table = node.find(exp.Table)
    assert table is not None, "sqlglot reads a table's name there"
    return table
