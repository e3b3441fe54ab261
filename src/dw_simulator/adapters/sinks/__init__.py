"""Where batches go. A sink publishes all parts at once, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dw_simulator.engine.planning import Part, Plan, TablePlan


@dataclass(frozen=True)
class Receipt:
    """What was written of a part. `path` is relative to the sink's place."""

    part: Part
    path: str
    rows: int
    bytes: int


class Writer(Protocol):
    """One part being written."""

    def write(self, batch: Any) -> None:
        """Append a pyarrow.RecordBatch."""

    def close(self) -> Receipt:
        """Finish the part."""

    def discard(self) -> None:
        """Leave it, as it will not be published."""


class Sink(Protocol):
    """A place for the parts of a plan. Sinks can be pickled: workers open parts in other processes.

    `prepare` comes first, then parts in any order, then either `commit` or `abort`.
    """

    def prepare(self, plan: Plan) -> None:
        """Check that the plan can be written here. Raises RequestError or OutputError."""

    def open(self, table: TablePlan, part: Part) -> Writer: ...

    def commit(self, plan: Plan, receipts: Sequence[Receipt]) -> dict[str, list[str]]:
        """Publish every part at once; returns the published files of each table."""

    def abort(self) -> None:
        """Leave nothing of this run behind."""
