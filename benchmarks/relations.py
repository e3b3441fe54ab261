"""Relations: what a reference costs beside a plain integer, in time and memory; how soon row 10^12 is there.

    python -m benchmarks.relations [--rows 4000000] [--rounds 3]

Costs are nanoseconds a value on one thread, kernels alone, the least of some rounds; `times` is the ratio to
a plain bounded integer measured in the same round. Memory is the peak of a process that makes ten million
children, columns and all, of a parent that nobody makes.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from dw_simulator.engine.rows import BLOCK, Rows
from dw_simulator.engine.values.base import Kernel
from dw_simulator.planning import plan
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService

RESULTS = Path(__file__).parent / "results" / "relations.json"
PARENTS = 1_000_000
CHILDREN = 10_000_000
HUGE = 2 * 10**12
Json = dict[str, Any]


def column(name: str, data_type: str = "INT", **fields: Any) -> Json:
    return {"name": name, "data_type": data_type, **fields}


def link(target: str, **way: Any) -> Json:
    """The foreign_key of a column, from "table.column"."""
    parent, _, name = target.partition(".")
    return {"foreign_key": {"references_table": parent, "references_column": name, **way}}


def table(name: str, rows: int, *columns: Json, **fields: Any) -> Json:
    return {"name": name, "target_rows": rows, "columns": list(columns), **fields}


def links(columns: list[str], parent: str, targets: list[str]) -> Json:
    return {"columns": columns, "references_table": parent, "references_columns": targets}


def planned(*tables: Json) -> Plan:
    """A plan without store or sink."""
    return plan(reading.parse({"name": "bench", "tables": list(tables)}), 42, ExperimentService().rule)


def jobs(rows: int) -> Mapping[str, tuple[Plan, str, list[str]]]:
    """(plan, table, columns to make) by what it shows."""
    parent = table("p", PARENTS, column("id"), column("country", "CHAR(2)"), primary_key=["id"])
    grid = table(
        "p",
        PARENTS,
        *(column(name, min_value=1, max_value=2000) for name in "ab"),
        primary_key=["a", "b"],
    )
    lines = table("l", rows, column("p", **link("p.id")), column("no"), primary_key=["p", "no"])
    tenants = table("t", 1000, column("id"), primary_key=["id"])
    own = [column("t", **link("t.id")), column("no")]
    things = [table(name, 100_000, *own, primary_key=["t", "no"]) for name in ("customers", "products")]
    orders = table(
        "o",
        rows,
        *(column(name) for name in ("t", "no", "customer", "product")),
        primary_key=["t", "no"],
        foreign_keys=[
            links(["t", "customer"], "customers", ["t", "no"]),
            links(["t", "product"], "products", ["t", "no"]),
        ],
    )

    def one(**way: Any) -> tuple[Plan, str, list[str]]:
        return planned(parent, table("c", rows, column("p", **link("p.id", **way)))), "c", ["p"]

    def pair(above: list[Json], target: str, names: list[str]) -> tuple[Plan, str, list[str]]:
        child = table("c", rows, column("a"), column("b"), foreign_keys=[links(["a", "b"], target, names)])
        return planned(*above, child), "c", ["a", "b"]

    bounded = planned(table("c", rows, column("i", min_value=1, max_value=PARENTS)))
    both = [column(name, **link("p.id")) for name in "ab"]
    country = column("country", "CHAR(2)", lookup={"reference": "p", "column": "country"})
    looked_up = table("c", rows, column("p", **link("p.id")), country)
    node = [column("id"), column("up", **link("n.id", nullable=True))]
    return {
        "bounded integer": (bounded, "c", ["i"]),
        "reference": one(),
        "reference to a composite key": pair([grid], "p", ["a", "b"]),
        "reference to numbered lines": pair([parent, lines], "l", ["p", "no"]),
        "zipf 1.1": one(skew={"zipf": 1.1}),
        "80 % to 20 %": one(skew={"share": 0.8, "of": 0.2}),
        "1 to 7 children": one(children={"min": 1, "max": 7}),
        "numbered lines": (planned(parent, lines), "l", ["p", "no"]),
        "join table": (planned(parent, table("j", rows, *both, primary_key=["a", "b"])), "j", ["a", "b"]),
        "tree": (planned(table("n", rows, *node, primary_key=["id"])), "n", ["up"]),
        "lookup": (planned(parent, looked_up), "c", ["country"]),
        "tenant's customer and product": (planned(tenants, *things, orders), "o", ["customer", "product"]),
    }


def nanoseconds(kernels: list[Kernel], rows: int) -> float:
    """Time for a value of these kernels, made together batch by batch."""
    began = time.perf_counter()
    for start in range(0, rows, BLOCK):
        batch = Rows.run(start, min(start + BLOCK, rows))
        for kernel in kernels:
            kernel.values(batch)
    return (time.perf_counter() - began) / rows / len(kernels) * 1e9


def costs(rows: int, rounds: int) -> dict[str, Json]:
    """Nanoseconds and the ratio to a bounded integer, by job."""
    kernels = {
        name: [c.kernel for c in made.table(table_name).columns if c.name in columns]
        for name, (made, table_name, columns) in jobs(rows).items()
    }
    taken: dict[str, list[float]] = {name: [] for name in kernels}
    for _round in range(rounds):
        for name, chosen in kernels.items():
            taken[name].append(nanoseconds(chosen, rows))
    plain = taken["bounded integer"]
    return {
        name: {
            "nanoseconds": min(times),
            "times": statistics.median(a / b for a, b in zip(times, plain, strict=True)),
        }
        for name, times in taken.items()
    }


def make_children(parents: int) -> None:
    """Make ten million children of a parent of so many rows; print the peak of resident memory in bytes."""
    made = planned(
        table("p", parents, column("id", "BIGINT"), column("country", "CHAR(2)"), primary_key=["id"]),
        table(
            "c",
            CHILDREN,
            column("id", "BIGINT"),
            column("p", "BIGINT", **link("p.id", skew={"zipf": 1.1})),
            column("country", "CHAR(2)", lookup={"reference": "p", "column": "country"}),
            column("q", "BIGINT", **link("p.id")),
            primary_key=["id"],
        ),
    ).table("c")
    for start in range(0, CHILDREN, BLOCK):
        made.chunk(start, min(start + BLOCK, CHILDREN))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def memory(parents: int) -> int:
    command = [sys.executable, "-m", "benchmarks.relations", "--children-of", str(parents)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def preview_seconds() -> float:
    """Seconds to rows 10^12 to 10^12 + 10 of a table of 2 x 10^12 rows, planning included."""
    began = time.perf_counter()
    made = planned(
        table("p", HUGE // 5, column("id", "BIGINT"), primary_key=["id"]),
        table(
            "c",
            HUGE,
            column("p", "BIGINT", **link("p.id", children={"min": 1, "max": 9})),
            column("no"),
            primary_key=["p", "no"],
        ),
    )
    made.table("c").chunk(10**12, 10**12 + 10)
    return time.perf_counter() - began


def show(result: Json) -> None:
    """The figures as tables."""
    console = Console(width=100)
    found = Table(title="cost of a value")
    found.add_column("")
    found.add_column("ns", justify="right")
    found.add_column("times", justify="right")
    for name, cost in result["costs"].items():
        found.add_row(name, f"{cost['nanoseconds']:.1f}", f"{cost['times']:.1f}")
    console.print(found)
    for parents, peak in result["memory"].items():
        console.print(f"10,000,000 children of {int(parents):,} parents: {peak / 1e6:.0f} MB")
    console.print(f"rows 10^12 to 10^12 + 10 of 2 x 10^12: {result['preview_seconds']:.3f} s")


def main() -> None:
    """Measure, print, and write the JSON file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=4_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--children-of", type=int, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.children_of is not None:
        make_children(options.children_of)
        return
    result = {
        "costs": costs(options.rows, options.rounds),
        "memory": {str(parents): memory(parents) for parents in (1_000, 100_000_000)},
        "preview_seconds": preview_seconds(),
    }
    show(result)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
