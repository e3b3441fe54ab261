"""Lists, structs and maps, made of columns of their own.

An element of a list is a row of its own: that of place p below row r has number r * capacity + p, where the
capacity is the greatest length. So an element is a function of its row as every value is, and a row has its
elements whichever rows are asked with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, ListColumn, StructColumn, offsets_of
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.sampling import Uniform
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.merging import joined

_ELEMENTS = 1 << 20
"""So many elements are made at a time."""
_LEAST_WIDTH = 8


def _width(kernel: Kernel) -> int:
    """Bytes that a value may take."""
    return max(kernel.facts.width, _LEAST_WIDTH)


@dataclass(frozen=True, eq=False)
class Lists(Kernel):
    """Lists of `least` to `capacity` elements, each length equally likely.

    lengths  how many more than `least` a row has; None where all have `capacity`
    """

    element: Kernel
    least: int
    capacity: int
    lengths: Uniform | None = None

    @cached_property
    def facts(self) -> Facts:
        return Facts(width=self.capacity * _width(self.element))

    def values(self, rows: Rows) -> Column:
        if self.lengths is None:
            return self._of_one_length(rows)
        lengths = self.lengths.index(rows).astype(np.int64) + self.least
        firsts = rows.numbers * np.uint64(self.capacity)
        pieces = [self.element.values(_counted(firsts[some], lengths[some])) for some in self._steps(rows)]
        return ListColumn(offsets_of(lengths), joined(pieces))

    def _of_one_length(self, rows: Rows) -> ListColumn:
        """The elements of a run of rows are a run of elements."""
        count = self.capacity
        if rows.contiguous:
            spans = [(rows.start + some.start, rows.start + some.stop) for some in self._steps(rows)]
            runs = [Rows.run(start * count, min(stop, rows.stop) * count) for start, stop in spans]
        else:
            every = np.full(len(rows), count, dtype=np.int64)
            firsts = rows.numbers * np.uint64(count)
            runs = [_counted(firsts[some], every[some]) for some in self._steps(rows)]
        offsets = np.arange(0, len(rows) * count + 1, count, dtype=np.int64)
        return ListColumn(offsets.astype(np.int32), joined([self.element.values(run) for run in runs]))

    def _steps(self, rows: Rows) -> Iterator[slice]:
        """Rows whose elements are made together."""
        step = max(_ELEMENTS // self.capacity, 1)
        return (slice(start, start + step) for start in range(0, max(len(rows), 1), step))


def _counted(firsts: UInts, lengths: NDArray[np.int64]) -> Rows:
    """So many rows from each of some on."""
    owners = np.repeat(np.arange(len(firsts)), lengths)
    ends = np.cumsum(lengths)
    places = np.arange(len(owners)) - np.repeat(ends - lengths, lengths)
    return Rows.at(firsts[owners] + places.astype(np.uint64))


@dataclass(frozen=True, eq=False)
class Maps(Kernel):
    """Maps of up to as many entries as there are keys: the first of these, as many as a row has.

    keys    texts or numbers that differ, those that most rows have first
    value   the values of entries, whose rows are numbered as those of lists are
    """

    keys: Column
    value: Kernel
    least: int
    lengths: Uniform

    @cached_property
    def facts(self) -> Facts:
        return Facts(width=len(self.keys) * (_width(self.value) + _LEAST_WIDTH))

    def values(self, rows: Rows) -> Column:
        lists = Lists(self.value, self.least, len(self.keys), self.lengths).values(rows)
        assert isinstance(lists, ListColumn), "lists are columns of lists"
        lengths = np.diff(lists.offsets)
        owners = np.repeat(lists.offsets[:-1], lengths)
        places = np.arange(len(owners), dtype=np.int64) - owners
        entries = StructColumn((self.keys.at(places), lists.elements))
        return ListColumn(lists.offsets, entries)


@dataclass(frozen=True, eq=False)
class Structs(Kernel):
    """One value of several fields, each of which is a column of its own."""

    fields: tuple[Kernel, ...]

    @cached_property
    def facts(self) -> Facts:
        return Facts(width=sum(map(_width, self.fields)))

    def values(self, rows: Rows) -> Column:
        return StructColumn(tuple(field.values(rows) for field in self.fields))
