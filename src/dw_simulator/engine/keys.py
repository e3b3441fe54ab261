"""Selectors that never repeat: what uniqueness is made of.

A unique column is a bijection from row number to value: a selector from here, and a domain that gives
each index its own value. A composite key is one index split into digits, a digit for each of its parts.
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from dw_simulator.engine.permutation import MAX_SIZE, Permutation
from dw_simulator.engine.rows import Rows, Selector, UInts


@dataclass(frozen=True, eq=False)
class RowNumber:
    """The row number itself: plain sequences."""

    size: int

    def index(self, rows: Rows) -> UInts:
        return rows.numbers.copy()


@dataclass(frozen=True, eq=False)
class Permuted:
    """Row numbers in random order, `base` of them at a time.

    Rows 0 to base - 1 take the indices below base, the next base rows the indices after those, and so on.
    Since base is a property of the domain, not of the table, a table that grows keeps its first rows.
    """

    permutation: Permutation
    size: int

    def index(self, rows: Rows) -> UInts:
        base = self.permutation.size
        if self.size <= base or (rows.contiguous and rows.stop <= base):
            return self.permutation(rows.numbers)
        turn = rows.numbers // np.uint64(base)
        turn *= np.uint64(base)
        index = self.permutation(rows.numbers - turn)
        index += turn
        return index


@dataclass(frozen=True, eq=False)
class Digit:
    """One digit of another selector's index, in mixed radix: index // divisor % size."""

    whole: Selector
    divisor: int
    size: int

    def index(self, rows: Rows) -> UInts:
        digit = rows.through(self.whole).numbers // np.uint64(self.divisor)
        digit %= np.uint64(self.size)
        return digit


@dataclass(frozen=True, eq=False)
class Dealt:
    """Rows dealt evenly to parents, in order: row r belongs to parent r * parents // rows.

    The rows of one parent stand together, and every parent has as many as any other, give or take one.
    (Where rows times parents is beyond 2^64, parents are filled one by one, and the last may stay empty.)
    """

    rows: int
    size: int

    def index(self, rows: Rows) -> UInts:
        if self.rows * self.size <= MAX_SIZE:
            index = rows.numbers * np.uint64(self.size)
            index //= np.uint64(self.rows)
            return index
        return rows.numbers // np.uint64(-(-self.rows // self.size))

    def first(self, parents: UInts) -> UInts:
        """The first row of each parent."""
        if self.rows * self.size <= MAX_SIZE:
            return (parents * np.uint64(self.rows) + np.uint64(self.size - 1)) // np.uint64(self.size)
        return parents * np.uint64(-(-self.rows // self.size))


@dataclass(frozen=True, eq=False)
class Ordinal:
    """A row's place among the rows of its parent, from 0."""

    dealt: Dealt

    @property
    def size(self) -> int:
        return -(-self.dealt.rows // self.dealt.size)

    def index(self, rows: Rows) -> UInts:
        return rows.numbers - self.dealt.first(rows.through(self.dealt).numbers)


@dataclass(frozen=True, eq=False)
class Shuffled:
    """Another selector's index, permuted."""

    inner: Selector
    permutation: Permutation

    @property
    def size(self) -> int:
        return self.permutation.size

    def index(self, rows: Rows) -> UInts:
        return self.permutation(rows.through(self.inner).numbers)


def radix_split(sizes: list[int], rows: int) -> tuple[list[int], int]:
    """Which parts of a composite key carry its uniqueness, and how many tuples they have.

    All parts do, in their order, as long as the product stays below 2^64; parts beyond that are left free,
    for a tuple is unique as soon as some of its parts are.
    """
    carriers: list[int] = []
    capacity = 1
    for part, size in enumerate(sizes):
        if capacity * size <= MAX_SIZE:
            carriers.append(part)
            capacity *= size
    if capacity < rows and len(carriers) < len(sizes):  # a part too wide to share a word carries alone
        widest = max(range(len(sizes)), key=sizes.__getitem__)
        return [widest], min(sizes[widest], MAX_SIZE)
    return carriers, capacity


def digits(whole: Selector, sizes: list[int]) -> list[Digit]:
    """A selector for each part; the last part runs fastest."""
    divisors = [prod(sizes[part + 1 :]) for part in range(len(sizes))]
    return [Digit(whole, divisor, size) for divisor, size in zip(divisors, sizes, strict=True)]
