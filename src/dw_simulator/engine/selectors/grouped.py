"""A weighted choice from one of several lists: which list, another selector says."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.alias_tables import alias_table
from dw_simulator.engine.selectors.quantiles import Floats

_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFF_FFFF)


@dataclass(frozen=True, eq=False)
class GroupedAlias(Selector):
    """An index from the list that `group` names, by Walker's alias method: one look-up a row.

    The lists stand one behind another. A group behind the last one has the last one's list.

    size        every index is below this
    starts      uint64[groups + 1]: where each list begins, and where the last one ends
    indices     uint64[entries]: what an entry stands for
    thresholds  uint64[entries]: up to which of 2^32 an entry stands for itself; None where all are as likely
    aliases     uint64[entries]: the entry that is meant beyond
    """

    stream: Stream
    group: Selector
    size: int
    starts: UInts
    indices: UInts
    thresholds: UInts | None = None
    aliases: UInts | None = None

    @classmethod
    def of(
        cls,
        stream: Stream,
        group: Selector,
        size: int,
        lists: Sequence[Sequence[int]],
        weights: Sequence[Floats | None],
    ) -> Self:
        """From the indices of each list and what they weigh; all alike where a list has no weights."""
        starts = np.cumsum([0, *map(len, lists)]).astype(np.uint64)
        indices = np.array([index for some in lists for index in some], dtype=np.uint64)
        if all(some is None for some in weights):
            return cls(stream, group, size, starts, indices)
        thresholds, aliases = [], []
        for k, some in enumerate(weights):
            shares = np.ones(len(lists[k])) if some is None else some
            own, others = alias_table(shares / shares.sum())
            thresholds.append(own)
            aliases.append(others + starts[k])
        return cls(stream, group, size, starts, indices, np.concatenate(thresholds), np.concatenate(aliases))

    @cached_property
    def _sizes(self) -> UInts:
        """How many entries each list has."""
        return np.diff(self.starts)

    def index(self, rows: Rows) -> UInts:
        groups = rows.through(self.group).numbers
        words = self.stream.bits(rows)
        entry = words >> _HALF
        entry *= self._sizes.take(groups.view(np.int64), mode="clip")
        entry >>= _HALF
        entry += self.starts[:-1].take(groups.view(np.int64), mode="clip")
        if self.thresholds is not None and self.aliases is not None:
            words &= _LOW
            places = entry.view(np.int64)
            entry = np.where(words < self.thresholds[places], entry, self.aliases[places])
        return self.indices[entry.view(np.int64)]
