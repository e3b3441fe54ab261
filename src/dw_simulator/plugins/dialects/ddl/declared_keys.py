"""Which keys and references of an experiment a warehouse can declare; the others are told, and left out."""

from collections.abc import Callable, Collection, Iterator

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords
from dw_simulator.schema.model import Column, Experiment, ForeignKey, Table

Warn = Callable[[str, str], None]
"""Takes a place and what is to be said of it."""


class DeclaredKeys:
    """What is declared of each table.

    keys        of a table, by its name: its own, and those that were added for what references it
    references  of a table, by its name, each to columns that are a key just so
    """

    def __init__(
        self,
        experiment: Experiment,
        words: DdlWords,
        but: Collection[tuple[str, ForeignKey]],
        warn: Warn,
        schema_of: Callable[[str], str | None] = lambda _table: None,
    ) -> None:
        """What is declared.

        but        references, with their tables, that are left out
        schema_of  the schema that a table is written into
        """
        self._experiment, self._words, self._but, self._warn = experiment, words, but, warn
        self._schema_of = schema_of
        self.keys = {table.name: list(self._own(table)) for table in experiment.tables}
        self.references = {table.name: list(self._declarable(table)) for table in experiment.tables}

    def _own(self, table: Table) -> Iterator[tuple[str, ...]]:
        for key in table.keys:
            if key == table.primary_key or "unique" in self._words.says:
                if not table.tells_nulls_apart(key) and "nulls not distinct" not in self._words.says:
                    words = f"has no NULLS NOT DISTINCT, left out of UNIQUE ({', '.join(key)})"
                    self._warn(table.name, f"{self._words.name} {words}")
                yield key
            else:
                self._warn(table.name, f"{self._words.name} has no UNIQUE, left out: ({', '.join(key)})")

    def _declarable(self, table: Table) -> Iterator[ForeignKey]:
        for reference in table.references:
            parent = self._experiment.table(reference.references_table)
            assert parent is not None, "references have been checked"
            if reason := self._hindrance(table, parent, reference):
                self._warn(f"{table.name}({', '.join(reference.columns)})", reason)
            else:
                yield self._on_key(parent, reference)

    def _hindrance(self, table: Table, parent: Table, reference: ForeignKey) -> str:
        """Why a reference cannot be declared; empty where it can."""
        name, columns = self._words.name, reference.references_columns
        goal = f"{parent.name}({', '.join(columns)})"
        if (table.name, reference) in self._but:
            return f"{name} cannot check this reference during a load, left out"
        far = self._schema_of(table.name) != self._schema_of(parent.name)
        if far and "far references" in self._words.unmade:
            return f"{name} takes no reference from one schema to another, left out: to {goal}"
        pairs = column_pairs(table, parent, reference)
        if not all(self._words.comparable(ours.type, theirs.type) for ours, theirs in pairs):
            return f"its type is not that of {goal}, so {name} takes no reference, left out"
        if not any(set(key) <= set(columns) for key in parent.keys):
            return f"it references a part of a key, which {name} does not take, left out: to {goal}"
        if "unique" not in self._words.says and set(columns) != set(parent.primary_key):
            return f"{name} takes references to primary keys only, left out: to {goal}"
        return ""

    def _on_key(self, parent: Table, reference: ForeignKey) -> ForeignKey:
        """The reference in the order of the key it means, as DuckDB wants it.

        The schema allows more columns than a key has. Then they are unique too, and are declared so.
        """
        wanted = set(reference.references_columns)
        key = next((key for key in self.keys[parent.name] if set(key) == wanted), None)
        if key is None:
            key = reference.references_columns
            self.keys[parent.name].append(key)
            self._warn(parent.name, f"UNIQUE ({', '.join(key)}) was added for what references it")
        own = dict(zip(reference.references_columns, reference.columns, strict=True))
        columns = tuple(own[name] for name in key)
        return reference.model_copy(update={"columns": columns, "references_columns": key})


def column_pairs(child: Table, parent: Table, reference: ForeignKey) -> Iterator[tuple[Column, Column]]:
    """Each column of a reference, and the one that it references."""
    for own, referenced in zip(reference.columns, reference.references_columns, strict=True):
        ours, theirs = child.column(own), parent.column(referenced)
        assert ours is not None, "references have been checked"
        assert theirs is not None, "references have been checked"
        yield ours, theirs
