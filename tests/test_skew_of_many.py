"""Skew of rows that stand together by more parents than a table of all counts would hold."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from tests.support import column, made, planned, reference, table

from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError, SchemaError
from dw_simulator.ports.plan import Plan

ID = column("id", "INT")
NUMBER = column("n", "INT", rule={"name": "window", "function": "number", "reference": "p"})


def grouped(parents: int, rows: int, **options: Any) -> Plan:
    children = table("c", rows, column("p", "INT", **reference("p.id", **options)), NUMBER)
    return planned(table("p", parents, ID, primary_key=["id"]), children)


def counts(parents: int, rows: int, **options: Any) -> np.ndarray:
    """How many children each parent has, most first; that they stand together is looked at on the way."""
    a_plan = grouped(parents, rows, **options)
    picked = np.array(made(a_plan, "c", "p"))
    assert (np.diff(picked) >= 0).all()
    found = np.bincount(picked - 1, minlength=parents)
    assert found.sum() == rows
    assert len(found) == parents
    return found


def top(found: np.ndarray, share: float) -> float:
    """The share of the rows that belongs to a share of the parents, the most frequent."""
    ordered = np.sort(found)[::-1]
    return float(ordered[: round(share * len(found))].sum() / found.sum())


@pytest.mark.parametrize("hot", ["scattered", "first"])
@pytest.mark.parametrize("parents", [60_000, 70_000, 200_000])
def test_a_share_of_the_rows_belongs_to_a_share_of_the_parents(parents: int, hot: str) -> None:
    found = counts(parents, 4 * parents, skew={"share": 0.8, "of": 0.2, "hot": hot})
    assert top(found, 0.2) == pytest.approx(0.8, abs=0.01)
    if hot == "first":
        assert found[: parents // 5].sum() == pytest.approx(0.8 * found.sum(), rel=0.01)
    else:
        fifths = found.reshape(5, -1).sum(axis=1)
        assert fifths.max() < 1.05 * fifths.min()


def test_a_few_parents_can_have_most() -> None:
    found = counts(200_000, 400_000, skew={"share": 0.5, "of": 0.0001})
    assert top(found, 0.0001) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("hot", ["scattered", "first"])
@pytest.mark.parametrize("zipf", [0.6, 1.0, 1.3])
def test_zipf_goes_by_rank(zipf: float, hot: str) -> None:
    parents, rows = 200_000, 1_000_000
    found = counts(parents, rows, skew={"zipf": zipf, "hot": hot})
    ordered = np.sort(found)[::-1]
    weights = np.arange(1, parents + 1.0) ** -zipf
    law = rows * weights / weights.sum()
    for rank in (0, 1, 9, 99, 9_999):
        assert abs(ordered[rank] - law[rank]) <= max(0.05 * law[rank], 1.5)
    assert top(found, 0.2) == pytest.approx(float(law[: parents // 5].sum() / rows), abs=0.05)
    if hot == "first":
        assert found.argmax() == 0
    else:
        thousands = found.reshape(8, -1)
        assert (np.sort(thousands, axis=1)[:, -1] > 100).all(), "the frequent ones are everywhere"


@pytest.mark.parametrize("skew", [{"zipf": 1.1}, {"share": 0.8, "of": 0.2}])
@pytest.mark.parametrize("hot", ["scattered", "first"])
def test_some_are_childless_and_all_others_are_not(skew: Mapping[str, Any], hot: str) -> None:
    found = counts(100_000, 700_000, skew={**skew, "hot": hot}, childless=0.3)
    assert np.count_nonzero(found == 0) == pytest.approx(30_000, abs=300)
    if hot == "first":
        assert not found[70_000:].any()


def test_bounds_hold() -> None:
    found = counts(100_000, 500_000, skew={"zipf": 1.2}, children={"min": 1, "max": 40})
    assert found.min() >= 1
    assert found.max() == 40
    found = counts(500, 2_500, skew={"zipf": 1.2}, children={"min": 1, "max": 40})
    assert found.min() >= 1
    assert found.max() == 40
    assert top(found, 0.2) > 0.5
    found = counts(300, 2_500, skew={"share": 0.7, "of": 0.2}, children={"min": 1})
    assert found.min() >= 1
    assert top(found, 0.2) == pytest.approx(0.7, abs=0.05)


def test_bounds_beside_skew_say_no_number_of_rows() -> None:
    options = reference("p.id", skew={"zipf": 1}, children={"min": 1, "max": 9})
    child = {"name": "c", "columns": [column("p", "INT", **options)]}
    assert planned(table("p", 300, ID, primary_key=["id"]), child).table("c").rows == 1000


@pytest.mark.parametrize(
    "children",
    [3, {"column": "id"}, {"max": 5, "distribution": {"type": "poisson", "parameters": {"mean": 2}}}],
)
def test_two_that_say_how_many_are_refused(children: Any) -> None:
    with pytest.raises(SchemaError, match="both say which parent a row has"):
        grouped(50, 100, skew={"zipf": 1}, children=children)


def test_what_cannot_fit_is_refused() -> None:
    with pytest.raises(PlanError, match="70,000 parents"):
        grouped(70_000, 60_000, skew={"zipf": 1}, children={"min": 1, "max": 5})


def test_few_rows_of_very_many_parents_look_the_same_anywhere() -> None:
    big = column("id", "BIGINT")
    options = reference("p.id", skew={"zipf": 1.05}, childless=0.2)
    children = table("c", 1 << 42, column("p", "BIGINT", **options), {**NUMBER, "data_type": "BIGINT"})
    a_plan = planned(table("p", 1 << 40, big, primary_key=["id"]), children)
    kernel = next(one.kernel for one in a_plan.table("c").columns if one.name == "p")
    run = kernel.values(Rows.run(1 << 41, (1 << 41) + 2000)).values
    assert (np.diff(run) >= 0).all()
    back = np.arange((1 << 41) + 1999, (1 << 41) - 1, -1, dtype=np.uint64)
    assert (kernel.values(Rows.at(back)).values[::-1] == run).all()
