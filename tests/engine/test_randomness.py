"""Streams: uniform, and independent across rows, columns, tables, purposes and seeds."""

import numpy as np
import pytest
from scipy import stats
from tests.support import scattered

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows

N = 1 << 20
# every statistic below is one fixed draw; a p-value this small would be a defect, not bad luck
LEAST_P = 1e-4


def bits(*names: str, seed: int = 1, start: int = 0, count: int = N) -> np.ndarray:
    return Stream.named(seed, *names).bits(Rows.run(start, start + count))


def normal_p(statistic: float) -> float:
    return float(2 * stats.norm.sf(abs(statistic)))


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
@pytest.mark.parametrize("shift", range(0, 64, 8))
def test_every_byte_is_uniform(seed: int, shift: int) -> None:
    counts = np.bincount((bits("t", "c", seed=seed) >> np.uint64(shift)) & np.uint64(0xFF), minlength=256)
    assert stats.chisquare(counts).pvalue > LEAST_P


def test_every_bit_is_fair() -> None:
    words = bits("t", "c").view(np.uint8)
    ones = np.unpackbits(words.reshape(N, 8), axis=1).sum(axis=0)
    assert max(abs(ones - N / 2)) / np.sqrt(N / 4) < 4.5


def test_neighbouring_rows_are_independent() -> None:
    words = bits("t", "c")
    for lag in (1, 2, 3, 64, 1024):
        differing = np.bitwise_count(words[lag:] ^ words[:-lag]).astype(np.int64)
        count = len(differing)
        assert normal_p((differing.sum() - 32 * count) / np.sqrt(16 * count)) > LEAST_P


def test_pairs_of_neighbouring_rows_fill_the_plane() -> None:
    words = bits("t", "c") >> np.uint64(59)
    counts = np.bincount((words[0::2] << np.uint64(5)) | words[1::2], minlength=1024)
    assert stats.chisquare(counts).pvalue > LEAST_P


NAMES = {
    "another column": ("t", "d", "value"),
    "another table": ("u", "c", "value"),
    "another purpose": ("t", "c", "null"),
    "the parts moved": ("tc", "", "value"),
    "parts run together": ("t", "cvalue"),
}


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES.keys())
def test_streams_of_other_names_are_independent(names: tuple[str, ...]) -> None:
    ours, theirs = bits("t", "c", "value"), bits(*names)
    assert not np.intersect1d(ours[:100_000], theirs[:100_000]).size
    differing = np.bitwise_count(ours ^ theirs).astype(np.int64)
    assert normal_p((differing.sum() - 32 * N) / np.sqrt(16 * N)) > LEAST_P
    joint = np.bincount(((ours >> np.uint64(59)) << np.uint64(5)) | (theirs >> np.uint64(59)), minlength=1024)
    assert stats.chisquare(joint).pvalue > LEAST_P


@pytest.mark.parametrize("other", [0, 2, 3, 1 << 32, -1 & (2**63 - 1)])
def test_streams_of_other_seeds_are_independent(other: int) -> None:
    ours, theirs = bits("t", "c", seed=1), bits("t", "c", seed=other)
    for lag in (0, 1, 5):
        differing = np.bitwise_count(ours[lag:] ^ theirs[: N - lag]).astype(np.int64)
        count = len(differing)
        assert normal_p((differing.sum() - 32 * count) / np.sqrt(16 * count)) > LEAST_P


def test_a_changed_bit_of_the_row_changes_half_of_the_bits() -> None:
    rows = np.arange(4096, dtype=np.uint64) * np.uint64(0x9E37_79B9)
    stream = Stream.named(5, "t", "c")
    before = stream.bits(scattered(rows))
    for bit in range(63):
        changed = stream.bits(scattered(rows ^ np.uint64(1 << bit)))
        mean = np.bitwise_count(before ^ changed).mean()
        assert abs(mean - 32) < 4.5 * 4 / np.sqrt(4096), f"row bit {bit}"


def test_halves_are_uniform_and_independent_of_each_other() -> None:
    halves = Stream.named(1, "t", "c").halves(Rows.run(0, N))
    assert stats.chisquare(np.bincount(halves >> 24, minlength=256)).pvalue > LEAST_P
    pairs = ((halves[0::2] >> 27).astype(np.int64) << 5) | (halves[1::2] >> 27)
    assert stats.chisquare(np.bincount(pairs, minlength=1024)).pvalue > LEAST_P


def test_halves_do_not_depend_on_where_a_run_starts() -> None:
    stream = Stream.named(1, "t", "c")
    whole = stream.halves(Rows.run(0, 1000))
    for start, stop in [(0, 1), (1, 2), (1, 1000), (7, 8), (998, 999), (3, 3)]:
        assert np.array_equal(stream.halves(Rows.run(start, stop)), whole[start:stop])
    assert np.array_equal(stream.halves(scattered(np.arange(999, -1, -1))), whole[::-1])


def test_the_mixer_is_the_published_one() -> None:
    """The same words by plain Python integers."""
    mask, stream = (1 << 64) - 1, Stream.named(9, "a", "b")

    def word(row: int) -> int:
        z = (stream.start + row * 0x9E37_79B9_7F4A_7C15) & mask
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9 & mask
        z ^= stream.tweak
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB & mask
        return z ^ (z >> 31)

    rows = [0, 1, 2, 1000, 10**12, 2**62]
    assert stream.bits(scattered(rows)).tolist() == [word(row) for row in rows]
    assert stream.word(1000) == word(1000)
