"""Indices that rise from row to row: strata, windows, siblings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import scattered

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.groups import Counted
from dw_simulator.engine.selectors.rising import AmongSiblings, Stratified, Windows


def stream(name: str) -> Stream:
    return Stream.named(11, "orders", name)


sizes = st.one_of(st.integers(1, 300), st.integers(1, 1 << 62), st.sampled_from([1 << 62, (1 << 40) + 1]))


@given(rows=st.integers(1, 3000), size=sizes)
def test_every_row_keeps_to_its_stratum(rows: int, size: int) -> None:
    index = Stratified(stream("strata"), rows, size).index(Rows.run(0, rows)).tolist()
    slack = 0 if size // rows < 1 << 32 else rows  # wide strata are taken for equally wide
    for row, at in enumerate(index):
        low, high = row * size // rows, -(-(row + 1) * size // rows)
        assert low - slack <= at < high
    assert index == sorted(index)
    if rows <= size:
        assert len(set(index)) == rows


@given(size=st.integers(1, 1 << 62), row=st.integers(0, 1 << 40))
def test_strata_of_a_large_table_are_exact_too(size: int, row: int) -> None:
    rows = (1 << 40) + 1
    (at,) = Stratified(stream("large"), rows, size).index(scattered([row])).tolist()
    assert (row * size // rows) - rows // (1 << 32) - 1 <= at <= (row + 1) * size // rows + 1
    assert at < size


def test_the_first_and_the_last_index_come_out() -> None:
    index = Stratified(stream("ends"), 1000, 700).index(Rows.run(0, 1000))
    counts = np.bincount(index.astype(np.int64), minlength=700)
    assert len(counts) == 700
    assert set(counts) == {1, 2}


@given(rows=st.integers(1, 5000), width=st.integers(1, 6000))
def test_windows_are_permutations_of_bounded_reach(rows: int, width: int) -> None:
    width = min(width, rows)
    moved = Windows(rows, width, stream("order"), stream("turn")).index(Rows.run(0, rows)).astype(np.int64)
    assert sorted(moved.tolist()) == list(range(rows))
    assert np.abs(moved - np.arange(rows)).max() < width


@pytest.mark.parametrize("width", [2, 100, 70_000])
def test_windows_reach_as_far_as_they_may_and_differ(width: int) -> None:
    windows = Windows(40 * width + 1, width, stream("order"), stream("turn"))
    moved = windows.index(Rows.run(0, 40 * width)).astype(np.int64).reshape(40, width)
    places = moved - width * np.arange(40)[:, None]
    assert np.abs(places - np.arange(width)).max() > 0.8 * width - 1
    assert len({tuple(row[:50]) for row in places.tolist()}) >= min(width, 30)
    # every place of a window is reached from every other: no row is more at home than another
    assert abs(places[:, 0].mean() - (width - 1) / 2) < 0.25 * width


@pytest.mark.parametrize("scatter", [False, True])
def test_siblings_share_out_the_whole_span_in_their_order(scatter: bool) -> None:
    grouping = Counted(np.array([0, 1, 1, 4, 10, 10, 1010], dtype=np.uint64))
    rows = scattered(range(1010)) if scatter else Rows.run(0, 1010)
    positions = AmongSiblings(stream("siblings"), grouping).index(rows)
    for low, high in ((0, 1), (1, 4), (4, 10), (10, 1010)):
        mine, count = positions[low:high].tolist(), high - low
        for ordinal, position in enumerate(mine):
            assert ordinal * 2**64 // count <= position + 2**11
            assert position <= (ordinal + 1) * 2**64 // count
        assert mine == sorted(mine)
    # within its share, every row is anywhere
    inside = (positions[10:].astype(np.float64) / 2**64 * 1000) % 1
    assert abs(inside.mean() - 0.5) < 0.05
    assert abs(inside.std() - 12**-0.5) < 0.02
