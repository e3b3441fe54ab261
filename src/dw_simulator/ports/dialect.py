"""SQL text to table definitions and back, a file per dialect."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from dw_simulator.ports.constraints import Check
from dw_simulator.ports.manifest import Manifest
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.schema.model import Experiment, ForeignKey, Table


@dataclass
class Ddl:
    """Tables as the JSON schema writes them, and what could not be carried over."""

    tables: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


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


class Dialect(Protocol):
    """What a warehouse's SQL says of tables."""

    def read(self, sql: str) -> Ddl:
        """Table definitions from a script.

        Raises SqlError where the text is not SQL of the dialect, SchemaError where a table cannot be read.
        """

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

    def checks(self, table: Table) -> tuple[Check, ...]:
        """What the table's CHECK constraints say, in their order; the planner follows it."""

    def translate(self, sql: str, *, to: str, tables: Mapping[str, Sequence[str]]) -> str:
        """One query of the dialect, such that another database answers it as the warehouse would.

        to      "duckdb" or "postgres"
        tables  the names of an experiment's tables and of their columns, which are there without a schema

        Raises SqlError, with the place, where the query cannot be read or has no translation.
        """


class Packer(Protocol):
    """What a dialect may have besides: the scripts of a load pack (`dw_simulator.loading.pack`)."""

    def pack(
        self, experiment: Experiment, order: LoadOrder, manifest: Manifest, *, place: str, folder: str
    ) -> Mapping[str, str]:
        """The files that take a run's output into the warehouse, by their path below the dialect's folder.

        place   the URL of the output directory; empty where it is a directory of some machine
        folder  of the pack, below the output directory
        """
