"""Rules: what a value costs, for every rule that is registered and every example that it gives of itself.

References that pick their parents by what these are (`benchmarks.references`) are asked like rules.

    python -m benchmarks.rules [--rounds 5] [--rule NAME]...

Costs are nanoseconds a value of one thread's own time, kernels alone, in blocks of 32,768 rows, the least of
some rounds; what the table's other columns cost, from which a value may be made, is taken off. `times` is the
ratio to a plain bounded integer measured in the same round, `at most` what the rule is meant to cost; costs
above it are marked.
"""

import argparse
import copy
import json
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.references import REFERENCES
from dw_simulator.engine.rows import BLOCK
from dw_simulator.errors import DwSimError
from dw_simulator.planning import plan
from dw_simulator.ports.plan import TablePlan
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService

RESULTS = Path(__file__).parent / "results" / "rules.json"
ROWS = 2_000_000
BLOCKS, PASSES = 12, 3
FEWER = (ROWS, 20_000, 200)
"""Rows of an example's table: fewer, where it holds that many distinct values only."""

PLAIN, SHAPE, POOL, MADE, ENTITY, EXPRESSION = 8.0, 15.0, 6.0, 60.0, 10.0, 20.0
PICK = 40.0
TARGETS: Mapping[str, float] = {
    **dict.fromkeys(("boolean", "choice", "constant", "sequence", "uniform"), PLAIN),
    **dict.fromkeys(("beta", "exponential", "gamma", "lognormal", "normal", "pareto", "triangular"), SHAPE),
    **dict.fromkeys(("binomial", "geometric", "histogram", "mixture", "poisson", "zipf"), SHAPE),
    **dict.fromkeys(("faker",), POOL),
    **dict.fromkeys(("pattern", "email"), MADE),
    **dict.fromkeys(("person", "place", "company"), ENTITY),
    **dict.fromkeys(("expression",), EXPRESSION),
    **dict.fromkeys(REFERENCES, PICK),
    "correlate": 25.0,
}
"""What a value is meant to cost at most, in nanoseconds, by rule."""

TOGETHER = "correlate"
"""What is measured beside the rules: columns that go together."""
_WIDTH = 72
Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """An example of a rule, planned: its table with and without the column that shows the rule.

    columns  by how many columns the cost is shared
    """

    rule: str
    shown: Json
    full: TablePlan
    rest: TablePlan
    columns: int = 1


def tables_of(example: Any, rows: int) -> list[Json]:
    """The tables of an example: see RuleOptions.examples. The last column of the last one shows the rule."""
    if isinstance(example, dict) and "tables" in example:
        tables: list[Json] = copy.deepcopy(list(example["tables"]))
        return [{"target_rows": rows, **table} for table in tables]
    columns = [example] if isinstance(example, dict) else list(example)
    return [{"name": "t", "target_rows": rows, "columns": columns}]


def cases(names: Iterable[str]) -> Iterator[Case]:
    """Every example of these rules."""
    service = ExperimentService()
    for name in names:
        if name == TOGETHER:
            yield _together()
            continue
        examples = [REFERENCES[name]] if name in REFERENCES else service.registry.rules.get(name).examples
        for example in examples:
            yield _case(service, name, example)


def _case(service: ExperimentService, name: str, example: Any) -> Case:
    for rows in FEWER:
        tables = tables_of(example, rows)
        try:
            experiment = reading.parse({"name": "bench", **_beside_tables(example), "tables": tables})
            made = plan(experiment, 42, service.rule)
        except DwSimError as error:
            if rows == FEWER[-1]:
                sys.exit(f"an example of the rule {name}: {error}")
        else:
            break
    full = made.table(tables[-1]["name"])
    return Case(name, tables[-1]["columns"][-1], full, replace(full, columns=full.columns[:-1]))


def _beside_tables(example: Any) -> Json:
    """What an example of whole tables declares beside them, such as reference data."""
    return dict(example) if isinstance(example, dict) and "tables" in example else {}


def _together() -> Case:
    """Six columns of every kind that go together, and the same columns alone: what that costs each."""
    columns: list[Json] = [
        {"name": "a", "data_type": "DECIMAL(12,2)", "rule": {"name": "lognormal", "mean": 3, "stddev": 1}},
        {"name": "b", "data_type": "DOUBLE", "rule": {"name": "normal", "mean": 0, "stddev": 1}},
        {"name": "c", "data_type": "INT", "min_value": 1, "max_value": 6},
        {"name": "d", "data_type": "DATE", "rule": {"name": "calendar", "weekends": False}},
        {"name": "e", "data_type": "REAL", "min_value": 0, "max_value": 1},
        {"name": "f", "data_type": "INT", "rule": {"name": "poisson", "lambda": 3.3}},
    ]
    names = [column["name"] for column in columns]
    entry = {"columns": names, "matrix": [[1 if a == b else 0.3 for a in names] for b in names]}

    def planned(**fields: Any) -> TablePlan:
        table = {"name": "t", "target_rows": ROWS, "columns": columns, **fields}
        experiment = reading.parse({"name": "bench", "tables": [table]})
        return plan(experiment, 42, ExperimentService().rule).table("t")

    shown = {"data_type": "each of 6 columns", "rule": {}}
    return Case(TOGETHER, shown, planned(correlate=[entry]), planned(), len(columns))


def plain() -> TablePlan:
    """The plain bounded integer to which rules are compared."""
    bounded = {"name": "i", "data_type": "INT", "min_value": 1, "max_value": 1_000_000}
    experiment = reading.parse({"name": "bench", "tables": tables_of(bounded, ROWS)})
    return plan(experiment, 42, ExperimentService().rule).table("t")


def nanoseconds(table: TablePlan) -> float:
    """Time for a row of a table, all its columns together: this thread's, the least of some passes."""
    if not table.columns:
        return 0.0
    block = min(BLOCK, table.rows)
    starts = [start % (table.rows - block + 1) for start in range(0, BLOCKS * BLOCK, block)]
    passes = []
    for _pass in range(PASSES):
        began = time.thread_time()
        for start in starts:
            table.chunk(start, start + block)
        passes.append(time.thread_time() - began)
    return min(passes) / (len(starts) * block) * 1e9


def measured(chosen: list[Case], rounds: int) -> list[Json]:
    """What a value of every case costs."""
    full: list[list[float]] = [[] for _ in chosen]
    rest: list[list[float]] = [[] for _ in chosen]
    compared: list[float] = []
    baseline = plain()
    for _round in range(rounds):
        compared.append(nanoseconds(baseline))
        for place, case in enumerate(chosen):
            full[place].append(nanoseconds(case.full))
            rest[place].append(nanoseconds(case.rest))
    return [_result(case, full[place], rest[place], compared) for place, case in enumerate(chosen)]


def _result(case: Case, full: list[float], rest: list[float], compared: list[float]) -> Json:
    cost, target = max(min(full) - min(rest), 0.0) / case.columns, _target(case)
    each = zip(full, rest, compared, strict=True)
    times = statistics.median((a - b) / c / case.columns for a, b, c in each)
    return {
        "rule": case.rule,
        "column": case.shown,
        "rows": case.full.rows,
        "nanoseconds": cost,
        "times": max(times, 0.0),
        "target": target,
        "missed": target is not None and cost > target,
    }


def _target(case: Case) -> float | None:
    """What the value is meant to cost. Faker's values that never repeat are made, not taken from a pool."""
    made = case.rule == "faker" and case.shown.get("is_unique", False)
    if case.rule == "choice" and "by" in case.shown.get("rule", {}):
        return SHAPE
    return MADE if made else TARGETS.get(case.rule)


def show(results: list[Json]) -> None:
    """The figures as a table."""
    found = Table(title="cost of a value")
    found.add_column("rule", no_wrap=True)
    found.add_column("column", overflow="ellipsis", no_wrap=True, max_width=_WIDTH)
    for heading in ("ns", "times", "at most"):
        found.add_column(heading, justify="right", no_wrap=True)
    found.add_column("", no_wrap=True)
    for result in results:
        column = result["column"]
        options = {key: value for key, value in _options(column).items() if key != "name"}
        target = "" if result["target"] is None else f"{result['target']:.0f}"
        found.add_row(
            result["rule"],
            escape(f"{column['data_type']} {json.dumps(options) if options else ''}"),
            f"{result['nanoseconds']:.1f}",
            f"{result['times']:.1f}",
            target,
            "missed" if result["missed"] else "",
        )
    console = Console(width=124)
    console.print(found)
    missed = sum(result["missed"] for result in results)
    console.print(
        f"{missed} of {len(results)} cost more than they are meant to" if missed else "none costs more"
    )


def _options(column: Json) -> Json:
    """The rule of a column, whichever form it is written in."""
    if "distribution" in column:
        return dict(column["distribution"].get("parameters", {}))
    return dict(column.get("rule", {}))


def main() -> None:
    """Measure, print, and write the JSON file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rule", action="append", metavar="NAME", help="this rule only; may be repeated")
    options = parser.parse_args()
    names = [*ExperimentService().registry.names("rule"), *REFERENCES, TOGETHER]
    unknown = set(options.rule or ()) - set(names)
    if unknown:
        parser.error(f"unknown rule {', '.join(sorted(unknown))}; known: {', '.join(names)}")
    chosen = list(cases(options.rule or names))
    results = measured(chosen, options.rounds)
    show(results)
    silent = set(options.rule or names) - {case.rule for case in chosen}
    if silent:
        print(f"without an example of themselves: {', '.join(sorted(silent))}")
    if not options.rule:
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(json.dumps(results, indent=2, default=str) + "\n")


if __name__ == "__main__":
    main()
