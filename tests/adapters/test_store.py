"""The experiment store: what was kept comes back, in a schema that its migrations make."""

import json
import pickle
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from tests.support import column, table

from dw_simulator.adapters.stores.migrate import SCRIPTS
from dw_simulator.adapters.stores.relational import REVISION, metadata
from dw_simulator.adapters.stores.sql import SqlStore
from dw_simulator.errors import NameTakenError, RequestError, StoreError, UnknownNameError
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings


@pytest.fixture
def store(tmp_path: Path):
    made = SqlStore(f"sqlite:///{tmp_path / 'deep' / 'store.db'}")
    yield made
    made.close()


def experiment(name: str = "shop"):
    return reading.parse(
        {"name": name, "tables": [table("t", 5, column("naïve", "INT"))]}, strict_names=False
    )


def test_an_experiment_comes_back_as_it_was(store: SqlStore) -> None:
    store.add_experiment(experiment(), ("mind the gap",))
    found = store.get_experiment("shop")
    assert found.experiment == experiment()
    assert found.warnings == ("mind the gap",)
    with pytest.raises(NameTakenError, match="exists already"):
        store.add_experiment(experiment())
    with pytest.raises(UnknownNameError, match="did you mean 'shop'"):
        store.get_experiment("shopp")


def test_a_store_opens_again(store: SqlStore) -> None:
    store.add_experiment(experiment())
    again = SqlStore(store.url)
    assert [item.name for item in again.list_experiments()] == ["shop"]
    again.close()


def test_migrations_make_the_schema_that_the_code_declares(store: SqlStore) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_several_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    code = (
        f"from dw_simulator.adapters.stores.sql import SqlStore; SqlStore('sqlite:///{tmp_path / 'new.db'}')"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(6)
    ]
    failures = [process.communicate(timeout=60)[1] for process in started]
    assert failures == [""] * 6


def test_a_store_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    (tmp_path / "junk.db").write_bytes(b"this is no database at all, not even a small one" * 50)
    for url in (f"sqlite:///{tmp_path / 'junk.db'}", "nonsense", "postgresql://user:secret@127.0.0.1:1/x"):
        with pytest.raises(StoreError, match="DW_SIM_STORE_URL") as caught:
            SqlStore(url)
        assert "secret" not in str(caught.value)
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert (tmp_path / "junk.db").read_bytes().startswith(b"this is no database")


def test_a_store_locked_by_another_program_is_waited_for_and_then_reported(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    other = sqlite3.connect(str(store.engine.url.database), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(StoreError, match="locked"):
            store.add_experiment(experiment())
    finally:
        other.close()


def test_a_store_of_the_previous_version_opens_with_everything_in_it(tmp_path: Path) -> None:
    """The dump was written by version 0.1.0 with migration 0001, two runs of one experiment left RUNNING."""
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.executescript((Path(__file__).parent / "fixtures" / "store_0001.sql").read_text())
        before = old.execute("SELECT * FROM generation_runs ORDER BY id").fetchall()
        schemas = dict(old.execute("SELECT name, schema FROM experiments").fetchall())
    old.close()
    store = SqlStore(f"sqlite:///{tmp_path / 'old.db'}", tmp_path / "leases")
    assert [one.name for one in store.list_experiments()] == ["shop", "tickit"]
    for one in store.list_experiments():
        assert one.experiment.to_json() == json.loads(schemas[one.name])
    runs = {run.id: run for name in schemas for run in store.list_generation_runs(name)}
    assert sorted(runs) == [row[0] for row in before]
    assert [(run.id, run.seed) for run in sorted(runs.values(), key=lambda run: run.id)] == [
        (1, 7),
        (2, 2**63 - 1),
        (3, 3),
        (4, 4),
        (5, 5),
    ]
    assert [runs[k].status for k in range(1, 6)] == ["COMPLETED", "COMPLETED", "ABORTED", "FAILED", "ABORTED"]
    assert runs[2].row_counts == {"t": 9}
    assert runs[4].error == "the disk is full"
    assert "an earlier version of this program" in str(runs[5].error)
    assert runs[1].schema_hash is None
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    store.close()


def test_what_an_upgraded_store_keeps_can_be_used(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    with sqlite3.connect(home / "experiments.db") as old:
        old.executescript((Path(__file__).parent / "fixtures" / "store_0001.sql").read_text())
    old.close()
    service = ExperimentService(Settings(home=home))
    assert service.generate("tickit", GenerateRequest(seed=7)).row_counts["users"] == 20
    with pytest.raises(RequestError, match="a run of this program's former version"):
        service.generate("shop", GenerateRequest(resume=True))
    assert service.generate("shop").row_counts == {"t": 5}
    service.delete("shop")
    service.persistence.close()


@pytest.mark.parametrize("url", ["mysql://me:secret@127.0.0.1/x", "oracle://me:secret@127.0.0.1/x"])
def test_a_database_without_the_guard_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="runs on SQLite or PostgreSQL, not on"):
        SqlStore(url)
