"""A dialect that sqlglot knows: two tables of type names, and what the warehouse has words for.

Everything the built-in dialects have in common is reached from here. A stranger's dialect may be one, too:
its CHECKs, queries and expressions are then read by the same code.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dw_simulator.plugins.dialects.checks.check_reader import read_checks
from dw_simulator.plugins.dialects.ddl.ddl_reader import read_ddl
from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords
from dw_simulator.plugins.dialects.ddl.ddl_writer import DdlOptions, write_ddl
from dw_simulator.plugins.dialects.ddl.script import ReadableTypes
from dw_simulator.plugins.dialects.translation.query_translation import Prepare, QueryWords, translate
from dw_simulator.plugins.loadpacks.loader import Loader
from dw_simulator.plugins.loadpacks.packing import pack
from dw_simulator.plugins.loadpacks.shipment import Shipment
from dw_simulator.ports.constraints import Check
from dw_simulator.ports.dialect import Ddl, Dialect, WarehouseAddress, WrittenDdl
from dw_simulator.ports.manifest import Manifest
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.schema.model import Experiment, ForeignKey, Table


@dataclass(frozen=True)
class SqlDialect(Dialect):
    """A dialect that is all tables.

    ddl          what its CREATE TABLE has words for
    types        sqlglot's type names -> this program's
    loader       how the warehouse takes files in
    like_escape  what takes a wildcard its meaning in a LIKE without ESCAPE; empty for nothing
    length_counts_characters  whether LENGTH of text does so where sqlglot thinks that it may count bytes
    queries      what its queries need to be told to other databases; those without it are not translated
    warehouse    where its own warehouse is; None where tables are loaded by a URL only
    """

    ddl: DdlWords
    types: ReadableTypes
    loader: Loader
    like_escape: str = ""
    length_counts_characters: bool = False
    queries: QueryWords = field(default_factory=QueryWords)
    warehouse: WarehouseAddress | None = None

    def read(self, sql: str) -> Ddl:
        return read_ddl(sql, self.ddl.sqlglot, self.types)

    def checks(self, table: Table) -> tuple[Check, ...]:
        return read_checks(
            table,
            self.ddl.sqlglot,
            escape=self.like_escape,
            length_counts_characters=self.length_counts_characters,
        )

    def write(
        self,
        experiment: Experiment,
        *,
        schema: str | None = None,
        keys_late: bool = False,
        but: Collection[tuple[str, ForeignKey]] = (),
    ) -> WrittenDdl:
        return write_ddl(experiment, self.ddl, DdlOptions(schema, keys_late, tuple(but)))

    def pack(
        self, experiment: Experiment, order: LoadOrder, manifest: Manifest, *, place: str, folder: str
    ) -> Mapping[str, str]:
        return pack(Shipment(experiment, order, manifest, place, folder, self.ddl), self.loader)

    def translates_to(self, target: str) -> bool:
        """Whether the dialect's queries are translated for a database."""
        return target in self.queries.rewrites

    def translate(
        self, sql: str, *, to: str, tables: Mapping[str, Sequence[str]], prepare: Prepare | None = None
    ) -> str:
        """As every dialect; prepare: what is done with the query's tree before."""
        words, name = self.queries, self.ddl.name
        return translate(sql, self.ddl.sqlglot, words, name=name, to=to, tables=tables, prepare=prepare)
