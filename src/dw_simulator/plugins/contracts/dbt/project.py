"""A dbt project in one form, whether it was read from a manifest or from the project's own files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dw_simulator.schema.json_data import Json

Kinds = frozenset[str]
SOURCE, SEED, MODEL, SNAPSHOT = "source", "seed", "model", "snapshot"


@dataclass
class NodeColumn:
    """A column as the project describes it.

    place  where, as messages say it
    """

    name: str
    data_type: str = ""
    comment: str = ""
    place: str = ""


@dataclass
class DbtNode:
    """A table of the project.

    key         unique in the project: `crm.orders` of a source, `stg_orders` of anything else
    identifier  its name in the warehouse
    schema      the schema that it is in there; empty where nothing says so
    sql         of a model
    file        of a seed: its rows
    place       where it is described
    """

    kind: str
    key: str
    identifier: str
    schema: str = ""
    database: str = ""
    columns: dict[str, NodeColumn] = field(default_factory=dict)
    comment: str = ""
    sql: str = ""
    file: Path | None = None
    place: str = ""

    def add(self, column: NodeColumn) -> None:
        """One more column, or a type for one that is described without."""
        for known in self.columns.values():
            if known.name.lower() == column.name.lower():
                known.data_type = known.data_type or column.data_type
                known.comment = known.comment or column.comment
                return
        self.columns[column.name] = column


@dataclass(frozen=True)
class DataTest:
    """A test, or a constraint, of a node.

    name       without its package: `unique`
    package    `dbt_utils`, `dbt_expectations`; empty for dbt's own
    arguments  but the model and the column
    column     empty for a test of the whole table
    where      the rows that it looks at; empty for all
    place      file and line
    """

    node: str
    name: str
    package: str = ""
    arguments: Mapping[str, Json] = field(default_factory=dict)
    column: str = ""
    where: str = ""
    place: str = ""

    @property
    def full_name(self) -> str:
        return self.name if self.package in ("", "dbt") else f"{self.package}.{self.name}"


@dataclass
class Project:
    """Everything that is of use here.

    adapter   the name of the warehouse's adapter, which is that of a dialect; empty where nothing says so
    complete  the nodes of which every column is known
    warnings  what could not be read, with its place
    """

    name: str
    adapter: str = ""
    nodes: dict[str, DbtNode] = field(default_factory=dict)
    tests: list[DataTest] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    complete: set[str] = field(default_factory=set)

    def of_kind(self, kinds: Kinds) -> Iterator[DbtNode]:
        """The nodes of some kinds, in the order of the project."""
        return (node for node in self.nodes.values() if node.kind in kinds)
