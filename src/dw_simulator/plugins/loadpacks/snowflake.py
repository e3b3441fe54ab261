"""Snowflake copies Parquet from a stage."""

import re
from collections.abc import Iterator

from dw_simulator.plugins.dialects.ddl.type_names import WELL_KNOWN_TEXT, sort_of
from dw_simulator.plugins.loadpacks.loader import Loader, converted, uuid_text
from dw_simulator.plugins.loadpacks.shipment import Cargo, Shipment
from dw_simulator.schema.model import Column

_USAGE = """
Choose a database and a schema, then run ddl.sql, copy.sql and verify.sql in this order, in the output
directory, with `snow sql -f` or SnowSQL: copy.sql uploads the files to a stage of the session by PUT, which
web worksheets do not have. Where the output is in object storage, copy.sql reads it there: name your
storage integration in its first statement.
"""
_STAGE = "dw_sim_stage"
_FORMAT = "dw_sim_parquet"
_READS = {
    "uuid": uuid_text("HEX_ENCODE({0}::BINARY)"),
    "json any": "PARSE_JSON({0})",
    "json object": "PARSE_JSON({0})::OBJECT",
    "json array": "PARSE_JSON({0})::ARRAY",
    **dict.fromkeys(WELL_KNOWN_TEXT, "TO_GEOGRAPHY({0}::VARCHAR)"),
    # these are cast to their types
    **dict.fromkeys(("nested list", "nested vector", "nested struct", "nested map"), ""),
}


def _copy(shipment: Shipment) -> Iterator[str]:
    here = loader.reaches(shipment.place)
    place = re.sub("^gs:", "gcs:", f"{shipment.place}/")
    url = f"\nURL = {shipment.text(place)} STORAGE_INTEGRATION = YOUR_INTEGRATION" if here else ""
    yield f"CREATE OR REPLACE TEMPORARY STAGE {_STAGE}{url}"
    options = "TYPE = PARQUET USE_LOGICAL_TYPE = TRUE BINARY_AS_TEXT = FALSE"
    yield f"CREATE OR REPLACE TEMPORARY FILE FORMAT {_FORMAT}\n{options}"
    for cargo in shipment.cargoes:
        stage = _stage(shipment, cargo)
        if not here:
            yield f"PUT {shipment.text(f'file://{cargo.files}')} {stage} AUTO_COMPRESS = FALSE"
        yield _filled(shipment, cargo, stage)


def _stage(shipment: Shipment, cargo: Cargo) -> str:
    """A table's part of the stage; quotes are for what cannot stand without them."""
    path = f"@{_STAGE}/{cargo.folder}/"
    return path if re.fullmatch(r"@[\w/]+", path, re.ASCII) else shipment.text(path)


def _filled(shipment: Shipment, cargo: Cargo, stage: str) -> str:
    """By name; where a value has to be made of what is read, by a query."""
    names = re.escape(cargo.pattern).replace(r"\*", "[0-9]+").replace("\\", "")
    own = f"PATTERN = {shipment.text('.*' + names)} " if loader.reaches(shipment.place) else ""
    ending = f"{own}FILE_FORMAT = (FORMAT_NAME = '{_FORMAT}')"
    if not converted(cargo.table, _READS):
        return f"COPY INTO {cargo.name}\nFROM {stage}\n{ending} MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE"
    columns = cargo.table.columns
    read = ", ".join(_read(shipment, column) for column in columns)
    query = f"SELECT {read} FROM {stage}"  # noqa: S608 - names are quoted
    return f"COPY INTO {cargo.name} ({shipment.names(columns)})\nFROM ({query})\n{ending}"


def _read(shipment: Shipment, column: Column) -> str:
    """A value of the table from the row of a file, which is one VARIANT."""
    template = _READS.get(sort_of(column.type)) or f"{{0}}::{shipment.type(column.type)}"
    return template.replace("{0}", f"$1:{shipment.name(column.name)}")


loader = Loader(copy=_copy, usage=_USAGE, schemes=frozenset({"s3", "gs"}), total="NUMBER(38,{scale})")
