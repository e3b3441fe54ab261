"""Rules that an import has chosen give way: what was only guessed never keeps a schema from being made."""

from collections.abc import Iterable
from typing import Any

from dw_simulator.errors import Problem
from dw_simulator.schema.model import Column, Experiment, Table

_GUESSED = ("rule", "faker_rule", "distribution", "locale", "inferred", "guessed")
_BOUNDS = ("min_value", "max_value", "date_start", "date_end")


def without_guess(column: Column) -> Column:
    """The column without the rule, and the bounds, that an import chose for it."""
    gone: dict[str, Any] = dict.fromkeys((*_GUESSED, *_BOUNDS))
    return column.changed(**gone)


def without_guesses(
    experiment: Experiment, problems: Iterable[Problem]
) -> tuple[Experiment | None, list[str]]:
    """The experiment without the guesses that problems are about, and a line on each.

    Where a table's problems are about none of its guesses, all of these go: one may be behind them. None
    where no guess is left in any table that has problems.
    """
    found = list(problems)
    tables, lines = [], []
    for table in experiment.tables:
        causes = {column.name: _about(table, column, found) for column in table.columns if column.inferred}
        blamed = {name: cause for name, cause in causes.items() if cause}
        if not blamed and any(problem.place.startswith(f"{table.name}.") for problem in found):
            blamed = dict.fromkeys(causes, "it stands beside a column that cannot be made")
        lines += [
            f"{table.name}.{name}: the rule chosen by its name was given up: {cause}"
            for name, cause in blamed.items()
        ]
        columns = tuple(without_guess(c) if c.name in blamed else c for c in table.columns)
        tables.append(table.changed(columns=columns) if blamed else table)
    if not lines:
        return None, []
    return experiment.changed(tables=tuple(tables)), lines


def _about(table: Table, column: Column, problems: list[Problem]) -> str:
    place = f"{table.name}.{column.name}"
    return next((p.message for p in problems if p.place == place or p.place.startswith(f"{place}.")), "")
