"""Loading into Snowflake's protocol, as fakesnow speaks it: a server in a process of its own.

fakesnow is DuckDB behind the protocol: it enforces primary keys, has no nanoseconds, and lets everybody in.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pyarrow as pa
import pyarrow.dataset
import pytest
from tests.support import EXAMPLES, planned, views

from dw_simulator import schema
from dw_simulator.adapters.arrow import Converter
from dw_simulator.adapters.warehouses import Load, Loaded
from dw_simulator.adapters.warehouses.snowflake import SnowflakeWarehouse
from dw_simulator.adapters.warehouses.snowflake_session import Session, quote, read_url
from dw_simulator.engine.planning import LoadOrder
from dw_simulator.model import Experiment
from dw_simulator.plugins.dialects.snowflake import dialect
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings


class Server:
    """A fakesnow server."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"snowflake://me:pa%2Fss@near/DW?host=127.0.0.1&port={self.port}&protocol=http"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "fakesnow", "-s", "-p", str(self.port), "--host", "127.0.0.1"]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TZ": "Asia/Tokyo"},
        )
        for _ in range(400):
            with suppress(httpx2.TransportError):
                httpx2.get(f"http://127.0.0.1:{self.port}/")
                return
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def session(server: Server) -> Iterator[Session]:
    with closing(Session(*read_url(server.url))) as session:
        yield session
        for name in session.schemas() - {"INFORMATION_SCHEMA"}:
            session.run(f"DROP SCHEMA {quote(name)}")


@pytest.fixture
def warehouse(server: Server, session: Session) -> SnowflakeWarehouse:
    return SnowflakeWarehouse(server.url)


def load_of(experiment: Experiment, rows: Mapping[str, int], **fields: Any) -> Load:
    def ddl(**options: Any) -> Any:
        return dialect.write(experiment, **options)

    order = LoadOrder(tuple(table.name for table in experiment.tables))
    return Load(experiment, experiment.name, ddl, order, rows, **fields)


def filled(warehouse: SnowflakeWarehouse, load: Load, readers: Mapping[str, Callable[[], Any]]) -> Loaded:
    assert isinstance(warehouse.check(load), list)
    with warehouse.fill(load) as filling:
        for name, reader in readers.items():
            assert filling.append(name, reader()) == load.rows[name]
        return filling.finish()


def of_tables(name: str, *tables: dict[str, Any], **fields: Any) -> tuple[Load, dict[str, Callable[[], Any]]]:
    """A load of planned tables."""
    experiment = schema.parse({"name": name, "tables": list(tables)}, strict_names=False)
    made = planned(*tables)
    readers = {plan.name: lambda plan=plan: _reader(plan) for plan in made.tables}
    load = load_of(experiment, {plan.name: plan.rows for plan in made.tables}, **fields)
    return replace(load, order=made.load_order), readers


def _reader(plan: Any) -> Any:
    from dw_simulator.engine.run import run_chunk

    converter = Converter(plan)
    batches = (
        converter.batch(run_chunk(plan, k, min(k + 1000, plan.rows))) for k in range(0, plan.rows, 1000)
    )
    return pa.RecordBatchReader.from_batches(converter.schema, batches)


def texts(connection: Any, source: str, columns: list[tuple[str, str]]) -> list[tuple[Any, ...]]:
    """A table's rows in order, every value as DuckDB writes it."""
    parts = ", ".join(TEXTS.get(kind, "{}::VARCHAR").format(name) for name, kind in columns)
    sql = f"SELECT {parts} FROM {source}"
    rows = connection.run(sql) if isinstance(connection, Session) else connection.execute(sql).fetchall()
    return sorted(rows, key=str)


TEXTS = {"timestamp": "{}::TIMESTAMP::VARCHAR", "json": "{}::JSON::VARCHAR"}


def same(session: Session, load: Load, source: Any, *, names: Callable[[str], str] = str.upper) -> None:
    """Every table in the database is the one that DuckDB reads from the Parquet files."""
    source.execute("SET TimeZone = 'UTC'")
    for made in load.experiment.tables:
        ours = [(quote(names(c.name)), "") for c in made.columns]
        kinds = [(quote(c.name), "" if c.type.zoned else c.type.kind.value) for c in made.columns]
        expected = texts(source, quote(made.name), kinds)
        assert texts(session, quote(names(load.schema), names(made.name)), ours) == expected, made.name
        assert len(expected) == load.rows[made.name]


@pytest.mark.parametrize(("name", "source"), [("orders", "snowflake"), ("tickit", "redshift")])
def test_examples_arrive_exactly(
    warehouse: SnowflakeWarehouse, session: Session, tmp_path: Path, name: str, source: str
) -> None:
    service = ExperimentService(Settings(home=tmp_path))
    service.import_sql((EXAMPLES / f"{name}.sql").read_text(), name=name, dialect=source)
    rows = {table.name: 700 for table in service.get(name).experiment.tables}
    if name == "orders":
        rows |= {"regions": 5, "nations": 25}
    else:
        rows |= {"category": 11, "date": 365}
    summary = service.generate(name, GenerateRequest(seed=11, rows=rows))
    experiment, output = service.get(name).experiment, Path(summary.output_dir)
    service.persistence.close()

    def reader(name: str) -> Callable[[], Any]:
        return lambda: pa.dataset.dataset(output / name, format="parquet").scanner().to_reader()

    load = load_of(experiment, rows)
    loaded = filled(warehouse, load, {name: reader(name) for name in rows})
    assert loaded.counts == rows
    assert loaded.how == "PUT of Parquet files and COPY INTO"
    with closing(views(output)) as connection:
        same(session, load, connection)
