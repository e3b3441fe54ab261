"""The process of the stack's Snowflake: fakesnow's server with its databases in files, and shut in with them.

fakesnow's own command line keeps the databases of its server in memory. And in whatever SQL it is sent, the
DuckDB behind it would read and write any file of the machine: here it opens none but those of one directory,
which has the databases, what was PUT on stages, and what does not fit in memory.
"""

import resource
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import uvicorn
from snowflake.connector.errors import ProgrammingError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dw_simulator.ports.sandbox import SHUT, sandboxed
from dw_simulator.schema.quoting import quoted_text

_SCRATCH = "scratch"
_PROCESS_BYTES = 8 << 30
"""The most memory of the process: of what DuckDB takes, its own limit does not count long texts."""


def shut_in(connection: duckdb.DuckDBPyConnection, directory: Path) -> None:
    """Let a database reach nothing but a directory, and bound what it takes of memory and disk."""
    spilled = str(directory / _SCRATCH / "spilled")
    settings = sandboxed(max_memory="2GB", max_temp_directory_size="20GB", temp_directory=spilled)
    for name, value in settings.items():
        connection.execute(f"SET GLOBAL {name} = {quoted_text(str(value))}")
    connection.execute(f"SET GLOBAL allowed_directories = [{quoted_text(f'{directory}/')}]")
    for last in SHUT:
        connection.execute(last)


def bound_memory() -> None:
    """Let what asks for too much fail by itself, before others on the machine do."""
    _now, most = resource.getrlimit(resource.RLIMIT_DATA)
    bytes_ = _PROCESS_BYTES if most == resource.RLIM_INFINITY else min(_PROCESS_BYTES, most)
    resource.setrlimit(resource.RLIMIT_DATA, (bytes_, most))


def let_cancel(server: ModuleType) -> None:
    """End a statement when its client asks for that, which fakesnow only says it has done."""

    def cancel(request: Request) -> Response:
        server.to_conn(server.to_token(request))._duck_conn.interrupt()
        return JSONResponse({"success": True})

    server.app.router.routes.insert(0, Route("/queries/v1/abort-request", cancel, methods=["POST"]))
    cursor = server.FakeSnowflakeCursor
    cursor.execute = _cancelled_as_snowflake_says(cursor.execute)


def _cancelled_as_snowflake_says(execute: Callable[..., Any]) -> Callable[..., Any]:
    """An answer that clients know; of any other they ask once more."""

    @wraps(execute)
    def executing(*arguments: Any, **named: Any) -> Any:
        try:
            return execute(*arguments, **named)
        except duckdb.InterruptException:
            raise ProgrammingError(msg="SQL execution canceled", errno=604, sqlstate="57014") from None

    return executing


def serve(host: str, port: int, directory: Path) -> None:
    """Answer until the process is ended. What is on stages does not outlive it."""
    bound_memory()
    scratch = directory / _SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)  # of a server that was killed
    scratch.mkdir()
    tempfile.tempdir = str(scratch)  # fakesnow makes a directory for its stages, there, as it is imported
    server = import_module("fakesnow.server")  # `fakesnow.server` is a function, too
    snow = server.FakeSnow(db_path=directory)
    shut_in(snow.duck_conn, directory)
    # a login may ask for databases elsewhere, which another DuckDB would open: it gets those that are here
    vars(server).update(shared_fs=snow, FakeSnow=lambda **_elsewhere: snow)
    let_cancel(server)
    uvicorn.run(server.app, host=host, port=port, timeout_graceful_shutdown=2)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]).resolve())
