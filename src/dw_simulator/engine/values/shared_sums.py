"""Numbers with a given sum for each of some exact shares: regions, or regions within months.

A block's rows of one share are a leaf (see `quotas`): how many there are, and how many before them, is
arithmetic of `ExactShares`. A share of which a block has a few rows only has leaves of many blocks.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.exact import BLOCK_BITS, BLOCK_ROWS, ExactShares
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.filling import Ints, filled
from dw_simulator.engine.values.quotas import Leaves, Summing, turned

_DENSE, _SHAPELY = 16, 128
"""Rows of a share in a block: fewer have no shape of their own; in a leaf of many blocks, so many do."""
_WHOLE = 62
"""A leaf of 2^62 rows is the table."""


@dataclass(frozen=True, eq=False)
class SharedOut(Summing):
    """Numbers whose sum over the rows of each of some exact shares is given: in the table, or in each period.

    shares  which share each row has
    bounds  where each period begins, and the number of rows: uint64[periods + 1], from 0
    totals  the sum of each share of each period, in units: int64[periods, shares]
    """

    shares: ExactShares
    bounds: UInts
    totals: Ints

    @cached_property
    def facts(self) -> Facts:
        return Facts(span=self._span(), movable=False)

    @property
    def _last(self) -> int:
        return self.shares.rows - 1

    @property
    def _asked(self) -> int | None:
        return sum(sum(period) for period in self._above)

    @cached_property
    def _begun(self) -> Ints:
        """How many rows each share has before each period: int64[periods + 1, shares]."""
        return self.shares.counted(self.bounds.view(np.int64))

    @cached_property
    def many(self) -> list[list[int]]:
        """How many rows each share of each period has."""
        found: list[list[int]] = np.diff(self._begun, axis=0).tolist()
        return found

    @cached_property
    def _above(self) -> list[list[int]]:
        """The totals above the least value of every row."""
        return [
            [total - self.reach.low * many for total, many in zip(*pair, strict=True)]
            for pair in zip(self.totals.tolist(), self.many, strict=True)
        ]

    @cached_property
    def _swings(self) -> list[list[int]]:
        fewest = self.shares.fewest.tolist()
        return [
            [self.reach.swing(*one) if one[1] else 0 for one in zip(totals, many, fewest, strict=True)]
            for totals, many in zip(self._above, self.many, strict=True)
        ]

    def _leaves_of(self, numbers: Ints) -> Leaves:
        bounds = self.bounds.view(np.int64)
        periods, blocks = np.searchsorted(bounds, numbers, side="right") - 1, numbers >> BLOCK_BITS
        starts = np.maximum(blocks << BLOCK_BITS, bounds[periods])
        ends = np.minimum(blocks + 1 << BLOCK_BITS, bounds[periods + 1])
        return Leaves(periods, blocks, starts, ends - starts, bounds[periods + 1] - bounds[periods])

    def _leaves_between(self, start: int, stop: int) -> Leaves:
        blocks = np.arange((start >> BLOCK_BITS) + 1, (stop - 1 >> BLOCK_BITS) + 1) << BLOCK_BITS
        bounds = self.bounds.view(np.int64)
        inside = bounds[(bounds > start) & (bounds < stop)]
        return self._leaves_of(np.unique(np.concatenate([[start], blocks, inside])))

    def _made(self, leaves: Leaves) -> FixedColumn:
        rows, parts = leaves.rows(), self.shares.size
        shares = self.shares.index(rows).view(np.int64)
        keys = np.repeat(np.arange(len(leaves)) * parts, leaves.sizes)
        keys += shares
        dtype = np.uint16 if len(leaves) * parts <= 1 << 16 else np.int64
        order = np.argsort(keys.astype(dtype), kind="stable")
        counts = np.bincount(keys, minlength=len(leaves) * parts)
        some = counts > 0
        quotas = self._quotas(leaves, counts.reshape(len(leaves), parts))[some]
        made = filled(self._raw(rows)[order], counts[some], quotas, self.reach.width)
        above = np.empty_like(made)
        above[order] = made
        for part, bits in self._sparse:
            mine = np.flatnonzero(shares == part)
            if len(mine):
                above[mine] = self._few(part, bits, rows.numbers[mine].view(np.int64))
        return self._stored(above)

    @cached_property
    def _sparse(self) -> list[tuple[int, int]]:
        """Shares of which a block has too few rows to have a shape, and how many rows, as a power of two, do.

        Of a few rows whose sum is given, each would lie close to their mean.
        """
        found = []
        for part, (few, many) in enumerate(zip(self.shares.fewest.tolist(), self.shares.many, strict=True)):
            if many and few < _DENSE and self.shares.blocks > 1:
                bits = (_SHAPELY * self.shares.blocks // many).bit_length()
                found.append((part, _WHOLE if many <= BLOCK_ROWS else BLOCK_BITS + bits))
        return found

    def _few(self, part: int, bits: int, numbers: Ints) -> Ints:
        """The values of some rows of a sparse share, above the least one."""
        bounds = self.bounds.view(np.int64)
        periods = np.searchsorted(bounds, numbers, side="right") - 1
        starts = np.maximum(numbers >> bits << bits, bounds[periods])
        _, first = np.unique(starts, return_index=True)
        rows, quotas = [], []
        for period, at in zip(periods[first].tolist(), starts[first].tolist(), strict=True):
            end = min(((at >> bits) + 1) << bits, int(bounds[period + 1]))
            rows.append(self.shares.rows_of(part, at, end))
            before = int((self.shares.counted(np.array([at])) - self._begun[period])[0, part])
            total, many = self._above[period][part], self.many[period][part]
            ends = [total * count // many for count in (before, before + len(rows[-1]))]
            quotas.append(ends[1] - ends[0])
        every = np.concatenate(rows)
        sizes = np.array([len(each) for each in rows])
        made = filled(self._raw(Rows.at(every)), sizes, np.array(quotas), self.reach.width)
        # a row is once among them all, in the leaf of its own
        order = np.argsort(every, kind="stable")
        at = order[np.searchsorted(every, numbers.view(np.uint64), sorter=order)]
        found: Ints = made[at]
        return found

    def _quotas(self, leaves: Leaves, counts: Ints) -> Ints:
        """What the rows of each share of each leaf have together above the least value: int64[n]."""
        before = self._before(leaves, counts) - self._begun[leaves.groups]
        ends = leaves.starts, leaves.starts + leaves.sizes
        inside = [self._is_inside(leaves.groups, at).tolist() for at in ends]
        words = [self._words(at) for at in ends]
        found = []
        for row, (period, low, size) in enumerate(
            zip(leaves.groups.tolist(), before.tolist(), counts.tolist(), strict=True)
        ):
            total, many, swing = self._above[period], self.many[period], self._swings[period]
            for part, first in enumerate(low):
                if not many[part]:
                    found.append(0)
                    continue
                dealt = [total[part] * count // many[part] for count in (first, first + size[part])]
                if swing[part]:
                    for end in (0, 1):
                        if inside[end][row]:
                            dealt[end] += turned(words[end][row][part], swing[part])
                found.append(dealt[1] - dealt[0])
        return np.array(found, dtype=np.int64)

    def _before(self, leaves: Leaves, counts: Ints) -> Ints:
        """How many rows of each share there are before each leaf: int64[leaves, shares]."""
        if (leaves.starts[1:] == leaves.starts[:-1] + leaves.sizes[:-1]).all():  # side by side
            return self._counted(leaves[:1]) + np.cumsum(counts, axis=0) - counts
        return self._counted(leaves)

    def _counted(self, leaves: Leaves) -> Ints:
        first = leaves.starts == self.bounds.view(np.int64)[leaves.groups]
        begun = self._begun[leaves.groups]
        begun[~first] = self.shares.counted(leaves.starts[~first])
        return begun

    def _is_inside(self, periods: Ints, rows: Ints) -> NDArray[np.bool_]:
        """Whether there are whole blocks of the same period before a row and from it on.

        What a period cuts off may have too few rows of a share to bear a turn.
        """
        bounds = self.bounds.view(np.int64)
        around = (rows - BLOCK_ROWS >= bounds[periods]) & (rows + BLOCK_ROWS <= bounds[periods + 1])
        inside: NDArray[np.bool_] = around & (rows & (BLOCK_ROWS - 1) == 0)
        return inside

    def _words(self, rows: Ints) -> list[list[int]]:
        parts = self.shares.size
        numbers = (rows[:, None] * parts + np.arange(parts)).ravel()
        found: list[list[int]] = self.stream.bits(Rows.at(numbers)).reshape(-1, parts).tolist()
        return found
