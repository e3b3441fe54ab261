"""Rows that are drawn again until conditions on them hold.

A row has further turns: row numbers of its own beyond all rows there are. What is drawn for such a number is
another draw of the row, and still a function of its number alone.

    row 5                       a  b     a + b <= 100
    turn 0 = 5 +     2 ** 44    70 51    no
    turn 1 = 5 + 2 * 2 ** 44    12 80    yes: the row has what was drawn for this number
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.rows import BLOCK, Rows, Selector, UInts
from dw_simulator.engine.values.base import Kernel, fixed

_SHIFT = np.uint64(44)
_ROW = np.uint64((1 << 44) - 1)
_AT_ONCE = 64
"""So many turns of a row are looked at together, where few rows are left."""

Bools = NDArray[np.bool_]
Turns = NDArray[np.int64]


class Turn(Selector):
    """For each row the number under which it is drawn: of the first turn at which no condition fails.

    A row that fails every time has its first turn.

    make   gives the conditions when they are first asked for; None while that cannot be
    tries  so many turns a row has at the most
    nulls_stay  at so many of its first turns a row is NULL where it is at the first
    """

    size = 1 << 64

    def __init__(self, tries: int, make: "Callable[[], Sequence[Kernel] | None] | None" = None) -> None:
        self.tries, self.make, self.nulls_stay = tries, make, tries
        self._conditions: tuple[Kernel, ...] | None = None

    @property
    def conditions(self) -> tuple[Kernel, ...]:
        """Truth values, of rows and of their turns; a turn at which one is false or NULL fails."""
        if self._conditions is None:
            made = None if self.make is None else self.make()
            if made is None:  # they are being made: this is a look at what is drawn, and not the last one
                return ()
            self.settle(made)
        return self._conditions or ()

    def settle(self, conditions: Sequence[Kernel]) -> None:
        """These are the conditions; where there are none, every row has its first turn."""
        self._conditions, self.make = tuple(conditions), None

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "make": None, "_conditions": self.conditions}

    def index(self, rows: Rows) -> UInts:
        return numbered(rows.numbers, self.turns(rows))

    def turns(self, rows: Rows) -> Turns:
        """Which turn each row has: int64[n], from 0; -1 where none was found."""
        conditions, numbers = self.conditions, rows.numbers
        found = np.full(len(rows), -1, dtype=np.int64)
        if not conditions:
            found[:] = 0
            return found
        left, turn = np.arange(len(rows)), 0
        while len(left) and turn < self.tries:
            several = min(max(BLOCK // len(left), 1), _AT_ONCE, self.tries - turn) if turn else 1
            asked = np.repeat(numbers[left], several)
            tried = np.tile(np.arange(turn, turn + several), len(left))
            passes = _pass(conditions, Rows.at(numbered(asked, tried))).reshape(-1, several)
            some = passes.any(axis=1)
            found[left[some]] = turn + passes.argmax(axis=1)[some]
            left, turn = left[~some], turn + several
        return found


def numbered(rows: UInts, turns: Turns) -> UInts:
    """The numbers of rows' turns; those of no turn are of the first."""
    return rows + ((np.maximum(turns, 0) + 1).astype(np.uint64) << _SHIFT)


def are_turns(rows: Rows) -> bool:
    """Whether these numbers are of turns, which are never mixed with those of rows."""
    return not rows.contiguous and len(rows) > 0 and int(rows.numbers[0]) > int(_ROW)


def rows_of_turns(rows: Rows) -> Rows:
    """The rows whose turns these are, found once; rows themselves are their own."""
    if not are_turns(rows):
        return rows
    return rows.once("rows of turns", lambda: Rows.at(rows.numbers & _ROW))


def first_turns(rows: Rows, count: int) -> Rows:
    """The same rows, those of one of so many first turns at the number of the row itself."""
    if not are_turns(rows):
        return rows
    numbers = rows.numbers
    return Rows.at(np.where(numbers >> _SHIFT > np.uint64(count), numbers, numbers & _ROW))


def _pass(conditions: Sequence[Kernel], rows: Rows) -> Bools:
    passes = np.ones(len(rows), dtype=np.bool_)
    for condition in conditions:
        column = fixed(rows.once(condition, lambda one=condition: one.values(rows)))  # type: ignore[misc]
        passes &= column.values.astype(np.bool_)
        if column.valid is not None:
            passes &= column.valid
    return passes
