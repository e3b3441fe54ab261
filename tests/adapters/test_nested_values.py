"""Lists, structs and maps in every format, in databases, and as a user sees them."""

import json
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.support import column, planned, table
from tests.warehouses import Place

from dw_simulator.adapters.formats import csv, jsonl
from dw_simulator.arrow import Converter, plain_schema, rows_of
from dw_simulator.ports.format import Format
from dw_simulator.ports.plan import TablePlan
from dw_simulator.service import ExperimentService, GenerateRequest

TYPES = {
    "numbers": "INT[]",
    "texts": "VARCHAR(20)[]",
    "lists": "ARRAY<ARRAY<DECIMAL(20,3)>>",
    "struct": 'STRUCT<a INT, "b c" VARCHAR(20), d DATE, t TIME, at TIMESTAMPTZ, fine TIMESTAMP(9)>',
    "structs": "STRUCT<id UUID, raw BYTEA, ok BOOLEAN, f DOUBLE>[]",
    "map": "MAP<VARCHAR, INT[]>",
    "numbered": "MAP<INT, STRUCT<x REAL>>",
    "vector": "VECTOR(FLOAT, 8)",
    "hosts": "INET[]",
}
AWKWARD = {
    "rule": {"name": "nested", "parts": {"[]": {"rule": {"name": "choice", "values": ['a"b', "c,\n", "\\"]}}}}
}
COLUMNS = [
    column("id", "INT", is_unique=True),
    *(column(name, one, required=False, null_fraction=0.2) for name, one in TYPES.items()),
    column("awkward", "VARCHAR(9)[]", **AWKWARD),
]
ROWS = 700


@pytest.fixture(scope="module")
def wild() -> TablePlan:
    return planned(table("t", ROWS, *COLUMNS)).table("t")


def whole(plan: TablePlan) -> pa.Table:
    converter = Converter(plan)
    batches = [converter.batch(plan.chunk(0, plan.rows))]
    return pa.Table.from_batches(batches).cast(plain_schema(plan.columns))


@pytest.mark.parametrize("kept", [csv.FORMAT, jsonl.FORMAT], ids=["csv", "jsonl"])
def test_text_holds_every_digit(kept: Format, wild: TablePlan, tmp_path: Path) -> None:
    path, converter = tmp_path / "part", Converter(wild)
    with path.open("wb") as stream:
        encoder = kept.encoder(stream, wild, "none")
        encoder.write(converter.batch(wild.chunk(0, ROWS)))
        facts = encoder.close()
    with pa.OSFile(str(path)) as file:
        again = pa.Table.from_batches(list(kept.batches(file, wild.columns, "none")))
    assert again.to_pylist() == whole(wild).to_pylist()
    assert facts["numbers"].nulls == again.column("numbers").null_count > 0


def test_json_lines_are_read_by_others(wild: TablePlan, tmp_path: Path) -> None:
    path, converter = tmp_path / "part.jsonl", Converter(wild)
    with path.open("wb") as stream:
        encoder = jsonl.FORMAT.encoder(stream, wild, "none")
        encoder.write(converter.batch(wild.chunk(0, ROWS)))
        encoder.close()
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    mine = whole(wild).to_pylist()
    assert [row["numbers"] for row in rows] == [row["numbers"] for row in mine]
    assert [row["awkward"] for row in rows] == [row["awkward"] for row in mine]
    assert [row["map"] for row in rows] == [None if row["map"] is None else dict(row["map"]) for row in mine]
    assert {len(row["vector"]) for row in rows if row["vector"]} == {8}


def test_lists_are_as_long_as_they_say_and_parts_follow_what_is_said_of_them() -> None:
    said = {
        "length": [2, 3],
        "parts": {
            "[].n": {"min_value": 5, "max_value": 6},
            "[].tags": {"length": [0, 1]},
            "[].m{}": {"null_fraction": 0.5},
        },
    }
    one = column("a", "STRUCT<n INT, tags TEXT[], m MAP<VARCHAR, INT>>[]", rule={"name": "nested", **said})
    rows = [row["a"] for row in rows_of(planned(table("t", 900, one)))["t"]]
    assert {len(row) for row in rows} == {2, 3}
    assert {part["n"] for row in rows for part in row} == {5, 6}
    assert {len(part["tags"]) for row in rows for part in row} == {0, 1}
    entries = [value for row in rows for part in row for _, value in part["m"]]
    assert 0.4 < sum(value is None for value in entries) / len(entries) < 0.6
    assert all(len({key for key, _ in part["m"]}) == len(part["m"]) for row in rows for part in row)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"parts": {"[].x": {}}}, "there is no '[].x'"),
        (
            {"parts": {"[]": {"rule": {"name": "expression", "sql": "id"}}}},
            "parts are not made from the row's columns",
        ),
        ({"parts": {"[]": {"data_type": "INT"}}}, "data_type is not possible there"),
        ({"parts": {"[]": {"max_value": "x"}}}, "'x' is not a number"),
        ({"length": [0, 20_000]}, "up to 20,000 elements a row, 10,000 are possible"),
        ({"length": [3, 1]}, "say [least, most]"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(Exception, match=r"problem") as caught:
        planned(table("t", 9, column("id", "INT"), column("a", "INT[]", rule={"name": "nested", **fields})))
    assert words in str(caught.value)


@pytest.mark.parametrize("data_type", ["INT[]", "STRUCT<a INT>"])
def test_nested_values_are_no_keys(data_type: str) -> None:
    with pytest.raises(Exception, match="no keys"):
        planned(table("t", 9, column("a", data_type, is_unique=True)))


def test_databases_have_what_the_files_have(service: ExperimentService, duck: Place, pg: Place) -> None:
    document = {"name": "wild", "tables": [table("t", ROWS, *COLUMNS)]}
    service.create(document)
    service.generate("wild", GenerateRequest(seed=5))
    output = Path(service.settings.output / "wild")
    assert service.verify(output, deep=True).ok
    rows = {row["id"]: row for row in pq.read_table(next(output.glob("t/*.parquet"))).to_pylist()}
    for place in (duck, pg):
        assert service.load("wild", to=place.url).row_counts == {"t": ROWS}
        found = place.ask("SELECT id, numbers, texts, awkward, vector, lists FROM wild.t")
        for id_, numbers, texts, awkward, vector, lists in found:
            row = rows[id_]
            assert (numbers, texts, awkward) == (row["numbers"], row["texts"], row["awkward"])
            assert (vector is None) == (row["vector"] is None)
            assert vector is None or list(vector) == pytest.approx(row["vector"], rel=1e-6)
            wanted = row["lists"] if place is duck or row["lists"] is None else [*chain(*row["lists"])]
            assert lists == wanted
    structs = duck.ask("SELECT id, struct, map FROM wild.t")
    assert all(
        struct is None or set(struct) == {"a", "b c", "d", "t", "at", "fine"} for _, struct, _ in structs
    )
    documents = pg.ask("SELECT id, struct, map FROM wild.t")
    assert all(struct is None or struct["a"] == rows[id_]["struct"]["a"] for id_, struct, _ in documents)
    assert all(map_ is None or map_ == dict(rows[id_]["map"]) for id_, _, map_ in documents)
    with duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE SELECT * FROM '{output}/t/*.parquet'").fetchall()
    kinds = {name: kind for name, kind, *_ in described}
    assert kinds["structs"] == "STRUCT(id UUID, raw BLOB, ok BOOLEAN, f DOUBLE)[]"
    assert kinds["numbered"] == "MAP(INTEGER, STRUCT(x FLOAT))"


def test_a_user_sees_them(service: ExperimentService) -> None:
    service.create({"name": "wild", "tables": [table("t", 5, *COLUMNS)]})
    shown = service.preview("wild", "t").rows
    assert json.dumps([dict(row) for row in shown], default=str)
    service.generate("wild", GenerateRequest(seed=5))
    with service.query("wild", "SELECT numbers, struct FROM t ORDER BY id") as answer:
        assert len([*answer.rows()]) == 5
    assert service.judge("wild") is not None
