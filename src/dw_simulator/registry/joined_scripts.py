"""Several scripts as one schema: references among them, and to tables that none of them has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from dw_simulator.errors import Problem, SchemaError
from dw_simulator.ports.dialect import Ddl, Place
from dw_simulator.schema.json_data import JsonObject

OUTSIDE = "its values are keys that repeat"
"""The words of every warning on a reference to a table that is not there."""
_Table = dict[str, Any]
"""A table as the JSON schema writes it; a dialect of a plugin may have made it."""


def joined(scripts: Sequence[Ddl]) -> Ddl:
    """The tables of all scripts, with every reference resolved or left out.

    A table that is in two scripts is the first one's. A column that references a table of no script keeps its
    values for itself, which is told.

    Raises SchemaError where a reference names no columns, and its table has no such key.
    """
    joining = _Joining()
    for script in scripts:
        joining.add(script)
    joining.resolve()
    return Ddl(cast(list[JsonObject], joining.tables), joining.warnings, joining.places)


@dataclass
class _Joining:
    tables: list[_Table] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    by_name: dict[str, _Table] = field(default_factory=dict)

    def add(self, script: Ddl) -> None:
        self.warnings += script.warnings
        for place, where in script.places.items():
            self.places.setdefault(place, where)
        before = set(self.by_name)
        for one in script.tables:
            table = cast(_Table, one)
            name = str(table.get("name", "")).lower()
            if name in before:
                self.warnings.append(f"{table['name']}: is in several scripts; the first one's is taken")
                continue
            # two of one script that differ in letter case alone are told by whoever reads the schema
            self.by_name.setdefault(name, table)
            self.tables.append(table)

    def resolve(self) -> None:
        for table in self.tables:
            for column in _objects(table.get("columns")):
                self._column(table, column)
            several = [one for one in _objects(table.get("foreign_keys")) if self._is_inside(table, one)]
            if several:
                table["foreign_keys"] = several
            else:
                table.pop("foreign_keys", None)
        if self.problems:
            raise SchemaError(self.problems)

    def _column(self, table: _Table, column: _Table) -> None:
        reference = column.get("foreign_key")
        if not isinstance(reference, dict) or not isinstance(reference.get("references_table"), str):
            return
        parent = self.by_name.get(reference["references_table"].lower())
        if parent is None:
            del column["foreign_key"]
            key = reference.get("references_column")
            self._outside(table, [column["name"]], reference["references_table"], [key] if key else [])
        elif reference.get("references_column", "") is None:
            key = self._key(table, parent, 1)
            reference["references_column"] = key[0] if key else None

    def _is_inside(self, table: _Table, reference: _Table) -> bool:
        """Whether the table that a reference of several columns names is there; its key is filled in."""
        name = reference.get("references_table")
        if not isinstance(name, str):
            return True
        parent = self.by_name.get(name.lower())
        if parent is None:
            self._outside(table, reference["columns"], name, reference.get("references_columns", []))
        elif not reference.get("references_columns", [""]):
            reference["references_columns"] = self._key(table, parent, len(reference["columns"]))
        return parent is not None

    def _key(self, table: _Table, parent: _Table, width: int) -> list[str]:
        """The primary key that a reference without columns means."""
        key = list(parent.get("primary_key") or ())
        if len(key) == width:
            return key
        message = f"{table['name']}: references {parent['name']}, which has no such primary key"
        place = self.places.get(table["name"])
        where, shown = (str(place), place.excerpt) if place is not None else ("", "")
        self.problems.append(Problem(where, message, "name the columns", shown))
        return []

    def _outside(self, table: _Table, columns: Sequence[str], parent: str, key: Sequence[str]) -> None:
        table.setdefault("outside_references", []).append(
            {"columns": list(columns), "references_table": parent, "references_columns": list(key)}
        )
        names = ", ".join(columns)
        what = f"{table['name']}.{names}" if "," not in names else f"{table['name']}({names})"
        where = self.places.get(f"{table['name']}.{names}") or self.places.get(table["name"])
        message = (
            f"{what}: references {parent}, which is not in this script; {OUTSIDE}, "
            "and --with names the script that has the table, now, or later with --into"
        )
        self.warnings.append(f"{where}: {message}" if where else message)


def _objects(value: object) -> Iterator[_Table]:
    for one in value if isinstance(value, list | tuple) else ():
        if isinstance(one, dict):
            yield one
