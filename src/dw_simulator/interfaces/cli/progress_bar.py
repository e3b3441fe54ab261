"""The live display of a run, on stderr: a bar for each table, rows per second, time left."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from dw_simulator.ports.progress import RunEvent


class _RowsPerSecond(ProgressColumn):
    """How fast a table grows."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} rows/s" if speed else "", style="cyan")


class RunDisplay:
    """Shows a run's events. Without a terminal it stays silent."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, event: RunEvent) -> None:
        """Bring every table's bar up to date."""
        for table, total in event.total.items():
            if table not in self._tasks:
                self._tasks[table] = self._progress.add_task(table, total=total)
            self._progress.update(self._tasks[table], completed=event.done[table])


@contextmanager
def run_display() -> Iterator[RunDisplay]:
    """Show a run while it lasts."""
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        _RowsPerSecond(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=console,
        disable=not console.is_terminal,
    )
    with progress:
        yield RunDisplay(progress)
