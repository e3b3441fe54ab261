"""What an executor keeps: who works changes no byte, and an error or a wish to stop ends the rest."""

import threading
from pathlib import Path
from typing import ClassVar

import pytest

from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.adapters.sinks.part_files import PartWriter
from dw_simulator.errors import OutputError, RunAbortedError
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.plan import Part, Plan, TablePlan
from dw_simulator.ports.sink import Receipt, Sink
from dw_simulator.registry.manager import registry
from dw_simulator.testing import plans


class BrokenSink(DirectorySink):
    """A directory in which one part cannot be written."""

    def open(self, table: TablePlan, part: Part) -> PartWriter:
        if part.table == "kinds" and part.number == 1:
            raise OutputError("no room for part 1 of kinds")
        return super().open(table, part)


class ExecutorContract:
    """Inherit it and name your executor."""

    executor: ClassVar[str]

    def run(self, a_plan: Plan, sink: Sink, execution: Execution) -> list[Receipt]:
        """The receipts of every part, in the order of the parts."""
        sink.prepare(a_plan)
        found = registry().executors.get(self.executor)(a_plan, sink, execution)
        return sorted(found, key=lambda receipt: (receipt.part.table, receipt.part.number))

    def test_any_number_of_workers_makes_the_same_bytes(self, tmp_path: Path) -> None:
        a_plan = plans.parted()
        runs = [self.run(a_plan, DirectorySink(tmp_path / str(n)), Execution(workers=n)) for n in (1, 2)]
        assert runs[0] == runs[1]
        wanted = {part for table in a_plan.tables for part in table.parts}
        assert {receipt.part for receipt in runs[0]} == wanted
        assert all(receipt.rows == len(receipt.part) for receipt in runs[0])

    def test_every_row_is_told_once(self, tmp_path: Path) -> None:
        a_plan, told = plans.parted(), dict[str, int]()
        lock = threading.Lock()

        def progress(table: str, rows: int) -> None:
            with lock:
                told[table] = told.get(table, 0) + rows

        execution = Execution(workers=2, progress=progress, batch_rows=64)
        self.run(a_plan, DirectorySink(tmp_path / "out"), execution)
        assert told == {table.name: table.rows for table in a_plan.tables if table.rows}

    def test_the_error_of_a_part_is_raised(self, tmp_path: Path) -> None:
        cancelled = threading.Event()
        with pytest.raises(OutputError, match="no room for part 1 of kinds"):
            self.run(plans.parted(), BrokenSink(tmp_path / "out"), Execution(workers=2, cancelled=cancelled))
        assert cancelled.is_set(), "the other workers are told to stop"

    def test_a_wish_to_stop_is_heard(self, tmp_path: Path) -> None:
        cancelled = threading.Event()
        cancelled.set()
        execution = Execution(workers=2, cancelled=cancelled)
        with pytest.raises(RunAbortedError):
            self.run(plans.parted(), DirectorySink(tmp_path / "out"), execution)

    def test_no_part_is_no_work(self, tmp_path: Path) -> None:
        a_plan = plans.parted()
        none = a_plan.without([part for table in a_plan.tables for part in table.parts])
        assert self.run(none, DirectorySink(tmp_path / "out"), Execution()) == []
