"""`dw-sim stack`: warehouses and a staging area of one's own, on this machine."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from dw_simulator.interfaces.cli.arguments import AsJson

Port = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Where to listen; as last time, or any that is free, when left out."),
]

app = typer.Typer(
    help="The local stack: PostgreSQL, S3 and Snowflake endpoints on 127.0.0.1, without Docker.",
    no_args_is_help=True,
)


def _home() -> Path:
    from dw_simulator.settings import load  # noqa: PLC0415 - imports pydantic

    return load().home.absolute()


def _tell(message: str) -> None:
    typer.echo(message, err=True)


@contextmanager
def _spinner(text: str) -> Iterator[None]:
    """Something that moves while we wait; nothing, without a terminal."""
    from rich.console import Console  # noqa: PLC0415

    with Console(stderr=True).status(text):
        yield


@app.command()
def up(
    postgres_port: Port = None, s3_port: Port = None, snowflake_port: Port = None, as_json: AsJson = False
) -> None:
    """Start what does not run yet, and print the variables that point at it: eval "$(dw-sim stack up)"."""
    from dw_simulator.interfaces.cli.output import show_json  # noqa: PLC0415
    from dw_simulator.stack import addresses, control  # noqa: PLC0415

    asked = {"postgres": postgres_port, "s3": s3_port, "snowflake": snowflake_port}
    with _spinner("Starting the local stack"):
        state = control.up(_home(), {name: port for name, port in asked.items() if port}, _tell)
    variables = addresses.variables(state, state.ports)
    if as_json:
        show_json(variables)
        return
    for name, value in variables.items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show how each service stands. The exit code is 0 if all of them run, else 1."""
    from dw_simulator.interfaces.cli.output import show_json, show_table  # noqa: PLC0415
    from dw_simulator.stack.control import status as look  # noqa: PLC0415

    found = look(_home())
    if as_json:
        show_json([service.__dict__ for service in found])
    else:
        rows = [
            (s.service, "running" if s.running else "stopped", s.address or "", s.pid or "", s.log)
            for s in found
        ]
        show_table(("service", "state", "address", "pid", "log"), rows, right=("pid",))
    if not all(service.running for service in found):
        raise typer.Exit(1)


@app.command()
def down(
    purge: Annotated[bool, typer.Option("--purge", help="Remove data, ports and password, too.")] = False,
) -> None:
    """Stop every service. What PostgreSQL and Snowflake hold stays; S3 forgets."""
    from dw_simulator.stack.control import down as stop  # noqa: PLC0415

    with _spinner("Stopping the local stack"):
        stop(_home(), purge=purge, tell=_tell)
