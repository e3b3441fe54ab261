"""Tiny schemas at random, and whether any rows at all satisfy them: an independent truth for the planner.

Three tables of up to four rows, up to three references, up to two keys a table of up to three columns each.
All columns are INT, of which there are more than enough: so nothing but the references makes two cells equal,
and a key is broken by two rows only where references make them equal in all of its columns. The solver
therefore chooses a parent's row for each row of each reference, joins the cells that have to be equal, and
looks.
"""

import random
from itertools import combinations
from typing import Any

Json = dict[str, Any]
Cell = tuple[str, int, str]


def tiny(seed: int) -> Json:
    """A schema."""
    choose = random.Random(seed)
    tables = [_table(choose, f"t{number}") for number in range(3)]
    for _ in range(choose.choice((1, 2, 2, 3, 3, 3))):
        _refer(choose, choose.choice(tables), choose.choice(tables))
    return {"name": "tiny", "tables": tables}


def _table(choose: random.Random, name: str) -> Json:
    names = [f"{name}_{k}" for k in range(choose.choice((2, 3, 3, 4)))]
    primary = choose.sample(names, min(choose.choice((1, 1, 2, 2, 3)), len(names)))
    columns: list[Json] = [{"name": own, "data_type": "INT"} for own in names]
    for column in columns:
        if column["name"] not in primary and choose.random() < 0.25:
            column["required"] = False
    table: Json = {"name": name, "target_rows": choose.choice((1, 2, 3, 4, 4)), "columns": columns}
    table["primary_key"] = primary
    if choose.random() < 0.4:
        other = choose.sample(names, min(choose.choice((1, 2, 2, 3)), len(names)))
        if set(other) != set(primary):
            table["unique"] = [other]
    return table


def _refer(choose: random.Random, table: Json, parent: Json) -> None:
    key = choose.choice([parent["primary_key"], *parent.get("unique", [])])
    required = [column["name"] for column in parent["columns"] if column.get("required", True)]
    names = [column["name"] for column in table["columns"]]
    if len(key) > len(names) or not set(key) <= set(required):
        return
    own = choose.sample(names, len(key))
    known = table.setdefault("foreign_keys", [])
    if (table is parent and own == key) or any(set(other["columns"]) == set(own) for other in known):
        return
    known.append({"columns": own, "references_table": parent["name"], "references_columns": list(key)})


_MOST_STEPS = 3000


class _TooManyError(Exception):
    """It is not found out soon."""


class Solver:
    """Looks for rows that satisfy a schema."""

    def __init__(self, schema: Json) -> None:
        self.tables = {table["name"]: table for table in schema["tables"]}
        self.parent: dict[Cell, Cell] = {}
        self.steps = 0
        self.choices = [
            (table, row, reference)
            for table in schema["tables"]
            for reference in table.get("foreign_keys", [])
            if not self._optional(table) & set(reference["columns"])  # NULL satisfies it
            for row in range(table["target_rows"])
        ]

    @staticmethod
    def _optional(table: Json) -> set[str]:
        return {column["name"] for column in table["columns"] if not column.get("required", True)}

    def is_possible(self) -> bool | None:
        """Whether there are rows; None where that is not found out soon."""
        try:
            return self._is_possible(0)
        except _TooManyError:
            return None

    def _is_possible(self, done: int) -> bool:
        """The same, the first so many choices being made."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise _TooManyError
        if any(self._is_broken(table) for table in self.tables.values()):
            return False
        if done == len(self.choices):
            return True
        table, row, reference = self.choices[done]
        pairs = list(zip(reference["columns"], reference["references_columns"], strict=True))
        goal = reference["references_table"]
        for parent_row in range(self.tables[goal]["target_rows"]):
            before = dict(self.parent)
            for own, target in pairs:
                self._join((table["name"], row, own), (goal, parent_row, target))
            if self._is_possible(done + 1):
                return True
            self.parent = before
        return False

    def _root(self, cell: Cell) -> Cell:
        while cell in self.parent:
            cell = self.parent[cell]
        return cell

    def _join(self, one: Cell, other: Cell) -> None:
        roots = self._root(one), self._root(other)
        if roots[0] != roots[1]:
            self.parent[roots[0]] = roots[1]

    def _is_broken(self, table: Json) -> bool:
        optional = self._optional(table)  # a NULL leaves the key
        keys = [key for key in (table["primary_key"], *table.get("unique", [])) if not optional & set(key)]
        return any(
            all(self._root((table["name"], a, own)) == self._root((table["name"], b, own)) for own in key)
            for key in keys
            for a, b in combinations(range(table["target_rows"]), 2)
        )
