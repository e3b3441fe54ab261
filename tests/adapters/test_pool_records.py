"""Pools in the store: the first one stays, an experiment takes its own with it, on both databases."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.support import column, table

from dw_simulator.adapters.stores.sql import SqlStore
from dw_simulator.errors import StoreError, UnknownNameError
from dw_simulator.ports.kept_pools import KeptPool
from dw_simulator.ports.store import Fingerprints
from dw_simulator.schema import reading

OLD = KeptPool(("Zoë", "\ud800 alone", "", "a\0b"), "Faker 39.0.0")
NEW = KeptPool(("Ann",), "Faker 40.0.0")
TAKEN = Fingerprints({"dw-simulator": "0.1"}, {"t": {"n": "0123"}})


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    info = request.getfixturevalue("database").info
    return f"postgresql+psycopg://{info.user}@/{info.dbname}?host={info.host}&port={info.port}"


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    made = SqlStore(url)
    with made.engine.begin() as connection:
        connection.execute(text("DELETE FROM experiments"))
    for name in ("shop", "other"):
        made.add_experiment(
            reading.parse({"name": name, "tables": [table("t", 5, column("n", "VARCHAR(9)"))]})
        )
    yield made
    made.close()


def rows(store: SqlStore, name: str) -> int:
    with store.engine.begin() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one())


def test_what_is_kept_first_stays(store: SqlStore) -> None:
    assert store.pools.of("shop") == {}
    assert store.pools.keep("shop", {"a": OLD}) == {"a": OLD}
    assert store.pools.keep("shop", {"a": NEW, "b": NEW}) == {"a": OLD, "b": NEW}
    assert store.pools.of("shop") == {"a": OLD, "b": NEW}
    assert store.pools.of("other") == {}
    assert store.pools.of("nobody") == {}
    with pytest.raises(UnknownNameError):
        store.pools.keep("nobody", {"a": OLD})


def test_pools_are_found_by_content(store: SqlStore) -> None:
    store.pools.keep("shop", {"a": OLD})
    store.pools.keep("other", {"z": OLD, "b": NEW})
    found = store.pools.with_checksums([OLD.checksum, "sha256:none", NEW.checksum])
    assert found == {OLD.checksum: OLD, NEW.checksum: NEW}
    assert OLD.checksum == KeptPool(OLD.values, "someone else").checksum != NEW.checksum


def test_refreshed_pools_are_all_there_are_and_forget_the_fingerprints(store: SqlStore) -> None:
    store.pools.keep("shop", {"a": OLD, "b": OLD})
    store.pools.record("shop", TAKEN)
    store.pools.record("other", TAKEN)
    store.replace_pools("shop", "", {"b": NEW, "c": NEW})
    assert store.pools.of("shop") == {"b": NEW, "c": NEW}
    assert store.pools.fingerprints("shop") is None
    assert store.pools.fingerprints("other") == TAKEN


def test_a_refresh_that_fails_changes_nothing(store: SqlStore) -> None:
    store.pools.keep("shop", {"a": OLD})
    nameless: Any = {"b": NEW, None: NEW}
    with pytest.raises(StoreError):
        store.replace_pools("shop", "", nameless)
    assert store.pools.of("shop") == {"a": OLD}


def test_the_first_fingerprints_stay(store: SqlStore) -> None:
    assert store.pools.fingerprints("shop") is None
    store.pools.record("shop", TAKEN)
    store.pools.record("shop", Fingerprints({}, {}))
    assert store.pools.fingerprints("shop") == TAKEN
    with pytest.raises(UnknownNameError):
        store.pools.record("nobody", TAKEN)


def test_an_experiment_takes_its_pools_with_it(store: SqlStore) -> None:
    for name in ("shop", "other"):
        store.pools.keep(name, {"a": OLD})
        store.pools.record(name, TAKEN)
    with store.deleting("shop"):
        pass
    assert (rows(store, "pools"), rows(store, "fingerprints")) == (1, 1)
    store.add_experiment(
        reading.parse({"name": "shop", "tables": [table("t", 5, column("n", "VARCHAR(9)"))]})
    )
    assert store.pools.of("shop") == {}
    assert store.pools.fingerprints("shop") is None


def test_several_at_once_agree_on_one(store: SqlStore, url: str) -> None:
    """Each connection of its own; every one offers another content and hears the same answer."""
    others = [SqlStore(url) for _ in range(4)]
    offers = [{"a": KeptPool((f"offer {k}",), str(k)), "b": KeptPool((str(k),))} for k in range(4)]
    heard: list[dict[str, KeptPool]] = []
    start = threading.Barrier(4)

    def offer(k: int) -> None:
        start.wait()
        heard.append(others[k].pools.keep("shop", offers[k]))

    threads = [threading.Thread(target=offer, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()
    assert len(heard) == 4
    assert heard.count(heard[0]) == 4
    assert heard[0] in offers
    assert store.pools.of("shop") == heard[0]
