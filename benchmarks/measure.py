"""One measurement of the retail job, in a process of its own: prints seconds, rows and bytes as JSON.

python -m benchmarks.measure generate|write|end_to_end|duckdb N OUTPUT COMPRESSION WORKERS
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from dw_simulator.adapters.executors.workers import largest_first
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.arrow import Converter
from dw_simulator.ports.plan import Part, Plan, TablePlan
from dw_simulator.runs import bookkeeping
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

SCHEMA = Path(__file__).parent / "retail.json"
SEED = 42
Batches = list[Any]


def row_counts(n: int) -> dict[str, int]:
    """Rows of each table for N customers."""
    return {"customers": n, "products": max(n // 10, 1), "orders": 5 * n, "order_items": 15 * n}


def service(output: Path) -> ExperimentService:
    """A service with a home of its own that knows the job."""
    made = ExperimentService(Settings(home=output / "home", store_url=""))
    made.create(SCHEMA)
    return made


def batches(table: TablePlan, part: Part) -> Iterator[Any]:
    """A part as Arrow batches."""
    converter = Converter(table)
    return (converter.batch(batch) for batch in table.batches(part))


def _in_threads(plan: Plan, workers: int, work: Callable[[TablePlan, Part], Any]) -> list[Any]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda pair: work(*pair), largest_first(plan)))


def generate(n: int, output: Path, _compression: str, workers: int) -> float:
    """Plan, and make every batch; each is dropped as soon as it is there."""
    door = service(output)
    began = time.perf_counter()
    plan = door.plan("retail", seed=SEED, rows=row_counts(n))
    _in_threads(plan, workers, lambda table, part: sum(batch.num_rows for batch in batches(table, part)))
    return time.perf_counter() - began


def write(n: int, output: Path, compression: str, workers: int) -> float:
    """Write batches that are all in memory, as the executor would: the same parts, settings and workers."""
    door = service(output)
    plan = door.plan("retail", seed=SEED, rows=row_counts(n))
    experiment = door.get("retail").experiment
    held: dict[Part, Batches] = {part: list(batches(t, part)) for t in plan.tables for part in t.parts}
    sink = DirectorySink(output / "data", compression)
    began = time.perf_counter()
    sink.prepare(plan)

    def write_part(table: TablePlan, part: Part) -> Any:
        writer = sink.open(table, part)
        for batch in held[part]:
            writer.write(batch)
        return writer.close()

    receipts = _in_threads(plan, workers, write_part)
    origin = bookkeeping.origin(experiment, SEED, row_counts(n), compression)
    sink.publish(plan, receipts, bookkeeping.manifest_of(experiment, plan, origin, receipts), {})
    sink.tidy()
    return time.perf_counter() - began


def end_to_end(n: int, output: Path, compression: str, workers: int) -> float:
    """What `dw-sim experiment generate` does: plan, generate, write, publish, record."""
    door = service(output)
    request = GenerateRequest(row_counts(n), SEED, output / "data", compression, workers)
    began = time.perf_counter()
    door.generate("retail", request)
    return time.perf_counter() - began


def duckdb(n: int, output: Path, compression: str, workers: int) -> float:
    """The same job by hand in DuckDB's SQL."""
    from benchmarks.peers import duckdb_sql  # noqa: PLC0415 - its import is not ours to pay

    return duckdb_sql.run(n, output / "data", compression, workers)


def main() -> None:
    """Measure what the command line names."""
    name, n, output, compression, workers = sys.argv[1:]
    measurement: Callable[[int, Path, str, int], float] = globals()[name]
    seconds = measurement(int(n), Path(output), compression, int(workers))
    size = sum(file.stat().st_size for file in Path(output).rglob("*.parquet"))
    print(json.dumps({"seconds": seconds, "rows": sum(row_counts(int(n)).values()), "bytes": size}))


if __name__ == "__main__":
    main()
