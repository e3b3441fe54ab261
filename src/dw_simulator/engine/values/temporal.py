"""Dates, times of day and timestamps, as whole numbers of days or of fractions of a second."""

from dw_simulator.engine.bounds import DAY, Bounds, range_of, step_of
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.integers import Integers
from dw_simulator.types import Kind, SqlType


def between(type_: SqlType, bounds: Bounds) -> Integers:
    """All values of the type within closed bounds.

    Raises ValueError where the storage cannot hold a bound (nanoseconds reach from 1677 to 2262).
    """
    step, (low, high) = step_of(type_), (bounds.low, bounds.high)
    assert low is not None, "open bounds are filled first"
    assert high is not None, "open bounds are filled first"
    if not -(1 << 63) <= low <= high < 1 << 63:
        raise ValueError(f"no {type_.declared} lies there (nanoseconds reach from 1677 to 2262)")
    first = -(-int(low) // step) * step
    if first > high:
        raise ValueError(f"no {type_.declared} lies there")
    return Integers(first, (int(high) - first) // step + 1, dtype_of(type_), step)


def of_day(type_: SqlType) -> Integers:
    """All times of a day."""
    return between(type_, range_of(type_))


def units_per_day(type_: SqlType) -> int:
    """How many values a day has: 1 as a DATE, else a day's seconds or fractions of them."""
    return 1 if type_.kind is Kind.DATE else int(DAY * 10**type_.digits)
