"""Redshift's COPY reads Parquet from S3."""

import json
from collections.abc import Iterator, Mapping

from dw_simulator.plugins.dialects.ddl.type_names import INTERVALS, JSON_SORTS, WELL_KNOWN_TEXT, sort_of
from dw_simulator.plugins.loadpacks.loader import Loader, converted, selected, uuid_text
from dw_simulator.plugins.loadpacks.shipment import Cargo, Shipment
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import Kind

_USAGE = """
Run ddl.sql, copy.sql and verify.sql in this order, with psql or any other client. COPY reads from S3. Where
the output is not there yet, in the output directory:

    aws s3 cp --recursive --exclude '*' --include '*.parquet' . s3://YOUR-BUCKET/YOUR-PREFIX

and put this URL into the first line of copy.sql, which then needs psql. `IAM_ROLE default` is the cluster's
default role; it must be allowed to read there.
"""
# how what COPY cannot convert lands, and what makes the table's value of it
_LANDS = {
    "uuid": "VARBYTE(16)",
    **dict.fromkeys(JSON_SORTS, "VARCHAR(65535)"),
    **dict.fromkeys(WELL_KNOWN_TEXT, "VARCHAR(1000)"),
    **dict.fromkeys(INTERVALS, "VARCHAR(64)"),
}
_READS = {
    "uuid": uuid_text("FROM_VARBYTE({0}, 'hex')"),
    **dict.fromkeys(JSON_SORTS, "JSON_PARSE({0})"),
    **dict.fromkeys(WELL_KNOWN_TEXT, "ST_GEOMFROMTEXT({0})"),
    **dict.fromkeys(INTERVALS, "CAST({0} AS INTERVAL DAY TO SECOND)"),
    "notation months": "CAST({0} AS INTERVAL YEAR TO MONTH)",
}
_LANDING = "dw_sim_landing"
_NO_TIME = "COPY reads no TIME from Parquet"
_NO_NS = "COPY reads no nanoseconds from Parquet"
_NO_SKETCH = "COPY reads no HLLSKETCH from Parquet"


def _copy(shipment: Shipment) -> Iterator[str]:
    here = loader.reaches(shipment.place)
    if not here:
        yield "\\set place 's3://YOUR-BUCKET/YOUR-PREFIX'"
    for cargo in shipment.cargoes:
        if not here:
            yield f"\\set files :place '/{cargo.folder}/'"
        source = shipment.text(f"{shipment.place}/{_manifest_name(shipment, cargo)}") if here else ":'files'"
        manifest = " MANIFEST" if here else ""
        nested = any(column.type.kind is Kind.NESTED for column in cargo.table.columns)
        parquet = f"PARQUET{' SERIALIZETOJSON' if nested else ''}{manifest}"
        yield from _filled(shipment, cargo, f"FROM {source} IAM_ROLE default FORMAT AS {parquet}")


def _filled(shipment: Shipment, cargo: Cargo, source: str) -> Iterator[str]:
    """COPY, by way of a table that takes the file's own types where they are not the table's."""
    if not converted(cargo.table, _READS):
        ids = " EXPLICIT_IDS" if any(_counts(column) for column in cargo.table.columns) else ""
        yield f"COPY {cargo.name}\n{source}{ids}"
        return
    columns = cargo.table.columns
    types = [_LANDS.get(sort_of(column.type), shipment.type(column.type)) for column in columns]
    fields = ", ".join(f"{shipment.name(c.name)} {kind}" for c, kind in zip(columns, types, strict=True))
    yield f"CREATE TEMPORARY TABLE {_LANDING} ({fields})"
    yield f"COPY {_LANDING}\n{source}"
    yield (
        f"INSERT INTO {cargo.name} ({shipment.names(columns)})\n"
        f"SELECT {selected(shipment, columns, _READS)} FROM {_LANDING}"
    )
    yield f"DROP TABLE {_LANDING}"


def _counts(column: Column) -> bool:
    """Whether the column is written as an IDENTITY, which takes values by EXPLICIT_IDS only."""
    rule, whole = column.rule, column.type.kind is Kind.INTEGER
    return rule is not None and rule.name == "sequence" and column.required and whole


def _declares(table: Table) -> Table:
    """Only COPY fills an IDENTITY: where rows come by INSERT, the column is a plain one."""
    if not converted(table, _READS):
        return table
    columns = tuple(c.model_copy(update={"rule": None}) if _counts(c) else c for c in table.columns)
    return table.model_copy(update={"columns": columns})


def _manifest_name(shipment: Shipment, cargo: Cargo) -> str:
    return f"{shipment.folder}/redshift/manifests/{cargo.folder}.json"


def _manifests(shipment: Shipment) -> Mapping[str, str]:
    """The lists of files that COPY loads: each of them, whole, and no other."""
    if not loader.reaches(shipment.place):
        return {}
    return {f"manifests/{cargo.folder}.json": _manifest(shipment, cargo) for cargo in shipment.cargoes}


def _manifest(shipment: Shipment, cargo: Cargo) -> str:
    entries = [
        {"url": f"{shipment.place}/{part.file}", "mandatory": True, "meta": {"content_length": part.bytes}}
        for part in cargo.entry.parts
    ]
    return json.dumps({"entries": entries}, indent=1, ensure_ascii=False) + "\n"


loader = Loader(
    copy=_copy,
    usage=_USAGE,
    schemes=frozenset({"s3"}),
    unread={
        **dict.fromkeys(("time", "time zoned"), _NO_TIME),
        **dict.fromkeys(("timestamp ns", "timestamp zoned ns"), _NO_NS),
        "notation hllsketch": _NO_SKETCH,
    },
    declares=_declares,
    files=_manifests,
)
