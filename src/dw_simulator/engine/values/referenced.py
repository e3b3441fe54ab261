"""References: a picked parent row, and the parent's own value there.

A reference never looks a key up: the parent's column is a function of the row number, so its value at
the picked row is computed again. All columns of one reference share one pick, and a parent column that
is itself a reference is followed further the same way, to any depth.
"""

from dataclasses import dataclass

import numpy as np

from dw_simulator.engine.columns import Column, FixedColumn
from dw_simulator.engine.rows import Rows, Selector
from dw_simulator.engine.values.base import Kernel, width_of
from dw_simulator.engine.values.decimals import widen


@dataclass(frozen=True, eq=False)
class Reference:
    """One column of a reference: the parent column's value at the picked row.

    pick   from a child's row to its parent's row
    stored bits and dtype in which the child stores whole numbers, where the parent stores them otherwise
    """

    pick: Selector
    parent: Kernel
    stored: tuple[int, np.dtype[np.generic]] | None = None

    @property
    def distinct(self) -> int | None:
        return min(self.pick.size, self.parent.distinct or self.pick.size)

    @property
    def width(self) -> int:
        return width_of(self.parent)

    def values(self, rows: Rows) -> Column:
        column = self.parent.values(rows.through(self.pick))
        if self.stored is None or not isinstance(column, FixedColumn):
            return column
        bits, dtype = self.stored
        whole = column.values
        if whole.ndim == 2:  # both ranges are known to fit, so the low word says it all
            whole = np.ascontiguousarray(whole[:, 0]).view(np.int64)
        narrow = whole.astype(np.int64 if bits == 128 else dtype, copy=False)
        return FixedColumn(widen(narrow) if bits == 128 else narrow, column.valid)
