"""A copy of a run's tables in a DuckDB file, on which statements can be tried.

It says itself what it is of, in a schema that no statement reaches. A file that does not is left alone.
"""

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dw_simulator.errors import OutputError, QueryError, RequestError
from dw_simulator.ports.answers import TableSource
from dw_simulator.ports.changes import CopyOf, NewCopy
from dw_simulator.ports.sandbox import sandboxed
from dw_simulator.schema.quoting import quoted_name, quoted_text

FILE = "_dw_sim_file"
"""What the file is called within DuckDB, where a schema may have the name that the file itself has."""
_OWN = f"{FILE}._dw_sim.scratch_copy"
_OPEN = re.compile(r"lock|already attached|unique file handle|different configuration", re.IGNORECASE)
_NEXT = re.compile(r"""nextval\('(.+)'\)""", re.IGNORECASE)
_SCAN = "_dw_sim_source"


def there(copy: Path, origin: CopyOf) -> None:
    """Make a copy where there is none, and see that it is of what is asked for.

    Raises RequestError for any other file, which stays as it is.
    """
    if not os.path.lexists(copy):
        _make(copy, origin)
    _check(copy, origin)


def _make(copy: Path, origin: CopyOf) -> None:
    """A new copy: made beside its place, and moved there when it is whole."""
    new = origin.made()
    beside = copy.with_name(f".{copy.name[:100]}.{secrets.token_hex(4)}")
    try:
        with _opened(beside) as connection:
            _fill(connection, new, origin)
        os.link(beside, copy)  # which takes nobody's place
    except FileExistsError:
        pass  # somebody else was as quick
    except (duckdb.Error, OSError) as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = (
            "the disk is full" if full else getattr(error, "strerror", None) or str(error).splitlines()[0]
        )
        raise OutputError(f"{copy} cannot be made: {reason}; nothing was left there") from None
    finally:
        for one in (beside, beside.with_name(f"{beside.name}.wal")):
            one.unlink(missing_ok=True)


def _fill(connection: duckdb.DuckDBPyConnection, new: NewCopy, origin: CopyOf) -> None:
    run = connection.execute
    run("BEGIN")
    for statement in new.ddl:
        run(statement)
    for name, source in new.tables.items():
        rows = _rows(connection, source)
        run(f"INSERT INTO {quoted_name(name)} BY NAME SELECT * FROM {rows}")
    _count_on(connection)
    run("CREATE SCHEMA _dw_sim")
    run(f"CREATE TABLE {_OWN} (experiment VARCHAR, owner VARCHAR, run_id BIGINT)")
    run(f"INSERT INTO {_OWN} VALUES (?, ?, ?)", [origin.experiment, origin.owner, new.run_id])
    run("COMMIT")


def _rows(connection: duckdb.DuckDBPyConnection, source: TableSource) -> str:
    """What stands after FROM for a table's rows."""
    if isinstance(source, list):
        files = ", ".join(quoted_text(re.sub(r"([*?\[])", r"[\1]", str(path))) for path in source)
        return f"read_parquet([{files}], hive_partitioning = false)"
    connection.register(_SCAN, source)
    return _SCAN


def _count_on(connection: duckdb.DuckDBPyConnection) -> None:
    """Columns that count go on behind the rows that are there."""
    columns = connection.execute(
        "SELECT table_name, column_name, column_default FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    for table, column, default in columns:
        sequence = _NEXT.search(str(default))
        if sequence is not None:
            last = f"(SELECT max({quoted_name(column)}) FROM {quoted_name(table)})"
            connection.execute(f"SELECT setval('{sequence[1]}', {last}) WHERE {last} IS NOT NULL")


def _check(copy: Path, origin: CopyOf) -> None:
    """Raises RequestError for a file that is no copy of what is asked for."""
    told = f"{copy} is no scratch copy of {origin.experiment}"
    mend = "it was left alone; name another file"
    if not copy.is_file():
        raise RequestError(f"{told}; {mend}")
    try:
        with _opened(copy, " (READ_ONLY)") as connection:
            (found,) = connection.execute(f"SELECT experiment, owner, run_id FROM {_OWN}").fetchall()
    except (duckdb.CatalogException, duckdb.BinderException, ValueError):
        raise RequestError(f"{told}, but somebody else's database; {mend}") from None
    except duckdb.Error as error:
        refuse_if_open(copy, error)
        raise RequestError(f"{told}, and no DuckDB file that can be read; {mend}") from None
    experiment, owner, run_id = found
    if (experiment, owner) != (origin.experiment, origin.owner):
        version = " as it was before it was made anew" if experiment == origin.experiment else ""
        raise RequestError(f"{copy} is a scratch copy of {experiment}{version}; {mend}")
    if origin.run_id not in (None, run_id):
        raise RequestError(f"{copy} is a scratch copy of run {run_id}, not {origin.run_id}; {mend}")


def refuse_if_open(copy: Path, error: duckdb.Error) -> None:
    """Raises QueryError where a file could not be opened as somebody else has it."""
    if _OPEN.search(str(error)):
        raise QueryError(
            f"{copy} is in use by another query or program; try again when it has ended"
        ) from None


@contextmanager
def _opened(path: Path, options: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:", config=sandboxed()) as connection:
        connection.execute(f"ATTACH {quoted_text(str(path.absolute()))} AS {FILE}{options}")
        connection.execute(f"USE {FILE}")
        yield connection
