"""Dates, times of day and timestamps, as whole numbers of days or of fractions of a second."""

from datetime import UTC, date, datetime, time

from dw_simulator.engine.storage import dtype_of, encode, ticks_per_second
from dw_simulator.engine.values.integers import Integers
from dw_simulator.types import Kind, SqlType

DEFAULT_START, DEFAULT_END = date(2020, 1, 1), date(2025, 12, 31)


def between(type_: SqlType, start: date | None, end: date | None) -> Integers:
    """All values of the type from start to end, both included; a last day counts to its last moment.

    Raises ValueError when the storage cannot hold a bound (nanoseconds reach from 1677 to 2262).
    """
    step = step_of(type_)
    low, high = stored_bounds(type_, *_span(start, end))
    low = -(-low // step) * step
    if not -(1 << 63) <= low <= high < 1 << 63:
        raise ValueError(f"no {type_.declared} lies there (nanoseconds reach from 1677 to 2262)")
    return Integers(low, (high - low) // step + 1, dtype_of(type_), step)


def stored_bounds(type_: SqlType, start: date | None, end: date | None) -> tuple[int, int]:
    """The first and the last stored moment of a span; 0 for an end that is open."""
    if end is not None and type_.kind is Kind.TIMESTAMP and not isinstance(end, datetime):
        end = datetime.combine(end, time(23, 59, 59, 999_999), tzinfo=UTC)
    return encode(type_, start) if start else 0, encode(type_, end) if end else 0


def of_day(type_: SqlType) -> Integers:
    """All times of a day."""
    return Integers(0, units_per_day(type_), dtype_of(type_), step_of(type_))


def units_per_day(type_: SqlType) -> int:
    """How many values a day has: 1 as a DATE, else a day's seconds or fractions of them."""
    return 1 if type_.kind is Kind.DATE else int(86_400 * 10**type_.digits)


def step_of(type_: SqlType) -> int:
    """Storage units between neighbouring values of TIME(digits) and TIMESTAMP(digits), and between days."""
    return 1 if type_.kind is Kind.DATE else int(ticks_per_second(type_) // 10**type_.digits)


def _span(start: date | None, end: date | None) -> tuple[date, date]:
    """The default span, moved so that it respects the one bound that was given."""
    if start is None and end is None:
        return DEFAULT_START, DEFAULT_END
    years = DEFAULT_END.year - DEFAULT_START.year + 1
    if start is None:
        assert end is not None
        return date(max(end.year - years, 1), 1, 1), end
    return start, end if end is not None else date(min(start.year + years, 9999), 12, 31)
