"""Random schemas in which what is chosen is said to be an import's guess, and some of it cannot be made."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.random_rules import Choose, composed

Json = dict[str, Any]
OPTIONS = ("children", "skew", "childless", "tree", "pick", "via", "distinct")
TENS = tuple(range(10))
RULES = ("rule", "faker_rule", "distribution", "locale")
OF_COLUMNS = (
    *RULES,
    *("lookup", "null_when"),
    *("min_value", "max_value", "date_start", "date_end"),
)
OF_TABLES = ("lifecycles", "correlate")
BROKEN_RULES: tuple[Json, ...] = (
    {"name": "expression", "sql": "no_such_column + 1"},
    {"name": "after", "column": "no_such_column", "within": "3d"},
    {"name": "rollup", "function": "count", "table": "no_such_table", "reference": "x"},
    {"name": "window", "function": "number", "reference": "no_such_column"},
    {"name": "choice", "values": ["a text that is much too long for what holds it", "another one that is"]},
)
BROKEN_OPTIONS: tuple[Json, ...] = (
    {"children": {"min": 900, "max": 901}},
    {"pick": {"where": "no_such_column > 1"}},
    {"pick": {"weights": "no_such_column"}},
    {"skew": {"zipf": 1.0}, "childless": 0.9},
    {"tree": {"roots": 2}},
)


def guessed(choose: Choose, share: int = 10, broken: int = 1) -> Json:
    """A schema whose choices are guesses, and some of them impossible.

    share, broken  of ten choices so many are guesses, and so many of these cannot be made
    """
    document = copy.deepcopy(composed(choose))
    for table in document["tables"]:
        _Marking(choose, share, broken).table(table)
    return document


@dataclass
class _Marking:
    choose: Choose
    share: int
    broken: int

    def is_guess(self) -> bool:
        return bool(self.choose(TENS) < self.share)

    def is_broken(self) -> bool:
        return bool(self.choose(TENS) < self.broken)

    def table(self, table: Json) -> None:
        keyed = {name for key in [table.get("primary_key", ()), *table.get("unique", ())] for name in key}
        for column in table["columns"]:
            self.column(column, keyed=column["name"] in keyed)
        for reference in [*table.get("foreign_keys", []), *_of_columns(table)]:
            self.reference(reference)
        chosen = {name: table[name] for name in OF_TABLES if table.get(name)}
        if chosen and self.is_guess():
            table |= {"inferred": "its name", "guessed": chosen}

    def column(self, column: Json, *, keyed: bool) -> None:
        if self.is_broken() and not column.get("lookup") and not keyed:
            for name in RULES:
                column.pop(name, None)
            column["rule"] = self.choose(BROKEN_RULES)
        fields = {name: column[name] for name in OF_COLUMNS if name in column}
        if fields and self.is_guess():
            other = {"else": {"rule": {"name": "expression", "sql": "NULL"}, "inferred": "x"}}
            column |= {"inferred": "its name", "guessed": {**fields, **self.choose(({}, {}, other))}}

    def reference(self, reference: Json) -> None:
        if self.is_broken():
            for name in OPTIONS:
                reference.pop(name, None)
            reference |= self.choose(BROKEN_OPTIONS)
        options = {name: reference[name] for name in OPTIONS if reference.get(name)}
        if options and self.is_guess():
            reference |= {"inferred": "its name", "guessed": options}


def _of_columns(table: Json) -> list[Json]:
    return [column["foreign_key"] for column in table["columns"] if column.get("foreign_key")]


def bare(document: Json) -> Json:
    """The schema without what is said to be guessed."""
    made = copy.deepcopy(document)
    for table in made["tables"]:
        _forget(table)
        for column in table["columns"]:
            _forget(column)
        for reference in [*table.get("foreign_keys", []), *_of_columns(table)]:
            _forget(reference)
    return made


def _forget(part: Json) -> None:
    guess = part.pop("guessed", None)
    part.pop("inferred", None)
    for name in guess if isinstance(guess, Mapping) else ():
        part.pop(name, None)
