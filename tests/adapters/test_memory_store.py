"""The store of one process behaves as the one in a database does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.adapters import test_ledger, test_pool_records
from tests.adapters.test_ledger import experiment

from dw_simulator.adapters.stores.memory import MemoryStore
from dw_simulator.errors import NameTakenError, RunningError, UnknownNameError, VersionError
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import MEMORY, Settings

OF_ANY_STORE: list[Callable[[MemoryStore], None]] = [
    test_ledger.test_a_run_from_beginning_to_end,
    test_ledger.test_an_experiment_has_one_active_run,
    test_ledger.test_a_run_ends_once,
    test_ledger.test_who_is_asked_to_stop_publishes_nothing,
    test_ledger.test_what_fails_while_publishing_leaves_the_run_active,
    test_ledger.test_the_queue_is_served_in_order_and_within_its_limit,
    test_pool_records.test_what_is_kept_first_stays,
    test_pool_records.test_pools_are_found_by_content,
    test_pool_records.test_refreshed_pools_are_all_there_are_and_forget_the_fingerprints,
    test_pool_records.test_the_first_fingerprints_stay,
]


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    for name in ("shop", "other"):
        made.add_experiment(experiment(name))
    return made


@pytest.mark.parametrize("check", OF_ANY_STORE, ids=lambda check: check.__name__)
def test_as_any_store(check: Callable[[MemoryStore], None], store: MemoryStore) -> None:
    check(store)


def test_an_experiment_takes_all_with_it(store: MemoryStore) -> None:
    store.pools.keep("shop", {"a": test_pool_records.OLD})
    store.loads.begin("shop", "duckdb:///x", store.ledger.start(test_ledger.new()))
    with pytest.raises(RunningError), store.deleting("shop"):
        pass
    store.ledger.end(1, "FAILED", error="", traceback="", row_counts={})
    with store.deleting("shop"):
        pass
    store.add_experiment(experiment("shop"))
    assert (store.pools.of("shop"), store.loads.of("shop"), store.count_generation_runs("shop")) == (
        {},
        [],
        0,
    )


def test_experiments_by_name(store: MemoryStore) -> None:
    assert [one.name for one in store.list_experiments()] == ["other", "shop"]
    assert [one.name for one in store.list_experiments(1, 1)] == ["shop"]
    with pytest.raises(NameTakenError):
        store.add_experiment(experiment("shop"))
    with pytest.raises(UnknownNameError, match="did you mean 'shop'"):
        store.get_experiment("shopp")
    with pytest.raises(VersionError), store.holding("shop", "another"):
        pass


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ExperimentService]:
    yield ExperimentService(Settings(home=tmp_path / "home", store_url=MEMORY))
    assert not (tmp_path / "home").exists(), "nothing is kept"


def test_a_run_of_which_only_the_output_is_kept(service: ExperimentService, tmp_path: Path) -> None:
    service.create(experiment("shop").to_json())
    summary = service.generate("shop", GenerateRequest(seed=3, output_dir=tmp_path / "out"))
    assert service.runs("shop")[0].status == "COMPLETED"
    assert service.verify(tmp_path / "out", deep=True).ok
    assert summary.row_counts == {"t": 5}
    service.delete("shop")
    assert service.count() == 0
