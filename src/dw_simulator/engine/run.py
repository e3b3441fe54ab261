"""From a plan to batches, and how a plan is carried out."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from dw_simulator.engine.columns import ColumnBatch
from dw_simulator.engine.planning import Part, TablePlan
from dw_simulator.engine.rows import BLOCK, Rows
from dw_simulator.errors import RunAbortedError

Progress = Callable[[str, int], None]
"""Told of a table and of how many more of its rows are done."""


def no_progress(_table: str, _rows: int) -> None:
    """The progress callback of those who do not watch."""


@dataclass
class Execution:
    """How a plan is carried out; none of it changes a value.

    `cancelled` may be set from any thread: workers stop at the next batch.
    """

    workers: int = 2
    batch_rows: int = BLOCK
    progress: Progress = no_progress
    cancelled: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise RunAbortedError once the run is cancelled."""
        if self.cancelled.is_set():
            raise RunAbortedError("stopped on request; nothing was published")


def run_chunk(plan: TablePlan, start: int, stop: int) -> ColumnBatch:
    """The rows from start to stop of a table. Pure: no I/O, no clock, no state."""
    rows = Rows.run(start, stop)
    # a column that others are made from is made once
    columns = (rows.once(kernel, partial(kernel.values, rows)) for kernel in (c.kernel for c in plan.columns))
    return ColumnBatch(plan.name, start, tuple(columns))


def run_part(plan: TablePlan, part: Part, batch_rows: int = BLOCK) -> Iterator[ColumnBatch]:
    """A part's rows, batch by batch."""
    step = min(batch_rows, plan.batch_rows)
    for start in range(part.start, part.stop, step):
        yield run_chunk(plan, start, min(start + step, part.stop))
