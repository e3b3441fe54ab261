"""Moments that follow what may not be there, in every mix of types; the first of each parent."""

# ruff: noqa: DTZ001 - warehouses keep wall clocks
import itertools
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.support import column, made, planned, reference, table

from dw_simulator.engine.storage import ticks_per_second
from dw_simulator.errors import PlanError
from dw_simulator.ports.plan import Plan

TYPES = {"date": "DATE", "timestamp": "TIMESTAMP(0)", "zoned": "TIMESTAMPTZ", "key": "INT"}
MIXES = list(itertools.product(TYPES, ("date", "timestamp", "zoned")))
EPOCH = datetime(1970, 1, 1)
AS_OF = datetime(2026, 1, 1)


def source(name: str, kind: str, **fields: Any) -> dict[str, Any]:
    if kind == "key":
        own: dict[str, Any] = {"rule": {"name": "date_key", "start": "2022-01-01"}}
    else:
        own = {"date_start": "2022-01-01", "date_end": "2025-10-31"}
    return column(name, TYPES[kind], **own, **fields)


def moments(a_plan: Plan, name: str, kind: str, of: str = "t") -> list[datetime | None]:
    """A column's values as moments, whatever its type."""
    type_ = next(one.type for one in a_plan.table(of).columns if one.name == name)

    def moment(value: Any) -> datetime | None:
        if value is None:
            return None
        if kind == "key":
            return datetime.strptime(str(value), "%Y%m%d")  # noqa: DTZ007
        if kind == "date":
            return EPOCH + timedelta(days=value)
        return EPOCH + timedelta(seconds=value / ticks_per_second(type_))

    return [moment(value) for value in made(a_plan, of, name)]


@pytest.mark.parametrize(("of", "goal"), MIXES)
@pytest.mark.parametrize("until", [None, *TYPES])
def test_a_column_that_cannot_be_null_has_a_moment_where_nothing_is_to_be_followed(
    of: str, goal: str, until: str | None
) -> None:
    rule: dict[str, Any] = {"name": "after", "column": "a", "within": "30d"}
    columns = [source("a", of, required=False, null_fraction=0.3)]
    if until is not None:
        columns.append(source("u", until, required=False, null_fraction=0.3))
        rule["until"] = "u"
    a_plan = planned(table("t", 1300, *columns, column("g", TYPES[goal], rule=rule)), as_of="2025-12-31")
    goals, sources = moments(a_plan, "g", goal), moments(a_plan, "a", of)
    untils = moments(a_plan, "u", until) if until is not None else [None] * len(goals)
    alone = 0
    for value, start, end in zip(goals, sources, untils, strict=True):
        assert value is not None
        assert value < AS_OF
        if start is not None:
            assert value >= (start if goal != "date" else datetime(start.year, start.month, start.day))
        else:
            alone += 1
            assert value >= datetime(2020, 1, 1)
            if end is not None:
                assert value <= end
    assert 330 < alone < 450
    years = {value.year for value, start in zip(goals, sources, strict=True) if value and start is None}
    assert len(years) >= 5, "they are spread over the usual period"


def test_a_period_or_a_rule_is_said() -> None:
    def plan_of(**rule: Any) -> Plan:
        goal = column("g", "DATE", rule={"name": "after", "column": "a", "within": "9d", **rule})
        return planned(table("t", 2000, source("a", "date", required=False, null_fraction=0.5), goal))

    a_plan = plan_of(otherwise={"date_start": "2020-03-01", "date_end": "2020-03-31"})
    own = [
        g for g, a in zip(moments(a_plan, "g", "date"), moments(a_plan, "a", "date"), strict=True) if not a
    ]
    assert {one.date() for one in own if one} == {date(2020, 3, day) for day in range(1, 32)}
    a_plan = plan_of(otherwise={"rule": {"name": "calendar", "weekends": False}, "date_start": "2024-01-01"})
    own = [
        g for g, a in zip(moments(a_plan, "g", "date"), moments(a_plan, "a", "date"), strict=True) if not a
    ]
    assert {one.weekday() for one in own if one} == set(range(5))


def test_an_optional_column_is_filled_only_when_that_is_asked() -> None:
    rule = {"name": "after", "column": "a", "within": "9d"}
    empty = source("a", "date", required=False, null_fraction=0.5)
    fields: dict[str, Any] = {"required": False, "null_fraction": 0}
    plain = planned(table("t", 1000, empty, column("g", "DATE", rule=rule, **fields)))
    assert made(plain, "t", "g").count(None) == made(plain, "t", "a").count(None) > 400
    filled = {**rule, "otherwise": {"date_start": "2020-03-01"}}
    a_plan = planned(table("t", 1000, empty, column("g", "DATE", rule=filled, **fields)))
    assert made(a_plan, "t", "g").count(None) == 0


def test_a_required_child_follows_a_parent_that_may_have_no_moment() -> None:
    parents = table(
        "p",
        200,
        column("id", "INT"),
        column("d", "DATE", required=False, null_fraction=0.4),
        primary_key=["id"],
    )
    rule = {"name": "after", "reference": "p", "column": "d", "within": "90d", "ordered": True}
    children = table("c", 2000, column("p", "INT", **reference("p.id")), column("at", "TIMESTAMP", rule=rule))
    a_plan = planned(parents, children)
    starts, at = made(a_plan, "p", "d"), made(a_plan, "c", "at")
    rows = list(zip(made(a_plan, "c", "p"), at, strict=True))
    micro = 86_400 * 10**6
    assert all(starts[p - 1] is None or t >= starts[p - 1] * micro for p, t in rows)
    assert all(a[1] <= b[1] for a, b in itertools.pairwise(rows) if a[0] == b[0]), "in order, either way"


def test_a_required_moment_of_rows_without_a_parent() -> None:
    parents = table("p", 50, column("id", "INT"), source("d", "date"), primary_key=["id"])
    link = column("p", "INT", required=False, **reference("p.id", nullable=True, null_fraction=0.4))
    there = {"reference": "p", "column": "d"}
    own = source("own", "timestamp", required=False, null_fraction=0.5)
    rule = {"name": "after", "column": [there, "own"], "within": "90d"}
    a_plan = planned(parents, table("c", 2000, link, own, column("at", "TIMESTAMP(0)", rule=rule)))
    starts, picked = moments(a_plan, "d", "date", "p"), made(a_plan, "c", "p")
    rows = zip(
        picked, moments(a_plan, "own", "timestamp", "c"), moments(a_plan, "at", "timestamp", "c"), strict=True
    )
    alone = 0
    for parent, own_at, at in rows:
        assert at is not None
        known = [one for one in (own_at, starts[parent - 1] if parent else None) if one is not None]
        alone += not known
        assert all(at >= one for one in known)
    assert 300 < alone < 500


def test_a_tree_says_it_with_roots() -> None:
    tree = reference("t.id", nullable=True, tree={"roots": 3})
    rule = {"name": "after", "reference": "up", "column": "d", "within": "9d", "otherwise": {}}
    columns = (column("id", "INT"), column("up", "INT", **tree), column("d", "DATE", rule=rule))
    with pytest.raises(PlanError, match="what roots says"):
        planned(table("t", 50, *columns, primary_key=["id"]))


# --- until, and the present


def test_what_cannot_be_null_and_ends_elsewhere_ends_with_the_present_too() -> None:
    due = column("due", "DATE", date_start="2025-01-01", date_end="2027-12-31")
    rule = {"name": "after", "column": "begun", "until": "due"}
    begun = column("begun", "DATE", date_start="2024-01-01", date_end="2025-06-30")
    a_plan = planned(table("t", 3000, begun, due, column("paid", "DATE", rule=rule)), as_of="2025-06-30")
    rows = zip(*(moments(a_plan, name, "date") for name in ("begun", "paid", "due")), strict=True)
    late = 0
    for begun_at, paid_at, due_at in rows:
        assert begun_at is not None
        assert paid_at is not None
        assert due_at is not None
        assert begun_at <= paid_at < datetime(2025, 7, 1)
        late += begun_at > due_at
        assert paid_at <= due_at or begun_at > due_at
    assert late, "some rows have no room, and keep to what they follow"
    future = {**rule, "censor": False}
    a_plan = planned(table("t", 3000, begun, due, column("paid", "DATE", rule=future)), as_of="2025-06-30")
    assert any(one and one > datetime(2025, 7, 1) for one in moments(a_plan, "paid", "date"))


# --- the first of each parent


@pytest.mark.parametrize(("of", "goal"), MIXES)
def test_the_first_row_of_each_parent_is_where_it_begins(of: str, goal: str) -> None:
    parents = table("p", 300, column("id", "INT"), source("d", of), primary_key=["id"])
    rule = {"name": "after", "reference": "p", "column": "d", "at_least": "20d", "within": "900d"}
    since = column("since", TYPES[goal], rule={**rule, "ordered": True, "first": True})
    children = table("c", 1500, column("p", "INT", **reference("p.id")), since)
    a_plan = planned(parents, children, as_of="2026-06-30")
    starts, rows = moments(a_plan, "d", of, "p"), made(a_plan, "c", "p")
    values = moments(a_plan, "since", goal, "c")
    for at, (row, value) in enumerate(zip(rows, values, strict=True)):
        start = starts[row - 1]
        assert start is not None
        assert value is not None
        begins = datetime(start.year, start.month, start.day) if goal == "date" else start
        if at == 0 or rows[at - 1] != row:
            assert begins <= value < begins + timedelta(seconds=1), "rounded up to what the type holds"
        else:
            before = values[at - 1]
            assert before is not None
            assert value > before


def test_first_goes_with_ordered() -> None:
    rule = {"name": "after", "column": "a", "within": "9d", "first": True}
    with pytest.raises(PlanError, match="first goes with ordered"):
        planned(table("t", 10, source("a", "date"), column("g", "DATE", rule=rule)))
