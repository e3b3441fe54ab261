"""`dw-sim experiment load`."""

from typing import TYPE_CHECKING, Annotated

import typer

from dw_simulator.interfaces.cli.arguments import AsJson, Name
from dw_simulator.interfaces.cli.narration import warn

if TYPE_CHECKING:
    from dw_simulator.ports.warehouse import LoadSummary


def load(
    name: Name,
    run_id: Annotated[int | None, typer.Option(help="The newest complete run when left out.")] = None,
    to: Annotated[
        str | None, typer.Option(help="duckdb:///path/to/file, postgresql://…, snowflake://…")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load what a run has made into a warehouse: every table, or none.

    Without --to it is the configured warehouse of the experiment's target: a DuckDB file in the home,
    DW_SIM_REDSHIFT_URL or DW_SIM_SNOWFLAKE_URL. The tables go into a schema with the experiment's name.
    """
    from dw_simulator.interfaces.cli.output import show_json, show_table  # noqa: PLC0415
    from dw_simulator.interfaces.cli.progress_bar import run_display  # noqa: PLC0415
    from dw_simulator.service import ExperimentService  # noqa: PLC0415

    with run_display() as display:
        loaded = ExperimentService().load(name, run_id, to=to, watch=display)
    if as_json:
        show_json({**loaded.__dict__, "rows": loaded.rows})
        return
    show_table(
        ("table", "rows"), [(table, f"{n:,}") for table, n in loaded.row_counts.items()], right=("rows",)
    )
    show_load(loaded)


def show_load(loaded: "LoadSummary") -> None:
    """Print where tables were loaded."""
    from dw_simulator.interfaces.cli.output import show_line  # noqa: PLC0415

    warn(loaded.warnings)
    speed = loaded.rows / loaded.seconds
    show_line(f"{loaded.rows:,} rows loaded in {loaded.seconds:.2f} s ({speed:,.0f} rows/s) by {loaded.how}")
    show_line(f"Tables: schema {loaded.schema} in {loaded.place}")
