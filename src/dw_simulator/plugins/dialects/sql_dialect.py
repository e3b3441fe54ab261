"""A dialect that sqlglot knows: two tables of type names, and what the warehouse has words for.

Everything the built-in dialects have in common is reached from here. A stranger's dialect may be one, too:
its CHECKs, queries and expressions are then read by the same code.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from dw_simulator.plugins.dialects.ddl.ddl_reader import ReadOptions, read_ddl
from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords
from dw_simulator.plugins.dialects.ddl.ddl_writer import DdlOptions, write_ddl
from dw_simulator.plugins.dialects.ddl.declared_types import ReadableTypes
from dw_simulator.plugins.dialects.ddl.table_head import AS_WRITTEN, Folding
from dw_simulator.ports.changes import Declare, ScriptPart
from dw_simulator.ports.constraints import Check
from dw_simulator.ports.dialect import Ddl, Dialect, WarehouseAddress, WrittenDdl
from dw_simulator.ports.manifest import Manifest
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.ports.statement import Statement, TypedTables
from dw_simulator.schema.model import Experiment, ForeignKey, Table

if TYPE_CHECKING:  # an import of DDL asks for no queries, and has nothing to load
    from dw_simulator.plugins.dialects.translation.query_translation import Prepare, QueryWords
    from dw_simulator.plugins.loadpacks.loader import Loader


def later(place: str) -> Callable[[], Any]:
    """What stands in a place, `package.module:name`, imported when it is first called for."""
    return cache(lambda: resolve_name(place))


def _no_queries() -> "QueryWords":
    from dw_simulator.plugins.dialects.translation.query_translation import QueryWords  # noqa: PLC0415

    return QueryWords()


@dataclass(frozen=True)
class SqlDialect(Dialect):
    """A dialect that is all tables.

    ddl          what its CREATE TABLE has words for
    types        sqlglot's type names -> this program's
    loads        called for how the warehouse takes files in; None where that is not known
    like_escape  what takes a wildcard its meaning in a LIKE without ESCAPE; empty for nothing
    length_counts_characters  whether LENGTH of text does so where sqlglot thinks that it may count bytes
    like_has_classes  whether [A-Z] in a LIKE is one of these letters
    asks         called for what its queries need to be told to other databases; without it none is translated
    marks        what only its own scripts say, by which it is known
    folding      how it reads names
    warehouse    where its own warehouse is; None where tables are loaded by a URL only
    """

    ddl: DdlWords
    types: ReadableTypes
    loads: "Callable[[], Loader] | None" = None
    like_escape: str = ""
    length_counts_characters: bool = False
    asks: "Callable[[], QueryWords]" = _no_queries
    warehouse: WarehouseAddress | None = None
    marks: str = ""
    folding: Folding = AS_WRITTEN
    by_marks_alone: bool = False
    like_has_classes: bool = False

    @property
    def queries(self) -> "QueryWords":
        """What its queries need to be told to other databases."""
        return self.asks()

    @property
    def computes(self) -> bool:
        """Whether its expressions are evaluated; else they are put into DuckDB's words."""
        return self.asks is not _no_queries

    def read(self, sql: str, *, skip_unknown: bool = False) -> Ddl:
        return read_ddl(
            sql,
            self.ddl.sqlglot,
            self.types,
            ReadOptions(self.folding, skip_unknown, self.computes, self.ddl.column_words),
        )

    def checks(self, table: Table) -> tuple[Check, ...]:
        if not table.checks:
            return ()
        from dw_simulator.plugins.dialects.checks.check_reader import read_checks  # noqa: PLC0415

        return read_checks(
            table,
            self.ddl.sqlglot,
            escape=self.like_escape,
            length_counts_characters=self.length_counts_characters,
            asked_in="" if self.computes else "duckdb",
            like_has_classes=self.like_has_classes,
        )

    def write(
        self,
        experiment: Experiment,
        *,
        schema: str | None = None,
        keys_late: bool = False,
        but: Collection[tuple[str, ForeignKey]] = (),
    ) -> WrittenDdl:
        return write_ddl(experiment, self.ddl, DdlOptions(schema, keys_late, tuple(but), schema is None))

    def pack(
        self, experiment: Experiment, order: LoadOrder, manifest: Manifest, *, place: str, folder: str
    ) -> Mapping[str, str] | None:
        if self.loads is None:
            return None
        from dw_simulator.plugins.loadpacks.packing import pack  # noqa: PLC0415
        from dw_simulator.plugins.loadpacks.shipment import Shipment  # noqa: PLC0415

        return pack(Shipment(experiment, order, manifest, place, folder, self.ddl), self.loads())

    def translates_to(self, target: str) -> bool:
        """Whether the dialect's queries are translated for a database."""
        return target in self.queries.rewrites

    def translate(
        self, sql: str, *, to: str, tables: TypedTables, prepare: "Prepare | None" = None
    ) -> Statement:
        """As every dialect; prepare: what is done with the query's tree before."""
        from dw_simulator.plugins.dialects.translation.query_translation import translate  # noqa: PLC0415

        words, name = self.queries, self.ddl.name
        return translate(sql, self.ddl.sqlglot, words, name=name, to=to, tables=tables, prepare=prepare)

    def script(self, sql: str, *, to: str, declare: Declare) -> Sequence[ScriptPart] | None:
        from dw_simulator.plugins.dialects.translation.script_translation import ChangingScript  # noqa: PLC0415

        if not self.translates_to(to):
            return None
        return ChangingScript(sql, self.ddl, self.queries, to, self.read, declare).parts()
