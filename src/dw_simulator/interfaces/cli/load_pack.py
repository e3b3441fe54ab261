"""`dw-sim experiment load-pack`."""

from typing import Annotated

import typer

from dw_simulator.interfaces.cli.arguments import AsJson, Name
from dw_simulator.interfaces.cli.row_counts import parse_names


def load_pack(
    name: Name,
    dialect: Annotated[
        str, typer.Option(help="Whose warehouse: redshift, or several, redshift,snowflake.")
    ] = "all",
    run_id: Annotated[int | None, typer.Option(help="The newest complete run when left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write load/ beside the files of a run: scripts that take them into a warehouse."""
    from dw_simulator.interfaces.cli.output import show_json, show_line  # noqa: PLC0415
    from dw_simulator.service import ExperimentService  # noqa: PLC0415

    files = ExperimentService().add_load_pack(name, parse_names(dialect), run_id)
    if as_json:
        show_json({"files": files})
        return
    for file in files:
        show_line(file)
