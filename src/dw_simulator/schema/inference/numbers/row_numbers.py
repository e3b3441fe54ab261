"""The numbers of a row by their roles, and which of them belong together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.header_sums import is_line
from dw_simulator.schema.inference.numbers.measure_roles import APART, NumberColumn
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS

Place = tuple[str, str]
"""A column: of which table, and its name."""

LENDERS = frozenset(
    """unit_price unit_cost list_price tax_rate exchange_rate hourly_rate returned_qty tare_weight""".split()
)
"""Roles that numbers which stand apart share with the row's others."""

_TOTALS = ("total", "line_total", "gross", "total_fare")
"""What a row comes to in all: one that is somebody's is not made as the row's own."""


@dataclass(frozen=True)
class RoleSource:
    """A column that a formula looks at.

    link    by which it is found, where it is another table's
    beyond  by which that table's row finds it, where it is one step further
    """

    measure: NumberColumn
    link: Link | None = None
    beyond: Link | None = None

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
        if self.link is None:
            return self.measure.name
        return f"{(self.beyond or self.link).name}.{self.measure.name}"

    def nearer(self) -> "RoleSource":
        """The same where the nearest table looks it up: in a column that nobody sees."""
        if self.link is None or self.beyond is None:
            return self
        column, table = self.measure.column, self.link.parent
        name = f"{column.name}_of_{self.beyond.parent.name}"
        lookup: dict[str, Json] = {"reference": self.beyond.name, "column": column.name}
        known = next((one for one in table.columns.values() if one.fields.get("lookup") == lookup), None)
        if known is None:
            known = table.add_hidden(
                name,
                column.column.data_type,
                Found(f"the {column.name} of its {self.beyond.parent.name}", {"lookup": lookup}),
                required=column.required and self.beyond.required,
            )
        return RoleSource(NumberColumn(known, self.measure.role, self.measure.owner), self.link)


def said_of(told: str, sources: Mapping[str, RoleSource]) -> str:
    """What the user is told, with the names of the columns in the places of their roles."""
    for role, source in sources.items():
        told = told.replace(f"{{{role}}}", source.told)
    return told


def bare(column: ColumnSketch) -> NumberColumn:
    """A number of which no role is known."""
    return NumberColumn(column, "", frozenset())


def surely_there(column: ColumnSketch) -> bool:
    """Whether there is always a row in which a column looks something up."""
    said = column.fields.get("lookup")
    link = column.table.link(str(said["reference"])) if isinstance(said, Mapping) else None
    return link is not None and link.required


def mentioned(column: ColumnSketch) -> set[str]:
    """The columns of its table that the SQL of a column speaks of."""
    sql = f"{column.rule.get('sql', '')} {column.unless} {column.fields.get('null_when', '')}"
    words = {word.lower() for word in re.findall(r"\w+", sql)}
    return {one for one in column.table.columns if one.lower() in words and one != column.name}


def numbers_of(table: TableSketch) -> list[ColumnSketch]:
    """The numbers of a table that are no keys."""
    linked = {name for link in table.links for name in link.columns}
    return [
        one
        for one in table.columns.values()
        if one.kind in NUMERIC_KINDS and not (one.hidden or one.keyed or one.name in linked)
    ]


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


def source_of(
    rows: Mapping[str, Row], row: Row, goal: NumberColumn, role: str, *, spare: bool = False
) -> RoleSource | None:
    """What a role of a formula is where a number is made: a column of the row, or one of a referenced row.

    spare  whether the number can be made where there is no such row
    """
    far, _, name = role.rpartition(".")
    if not far:
        beside = row.beside(goal, name)
        return RoleSource(beside) if beside is not None else None
    for link in _certain(row.table, goal, spare=spare):
        if name == "quantity" and is_line(link):
            continue  # an order's number of items
        if far == "parent":
            found = _lent(rows[link.parent.name], goal, name)
            if found is not None:
                return RoleSource(found, link)
            continue
        for beyond in _certain(link.parent, goal):
            found = _lent(rows[beyond.parent.name], goal, name) if beyond.parent is not row.table else None
            if found is not None:
                return RoleSource(found, link, beyond)
    return None


def _certain(table: TableSketch, goal: NumberColumn, *, spare: bool = False) -> Iterator[Link]:
    """The references whose row is there where the number has to be. spare: or which there may be."""
    for link in table.links:
        firsts = [one for one in table.links if one.name == link.name]
        missing = goal.column.required and not (link.required or spare)
        if not (link.to_itself or len(firsts) > 1 or missing):
            yield link


def _lent(row: Row, goal: NumberColumn, role: str) -> NumberColumn | None:
    """The number of another row that one may be made of."""
    for one in row.by_role.get(role, ()):
        if one.owner == goal.owner or not (one.owner or (goal.owner & APART and role not in LENDERS)):
            return one
    return None
