"""A value from one of several kernels: which one, a selector says."""

from dataclasses import dataclass

import numpy as np

from dw_simulator.engine.columns import Column
from dw_simulator.engine.rows import Rows, Selector
from dw_simulator.engine.values.base import Kernel, width_of
from dw_simulator.engine.values.merging import merged


@dataclass(frozen=True, eq=False)
class Switch:
    """The value of kernel k at the rows where the selector gives k. All kernels store values alike."""

    choice: Selector
    kernels: tuple[Kernel, ...]

    @property
    def distinct(self) -> int | None:
        known = [kernel.distinct for kernel in self.kernels]
        return None if None in known else sum(count for count in known if count is not None)

    @property
    def width(self) -> int:
        return max(width_of(kernel) for kernel in self.kernels)

    def values(self, rows: Rows) -> Column:
        choice = rows.through(self.choice).numbers
        places = [np.flatnonzero(choice == np.uint64(k)) for k in range(len(self.kernels))]
        columns = [
            kernel.values(Rows.at(rows.numbers[at])) for kernel, at in zip(self.kernels, places, strict=True)
        ]
        return merged(columns, places)
