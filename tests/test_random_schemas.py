"""Hypothesis draws schemas: each generates and keeps its promises, or is refused before a byte is written."""

import re
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import publish, views

from dw_simulator.adapters.executors.workers import run_in_threads
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.errors import PlanError
from dw_simulator.planning import plan
from dw_simulator.ports.executor import Execution
from dw_simulator.schema import reading
from dw_simulator.schema.model import Column, Table
from dw_simulator.service import ExperimentService
from dw_simulator.types import Kind

SERVICE = ExperimentService()
NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INT",
    "BIGINT",
    "DECIMAL(4,2)",
    "DECIMAL(18,0)",
    "DECIMAL(30,6)",
    "REAL",
    "DOUBLE",
)
TEXTS = ("CHAR(2)", "VARCHAR(5)", "VARCHAR(60)", "SUPER", "ARRAY")
OTHERS = ("BOOLEAN", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_NTZ", "UUID", "VARBYTE(6)")
TYPES = st.sampled_from(NUMBERS + TEXTS + OTHERS)


@st.composite
def columns(draw: st.DrawFn, name: str) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "data_type": draw(TYPES)}
    if draw(st.booleans()):
        made["required"] = False
        made["null_fraction"] = draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]))
    if made["data_type"] in NUMBERS and draw(st.booleans()):
        low = draw(st.integers(-60, 60))
        made["min_value"] = low
        made["max_value"] = low + draw(st.integers(0, 80))
    if made["data_type"] == "DATE" and draw(st.booleans()):
        made["date_start"], made["date_end"] = "2024-02-01", f"2024-02-{draw(st.integers(1, 29)):02}"
    made["is_unique"] = draw(st.sampled_from([False, False, True]))
    return made


@st.composite
def experiments(draw: st.DrawFn) -> dict[str, Any]:
    tables: list[dict[str, Any]] = []
    for t in range(draw(st.integers(1, 4))):
        own = [draw(columns(f"c{k}")) for k in range(draw(st.integers(1, 4)))]
        table: dict[str, Any] = {
            "name": f"t{t}",
            "target_rows": draw(st.sampled_from([0, 1, 2, 9, 40, 300])),
            "columns": own,
        }
        key = draw(st.lists(st.sampled_from([c["name"] for c in own]), max_size=3, unique=True))
        if key:
            for c in own:
                if c["name"] in key:
                    c.pop("required", None)
                    c.pop("null_fraction", None)
            table["primary_key"] = key
        tables.append(table)
    for t, table in enumerate(tables):  # references in any direction, cycles and own table included
        for target in draw(st.lists(st.integers(0, len(tables) - 1), max_size=2)):
            _refer(draw, table, tables[target], f"{t}_{len(table['columns'])}")
    return {"name": "random", "tables": tables}


def _refer(draw: st.DrawFn, table: dict[str, Any], parent: dict[str, Any], suffix: str) -> None:
    """Add columns to a table that reference a key of another."""
    keys = [[c["name"]] for c in parent["columns"] if c.get("is_unique")]
    keys += [parent["primary_key"]] if parent.get("primary_key") else []
    if not keys:
        return
    key = draw(st.sampled_from(keys))
    types = {c["name"]: c["data_type"] for c in parent["columns"]}
    optional = draw(st.booleans())
    own = []
    for k, target in enumerate(key):
        own.append(f"r{suffix}_{k}")
        added = {
            "name": own[-1],
            "data_type": types[target],
            "is_unique": len(key) == 1 and draw(st.booleans()),
        }
        table["columns"].append(added)
    reference = {
        "columns": own,
        "references_table": parent["name"],
        "references_columns": key,
        "nullable": optional,
    }
    table.setdefault("foreign_keys", []).append(reference)


@given(data=experiments(), seed=st.integers(0, 2**63 - 1))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_promises_are_kept_or_refused(data: dict[str, Any], seed: int) -> None:
    experiment = reading.parse(data)
    try:
        made = plan(experiment, seed, SERVICE.rule)
    except PlanError as refusal:
        _check_refusal(refusal)
        return
    with tempfile.TemporaryDirectory() as scratch:
        sink = DirectorySink(Path(scratch) / "out")
        sink.prepare(made)
        publish(sink, made, run_in_threads(made, sink, Execution()))
        sink.tidy()
        connection = views(Path(scratch) / "out")
        for table in experiment.tables:
            ask = Asker(connection, table)
            assert ask.count(f"FROM {table.name}") == made.table(table.name).rows
            _check_keys(ask)
            _check_references(ask)
            for column in table.columns:
                _check_column(ask, column)
        connection.close()


def _check_refusal(refusal: PlanError) -> None:
    assert refusal.problems
    for problem in refusal.problems:
        assert re.search(r"t\d", problem.place), problem
        assert problem.mend, problem


class Asker:
    """Counts rows of one table's output."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: Table) -> None:
        self.connection, self.table = connection, table

    def count(self, source: str) -> int:
        row = self.connection.execute(f"SELECT count(*) {source}").fetchone()
        assert row is not None
        return int(row[0])


def _check_keys(ask: Asker) -> None:
    for key in ask.table.keys:
        filled = f"FROM {ask.table.name} WHERE " + " AND ".join(f"{name} IS NOT NULL" for name in key)
        assert ask.count(f"FROM (SELECT DISTINCT {', '.join(key)} {filled})") == ask.count(filled)


def _check_references(ask: Asker) -> None:
    for reference in ask.table.references:
        pairs = zip(reference.columns, reference.references_columns, strict=True)
        match = " AND ".join(f"p.{theirs} = c.{ours}" for ours, theirs in pairs)
        filled = " AND ".join(f"c.{name} IS NOT NULL" for name in reference.columns)
        parent = f"SELECT 1 FROM {reference.references_table} p WHERE {match}"
        assert ask.count(f"FROM {ask.table.name} c WHERE {filled} AND NOT EXISTS ({parent})") == 0


def _check_column(ask: Asker, column: Column) -> None:
    name, table = column.name, ask.table
    optional = not column.required or any(name in r.columns and r.nullable for r in table.references)
    wrong = {
        f"{name} IS NULL": not optional,
        f"{name} < {column.min_value}": column.min_value is not None,
        f"{name} > {column.max_value}": column.max_value is not None,
        f"{name} > DATE '{column.date_end}'": column.date_end is not None,
        f"strlen({name}) > {column.type.length}": column.type.kind is Kind.TEXT,
        f"NOT json_valid({name})": column.type.kind is Kind.JSON,
    }
    for condition, applies in wrong.items():
        if applies:
            assert ask.count(f"FROM {table.name} WHERE {condition}") == 0, condition
