"""A dialect that sqlglot knows: two tables of type names, and what the warehouse has words for."""

from collections.abc import Collection
from dataclasses import dataclass

from dw_simulator.model import Experiment, ForeignKey
from dw_simulator.plugins.dialects import Ddl, WrittenDdl
from dw_simulator.plugins.dialects.ddl import Types, read_ddl
from dw_simulator.plugins.dialects.writing import Target, Way, write_ddl


@dataclass(frozen=True)
class SqlDialect:
    """A dialect (`plugins.dialects.Dialect`) that is all tables.

    types  sqlglot's type names -> this program's
    """

    target: Target
    types: Types

    def read(self, sql: str) -> Ddl:
        return read_ddl(sql, self.target.sqlglot, self.types)

    def write(
        self,
        experiment: Experiment,
        *,
        schema: str | None = None,
        keys_late: bool = False,
        but: Collection[tuple[str, ForeignKey]] = (),
    ) -> WrittenDdl:
        return write_ddl(experiment, self.target, Way(schema, keys_late, tuple(but)))
