"""What is known of values before any is made: one record, which every domain and kernel answers.

Whoever wants to know something about values asks their facts, and never what class they are of. What is
wrapped around others composes theirs:

>>> numbers = Facts(span=(3, 21), grid=(3, 2), distinct=10, repeats=False)
>>> numbers.ends, numbers.may_be(7), numbers.may_be(8)
((3, 21), True, False)
>>> from dataclasses import replace
>>> replace(numbers, nullable=True).nullable
True
>>> Facts().ends is None  # nothing is known of a stranger's values that says nothing
True
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from dw_simulator.engine.columns import Column, FixedColumn, PoolColumn, ViewColumn

Stored = int | float | str
"""A value as it is stored: a scaled integer, a float, a text."""
Ends = tuple[int | float, int | float]
"""The least and the greatest stored value, both included."""

MANY = 1 << 17
"""So many values are looked at one by one, and not more."""
FEW = 1 << 12
"""So many numbers of a grid are written out, and not more."""


@dataclass(frozen=True)
class Language:
    """Texts that are put together: one of each part, in this order. Not all of them need to come out.

    >>> Language((("a", "b"), ("1", "22"))).lengths
    (2, 3)
    """

    parts: tuple[Sequence[str], ...]

    @property
    def listed(self) -> Sequence[str] | None:
        """All texts, where there is but one part."""
        return self.parts[0] if len(self.parts) == 1 else None

    @property
    def lengths(self) -> tuple[int, int]:
        """Characters of the shortest and of the longest text."""
        return (
            sum(min(map(len, part)) for part in self.parts),
            sum(max(map(len, part)) for part in self.parts),
        )


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of the values that can come out, NULL apart. What is not known is left as it is here.

    span         least and greatest stored value, both included; nothing else comes out
    grid         (base, step): every stored whole number is base + k * step, step > 0
    excluded     stored values within the span, and on the grid, that never come out
    every        gives all values, as a column; only where there are few
    distinct     at most so many values differ
    repeats      whether two rows may have the same value
    nullable     whether NULL can come out
    width        bytes of the longest text or byte string; 0 where values are of fixed width
    language     gives what texts are put together from; None where nobody can tell
    movable      whether another value may take a value's place, as one between other bounds: not where
                 somebody has listed the values, or where rows are counted
    even         all values of the grid, or of the span, are equally likely
    independent  a row's value is a draw of its own, and may be asked at any row number at all
    steady       the next row has the grid's next value
    rising       no row has a lesser value than the row before
    """

    span: Ends | None = None
    grid: tuple[int, int] | None = None
    excluded: frozenset[Stored] = frozenset()
    every: Callable[[], Column] | None = None
    distinct: int | None = None
    repeats: bool = True
    nullable: bool = False
    width: int = 0
    language: Callable[[], Language | None] | None = None
    movable: bool = True
    even: bool = False
    independent: bool = False
    steady: bool = False
    rising: bool = False

    def picked(self, **changes: Any) -> "Facts":
        """What is known of the values in rows that somebody else has picked: none is a draw of its own."""
        return replace(
            self, movable=False, even=False, independent=False, steady=False, rising=False, **changes
        )

    @cached_property
    def column(self) -> Column | None:
        """All values, made when they are first asked for; None where there are many, or nobody knows."""
        return None if self.every is None else self.every()

    @cached_property
    def ends(self) -> Ends | None:
        """The least and the greatest stored number that can come out, where that is known."""
        if self.span is not None:
            return self.span
        return (min(self.numbers), max(self.numbers)) if self.numbers else None

    @cached_property
    def numbers(self) -> Sequence[int] | Sequence[float] | None:
        """All values, where they are a few stored numbers; or a few more, if not all of a grid come out."""
        if isinstance(self.column, FixedColumn):
            return stored_numbers(self.column)
        if self.grid is None or self.span is None or self.span[1] - self.span[0] >= FEW * self.grid[1]:
            return None
        listed = range(int(self.span[0]), int(self.span[1]) + 1, self.grid[1])
        return [value for value in listed if value not in self.excluded]

    @cached_property
    def texts(self) -> Language | None:
        """What texts are put together from, where that is known."""
        if self.language is not None:
            return self.language()
        if not isinstance(self.column, PoolColumn | ViewColumn):
            return None
        return Language((texts_of(self.column),))

    @cached_property
    def listed(self) -> Sequence[Stored] | None:
        """All values, as stored, where they are few and known one by one."""
        if self.numbers is not None:
            return self.numbers
        return None if self.texts is None else self.texts.listed

    def may_be(self, value: Stored) -> bool:
        """Whether a stored value can come out, as far as is known."""
        if isinstance(value, str):
            return self.listed is None or value in self.listed
        outside = self.ends is not None and not self.ends[0] <= value <= self.ends[1]
        if outside or value in self.excluded:
            return False
        if self.grid is not None:
            return (value - self.grid[0]) % self.grid[1] == 0
        return self.numbers is None or value in self.numbers

    def within(self, low: int | float | None, high: int | float | None) -> bool:
        """Whether all stored numbers are known to lie from low to high; None is an open end."""
        if low is None and high is None:
            return True
        return self.ends is not None and (
            (low is None or self.ends[0] >= low) and (high is None or self.ends[1] <= high)
        )


UNKNOWN = Facts()
"""Nothing is known."""


def stored_numbers(column: FixedColumn) -> list[int] | list[float] | None:
    """The values of a column as numbers; wide decimals from their two words. None for other byte strings."""
    if column.values.ndim == 1:
        found: list[int] = column.values.tolist()
        return found
    if column.values.shape[1] != 2:
        return None
    whole = [int(low) | int(high) << 64 for low, high in column.values]
    return [value - (1 << 128) if value >> 127 else value for value in whole]


_INLINE = 12


def texts_of(column: Column) -> list[str]:
    """A text column's values. Raises TypeError for a column of fixed width."""
    if isinstance(column, PoolColumn):
        return [column.pool.values[code] for code in column.codes.tolist()]
    if not isinstance(column, ViewColumn):
        raise TypeError("a column of numbers, lists or structs holds no texts")
    views, data = column.views.tobytes(), column.data.tobytes()
    lengths, starts = column.views[:, 0].tolist(), column.views[:, 3].tolist()
    return [
        (views[at : at + length] if length <= _INLINE else data[start : start + length]).decode()
        for at, length, start in zip(range(4, len(views), 16), lengths, starts, strict=True)
    ]
