"""References: a picked parent row, and the parent's own value there.

A reference never looks a key up: the parent's column is a function of the row number, so its value at
the picked row is computed again. All columns of one reference share one pick, and a parent column that
is itself a reference is followed further the same way, to any depth.
"""

from dataclasses import dataclass

import numpy as np

from dw_simulator.engine.columns import Column, FixedColumn
from dw_simulator.engine.kernels.base import Kernel, width_of
from dw_simulator.engine.rows import Rows, Selector


@dataclass(frozen=True, eq=False)
class Reference:
    """One column of a reference: the parent column's value at the picked row.

    pick   from a child's row to its parent's row
    dtype  what the child stores numbers as, where it is not what the parent stores
    """

    pick: Selector
    parent: Kernel
    dtype: np.dtype[np.generic] | None = None

    @property
    def distinct(self) -> int | None:
        return min(self.pick.size, self.parent.distinct or self.pick.size)

    @property
    def width(self) -> int:
        return width_of(self.parent)

    def values(self, rows: Rows) -> Column:
        column = self.parent.values(rows.through(self.pick))
        if self.dtype is not None and isinstance(column, FixedColumn):
            return FixedColumn(column.values.astype(self.dtype, copy=False), column.valid)
        return column
