"""A stranger's dialect: MySQL, as sqlglot knows it, under a name that sqlglot does not know."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL

from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords, no_identity
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect
from dw_simulator.plugins.dialects.translation.query_translation import QueryWords
from dw_simulator.plugins.dialects.translation.rewriting import duckdb
from dw_simulator.plugins.loadpacks.loader import Loader
from dw_simulator.plugins.loadpacks.shipment import Shipment

NAMES = {"integer 32": "INT", "varchar": "VARCHAR({length})", "decimal": "DECIMAL({precision},{scale})"}
TYPES = {"INT": "INTEGER", "VARCHAR": "VARCHAR(*)", "DECIMAL": "DECIMAL(*10,0)"}


def _copy(shipment: Shipment) -> Iterator[str]:
    yield from (f"LOAD DATA INTO {cargo.name}" for cargo in shipment.cargoes)


dialect = SqlDialect(
    DdlWords(name="acme", sqlglot=MySQL, names=NAMES, identity=no_identity),
    TYPES,
    lambda: Loader(copy=_copy, usage="Run them."),
    like_escape="\\",
    asks=lambda: QueryWords(
        {"duckdb": {"TWICE": duckdb(":a * 2"), exp.IntDiv: duckdb(":this // :expression")}}
    ),
)
