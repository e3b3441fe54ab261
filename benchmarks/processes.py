"""Whole processes: how long they take, how much memory they and their descendants hold; and the machine."""

import platform
import statistics
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Finished:
    """A process that has ended."""

    seconds: float
    peak_memory: int
    code: int
    stdout: str
    stderr: str


def timed(command: list[str], directory: Path | None = None, errors: int | None = None) -> Finished:
    """Run a command; its standard error is shown, or kept where ERRORS is a pipe."""
    ended = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=directory, stdout=subprocess.PIPE, stderr=errors, text=True)
        peak = pool.submit(_peak_memory, process.pid, ended)
        try:
            stdout, stderr = process.communicate()
            seconds = time.perf_counter() - began
        finally:
            ended.set()
    return Finished(seconds, peak.result(), process.returncode, stdout, stderr or "")


def _peak_memory(pid: int, ended: threading.Event) -> int:
    peak = 0
    while not ended.wait(_POLL_SECONDS):
        peak = max(peak, _tree_memory(pid))
    return peak


def _tree_memory(pid: int) -> int:
    """Resident bytes of a process and all its descendants."""
    try:
        root = psutil.Process(pid)
        return sum(item.memory_info().rss for item in [root, *root.children(recursive=True)])
    except psutil.Error:
        return 0


def medians(records: list[dict[str, Any]]) -> dict[str, float]:
    """The median of every figure that the records have."""
    return {key: statistics.median(record[key] for record in records) for key in records[0]}


def machine() -> dict[str, Any]:
    """What figures depend on, besides the program."""
    return {
        "cores": psutil.cpu_count(),
        "processor": platform.machine(),
        "memory": psutil.virtual_memory().total,
        "python": platform.python_version(),
    }


def today() -> str:
    """The date of measuring."""
    return datetime.now(UTC).date().isoformat()
