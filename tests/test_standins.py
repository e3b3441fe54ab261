"""What stands in for a warehouse answers as the warehouse does, by way of what is translated for it.

PostgreSQL stands in for Redshift, fakesnow for Snowflake. Both hold an experiment that was loaded into them;
its rows are given, so that answers can be worked out by hand (`by_hand.json`, where nothing else answers).
"""

import importlib
import json
import os
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from psycopg.types.json import set_json_loads
from tests.queries import HERE, parts
from tests.support import views
from tests.test_translated_queries import fakesnow_server

from dw_simulator.errors import SqlError
from dw_simulator.registry.manager import registry
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

STANDINS = HERE / "standins"
REDSHIFT = dict(parts(STANDINS / "redshift.sql"))
POSTGRES = dict(parts(STANDINS / "postgres.sql"))
SNOWFLAKE = dict(parts(STANDINS / "snowflake.sql"))
BY_HAND = json.loads((STANDINS / "by_hand.json").read_text())

Rows = list[tuple[Any, ...]]
Answer = tuple[list[str], Rows]
"""The names of the columns, and the rows."""


@dataclass(frozen=True)
class Shop:
    """The experiment, for one warehouse, and its files."""

    service: ExperimentService
    files: duckdb.DuckDBPyConnection

    def translated(self, sql: str, dialect: str, to: str) -> str:
        tables = self.service.get("shop").experiment.tables
        types = {table.name: {column.name: column.type for column in table.columns} for table in tables}
        return registry().dialects.get(dialect).translate(sql, to=to, tables=types).sql


def shop(home: Path, warehouse: str) -> Iterator[Shop]:
    text = (STANDINS / "shop.json").read_text()
    document = json.loads(text.replace('"SUPER"', '"VARIANT"') if warehouse == "snowflake" else text)
    service = ExperimentService(Settings(home=home))
    service.create({**document, "name": "shop", "target_warehouse": warehouse})
    summary = service.generate("shop", GenerateRequest(seed=1))
    with views(Path(summary.output_dir)) as files:
        files.execute("SET TimeZone = 'UTC'")
        yield Shop(service, files)
    service.close()


@pytest.fixture(scope="module")
def redshift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    yield from shop(tmp_path_factory.mktemp("redshift"), "redshift")


@pytest.fixture(scope="module")
def loaded(redshift: Shop, postgres: str) -> Iterator[psycopg.Connection]:
    """A connection to what Redshift's experiment was loaded into."""
    name = f"standin_{os.urandom(4).hex()}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        url = postgres.replace("/postgres?", f"/{name}?")
        redshift.service.load("shop", to=url)
        with psycopg.connect(url, autocommit=True) as connection:
            set_json_loads(lambda text: bytes(text).decode() if isinstance(text, bytes) else text, connection)
            connection.execute("SET search_path TO shop; SET TIME ZONE 'UTC'")
            yield connection
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def snowflake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    yield from shop(tmp_path_factory.mktemp("snowflake"), "snowflake")


@pytest.fixture(scope="module")
def ask_fakesnow(snowflake: Shop) -> Iterator[Callable[[str], Answer]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it imports warns of things to come
        connector = importlib.import_module("snowflake.connector")
    with fakesnow_server() as port:
        url = f"snowflake://me:pass@near/DW?host=127.0.0.1&port={port}&protocol=http"
        snowflake.service.load("shop", to=url)
        address = {"host": "127.0.0.1", "port": port, "protocol": "http", "account": "near"}
        login = {"user": "me", "password": "pass", "database": "DW", "schema": "SHOP"}
        quiet = {"session_parameters": {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False}}
        with connector.connect(**address, **login, **quiet, network_timeout=5) as connection:
            cursor = connection.cursor()

            def ask(sql: str) -> Answer:
                cursor.execute(sql)
                return [column[0] for column in cursor.description], cursor.fetchall()

            yield ask


# --- answers


def plain(value: Any) -> Any:
    """A value whatever a database's type for it: JSON by what it says, CHAR without blanks at its end."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return float(f"{value:.12g}") + 0.0
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, default=float)
    return _text(str(value))


def _text(value: str) -> Any:
    if value == "null":
        return None
    if re.fullmatch(r'\d{4}-\d\d-\d\d|[\[{].*[]}]|".*"', value):
        try:
            inner = json.loads(value)
        except ValueError:
            return f"{value} 00:00:00" if value[0].isdigit() else value
        return inner if isinstance(inner, str) else json.dumps(inner, sort_keys=True, default=float)
    return value.rstrip(" ")


def same(ours: Rows, theirs: Rows, sql: str) -> None:
    """Rows in order where the query gives one."""
    left, right = ([tuple(map(plain, row)) for row in rows] for rows in (ours, theirs))
    if not re.search(r"ORDER BY [^()]*$", sql):
        left, right = sorted(left, key=repr), sorted(right, key=repr)
    assert left == right


@pytest.mark.parametrize("asked", REDSHIFT)
def test_redshift_on_postgres(asked: str, redshift: Shop, loaded: psycopg.Connection) -> None:
    sql = REDSHIFT[asked]
    found = loaded.execute(redshift.translated(sql, "redshift", "postgres").encode()).fetchall()
    if asked in BY_HAND["redshift"]:
        expected = BY_HAND["redshift"][asked]
    else:
        expected = redshift.files.execute(redshift.translated(sql, "redshift", "duckdb")).fetchall()
    same(found, expected, sql)


@pytest.mark.parametrize("asked", POSTGRES)
def test_postgres_as_it_is_written(asked: str, redshift: Shop, loaded: psycopg.Connection) -> None:
    def ask(sql: str) -> tuple[Any, ...]:
        cursor = loaded.execute(sql.encode())
        assert cursor.description is not None
        columns = [(column.name, column.type_code) for column in cursor.description]
        return columns, cursor.fetchall()

    sql = POSTGRES[asked]
    assert ask(redshift.translated(sql, "postgres", "postgres")) == ask(sql)


@pytest.mark.parametrize("asked", SNOWFLAKE)
def test_snowflake_as_it_is_written(
    asked: str, snowflake: Shop, ask_fakesnow: Callable[[str], Answer]
) -> None:
    sql = SNOWFLAKE[asked]
    names, rows = ask_fakesnow(snowflake.translated(sql, "snowflake", "snowflake"))
    if asked in BY_HAND["snowflake"]:
        same(rows, BY_HAND["snowflake"][asked], sql)
    else:
        assert (names, rows) == ask_fakesnow(sql)


def test_by_the_door_of_users(redshift: Shop, loaded: psycopg.Connection) -> None:
    for asked in ("SUPER: unnesting with places", "Casts of truth", "SUPER: as text"):
        with redshift.service.query("shop", REDSHIFT[asked], loaded=True) as answer:
            rows = [tuple(row.values()) for row in answer.rows()]
        expected = loaded.execute(redshift.translated(REDSHIFT[asked], "redshift", "postgres").encode())
        same(rows, expected.fetchall(), REDSHIFT[asked])


def test_every_answer_by_hand_has_its_question() -> None:
    assert set(BY_HAND["redshift"]) <= set(REDSHIFT)
    assert set(BY_HAND["snowflake"]) <= set(SNOWFLAKE)
    assert len(REDSHIFT) >= 150
    assert min(len(POSTGRES), len(SNOWFLAKE)) >= 60


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT MAX(payload.total) FROM orders", "the max of SUPER values is not translated; cast"),
        ("SELECT SOUNDEX(name) FROM customers", "SOUNDEX() is not translated: PostgreSQL has no SOUNDEX"),
        ("SELECT FUNC_SHA1(name) FROM customers", "use SHA2(text, 256)"),
        ("SELECT LISTAGG(DISTINCT note) OVER () FROM orders", "make the list in a query with GROUP BY"),
        ("SELECT 1 FROM orders o RIGHT JOIN o.payload.items i ON true", "unnested by a comma, or by JOIN"),
        ("SELECT * EXCLUDE (a) FROM orders JOIN customers USING (id)", "the columns of * are not known here"),
        ("SELECT REGEXP_COUNT(note, 'a', 1, 'x') FROM orders", "the parameters i, c, p and e"),
        ("SELECT STRTOL(note, 7) FROM orders", "where its base is written out: 2, 8, 10 or 16"),
        ("SELECT SHA2(note, qty) FROM orders", "where its bits are written out"),
        ("SELECT * FROM orders PIVOT (SUM(qty) FOR paid IN (SELECT true))", "such a PIVOT is not translated"),
    ],
)
def test_what_postgres_has_not_is_refused_with_its_place(sql: str, message: str, redshift: Shop) -> None:
    with pytest.raises(SqlError) as caught:
        redshift.translated(sql, "redshift", "postgres")
    assert message in str(caught.value)
    assert "line 1, column" in str(caught.value)


def test_names_of_snowflake_are_those_that_it_folds(snowflake: Shop) -> None:
    assert snowflake.translated("SELECT Id FROM Orders", "snowflake", "snowflake") == "SELECT Id FROM Orders"
    assert snowflake.translated('SELECT "ID" FROM "ORDERS"', "snowflake", "snowflake").count('"') == 4
    for sql in ('SELECT * FROM "orders"', 'WITH "n" AS (SELECT 1) SELECT * FROM n'):
        with pytest.raises(SqlError, match="there is no table"):
            snowflake.translated(sql, "snowflake", "snowflake")
