"""Columns of rows that somebody has given: which row is drawn, and what each column shows of it.

    row       0      1        2      3
    category  Tea    Tea      Tea    Coffee
    brand     Ahmad  Twining  Kusmi  Illy
    weight    6      3        1      10

An index stands for a row, so that the columns that have it in common agree (`RowsShown`). Weights are in the
index itself: its upper bits name a cell of an alias table, its lower 32 decide between the two rows of that
cell. Rows that belong to another column's value are looked up by it, and drawn among themselves (`RowsBy`).
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn, PoolColumn, Valid, with_nulls
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.alias_tables import alias_table
from dw_simulator.engine.selectors.bands import tamed
from dw_simulator.engine.selectors.sampling import multiply_high_each
from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.engine.values.facts import MANY, Facts
from dw_simulator.engine.values.known import Combinations

_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFF_FFFF)
_ONE = np.uint64(1)
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cells:
    """An alias table of a power of two of cells, so that a uniform index names a cell and a share of it.

    thresholds, aliases  uint64[2^bits]
    bits                 of the cell's number; the index has 32 more
    """

    thresholds: UInts
    aliases: UInts
    bits: int

    @classmethod
    def of(cls, weights: Sequence[float]) -> "Cells":
        """The table of weights, of which none is negative and one at least is above 0."""
        bits = (len(weights) - 1).bit_length()
        padded = np.zeros(1 << bits)
        padded[: len(weights)] = weights
        return cls(*alias_table(_shares(padded)), bits)

    @property
    def size(self) -> int:
        """Every index is below this."""
        return 1 << self.bits + 32

    def rows(self, index: UInts) -> UInts:
        """The rows that indices stand for; overwrites them."""
        cells = index >> _HALF
        index &= _LOW
        return _settled(cells, index, self.thresholds, self.aliases)


@dataclass(frozen=True, eq=False)
class RowsShown(Domain):
    """What a column shows of given rows.

    column  its value in each row
    cells   from an index to a row, by weight; None where the index is the row
    """

    column: Column
    cells: Cells | None = None

    is_list: ClassVar[bool] = True

    @property
    def size(self) -> int:
        return len(self.column) if self.cells is None else self.cells.size

    @cached_property
    def facts(self) -> Facts:
        known = facts_of(self.column)
        return known if self.cells is None else replace(known, repeats=True)

    def indices(self, _values: object, /) -> None:
        return None  # without some of its rows, the other columns of the row would not agree

    def decode(self, index: UInts) -> Column:
        rows = index if self.cells is None else self.cells.rows(index)
        return self.column.at(rows.view(np.int64))

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "facts"}


@dataclass(frozen=True, eq=False)
class RowGroups:
    """Given rows by group: those of each stand together.

    starts, sizes        of each group: uint64[m]
    thresholds, aliases  by row, an alias table of each group; None where its rows are as likely as each other
    """

    starts: UInts
    sizes: UInts
    thresholds: UInts | None = None
    aliases: UInts | None = None

    @classmethod
    def of(cls, sizes: NDArray[np.int64], weights: Floats | None) -> "RowGroups":
        """Groups of so many rows, none of which is empty; with a weight for each row."""
        starts = np.cumsum(sizes) - sizes
        plain = cls(starts.astype(np.uint64), sizes.astype(np.uint64))
        if weights is None:
            return plain
        tables = [
            alias_table(_shares(weights[at : at + size])) for at, size in zip(starts, sizes, strict=True)
        ]
        thresholds = np.concatenate([table[0] for table in tables])
        aliases = np.concatenate([table[1] + at for table, at in zip(tables, plain.starts, strict=True)])
        return replace(plain, thresholds=thresholds, aliases=aliases)

    @cached_property
    def most(self) -> int:
        """Rows of the largest group."""
        return int(self.sizes.max())

    def rows(self, groups: NDArray[np.int64], words: UInts) -> NDArray[np.int64]:
        """A row of each group, drawn by random bits, which are overwritten."""
        starts, sizes = (np.take(own, groups, mode="clip") for own in (self.starts, self.sizes))
        if self.thresholds is None or self.aliases is None:
            starts += multiply_high_each(words, sizes, self.most)
            return starts.view(np.int64)
        sizes *= words >> _HALF
        sizes >>= _HALF
        sizes += starts
        words &= _LOW
        return _settled(sizes, words, self.thresholds, self.aliases).view(np.int64)


@dataclass(frozen=True, eq=False)
class RowsBy:
    """Which given row goes with values of other columns of the row.

    known     the values of these columns, and the kernels that give a row's own
    groups    the rows of each combination of them
    of        what else tells it from others of the same stream
    """

    stream: Stream
    known: Combinations
    groups: RowGroups
    of: Hashable

    @property
    def key(self) -> Hashable:
        """By which the columns that have it in common find what was drawn for a batch."""
        return (self.stream, self.known.sources, self.of)

    def drawn(self, rows: Rows) -> tuple[NDArray[np.int64], Valid]:
        """(given rows, where there is one; None for everywhere)."""
        return rows.once(self.key, lambda: self._drawn(rows))

    def _drawn(self, rows: Rows) -> tuple[NDArray[np.int64], Valid]:
        at = self.known.of_rows(rows)
        there = at < self.known.count
        return self.groups.rows(at, self.stream.bits(rows)), None if there.all() else there


@dataclass(frozen=True, eq=False)
class ShownBy(Kernel):
    """What a column shows of the given row that goes with other columns; NULL where none does.

    column  its value in each given row, those of a group standing together
    sure    whether there is such a row for all that can come out
    """

    pick: RowsBy
    column: Column
    sure: bool

    @cached_property
    def facts(self) -> Facts:
        known = facts_of(self.column)
        return known.picked(repeats=True, nullable=known.nullable or not self.sure)

    def values(self, rows: Rows) -> Column:
        at, there = self.pick.drawn(rows)
        column = self.column.at(at)
        return column if there is None else with_nulls(column, there)


def _settled(cells: UInts, low: UInts, thresholds: UInts, aliases: UInts) -> UInts:
    """The cell where its lower bits are below the threshold, its alias elsewhere; overwrites both."""
    at = cells.view(np.int64)
    # 1 where they are not below, by the borrow: a branch would be guessed wrong too often
    beyond = np.take(thresholds, at, mode="clip")
    beyond -= _ONE
    beyond -= low
    beyond >>= np.uint64(63)
    index = np.take(aliases, at, out=low, mode="clip")
    index -= cells
    index *= beyond
    index += cells
    return index


def _shares(weights: Floats) -> Floats:
    """The same weights, of which the sum is 1."""
    own = tamed(weights)
    shares: Floats = own / own.sum()
    return shares


def facts_of(column: Column) -> Facts:
    """What is known of a column of few or many values, all of which may come out."""
    present = column if column.valid is None else column.at(np.flatnonzero(column.valid))
    once = present.at(each_value_once(present))
    every: Callable[[], Column] | None = (lambda: once) if len(once) <= MANY else None
    span = None
    if every is None and isinstance(once, FixedColumn) and once.values.ndim == 1:
        span = (once.values.min().item(), once.values.max().item())
    width = once.pool.width if isinstance(once, PoolColumn) else 0
    return Facts(
        span=span,
        every=every,
        distinct=len(once),
        repeats=len(once) < len(present),
        nullable=len(present) < len(column),
        width=width,
        movable=False,
    )


def each_value_once(column: Column) -> NDArray[np.int64]:
    """The places where the distinct values of a column first stand; it is of fixed width, or of a pool."""
    if isinstance(column, FixedColumn):
        _, places = np.unique(column.values, axis=0, return_index=True)
    else:
        assert isinstance(column, PoolColumn), "given texts are in a pool"
        _, places = np.unique(column.codes, return_index=True)
    return np.sort(places)
