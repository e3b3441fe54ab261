"""Selectors: the right weights, exactly where that is promised, and no index out of range."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dw_simulator.engine import distributions
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.sampling import (
    Alias,
    Chance,
    Slots,
    Uniform,
    Zipf,
    multiply_high,
    steady,
    weighted,
)

N = 1_000_000
LEAST_P = 1e-4


def stream(*names: str) -> Stream:
    return Stream.named(3, "sampling", *names)


@given(words=st.lists(st.integers(0, 2**64 - 1), min_size=1), size=st.integers(1, 2**64))
def test_multiply_high_is_exact(words: list[int], size: int) -> None:
    out = multiply_high(np.array(words, dtype=np.uint64), size)
    assert out.tolist() == [word * size >> 64 for word in words]


@pytest.mark.parametrize("size", [1, 2, 3, 10, 100, 1461, 1 << 16, (1 << 16) + 1])
def test_uniform_is_uniform(size: int) -> None:
    index = Uniform(stream("uniform"), size).index(Rows.run(0, N))
    counts = np.bincount(index.astype(np.int64), minlength=size)
    assert len(counts) == size
    if size > 1:
        assert stats.chisquare(counts).pvalue > LEAST_P


@pytest.mark.parametrize("size", [10**7, 2**33 + 5, 2**63 + 1, 2**64 - 1, 2**64])
def test_wide_uniform_is_uniform(size: int) -> None:
    index = Uniform(stream("wide"), size).index(Rows.run(0, N))
    assert int(index.max()) < size
    assert stats.kstest(index.astype(np.float64) / size, "uniform").pvalue > LEAST_P


WEIGHTS: dict[str, list[float]] = {
    "percentages": [40, 15, 12, 10, 8, 7, 5, 3],
    "thirds": [1 / 3, 1 / 3, 1 / 3],
    "with a zero": [0.5, 0, 0.5],
    "one": [7],
    "odd": [0.1234567, 3.14159, 2.71828, 1e-3],
    "many": [1 / (k + 1) for k in range(2000)],
}


@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS.keys())
def test_weights_are_kept(weights: list[float]) -> None:
    selector = weighted(stream("weighted"), weights)
    assert selector.size == len(weights)
    counts = np.bincount(selector.index(Rows.run(0, N)).astype(np.int64), minlength=len(weights))
    expected = np.array(weights) / sum(weights) * N
    assert not counts[expected == 0].any()
    if len(weights) > 1:
        assert stats.chisquare(counts[expected > 0], expected[expected > 0]).pvalue > LEAST_P


def test_whole_percentages_are_exact_by_construction() -> None:
    slots = weighted(stream("slots"), [60, 18, 10, 8, 4])
    assert isinstance(slots, Slots)
    shares = np.bincount(slots.slots.astype(np.int64)) / len(slots.slots)
    assert shares.tolist() == [0.6, 0.18, 0.1, 0.08, 0.04]


def test_an_alias_table_adds_up_to_its_weights() -> None:
    weights = np.array(WEIGHTS["odd"])
    alias = weighted(stream("alias"), weights)
    assert isinstance(alias, Alias)
    mass = alias.thresholds / 2**32
    for cell, target in enumerate(alias.aliases.tolist()):
        mass[target] += 1 - alias.thresholds[cell] / 2**32
    assert np.allclose(mass / alias.size, weights / weights.sum(), atol=2**-31)


@pytest.mark.parametrize("probability", [0.0, 1e-4, 0.05, 0.5, 0.999, 1.0])
def test_chance(probability: float) -> None:
    hits = int(Chance(stream("chance"), probability).hits(Rows.run(0, N)).sum())
    if probability in (0.0, 1.0):
        assert hits == probability * N
    else:
        assert stats.binomtest(hits, N, probability).pvalue > LEAST_P


@pytest.mark.parametrize("s", [0.5, 1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("size", [10, 1000, 1 << 16, 1_000_000, 10**12])
def test_zipf_is_zipf(s: float, size: int) -> None:
    index = Zipf.of(stream("zipf"), stream("tail"), size, s).index(Rows.run(0, N)).astype(np.float64)
    assert index.max() < size
    edges = np.unique(np.floor(np.geomspace(1, size + 1, 60)))
    counts = np.histogram(index + 1, bins=edges)[0]
    expected = np.array([_zipf_mass(low, high, s) for low, high in itertools.pairwise(edges)])
    expected *= N / expected.sum()
    kept = expected >= 5
    counts, expected = (
        np.append(counts[kept], counts[~kept].sum()),
        np.append(expected[kept], expected[~kept].sum()),
    )
    usable = expected > 0
    assert stats.chisquare(counts[usable], expected[usable]).pvalue > LEAST_P


def _zipf_mass(low: float, high: float, s: float) -> float:
    """Sum of k^-s for low <= k < high: term by term, or by Euler and Maclaurin where k is large."""
    if high <= 200_000:
        return float((np.arange(low, high) ** -s).sum())
    if low < 200_000:
        return _zipf_mass(low, 200_000, s) + _zipf_mass(200_000, high, s)
    a, b = low - 0.5, high - 0.5
    return float(np.log(b / a)) if s == 1 else float((b ** (1 - s) - a ** (1 - s)) / (1 - s))


def test_steady_forgets_the_last_bits() -> None:
    values = np.array([0.1, 1 / 3, -2.5e300, 7e-300])
    nudged = np.nextafter(values, np.inf)
    assert np.array_equal(steady(values), steady(nudged))
    assert np.allclose(steady(values), values, rtol=2**-32, atol=0)


def test_a_quantile_table_can_be_asked_for_a_position() -> None:
    table = distributions.normal(5, 2).table(Stream.named(1, "at"), -100, 100)
    edges = [0, 1, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 2, 2**64 - 1]
    positions = np.array(sorted([*range(0, 2**64, 2**64 // 10_007), *edges]), dtype=np.uint64)
    values = table.at(positions)
    assert (np.diff(values) >= 0).all()
    shares = positions.astype(np.float64) / 2.0**64
    inner = (shares > 1e-6) & (shares < 1 - 1e-6)
    assert np.abs(stats.norm(5, 2).cdf(values) - shares)[inner].max() < 1e-4
    assert positions[0] == 0, "positions are not overwritten"
