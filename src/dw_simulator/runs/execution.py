"""Carrying out a run: its sign of life, its progress, and the steps from the first part to the record.

Who makes the parts is a job's `execute`: an executor that was taken from the registry by its name when the
run began (`runs.beginning`), such as the threads of `adapters.executors.workers`.
"""

import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from dw_simulator import interrupts
from dw_simulator.errors import DwSimError, RunAbortedError, RunError, StoreError, UnrecordedError
from dw_simulator.ports.executor import Execution, Executor
from dw_simulator.ports.manifest import Manifest, Origin
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.progress import RunEvent, Watch, speed
from dw_simulator.ports.sink import Receipt, Sink
from dw_simulator.ports.store import Ledger
from dw_simulator.ports.warehouse import LoadSummary
from dw_simulator.runs import bookkeeping
from dw_simulator.runs.request import Summary
from dw_simulator.schema.model import Experiment

_TICK_SECONDS = 0.1
_BEAT_SECONDS = 1.0
_QUEUED_TICK_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 2.0
_PATIENCE_SECONDS = 12.0
"""How long a run goes on without reaching the store, well within the ledger's lease."""


@dataclass(frozen=True)
class Job:
    """A run that was found sound and is recorded: all that carrying it out takes.

    first  what is to be done before anything else, and can fail
    limit  how many runs may be running at once where this one waits for its turn; None: it begins at once
    load   whether the tables are to be loaded into the experiment's warehouse afterwards
    pack   makes the files that are published beside the tables
    requested  the numbers of rows that the plan was made from; None: those of all its tables
    """

    run_id: int
    experiment: Experiment
    plan: Plan
    origin: Origin
    sink: Sink
    execute: Executor
    workers: int
    watch: Watch
    first: Callable[[], None]
    limit: int | None = None
    load: bool = False
    pack: Callable[[Manifest], Mapping[str, bytes]] = lambda _manifest: {}
    requested: Mapping[str, int] | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    def check_wanted(self) -> None:
        """Raise RunAbortedError once it is to be stopped; called while the tables of the run are loaded."""
        if self.cancelled.is_set():
            raise RunAbortedError("stopped on request; the run is complete, its tables are not loaded")


@dataclass(frozen=True)
class Outcome:
    """What a run has made.

    files    of each table, as they were published
    bytes    all files together
    seconds  how long it took, without its time in the queue
    kept     how many parts an interrupted run had left in good order
    """

    files: Mapping[str, Sequence[str]]
    bytes: int
    seconds: float
    kept: int

    def summary(self, job: Job, loaded: LoadSummary | None) -> Summary:
        """The same for whoever has asked for the run. loaded: where its tables were loaded afterwards."""
        return Summary(
            run_id=job.run_id,
            experiment=job.experiment.name,
            seed=job.plan.seed,
            output_dir=str(job.sink.root),
            row_counts=job.plan.counts,
            files=self.files,
            bytes=self.bytes,
            seconds=self.seconds,
            warnings=job.plan.warnings,
            kept_parts=self.kept,
            loaded=loaded,
            faults=job.plan.faults,
        )


class Pulse:
    """Beside a run: tells the store that it lives and how far it is, tells watchers, hears a wish to stop."""

    def __init__(self, job: Job, ledger: Ledger) -> None:
        self._job, self._ledger = job, ledger
        self._thread = threading.Thread(target=self._beat, name=f"dw-sim-run-{job.run_id}", daemon=True)
        self._lock, self._over = threading.Lock(), threading.Event()
        self._total = job.plan.counts
        self._done = dict.fromkeys(self._total, 0)
        self._kept = 0
        self._began = self._heard_at = time.monotonic()
        self.status = "QUEUED" if job.limit is not None else "RUNNING"
        self.reason: DwSimError | None = None

    def advance(self, table: str, rows: int) -> None:
        """More rows of a table are done. Called by every worker."""
        with self._lock:
            self._done[table] += rows

    def begin(self) -> None:
        """The run's turn has come."""
        self.status, self._began = "RUNNING", time.monotonic()

    def keep(self, receipts: Sequence[Receipt]) -> None:
        """Parts that were there already."""
        for receipt in receipts:
            self.advance(receipt.part.table, receipt.rows)
            self._kept += receipt.rows

    @property
    def counts(self) -> dict[str, int]:
        """Rows done so far, by table."""
        with self._lock:
            return dict(self._done)

    def event(self, error: str | None = None) -> RunEvent:
        """The run as it is now."""
        done, seconds = self.counts, time.monotonic() - self._began
        made, total = sum(done.values()) - self._kept, sum(self._total.values()) - self._kept
        rate, left = speed(made, total, seconds) if self.status == "RUNNING" else (0.0, None)
        job = self._job
        return RunEvent(job.run_id, job.experiment.name, self.status, done, self._total, rate, left, error)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def _beat(self) -> None:
        beat_at = 0.0
        while not self._over.wait(_QUEUED_TICK_SECONDS if self.status == "QUEUED" else _TICK_SECONDS):
            self._tell(self.event())
            try:
                if time.monotonic() - beat_at >= _BEAT_SECONDS:
                    self._ledger.beat(self._job.run_id, self.counts)
                    beat_at = time.monotonic()
                reason = self._ledger.stop_reason(self._job.run_id)
            except StoreError as error:
                if time.monotonic() - self._heard_at > _PATIENCE_SECONDS:
                    self._stop(error)
            except RunAbortedError as error:
                self._stop(error)
            else:
                self._heard_at = time.monotonic()
                if reason:
                    self._stop(RunAbortedError(f"{reason}; nothing was published"))

    def _stop(self, reason: DwSimError) -> None:
        self.reason = self.reason or reason
        self._job.cancelled.set()

    def end(self, status: str, error: str | None = None) -> None:
        """The run is over; its last event goes out."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        self.status = status
        self._tell(self.event(error))

    def _tell(self, event: RunEvent) -> None:
        with suppress(Exception):  # who watches a run does not decide about it
            self._job.watch(event)


def one_by_one(execute: Executor) -> Executor:
    """An executor that ends with one table before it begins with the next."""

    def each(plan: Plan, sink: Sink, execution: Execution) -> list[Receipt]:
        tables = [replace(plan, tables=(table,)) for table in plan.tables]
        return [receipt for table in tables for receipt in execute(table, sink, execution)]

    return each


def carry_out(job: Job, ledger: Ledger) -> Outcome:
    """Make what is still to be made, publish it and record it.

    Raises a RunError after recording it; then nothing is published.
    """
    pulse = Pulse(job, ledger)
    try:
        pulse.start()
        outcome = _run(job, ledger, pulse)
    except BaseException as error:
        failure = _as_run_error(error, pulse.reason)
        _give_up(job, ledger, pulse, failure, error)
        raise failure from error
    pulse.end("COMPLETED")
    return outcome


def _run(job: Job, ledger: Ledger, pulse: Pulse) -> Outcome:
    if job.limit is not None:
        _wait_for_turn(job, ledger, job.limit)
        pulse.begin()
    began = time.perf_counter()
    job.first()
    kept = job.sink.prepare(job.plan)
    pulse.keep(kept)
    execution = Execution(workers=job.workers, progress=pulse.advance, cancelled=job.cancelled)
    rest = job.plan.without([receipt.part for receipt in kept])
    receipts = [*kept, *job.execute(rest, job.sink, execution)]
    execution.check()
    manifest = bookkeeping.manifest_of(job.experiment, job.plan, job.origin, receipts, job.requested)
    extras = job.pack(manifest)
    manifest = manifest.with_extras(extras)
    # from here on the run is complete, or nothing is published
    with job.sink.alone(execution.check), interrupts.held_back():
        with ledger.completing(job.run_id, job.plan.counts):
            files = job.sink.publish(job.plan, receipts, manifest, extras)
        with suppress(OSError):  # the run is complete, whatever happens now
            ledger.leave(job.sink.token, clean=job.sink.tidy())
    size = sum(receipt.bytes for receipt in receipts)
    return Outcome(files, size, time.perf_counter() - began, len(kept))


def _wait_for_turn(job: Job, ledger: Ledger, limit: int) -> None:
    while before := ledger.claim(job.run_id, limit):
        # who is far from its turn asks seldom
        if job.cancelled.wait(min(before * _TICK_SECONDS, _LONGEST_WAIT_SECONDS)):
            raise RunAbortedError("stopped on request; nothing was published")


def _give_up(job: Job, ledger: Ledger, pulse: Pulse, failure: DwSimError, error: BaseException) -> None:
    """Leave nothing behind, and record why."""
    if isinstance(failure, UnrecordedError):  # published, and only the store can say whether it counts
        pulse.end("FAILED", str(failure))
        job.sink.let_go()
        ledger.leave(job.sink.token, clean=False)
        return
    status = "ABORTED" if isinstance(failure, RunAbortedError) else "FAILED"
    cause = "".join(traceback.format_exception(error))
    with interrupts.held_back():
        clean = True
        try:
            job.sink.abort()
        except DwSimError as left:
            clean, cause = False, f"{cause}\n{left}"
        pulse.end(status, str(failure))
        with suppress(StoreError):  # the cause matters more than the record of it
            ledger.end(job.run_id, status, error=str(failure), traceback=cause, row_counts=pulse.counts)
        ledger.leave(job.sink.token, clean=clean)


def _as_run_error(error: BaseException, reason: DwSimError | None) -> DwSimError:
    if isinstance(error, RunAbortedError) and reason is not None:
        return reason  # the workers know only that they were stopped
    if isinstance(error, DwSimError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return RunAbortedError("interrupted; nothing was published")
    if isinstance(error, MemoryError):
        return RunError("out of memory; ask for fewer --workers; nothing was published")
    return RunError(f"{type(error).__name__}: {error}; nothing was published")
