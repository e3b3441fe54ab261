"""What is told on stderr, beside the results on stdout."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from dw_simulator.schema.model import Experiment


def warn(warnings: Iterable[str]) -> None:
    """Tell warnings, a line each."""
    for warning in warnings:
        typer.secho(f"warning: {warning}", fg=typer.colors.YELLOW, err=True)


_MOST_TOLD = 6


def tell_references(experiment: "Experiment") -> None:
    """Tell in one line which references an import has found that no script declares."""
    from dw_simulator.schema.undeclared_parts import inferred_references  # noqa: PLC0415

    found = [
        f"{table.name}.{name} -> {reference.references_table}.{goal}"
        for table, reference in inferred_references(experiment)
        for name, goal in zip(reference.columns, reference.references_columns, strict=True)
    ]
    count = sum(1 for _ in inferred_references(experiment))
    if not found:
        return
    told = ", ".join([*found[:_MOST_TOLD], *(["..."] if len(found) > _MOST_TOLD else [])])
    words = "1 reference found by its name" if count == 1 else f"{count} references found by their names"
    left = "it" if count == 1 else "them"
    typer.echo(f"{words}: {told}; --no-infer-references leaves {left} out", err=True)


def tell_unsure(experiment: "Experiment") -> None:
    """Tell in one line of which columns an import could make nothing."""
    from dw_simulator.schema.undeclared_parts import unsure_columns  # noqa: PLC0415

    found = [f"{table.name}.{column.name}" for table, column in unsure_columns(experiment)]
    guessed = any(column.inferred for table in experiment.tables for column in table.columns)
    if not found or not guessed:
        return
    told = ", ".join([*found[:_MOST_TOLD], *(["..."] if len(found) > _MOST_TOLD else [])])
    words = "1 column has" if len(found) == 1 else f"{len(found)} columns have"
    typer.echo(f"{words} values by type alone: {told}; a rules file says more (dw-sim rules init)", err=True)
