"""Permutations: bijections with correct inverses, and orders that look random."""

from collections import Counter
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.selectors.permutation import MAX_SIZE, Permutation

LEAST_P = 1e-4


def permutation(size: int, key: int = 0) -> Permutation:
    return Permutation(size, Stream.named(key, "permutation"))


def image(size: int, key: int = 0) -> np.ndarray:
    return permutation(size, key)(np.arange(size, dtype=np.uint64))


def test_every_small_size_is_a_bijection_with_its_inverse() -> None:
    for size in range(1, 2001):
        numbers = np.arange(size, dtype=np.uint64)
        p = permutation(size, size)
        out = p(numbers)
        assert np.array_equal(np.sort(out), numbers), size
        assert np.array_equal(p.inverse(out), numbers), size
        assert np.array_equal(p(p.inverse(numbers)), numbers), size


@pytest.mark.parametrize("exponent", range(9, 65))
def test_sizes_around_powers_of_two(exponent: int) -> None:
    for size in {(1 << exponent) + d for d in (-3, -2, -1, 0, 1, 2, 3)}:
        if not 1 <= size <= MAX_SIZE:
            continue
        numbers = np.unique(np.array([(size - 1) * k // 499 for k in range(500)], dtype=np.uint64))
        p = permutation(size, exponent)
        out = p(numbers)
        assert int(out.max()) < size
        assert len(np.unique(out)) == len(numbers)
        assert np.array_equal(p.inverse(out), numbers)
        assert np.array_equal(p(p.inverse(numbers)), numbers)


@given(size=st.integers(1, MAX_SIZE), key=st.integers(0, 2**63 - 1), data=st.data())
def test_any_number_of_any_size_comes_back(size: int, key: int, data: st.DataObject) -> None:
    number = np.array([data.draw(st.integers(0, size - 1))], dtype=np.uint64)
    p = permutation(size, key)
    assert p.inverse(p(number)) == number
    assert p(number)[0] < size


@pytest.mark.parametrize("size", [0, -1, 1 << 64])
def test_impossible_sizes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="elements"):
        permutation(size)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_all_orders_of_few_elements_are_equally_likely(size: int) -> None:
    keys = 200 * factorial(size)
    seen = Counter(tuple(image(size, key).tolist()) for key in range(keys))
    counts = [seen[order] for order in permutations(range(size))]
    assert stats.chisquare(counts).pvalue > LEAST_P


@pytest.mark.parametrize("size", [257, 300, 512, 513, 1000])
def test_every_element_goes_everywhere(size: int) -> None:
    """Sizes just above the table's limit are the hardest for the mixer."""
    places = np.array([0, 1, 2, size // 2, size - 1], dtype=np.uint64)
    images = np.array([permutation(size, key)(places) for key in range(4000)])
    for place, seen in zip(places, images.T, strict=True):
        counts = np.bincount(seen.astype(np.int64), minlength=size)
        assert stats.chisquare(counts).pvalue > LEAST_P, place


@pytest.mark.parametrize("size", [257, 300, 1000, 4097])
def test_neighbours_part(size: int) -> None:
    """The distance between the images of neighbours is uniform, modulo the size."""
    distances = np.concatenate([np.diff(image(size, key).astype(np.int64)) % size for key in range(300)])
    groups = np.bincount(distances * 16 // size, minlength=16)
    sizes = np.bincount(np.arange(1, size) * 16 // size, minlength=16)
    assert stats.chisquare(groups, sizes / sizes.sum() * len(distances)).pvalue > LEAST_P


@pytest.mark.parametrize("size", [512, 1000, 1024, 4096, 16_384, 65_536])
def test_no_single_key_is_a_bad_one(size: int) -> None:
    """Each key by itself: the p-values of many keys are those of chance, the least one included."""
    keys, groups = 150, 16
    sizes = np.bincount(np.arange(1, size) * groups // size, minlength=groups) / (size - 1)
    p_values = []
    for key in range(keys):
        distances = np.diff(image(size, key).astype(np.int64)) % size
        counts = np.bincount(distances * groups // size, minlength=groups)
        p_values.append(stats.chisquare(counts, sizes * (size - 1)).pvalue)
    assert min(p_values) > LEAST_P / keys * 10
    assert (np.array(p_values) < 0.01).sum() < 10


@pytest.mark.parametrize("size", [50, 257, 1000, 5000])
def test_as_many_fixed_points_as_chance_leaves(size: int) -> None:
    keys = 2000
    fixed = sum(int((image(size, key) == np.arange(size, dtype=np.uint64)).sum()) for key in range(keys))
    assert abs(fixed - keys) < 4.5 * np.sqrt(keys)


@pytest.mark.parametrize("size", [300, 1000, 100_003])
def test_no_trend_from_number_to_image(size: int) -> None:
    correlations = [stats.pearsonr(np.arange(size), image(size, key)).statistic for key in range(200)]
    # under independence the correlation of n numbers has a standard deviation of 1 / sqrt(n - 1)
    assert stats.kstest(np.array(correlations) * np.sqrt(size - 1), "norm").pvalue > LEAST_P
