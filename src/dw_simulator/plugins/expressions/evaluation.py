"""DuckDB over Arrow batches: a database of its own in every thread, in memory, that reaches nothing outside.

A query is over a source that is read anew every time it runs; the batch in the source changes, the query
does not. A few rows, such as a plan tries, are asked by a prepared statement: 0.7 ms a call. Many rows are
asked by a relation, which DuckDB plans at each call, for 0.5 to 2 ms, but gives away without a copy.
"""

import atexit
import threading
import weakref
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from dw_simulator.ports.sandbox import SHUT, sandboxed
from dw_simulator.schema.json_data import Json

if TYPE_CHECKING:
    from typing_extensions import CapsuleType

_CONFIG = sandboxed(
    threads=1,
    max_memory="1GB",
    arrow_output_version="1.5",  # with views and decimals of 64 bits
    produce_arrow_string_view=True,
)
_OPTIMIZERS = {"expression_rewriter", "common_subexpressions"}
_SHOWN = 120
_FEW = 4096
"""Up to so many rows, a copy of what comes out costs less than planning the query once more."""
MOST_PREPARED = 256
"""So many queries stay prepared in a thread: more than one table has, and those of many tables are alike."""
_SHIFT = "CAST(4097.0 AS DOUBLE)"
_AWAY = "CAST(1.00000000000000088817841970012523 AS DOUBLE)"  # 1 + 2 ** -50
_SETTINGS = (
    "SET enable_progress_bar = false",
    "SET TimeZone = 'UTC'",
    "SET temp_directory = ''",
    # 41 of 53 binary digits, rounded by plain IEEE operations (T. J. Dekker, 1971): what differs between two
    # libraries of mathematics in the last digits is the same after that
    f"CREATE MACRO dw_sim_steady(x) AS x * {_SHIFT} - (x * {_SHIFT} - x)",
    # 64.71 / 2 is 32.35499... in binary: a few units of its last place further from zero it is rounded as a
    # decimal is. Not where that many digits are meant.
    f"CREATE MACRO dw_sim_away(x, most) AS CASE WHEN abs(x) < most THEN x * {_AWAY} ELSE x END",
    *SHUT,
)
STEADY = "dw_sim_steady"
"""A macro that rounds what comes from the machine's library of mathematics."""
AWAY = "dw_sim_away"
"""A macro that makes halves of what are halves as decimals, for numbers below a greatest one."""


@dataclass(frozen=True)
class Query:
    """A SELECT of one column from a source whose name stands between its two halves.

    Queries of one text are prepared once, whichever columns they are for.
    """

    before: str
    after: str

    def over(self, name: str) -> str:
        return f'{self.before}"{name}"{self.after}'


class _Source:
    """What DuckDB reads anew each time: the batch that is there at the moment."""

    def __init__(self, schema: pa.Schema) -> None:
        self.schema, self.batch = schema, None

    def __arrow_c_schema__(self) -> "CapsuleType":
        capsule: CapsuleType = self.schema.__arrow_c_schema__()
        return capsule

    def __arrow_c_stream__(self, requested_schema: "CapsuleType | None" = None) -> "CapsuleType":
        batches: list[pa.RecordBatch] = [] if self.batch is None else [self.batch]
        reader = pa.RecordBatchReader.from_batches(self.schema, batches)
        capsule: CapsuleType = reader.__arrow_c_stream__(requested_schema)
        return capsule


class _Prepared:
    """A query over its source, in one database."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, name: str, query: Query, schema: pa.Schema
    ) -> None:
        self.source = _Source(schema)
        self.connection, self.name, self.sql = connection, name, query.over(name)
        self.is_prepared = False
        connection.register(name, self.source)

    @cached_property
    def relation(self) -> duckdb.DuckDBPyRelation:
        return self.connection.sql(self.sql)

    def run(self, batch: pa.RecordBatch) -> pa.Array:
        self.source.batch = batch
        try:
            made = self._few() if len(batch) <= _FEW else self.relation.to_arrow_table()
        finally:
            self.source.batch = None
        column = made.column(0)
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()

    def _few(self) -> pa.Table:
        if not self.is_prepared:
            self.connection.execute(f'PREPARE "{self.name}" AS {self.sql}')
            self.is_prepared = True
        return self.connection.sql(f'EXECUTE "{self.name}"').to_arrow_table()

    def close(self) -> None:
        if self.is_prepared:
            self.connection.execute(f'DEALLOCATE PREPARE "{self.name}"')
        self.connection.unregister(self.name)


class _Database:
    """DuckDB as one thread has it."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:", config=_CONFIG)
        for statement in (self._optimizers(), *_SETTINGS):
            self.connection.execute(statement).fetchall()
        self._prepared: OrderedDict[tuple[Query, pa.Schema], _Prepared] = OrderedDict()
        self._count = 0

    def _optimizers(self) -> str:
        """A projection has nothing to optimize but its expressions; looking for more costs as much again."""
        optimizers = self.connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()
        needless = [name for (name,) in optimizers if name not in _OPTIMIZERS]
        return f"SET disabled_optimizers = '{','.join(needless)}'"

    def prepared(self, query: Query, schema: pa.Schema) -> _Prepared:
        found = self._prepared.get((query, schema))
        if found is not None:
            self._prepared.move_to_end((query, schema))
            return found
        while len(self._prepared) >= MOST_PREPARED:
            self._prepared.popitem(last=False)[1].close()
        self._count += 1
        made = _Prepared(self.connection, f"dw_sim_source_{self._count}", query, schema)
        self._prepared[query, schema] = made
        return made

    def close(self) -> None:
        self._prepared.clear()
        self.connection.close()


class _Local(threading.local):
    """Of each thread its own, opened when it first asks."""

    database: _Database | None = None


_thread = _Local()
_open: weakref.WeakSet[_Database] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for database in list(_open):
        database.close()


def _database() -> _Database:
    if _thread.database is None:
        _thread.database = _Database()
        _open.add(_thread.database)
    return _thread.database


def evaluate(query: Query, batch: pa.RecordBatch) -> pa.Array:
    """The query's column, a value for each row of the batch. Raises duckdb.Error."""
    return _database().prepared(query, batch.schema).run(batch)


def type_of(query: Query, schema: pa.Schema) -> str:
    """The type of a query's column, as DuckDB writes it, without a row being read. Raises duckdb.Error."""
    return str(_database().prepared(query, schema).relation.types[0]).strip('"')


def ask(sql: str, *parameters: str) -> Json:
    """What DuckDB answers about a text: one value."""
    answer: Json
    ((answer,),) = _database().connection.execute(sql, list(parameters)).fetchall()
    return answer


def told(error: duckdb.Error) -> str:
    """What DuckDB says, in one line, without what it advises to set."""
    line = str(error).splitlines()[0]
    for advice in (". Use ", ' Use "SET', " You might need"):
        line = line.partition(advice)[0]
    return line


def shown(sql: str) -> str:
    """An expression as an error names it."""
    text = " ".join(sql.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
