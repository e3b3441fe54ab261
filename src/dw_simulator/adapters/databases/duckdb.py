"""DuckDB: a file, opened for reading alone, whose own views say what SQLAlchemy would ask."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dw_simulator.errors import RequestError, UnknownNameError, WarehouseError
from dw_simulator.ports.live_database import (
    FoundColumn,
    FoundForeignKey,
    FoundKey,
    FoundShapes,
    FoundTable,
    LiveDatabase,
    Look,
)
from dw_simulator.ports.sandbox import sandboxed
from dw_simulator.ports.tabular import Cell
from dw_simulator.ports.warehouse import OWN_TABLE
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import enum_text

_SCHEME = "duckdb://"
_FILE = "_dw_sim_file"
_USUAL = "main"
_HERE = f"database_name = '{_FILE}' AND schema_name = ?"
_TABLES = f"""
SELECT table_name, comment FROM duckdb_tables() WHERE {_HERE} AND table_name <> '{OWN_TABLE}' ORDER BY 1
"""
_VIEWS = f"SELECT view_name FROM duckdb_views() WHERE {_HERE} AND NOT internal ORDER BY 1"
_COLUMNS = f"""
SELECT table_name, column_name, data_type, is_nullable, column_default, generation_expression, comment
FROM duckdb_columns() WHERE {_HERE} ORDER BY table_name, column_index
"""
_CONSTRAINTS = f"""
SELECT table_name, constraint_type, constraint_column_names, expression, referenced_table,
       referenced_column_names
FROM duckdb_constraints() WHERE {_HERE} ORDER BY constraint_index
"""
_INDEXES = f"SELECT table_name, sql FROM duckdb_indexes() WHERE {_HERE} AND is_unique AND NOT is_primary"
_SEQUENCES = f"SELECT sequence_name, start_value, increment_by FROM duckdb_sequences() WHERE {_HERE}"
_NEXT = re.compile(r"nextval\('(?:[^']*\.)?\"?([^'\"]+)\"?'\)")
_KEY = re.compile(r'"(?:[^"]|"")+"|\w+')
_LISTED = re.compile(r"'((?:[^']|'')*)'")

Row = Sequence[Cell]


class DuckDbDatabase(LiveDatabase):
    """`duckdb:///absolute/path.duckdb`, or `duckdb://relative/path.duckdb`."""

    dialect = "duckdb"

    def __init__(self, url: str) -> None:
        path = Path(url.removeprefix(_SCHEME)).expanduser().absolute()
        if not url.startswith(_SCHEME) or not path.is_file():
            raise RequestError(f"there is no file {path}; write duckdb:///path/to/file.duckdb")
        self._path = path
        self.place, self.name = f"{_SCHEME}{path}", path.stem

    def look(self, asked: Look) -> FoundShapes:
        found = FoundShapes()
        with self._connected() as connection:
            known = [
                str(name)
                for (name,) in _rows(
                    connection,
                    f"""
                SELECT schema_name FROM duckdb_schemas() WHERE database_name = '{_FILE}' AND NOT internal""",
                )
            ]
            for schema in asked.schemas or (_USUAL,):
                if schema not in (*known, _USUAL):
                    raise UnknownNameError("schema", schema, known)
                read = _Schema(connection, schema)
                found.tables += read.tables(counted=asked.row_counts != "none")
                found.views += read.views()
            if not found.tables:
                where = ", ".join(asked.schemas or (_USUAL,))
                others = ", ".join(name for name in known if name not in where.split(", "))
                hint = f"; others are {others}: name one with --schema" if others else ""
                raise RequestError(f"{self.place}: there is no table in {where}{hint}")
        return found

    @contextmanager
    def _connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            # under a name of its own: by the file's, a schema of that name could not be told from it
            with duckdb.connect(":memory:", config=sandboxed()) as connection:
                connection.execute(f"ATTACH {quoted_text(str(self._path))} AS {_FILE} (READ_ONLY)")
                connection.execute(f"USE {_FILE}")
                yield connection
        except (duckdb.Error, OSError) as error:
            raise WarehouseError(f"{self.place}: {str(error).splitlines()[0]}") from None


class _Schema:
    """What DuckDB says of a schema's tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str) -> None:
        self._connection, self._schema = connection, schema
        self._columns = _by_table(self._asked(_COLUMNS))
        self._constraints = _by_table(self._asked(_CONSTRAINTS))
        self._indexes = _by_table(self._asked(_INDEXES))
        self._sequences = {
            str(name): (_whole(start), _whole(step)) for name, start, step in self._asked(_SEQUENCES)
        }

    def _asked(self, query: str) -> Sequence[Row]:
        return _rows(self._connection, query, self._schema)

    def tables(self, *, counted: bool) -> Iterator[FoundTable]:
        """Every table; counted: with its rows, of which DuckDB keeps the number."""
        for name, comment in self._asked(_TABLES):
            yield self._table(str(name), comment, counted=counted)

    def views(self) -> Iterator[str]:
        """The names of its views."""
        return (str(name) for (name,) in self._asked(_VIEWS))

    def _table(self, name: str, comment: Cell, *, counted: bool) -> FoundTable:
        said = defaultdict(list)
        for kind, columns, expression, parent, goals in self._constraints.get(name, ()):
            said[kind].append((_names(columns), expression, parent, _names(goals)))
        indexes = [_indexed(str(sql)) for (sql,) in self._indexes.get(name, ())]
        where = quoted_name(self._schema, name)
        return FoundTable(
            schema=self._schema,
            name=name,
            columns=[self._column(one) for one in self._columns[name]],
            primary_key=next((columns for columns, *_rest in said["PRIMARY KEY"]), ()),
            unique=[
                *(FoundKey(columns) for columns, *_rest in said["UNIQUE"]),
                *(FoundKey(columns) for columns in indexes if columns),
            ],
            references=[
                FoundForeignKey(columns, str(parent), goals)
                for columns, _expression, parent, goals in said["FOREIGN KEY"]
            ],
            checks=[str(expression) for _columns, expression, *_rest in said["CHECK"]],
            comment=_text(comment),
            rows=_whole(_rows(self._connection, f"SELECT count(*) FROM {where}")[0][0]) if counted else None,
        )

    def _column(self, told: Row) -> FoundColumn:
        name, kind, nullable, default, made, comment = told
        values = _values(str(kind))
        sequence = _NEXT.fullmatch(str(default or ""))
        return FoundColumn(
            name=str(name),
            type=str(kind),
            nullable=bool(nullable),
            nearest=enum_text(values) if values else "",
            values=values,
            default=None if made else _text(default),
            identity=self._sequences.get(sequence[1]) if sequence else None,
            made=_text(made),
            comment=_text(comment),
        )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, *values: str) -> Sequence[Row]:
    return connection.execute(query, values).fetchall()


def _by_table(rows: Sequence[Row]) -> Mapping[str, Sequence[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for name, *rest in rows:
        found[str(name)].append(rest)
    return found


def _indexed(sql: str) -> tuple[str, ...]:
    """The columns of `CREATE UNIQUE INDEX name ON table(a, "b c");`, none where it is of an expression."""
    listed = sql.rstrip("; ").rpartition("(")[2].removesuffix(")")
    parts = [part.strip() for part in listed.split(",")]
    if sql.count("(") != 1 or not all(_KEY.fullmatch(part) for part in parts):
        return ()
    return tuple(part[1:-1].replace('""', '"') if part.startswith('"') else part for part in parts)


def _values(kind: str) -> tuple[str, ...]:
    """The values of ENUM('a', 'b')."""
    return tuple(one.replace("''", "'") for one in _LISTED.findall(kind)) if kind.startswith("ENUM(") else ()


def _names(cell: Cell) -> tuple[str, ...]:
    return tuple(map(str, cell)) if isinstance(cell, list) else ()


def _text(cell: Cell) -> str | None:
    return None if cell is None else str(cell)


def _whole(cell: Cell) -> int:
    return int(str(cell))
