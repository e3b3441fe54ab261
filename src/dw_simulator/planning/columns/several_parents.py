"""Columns that reference one of several tables, as another column of the row says.

notes (about VARCHAR(8): 'order' or 'client', about_id INT: an order's or a client's)

notes.about     Drawn: which parent, by weight
notes.about_id  Switch by the same draw: the key of a row of orders, or of one of clients
"""

from dataclasses import dataclass, field
from typing import Protocol

from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.sampling import Chance, Uniform, weighted
from dw_simulator.engine.values.base import Event, Kernel, Nullable
from dw_simulator.engine.values.referenced import Reference
from dw_simulator.engine.values.switch import Switch
from dw_simulator.planning.columns.likeness import stored_as
from dw_simulator.planning.draft import Draft
from dw_simulator.schema.model import DEFAULT_NULL_FRACTION, Column, Polymorphic, Table


class ColumnMaker(Protocol):
    """Who makes the columns of the parents."""

    def kernel(self, table: Table, column: Column) -> Kernel | None:
        """The column's kernel; None where it was refused."""

    def same_type(self, place: str, column: Column, goal: str, target: Column, parent: Kernel) -> bool:
        """Whether a column can hold a parent's values; refuses it where it cannot."""


@dataclass
class SeveralParents:
    """What is known of polymorphic references: which parent each row has, once for both of their columns."""

    draft: Draft
    maker: ColumnMaker
    choices: dict[Polymorphic, tuple[Selector, Event | None]] = field(default_factory=dict)

    def choice(self, table: Table, declared: Polymorphic) -> tuple[Selector, Event | None]:
        """Which parent each row references, and when it has none: the same for both columns."""
        if declared not in self.choices:
            rows = [self.draft.rows[parent.references_table] for parent in declared.parents]
            weights = [parent.weight if n else 0.0 for parent, n in zip(declared.parents, rows, strict=True)]
            names = (declared.type_column,)
            column = table.column(declared.type_column)
            owner = next(column for column in table.columns if column.polymorphic is declared)
            shares = [
                c.null_fraction for c in (column, owner) if c is not None and c.null_fraction is not None
            ]
            share = max(shares, default=DEFAULT_NULL_FRACTION) if any(rows) else 1.0
            optional = declared.nullable or not owner.required
            event = Chance(self.draft.stream(table, names, "null"), share) if optional else None
            choice = weighted(self.draft.stream(table, names, "value"), weights if any(rows) else [1.0])
            self.choices[declared] = choice, event
        return self.choices[declared]

    def kernel(self, table: Table, column: Column, declared: Polymorphic) -> Kernel | None:
        """The values of the column that references one of several tables; None where that was refused."""
        place = f"{table.name}.{column.name}"
        kernels: list[Kernel] = []
        for option in declared.parents:
            parent = self.draft.experiment.table(option.references_table)
            target = parent.column(option.references_column) if parent else None
            assert parent is not None, "the model has checked references"
            assert target is not None, "the model has checked references"
            kernel = self.maker.kernel(parent, target)
            goal = f"{parent.name}.{target.name}"
            if kernel is None or not self.maker.same_type(place, column, goal, target, kernel):
                return None
            if kernel.facts.nullable and not declared.nullable:
                words = f"cannot be NULL, but {goal}, which it references, can"
                self.draft.refuse(place, words, f"make {goal} required")
                return None
            stream = self.draft.stream(table, (column.name,), f"parent {option.type}")
            pick = Uniform(stream, max(self.draft.rows[parent.name], 1))
            kernels.append(Reference(pick, kernel, stored_as(column.type, target.type)))
        choice, event = self.choice(table, declared)
        if (
            event is None
            and self.draft.rows[table.name]
            and not any(self.draft.rows[option.references_table] for option in declared.parents)
        ):
            names = ", ".join(option.references_table for option in declared.parents)
            self.draft.refuse(
                place, f"references {names}, which have 0 rows", "give one of them rows, or let it be NULL"
            )
            return None
        switch = Switch(choice, tuple(kernels))
        return Nullable(switch, event) if event else switch
