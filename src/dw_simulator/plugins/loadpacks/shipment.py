"""A run's output on its way into a warehouse: its tables, their files, and words of the warehouse's SQL."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from sqlglot import exp

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords
from dw_simulator.plugins.dialects.ddl.type_names import type_name
from dw_simulator.ports.manifest import Manifest, TableEntry
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.schema.model import Column, Experiment, Table
from dw_simulator.types import SqlType


@dataclass(frozen=True)
class Cargo:
    """A table and its files.

    name    the table's, as the warehouse's SQL writes it
    folder  of its files, below the output directory
    """

    table: Table
    entry: TableEntry
    name: str

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.entry.parts[0].file).parent)

    @property
    def files(self) -> str:
        """All of them, as a pattern, and no file of another run, which may lie beside them in a bucket."""
        return f"{self.folder}/{self.pattern}"

    @property
    def pattern(self) -> str:
        """Their names; the mark of the run is in them where there is one."""
        return re.sub(r"^part-\d+", "part-*", PurePosixPath(self.entry.parts[0].file).name)


@dataclass(frozen=True)
class Shipment:
    """A run's output on its way into one warehouse.

    place   the URL of the output directory; empty where it is a directory of some machine
    folder  the pack's own, below the output directory
    """

    experiment: Experiment
    order: LoadOrder
    manifest: Manifest
    place: str
    folder: str
    words: DdlWords

    @cached_property
    def cargoes(self) -> tuple[Cargo, ...]:
        """Every table, parents before children."""
        tables = {table.name: table for table in self.experiment.tables}
        entries = {entry.name: entry for entry in self.manifest.tables}
        return tuple(Cargo(tables[name], entries[name], self.name(name)) for name in self.order.tables)

    def name(self, text: str) -> str:
        """A name as the warehouse's SQL writes it."""
        return self.sql(self.identifier(text))

    def names(self, columns: Iterable[Column]) -> str:
        """A list of columns."""
        return ", ".join(self.name(column.name) for column in columns)

    def text(self, text: str) -> str:
        """A text as the warehouse's SQL writes it."""
        return self.sql(exp.Literal.string(text))

    def type(self, declared: SqlType) -> str:
        """A type's name in the warehouse."""
        return type_name(declared, self.words.names, self.words.limits)

    def identifier(self, text: str) -> exp.Identifier:
        """A name, quoted where that is needed."""
        return exp.Identifier(this=text, quoted=self.words.quoted(text))

    def sql(self, tree: exp.Expr, *, pretty: bool = False) -> str:
        """An expression in the warehouse's SQL."""
        return str(tree.sql(dialect=self.words.sqlglot, pretty=pretty, copy=False))
