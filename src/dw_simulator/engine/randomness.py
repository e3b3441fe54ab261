"""Named streams of random bits, addressed by row number.

A stream's bits at a row depend on the stream's name and the row alone: no state, no order. The mixer is
the finalizer of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014)
with Stafford's thirteenth set of constants, over a Weyl sequence of the row number, with a second key
word between its rounds so that streams are not shifts of one another.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.rows import BLOCK, Rows, UInts
from dw_simulator.engine.scratch import working

_WORD = (1 << 64) - 1
WEYL = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio, odd
_RAMP = np.arange(BLOCK, dtype=np.uint64) * np.uint64(WEYL)
_MULTIPLIER_1 = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLIER_2 = np.uint64(0x94D049BB133111EB)
_SHIFT_1, _SHIFT_2, _SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)
_ONE = np.uint64(1)
_SHIFTED = 5
"""The working array of the mixer: its callers use those before it."""


@dataclass(frozen=True)
class Stream:
    """A stream of bits under a 128-bit key.

    Two streams of different names are independent; `purpose` separates the uses within one column.
    """

    start: int
    tweak: int

    @classmethod
    def named(cls, seed: int, *names: str) -> "Stream":
        """The stream of a seed and a name of several parts: table, column, purpose.

        Each part enters the hash with its length, so ("ab", "c") and ("a", "bc") differ.
        """
        digest = blake2b(digest_size=16, person=b"dw-simulator")
        for part in (str(seed), *names):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "little") + data)
        key = digest.digest()
        return cls(int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little"))

    def bits(self, rows: Rows) -> UInts:
        """64 random bits for each row: uint64[n], fresh."""
        if rows.contiguous:
            return self._run(rows.start, len(rows))
        words = rows.numbers * np.uint64(WEYL)
        words += np.uint64(self.start)
        return self._mix(words)

    def halves(self, rows: Rows) -> NDArray[np.uint32]:
        """32 random bits for each row: uint32[n], at half the cost of `bits` for a run of rows.

        Row r takes one half of word r // 2 of the stream, so a stream serves either `bits` or `halves`.
        """
        if rows.contiguous:
            first = rows.start // 2
            words = self._run(first, (rows.stop + 1) // 2 - first)
            return words.astype("<u8", copy=False).view("<u4")[rows.start % 2 :][: len(rows)]
        words = (rows.numbers >> _ONE) * np.uint64(WEYL)
        words += np.uint64(self.start)
        words = self._mix(words)
        words >>= (rows.numbers & _ONE) << np.uint64(5)
        return words.astype(np.uint32)

    def word(self, row: int) -> int:
        """The 64 bits of one row, as a Python integer."""
        return int(self._run(row, 1)[0])

    def _run(self, first: int, count: int) -> UInts:
        words = np.empty(count, dtype=np.uint64)
        for low in range(0, count, BLOCK):
            block = words[low : low + BLOCK]
            offset = (self.start + (first + low) * WEYL) & _WORD
            np.add(_RAMP[: len(block)], np.uint64(offset), out=block)
        return self._mix(words)

    def _mix(self, words: UInts) -> UInts:
        """Full avalanche, in place, a cache-sized block at a time."""
        tweak = np.uint64(self.tweak)
        for low in range(0, len(words), BLOCK):
            block = words[low : low + BLOCK]
            shifted = working(_SHIFTED, len(block))
            np.right_shift(block, _SHIFT_1, out=shifted)
            np.bitwise_xor(block, shifted, out=block)
            np.multiply(block, _MULTIPLIER_1, out=block)
            np.bitwise_xor(block, tweak, out=block)
            np.right_shift(block, _SHIFT_2, out=shifted)
            np.bitwise_xor(block, shifted, out=block)
            np.multiply(block, _MULTIPLIER_2, out=block)
            np.right_shift(block, _SHIFT_3, out=shifted)
            np.bitwise_xor(block, shifted, out=block)
        return words
