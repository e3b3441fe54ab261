"""DuckDB reads Parquet as it reads tables."""

from collections.abc import Iterator

from dw_simulator.plugins.loadpacks.loader import Loader
from dw_simulator.plugins.loadpacks.shipment import Shipment

_USAGE = """
In the output directory, with DuckDB's command line:

    duckdb my.duckdb -f {folder}/duckdb/ddl.sql -f {folder}/duckdb/copy.sql -f {folder}/duckdb/constraints.sql
    duckdb my.duckdb -f {folder}/duckdb/verify.sql

DuckDB adds no references to tables that are there: verify.sql checks them.
"""


def rows(shipment: Shipment, target: str = "") -> Iterator[str]:
    """A statement for every table. target: what stands before the table's name."""
    base = f"{shipment.place}/" if loader.reaches(shipment.place) else ""
    for cargo in shipment.cargoes:
        files = shipment.text(f"{base}{cargo.files}")
        yield f"INSERT INTO {target}{cargo.name} BY NAME\nSELECT * FROM read_parquet({files})"


loader = Loader(
    copy=rows,
    usage=_USAGE,
    schemes=frozenset({"s3", "gs", "gcs", "r2", "https", "http"}),
    enforces=True,
)
