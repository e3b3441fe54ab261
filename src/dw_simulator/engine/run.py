"""From a plan to batches."""

from collections.abc import Iterator

from dw_simulator.engine.columns import ColumnBatch
from dw_simulator.engine.planning import Part, TablePlan
from dw_simulator.engine.rows import BLOCK, Rows


def run_chunk(plan: TablePlan, start: int, stop: int) -> ColumnBatch:
    """The rows from start to stop of a table. Pure: no I/O, no clock, no state."""
    rows = Rows.run(start, stop)
    return ColumnBatch(plan.name, start, tuple(column.kernel.values(rows) for column in plan.columns))


def run_part(plan: TablePlan, part: Part, batch_rows: int = BLOCK) -> Iterator[ColumnBatch]:
    """A part's rows, batch by batch."""
    for start in range(part.start, part.stop, batch_rows):
        yield run_chunk(plan, start, min(start + batch_rows, part.stop))
