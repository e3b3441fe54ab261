"""Going on with an interrupted run, and taking a publication back, from what lies on the disk alone."""

import fcntl
import hashlib
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.support import column, planned, publish, table

from dw_simulator.adapters.executors.workers import write_part
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.adapters.sinks.directory_publication import DirectoryPublication
from dw_simulator.adapters.sinks.files import drop_lock, one_at_a_time
from dw_simulator.errors import OutputError, RequestError
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.sink import Receipt

TABLES = (
    table("a", 2_200_000, column("id", "INT", is_unique=True)),
    table("b", 500, column("n", "VARCHAR(60)", required=False)),
)


def sink_of(root: Path, origin: str = "o") -> DirectorySink:
    """The sink of a process that begins: whatever held the directory before has died."""
    drop_lock(root / ".dw-sim-t0")
    return DirectorySink(root, origin=origin, token="t0")


def make(plan: Plan, sink: DirectorySink, only: range | None = None) -> list[Receipt]:
    pairs = [(t, part) for t in plan.tables for part in t.parts]
    return [write_part(*pair, sink, Execution()) for k, pair in enumerate(pairs) if only is None or k in only]


def tree(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(*TABLES)


@pytest.fixture(scope="module")
def whole(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of a run that nothing interrupted."""
    root = tmp_path_factory.mktemp("whole")
    sink = sink_of(root)
    assert sink.prepare(plan) == []
    publish(sink, plan, make(plan, sink))
    sink.tidy()
    return tree(root)


def go_on(plan: Plan, root: Path, origin: str = "o") -> int:
    """Finish a run as another process would; returns how many parts were kept."""
    sink = sink_of(root, origin)
    kept = sink.prepare(plan)
    rest = plan.without([receipt.part for receipt in kept])
    publish(sink, plan, [*kept, *make(rest, sink)])
    sink.tidy()
    return len(kept)


def test_finished_parts_are_kept(plan: Plan, whole: dict[str, str], tmp_path: Path) -> None:
    sink = sink_of(tmp_path)
    sink.prepare(plan)
    receipts = make(plan, sink, range(2))
    sink.open(plan.table("b"), plan.table("b").parts[0])  # and one that is half written
    assert sink_of(tmp_path).prepare(plan) == receipts
    assert go_on(plan, tmp_path) == 2
    assert tree(tmp_path) == whole


def test_two_writers_of_one_part_do_not_meet(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker of a run that was killed may live on for a moment beside the one that goes on with it."""
    sink = sink_of(tmp_path)
    sink.prepare(plan)
    write_bytes, receipts = Path.write_bytes, []

    def meanwhile(path: Path, data: bytes) -> int:
        written = write_bytes(path, data)
        if not receipts:
            receipts.append(None)
            receipts.extend(make(plan, sink, range(3, 4)))
        return written

    monkeypatch.setattr(Path, "write_bytes", meanwhile)
    assert make(plan, sink, range(3, 4)) == receipts[1:]
    assert sink_of(tmp_path).prepare(plan) == receipts[1:]


def test_a_worker_that_lives_on_does_not_keep_the_hidden_directory(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = sink_of(tmp_path / "out")
    sink.prepare(plan)
    part = plan.table("b").parts[0]
    sink._run.unfinished(part).touch()
    unlink = os.unlink

    def meanwhile(*words: Any, **options: Any) -> None:
        unlink(*words, **options)
        with suppress(FileNotFoundError):
            sink._run.unfinished(part).touch()

    monkeypatch.setattr(os, "unlink", meanwhile)
    sink.abort()
    assert not (tmp_path / "out").exists()


def test_taking_back_waits_for_who_publishes(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renames_of(plan, tmp_path, monkeypatch, 3)
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    thread = threading.Thread(target=sink_of(tmp_path).take_back)
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    assert (tmp_path / "a").exists()
    os.close(handle)
    thread.join()
    assert not (tmp_path / "a").exists()


DAMAGES = {
    "cut": lambda path, _receipt: os.truncate(path, 1000),
    "changed": lambda path, _receipt: path.write_bytes(path.read_bytes()[:-1] + b"x"),
    "gone": lambda path, _receipt: path.unlink(),
    "unreceipted": lambda _path, receipt: receipt.unlink(),
    "half a receipt": lambda _path, receipt: os.truncate(receipt, 20),
    "a receipt of another part": lambda _path, receipt: receipt.write_text(
        receipt.read_text().replace('"number":1', '"number":0')
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_parts_are_made_again(plan: Plan, whole: dict[str, str], tmp_path: Path, damage: Any) -> None:
    sink = sink_of(tmp_path)
    sink.prepare(plan)
    make(plan, sink, range(2))
    staging = tmp_path / ".dw-sim-t0"
    damage(staging / "tables/a/part-00001.parquet", staging / "receipts/a/part-00001.json")
    (staging / "tables" / "a" / "part-00077.parquet").write_bytes(b"what no part of this plan has written")
    assert go_on(plan, tmp_path) == 1
    assert tree(tmp_path) == whole


def test_parts_of_another_origin_are_not_gone_on_with(
    plan: Plan, whole: dict[str, str], tmp_path: Path
) -> None:
    sink = sink_of(tmp_path, "another seed, say")
    sink.prepare(plan)
    make(plan, sink, range(2))
    assert go_on(plan, tmp_path) == 0
    assert tree(tmp_path) == whole


class PowerCut(BaseException):
    """The process is gone at this very rename: no handler runs."""


def renames_of(
    plan: Plan,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    stop_at: int,
    extras: Mapping[str, bytes] | None = None,
) -> bool:
    """Publish, but die at a rename; whether it came so far."""
    sink = sink_of(root)
    sink.prepare(plan)
    receipts = make(plan, sink)
    rename, count = Path.rename, 0

    def dying(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == stop_at:
            raise PowerCut
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dying)
        patch.setattr(DirectoryPublication, "take_back", lambda _self: None)
        try:
            publish(sink, plan, receipts, extras)
        except PowerCut:
            return True
    return False


def test_a_publication_cut_at_any_rename_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = (table("a", 50, column("id", "INT", is_unique=True)), table("b", 5, column("x", "INT")))
    former, later = planned(*small), planned(*small, table("c", 3, column("x", "INT")), seed=8)
    cuts = 0
    while True:
        root = tmp_path / str(cuts)
        sink = sink_of(root)
        sink.prepare(former)
        publish(sink, former, make(former, sink))
        sink.tidy()
        before = tree(root)
        if not renames_of(later, root, monkeypatch, cuts + 1):
            break
        sink_of(root).take_back()
        visible = {name: digest for name, digest in tree(root).items() if not name.startswith(".")}
        assert visible == before, f"cut at rename {cuts + 1}"
        sink_of(root).take_back()  # once more changes nothing
        assert len(sink_of(root).prepare(later)) == 3, "the finished parts are still there"
        sink_of(root).abort()
        assert tree(root) == before
        cuts += 1
    assert cuts == 8  # the marker, the manifest out, a out and in, b out and in, c in; the manifest last
    # and a publication that came to its end, but was not recorded
    sink_of(root).take_back()
    assert {name: digest for name, digest in tree(root).items() if not name.startswith(".")} == before


def test_what_a_later_run_has_put_there_is_not_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(table("a", 50, column("id", "INT", is_unique=True)))
    renames_of(plan, tmp_path, monkeypatch, 3)  # dies with its table in place, its manifest not yet
    later = DirectorySink(tmp_path, token="later")
    later.prepare(plan)
    publish(later, plan, make(plan, later))
    later.tidy()
    before = tree(tmp_path / "a")
    sink_of(tmp_path).abort()
    assert tree(tmp_path / "a") == before
    assert (tmp_path / "_manifest.json").exists()


@pytest.mark.parametrize("foreign", ["file", "directory", "link"])
def test_a_manifest_of_another_program_is_left_alone(plan: Plan, tmp_path: Path, foreign: str) -> None:
    path = tmp_path / "_manifest.json"
    if foreign == "file":
        path.write_text('{"entries": [{"url": "s3://mine"}]}')
    elif foreign == "directory":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(RequestError, match="is not the manifest of a run; move it away"):
        sink_of(tmp_path).check(plan)
    path.rename(tmp_path / "kept")
    sink = sink_of(tmp_path)
    sink.prepare(plan)
    receipts = make(plan, sink)
    (tmp_path / "kept").rename(path)  # and during the run
    with pytest.raises(RequestError, match="is not the manifest of a run"):
        publish(sink, plan, receipts)
    sink.abort()
    assert [one.name for one in tmp_path.iterdir()] == ["_manifest.json"]


def test_a_damaged_marker_is_told_and_nothing_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(table("a", 50, column("id", "INT", is_unique=True)))
    sink = sink_of(tmp_path)
    sink.prepare(plan)
    publish(sink, plan, make(plan, sink))
    sink.tidy()
    renames_of(plan, tmp_path, monkeypatch, 4)  # the former table is put aside, the new one not yet there
    os.truncate(tmp_path / ".dw-sim-t0" / "retired" / "publishing.json", 0)
    for attempt in (sink_of(tmp_path).take_back, sink_of(tmp_path).abort):
        with pytest.raises(OutputError, match="what a run has replaced is kept in"):
            attempt()
    assert (tmp_path / ".dw-sim-t0" / "retired" / "a" / "part-00000.parquet").exists()


def test_what_a_dead_run_of_no_store_has_left_is_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    former, later = (planned(table("a", 50, column("id", "INT", is_unique=True)), seed=k) for k in (1, 2))
    sink = sink_of(tmp_path)
    sink.prepare(former)
    publish(sink, former, make(former, sink))
    sink.tidy()
    before = tree(tmp_path)
    renames_of(later, tmp_path, monkeypatch, 5)  # dies in the middle of publishing
    other = DirectorySink(tmp_path, token="other")
    assert other.prepare(later) == []
    assert tree(tmp_path / "a") != {}, "it lives, as far as this process knows"
    other.abort()
    drop_lock(tmp_path / ".dw-sim-t0")
    other.prepare(later)
    assert {name: digest for name, digest in tree(tmp_path).items() if not name.startswith(".")} == before
    assert not (tmp_path / ".dw-sim-t0").exists()
    other.abort()


def test_whoever_waits_for_a_directory_can_be_stopped(tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop() -> None:
        raise StoppedError

    with one_at_a_time(tmp_path), pytest.raises(StoppedError), sink_of(tmp_path).alone(stop):
        raise AssertionError("it is locked")
    with sink_of(tmp_path).alone(stop):
        pass


def test_tables_that_no_manifest_will_name_are_told(tmp_path: Path) -> None:
    both = planned(table("a", 5, column("x", "INT")), table("b", 5, column("x", "INT")))
    sink = sink_of(tmp_path)
    assert sink.left_behind(both) == []
    sink.prepare(both)
    publish(sink, both, make(both, sink))
    sink.tidy()
    assert sink.left_behind(planned(table("b", 5, column("x", "INT")))) == ["a"]


def shown(root: Path) -> dict[str, str]:
    return {name: digest for name, digest in tree(root).items() if not name.startswith(".")}


def test_extras_appear_and_vanish_with_the_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(table("load", 5, column("x", "INT")))
    sink = sink_of(tmp_path)
    sink.prepare(plan)
    publish(sink, plan, make(plan, sink), {"load/redshift/copy.sql": b"COPY a", "load/old.sql": b"old"})
    sink.tidy()
    before = tree(tmp_path)
    assert set(before) == {
        "%6Coad/part-00000.parquet",
        "_manifest.json",
        "load/old.sql",
        "load/redshift/copy.sql",
    }
    for extras, renames in (({"load/new.sql": b"new"}, 7), ({}, 6)):
        for cut in range(1, renames + 1):
            assert renames_of(plan, tmp_path, monkeypatch, cut, extras), "it came so far"
            sink_of(tmp_path).abort()
            assert tree(tmp_path) == before
        assert not renames_of(plan, tmp_path, monkeypatch, renames + 1, extras)
        assert shown(tmp_path) != before
        sink_of(tmp_path).abort()
        assert tree(tmp_path) == before
    sink.prepare(plan)
    publish(sink, plan, make(plan, sink))
    sink.tidy()
    assert not (tmp_path / "load").exists()


@pytest.mark.parametrize("foreign", ["load", "load/x.sql", "load/deep/x.sql"])
def test_a_directory_of_the_extras_name_that_no_run_has_made_is_left_alone(
    plan: Plan, tmp_path: Path, foreign: str
) -> None:
    (tmp_path / foreign).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / foreign).write_text("precious")
    with pytest.raises(RequestError, match="was written by no run; move it away"):
        sink_of(tmp_path).check(plan)
    assert (tmp_path / foreign).read_text() == "precious"
