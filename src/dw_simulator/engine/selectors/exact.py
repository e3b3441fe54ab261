"""Choices whose counts are exact: so many rows of each, no more and no less, over a table of any size.

Rows are cut into blocks of 4,096; those that are left over are a block of their own, with counts of its own.
A block's rows are shuffled, and so are the blocks. The slots that rows get are counted across the blocks,
slot 0 of every block first:

    block (shuffled)   0  1  2
    slot 0             0  1  2      9 rows in three blocks, of a (4 rows), b (4) and c (1):
    slot 1             3  4  5      a has the numbers 0 to 3, b has 4 to 7, and c has 8
    slot 2             6  7  8

So a choice has the same number of rows in every block, give or take one, and how many it has in the blocks
before one is arithmetic: what `target` needs to give every block its part of a sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.permutation import Permutation

BLOCK_BITS = 12
BLOCK_ROWS = 1 << BLOCK_BITS
"""So many rows are looked at together, at the most, where something is to be exact among them."""
_MASK = np.uint64(BLOCK_ROWS - 1)
_WORD = (1 << 64) - 1
_FEW = 16
_MARK_BITS = 6
_AT_ONCE, _MARKS_AT_ONCE = 64, 1024
_TABLES_AT = np.uint64(1 << 62)
"""Beyond the number of any block."""
Counts = NDArray[np.int64]


def apportioned(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """A whole number in parts by weight, by largest remainder; of equal ones the first get more.

    >>> apportioned(10, [1, 1, 1])
    [4, 3, 3]
    >>> apportioned(-7, [2, 0, 1])
    [-5, 0, -2]
    """
    whole = sum(map(Fraction, weights))
    exact = [Fraction(total) * Fraction(weight) / whole for weight in weights]
    parts = [part.numerator // part.denominator for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


@dataclass(frozen=True, eq=False)
class ExactShares(Selector):
    """Index c in exactly `many[c]` of the table's rows, which are spread over all of it.

    many  how many rows have each index: together as many as the table has
    """

    stream: Stream
    many: tuple[int, ...]

    @property
    def size(self) -> int:
        return len(self.many)

    @cached_property
    def rows(self) -> int:
        """Of the table."""
        return sum(self.many)

    @property
    def blocks(self) -> int:
        """How many blocks are whole: the rows that are left over are the block of this number."""
        return self.rows >> BLOCK_BITS

    @cached_property
    def _ends(self) -> tuple[UInts, UInts]:
        """Where each index ends, counted in the whole blocks, and in what is left over."""
        left = apportioned(self.rows % BLOCK_ROWS, self.many if self.rows else [1] * self.size)
        whole = [many - few for many, few in zip(self.many, left, strict=True)]
        return np.cumsum(whole, dtype=np.uint64), np.cumsum(left, dtype=np.uint64)

    @cached_property
    def _order(self) -> Permutation:
        """Of the blocks."""
        return Permutation(max(self.blocks, 1), self._stream(1))

    @cached_property
    def _rest(self) -> Permutation:
        """Of the rows that are left over."""
        return Permutation(max(self.rows % BLOCK_ROWS, 1), self._stream(2))

    def _stream(self, number: int) -> Stream:
        return Stream(self.stream.start, (self.stream.tweak + number * 0x9E3779B97F4A7C15) & _WORD)

    @cached_property
    def _tables(self) -> tuple[UInts, UInts]:
        """Two shuffles of a block's slots; what is added before and between them is a block's own."""
        words = self.stream.bits(Rows.at(np.arange(2 * BLOCK_ROWS, dtype=np.uint64) + _TABLES_AT))
        first, second = (np.argsort(half, kind="stable").astype(np.uint64) for half in np.split(words, 2))
        return first, second

    def index(self, rows: Rows) -> UInts:
        numbers = rows.numbers
        border = np.uint64(self.blocks << BLOCK_BITS)
        if rows.contiguous and rows.start < rows.stop <= int(border):
            return self._found(self._ends[0], self._numbered_run(rows))
        if not len(numbers) or numbers.max() < border:
            return self._found(self._ends[0], self._numbered(numbers))
        index = np.empty(len(rows), dtype=np.uint64)
        early = numbers < border
        index[early] = self._found(self._ends[0], self._numbered(numbers[early]))
        # a row beyond the table, of which nobody asks in earnest, is taken for its last
        late = np.minimum(numbers[~early], np.uint64(max(self.rows - 1, 0))) - border
        index[~early] = self._found(self._ends[1], self._rest(late))
        return index

    def _found(self, ends: UInts, numbers: UInts) -> UInts:
        if self.size > _FEW:
            found = np.searchsorted(ends, numbers, side="right")
            return np.minimum(found, self.size - 1).astype(np.uint64)
        index = np.zeros(len(numbers), dtype=np.uint8)
        for end in ends[:-1]:
            index += numbers >= end
        return index.astype(np.uint64)

    def _numbered(self, numbers: UInts) -> UInts:
        """A number of its own for every row of a whole block."""
        blocks, places = np.unique(numbers >> np.uint64(BLOCK_BITS), return_inverse=True)
        words = self.stream.bits(Rows.at(blocks))
        return self._slots(numbers, *(each[places] for each in (words, self.order(blocks))))

    def _numbered_run(self, rows: Rows) -> UInts:
        """The same for a run of rows."""
        blocks = np.arange(rows.start >> BLOCK_BITS, (rows.stop - 1 >> BLOCK_BITS) + 1, dtype=np.uint64)
        begins = np.append(blocks.view(np.int64) << BLOCK_BITS, rows.stop)
        begins[0] = rows.start
        words, sizes = self.stream.bits(Rows.at(blocks)), np.diff(begins)
        return self._slots(rows.numbers, *(np.repeat(each, sizes) for each in (words, self.order(blocks))))

    def _slots(self, numbers: UInts, words: UInts, order: UInts) -> UInts:
        """From rows to their numbers, given the bits and the place of each one's block; overwrites both."""
        first, second = self._tables
        slots = numbers ^ words
        slots &= _MASK
        slots = first.take(slots.view(np.int64))
        words >>= np.uint64(BLOCK_BITS)
        slots += words
        slots &= _MASK
        slots = second.take(slots.view(np.int64))
        slots *= np.uint64(self.blocks)
        slots += order
        return slots

    def order(self, blocks: UInts) -> UInts:
        """The place of each block among the shuffled ones; what is left over is the last."""
        return np.where(blocks < self.blocks, self._order(np.minimum(blocks, self._order.size - 1)), blocks)

    def before(self, places: UInts) -> Counts:
        """How many rows of each index the blocks before some places have: int64[n, size]."""
        at = places.view(np.int64)[:, None]
        each, left = np.divmod(self._ends[0].view(np.int64), max(self.blocks, 1))
        inside = np.minimum(at, self.blocks)
        ends = each * inside + np.minimum(inside, left) + self._ends[1].view(np.int64) * (at > self.blocks)
        counts: Counts = ends.astype(np.int64)
        counts[:, 1:] -= ends[:, :-1]
        return counts

    def rows_of(self, index: int, start: int, stop: int) -> UInts:
        """The rows of an index from one row on to before another, ascending."""
        border = self.blocks << BLOCK_BITS
        first, end = (int(self._starts[index + at]) for at in (0, 1))
        blocks = np.arange(
            min(start, border) >> BLOCK_BITS, -(-min(stop, border) >> BLOCK_BITS), dtype=np.uint64
        )
        numbers = np.arange(first, end, dtype=np.uint64) if end - first <= len(blocks) else None
        found = [self._at(*self._with(index, blocks) if numbers is None else self._split(numbers))]
        if stop > border:
            left = self._ends[1]
            slots = np.arange(left[index - 1] if index else 0, left[index], dtype=np.uint64)
            found.append(self._rest.inverse(slots) + np.uint64(border))
        rows = np.concatenate(found)
        return np.sort(rows[(rows >= np.uint64(start)) & (rows < np.uint64(stop))])

    @cached_property
    def _starts(self) -> UInts:
        return np.concatenate([[0], self._ends[0]]).astype(np.uint64)

    def _with(self, index: int, blocks: UInts) -> tuple[UInts, UInts]:
        """The blocks and the slots that an index has in some blocks."""
        every = np.uint64(max(self.blocks, 1))
        places = self.order(blocks)
        low, high = ((self._starts[index + at] + every - np.uint64(1) - places) // every for at in (0, 1))
        counts = (high - low).view(np.int64)
        slots = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - low.view(np.int64), counts)
        return np.repeat(blocks, counts), slots.view(np.uint64)

    def _split(self, numbers: UInts) -> tuple[UInts, UInts]:
        """The blocks and the slots that have some numbers."""
        slots, places = np.divmod(numbers, np.uint64(max(self.blocks, 1)))
        return self._order.inverse(places), slots

    def _at(self, blocks: UInts, slots: UInts) -> UInts:
        """The rows of some slots: `_slots` the other way."""
        first, second = self._back
        words = self.stream.bits(Rows.at(blocks))
        offsets = second.take(slots.view(np.int64))
        offsets -= words >> np.uint64(BLOCK_BITS)
        offsets = first.take((offsets & _MASK).view(np.int64))
        offsets ^= words & _MASK
        return offsets + (blocks << np.uint64(BLOCK_BITS))

    @cached_property
    def _back(self) -> tuple[UInts, UInts]:
        first, second = (np.argsort(one).astype(np.uint64) for one in self._tables)
        return first, second

    def counted(self, rows: Counts) -> Counts:
        """How many of the first so many rows have each index: int64[n, size]."""
        found = np.empty((len(rows), self.size), dtype=np.int64)
        for start in range(0, len(rows), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            found[some] = self._counted(rows[some])
        return found

    def _counted(self, rows: Counts) -> Counts:
        counts: Counts
        blocks, rest = rows >> BLOCK_BITS, rows & (BLOCK_ROWS - 1)
        marks = blocks >> _MARK_BITS
        counts = self._marks[marks]
        steps = blocks - (marks << _MARK_BITS)
        for add, begin, many in (
            (self._of_blocks, marks << _MARK_BITS, steps),
            (self._of_rows, blocks << BLOCK_BITS, rest),
        ):
            some = np.flatnonzero(many)
            if len(some):
                ends = np.cumsum(many[some])
                numbers = np.arange(ends[-1]) + np.repeat(begin[some] - ends + many[some], many[some])
                counts[some] += np.add.reduceat(add(numbers.view(np.uint64)), ends - many[some])
        return counts

    def _of_blocks(self, blocks: UInts) -> Counts:
        """How many rows of each index some blocks have: int64[n, size]."""
        places = self.order(blocks)
        counts: Counts = self.before(places + np.uint64(1)) - self.before(places)
        return counts

    def _of_rows(self, rows: UInts) -> Counts:
        """1 at the index of each row: int64[n, size]."""
        found = np.zeros((len(rows), self.size), dtype=np.int64)
        found[np.arange(len(rows)), self.index(Rows.at(rows)).view(np.int64)] = 1
        return found

    @cached_property
    def _marks(self) -> Counts:
        """How many rows of each index there are before every 64th block."""
        every = 1 << _MARK_BITS
        marks = np.zeros(((self.blocks >> _MARK_BITS) + 1, self.size), dtype=np.int64)
        for mark in range(1, len(marks), _MARKS_AT_ONCE):
            stop = min(mark + _MARKS_AT_ONCE, len(marks))
            blocks = np.arange((mark - 1) * every, (stop - 1) * every, dtype=np.uint64)
            counts = np.add.reduceat(self._of_blocks(blocks), np.arange(0, len(blocks), every))
            marks[mark:stop] = np.cumsum(counts, axis=0) + marks[mark - 1]
        return marks

    @cached_property
    def fewest(self) -> Counts:
        """How many rows of each index every whole block has at the least: int64[size]."""
        return np.diff(self._ends[0], prepend=np.uint64(0)).view(np.int64) // max(self.blocks, 1)
