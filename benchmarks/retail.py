"""The retail job: generated only, written only, end to end, and by hand in DuckDB's SQL.

    python -m benchmarks.retail [--n 100000] [--rounds 3] [--compression snappy] [--workers 2]

Each measurement is a fresh process; a round makes each of them once, in turn, so that a machine that
slows down slows all of them. The table shows medians. Times leave out the start of the interpreter and
imports, for every measurement alike; `process` is the whole process, those included.
"""

import argparse
import json
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.processes import machine, medians, timed, today

RESULTS = Path(__file__).parent / "results"
MEASUREMENTS = {
    "generate": "generated only",
    "write": "written only",
    "end_to_end": "end to end",
    "duckdb": "DuckDB SQL by hand",
}


def measure(measurement: str, options: argparse.Namespace, output: Path) -> dict[str, Any]:
    """Run one measurement in a process of its own; adds its wall time and the tree's peak memory."""
    command = [sys.executable, "-m", "benchmarks.measure", measurement, str(options.n), str(output)]
    command += [options.compression, str(options.workers)]
    ended = timed(command)
    if ended.code:
        raise SystemExit(f"{' '.join(command)} failed")
    told: dict[str, Any] = json.loads(ended.stdout)
    return {**told, "process_seconds": ended.seconds, "peak_memory": ended.peak_memory}


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Every round of every measurement, and what follows from them."""
    taken: dict[str, list[dict[str, Any]]] = {name: [] for name in MEASUREMENTS}
    for _round in range(options.rounds):
        for name, records in taken.items():
            with tempfile.TemporaryDirectory(prefix="dw-sim-bench-", dir=options.scratch) as scratch:
                records.append(measure(name, options, Path(scratch)))
    middle = {name: medians(records) for name, records in taken.items()}
    seconds = {name: median["seconds"] for name, median in middle.items()}
    return {
        "measured": today(),
        "job": {"name": "retail", "n": options.n, "rows": middle["generate"]["rows"]},
        "settings": {
            "compression": options.compression,
            "workers": options.workers,
            "rounds": options.rounds,
        },
        "machine": machine(),
        "versions": {name: metadata.version(name) for name in ("numpy", "pyarrow", "duckdb")},
        "medians": middle,
        "end_to_end_to_write": seconds["end_to_end"] / seconds["write"],
        "speed_to_duckdb": seconds["duckdb"] / seconds["end_to_end"],
        "rounds": taken,
    }


def show(result: dict[str, Any]) -> None:
    """One table, and the two ratios."""
    table = Table(title=f"retail, N = {result['job']['n']:,}: {result['job']['rows']:,} rows")
    for heading in ("", "seconds", "rows/s", "process s", "peak MB", "output MB"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, title in MEASUREMENTS.items():
        median = result["medians"][name]
        table.add_row(
            title,
            f"{median['seconds']:.2f}",
            f"{median['rows'] / median['seconds']:,.0f}",
            f"{median['process_seconds']:.2f}",
            f"{median['peak_memory'] / 1e6:,.0f}",
            f"{median['bytes'] / 1e6:,.0f}",
        )
    console = Console(width=100)
    console.print(table)
    console.print(f"end to end / written only: {result['end_to_end_to_write']:.2f}")
    console.print(f"rows/s of DuckDB by hand, times: {result['speed_to_duckdb']:.2f}")


def main() -> None:
    """Read the options, measure, print the table and write the JSON file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=100_000, help="customers; 21.1 N rows in all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--compression", default="snappy", choices=["snappy", "zstd", "none"])
    parser.add_argument("--scratch", type=Path, default=None, help="where to put the output, for a while")
    parser.add_argument("--json", type=Path, default=None, help="where to put the figures")
    options = parser.parse_args()
    result = run(options)
    show(result)
    target = options.json or RESULTS / f"retail-{options.n}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n")
    Console(width=100, soft_wrap=True).print(f"Figures: {target}")


if __name__ == "__main__":
    main()
