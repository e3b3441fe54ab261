"""Parquet files as six programs read them, each with a reader of its own: every value, and every NULL.

ClickHouse, DataFusion, DuckDB, fastparquet, Polars and Arrow. Each gives columns of plain Python values, in
the order of the key; what they have to agree with are the values by the law, which no file has held.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from tests.support import column, generated, planned, table

from dw_simulator.adapters.formats import format_of
from dw_simulator.arrow import Converter, rows_of
from dw_simulator.ports.plan import Plan

ROWS, GROUP = 20_000, 1 << 14
DATES = {"date_start": "2024-01-01", "date_end": "2025-12-31"}
COLUMNS = (
    column("id", "INT", is_unique=True, rule={"name": "sequence"}),
    column("far", "BIGINT", rule={"name": "sequence", "start": 7_000_000_000, "step": 1000}),
    column("gaps", "BIGINT", required=False, null_fraction=0.5, rule={"name": "sequence", "step": 10**9}),
    column("near", "BIGINT", min_value=-5, max_value=1_000_000),
    column("bits", "BIGINT", min_value=0, max_value=(1 << 27) - 1),  # as wide as is packed
    column("wide", "BIGINT", min_value=0, max_value=1 << 27),
    column("few", "SMALLINT", min_value=0, max_value=9, required=False, null_fraction=0.3),
    column("money", "DECIMAL(10,2)", min_value=1, max_value=2000, required=False, null_fraction=0.2),
    column("small", "DECIMAL(9,2)", min_value=-1, max_value=2000),
    column("day", "DATE", required=False, null_fraction=0.2, **DATES),
    column("moment", "TIMESTAMP", **DATES),
    column("share", "DOUBLE", min_value=0, max_value=1),
    column("note", "VARCHAR(60)", required=False, null_fraction=0.5),
    column("code", "VARCHAR(12)", is_unique=True),
    column("first", "VARCHAR(20)", faker_rule="first_name"),
)
NAMES = [one["name"] for one in COLUMNS]
Values = Mapping[str, Sequence[Any]]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(table("t", ROWS, *COLUMNS))


@pytest.fixture(scope="module", autouse=True)
def _small_row_groups() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dw_simulator.ports.plan.ROW_GROUP_ROWS", GROUP)
        yield


@pytest.fixture(scope="module")
def file(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    [found] = generated(plan, tmp_path_factory.mktemp("readers")).glob("t/*")
    return found


@pytest.fixture(scope="module")
def expected(plan: Plan) -> Values:
    rows = rows_of(plan)["t"]
    return {name: [row[name] for row in rows] for name in NAMES}


def _arrow(file: Path) -> Values:
    return pq.read_table(file).to_pydict()


def _duckdb(file: Path) -> Values:
    return (
        duckdb.sql("SELECT * FROM read_parquet(?) ORDER BY id", params=[str(file)])
        .to_arrow_table()
        .to_pydict()
    )


def _polars(file: Path) -> Values:
    import polars  # noqa: PLC0415 - a second of imports that no other test needs

    return polars.read_parquet(file, use_pyarrow=False).to_dict(as_series=False)


def _datafusion(file: Path) -> Values:
    import datafusion  # noqa: PLC0415

    context = datafusion.SessionContext()
    context.register_parquet("t", str(file))
    return context.sql("SELECT * FROM t ORDER BY id").to_pydict()


def _fastparquet(file: Path) -> Values:
    import fastparquet  # noqa: PLC0415

    with file.open("rb") as opened:
        frame = fastparquet.ParquetFile(opened).to_pandas()
    there = frame.notna()
    found = {name: frame[name].astype(object).where(there[name], None).tolist() for name in NAMES}
    # it has no decimals: its floats are rounded to the cents that they stand for; its days are moments
    for name in ("money", "small"):
        found[name] = [None if value is None else Decimal(f"{value:.2f}") for value in found[name]]
    for name in ("few", "gaps"):
        found[name] = [None if value is None else int(value) for value in found[name]]
    found["day"] = [None if value is None else value.date() for value in found["day"]]
    found["moment"] = [value.to_pydatetime() for value in found["moment"]]
    return found


@pytest.mark.parametrize("read", [_arrow, _duckdb, _polars, _datafusion, _fastparquet])
def test_other_programs_read_every_value(
    file: Path, expected: Values, read: Callable[[Path], Values]
) -> None:
    found = read(file)
    for name in NAMES:
        assert list(found[name]) == expected[name], name


_CLICKHOUSE = """
import sys
import chdb
print(chdb.query(
    f"SELECT {sys.argv[2]} FROM file('{sys.argv[1]}', Parquet) ORDER BY id FORMAT JSONCompactColumns"
    " SETTINGS output_format_json_quote_64bit_integers = 0, output_format_json_quote_decimals = 1"
))
"""


def test_clickhouse_reads_every_value(file: Path, expected: Values) -> None:
    # in a process of its own: it takes over signals and memory of the one that it is loaded into
    command = [sys.executable, "-c", _CLICKHOUSE, str(file), ", ".join(NAMES)]
    columns = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    for name, values in zip(NAMES, columns, strict=True):
        assert values == [_as_json(value) for value in expected[name]], name


def _as_json(value: Any) -> Any:
    """A value as ClickHouse writes it: decimals without zeros at their ends, moments with all six digits."""
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".")
    if hasattr(value, "hour"):
        return value.isoformat(" ", "microseconds")
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_what_is_packed_is_what_the_plan_knows_to_be_near(file: Path) -> None:
    groups = pq.ParquetFile(file).metadata
    assert [groups.row_group(k).num_rows for k in range(groups.num_row_groups)] == [GROUP, ROWS - GROUP]
    chunks = {chunk["path_in_schema"]: chunk for chunk in groups.to_dict()["row_groups"][0]["columns"]}
    packed = {name for name, chunk in chunks.items() if "DELTA_BINARY_PACKED" in chunk["encodings"]}
    assert packed == {"id", "far", "near", "bits", "few", "money", "small", "day"}
    assert {name for name, chunk in chunks.items() if chunk["has_dictionary_page"]} == {"note", "first"}
    assert chunks["id"]["total_compressed_size"] < ROWS / 8, "a sequence takes next to nothing"
    assert chunks["bits"]["total_compressed_size"] < 4 * GROUP, "eight bytes each, packed into 28 bits"


def test_plain_files_are_for_readers_of_plain_pages_alone(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plain.parquet"
    _write(plan, path, "parquet-plain", ROWS)
    groups = pq.ParquetFile(path).metadata.to_dict()["row_groups"]
    used = {encoding for group in groups for chunk in group["columns"] for encoding in chunk["encodings"]}
    assert used == {"PLAIN", "RLE", "RLE_DICTIONARY"}
    assert pq.read_table(path).num_rows == ROWS


def _write(plan: Plan, path: Path, format_: str, batch_rows: int) -> None:
    made = plan.table("t")
    converter = Converter(made)
    with path.open("wb") as stream:
        encoder = format_of(format_).encoder(stream, made, "zstd")
        for batch in made.batches(made.parts[0], batch_rows):
            encoder.write(converter.batch(batch))
        encoder.close()


def test_row_groups_end_where_they_end_whatever_the_batches(plan: Plan, tmp_path: Path) -> None:
    for batch_rows in (1 << 15, 1 << 12, 3000):
        path = tmp_path / f"{batch_rows}.parquet"
        _write(plan, path, "parquet", batch_rows)
        metadata = pq.ParquetFile(path).metadata
        rows = [metadata.row_group(k).num_rows for k in range(metadata.num_row_groups)]
        assert rows == [GROUP, ROWS - GROUP], batch_rows
