"""Every type in every format, read by programs that have nothing to do with this one."""

import csv
import gzip
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from tests.support import column, table

from dw_simulator.adapters.column_facts import BatchTally
from dw_simulator.adapters.formats import format_of
from dw_simulator.adapters.formats.jsonl import JsonLines
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.arrow import from_text, plain_rows, to_text
from dw_simulator.errors import RequestError
from dw_simulator.ports import manifest
from dw_simulator.registry.manager import registry
from dw_simulator.schema.model import Column
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.types import sql_type

NAMES = ("parquet", "parquet-plain", "csv", "jsonl")

AWKWARD = ["", "a,b", 'q"uo\\te', "new\nline", "tab\there\x01", "é😀", "null", "NULL", '{"a": 1}', " x "]
TYPES = {
    "tiny": "TINYINT",
    "big": "BIGINT",
    "money": "DECIMAL(9,2)",
    "fine": "DECIMAL(18,12)",
    "wide": "DECIMAL(38,10)",
    "whole": "DECIMAL(38,0)",
    "single": "REAL",
    "double": "DOUBLE",
    "flag": "BOOLEAN",
    "day": "DATE",
    "clock": "TIME",
    "moment": "TIMESTAMP",
    "instant": "TIMESTAMPTZ",
    "exact": "TIMESTAMP_NTZ",
    "raw": "VARBYTE(9)",
    "id": "UUID",
    "doc": "SUPER",
    "text": "VARCHAR(40)",
}
TABLE = table(
    "t",
    2000,
    column("row", "INT", is_unique=True, rule={"name": "sequence"}),
    *(column(name, data_type, required=False, null_fraction=0.2) for name, data_type in TYPES.items()),
    column("awkward", "VARCHAR(40)", required=False, rule={"name": "choice", "values": AWKWARD}),
)


@pytest.fixture
def shop(service: ExperimentService) -> ExperimentService:
    service.create({"name": "shop", "tables": [TABLE, table("empty", 0, column("x", "INT"))]})
    return service


def files(shop: ExperimentService, format_: str, compression: str | None = None) -> list[Path]:
    request = GenerateRequest(seed=4, format=format_, compression=compression)
    return [Path(path) for path in shop.generate("shop", request).files["t"]]


@pytest.fixture
def expected(shop: ExperimentService) -> list[dict[str, Any]]:
    """The rows by the law, which no file has held."""
    return [dict(row) for row in shop.preview("shop", "t", count=2000, seed=4).rows]


def plain_text(value: Any) -> Any:
    """A value as the text formats write it."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


# --- other programs' eyes


def test_csv_by_pythons_own_reader(shop: ExperimentService, expected: list[dict[str, Any]]) -> None:
    [path] = files(shop, "csv", "gzip")
    assert path.name == "part-00000.csv.gz"
    with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["row", *TYPES, "awkward"]
    assert [int(row["row"]) for row in rows] == [row["row"] for row in expected]
    for name in (
        "big",
        "money",
        "fine",
        "wide",
        "whole",
        "flag",
        "day",
        "raw",
        "id",
        "doc",
        "text",
        "awkward",
    ):
        found = [row[name] for row in rows]
        assert found == [plain_text(row[name]) or "" for row in expected], name
    for name in ("moment", "instant"):
        moments = [datetime.fromisoformat(row[name]) if row[name] else None for row in rows]
        assert moments == [row[name] for row in expected]
    assert [row["exact"] for row in rows] == [row["exact"] or "" for row in expected]
    assert [float(row["double"]) if row["double"] else None for row in rows] == [
        r["double"] for r in expected
    ]


def test_null_and_empty_text_differ_in_csv(shop: ExperimentService, expected: list[dict[str, Any]]) -> None:
    [path] = files(shop, "csv", "none")
    with duckdb.connect() as connection:
        query = f"""SELECT awkward FROM read_csv('{path}', all_varchar=true, header=true, nullstr='',
            allow_quoted_nulls=false, quote='"', escape='"', new_line='\\n') ORDER BY row::INT"""
        found = [row[0] for row in connection.execute(query).fetchall()]
    assert found == [row["awkward"] for row in expected]
    assert {None, ""} < set(found)


@pytest.mark.parametrize("compression", ["zstd", "gzip", "none"])
def test_duckdb_reads_csv_as_the_declared_types(
    shop: ExperimentService, expected: list[dict[str, Any]], compression: str
) -> None:
    [path] = files(shop, "csv", compression)
    kinds = {"row": "INT", "money": "DECIMAL(9,2)", "wide": "DECIMAL(38,10)", "day": "DATE", "clock": "TIME"}
    picked = ", ".join(f'"{name}"::{kind}' for name, kind in kinds.items())
    with duckdb.connect() as connection:
        query = f"SELECT {picked} FROM read_csv('{path}', all_varchar=true, header=true) ORDER BY 1"
        found = connection.execute(query).fetchall()
    assert found == [tuple(row[name] for name in kinds) for row in expected]


@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_json_lines_by_pythons_own_reader(
    shop: ExperimentService, expected: list[dict[str, Any]], compression: str
) -> None:
    [path] = files(shop, "jsonl", compression)
    opened: Callable[..., Any] = gzip.open if compression == "gzip" else open
    with opened(path, "rt", encoding="utf-8", newline="\n") as file:
        rows = [json.loads(line, parse_float=Decimal) for line in file]
    assert list(rows[0]) == ["row", *TYPES, "awkward"]
    for name in ("row", "tiny", "big", "money", "fine", "wide", "whole", "flag", "text", "awkward", "exact"):
        assert [row[name] for row in rows] == [row[name] for row in expected], name
    for name in ("raw", "id", "day", "clock"):
        assert [row[name] for row in rows] == [plain_text(row[name]) for row in expected], name
    assert [row["double"] and float(row["double"]) for row in rows] == [row["double"] for row in expected]
    singles = [None if row["single"] is None else float(np.float32(row["single"])) for row in rows]
    assert singles == [row["single"] for row in expected]
    assert [row["doc"] for row in rows] == [row["doc"] and json.loads(row["doc"]) for row in expected]
    assert any(isinstance(row["doc"], dict) for row in rows), "documents are nested"


def test_duckdb_reads_json_lines(shop: ExperimentService, expected: list[dict[str, Any]]) -> None:
    [path] = files(shop, "jsonl", "zstd")
    with duckdb.connect() as connection:
        query = (
            f"SELECT row, big, day, awkward FROM read_json('{path}', format='newline_delimited') ORDER BY 1"
        )
        found = connection.execute(query).fetchall()
    assert [(r, b, date.fromisoformat(str(d)) if d else None, a) for r, b, d, a in found] == [
        (row["row"], row["big"], row["day"], row["awkward"]) for row in expected
    ]


# --- and this program's


@pytest.mark.parametrize("format_", NAMES)
def test_what_was_written_is_read_again(
    shop: ExperimentService, expected: list[dict[str, Any]], format_: str
) -> None:
    path = files(shop, format_)[0]
    root = path.parent.parent
    sink = DirectorySink(root, format=format_)
    columns = shop.get("shop").experiment.tables[0].columns
    [part] = sink.manifest().tables[0].parts
    batches = list(sink.batches(part, columns))
    assert [row for batch in batches for row in plain_rows(batch)] == expected
    report = shop.verify(root, deep=True)
    assert (report.mismatches, report.rows > 2000) == ([], True)


def test_the_facts_are_the_same_in_every_format(shop: ExperimentService) -> None:
    found = {}
    for format_ in NAMES:
        path = files(shop, format_)[0]
        found[format_] = manifest.read(path.parent.parent).tables
    assert found["csv"][0].columns == found["jsonl"][0].columns == found["parquet"][0].columns
    assert found["csv"][1].columns == found["parquet"][1].columns  # of no rows


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_damage_is_found(shop: ExperimentService, format_: str) -> None:
    path = files(shop, format_, "none")[0]
    content = path.read_bytes()
    path.write_bytes(content[:-2] + b"7\n")
    assert [fault.message for fault in shop.verify(path.parent.parent).mismatches][:1] == [
        "has changed: its checksum is not that of the manifest"
    ]


def test_a_run_in_another_format_replaces_the_former(shop: ExperimentService) -> None:
    former, later = files(shop, "parquet")[0], files(shop, "csv", "none")[0]
    assert not former.exists()
    assert later.name == "part-00000.csv"
    (later.parent / "part-00001.parquet").write_text("of someone else")
    with pytest.raises(RequestError, match="no run has written"):
        files(shop, "csv")


def test_parquet_manifests_say_nothing_new(shop: ExperimentService) -> None:
    parquet = json.loads((files(shop, "parquet")[0].parent.parent / manifest.FILE_NAME).read_bytes())
    assert not {"format", "extras"} & set(parquet)
    lines = json.loads((files(shop, "jsonl")[0].parent.parent / manifest.FILE_NAME).read_bytes())
    assert lines["format"] == "jsonl"
    assert manifest.Manifest.model_validate(parquet).digest != manifest.Manifest.model_validate(lines).digest


def test_wrong_words_are_refused(shop: ExperimentService) -> None:
    for format_, compression, words in [
        ("cvs", None, "unknown format 'cvs'; did you mean 'csv'"),
        ("csv", "snappy", "csv files have no compression 'snappy'; known: gzip, none, zstd"),
        ("parquet", "gzip", "parquet files have no compression 'gzip'"),
    ]:
        with pytest.raises(RequestError, match=words):
            files(shop, format_, compression)


def test_going_on_keeps_the_format(shop: ExperimentService, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    request = GenerateRequest(output_dir=tmp_path / "file" / "below", format="jsonl", compression="gzip")
    with pytest.raises(Exception, match="choose another output directory"):
        shop.generate("shop", request)
    (tmp_path / "file").unlink()
    with pytest.raises(RequestError, match=r"its own format .jsonl.; leave out --format"):
        shop.generate("shop", GenerateRequest(resume=True, format="csv"))
    summary = shop.generate("shop", GenerateRequest(resume=True))
    assert summary.files["t"][0].endswith("part-00000.jsonl.gz")


# --- the corners


@pytest.mark.parametrize(
    ("declared", "values", "texts"),
    [
        ("DECIMAL(12,10)", ["-0.0000000001", "0E-10", None, "-12.5"], None),
        ("DECIMAL(38,0)", ["-99999999999999999999999999999999999999", "0"], None),
        ("DECIMAL(38,38)", ["-0.00000000000000000000000000000000000001"], None),
        ("VARBYTE(9)", [b"", b"\x00\xff", None, b"abc"], ["", "00ff", None, "616263"]),
    ],
)
def test_text_and_back(declared: str, values: list[Any], texts: list[Any] | None) -> None:
    type_ = sql_type(declared)
    if declared.startswith("DECIMAL"):
        values = [None if value is None else Decimal(value) for value in values]
        texts = [None if value is None else f"{value:.{type_.scale}f}" for value in values]
        array = pa.array(values, pa.decimal128(type_.precision, type_.scale))
    else:
        array = pa.array(values, pa.binary())
    for start in (0, 1):  # an array that begins in the middle of its buffers, too
        found = to_text(array.slice(start), type_)
        assert found.to_pylist() == (texts or [])[start:]
        assert from_text(found, type_).to_pylist() == values[start:]


@pytest.mark.parametrize(
    "document", ['{"a":[1,{"b":"}],:\\"{\\\\"}],"c":null}', "[]", '"te,xt:"', "1.10", "true", '"\\\\"', None]
)
def test_documents_are_read_as_they_stand(document: str | None) -> None:
    columns = [
        Column.model_validate({"name": name, "data_type": kind, "required": False})
        for name, kind in (("k", "INT"), ("x", "SUPER"), ("t", "VARCHAR(20)"), ("y", "SUPER"))
    ]
    rows = [(1, document, 'a"b\\', "{}"), (2, '{"z":0}', "\\", document), (3, document, None, None)] * 5
    arrays = [pa.array(values) for values in zip(*rows, strict=True)]
    arrays = [array.cast(pa.string()) if pa.types.is_null(array.type) else array for array in arrays]
    arrays[0] = arrays[0].cast(pa.int32())
    stream = pa.BufferOutputStream()
    JsonLines().begin(stream, columns).write(pa.RecordBatch.from_arrays(arrays, names=list("kxty")))
    [batch] = JsonLines().read(pa.BufferReader(stream.getvalue()), columns)
    assert [tuple(row.values()) for row in batch.to_pylist()] == rows


def test_lines_are_read_whole_wherever_a_block_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dw_simulator.adapters.formats.jsonl._BLOCK", 7)
    columns = [Column.model_validate({"name": "t", "data_type": "VARCHAR(20)"})]
    text = b"".join(b'{"t":"%d"}\n' % k for k in range(50))
    batches = JsonLines().read(pa.BufferReader(text), columns)
    assert [row["t"] for batch in batches for row in batch.to_pylist()] == [str(k) for k in range(50)]


def test_ends_of_long_text_are_known_where_nothing_cuts_them() -> None:
    column_ = Column.model_validate({"name": "t", "data_type": "VARCHAR(20000)"})
    tally = BatchTally([column_])
    tally.add(pa.RecordBatch.from_arrays([pa.array(["a" * 20000, None, "é"])], names=["t"]))
    facts = tally.facts()["t"]
    assert (facts.nulls, facts.min, facts.max) == (1, "a" * 20000, "é")


def test_every_format_has_a_name() -> None:
    assert sorted(NAMES) == list(registry().formats.names)
    assert [format_of(name).suffix("none") for name in NAMES] == ["parquet", "parquet", "csv", "jsonl"]
