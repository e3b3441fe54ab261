"""The tables that a script has made so far, found by the names that statements call them."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dw_simulator.plugins.dialects.ddl.table_head import Name

if TYPE_CHECKING:
    from dw_simulator.plugins.dialects.ddl.script import MadeTable


class KnownTables:
    """Tables in the order in which they were made; a script of thousands looks for one without asking all."""

    def __init__(self) -> None:
        self._tables: dict[int, MadeTable] = {}
        self._alike: dict[str, list[MadeTable]] = {}

    def __iter__(self) -> "Iterator[MadeTable]":
        return iter(list(self._tables.values()))

    def __len__(self) -> int:
        return len(self._tables)

    def __contains__(self, made: object) -> bool:
        return id(made) in self._tables

    def add(self, made: "MadeTable") -> None:
        """Put a table behind the others."""
        self._tables[id(made)] = made
        self._alike.setdefault(made.name.name.lower(), []).append(made)

    def remove(self, made: "MadeTable") -> None:
        """Take a table away."""
        del self._tables[id(made)]
        self._alike[made.name.name.lower()].remove(made)

    def rename(self, made: "MadeTable", name: Name) -> None:
        """Call a table by another name, at its place."""
        self._alike[made.name.name.lower()].remove(made)
        made.name = name
        self._alike.setdefault(name.name.lower(), []).append(made)

    def exactly(self, name: Name) -> "MadeTable | None":
        """The table of just this name in just this schema."""
        return next((made for made in self._alike.get(name.name.lower(), ()) if made.name == name), None)

    def called(self, name: str) -> "list[MadeTable]":
        """The tables of this name in all schemas; those that are so in other letters where none is."""
        alike = self._alike.get(name.lower(), [])
        return [made for made in alike if made.name.name == name] or alike

    def names(self) -> Counter[str]:
        """How many tables have each name, letter case apart."""
        return Counter({name: len(alike) for name, alike in self._alike.items()})
