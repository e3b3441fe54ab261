"""The experiment store: what was kept comes back, in a schema that its migrations make."""

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

from dw_simulator import schema
from dw_simulator.adapters.stores.migrate import SCRIPTS
from dw_simulator.adapters.stores.schema import REVISION, metadata
from dw_simulator.adapters.stores.sql import Store
from dw_simulator.errors import NameTakenError, StoreError, UnknownNameError


@pytest.fixture
def store(tmp_path: Path):
    made = Store(f"sqlite:///{tmp_path / 'deep' / 'store.db'}")
    yield made
    made.close()


def experiment(name: str = "shop"):
    return schema.parse({"name": name, "tables": [table("t", 5, column("naïve", "INT"))]}, strict_names=False)


def test_an_experiment_comes_back_as_it_was(store: Store) -> None:
    store.add_experiment(experiment(), ("mind the gap",))
    found = store.get_experiment("shop")
    assert found.experiment == experiment()
    assert found.warnings == ("mind the gap",)
    with pytest.raises(NameTakenError, match="exists already"):
        store.add_experiment(experiment())
    with pytest.raises(UnknownNameError, match="did you mean 'shop'"):
        store.get_experiment("shopp")


def test_a_store_opens_again(store: Store) -> None:
    store.add_experiment(experiment())
    again = Store(store.url)
    assert [item.name for item in again.list_experiments()] == ["shop"]
    again.close()


def test_migrations_make_the_schema_that_the_code_declares(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_several_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    code = f"from dw_simulator.adapters.stores.sql import Store; Store('sqlite:///{tmp_path / 'new.db'}')"
    started = [
        subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(6)
    ]
    failures = [process.communicate(timeout=60)[1] for process in started]
    assert failures == [""] * 6


def test_a_store_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    (tmp_path / "junk.db").write_bytes(b"this is no database at all, not even a small one" * 50)
    for url in (f"sqlite:///{tmp_path / 'junk.db'}", "nonsense", "postgresql://user:secret@127.0.0.1:1/x"):
        with pytest.raises(StoreError, match="DW_SIM_STORE_URL") as caught:
            Store(url)
        assert "secret" not in str(caught.value)
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert (tmp_path / "junk.db").read_bytes().startswith(b"this is no database")


def test_a_store_locked_by_another_program_is_waited_for_and_then_reported(
    store: Store, monkeypatch: pytest.MonkeyPatch
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
