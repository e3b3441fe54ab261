"""How values of each type are stored: dtypes, and the integer that stands for a date or a decimal."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np

from dw_simulator.types import Kind, SqlType

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INTEGERS = {8: np.int8, 16: np.int16, 32: np.int32, 64: np.int64}


def dtype_of(type_: SqlType) -> np.dtype[np.generic]:
    """The dtype of a fixed-width column's values; wide decimals are pairs of uint64."""
    match type_.kind:
        case Kind.BOOLEAN:
            return np.dtype(np.bool_)
        case Kind.INTEGER:
            return np.dtype(_INTEGERS[type_.bits])
        case Kind.FLOAT:
            return np.dtype(np.float32 if type_.bits == 32 else np.float64)
        case Kind.DECIMAL if type_.bits == 128:
            return np.dtype(np.uint64)
        case Kind.DATE:
            return np.dtype(np.int32)
        case _:
            return np.dtype(np.int64)


def ticks_per_second(type_: SqlType) -> int:
    """Storage units in a second of TIME and TIMESTAMP."""
    return 10**9 if type_.unit == "ns" else 10**6


def encode(type_: SqlType, value: object) -> int:
    """The integer stored for a number, a decimal, a boolean, a date, a time or a timestamp.

    Raises ValueError when the value is of another kind or has more digits than the type.
    """
    match type_.kind:
        case Kind.BOOLEAN if isinstance(value, bool):
            return int(value)
        case Kind.INTEGER | Kind.DECIMAL if isinstance(value, int | float | str | Decimal):
            return _exact(type_, value)
        case Kind.DATE if isinstance(value, date | str):
            return (_moment(value) - EPOCH).days
        case Kind.TIMESTAMP if isinstance(value, date | str):
            return _ticks(type_, _moment(value) - EPOCH)
        case Kind.TIME if isinstance(value, time | str):
            clock = time.fromisoformat(value) if isinstance(value, str) else value
            return _ticks(type_, datetime.combine(EPOCH.date(), clock, tzinfo=UTC) - EPOCH)
        case _:
            raise ValueError(f"{value!r} is not a value of {type_.declared}")


MOST_DIGITS = 400
"""Of a number, before and behind the point: 1e999999999 is a short text, and would be worked on for hours."""


def number_of(value: int | float | str | Decimal) -> Decimal:
    """A number as it is written. Raises ValueError where it is none, not finite, or of too many digits."""
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        raise ValueError(f"{value!r} is not a number") from None
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise ValueError(f"a finite number of at most {MOST_DIGITS} digits is needed")
    return number


def _exact(type_: SqlType, value: int | float | str | Decimal) -> int:
    try:
        number = number_of(value)
        least, greatest = (scaled(number, type_.scale, up=up) for up in (True, False))
    except (ArithmeticError, ValueError):
        raise ValueError(f"{value!r} is not a number") from None
    low, high = type_.limits
    if least != greatest or not low <= least <= high:
        raise ValueError(f"{value!r} does not fit {type_.declared}")
    return least


def scaled(value: Decimal, scale: int, *, up: bool) -> int:
    """value * 10^scale as a whole number, rounded up or down; exact at any number of digits."""
    numerator, denominator = value.as_integer_ratio()
    numerator *= 10**scale
    return int(-(-numerator // denominator) if up else numerator // denominator)


def _moment(value: date | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _ticks(type_: SqlType, span: timedelta) -> int:
    return span // timedelta(microseconds=1) * (ticks_per_second(type_) // 10**6)
