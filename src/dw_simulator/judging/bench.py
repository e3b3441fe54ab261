"""DuckDB as the judge uses it: tables by number, columns by number, so that no name from outside is SQL."""

import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np

from dw_simulator.errors import QueryError
from dw_simulator.ports.answers import Attached, TableSource
from dw_simulator.ports.sandbox import SHUT, sandboxed
from dw_simulator.schema.quoting import quoted_name, quoted_text

Row = tuple[Any, ...]

_GLOB = frozenset("*?[]{}")
_CONFIG = sandboxed(max_memory="4GB", max_temp_directory_size="50GB", preserve_insertion_order=False)


class Bench:
    """A database in memory that holds the tables, and nothing else.

    seconds  how long all of it may take; DuckDB is interrupted then
    tell     told what is being done
    """

    def __init__(self, seconds: float | None, tell: Callable[[str], None]) -> None:
        self.notes: list[str] = []
        self.tell = tell
        self.late = False
        self._held = ExitStack()
        self._spill = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="dw-sim-judge-")))
        self._connection = self._held.enter_context(duckdb.connect(":memory:", config=_CONFIG))
        for setting in ("enable_progress_bar = false", "TimeZone = 'UTC'", "threads = 2"):
            self._connection.execute(f"SET {setting}")
        self._connection.execute(f"SET temp_directory = {quoted_text(str(self._spill / 'spill'))}")
        self._timer = threading.Timer(seconds, self._stop) if seconds else None
        if self._timer:
            self._timer.daemon = True
            self._timer.start()
            self._held.callback(self._timer.cancel)

    def _stop(self) -> None:
        self.late = True
        self._connection.interrupt()

    def attach(self, tables: Mapping[str, TableSource]) -> dict[str, str]:
        """A view of each table, by its name; what cannot be read is left out, with a note."""
        try:
            return self._attached(tables)
        except duckdb.InterruptException:
            if self.late:
                return {}
            raise

    def _attached(self, tables: Mapping[str, TableSource]) -> dict[str, str]:
        paths: list[str] = []
        made: dict[str, str] = {}
        for number, (name, source) in enumerate(tables.items()):
            view = f"raw{number}"
            try:
                self._connection.execute(f"CREATE VIEW {view} AS FROM {self._from(number, source, paths)}")
                self._connection.execute(f"SELECT count(*) FROM {view}").fetchall()
            except duckdb.InterruptException:
                raise
            except (duckdb.Error, OSError) as error:
                self.notes.append(f"{name} cannot be read: {_first_line(error)}")
                continue
            made[name] = view
        self._connection.execute(f"SET allowed_paths = [{', '.join(map(quoted_text, paths))}]")
        for statement in SHUT:
            self._connection.execute(statement)
        return made

    def _from(self, number: int, source: TableSource, paths: list[str]) -> str:
        if isinstance(source, Attached):
            raise QueryError(f"{source.path} is no Parquet")
        if not isinstance(source, list):
            self._connection.register(f"source{number}", source)
            return f"source{number}"
        readable = [self._readable(path) for path in source]
        paths += readable
        files = ", ".join(map(quoted_text, readable))
        return f"read_parquet([{files}], hive_partitioning = false, union_by_name = true)"

    def _readable(self, path: Path) -> str:
        """A path as DuckDB takes it: through a link where it would be read as a pattern."""
        if not _GLOB & set(str(path)):
            return str(path)
        link = self._spill / f"{len(list(self._spill.iterdir()))}.link"
        link.symlink_to(path.resolve())
        return str(link)

    def types(self, view: str) -> list[tuple[str, str]]:
        """The columns of a view, and their types."""
        found = self.rows(f"DESCRIBE {view}") or []
        return [(str(row[0]), str(row[1])) for row in found]

    def rows(self, sql: str, about: str = "") -> list[Row]:
        """The rows of a query; none, with a note, where it fails or the time is up."""
        if self.late:
            return []
        try:
            return self._connection.execute(sql).fetchall()
        except duckdb.Error as error:
            if not self.late:
                self.notes.append(f"{about or 'something'} could not be looked at: {_first_line(error)}")
            return []

    def run(self, sql: str) -> bool:
        """Whether a statement went through."""
        if self.late:
            return False
        try:
            self._connection.execute(sql)
        except duckdb.Error as error:
            self.notes.append(f"something could not be looked at: {_first_line(error)}")
            return False
        return True

    def arrays(self, columns: Sequence[str], rest: str) -> dict[str, Any]:
        """Columns of a query as NumPy arrays of floats, NaN where NULL."""
        if self.late or not columns:
            return {}
        wanted = ", ".join(f"CAST({sql} AS DOUBLE) AS f{i}" for i, sql in enumerate(columns))
        try:
            found = self._connection.execute(f"SELECT {wanted} {rest}").fetchnumpy()
        except duckdb.Error as error:
            self.notes.append(f"something could not be looked at: {_first_line(error)}")
            return {}
        return {
            sql: np.ma.filled(np.ma.asarray(found[f"f{i}"]).astype(float), np.nan)
            for i, sql in enumerate(columns)
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()


def quoted(name: str) -> str:
    """A name of the data as an identifier."""
    return quoted_name(name)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:300]
