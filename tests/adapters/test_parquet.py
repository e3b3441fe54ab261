"""The Parquet sink: all tables or none, files that every loader reads."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.support import column, planned, publish, table, views

from dw_simulator.adapters.executors.workers import write_part
from dw_simulator.adapters.sinks.directory import DirectorySink, directory_name
from dw_simulator.adapters.sinks.run_directory import RunDirectory
from dw_simulator.errors import OutputError, RequestError
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.sink import Receipt

TWO = (
    table("a", 5000, column("id", "INT", is_unique=True), column("n", "VARCHAR(60)", required=False)),
    table("b", 0, column("id", "INT"), column("d", "DECIMAL(9,2)")),
)


def write(plan: Plan, sink: DirectorySink) -> list[Receipt]:
    return [write_part(t, part, sink, Execution()) for t in plan.tables for part in t.parts]


def published(root: Path) -> list[str]:
    found = (str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    return sorted(name for name in found if name != "_manifest.json")


def run(root: Path, *tables: dict[str, Any], **options: Any) -> None:
    plan, sink = planned(*tables), DirectorySink(root, **options)
    sink.prepare(plan)
    publish(sink, plan, write(plan, sink))
    sink.tidy()


@pytest.mark.parametrize("compression", ["zstd", "snappy", "none"])
def test_files_hold_plain_logical_types(tmp_path: Path, compression: Any) -> None:
    run(tmp_path / "out", *TWO, compression=compression)
    assert published(tmp_path / "out") == ["a/part-00000.parquet", "b/part-00000.parquet"]
    file = pq.ParquetFile(tmp_path / "out" / "a" / "part-00000.parquet")
    codec = "UNCOMPRESSED" if compression == "none" else compression.upper()
    ids, texts = (file.metadata.row_group(0).column(k).compression for k in (0, 1))
    assert (ids, texts) == ("UNCOMPRESSED", codec), "packed numbers have nothing left to compress"
    assert "ARROW:schema" not in (file.metadata.metadata or {})
    assert file.schema.column(1).logical_type.type == "STRING"
    empty = pq.ParquetFile(tmp_path / "out" / "b" / "part-00000.parquet")
    assert empty.metadata.num_rows == 0
    assert str(empty.schema.column(1).logical_type) == "Decimal(precision=9, scale=2)"


def test_the_types_that_duckdb_reads(tmp_path: Path) -> None:
    declared = {
        "TINYINT": "TINYINT",
        "BIGINT": "BIGINT",
        "DECIMAL(9,2)": "DECIMAL(9,2)",
        "DECIMAL(38,10)": "DECIMAL(38,10)",
        "REAL": "FLOAT",
        "DOUBLE": "DOUBLE",
        "BOOLEAN": "BOOLEAN",
        "VARCHAR(9)": "VARCHAR",
        "DATE": "DATE",
        "TIME": "TIME",
        "TIMESTAMP": "TIMESTAMP",
        "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
        "TIMESTAMP_NTZ": "TIMESTAMP_NS",
        "VARBYTE(4)": "BLOB",
        "UUID": "UUID",
        "SUPER": "VARCHAR",
    }
    columns = [column(f"c{k}", data_type) for k, data_type in enumerate(declared)]
    run(tmp_path / "out", table("t", 100, *columns))
    described = views(tmp_path / "out").execute("DESCRIBE t").fetchall()
    assert [row[1] for row in described] == list(declared.values())


def test_a_later_run_replaces_an_earlier_one(tmp_path: Path) -> None:
    big = table("a", 2_500_000, column("id", "INT", is_unique=True))
    run(tmp_path, big)
    assert len(published(tmp_path)) == 3
    run(tmp_path, {**big, "target_rows": 10})
    assert published(tmp_path) == ["a/part-00000.parquet"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["_manifest.json", "a"]


def test_nothing_of_an_aborted_run_remains(tmp_path: Path) -> None:
    run(tmp_path, *TWO)
    before = {path: (tmp_path / path).read_bytes() for path in published(tmp_path)}
    plan, sink = planned(*TWO, seed=8), DirectorySink(tmp_path)
    sink.prepare(plan)
    write(plan, sink)
    assert {path for path in published(tmp_path) if not path.startswith(".")} == set(before)
    sink.abort()
    assert {path: (tmp_path / path).read_bytes() for path in published(tmp_path)} == before


def test_a_failing_commit_puts_the_old_tables_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, *TWO)
    before = {path: (tmp_path / path).read_bytes() for path in published(tmp_path)}
    plan, sink = planned(*TWO, seed=8), DirectorySink(tmp_path)
    sink.prepare(plan)
    receipts = write(plan, sink)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "b" and Path(target).parent == tmp_path and self.parent.name == "tables":
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="Permission denied"):
        publish(sink, plan, receipts)
    monkeypatch.undo()
    sink.abort()
    assert {path: (tmp_path / path).read_bytes() for path in published(tmp_path)} == before


def test_what_cannot_be_put_back_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, *TWO)
    before = (tmp_path / "a" / "part-00000.parquet").read_bytes()
    plan, sink = planned(*TWO, seed=8), DirectorySink(tmp_path)
    sink.prepare(plan)
    receipts = write(plan, sink)
    rename, calls = Path.rename, list[Path]()

    def failing(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) > 4:  # the marker, the manifest, and table a out and in
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="the former tables are kept in") as caught:
        publish(sink, plan, receipts)
    monkeypatch.undo()
    kept = Path(str(caught.value).partition("kept in ")[2])
    assert (kept / "a" / "part-00000.parquet").read_bytes() == before
    sink.abort()  # now it works
    assert (tmp_path / "a" / "part-00000.parquet").read_bytes() == before
    assert not kept.exists()


def test_what_appears_during_a_run_is_left_alone(tmp_path: Path) -> None:
    run(tmp_path, *TWO)
    plan, sink = planned(*TWO, seed=8), DirectorySink(tmp_path)
    sink.prepare(plan)
    receipts = write(plan, sink)
    (tmp_path / "a" / "precious.csv").write_text("precious")
    with pytest.raises(RequestError, match="no run has written"):
        publish(sink, plan, receipts)
    sink.abort()
    assert (tmp_path / "a" / "precious.csv").read_text() == "precious"


@pytest.mark.parametrize("foreign", ["a/precious.csv", "a", "a/sub/part-00000.parquet"])
def test_what_no_run_has_written_is_left_alone(tmp_path: Path, foreign: str) -> None:
    (tmp_path / foreign).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / foreign).write_text("precious")
    with pytest.raises(RequestError, match="holds something that no run has written"):
        DirectorySink(tmp_path).check(planned(*TWO))
    assert published(tmp_path) == [foreign]


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RequestError, match="no run has written"):
        DirectorySink(tmp_path / "out").check(planned(*TWO))


def test_an_output_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="choose another output directory"):
        DirectorySink(tmp_path / "file" / "out").prepare(planned(*TWO))


@pytest.mark.parametrize(
    "name",
    ["..", ".", "a/b", "../../etc", ".hidden", "a\\b", "con:", "ü", 'q"uote', "a\nb", "%2E", "é" * 127],
)
def test_no_table_name_leaves_the_output_directory(tmp_path: Path, name: str) -> None:
    directory = directory_name(name)
    assert (tmp_path / directory).parent == tmp_path
    assert not directory.startswith(".")
    assert "/" not in directory
    (tmp_path / directory).mkdir()


def test_table_names_do_not_collide_as_directories() -> None:
    names = ["a/b", "a%2Fb", "a b", "a+b", ".a", "%2Ea"]
    assert len({directory_name(name) for name in names}) == len(names)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_full_disk_is_called_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, sink = planned(*TWO), DirectorySink(tmp_path / "out")
    sink.prepare(plan)
    part = plan.table("a").parts[0]
    monkeypatch.setattr(RunDirectory, "unfinished", lambda _sink, _part: Path("/dev/full"))
    monkeypatch.setattr(Path, "unlink", lambda *_args, **_kwargs: None)
    with pytest.raises(OutputError, match="the disk is full; free some space"):
        write_part(plan.table("a"), part, sink, Execution())
    monkeypatch.undo()
    sink.abort()
    assert published(tmp_path / "out") == []
