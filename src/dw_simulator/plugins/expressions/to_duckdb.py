"""From an expression in a warehouse's SQL to one that DuckDB evaluates row by row.

The translation is that of queries (`plugins.dialects.translation`): the expression is the one thing that is
selected from its table. What the translation gives is then taken apart by DuckDB's own parser
(`duckdb_parts`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from sqlglot import exp

from dw_simulator.engine.bounds import DEFAULT_END
from dw_simulator.errors import Refusal, SqlError, closest
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import around
from dw_simulator.plugins.expressions.duckdb_parts import RowExpression
from dw_simulator.plugins.expressions.evaluation import shown
from dw_simulator.plugins.expressions.possible_functions import REASONS
from dw_simulator.ports.needs import Need, Noise
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.ports.statement import TypedTables
from dw_simulator.schema.model import Lookup
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind, SqlType

TARGET = "duckdb"
"""The database that evaluates."""
_HEAD = "SELECT\n"
_NOBODY = "dw_sim_nobody"
"""What a table is called whose name an expression does not say."""
_NOISE = "noise"
_PRESENT = "as_of"
_SHAPE = frozenset({"expressions", "from_"})


@dataclass(frozen=True)
class Translated:
    """An expression in DuckDB's words, and what it is made from.

    sql       over the table's name
    needs     each column of its own row or of one it references, by the name it has in `sql`
    variants  whether it is of a warehouse that has semi-structured values of its own
    """

    sql: str
    needs: Mapping[str, Need]
    variants: bool


@dataclass(frozen=True)
class _Row:
    """What an expression sees of a table: its name, its columns with their types, and the present.

    references  the columns of its foreign keys
    """

    table: str
    columns: tuple[tuple[str, SqlType], ...]
    references: frozenset[str]
    present: date

    @classmethod
    def of(cls, spec: ColumnSpec) -> "_Row":
        assert spec.owner is not None, "the planner gives every column its table"
        columns = tuple((column.name, column.type) for column in spec.owner.columns)
        references = frozenset(name for key in spec.owner.references for name in key.columns)
        return cls(spec.owner.name, columns, references, spec.as_of or DEFAULT_END)

    def named_in(self, sql: str) -> "_Row":
        """What of it an expression can mean: the names that stand there. Under no name where it has none."""
        text = sql.lower()
        columns = tuple(one for one in self.columns if _may_name(text, one[0]))
        own = self.table if _may_name(text, self.table) or _NOBODY in text else _NOBODY
        return _Row(own, columns, self.references & {name for name, _ in columns}, self.present)

    @property
    def typed(self) -> TypedTables:
        """The table, for a query over it."""
        return {self.table: dict(self.columns)}


def _may_name(text: str, name: str) -> bool:
    """Whether a name may stand in a text in small letters; of names with signs that is not known."""
    return not (name.isascii() and name.isidentifier()) or name.lower() in text


class _Same:
    """A thing by which it is, and not by what it says."""

    def __init__(self, thing: SqlDialect) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.thing is self.thing

    def __hash__(self) -> int:
        return id(self.thing)


def translated(sql: str, dialect: SqlDialect, spec: ColumnSpec) -> Translated:
    """An expression over the columns of a row, of a dialect with queries for DuckDB.

    Raises Refusal, with line and column.
    """
    row = _Row.of(spec)
    try:
        return _alike(sql, _Same(dialect), row.named_in(sql))
    except SqlError:
        pass  # the whole row knows what else could have been meant
    try:
        return _Expression(sql, dialect, row).translated()
    except SqlError as error:
        raise Refusal(_within(error, sql)) from None


@lru_cache(maxsize=1024)
def _alike(sql: str, dialect: _Same, row: _Row) -> Translated:
    """What an expression is in all tables that have the columns which it names. Raises SqlError."""
    return _Expression(sql, dialect.thing, row).translated()


def _within(error: SqlError, sql: str) -> str:
    """The error's text, with its place in the expression, which begins a line later than the query."""
    lines = sql.splitlines() or [""]
    line = error.line - 1
    if error.line <= 1:
        return f"{shown(sql)}: {error.message}"
    if line > len(lines):
        return f"the expression is not complete, or goes on where it should end: {shown(lines[-1])}"
    return f"line {line}, column {error.column} of {shown(sql)!r}: {error.message}"


class _Expression:
    def __init__(self, sql: str, dialect: SqlDialect, row: _Row) -> None:
        self.sql, self.dialect, self.row, self.needs = sql, dialect, row, dict[str, Need]()
        self.draws = dict[str, int]()
        self.kinds = {name: type_.kind for name, type_ in row.columns}

    def translated(self) -> Translated:
        name = self.row.table
        query = f"{_HEAD}{self.sql}\nFROM {quoted_name(name)}"
        try:
            written = self.dialect.translate(
                query, to=TARGET, tables=self.row.typed, prepare=self._prepare
            ).sql
        except (ValueError, AttributeError, TypeError):  # sqlglot's, of trees that are none
            raise SqlError("this is not translated; write it another way") from None
        try:
            checked = RowExpression(self.sql, name, self.needs).checked(written)
        except RecursionError:
            raise SqlError("brackets are nested too deeply") from None
        return Translated(checked, self.needs, self.dialect.queries.variants)

    # --- what is no expression over one row

    def _prepare(self, tree: exp.Expr) -> None:
        """Refuse what is no expression over one row; give each column the name of its source."""
        self._check_shape(tree)
        for call in list(tree.find_all(exp.Anonymous)):
            if call.name.lower() == _NOISE:
                self._draw(call)
            elif call.name.lower() == _PRESENT:
                self._name_the_present(call)
        for node in list(tree.walk()):
            self._check_whole(node)
            self._check_word(node)
        for column in list(tree.find_all(exp.Column)):
            if not isinstance(self.needs.get(column.name), Noise):
                self._name(column)

    def _check_shape(self, tree: exp.Expr) -> None:
        if tree.key != "select":
            raise Untranslatable(tree, "an expression is wanted, not a query")
        parts = {key for key, value in tree.args.items() if value}
        selected = tree.expressions
        if len(selected) != 1 or parts - _SHAPE or "from_" not in parts:
            raise Untranslatable(tree, "one expression is wanted, without FROM, WHERE and the like")
        if selected[0].key == "alias":
            raise Untranslatable(selected[0], "an expression has no name of its own; leave out AS")

    def _check_whole(self, node: exp.Expr) -> None:
        """Refuse what is of several rows, or of several columns."""
        if isinstance(node, exp.Query) and node.parent is not None:
            message = "a query within an expression is not possible; look columns up instead"
            raise Untranslatable(node, message)
        if node.key == "star":
            raise Untranslatable(node.parent or node, "* is not a column; name one")
        if isinstance(node, exp.Window | exp.AggFunc):
            raise Untranslatable(node, f"{self._word(node)}() is not possible here: {REASONS['sum']}")

    def _check_word(self, node: exp.Expr) -> None:
        """Refuse well-known functions that cannot be steady."""
        if isinstance(node, exp.Func) or self._is_bare_word(node):
            name = self._word(node)
            if name in REASONS:
                raise Untranslatable(node, f"{name}() is not possible here: {REASONS[name]}")

    def _is_bare_word(self, node: exp.Expr) -> bool:
        """Whether it is written like a column, as current_date is, and is none of the row's."""
        return isinstance(node, exp.Column) and len(node.parts) == 1 and self._own(node.this) is None

    @cached_property
    def _written(self) -> frozenset[str]:
        """The words of the expression."""
        return frozenset(re.findall(r"\w+", self.sql.lower()))

    def _word(self, node: exp.Expr) -> str:
        """What a function is called, of its names the one that is written."""
        names = [name.lower() for name in _names_of(node)]
        return next((name for name in names if name in self._written), names[0])

    def _draw(self, call: exp.Anonymous) -> None:
        """noise('name'): a column of draws by that name."""
        (salt,) = call.expressions if len(call.expressions) == 1 else (None,)
        if not isinstance(salt, exp.Literal) or not salt.is_string:
            raise Untranslatable(call, "noise() takes one text, the name of the draw: noise('size')")
        number = self.draws.setdefault(salt.this, len(self.draws))
        name = f"{_NOISE} {number}"  # and not by its text: DuckDB folds the case of names
        self.needs[name] = Noise(salt.this)
        call.replace(exp.column(exp.to_identifier(name, quoted=True)))

    def _name_the_present(self, call: exp.Anonymous) -> None:
        """as_of(): the experiment's present, a date or a moment."""
        if call.expressions:
            raise Untranslatable(call, "as_of() takes nothing; it is the experiment's present")
        present = self.row.present
        type_ = "TIMESTAMP" if isinstance(present, datetime) else "DATE"
        call.replace(exp.cast(exp.Literal.string(str(present)), type_))

    # --- columns

    def _own(self, identifier: exp.Expr) -> str | None:
        """The column of the row that a name means."""
        name = identifier.name
        exact = identifier.args.get("quoted") and name != self.dialect.queries.folded(name)
        for own in self.kinds:
            if own == name or (not exact and own.lower() == name.lower()):
                return own
        return None

    def _name(self, node: exp.Column) -> None:
        """A column of the row, with or without its table; or of the row that a reference leads to."""
        parts = list(node.parts)
        if len(parts) > 1 and parts[0].name.lower() == self.row.table.lower():
            parts = parts[1:]
        own = self._own(parts[0])
        if own is None:
            self._check_bound(node, parts[0].name)
        elif len(parts) == 1:
            self.needs[own] = own
            node.replace(_like(node, own))
        elif own in self.row.references:
            path = (own, *(part.name for part in parts[1:]))
            name = ".".join(path)
            self.needs[name] = Lookup(reference=path[:-1], column=path[-1])
            node.replace(_like(node, name))
        elif self.kinds[own] in (Kind.JSON, Kind.TEXT):
            self.needs[own] = own  # a step into a document, which the translation follows
        else:
            raise Untranslatable(node, f"{own} is neither a reference, which a dot follows, nor a document")

    def _check_bound(self, node: exp.Column, name: str) -> None:
        """Refuse a name that is neither a column nor a variable of a lambda around it."""
        lambdas = (scope for scope in around(node) if scope.key == "lambda")
        if any(node.name == variable.name for scope in lambdas for variable in scope.expressions):
            return
        raise Untranslatable(node, f"{self.row.table} has no column {name!r}{closest(name, self.kinds)}")


def _names_of(node: exp.Expr) -> list[str]:
    """The names of a function, or of what is written like one."""
    function: exp.Expr = node.this if node.key == "window" else node
    is_named_as_written = isinstance(function, exp.Anonymous | exp.AnonymousAggFunc | exp.Column)
    if isinstance(function, exp.Func) and not is_named_as_written:
        return list(function.sql_names())
    return [function.name if is_named_as_written else function.key]


def _like(node: exp.Column, name: str) -> exp.Column:
    """A column of that name at the place of another."""
    made = exp.column(exp.to_identifier(name, quoted=True))
    made.this.meta.update(node.this.meta)
    return made
