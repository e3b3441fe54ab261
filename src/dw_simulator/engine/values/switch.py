"""A value from one of several kernels: which one, a selector says."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dw_simulator.engine.columns import Column
from dw_simulator.engine.rows import Rows, Selector
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.merging import merged


@dataclass(frozen=True, eq=False)
class Switch(Kernel):
    """The value of kernel k at the rows where the selector gives k. All kernels store values alike."""

    choice: Selector
    kernels: tuple[Kernel, ...]

    @cached_property
    def facts(self) -> Facts:
        each = [kernel.facts for kernel in self.kernels]
        counts = [known.distinct for known in each]
        ends = [known.ends for known in each]
        lows, highs = ([end[side] for end in ends if end is not None] for side in (0, 1))
        return Facts(
            span=None if None in ends else (min(lows), max(highs)),
            distinct=None if None in counts else sum(count for count in counts if count is not None),
            nullable=any(known.nullable for known in each),
            width=max(known.width for known in each),
        )

    def values(self, rows: Rows) -> Column:
        choice = rows.through(self.choice).numbers
        places = [np.flatnonzero(choice == np.uint64(k)) for k in range(len(self.kernels))]
        columns = [
            kernel.values(Rows.at(rows.numbers[at])) for kernel, at in zip(self.kernels, places, strict=True)
        ]
        return merged(columns, places)
