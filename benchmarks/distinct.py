"""Whether unique text is distinct to the last row, at a hundred million rows.

    python -m benchmarks.distinct [--rows 100000000] [RULE ...]

64 bits of the MD5 of every value of a unique VARCHAR(100) column are sorted and counted (800 MB for a hundred
million). Equal values have equal hashes, so as many hashes as rows are as many values; two different values
share a hash in one run of some thousands. (DuckDB's own hash() will not do: it is the same for
kristina.harding2@example.org and kristine.hardin32@example.org.)
"""

import argparse
import time

import duckdb
import numpy as np

from dw_simulator.arrow import Converter
from dw_simulator.planning import plan
from dw_simulator.schema import reading
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.service import ExperimentService

STEP = 1 << 20
RULES = ("email", "product", "url")


def distinct(rule: str, rows: int) -> int:
    """How many different values a unique column of a rule has."""
    column: JsonObject = {"name": "v", "data_type": "VARCHAR(100)", "is_unique": True, "rule": {"name": rule}}
    experiment = reading.parse(
        {"name": "distinct", "tables": [{"name": "t", "target_rows": rows, "columns": [column]}]}
    )
    table = plan(experiment, 42, ExperimentService().rule).table("t")
    converter, connection = Converter(table), duckdb.connect()
    connection.execute("SET threads = 1")
    hashes = np.empty(rows, dtype=np.uint64)
    for start in range(0, rows, STEP):
        stop = min(start + STEP, rows)
        connection.register("batch", converter.batch(table.chunk(start, stop)))
        hashes[start:stop] = connection.execute("SELECT md5_number_upper(v) AS h FROM batch").fetchnumpy()[
            "h"
        ]
    hashes.sort()
    return int(np.count_nonzero(hashes[1:] != hashes[:-1])) + min(rows, 1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rules", nargs="*", default=RULES)
    parser.add_argument("--rows", type=int, default=100_000_000)
    options = parser.parse_args()
    for rule in options.rules:
        began = time.perf_counter()
        found = distinct(rule, options.rows)
        seconds = time.perf_counter() - began
        print(f"{rule}: {found:,} distinct values in {options.rows:,} rows, {seconds:.0f} s")


if __name__ == "__main__":
    main()
