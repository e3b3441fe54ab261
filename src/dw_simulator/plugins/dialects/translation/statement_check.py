"""What a statement may say, seen on its tree: nodes are let through by their kind, functions by their name.

A statement is looked at twice: as the user wrote it, before anything is done with it, and, for servers, as it
is written in the end. Only the experiment's tables exist, and what a WITH around them names. Whatever is not
known to be harmless is refused with its place: the settings of the engines are the second wall, and not the
first.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres

from dw_simulator.errors import closest
from dw_simulator.plugins.dialects.translation.allowed_functions import FUNCTIONS, REASONS
from dw_simulator.plugins.dialects.translation.allowed_kinds import (
    COMPUTING,
    KINDS,
    QUERIES,
    SYSTEM_COLUMNS,
    SYSTEM_WORDS,
    TYPES,
)
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.query_types import unknown_columns
from dw_simulator.ports.statement import TypedTables

Scope = frozenset[str]
"""The names of WITH that a part of a statement sees."""

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*( [A-Za-z_]+)*")
_TABLE_PARTS = frozenset("this alias db catalog joins laterals pivots sample ordinality rows_from".split())
_PARAMETER = "a query with parameters is not translated; write the values into it"
_SAID: Mapping[str, str] = {
    "parameter": _PARAMETER,
    "placeholder": _PARAMETER,
    "sessionparameter": _PARAMETER,
    "lock": "FOR UPDATE and FOR SHARE lock rows; a query only reads",
    "into": "SELECT INTO makes a table; a query only reads",
    "objectidentifier": "types that look names up, such as REGCLASS, are not part of a query",
    "operator": "OPERATOR(...) is not part of a query; write the operator alone",
    "dynamicidentifier": "IDENTIFIER(...) is not part of a query; write the name itself",
    "historicaldata": "AT and BEFORE are not part of a query; its tables have no history",
    "hint": "hints are not part of a query; leave them out",
}
"""How a refusal is told, by the key of its node."""
_STAGES = "a query reads its tables only; stages, files and variables are none"
_LONGEST_POSTGRES_NAME = 63
PARTS_OF_ROWS = frozenset(("key", "value", "ordinality"))
"""What functions call the columns of the rows that they give, where the query gives them no names."""
_MOST_REPEATED = 10_000_000


@dataclass(frozen=True)
class StatementCheck:
    """What may be said to a database, or in a dialect.

    name       of the dialect, by whose list functions are allowed
    tables     the tables that there are
    exact      whether names are the same only where their letters are, as in what a server is handed
    roots      what a statement may be, by sqlglot's keys
    kinds      what it may be made of, besides functions
    paths      whether a source may be a path into another source, as `FROM t, t.items AS i`
    rewritten  functions, in small letters, of which a dialect says itself what becomes of them
    recursive  whether the queries of a WITH see themselves without RECURSIVE
    """

    name: str
    tables: TypedTables
    exact: bool = False
    roots: Collection[str] = QUERIES
    kinds: Collection[str] = KINDS
    paths: bool = False
    rewritten: frozenset[str] = frozenset()
    recursive: bool = False

    def check(self, tree: exp.Expr) -> None:
        """Raises Untranslatable for what is not allowed."""
        if tree.key not in self.roots:
            raise Untranslatable(tree, "only queries are translated: SELECT, WITH, UNION, ...")
        waiting: list[tuple[exp.Expr, Scope]] = [(tree, frozenset())]
        while waiting:
            node, scope = waiting.pop()
            self._check(node, scope)
            waiting += self._within(node, scope)
        if self._calls_by_dots:
            self._check_dots(tree)

    def _within(self, node: exp.Expr, scope: Scope) -> Iterator[tuple[exp.Expr, Scope]]:
        """What is in a node, and which names of WITH it sees: each query those before it, and not its own."""
        with_ = node.args.get("with_")
        if with_ is not None:
            names = [self._name(cte.args["alias"].this) for cte in with_.expressions]
            # RECURSIVE does not see what stands behind, either: an engine may take its name for another
            itself = self.recursive or with_.args.get("recursive")
            for cte, name in zip(with_.expressions, names, strict=True):
                yield cte, scope | {name} if itself else scope
                scope |= {name}
        for child in node.iter_expressions():
            if child is not with_:
                yield child, scope

    def _check(self, node: exp.Expr, scope: Scope) -> None:
        key = node.key
        if key not in self.kinds and key not in COMPUTING and key not in self._LOOKS:
            raise Untranslatable(node, _SAID.get(key) or _not_allowed(node))
        if key in self._LOOKS:
            self._LOOKS[key](self, node, scope)

    # --- what PostgreSQL takes x.f for: f(x), where x has no column f

    @property
    def _calls_by_dots(self) -> bool:
        return self.exact and self.name == "postgres"

    @cached_property
    def _parts(self) -> frozenset[str]:
        return self._columns | PARTS_OF_ROWS

    def _check_dots(self, tree: exp.Expr) -> None:
        """What stands behind the dot of a column is a column of what it is taken from."""
        copy = tree.copy()
        for node in copy.walk():
            node._type = None
        for column in unknown_columns(copy, self.tables, Postgres):
            name, table = column.name.lower(), column.table.lower()
            if column.args.get("db") or name not in {table, *PARTS_OF_ROWS}:
                raise Untranslatable(column, f"there is no column {column.name} in {column.table}")

    # --- tables

    @cached_property
    def _functions(self) -> frozenset[str]:
        """A dialect without a list of its own has what the others have, and what it says how to translate."""
        found = FUNCTIONS.get(self.name)
        return frozenset().union(*FUNCTIONS.values(), self.rewritten) if found is None else found

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.tables if self.exact else map(str.lower, self.tables))

    @cached_property
    def _columns(self) -> frozenset[str]:
        return frozenset(column.lower() for columns in self.tables.values() for column in columns)

    def _name(self, node: exp.Expr) -> str:
        name = node.name
        return name if self.exact else name.lower()

    def _table(self, node: exp.Expr, scope: Scope) -> None:
        assert isinstance(node, exp.Table)
        named = node.args.get("this")
        others = {part for part, value in node.args.items() if value} - _TABLE_PARTS
        if others:
            raise Untranslatable(node, f"{min(others).upper()} is not part of a query's table")
        if named is None or isinstance(named, exp.Func) or named.key in ("tablefromrows", "dot"):
            return
        if named.key != "identifier":
            raise Untranslatable(node, _STAGES)
        name = self._name(named)
        if name in scope and not node.args.get("db"):
            return
        if name not in self._known and not self._is_path(node):
            shown = ".".join(part.name for part in node.parts)
            near = closest(named.name, self.tables)
            raise Untranslatable(node, f"there is no table {shown}{near}")

    def _is_path(self, node: exp.Table) -> bool:
        """Whether a source begins with the name of another."""
        if not self.paths:
            return False
        first = node.parts[0].name.lower()
        sources = node.root().find_all(exp.Table, exp.Subquery, exp.CTE, exp.Unnest, exp.AtIndex)
        return any(one is not node and first in _names_of(one) for one in sources)

    def _rows(self, node: exp.Expr, _scope: Scope) -> None:
        if not isinstance(node.this, exp.Func):
            raise Untranslatable(node, "TABLE(...) takes a function that gives rows")

    # --- functions

    def _function(self, node: exp.Expr, _scope: Scope) -> None:
        called = node.args["this"]
        if not isinstance(called, str):
            raise Untranslatable(node, "the name of a function is written without quotes")
        if not called.isascii() or called.lower() not in self._functions:
            raise Untranslatable(node, _no_function(called, self._functions))

    def _repeated(self, node: exp.Expr, _scope: Scope) -> None:
        times = node.args.get("times")
        if times is not None and times.key == "literal" and float(times.name or 0) > _MOST_REPEATED:
            raise Untranslatable(node, f"a text is repeated {_MOST_REPEATED:,} times at most")

    def _step(self, node: exp.Expr, _scope: Scope) -> None:
        step = node.expression
        if self._calls_by_dots and step.key == "identifier" and step.name.lower() not in self._parts:
            raise Untranslatable(node, f"there is no part {step.name} of this value")
        if isinstance(node.expression, exp.Func):
            raise Untranslatable(node, f"functions have no schema: write {node.expression.name or '...'}()")

    # --- words

    def _type(self, node: exp.Expr, _scope: Scope) -> None:
        type_ = node.args["this"]
        if isinstance(type_, exp.DType) and type_.name not in TYPES:
            raise Untranslatable(node, f"{node.sql()} is not a type that a query may cast to")

    def _var(self, node: exp.Expr, _scope: Scope) -> None:
        if not _WORD.fullmatch(node.name):
            stage = node.name.startswith("@")
            raise Untranslatable(node, _STAGES if stage else f"{node.name!r} is not a word of a query")

    def _identifier(self, node: exp.Expr, _scope: Scope) -> None:
        name = node.name
        if self.name == "postgres" and len(name.encode()) > _LONGEST_POSTGRES_NAME:
            raise Untranslatable(node, f"PostgreSQL cuts names to {_LONGEST_POSTGRES_NAME} bytes; shorten it")

    def _column(self, node: exp.Expr, _scope: Scope) -> None:
        name = node.name.lower()
        if name in self._columns:
            return
        if name in SYSTEM_COLUMNS and self.name != "snowflake":
            raise Untranslatable(node, f"{node.name} is a column of the system, which no query may read")
        if name in SYSTEM_WORDS and not node.this.args.get("quoted") and not node.args.get("table"):
            raise Untranslatable(node, _no_function(name, ()))

    _LOOKS: ClassVar[Mapping[str, Callable[["StatementCheck", exp.Expr, Scope], None]]] = {
        "table": _table,
        "tablefromrows": _rows,
        "anonymous": _function,
        "repeat": _repeated,
        "dot": _step,
        "datatype": _type,
        "var": _var,
        "identifier": _identifier,
        "column": _column,
        "with": lambda _guard, _node, _scope: None,
    }


def _names_of(source: exp.Expr) -> set[str]:
    """What a source of a query is called, in small letters."""
    called = source.this if source.key == "atindex" else source
    return {called.alias_or_name.lower(), *map(str.lower, called.alias_column_names)}


def _not_allowed(node: exp.Expr) -> str:
    if not isinstance(node, exp.Func):
        return f"{node.key.upper()} is not part of a query, which only reads"
    name = node.name if node.key == "anonymousaggfunc" else node.sql_name()
    return _no_function(name, ())


def _no_function(name: str, known: Collection[str]) -> str:
    reason = REASONS.get(name.lower())
    if reason:
        return f"{name}() {reason}; no query may call it"
    return f"function {name}() is not translated{closest(name, known)}"
