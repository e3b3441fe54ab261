"""SQL text to table definitions and back, a file per dialect."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from dw_simulator.model import Experiment


@dataclass
class Ddl:
    """Tables as the JSON schema writes them, and what could not be carried over."""

    tables: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class WrittenDdl:
    """A script of CREATE TABLE statements, and what the dialect cannot say."""

    sql: str
    warnings: tuple[str, ...] = ()


class Dialect(Protocol):
    """What a warehouse's SQL says of tables."""

    def read(self, sql: str) -> Ddl:
        """Table definitions from a script.

        Raises SqlError where the text is not SQL of the dialect, SchemaError where a table cannot be read.
        """

    def write(self, experiment: Experiment) -> WrittenDdl:
        """A script that makes the tables, parents before children."""
