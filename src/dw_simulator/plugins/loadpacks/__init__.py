"""Scripts that take a run's Parquet files into a warehouse, a file per dialect.

A dialect describes its warehouse by a `Loader`; `packing` makes the scripts, `verifying` the one that
compares what was loaded with the manifest.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from sqlglot import exp

from dw_simulator.plugins.dialects.ddl.ddl_writer import Target
from dw_simulator.plugins.dialects.ddl.type_names import sort_of, type_name
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
    target: Target

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
        return type_name(declared, self.target.names, self.target.limits)

    def identifier(self, text: str) -> exp.Identifier:
        """A name, quoted where that is needed."""
        return exp.Identifier(this=text, quoted=self.target.quoted(text))

    def sql(self, tree: exp.Expression, *, pretty: bool = False) -> str:
        """An expression in the warehouse's SQL."""
        return str(tree.sql(dialect=self.target.sqlglot, pretty=pretty, copy=False))


def _same(table: Table) -> Table:
    return table


@dataclass(frozen=True)
class Loader:
    """How a warehouse takes Parquet files in.

    copy      the statements that fill the tables; a line that begins with "--" or "\\\\" stands by itself
    usage     how to run the scripts: Markdown, with {folder}
    schemes   of the URLs that it reads
    total     the type of exact sums, with {scale}
    unread    sorts of types (`sort_of`, with " ns" behind it for nanoseconds) that it does not read
              from Parquet, and why
    enforces  whether keys and references are in force: then they are declared when every row is there
    declares  the table as it has to be made for what fills it
    files     further files of the pack
    """

    copy: Callable[[Shipment], Iterator[str]]
    usage: str
    schemes: frozenset[str] = frozenset()
    total: str = "DECIMAL(38,{scale})"
    unread: Mapping[str, str] = field(default_factory=dict)
    enforces: bool = False
    declares: Callable[[Table], Table] = _same
    files: Callable[[Shipment], Mapping[str, str]] = lambda _shipment: {}

    def reaches(self, place: str) -> bool:
        """Whether the warehouse reads from this place by itself."""
        return place.partition("://")[0] in self.schemes


def converted(table: Table, reads: Mapping[str, str]) -> bool:
    """Whether a table has columns that come out of the file as something else than they are in the table."""
    return any(sort_of(column.type) in reads for column in table.columns)


def selected(shipment: Shipment, columns: Iterable[Column], reads: Mapping[str, str]) -> str:
    """The columns of a table from those of its file.

    reads  SQL of each sort that has to be converted, with {0} for what is read
    """
    templates = ((column, reads.get(sort_of(column.type), "{0}")) for column in columns)
    return ", ".join(template.replace("{0}", shipment.name(column.name)) for column, template in templates)


def uuid_text(digits: str) -> str:
    """SQL that puts the dashes between 32 hexadecimal digits."""
    pieces = (f"SUBSTR({digits}, {start}, {length})" for start, length in _UUID_PIECES)
    return "LOWER(" + " || '-' || ".join(pieces) + ")"


JSON_SORTS = ("json any", "json object", "json array")
_UUID_PIECES = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
