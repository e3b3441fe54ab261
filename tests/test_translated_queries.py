"""Translated queries give the answers of the warehouse.

PostgreSQL answers for Redshift, fakesnow for Snowflake, and queries by hand (`twins`) where these cannot.
"""

import importlib
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from tests.postgres import create, load
from tests.processes import free_port, server
from tests.queries import queries, twins
from tests.support import EXAMPLES, views

from dw_simulator.ports.plan import Plan
from dw_simulator.registry.manager import registry
from dw_simulator.schema.model import Experiment
from dw_simulator.schema.shown import shown
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

ROWS = {
    "tickit": {
        "users": 120,
        "venue": 20,
        "category": 11,
        "date": 365,
        "event": 60,
        "listing": 300,
        "sales": 900,
    },
    "orders": {
        "regions": 5,
        "nations": 25,
        "suppliers": 30,
        "customers": 120,
        "parts": 80,
        "part_suppliers": 240,
        "orders": 500,
        "order_lines": 1500,
    },
}
SEED = 11


@dataclass(frozen=True)
class Made:
    """The rows of an example, and a DuckDB connection with a view of each table."""

    experiment: Experiment
    plan: Plan
    output: Path
    views: duckdb.DuckDBPyConnection

    def translated(self, sql: str, to: str) -> str:
        tables = {
            table.name: {column.name: column.type for column in table.columns}
            for table in self.experiment.tables
        }
        dialect = registry().dialects.get(self.experiment.target_warehouse)
        return dialect.translate(sql, to=to, tables=tables).sql

    def answer(self, sql: str) -> list[tuple[Any, ...]]:
        return self.views.execute(self.translated(sql, "duckdb")).fetchall()


def made(home: Path, example: str, dialect: str) -> Iterator[Made]:
    service = ExperimentService(Settings(home=home))
    service.import_sql((EXAMPLES / f"{example}.sql").read_text(), name=example, dialect=dialect)
    summary = service.generate(example, GenerateRequest(seed=SEED, rows=ROWS[example]))
    plan = service.plan(example, seed=SEED, rows=ROWS[example])
    output = Path(summary.output_dir)
    with views(output) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield Made(shown(service.get(example).experiment), plan, output, connection)
    service.persistence.close()


@pytest.fixture(scope="module")
def tickit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    yield from made(tmp_path_factory.mktemp("tickit"), "tickit", "redshift")


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    yield from made(tmp_path_factory.mktemp("orders"), "orders", "snowflake")


Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ask_postgres(postgres: str, tickit: Made) -> Iterator[Ask]:
    with psycopg.connect(postgres) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        create(connection, "tickit", tickit.experiment)
        load(connection, "tickit", tickit.experiment, tickit.plan, tickit.output)

        def ask(sql: str) -> list[tuple[Any, ...]]:
            with connection.transaction():
                return connection.execute(sql.encode()).fetchall()

        yield ask
        connection.rollback()


@pytest.fixture(scope="module")
def ask_fakesnow(orders: Made) -> Iterator[Ask]:
    """Snowflake's own client, over HTTP, to a server that holds the same rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it imports warns of things to come
        connector = importlib.import_module("snowflake.connector")
    with fakesnow_server() as port:
        address = {"host": "127.0.0.1", "port": port, "protocol": "http", "account": "fakesnow"}
        login = {"user": "fake", "password": "snow", "database": "SHOP", "schema": "PUBLIC"}
        quiet = {"session_parameters": {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False}}
        with connector.connect(**address, **login, **quiet, network_timeout=30) as connection:
            cursor = connection.cursor()
            for statement in _statements(orders):
                cursor.execute(statement)
            yield lambda sql: cursor.execute(sql).fetchall()


@contextmanager
def fakesnow_server() -> Iterator[int]:
    """In a process of its own, as its warnings are no errors there; yields its port."""
    port = free_port()
    with server([sys.executable, "-m", "fakesnow", "-s", "-p", port], port):
        yield port


def _statements(made: Made) -> Iterator[str]:
    """Its tables, and their rows straight from the files: what fakesnow does not know goes to DuckDB."""
    yield from registry().dialects.get("snowflake").write(made.experiment).tables
    for name in made.plan.load_order.tables:
        yield f"INSERT INTO {name} SELECT * FROM READ_PARQUET('{made.output / name}/*.parquet')"


# --- answers


def plain(value: Any) -> Any:
    """A value whatever a database's type for it: numbers to twelve digits, moments without a zone."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return float(f"{value:.12g}") + 0.0
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value


def compare(ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]], sql: str) -> None:
    """Rows in order where the query gives one, as a multiset otherwise."""
    left, right = ([tuple(map(plain, row)) for row in rows] for rows in (ours, theirs))
    if not re.search(r"ORDER BY [^()]*$", sql):
        left, right = sorted(left, key=repr), sorted(right, key=repr)
    assert left == right
    assert left, "a query without an answer tests nothing"


SNOWFLAKE = queries("snowflake")
REDSHIFT = queries("redshift")
TWINS = twins("redshift")
BY_HAND = twins("snowflake")


@pytest.mark.parametrize("asked", REDSHIFT)
def test_redshift_as_postgres_answers(asked: str, tickit: Made, ask_postgres: Ask) -> None:
    sql = REDSHIFT[asked]
    theirs = TWINS[asked] if asked in TWINS else tickit.translated(sql, "postgres")
    compare(tickit.answer(sql), ask_postgres(theirs), sql)


@pytest.mark.parametrize("asked", SNOWFLAKE)
def test_snowflake_as_fakesnow_answers(asked: str, orders: Made, ask_fakesnow: Ask) -> None:
    sql = SNOWFLAKE[asked]
    theirs = orders.views.execute(BY_HAND[asked]).fetchall() if asked in BY_HAND else ask_fakesnow(sql)
    compare(orders.answer(sql), theirs, sql)


def test_every_twin_has_its_query() -> None:
    assert set(TWINS) <= set(REDSHIFT)
    assert set(BY_HAND) <= set(SNOWFLAKE)
    assert len(TWINS) >= 15


def test_visits_by_hand(orders: Made) -> None:
    rows = orders.views.execute("SELECT customer_id, order_date, order_id FROM orders").fetchall()
    expected: list[tuple[Any, ...]] = []
    last: tuple[Any, ...] | None = None
    visit = 0
    for customer, day, order in sorted(rows):
        same = last is not None and last[0] == customer
        visit = 1 if not same else visit + (last is not None and (day - last[1]).days >= 90)
        expected.append((customer, order, visit))
        last = (customer, day)
    sql = SNOWFLAKE["Visits: orders less than ninety days apart"]
    compare(orders.answer(sql), sorted(expected), sql)


def test_whole_means_by_hand(tickit: Made) -> None:
    rows = tickit.views.execute("SELECT eventid, qtysold FROM sales").fetchall()
    by_event: dict[int, list[int]] = {}
    for event, quantity in rows:
        by_event.setdefault(event, []).append(quantity)
    expected = [(event, sum(q) // len(q), sum(q) / len(q)) for event, q in sorted(by_event.items())]
    sql = REDSHIFT["The average number of tickets, in whole tickets"]
    compare(tickit.answer(sql), expected, sql)
