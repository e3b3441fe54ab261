"""Columns that stand on columns, composed at random: the law and every promise hold, or a refusal says where and why."""

import pickle
import random
import signal
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import postgres as server
from tests import truth, truth_of_rules
from tests.random_rules import composed
from tests.support import generated, views
from tests.test_random_relations import in_batches, slice_of

from dw_simulator.errors import PlanError, SchemaError
from dw_simulator.planning import plan
from dw_simulator.ports.plan import Plan, TablePlan
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService

SERVICE = ExperimentService()
MOST_ROWS = 4000
"""A table whose `children` make more is planned, but not made."""
SECONDS = 60
"""No schema of so few rows takes longer than this, on the slowest of machines."""

Json = dict[str, Any]


@given(
    number=st.integers(0, 1 << 32),
    batch_rows=st.sampled_from([1, 3, 7, 64]),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_composed_rules_keep_their_promises_or_are_refused(
    number: int, batch_rows: int, ends: tuple[float, float]
) -> None:
    examine(number, batch_rows, ends)


@pytest.mark.parametrize("number", range(60))
def test_schemas_by_their_numbers(number: int) -> None:
    examine(number, (1, 3, 7, 64)[number % 4], (0.3, 0.8))


def examine(number: int, batch_rows: int, ends: tuple[float, float]) -> bool:
    """Whether the schema of this number can be made; all that it promises is checked if it can."""
    document = composed(random.Random(number).choice)
    try:
        experiment = reading.parse(document)
        whole = plan(experiment, number, SERVICE.rule, hidden=True)
    except (PlanError, SchemaError) as refusal:
        check_refusal(refusal)
        return False
    if any(table.rows > MOST_ROWS for table in whole.tables):
        return False
    check_plans(experiment, whole, number)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        for table in whole.tables:
            rows = slice_of(table, 0, table.rows)
            check_law(table, rows, batch_rows, ends)
            fill(connection, table, rows)
        check_truths(connection, document, experiment, whole)
        if number % 8 == 0:
            check_files(connection, plan(experiment, number, SERVICE.rule))
    return True


def check_refusal(refusal: PlanError | SchemaError) -> None:
    """Every problem has a place and says what is wrong."""
    assert refusal.problems
    for problem in refusal.problems:
        assert problem.place, problem
        assert problem.message, problem


def check_law(table: TablePlan, whole: pa.Table, batch_rows: int, ends: tuple[float, float]) -> None:
    """Values depend on the row alone: not on the batch it is made in, nor on the rows before, nor on the process."""
    assert in_batches(table, batch_rows).equals(whole), table.name
    start, stop = sorted(round(end * table.rows) for end in ends)
    assert slice_of(table, start, stop).equals(whole.slice(start, stop - start)), (table.name, start, stop)
    again = pickle.loads(pickle.dumps(table))
    assert slice_of(again, 0, table.rows).equals(whole), table.name
    for start in range(table.rows - 1, -1, -max(table.rows // 4, 1)):  # any rows, the last first
        assert slice_of(table, start, start + 1).equals(whole.slice(start, 1)), (table.name, start)


def check_plans(experiment: Experiment, whole: Plan, seed: int) -> None:
    """A table is the same planned alone, without what is hidden, and whatever the order of tables."""
    seen = plan(experiment, seed, SERVICE.rule)
    turned = plan(experiment.changed(tables=experiment.tables[::-1]), seed, SERVICE.rule, hidden=True)
    for table in seen.tables:
        rows = slice_of(whole.table(table.name), 0, table.rows)
        assert slice_of(table, 0, table.rows).equals(rows.select([c.name for c in table.columns])), table.name
        alone = plan(experiment, seed, SERVICE.rule, only=table.name).table(table.name)
        assert slice_of(alone, 0, alone.rows).equals(slice_of(table, 0, table.rows)), table.name
        other = turned.table(table.name)
        assert slice_of(other, 0, other.rows).equals(rows), table.name


def fill(connection: duckdb.DuckDBPyConnection, table: TablePlan, rows: pa.Table) -> None:
    """A table of DuckDB with these rows, and their numbers."""
    connection.register("made", rows.append_column("#", pa.array(range(rows.num_rows), pa.int64())))
    connection.execute(f"CREATE TABLE {table.name} AS SELECT * FROM made")
    connection.unregister("made")


def check_truths(
    connection: duckdb.DuckDBPyConnection, document: Json, experiment: Experiment, made: Plan
) -> None:
    """Keys, references, NULLs, rows; and what each rule says."""
    asked = {
        table.name: made.table(table.name).rows if table.target_rows is None else table.target_rows
        for table in experiment.tables
    }
    for check in (truth.check_rows, truth.check_required, truth.check_keys, truth.check_references):
        check(connection, experiment, asked)
    truth.check_trees(connection, experiment, asked)
    for place, source in truth_of_rules.wrongs(document):
        assert truth.count(connection, source) == 0, f"{place}: {source}"


def check_files(connection: duckdb.DuckDBPyConnection, made: Plan) -> None:
    """The files say the same."""
    with tempfile.TemporaryDirectory() as directory, views(generated(made, Path(directory) / "out")) as files:
        for table in made.tables:
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            query = f"SELECT {names} FROM {table.name} ORDER BY ALL"
            assert files.execute(query).fetchall() == connection.execute(query).fetchall(), table.name
