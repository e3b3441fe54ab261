"""A dialect that sqlglot knows: two tables of type names, and what the warehouse has words for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dw_simulator.plugins.dialects.check_constraints import read_checks
from dw_simulator.plugins.dialects.ddl_reader import Types, read_ddl
from dw_simulator.plugins.dialects.ddl_writer import Target, Way, write_ddl
from dw_simulator.plugins.dialects.translation import translate
from dw_simulator.plugins.loadpacks import Loader, Shipment
from dw_simulator.plugins.loadpacks.packing import pack
from dw_simulator.ports.constraints import Check
from dw_simulator.ports.dialect import Ddl, Dialect, WarehouseAddress, WrittenDdl
from dw_simulator.ports.manifest import Manifest
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.schema.model import Experiment, ForeignKey, Table


@dataclass(frozen=True)
class SqlDialect(Dialect):
    """A dialect that is all tables.

    types        sqlglot's type names -> this program's
    loader       how the warehouse takes files in
    like_escape  what takes a wildcard its meaning in a LIKE without ESCAPE; empty for nothing
    warehouse    where its own warehouse is; None where tables are loaded by a URL only
    """

    target: Target
    types: Types
    loader: Loader
    like_escape: str = ""
    warehouse: WarehouseAddress | None = None

    def read(self, sql: str) -> Ddl:
        return read_ddl(sql, self.target.sqlglot, self.types)

    def checks(self, table: Table) -> tuple[Check, ...]:
        return read_checks(table, self.target.sqlglot, escape=self.like_escape)

    def write(
        self,
        experiment: Experiment,
        *,
        schema: str | None = None,
        keys_late: bool = False,
        but: Collection[tuple[str, ForeignKey]] = (),
    ) -> WrittenDdl:
        return write_ddl(experiment, self.target, Way(schema, keys_late, tuple(but)))

    def pack(
        self, experiment: Experiment, order: LoadOrder, manifest: Manifest, *, place: str, folder: str
    ) -> Mapping[str, str]:
        return pack(Shipment(experiment, order, manifest, place, folder, self.target), self.loader)

    def translate(self, sql: str, *, to: str, tables: Mapping[str, Sequence[str]]) -> str:
        return translate(sql, self.target.sqlglot, self.target.name, to=to, tables=tables)
