"""A query that was found sound: what was asked, and what the engine that answers is handed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dw_simulator.types import SqlType

TypedTables: TypeAlias = Mapping[str, Mapping[str, SqlType | None]]
"""An experiment's tables, the only ones that exist for a query, with their columns, as it spells them; None
where a column's type is not known."""
Where: TypeAlias = tuple[int, int, str]
"""Line and column, counted from 1, and the line's text; zeros where they are not known."""


def _nowhere(_position: int) -> Where:
    return 0, 0, ""


@dataclass(frozen=True)
class Statement:
    """One statement for an engine.

    sql     in the engine's words
    asked   what the user has written; empty where that is the same
    place   where in that stands what stands at a character of `sql`
    names   of the tables and columns that there are for it, which its words may have been meant for
    labels  what its columns are called, empty where the engine calls them so itself; none where that is not
            known of all
    """

    sql: str
    asked: str = ""
    place: Callable[[int], Where] = _nowhere
    names: tuple[str, ...] = ()
    labels: Sequence[str] = ()

    def labelled(self, columns: Sequence[str]) -> Sequence[str]:
        """The names of a result's columns, given those that the engine has for them."""
        if len(columns) != len(self.labels):
            return columns
        return [label or column for label, column in zip(self.labels, columns, strict=True)]

    @property
    def translated(self) -> bool:
        """Whether the engine is handed something else than what the user has written."""
        return bool(self.asked)
