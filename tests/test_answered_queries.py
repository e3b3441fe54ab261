"""Queries give the answers of their warehouse's documentation: `tests/answered.py` tells of the files."""

from collections.abc import Iterator

import duckdb
import pytest
from tests.answered import MADE, TABLES, answers, same, shown, wrapped

from dw_simulator.errors import SqlError
from dw_simulator.registry.manager import registry

REFUSED = "refused: "


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
