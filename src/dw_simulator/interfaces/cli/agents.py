"""`dw-sim mcp`: the use cases as tools for agents."""

import typer


def mcp() -> None:
    """Serve an agent: every use case is a tool of the Model Context Protocol, over standard input and output.

    An agent's program starts it; docs/agents.md says how it is told to. Files are written below
    DW_SIM_OUTPUT_ROOT alone, as by the HTTP API.
    """
    from dw_simulator.errors import RequestError  # noqa: PLC0415
    from dw_simulator.service import ExperimentService  # noqa: PLC0415 - imports NumPy

    try:
        from dw_simulator.interfaces.mcp.server import serve  # noqa: PLC0415 - needs an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise RequestError("dw-sim mcp needs the package mcp: pip install 'dw-simulator[mcp]'") from None
    typer.echo("Serving an agent over standard input and output; it ends with its input.", err=True)
    serve(ExperimentService())
