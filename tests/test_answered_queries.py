"""Queries give the answers of their warehouse's documentation: `tests/answered.py` tells of the files."""

from collections.abc import Callable, Iterator

import duckdb
import psycopg
import pytest
from tests.answered import MADE, MADE_POSTGRES, TABLES, answers, same, shown, wrapped

from dw_simulator.errors import SqlError
from dw_simulator.registry.manager import registry

REFUSED = "refused: "


@pytest.fixture(scope="module")
def ask_postgres(postgres: str) -> Iterator[Callable[[str], str]]:
    with psycopg.connect(postgres) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute(MADE_POSTGRES)
        yield lambda sql: shown(connection.execute(sql.encode()).fetchall())
        connection.rollback()


@pytest.fixture(scope="module")
def parcels() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(MADE)
        yield connection


@pytest.mark.parametrize("name", ["redshift"])
def test_answers_are_those_of_the_documentation(name: str, parcels: duckdb.DuckDBPyConnection) -> None:
    others = [
        found for sql, wanted in answers(f"{name}_answers") if (found := _other(parcels, name, sql, wanted))
    ]
    assert not others, "\n".join(others)


def test_postgres_gives_the_same_answers(
    parcels: duckdb.DuckDBPyConnection, ask_postgres: Callable[[str], str]
) -> None:
    asked = [sql for sql, _ in answers("postgres_queries")]
    others = [
        found for sql in asked if (found := _other(parcels, "postgres", sql, ask_postgres(wrapped(sql))))
    ]
    assert not others, "\n".join(others)


def _other(connection: duckdb.DuckDBPyConnection, dialect: str, sql: str, wanted: str) -> str:
    """What is wrong with an answer; nothing where it is right."""
    try:
        written = registry().dialects.get(dialect).translate(wrapped(sql), to="duckdb", tables=TABLES).sql
    except SqlError as error:
        told = str(error)
        fits = wanted.startswith(REFUSED) and wanted.removeprefix(REFUSED) in told
        return "" if fits else f"{sql}\n  wanted {wanted}\n  refused: {told}"
    try:
        got = shown(connection.execute(written).fetchall())
    except duckdb.Error as error:
        got = f"{type(error).__name__}: {error}"
    return "" if same(wanted, got) else f"{sql}\n  wanted {wanted}\n  got    {got}\n  by     {written}"
