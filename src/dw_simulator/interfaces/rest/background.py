"""What goes on in this server besides answering.

Runs: each in a thread of its own, some at once, the rest in the store's queue.
Queries: some at once, and no queue.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import anyio
from starlette.exceptions import HTTPException

from dw_simulator.errors import RunAbortedError, WarehouseError
from dw_simulator.ports.answers import Answer
from dw_simulator.runs.execution import Job
from dw_simulator.service import ExperimentService, GenerateRequest, Summary

MAX_WAITING = 100
_log = logging.getLogger(__name__)
MAX_QUERIES = 4
_STOP_SECONDS = 10.0


class Background:
    """Starts runs and queries and, when the server stops, stops them."""

    def __init__(self, service: ExperimentService) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._jobs: dict[int, tuple[Job, threading.Thread]] = {}
        self._queries: set[Answer] = set()
        self._free = threading.BoundedSemaphore(MAX_QUERIES)
        self._stopping = ""  # why, from then on
        self.loading = anyio.CapacityLimiter(service.settings.max_runs)
        """How many loads go on at once."""

    def start(self, name: str, request: GenerateRequest) -> tuple[Job, "Future[Summary]"]:
        """Record a run and put it in the queue. Raises what the service raises, and HTTPException."""
        with self._lock:
            if self._stopping:
                raise HTTPException(503, "the server is stopping", {"retry-after": "10"})
            if len(self._jobs) >= MAX_WAITING:
                raise HTTPException(429, f"{MAX_WAITING} runs are waiting", {"retry-after": "10"})
        job = self._service.start(name, request, limit=self._service.settings.max_runs)
        future: Future[Summary] = Future()
        thread = threading.Thread(target=self._run, args=(job, future), name=f"run-{job.run_id}", daemon=True)
        with self._lock:
            self._jobs[job.run_id] = (job, thread)
            thread.start()
            reason = self._stopping
        if reason:  # since the look at the beginning
            self._service.stop(job, reason)
        return job, future

    def _run(self, job: Job, future: "Future[Summary]") -> None:
        try:
            future.set_result(self._service.finish(job))
        except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it
            if isinstance(error, WarehouseError):  # the run is complete, and keeps no word of it
                _log.error("run %d is complete, and was not loaded: %s", job.run_id, error)
            future.set_exception(error)
        finally:
            with self._lock:
                self._jobs.pop(job.run_id, None)

    @contextmanager
    def query(self, ask: Callable[[], Answer]) -> Iterator[Answer]:
        """The answer to a query, as long as it is read. Raises what `ask` raises, and HTTPException."""
        if not self._free.acquire(blocking=False):
            raise HTTPException(429, f"{MAX_QUERIES} queries are going on", {"retry-after": "5"})
        try:
            with ask() as answer:
                self._queries.add(answer)
                try:
                    yield answer
                finally:
                    self._queries.discard(answer)
        finally:
            self._free.release()

    def check(self) -> None:
        """Raise RunAbortedError when the server is stopping."""
        if self._stopping:
            raise RunAbortedError(f"{self._stopping}; nothing was loaded")

    def stop(self, reason: str = "the server was stopped") -> None:
        """Ask every run and query to stop; the next call of `wait` sees the runs end."""
        with self._lock:
            self._stopping, jobs = reason, list(self._jobs.values())
        for answer in list(self._queries):
            answer.stop()
        for job, _thread in jobs:
            self._service.stop(job, reason)

    def wait(self) -> None:
        """Wait until every run has ended."""
        with self._lock:
            threads = [thread for _job, thread in self._jobs.values()]
        for thread in threads:
            thread.join(_STOP_SECONDS)


async def result(future: "Future[Summary]") -> Summary:
    """The summary of a run; who stops waiting for it does not stop it."""
    return await asyncio.shield(asyncio.wrap_future(future))
