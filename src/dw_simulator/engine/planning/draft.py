"""What the passes know so far, and what they found wrong."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from dw_simulator.engine.kernels.base import Domain, Kernel
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.rules import Rule
from dw_simulator.errors import Problem
from dw_simulator.model import Column, Experiment, ForeignKey, RuleSpec, Table
from dw_simulator.types import Kind

Rules = Callable[[RuleSpec, Kind], Rule]
"""From a rule's name and options to the rule; raises Refusal. The service passes the registry's."""

Place = tuple[str, str]
"""A table's name and a column's."""


@dataclass(eq=False)
class Relation:
    """A reference while it is planned. `pick` is empty until a pass has chosen how parents are picked."""

    table: Table
    declared: ForeignKey
    parent: Table
    parent_rows: int
    pick: Selector | None = None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """(own column, parent's column) of every column of the reference."""
        return list(zip(self.declared.columns, self.declared.references_columns, strict=True))

    @property
    def label(self) -> str:
        return f"{self.table.name}({', '.join(self.declared.columns)})"

    def optional(self, column: Column) -> bool:
        """Whether this column of the reference may be NULL."""
        return self.declared.nullable or not column.required


@dataclass(eq=False)
class Draft:
    """A plan in the making.

    rows       of each table
    relations  the reference a column belongs to
    values     what the rules of the other columns offer
    selectors  those that a key has chosen for a column
    kernels    finished columns; `failed` are those that never will be
    """

    experiment: Experiment
    seed: int
    rules: Rules
    asked: Mapping[str, int]
    rows: dict[str, int] = field(default_factory=dict)
    relations: dict[Place, Relation] = field(default_factory=dict)
    values: dict[Place, Domain | Kernel] = field(default_factory=dict)
    selectors: dict[Place, Selector] = field(default_factory=dict)
    kernels: dict[Place, Kernel] = field(default_factory=dict)
    failed: set[Place] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def refuse(self, place: str, message: str, mend: str = "") -> None:
        """Note a problem, and go on looking for others."""
        self.problems.append(Problem(place, message, mend))

    def stream(self, table: Table, names: tuple[str, ...], purpose: str) -> Stream:
        """The stream of one column, or of several that decide something together."""
        return Stream.named(self.seed, table.name, "\0".join(names), purpose)

    def columns(self) -> Iterator[tuple[Table, Column]]:
        """Every column of every table."""
        for table in self.experiment.tables:
            for column in table.columns:
                yield table, column
