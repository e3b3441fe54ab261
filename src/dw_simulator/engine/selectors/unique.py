"""Selectors that never repeat: what uniqueness is made of.

A unique column is a bijection from row number to value: a selector from here, and a domain that gives
each index its own value. A composite key is one index split into digits, a digit for each of its parts;
keys that overlap take their digits from a code in which any sufficient choice of digits tells rows apart.
"""

from dataclasses import dataclass

import numpy as np

from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.permutation import MAX_SIZE, Permutation


@dataclass(frozen=True, eq=False)
class RowNumber(Selector):
    """The row number itself: plain sequences."""

    size: int

    @property
    def tells_apart(self) -> bool:
        return True

    @property
    def counts(self) -> bool:
        return True

    @property
    def rises(self) -> bool:
        return True

    def without(self, _places: UInts, /) -> "RowNumber":
        return self  # rows go on behind the last value

    def index(self, rows: Rows) -> UInts:
        return rows.numbers.copy()


@dataclass(frozen=True, eq=False)
class Permuted(Selector):
    """Row numbers in random order, `base` of them at a time.

    Rows 0 to base - 1 take the indices below base, the next base rows the indices after those, and so on.
    Since base is a property of the domain, not of the table, a table that grows keeps its first rows.
    """

    permutation: Permutation
    size: int

    @property
    def tells_apart(self) -> bool:
        return True

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
class Digit(Selector):
    """One digit of another selector's index, in mixed radix: index // divisor % size."""

    whole: Selector
    divisor: int
    size: int

    def index(self, rows: Rows) -> UInts:
        digit = rows.through(self.whole).numbers // np.uint64(self.divisor)
        digit %= np.uint64(self.size)
        return digit


@dataclass(frozen=True, eq=False)
class DigitSum(Selector):
    """The sum of both digits of another selector's index, modulo a size that is neither's below.

    With one of the digits it tells the other, so that any two of the three tell the index.
    """

    whole: Selector
    radix: int
    size: int

    def index(self, rows: Rows) -> UInts:
        whole = rows.through(self.whole).numbers
        total = whole // np.uint64(self.radix)
        total += whole % np.uint64(self.radix)
        total %= np.uint64(self.size)
        return total


@dataclass(frozen=True, eq=False)
class Shuffled(Selector):
    """Another selector's index, permuted."""

    inner: Selector
    permutation: Permutation

    @property
    def size(self) -> int:
        return self.permutation.size

    def index(self, rows: Rows) -> UInts:
        return self.permutation(rows.through(self.inner).numbers)


INFINITY = -1
"""The point at which a polynomial has its leading coefficient for a value."""


@dataclass(frozen=True, eq=False)
class Coded(Selector):
    """Some combinations of another selector's digits, in a prime base.

    The digits of the index are the coefficients of a polynomial; each point gives one digit of the result,
    the polynomial's value there. As many values as there are coefficients determine the polynomial, so any
    columns that hold so many points between them tell all indices apart (Reed, Solomon: "Polynomial codes
    over certain finite fields", 1960). This needs points that differ by numbers with an inverse modulo the
    base; the value at INFINITY is the leading coefficient.

    base    below 2^31
    length  digits of the index
    """

    whole: Selector
    base: int
    length: int
    points: tuple[int, ...]

    @property
    def size(self) -> int:
        return int(self.base ** len(self.points))

    def index(self, rows: Rows) -> UInts:
        base = np.uint64(self.base)
        coefficients = rows.once((self.whole, self.base), lambda: self._digits(rows))
        index = np.zeros(len(rows), dtype=np.uint64)
        for point in self.points:
            index *= base
            index += self._value(coefficients, point)
        return index

    def _value(self, coefficients: list[UInts], point: int) -> UInts:
        if point == INFINITY:
            return coefficients[0]
        value = coefficients[0].copy()
        for coefficient in coefficients[1:]:
            value *= np.uint64(point)
            value += coefficient
            value %= np.uint64(self.base)
        return value

    def _digits(self, rows: Rows) -> list[UInts]:
        left = rows.through(self.whole).numbers
        found = []
        for _digit in range(self.length):
            found.append(left % np.uint64(self.base))
            left = left // np.uint64(self.base)
        return found


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
