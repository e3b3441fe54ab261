"""Who makes the parts of a plan: an executor maps them over workers."""

import threading
from dataclasses import dataclass, field
from typing import Protocol

from dw_simulator.engine.rows import BLOCK
from dw_simulator.errors import RunAbortedError
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.progress import Progress, no_progress
from dw_simulator.ports.sink import Receipt, Sink


@dataclass
class Execution:
    """How a plan is carried out; none of it changes a value.

    workers     how many parts are made at once, at the most
    batch_rows  the most rows that are in memory of each
    progress    told of a table and of how many more of its rows are done, by any worker
    cancelled   may be set from any thread: workers stop at the next batch
    """

    workers: int = 2
    batch_rows: int = BLOCK
    progress: Progress = no_progress
    cancelled: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise RunAbortedError once the run is cancelled."""
        if self.cancelled.is_set():
            raise RunAbortedError("stopped on request; nothing was published")


class Executor(Protocol):
    """Makes every part of a plan and writes it to the sink."""

    def __call__(self, plan: Plan, sink: Sink, execution: Execution) -> list[Receipt]:
        """The receipts of all parts, in any order.

        Raises RunAbortedError when it was cancelled; the first error of a worker stops the others.
        """
