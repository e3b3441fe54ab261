"""Rows for whoever asked for them, kept in memory: what a preview is made of."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from dw_simulator.adapters.sinks import Receipt
from dw_simulator.engine.planning import Part, Plan, TablePlan


class MemorySink:
    """Keeps the batches of one part after another. It takes what a thread can hand over, no more."""

    def __init__(self) -> None:
        self._batches: dict[Part, list[Any]] = {}

    def prepare(self, plan: Plan) -> None:
        """Anything can be written here."""

    def open(self, table: TablePlan, part: Part) -> "MemoryWriter":  # noqa: ARG002 - the part says enough
        """A writer whose batches stay here."""
        return MemoryWriter(part, self._batches.setdefault(part, []))

    def commit(self, plan: Plan, receipts: Sequence[Receipt]) -> dict[str, list[str]]:  # noqa: ARG002
        """There are no files."""
        return {}

    def abort(self) -> None:
        """Forget what is there."""
        self._batches.clear()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A table's rows as plain Python values, in order."""
        parts = sorted((part for part in self._batches if part.table == table), key=lambda part: part.start)
        return [row for part in parts for batch in self._batches[part] for row in _plain(batch).to_pylist()]


def _plain(batch: Any) -> Any:
    """The batch with nanoseconds as text: Python's own times end at microseconds."""
    fine = [field.type for field in batch.schema if getattr(field.type, "unit", "") == "ns"]
    if not fine:
        return batch
    fields = [field.with_type(pa.string()) if field.type in fine else field for field in batch.schema]
    return batch.cast(pa.schema(fields))


class MemoryWriter:
    """One part being kept."""

    def __init__(self, part: Part, batches: list[Any]) -> None:
        self._part, self._batches = part, batches

    def write(self, batch: Any) -> None:
        """Keep a pyarrow.RecordBatch."""
        self._batches.append(batch)

    def close(self) -> Receipt:
        """What was kept."""
        rows = sum(batch.num_rows for batch in self._batches)
        return Receipt(self._part, "", rows, sum(batch.nbytes for batch in self._batches))

    def discard(self) -> None:
        """Forget it."""
        self._batches.clear()
