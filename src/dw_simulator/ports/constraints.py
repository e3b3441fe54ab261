"""What CHECK constraints say, in the planner's words: plain objects that a dialect reads from SQL text.

Whatever they say of a column holds where it is not NULL, as in SQL. `Dialect.checks` makes them, which the
dialects that ship do by `plugins.dialects.checks`; `planning.checks` makes values follow them.

>>> from dw_simulator.registry.manager import registry
>>> from dw_simulator.schema.model import Column, Table
>>> code = Column(name="code", data_type="VARCHAR(9)")
>>> table = Table(name="t", target_rows=1, columns=[code], checks=["code LIKE 'A_%' AND code <> 'A1'"])
>>> (check,) = registry().load("dialect", "postgres").checks(table)
>>> check.constraints
(Like(column='code', tokens=('A', ('_',), ('%',)), negated=False), NoneOf(column='code', values=('A1',)))
>>> Matcher(check.constraints[0].tokens).matches("A7")
True
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from dw_simulator.errors import elided
from dw_simulator.schema.declared import SqlText
from dw_simulator.schema.model import Table

Literal = Decimal | str | bool
"""A number, a text (also a date or a time, as it is written), or a truth value."""

ONE, MANY = "_", "%"


@dataclass(frozen=True)
class Range:
    """A column between two values, each of which may be open (None); `above` and `below` exclude the ends."""

    column: str
    low: Literal | None = None
    high: Literal | None = None
    above: bool = False
    below: bool = False


@dataclass(frozen=True)
class OneOf:
    """A column with one of some values."""

    column: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class NoneOf:
    """A column with none of some values."""

    column: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Length:
    """A text of `low` to `high` characters."""

    column: str
    low: int = 0
    high: int | None = None


@dataclass(frozen=True)
class Like:
    """A text of a form: (ONE,) stands for any character, (MANY,) for any text, a character for itself.

    negated  a text that is not of that form
    """

    column: str
    tokens: tuple[str | tuple[str], ...]
    negated: bool = False


@dataclass(frozen=True)
class Present:
    """A column that is not NULL."""

    column: str


@dataclass(frozen=True)
class Order:
    """One column's value before another's in every row, or (unless `strict`) the same."""

    lesser: str
    greater: str
    strict: bool = False


Constraint = Range | OneOf | NoneOf | Length | Like | Present | Order


# --- what makes a CHECK likely that is not understood


class TakesHints(Protocol):
    """Who makes values by hints."""

    def computed(self, column: str, sql: str, /) -> None:
        """A column is what an expression over others gives, in the dialect's SQL."""

    def formed(self, column: str, pattern: str, /) -> None:
        """A text is of a form, as a regular expression of the whole text."""

    def stepped(self, column: str, step: int, rest: int, /) -> None:
        """A whole number leaves a rest, divided by a step."""

    def cased(self, column: str, upper: bool, /) -> None:
        """A text is in capitals, or in small letters."""

    def spread(self, column: str, ranges: Sequence[Range], /) -> None:
        """A number or a moment is of one of several ranges, which do not touch; open ends end soon."""

    def null_with(self, column: str, sql: str, /) -> None:
        """A column is NULL where a condition in the dialect's SQL holds."""

    def summed(self, total: "SumWithin", /) -> None:
        """Numbers are together within ends."""


class Hint(ABC):
    """How values are made that are likely to pass."""

    column: str

    @property
    def names(self) -> Sequence[str]:
        """The columns that it is about."""
        return (self.column,)

    @abstractmethod
    def taken(self, by: TakesHints, /) -> None:
        """Tell who makes them."""


@dataclass(frozen=True)
class Equation(Hint):
    """A column that is what an expression over others gives, in the dialect's SQL."""

    column: str
    sql: str

    def taken(self, by: TakesHints, /) -> None:
        by.computed(self.column, self.sql)


@dataclass(frozen=True)
class Formed(Hint):
    """A text that is of a form, as a regular expression of the whole text."""

    column: str
    pattern: str

    def taken(self, by: TakesHints, /) -> None:
        by.formed(self.column, self.pattern)


@dataclass(frozen=True)
class Stepped(Hint):
    """A whole number that leaves a rest, divided by a step."""

    column: str
    step: int
    rest: int

    def taken(self, by: TakesHints, /) -> None:
        by.stepped(self.column, self.step, self.rest)


@dataclass(frozen=True)
class Cased(Hint):
    """A text in capitals, or (unless `upper`) in small letters."""

    column: str
    upper: bool

    def taken(self, by: TakesHints, /) -> None:
        by.cased(self.column, self.upper)


@dataclass(frozen=True)
class SeveralRanges(Hint):
    """A number or a moment of one of several ranges, which do not touch; open ends end soon."""

    column: str
    ranges: tuple[Range, ...]

    def taken(self, by: TakesHints, /) -> None:
        by.spread(self.column, self.ranges)


@dataclass(frozen=True)
class NullWith(Hint):
    """A column that is NULL where a condition in the dialect's SQL holds."""

    column: str
    sql: str

    def taken(self, by: TakesHints, /) -> None:
        by.null_with(self.column, self.sql)


@dataclass(frozen=True)
class SumWithin(Hint):
    """Numbers of which so many of each are together from `low` to `high`; None is an open end."""

    terms: tuple[tuple[str, Decimal], ...]
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def names(self) -> Sequence[str]:
        return [name for name, _times in self.terms]

    def taken(self, by: TakesHints, /) -> None:
        by.summed(self)


@dataclass(frozen=True)
class Check:
    """A CHECK as it was read.

    text         as it is declared
    constraints  what was understood; all of them have to hold
    left         why the rest was not understood, part by part; empty where all was
    implied      what has to hold besides, wherever the rest does: not all that it says
    hints        how values are made that are likely to pass the rest; of several for one column the first
    asked        the text with as_of() for the present, as an expression over the row; empty for the same
    dialect      in which rows are asked, and hints are told; empty for the warehouse's own
    """

    text: str
    constraints: tuple[Constraint, ...] = ()
    left: tuple[str, ...] = ()
    implied: tuple[Constraint, ...] = ()
    hints: tuple[Hint, ...] = ()
    asked: str = ""
    dialect: str = ""

    @property
    def label(self) -> str:
        return f"CHECK ({elided(self.text)})"

    @property
    def condition(self) -> str:
        """An expression over the row that is true where it passes: NULL does, what cannot be computed not."""
        return f"TRY(COALESCE((\n{self.asked or self.text}\n), TRUE))"

    def spoken(self, expression: str) -> SqlText:
        """An expression that is asked of rows, with its dialect."""
        return SqlText(sql=expression, dialect=self.dialect or None)

    def told(self, table: str, left: Sequence[str]) -> str:
        """The warning about parts that are not followed, with the reasons."""
        words = (
            "is followed in part only"
            if len(left) < len(self.constraints) + len(self.left)
            else "is not followed"
        )
        return f"{table}: {self.label} {words}: {'; '.join(left)}"


def listed_by_types(table: Table) -> tuple[Check, ...]:
    """What the types of a table's columns say that list their values: an ENUM is a CHECK."""
    return tuple(
        Check(
            f"{column.name} IN ({column.type.declared.partition('(')[2]}",
            (OneOf(column.name, column.type.values),),
        )
        for column in table.columns
        if column.type.values
    )


@dataclass(frozen=True, eq=False)
class OpenCheck:
    """A CHECK that constraints do not follow, or in part only, and why."""

    check: Check
    left: tuple[str, ...]


State = frozenset[int]
"""Where in a pattern a text may have got to: positions before its tokens."""


class Matcher:
    """Tells which texts are LIKE a pattern, one character after the other."""

    def __init__(self, tokens: Sequence[str | tuple[str]]) -> None:
        self._tokens = tuple(tokens)
        self._steps: dict[tuple[State, str], State] = {}
        self.start: State = self._closed({0})

    def _closed(self, places: set[int]) -> State:
        """The places, and those behind runs that may be empty."""
        for place in sorted(places):
            at = place
            while at < len(self._tokens) and self._tokens[at] == (MANY,):
                at += 1
                places.add(at)
        return frozenset(places)

    def read(self, state: State, text: str) -> State:
        """Where the pattern has got to behind a text."""
        for character in text:
            step = (state, character)
            if step not in self._steps:
                self._steps[step] = self._behind(state, character)
            state = self._steps[step]
            if not state:  # nothing goes on from nowhere
                break
        return state

    def _behind(self, state: State, character: str) -> State:
        after: set[int] = set()
        for place in state:
            token = self._tokens[place] if place < len(self._tokens) else None
            if token == (MANY,):
                after.add(place)
            elif token in ((ONE,), character):
                after.add(place + 1)
        return self._closed(after)

    def accepts(self, state: State) -> bool:
        """Whether a text that ends here is LIKE the pattern."""
        return len(self._tokens) in state

    def matches(self, text: str) -> bool:
        """Whether a text is LIKE the pattern."""
        return self.accepts(self.read(self.start, text))
