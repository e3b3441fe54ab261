"""An expression as DuckDB's own parser takes it apart: every part of it has to be of a known kind.

Nothing is left to a list of what is forbidden.
"""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeAlias, TypedDict, cast

import duckdb

from dw_simulator.errors import SqlError, closest
from dw_simulator.plugins.expressions.evaluation import STEADY, ask, told
from dw_simulator.plugins.expressions.possible_functions import ALLOWED, FAILING, LIBRARY, REASONS

_TABLE = "dw_sim_table"
_CLASSES = frozenset(
    "BETWEEN CASE CAST COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA OPERATOR TYPE".split()
)
_UTC_ALONE = "with 'UTC' alone: the rules of other zones change from year to year"

Tree: TypeAlias = "bool | int | float | str | list[Tree] | dict[str, Tree] | None"
"""What the parser writes as JSON, decoded."""
Part: TypeAlias = "dict[str, Tree]"
"""An object in it; an expression where it has a `class`."""


class _Select(TypedDict):
    select_list: list[Part]
    from_table: Part


class _Statement(TypedDict):
    node: _Select


class _Parsed(TypedDict, total=False):
    error: bool
    error_message: str
    statements: list[_Statement]


class _Argument(TypedDict):
    expression: dict[str, dict[str, str]]


class _Call(TypedDict):
    function_name: str
    arguments: list[_Argument]


@dataclass(frozen=True)
class RowExpression:
    """An expression over the columns of one row.

    sql    as it was written, which errors point into
    table  whose columns they are
    names  of the columns that it may take
    """

    sql: str
    table: str
    names: Collection[str]

    def checked(self, query: str) -> str:
        """The one expression that a translated query selects, computed alike on every machine.

        Raises SqlError where a part of it is not possible; its line counts the query's first one, too.
        """
        parsed: _Parsed = json.loads(_asked("SELECT json_serialize_sql(?)", query))
        if parsed.get("error"):
            raise SqlError(f"DuckDB does not read it: {parsed.get('error_message')}")
        (statement,) = parsed["statements"]
        (selected,) = statement["node"]["select_list"]
        for part, bound in _parts(selected):
            self._check(part, bound)
        statement["node"]["select_list"] = [{**_steady_part(selected), "alias": ""}]
        statement["node"]["from_table"] |= {"table_name": _TABLE, "qualified_name": {"path": [_TABLE]}}
        return self._only_selected(_asked("SELECT json_deserialize_sql(?)", json.dumps(parsed)))

    def _only_selected(self, query: str) -> str:
        head, tail = "SELECT ", f" FROM {_TABLE}"
        if not (query.startswith(head) and query.endswith(tail)):
            raise SqlError("one expression is wanted, and no more of a query")
        return query[len(head) : -len(tail)]

    def _check(self, part: Part, bound: frozenset[str]) -> None:
        """One expression; `bound` are the variables of lambdas around it."""
        kind = part["class"]
        if kind not in _CLASSES:
            raise SqlError(f"{str(kind).lower()} is not possible in an expression")
        if kind == "COLUMN_REF":
            self._check_column(_column_names(part), bound)
        if kind == "FUNCTION":
            self._check_function(cast(_Call, part))

    def _check_column(self, names: list[str], bound: frozenset[str]) -> None:
        qualified = len(names) == 2 and names[0] == self.table
        name = names[-1] if qualified or len(names) == 1 else ".".join(names)
        if name not in self.names and name not in bound:
            raise SqlError(f"{self.table} has no column {name!r}{closest(name, self.names)}")

    def _check_function(self, call: _Call) -> None:
        name = call["function_name"].lower()
        if name not in ALLOWED | FAILING:
            reason = REASONS.get(name)
            if reason is not None:
                message = f"{name}() is not possible here: {reason}"
            else:
                message = f"{name}() is not among the functions of an expression{closest(name, ALLOWED)}"
            raise SqlError(message, *self._place(name))
        self._check_zone(name, call["arguments"])

    def _check_zone(self, name: str, arguments: list[_Argument]) -> None:
        if name == "timezone" and not _is_utc(arguments[0]):
            raise SqlError(f"AT TIME ZONE is possible {_UTC_ALONE}", *self._place("zone"))
        if name == "make_timestamptz" and len(arguments) > 6 and not _is_utc(arguments[-1]):
            raise SqlError(f"{name}() is possible {_UTC_ALONE}", *self._place(name))
        if name in ("strptime", "try_strptime") and "%Z" in _literal(arguments[-1]):
            message = f"the pattern %Z is not possible, moments are read {_UTC_ALONE}"
            raise SqlError(message, *self._place(name))

    def _place(self, name: str) -> tuple[int, int]:
        """Where the expression has a word; its line counted as in the query."""
        found = re.search(rf"\b{re.escape(name)}\b", self.sql, re.IGNORECASE)
        if found is None:
            return 0, 0
        before = self.sql[: found.start()]
        return before.count("\n") + 2, found.start() - before.rfind("\n")


def _parts(tree: Tree, bound: frozenset[str] = frozenset()) -> Iterator[tuple[Part, frozenset[str]]]:
    """Every expression in a tree, with the variables of lambdas around it."""
    if isinstance(tree, list):
        for item in tree:
            yield from _parts(item, bound)
    if not isinstance(tree, dict):
        return
    if "class" in tree:
        yield tree, bound
    if tree.get("class") == "LAMBDA":
        parameters = [part for part, _ in _parts(tree["lhs"]) if part["class"] == "COLUMN_REF"]
        bound |= {name for part in parameters for name in _column_names(part)}
    for value in tree.values():
        yield from _parts(value, bound)


def _column_names(part: Part) -> list[str]:
    return cast(list[str], part["column_names"])


def _steady_part(part: Part) -> Part:
    """A copy in which what the library of mathematics computes is rounded."""
    made = {key: _steady(value) for key, value in part.items()}
    if made.get("class") != "FUNCTION" or str(made.get("function_name")).lower() not in LIBRARY:
        return made
    inner: Part = {**made, "alias": ""}
    names: Part = {"function_name": STEADY, "qualified_name": {"path": [STEADY]}, "is_operator": False}
    return {**made, **names, "arguments": [{"name": "", "expression": inner}]}


def _steady(tree: Tree) -> Tree:
    if isinstance(tree, list):
        return [_steady(item) for item in tree]
    return _steady_part(tree) if isinstance(tree, dict) else tree


def _literal(argument: _Argument) -> str:
    """What a literal says; nothing where it is none."""
    found = argument["expression"]
    literal = found.get("literal") or found.get("value") or {}
    return str(literal.get("text", literal.get("value", "")))


def _is_utc(argument: _Argument) -> bool:
    return _literal(argument).upper() == "UTC"


def _asked(question: str, text: str) -> str:
    try:
        return str(ask(question, text))
    except duckdb.Error as error:
        raise SqlError(f"DuckDB does not read it: {told(error)}") from None
