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

from dw_simulator.engine.planning import Plan


class _RowsPerSecond(ProgressColumn):
    """How fast a table grows."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} rows/s" if speed else "", style="cyan")


class RunDisplay:
    """Receives a run's events. Without a terminal it stays silent."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def started(self, plan: Plan) -> None:
        """A bar for each table."""
        for table in plan.tables:
            self._tasks[table.name] = self._progress.add_task(table.name, total=table.rows)

    def advanced(self, table: str, rows: int) -> None:
        """More rows of a table are done."""
        self._progress.advance(self._tasks[table], rows)


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
