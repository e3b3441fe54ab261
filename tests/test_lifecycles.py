"""What rows go through, as DuckDB sees it: states, moments in order, reasons, nothing after the present."""

import pickle
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL
from scipy import stats
from tests import postgres
from tests.support import column, generated, made, planned, reference, scattered, table, to_list, views

from dw_simulator.engine.bounds import unit_of
from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError, RunError, SchemaError
from dw_simulator.plugins.rules.life_orders import LifeMoment, holds
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading
from dw_simulator.schema.lifecycle import Lifecycle
from dw_simulator.types import sql_type

Document = dict[str, Any]
DAY = 86_400_000_000

ORDER: Document = {
    "starts": "placed_at",
    "states": {
        "placed": {"paid": 0.95, "cancelled": 0.05},
        "paid": {"shipped": 0.98, "cancelled": 0.02},
        "shipped": {"delivered": 0.97, "lost": 0.01},
        "delivered": {"returned": 0.06},
    },
    "after": {
        "paid": {"within": "3d", "mean": "2h"},
        "cancelled": {"within": "2d"},
        "shipped": {"at_least": "4h", "within": "10d"},
        "delivered": {"at_least": "1d", "within": "21d", "mean": "4d"},
        "lost": {"within": "60d"},
        "returned": {"at_least": "5d", "within": "40d"},
    },
    "reasons": {
        "cancelled": {"too late": 2, "changed my mind": 1},
        "returned": {"too small": 5, "broken": 3, "too late": 2},
    },
}
STATES = ("placed", "paid", "shipped", "delivered", "lost", "returned", "cancelled")


def shown(name: str, data_type: str, *, required: bool = False, **rule: Any) -> Document:
    return column(name, data_type, required=required, rule={"name": "lifecycle", **rule})


def step(name: str, data_type: str, field: str, *, required: bool = False, **rule: Any) -> Document:
    options = {"name": "step", "reference": "order_id", "field": field, **rule}
    return column(name, data_type, required=required, rule=options)


def orders(rows: int, *columns: Document, life: Document = ORDER, **fields: Any) -> Document:
    placed = {"date_start": "2025-01-01", "date_end": "2025-12-31", **fields.pop("placed", {})}
    key = column("id", "INT")
    start = column("placed_at", fields.pop("starts", "TIMESTAMP"), **placed)
    own = {"primary_key": ["id"], "lifecycles": {"order": life}, **fields}
    return table("orders", rows, key, start, *columns, **own)


def history(rows: int, children: int | Document, *columns: Document) -> Document:
    number = {"name": "window", "function": "number", "reference": "order_id"}
    return table(
        "history",
        rows,
        column("order_id", "INT", **reference("orders.id", children=children)),
        column("number", "INT", rule=number),
        *columns,
    )


def everything(data_type: str = "TIMESTAMP") -> list[Document]:
    return [
        shown("state", "VARCHAR(10)", required=True, field="state"),
        shown("first_at", data_type, field="at", state="placed", visit="first"),
        *(shown(f"{name}_at", data_type, field="at", state=name) for name in STATES[1:]),
        *(shown(f"was_{name}", "BOOLEAN", required=True, field="was", state=name) for name in STATES),
        shown("entered", data_type, required=True, field="entered"),
        shown("ended", data_type, field="ended"),
        shown("reason", "VARCHAR(20)", field="reason"),
        shown("before", "VARCHAR(10)", field="from"),
        shown("steps", "TINYINT", required=True, field="steps"),
    ]


def violations(db: duckdb.DuckDBPyConnection, present: str) -> dict[str, int]:
    """How many rows break what must hold in each; `orders` of everything()."""
    ways = [(state, target) for state, found in ORDER["states"].items() for target in found]
    last = " ".join(f"WHEN entered = {name}_at THEN '{name}'" for name in STATES)
    stamps = ", ".join(f"{name}_at" for name in STATES)
    count = " + ".join(f"({name}_at IS NOT NULL)::INT" for name in STATES)
    allowed = ", ".join(f"('{state}', '{target}')" for state, target in ways)
    rules = {
        "stamps in order": " OR ".join(
            f"({target}_at <= {state}_at AND before = '{state}' AND state = '{target}')"
            for state, target in ways
        ),
        "the first is the start": "orders.placed_at IS DISTINCT FROM first_at",
        "a stamp where it has been": " OR ".join(f"was_{n} <> ({n}_at IS NOT NULL)" for n in STATES),
        "the state is the last stamp": f"state IS DISTINCT FROM CASE {last} END",
        "entered is the greatest stamp": f"entered <> greatest({stamps})",
        "steps are the stamps": f"steps <> {count}",
        "before leads to state": f"before IS NOT NULL AND (before, state) NOT IN ({allowed})",
        "one step has nothing before": "(steps = 1) <> (before IS NULL)",
        "reasons": "(reason IS NOT NULL) <> (state IN ('cancelled', 'returned'))",
        "cancelled's reasons": "state = 'cancelled' AND reason NOT IN ('too late', 'changed my mind')",
        "ended": "(ended IS NOT NULL) <> (state IN ('lost', 'returned', 'cancelled')) OR ended <> entered",
        "nothing after the present": f"greatest({stamps}) > TIMESTAMP '{present}' AND steps > 1",
    }
    rules["what leads there has been"] = " OR ".join(
        f"({t}_at IS NOT NULL AND {' AND '.join(f'{s}_at IS NULL' for s, u in ways if u == t)})"
        for t in STATES[1:]
    )
    return {
        name: db.sql(f"SELECT count(*) FROM orders WHERE {broken}").fetchall()[0][0]
        for name, broken in rules.items()
    }


def lived(rows: int, as_of: str, tmp_path: Path, data_type: str = "TIMESTAMP") -> duckdb.DuckDBPyConnection:
    plan = planned(orders(rows, *everything(data_type)), as_of=as_of)
    return views(generated(plan, tmp_path / f"out {as_of[:4]}"))


ROWS = 150_000


def test_nothing_is_broken(tmp_path: Path) -> None:
    db = lived(ROWS, "2025-12-31", tmp_path)
    assert violations(db, "2025-12-31 23:59:59.999999") == dict.fromkeys(
        violations(db, "2025-12-31 23:59:59.999999"), 0
    )


def old(db: duckdb.DuckDBPyConnection, expression: str) -> dict[str, int]:
    """How often each value comes among rows whose lives are over for certain."""
    found = db.sql(
        f"SELECT {expression}, count(*) FROM orders WHERE placed_at < DATE '2025-08-01' GROUP BY 1"
    )
    return dict(found.fetchall())


def fits(found: Mapping[str, int], shares: Mapping[str, float]) -> float:
    total = sum(found.values())
    assert set(found) == set(shares)
    expected = [total * share / sum(shares.values()) for share in shares.values()]
    return float(stats.chisquare([found[name] for name in shares], expected).pvalue)


def test_final_states_come_as_often_as_the_shares_multiply_to(tmp_path: Path) -> None:
    db = lived(ROWS, "2025-12-31", tmp_path)
    shipped = 0.95 * 0.98
    shares = {
        "cancelled": 0.05 + 0.95 * 0.02,
        "shipped": shipped * 0.02,  # and never heard of again
        "lost": shipped * 0.01,
        "delivered": shipped * 0.97 * 0.94,
        "returned": shipped * 0.97 * 0.06,
    }
    assert fits(old(db, "state"), shares) > 1e-4
    why = db.sql("SELECT reason, count(*) FROM orders WHERE state = 'returned' GROUP BY 1").fetchall()
    assert fits(dict(why), {"too small": 5, "broken": 3, "too late": 2}) > 1e-4


def test_what_takes_its_time_takes_the_mean_that_is_said(tmp_path: Path) -> None:
    db = lived(ROWS, "2025-12-31", tmp_path)

    def hours(later: str, earlier: str) -> tuple[float, float, float, int]:
        span = f"epoch_us({later}_at) - epoch_us({earlier}_at)"
        made_of = f"avg({span}) / 3.6e9, stddev({span}) / 3.6e9, max({span}) / 3.6e9, count({span})"
        return db.sql(f"SELECT {made_of} FROM orders WHERE placed_at < DATE '2025-08-01'").fetchall()[0]  # type: ignore[return-value]

    for later, earlier, mean, most in [
        ("paid", "placed", 2.0, 72.0),
        ("shipped", "paid", (4 + 240) / 2, 240.0),
        ("delivered", "shipped", 96.0, 504.0),
    ]:
        found, deviation, greatest, count = hours(later, earlier)
        assert abs(found - mean) < 5 * deviation / np.sqrt(count)
        assert greatest <= most


def test_nothing_piles_up_at_the_present(tmp_path: Path) -> None:
    """The last days of a run have what a run with a later present has there, but for what comes later."""
    now, later = (lived(40_000, as_of, tmp_path) for as_of in ("2025-12-31", "2027-12-31"))
    stamps = [f"{name}_at" for name in STATES[1:]]
    for stamp in stamps:
        past = f"{stamp} < TIMESTAMP '2026-01-01'"
        query = f"SELECT id, {stamp} FROM orders WHERE {past} ORDER BY 1"
        assert now.sql(query).fetchall() == later.sql(query).fetchall(), "the past is the same"
        after = "SELECT count(*) FROM orders WHERE {} >= TIMESTAMP '2026-01-01'"
        assert now.sql(after.format(stamp)).fetchall() == [(0,)]
    assert later.sql(after.format("delivered_at")).fetchall() != [(0,)]


@pytest.mark.parametrize(
    "data_type", ["DATE", "TIMESTAMP(0)", "TIMESTAMP(3)", "TIMESTAMPTZ", "TIMESTAMP_NTZ", "TIMESTAMP(7)"]
)
@pytest.mark.parametrize("starts", ["DATE", "TIMESTAMP(0)", "TIMESTAMP_NTZ"])
def test_moments_of_every_type_are_in_order(data_type: str, starts: str) -> None:
    stamps = [shown(f"{name}_at", data_type, field="at", state=name) for name in STATES[1:4]]
    first = shown("first_at", data_type, required=True, field="at", state="placed")
    plan = planned(orders(3000, *stamps, first, starts=starts))
    found = [made(plan, "orders", name) for name in ("first_at", "paid_at", "shipped_at", "delivered_at")]
    apart = data_type != "DATE"
    for earlier, later in pairwise(found):
        pairs = [(a, b) for a, b in zip(earlier, later, strict=True) if b is not None]
        assert len(pairs) > 1000
        assert all(a < b if apart else a <= b for a, b in pairs)
    if data_type == starts:
        assert found[0] == made(plan, "orders", "placed_at")
    for one, values in zip((first, *stamps), found, strict=True):
        kernel = next(c.kernel for c in plan.table("orders").columns if c.name == one["name"])
        low, high = kernel.facts.ends  # type: ignore[misc]
        there = [value for value in values if value is not None]
        assert low <= min(there)
        assert max(there) <= high


def test_rows_that_begin_after_the_present_are_in_their_first_state() -> None:
    plan = planned(orders(500, *everything()), as_of="2025-07-01")
    stamps = made(plan, "orders", "placed_at")
    present = 20_270 * DAY + DAY - 1
    late = [k for k, moment in enumerate(stamps) if moment > present]
    assert 200 < len(late) < 300
    assert {made(plan, "orders", "state")[k] for k in late} == {"placed"}
    assert [made(plan, "orders", "entered")[k] for k in late] == [stamps[k] for k in late]


def test_lives_that_never_begin_are_null() -> None:
    nothing = {"required": False, "null_fraction": 0.3}
    columns = [one for one in everything() if one["name"] not in ("state", "entered", "first_at")]
    columns += [shown("state", "VARCHAR(10)", field="state"), shown("entered", "DATE", field="entered")]
    plan = planned(orders(1000, *columns, placed=nothing))
    gone = [k for k, moment in enumerate(made(plan, "orders", "placed_at")) if moment is None]
    assert 200 < len(gone) < 400
    for name in ("state", "entered", "ended", "reason", "paid_at"):
        assert {made(plan, "orders", name)[k] for k in gone} == {None}
    assert {made(plan, "orders", "steps")[k] for k in gone} == {0}
    assert not any(made(plan, "orders", "was_placed")[k] for k in gone)
    assert None not in [value for k, value in enumerate(made(plan, "orders", "state")) if k not in gone]


def test_no_rows_and_one_step() -> None:
    plan = planned(orders(0, *everything()), history(0, 2, step("state", "VARCHAR(9)", "state")))
    assert made(plan, "orders", "state") == made(plan, "history", "state") == []
    alone = {"starts": "placed_at", "states": {"there": {}}}
    one = planned(orders(5, shown("state", "VARCHAR(9)", required=True, field="state"), life=alone))
    assert made(one, "orders", "state") == ["there"] * 5


def test_states_may_be_numbers() -> None:
    life = {"starts": "placed_at", "states": {"10": {"20": 0.5}}, "after": {"20": {"within": "1d"}}}
    plan = planned(orders(1000, shown("status", "SMALLINT", required=True, field="state"), life=life))
    assert set(made(plan, "orders", "status")) == {10, 20}


def test_it_may_start_with_a_moment_of_another_table() -> None:
    stays = {"starts": "placed_at", "reference": "order_id", "states": {"in": {"out": 1}}}
    parcel = table(
        "parcels",
        3000,
        column("order_id", "INT", **reference("orders.id")),
        shown("came", "TIMESTAMP", required=True, field="at", state="in"),
        shown("went", "TIMESTAMP", field="at", state="out"),
        column("placed", "TIMESTAMP", lookup={"reference": "order_id", "column": "placed_at"}),
        lifecycles={"stay": {**stays, "after": {"out": {"at_least": "1h", "within": "9d"}}}},
    )
    plan = planned(orders(400), parcel)
    came, went, placed = (made(plan, "parcels", name) for name in ("came", "went", "placed"))
    assert came == placed
    hour = 3_600_000_000
    assert all(b is None or a + hour <= b <= a + 9 * 24 * hour for a, b in zip(came, went, strict=True))


# --- history


HISTORY = [
    step("state", "VARCHAR(10)", "state"),
    step("at", "TIMESTAMP", "at"),
    step("came_from", "VARCHAR(10)", "from"),
    step("why", "VARCHAR(20)", "reason"),
]


def test_the_history_of_a_row_is_its_life(tmp_path: Path) -> None:
    plan = planned(orders(20_000, *everything()), history(100_000, {"min": 3, "max": 7}, *HISTORY))
    db = views(generated(plan, tmp_path / "out"))
    joined = "history h JOIN orders o ON o.id = h.order_id"
    assert db.sql(
        f"SELECT count(*) FROM {joined} WHERE (h.at IS NOT NULL) <> (number <= steps)"
    ).fetchall() == [(0,)]
    last = f"""SELECT count(*), count(*) FILTER (h.state = o.state AND h.at = o.entered
        AND h.came_from IS NOT DISTINCT FROM o.before AND h.why IS NOT DISTINCT FROM o.reason)
        FROM {joined} WHERE number = steps"""
    ((last_steps, agreeing),) = db.sql(last).fetchall()
    assert last_steps == agreeing > 15_000
    for name in STATES:
        wrong = f"SELECT count(*) FROM {joined} WHERE h.state = '{name}' AND h.at <> o.{name}_at"
        assert db.sql(wrong).fetchall() == [(0,)]
    chained = """SELECT count(*) FROM (SELECT came_from, "at",
        lag(state) OVER w AS was, lag("at") OVER w AS earlier, number FROM history WINDOW w AS
        (PARTITION BY order_id ORDER BY number))
        WHERE "at" IS NOT NULL AND number > 1 AND (came_from <> was OR "at" <= earlier)"""
    assert db.sql(chained).fetchall() == [(0,)]


def test_a_history_that_may_be_null_where_its_reference_is() -> None:
    optional = {
        **reference("orders.id", nullable=True, null_fraction=0.2, skew={"zipf": 0.5}),
        "required": False,
    }
    rows = table("history", 2000, column("order_id", "INT", **optional), *HISTORY)
    with_orphans = planned(orders(300), rows)
    found = made(with_orphans, "history", "at")
    for at, order in zip(found, made(with_orphans, "history", "order_id"), strict=True):
        assert order is not None or at is None
    assert any(found)


def test_a_history_that_is_never_null_has_no_more_rows_than_steps() -> None:
    required = [step("state", "VARCHAR(10)", "state", required=True), step("at", "DATE", "at", required=True)]
    life = {**ORDER, "states": {"placed": {"paid": 1}}, "after": {"paid": {"within": "1d"}}, "reasons": {}}
    past = {"date_end": "2025-12-30"}
    exact = planned(orders(500, life=life, placed=past), history(1000, 2, *required))
    assert set(made(exact, "history", "state")) == {"placed", "paid"}
    with pytest.raises(PlanError, match="rows of one orders are more than the steps of its order"):
        planned(orders(500, life=life, placed=past), history(1500, 3, *required))
    # one order in 40,000 has a step that planning has not looked at, and is not yet there
    rare = planned(
        orders(40_000, life={**life, "states": {"placed": {"paid": 0.9999}}}, placed=past),
        history(80_000, 2, *required),
    )
    with pytest.raises(RunError, match=r"history.state: row [\d,]+, counted from 0: there is no such step"):
        made(rare, "history", "state")


def test_postgres_takes_it_with_all_constraints_on(database: psycopg.Connection, tmp_path: Path) -> None:
    stamps = [shown(f"{name}_at", "TIMESTAMP(0)", field="at", state=name) for name in STATES[1:4]]
    checks = [
        f"status IN {STATES}",
        "paid_at >= placed_at AND shipped_at > paid_at AND delivered_at > shipped_at",
        "(status IN ('cancelled', 'returned')) = (reason IS NOT NULL)",
        "ended_at >= placed_at",
        "placed_at <= TIMESTAMP '2025-12-31 23:59:59'",
    ]
    own = orders(
        5000,
        shown("status", "VARCHAR(10)", required=True, field="state"),
        *stamps,
        shown("ended_at", "TIMESTAMP(0)", field="ended"),
        shown("reason", "VARCHAR(20)", field="reason"),
        starts="TIMESTAMP(0)",
        checks=checks,
    )
    tables = [own, history(20_000, {"min": 2, "max": 6}, *HISTORY)]
    plan, experiment = planned(*tables), reading.parse({"name": "shop", "tables": tables})
    postgres.create(database, "shop", experiment)
    postgres.load(database, "shop", experiment, plan, generated(plan, tmp_path))
    found = "SELECT count(*), count(reason), count(ended_at) FROM orders"
    (row,) = database.execute(SQL(found)).fetchall()
    assert row[0] == 5000
    assert min(row) > 200


# --- the law


NAMES = ["a", "b", "c", "d"]
SPANS = st.sampled_from(
    [
        {"within": "1us"},
        {"within": "2h", "at_least": "1h"},
        {"within": "90d", "mean": "3d"},
        {"within": "5y", "mean": "2y"},
        {"at_least": "0s", "within": "3d"},
    ]
)


@st.composite
def machines(draw: st.DrawFn) -> Document:
    """Some states, of which each leads to some others, or back, and lets some rows stay."""
    count = draw(st.integers(1, 4))
    states: Document = {}
    for name in NAMES[:count]:
        targets = draw(st.lists(st.sampled_from(NAMES[:count]), unique=True, max_size=count))
        # where all rows left each state, some would go on for ever
        share = draw(st.sampled_from([0.1, 0.25] if len(targets) < 4 else [0.1])) if targets else 0
        states[name] = dict.fromkeys(targets, share)
    spans = {target: draw(SPANS) for found in states.values() for target in found}
    reached, todo = {"a"}, ["a"]
    while todo:
        todo = [target for name in todo for target in states[name] if target not in reached]
        reached |= {*todo}
    states = {name: found for name, found in states.items() if name in reached}
    targets = {target for found in states.values() for target in found}
    reasons = {
        name: {"x": 1, "y": draw(st.integers(0, 3))}
        for name in draw(st.sets(st.sampled_from(sorted(reached))))
    }
    return {
        "starts": "placed_at",
        "first": draw(st.sampled_from(["a", {"a": 1, sorted(reached)[-1]: 2}])),
        "states": states,
        "after": {name: span for name, span in spans.items() if name in targets},
        "reasons": reasons,
    }


def planned_life(life: Document, as_of: str, rows: int = 70_000) -> Plan:
    columns = [shown("state", "CHAR(1)", field="state"), shown("n", "INT", required=True, field="steps")]
    names = sorted(life["states"])
    columns += [shown(f"{name}_at", "TIMESTAMP(9)", field="at", state=name) for name in names]
    columns += [shown(f"first_{n}", "DATE", field="at", state=n, visit="first") for n in names]
    columns += [shown("why", "CHAR(1)", field="reason")] if life["reasons"] else []
    columns += [shown("over", "TIMESTAMP", field="ended")]
    below = [step("s", "CHAR(1)", "state"), step("t", "TIMESTAMP", "at")]
    holes = {"required": False, "null_fraction": 0.1}
    start = {"placed": {**holes, "date_start": "2020-01-01"}}
    return planned(
        orders(rows, *columns, life=life, **start), history(3 * rows, {"max": 9}, *below), as_of=as_of
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    machines(), st.sampled_from(["2019-05-05", "2022-02-28", "2025-12-31", "2040-01-01T12:00:00"]), st.data()
)
def test_any_rows_have_the_values_of_the_whole(life: Document, as_of: str, data: st.DataObject) -> None:
    plan = planned_life(life, as_of)
    for name in ("orders", "history"):
        whole = Rows.run(33_000, 33_400)
        some = data.draw(st.lists(st.integers(33_000, 33_399), min_size=1, max_size=20))
        cut = data.draw(st.integers(33_001, 33_399))
        pieces, again = [Rows.run(33_000, cut), Rows.run(cut, 33_400)], scattered(some)
        for one in plan.table(name).columns:
            expected = to_list(one.kernel.values(whole))
            copied = pickle.loads(pickle.dumps(one.kernel))
            assert to_list(copied.values(again)) == [expected[row - 33_000] for row in some]
            assert [value for rows in pieces for value in to_list(one.kernel.values(rows))] == expected
            if not one.kernel.facts.nullable:
                assert None not in expected
            there = [value for value in expected if value is not None]
            ends = one.kernel.facts.ends
            assert ends is None or not there or (ends[0] <= min(there) and max(there) <= ends[1])


def test_workers_and_batches_change_nothing(tmp_path: Path) -> None:
    plan = planned(orders(70_000, *everything()), history(150_000, {"max": 5}, *HISTORY))
    for name in ("orders", "history"):
        whole = [to_list(one) for one in plan.table(name).chunk(0, 70_000).columns]
        parts = [plan.table(name).chunk(start, start + 7_000) for start in range(0, 70_000, 7_000)]
        assert whole == [[v for part in parts for v in to_list(part.columns[k])] for k in range(len(whole))]


def test_the_order_in_which_states_are_written_changes_nothing() -> None:
    def turned(value: Any) -> Any:
        return {k: turned(v) for k, v in reversed(value.items())} if isinstance(value, dict) else value

    one, other = (planned(orders(2000, *everything(), life=life)) for life in (ORDER, turned(ORDER)))
    for name in ("state", "entered", "reason"):
        assert made(one, "orders", name) == made(other, "orders", name)


# --- what is refused


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"starts": "paced_at"}, "no column 'paced_at'; did you mean 'placed_at'"),
        ({"states": {}}, "at least one state"),
        ({"states": {"a": {"b": 0.7, "c": 0.4}}}, "lead[s]? out of a add up to 1.1"),
        (
            {"states": {"placed": {"paid": 1}}, "after": {}, "reasons": {}},
            "how long it takes from placed to paid",
        ),
        ({"reasons": {"canceled": {"x": 1}}}, "no state 'canceled'; did you mean 'cancelled'"),
        ({"reasons": {"cancelled": {"x": 0}}}, "the weights are all 0"),
        ({"after": {**ORDER["after"], "placed": {"within": "1d"}}}, "nothing leads to placed"),
        ({"after": {**ORDER["after"], "paid": {"within": "1h", "mean": "2h"}}}, "a mean of 2h is not above"),
        ({"first": "paid"}, "no row is ever in placed"),
        ({"states": {**ORDER["states"], "lost": {"placed": 1}}}, "open where rows begin"),
        (
            {
                "first": "on",
                "states": {"on": {"off": 1}, "off": {"on": 1}},
                "after": {"on": {"within": "1d"}, "off": {"within": "1d"}},
                "reasons": {},
            },
            "after 32 steps 100.00% of the rows would still go on",
        ),
        ({"after": {**ORDER["after"], "paid": {"withn": "1h"}}}, "unknown field; did you mean 'within'"),
        ({"max_steps": 0}, "greater than or equal to 1"),
    ],
)
def test_a_lifecycle_that_cannot_be(changes: Document, message: str) -> None:
    with pytest.raises(SchemaError, match=message) as refused:
        planned(orders(10, life={**ORDER, **changes}))
    assert "tables[0].lifecycles.order" in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (shown("x", "INT", field="at", state="paid"), "declare it as TIMESTAMP or DATE"),
        (shown("x", "DATE", field="state"), "declare it as VARCHAR"),
        (shown("x", "INT", field="state"), "'cancelled' is not a number"),
        (shown("x", "VARCHAR(4)", field="state"), "widen it to 9"),
        (shown("x", "DATE", field="at", state="payd"), "order has no state 'payd'; did you mean 'paid'"),
        (shown("x", "DATE", field="at"), "at needs a state"),
        (shown("x", "DATE", field="state", state="paid"), "state is of no one state"),
        (
            shown("x", "DATE", of="oder", field="at", state="paid"),
            "no lifecycle 'oder'; did you mean 'order'",
        ),
        (shown("x", "DATE", required=True, field="at", state="paid"), 'say "required": false'),
        (shown("x", "VARCHAR(20)", required=True, field="reason"), 'say "required": false'),
        (shown("x", "VARCHAR(9)", field="steps"), "declare it as INT"),
        (shown("x", "VARCHAR(9)", field="was", state="paid"), "BOOLEAN"),
        (shown("x", "DATE", field="at", state="paid", visit="third"), "visit"),
        ({**shown("x", "DATE", field="at", state="paid"), "date_end": "2025-06-01"}, "date_end"),
    ],
)
def test_a_column_that_cannot_be(wrong: Document, message: str) -> None:
    with pytest.raises((PlanError, SchemaError), match=message) as refused:
        planned(orders(10, wrong))
    assert "orders.x" in str(refused.value)


def test_a_table_without_lifecycles_and_one_with_two() -> None:
    other = {"order": ORDER, "other": {"starts": "placed_at", "states": {"open": {}}}}
    for lives, message in (({}, "orders has no lifecycle"), (other, '"of": one of order, other')):
        with pytest.raises(PlanError, match=message):
            planned(orders(10, shown("x", "VARCHAR(20)", field="state"), lifecycles=lives))
    with pytest.raises(PlanError, match=r"history.x.*orders has no lifecycle"):
        planned(orders(10, lifecycles={}), history(20, 2, step("x", "DATE", "at")))
    with pytest.raises(PlanError, match=r"history.ordr is no reference"):
        planned(orders(10), history(20, 2, step("x", "DATE", "at", reference="ordr")))


def test_what_begins_after_a_present_that_nobody_has_said() -> None:
    with pytest.raises(PlanError, match=r'placed_at reaches beyond 2025-12-31.*say "as_of"'):
        planned(orders(10, shown("x", "DATE", field="at", state="paid"), placed={"date_end": "2026-01-01"}))


def test_nanoseconds_end_in_2262() -> None:
    paid = shown("x", "TIMESTAMP_NTZ", field="at", state="paid")
    with pytest.raises(PlanError, match=r"orders.x.*2262.*let as_of be earlier"):
        planned(orders(10, paid), as_of="2300-01-01")
    assert made(planned(orders(10, paid), as_of="2262-04-10"), "orders", "x")


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ("shipped_at >= placed_at", False),
        ("shipped_at > paid_at", False),
        ("shipped_at IS NULL OR shipped_at >= paid_at", False),
        ("entered >= placed_at AND entered >= shipped_at", False),
        ("paid_at > ended", True),
        ("ended > paid_at", False),
        ("cancelled_at < shipped_at", False),  # no row has both
        ("cancelled_at > paid_at", False),
        ("paid_on >= placed_at", True),  # a day begins at midnight
        ("delivered_on > placed_at", False),  # it is a day later at the least
        ("entered > placed_at", True),
        ("paid_at > shipped_at", True),
        ("state IN ('placed', 'paid')", True),
        (f"state IN {STATES}", False),
    ],
)
def test_checks_of_what_a_lifecycle_keeps_pass_or_are_told(check: str, told: bool, tmp_path: Path) -> None:
    names = ("paid", "shipped", "cancelled")
    columns = [shown(f"{name}_at", "TIMESTAMP(0)", field="at", state=name) for name in names]
    columns += [shown("paid_on", "DATE", field="at", state="paid")]
    columns += [shown("delivered_on", "DATE", field="at", state="delivered")]
    columns += [shown("state", "VARCHAR(10)", required=True, field="state")]
    columns += [shown("entered", "TIMESTAMP", required=True, field="entered")]
    columns += [shown("ended", "TIMESTAMP", field="ended")]
    late = {**ORDER["after"], "delivered": {"at_least": "1d", "within": "21d"}}
    life = {**ORDER, "after": late}
    plan = planned(orders(3000, *columns, life=life, checks=[check]))
    assert bool(plan.warnings) == told, plan.warnings
    plain = planned(orders(3000, *columns, life=life))
    for one in plain.table("orders").columns:
        assert made(plan, "orders", one.name) == made(plain, "orders", one.name), "a CHECK changes nothing"
    if not told:
        db = views(generated(plan, tmp_path / "out"))
        assert db.sql(f"SELECT count(*) FROM orders WHERE NOT ({check})").fetchall() == [(0,)]


TYPES = st.sampled_from(["DATE", "TIMESTAMP(0)", "TIMESTAMP(3)", "TIMESTAMP", "TIMESTAMP(9)", "TIMESTAMPTZ"])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(machines(), TYPES, st.lists(TYPES, min_size=12, max_size=12), st.booleans())
def test_what_is_said_of_the_order_of_moments_is_so(
    life: Document, starts: str, types: list[str], strict: bool
) -> None:
    names = sorted(life["states"])
    asked = [("entered", None, "last"), ("ended", None, "last")]
    asked += [("at", name, visit) for name in names for visit in ("first", "last")]
    moments, columns = [LifeMoment(sql_type(starts))], []
    for k, ((field, state, visit), type_) in enumerate(zip(asked, types, strict=False)):
        options = {"state": state, "visit": visit} if state else {}
        columns.append(shown(f"m{k}", type_, field=field, **options))
        moments.append(LifeMoment(sql_type(type_), field, state, visit == "first"))
    plan = planned(orders(400, *columns, life=life, starts=starts, placed={"date_start": "2020-01-01"}))
    worths = []
    for name, moment in zip(["placed_at", *(one["name"] for one in columns)], moments, strict=True):
        values = made(plan, "orders", name)
        unit = unit_of(moment.type)
        worths.append([None if value is None else value * unit for value in values])
    declared = Lifecycle.model_validate(life)
    for lesser, below in zip(moments, worths, strict=True):
        for greater, above in zip(moments, worths, strict=True):
            if lesser is not greater and holds(declared, lesser, greater, strict=strict):
                pairs = [(a, b) for a, b in zip(below, above, strict=True) if a is not None and b is not None]
                assert all(a < b if strict else a <= b for a, b in pairs), (lesser, greater)
