"""Columns of rows that are drawn again, and columns that stay as they are meanwhile.

What is asked for the number of a turn (`engine.selectors.turns`) answers for that turn; what is asked for a
row, for the turn that the row has.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.turns import Turn, are_turns, first_turns, rows_of_turns
from dw_simulator.engine.values.base import Event, Kernel
from dw_simulator.engine.values.facts import Facts


@dataclass(frozen=True, eq=False)
class InTurn(Kernel):
    """Another kernel's values, of each row at the turn that it has in common with other columns.

    The kernel has draws of its own, and may be asked at any row number.
    """

    turn: Turn
    kernel: Kernel

    @cached_property
    def facts(self) -> Facts:
        own = self.kernel.facts
        return replace(own, even=False, independent=False, steady=False, rising=False)

    def values(self, rows: Rows) -> Column:
        at = rows if are_turns(rows) else rows.through(self.turn)
        return at.once(self.kernel, lambda: self.kernel.values(at))


@dataclass(frozen=True, eq=False)
class NullInTurn:
    """When a column is NULL that is drawn again: in the same rows, unless that has to change as well."""

    turn: Turn
    event: Event

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        return self.event.hits(first_turns(rows, self.turn.nulls_stay))


@dataclass(frozen=True, eq=False)
class AtHome(Kernel):
    """Another kernel's values, which a row has at all of its turns: a key, a reference, what others made."""

    kernel: Kernel

    @cached_property
    def facts(self) -> Facts:
        return self.kernel.facts

    def values(self, rows: Rows) -> Column:
        own = rows_of_turns(rows)
        return own.once(self.kernel, lambda: self.kernel.values(own))
