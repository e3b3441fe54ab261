"""The numbers of a row by their roles, and which of them belong together."""

from dataclasses import dataclass, field

from dw_simulator.schema.inference.numbers.measure_roles import APART, NumberColumn
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch
from dw_simulator.schema.quoting import quoted_name

Place = tuple[str, str]
"""A column: of which table, and its name."""

LENDERS = frozenset(
    {"unit_price", "unit_cost", "list_price", "tax_rate", "exchange_rate", "hourly_rate", "returned_qty"}
)
"""Roles that numbers which stand apart share with the row's others."""

_TOTALS = ("total", "line_total", "gross", "total_fare")
"""What a row comes to in all: one that is somebody's is not made as the row's own."""


@dataclass(frozen=True)
class RoleSource:
    """A column that a formula looks at. link: by which it is found, where it is another table's."""

    measure: NumberColumn
    link: Link | None = None

    @property
    def place(self) -> Place:
        return place_of(self.measure.column)

    @property
    def sql(self) -> str:
        if self.link is None:
            return quoted_name(self.measure.name)
        return quoted_name(self.link.name, self.measure.name)

    @property
    def told(self) -> str:
        return self.measure.name if self.link is None else f"{self.link.name}.{self.measure.name}"


def place_of(column: ColumnSketch) -> Place:
    return column.table.name, column.name


@dataclass
class Row:
    """The numbers of a table, by their roles."""

    table: TableSketch
    numbers: list[NumberColumn]
    by_role: dict[str, list[NumberColumn]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.numbers:
            self.by_role.setdefault(one.role, []).append(one)

    def add(self, one: NumberColumn) -> None:
        self.numbers.append(one)
        self.by_role.setdefault(one.role, []).append(one)

    def has(self, goal: NumberColumn, role: str) -> bool:
        """Whether there is a number of a role that may belong with another."""
        return any(not one.owner or one.owner & goal.owner for one in self.by_role.get(role, ()))

    def beside(self, goal: NumberColumn, role: str) -> NumberColumn | None:
        """The number of a role that belongs with another."""
        others = [one for one in self.by_role.get(role, ()) if one is not goal]
        same = [one for one in others if one.owner == goal.owner]
        if same:
            return same[0]
        rivals = _TOTALS if goal.role in _TOTALS else (goal.role,)
        strict = goal.owner & APART or any(
            one.owner < goal.owner
            for rival in rivals
            for one in self.by_role.get(rival, ())
            if one is not goal
        )
        bare = [one for one in others if not one.owner]
        if strict:
            return bare[0] if bare and role in LENDERS else None
        if bare:
            return bare[0]
        near = [one for one in others if not one.owner & APART]
        if len(near) != 1 or (goal.owner and not goal.owner & near[0].owner):
            return None
        return near[0]
