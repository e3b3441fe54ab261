"""Runs from outside: going on, stopping, watching, one at a time, and what is told of a failure."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.processes import PATIENCE, started, wait_for
from tests.support import EXAMPLES, column, table

from dw_simulator import service as service_module
from dw_simulator.adapters.stores import ledger
from dw_simulator.errors import (
    DwSimError,
    OutputError,
    RequestError,
    RunAbortedError,
    RunningError,
    StoreError,
    UnrecordedError,
)
from dw_simulator.ports import manifest
from dw_simulator.ports.hookspecs import hookimpl
from dw_simulator.ports.progress import RunEvent
from dw_simulator.registry.manager import Owner
from dw_simulator.service import ExperimentService, GenerateRequest

BIG = 10**10
COMMAND = [sys.executable, "-m", "dw_simulator"]


@pytest.fixture
def shop(service: ExperimentService) -> ExperimentService:
    columns = (column("id", "BIGINT", is_unique=True), column("x", "VARCHAR(40)"))
    service.create({"name": "shop", "tables": [table("t", 100, *columns)]})
    return service


def tree(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


_running = ExitStack()


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    """No command outlives its test."""
    with _running:
        yield


def dw_sim(*words: object) -> "subprocess.Popen[str]":
    command = started([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return _running.enter_context(command)


class InBackground(threading.Thread):
    """A run in another thread."""

    def __init__(self, service: ExperimentService, request: GenerateRequest) -> None:
        super().__init__()
        self._run = lambda: service.generate("shop", request)
        self.error: DwSimError | None = None
        self.start()

    def run(self) -> None:
        try:
            self._run()
        except DwSimError as error:
            self.error = error


# --- stopping


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_abort_stops_a_run_of_another_process(
    shop: ExperimentService, tmp_path: Path, executor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "STOP_SECONDS", PATIENCE)
    out = tmp_path / "out"
    words = ("--rows", f"t={BIG}", "--output-dir", out, "--executor", executor)
    process = dw_sim("experiment", "generate", "shop", *words)
    wait_for(lambda: list(out.glob(".dw-sim-*/tables/t/part-*")))
    run = shop.abort("shop")
    assert (run.status, run.error) == ("ABORTED", "stopped on request; nothing was published")
    assert "error: stopped on request; nothing was published" in process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 130
    assert not out.exists()
    with pytest.raises(RequestError, match=f"no run of shop is going on; run {run.id} is ABORTED"):
        shop.abort("shop")


def test_abort_by_the_command_line(shop: ExperimentService, tmp_path: Path) -> None:
    nothing = dw_sim("experiment", "abort", "shop")
    assert "no run of shop is going on" in nothing.communicate(timeout=PATIENCE)[1]
    assert nothing.returncode == 2
    run = InBackground(shop, GenerateRequest({"t": BIG}, output_dir=tmp_path / "out"))
    wait_for(lambda: (runs := shop.persistence.list_generation_runs("shop")) and runs[0].row_counts.get("t"))
    stopped = dw_sim("experiment", "abort", "shop")
    assert "ABORTED" in stopped.communicate(timeout=PATIENCE)[1]
    assert stopped.returncode == 0
    run.join()
    assert isinstance(run.error, RunAbortedError)
    recorded = shop.persistence.list_generation_runs("shop")[0]
    assert 0 < recorded.row_counts["t"] < BIG
    assert "RunAbortedError" in recorded.traceback


def test_a_run_that_was_taken_for_dead_publishes_nothing(
    shop: ExperimentService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = InBackground(shop, GenerateRequest({"t": BIG}, output_dir=tmp_path / "out"))
    wait_for(lambda: shop.persistence.list_generation_runs("shop"))
    monkeypatch.setattr(ledger, "LEASE_SECONDS", -1.0)
    found = wait_for(lambda: [run for run in shop.persistence.list_generation_runs("shop") if run.error])[0]
    assert "no sign of life" in found.error
    run.join()
    assert isinstance(run.error, RunAbortedError)
    assert "taken for dead" in str(run.error)
    assert not (tmp_path / "out").exists()
    kept = shop.persistence.get_generation_run(found.id)
    assert (kept.status, kept.error, kept.token) == ("ABORTED", found.error, None)


# --- one at a time


def test_the_second_run_is_told_of_the_first(shop: ExperimentService, tmp_path: Path) -> None:
    run = InBackground(shop, GenerateRequest({"t": BIG}, output_dir=tmp_path / "out"))
    first = wait_for(lambda: shop.persistence.list_generation_runs("shop"))[0]
    for attempt in (GenerateRequest(), GenerateRequest(resume=True)):
        with pytest.raises(RunningError, match=f"by run {first.id}; wait for it, or abort it"):
            shop.generate("shop", attempt)
    with pytest.raises(RunningError):
        shop.delete("shop")
    shop.abort("shop")
    run.join()
    shop.delete("shop")


def test_of_many_processes_one_wins(shop: ExperimentService, tmp_path: Path) -> None:
    started = [
        dw_sim("experiment", "generate", "shop", "--rows", "t=30M", "--output-dir", tmp_path / "out")
        for _ in range(6)
    ]
    told = [process.communicate(timeout=120)[1] for process in started]
    assert sorted(process.returncode for process in started) == [0, 1, 1, 1, 1, 1], told
    assert sum("is being generated already, by run 1; wait for it" in text for text in told) == 5
    assert [run.status for run in shop.persistence.list_generation_runs("shop")] == ["COMPLETED"]
    assert shop.verify(tmp_path / "out").ok


# --- going on


def killed(tmp_path: Path, *words: object) -> Path:
    """An output directory whose run was killed when its second part was finished."""
    out = tmp_path / "out"
    rows = ("--rows", "t=4M", "--seed", 5, "--output-dir", out)
    process = dw_sim("experiment", "generate", "shop", *rows, *words)
    wait_for(lambda: len(list(out.glob(".dw-sim-*/receipts/t/*.json"))) >= 2)
    process.kill()
    process.communicate()
    return out


def uninterrupted(service: ExperimentService, tmp_path: Path, **options: Any) -> dict[str, str]:
    whole = tmp_path / "whole"
    service.generate("shop", GenerateRequest({"t": 4_000_000}, seed=5, output_dir=whole, **options))
    found = tree(whole)
    shutil.rmtree(whole)
    return found


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_a_killed_run_is_gone_on_with(shop: ExperimentService, tmp_path: Path, executor: str) -> None:
    out = killed(tmp_path, "--executor", executor, "--compression", "snappy")
    run = shop.persistence.list_generation_runs("shop")[0]
    assert run.status == "ABORTED"
    assert "its process died" in run.error
    summary = shop.generate("shop", GenerateRequest(resume=True))
    assert summary.kept_parts >= 2
    assert (summary.seed, summary.row_counts, summary.output_dir) == (5, {"t": 4_000_000}, str(out))
    again = shop.persistence.get_generation_run(summary.run_id)
    assert (again.status, again.resumes, again.token) == ("COMPLETED", run.id, None)
    assert shop.persistence.get_generation_run(run.id).token is None
    assert tree(out) == uninterrupted(shop, tmp_path, compression="snappy")
    assert list((shop.settings.home / "runs").iterdir()) == []


def test_going_on_after_an_orderly_stop_makes_everything_again(
    shop: ExperimentService, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = InBackground(shop, GenerateRequest({"t": 200_000_000}, seed=5, output_dir=out))
    wait_for(lambda: shop.persistence.list_generation_runs("shop"))
    shop.abort("shop")
    run.join()
    with sqlite3.connect(shop.settings.home / "experiments.db") as store:  # ask for less, to save time
        store.execute("UPDATE generation_runs SET requested_rows = '{\"t\": 4000000}'")
    store.close()
    assert shop.generate("shop", GenerateRequest(resume=True)).kept_parts == 0
    assert tree(out) == uninterrupted(shop, tmp_path)


def test_there_must_be_something_to_go_on_with(shop: ExperimentService, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no run to go on with; leave out --resume"):
        shop.generate("shop", GenerateRequest(resume=True))
    shop.generate("shop")
    with pytest.raises(RequestError, match="is complete: there is nothing to go on with"):
        shop.generate("shop", GenerateRequest(resume=True))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"seed": 0}, "leave out --seed"),
        ({"seed": 6}, "its own seed .5.; leave out --seed"),
        ({"rows": {"t": 5}}, "leave out --rows"),
        ({"output_dir": Path("elsewhere")}, "leave out --output-dir"),
        ({"compression": "none"}, "leave out --compression"),
    ],
)
def test_going_on_keeps_what_was_asked(
    shop: ExperimentService, tmp_path: Path, asked: dict[str, Any], words: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    request = GenerateRequest({"t": 7}, seed=5, output_dir=tmp_path / "file" / "below")
    with pytest.raises(OutputError):
        shop.generate("shop", request)
    with pytest.raises(RequestError, match=words):
        shop.generate("shop", GenerateRequest(resume=True, **asked))
    (tmp_path / "file").unlink()
    same = GenerateRequest({"t": 7}, seed=5, output_dir=tmp_path / "file" / "below", resume=True)
    assert shop.generate("shop", same).row_counts == {"t": 7}


@pytest.mark.parametrize("then", ["generate", "generate elsewhere", "delete"])
def test_what_a_killed_run_has_left_is_removed(shop: ExperimentService, tmp_path: Path, then: str) -> None:
    out = killed(tmp_path)
    assert [path.name[:8] for path in out.iterdir()] == [".dw-sim-"]
    if then == "delete":
        shop.delete("shop")
        assert list(out.iterdir()) == []
        return
    shop.generate("shop", GenerateRequest(output_dir=out if then == "generate" else None))
    assert not list(out.glob(".dw-sim-*"))
    assert [run.token for run in shop.persistence.list_generation_runs("shop")] == [None, None]


# --- watching


def test_every_watcher_sees_the_same_run(shop: ExperimentService, tmp_path: Path) -> None:
    seen: list[RunEvent] = []
    plugged: list[RunEvent] = []

    class Plugin:
        @hookimpl
        def dw_simulator_run_event(self, event: RunEvent) -> None:
            plugged.append(event)
            raise ValueError("a plugin's own trouble")

    plugin = Plugin()
    shop.registry.register(plugin, Owner("strange", "1.0", "watcher"))
    try:
        request = GenerateRequest({"t": 40_000_000}, output_dir=tmp_path / "out", watch=seen.append)
        run = InBackground(shop, request)
        first = wait_for(lambda: shop.persistence.list_generation_runs("shop"))[0]
        asked = list(shop.watch("shop", first.id, every=0.05))
        run.join()
    finally:
        shop.registry.manager.unregister(plugin)
    assert run.error is None
    assert seen == plugged
    for events in (seen, asked):
        assert {event.run_id for event in events} == {first.id}
        done = [event.done["t"] for event in events]
        assert done == sorted(done)
        assert events[-1].status == "COMPLETED"
        assert events[-1].done == events[-1].total == {"t": 40_000_000}
        assert [event.ended for event in events] == [False] * (len(events) - 1) + [True]
        middle = [event for event in events if 0 < event.done["t"] < 40_000_000]
        assert middle, "it was watched while it lasted"
        assert middle[-1].rows_per_second > 0
        assert middle[-1].seconds_left > 0


def test_a_failure_is_the_last_event(shop: ExperimentService, tmp_path: Path) -> None:
    seen: list[RunEvent] = []
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        shop.generate("shop", GenerateRequest(output_dir=tmp_path / "file" / "x", watch=seen.append))
    assert seen[-1].status == "FAILED"
    assert "choose another output directory" in (seen[-1].error or "")
    recorded = shop.persistence.list_generation_runs("shop")[0]
    assert (recorded.status, recorded.error) == ("FAILED", seen[-1].error)
    assert "NotADirectoryError" in recorded.traceback or "FileExistsError" in recorded.traceback


# --- faults


def test_a_full_disk_is_a_failed_run(shop: ExperimentService, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system can only be mounted by root")
    try:
        shop.generate("shop", GenerateRequest({"t": 1000}, output_dir=small / "out", seed=1))
        before = tree(small)
        with pytest.raises(OutputError, match="the disk is full; free some space"):
            shop.generate("shop", GenerateRequest({"t": 3_000_000}, output_dir=small / "out"))
        assert tree(small) == before
        run = shop.persistence.list_generation_runs("shop")[0]
        assert run.status == "FAILED"
        assert "the disk is full" in run.error
        assert shop.verify(small / "out", deep=True).ok
    finally:
        subprocess.run(["umount", "--lazy", small], check=True)


def test_a_directory_that_cannot_be_written_is_a_failed_run(shop: ExperimentService, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    subprocess.run(["chattr", "+i", locked], capture_output=True, check=False)
    try:
        if os.access(locked, os.W_OK) and not _is_immutable(locked):
            pytest.skip("root writes everywhere, and this file system has no immutable directories")
        with pytest.raises(OutputError, match="choose another output directory"):
            shop.generate("shop", GenerateRequest(output_dir=locked / "out"))
    finally:
        subprocess.run(["chattr", "-i", locked], capture_output=True, check=False)
        locked.chmod(0o755)
    assert [run.status for run in shop.persistence.list_generation_runs("shop")] == ["FAILED"]


def _is_immutable(path: Path) -> bool:
    try:
        (path / "probe").touch()
    except OSError:
        return True
    (path / "probe").unlink()
    return False


def test_a_locked_store_fails_the_run_and_nothing_is_published(
    shop: ExperimentService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dw_simulator.adapters.stores.database.BUSY_MILLISECONDS", 300)
    shop.persistence.close()
    run = InBackground(shop, GenerateRequest({"t": 30_000_000}, output_dir=tmp_path / "out"))
    wait_for(lambda: list((tmp_path / "out").glob(".dw-sim-*/tables/t/part-*")))
    with sqlite3.connect(shop.settings.home / "experiments.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        run.join()
        other.execute("ROLLBACK")
    other.close()
    assert isinstance(run.error, StoreError)
    assert "locked" in str(run.error)
    assert not (tmp_path / "out").exists()
    found = shop.persistence.list_generation_runs("shop")[0]
    assert found.status == "ABORTED"  # nobody could write down the cause
    shop.generate("shop")


def test_a_store_that_is_gone_fails_the_run_and_nothing_is_published(
    shop: ExperimentService, tmp_path: Path
) -> None:
    run = InBackground(shop, GenerateRequest({"t": 30_000_000}, output_dir=tmp_path / "out"))
    wait_for(lambda: list((tmp_path / "out").glob(".dw-sim-*/tables/t/part-*")))
    with sqlite3.connect(shop.settings.home / "experiments.db") as other:
        other.execute("DROP TABLE generation_runs")
    other.close()
    run.join()
    assert isinstance(run.error, StoreError)
    assert "no such table" in str(run.error)
    assert not (tmp_path / "out").exists()


def test_a_store_that_is_replaced_fails_the_run_and_nothing_is_published(
    shop: ExperimentService, tmp_path: Path
) -> None:
    run = InBackground(shop, GenerateRequest({"t": 30_000_000}, output_dir=tmp_path / "out"))
    wait_for(lambda: list((tmp_path / "out").glob(".dw-sim-*/tables/t/part-*")))
    (shop.settings.home / "experiments.db").rename(tmp_path / "moved.db")
    run.join()
    assert isinstance(run.error, StoreError)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("made", [True, False])
def test_a_commit_whose_answer_never_comes_is_settled_by_the_next_look(
    shop: ExperimentService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: bool
) -> None:
    out = tmp_path / "out"
    shop.generate("shop", GenerateRequest(output_dir=out, seed=1))
    before = tree(out)
    kind = type(shop.persistence.ledger)
    unrecorded = UnrecordedError("the connection was lost")
    completing = kind.completing

    def silent(self: Any, *words: Any) -> Any:
        with suppress(ZeroDivisionError), completing(self, *words):
            yield
            if not made:
                raise ZeroDivisionError  # rolled back
        raise unrecorded

    with monkeypatch.context() as patch:
        patch.setattr(kind, "completing", contextmanager(silent))
        with pytest.raises(UnrecordedError):
            shop.generate("shop", GenerateRequest(output_dir=out, seed=2))
    shown = {name: digest for name, digest in tree(out).items() if not name.startswith(".")}
    assert shown != before, "it stays published until it is known"
    run = shop.persistence.list_generation_runs("shop")[0]
    assert run.status == ("COMPLETED" if made else "ABORTED")
    shown = {name: digest for name, digest in tree(out).items() if not name.startswith(".")}
    assert (shown == before) is not made
    shop.generate("shop", GenerateRequest(output_dir=tmp_path / "other"))
    assert not list(out.glob(".dw-sim-*"))


def test_reset_waits_for_no_run_and_removes_the_managed_output(
    shop: ExperimentService, tmp_path: Path
) -> None:
    managed = Path(shop.generate("shop").output_dir)
    run = InBackground(shop, GenerateRequest({"t": BIG}, output_dir=tmp_path / "out"))
    wait_for(lambda: len(shop.persistence.list_generation_runs("shop")) == 2)
    with pytest.raises(RunningError):
        shop.reset("shop")
    assert managed.exists()
    shop.abort("shop")
    run.join()
    shop.reset("shop")
    assert not managed.exists()
    assert len(shop.persistence.list_generation_runs("shop")) == 2


def test_a_failure_after_publishing_takes_everything_back(
    shop: ExperimentService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    shop.generate("shop", GenerateRequest(output_dir=out, seed=1))
    before = tree(out)
    store = shop.persistence.ledger
    completing = type(store).completing

    def failing(self: Any, *words: Any) -> Any:
        with completing(self, *words):
            yield
            assert tree(out) != before
            raise StoreError("the commit fails")

    monkeypatch.setattr(type(store), "completing", contextmanager(failing))
    with pytest.raises(StoreError, match="the commit fails"):
        shop.generate("shop", GenerateRequest(output_dir=out, seed=2))
    assert tree(out) == before
    assert shop.persistence.list_generation_runs("shop")[0].status == "FAILED"


# --- with no experiment


def test_a_schema_file_in_one_command(tmp_path: Path) -> None:
    sql = EXAMPLES / "tickit.sql"
    done = dw_sim("generate", sql, "--target-rows", 30, "--rows", "sales=2k", "--seed", 3, "--json")
    stdout, stderr = done.communicate(timeout=PATIENCE)
    assert done.returncode == 0, stderr
    summary = json.loads(stdout)
    assert summary["row_counts"]["sales"] == 2000
    assert summary["row_counts"]["users"] == 30
    assert Path(summary["output_dir"]) == tmp_path / "tickit-data"
    assert not (tmp_path / "home").exists()
    verified = dw_sim("verify", "tickit-data", "--deep")
    assert "all as the manifest says" in verified.communicate(timeout=PATIENCE)[0]
    assert verified.returncode == 0
    assert manifest.read(tmp_path / "tickit-data").seed == 3


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("2024 orders-é.sql", "CREATE TABLE t (a INT)", "is read as"),
        ("wrong.sql", "CREATE TABLE t (a INT,\n b INTT)", "unknown type 'INTT'; did you mean 'INT'"),
        ("empty.sql", "SELECT 1", "there is no CREATE TABLE"),
        ("missing.sql", None, "missing.sql cannot be read: No such file"),
    ],
)
def test_schema_files_of_all_sorts(tmp_path: Path, file: str, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / file).write_text(text)
    done = dw_sim("generate", file, "--target-rows", 5)
    assert words in done.communicate(timeout=PATIENCE)[1]
    assert done.returncode == (0 if words == "is read as" else 2)


def test_an_interrupted_command_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(
        json.dumps({"name": "s", "tables": [table("t", BIG, column("a", "BIGINT"))]})
    )
    process = dw_sim("generate", "s.json", "--output-dir", "out")
    wait_for(lambda: list((tmp_path / "out").glob(".dw-sim-*/unfinished/*")))
    process.send_signal(signal.SIGINT)
    assert "interrupted" in process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 130
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.json"]


# --- verifying


def test_verify_tells_what_is_wrong(shop: ExperimentService, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shop.generate("shop", GenerateRequest({"t": 2_000_000}, output_dir=out))
    report = shop.verify(out, deep=True, ranges=3)
    assert (report.ok, report.parts, report.rows) == (True, 2, 5000)
    part = out / "t" / "part-00001.parquet"
    content = part.read_bytes()
    part.write_bytes(content[:5000] + b"?" + content[5001:])
    (out / "t" / "stray.parquet").touch()
    report = shop.verify(out, deep=True)
    assert {fault.place for fault in report.mismatches} == {"t/stray.parquet", "t/part-00001.parquet"}
    os.truncate(part, 4000)
    assert "has 4,000 bytes, not" in " ".join(map(str, shop.verify(out).mismatches))
    part.unlink()
    assert "No such file" in " ".join(map(str, shop.verify(out).mismatches))


TAMPERING: dict[str, tuple[Callable[[dict[str, Any]], None], bool]] = {
    "a sum": (lambda m: m["tables"][0]["parts"][0]["columns"]["id"].update(sum=1), True),
    "a least value": (lambda m: m["tables"][0]["parts"][0]["columns"]["id"].update(min=-5), False),
    "a table's sum": (lambda m: m["tables"][0]["columns"]["id"].update(sum=1), False),
    "a column": (lambda m: m["tables"][0]["columns"].pop("id"), False),
    "a column of a part": (lambda m: m["tables"][0]["parts"][0]["columns"].pop("id"), False),
    "bytes": (lambda m: m["tables"][0].update(bytes=1), False),
    "rows": (lambda m: m["tables"][0]["parts"][0].update(rows=4999), False),
    "rows of the run": (lambda m: m["rows"].update(t=4999), False),
    "no tables": (lambda m: m.update(tables=[]), False),
    "a table's name": (lambda m: m["tables"][0].update(name="u"), False),
    "the schema's hash": (lambda m: m.update(schema_hash="sha256:0"), False),
    "a place outside": (lambda m: m["tables"][0]["parts"][0].update(file="../../etc/passwd"), False),
}


@pytest.mark.parametrize(("tamper", "deep"), TAMPERING.values(), ids=TAMPERING.keys())
def test_a_manifest_that_was_changed_is_found_out(
    shop: ExperimentService, tmp_path: Path, tamper: Callable[[dict[str, Any]], None], deep: bool
) -> None:
    out = tmp_path / "out"
    shop.generate("shop", GenerateRequest({"t": 5000}, output_dir=out))
    assert shop.verify(out, deep=True).ok
    document = json.loads((out / manifest.FILE_NAME).read_text())
    tamper(document)
    (out / manifest.FILE_NAME).write_text(json.dumps(document))
    assert not shop.verify(out, deep=deep).ok


def test_deep_verification_finds_values_of_another_seed(shop: ExperimentService, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shop.generate("shop", GenerateRequest({"t": 5000}, seed=1, output_dir=out))
    path = out / manifest.FILE_NAME
    path.write_text(
        path.read_text().replace('"seed": 1,', '"seed": 2,').replace('"scipy": "1.', '"scipy": "0.')
    )
    assert shop.verify(out).ok
    report = shop.verify(out, deep=True)
    assert not report.ok
    assert "the seed makes" in report.mismatches[0].message
    assert any("written with scipy 0." in note for note in report.notes)
