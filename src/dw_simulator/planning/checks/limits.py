"""What the checks of a table say of one column, in the units in which its values are stored."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np

from dw_simulator.engine.storage import EPOCH, scaled, ticks_per_second
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

Stored = int | float | str
_DAY = 86_400
_FIRST_DAY = date.min.toordinal() - EPOCH.toordinal()
_END_OF_DAYS = date.max.toordinal() + 1 - EPOCH.toordinal()


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


def unit_of(type_: SqlType) -> Fraction:
    """What one stored unit is worth: a number, or seconds."""
    match type_.kind:
        case Kind.DECIMAL:
            return Fraction(1, 10**type_.scale)
        case Kind.DATE:
            return Fraction(86_400)
        case Kind.TIMESTAMP | Kind.TIME:
            return Fraction(1, ticks_per_second(type_))
    return Fraction(1)


def step_of(type_: SqlType) -> int:
    """Stored units between neighbouring values: more than one where fewer digits of a second are kept."""
    if type_.kind in (Kind.TIMESTAMP, Kind.TIME):
        return max(int(ticks_per_second(type_) // 10**type_.digits), 1)
    return 1


def bound(type_: SqlType, value: Literal, *, up: bool, strict: bool) -> int | float:
    """The least (`up`) or greatest stored value on the right side of a constant. Raises ValueError."""
    if type_.kind is Kind.FLOAT:
        return _float_bound(type_, _decimal(value), up=up, strict=strict)
    return _whole(type_, _worth(type_, value), up=up, strict=strict)


def _whole(type_: SqlType, worth: Fraction, *, up: bool, strict: bool) -> int:
    """The least (`up`) or greatest stored value on the right side of a number, or of a moment in seconds."""
    step = step_of(type_)
    steps = worth / unit_of(type_) / step
    whole = -(-steps.numerator // steps.denominator) if up else steps.numerator // steps.denominator
    if strict and whole == steps:
        whole += 1 if up else -1
    return int(whole) * step


def _float_bound(type_: SqlType, value: Decimal, *, up: bool, strict: bool) -> float:
    """Some engines compare a REAL with the constant itself, some with its rounding: right for both."""
    kind = np.float32 if type_.bits == 32 else np.float64
    with np.errstate(over="ignore"):
        rounded = kind(float(value))
    aside = kind(np.inf if up else -np.inf)
    beyond = Fraction(float(rounded)) < Fraction(value) if up else Fraction(float(rounded)) > Fraction(value)
    if not np.isfinite(rounded):
        raise ValueError(f"{value} is beyond {type_.declared}")
    return float(np.nextafter(rounded, aside) if strict or beyond else rounded)


def exact(type_: SqlType, value: Literal) -> Stored | None:
    """A constant as it is stored; None where no value of the type is equal to it. Raises ValueError."""
    if type_.kind is Kind.TEXT:
        text = str(value)
        return text if len(text.encode()) <= type_.length else None
    if type_.kind is Kind.BOOLEAN:
        return int(bool(value))
    if type_.kind is Kind.FLOAT:
        number = float(_decimal(value))
        return float(np.float32(number)) if type_.bits == 32 else number
    at = _worth(type_, value) / unit_of(type_)
    if at.denominator != 1 or at % step_of(type_):
        return None
    if type_.kind in (Kind.INTEGER, Kind.DECIMAL) and not type_.limits[0] <= at <= type_.limits[1]:
        return None
    return int(at)


def _decimal(value: Literal) -> Decimal:
    if not isinstance(value, Decimal):
        raise ValueError(f"{value!r} is no number")  # noqa: TRY004 - a value of the user's, not of the program
    return value


def _worth(type_: SqlType, value: Literal) -> Fraction:
    """A constant as a number, or in seconds since 1970 or midnight."""
    if type_.kind in (Kind.INTEGER, Kind.DECIMAL):
        return Fraction(_decimal(value))
    try:
        if type_.kind is Kind.TIME:
            clock = time.fromisoformat(str(value))
            span = datetime.combine(EPOCH.date(), clock.replace(tzinfo=UTC)) - EPOCH
        else:
            moment = datetime.fromisoformat(str(value))
            span = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH
    except ValueError:
        raise ValueError(f"{value!r} is no {type_.kind.value}") from None
    return Fraction(span // timedelta(microseconds=1), 10**6)


def shown(type_: SqlType, item: int | float) -> Decimal | datetime:
    """A stored number, date or timestamp, as a column declares it for a bound."""
    match type_.kind:
        case Kind.FLOAT:
            return Decimal(item)
        case Kind.INTEGER | Kind.DECIMAL:
            digits = tuple(map(int, str(abs(int(item)))))
            return Decimal((int(item < 0), digits, -type_.scale))
    seconds = Fraction(int(item)) * unit_of(type_)
    return (EPOCH + timedelta(microseconds=int(seconds * 10**6 // 1))).replace(tzinfo=None)


def off_the_calendar(type_: SqlType, unit: Fraction, *ends: int | float | Fraction | None) -> bool:
    """Whether one of these dates or timestamps is before the year 1 or after the year 9999.

    unit  how many seconds one of them counts for
    """
    if type_.kind not in (Kind.DATE, Kind.TIMESTAMP):
        return False
    days = [Fraction(end) * unit / _DAY for end in ends if end is not None]
    return not all(_FIRST_DAY <= day < _END_OF_DAYS for day in days)


def calendar_of(type_: SqlType) -> tuple[int, int]:
    """The stored values at the beginning of the year 1 and at the end of the year 9999."""
    day = _DAY / unit_of(type_)
    return int(_FIRST_DAY * day), int(_END_OF_DAYS * day) - step_of(type_)


def declared(column: Column) -> tuple[int | float | None, int | float | None]:
    """The stored bounds that a column declares; None for an open end."""
    type_ = column.type
    low, high = column.min_value, column.max_value
    if type_.kind is Kind.FLOAT:
        return (None if low is None else float(low)), (None if high is None else float(high))
    if type_.kind in (Kind.INTEGER, Kind.DECIMAL):
        return (
            None if low is None else scaled(low, type_.scale, up=True),
            None if high is None else scaled(high, type_.scale, up=False),
        )
    start, end = column.date_start, column.date_end
    first = None if start is None else bound(type_, start.isoformat(), up=True, strict=False)
    if end is None:
        return first, None
    # a last day counts to its last moment
    whole_day = type_.kind is Kind.TIMESTAMP and not isinstance(end, datetime)
    until = _worth(type_, end.isoformat()) + (_DAY if whole_day else 0)
    return first, _whole(type_, until, up=False, strict=whole_day)
