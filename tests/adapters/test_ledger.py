"""The life of runs in the store, on SQLite and on a real PostgreSQL."""

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import OperationalError
from tests.support import column, table

from dw_simulator.adapters.stores.sql import SqlStore
from dw_simulator.errors import (
    OutputError,
    RequestError,
    RunAbortedError,
    RunningError,
    StoreError,
    UnknownNameError,
)
from dw_simulator.ports.store import NewRun, Run
from dw_simulator.schema import reading


def new(token: str = "t", experiment: str = "shop", **fields: Any) -> NewRun:
    asked = {"seed": 2**63 - 1, "requested_rows": {"t": 9}, "planned_rows": {"t": 9}, "output_dir": "/x"}
    rest = {"compression": "zstd", "format": "parquet", "schema_hash": "sha256:0", "program_version": "1"}
    return NewRun(experiment=experiment, token=token, **{**asked, **rest, **fields})


def experiment(name: str) -> Any:
    return reading.parse({"name": name, "tables": [table("t", 5, column("n", "INT"))]})


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    info = request.getfixturevalue("database").info
    host = f"{info.user}@/{info.dbname}?host={info.host}&port={info.port}"
    return f"postgresql+psycopg://{host}"


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[SqlStore]:
    made = SqlStore(url, tmp_path / "leases")
    with made.engine.begin() as connection:
        connection.execute(text("DELETE FROM experiments"))
    for name in ("shop", "other"):
        made.add_experiment(experiment(name))
    yield made
    made.close()


def age(store: SqlStore, seconds: int) -> None:
    """Make every heartbeat older."""
    sqlite = store.engine.dialect.name == "sqlite"
    aged = (
        f"strftime('%Y-%m-%d %H:%M:%f000', heartbeat_at, '-{seconds} seconds')"
        if sqlite
        else f"heartbeat_at - interval '{seconds} seconds'"
    )
    with store.engine.begin() as connection:
        connection.execute(text(f"UPDATE generation_runs SET heartbeat_at = {aged}"))


def test_a_run_from_beginning_to_end(store: SqlStore) -> None:
    run_id = store.ledger.start(new())
    run = store.get_generation_run(run_id=run_id)
    assert (run.status, run.seed, run.requested_rows, run.token) == ("RUNNING", 2**63 - 1, {"t": 9}, "t")
    store.ledger.beat(run_id, {"t": 4})
    assert store.get_generation_run(run_id).row_counts == {"t": 4}
    with store.ledger.completing(run_id, {"t": 9}):
        pass
    store.ledger.leave("t", clean=True)
    done = store.get_generation_run(run_id)
    assert (done.status, done.row_counts, done.token, done.active) == ("COMPLETED", {"t": 9}, None, False)
    assert done.started_at <= done.completed_at
    assert store.list_generation_runs("shop") == [done]


def test_an_experiment_has_one_active_run(store: SqlStore) -> None:
    first = store.ledger.start(new("a"))
    with pytest.raises(RunningError, match=f"by run {first}; wait for it, or abort it"):
        store.ledger.start(new("b"))
    store.ledger.start(new("c", "other"))
    store.ledger.end(first, "FAILED", error="full", traceback="...", row_counts={"t": 1})
    store.ledger.leave("a", clean=True)
    again = store.ledger.start(new("b"))
    assert [(run.id, run.status) for run in store.list_generation_runs("shop")] == [
        (again, "RUNNING"),
        (first, "FAILED"),
    ]
    with pytest.raises(UnknownNameError):
        store.ledger.start(new("d", "nothing"))


def test_a_run_ends_once(store: SqlStore) -> None:
    run_id = store.ledger.start(new())
    store.ledger.end(run_id, "ABORTED", error="stopped", traceback="", row_counts={})
    store.ledger.end(run_id, "FAILED", error="later", traceback="", row_counts={})
    assert store.get_generation_run(run_id).error == "stopped"
    with pytest.raises(RunAbortedError), store.ledger.completing(run_id, {}):
        raise AssertionError("nothing is published")
    with pytest.raises(RunAbortedError, match="taken for dead"):
        store.ledger.beat(run_id, {})
    assert not store.ledger.ask_to_stop(run_id, "too late")


def test_who_is_asked_to_stop_publishes_nothing(store: SqlStore) -> None:
    run_id = store.ledger.start(new())
    assert store.ledger.ask_to_stop(run_id, "stopped on request")
    assert store.ledger.stop_reason(run_id) == "stopped on request"
    with pytest.raises(RunAbortedError, match="stopped on request"), store.ledger.completing(run_id, {}):
        raise AssertionError("nothing is published")


def test_what_fails_while_publishing_leaves_the_run_active(store: SqlStore) -> None:
    run_id = store.ledger.start(new())
    with pytest.raises(ZeroDivisionError), store.ledger.completing(run_id, {}):
        raise ZeroDivisionError
    assert store.get_generation_run(run_id).status == "RUNNING"


@pytest.mark.parametrize("made", [True, False])
def test_a_commit_that_nobody_heard_of_counts_if_it_was_made(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, made: bool
) -> None:
    run_id = store.ledger.start(new())
    commit, lost = DefaultDialect.do_commit, []

    def losing(self: Any, connection: Any) -> None:
        if made or lost:
            commit(self, connection)
        if not lost:
            lost.append(connection)
            raise OperationalError("COMMIT", {}, Exception("the connection is lost"))

    monkeypatch.setattr(DefaultDialect, "do_commit", losing)
    with nullcontext() if made else pytest.raises(StoreError), store.ledger.completing(run_id, {}):
        pass
    assert store.get_generation_run(run_id).status == ("COMPLETED" if made else "RUNNING")


def test_the_silent_are_buried_wherever_they_were(store: SqlStore, url: str) -> None:
    run_id = store.ledger.start(new())
    elsewhere = SqlStore(url)  # another machine: it sees no lock
    assert elsewhere.get_generation_run(run_id).status == "RUNNING"
    age(store, 60)
    found = elsewhere.get_generation_run(run_id)
    assert found.status == "ABORTED"
    assert "no sign of life since" in found.error
    assert found.token == "t"
    with pytest.raises(RunAbortedError):  # the silent one wakes up
        store.ledger.beat(run_id, {})
    elsewhere.close()


def _die(url: str, leases: Path) -> None:
    SqlStore(url, leases).ledger.start(new())


def test_the_dead_of_this_machine_are_buried_at_once(store: SqlStore, url: str, tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_die, args=(url, tmp_path / "leases"))
    process.start()
    process.join()
    left = []
    store.ledger.on_death = left.append
    run = store.list_generation_runs("shop")[0]
    assert run.status == "ABORTED"
    assert "its process died" in run.error
    assert [one.id for one in left] == [run.id]
    assert store.ledger.leftovers("shop") == [run]
    store.ledger.start(new())  # with the same token, as a run that goes on with it has


def test_who_dies_while_burying_leaves_the_run_to_be_found_again(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_die, args=(url, tmp_path / "leases"))
    process.start()
    process.join()

    def dying(_run: Run) -> None:
        raise KeyboardInterrupt

    store.ledger.on_death = dying
    with pytest.raises(KeyboardInterrupt):
        store.list_generation_runs("shop")
    left: list[Run] = []
    store.ledger.on_death = left.append
    assert [run.status for run in store.list_generation_runs("shop")] == ["ABORTED"]
    assert len(left) == 1, "what the run had published was not seen to"


def test_a_run_whose_leftovers_cannot_be_seen_to_is_buried_all_the_same(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_die, args=(url, tmp_path / "leases"))
    process.start()
    process.join()

    def failing(_run: Run) -> None:
        raise OutputError("cannot be put back")

    store.ledger.on_death = failing
    (run,) = store.list_generation_runs("shop")
    assert run.status == "ABORTED"
    assert run.error.endswith("cannot be put back")


def _complete_and_die(url: str, leases: Path) -> None:
    ledger = SqlStore(url, leases).ledger
    with ledger.completing(ledger.start(new()), {}):
        pass


def test_the_lock_of_a_process_that_died_after_completing_goes_with_the_rest(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    leases = tmp_path / "leases"
    process = multiprocessing.get_context("spawn").Process(target=_complete_and_die, args=(url, leases))
    process.start()
    process.join()
    assert [run.status for run in store.ledger.leftovers("shop")] == ["COMPLETED"]
    store.ledger.leave("t", clean=True)
    assert list(leases.iterdir()) == []
    assert store.ledger.leftovers("shop") == []


def test_a_living_run_of_this_machine_is_left_alone(store: SqlStore, url: str, tmp_path: Path) -> None:
    run_id = store.ledger.start(new())
    neighbour = SqlStore(url, tmp_path / "leases")
    assert neighbour.get_generation_run(run_id).status == "RUNNING"
    with pytest.raises(RunningError):
        neighbour.ledger.start(new())
    neighbour.close()


def test_the_queue_is_served_in_order_and_within_its_limit(store: SqlStore) -> None:
    for name in "xyz":
        store.add_experiment(experiment(name))
    ids = [store.ledger.start(new(name, name), queued=True) for name in "xyz"]
    assert [store.ledger.claim(run_id, 2) for run_id in reversed(ids)] == [3, 2, 0]
    assert store.ledger.claim(ids[1], 2) == 0
    assert store.ledger.claim(ids[2], 2) == 1
    store.ledger.end(ids[0], "ABORTED", error="", traceback="", row_counts={})
    assert store.ledger.claim(ids[2], 2) == 0
    assert store.get_generation_run(ids[2]).status == "RUNNING"


def test_many_threads_claim_no_more_than_the_limit(store: SqlStore) -> None:
    names = [f"e{k}" for k in range(8)]
    for name in names:
        store.add_experiment(experiment(name))
    ids = [store.ledger.start(new(name, name), queued=True) for name in names]
    won: list[int] = []

    def claim(run_id: int) -> None:
        if not all(store.ledger.claim(run_id, 3) for _ in range(20)):
            won.append(run_id)

    threads = [threading.Thread(target=claim, args=(run_id,)) for run_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) <= 3
    running = [name for name in names if store.list_generation_runs(name)[0].status == "RUNNING"]
    assert len(running) == len(won)


def test_an_experiment_is_not_deleted_under_its_run(store: SqlStore) -> None:
    run_id = store.ledger.start(new())
    with pytest.raises(RunningError), store.deleting("shop"):
        raise AssertionError("nothing is removed")
    store.ledger.end(run_id, "ABORTED", error="", traceback="", row_counts={})
    with pytest.raises(ZeroDivisionError), store.deleting("shop"):
        raise ZeroDivisionError
    assert store.get_experiment("shop")
    with store.deleting("shop"):
        pass
    for look in (store.get_experiment, store.list_generation_runs):
        with pytest.raises(UnknownNameError):
            look("shop")
    with pytest.raises(UnknownNameError):
        store.get_generation_run(run_id)
    with pytest.raises(UnknownNameError), store.deleting("shop"):
        pass


def test_a_run_is_gone_on_with_once(store: SqlStore) -> None:
    first = store.ledger.start(new("a"))
    store.ledger.end(first, "ABORTED", error="", traceback="", row_counts={})
    store.ledger.leave("a", clean=False)
    second = store.ledger.start(new("a", resumes=first))
    assert store.get_generation_run(second).resumes == first
    store.ledger.end(second, "ABORTED", error="", traceback="", row_counts={})
    store.ledger.leave("a", clean=False)
    with pytest.raises(RequestError, match=f"run {second} has gone on with run {first} of shop already"):
        store.ledger.start(new("a", resumes=first))
    store.ledger.start(new("a", resumes=second))
