"""Statements that change tables, on a scratch copy: a script is one transaction in the copy's file."""

import secrets
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import duckdb

from dw_simulator.adapters.complaints.duckdb_errors import query_error, sql_error
from dw_simulator.adapters.queries import scratch_copy
from dw_simulator.adapters.queries.embedded import EmbeddedQuery
from dw_simulator.adapters.queries.statements import ReadableTables, check_calls, uncallable
from dw_simulator.errors import QueryError, RequestError, SqlError
from dw_simulator.ports.answers import TableSource
from dw_simulator.ports.changes import Change, Changed, CopyOf, ScriptPart
from dw_simulator.ports.statement import Statement, TypedTables
from dw_simulator.schema.quoting import quoted_text
from dw_simulator.types import SqlType, UnknownTypeError, sql_type

_SCHEMA = "main"
_KINDS = frozenset("SELECT INSERT UPDATE DELETE CREATE DROP ALTER MERGE_INTO MULTI".split())
"""What DuckDB itself may take a statement for; what it does in steps, as a column with NOT NULL, is MULTI."""


class ScratchScript(EmbeddedQuery):
    """The answer to a script: the rows of its last query, or else what its statements have changed."""

    def __init__(
        self,
        script: Sequence[ScriptPart],
        copy: Path,
        origin: CopyOf,
        *,
        limit: int | None = None,
        seconds: float | None = None,
    ) -> None:
        self._script, self._copy, self._origin = script, copy, origin
        self._changed: list[Changed] = []
        super().__init__(Statement(""), {}, schema=_SCHEMA, limit=limit, seconds=seconds)
        self.changes = self._changed
        self.tells_changes = not any(part.reads for part in script)

    def _open(self, tables: Mapping[str, TableSource], schema: str) -> None:
        scratch_copy.there(self._copy, self._origin)
        place = quoted_text(str(self._copy.absolute()))
        try:
            self._connection.execute(f"ATTACH {place} AS {scratch_copy.FILE}")
        except duckdb.Error as error:
            scratch_copy.refuse_if_open(self._copy, error)
            raise
        self._connection.execute(f"USE {scratch_copy.FILE}")
        super()._open(tables, schema)

    def _bound(self, _statement: Statement, _reach: ReadableTables) -> duckdb.DuckDBPyRelation:
        """What the script comes to, with all that it changes in the file."""
        if all(part.reads for part in self._script):
            return self._looked_at(self._meant(self._script[-1]).statements[-1])
        self._connection.begin()
        try:
            found = self._run()
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise
        return self._connection.sql(found)

    def _run(self) -> str:
        """Run every statement in turn; returns the query of what comes back."""
        last = max((k for k, part in enumerate(self._script) if part.reads), default=None)
        for number, part in enumerate(self._script):
            try:
                change = self._meant(part)
                if not change.reads:
                    self._changed.append(Changed(part.line, part.what, self._rows_changed(change)))
                elif number == last:
                    result = self._set_aside(change.statements[-1])
                else:
                    self._looked_at(change.statements[-1])
            except SqlError as error:
                if error.line:
                    raise
                raise SqlError(f"line {part.line}: {error.message}") from None
            except QueryError as error:
                where = "" if str(error).startswith("line ") else f"line {part.line}: "
                raise QueryError(f"{where}{error}; nothing was changed") from None
        return _told(self._changed) if last is None else f"FROM temp.main.{result}"

    def _meant(self, part: ScriptPart) -> Change:
        return part.meant_by(self._tables())

    def _looked_at(self, statement: Statement) -> duckdb.DuckDBPyRelation:
        """A query, bound to the tables that there are."""
        return super()._bound(statement, ReadableTables(self._tables(), _SCHEMA))

    def _set_aside(self, statement: Statement) -> str:
        """The rows of a query, in a table that lasts as long as the answer."""
        self._looked_at(statement)
        name = f"_dw_sim_{secrets.token_hex(4)}"
        try:
            self._connection.execute(f"CREATE TEMP TABLE {name} AS {statement.sql}")
        except duckdb.Error as error:
            raise query_error(error, statement) from None
        return name

    @cached_property
    def _uncallable(self) -> frozenset[str]:
        return uncallable(self._connection)

    def _rows_changed(self, change: Change) -> int | None:
        rows = None
        for statement in change.statements:
            rows = self._execute(statement)
        return rows

    def _execute(self, statement: Statement) -> int | None:
        """Run a statement; returns how many rows it changed, where it changes rows."""
        found = self._connection.extract_statements(statement.sql)
        if len(found) != 1 or found[0].type.name not in _KINDS:
            raise RequestError("this is no statement that changes tables")
        check_calls(statement, self._uncallable)
        try:
            rows = self._connection.execute(statement.sql).fetchall()
        except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
            raise sql_error(error, statement) from None
        except duckdb.Error as error:
            raise query_error(error, statement) from None
        return int(rows[0][0]) if rows and len(rows[0]) == 1 else None

    def _tables(self) -> TypedTables:
        """The tables that there are by now, with the types of their columns."""
        rows = self._connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal "
            f"AND (database_name = '{scratch_copy.FILE}' AND schema_name = ? OR database_name = 'temp') "
            "ORDER BY table_name, column_index",
            [_SCHEMA],
        ).fetchall()
        tables: dict[str, dict[str, SqlType | None]] = {}
        for table, column, type_ in rows:
            declared = self._origin.declared.get(table, {}).get(column)
            tables.setdefault(table, {})[column] = _type(type_, declared)
        return tables


def _type(text: str, declared: SqlType | None) -> SqlType | None:
    """The type of a column: as declared, where it is still of that kind."""
    try:
        found = sql_type(text)
    except UnknownTypeError:
        return None
    return declared if declared is not None and declared.kind is found.kind else found


def _told(changes: Sequence[Changed]) -> str:
    """What was changed, as a query."""
    rows = ", ".join(
        f"({one.line}, {quoted_text(one.statement)}, {'NULL' if one.rows is None else one.rows})"
        for one in changes
    )
    return f"SELECT line, statement, rows::BIGINT AS rows FROM (VALUES {rows}) AS t(line, statement, rows)"
