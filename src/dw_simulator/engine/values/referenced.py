"""References: a picked parent row, and the parent's own value there.

A reference never looks a key up: the parent's column is a function of the row number, so its value at
the picked row is computed again. All columns of one reference share one pick, and a parent column that
is itself a reference is followed further the same way, to any depth.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dw_simulator.engine.columns import Column, FixedColumn
from dw_simulator.engine.rows import Rows, Selector
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.decimals import widen
from dw_simulator.engine.values.facts import Facts


@dataclass(frozen=True, eq=False)
class Reference(Kernel):
    """One column of a reference: the parent column's value at the picked row.

    pick   from a child's row to its parent's row
    stored bits and dtype in which the child stores whole numbers, where the parent stores them otherwise
    """

    pick: Selector
    parent: Kernel
    stored: tuple[int, np.dtype[np.generic]] | None = None

    @cached_property
    def facts(self) -> Facts:
        parent = self.parent.facts
        count = self.pick.size if parent.distinct is None else min(self.pick.size, parent.distinct)
        repeats = parent.repeats or not self.pick.tells_apart
        return parent.picked(distinct=count, repeats=repeats)

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
