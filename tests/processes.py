"""Processes that tests start: they hear Ctrl-C wherever the suite runs, and end with their test.

A shell starts what runs in the background (`make test &`) with Ctrl-C ignored, and every process that is
started from there inherits that. So the suite takes its own handler back first (`hear_interrupts`).
"""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psutil

PATIENCE = 120.0
"""Seconds for what takes one where nothing else is going on: it ends waits in vain, and measures nothing."""


def hear_interrupts() -> None:
    """Let this process and those that it starts hear SIGINT, which an ignored signal would not."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_for(what: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What is true at last."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return found


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started(command: Sequence[object], **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """A process in a group of its own, which is killed if it has not ended by the end of the block.

    options  of subprocess.Popen
    """
    with subprocess.Popen([*map(str, command)], text=True, start_new_session=True, **options) as process:
        try:
            yield process
        finally:
            if process.poll() is None:  # or its number may be another's by now
                os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def server(command: Sequence[object], port: int, **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """A process that listens at a port of this machine, from then on; it is asked to end, then killed."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with started(command, **{**quiet, **options}) as process:
        wait_for(lambda: process.poll() is not None or _listens(port))
        assert process.poll() is None, f"it has ended with {process.returncode}"
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def kill_what_is_left() -> None:
    """End whatever tests that failed have left running."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            process.kill()
