"""Texts of one length in which some characters follow from the others: check digits.

4539 1488 0343 646_     what the other parts have made, with a sign that holds the place
              7         the sum of what each character counts, modulo 10, tells the sign
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import ViewColumn
from dw_simulator.engine.rows import UInts
from dw_simulator.engine.values.base import TextDomain
from dw_simulator.engine.values.facts import Language
from dw_simulator.engine.values.writer import INLINE

Counts = NDArray[np.uint16]
"""uint16[256]: what each byte counts at a place, below the modulus."""


@dataclass(frozen=True, eq=False)
class CheckSum:
    """A check digit, or several: a function of the sum of what the characters of a text count.

    at     where the first one stands, in bytes
    start  what is added to the sum
    counts the places that count, and what each byte counts there
    signs  uint8[modulus, digits]: what is written for every remainder
    """

    at: int
    start: int
    counts: Sequence[tuple[int, Counts]]
    signs: NDArray[np.uint8]

    def put(self, cells: NDArray[np.uint8]) -> None:
        """Write the check digits of texts: uint8[n, length], in place."""
        total = np.full(len(cells), self.start, dtype=np.uint16)
        for place, counts in self.counts:
            total += counts.take(cells[:, place])
        signs = self.signs.take(total % np.uint16(len(self.signs)), axis=0)
        cells[:, self.at : self.at + self.signs.shape[1]] = signs


@dataclass(frozen=True, eq=False)
class Checked(TextDomain):
    """The texts of a domain, all equally long, with check digits in their places.

    No two texts of the domain differ in these places alone.
    """

    inner: TextDomain
    sums: tuple[CheckSum, ...]

    @property
    def size(self) -> int:
        return self.inner.size

    @property
    def natural(self) -> int:
        return self.inner.natural

    @property
    def width(self) -> int:
        return self.inner.width

    def language(self) -> Language | None:
        """The texts one by one; of many, the signs that may stand at each place."""
        listed = super().language()
        inner = None if listed is not None else self.inner.language()
        if inner is None or not all(text.isascii() for part in inner.parts for text in part):
            return listed
        places = [{*signs} for part in inner.parts for signs in zip(*part, strict=True)]
        for one in self.sums:
            for k, signs in enumerate(one.signs.T):
                places[one.at + k] = {chr(sign) for sign in signs.tolist()}
        return Language(tuple(tuple(sorted(signs)) for signs in places))

    def decode(self, index: UInts) -> ViewColumn:
        column = self.inner.decode(index)
        assert isinstance(column, ViewColumn), "texts are written for every row"
        rows = len(column.views)
        if self.width <= INLINE:
            cells = column.views.view(np.uint8).reshape(rows, 16)[:, 4:]
        else:
            cells = column.data.reshape(rows, -1) if rows else column.data.reshape(0, self.width)
        for one in self.sums:
            one.put(cells)
        if self.width > INLINE:
            column.views.view(np.uint8).reshape(rows, 16)[:, 4:8] = cells[:, :4]
        return column
