"""What the experiment store keeps: runs as they are asked for and recorded, fingerprints of columns.

    QUEUED -> RUNNING -> COMPLETED
                      -> FAILED       an error, kept with its traceback
           ->         -> ABORTED      stopped on request, or found without a sign of life

An experiment has at most one run in the first two states.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dw_simulator.ports.progress import ACTIVE, RunEvent, speed


@dataclass(frozen=True)
class NewRun:
    """A run that is about to begin.

    requested_rows  what is asked instead of the schema's row counts
    planned_rows    of every table
    token           names the run's lock and its hidden directory
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
    resumes: int | None = None
    format: str = "parquet"


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
    def event(self) -> "RunEvent":
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
