"""This machine's cores, as threads or as processes."""

import multiprocessing
import queue
import signal
import threading
from collections.abc import Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from multiprocessing.synchronize import Event
from typing import Any, cast

from dw_simulator.adapters.executors import largest_first, write_part
from dw_simulator.adapters.sinks import Receipt, Sink
from dw_simulator.engine.planning import Part, Plan
from dw_simulator.engine.run import Execution, Progress
from dw_simulator.errors import RunAbortedError

_POLL_SECONDS = 0.1
_RELAY_SECONDS = 5


def run_in_threads(plan: Plan, sink: Sink, execution: Execution) -> list[Receipt]:
    """Threads of this process: NumPy and the Parquet writer release the interpreter lock in their loops."""
    work = largest_first(plan)
    with ThreadPoolExecutor(min(execution.workers, len(work)), thread_name_prefix="dw-sim") as pool:
        futures = [pool.submit(write_part, table, part, sink, execution) for table, part in work]
        return _collect(futures, execution.cancelled)


def run_in_processes(plan: Plan, sink: Sink, execution: Execution) -> list[Receipt]:
    """Worker processes, each with its own copy of the plan."""
    work = largest_first(plan)
    context = multiprocessing.get_context("spawn")
    stop, reports = context.Event(), context.Queue()
    state = (plan, sink, execution.batch_rows, stop, reports)
    done = threading.Event()
    relay = threading.Thread(target=_relay, args=(reports, execution, stop, done), daemon=True)
    relay.start()
    workers = min(execution.workers, len(work))
    try:
        with ProcessPoolExecutor(
            workers, mp_context=context, initializer=_start_worker, initargs=state
        ) as pool:
            futures = [pool.submit(_write_in_worker, table.name, part) for table, part in work]
            return _collect(futures, execution.cancelled)
    finally:
        done.set()
        relay.join(_RELAY_SECONDS)  # a worker that was killed may have left half a report


def _collect(futures: Iterable[Future[Receipt]], cancelled: Any) -> list[Receipt]:
    """Wait for all; an error or an interrupt stops the rest at their next batch."""
    pending = set(futures)
    receipts: list[Receipt] = []
    failures: list[BaseException] = []
    while pending:
        try:
            finished, pending = wait(pending, _POLL_SECONDS, FIRST_EXCEPTION)
        except KeyboardInterrupt:
            failures.insert(0, RunAbortedError("interrupted; nothing was published"))
            finished = set()
        kept = [future for future in finished if not future.cancelled()]
        failures += filter(None, (future.exception() for future in kept))
        receipts += [future.result() for future in kept if future.exception() is None]
        if failures or cancelled.is_set():
            cancelled.set()
            for future in pending:
                future.cancel()
    if failures:  # the cause, rather than the workers that were stopped because of it
        raise min(failures, key=lambda error: isinstance(error, RunAbortedError))
    if cancelled.is_set():
        raise RunAbortedError("stopped on request; nothing was published")
    return receipts


_worker: dict[str, Any] = {}


def _start_worker(plan: Plan, sink: Sink, batch_rows: int, stop: Event, reports: Any) -> None:
    for stop_signal in (signal.SIGINT, signal.SIGTERM):  # the parent hears them and tells us
        signal.signal(stop_signal, signal.SIG_IGN)
    # a multiprocessing.Event answers is_set() as a threading.Event does
    execution = Execution(1, batch_rows, _reporter(reports), cast(threading.Event, stop))
    _worker.update(plan=plan, sink=sink, execution=execution)


def _reporter(reports: Any) -> Progress:
    return lambda table, rows: reports.put((table, rows))


def _write_in_worker(table: str, part: Part) -> Receipt:
    plan: Plan = _worker["plan"]
    return write_part(plan.table(table), part, _worker["sink"], _worker["execution"])


def _relay(reports: Any, execution: Execution, stop: Event, done: threading.Event) -> None:
    """Carry the caller's wish to stop to the workers, and their progress to the caller."""
    while True:
        if execution.cancelled.is_set():
            stop.set()
        try:
            execution.progress(*reports.get(timeout=_POLL_SECONDS))
        except queue.Empty:
            if done.is_set():
                return
