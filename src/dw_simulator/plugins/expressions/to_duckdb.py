"""From an expression in a warehouse's SQL to one that DuckDB evaluates row by row.

The translation is that of queries (`plugins.dialects.translation`): the expression is the one thing that is
selected from its table. What the translation gives is then taken apart by DuckDB's own parser, and every
part of it has to be of a known kind: nothing is left to a list of what is forbidden.
"""

import importlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
from sqlglot import exp

from dw_simulator.errors import Refusal, SqlError, UnknownNameError, closest
from dw_simulator.plugins.dialects.translation.query_translation import translate
from dw_simulator.plugins.dialects.translation.untranslatable import Refusal as NodeRefusal
from dw_simulator.plugins.expressions.evaluation import STEADY, ask, shown, told
from dw_simulator.plugins.expressions.functions import ALLOWED, FAILING, LIBRARY, REASONS
from dw_simulator.ports.rule import ColumnSpec, Need
from dw_simulator.schema.model import Lookup
from dw_simulator.types import Kind

DIALECTS = ("duckdb", "postgres", "redshift", "snowflake")
"""Those whose words are translated for DuckDB."""

_HEAD = "SELECT\n"
_WITH_VARIANTS = ("redshift", "snowflake")
_TABLE = "dw_sim_table"
_CLASSES = frozenset(
    "BETWEEN CASE CAST COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA OPERATOR TYPE".split()
)
_SHAPE = frozenset({"expressions", "from_"})
_UTC_ALONE = "with 'UTC' alone: the rules of other zones change from year to year"


@dataclass(frozen=True)
class Translated:
    """An expression in DuckDB's words, and what it is made from.

    sql       over the table's name
    needs     each column of its own row or of one it references, by the name it has in `sql`
    variants  whether it is of a warehouse that has semi-structured values of its own
    """

    sql: str
    needs: dict[str, Need]
    variants: bool


def translated(sql: str, dialect: str, spec: ColumnSpec) -> Translated:
    """An expression over the columns of a row. Raises Refusal, with line and column."""
    try:
        return _Expression(sql, dialect, spec).translated()
    except SqlError as error:
        raise Refusal(_within(error, sql)) from None
    except UnknownNameError:
        known = ", ".join(DIALECTS)
        raise Refusal(
            f"expressions in the SQL of {dialect} are not translated", f'say "dialect", one of {known}'
        ) from None


def _within(error: SqlError, sql: str) -> str:
    """The error's text, with its place in the expression, which begins a line later than the query."""
    lines = sql.splitlines() or [""]
    line = error.line - 1
    if error.line <= 0:
        return f"{shown(sql)}: {error.message}"
    if line < 1 or line > len(lines):
        return f"the expression is not complete, or goes on where it should end: {shown(lines[-1])}"
    return f"line {line}, column {error.column} of {shown(sql)!r}: {error.message}"


class _Expression:
    def __init__(self, sql: str, dialect: str, spec: ColumnSpec) -> None:
        assert spec.owner is not None, "the planner gives every column its table"
        self.sql, self.dialect, self.table, self.needs = sql, dialect, spec.owner, dict[str, Need]()
        self.references = {name for key in self.table.references for name in key.columns}

    def translated(self) -> Translated:
        if self.dialect not in DIALECTS:
            raise UnknownNameError("dialect", self.dialect, DIALECTS)
        reader = importlib.import_module(f"dw_simulator.plugins.dialects.{self.dialect}").dialect.target
        name = self.table.name
        query = f'{_HEAD}{self.sql}\nFROM "{_quoted(name)}"'
        tables = {name: [column.name for column in self.table.columns]}
        try:
            written = translate(
                query, reader.sqlglot, self.dialect, to="duckdb", tables=tables, prepare=self._prepare
            )
        except (ValueError, AttributeError, TypeError) as error:  # sqlglot's, of trees that are none
            raise SqlError(f"this is not translated ({error})") from None
        try:
            checked = self._checked(written)
        except RecursionError:
            raise SqlError("brackets are nested too deeply") from None
        return Translated(checked, self.needs, self.dialect in _WITH_VARIANTS)

    # --- as it is written

    def _prepare(self, tree: Any) -> None:
        """Refuse what is no expression over one row; give each column the name of its source."""
        if not isinstance(tree, exp.Select):
            raise NodeRefusal(tree, "an expression is wanted, not a query")
        self._check_shape(tree)
        for node in list(tree.walk()):
            self._check_node(node)
        for column in list(tree.find_all(exp.Column)):
            self._name(column)

    def _check_shape(self, tree: Any) -> None:
        parts = {key for key, value in tree.args.items() if value}
        selected = tree.expressions
        if len(selected) != 1 or parts - _SHAPE or "from_" not in parts:
            raise NodeRefusal(tree, "one expression is wanted, without FROM, WHERE and the like")
        if isinstance(selected[0], exp.Alias):
            raise NodeRefusal(selected[0], "an expression has no name of its own; leave out AS")

    def _check_node(self, node: Any) -> None:
        if isinstance(node, exp.Query) and node.parent is not None:
            raise NodeRefusal(node, "a query within an expression is not possible; look columns up instead")
        if isinstance(node, exp.Star):
            raise NodeRefusal(node.parent or node, "* is not a column; name one")
        if isinstance(node, exp.Window | exp.AggFunc):
            raise NodeRefusal(node, f"{self._word(node)}() is not possible here: {REASONS['sum']}")
        alone = isinstance(node, exp.Column) and len(node.parts) == 1 and self._own(node.this) is None
        if isinstance(node, exp.Func) or alone:  # current_date is written like a column
            name = self._word(node)
            if name in REASONS:
                raise NodeRefusal(node, f"{name}() is not possible here: {REASONS[name]}")

    def _word(self, node: Any) -> str:
        """What a function is called, of its names the one that is written."""
        names = [name.lower() for name in _names_of(node)]
        written = set(re.findall(r"\w+", self.sql.lower()))
        return next((name for name in names if name in written), names[0])

    def _own(self, identifier: Any) -> str | None:
        """The column of the row that a name means."""
        name = identifier.name
        folded = name.upper() if self.dialect == "snowflake" else name.lower()
        exact = identifier.args.get("quoted") and name != folded
        for column in self.table.columns:
            if column.name == name or (not exact and column.name.lower() == name.lower()):
                return column.name
        return None

    def _name(self, node: Any) -> None:
        """A column of the row, with or without its table; or of the row that a reference leads to."""
        if not isinstance(node.this, exp.Identifier):
            return  # a star, which has been refused
        parts = list(node.parts)
        if len(parts) > 1 and parts[0].name.lower() == self.table.name.lower():
            parts = parts[1:]
        own = self._own(parts[0])
        if own is None:
            if _is_bound(node):
                return
            known = [column.name for column in self.table.columns]
            words = f"{self.table.name} has no column {parts[0].name!r}{closest(parts[0].name, known)}"
            raise NodeRefusal(node, words)
        if len(parts) == 1:
            self.needs[own] = own
            node.replace(_like(node, own))
        elif own in self.references:
            path = (own, *(part.name for part in parts[1:]))
            name = ".".join(path)
            self.needs[name] = Lookup(reference=path[:-1], column=path[-1])
            node.replace(_like(node, name))
        elif self._kind(own) in (Kind.JSON, Kind.TEXT):
            self.needs[own] = own  # a step into a document, which the translation follows
        else:
            raise NodeRefusal(node, f"{own} is neither a reference, which a dot follows, nor a document")

    def _kind(self, name: str) -> Kind:
        column = self.table.column(name)
        assert column is not None, "it is one of the table's"
        return column.type.kind

    # --- as DuckDB has it

    def _checked(self, written: str) -> str:
        """The same with what the library of mathematics gives rounded."""
        tree = json.loads(_asked("SELECT json_serialize_sql(?)", written))
        if tree.get("error"):
            raise SqlError(f"DuckDB does not read it: {tree.get('error_message')}")
        (statement,) = tree["statements"]
        (selected,) = statement["node"]["select_list"]
        self._check(selected, frozenset())
        statement["node"]["select_list"] = [{**_steady(selected), "alias": ""}]
        statement["node"]["from_table"]["table_name"] = _TABLE
        statement["node"]["from_table"]["qualified_name"] = {"path": [_TABLE]}
        made = _asked("SELECT json_deserialize_sql(?)", json.dumps(tree))
        head, tail = "SELECT ", f" FROM {_TABLE}"
        if not (made.startswith(head) and made.endswith(tail)):
            raise SqlError("one expression is wanted, and no more of a query")
        return made[len(head) : -len(tail)]

    def _check(self, tree: Any, bound: frozenset[str]) -> None:
        """Every expression in a tree of DuckDB's parser; `bound` are the variables of lambdas around it."""
        if isinstance(tree, list):
            for part in tree:
                self._check(part, bound)
        if not isinstance(tree, dict):
            return
        kind = tree.get("class")
        if kind is not None and kind not in _CLASSES:
            raise SqlError(f"{kind.lower()} is not possible in an expression")
        if kind == "COLUMN_REF":
            self._check_column(tree["column_names"], bound)
        if kind == "FUNCTION":
            self._check_function(tree)
        if kind == "LAMBDA":
            bound |= {name for part in _columns(tree["lhs"]) for name in part["column_names"]}
        for part in tree.values():
            self._check(part, bound)

    def _check_column(self, names: list[str], bound: frozenset[str]) -> None:
        qualified = len(names) == 2 and names[0] == self.table.name
        name = names[-1] if qualified or len(names) == 1 else ".".join(names)
        if name not in self.needs and name not in bound:
            raise SqlError(f"{self.table.name} has no column {name!r}{closest(name, self.needs)}")

    def _check_function(self, part: dict[str, Any]) -> None:
        name = str(part["function_name"]).lower()
        if name not in ALLOWED | FAILING:
            reason = REASONS.get(name)
            if reason is not None:
                message = f"{name}() is not possible here: {reason}"
            else:
                message = f"{name}() is not among the functions of an expression{closest(name, ALLOWED)}"
            raise SqlError(message, *self._place(name))
        if name == "timezone" and not _is_utc(part["arguments"][0]):
            raise SqlError(f"AT TIME ZONE is possible {_UTC_ALONE}", *self._place("zone"))
        if name == "make_timestamptz" and len(part["arguments"]) > 6 and not _is_utc(part["arguments"][-1]):
            raise SqlError(f"{name}() is possible {_UTC_ALONE}", *self._place(name))
        if name in ("strptime", "try_strptime") and "%Z" in str(_literal(part["arguments"][-1])):
            raise SqlError(
                f"the pattern %Z is not possible, moments are read {_UTC_ALONE}", *self._place(name)
            )

    def _place(self, name: str) -> tuple[int, int]:
        """Where the expression has a word; its line counted as in the query."""
        found = re.search(rf"\b{re.escape(name)}\b", self.sql, re.IGNORECASE)
        if found is None:
            return 0, 0
        before = self.sql[: found.start()]
        return before.count("\n") + 2, found.start() - before.rfind("\n")


def _quoted(name: str) -> str:
    return name.replace('"', '""')


def _names_of(node: Any) -> list[str]:
    if isinstance(node, exp.Window):
        return _names_of(node.this)
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc | exp.Column):
        return [str(node.name)]
    return list(node.sql_names()) if isinstance(node, exp.Func) else [str(node.key)]


def _like(node: Any, name: str) -> Any:
    """A column of that name at the place of another."""
    made = exp.column(exp.to_identifier(name, quoted=True))
    made.this.meta.update(node.this.meta)
    return made


def _is_bound(node: Any) -> bool:
    """Whether it is a variable of a lambda around it."""
    scope = node.parent
    while scope is not None:
        if isinstance(scope, exp.Lambda) and node.name in {part.name for part in scope.expressions}:
            return True
        scope = scope.parent
    return False


def _columns(tree: Any) -> Iterator[dict[str, Any]]:
    """Every name in a tree of DuckDB's parser."""
    if isinstance(tree, dict):
        if tree.get("class") == "COLUMN_REF":
            yield tree
        for value in tree.values():
            yield from _columns(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _columns(value)


def _steady(tree: Any) -> Any:
    """A copy in which what the library of mathematics computes is rounded."""
    if isinstance(tree, list):
        return [_steady(value) for value in tree]
    if not isinstance(tree, dict):
        return tree
    made = {key: _steady(value) for key, value in tree.items()}
    if made.get("class") == "FUNCTION" and str(made.get("function_name")).lower() in LIBRARY:
        inner = {**made, "alias": ""}
        names = {"function_name": STEADY, "qualified_name": {"path": [STEADY]}, "is_operator": False}
        return {**made, **names, "arguments": [{"name": "", "expression": inner}]}
    return made


def _is_utc(argument: dict[str, Any]) -> bool:
    return str(_literal(argument)).upper() == "UTC"


def _literal(argument: dict[str, Any]) -> object:
    """What a literal says; nothing where it is none."""
    found = argument["expression"]
    literal = found.get("literal") or found.get("value") or {}
    return literal.get("text", literal.get("value", ""))


def _asked(question: str, text: str) -> str:
    try:
        return str(ask(question, text))
    except duckdb.Error as error:
        raise SqlError(f"DuckDB does not read it: {told(error)}") from None
