"""A store that lasts as long as its process: for runs of which nothing is kept but the output."""

import itertools
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from dw_simulator.errors import (
    NameTakenError,
    RunAbortedError,
    RunningError,
    UnknownNameError,
    VersionError,
)
from dw_simulator.ports.kept_pools import KeptPool
from dw_simulator.ports.store import (
    Fingerprints,
    Ledger,
    LoadRecords,
    NewRun,
    PoolRecords,
    Run,
    Store,
    StoredExperiment,
)
from dw_simulator.schema.model import Experiment


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass
class _Kept:
    """All that is known of an experiment but its runs."""

    stored: StoredExperiment
    pools: dict[str, KeptPool] = field(default_factory=dict)
    fingerprints: Fingerprints | None = None
    places: list[str] = field(default_factory=list)


class _Experiments(dict[str, _Kept]):
    """Experiments by their names."""

    def of(self, name: str) -> _Kept:
        """The one of this name. Raises UnknownNameError with the closest match."""
        if name not in self:
            raise UnknownNameError("experiment", name, list(self))
        return self[name]


class MemoryLedger(Ledger):
    """The runs of one process, by their numbers. None of them dies without it."""

    def __init__(self, kept: _Experiments) -> None:
        self.on_death: Callable[[Run], None] = lambda _run: None
        self.runs: dict[int, Run] = {}
        self._kept = kept
        self._reasons: dict[int, str] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()  # a run's heart beats in a thread of its own

    def get(self, run_id: int) -> Run:
        """One run by its number. Raises UnknownNameError."""
        if run_id not in self.runs:
            raise UnknownNameError("run", str(run_id))
        return self.runs[run_id]

    def active(self, experiment: str) -> int | None:
        """The run of an experiment that goes on."""
        mine = (run for run in self.runs.values() if run.experiment == experiment)
        return next((run.id for run in mine if run.active), None)

    def start(self, new: NewRun, *, queued: bool = False) -> int:
        """Record that a run begins, or waits for its turn; returns its number.

        Raises RunningError when the experiment has a run already, UnknownNameError when there is none.
        """
        self._kept.of(new.experiment)
        with self._lock:
            if (running := self.active(new.experiment)) is not None:
                raise RunningError(new.experiment, running)
            run_id, now = next(self._numbers), _now()
            self.runs[run_id] = Run(
                id=run_id,
                status="QUEUED" if queued else "RUNNING",
                row_counts={},
                started_at=now,
                heartbeat_at=now,
                completed_at=None,
                error=None,
                traceback=None,
                **vars(new),
            )
            return run_id

    def claim(self, run_id: int, limit: int) -> int:
        """Let the run begin if it is the first in the queue and fewer than `limit` are running."""
        with self._lock:
            queued = sorted(run.id for run in self.runs.values() if run.status == "QUEUED")
            running = sum(run.status == "RUNNING" for run in self.runs.values())
            if queued and queued[0] == run_id and running < limit:
                self._change(run_id, status="RUNNING", started_at=_now())
                return 0
            return sum(number <= run_id for number in queued)

    def forget(self, experiment: str) -> None:
        """Forget the runs of an experiment."""
        self.runs = {number: run for number, run in self.runs.items() if run.experiment != experiment}

    def _check_active(self, run_id: int) -> None:
        if run_id not in self.runs or not self.runs[run_id].active:
            raise RunAbortedError("taken for dead by another process; nothing was published")

    def _check_wanted(self, run_id: int) -> None:
        self._check_active(run_id)
        if (reason := self._reasons.get(run_id)) is not None:
            raise RunAbortedError(f"{reason}; nothing was published")

    def _change(self, run_id: int, **fields: object) -> None:
        self.runs[run_id] = replace(self.runs[run_id], heartbeat_at=_now(), **fields)  # type: ignore[arg-type]

    def beat(self, run_id: int, row_counts: Mapping[str, int]) -> None:
        """Give a sign of life, with how far the run is. Raises RunAbortedError when it has ended."""
        with self._lock:
            self._check_active(run_id)
            self._change(run_id, row_counts=dict(row_counts))

    def stop_reason(self, run_id: int) -> str | None:
        """Why the run should stop, if someone has asked for that."""
        return self._reasons.get(run_id)

    def ask_to_stop(self, run_id: int, reason: str) -> bool:
        """Ask for a run to be stopped; False when it has ended already."""
        with self._lock:
            if self.get(run_id).active:
                self._reasons.setdefault(run_id, reason)
            return self.get(run_id).active

    @contextmanager
    def completing(self, run_id: int, row_counts: Mapping[str, int]) -> Iterator[None]:
        """Record that the run is complete at the end of the block. Raises RunAbortedError."""
        with self._lock:
            self._check_wanted(run_id)
            yield
            done = _now()
            self._change(run_id, status="COMPLETED", row_counts=dict(row_counts), completed_at=done)

    def end(
        self, run_id: int, status: str, *, error: str, traceback: str, row_counts: Mapping[str, int]
    ) -> None:
        """Record that a run has FAILED or was ABORTED, unless it has ended already."""
        with self._lock:
            if run_id in self.runs and self.runs[run_id].active:
                fields = {"error": error, "traceback": traceback, "row_counts": dict(row_counts)}
                self._change(run_id, status=status, completed_at=_now(), **fields)

    def leave(self, token: str, *, clean: bool) -> None:
        """The process is done with a run. clean: nothing is left of it but what it has published."""
        with self._lock:
            for run in [run for run in self.runs.values() if run.token == token and clean]:
                self.runs[run.id] = replace(run, token=None)

    def bury_the_dead(self, experiment: str = "") -> None:
        """Nobody lives longer than this store."""

    def leftovers(self, experiment: str) -> list[Run]:
        """Ended runs of an experiment that have left something in their output directory, newest first."""
        found = [run for run in self.runs.values() if run.experiment == experiment]
        return [run for run in reversed(found) if not run.active and run.token]


class MemoryLoadRecords(LoadRecords):
    """Where experiments were loaded to."""

    def __init__(self, kept: _Experiments) -> None:
        self._kept = kept

    def begin(self, name: str, place: str, run_id: int) -> bool:  # noqa: ARG002 - one run at a time
        """Remember a place; returns whether it is new to the experiment. Raises UnknownNameError."""
        places = self._kept.of(name).places
        new = place not in places
        places[:] = [other for other in places if other != place] + [place]
        return new

    def end(self, name: str, place: str, run_id: int) -> bool:  # noqa: ARG002
        """A load has come to its end; False where the experiment is not there any more."""
        return name in self._kept

    def forget(self, name: str, place: str) -> None:
        """Nothing of the experiment is there."""
        if place in self.of(name):
            self._kept[name].places.remove(place)

    def of(self, name: str) -> list[str]:
        """Where an experiment was loaded to, the last one last."""
        return list(self._kept[name].places) if name in self._kept else []


class MemoryPoolRecords(PoolRecords):
    """Values that other programs have made for experiments."""

    def __init__(self, kept: _Experiments) -> None:
        self._kept = kept

    def of(self, name: str) -> dict[str, KeptPool]:
        """The pools of an experiment, by their names."""
        return dict(self._kept[name].pools) if name in self._kept else {}

    def keep(self, name: str, made: Mapping[str, KeptPool]) -> dict[str, KeptPool]:
        """Keep new pools, unless others of their names are kept; returns all. Raises UnknownNameError."""
        pools = self._kept.of(name).pools
        pools |= {pool: values for pool, values in made.items() if pool not in pools}
        return self.of(name)

    def with_checksums(self, wanted: Collection[str]) -> dict[str, KeptPool]:
        """Pools of any experiment, by their checksums, as far as they are kept."""
        found = {pool.checksum: pool for kept in self._kept.values() for pool in kept.pools.values()}
        return {checksum: pool for checksum, pool in found.items() if checksum in wanted}

    def fingerprints(self, name: str) -> Fingerprints | None:
        """What was recorded of an experiment's columns; None where nothing was."""
        return self._kept[name].fingerprints if name in self._kept else None

    def record(self, name: str, taken: Fingerprints) -> None:
        """Record fingerprints, unless there are some. Raises UnknownNameError."""
        self._kept.of(name).fingerprints = self._kept.of(name).fingerprints or taken


class MemoryStore(Store):
    """Experiments and what is known of them, until the process ends."""

    lasting = False

    def __init__(self, url: str = "", leases: Path | None = None) -> None:  # noqa: ARG002 - as all stores
        self._kept = _Experiments()
        self._ledger = self.ledger = MemoryLedger(self._kept)
        self.loads = MemoryLoadRecords(self._kept)
        self.pools = MemoryPoolRecords(self._kept)

    def close(self) -> None:
        """There is nothing to give back."""

    def add_experiment(self, experiment: Experiment, warnings: tuple[str, ...] = ()) -> None:
        """Keep a new experiment. Raises NameTakenError."""
        if experiment.name in self._kept:
            raise NameTakenError(experiment.name)
        self._kept[experiment.name] = _Kept(StoredExperiment(experiment, _now(), tuple(warnings)))

    def replace_experiment(
        self, experiment: Experiment, version: str, warnings: tuple[str, ...] = ()
    ) -> None:
        """Keep another schema under an experiment's name. Raises what `holding` raises."""
        with self.holding(experiment.name, version):
            kept = self._kept.of(experiment.name)
            kept.stored = StoredExperiment(experiment, kept.stored.created_at, tuple(warnings))
            kept.fingerprints = None

    def get_experiment(self, name: str) -> StoredExperiment:
        """The experiment of this name. Raises UnknownNameError with the closest match."""
        return self._kept.of(name).stored

    def list_experiments(self, offset: int = 0, limit: int | None = None) -> list[StoredExperiment]:
        """Every experiment, or a page of them, by name."""
        found = [self._kept[name].stored for name in sorted(self._kept)]
        return found[offset : None if limit is None else offset + limit]

    def count_experiments(self) -> int:
        """How many experiments there are."""
        return len(self._kept)

    @contextmanager
    def holding(self, name: str, version: str = "") -> Iterator[None]:
        """Raises UnknownNameError, RunningError while a run goes on, VersionError."""
        found = self.get_experiment(name)
        if version and found.version != version:
            raise VersionError(name)
        if (running := self._ledger.active(name)) is not None:
            raise RunningError(name, running)
        yield

    @contextmanager
    def deleting(self, name: str, version: str = "") -> Iterator[None]:
        """Forget an experiment and its runs at the end of the block, unless that raises. As `holding`."""
        with self.holding(name, version):
            yield
            del self._kept[name]
            self._ledger.forget(name)

    def replace_pools(self, name: str, version: str, made: Mapping[str, KeptPool]) -> None:
        """Keep these pools and no others, and forget the fingerprints. Raises what `holding` raises."""
        with self.holding(name, version):
            kept = self._kept.of(name)
            kept.pools, kept.fingerprints = dict(made), None

    def list_generation_runs(self, name: str, offset: int = 0, limit: int | None = None) -> list[Run]:
        """The runs of an experiment, newest first. Raises UnknownNameError."""
        self.get_experiment(name)
        found = [run for run in reversed(self._ledger.runs.values()) if run.experiment == name]
        return found[offset : None if limit is None else offset + limit]

    def count_generation_runs(self, name: str) -> int:
        """How many runs an experiment has."""
        return len(self.list_generation_runs(name))

    def get_generation_run(self, run_id: int) -> Run:
        """One run by its number. Raises UnknownNameError."""
        return self._ledger.get(run_id)
