"""Threads and processes of this machine, and what any worker does with a part: make it, and write it.

A part's batches come from `ports.plan.TablePlan.batches`, which asks every column's kernel for its values.
"""

import multiprocessing
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import (
    FIRST_EXCEPTION,
    BrokenExecutor,
    Executor,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from typing import TypeAlias, cast

from dw_simulator import interrupts
from dw_simulator.arrow import Converter
from dw_simulator.errors import RunAbortedError, RunError
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.plan import Part, Plan, TablePlan
from dw_simulator.ports.progress import Progress
from dw_simulator.ports.sink import Receipt, Sink

_POLL_SECONDS = 0.1
_RELAY_SECONDS = 0.5
_GRACE_SECONDS = 0.5


def largest_first(plan: Plan) -> list[tuple[TablePlan, Part]]:
    """Every part, the largest first, so that workers end together."""
    parts = [(table, part) for table in plan.tables for part in table.parts]
    return sorted(parts, key=lambda pair: -len(pair[1]) * len(pair[0].columns))


def write_part(table: TablePlan, part: Part, sink: Sink, execution: Execution) -> Receipt:
    """Make one part and write it."""
    converter = Converter(table)
    writer = sink.open(table, part)
    try:
        for batch in table.batches(part, execution.batch_rows):
            execution.check()
            writer.write(converter.batch(batch))
            execution.progress(table.name, len(batch))
        return writer.close()
    except BaseException:
        writer.discard()
        raise


def run_in_threads(plan: Plan, sink: Sink, execution: Execution) -> list[Receipt]:
    """Threads of this process: NumPy and the Parquet writer release the interpreter lock in their loops."""
    with ThreadPoolExecutor(_workers(plan, execution), thread_name_prefix="dw-sim") as pool:
        return _map(
            pool, plan, execution, lambda name, part: write_part(plan.table(name), part, sink, execution)
        )


def run_in_processes(plan: Plan, sink: Sink, execution: Execution) -> list[Receipt]:
    """Worker processes, each with its own copy of the plan."""
    context = multiprocessing.get_context("spawn")
    stop, reports = context.Event(), context.Queue()
    state = (plan, sink, execution.batch_rows, stop, reports)
    done = threading.Event()
    relay = threading.Thread(target=_relay, args=(reports, execution, stop, done), daemon=True)
    relay.start()
    try:
        with ProcessPoolExecutor(_workers(plan, execution), context, _start_worker, state) as pool:
            return _map(pool, plan, execution, _write_in_worker)
    finally:
        done.set()
        relay.join(_RELAY_SECONDS)  # not for ever: a worker that was killed may have left half a report


def _workers(plan: Plan, execution: Execution) -> int:
    return max(min(execution.workers, sum(len(table.parts) for table in plan.tables)), 1)


def _map(
    pool: Executor, plan: Plan, execution: Execution, work: Callable[[str, Part], Receipt]
) -> list[Receipt]:
    """Make every part; whatever goes wrong, an interrupt included, stops the rest at their next batch."""
    try:
        with interrupts.held_back() as heard:  # half a start of processes cannot be undone
            futures = [pool.submit(work, table.name, part) for table, part in largest_first(plan)]
        interrupts.obey(heard)
        pending = set(futures)
        while pending:  # by turns: a signal that another thread caught does not wake a wait without end
            done, pending = wait(pending, _POLL_SECONDS, FIRST_EXCEPTION)
            for future in done:
                future.result()
        return [future.result() for future in futures]
    except BaseException as error:
        asked_to_stop = execution.cancelled.is_set()
        execution.cancelled.set()
        pool.shutdown(wait=True, cancel_futures=True)
        if isinstance(error, BrokenExecutor):
            raise _death(asked_to_stop=asked_to_stop) from error
        raise


def _death(*, asked_to_stop: bool) -> RunError:
    """What it means that a worker process is gone."""
    if asked_to_stop:
        return RunAbortedError("stopped on request; nothing was published")
    return RunError(
        "a worker process died, perhaps for lack of memory; try fewer --workers; nothing was published"
    )


@dataclass(frozen=True)
class _Work:
    """What a worker process carries out."""

    plan: Plan
    sink: Sink
    execution: Execution


_work: list[_Work] = []
"""That of this process, once it has begun."""

Reports: TypeAlias = "Queue[tuple[str, int]]"
"""A table, and how many more of its rows are done."""


def _start_worker(plan: Plan, sink: Sink, batch_rows: int, stop: Event, reports: Reports) -> None:
    # a multiprocessing.Event answers is_set() as a threading.Event does
    execution = Execution(1, batch_rows, _reporter(reports), cast(threading.Event, stop))
    _work.append(_Work(plan, sink, execution))
    threading.Thread(target=_leave_when_told, args=(stop,), daemon=True).start()


def _leave_when_told(stop: Event) -> None:
    """End this process after a stop, or with its parent, whatever state the pool's queues are in."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "a worker has a parent"
    while not stop.is_set() and parent.is_alive():
        time.sleep(_POLL_SECONDS)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)


def _reporter(reports: Reports) -> Progress:
    return lambda table, rows: reports.put((table, rows))


def _write_in_worker(table: str, part: Part) -> Receipt:
    (work,) = _work
    return write_part(work.plan.table(table), part, work.sink, work.execution)


def _relay(reports: Reports, execution: Execution, stop: Event, done: threading.Event) -> None:
    """Carry the caller's wish to stop to the workers, and their progress to the caller."""
    while True:
        if execution.cancelled.is_set():
            stop.set()
        try:
            execution.progress(*reports.get(timeout=_POLL_SECONDS))
        except queue.Empty:
            if done.is_set():
                return
