"""Which tools are compared, what each needs and how it is called; which jobs there are, and their checks."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PEOPLE, ORDER_LINES = "people", "order_lines"
LINEITEMS = 6_001_215  # of TPC-H at scale 1

Command = Callable[[Path, str, int, Path], list[str]]


@dataclass(frozen=True)
class Job:
    """What all tools are to make, and what must hold of it: SQL over the files, where N is how many rows."""

    title: str
    checks: dict[str, str]


@dataclass(frozen=True)
class Peer:
    """A tool: its name, what is installed for it, how it is called, for which jobs, for how many rows."""

    title: str
    requirements: tuple[str, ...]
    command: Command
    jobs: tuple[str, ...] = (PEOPLE,)
    divisor: int = 1  # makes one of so many rows, where it is slow
    own_table: bool = False  # not the job's columns, and about as many rows


def _script(name: str) -> Command:
    def command(environment: Path, job: str, rows: int, output: Path) -> list[str]:
        return [str(environment / "bin" / "python"), str(HERE / name), job, str(rows), str(output)]

    return command


def _program(_environment: Path, job: str, rows: int, output: Path) -> list[str]:
    """dw-sim itself, from the interpreter that runs this; order lines refer to a third as many orders."""
    document = json.loads((HERE / "jobs" / f"{job}.json").read_text())
    for column in document["tables"][0]["columns"]:
        if column["name"] == "order_id":
            column["max_value"] = max(rows // 3, 1)
    schema = output.parent / f"{job}.json"
    schema.write_text(json.dumps(document))
    command = [sys.executable, "-m", "dw_simulator", "generate", str(schema), "--rows", f"{job}={rows}"]
    return [*command, "--compression", "snappy", "--workers", "2", "--output-dir", str(output)]


def _tpchgen(environment: Path, _job: str, rows: int, output: Path) -> list[str]:
    """Its table lineitem, at the scale that gives about as many rows."""
    command = [str(environment / "bin" / "tpchgen-cli"), "parquet", "--tables", "lineitem", "--no-progress"]
    return [*command, "--compression", "SNAPPY", "-s", f"{rows / LINEITEMS:.6f}", "--output-dir", str(output)]


JOBS = {
    PEOPLE: Job(
        "people: id, first and last name, e-mail, country, birth date",
        {
            "ids": "count(DISTINCT id) = N AND min(id) = 1 AND max(id) = N",
            "names": "count(first_name) = N AND count(last_name) = N",
            "e-mail addresses, all different": "count(DISTINCT email) = N",
            "countries": "count(country) = N AND count(DISTINCT country) = 8",
            "weights": "avg((country = 'US')::INT) BETWEEN 0.35 AND 0.45",
            "birth dates": "min(birth_date) >= '1940-01-01' AND max(birth_date) <= '2005-12-31'",
        },
    ),
    ORDER_LINES: Job(
        "order lines: item, order, product, quantity, price, note or NULL",
        {
            "ids": "count(DISTINCT item_id) = N AND min(item_id) = 1 AND max(item_id) = N",
            "orders": "min(order_id) >= 1 AND max(order_id) BETWEEN 0.9 * (N // 3) AND N // 3",
            "products": "min(product_id) >= 1 AND max(product_id) <= 100000",
            "quantities": "min(quantity) = 1 AND max(quantity) = 10",
            "prices": "min(unit_price) >= 1 AND max(unit_price) <= 2000",
            "digits of prices": "count(*) FILTER (unit_price * 100 <> round(unit_price * 100)) = 0",
            "notes": "count(note) BETWEEN 0.45 * N AND 0.55 * N AND max(length(note)) <= 60",
        },
    ),
}
BOTH = tuple(JOBS)
PEERS = {
    "dw-sim": Peer("dw-sim", (), _program, BOTH),
    "duckdb": Peer("DuckDB, SQL by hand", ("duckdb",), _script("duckdb_by_hand.py"), BOTH),
    "polars": Peer("Polars, by hand", ("polars", "numpy"), _script("polars_by_hand.py"), BOTH),
    "tpchgen": Peer("tpchgen-cli, 16 columns", ("tpchgen-cli",), _tpchgen, (ORDER_LINES,), own_table=True),
    "dbldatagen": Peer(
        "dbldatagen, local Spark",
        ("dbldatagen", "pyspark", "numpy", "pandas<3", "pyarrow", "jmespath", "pyparsing"),
        _script("dbldatagen_local.py"),
        BOTH,
    ),
    "seedfaker": Peer("seedfaker", ("seedfaker", "pyarrow"), _script("seedfaker_records.py"), divisor=5),
    "mimesis": Peer("Mimesis", ("mimesis", "pyarrow"), _script("mimesis_rows.py"), divisor=20),
    "faker": Peer("Faker", ("faker", "pyarrow"), _script("faker_rows.py"), divisor=20),
    "misata": Peer("misata", ("misata", "pyarrow"), _script("misata_schema.py"), divisor=20),
}
