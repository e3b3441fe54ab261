"""Groupings both ways, orders within a parent, and codes: against plain enumeration."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.engine.kernels_zoo import stream
from tests.support import scattered

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.groups import Chained, Counted, Even, Grouping, Tiled
from dw_simulator.engine.selectors.headed import Adjoined, Headed
from dw_simulator.engine.selectors.permutation import rearranged
from dw_simulator.engine.selectors.spans import PermutedSiblings
from dw_simulator.engine.selectors.unique import INFINITY, Coded, RowNumber


def counted(counts: list[int]) -> Counted:
    return Counted(np.cumsum([0, *counts]).astype(np.uint64))


def tiled(counts: list[int], tiles: int, richer: int, tail: list[int]) -> Tiled:
    more = [counts[0] + 1, *counts[1:]]
    tables = np.stack([np.cumsum([0, *some, *some]) for some in (counts, more)]).astype(np.uint64)
    return Tiled(Even(tiles * sum(counts) + richer, tiles), tables, counted(tail), stream("turns"))


few = st.lists(st.integers(0, 5), min_size=1, max_size=12)


@st.composite
def plain_groupings(draw: st.DrawFn) -> Grouping:
    if draw(st.booleans()):
        return Even(draw(st.integers(0, 60)), draw(st.integers(1, 20)))
    tiles = draw(st.integers(1, 4))
    return tiled(draw(few), tiles, draw(st.integers(0, tiles - 1)), draw(few | st.just([])))


@st.composite
def groupings(draw: st.DrawFn) -> Grouping:
    kind = draw(st.sampled_from(["even", "counted", "tiled", "chained", "headed", "joined"]))
    if kind == "even":
        return Even(draw(st.integers(0, 200)), draw(st.integers(1, 60)))
    if kind == "counted":
        return counted(draw(few))
    if kind == "tiled":
        tiles = draw(st.integers(1, 9))
        return tiled(draw(few), tiles, draw(st.integers(0, tiles - 1)), draw(few | st.just([])))
    if kind == "joined":
        return Adjoined(draw(plain_groupings()), draw(plain_groupings()))
    if kind == "headed":
        others = draw(plain_groupings() | st.just(counted([])))
        places = draw(st.sets(st.integers(0, others.size), min_size=1, max_size=6))
        heads = np.array([place + k for k, place in enumerate(sorted(places))], dtype=np.uint64)
        counts = draw(st.lists(st.integers(0, 9), min_size=len(heads), max_size=len(heads)))
        return Headed(heads, np.cumsum([0, *counts]).astype(np.uint64), others)
    outer = draw(few.filter(sum))
    return Chained(Even(draw(st.integers(0, 200)), sum(outer)), counted(outer))


@given(grouping=groupings())
@settings(max_examples=300, deadline=None)
def test_both_ways_agree_with_plain_counting(grouping: Grouping) -> None:
    first = grouping.first(np.arange(grouping.size + 3, dtype=np.uint64)).tolist()
    assert first[0] == 0
    assert first[grouping.size :] == [grouping.rows] * 3
    counts = [b - a for a, b in itertools.pairwise(first[: grouping.size + 1])]
    expected = [parent for parent, count in enumerate(counts) for _row in range(count)]
    assert min(counts) >= 0
    assert grouping.parents(np.arange(grouping.rows, dtype=np.uint64)).tolist() == expected
    assert grouping.index(Rows.run(0, grouping.rows)).tolist() == expected
    parents, starts = grouping.located(scattered(np.arange(grouping.rows)[::-1].copy()))
    assert parents.tolist() == expected[::-1]
    assert starts.tolist() == [first[parent] for parent in expected[::-1]]
    assert grouping.least <= min(counts)
    assert grouping.most >= max(counts)
    assert all(counts[: grouping.covered])


@given(rows=st.integers(1, 1 << 62), size=st.integers(1, 1 << 62), data=st.data())
def test_even_shares_have_no_limit(rows: int, size: int, data: st.DataObject) -> None:
    grouping = Even(rows, size)
    row = data.draw(st.integers(0, rows - 1))
    (parent,) = grouping.parents(np.array([row], dtype=np.uint64)).tolist()
    start, stop = grouping.first(np.array([parent, parent + 1], dtype=np.uint64)).tolist()
    assert start <= row < stop
    assert stop - start in (rows // size, rows // size + 1)


@given(size=st.integers(1, 300), word=st.integers(0, (1 << 64) - 1))
@settings(max_examples=300, deadline=None)
def test_rearranging_is_a_permutation_of_any_size(size: int, word: int) -> None:
    index = np.arange(size, dtype=np.uint64)
    out = rearranged(index, np.full(size, size, np.uint64), np.full(size, word, np.uint64))
    assert sorted(out.tolist()) == index.tolist()


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 7, 12])
def test_every_parent_has_an_order_of_its_own(size: int) -> None:
    parents = 40_000
    words = stream("orders").bits(Rows.run(0, parents))
    first, second = (
        rearranged(np.full(parents, k, np.uint64), np.full(parents, size, np.uint64), words) for k in (0, 1)
    )
    pairs = np.bincount((first * np.uint64(size) + second).astype(np.int64), minlength=size * size)
    seen = pairs.reshape(size, size)
    assert not np.diag(seen).any()
    off = seen[~np.eye(size, dtype=bool)]
    assert stats.chisquare(off).pvalue > 1e-4, "all ordered pairs are equally likely"


def test_rows_of_a_parent_differ_and_parents_are_told_apart() -> None:
    grouping = Even(6_000, 1_000)
    index = (
        PermutedSiblings(grouping, (3, 4), stream("rearranged")).index(Rows.run(0, 6_000)).reshape(1_000, 6)
    )
    assert all(len(set(row)) == 6 for row in index.tolist())
    assert index.max() < 12
    assert len({tuple(row) for row in index.tolist()}) > 990


@pytest.mark.parametrize(
    ("base", "length"), [(2, 2), (3, 2), (5, 3), (7, 2), (11, 3), (6, 2), (9, 3), (35, 2)]
)
def test_any_sufficient_points_of_a_code_tell_all_numbers_apart(base: int, length: int) -> None:
    rows = Rows.run(0, base**length)
    whole = RowNumber(base**length)
    least_factor = next(factor for factor in range(2, base + 1) if base % factor == 0)
    points = [INFINITY, *range(least_factor)]
    columns = [Coded(whole, base, length, (point,)).index(rows).tolist() for point in points]
    for chosen in itertools.combinations(columns, length):
        assert len(set(zip(*chosen, strict=True))) == base**length
    assert all(max(column) == base - 1 for column in columns)
