"""Whether the schema lets a column be NULL."""

from dw_simulator.schema.model import Column, Experiment, Table


def can_be_null(experiment: Experiment, table: Table, column: Column) -> bool:
    """Whether the schema lets a column be NULL."""
    return _can_be_null(experiment, table, column, set())


def _can_be_null(experiment: Experiment, table: Table, column: Column, seen: set[tuple[str, str]]) -> bool:
    if column.name in table.primary_key:
        return False
    if not column.required:
        return True
    if column.lookup is not None:
        return _copy_can_be_null(experiment, table, column, seen)
    links = [other.polymorphic for other in table.columns if other.polymorphic is not None]
    if any(link.nullable and link.type_column == column.name for link in links):
        return True
    if column.polymorphic is not None:
        return column.polymorphic.nullable
    own = [reference for reference in table.references if column.name in reference.columns]
    return bool(own) and all(reference.nullable for reference in own)


def _copy_can_be_null(
    experiment: Experiment, table: Table, column: Column, seen: set[tuple[str, str]]
) -> bool:
    """A copy is NULL where a reference on its way is, or where the original is."""
    if column.lookup is None or (table.name, column.name) in seen:  # a copy of itself is refused when planned
        return True
    seen.add((table.name, column.name))
    for name in column.lookup.reference:
        step = table.column(name)
        reference = next((one for one in table.references if name in one.columns), None)
        parent = experiment.table(reference.references_table) if reference is not None else None
        if step is None or parent is None or _can_be_null(experiment, table, step, seen):
            return True
        table = parent
    original = table.column(column.lookup.column)
    return original is None or _can_be_null(experiment, table, original, seen)
