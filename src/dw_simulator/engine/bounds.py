"""From what is declared to what is stored: the one arithmetic of bounds, in exact rationals.

A value is *worth* a number, or seconds since 1970, or since midnight. A type stores whole numbers of a
*unit*, neighbours being a *step* apart; floats are stored as they are. Every bound, a column's own as well as
one that a CHECK names or another column sets, is a worth first, and is rounded once, towards the side on
which values may lie:

>>> from dw_simulator.types import sql_type
>>> cents = sql_type("DECIMAL(6,2)")
>>> stored(cents, Fraction(1, 3), up=True), stored(cents, Fraction(1, 3), up=False)
(34, 33)
>>> stored(cents, Fraction(1, 2), up=True, strict=True)  # the least above one half
51
>>> day = Fraction(86_400)
>>> stored(sql_type("TIMESTAMP(0)"), day, up=False, strict=True)  # the last second of the first day of 1970
86399000000
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import numpy as np

from dw_simulator.engine.storage import EPOCH, ticks_per_second
from dw_simulator.schema.model import Column
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

Number = int | float
DAY = 86_400
"""Seconds."""
DEFAULT_SPAN = 1000
"""What lies between the bounds of a number where one of them, or none, is declared."""
DEFAULT_START, DEFAULT_END = date(2020, 1, 1), date(2025, 12, 31)
"""Between which dates and moments lie where nothing is declared."""
_FIRST_DAY = date.min.toordinal() - EPOCH.toordinal()
_END_OF_DAYS = date.max.toordinal() + 1 - EPOCH.toordinal()
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest stored value, both included; None where an end is open."""

    low: Number | None = None
    high: Number | None = None

    def meet(self, other: "Bounds") -> "Bounds":
        """What lies within both.

        >>> Bounds(1, None).meet(Bounds(0, 9))
        Bounds(low=1, high=9)
        """
        lows = [end for end in (self.low, other.low) if end is not None]
        highs = [end for end in (self.high, other.high) if end is not None]
        return Bounds(max(lows, default=None), min(highs, default=None))

    @property
    def ends(self) -> tuple[Number | None, Number | None]:
        """Both, the lower one first."""
        return self.low, self.high

    @property
    def is_empty(self) -> bool:
        """Whether no value lies between them."""
        return self.low is not None and self.high is not None and self.low > self.high

    def hold(self, value: Number) -> bool:
        """Whether a stored value lies within them."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


# --- units


def unit_of(type_: SqlType) -> Fraction:
    """What one stored unit is worth: a number, or seconds."""
    match type_.kind:
        case Kind.DECIMAL:
            return Fraction(1, 10**type_.scale)
        case Kind.DATE:
            return Fraction(DAY)
        case Kind.TIMESTAMP | Kind.TIME:
            return Fraction(1, ticks_per_second(type_))
    return Fraction(1)


def step_of(type_: SqlType) -> int:
    """Stored units between neighbours: more than one where fewer digits of a second are kept than stored."""
    if type_.kind in (Kind.TIMESTAMP, Kind.TIME):
        return max(int(ticks_per_second(type_) // 10**type_.digits), 1)
    return 1


def grain_of(type_: SqlType) -> Fraction:
    """What neighbouring values are apart in worth; not for floats, which have no such distance."""
    return unit_of(type_) * step_of(type_)


def worth_of(type_: SqlType, value: Decimal | date | time | str) -> Fraction:
    """What a constant is worth to a type. Raises ValueError where it is no value of its kind."""
    if type_.kind in NUMERIC_KINDS:
        if not isinstance(value, Decimal):
            raise ValueError(f"{value!r} is no number")
        return Fraction(value)
    try:
        span = _since_midnight(value) if type_.kind is Kind.TIME else _since_epoch(value)
    except ValueError:
        raise ValueError(f"{value!r} is no {type_.kind.value}") from None
    return Fraction(span // timedelta(microseconds=1), 10**6) + _nanoseconds(value)


def _nanoseconds(value: Decimal | date | time | str) -> Fraction:
    """What a text says of a second behind its microseconds, where Python's own times end: in seconds."""
    found = re.search(r"[.,]\d{6}(\d+)", value) if isinstance(value, str) else None
    return Fraction(int(found[1]), 10 ** (6 + len(found[1]))) if found else Fraction(0)


def _since_midnight(value: Decimal | date | time | str) -> timedelta:
    clock = value if isinstance(value, time) else time.fromisoformat(str(value))
    return datetime.combine(EPOCH.date(), clock.replace(tzinfo=UTC)) - EPOCH


def _since_epoch(value: Decimal | date | time | str) -> timedelta:
    moment = datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH


def stored(type_: SqlType, worth: Fraction, *, up: bool, strict: bool = False) -> Number:
    """The least stored value that is no less (`up`), or the greatest that is no more.

    strict  that is more, or less

    Raises ValueError where a float cannot be so great.
    """
    if type_.kind is Kind.FLOAT:
        return _float_beside(type_, worth, up=up, strict=strict)
    grains = worth / grain_of(type_)
    whole = -(-grains.numerator // grains.denominator) if up else grains.numerator // grains.denominator
    if strict and whole == grains:
        whole += 1 if up else -1
    return int(whole) * step_of(type_)


def _float_beside(type_: SqlType, worth: Fraction, *, up: bool, strict: bool) -> float:
    """Some engines compare a REAL with a constant itself, some with its rounding: this is right for both."""
    kind = np.float32 if type_.bits == 32 else np.float64
    with np.errstate(over="ignore"):
        rounded = kind(_nearest(worth))
    if not np.isfinite(rounded):
        raise ValueError(f"{_shown(worth)} is beyond {type_.declared}")
    beyond = Fraction(float(rounded)) < worth if up else Fraction(float(rounded)) > worth
    aside = kind(np.inf if up else -np.inf)
    return float(np.nextafter(rounded, aside) if strict or beyond else rounded)


def _nearest(worth: Fraction) -> float:
    try:
        return float(worth)
    except OverflowError:
        return float("inf") if worth > 0 else float("-inf")


def _shown(worth: Fraction) -> str:
    return str(Decimal(worth.numerator) / Decimal(worth.denominator))


# --- what a type holds


@lru_cache(maxsize=256)
def range_of(type_: SqlType) -> Bounds:
    """The least and the greatest value that a type stores; of dates and moments, in the years 1 to 9999."""
    match type_.kind:
        case Kind.FLOAT:
            most = float(np.finfo(np.float32 if type_.bits == 32 else np.float64).max)
            return Bounds(-most, most)
        case Kind.TIME:
            return Bounds(0, stored(type_, Fraction(DAY), up=False, strict=True))
        case Kind.DATE | Kind.TIMESTAMP:
            ends = (Fraction(_FIRST_DAY * DAY), Fraction(_END_OF_DAYS * DAY))
            low = stored(type_, ends[0], up=True)
            high = stored(type_, ends[1], up=False, strict=True)
            step = step_of(type_)
            return Bounds(max(low, -(-_LEAST // step) * step), min(high, _MOST // step * step))
    return Bounds(*type_.limits)


def is_on_calendar(*worths: Fraction | None) -> bool:
    """Whether moments, in seconds since 1970, lie in the years 1 to 9999."""
    return all(_FIRST_DAY <= worth / DAY < _END_OF_DAYS for worth in worths if worth is not None)


# --- what a column declares


def declared(column: Column) -> Bounds:
    """The bounds that a column declares, as stored; a last day counts to its last moment."""
    type_ = column.type
    if type_.kind is Kind.FLOAT:
        low, high = column.min_value, column.max_value
        return Bounds(None if low is None else float(low), None if high is None else float(high))
    if type_.kind in NUMERIC_KINDS:
        return Bounds(
            None if column.min_value is None else stored(type_, Fraction(column.min_value), up=True),
            None if column.max_value is None else stored(type_, Fraction(column.max_value), up=False),
        )
    return Bounds(
        None if column.date_start is None else stored(type_, worth_of(type_, column.date_start), up=True),
        None if column.date_end is None else _last_of(type_, column.date_end),
    )


def _last_of(type_: SqlType, end: date) -> Number:
    whole_day = type_.kind is Kind.TIMESTAMP and not isinstance(end, datetime)
    worth = worth_of(type_, end) + (DAY if whole_day else 0)
    return stored(type_, worth, up=False, strict=whole_day)


def allowed(column: Column) -> Bounds:
    """The bounds that a column declares, and those of its type."""
    return range_of(column.type).meet(declared(column))


def shown(type_: SqlType, item: Number) -> Decimal | datetime:
    """A stored number, date or timestamp, as a column declares it for a bound."""
    if type_.kind is Kind.FLOAT:
        return Decimal(item)
    if type_.kind in NUMERIC_KINDS:
        digits = tuple(map(int, str(abs(int(item)))))
        return Decimal((int(item < 0), digits, -type_.scale))
    seconds = Fraction(int(item)) * unit_of(type_)
    return (EPOCH + timedelta(microseconds=int(seconds * 10**6 // 1))).replace(tzinfo=None)


# --- open ends


def filled(type_: SqlType, bounds: Bounds, present: date | None = None) -> Bounds:
    """The bounds with something sensible for open ends: what the rules `uniform` and `calendar` draw between.

    Numbers reach from 0 to 1000, or 1000 from the bound that is declared, or as far as that is from 0 where
    it is more; dates and moments over the same number of years as from 2020 to 2025; times over the day.

    present  the last day or moment that has been: where dates and moments end that do not begin later

    >>> from dw_simulator.types import sql_type
    >>> filled(sql_type("DOUBLE"), Bounds(1e20)).high
    2e+20
    >>> filled(sql_type("SMALLINT"), Bounds(high=-5))
    Bounds(low=-1005, high=-5)
    """
    if bounds.low is not None and bounds.high is not None:
        return bounds
    if type_.kind is Kind.TIME:
        return range_of(type_).meet(bounds)
    if type_.kind in NUMERIC_KINDS:
        return _filled_numbers(type_, bounds)
    return _filled_moments(type_, bounds, present)


def _filled_numbers(type_: SqlType, bounds: Bounds) -> Bounds:
    anchor = bounds.high if bounds.low is None else bounds.low
    one = 1 if type_.kind is Kind.FLOAT else 10**type_.scale
    span: Number = DEFAULT_SPAN * one
    if type_.kind is Kind.FLOAT:  # where 1000 more would be the same number
        span = max(float(span), abs(anchor or 0.0))
    if bounds.low is not None:
        high = bounds.low + span
        return Bounds(bounds.low, min(high, range_of(type_).high or 0))
    if bounds.high is not None:
        low = 0 if bounds.high >= 0 else bounds.high - span
        return Bounds(max(low, range_of(type_).low or 0), bounds.high)
    whole = range_of(type_)
    low = max(0, whole.low or 0)
    return Bounds(low, min(low + span, whole.high or span))


def _filled_moments(type_: SqlType, bounds: Bounds, present: date | None) -> Bounds:
    years = DEFAULT_END.year - DEFAULT_START.year + 1
    start: date | None = None
    end: date | None = None
    if bounds.low is None and bounds.high is None:
        start, end = default_start(present), present or DEFAULT_END
    elif bounds.low is None and bounds.high is not None:
        start = date(max(_year_of(type_, bounds.high) - years, 1), 1, 1)
    elif bounds.low is not None:
        begun = present is not None and bounds.low <= _last_of(type_, present)
        end = present if begun else date(min(_year_of(type_, bounds.low) + years, 9999), 12, 31)
    return Bounds(
        bounds.low if start is None else stored(type_, worth_of(type_, start), up=True),
        bounds.high if end is None else _last_of(type_, end),
    )


def default_start(present: date | None) -> date:
    """From when dates and moments lie where nothing is declared."""
    if present is None:
        return DEFAULT_START
    return date(max(present.year - DEFAULT_END.year + DEFAULT_START.year, 1), 1, 1)


def _year_of(type_: SqlType, item: Number) -> int:
    found = shown(type_, item)
    assert isinstance(found, datetime), "moments are shown as moments"
    return found.year
