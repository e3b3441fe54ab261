"""References that are NULL in every row: as is asked, or for want of rows that would do.

    doors  (no INT, room INT, PRIMARY KEY (no, room))                             2 rows
    badges (no INT PRIMARY KEY, room INT NULL, FOREIGN KEY (no, room) REFERENCES doors (no, room))    9 rows

Nine badges have nine numbers, and doors two at the most. But a reference of which a column is NULL holds,
so room is NULL. Where a table cannot be planned with all of its references, those that may be NULL are given
up, if that is what helps; a warning says which, and why.
"""

from collections.abc import Callable, Iterator

from dw_simulator.errors import Problem
from dw_simulator.schema.model import Experiment, ForeignKey, Table

Plan = Callable[[Experiment], list[Problem]]
"""Plans an experiment; what is wrong with it."""
_MOST = 12
"""So many ways are tried, each by planning without some references."""


def void_columns(experiment: Experiment, table: Table, reference: ForeignKey) -> tuple[str, ...]:
    """The columns by which a reference can be NULL in every row, so that nothing else asks for its row."""
    columns = [column for column in map(table.column, reference.columns) if column is not None]
    if _is_asked_for(experiment, table, reference):
        return ()
    others = [other for other in table.references if other is not reference and other.null_fraction != 1]
    return tuple(
        column.name
        for column in columns
        if (reference.nullable or not column.required)
        and not any(column.name in other.columns for other in others)
        and column.name not in table.primary_key
    )


def _is_asked_for(experiment: Experiment, table: Table, reference: ForeignKey) -> bool:
    """Whether something is said of which rows it references, or others go by way of it."""
    if reference.children or reference.tree or reference.skew or reference.childless or reference.distinct:
        return True
    lookups = [column.lookup for one in experiment.tables for column in one.columns if column.lookup]
    named = {step for lookup in lookups for step in lookup.reference}
    named |= {name for fault in table.faults for name in fault.columns}
    return not named.isdisjoint(reference.columns)


def may_help(experiment: Experiment, problems: list[Problem]) -> bool:
    """Whether there is a reference to do without in a table that has problems."""
    return next(_candidates(experiment, problems), None) is not None


def without_references(
    experiment: Experiment, problems: list[Problem], plan: Plan
) -> tuple[Experiment, list[str]] | None:
    """The experiment without some references that may be NULL, and a line on each; None: it is no help."""
    lines: list[str] = []
    if not problems:
        return None
    while problems:
        tried = [(plan(bare), bare, label) for bare, label in _candidates(experiment, problems)]
        if not tried:
            return None
        left, experiment, label = min(tried, key=lambda one: len(one[0]))
        if len(left) >= len(problems):
            return None
        lines.append(f"{label}: NULL in every row, as it cannot be had otherwise: {problems[0].message}")
        problems = left
    return experiment, lines


def _candidates(experiment: Experiment, problems: list[Problem]) -> Iterator[tuple[Experiment, str]]:
    """Experiments in which a column is NULL in every row, and so are all references that it stands in."""
    found = 0
    for k, table in enumerate(experiment.tables):
        told = any(problem.place.startswith((f"{table.name}(", f"{table.name}.")) for problem in problems)
        for column in table.columns if told else ():
            holding = [one for one in table.foreign_keys if column.name in one.columns]
            free = not any(
                one.null_fraction is not None or _is_asked_for(experiment, table, one) for one in holding
            )
            optional = all(one.nullable or not column.required for one in holding)
            keyed = column.name in table.primary_key or column.foreign_key is not None
            if not holding or not free or not optional or keyed or found >= _MOST:
                continue
            found += 1
            keys = tuple(
                one.changed(null_fraction=1.0) if column.name in one.columns else one
                for one in table.foreign_keys
            )
            changed = table.changed(foreign_keys=keys)
            tables = (*experiment.tables[:k], changed, *experiment.tables[k + 1 :])
            labels = (f"{table.name}({', '.join(one.columns)})" for one in holding)
            yield experiment.changed(tables=tables), " and ".join(labels)
