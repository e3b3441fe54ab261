"""Moments along a tree: nobody is hired before the one above; from outside by DuckDB."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, generated, planned, reference, scattered, table, to_list, views

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.lineage import AlongTree
from dw_simulator.errors import PlanError

ROOTS = {"date_start": "2005-01-01", "date_end": "2006-12-31"}


def staff(rows: int, tree: Any, data_type: str = "DATE", **options: Any) -> dict[str, Any]:
    fields = {name: options.pop(name) for name in ("required", "date_end") if name in options}
    rule = {
        "name": "after",
        "reference": "manager_id",
        "column": "hired_on",
        "within": "400d",
        "roots": ROOTS,
    }
    shape = {} if tree is None else {"tree": tree}
    return table(
        "staff",
        rows,
        column("id", "INT"),
        column("manager_id", "INT", **reference("staff.id", nullable=True, **shape)),
        column("hired_on", data_type, **fields, rule={**rule, **options}),
        primary_key=["id"],
    )


_ORDER = """SELECT count(*) FILTER (WHERE s.hired_on < m.hired_on) AS wrong,
                   count(*) FILTER (WHERE s.hired_on > m.hired_on + INTERVAL 400 DAY) AS late,
                   count(*) FILTER (WHERE m.id IS NULL AND year(s.hired_on) NOT IN (2005, 2006)) AS roots
            FROM staff s LEFT JOIN staff m ON m.id = s.manager_id"""


@pytest.mark.parametrize(
    "tree",
    [
        None,
        {"roots": 5, "depth": 8},
        {"roots": 1, "branching": 3},
        {"roots": 200, "branching": 1},
        {"roots": 3},
        {"depth": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize("data_type", ["DATE", "TIMESTAMP(0)"])
def test_nobody_is_hired_before_the_one_above(tree: Any, data_type: str, tmp_path: Path) -> None:
    plan = planned(staff(20_000, tree, data_type))
    assert not plan.warnings
    assert views(generated(plan, tmp_path)).execute(_ORDER).fetchone() == (0, 0, 0)


def test_a_tree_within_bounds_of_its_own(tmp_path: Path) -> None:
    plan = planned(staff(20_000, {"roots": 5, "depth": 8}, date_end="2008-12-31"))
    found = views(generated(plan, tmp_path))
    assert found.execute(_ORDER).fetchone() == (0, 0, 0)
    last, share = found.execute(
        "SELECT max(hired_on)::TEXT, avg((hired_on = DATE '2008-12-31')::INT) FROM staff"
    ).fetchone()
    assert last <= "2008-12-31"
    assert share < 0.05
    assert not plan.warnings


def test_without_room_the_order_holds_and_is_told(tmp_path: Path) -> None:
    plan = planned(staff(20_000, {"roots": 5, "depth": 8}, date_end="2008-12-31", at_least="200d"))
    assert "of the rows have no room from the row above to its end" in plan.warnings[0]
    assert views(generated(plan, tmp_path)).execute(_ORDER).fetchone() == (0, 0, 0)


def test_those_who_would_come_after_the_present_are_not_there(tmp_path: Path) -> None:
    people = staff(20_000, {"roots": 5, "depth": 8}, required=False)
    found = views(generated(planned(people, as_of="2009-06-30"), tmp_path))
    wrong, late, roots = found.execute(_ORDER).fetchone()
    assert (wrong, late, roots) == (0, 0, 0)
    last, missing, orphans = found.execute(
        """SELECT max(s.hired_on)::TEXT, count(*) - count(s.hired_on),
                  count(*) FILTER (WHERE s.hired_on IS NOT NULL AND m.id IS NOT NULL AND m.hired_on IS NULL)
           FROM staff s LEFT JOIN staff m ON m.id = s.manager_id"""
    ).fetchone()
    assert last <= "2009-06-30"
    assert 1000 < missing < 19_000
    assert orphans == 0


def test_before_the_one_above(tmp_path: Path) -> None:
    plan = planned(staff(5000, {"roots": 5, "depth": 4}, before=True, at_least="1d"))
    wrong = views(generated(plan, tmp_path)).execute(
        """SELECT count(*) FROM staff s JOIN staff m ON m.id = s.manager_id
           WHERE s.hired_on >= m.hired_on OR s.hired_on < m.hired_on - 400"""
    )
    assert wrong.fetchone() == (0,)


def test_a_tree_for_each_tenant(tmp_path: Path) -> None:
    rule = {"name": "after", "reference": "manager_id", "column": "hired_on", "within": "90d", "roots": ROOTS}
    firms = table("firms", 40, column("id", "INT"), primary_key=["id"])
    people = table(
        "staff",
        8000,
        column("firm_id", "INT", **reference("firms.id")),
        column("id", "INT"),
        column("manager_id", "INT", required=False),
        column("hired_on", "DATE", rule=rule),
        primary_key=["firm_id", "id"],
        foreign_keys=[
            {
                "columns": ["firm_id", "manager_id"],
                "references_table": "staff",
                "references_columns": ["firm_id", "id"],
            }
        ],
    )
    found = views(generated(planned(firms, people), tmp_path))
    wrong = found.execute(
        """SELECT count(*) FROM staff s JOIN staff m ON m.id = s.manager_id AND m.firm_id = s.firm_id
           WHERE s.hired_on NOT BETWEEN m.hired_on AND m.hired_on + 90"""
    ).fetchone()
    assert wrong == (0,)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_small_tables(rows: int) -> None:
    (kernel,) = (c.kernel for c in planned(staff(rows, None)).table("staff").columns if c.name == "hired_on")
    assert len(to_list(kernel.values(Rows.run(0, rows)))) == rows


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [None, {"roots": 4, "depth": 9}, {"roots": 2, "branching": 2}, {"roots": 30, "branching": 1}]
    ),
    st.sampled_from([{}, {"date_end": "2009-01-31"}, {"required": False}]),
    st.sampled_from(
        [
            {},
            {"at_least": "3d"},
            {"before": True},
            {"distribution": "exponential", "mean": "9d"},
            {"weekends": False, "censor": True},
        ]
    ),
    st.sampled_from([None, "2008-02-29"]),
    st.data(),
)
def test_any_tree_keeps_the_law_and_its_facts(
    tree: Any, own: dict[str, Any], options: dict[str, Any], as_of: str | None, data: Any
) -> None:
    plan = planned(staff(600, tree, **own, **options), **({"as_of": as_of} if as_of else {}))
    (kernel,) = (c.kernel for c in plan.table("staff").columns if c.name == "hired_on")
    whole = to_list(kernel.values(Rows.run(0, 600)))
    cut = data.draw(st.integers(0, 600))
    halves = to_list(kernel.values(Rows.run(0, cut))) + to_list(kernel.values(Rows.run(cut, 600)))
    assert whole == halves
    some = data.draw(st.lists(st.integers(0, 599), min_size=1, max_size=20))
    assert [whole[row] for row in some] == to_list(kernel.values(scattered(some)))
    values = [value for value in whole if value is not None]
    assert kernel.facts.nullable or len(values) == 600
    assert kernel.facts.ends is not None
    assert all(kernel.facts.ends[0] <= value <= kernel.facts.ends[1] for value in values)


def test_facts_of_a_tree_say_how_deep_it_goes() -> None:
    plan = planned(staff(5000, {"roots": 5, "depth": 4}))
    (kernel,) = (c.kernel for c in plan.table("staff").columns if c.name == "hired_on")
    assert isinstance(kernel, AlongTree)
    assert kernel.depth == 4
    assert kernel.facts.ends == (12784, 13513 + 3 * 400)


@pytest.mark.parametrize(
    ("tree", "options", "message"),
    [
        (False, {}, "the rows of staff are no tree by manager_id, so that none comes before all others"),
        ({"roots": 1, "branching": 1}, {}, "the tree is 9,000 levels deep, and up to 4,096 are followed"),
        (None, {"ordered": True}, "do not stand together by manager_id|in no order of their own"),
        (None, {"column": "id"}, "id is INT|roots goes with a column that follows itself"),
        (None, {"roots": {"rule": {"name": "after", "column": "id", "within": "2d"}}}, "roots cannot follow"),
        (None, {"roots": {"until": "x"}}, "until"),
    ],
)
def test_what_is_refused(tree: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        planned(staff(9000, tree, **options))
