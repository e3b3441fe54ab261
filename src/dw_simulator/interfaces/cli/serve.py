"""`dw-sim api`: the HTTP server."""

import ipaddress
import os
from typing import Annotated

import typer

from dw_simulator.interfaces.cli.narration import warn


def api(
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Server processes, all on one store.")] = 1,
    token: Annotated[
        str | None,
        typer.Option(envvar="DW_SIM_API_TOKEN", show_envvar=True, help="The bearer token to require."),
    ] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Start again when the code changes.")] = False,
) -> None:
    """Serve the HTTP API, with its documentation at /docs."""
    import uvicorn  # noqa: PLC0415

    from dw_simulator.settings import load  # noqa: PLC0415

    if token:
        os.environ["DW_SIM_API_TOKEN"] = token  # for the processes that serve
    _warn(host, token or load().api_token.get_secret_value())
    where = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    typer.echo(f"Serving on {where}, documented at {where}/docs", err=True)
    uvicorn.run(
        "dw_simulator.api:app",
        host=host,
        port=port,
        workers=workers,
        reload=reload,
        http="dw_simulator.interfaces.rest.protocol:PromptProtocol",
        log_level="warning",
        timeout_graceful_shutdown=15,
    )


def _warn(host: str, token: str | None) -> None:
    """Say who can reach the server, where that is more than this machine."""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        who = "whoever has the token" if token else "ANYONE, as no --token is set"
        warn([f"listening beyond this machine, at {host}: it serves {who}"])
