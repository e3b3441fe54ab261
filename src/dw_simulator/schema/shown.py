"""What others see of a schema: no hidden table, no hidden column, and nothing that speaks of one."""

import re
from collections.abc import Collection

from dw_simulator.schema.model import Experiment, ForeignKey, Table


def has_hidden(experiment: Experiment) -> bool:
    """Whether anything of a schema is hidden."""
    return any(table.hidden or any(c.hidden for c in table.columns) for table in experiment.tables)


def shown(experiment: Experiment) -> Experiment:
    """The schema as files, databases and scripts have it: what is hidden is planned, and written nowhere."""
    if not has_hidden(experiment):
        return experiment
    tables = [table for table in experiment.tables if not table.hidden]
    names = {table.name: {c.name for c in table.columns if not c.hidden} for table in tables}
    return experiment.changed(tables=tuple(_shown(table, names) for table in tables))


def is_shown(table: Table, reference: ForeignKey, parent: Table) -> bool:
    """Whether others see a reference: its table, the one it leads to, and the columns of both."""
    seen = not (table.hidden or parent.hidden)
    return seen and _all_shown(table, reference.columns) and _all_shown(parent, reference.references_columns)


def _all_shown(table: Table, names: Collection[str]) -> bool:
    columns = [table.column(name) for name in names]
    return not any(column is None or column.hidden for column in columns)


def _shown(table: Table, names: dict[str, set[str]]) -> Table:
    own = names[table.name]

    def leads_on(reference: ForeignKey) -> bool:
        there = names.get(reference.references_table, set())
        return own.issuperset(reference.columns) and there.issuperset(reference.references_columns)

    def whole(keys: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        return tuple(key for key in keys if own.issuperset(key))

    columns = []
    for column in (column for column in table.columns if column.name in own):
        declared = column.foreign_key
        seen = declared is None or leads_on(declared.of_column(column.name))
        columns.append(column if seen else column.changed(foreign_key=None))
    hidden = [column.name for column in table.columns if column.hidden]
    return table.changed(
        columns=tuple(columns),
        primary_key=table.primary_key if own.issuperset(table.primary_key) else (),
        unique=whole(table.unique),
        composite_keys=whole(table.composite_keys),
        nulls_not_distinct=whole(table.nulls_not_distinct),
        foreign_keys=tuple(reference for reference in table.foreign_keys if leads_on(reference)),
        checks=tuple(check for check in table.checks if not _names_any(check, hidden)),
        sort_key=tuple(name for name in table.sort_key if name in own),
        dist_key=table.dist_key if table.dist_key in own else None,
        lifecycles={},  # what they start with may be hidden
    )


def _names_any(check: str, names: Collection[str]) -> bool:
    words = {word.lower() for word in re.findall(r"\w+", re.sub(r"'(?:[^']|'')*'", "", check))}
    return any(name.lower() in words for name in names)
