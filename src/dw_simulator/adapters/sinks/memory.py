"""Rows for whoever asked for them, kept in memory: what a preview is made of."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

import pyarrow as pa

from dw_simulator.arrow import plain_rows
from dw_simulator.errors import RequestError
from dw_simulator.ports.manifest import Manifest
from dw_simulator.ports.plan import Part, Plan, TablePlan
from dw_simulator.ports.sink import OpenPart, PublishedFiles, Receipt, Sink
from dw_simulator.ports.tabular import Row


class MemorySink(Sink):
    """Keeps the batches of one part after another. It takes what a thread can hand over, no more."""

    root, token = "memory", ""

    def __init__(self) -> None:
        self._batches: dict[Part, list[pa.RecordBatch]] = {}

    def check(self, plan: Plan) -> None:
        """Anything can be written here."""

    def prepare(self, plan: Plan) -> list[Receipt]:  # noqa: ARG002 - nothing is ever left here
        """There is nothing to get ready."""
        return []

    def open(self, table: TablePlan, part: Part) -> "MemoryWriter":  # noqa: ARG002 - the part says enough
        """A writer whose batches stay here."""
        return MemoryWriter(part, self._batches.setdefault(part, []))

    def left_behind(self, plan: Plan) -> list[str]:  # noqa: ARG002
        """There was nothing before."""
        return []

    def alone(self, check: Callable[[], None]) -> AbstractContextManager[None]:  # noqa: ARG002
        """Nobody else is here."""
        return nullcontext()

    def let_go(self) -> None:
        """Nobody will look."""

    def publish(
        self,
        plan: Plan,  # noqa: ARG002
        receipts: Sequence[Receipt],  # noqa: ARG002
        manifest: Manifest,  # noqa: ARG002
        extras: Mapping[str, bytes],  # noqa: ARG002
    ) -> dict[str, list[str]]:
        """There are no files."""
        return {}

    def files(self) -> PublishedFiles:
        """Nothing is published here."""
        raise RequestError("rows in memory are for who made them")

    def tidy(self) -> bool:
        """Nothing was kept for taking back."""
        return True

    def take_back(self) -> None:
        """Nothing was shown."""

    def abort(self) -> None:
        """Forget what is there."""
        self._batches.clear()

    def rows(self, table: str) -> list[Row]:
        """A table's rows as plain Python values, in order."""
        parts = sorted((part for part in self._batches if part.table == table), key=lambda part: part.start)
        return [row for part in parts for batch in self._batches[part] for row in plain_rows(batch)]


class MemoryWriter(OpenPart):
    """One part being kept."""

    def __init__(self, part: Part, batches: list[pa.RecordBatch]) -> None:
        self._part, self._batches = part, batches

    def write(self, batch: pa.RecordBatch) -> None:
        """Keep it."""
        self._batches.append(batch)

    def close(self) -> Receipt:
        """What was kept."""
        rows = sum(batch.num_rows for batch in self._batches)
        return Receipt(self._part, "", rows, sum(batch.nbytes for batch in self._batches))

    def discard(self) -> None:
        """Forget it."""
        self._batches.clear()
