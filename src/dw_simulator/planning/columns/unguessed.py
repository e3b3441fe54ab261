"""Rules that an import has chosen give way: what was only guessed never keeps a schema from being made."""

import re
from collections.abc import Collection, Iterator
from typing import Any

from dw_simulator.errors import Problem
from dw_simulator.schema.model import Column, Experiment

_GUESSED = ("rule", "faker_rule", "distribution", "locale", "inferred", "guessed")
_BOUNDS = ("min_value", "max_value", "date_start", "date_end")


def without_guess(column: Column) -> Column:
    """The column without the rule, and the bounds, that an import chose for it."""
    gone: dict[str, Any] = dict.fromkeys((*_GUESSED, *_BOUNDS, *(column.guessed or ())))
    return column.changed(**gone)


def without_guesses(
    experiment: Experiment, problems: Collection[Problem]
) -> tuple[Experiment | None, list[str]]:
    """The experiment without the guesses that problems are about, and a line on each.

    Where a table's problems are about none of its guesses, all of these go: one may be behind them. None
    where no guess is left in any table that has problems.
    """
    found: dict[str, str] = {}
    for problem in problems:
        for place in (problem.place, *places_around(problem.place)):
            found.setdefault(place, problem.message)
    inside = {place for problem in problems for place in places_around(problem.place)}
    tables, lines = [], []
    for table in experiment.tables:
        guessed = (column.name for column in table.columns if column.inferred)
        causes = {name: found.get(f"{table.name}.{name}", "") for name in guessed}
        blamed = {name: cause for name, cause in causes.items() if cause}
        if not blamed and table.name in inside:
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


def places_around(place: str) -> Iterator[str]:
    """The places that a place is in.

    >>> list(places_around("shop.orders.total"))
    ['shop', 'shop.orders']
    """
    return (place[: dot.start()] for dot in re.finditer(r"\.", place))
