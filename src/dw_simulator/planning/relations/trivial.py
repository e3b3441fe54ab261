"""References that hold trivially: NULL in every row, or every row its own; as is asked, or as a last resort.

    doors  (no INT, room INT, PRIMARY KEY (no, room))                             2 rows
    badges (no INT PRIMARY KEY, room INT NULL, FOREIGN KEY (no, room) REFERENCES doors (no, room))    9 rows

Nine badges have nine numbers, and doors two at the most. But a reference of which a column is NULL holds,
so room is NULL. And a reference of a table to itself holds where every row references itself. Where a table
cannot be planned with all of its references, some of them are given up in these ways, if that is what helps;
a warning says which, and why.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from dw_simulator.errors import Problem
from dw_simulator.schema.model import Experiment, ForeignKey, Table, Tree

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
    """The experiment where some references hold trivially, and a line on each; None: it is no help."""
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
        lines.append(f"{label}, as it cannot be had otherwise: {problems[0].message}")
        problems = left
    return experiment, lines


def _candidates(experiment: Experiment, problems: list[Problem]) -> Iterator[tuple[Experiment, str]]:
    """Experiments in which references of a table that has problems hold trivially, and a line on them."""
    places = [problem.place for problem in problems]
    told = [
        table
        for table in experiment.tables
        if any(p.startswith((f"{table.name}(", f"{table.name}.")) for p in places)
    ]
    ways = (
        way for table in told for way in (*_void_ways(experiment, table), *_own_row_ways(experiment, table))
    )
    for before, after, label in islice(ways, _MOST):
        tables = tuple(after if table is before else table for table in experiment.tables)
        yield experiment.changed(tables=tables), label


def _void_ways(experiment: Experiment, table: Table) -> Iterator[tuple[Table, Table, str]]:
    """A column is NULL in every row, and so are all references that it stands in."""
    for column in table.columns:
        holding = [one for one in table.foreign_keys if column.name in one.columns]
        free = not any(
            one.null_fraction is not None or _is_asked_for(experiment, table, one) for one in holding
        )
        optional = all(one.nullable or not column.required for one in holding)
        keyed = column.name in table.primary_key or column.foreign_key is not None
        if holding and free and optional and not keyed:
            keys = tuple(
                one.changed(null_fraction=1.0) if one in holding else one for one in table.foreign_keys
            )
            labels = " and ".join(f"{table.name}({', '.join(one.columns)})" for one in holding)
            yield table, table.changed(foreign_keys=keys), f"{labels}: NULL in every row"


def _is_compared(table: Table, reference: ForeignKey) -> bool:
    """Whether a CHECK speaks of a column of the reference and of its target: that they differ, mostly."""
    pairs = zip(reference.columns, reference.references_columns, strict=True)
    words = [set(re.findall(r"\w+", check.lower())) for check in table.checks]
    return any(
        {own.lower(), target.lower()} <= said for own, target in pairs if own != target for said in words
    )


def _own_row_ways(experiment: Experiment, table: Table) -> Iterator[tuple[Table, Table, str]]:
    """A reference of the table to itself is one of every row to itself."""
    for one in table.foreign_keys:
        columns = [column for column in map(table.column, one.columns) if column is not None]
        optional = one.nullable or not all(column.required for column in columns)
        to_itself = one.references_table == table.name and one.tree is None and not optional
        if to_itself and not (_is_asked_for(experiment, table, one) or _is_compared(table, one)):
            flat = one.changed(tree=Tree(depth=1))
            keys = tuple(flat if other is one else other for other in table.foreign_keys)
            label = f"{table.name}({', '.join(one.columns)}): every row references itself"
            yield table, table.changed(foreign_keys=keys), label
