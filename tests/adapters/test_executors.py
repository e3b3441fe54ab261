"""Executors: who works and in which batches changes no byte; a stop stops all."""

import hashlib
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.support import RETAIL, column, planned, publish, table

from dw_simulator.adapters.executors.workers import run_in_processes, run_in_threads
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.errors import OutputError, RunAbortedError
from dw_simulator.planning import plan
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService

EXECUTORS = {"threads": run_in_threads, "processes": run_in_processes}


def retail(n: int) -> Plan:
    rows = {"customers": n, "products": n // 10, "orders": 5 * n, "order_items": 15 * n}
    return plan(reading.load(RETAIL), 42, ExperimentService().rule, rows)


def digest(root: Path) -> dict[str, str]:
    return {
        str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(root.rglob("*.parquet"))
    }


def run(executor: Any, a_plan: Plan, root: Path, **options: Any) -> dict[str, str]:
    sink = DirectorySink(root)
    sink.prepare(a_plan)
    publish(sink, a_plan, executor(a_plan, sink, Execution(**options)))
    sink.tidy()
    return digest(root)


def test_the_same_bytes_from_any_workers_and_executor(tmp_path: Path) -> None:
    a_plan = retail(100_000)
    assert len(a_plan.table("order_items").parts) == 2
    first = run(run_in_threads, a_plan, tmp_path / "0", workers=1)
    assert len(first) == 5
    assert run(run_in_threads, a_plan, tmp_path / "1", workers=2) == first
    assert run(run_in_processes, a_plan, tmp_path / "2", workers=1) == first
    assert run(run_in_processes, a_plan, tmp_path / "3", workers=2) == first


@pytest.mark.parametrize("batch_rows", [1000, 4096, 32_768, 100_000])
def test_the_same_values_from_any_batch_size(tmp_path: Path, batch_rows: int) -> None:
    a_plan = retail(3000)
    run(run_in_threads, a_plan, tmp_path / "a", batch_rows=32_768)
    run(run_in_threads, a_plan, tmp_path / "b", batch_rows=batch_rows)
    for t in a_plan.tables:
        ours, theirs = (_read(tmp_path / side / t.name) for side in "ab")
        assert ours.equals(theirs), t.name


def _read(directory: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(file) for file in sorted(directory.glob("*.parquet"))])


def test_another_seed_makes_other_data(tmp_path: Path) -> None:
    t = table("t", 100, column("x", "INT"))
    ours = run(run_in_threads, planned(t, seed=1), tmp_path / "a")
    assert run(run_in_threads, planned(t, seed=1), tmp_path / "b") == ours
    assert run(run_in_threads, planned(t, seed=2), tmp_path / "c") != ours


@pytest.mark.parametrize("name", EXECUTORS)
def test_progress_counts_every_row_once(tmp_path: Path, name: str) -> None:
    seen: dict[str, int] = {}

    def progress(table_name: str, rows: int) -> None:
        seen[table_name] = seen.get(table_name, 0) + rows

    a_plan = retail(20_000)
    run(EXECUTORS[name], a_plan, tmp_path / "out", progress=progress)
    assert seen == {t.name: t.rows for t in a_plan.tables}


@pytest.mark.parametrize("name", EXECUTORS)
def test_a_run_stops_soon(tmp_path: Path, name: str) -> None:
    a_plan, sink, cancelled = retail(2_000_000), DirectorySink(tmp_path), threading.Event()
    sink.prepare(a_plan)
    stopped_at: list[float] = []

    def progress(_table: str, _rows: int) -> None:
        if not stopped_at:
            stopped_at.append(time.monotonic())
            cancelled.set()

    with pytest.raises(RunAbortedError, match="nothing was published"):
        EXECUTORS[name](a_plan, sink, Execution(progress=progress, cancelled=cancelled))
    assert time.monotonic() - stopped_at[0] < 15  # a fraction of a second where nothing else is going on
    sink.abort()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", EXECUTORS)
def test_one_failing_part_stops_the_others_and_is_the_error_shown(tmp_path: Path, name: str) -> None:
    a_plan, sink = retail(2_000_000), DirectorySink(tmp_path / "out")
    sink.prepare(a_plan)
    staging = next((tmp_path / "out").glob(".dw-sim-*"))
    (staging / "tables" / "customers" / "part-00001.parquet").mkdir()  # a directory where a file has to go
    began = time.monotonic()
    with pytest.raises(OutputError, match="part-00001"):
        EXECUTORS[name](a_plan, sink, Execution())
    assert time.monotonic() - began < 20
    sink.abort()
    assert not (tmp_path / "out").exists()
