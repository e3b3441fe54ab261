"""Databricks' COPY INTO reads Parquet from cloud storage or a volume."""

from collections.abc import Iterator

from dw_simulator.plugins.dialects.ddl.type_names import INTERVALS, JSON_SORTS
from dw_simulator.plugins.loadpacks.loader import Loader, selected, uuid_text
from dw_simulator.plugins.loadpacks.shipment import Cargo, Shipment

_USAGE = """
Choose a catalog and a schema (`USE my_catalog.my_schema`) and run ddl.sql, copy.sql and verify.sql in this
order. Where the output is in no storage that the workspace reads, copy it to a volume first:

    databricks fs cp --recursive . dbfs:/Volumes/YOUR_CATALOG/YOUR_SCHEMA/YOUR_VOLUME

and put its path into the first statement of copy.sql. COPY INTO leaves out files that it has loaded before.
"""
_PLACEHOLDER = "{place}"
_READS = {
    "uuid": uuid_text("HEX({0})"),
    **dict.fromkeys(JSON_SORTS, "PARSE_JSON({0})"),
    **dict.fromkeys(INTERVALS, "CAST(REPLACE({0}, ' days', '') AS INTERVAL DAY TO SECOND)"),
    "notation months": "CAST(REPLACE(REPLACE({0}, ' years ', '-'), ' months', '') AS INTERVAL YEAR TO MONTH)",
}
_NO_TIME = "there is no type TIME, and none is read from Parquet"
_NO_NS = "no nanoseconds are read from Parquet"


def _copy(shipment: Shipment) -> Iterator[str]:
    here = loader.reaches(shipment.place)
    if not here:
        volume = "/Volumes/YOUR_CATALOG/YOUR_SCHEMA/YOUR_VOLUME"
        yield f"DECLARE OR REPLACE VARIABLE place STRING DEFAULT '{volume}'"
        yield "DECLARE OR REPLACE VARIABLE statement STRING"
    for cargo in shipment.cargoes:
        load = _load(shipment, cargo, shipment.place if here else _PLACEHOLDER)
        if here:
            yield load
        else:
            yield f"SET VAR statement = REPLACE({shipment.text(load)}, '{_PLACEHOLDER}', place)"
            yield "EXECUTE IMMEDIATE statement"


def _load(shipment: Shipment, cargo: Cargo, place: str) -> str:
    files = shipment.text(f"{place}/{cargo.folder}")
    each = [
        f"{selected(shipment, [column], _READS)} AS {shipment.name(column.name)}"
        for column in cargo.table.columns
    ]
    query = f"SELECT {', '.join(each)} FROM {files}"  # noqa: S608 - names are quoted
    return (
        f"COPY INTO {cargo.name} FROM ({query}) FILEFORMAT = PARQUET PATTERN = {shipment.text(cargo.pattern)}"
    )


loader = Loader(
    copy=_copy,
    usage=_USAGE,
    schemes=frozenset({"s3", "gs", "abfss"}),
    unread={
        "time": _NO_TIME,
        "time zoned": _NO_TIME,
        "timestamp ns": _NO_NS,
        "timestamp zoned ns": _NO_NS,
    },
)
