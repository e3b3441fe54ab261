"""Days, weeks, months, quarters and years of a column that rises from row to row, and sums over them."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from dw_simulator.engine.bounds import shown, stored, worth_of
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import fixed
from dw_simulator.errors import Refusal
from dw_simulator.ports.needs import Source
from dw_simulator.schema.declared import Declared
from dw_simulator.types import Kind

Step = Literal["day", "week", "month", "quarter", "year"]
MOST_PERIODS = 40_000
_FINE = 1 << 40


class Every(Declared):
    """The days, weeks, months, quarters or years of a column of dates or moments."""

    column: str = Field(description='a column of dates or moments, with "order": "sorted"')
    every: Step = Field(description="day, week (from Monday), month, quarter or year; moments are UTC")
    of: str | None = Field(
        default=None,
        description='a choice with "exact": true, each of whose values has a sum in each period, by shares '
        "of the period's sum, or by sums of each period",
    )


class Season(Declared):
    """A sum that grows from year to year and goes with the seasons."""

    growth: float = Field(default=1.0, gt=0, le=1000, description="from year to year, such as 1.2")
    season: tuple[float, ...] | None = Field(
        default=None, description="what January to December weigh; all days alike where none is given"
    )

    @field_validator("season")
    @classmethod
    def _twelve(cls, value: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if value is not None and (len(value) != 12 or min(value) < 0 or not 0 < max(value) < float("inf")):
            raise ValueError("season has 12 weights, January first, not negative and not all 0")
        return value


@dataclass(frozen=True)
class Period:
    """A day, week, month, quarter or year, or as much of it as a column reaches over."""

    label: str
    first: date
    last: date


def periods_of(source: Source, every: Step) -> list[Period]:
    """All periods over which a column of dates or moments may lie. Raises Refusal."""
    ends = source.kernel.facts.ends
    if source.type.kind not in (Kind.DATE, Kind.TIMESTAMP) or ends is None:
        raise Refusal(
            f"{source.name} is {source.type.declared}, which has no {every}s", "name a column of dates"
        )
    first, last = (_day(source, int(end)) for end in ends)
    found, at = list[Period](), first
    while at <= last:
        if len(found) == MOST_PERIODS:
            raise Refusal(f"{source.name} spans more than {MOST_PERIODS:,} {every}s", "choose longer periods")
        following = _next(at, every)
        found.append(Period(_label(at, every), at, min(following - timedelta(1), last)))
        at = following
    return found


def _day(source: Source, item: int) -> date:
    found = shown(source.type, item)
    assert isinstance(found, datetime), "dates and moments are shown as moments"
    return found.date()


def _next(day: date, every: Step) -> date:
    """The first day of the next period."""
    match every:
        case "day":
            return day + timedelta(1)
        case "week":
            return day + timedelta(7 - day.weekday())
        case "month":
            return _month(day, 1)
        case "quarter":
            return _month(day, 3 - (day.month - 1) % 3)
        case "year":
            return date(day.year + 1, 1, 1)


def _month(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _label(day: date, every: Step) -> str:
    match every:
        case "day":
            return day.isoformat()
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02d}"
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day.year}-Q{(day.month + 2) // 3}"
        case "year":
            return str(day.year)


def weights_of(periods: Sequence[Period], curve: Season) -> list[int]:
    """What periods weigh, by days, growth and season: whole numbers, the same on every machine."""
    start, months = periods[0].first, dict[tuple[int, int], int]()
    found = []
    for period in periods:
        weight, day = 0, period.first
        while day <= period.last:
            stop = min(_month(day, 1) - timedelta(1), period.last)
            key = day.year, day.month
            if key not in months:
                months[key] = _weight_of_a_day(day, start, curve)
            weight += months[key] * ((stop - day).days + 1)
            day = stop + timedelta(1)
        found.append(weight)
    return found


def _weight_of_a_day(day: date, start: date, curve: Season) -> int:
    years = ((day.year - start.year) * 12 + day.month - start.month) / 12
    season = Fraction(1)
    if curve.season is not None:
        season = Fraction(curve.season[day.month - 1]) / monthrange(day.year, day.month)[1]
    # rounded, for a power's last bit is the machine's own
    grown = Fraction(float(f"{curve.growth**years:.12g}"))
    return round(grown * season * _FINE)


def first_rows(source: Source, rows: int, periods: Sequence[Period]) -> NDArray[np.uint64]:
    """Where each period begins among the rows, and the number of rows: uint64[n + 1].

    A search in the column, which rises from row to row: some dozen values for each period. Raises Refusal.
    """
    if not source.kernel.facts.rising or source.nullable:
        raise Refusal(
            f"{source.name} does not rise from row to row: the rows of a period do not stand together",
            f'let {source.name} be required, and say "order": "sorted" in its rule uniform or calendar',
        )
    begins = [datetime(p.first.year, p.first.month, p.first.day, tzinfo=UTC) for p in periods[1:]]
    marks = np.array([stored(source.type, worth_of(source.type, begin), up=True) for begin in begins])
    low, high = np.zeros(len(marks), dtype=np.int64), np.full(len(marks), rows, dtype=np.int64)
    while (open_ := low < high).any():
        middle = (low + high) // 2
        at = np.minimum(middle, rows - 1)
        below = fixed(source.kernel.values(Rows.at(at))).values.astype(np.int64) < marks
        low = np.where(open_ & below, middle + 1, low)
        high = np.where(open_ & ~below, middle, high)
    return np.concatenate([[0], low, [rows]]).astype(np.uint64)
