"""From a schema to kernels and part boundaries.

`plan` runs the passes of PASSES over a draft. A pass adds what it finds wrong to the draft and goes on,
so that everything that can be known is reported together, before a byte is written.
"""

from collections.abc import Callable, Mapping

from dw_simulator.engine.planning.draft import Draft, Relation, Rules
from dw_simulator.engine.planning.kernels import can_be_null, make_kernels, pick_parents
from dw_simulator.engine.planning.keys import assign_keys
from dw_simulator.engine.planning.layout import (
    PART_ROWS,
    ROW_GROUP_ROWS,
    ColumnPlan,
    Part,
    Plan,
    TablePlan,
    part_boundaries,
)
from dw_simulator.engine.planning.values import build_values
from dw_simulator.errors import PlanError, closest
from dw_simulator.model import MAX_ROWS, Experiment, Table

__all__ = [
    "PART_ROWS",
    "ROW_GROUP_ROWS",
    "ColumnPlan",
    "Part",
    "Plan",
    "Rules",
    "TablePlan",
    "part_boundaries",
    "plan",
]


def plan(experiment: Experiment, seed: int, rules: Rules, rows: Mapping[str, int] | None = None) -> Plan:
    """Plan an experiment, with other row counts for the tables named in `rows`.

    Raises PlanError with everything that cannot be made.
    """
    draft = Draft(experiment, seed, rules, rows or {})
    for step in PASSES:
        step(draft)
    if draft.problems:
        raise PlanError(dict.fromkeys(draft.problems))
    tables = tuple(_table_plan(draft, table) for table in experiment.tables)
    return Plan(experiment.name, seed, tables, tuple(draft.warnings))


def _size_tables(draft: Draft) -> None:
    names = [table.name for table in draft.experiment.tables]
    for name in draft.asked:
        if name not in names:
            draft.refuse(name, f"there is no table {name!r}{closest(name, names)}")
    for table in draft.experiment.tables:
        rows = draft.rows[table.name] = draft.asked.get(table.name, table.target_rows)
        if not 0 <= rows <= MAX_ROWS:
            draft.refuse(table.name, f"{rows:,} rows are asked", f"ask for 0 to {MAX_ROWS:,}")
            draft.rows[table.name] = 0
        for check in table.checks:
            draft.warnings.append(f"{table.name}: CHECK ({check}) is kept, but values do not follow it yet")


def _relate_tables(draft: Draft) -> None:
    for table in draft.experiment.tables:
        for declared in table.references:
            parent = draft.experiment.table(declared.references_table)
            assert parent is not None, "the model has checked references"
            relation = Relation(table, declared, parent, draft.rows[parent.name])
            for name in declared.columns:
                draft.relations[table.name, name] = relation
            _check_parent(draft, relation)


def _check_parent(draft: Draft, relation: Relation) -> None:
    if relation.parent_rows == 0 and draft.rows[relation.table.name] > 0:
        columns = [relation.table.column(name) for name in relation.declared.columns]
        if not any(column and relation.optional(column) for column in columns):
            draft.refuse(
                relation.label,
                f"references {relation.parent.name}, which has 0 rows",
                f"give {relation.parent.name} rows, or let the reference be NULL",
            )


PASSES: tuple[Callable[[Draft], None], ...] = (
    _size_tables,
    _relate_tables,
    build_values,
    assign_keys,
    pick_parents,
    make_kernels,
)


def _table_plan(draft: Draft, table: Table) -> TablePlan:
    columns = []
    for column in table.columns:
        kernel = draft.kernels[table.name, column.name]
        columns.append(ColumnPlan(column.name, column.type, kernel, can_be_null(kernel), kernel.distinct))
    rows = draft.rows[table.name]
    return TablePlan(table.name, rows, tuple(columns))
