"""SQLite: a file, opened so that nothing can be written to it."""

import sqlite3
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, Engine
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.pool import NullPool

from dw_simulator.adapters.databases.inspected import InspectedDatabase, Key, is_whole_key
from dw_simulator.errors import RequestError
from dw_simulator.ports.live_database import FoundKey

_STEPS = 100_000
"""So many instructions of its machine are done between two looks at the clock."""
_TYPES = """
SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table'
"""


class SqliteDatabase(InspectedDatabase):
    """`sqlite:///relative/path.db`, or `sqlite:////absolute/path.db`."""

    driver = "sqlite"
    packages = "sqlalchemy"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        path = self._url.database
        if not path or path == ":memory:":
            raise RequestError("the URL names no SQLite file; write sqlite:///path/to/file.db")
        self._path = Path(path).expanduser().absolute()
        if not self._path.is_file():
            raise RequestError(f"there is no file {self._path}")
        self.name = self._path.stem

    def engine(self, url: URL, seconds: float) -> Engine:
        return create_engine(url.set(query={}), poolclass=NullPool, creator=partial(self._open, seconds))

    def _open(self, seconds: float) -> sqlite3.Connection:
        connection = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, timeout=seconds)
        end = time.monotonic() + seconds
        connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        return connection

    def types(self, connection: Connection, schema: str) -> Mapping[tuple[str, str], str]:  # noqa: ARG002
        """As they were written: SQLite takes any word for a type."""
        return {
            (str(table), str(column)): str(kind) for table, column, kind in connection.execute(text(_TYPES))
        }

    def keys(self, inspector: Inspector, schema: str) -> Mapping[Key, Sequence[FoundKey]]:
        """Each has an index; SQLAlchemy finds few of the constraints, which it reads from the statement."""
        indexes = inspector.get_multi_indexes(schema=schema, include_auto_indexes=True)
        return {
            key: [FoundKey(tuple(map(str, one["column_names"]))) for one in found if is_whole_key(one)]
            for key, found in indexes.items()
        }
