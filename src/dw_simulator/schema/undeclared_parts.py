"""References and keys that an import has found, and no script declares: scripts and databases lack them."""

from collections.abc import Iterator

from dw_simulator.schema.model import Column, Experiment, ForeignKey, Table

BY_TYPE_ALONE = "nothing is known of"
"""How the reason begins of what was filled by its type alone."""


def inferred_references(experiment: Experiment) -> Iterator[tuple[Table, ForeignKey]]:
    """The references that an import took for such, each with its table; those to hidden tables left out."""
    hidden = {table.name for table in experiment.tables if table.hidden}
    for table in experiment.tables:
        for reference in table.references:
            if reference.is_inferred and reference.references_table not in hidden:
                yield table, reference


def as_declared(experiment: Experiment) -> Experiment:
    """The schema with those references and keys only that were declared."""
    return experiment.changed(tables=tuple(map(_as_declared, experiment.tables)))


def with_inferred(experiment: Experiment) -> Experiment:
    """The schema with what was inferred as if it were declared: keys are primary keys where there is none."""
    return experiment.changed(tables=tuple(map(_with_inferred, experiment.tables)))


def _as_declared(table: Table) -> Table:
    if not table.inferred_key and not any(one.is_inferred for one in table.references):
        return table
    columns = (
        column.changed(foreign_key=None)
        if column.foreign_key is not None and column.foreign_key.is_inferred
        else column
        for column in table.columns
    )
    kept = tuple(reference for reference in table.foreign_keys if not reference.is_inferred)
    return table.changed(columns=tuple(columns), foreign_keys=kept, inferred_key=())


def _with_inferred(table: Table) -> Table:
    """With its key, which is the primary key where all of it is required, and else unique."""
    key = table.inferred_key
    if not key:
        return table
    columns = [table.column(name) for name in key]
    whole = not table.primary_key and all(column is not None and column.required for column in columns)
    declared = {"primary_key": key} if whole else {"unique": (*table.unique, key)}
    return table.changed(inferred_key=(), **declared)


def unsure_columns(experiment: Experiment) -> Iterator[tuple[Table, Column]]:
    """The columns that an import has filled by their type alone, as nothing says more of them."""
    for table in experiment.tables:
        keyed = {name for key in table.keys for name in key}
        linked = {name for reference in table.references for name in reference.columns}
        for column in table.columns:
            typed = column.inferred is not None and column.inferred.startswith(BY_TYPE_ALONE)
            said = column.source or column.inferred or column.name in keyed | linked
            bounds = (column.min_value, column.max_value, column.date_start, column.date_end)
            stated = said or any(bound is not None for bound in bounds)
            if (typed or not stated) and not (column.hidden or table.hidden or table.rows):
                yield table, column
