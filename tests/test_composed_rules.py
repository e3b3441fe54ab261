"""Columns that stand on columns, at random: the law and promises hold, or a refusal says where and why."""

import pickle
import random
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier
from tests import postgres as server
from tests import truth, truth_of_rules
from tests.composed_warehouse import WAREHOUSE, uncounted
from tests.random_rules import composed, without
from tests.support import column, generated, planned, reference, table, views
from tests.support import made as made_of
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
MENDED = 10
"""So many times what is refused is left out, and the rest planned again."""

Json = dict[str, Any]


@given(
    number=st.integers(0, 1 << 32),
    batch_rows=st.sampled_from([1, 3, 7, 64]),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
@settings(max_examples=16, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_composed_rules_keep_their_promises_or_are_refused(
    number: int, batch_rows: int, ends: tuple[float, float]
) -> None:
    examine(number, batch_rows, ends)


def examine(number: int, batch_rows: int, ends: tuple[float, float], *, thorough: bool = False) -> bool:
    """Whether the schema of this number can be made; all that it promises is checked if it can."""
    document: Json | None = composed(random.Random(number).choice)
    for _ in range(MENDED):
        assert document is not None
        try:
            experiment = reading.parse(document)
            whole = plan(experiment, number, SERVICE.rule, hidden=True)
            break
        except (PlanError, SchemaError) as refusal:
            check_refusal(refusal)
            document = without(document, [problem.place for problem in refusal.problems])
            if document is None:
                return False
    else:
        return False
    if any(table.rows > MOST_ROWS for table in whole.tables):
        return False
    check_plans(experiment, whole, number, alone=None if thorough else number)
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
    """Values depend on the row alone: not on its batch, the rows before, or the process."""
    assert in_batches(table, batch_rows).equals(whole), table.name
    start, stop = sorted(round(end * table.rows) for end in ends)
    assert slice_of(table, start, stop).equals(whole.slice(start, stop - start)), (table.name, start, stop)
    again = pickle.loads(pickle.dumps(table))
    assert slice_of(again, 0, table.rows).equals(whole), table.name
    for start in range(table.rows - 1, -1, -max(table.rows // 4, 1)):  # any rows, the last first
        assert slice_of(table, start, start + 1).equals(whole.slice(start, 1)), (table.name, start)


def check_plans(experiment: Experiment, whole: Plan, seed: int, *, alone: int | None = None) -> None:
    """A table is the same planned alone, without what is hidden, and whatever the order of tables.

    alone  which one is planned alone, modulo their number; None: each
    """
    seen = plan(experiment, seed, SERVICE.rule)
    turned = plan(experiment.changed(tables=experiment.tables[::-1]), seed, SERVICE.rule, hidden=True)
    for number, one in enumerate(seen.tables):
        rows, shown = slice_of(whole.table(one.name), 0, one.rows), slice_of(one, 0, one.rows)
        assert shown.equals(rows.select([c.name for c in one.columns])), one.name
        if alone is None or alone % len(seen.tables) == number:
            made = plan(experiment, seed, SERVICE.rule, only=one.name).table(one.name)
            assert slice_of(made, 0, made.rows).equals(shown), one.name
        other = turned.table(one.name)
        assert slice_of(other, 0, other.rows).equals(rows), one.name


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


# --- a warehouse with everything in it


def test_postgres_takes_it_all_with_its_constraints_on(database: psycopg.Connection, tmp_path: Path) -> None:
    experiment = reading.parse(WAREHOUSE)
    made = plan(experiment, 11, SERVICE.rule, hidden=True)
    server.create(database, "composed", experiment)
    server.load(database, "composed", experiment, made, generated(made, tmp_path / "out"))
    for one in experiment.tables:
        row = database.execute(SQL("SELECT count(*) FROM {}").format(Identifier(one.name))).fetchone()
        assert row == (made.table(one.name).rows,)
    check_plans(experiment, made, 11)
    with duckdb.connect() as connection:
        for table_plan in made.tables:
            fill(connection, table_plan, slice_of(table_plan, 0, table_plan.rows))
        check_truths(connection, WAREHOUSE, experiment, made)
        refuted = check_tampered(connection)
    assert refuted > 10, "the truths see what is wrong"


def check_tampered(connection: duckdb.DuckDBPyConnection) -> int:
    """How many truths notice that two columns are no longer what they were."""
    connection.execute("UPDATE orders SET total = total + 1 WHERE id % 50 = 0")
    connection.execute("UPDATE orders SET paid_at = NULL, steps = 9, state = 'paid' WHERE id % 50 = 1")
    connection.execute("UPDATE versions SET number = 5, valid_from = valid_from - 900 WHERE id % 50 = 2")
    connection.execute("UPDATE receipts SET note = 'y', amount = 1, percent = 1, units = 8 WHERE id % 50 = 3")
    connection.execute("UPDATE products SET price = 3, colour = 'pink', code = '4' || code[2:12] || '0'")
    found = [truth.count(connection, source) for _place, source in truth_of_rules.wrongs(WAREHOUSE)]
    return sum(count > 0 for count in found)


# --- what has been found


def test_counts_that_follow_from_counts() -> None:
    """b was counted for c's sake as if nobody had said how many rows it has, and planning never ended."""
    said = {"rule": {"name": "expression", "sql": "1 + floor(3 * noise('n'))"}}
    plans = planned(
        table("a", 20, column("id", "INT"), column("n", "INT", **said), primary_key=["id"]),
        uncounted(
            "b",
            column("id", "INT"),
            column("a_id", "INT", **reference("a.id", children={"column": "n"})),
            column("m", "INT", **said),
            primary_key=["id"],
        ),
        uncounted("c", column("b_id", "INT", **reference("b.id", children={"column": "m"}))),
    )
    assert plans.counts["b"] == sum(made_of(plans, "a", "n"))
    assert plans.counts["c"] == sum(made_of(plans, "b", "m"))


def test_a_reference_that_goes_by_one_that_may_be_null_may_be_null() -> None:
    goals = table("a", 10, column("id", "INT"), primary_key=["id"])
    between = table(
        "b", 20, column("id", "INT"), column("a_id", "INT", **reference("a.id")), primary_key=["id"]
    )
    by = column("b_id", "INT", required=False, null_fraction=0.3, **reference("b.id", nullable=True))
    with pytest.raises(PlanError, match=r"c.a_id: cannot be NULL, but b_id, by which it goes, can"):
        planned(goals, between, table("c", 50, by, column("a_id", "INT", **reference("a.id", via="b_id"))))
    for optional in ({"required": False}, {}):
        goes = reference("a.id", via="b_id", **({} if optional else {"nullable": True}))
        plans = planned(goals, between, table("c", 50, by, column("a_id", "INT", **optional, **goes)))
        a, b = made_of(plans, "c", "a_id"), made_of(plans, "c", "b_id")
        assert [one is None for one in a] == [one is None for one in b]


def test_a_date_with_bounds_keeps_to_them_in_a_table_of_days() -> None:
    days = uncounted(
        "days",
        column("day", "DATE", is_unique=True),
        column("closed_on", "DATE", date_start="2025-03-01", date_end="2025-03-09"),
        rows={"date_start": "2024-01-01", "date_end": "2024-03-31"},
    )
    plans = planned(days)
    assert made_of(plans, "days", "day")[0] == 19_723  # days since 1970
    assert {day - 20_148 for day in made_of(plans, "days", "closed_on")} <= set(range(9))


def test_a_pick_at_a_moment_that_is_null_is_the_same_in_any_batch() -> None:
    """What lies under a NULL differs from batch to batch: here the step that a life has not come to."""
    spans = {"b": {"within": "9d"}, "c": {"within": "9d"}}
    life = {"starts": "begun", "states": {"a": {"b": 0.5}, "b": {"c": 0.5}}, "after": spans}
    begun = {"date_start": "2024-01-01", "date_end": "2024-01-20"}
    step = {"name": "step", "reference": "parent", "field": "at"}
    lives = table(
        "lives",
        120,
        column("id", "INT"),
        column("begun", "TIMESTAMP", **begun),
        primary_key=["id"],
        lifecycles={"life": life},
    )
    offered = {"at": "at", "since": "begun"}
    steps = table(
        "steps",
        300,
        column("parent", "INT", **reference("lives.id")),
        column("at", "TIMESTAMP_NTZ", required=False, rule=step),
        column("picked", "INT", **reference("lives.id", pick=offered)),
    )
    (made,) = (one for one in planned(lives, steps).tables if one.name == "steps")
    whole = slice_of(made, 0, 300)
    assert whole["at"].null_count > 50
    for batch_rows in (1, 7, 64):
        assert in_batches(made, batch_rows).equals(whole)
