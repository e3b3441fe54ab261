"""`dw-sim experiment diff` and `refresh-pools`: what Faker has made, and what new versions would change."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from dw_simulator.interfaces.cli.arguments import AsJson, Name

if TYPE_CHECKING:
    from dw_simulator.runs.experiment_pools import ChangedColumn, Difference


def diff(name: Name, as_json: AsJson = False) -> None:
    """List the columns that a new version of this program has changed, and those that a new Faker would.

    What Faker makes is kept with the experiment, so it changes only with --refresh-pools.
    """
    from dw_simulator.service import ExperimentService  # noqa: PLC0415

    _show(ExperimentService().diff(name), as_json=as_json)


def refresh_pools(name: Name, as_json: AsJson = False) -> None:
    """Let the installed Faker make an experiment's values anew, keep them, and list what that changes."""
    from dw_simulator.service import ExperimentService  # noqa: PLC0415

    _show(ExperimentService().refresh_pools(name), as_json=as_json)
    typer.echo(f"The pools of {name} are those of the installed Faker.", err=True)


def _show(found: "Difference", *, as_json: bool) -> None:
    from dw_simulator.interfaces.cli.output import show_json, show_line, show_table  # noqa: PLC0415

    if as_json:
        show_json(asdict(found))
        return
    show_line(_versions(found))
    for cause, reason in found.refused.items():
        show_line(f"{_CAUSES[cause]}: {reason}")
    if found.columns:
        rows = [(one.table, one.column, _why(one)) for one in found.columns]
        show_table(("table", "column", "changed by"), rows)
    elif not found.refused:
        show_line("No column changes.")
    if found.pools:
        pools = [
            (one.name, one.made_by, one.now, f"{one.changed:,} of {one.values:,}") for one in found.pools
        ]
        show_table(
            ("pool", "kept from", "anew by", "values that differ"), pools, right=("values that differ",)
        )
        show_line(f"Kept as they are until: dw-sim experiment refresh-pools {found.experiment}")


_CAUSES = {"program": "this program", "pools": "pools made anew"}


def _why(column: "ChangedColumn") -> str:
    reasons = {**_CAUSES, "pools": f"a new pool ({', '.join(column.pools)})"}
    return " and ".join(reasons[cause] for cause in column.causes)


def _versions(found: "Difference") -> str:
    """Which versions are others than when the experiment's values were recorded."""
    if found.since is None:
        return "No run has recorded this experiment's values yet, so only pools can be compared."
    changed = [
        f"{name} {then} -> {found.now.get(name, 'none')}"
        for name, then in found.since.items()
        if found.now.get(name) != then
    ]
    return f"Since its values were recorded: {', '.join(changed) or 'no version has changed'}."
