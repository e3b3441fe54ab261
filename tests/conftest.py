"""What many tests share: a service in a home of its own, and rules without a service."""

import compileall
import gc
import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from tests import commands, dbt_runs, processes, s3, warehouses
from tests import postgres as server

import dw_simulator
from dw_simulator.service import ExperimentService
from dw_simulator.settings import MEMORY, Settings

processes.hear_interrupts()

if "PYTEST_XDIST_WORKER" not in os.environ:  # what is compiled here, no process of a test compiles again
    compileall.compile_dir(Path(dw_simulator.__file__).parent, quiet=1)

# how long an example takes says how busy the machine is, and no more
settings.register_profile("own", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# what lands is decided without dice: other examples are for other days, and for campaigns
settings.register_profile("ci", settings.get_profile("own"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "own")

postgres, database = server.postgres, server.database
s3_server, bucket = s3.s3_server, s3.bucket
dbt, dbt_program = dbt_runs.dbt, dbt_runs.dbt_program
dw_sim = commands.dw_sim
duck, pg, place = warehouses.duck, warehouses.pg, warehouses.place


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Tests are many, and none of them is garbage: nobody looks there, now or while they run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each worker has its part of the tests, as neighbours share much, and helps others in the end."""
    if config.getoption("dist") != "load":  # which -n means where nothing else is said
        return None
    return importlib.import_module("xdist.scheduler").WorkStealingScheduling(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Nothing of the suite lives on; the processes of an xdist controller are its workers."""
    if hasattr(session.config, "workerinput") or not session.config.getoption("numprocesses", None):
        processes.kill_what_is_left()


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the developer's settings or writes to their home."""
    monkeypatch.setenv("DW_SIM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DW_SIM_STORE_URL", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _one_day(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is imported on this day is the same tomorrow, but for tests of the day itself (`today`)."""
    if "today" not in request.keywords:
        monkeypatch.setattr(ExperimentService, "_day_of_import", None)


@pytest.fixture
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ExperimentService]:
    """One with a store of its own; of tests that are `passing`, in memory."""
    store = MEMORY if "passing" in request.keywords else ""
    made = ExperimentService(Settings(home=tmp_path / "home", store_url=store))
    yield made
    made.persistence.close()
