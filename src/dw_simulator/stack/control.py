"""Bringing the stack up and down, and telling how it stands."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO

from filelock import FileLock

from dw_simulator.errors import RequestError, StackError
from dw_simulator.stack.postgres_server import Postgres
from dw_simulator.stack.services import S3, Service, Snowflake
from dw_simulator.stack.state import HOST, NAMES, StackFiles, State

SERVICES: tuple[type[Service], ...] = (S3, Snowflake, Postgres)
"""In the order in which they are started: while PostgreSQL is prepared, the others come up."""

_START_SECONDS = 60.0
"""Seconds until a service has to answer; a loaded machine takes twenty."""

_STOP_SECONDS = 15.0
"""Seconds that a service has to end by itself."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class ServiceStatus:
    """How a service stands."""

    service: str
    running: bool
    address: str | None
    pid: int | None
    log: Path


def status(home: Path) -> list[ServiceStatus]:
    """How each service stands. One that lives but takes no connection is not running."""
    files = StackFiles(home)
    state, pids = files.read(), files.running()
    found = []
    for name in NAMES:
        port = state.ports.get(name) if state else None
        running = name in pids and port is not None and _is_taken(port)
        address = f"{HOST}:{port}" if port else None
        found.append(ServiceStatus(name, running, address, pids.get(name), files.log(name)))
    return found


def up(home: Path, ports: Mapping[str, int], tell: Tell) -> State:
    """Start what does not run, and wait until everything answers.

    `ports` are those that were asked for. Raises RequestError where one cannot be had, StackError where a
    service does not come up; the others stay, and the next `up` tries again.
    """
    if sys.platform == "win32":
        raise RequestError("the local stack needs Linux or macOS; elsewhere docker-compose.yml does its work")
    files = StackFiles(home)
    with _exclusively(files):
        state = files.read() or State(password=secrets.token_urlsafe(18))
        services = [kind(files, state) for kind in SERVICES]
        living = files.running()
        _choose_ports(state, living, ports, tell)
        files.write(state)
        started = {service.name: _start(service) for service in services if service.name not in living}
        for service in services:
            _wait(service, started.get(service.name))
            word = "started" if service.name in started else "runs already"
            tell(f"{service.title} {word} at {HOST}:{service.port}")
        return state


def down(home: Path, *, purge: bool, tell: Tell) -> None:
    """Stop every service; with `purge`, remove what they kept, their ports and passwords too."""
    files = StackFiles(home)
    if not files.directory.exists():
        return
    with _exclusively(files):
        state = files.read()
        for kind in SERVICES if state else ():
            if state and kind.name in state.pids and files.is_locked(kind.name):
                _stop(files, kind, state.pids[kind.name])
                tell(f"{kind.title} stopped")
        if state:
            state.pids.clear()
            files.write(state)
        if purge:
            shutil.rmtree(files.directory)


@contextmanager
def _exclusively(files: StackFiles) -> Iterator[None]:
    """One at a time; whoever comes second waits."""
    files.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(files.control_lock, timeout=2 * _START_SECONDS):
        yield


def _choose_ports(state: State, living: Mapping[str, int], asked: Mapping[str, int], tell: Tell) -> None:
    """Those asked for, else those of last time, else any that are free."""
    for name in NAMES:
        former, wanted = state.ports.get(name), asked.get(name)
        if name in living:
            if wanted not in {None, former}:
                raise RequestError(f"{name} runs at port {former} already: dw-sim stack down first")
        elif wanted is not None:
            if _is_taken(wanted):
                raise RequestError(f"port {wanted} is taken: choose another with --{name}-port")
            state.ports[name] = wanted
        elif former is None or _is_taken(former):
            state.ports[name] = _free_port()
            if former is not None:
                tell(f"port {former} is taken by now: {name} moves to {state.ports[name]}")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _start(service: Service) -> "subprocess.Popen[bytes]":
    """Start a service for good: in a session of its own, holding its lock, writing to its log."""
    files, name = service.files, service.name
    log = files.log(name)
    if log.exists():
        log.replace(log.with_suffix(".log.1"))  # why it died is worth keeping
    with _locked(files, name) as lock, _private(log) as output:
        service.prepare()
        process = subprocess.Popen(  # noqa: S603
            service.command(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=(lock.fileno(),),
            umask=0o077,
            **service.account(),
        )
    service.state.pids[name] = process.pid
    files.write(service.state)
    return process


def _private(path: Path) -> IO[bytes]:
    """A file anew, for its owner alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


@contextmanager
def _locked(files: StackFiles, name: str) -> Iterator[IO[bytes]]:
    """The lock of a service, once the last process of its former life is gone."""
    import fcntl  # noqa: PLC0415 - not on Windows

    if not _within(_STOP_SECONDS, lambda: not files.is_locked(name)):
        raise StackError(f"what is left of {name} does not end; it holds {files.lock(name)}")
    with _private(files.lock(name)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def _wait(service: Service, process: "subprocess.Popen[bytes] | None") -> None:
    """Until a service answers; one that cannot is stopped."""
    trouble = ""

    def answers() -> bool:
        nonlocal trouble
        if process and process.poll() is not None:
            raise StackError(_failure(service, f"ended with exit code {process.returncode}"))
        try:
            service.probe()
        except (OSError, HTTPException, ValueError) as error:
            trouble = str(error)
            return False
        return True

    if not _within(_START_SECONDS, answers):
        _stop(service.files, type(service), service.state.pids[service.name])
        if process:
            process.wait()
        raise StackError(_failure(service, f"does not answer ({trouble})"))
    if process:
        process.returncode = 0  # it is to outlive us, of which Popen would warn


def _failure(service: Service, what: str) -> str:
    """What happened, with the end of the log."""
    log = service.files.log(service.name)
    with log.open(errors="replace") as file:
        last = "".join(f"  {line}" for line in deque(file, maxlen=15))
    return f"{service.title} {what}; {log} ends:\n{last.rstrip()}"


def _stop(files: StackFiles, kind: type[Service], pid: int) -> None:
    """End a service politely, then by force."""
    if files.is_alive(kind.name, pid):
        os.kill(pid, kind.stop_signal)
    if _within(_STOP_SECONDS, lambda: not files.is_locked(kind.name)):
        return
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    if _within(_STOP_SECONDS, lambda: not files.is_locked(kind.name)):
        return
    raise StackError(f"{kind.title} (process {pid}) does not end")


def _within(seconds: float, happens: Callable[[], bool]) -> bool:
    """Whether something happens in time."""
    end = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
