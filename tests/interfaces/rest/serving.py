"""Servers for tests: in this process, or as users start them."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from starlette.testclient import TestClient
from tests.processes import PATIENCE, free_port, started, wait_for
from tests.support import column, table

from dw_simulator.interfaces.rest.app import make_app
from dw_simulator.settings import Settings

ENDLESS = 10**10
PROBLEM = "application/problem+json"


def schema(name: str = "shop", rows: int = 100) -> dict[str, Any]:
    return {"name": name, "tables": [table("t", rows, column("id", "BIGINT", is_unique=True))]}


def problem(response: Any, status: int) -> dict[str, Any]:
    """The one shape of errors."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    told: dict[str, Any] = response.json()
    assert set(told) == {"title", "status", "detail", "problems"}
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert all(set(one) == {"place", "message", "hint", "mend", "excerpt"} for one in told["problems"])
    return told


def status_of(client: Any, where: str) -> str:
    return str(client.get(where).json()["status"])


@contextmanager
def client(settings: Settings, **options: Any) -> Iterator[TestClient]:
    """A client of an application in this process."""
    app = make_app(settings)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False, **options) as made:
        yield made


@contextmanager
def in_thread(settings: Settings) -> Iterator[str]:
    """A server in a thread of this process; its address."""
    # with the protocol named, asyncio sends each answer at once
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(make_app(settings), log_level="error", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    wait_for(lambda: server.started or not thread.is_alive())
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@dataclass
class Server:
    """A server in a process of its own."""

    process: "subprocess.Popen[str]"
    address: str

    def client(self, **options: Any) -> httpx2.Client:
        return httpx2.Client(base_url=self.address, timeout=60, trust_env=False, verify=False, **options)

    def stop(self, number: int, within: float = 14) -> str:
        """Send a signal, and return what the server has said until its end.

        within  seconds; one whose runs went on would wait for 15 for their callers
        """
        began = time.monotonic()
        self.process.send_signal(number)
        told = self.process.communicate(timeout=PATIENCE)[1]
        assert time.monotonic() - began < within
        return told


DW_SIM = [sys.executable, "-m", "dw_simulator"]


@contextmanager
def in_process(
    home: Path,
    *words: object,
    command: Sequence[str] = (*DW_SIM, "api"),
    settings: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """`dw-sim api`, or another command that takes --port."""
    port = free_port()
    environment = {**os.environ, "DW_SIM_HOME": str(home), **(settings or {})}
    with started(
        [*command, "--port", port, *words],
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as process:
        server = Server(process, f"http://127.0.0.1:{port}")
        try:
            with server.client() as asking:
                wait_for(lambda: _answers(asking, process))
            yield server
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def _answers(asking: httpx2.Client, process: "subprocess.Popen[str]") -> bool:
    assert process.poll() is None, process.communicate()[1]
    try:
        return asking.get("/health").status_code == 200
    except httpx2.TransportError:
        return False


def events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """(event, data) of server-sent events."""
    kind = ""
    for line in lines:
        if found := re.match(r"event: (.*)", line):
            kind = found[1].strip()
        elif found := re.match(r"data: (.*)", line):
            yield kind, found[1]
