"""What a query may say: one statement that reads, and nothing that reaches beyond the tables.

DuckDB's settings keep a query from files that are not the run's. They do not keep it from *writing* those
that are: `WITH c AS (COPY ... TO 'part-00000.parquet') SELECT ...` is a SELECT to DuckDB, and allowed. So a
query is looked at as DuckDB has parsed it, and whatever is not known to be harmless is refused.
"""

import json
import re
from collections.abc import Iterator

import duckdb

from dw_simulator.adapters.complaints.duckdb_errors import sql_error
from dw_simulator.errors import RequestError
from dw_simulator.ports.statement import Statement
from dw_simulator.schema.json_data import Json, JsonObject

_MEND = "a query is one SELECT (or WITH, VALUES, FROM, DESCRIBE, SUMMARIZE, SHOW TABLES, or EXPLAIN of these)"
# with no comments: what ends one is DuckDB's to know, and a guess would have it run what was not looked at
_EXPLAIN = re.compile(r"[ \t\r\n]*EXPLAIN[ \t\r\n]+(?:ANALYZE[ \t\r\n]+)?", re.IGNORECASE)
_READING = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_FUNCTIONS = frozenset(
    """range generate_series unnest repeat repeat_row json_each json_tree duckdb_columns duckdb_functions
    duckdb_keywords duckdb_schemas duckdb_tables duckdb_types duckdb_views pragma_table_info pragma_version
    pg_timezone_names""".split()
)
_HIDDEN = frozenset("pg_settings duckdb_settings duckdb_secrets duckdb_logs duckdb_databases".split())
_CATALOGS = frozenset(("", "memory", "system", "temp"))


def check(connection: duckdb.DuckDBPyConnection, statement: Statement) -> None:
    """Raises SqlError or RequestError for what is not one statement that reads."""
    sql = statement.sql
    try:
        sql.encode()
    except UnicodeEncodeError:
        raise RequestError("the query is not text in UTF-8") from None
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise sql_error(error, statement) from None
    if len(statements) != 1:
        raise RequestError(f"{len(statements) or 'no'} statements where there should be one; {_MEND}")
    for node in _nodes(_tree(connection, _explained(sql, statements[0]))):
        _check(node)


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


def _nodes(tree: Json) -> Iterator[JsonObject]:
    """Every object of a JSON value, however deep."""
    waiting = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _check(node: JsonObject) -> None:
    kind = node.get("type")
    if "cte_map" in node and kind not in _READING:
        raise RequestError(f"this query would change something ({kind}); {_MEND}")
    if kind == "BASE_TABLE" and (
        str(node["table_name"]).lower() in _HIDDEN or str(node["catalog_name"]).lower() not in _CATALOGS
    ):
        raise RequestError(f"{node['table_name']} is not for queries, which read their tables only")
    if kind == "TABLE_FUNCTION":
        function = node["function"]
        assert isinstance(function, dict), "DuckDB's tree has an object there"
        name = str(function["function_name"]).lower()
        if name not in _FUNCTIONS:
            raise RequestError(
                f"the table function {name} is not allowed here: a query reads its tables only"
            )
