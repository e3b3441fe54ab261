"""How many children each parent has, where a column of the parent says it.

    orders (id INT PRIMARY KEY, n_lines INT)      3 rows: 2, 0, 3
    lines  (order_id INT REFERENCES orders {"children": {"column": "n_lines"}})      5 rows

How many rows a table has is the first thing that a plan knows, and columns are the last. So the parent's
column is made before, in a draft of its own; a column is the same whoever else is planned. A parent whose
numbers come from its children is refused.
"""

from collections.abc import Callable

import numpy as np

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import BLOCK, Rows, UInts
from dw_simulator.engine.selectors.groups import Counted, Grouping
from dw_simulator.engine.selectors.tallies import TILE, Tallied
from dw_simulator.engine.values.base import Kernel
from dw_simulator.errors import Refusal, closest
from dw_simulator.planning.draft import Draft
from dw_simulator.schema.model import MAX_ROWS, Column, ForeignKey, Table
from dw_simulator.types import Kind

KernelOf = Callable[[Table, Column], Kernel | None]

IN_FULL = 1 << 16
"""Up to so many parents each have a number of their own in a table; of more, each 64th."""
_MOST_PARENTS = 1 << 28


def tally(draft: Draft, table: Table, declared: ForeignKey) -> Grouping:
    """The rows of a table by parent, as many for each as its column says, made once. Raises Refusal."""
    place = (table.name, declared.columns)
    if place not in draft.tallies:
        draft.tallies[place] = _made(draft, table, declared)
    return draft.tallies[place][0]


def is_tallied(declared: ForeignKey) -> bool:
    """Whether a column of the parent says how many children each row has."""
    return declared.children is not None and declared.children.column is not None


def check_tallies(draft: Draft, kernel_of: KernelOf) -> None:
    """The columns are those that have been counted: nothing else has changed them."""
    for table in draft.experiment.tables:
        for relation in draft.relations[table.name]:
            found = draft.tallies.get((table.name, relation.declared.columns))
            if found is None or draft.only not in (None, table.name):
                continue
            column = _column(relation.parent, relation.declared)
            kernel = kernel_of(relation.parent, column)
            rows = Rows.run(0, min(relation.parent_rows, BLOCK))
            if kernel is not None and (_counts(kernel, rows, "") != _counts(found[1], rows, "")).any():
                draft.refuse(
                    relation.label,
                    f"how many children a row of {relation.parent.name} has depends, by {column.name}, on "
                    "how other rows stand, which depends on the children",
                    f"let {column.name} follow from columns of its own",
                )


def _made(draft: Draft, table: Table, declared: ForeignKey) -> tuple[Grouping, Kernel]:
    parent = draft.experiment.table(declared.references_table)
    assert parent is not None, "the model has checked references"
    column = _column(parent, declared)
    place = f"{parent.name}.{column.name}"
    if parent is table:
        raise Refusal(
            "how many children a row has decides how many rows there are, which have children themselves",
            'say {"tree": {"branching": ...}}, or {"min": ..., "max": ...}',
        )
    if column.type.kind is not Kind.INTEGER:
        raise Refusal(f"children: {place} is {column.data_type}", "name a column of whole numbers")
    parents, kernel = _alone(draft, table, declared, parent, column)
    if parents > _MOST_PARENTS:
        raise Refusal(
            f"children: {parent.name} has {parents:,} rows; up to {_MOST_PARENTS:,} say how many children "
            "each has",
            'say {"min": ..., "max": ...}',
        )
    blocks = [Rows.run(start, min(start + BLOCK, parents)) for start in range(0, parents, BLOCK)]
    starts, least, most, rows = [np.zeros(1, dtype=np.uint64)], MAX_ROWS, 0, 0
    step = 1 if parents <= IN_FULL else TILE
    for block in blocks:
        counts = _counts(kernel, block, place)
        least, most = min(least, int(counts.min())), max(most, int(counts.max()))
        if most > MAX_ROWS // max(parents, 1):
            raise Refusal(f"children: {place} reaches {most:,}", "let it be smaller")
        ends = np.cumsum(counts, dtype=np.uint64)
        ends += np.uint64(rows)
        rows = int(ends[-1])
        ends = ends[step - 1 :: step]
        starts.append(ends)
    bounds = np.concatenate(starts)
    if step == 1:
        return Counted(bounds), kernel
    if parents % step:
        bounds = np.append(bounds, np.uint64(rows))
    return Tallied(kernel, bounds, parents, (least, most)), kernel


def _column(parent: Table, declared: ForeignKey) -> Column:
    assert declared.children is not None, "it is tallied"
    name = declared.children.column or ""
    column = parent.column(name)
    if column is None:
        known = [one.name for one in parent.columns]
        raise Refusal(f"children: {parent.name} has no column {name!r}{closest(name, known)}")
    return column


def _counts(kernel: Kernel, rows: Rows, place: str) -> UInts:
    """How many children each of some parents has; NULL is none. Raises Refusal for less than none."""
    column = kernel.values(rows)
    assert isinstance(column, FixedColumn), "whole numbers are of fixed width"
    counts = column.values.astype(np.int64)
    if column.valid is not None:
        counts[~column.valid] = 0
    if (counts < 0).any():
        row = rows.start + int(np.argmax(counts < 0))
        raise Refusal(
            f"children: {place} is {counts.min()} in row {row:,}", "let it be 0 or more: min_value 0"
        )
    return counts.view(np.uint64)


def _alone(
    draft: Draft, table: Table, declared: ForeignKey, parent: Table, column: Column
) -> tuple[int, Kernel]:
    """How many parents there are, and the kernel of their column, from a draft of its own. Raises Refusal."""
    place = (table.name, declared.columns)
    if place in draft.tallying:
        raise Refusal(
            f"how many rows it has comes, by {parent.name}.{column.name}, from itself",
            f"let {column.name} follow from columns that know nothing of {table.name}",
        )
    assert draft.alone is not None, "a plan is made"
    return draft.alone(draft, place, parent, column)
