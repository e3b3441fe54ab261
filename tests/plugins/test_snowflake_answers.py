"""Snowflake's answers, by hand: each line of `snowflake_answers.txt` is asked of four rows."""

import datetime
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dw_simulator.adapters.queries.statements import ReadableTables, check
from dw_simulator.errors import SqlError
from dw_simulator.ports.statement import TypedTables
from dw_simulator.registry.manager import registry
from dw_simulator.schema.shown import shown
from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

LINES = [
    line
    for line in Path(__file__).with_name("snowflake_answers.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
TABLE = """CREATE TABLE logs (n INT, tag VARCHAR(10), cost NUMBER(10,2), ratio FLOAT, day DATE,
    moment TIMESTAMP_NTZ, doc VARIANT, ok BOOLEAN, code VARCHAR(10))"""
FIRST = """{"a": {"b": [1, 2.5, "x"]}, "k": "v1", "n": 7, "z": null, "when": "2024-05-06", "f": true}"""
ROWS = f"""(VALUES
    (1, 'red', 1.50::DECIMAL(10,2), 0.25::DOUBLE, DATE '2024-02-28', TIMESTAMP '2024-02-28 10:11:12.345',
     '{FIRST}', true, '10'),
    (2, 'blue', 2.25, 0.5, DATE '2024-02-29', TIMESTAMP '2024-02-29 23:59:59',
     '{{"k": "v2", "n": 12, "f": false}}', false, '9'),
    (3, 'red', 10.00, 1.0, DATE '2024-03-31', TIMESTAMP '2024-03-31 00:00:00',
     '{{"k": "v3", "n": 2.75}}', NULL, 'x'),
    (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL))
    AS t(n, tag, cost, ratio, day, moment, doc, ok, code)"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> TypedTables:
    service = ExperimentService(Settings(home=tmp_path_factory.mktemp("logs")))
    service.import_sql(TABLE, name="logs", dialect="snowflake")
    found = shown(service.get("logs").experiment).tables
    service.persistence.close()
    return {table.name: {column.name: column.type for column in table.columns} for table in found}


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE logs AS SELECT * FROM {ROWS}")
        yield connection


def said(value: Any) -> str:
    """A value as the lines have it: JSON without blanks, moments at midnight as dates."""
    kinds = (kind for kind in SPELLED if isinstance(value, kind))
    return SPELLED.get(next(kinds, str), str)(value)


def _text(value: Any) -> str:
    text = str(value)
    if text[:1] not in ("{", "[", '"'):
        return text
    try:
        return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)
    except ValueError:
        return text


SPELLED: dict[type, Callable[[Any], str]] = {
    type(None): lambda _value: "NULL",
    bool: lambda value: str(value).lower(),
    float: lambda value: f"{value:.12g}",
    Decimal: lambda value: f"{value:f}",
    datetime.datetime: lambda value: value.replace(tzinfo=None).isoformat(" ").removesuffix(" 00:00:00"),
    str: _text,
}


@pytest.mark.parametrize("line", LINES)
def test_answers(line: str, tables: TypedTables, database: duckdb.DuckDBPyConnection) -> None:
    sql, _, expected = line.rpartition(" => ")
    if not sql.startswith(("SELECT", "WITH")):
        sql = f"SELECT {sql}"
    if expected.startswith("!"):
        with pytest.raises((SqlError, duckdb.Error)) as caught:
            _rows(sql, tables, database)
        assert expected[1:] in str(caught.value)
        return
    rows = _rows(sql, tables, database)
    assert "; ".join(" | ".join(map(said, row)) for row in rows) == expected


def _rows(sql: str, tables: TypedTables, database: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """As a user is answered: what the translation calls has to be allowed, too."""
    made = registry().dialects.get("snowflake").translate(sql, to="duckdb", tables=tables)
    assert made is not None
    check(database, made, ReadableTables(["logs"], "main"))
    return database.execute(made.sql).fetchall()


def test_there_are_enough() -> None:
    assert len(LINES) == len(set(LINES)) > 500
