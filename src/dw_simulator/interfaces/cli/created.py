"""What is shown of an experiment that was just created or imported."""

from typing import TYPE_CHECKING

import typer

from dw_simulator.interfaces.cli.narration import tell_references, tell_unsure, warn

if TYPE_CHECKING:
    from dw_simulator.service import Created


def show_created(created: "Created", *, as_json: bool, done: str = "Created") -> None:
    """Print its tables, or all of it as JSON, and tell what an import was not sure of. done: what was."""
    from dw_simulator.interfaces.cli.output import show_json, show_table  # noqa: PLC0415

    experiment = created.experiment
    if as_json:
        show_json({"name": experiment.name, "warnings": created.warnings, "schema": experiment.to_json()})
        return
    rows = []
    for table in experiment.tables:
        columns = [column for column in table.columns if not column.hidden]
        if not table.hidden:  # what is written nowhere is told by `show`
            told = sum(column.inferred is not None for column in columns)
            rows.append((table.name, f"{experiment.rows_of(table):,}", len(columns), told))
    show_table(
        ("table", "rows", "columns", "rules from names"), rows, right=("rows", "columns", "rules from names")
    )
    warn(created.warnings)
    tell_references(experiment)
    tell_unsure(experiment)
    typer.echo(f"{done} {experiment.name}. Next: dw-sim experiment generate {experiment.name}", err=True)
