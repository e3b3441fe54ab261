"""What the days of a year and the hours of a day weigh: options as written, and tables of weights."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite, pi
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, field_validator

from dw_simulator.engine.selectors.alias_tables import steady
from dw_simulator.engine.selectors.quantiles import Floats
from dw_simulator.errors import closest
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.model import Declared

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
HOURS = tuple(str(hour) for hour in range(24))
DAY = 86_400
HOUR, QUARTER = 3600, 900
_YEAR = 365.2425


# --- options as they are written


def _place(names: Sequence[str], key: str | int) -> int:
    """Which name a key means: a name, its first three letters, or its number (months count from 1)."""
    text = str(key).strip().lower()
    if names is HOURS:
        found = [n for n in range(24) if text in (str(n), f"{n:02}")]
    else:
        found = [n for n, name in enumerate(names) if text in (name, name[:3])]
        if names is MONTHS and text.isdigit() and 1 <= int(text) <= 12:
            found = [int(text) - 1]
    if not found:
        raise ValueError(f"unknown {key!r}{closest(text, names)}")
    return found[0]


def _weights(names: Sequence[str]) -> BeforeValidator:
    """A weight for each name: a list in their order, or by name, where those that are not named weigh 1."""

    def read(value: Json) -> tuple[float, ...]:
        weights = _by_name(names, value) if isinstance(value, Mapping) else value
        if not isinstance(weights, list | tuple):
            raise ValueError("a list of weights is needed, or weights by name")  # noqa: TRY004 - for pydantic
        if len(weights) != len(names):
            raise ValueError(f"{len(names)} weights are needed, not {len(weights)}")
        numbers = [_weight(one) for one in weights]
        if not all(isfinite(n) and n >= 0 for n in numbers) or not any(numbers):
            raise ValueError("weights are not negative, finite, and not all 0")
        return tuple(numbers)

    return BeforeValidator(read, json_schema_input_type=list[float] | dict[str, float])


def _by_name(names: Sequence[str], named: Mapping[str, Json]) -> list[Json]:
    weights: list[Json] = [1.0] * len(names)
    for key, weight in named.items():
        weights[_place(names, key)] = weight
    return weights


def _weight(value: Json) -> float:
    if not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is no weight; say a number")  # noqa: TRY004 - for pydantic
    return float(value)


WeekdayWeights = Annotated[tuple[float, ...], _weights(WEEKDAYS)]
MonthWeights = Annotated[tuple[float, ...], _weights(MONTHS)]
HourWeights = Annotated[tuple[float, ...], _weights(HOURS)]


def _second(text: str) -> int:
    """The second of the day of 9:00, 09:00 or 09:00:30; 24:00 is the end of the day."""
    match = re.fullmatch(r"(\d{1,2}):(\d\d)(?::(\d\d))?", text.strip())
    hour, minute, second = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
    if minute > 59 or second > 59 or hour * 3600 + minute * 60 + second > DAY:
        raise ValueError(f"{text!r} is not a time of day, such as 09:00")
    return hour * 3600 + minute * 60 + second


def _opening(value: Json) -> tuple[tuple[int, int], ...]:
    """Stretches of the day in seconds, from "09:00-17:30" or a list of such; 22:00-06:00 crosses midnight."""
    stretches: list[tuple[int, int]] = []
    for text in [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else []:
        start, dash, end = str(text).partition("-")
        if not dash:
            raise ValueError(f'{text!r} is no stretch of a day, such as "09:00-17:30"')
        low, high = _second(start), _second(end)
        stretches += [(low, high)] if low < high else [(low, DAY), (0, high)]
    stretches = [(low, high) for low, high in stretches if low < high]
    if not stretches:
        raise ValueError('a stretch of the day is needed, such as "09:00-17:30", or a list of such')
    return tuple(stretches)


Opening = Annotated[
    tuple[tuple[int, int], ...], BeforeValidator(_opening, json_schema_input_type=str | list[str])
]

Digits = Annotated[int | None, Field(ge=0, le=9)]
DIGITS = Field(default=None, description="digits of a second that are used at most: 0 for whole seconds")


def _month_day(text: str) -> tuple[int, int]:
    """The month and the day of 12-25. Raises ValueError."""
    match = re.fullmatch(r"(\d\d?)-(\d\d?)", text.strip())
    if not match:
        raise ValueError(f"{text!r} is no day of a year, such as 12-25")
    day = date(2024, int(match[1]), int(match[2]))  # a leap year, for 02-29
    return day.month, day.day


def _holiday(value: Json) -> tuple[int, int, int]:
    """A date, or a day of every year, as (year or 0, month, day)."""
    text = str(value)
    try:
        if text.count("-") == 1:
            return (0, *_month_day(text))
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day, such as 2024-12-25, or 12-25 for every year") from None
    return day.year, day.month, day.day


Holiday = Annotated[tuple[int, int, int], BeforeValidator(_holiday, json_schema_input_type=str)]


class Wave(Declared):
    """A rise and fall around the mean, highest at its peak."""

    peak: str | int = Field(description="when it is highest: 12-15, sat, or 18:00")
    amplitude: float = Field(gt=0, le=1, description="how far above the mean, and half a turn later below")


class Seasonality(Declared):
    """Waves that turn once a year, a week, a day."""

    yearly: Wave | None = Field(default=None, description="peak as month-day, such as 12-15")
    weekly: Wave | None = Field(default=None, description="peak as a weekday, such as sat")
    daily: Wave | None = Field(default=None, description="peak as a time of day, such as 18:00")

    @field_validator("yearly")
    @classmethod
    def _day_of_year(cls, wave: Wave | None) -> Wave | None:
        if wave is not None:
            _month_day(str(wave.peak))
        return wave

    @field_validator("weekly")
    @classmethod
    def _weekday(cls, wave: Wave | None) -> Wave | None:
        if wave is not None:
            _place(WEEKDAYS, wave.peak)
        return wave

    @field_validator("daily")
    @classmethod
    def _time(cls, wave: Wave | None) -> Wave | None:
        if wave is not None:
            _second(str(wave.peak))
        return wave


# --- tables of weights


class Days:
    """Days from `first` to `last`, counted from 1970, and what is asked of each: arrays of int64[n]."""

    def __init__(self, first: int, last: int) -> None:
        self.numbers = np.arange(first, last + 1)
        stamps = self.numbers.astype("datetime64[D]")
        years, months = stamps.astype("datetime64[Y]"), stamps.astype("datetime64[M]")
        self.weekdays = (self.numbers + 3) % 7
        self.years = years.astype(np.int64) + 1970
        self.months = months.astype(np.int64) % 12
        self.of_month = (stamps - months.astype("datetime64[D]")).astype(np.int64) + 1
        new_year = years.astype("datetime64[D]")
        self.of_year = (stamps - new_year).astype(np.int64)
        self.year_lengths = ((years + 1).astype("datetime64[D]") - new_year).astype(np.int64)

    def are(self, holidays: Sequence[tuple[int, int, int]]) -> NDArray[np.bool_]:
        """Which of them are such days."""
        hits = np.zeros(len(self.numbers), dtype=np.bool_)
        for year, month, day in holidays:
            hits |= (self.months == month - 1) & (self.of_month == day) & (not year or self.years == year)
        return hits

    def growth(self, factor: float) -> Floats:
        """The factor to the power of the years that have gone by; infinite where that is too much."""
        with np.errstate(over="ignore"):
            return steady(np.power(factor, (self.numbers - self.numbers[0]) / _YEAR))

    def yearly(self, wave: Wave) -> Floats:
        """A wave that turns once a year, whatever the length of the year."""
        month, day = _month_day(str(wave.peak))
        peak = (date(2023, month, min(day, 28) if month == 2 else day) - date(2023, 1, 1)).days + 0.5
        turns = (self.of_year + 0.5) / self.year_lengths - peak / 365
        return _wave(turns, wave.amplitude)

    def weekly(self, wave: Wave) -> Floats:
        """A wave that turns once a week."""
        turns = (np.arange(7) - _place(WEEKDAYS, wave.peak)) / 7
        return _wave(turns, wave.amplitude)[self.weekdays]


def _wave(turns: Floats, amplitude: float) -> Floats:
    return _around_one(amplitude, np.cos(2 * pi * turns))


def _around_one(amplitude: float, heights: Floats) -> Floats:
    """1 and a part of some heights from -1 to 1, these rounded so that no last bit of libm shows near 0."""
    return np.maximum(1.0 + amplitude * (np.rint(heights * (1 << 32)) / (1 << 32)), 0.0)


def stretches(opening: Sequence[tuple[int, int]] | None, step: int) -> NDArray[np.int64]:
    """Borders of the stretches of a day between which no weight changes, in seconds, int64[n + 1].

    step  they change every so many seconds, too
    """
    borders = {DAY, *range(0, DAY, step)}
    return np.array(sorted(borders.union(*(opening or ()))), dtype=np.int64)


def hour_weights(
    borders: NDArray[np.int64],
    opening: Sequence[tuple[int, int]] | None,
    hours: Sequence[float] | None,
    wave: Wave | None,
) -> Floats:
    """The weight of each stretch as a whole: float64[n]."""
    low, high = borders[:-1], borders[1:]
    weights = (high - low).astype(np.float64)
    if opening is not None:
        weights *= np.any([(low >= start) & (high <= end) for start, end in opening], axis=0)
    if hours is not None:
        weights *= np.array(hours)[low // HOUR]
    if wave is not None:  # the mean of the wave over a stretch
        ends = 2 * pi * (borders - _second(str(wave.peak))) / DAY
        mean = np.diff(np.sin(ends)) / np.diff(ends)
        weights *= _around_one(wave.amplitude, mean)
    return weights
