"""Making one part of a plan and writing it: what every executor does, in whatever worker."""

from dw_simulator.arrow import Converter
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.plan import Part, Plan, TablePlan
from dw_simulator.ports.sink import Receipt, Sink


def largest_first(plan: Plan) -> list[tuple[TablePlan, Part]]:
    """Every part, the largest first, so that workers end together."""
    parts = [(table, part) for table in plan.tables for part in table.parts]
    return sorted(parts, key=lambda pair: -len(pair[1]) * len(pair[0].columns))


def write_part(table: TablePlan, part: Part, sink: Sink, execution: Execution) -> Receipt:
    """Make one part and write it."""
    converter = Converter(table)
    writer = sink.open(table, part)
    try:
        for batch in table.batches(part, execution.batch_rows):
            execution.check()
            writer.write(converter.batch(batch))
            execution.progress(table.name, len(batch))
        return writer.close()
    except BaseException:
        writer.discard()
        raise
