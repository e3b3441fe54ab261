"""Faults on purpose: in an exact number of rows, another value than the right one.

A permutation of the table's rows says which rows a fault hits: those it takes to a run of numbers, as long as
the fault has rows. Faults of one table have runs of their own, so that no row is hit twice, and each row of a
fault has a number from 0 on. Only files show what is wrong: references, look-ups and derived columns see the
right values.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.permutation import Permutation
from dw_simulator.engine.selectors.sampling import multiply_high
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.decimals import widen
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.merging import as_views, merged
from dw_simulator.engine.values.text import views_of

MOJIBAKE = "\u00c3\u00a9"
"""What is left of an e with an accent whose UTF-8 was read as Latin-1."""
_MARK = np.frombuffer(MOJIBAKE.encode(), dtype=np.uint8)
_INLINE = 12


@dataclass(frozen=True, eq=False)
class Marks:
    """The rows that a fault hits: those that the order takes to [first, first + count)."""

    order: Permutation
    first: int
    count: int

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        """bool[n], fresh."""
        return self._numbers(rows) < np.uint64(self.count)

    def places(self, rows: Rows) -> tuple[NDArray[np.intp], UInts]:
        """(where in the batch, the row's number within the fault) of every row that is hit."""
        numbers = self._numbers(rows)
        at = np.flatnonzero(numbers < np.uint64(self.count))
        return at, numbers[at]

    def _numbers(self, rows: Rows) -> UInts:
        order: UInts = rows.once(self.order, lambda: self.order(rows.numbers))
        return order - np.uint64(self.first)  # below `first` it wraps to beyond any count


class Spoiler(ABC):
    """What a fault makes of the rows it hits."""

    @property
    def width(self) -> int:
        """Bytes of the longest text or byte string that it makes; 0 for none."""
        return 0

    @abstractmethod
    def spoilt(self, rows: Rows, numbers: UInts, right: Column) -> Column:
        """The wrong values of some rows, all of which are hit.

        numbers  of the rows within the fault; right: the values they would have
        """


@dataclass(frozen=True, eq=False)
class Spoilt(Kernel):
    """Another kernel's values, but for the rows that a fault hits.

    sound     the kernel without the NULLs that rows have of their own: a fault is never NULL
    made      whether the fault makes text of its own, which is in no pool
    """

    kernel: Kernel
    sound: Kernel
    marks: Marks
    spoiler: Spoiler
    made: bool = False

    @cached_property
    def facts(self) -> Facts:
        right = self.kernel.facts
        distinct = None if right.distinct is None else right.distinct + self.marks.count
        width = max(right.width, self.spoiler.width)
        return Facts(distinct=distinct, nullable=right.nullable, width=width, movable=False)

    def values(self, rows: Rows) -> Column:
        right = rows.once(self.kernel, lambda: self.kernel.values(rows))
        if self.made:
            right = as_views(right)
        at, numbers = self.marks.places(rows)
        if not len(at):
            return right
        hit = Rows.at(rows.numbers[at])
        wrong = self.spoiler.spoilt(hit, numbers, self.sound.values(hit))
        return merged([right, wrong], [np.arange(len(rows)), at])


@dataclass(frozen=True, eq=False)
class Repeated(Spoiler):
    """Duplicates: what stands in another row, each of which is repeated once.

    first  the number, in the fault's order, of the first row that is repeated
    """

    kernel: Kernel
    order: Permutation
    first: int

    @property
    def width(self) -> int:
        return self.kernel.facts.width

    def spoilt(self, _rows: Rows, numbers: UInts, _right: Column) -> Column:
        return self.kernel.values(Rows.at(self.order.inverse(numbers + np.uint64(self.first))))


@dataclass(frozen=True, eq=False)
class Cycled(Selector):
    """`first`, `first + 1`, ..., `spare` of them over and over, by row number."""

    first: int
    spare: int

    @property
    def size(self) -> int:
        return self.first + self.spare

    def index(self, rows: Rows) -> UInts:
        return rows.numbers % np.uint64(self.spare) + np.uint64(self.first)


@dataclass(frozen=True, eq=False)
class Elsewhere(Spoiler):
    """Values of a kernel that gives what no right row has: orphans."""

    kernel: Kernel

    @property
    def width(self) -> int:
        return self.kernel.facts.width

    def spoilt(self, _rows: Rows, numbers: UInts, _right: Column) -> Column:
        return self.kernel.values(Rows.at(numbers))


@dataclass(frozen=True, eq=False)
class AsIs(Spoiler):
    """The right values, where they would be NULL."""

    def spoilt(self, _rows: Rows, _numbers: UInts, right: Column) -> Column:
        return right


@dataclass(frozen=True, eq=False)
class Ladder(Spoiler):
    """Numbers beyond a bound: first, first + step, ..., `rungs` of them over and over, in storage units."""

    first: float
    step: float
    rungs: int

    def spoilt(self, _rows: Rows, numbers: UInts, right: Column) -> Column:
        assert isinstance(right, FixedColumn), "only numbers and times have a range"
        rung = (numbers % np.uint64(self.rungs)).view(np.int64)
        if right.values.dtype.kind == "f":
            return FixedColumn((rung * self.step + self.first).astype(right.values.dtype))
        whole = rung * np.int64(self.step) + np.int64(self.first)
        return FixedColumn(widen(whole) if right.values.ndim == 2 else whole.astype(right.values.dtype))


@dataclass(frozen=True, eq=False)
class Belated(Spoiler):
    """Moments more than half and at most the whole of a span before the right one, in storage units."""

    stream: Stream
    span: int

    def spoilt(self, rows: Rows, _numbers: UInts, right: Column) -> Column:
        assert isinstance(right, FixedColumn), "moments are of fixed width"
        back = multiply_high(self.stream.bits(rows), self.span - self.span // 2).view(np.int64)
        late = right.values.astype(np.int64) - back - np.int64(self.span // 2 + 1)
        return FixedColumn(late.astype(right.values.dtype), right.valid)


@dataclass(frozen=True, eq=False)
class Truncated(Spoiler):
    """The first half of a text, whole characters of it."""

    def spoilt(self, _rows: Rows, _numbers: UInts, right: Column) -> Column:
        starts, lengths, data = _stretches(right)
        return views_of(data, starts, _boundary(data, starts, lengths // 2, lengths))


@dataclass(frozen=True, eq=False)
class Garbled(Spoiler):
    """Text with the remains of a wrong decoding in its middle; what gets too long loses its end."""

    longest: int

    @property
    def width(self) -> int:
        return self.longest

    def spoilt(self, _rows: Rows, _numbers: UInts, right: Column) -> Column:
        starts, lengths, data = _stretches(right)
        room = np.full(len(lengths), self.longest - len(_MARK))
        head = _boundary(data, starts, np.minimum(lengths // 2, room), lengths)
        kept = _boundary(data, starts, np.minimum(lengths, room), lengths)
        whole = kept + len(_MARK)
        ends = np.cumsum(whole)
        begins = ends - whole
        # each byte of the result, by its place in its own text
        place = np.arange(int(ends[-1])) - np.repeat(begins, whole)
        split = np.repeat(head, whole)
        source = np.repeat(starts, whole) + place - np.where(place >= split + len(_MARK), len(_MARK), 0)
        marked = (place >= split) & (place < split + len(_MARK))
        text = np.where(marked, _MARK[np.where(marked, place - split, 0)], data[source])
        return views_of(np.append(text, np.zeros(_INLINE, np.uint8)).astype(np.uint8), begins, whole)


def _stretches(column: Column) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """(start, length, data) of texts, wherever they stand: in their views, or behind them."""
    column = as_views(column)
    inline = np.ascontiguousarray(column.views).view(np.uint8).reshape(-1)
    lengths = column.views[:, 0].astype(np.int64)
    within = 16 * np.arange(len(lengths)) + 4
    starts = np.where(lengths <= _INLINE, within, column.views[:, 3].astype(np.int64) + len(inline))
    return starts, lengths, np.concatenate([inline, column.data, np.zeros(16, np.uint8)])


def _boundary(
    data: NDArray[np.uint8], starts: NDArray[np.int64], cut: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The last border between characters of UTF-8 that is not after `cut`, at most the length."""
    cut = np.minimum(cut, lengths)
    for _ in range(3):
        inside = (data[starts + cut] & 0xC0 == 0x80) & (cut < lengths) & (cut > 0)
        cut = cut - inside
    return cut
