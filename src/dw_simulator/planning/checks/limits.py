"""What the checks of a table say of one column, in the units in which its values are stored.

>>> from dw_simulator.schema.model import Column
>>> from dw_simulator.ports.constraints import NoneOf, Range
>>> month = Limits(Column(name="month", data_type="SMALLINT"))
>>> month.add(Range("month", Decimal(1), Decimal(12)), "CHECK (month BETWEEN 1 AND 12)")
>>> month.add(NoneOf("month", (Decimal(2),)), "CHECK (month <> 2)")
>>> month.against(2), month.against(3)
('CHECK (month <> 2)', '')
>>> month.hold(Facts(span=(3, 9)))
True
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from dw_simulator.engine.bounds import Bounds, range_of, stored, worth_of
from dw_simulator.engine.values.facts import Facts, Stored
from dw_simulator.ports.constraints import (
    Constraint,
    Length,
    Like,
    Literal,
    Matcher,
    NoneOf,
    OneOf,
    Present,
    Range,
)
from dw_simulator.schema.model import Column
from dw_simulator.types import Kind, SqlType


@dataclass(eq=False)
class Limits:
    """Bounds, lists, lengths and forms of a column; each with the label of the check that says it.

    low, high          least and greatest stored value
    values             what is listed, as stored
    holes              what is excluded
    shortest, longest  characters of a text
    forms              what a text is LIKE
    present            why it is never NULL
    labels             of all its checks
    kept               whether they are known to hold, or it was told that they may not
    """

    column: Column
    low: tuple[int | float, str] | None = None
    high: tuple[int | float, str] | None = None
    values: tuple[dict[Stored, Literal], str] | None = None
    holes: dict[Stored, str] = field(default_factory=dict)
    shortest: tuple[int, str] = (0, "")
    longest: tuple[int, str] | None = None
    forms: list[tuple[Like, Matcher, str]] = field(default_factory=list)
    present: str = ""
    labels: dict[str, None] = field(default_factory=dict)
    kept: bool = False

    @property
    def label(self) -> str:
        return " and ".join(self.labels)

    @property
    def bounds(self) -> Bounds:
        """Least and greatest stored value."""
        return Bounds(self.low and self.low[0], self.high and self.high[0])

    @property
    def numbers_left_out(self) -> list[int | float]:
        """The stored numbers that are excluded, ascending."""
        return sorted(hole for hole in self.holes if not isinstance(hole, str))

    @property
    def ask_for_values(self) -> bool:
        """Whether they say anything of which values there may be, besides that there is one."""
        lengths = self.shortest[0] or self.longest
        return bool(self.low or self.high or self.values or self.holes or self.forms or lengths)

    def hold(self, facts: Facts) -> bool:
        """Whether all stored numbers that can come out are known to pass."""
        if facts.numbers is not None:
            return not any(map(self.against, facts.numbers))
        if self.values is not None:
            return False
        return facts.within(*self.bounds.ends) and not any(map(facts.may_be, self.holes))

    def forbid_all(self, facts: Facts) -> bool:
        """Whether all that can come out is known to fail."""
        if facts.listed is not None:
            return all(map(self.against, facts.listed))
        ends = facts.ends
        return ends is not None and Bounds(*ends).meet(self.bounds).is_empty

    def add(self, constraint: Constraint, label: str) -> None:
        """Take in what a check says. Raises ValueError where a constant is none of the column's type."""
        handler: Callable[[Constraint, str], None] = _ADDERS[type(constraint)].__get__(self)
        handler(constraint, label)
        self.labels[label] = None

    def _range(self, said: Range, label: str) -> None:
        type_ = self.column.type
        if said.low is not None:
            low = bound(type_, said.low, up=True, strict=said.above)
            if self.low is None or low > self.low[0]:
                self.low = (low, label)
        if said.high is not None:
            high = bound(type_, said.high, up=False, strict=said.below)
            if self.high is None or high < self.high[0]:
                self.high = (high, label)

    def _one_of(self, said: OneOf, label: str) -> None:
        listed = {
            item: value for value in said.values if (item := exact(self.column.type, value)) is not None
        }
        if self.values is not None:
            listed = {item: value for item, value in listed.items() if item in self.values[0]}
        self.values = (listed, label)

    def _none_of(self, said: NoneOf, label: str) -> None:
        for value in said.values:
            item = exact(self.column.type, value)
            if item is not None:
                self.holes.setdefault(item, label)

    def _length(self, said: Length, label: str) -> None:
        if said.low > self.shortest[0]:
            self.shortest = (said.low, label)
        if said.high is not None and (self.longest is None or said.high < self.longest[0]):
            self.longest = (said.high, label)

    def _like(self, said: Like, label: str) -> None:
        self.forms.append((said, Matcher(said.tokens), label))

    def _present(self, _said: Present, label: str) -> None:
        self.present = label

    def against(self, item: Stored) -> str:
        """The label of a check that a stored value does not pass; empty where it passes all."""
        if self.values is not None and item not in self.values[0]:
            return self.values[1]
        if item in self.holes:
            return self.holes[item]
        if isinstance(item, str):
            return self._against_text(item)
        if self.low is not None and item < self.low[0]:
            return self.low[1]
        if self.high is not None and item > self.high[0]:
            return self.high[1]
        return ""

    def _against_text(self, text: str) -> str:
        if len(text) < self.shortest[0]:
            return self.shortest[1]
        if self.longest is not None and len(text) > self.longest[0]:
            return self.longest[1]
        wrong = (label for form, matcher, label in self.forms if matcher.matches(text) == form.negated)
        return next(wrong, "")


_ADDERS: dict[type, Callable[..., None]] = {
    Range: Limits._range,
    OneOf: Limits._one_of,
    NoneOf: Limits._none_of,
    Length: Limits._length,
    Like: Limits._like,
    Present: Limits._present,
}


def bound(type_: SqlType, value: Literal, *, up: bool, strict: bool) -> int | float:
    """The least (`up`) or greatest stored value on the right side of a constant. Raises ValueError."""
    return stored(type_, worth_of(type_, constant(value)), up=up, strict=strict)


def exact(type_: SqlType, value: Literal) -> Stored | None:
    """A constant as it is stored; None where no value of the type is equal to it. Raises ValueError."""
    if type_.kind is Kind.TEXT:
        text = str(value)
        return text if len(text.encode()) <= type_.length else None
    if type_.kind is Kind.BOOLEAN:
        return int(bool(value))
    worth = worth_of(type_, constant(value))
    if type_.kind is Kind.FLOAT:
        number = float(worth)
        return float(np.float32(number)) if type_.bits == 32 else number
    whole = stored(type_, worth, up=True)
    if whole != stored(type_, worth, up=False) or not range_of(type_).hold(whole):
        return None
    return whole


def constant(value: Literal) -> Decimal | str:
    """A constant of SQL as `worth_of` takes it; truth values are no numbers and no moments."""
    return str(value) if isinstance(value, bool) else value
