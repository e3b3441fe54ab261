"""What many tests share: a service in a home of its own, and rules without a service."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests import postgres as server
from tests import processes, s3, warehouses

from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

processes.hear_interrupts()

# what is compiled once, no process that a test starts compiles again
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# how long an example takes says how busy the machine is, and no more
settings.register_profile("own", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# what lands is decided without dice: other examples are for other days, and for campaigns
settings.register_profile("ci", settings.get_profile("own"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "own")

postgres, database = server.postgres, server.database
s3_server, bucket = s3.s3_server, s3.bucket
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
def service(tmp_path: Path) -> Iterator[ExperimentService]:
    made = ExperimentService(Settings(home=tmp_path / "home"))
    yield made
    made.persistence.close()
