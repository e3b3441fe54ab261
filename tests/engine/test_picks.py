"""How often each parent is picked, the shape of trees, and what stays as tables grow."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.support import column, made, planned, reference, table

ROWS, PARENTS = 200_000, 1_000


def children(rows: int = ROWS, parents: int = PARENTS, **way: Any) -> list[int]:
    """How often each parent is picked."""
    plan = planned(
        table("p", parents, column("id", "INT"), primary_key=["id"]),
        table("c", rows, column("p_id", "INT", **reference("p.id", **way))),
    )
    return np.bincount(np.array(made(plan, "c")) - 1, minlength=parents).tolist()


@pytest.mark.parametrize("s", [0.5, 1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("hot", ["first", "scattered"])
def test_zipf_references_are_zipf(s: float, hot: str) -> None:
    counts = np.array(children(skew={"zipf": s, "hot": hot}))
    weights = np.arange(1, PARENTS + 1) ** -s
    expected = weights / weights.sum() * ROWS
    if hot == "scattered":
        assert counts[0] != counts.max(), "the hottest parent stands anywhere"
        # at which place each rank stands is not known, so ranks are taken as they come
        observed = np.sort(counts)[::-1]
        assert abs(observed[:3] / expected[:3] - 1).max() < 0.05
        assert abs(observed[:100].sum() / expected[:100].sum() - 1) < 0.01
        return
    head = expected > 20
    observed, wanted = counts[head], expected[head]
    if not head.all():
        observed, wanted = np.append(observed, counts[~head].sum()), np.append(wanted, expected[~head].sum())
    assert stats.chisquare(observed, wanted).pvalue > 1e-3


@pytest.mark.parametrize("hot", ["first", "scattered"])
def test_a_share_of_the_children_belongs_to_a_share_of_the_parents(hot: str) -> None:
    counts = np.array(children(skew={"share": 0.8, "of": 0.2, "hot": hot}))
    favoured = counts > 2.2 * ROWS / PARENTS  # four times the mean, or a quarter of it
    assert favoured.sum() == 200
    assert abs(counts[favoured].sum() / ROWS - 0.8) < 0.005
    assert favoured[:200].all() == (hot == "first")
    assert stats.chisquare(counts[favoured]).pvalue > 1e-3


def test_a_share_of_the_parents_has_no_child() -> None:
    counts = np.array(children(childless=0.3))
    assert (counts == 0).sum() == 300
    assert stats.chisquare(counts[counts > 0]).pvalue > 1e-3
    assert (counts[:300] == 0).any(), "scattered over the parents"
    assert (counts[300:] == 0).any()


@pytest.mark.parametrize(
    ("way", "least", "most"),
    [
        ({"children": {"min": 1, "max": 7}}, 1, 7),
        ({"children": {"min": 4, "max": 4}}, 4, 4),
        ({"children": 4}, 4, 4),
        ({"children": {"min": 2}}, 2, 100),
        ({"children": {"max": 5}}, 0, 5),
        ({"children": {"min": 3, "max": 11}}, 3, 11),
        ({"children": {"distribution": {"type": "poisson", "parameters": {"lambda": 4}}}}, 0, 40),
        ({"children": {"min": 1}, "childless": 0.25}, 0, 100),
    ],
)
@pytest.mark.parametrize("parents", [1, 9, 5_000, 100_000, 300_001])
def test_counts_keep_to_their_bounds_and_to_the_total(
    way: dict[str, Any], least: int, most: int, parents: int
) -> None:
    counts = children(4 * parents, parents, **way)
    assert sum(counts) == 4 * parents
    assert min(counts) >= least
    assert max(counts) <= most
    if parents >= 5_000 and "childless" in way:
        assert abs(counts.count(0) / parents - 0.25) < 0.001


def test_counts_between_bounds_are_spread_evenly_where_the_mean_allows() -> None:
    counts = Counter(children(40_000, 10_000, children={"min": 1, "max": 7}))
    assert set(counts) == set(range(1, 8))
    assert max(abs(count - 10_000 / 7) for count in counts.values()) < 30


def test_counts_follow_their_distribution() -> None:
    poisson = {"type": "poisson", "parameters": {"lambda": 4}}
    counts = Counter(children(200_000, 50_000, children={"distribution": poisson}))
    expected = stats.poisson(4).pmf(np.arange(9)) * 50_000
    observed = [counts[k] for k in range(9)]
    assert np.abs(observed - expected).max() < 5 * 50_000**0.5 / 2


def test_rows_follow_from_the_children_when_nothing_else_says_how_many() -> None:
    child = table("c", 0, column("p_id", "INT", **reference("p.id", children=4)))
    del child["target_rows"]
    plan = planned(table("p", 30, column("id", "INT"), primary_key=["id"]), child)
    assert plan.table("c").rows == 120


def tree(rows: int, required: bool = False, **way: Any) -> list[int | None]:
    """The row number of every row's parent, None for a root."""
    nodes = table(
        "n",
        rows,
        column("id", "INT"),
        column("up", "INT", **reference("n.id", nullable=not required, **way)),
        primary_key=["id"],
    )
    return [None if up is None else up - 1 for up in made(planned(nodes), "n", "up")]


def depth(parents: list[int | None]) -> int:
    levels: list[int] = []
    for row, parent in enumerate(parents):
        levels.append(1 if parent in (None, row) else levels[parent] + 1)
    return max(levels)


@pytest.mark.parametrize("way", [{}, {"tree": True}, {"tree": {"roots": 7}}, {"tree": {"branching": 3}}])
def test_in_a_tree_rows_stand_after_their_parents(way: dict[str, Any]) -> None:
    parents = tree(2_000, **way)
    assert all(parent is None or parent < row for row, parent in enumerate(parents))
    roots = parents.count(None)
    declared = way.get("tree")
    expected = declared.get("roots", 1) if isinstance(declared, dict) else 100
    assert roots == expected if isinstance(declared, dict) else abs(roots - expected) < 50


def test_trees_have_the_depth_or_the_branching_that_is_asked() -> None:
    branching = tree(1_000, tree={"branching": 3, "roots": 2})
    assert set(Counter(p for p in branching if p is not None).values()) <= {3, 2, 1}
    for levels in (1, 2, 3, 6):
        roots = 1_000 if levels == 1 else 1
        assert depth(tree(1_000, tree={"depth": levels, "roots": roots})) == levels
    assert depth(tree(10, tree={"branching": 1})) == 10


def test_the_roots_of_a_required_tree_are_their_own_parents() -> None:
    parents = tree(500, required=True, tree={"roots": 3})
    assert parents[:3] == [0, 1, 2]
    assert all(parent is not None and parent < row for row, parent in enumerate(parents[3:], 3))


WAYS: dict[str, dict[str, Any]] = {
    "uniform": {},
    "zipf": {"skew": {"zipf": 1.2}},
    "80/20": {"skew": {"share": 0.8, "of": 0.2}},
    "childless": {"childless": 0.5},
    "optional": {"nullable": True},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("unique", [False, True])
def test_a_table_that_grows_keeps_its_first_references(way: dict[str, Any], unique: bool) -> None:
    if unique and set(way) - {"nullable"}:
        return
    parent = table("p", 9_000, column("id", "INT"), primary_key=["id"])
    child = column("p_id", "INT", is_unique=unique, **reference("p.id", **way))
    small, large = (made(planned(parent, table("c", rows, child)), "c") for rows in (500, 4_000))
    assert large[:500] == small


def test_a_tree_and_a_join_table_that_grow_keep_their_first_rows() -> None:
    assert tree(4_000)[:500] == tree(500)
    assert tree(4_000, tree={"branching": 4})[:500] == tree(500, tree={"branching": 4})
    parent = table("p", 90, column("id", "INT"), primary_key=["id"])
    columns = [column(name, "INT", **reference("p.id")) for name in "ab"]
    small, large = (
        planned(parent, table("c", rows, *columns, primary_key=["a", "b"])) for rows in (500, 4_000)
    )
    for name in "ab":
        assert made(large, "c", name)[:500] == made(small, "c", name)
