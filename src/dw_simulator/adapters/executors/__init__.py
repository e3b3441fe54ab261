"""Who makes the parts of a plan: an executor maps them over workers."""

from typing import Protocol

from dw_simulator.adapters.arrow import Converter
from dw_simulator.adapters.sinks import Receipt, Sink
from dw_simulator.engine.planning import Part, Plan, TablePlan
from dw_simulator.engine.run import Execution, run_part


class Executor(Protocol):
    """Makes every part of a plan and writes it to the sink.

    Returns the receipts in any order. Raises RunAbortedError when it was cancelled; the first error
    of a worker stops the others.
    """

    def __call__(self, plan: Plan, sink: Sink, execution: Execution) -> list[Receipt]: ...


def largest_first(plan: Plan) -> list[tuple[TablePlan, Part]]:
    """Every part, the largest first, so that workers end together."""
    parts = [(table, part) for table in plan.tables for part in table.parts]
    return sorted(parts, key=lambda pair: -len(pair[1]) * len(pair[0].columns))


def write_part(table: TablePlan, part: Part, sink: Sink, execution: Execution) -> Receipt:
    """Make one part and write it."""
    converter = Converter(table)
    writer = sink.open(table, part)
    try:
        for batch in run_part(table, part, execution.batch_rows):
            execution.check()
            writer.write(converter.batch(batch))
            execution.progress(table.name, len(batch))
        return writer.close()
    except BaseException:
        writer.discard()
        raise
