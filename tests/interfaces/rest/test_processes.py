"""Servers as users start them: several processes, signals, and a store that is not there any more."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.interfaces.rest.serving import (
    DW_SIM,
    ENDLESS,
    Server,
    events,
    in_process,
    problem,
    schema,
    status_of,
)
from tests.processes import PATIENCE, started, wait_for

from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

SHOP = "/api/experiments/shop"
ASYNC = {"prefer": "respond-async"}
UVICORN = (sys.executable, "-m", "uvicorn", "dw_simulator.api:app")
OPEN_ENDED = {"rows": {"t": ENDLESS}, "workers": 1}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with experiments."""
    service = ExperimentService(Settings(home=tmp_path / "home"))
    for name in ("shop", "other", "third"):
        service.create(schema(name))
    service.persistence.close()
    return tmp_path / "home"


def hidden(home: Path) -> list[Path]:
    return list(home.rglob(".dw-sim-*"))


def test_one_of_many_starts_the_run(home: Path) -> None:
    with in_process(home, "--workers", 2) as server, ThreadPoolExecutor(20) as pool:

        def start(_number: int) -> Any:
            with server.client() as api:
                return api.post(f"{SHOP}/generate", json=OPEN_ENDED, headers=ASYNC)

        answers = list(pool.map(start, range(20)))
        assert sorted(answer.status_code for answer in answers) == [202] + [409] * 19
        where = next(answer.headers["location"] for answer in answers if answer.status_code == 202)
        for answer in answers:
            if answer.status_code == 409:
                assert "already" in problem(answer, 409)["detail"]

        def read(number: int) -> int:
            with server.client() as api:
                return api.get(
                    (SHOP, f"{SHOP}/runs", where, f"{SHOP}/preview?table=t")[number % 4]
                ).status_code

        assert set(pool.map(read, range(24))) == {200}
        with server.client() as api:
            assert api.post(f"{where}/abort").json()["status"] == "ABORTED"
            # no answer waits for a delayed acknowledgement, which takes 0.04 s
            wait_for(lambda: sorted(_seconds(api) for _ in range(20))[5] < 0.03)
    assert not hidden(home)


def _seconds(api: httpx2.Client) -> float:
    return float(api.get("/health").elapsed.total_seconds())


class Caller(threading.Thread):
    """Someone who waits for an answer."""

    def __init__(self, server: Server, method: str, path: str, **options: Any) -> None:
        super().__init__()
        self.server, self.asked = server, (method, path, options)
        self.answer: Any = None
        self.told: list[tuple[str, str]] = []
        self.start()

    def run(self) -> None:
        method, path, options = self.asked
        with (
            suppress(httpx2.TransportError),
            self.server.client() as api,
            api.stream(method, path, **options) as answer,
        ):
            if not path.endswith("/events"):
                answer.read()
                self.answer = answer
                return
            for event in events(answer.iter_lines()):
                self.told.append(event)


@pytest.mark.parametrize(
    ("number", "words", "command"),
    [
        (signal.SIGTERM, (), (*DW_SIM, "api")),
        (signal.SIGINT, (), (*DW_SIM, "api")),
        (signal.SIGTERM, ("--workers", 2), (*DW_SIM, "api")),
        (signal.SIGTERM, (), UVICORN),
        (signal.SIGINT, (), UVICORN),
    ],
)
def test_a_server_that_is_stopped_stops_its_runs(
    home: Path, number: int, words: tuple[object, ...], command: tuple[str, ...]
) -> None:
    limit = {"DW_SIM_MAX_RUNS": "2"}
    with in_process(home, *words, command=command, settings=limit) as server, server.client() as api:
        waiting = Caller(server, "POST", f"{SHOP}/generate", json=OPEN_ENDED)
        run = wait_for(lambda: api.get(f"{SHOP}/runs").json()["runs"])[0]
        runs = [f"{SHOP}/runs/{run['id']}"]
        for name in ("other", "third"):
            started = api.post(f"/api/experiments/{name}/generate", json=OPEN_ENDED, headers=ASYNC)
            runs.append(started.headers["location"])
        watching = Caller(server, "GET", f"{runs[0]}/events")
        for where in runs[:2]:
            wait_for(lambda where=where: status_of(api, where) == "RUNNING")
        assert status_of(api, runs[2]) == "QUEUED"
        wait_for(lambda: len(hidden(home)) == 2 and watching.told)
        said = server.stop(number)
    waiting.join()
    watching.join()
    assert "Traceback" not in said
    assert "server was stopped" in problem(waiting.answer, 409)["detail"]
    service = ExperimentService(Settings(home=home))
    for name in ("shop", "other", "third"):
        [recorded] = service.persistence.list_generation_runs(name)
        assert (recorded.status, recorded.error) == (
            "ABORTED",
            "the server was stopped; nothing was published",
        )
        assert not list((home / "output").glob(f"{name}/t"))
    service.persistence.close()
    assert not hidden(home)


def test_a_run_of_the_command_line_is_watched_and_stopped(home: Path) -> None:
    with in_process(home) as server, server.client() as api:
        words = ("experiment", "generate", "shop", "--rows", f"t={ENDLESS}")
        with started([*DW_SIM, *words], stderr=subprocess.PIPE) as process:
            wait_for(lambda: hidden(home))
            run = api.get(f"{SHOP}/runs").json()["runs"][0]
            where = f"{SHOP}/runs/{run['id']}"
            problem(api.post(f"{SHOP}/generate"), 409)
            watching = Caller(server, "GET", f"{where}/events")
            wait_for(lambda: watching.told)
            assert api.post(f"{where}/abort").json()["status"] == "ABORTED"
            assert "stopped on request" in process.communicate(timeout=PATIENCE)[1]
            assert process.returncode == 130
        watching.join()
        kind, data = watching.told[-1]
        assert (kind, json.loads(data)["error"]) == ("aborted", "stopped on request; nothing was published")


@pytest.fixture
def broken(home: Path) -> Iterator[Server]:
    with in_process(home) as server:
        yield server


def test_a_store_that_is_gone(home: Path, broken: Server) -> None:
    with broken.client() as api:
        assert api.get("/api/experiments").status_code == 200
        with closing(sqlite3.connect(home / "experiments.db")) as connection:
            connection.execute("DROP TABLE generation_runs")
            connection.execute("ALTER TABLE experiments RENAME TO elsewhere")
        for method, path in (("GET", "/api/experiments"), ("GET", SHOP), ("POST", f"{SHOP}/generate")):
            told = problem(api.request(method, path), 503)
            assert "the experiment store" in told["detail"]
        problem(api.post("/api/experiments", json=schema("new")), 503)
        assert api.get("/health").status_code == 200
        with closing(sqlite3.connect(home / "experiments.db")) as connection:
            connection.execute("ALTER TABLE elsewhere RENAME TO experiments")
        assert api.get("/api/experiments").json()["total"] == 3


def test_a_store_that_is_locked(home: Path) -> None:
    short = "import sys; from dw_simulator.adapters.stores import database; database.BUSY_MILLISECONDS = 300;"
    start = "from dw_simulator.interfaces.cli.main import run; run()"
    command = (sys.executable, "-c", short + start, "api")
    with in_process(home, command=command) as server, server.client() as api:
        with closing(sqlite3.connect(home / "experiments.db")) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert "locked" in problem(api.post("/api/experiments", json=schema("new")), 503)["detail"]
            problem(api.post(f"{SHOP}/generate"), 503)
            assert api.get("/health").status_code == 200
            other.rollback()
        assert api.post("/api/experiments", json=schema("new")).status_code == 201
        assert api.post(f"{SHOP}/generate").status_code == 200


def test_what_the_command_says(home: Path) -> None:
    for words, said in (
        ((), "documented at http://127.0.0.1:"),
        (("--host", "0.0.0.0"), "ANYONE, as no --token is set"),
        (("--host", "0.0.0.0", "--token", "secret-word"), "whoever has the token"),
    ):
        with in_process(home, *words) as server:
            if "--token" in words:
                with server.client() as api:
                    problem(api.get("/api/experiments"), 401)
                    right = {"authorization": "Bearer secret-word"}
                    assert api.get("/api/experiments", headers=right).status_code == 200
            told = server.stop(signal.SIGTERM)
        assert said in told
        assert "secret-word" not in told
