"""How far a run or a load is: what workers report, and what watchers are told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

ACTIVE = ("QUEUED", "RUNNING")


@dataclass(frozen=True)
class RunEvent:
    """A run at one moment: one shape for the command line, HTTP and plugins.

    status           COMPLETED, FAILED and ABORTED end the stream
    done, total      rows by table
    rows_per_second  since the run began, all tables together
    seconds_left     at that speed; None while there is no telling
    error            why a run has failed or was stopped
    """

    run_id: int
    experiment: str
    status: str
    done: Mapping[str, int]
    total: Mapping[str, int]
    rows_per_second: float = 0.0
    seconds_left: float | None = None
    error: str | None = None

    @property
    def ended(self) -> bool:
        return self.status not in (*ACTIVE, "LOADING")


Watch = Callable[[RunEvent], None]
"""Told how far a run is, several times a second; what it raises is ignored."""

Progress = Callable[[str, int], None]
"""Told of a table and of how many more of its rows are done."""


def no_progress(_table: str, _rows: int) -> None:
    """The progress callback of those who do not watch."""


def unwatched(_event: RunEvent) -> None:
    """The watcher of those who do not watch."""


def speed(done: int, total: int, seconds: float) -> tuple[float, float | None]:
    """(rows per second, seconds left) of a run that has taken some seconds so far."""
    rate = done / seconds if seconds > 0 else 0.0
    return rate, (total - done) / rate if rate else None
