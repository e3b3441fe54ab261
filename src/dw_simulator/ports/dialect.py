"""SQL text to table definitions and back, a file per dialect."""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dw_simulator.ports.changes import Declare, ScriptPart
from dw_simulator.ports.constraints import Check
from dw_simulator.ports.manifest import Manifest
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.ports.statement import Statement, TypedTables
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.model import Experiment, ForeignKey, Table


@dataclass(frozen=True)
class Place:
    """A place in a script.

    line, column  counted from 1
    excerpt       the line, and beneath it a mark under each character that is meant
    file          which script, of several
    """

    line: int
    column: int
    excerpt: str
    file: str = ""

    def __str__(self) -> str:
        file = f"{self.file}, " if self.file else ""
        return f"{file}line {self.line}, column {self.column}"


@dataclass
class Ddl:
    """Tables as the JSON schema writes them, and what could not be carried over.

    A reference may name a table that is not among them, and then leave its columns open: whoever puts several
    scripts together resolves it.

    places  where each table and column stands in what was read, by "orders" and "orders.total"
    """

    tables: list[JsonObject] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)


@dataclass(frozen=True)
class WrittenDdl:
    """Statements without their semicolons, and what the dialect cannot say.

    tables  CREATE TABLE and COMMENT, parents before children
    late    what is for when every row is there: the references of cycles, or all keys and references
    """

    tables: tuple[str, ...]
    late: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        """One script."""
        return ";\n\n".join([*self.tables, *self.late]) + ";\n"


@dataclass(frozen=True)
class WarehouseAddress:
    """Where a dialect's own warehouse is, which tables are loaded into unless another is named.

    setting  the setting that holds its URL, empty for none: "acme_url" is the variable DW_SIM_ACME_URL
    url      where it is if nothing is set; {home} stands for this program's directory
    """

    setting: str = ""
    url: str = ""


class Dialect(Protocol):
    """What a warehouse's SQL says of tables.

    Inherit it: a dialect that only reads and writes DDL answers None to the rest, as the methods here do.
    """

    warehouse: WarehouseAddress | None = None
    """Where its own warehouse is; None where none is known, and tables are loaded by a URL only."""

    marks: str = ""
    """A regular expression of what only its own scripts say: whose SQL a script is, is guessed by it."""

    by_marks_alone: bool = False
    """Whether a script without any of its marks is never taken for one of its own."""

    @abstractmethod
    def read(self, sql: str, *, skip_unknown: bool = False) -> Ddl:
        """Table definitions from a script.

        skip_unknown  whether columns of types that are not known are left out, rather than refused

        Raises SqlError where the text is not SQL of the dialect, ScriptError where a table cannot be read.
        """

    @abstractmethod
    def write(
        self,
        experiment: Experiment,
        *,
        schema: str | None = None,
        keys_late: bool = False,
        but: Collection[tuple[str, ForeignKey]] = (),
    ) -> WrittenDdl:
        """Statements that make the tables, parents before children.

        schema     that the tables are made in; whichever is the session's own where it is None
        keys_late  declare keys and references when every row is there, which is faster
        but        references, with their tables, that are left out with a warning
        """

    def checks(self, table: Table) -> tuple[Check, ...] | None:  # noqa: ARG002
        """What the table's CHECK constraints say, in their order; None where the dialect reads no CHECK."""
        return None

    def pack(
        self,
        experiment: Experiment,  # noqa: ARG002
        order: LoadOrder,  # noqa: ARG002
        manifest: Manifest,  # noqa: ARG002
        *,
        place: str,  # noqa: ARG002
        folder: str,  # noqa: ARG002
    ) -> Mapping[str, str] | None:
        """The scripts of a load pack that take a run's output into the warehouse; None where there are none.

        place   the URL of the output directory; empty where it is a directory of some machine
        folder  of the pack, below the output directory

        Returns the files' content by their path below the dialect's folder.
        """
        return None

    def translate(self, sql: str, *, to: str, tables: TypedTables) -> Statement | None:  # noqa: ARG002
        """One query of the dialect, such that another database answers it as the warehouse would.

        to      the name of that database's dialect; it may be the dialect's own
        tables  the tables that there are for the query, without a schema, and the types of their columns

        None where the dialect has no translation. Raises SqlError, with the place, where the query cannot be
        read or said there, or reaches for something else than these tables.
        """
        return None

    def script(self, sql: str, *, to: str, declare: Declare) -> Sequence[ScriptPart] | None:  # noqa: ARG002
        """Statements that change tables, and queries, such that another database does the same.

        declare  writes the tables of an experiment in the words of that database

        None where the dialect has no translation. Raises SqlError, with the place, for anything else.
        """
        return None
