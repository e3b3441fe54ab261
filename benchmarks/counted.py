"""The workloads of `benchmarks.quick` that are counted within one process: kernels, Arrow, Parquet, plans.

Run under callgrind with `--toggle-collect=ffi_call --dump-after=ffi_call`: each workload is called through
ctypes, and so counted from its first instruction to its last, and nothing else is.
"""

import ctypes
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.big_schemas import script as big_script
from dw_simulator import planning
from dw_simulator.adapters.executors.workers import write_part
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.arrow import Converter
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.plan import Plan
from dw_simulator.registry.manager import registry
from dw_simulator.registry.script_import import ScriptImport
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService

ROWS = 20_000
SEED = 42
TABLES = 60
"""Of a warehouse as it is found, by `benchmarks.big_schemas`; the time of each is that of its columns."""
HERE = Path(__file__).parent


def workloads(scratch: Path) -> dict[str, Callable[[], Any]]:
    """What is counted, by its name; each has run once before, so that nothing is made for the first time."""
    rules = ExperimentService().rule
    retail = reading.load(HERE / "retail.json")
    plan = planning.plan(retail, SEED, rules, {table.name: ROWS for table in retail.tables})
    batches = [(Converter(table), table.chunk(0, ROWS)) for table in plan.tables]
    many = reading.parse({"name": "many", "tables": [_table(k) for k in range(200)]})
    script = (HERE.parent / "examples" / "orders.sql").read_text()
    importer, warehouse = ScriptImport(registry(), rules), big_script(TABLES)
    return {
        "kernels": lambda: [table.chunk(0, ROWS) for table in plan.tables],
        "arrow": lambda: [converter.batch(batch) for converter, batch in batches],
        "parquet": lambda: _written(plan, scratch),
        "planning": lambda: planning.plan(retail, SEED, rules),
        "planning 200 tables": lambda: planning.plan(many, SEED, rules),
        f"import {TABLES} tables": lambda: importer.of_sql(warehouse, "warehouse", "redshift", 100),
        "reading DDL": lambda: registry().dialects.get("snowflake").read(script),
    }


def _table(k: int) -> dict[str, Any]:
    columns: list[dict[str, Any]] = [{"name": "id", "data_type": "INT"}]
    columns.append({"name": "note", "data_type": "VARCHAR(40)"})
    if k:
        link = {"references_table": f"t{k - 1}", "references_column": "id"}
        columns.append({"name": "before", "data_type": "INT", "foreign_key": link})
    return {"name": f"t{k}", "target_rows": 20, "columns": columns, "primary_key": ["id"]}


def _written(plan: Plan, scratch: Path) -> None:
    """Every part as its file, with its facts: what a run does but for publishing."""
    sink = DirectorySink(Path(tempfile.mkdtemp(dir=scratch)))
    sink.prepare(plan)
    for table in plan.tables:
        for part in table.parts:
            write_part(table, part, sink, Execution(workers=1))
    sink.abort()


def main() -> None:
    """Count each workload, or those that are named; prints their names in the order of the dumps."""
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    with tempfile.TemporaryDirectory() as scratch:
        known = workloads(Path(scratch))
        counted = {name: known[name] for name in sys.argv[1:] or known}
        for work in counted.values():
            work()
            ctypes.CFUNCTYPE(None)(work)()
    json.dump([*counted], sys.stdout)


if __name__ == "__main__":
    main()
