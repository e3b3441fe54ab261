"""Results of queries in every format: others read the same rows, and no more than a piece is ever held."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dw_simulator.adapters.queries import results
from dw_simulator.adapters.queries.embedded import EmbeddedQuery
from dw_simulator.errors import RequestError, UnknownNameError
from dw_simulator.ports.answers import ColumnType
from dw_simulator.ports.result_formats import RESULT_FORMATS, format_of
from dw_simulator.ports.statement import Statement

ROWS = 150_000
SQL = f"""SELECT range AS id, CASE WHEN range % 3 > 0 THEN (range / 100)::DECIMAL(12,2) END AS price,
    'größe "' || range AS name, DATE '2020-01-01' + (range % 1000)::INT AS day FROM range({ROWS})"""
ENDLESS = "SELECT range AS id, 'x' || range AS name FROM range(1000000000000)"


def answer(sql: str, **options: Any) -> EmbeddedQuery:
    return EmbeddedQuery(Statement(sql), {}, schema="shop", **options)


def written(sql: str, format_name: str) -> bytes:
    with answer(sql) as found:
        return b"".join(found.pieces(format_name))


def by_duckdb(reader: str) -> Callable[[bytes], pa.Table]:
    def read(data: bytes, place: Path) -> pa.Table:
        place.write_bytes(data)
        return duckdb.sql(f"FROM {reader}('{place}')").to_arrow_table()

    return read


READERS: dict[str, Callable[..., pa.Table]] = {
    "csv": by_duckdb("read_csv"),
    "json": by_duckdb("read_json"),
    "jsonl": by_duckdb("read_ndjson"),
    "parquet": by_duckdb("read_parquet"),
    "arrow": lambda data, _place: pyarrow.feather.read_table(io.BytesIO(data)),
    "arrows": lambda data, _place: pa.ipc.open_stream(data).read_all(),
}


@pytest.mark.parametrize("name", RESULT_FORMATS)
def test_others_read_the_same_rows(tmp_path: Path, name: str) -> None:
    found = READERS[name](written(SQL, name), tmp_path / "x")
    assert found.num_rows == ROWS
    same = f"SELECT count(*) FROM found JOIN ({SQL}) AS made USING (id) WHERE " + " AND ".join(
        f"found.{c}::VARCHAR IS NOT DISTINCT FROM made.{c}::VARCHAR" for c in ("name", "day")
    )
    prices = "AND found.price::DECIMAL(12,2) IS NOT DISTINCT FROM made.price"
    with duckdb.connect() as connection:
        connection.register("found", found)
        assert connection.execute(f"{same} {prices}").fetchone() == (ROWS,)


@pytest.mark.parametrize("name", RESULT_FORMATS)
def test_no_row_is_a_result_too(tmp_path: Path, name: str) -> None:
    data = written("SELECT 1 AS id, 'x' AS name WHERE false", name)
    if name in ("csv", "json", "jsonl"):
        assert data == {"csv": b'"id","name"\n', "json": b"[]\n", "jsonl": b""}[name]
    else:
        found = READERS[name](data, tmp_path / "x")
        assert (found.num_rows, found.column_names) == (0, ["id", "name"])


def test_files_by_their_names_or_as_is_said(tmp_path: Path) -> None:
    for name, one in RESULT_FORMATS.items():
        for ending in one.endings:
            with answer("SELECT 7 AS n") as found:
                found.write(tmp_path / f"x{ending}")
            assert READERS[name]((tmp_path / f"x{ending}").read_bytes(), tmp_path / "y").num_rows == 1
    with answer("SELECT 7 AS n") as found:
        found.write(tmp_path / "report", "csv")
    assert (tmp_path / "report").read_text() == '"n"\n7\n'
    with answer("SELECT 7 AS n") as found, pytest.raises(UnknownNameError, match="did you mean 'parquet'"):
        found.write(tmp_path / "x", "parkett")
    with pytest.raises(RequestError, match=r"did you mean '\.feather'"):
        format_of(Path("x.feathr"))


def test_row_groups_are_large_and_bounded() -> None:
    found = pq.ParquetFile(io.BytesIO(written(SQL, "parquet"))).metadata
    assert [found.row_group(k).num_rows for k in range(found.num_row_groups)] == [122_880, ROWS - 122_880]
    long_texts = "SELECT repeat('x', 20000) AS x FROM range(6000)"
    found = pq.ParquetFile(io.BytesIO(written(long_texts, "parquet"))).metadata
    assert found.num_row_groups >= 3


@pytest.mark.parametrize("name", RESULT_FORMATS)
def test_what_has_no_end_begins_at_once(name: str) -> None:
    """Whoever held a result as a whole, DuckDB or a writer, would never give its first piece."""
    with answer(ENDLESS, seconds=60) as found, closing(found.pieces(name)) as pieces:
        for _piece in islice(pieces, 3):
            pass
        held, rows = pa.total_allocated_bytes(), found.count
        longest = max(len(piece) for piece in islice(pieces, 6))
        assert found.count > rows
        assert pa.total_allocated_bytes() - held < 32 << 20
    assert 0 < longest < 64 << 20


# --- JSON, a column at a time

_COLUMNS = {
    "BIGINT": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "DOUBLE": (pa.float64(), st.floats()),
    "FLOAT": (pa.float32(), st.floats(width=32)),
    "BOOLEAN": (pa.bool_(), st.booleans()),
    "VARCHAR": (pa.string(), st.text(st.characters(exclude_categories=["Cs"]))),
    "DECIMAL(9,2)": (pa.decimal128(9, 2), st.decimals(-9_999_999, 9_999_999, places=2)),
}


@st.composite
def columns(draw: st.DrawFn) -> dict[str, list[Any]]:
    count = draw(st.integers(0, 5))
    return {
        type_: draw(st.lists(st.none() | cells, min_size=count, max_size=count))
        for type_, (_arrow, cells) in _COLUMNS.items()
    }


@given(columns())
def test_json_lines_say_what_the_rows_are(cells: dict[str, list[Any]]) -> None:
    arrays = [pa.array(values, _COLUMNS[type_][0]) for type_, values in cells.items()]
    batch = pa.RecordBatch.from_arrays(arrays, names=list(cells))
    types = [ColumnType(f'{type_} "ö"', type_) for type_ in cells]
    lines = b"".join(results.json_lines(iter([batch]), types)).decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == list(results.rows(batch, types))
    floats: Iterator[Any] = (json.loads(line)['DOUBLE "ö"'] for line in lines)
    assert not any(isinstance(value, int) for value in floats)  # 1.0 stays a float
