"""What is told on stderr, beside the results on stdout."""

from collections.abc import Iterable

import typer


def warn(warnings: Iterable[str]) -> None:
    """Tell warnings, a line each."""
    for warning in warnings:
        typer.secho(f"warning: {warning}", fg=typer.colors.YELLOW, err=True)
