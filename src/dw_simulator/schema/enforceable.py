"""What a database may enforce of tables that hold faults on purpose."""

from collections.abc import Collection, Iterator

from dw_simulator.schema.model import Column, Experiment, ForeignKey, PlannedFault, Table
from dw_simulator.schema.shown import shown
from dw_simulator.schema.undeclared_parts import as_declared


def enforceable(experiment: Experiment) -> tuple[Experiment, tuple[str, ...]]:
    """What others see of a schema, without keys, references and CHECKs that faults break; a line on each."""
    experiment = _filled(shown(as_declared(experiment)))
    if not any(table.faults for table in experiment.tables):
        return experiment, ()
    left_out: list[str] = []
    lost = {table.name: set(_broken_keys(table)) for table in experiment.tables}
    tables = []
    for table in experiment.tables:
        relieved = table.changed(faults=())
        for key in sorted(lost[table.name]):
            left_out.append(f"{table.name}: ({', '.join(key)}) is not declared unique, as faults break it")
            relieved = _without_key(relieved, key)
        for reference in table.references:
            if _is_broken(reference, table, lost[reference.references_table]):
                names = ", ".join(reference.columns)
                left_out.append(f"{table.name}: ({names}) is not declared as a reference, as faults break it")
                relieved = without_reference(relieved, table, reference)
        if table.faults and table.checks:
            left_out.append(f"{table.name}: CHECK is left out, as faults may break it")
            relieved = relieved.changed(checks=())
        tables.append(relieved)
    return experiment.changed(tables=tuple(tables)), tuple(left_out)


def _filled(experiment: Experiment) -> Experiment:
    """Columns as they are loaded: no warehouse takes values for generated ones, or has all collations."""
    tables = (
        table.changed(columns=tuple(map(_plain, table.columns)))
        if any(column.generated or column.collate for column in table.columns)
        else table
        for table in experiment.tables
    )
    return experiment.changed(tables=tuple(tables))


def _plain(column: Column) -> Column:
    return column.changed(generated=False, collate=None) if column.generated or column.collate else column


def _broken_keys(table: Table) -> Iterator[tuple[str, ...]]:
    for key in table.keys:
        for fault in table.faults:
            if not fault.columns or set(fault.columns) & set(key):
                yield key


def _is_broken(reference: ForeignKey, table: Table, lost: Collection[tuple[str, ...]]) -> bool:
    """Whether faults break a reference: those of its own table, or those of keys that its parent has lost."""
    if any(set(key) <= set(reference.references_columns) for key in lost):
        return True
    return any(_breaks_reference(fault, reference.columns) for fault in table.faults)


def _breaks_reference(fault: PlannedFault, columns: Collection[str]) -> bool:
    hit = set(fault.columns) & set(columns)
    return bool(hit) and (fault.kind != "duplicates" or len(hit) < len(columns))


def _without_key(table: Table, key: tuple[str, ...]) -> Table:
    def others(keys: Collection[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
        return tuple(other for other in keys if set(other) != set(key))

    columns = (c.changed(is_unique=False) if (c.name,) == key else c for c in table.columns)
    return table.changed(
        unique=others(table.unique),
        composite_keys=others(table.composite_keys),
        primary_key=() if set(table.primary_key) == set(key) else table.primary_key,
        columns=tuple(columns),
    )


def without_reference(table: Table, declared: Table, reference: ForeignKey) -> Table:
    """The table without a reference of it. declared: the table with all that it has."""

    def freed(column: Column) -> Column:
        if (column.name,) == reference.columns:
            column = column.changed(foreign_key=None)
        # that it can be NULL was said by the reference
        holding = [one for one in declared.references if column.name in one.columns]
        if column.name in reference.columns and all(one.nullable for one in holding):
            column = column.changed(required=False)
        return column

    kept = tuple(other for other in table.foreign_keys if other.columns != reference.columns)
    return table.changed(foreign_keys=kept, columns=tuple(map(freed, table.columns)))
