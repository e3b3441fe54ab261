"""What a derived column asks for, and what it is answered: the needs of a rule whose values come from others.

total INT {"name": "expression", "sql": "price * quantity"}   needs ("price", "quantity"), gets Sources
number INT {"name": "window", "function": "number", ...}      needs Siblings, gets a Grouping
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from dw_simulator.engine.columns import Column
from dw_simulator.engine.rows import Rows, Selector
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.values.base import Event, Kernel
from dw_simulator.schema.lifecycle import Lifecycle
from dw_simulator.schema.model import Column as Declared
from dw_simulator.schema.model import Lookup, Table
from dw_simulator.types import SqlType


class Asked(ABC):
    """What is asked for beside columns, on behalf of a column of a table."""

    @abstractmethod
    def answered(self, by: "AnswersNeeds", table: Table, column: Declared, /) -> "Answer | None":
        """The answer of whoever gives answers; None where it was refused. Raises Refusal."""

    @property
    def together(self) -> tuple[str | None, str | None]:
        """(whose rows it makes stand together, None for the own table's; by which reference, if it does)."""
        return None, None

    def own_column(self, _table: Table, /) -> str | None:
        """The column of the table that it comes down to, in whichever row, if it does."""
        return None


@dataclass(frozen=True)
class Siblings(Asked):
    """Asks for how rows stand together by the parent that this column references: a `Grouping`.

    Asking makes them stand together, where nothing else says by what they do. A rule that asks says so by
    `RuleOptions.siblings`, so that a table is planned alike alone and among others.
    """

    reference: str

    @property
    def together(self) -> tuple[str | None, str]:
        return None, self.reference

    def answered(self, by: "AnswersNeeds", table: Table, _column: Declared, /) -> "Answer | None":
        return by.siblings(table, self)


@dataclass(frozen=True)
class RowsBelow(Asked):
    """Asks for the rows that reference this one, `ChildRows`; they are made to stand together by that.

    A rule that asks says so by `RuleOptions.below`.

    table, reference  whose rows, and the column of theirs that references this table
    column            what is asked of them, if anything
    where             a condition on them, in the SQL of the experiment's warehouse
    """

    table: str
    reference: str
    column: str | None = None
    where: str | None = None

    @property
    def together(self) -> tuple[str | None, str]:
        return self.table, self.reference

    def answered(self, by: "AnswersNeeds", table: Table, column: Declared, /) -> "Answer | None":
        return by.rows_below(table, column, self)


@dataclass(frozen=True)
class Upwards(Asked):
    """Asks for the row above in a tree, by a column that references its own table: a `RowAbove`."""

    reference: str

    def answered(self, by: "AnswersNeeds", table: Table, _column: Declared, /) -> "Answer | None":
        return by.row_above(table, self)


@dataclass(frozen=True)
class Noise(Asked):
    """Asks for a number from 0 to 1 that nothing else decides: a draw of the column's own by a name.

    salt  the name: other names are other draws
    """

    salt: str

    def answered(self, by: "AnswersNeeds", table: Table, column: Declared, /) -> "Answer | None":
        return by.noise(table, column, self)


@dataclass(frozen=True)
class LifeOf(Asked):
    """Asks for what a table declares of its rows' lives: a `Living`.

    name       which of its `lifecycles`; the only one where it is None
    reference  a column of a foreign key: the lives are those of the rows that it leads to
    """

    name: str | None = None
    reference: str | None = None

    def answered(self, by: "AnswersNeeds", table: Table, column: Declared, /) -> "Answer | None":
        return by.life(table, column, self)

    def own_column(self, table: Table, /) -> str | None:
        if self.reference is not None:
            return None
        lives = [life for name, life in table.lifecycles.items() if self.name in (None, name)]
        return next((life.starts for life in lives if not life.reference), None)


Need = str | Lookup | Asked
"""What a derived column is made from: a column of its row by name, one of a row it references, the rows that
stand together with it, the rows that reference it, draws of its own, the life of a row."""


@dataclass(frozen=True)
class Source:
    """A column that another is made from."""

    name: str
    type: SqlType
    kernel: Kernel

    @property
    def nullable(self) -> bool:
        """Whether it can be NULL."""
        return self.kernel.facts.nullable

    def values(self, rows: Rows) -> Column:
        """Its values, made once for these rows. Shared: not to be overwritten."""
        return rows.once(self.kernel, lambda: self.kernel.values(rows))


@dataclass(frozen=True)
class ChildRows:
    """The rows that reference a row.

    parents  how many rows there are that may be referenced
    source   the column of theirs that was asked for
    where    which of them count, as truth values
    """

    grouping: Grouping
    parents: int
    source: Source | None = None
    where: Source | None = None


@dataclass(frozen=True)
class RowAbove:
    """The row above in a tree.

    no_row  where there is none
    depth   levels of the tree at the most
    """

    pick: Selector
    no_row: Event | None
    depth: int


@dataclass(frozen=True)
class Living:
    """What rows go through.

    table, name  whose rows, and which of their lives
    starts       the moment at which each begins, by the rows of that table
    """

    table: str
    name: str
    declared: Lifecycle
    starts: Source


Answer: TypeAlias = Source | Grouping | ChildRows | RowAbove | Living
"""What answers a need: a Source, a Grouping for Siblings, ChildRows for RowsBelow, RowAbove for Upwards, a
Living for LifeOf."""


class AnswersNeeds(Protocol):
    """Who answers what is asked for beside columns; None where it was refused. All of them raise Refusal."""

    def siblings(self, table: Table, need: Siblings, /) -> Answer | None:
        """How the rows of a table stand together."""

    def rows_below(self, table: Table, column: Declared, need: RowsBelow, /) -> Answer | None:
        """The rows that reference those of a table."""

    def row_above(self, table: Table, need: Upwards, /) -> Answer | None:
        """The rows above those of a table, in a tree."""

    def noise(self, table: Table, column: Declared, need: Noise, /) -> Answer | None:
        """Draws of a column's own."""

    def life(self, table: Table, column: Declared, need: LifeOf, /) -> Answer | None:
        """What the rows of a table go through."""


def source_of(answer: Answer) -> Source:
    """The answer to a need of a column."""
    assert isinstance(answer, Source), "a column was asked for"
    return answer


def nothing_told(_kernel: Kernel) -> Sequence[str]:
    """There is nothing to warn of."""
    return ()


@dataclass(frozen=True)
class Derived:
    """Values that are made from other columns.

    needs   what from
    finish  given an answer to each need in their order, the kernel, whose facts say whether its values can be
            NULL. May raise Refusal.
    whole   a column that may be NULL has no NULLs but these, unless it says how many: a total is the total
    told    given the kernel, what users should be warned of
    injective  no two rows have the same, whatever it is made from: it may be a key
    differs    a column of a reference among whose rows no two of one parent have the same: together they
               may be a key
    over_table  what it promises is of all rows of the table: it is no case, and no part of a document
    """

    needs: tuple[Need, ...]
    finish: Callable[[Sequence[Answer]], Kernel]
    whole: bool = False
    told: Callable[[Kernel], Sequence[str]] = nothing_told
    injective: bool = False
    differs: str = ""
    over_table: bool = False
