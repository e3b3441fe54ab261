"""A connection to the store's database: SQLite or PostgreSQL, brought up to date when it is opened."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from dw_simulator.adapters.stores.relational import REVISION, metadata
from dw_simulator.adapters.stores.schema_lock import one_at_a_time
from dw_simulator.errors import StoreError

# the guard against two runs of one experiment is a partial unique index, which not every database has
_BACKENDS = ("sqlite", "postgresql")
BUSY_MILLISECONDS = 10_000
_REVISIONS = """CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"""
"""The table in which Alembic looks for how far a database has come."""


class Database:
    """The database behind a URL. Raises StoreError, with what to check, for all that fails."""

    def __init__(self, url: str) -> None:
        self.url = url
        with self.explained():
            parsed = make_url(url)
            backend = parsed.get_backend_name()
            if backend not in _BACKENDS:
                raise StoreError(f"the experiment store runs on SQLite or PostgreSQL, not on {backend}")
            if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
                Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(parsed)
            if backend == "sqlite":
                event.listen(self.engine, "connect", _set_sqlite_pragmas)
            self._migrate()
            self._file = self._found()

    def _found(self) -> tuple[int, int] | None:
        """What tells SQLite's file from another one in its place."""
        url = self.engine.url
        if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
            return None
        found = Path(str(url.database)).stat()
        return found.st_dev, found.st_ino

    def _check_file(self) -> None:
        """An open connection goes on with a file that was removed: nothing that it records would last."""
        if self._file is not None and self._found() != self._file:
            raise FileNotFoundError(f"{self.engine.url.database} was replaced while it was in use")

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    def _migrate(self) -> None:
        """Bring the tables up to date; a new database gets those of today, without Alembic."""
        if self._revision() == REVISION or self._created():
            return
        from dw_simulator.adapters.stores.migrate import upgrade  # noqa: PLC0415 - Alembic is slow to import

        upgrade(self.engine)

    def _revision(self) -> str | None:
        """Of the tables that there are; None where there are none, or none of this program."""
        with self.engine.connect() as connection, suppress(OperationalError, ProgrammingError):
            found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            return found
        return None

    def _created(self) -> bool:
        """Whether there was nothing there, and the tables were made just now."""
        with self.engine.begin() as connection:
            one_at_a_time(connection)
            if inspect(connection).has_table("alembic_version"):
                return False
            metadata.create_all(connection, checkfirst=False)
            connection.exec_driver_sql(_REVISIONS)
            connection.execute(text("INSERT INTO alembic_version VALUES (:now)"), {"now": REVISION})
            return True

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Errors of the database in this project's words."""
        try:
            yield
        except (SQLAlchemyError, ArgumentError, OSError, ImportError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else None
            reason = str(cause or error).splitlines()[0]
            where = without_secrets(self.url)
            message = f"the experiment store {where} fails: {reason}; check DW_SIM_STORE_URL and DW_SIM_HOME"
            raise StoreError(message) from error

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, rolled back by an error."""
        with self.explained():
            self._check_file()
            with self.engine.begin() as connection:
                yield connection


def _set_sqlite_pragmas(connection: SqliteConnection, _record: ConnectionPoolEntry) -> None:
    """Enforce foreign keys, and let readers and a writer of several processes get along."""
    wait = f"busy_timeout={BUSY_MILLISECONDS}"
    for pragma in ("foreign_keys=ON", wait, "journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def without_secrets(url: str) -> str:
    """The URL without its secrets: no password, and nothing of what follows a question mark."""
    try:
        return make_url(url).set(query={}).render_as_string(hide_password=True)
    except ArgumentError:
        return "(a URL that cannot be read)"
