"""Keyed bijections of [0, size) with their inverses, in memory that does not depend on the size."""

from collections.abc import Callable

import numpy as np

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, UInts

_Turn = Callable[[UInts], UInts]

MAX_SIZE = (1 << 64) - 1
_TABLE_LIMIT = 256
_ROUNDS = 4
_SMALL_BITS, _SMALL_ROUNDS = 20, 10


class Permutation:
    """A random-looking order of the numbers below `size`, 1 <= size < 2^64.

    Sizes up to 256 are a shuffled table, exact among all orders. Above, a number is mixed within the next
    power of two by rounds of steps that can each be undone (xor a constant, multiply by an odd constant
    modulo 2^k, xor with the own upper half), and mixed again while it lies outside [0, size): cycle walking
    (Black, Rogaway: "Ciphers with arbitrary finite domains", 2002). On average fewer than two turns.
    """

    def __init__(self, size: int, stream: Stream, rounds: int | None = None) -> None:
        """rounds: fewer than usual mix less well, and take less time."""
        if not 1 <= size <= MAX_SIZE:
            raise ValueError(f"a permutation has 1 to 2^64 - 1 elements, not {size}")
        self.size = size
        self._table: UInts | None = None
        if size <= _TABLE_LIMIT:
            self._table = np.argsort(stream.bits(Rows.run(0, size)), kind="stable").astype(np.uint64)
            return
        bits = (size - 1).bit_length()
        self._mask = (1 << bits) - 1
        self._shift = np.uint64((bits + 1) // 2)
        # a small width has few good multipliers, so chance needs more draws to find some
        rounds = rounds or (_SMALL_ROUNDS if bits <= _SMALL_BITS else _ROUNDS)
        words = [stream.word(row) for row in range(2 * rounds)]
        self._adds = [word & self._mask for word in words[::2]]
        self._multipliers = [(word & self._mask) | 1 for word in words[1::2]]
        self._inverses = [pow(odd, -1, self._mask + 1) for odd in self._multipliers]

    def __call__(self, index: UInts) -> UInts:
        """Where each index goes: uint64[n], fresh. Every index must be below size."""
        if self._table is not None:
            return self._table[index.astype(np.intp)]
        return self._walk(self._forward, index)

    def inverse(self, index: UInts) -> UInts:
        """Where each index comes from: uint64[n], fresh."""
        if self._table is not None:
            return np.argsort(self._table).astype(np.uint64)[index.astype(np.intp)]
        return self._walk(self._backward, index)

    def _walk(self, turn: _Turn, index: UInts) -> UInts:
        size = np.uint64(self.size)
        out = turn(index.copy())
        outside = np.flatnonzero(out >= size)
        while len(outside):
            again = turn(out[outside])
            out[outside] = again
            outside = outside[again >= size]
        return out

    def _forward(self, x: UInts) -> UInts:
        mask = np.uint64(self._mask)
        for add, odd in zip(self._adds, self._multipliers, strict=True):
            x ^= np.uint64(add)
            x *= np.uint64(odd)
            x &= mask
            x ^= x >> self._shift
        return x

    def _backward(self, x: UInts) -> UInts:
        mask = np.uint64(self._mask)
        for add, odd in zip(reversed(self._adds), reversed(self._inverses), strict=True):
            x ^= x >> self._shift  # its own inverse, for the shift is at least half the width
            x *= np.uint64(odd)
            x &= mask
            x ^= np.uint64(add)
        return x


_FEISTEL_ROUNDS = 8
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_STIR_1, _STIR_2 = np.uint64(0xD6E8FEB86659FD93), np.uint64(0xCF9BBCA26A8F3E8D)
_HALF = np.uint64(32)


def rearranged(index: UInts, sizes: UInts, words: UInts) -> UInts:
    """Where each index goes within [0, size), under the permutation of that size which a random word names.

    Every element has a size and a word of its own; where both are the same, no two indices go to one place.
    An index is split into two digits of about the root of the size, which are moved in turn by a hash of the
    other one: a Feistel network on mixed radices with cycle walking (Black, Rogaway 2002). Sizes below 2^62.
    """
    across = np.ceil(np.sqrt(sizes.astype(np.float64))).astype(np.uint64)
    across += across * across < sizes
    down = (sizes + across - np.uint64(1)) // across
    out = _feistel(index, across, down, words)
    outside = np.flatnonzero(out >= sizes)
    while len(outside):
        again = _feistel(out[outside], across[outside], down[outside], words[outside])
        out[outside] = again
        outside = outside[again >= sizes[outside]]
    return out


def _feistel(index: UInts, across: UInts, down: UInts, words: UInts) -> UInts:
    left, right = index // down, index % down
    extents = across, down
    word = words.copy()
    for turn in range(_FEISTEL_ROUNDS):
        word += _GOLDEN
        left += _stirred(right + np.uint64(1), word, extents[turn % 2])
        left -= extents[turn % 2] * (left >= extents[turn % 2])
        left, right = right, left
    return left * down + right


def _stirred(digits: UInts, words: UInts, extents: UInts) -> UInts:
    """A hash of a digit under a word, below the extent."""
    digits = digits * _STIR_1
    digits ^= words
    digits ^= digits >> _HALF
    digits *= _STIR_2
    digits ^= digits >> np.uint64(29)
    digits *= _STIR_1
    digits >>= _HALF
    digits *= extents
    digits >>= _HALF
    return digits
