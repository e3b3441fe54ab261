"""DuckDB inside this process: a database of its own for each query, in memory, with a view for each table."""

import math
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import duckdb
import pyarrow as pa

from dw_simulator.adapters.complaints.duckdb_errors import query_error, sql_error
from dw_simulator.adapters.queries import results
from dw_simulator.adapters.queries.result_pieces import pieces, write
from dw_simulator.adapters.queries.statements import ReadableTables, check
from dw_simulator.errors import DwSimError, QueryError, RequestError
from dw_simulator.ports.answers import Answer, Attached, ColumnType, TableSource
from dw_simulator.ports.manifest import FILE_NAME
from dw_simulator.ports.sandbox import SHUT, sandboxed
from dw_simulator.ports.statement import Statement
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name, quoted_text

_BATCH_ROWS = 2048  # a batch of long texts is held as a whole
_PROBE = "EXPLAIN "
_POLL_SECONDS = 0.05
_SOURCE = "_dw_sim_source_"
_ATTACHED = "_dw_sim_file"
_CONFIG = sandboxed(errors_as_json=True, max_memory="2GB", max_temp_directory_size="20GB")
# what a setting would show, should a query ever get there: a proxy's password, a user's name
_CONCEALED = {"http_proxy": "", "secret_directory": "/nonexistent", "TimeZone": "UTC"}
_OF_DUCKDB = ("information_schema", "pg_catalog")
_GLOB = frozenset("*?[]{}")

_Found = TypeVar("_Found")


class EmbeddedQuery(Answer):
    """The answer to one query.

    All that DuckDB does happens in a thread of its own, so that whoever waits can be interrupted.
    """

    def __init__(
        self,
        statement: Statement,
        tables: Mapping[str, TableSource],
        *,
        schema: str,
        limit: int | None = None,
        seconds: float | None = None,
    ) -> None:
        self._limit, self._seconds, self.began = limit, seconds, time.monotonic()
        self._files = [path for files in tables.values() if isinstance(files, list) for path in files]
        self._statement = statement
        self.count, self.size, self.truncated, self._stopped = 0, 0, False, False
        self.held = ExitStack()
        self._held = ExitStack()
        self._spill = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="dw-sim-query-")))
        self._connection = self._held.enter_context(duckdb.connect(":memory:", config=_CONFIG))
        self._thread = ThreadPoolExecutor(1, "dw-sim-query")
        schema = "main" if schema.lower() in _OF_DUCKDB else schema
        try:
            self._wait(lambda: self._open(tables, schema))
            self._relation = self._wait(lambda: self._bound(statement, ReadableTables(tables, schema)))
            types = [str(type_).strip('"') for type_ in self._relation.types]
            names = results.distinct(statement.labelled(self._relation.columns))
            self.columns: Sequence[ColumnType] = [
                ColumnType(*pair) for pair in zip(names, types, strict=True)
            ]
        except BaseException:
            self.close()
            raise

    # --- the sandbox

    def _open(self, tables: Mapping[str, TableSource], schema: str) -> None:
        """The views, and then no way out: nothing but their files can be opened from here on."""
        run = self._connection.execute
        run("SET enable_progress_bar = false")
        for name, value in _CONCEALED.items():
            run(f"SET {name} = {quoted_text(value)}")
        run(f"SET temp_directory = {quoted_text(str(self._spill / 'spill'))}")
        run(f"CREATE SCHEMA IF NOT EXISTS {quoted_name(schema)}")
        run(f"SET schema = {quoted_text(quoted_name(schema))}")
        paths: list[str] = []
        for number, (name, files) in enumerate(tables.items()):
            if isinstance(files, Attached):
                run(f"ATTACH IF NOT EXISTS {quoted_text(files.path)} AS {_ATTACHED} (READ_ONLY)")
                run(f"CREATE VIEW {quoted_name(name)} AS FROM {_ATTACHED}.{quoted_name(files.schema, name)}")
                continue
            if not isinstance(files, list):
                self._connection.register(f"{_SOURCE}{number}", files)
                run(f"CREATE VIEW {quoted_name(name)} AS FROM {_SOURCE}{number}")
                continue
            readable = [self._readable(path) for path in files]
            run(f"CREATE VIEW {quoted_name(name)} AS FROM {_files(readable)}")
            paths += readable
        run(f"SET allowed_paths = [{', '.join(map(quoted_text, paths))}]")
        for statement in SHUT:
            run(statement)

    def _readable(self, path: Path) -> str:
        """A file's path as DuckDB takes it: through a link where it would read the path as a pattern."""
        if not _GLOB & set(str(path)):
            return str(path)
        link = self._spill / f"{len(list(self._spill.iterdir()))}.parquet"
        link.symlink_to(path)
        return str(link)

    def _bound(self, statement: Statement, reach: ReadableTables) -> duckdb.DuckDBPyRelation:
        check(self._connection, statement, reach)
        try:
            return self._connection.sql(statement.sql)
        except duckdb.OperationalError:
            raise
        except duckdb.Error as error:
            raise self._placed(statement) or sql_error(error, statement) from None

    def _placed(self, statement: Statement) -> DwSimError | None:
        """DuckDB tells where an unknown name stands only when it is made to execute."""
        if statement.sql.lstrip().upper().startswith("EXPLAIN"):
            return None
        try:
            self._connection.execute(_PROBE + statement.sql)
        except duckdb.Error as error:
            return sql_error(error, statement, len(_PROBE))
        return None

    # --- reading

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self._read(results.native)

    def rows(self) -> Iterator[JsonObject]:
        for batch in self._read(results.plain):
            yield from results.rows(batch, self.columns)

    def csv(self) -> Iterator[bytes]:
        return results.csv(self._read(results.plain), self.columns)

    def json_lines(self) -> Iterator[bytes]:
        return results.json_lines(self._read(results.plain), self.columns)

    def pieces(self, format_name: str) -> Iterator[bytes]:
        return pieces(self, format_name)

    def write(self, path: Path, format_name: str | None = None) -> None:
        place = path.resolve()
        tables = {file.resolve().parent for file in self._files}
        if place.parent in tables or (place.name == FILE_NAME and place.parent in {t.parent for t in tables}):
            raise RequestError(f"{path} lies among the files of the run; choose another place")
        write(self, path, format_name)

    def _read(self, shape: results.Projection) -> Iterator[pa.RecordBatch]:
        relation = self._relation
        if self._limit is not None:
            relation = relation.limit(self._limit + 1)
        names = [column.name for column in self.columns]
        reader = self._wait(lambda: shape(relation).to_arrow_reader(_BATCH_ROWS))
        batch = self._wait(lambda: next(reader, None)) or pa.RecordBatch.from_pylist([], reader.schema)
        while batch is not None:
            yield self._cut(batch).rename_columns(names)
            batch = self._wait(lambda: next(reader, None))

    def _cut(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows of a batch that are within the limit."""
        left = batch.num_rows if self._limit is None else self._limit - self.count
        self.truncated = self.truncated or batch.num_rows > left
        kept = batch.slice(0, left)
        self.count += kept.num_rows
        self.size += kept.nbytes
        return kept

    def _wait(self, job: Callable[[], _Found]) -> _Found:
        """What DuckDB comes to in its thread. Raises QueryError where it fails or the time is up."""
        future = self._thread.submit(job)
        # by turns: a signal that another thread caught does not wake a wait without end
        while wait([future], min(_POLL_SECONDS, max(self._left(), 0))).not_done:
            if self._left() <= 0:
                raise QueryError(f"the query took longer than {self._seconds:g} seconds; ask for less")
        try:
            return future.result()
        except (duckdb.Error, pa.ArrowException, OSError) as error:  # Arrow wraps what comes up in a stream
            if self._stopped:
                raise QueryError("the query was stopped") from None
            raise query_error(error, self._statement) from None

    def _left(self) -> float:
        """How many seconds the query may still take."""
        return math.inf if self._seconds is None else self.began + self._seconds - time.monotonic()

    # --- the end

    def stop(self) -> None:
        self._stopped = True
        self._connection.interrupt()

    def close(self) -> None:
        last = self._thread.submit(lambda: None)
        while wait([last], _POLL_SECONDS).not_done:
            self.stop()  # more than once, as the thread may have been about to begin
        self._thread.shutdown()
        self._held.close()
        self.held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _files(paths: Sequence[str]) -> str:
    """The files of a table, as what stands after FROM."""
    return f"read_parquet([{', '.join(map(quoted_text, paths))}], hive_partitioning = false)"
