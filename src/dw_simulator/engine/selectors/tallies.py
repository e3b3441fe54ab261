"""Children as many as a column of their parent says, for more parents than a table of all would hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.ascending import Ascending
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.values.base import Kernel

TILE = 64
"""So many parents have one entry in the table; what lies between is made again."""


@dataclass(frozen=True, eq=False)
class Tallied(Grouping):
    """As many rows for each parent as a kernel's whole number, NULL being none.

    each    how many rows each parent has
    starts  the first row of each tile of parents, and the number of rows: uint64[tiles + 1]
    bounds  fewest and most rows of a parent
    """

    each: Kernel
    starts: UInts
    size: int
    bounds: tuple[int, int]

    @property
    def least(self) -> int:
        return self.bounds[0]

    @property
    def most(self) -> int:
        return self.bounds[1]

    @property
    def rows(self) -> int:
        return int(self.starts[-1])

    @cached_property
    def _starts(self) -> Ascending:
        return Ascending(self.starts.view(np.int64))

    def __getstate__(self) -> Mapping[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "_starts"}

    def first(self, parents: UInts) -> UInts:
        parents = np.minimum(parents, np.uint64(self.size))
        tiles, back = np.unique(parents // np.uint64(TILE), return_inverse=True)
        inner = self._inner(tiles)
        return inner[back, (parents % np.uint64(TILE)).view(np.int64)]

    def parents(self, numbers: UInts) -> UInts:
        of = self._starts.upto(numbers.view(np.int64)) - 1
        tiles = np.unique(of.view(np.uint64))
        inner = self._inner(tiles)
        # the tiles' rows follow each other: one ascending table, in which rows are searched
        places = np.searchsorted(inner[:, :TILE].ravel(), numbers, side="right") - 1
        return tiles[places // TILE] * np.uint64(TILE) + (places % TILE).astype(np.uint64)

    def _inner(self, tiles: UInts) -> UInts:
        """The first row of each parent of some tiles, and of the one after: uint64[tiles, TILE + 1]."""
        parents = np.arange(TILE, dtype=np.uint64) + tiles[:, None] * np.uint64(TILE)
        there = parents < np.uint64(self.size)
        column = self.each.values(Rows.at(np.where(there, parents, 0).ravel()))
        assert isinstance(column, FixedColumn), "whole numbers are of fixed width"
        counts = column.values.astype(np.uint64)
        if column.valid is not None:
            counts[~column.valid] = 0
        inner = np.zeros((len(tiles), TILE + 1), dtype=np.uint64)
        np.cumsum(np.where(there, counts.reshape(there.shape), 0), axis=1, out=inner[:, 1:])
        inner += self.starts[np.minimum(tiles, len(self.starts) - 1).view(np.int64)][:, None]
        return inner
