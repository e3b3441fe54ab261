"""A database whose tables are imported: what it is asked, and what it tells of their shapes.

Of the rows nothing crosses but their number.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

RowCounts: TypeAlias = Literal["estimate", "exact", "none"]
"""How rows are counted: by the catalogue where it has a figure, by counting them, or not at all."""

ROW_COUNTS: tuple[RowCounts, ...] = ("estimate", "exact", "none")


@dataclass(frozen=True)
class Look:
    """What is wanted of a database.

    schemas     whose tables; empty for the one that the connection is in
    row_counts  how rows are counted
    seconds     how long the database may be silent, and a statement may take
    """

    schemas: tuple[str, ...] = ()
    row_counts: RowCounts = "estimate"
    seconds: float = 30.0


@dataclass(frozen=True)
class FoundColumn:
    """A column, as the catalogue has it.

    type      in the database's own words; empty where it has none that can be told
    nearest   a type that this program knows and that such values fit into; empty where there is none
    values    all that it may hold, of a type that lists them
    default   an expression in the database's own words
    identity  (first number, step) of a column that counts by itself
    made      the expression of a generated column
    """

    name: str
    type: str
    nullable: bool = True
    nearest: str = ""
    values: tuple[str, ...] = ()
    default: str | None = None
    identity: tuple[int, int] | None = None
    made: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class FoundKey:
    """Columns of which no two rows have the same. nulls_differ: rows with NULL in it are out of it."""

    columns: tuple[str, ...]
    nulls_differ: bool = True


@dataclass(frozen=True)
class FoundForeignKey:
    """Columns that reference others. schema: of the table that is referenced; empty for the table's own."""

    columns: tuple[str, ...]
    table: str
    references_columns: tuple[str, ...]
    schema: str = ""


@dataclass
class FoundTable:
    """A table. rows: how many there are; None where nobody knows."""

    schema: str
    name: str
    columns: Sequence[FoundColumn]
    primary_key: tuple[str, ...] = ()
    unique: Sequence[FoundKey] = ()
    references: Sequence[FoundForeignKey] = ()
    checks: Sequence[str] = ()
    comment: str | None = None
    rows: int | None = None


@dataclass
class FoundShapes:
    """Tables, and what the database could not tell of them.

    parts  partitions, which are left out
    views  which are left out, too
    """

    tables: list[FoundTable] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    views: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class LiveDatabase(Protocol):
    """A database that is looked at and never written to; inherit it.

    place    its URL without anything secret, as messages show it
    name     what an experiment is called that nobody names
    dialect  the registered dialect that its words are in; None where there is none, and they are read as the
             default dialect's
    """

    place: str
    name: str
    dialect: str | None = None

    def __init__(self, url: str) -> None:
        """Nothing is reached yet. Raises RequestError for the URL."""

    @abstractmethod
    def look(self, asked: Look) -> FoundShapes:
        """The tables of some schemas. Raises RequestError for a schema that is not there, WarehouseError."""


class LiveDatabaseClass(Protocol):
    """How a database is opened: a class, of whose objects the rest is asked."""

    def __call__(self, url: str) -> LiveDatabase: ...
