"""The widest code for keys that overlap: how many digits of which base their columns hold.

A code of `length` digits in a base tells base^length rows apart by any `length` of its points (see
`engine.keys.Coded`). A column whose values are many holds several points, a key needs `length` of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dw_simulator.schema.model import MAX_ROWS

_MOST_POWERS = 12
_NEAR = 64
_LARGEST_BASE = (1 << 31) - 1


@dataclass(frozen=True)
class Code:
    """How many points each column holds."""

    base: int
    length: int
    held: tuple[int, ...]

    @property
    def capacity(self) -> int:
        """How many rows it tells apart."""
        return int(self.base**self.length)


def widest_code(sizes: Sequence[int], keys: Sequence[Sequence[int]], bound: int) -> Code | None:
    """The code of the largest base with room for `bound` rows, else the one with most room.

    sizes  values of each column
    keys   the columns of each key, as positions in `sizes`
    """
    best: Code | None = None
    for base in _bases(sizes):
        code = _code(base, sizes, keys, bound)
        if code is None:
            continue
        if code.capacity >= bound:
            return code
        if best is None or code.capacity > best.capacity:
            best = code
    return best


def _bases(sizes: Sequence[int]) -> list[int]:
    """The greatest bases of which each column holds one digit, two digits, ...; and a few below each."""
    found: set[int] = set()
    for size in sizes:
        for power in range(1, _MOST_POWERS):
            root = min(whole_root(size, power), _LARGEST_BASE)
            found |= set(range(max(root - _NEAR, 2), root + 1))
    return sorted(found, reverse=True)


def _code(base: int, sizes: Sequence[int], keys: Sequence[Sequence[int]], bound: int) -> Code | None:
    """The code of this base with as many digits as there is need and room for."""
    digits = [_digits(size, base) for size in sizes]
    room = min(sum(digits[column] for column in key) for key in keys)
    length = 1
    while base**length < bound and length < room and base ** (length + 1) <= MAX_ROWS:
        length += 1
    held = tuple(min(count, length) for count in digits)
    return Code(base, length, held) if room and sum(held) <= _most_points(base, sum(held)) else None


def _most_points(base: int, wanted: int) -> int:
    """Infinity, and the numbers below the base's least factor: they differ by numbers with an inverse."""
    least = next((factor for factor in range(2, wanted) if base % factor == 0), base)
    return least + 1


def _digits(size: int, base: int) -> int:
    held = 0
    while size >= base:
        size //= base
        held += 1
    return held


def whole_root(size: int, power: int) -> int:
    """The whole part of a root."""
    low, high = 0, 1 << (size.bit_length() // power + 1)
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if pow(middle, power) <= size else (low, middle)
    return low
