"""PostgreSQL reads no Parquet: DuckDB does it for it."""

from collections.abc import Iterator

from dw_simulator.plugins.loadpacks import duckdb
from dw_simulator.plugins.loadpacks.loader import Loader
from dw_simulator.plugins.loadpacks.shipment import Shipment

_USAGE = """
PostgreSQL reads no Parquet of its own. `dw-sim experiment load` brings the rows, or DuckDB does, by its
extension `postgres`, which it fetches on first use. In the output directory, with the connection in
`PGHOST`, `PGDATABASE`, `PGUSER` and `PGPASSWORD`:

    psql -f {folder}/postgres/ddl.sql
    duckdb -f {folder}/postgres/copy.sql
    psql -f {folder}/postgres/constraints.sql
    psql -f {folder}/postgres/verify.sql
"""


def _copy(shipment: Shipment) -> Iterator[str]:
    yield "-- DuckDB's SQL, not PostgreSQL's: run it with duckdb. PGHOST, PGDATABASE, ... say where to."
    yield "INSTALL postgres"
    yield "LOAD postgres"
    yield "ATTACH '' AS pg (TYPE postgres)"
    yield from duckdb.rows(shipment, "pg.")


loader = Loader(
    copy=_copy, usage=_USAGE, schemes=duckdb.loader.schemes, total="NUMERIC(38,{scale})", enforces=True
)
