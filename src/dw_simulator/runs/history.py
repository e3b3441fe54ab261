"""The runs of experiments as they are recorded: which there are, how far they are, how they are stopped."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dw_simulator.errors import RequestError, RunningError, StoreError, UnknownNameError
from dw_simulator.ports.progress import RunEvent
from dw_simulator.ports.store import Run, Store

if TYPE_CHECKING:
    from dw_simulator.runs.execution import Job

STOP_SECONDS = 10.0
"""How long a run is waited for that was asked to stop."""
_POLL_SECONDS = 0.05


class History:
    """The runs of every experiment.

    store  opens the store, when it is first needed
    """

    def __init__(self, store: Callable[[], Store]) -> None:
        self._open = store

    @property
    def _store(self) -> Store:
        return self._open()

    def run(self, name: str, run_id: int) -> Run:
        """A run of an experiment. Raises UnknownNameError."""
        try:
            run = self._store.get_generation_run(run_id)
        except UnknownNameError:
            self._store.get_experiment(name)  # which of the two is unknown
            raise
        if run.experiment != name:
            self._store.get_experiment(name)
            raise UnknownNameError("run", str(run_id))
        return run

    def runs(self, name: str, offset: int = 0, limit: int | None = None) -> list[Run]:
        """The runs of an experiment, or a page of them, newest first. Raises UnknownNameError."""
        return self._store.list_generation_runs(name, offset, limit)

    def last(self, name: str) -> Run | None:
        """The newest run of an experiment; None where it has none. Raises UnknownNameError."""
        found = self.runs(name, limit=1)
        return found[0] if found else None

    def complete(self, name: str, run_id: int | None = None) -> Run:
        """A run with an output, the newest where none is named. Raises RequestError."""
        if run_id is not None:
            run = self.run(name, run_id)
            if run.status != "COMPLETED":
                raise RequestError(f"run {run.id} of {name} has made no output: it is {run.status}")
            return run
        complete = [run for run in self.runs(name) if run.status == "COMPLETED"]
        if complete:
            return complete[0]
        raise RequestError(f"{name} has no complete run; begin with dw-sim experiment generate {name}")

    def unfinished(self, name: str) -> Run:
        """The run to go on with. Raises RequestError, and RunningError for one that goes on itself."""
        last = self.last(name)
        if last is None:
            raise RequestError(f"{name} has no run to go on with; leave out --resume")
        if last.active:
            raise RunningError(name, last.id)
        if last.status == "COMPLETED":
            raise RequestError(f"run {last.id} of {name} is complete: there is nothing to go on with")
        if last.schema_hash is None:
            kept = "a run of this program's former version, which did not record its --rows"
            raise RequestError(f"run {last.id} of {name} is {kept}; generate anew with --seed {last.seed}")
        return last

    def watch(self, name: str, run_id: int, every: float) -> Iterator[RunEvent]:
        """The events of a run, in whatever process it is, until it has ended. every: seconds between them."""
        while True:
            event = self.run(name, run_id).event
            yield event
            if event.ended:
                return
            time.sleep(every)

    # --- stopping

    def ask_to_stop(self, name: str, run_id: int | None = None) -> Run:
        """Ask the run of an experiment to stop, without waiting for it. Raises RequestError for none."""
        ledger = self._store.ledger
        run = self.last(name) if run_id is None else self.run(name, run_id)
        if run is None or not run.active or not ledger.ask_to_stop(run.id, "stopped on request"):
            ended = f"; run {run.id} is {ledger.get(run.id).status}" if run else ""
            raise RequestError(f"no run of {name} is going on{ended}")
        return run

    def stop(self, job: "Job", reason: str) -> None:
        """Stop a run of this process, and have the reason recorded where the store can be reached."""
        try:
            self._store.ledger.ask_to_stop(job.run_id, reason)
        except StoreError:
            job.cancelled.set()

    def abort(self, name: str, run_id: int | None = None) -> Run:
        """Ask a run to stop, and wait for it for `STOP_SECONDS`; returns it as it is then."""
        run = self.ask_to_stop(name, run_id)
        deadline = time.monotonic() + STOP_SECONDS
        while (run := self.run(name, run.id)).active and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return run
