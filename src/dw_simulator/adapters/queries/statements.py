"""What a query may say: one statement that reads the experiment's tables, and nothing that reaches further.

DuckDB's settings keep a query from files that are not the run's. They do not keep it from *writing* those
that are: `WITH c AS (COPY ... TO 'part-00000.parquet') SELECT ...` is a SELECT to DuckDB, and allowed; nor
from the catalogue, or from what else lies in a database file. So a query is looked at as DuckDB has parsed
it: each table is one of the experiment's or of a WITH around it, each function and type is on a list.
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import ClassVar, NamedTuple

import duckdb

from dw_simulator.adapters.complaints.complaint_tables import EngineComplaint
from dw_simulator.adapters.complaints.duckdb_errors import sql_error
from dw_simulator.adapters.queries.duckdb_functions import (
    FUNCTIONS,
    OF_A_TABLE,
    REASONS,
    TABLE_FUNCTIONS,
    TYPES,
)
from dw_simulator.errors import RequestError, SqlError, closest
from dw_simulator.ports.statement import Statement
from dw_simulator.schema.json_data import Json, JsonObject

_MEND = "a query is one SELECT (or WITH, VALUES, FROM, DESCRIBE, SUMMARIZE, SHOW TABLES, or EXPLAIN of these)"
# with no comments: what ends one is DuckDB's to know, and a guess would have it run what was not looked at
_EXPLAIN = re.compile(r"[ \t\r\n]*EXPLAIN[ \t\r\n]+(?:ANALYZE[ \t\r\n]+)?", re.IGNORECASE)
_READING = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_SOURCES = frozenset(
    "BASE_TABLE TABLE_FUNCTION SUBQUERY JOIN EXPRESSION_LIST EMPTY PIVOT SHOW_REF COLUMN_DATA".split()
)
_ALL_TABLES = '"tables"'
"""What DuckDB takes SHOW TABLES for."""
_RECURRING = "recurring"
"""The schema in which a recursive query with keys finds all its rows so far."""
_CATALOG = "memory"
_FILES = "_dw_sim"
"""How the names of database files begin that are attached for their tables."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST = 1_000_000
_DEEPEST = 200
_OPENING, _CLOSING = b"([{", b")]}"


class ReadableTables(NamedTuple):
    """What a query may read: the tables of an experiment, and the schema that they are in."""

    tables: Collection[str]
    schema: str


def check(connection: duckdb.DuckDBPyConnection, statement: Statement, reach: ReadableTables) -> None:
    """Raises SqlError or RequestError for what is not one statement that reads these tables."""
    sql = statement.sql
    try:
        text = sql.encode()
    except UnicodeEncodeError:
        raise RequestError("the query is not text in UTF-8") from None
    _check_size(text)
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise sql_error(error, statement) from None
    if len(statements) != 1:
        raise RequestError(f"{len(statements) or 'no'} statements where there should be one; {_MEND}")
    explained = _explained(sql, statements[0])
    tree = _tree(connection, explained)
    _Check(statement, len(text) - len(explained.encode()), reach).look(tree)


def _check_size(text: bytes) -> None:
    """DuckDB's parser takes time and memory by the square of the depth."""
    if len(text) > _LONGEST:
        raise RequestError(f"the query is longer than {_LONGEST:,} bytes; ask for less at once")
    if sum(map(text.count, (b"(", b"[", b"{"))) <= _DEEPEST:
        return
    depth = 0
    for place, _kind in duckdb.tokenize(text.decode()):
        sign = text[place]
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if depth > _DEEPEST:
            raise RequestError(f"brackets are nested more than {_DEEPEST} deep; write the query in steps")


def _explained(sql: str, statement: duckdb.Statement) -> str:
    """What an EXPLAIN explains; the statement itself where it is none."""
    if statement.type != duckdb.StatementType.EXPLAIN:
        return sql
    before = _EXPLAIN.match(sql)
    if before is None:
        raise RequestError(f"write EXPLAIN or EXPLAIN ANALYZE without comments or options; {_MEND}")
    return sql[before.end() :]


def _tree(connection: duckdb.DuckDBPyConnection, select: str) -> JsonObject:
    """The statement as DuckDB has understood it."""
    parsed = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [select]).fetchall()
    try:
        tree: JsonObject = json.loads(parsed[0][0])
    except RecursionError:
        raise RequestError("the query is nested too deeply") from None
    if tree["error"]:
        pivot = "; give a PIVOT its values: ON column IN (...)" if "pivot" in select.lower() else ""
        raise RequestError(f"this statement is not allowed here: {_MEND}{pivot}")
    return tree


def _folded(name: object) -> str:
    """A name as DuckDB compares it: it folds the letters of ASCII."""
    return str(name or "").encode().lower().decode()


class _Check:
    """Looks at each node of DuckDB's tree, knowing which names of WITH are there for it."""

    def __init__(self, statement: Statement, before: int, reach: ReadableTables) -> None:
        self._statement, self._before = statement, before
        self._reach = reach
        self._known = frozenset(map(_folded, reach.tables))
        self._schemas = frozenset({"", _folded(reach.schema)})

    def look(self, tree: Json) -> None:
        waiting: list[tuple[Json, frozenset[str]]] = [(tree, frozenset())]
        while waiting:
            value, scope = waiting.pop()
            if isinstance(value, list):
                waiting += ((one, scope) for one in value)
            elif isinstance(value, dict):
                self._check(value, scope)
                waiting += _within(value, scope)

    def _check(self, node: JsonObject, scope: frozenset[str]) -> None:
        kind = node.get("type")
        if "cte_map" in node and kind not in _READING:
            raise RequestError(f"this query would change something ({kind}); {_MEND}")
        if "sample" in node and "alias" in node and kind not in _SOURCES:
            raise self._refusal(node, f"{kind} is not part of a query; {_MEND}")
        look = self._LOOKS.get(str(node.get("class") or kind))
        if look is not None:
            look(self, node, scope)

    # --- what names something

    def _table(self, node: JsonObject, scope: frozenset[str]) -> None:
        name, schema = _folded(node["table_name"]), _folded(node["schema_name"])
        catalog = _folded(node["catalog_name"])
        if name in scope and not catalog and schema in ("", _RECURRING):
            return
        if name not in self._known or schema not in self._schemas or catalog not in ("", _CATALOG):
            raise self._no_table(node, (catalog, schema, str(node["table_name"])))

    def _no_table(self, node: JsonObject, path: tuple[str, ...]) -> SqlError:
        name = ".".join(filter(None, path))
        near = closest(path[-1], self._reach.tables)
        return self._refusal(node, f"there is no table {name}{near or '; a query reads its tables only'}")

    def _shown(self, node: JsonObject, _scope: frozenset[str]) -> None:
        """DESCRIBE, SUMMARIZE, SHOW: of a query, which is looked at by itself, of a table, or of them all."""
        kind, name = node["show_type"], str(node["table_name"])
        if node["query"] is not None or (kind == "SHOW_SPECIAL" and name == _ALL_TABLES):
            return
        path = (_folded(node["catalog_name"]), _folded(node["schema_name"]))
        own = path[0] in ("", _CATALOG) and path[1] in self._schemas
        if kind == "SHOW_FROM" and own and not name:
            return
        if kind == "SHOW_SPECIAL" or not name:
            raise self._refusal(node, "only the experiment's tables are shown: write SHOW TABLES")
        if not own or _folded(name) not in self._known:
            raise self._no_table(node, (*path, name))

    def _function(self, node: JsonObject, _scope: frozenset[str]) -> None:
        name = _folded(node["function_name"])
        # what a table function is called with stands in a node of its own
        if name not in FUNCTIONS and name not in TABLE_FUNCTIONS and name != "columns":
            raise self._no_function(node, name, FUNCTIONS)
        # a dot before a function may follow a column, whose name stands there then
        if any(_folded(node[part]).startswith(_FILES) for part in ("catalog", "schema")):
            raise self._refusal(node, f"functions have no schema: write {name}()")

    def _table_function(self, node: JsonObject, _scope: frozenset[str]) -> None:
        function = node["function"]
        assert isinstance(function, dict), "DuckDB's tree has an object there"
        name = _folded(function["function_name"])
        if function["catalog"] or function["schema"]:
            raise self._refusal(node, f"functions have no schema: write {name}()")
        if name in OF_A_TABLE:
            self._described(node, function)
        elif name not in TABLE_FUNCTIONS:
            raise self._no_function(node, name, TABLE_FUNCTIONS, "table function ")

    def _described(self, node: JsonObject, function: JsonObject) -> None:
        """Of a text DuckDB makes a name, with schema and all: only plain ones mean the same here."""
        found = re.findall(r'"text": ?"([^"]*)"', json.dumps(function["arguments"]))
        if len(found) != 1 or not _PLAIN.fullmatch(found[0]) or _folded(found[0]) not in self._known:
            raise self._no_table(node, (", ".join(found),))

    def _type(self, node: JsonObject, _scope: frozenset[str]) -> None:
        name = str(node["type_name"])
        if _folded(name) not in TYPES or node["schema"] or node["catalog"]:
            raise self._refusal(node, f"there is no type {name}{closest(name, TYPES)}")

    def _parameter(self, node: JsonObject, _scope: frozenset[str]) -> None:
        raise self._refusal(node, "a query has no parameters; write the values into it")

    _LOOKS: ClassVar = {
        "BASE_TABLE": _table,
        "SHOW_REF": _shown,
        "FUNCTION": _function,
        "WINDOW": _function,
        "TABLE_FUNCTION": _table_function,
        "TYPE": _type,
        "PARAMETER": _parameter,
    }

    # --- what is told

    def _no_function(self, node: JsonObject, name: str, known: Collection[str], kind: str = "") -> SqlError:
        if self._statement.translated and name not in self._statement.asked.lower():
            return self._complaint(node, "").sql_error(())  # the translation has put it there
        if name in REASONS:
            told = f"{name}() {REASONS[name]}; a query reads its tables only"
        else:
            near = "" if self._statement.translated else closest(name, known)
            told = f"there is no {kind or 'function '}{name}() for queries{near}"
        return self._refusal(node, told)

    def _refusal(self, node: JsonObject, message: str) -> SqlError:
        return SqlError(message, *self._complaint(node, message).where(()))

    def _complaint(self, node: JsonObject, message: str) -> EngineComplaint:
        start = node.get("query_location")
        if not isinstance(start, int) or start > _LONGEST:
            return EngineComplaint(message, self._statement)
        read = self._statement.sql.encode()[: start + self._before]
        return EngineComplaint(message, self._statement, len(read.decode(errors="ignore")))


def _within(node: JsonObject, scope: frozenset[str]) -> Iterator[tuple[Json, frozenset[str]]]:
    """What is in a node, and which names of WITH each of it sees: those before it, and not its own."""
    maps = node.get("cte_map")
    if isinstance(maps, dict):
        entries = maps.get("map")
        for entry in entries if isinstance(entries, list) else ():
            assert isinstance(entry, dict), "DuckDB's tree has an object there"
            yield entry["value"], scope
            scope |= {_folded(entry["key"])}
    own = frozenset({_folded(node["cte_name"])} if "cte_name" in node else ())
    for key, value in node.items():
        if key == "cte_map":
            continue
        if key == "function" and isinstance(value, dict):  # of a source, which has a list of its own
            yield value["arguments"], scope
            continue
        # of a recursive query the first half does not see itself
        first = key == ("left" if node.get("type") == "RECURSIVE_CTE_NODE" else "query")
        yield value, scope if first else scope | own


_CALLS = re.compile(r"""'(?:[^']|'')*'|("(?:[^"]|"")+"|[A-Za-z_]\w*)\s*\(""")
"""Texts, which are passed over, and names with a bracket behind them."""
_OF_GRAMMAR = frozenset({"unnest", "columns", "nextval", *TABLE_FUNCTIONS})


def uncallable(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Functions of DuckDB, in small letters, that nobody may call."""
    rows = connection.execute("SELECT DISTINCT lower(function_name) FROM duckdb_functions()").fetchall()
    return frozenset(name for (name,) in rows) - FUNCTIONS - _OF_GRAMMAR


def check_calls(statement: Statement, forbidden: Collection[str]) -> None:
    """Raise SqlError for what a statement calls that is forbidden.

    DuckDB tells the tree of queries alone. What else it is handed calls what stands before a bracket, where
    DuckDB has a function of that name.
    """
    for found in _CALLS.finditer(statement.sql):
        name = (found[1] or "").strip('"').lower()
        if name in forbidden:
            reason = REASONS.get(name, "is not for queries")
            told = f"{name}() {reason}; no statement may call it"
            raise SqlError(told, *EngineComplaint(told, statement, found.start()).where(()))
