"""BigQuery's LOAD DATA reads Parquet from Cloud Storage."""

from collections.abc import Iterator

from dw_simulator.plugins.dialects.ddl.type_names import INTERVALS, JSON_SORTS, WELL_KNOWN_TEXT
from dw_simulator.plugins.loadpacks.loader import Loader, converted, selected, uuid_text
from dw_simulator.plugins.loadpacks.shipment import Cargo, Shipment
from dw_simulator.types import Kind

_USAGE = """
Choose a dataset and run ddl.sql, copy.sql and verify.sql in this order:

    bq query --use_legacy_sql=false --dataset_id=YOUR_DATASET < {folder}/bigquery/ddl.sql

LOAD DATA reads from Cloud Storage. Where the output is not there yet:

    gcloud storage rsync --recursive . gs://YOUR-BUCKET/YOUR-PREFIX

and put this URL into the first line of copy.sql.
"""
_PLACEHOLDER = "{place}"
_LANDING = "dw_sim_landing"
_READS = {
    "uuid": uuid_text("TO_HEX({0})"),
    "timestamp": "CAST({0} AS DATETIME)",  # some versions read wall clocks as instants in UTC
    **dict.fromkeys(JSON_SORTS, "PARSE_JSON({0})"),
    **dict.fromkeys(WELL_KNOWN_TEXT, "ST_GEOGFROMTEXT({0})"),
    **dict.fromkeys(INTERVALS, "CAST(CONCAT('0-0 ', REPLACE({0}, ' days', '')) AS INTERVAL)"),
    "notation months": "CAST(REPLACE(REPLACE({0}, ' years ', '-'), ' months', ' 0 0:0:0') AS INTERVAL)",
    "notation date range": "CAST(REPLACE({0}, ',', ', ') AS RANGE<DATE>)",
    "nested map": "TO_JSON({0})",
}


def _copy(shipment: Shipment) -> Iterator[str]:
    here = loader.reaches(shipment.place)
    if not here:
        yield "DECLARE place STRING DEFAULT 'gs://YOUR-BUCKET/YOUR-PREFIX'"
    for cargo in shipment.cargoes:
        landing = converted(cargo.table, _READS)
        load = _load(shipment, cargo, shipment.place if here else _PLACEHOLDER, landing=landing)
        yield load if here else f"EXECUTE IMMEDIATE REPLACE({shipment.text(load)}, '{_PLACEHOLDER}', place)"
        if landing:
            columns = cargo.table.columns
            yield (
                f"INSERT INTO {cargo.name} ({shipment.names(columns)})\n"
                f"SELECT {selected(shipment, columns, _READS)} FROM {_LANDING}"
            )


def _load(shipment: Shipment, cargo: Cargo, place: str, *, landing: bool) -> str:
    """Straight into the table, or to where the values that have to be converted are read from."""
    target = f"OVERWRITE TEMP TABLE {_LANDING}" if landing else f"INTO {cargo.name}"
    files = shipment.text(f"{place}/{cargo.files}")
    wide = "decimal_target_types = ['NUMERIC', 'BIGNUMERIC']"
    if any(column.type.kind is Kind.NESTED for column in cargo.table.columns):
        wide += ", enable_list_inference = true"
    return f"LOAD DATA {target} FROM FILES (format = 'PARQUET', {wide}, uris = [{files}])"


loader = Loader(copy=_copy, usage=_USAGE, schemes=frozenset({"gs"}), total="BIGNUMERIC")
