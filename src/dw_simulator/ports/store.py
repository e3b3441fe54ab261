"""The experiment store: experiments, their runs, where they were loaded, and the values kept for them.

A run's life:

    QUEUED -> RUNNING -> COMPLETED
                      -> FAILED       an error, kept with its traceback
           ->         -> ABORTED      stopped on request, or found without a sign of life

An experiment has at most one run in the first two states.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from dw_simulator.ports.digests import schema_hash
from dw_simulator.ports.kept_pools import KeptPool
from dw_simulator.ports.progress import ACTIVE, RunEvent, speed
from dw_simulator.schema.model import Experiment


@dataclass(frozen=True)
class StoredExperiment:
    """An experiment as it is kept.

    created_at  UTC
    warnings    what its author was told when it was made
    """

    experiment: Experiment
    created_at: datetime
    warnings: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.experiment.name

    @property
    def version(self) -> str:
        """Another one for another experiment of the same name."""
        return f"{schema_hash(self.experiment)[7:31]}-{self.created_at:%Y%m%d%H%M%S%f}"


@dataclass(frozen=True)
class NewRun:
    """A run that is about to begin.

    requested_rows  what is asked instead of the schema's row counts
    planned_rows    of every table
    token           names the run's lock and its hidden directory
    format          of its files
    resumes         the run that this one goes on with
    """

    experiment: str
    seed: int
    requested_rows: Mapping[str, int]
    planned_rows: Mapping[str, int]
    output_dir: str
    compression: str
    schema_hash: str
    program_version: str
    token: str
    format: str
    resumes: int | None = None


@dataclass(frozen=True)
class Run:
    """One generation: what was asked, what came of it. Times are UTC.

    row_counts  rows made so far, at last all of them
    token       None when nothing of the run is left but what it has published
    """

    id: int
    experiment: str
    status: str
    seed: int
    row_counts: Mapping[str, int]
    output_dir: str
    program_version: str
    started_at: datetime
    completed_at: datetime | None
    error: str | None
    traceback: str | None
    requested_rows: Mapping[str, int]
    planned_rows: Mapping[str, int]
    compression: str
    format: str
    schema_hash: str | None
    token: str | None
    resumes: int | None
    heartbeat_at: datetime | None

    @property
    def active(self) -> bool:
        return self.status in ACTIVE

    @property
    def event(self) -> RunEvent:
        """The run as the store knows it, as an event."""
        until = self.completed_at or self.heartbeat_at or self.started_at
        done = {name: self.row_counts.get(name, 0) for name in self.planned_rows}
        rate, left = speed(
            sum(done.values()), sum(self.planned_rows.values()), (until - self.started_at).total_seconds()
        )
        left = left if self.status == "RUNNING" else None
        return RunEvent(
            self.id, self.experiment, self.status, done, self.planned_rows, rate, left, self.error
        )


@dataclass(frozen=True)
class Fingerprints:
    """Of every column of an experiment, with the rows of its schema, and what they were made by.

    versions  of this program, and of the libraries that decide values, by name
    columns   hashes by table and column; none where a table has no rows
    """

    versions: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]

    def other(self, than: "Fingerprints") -> list[tuple[str, str]]:
        """The columns, as (table, column), that both have and in which they differ."""
        return [
            (table, name)
            for table, columns in self.columns.items()
            for name, found in columns.items()
            if than.columns.get(table, {}).get(name, found) != found
        ]


class Ledger(Protocol):
    """Records the life of runs. Each method is one transaction, and raises StoreError."""

    on_death: Callable[[Run], None]
    """Sees to what a run has left whose process has died."""

    def get(self, run_id: int) -> Run:
        """One run by its number. Raises UnknownNameError."""

    def start(self, new: NewRun, *, queued: bool = False) -> int:
        """Record that a run begins, or waits for its turn; returns its number.

        Raises RunningError when the experiment has a run already, UnknownNameError when there is none.
        """

    def claim(self, run_id: int, limit: int) -> int:
        """Let the run begin if it is the first in the queue and fewer than `limit` are running.

        Returns how many are before it, itself included: 0 when it has begun.
        """

    def beat(self, run_id: int, row_counts: Mapping[str, int]) -> None:
        """Give a sign of life, with how far the run is. Raises RunAbortedError when it was taken for dead."""

    def stop_reason(self, run_id: int) -> str | None:
        """Why the run should stop, if someone has asked for that."""

    def ask_to_stop(self, run_id: int, reason: str) -> bool:
        """Ask for a run to be stopped; False when it has ended already."""

    def completing(self, run_id: int, row_counts: Mapping[str, int]) -> AbstractContextManager[None]:
        """Record that the run is complete at the end of the block, in which its output is published.

        Raises RunAbortedError when the run is no longer wanted, StoreError before the block or after it,
        UnrecordedError where nobody knows whether it was recorded.
        """

    def end(
        self, run_id: int, status: str, *, error: str, traceback: str, row_counts: Mapping[str, int]
    ) -> None:
        """Record that a run has FAILED or was ABORTED, unless it has ended already."""

    def leave(self, token: str, *, clean: bool) -> None:
        """The process is done with a run. clean: nothing is left of it but what it has published."""

    def bury_the_dead(self, experiment: str = "") -> None:
        """Mark runs whose process has died as ABORTED, and let `on_death` see to what they have left.

        experiment  whose run matters: its lock is waited for, as someone else may be looking at it just now
        """

    def leftovers(self, experiment: str) -> list[Run]:
        """Ended runs of an experiment that have left something in their output directory, newest first."""


class LoadRecords(Protocol):
    """Where experiments were loaded to, by URLs without passwords. Every method raises StoreError."""

    def begin(self, name: str, place: str, run_id: int) -> bool:
        """Remember a place; returns whether it is new to the experiment. Raises UnknownNameError."""

    def end(self, name: str, place: str, run_id: int) -> bool:
        """A load has come to its end; False where the experiment is not there any more."""

    def forget(self, name: str, place: str) -> None:
        """Nothing of the experiment is there."""

    def of(self, name: str) -> list[str]:
        """Where an experiment was loaded to, or may have been, the last one last."""


class PoolRecords(Protocol):
    """Values that other programs have made for experiments, and fingerprints of the columns made with them.

    Every method raises StoreError.
    """

    def of(self, name: str) -> dict[str, KeptPool]:
        """The pools of an experiment, by their names; none for an experiment that is not there."""

    def keep(self, name: str, made: Mapping[str, KeptPool]) -> dict[str, KeptPool]:
        """Keep new pools, unless others of their names are kept; returns all of the experiment.

        Raises UnknownNameError.
        """

    def with_checksums(self, wanted: Collection[str]) -> dict[str, KeptPool]:
        """Pools of any experiment, by their checksums, as far as they are kept."""

    def fingerprints(self, name: str) -> Fingerprints | None:
        """What was recorded of an experiment's columns; None where nothing was."""

    def record(self, name: str, taken: Fingerprints) -> None:
        """Record fingerprints, unless there are some. Raises UnknownNameError."""


class Store(Protocol):
    """Experiments and what is known of them. Every method raises StoreError, with what to check."""

    ledger: Ledger
    """The life of runs."""
    loads: LoadRecords
    """Where experiments were loaded to."""
    pools: PoolRecords
    """Values that other programs have made for experiments."""
    lasting: bool = True
    """Whether what it keeps is there after the process has ended."""

    def close(self) -> None:
        """Give every connection back."""

    def add_experiment(self, experiment: Experiment, warnings: tuple[str, ...] = ()) -> None:
        """Keep a new experiment. Raises NameTakenError."""

    def replace_experiment(
        self, experiment: Experiment, version: str, warnings: tuple[str, ...] = ()
    ) -> None:
        """Keep another schema under an experiment's name, with its runs; its fingerprints are forgotten.

        version  of the experiment that is meant; any where it is empty

        Raises what `holding` raises.
        """

    def get_experiment(self, name: str) -> StoredExperiment:
        """The experiment of this name. Raises UnknownNameError with the closest match."""

    def list_experiments(self, offset: int = 0, limit: int | None = None) -> list[StoredExperiment]:
        """Every experiment, or a page of them, by name."""

    def count_experiments(self) -> int:
        """How many experiments there are."""

    def holding(self, name: str, version: str = "") -> AbstractContextManager[None]:
        """Keep runs of an experiment from beginning until the end of the block.

        version  of the experiment that is meant (`StoredExperiment.version`); any where it is empty

        Raises UnknownNameError, RunningError while a run goes on, VersionError when it is another experiment.
        """

    def deleting(self, name: str, version: str = "") -> AbstractContextManager[None]:
        """Forget an experiment and its runs at the end of the block, unless that raises. As `holding`."""

    def replace_pools(self, name: str, version: str, made: Mapping[str, KeptPool]) -> None:
        """Keep these pools and no others, and forget the fingerprints. Raises what `holding` raises."""

    def list_generation_runs(self, name: str, offset: int = 0, limit: int | None = None) -> list[Run]:
        """The runs of an experiment, newest first. Raises UnknownNameError."""

    def count_generation_runs(self, name: str) -> int:
        """How many runs an experiment has."""

    def get_generation_run(self, run_id: int) -> Run:
        """One run by its number. Raises UnknownNameError."""


class StoreClass(Protocol):
    """What is registered: it opens the store behind a URL.

    leases  where runs of this machine keep their locks; none where it is None
    """

    def __call__(self, url: str, leases: Path | None = None, /) -> Store: ...
