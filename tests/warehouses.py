"""Warehouses of a test's own, and how another program asks them. `place` is each of DuckDB and PostgreSQL."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

Rows = list[tuple[Any, ...]]


@dataclass
class Place:
    """A warehouse, and how another program asks it."""

    url: str
    ask: Callable[[str], Rows]


@pytest.fixture
def duck(tmp_path: Path) -> Place:
    path = tmp_path / "it's [a] warehouse.duckdb"

    def ask(sql: str) -> Rows:
        with duckdb.connect(path) as connection:
            return connection.execute(sql).fetchall()

    return Place(f"duckdb://{path}", ask)


@pytest.fixture
def pg(postgres: str) -> Iterator[Place]:
    """A database of its own, which is gone after the test."""
    name = f"loads_{os.urandom(4).hex()}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        url = postgres.replace("/postgres?", f"/{name}?")

        def ask(sql: str) -> Rows:
            with psycopg.connect(url, autocommit=True) as connection:
                cursor = connection.execute(sql)
                while cursor.nextset():  # the last of several statements answers
                    pass
                return cursor.fetchall() if cursor.description else []

        yield Place(url, ask)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["duckdb", "postgres"])
def place(request: pytest.FixtureRequest) -> Place:
    return request.getfixturevalue({"duckdb": "duck", "postgres": "pg"}[request.param])
