"""Dates and times that follow a calendar: weekdays, seasons, holidays, business hours; sorted where asked."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import ClassVar

import numpy as np
from pydantic import Field, model_validator

from dw_simulator.engine.bounds import Bounds, declared, filled
from dw_simulator.engine.selectors.bands import POSITIONS, Bands, tamed
from dw_simulator.engine.selectors.calendars import Calendar, Clock, OnCalendar, OnClock
from dw_simulator.engine.selectors.quantiles import Floats
from dw_simulator.engine.values import temporal
from dw_simulator.engine.values.base import Domain, Drawn, Kernel
from dw_simulator.engine.values.integers import Integers
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules import calendar_weights
from dw_simulator.plugins.rules.sorting import Sortable
from dw_simulator.ports.rule import ColumnSpec, Examples
from dw_simulator.schema.durations import NANOSECONDS
from dw_simulator.types import TEMPORAL_KINDS, Kind, SqlType

_OF_DAYS = ("weekdays", "weekends", "months", "holidays", "holiday_weight", "growth")
_OF_HOURS = ("business_hours", "hours", "digits")
_IDLE: Mapping[Kind, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    Kind.TIME: (_OF_DAYS, ("yearly", "weekly"), "a TIME has no day"),
    Kind.DATE: (_OF_HOURS, ("daily",), "a DATE has no time of day"),
}
"""Options, and waves, that mean nothing to a kind, and why."""


class CalendarTimes(Sortable):
    """Dates and times by the calendar: business hours, weekdays, months, holidays, growth, seasons."""

    kinds: ClassVar[frozenset[Kind]] = TEMPORAL_KINDS
    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "TIMESTAMP",
            "date_start": "2023-01-01",
            "date_end": "2024-12-31",
            "rule": {
                "name": "calendar",
                "business_hours": ["09:00-12:30", "13:30-18:00"],
                "weekdays": {"sat": 0.3, "sun": 0},
                "holidays": ["12-25", "2024-07-04"],
                "growth": 1.3,
                "seasonality": {"yearly": {"peak": "12-15", "amplitude": 0.5}},
            },
        },
        {
            "name": "value",
            "data_type": "TIMESTAMP(0)",
            "date_start": "2024-02-01T08:30:00",
            "date_end": "2024-03-15T17:00:00",
            "rule": {"name": "calendar", "hours": {"0": 0.1, "12": 3}, "order": "sorted"},
        },
        {
            "name": "value",
            "data_type": "DATE",
            "rule": {"name": "calendar", "weekends": False, "order": "nearly", "disorder": 50},
        },
        {
            "name": "value",
            "data_type": "TIMESTAMP_TZ",
            "rule": {
                "name": "calendar",
                "seasonality": {
                    "weekly": {"peak": "sat", "amplitude": 0.4},
                    "daily": {"peak": "19:00", "amplitude": 1},
                },
            },
        },
        {"name": "value", "data_type": "TIME", "rule": {"name": "calendar", "business_hours": "22:00-06:00"}},
    )

    business_hours: calendar_weights.Opening | None = Field(
        default=None, description='when it is open, such as "09:00-17:30", or a list of such stretches'
    )
    hours: calendar_weights.HourWeights | None = Field(
        default=None, description="24 weights, or weights by hour; hours that are not named weigh 1"
    )
    weekdays: calendar_weights.WeekdayWeights | None = Field(
        default=None, description="7 weights from Monday on, or weights by name; others weigh 1"
    )
    weekends: bool | None = Field(default=None, description="false: nothing on Saturdays and Sundays")
    months: calendar_weights.MonthWeights | None = Field(
        default=None, description="12 weights, or weights by name or number; others weigh 1"
    )
    holidays: tuple[calendar_weights.Holiday, ...] = Field(
        default=(), description="days such as 2024-12-25, or 12-25 for every year"
    )
    holiday_weight: float = Field(default=0, ge=0, description="the weight of holidays")
    growth: float | None = Field(
        default=None, gt=0, le=1000, description="factor from year to year: 1.3 is 30 % more each year"
    )
    seasonality: calendar_weights.Seasonality = Field(
        default=calendar_weights.Seasonality(), description="waves over the year, the week, the day"
    )
    digits: calendar_weights.Digits = calendar_weights.DIGITS

    @model_validator(mode="after")
    def _holidays_weigh(self) -> "CalendarTimes":
        if "holiday_weight" in self.model_fields_set and not self.holidays:
            raise ValueError("holiday_weight goes with holidays")
        return self

    def filled(self, type_: SqlType, bounds: Bounds, present: date | None, /) -> Bounds:
        return filled(type_, bounds, present)

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        spec = spec.to(self.digits)
        kind = spec.type.kind
        self._refuse_idle(kind)
        if kind is Kind.TIME:
            domain = temporal.of_day(spec.type)
            if not self._has_hours:
                return self._even(spec, domain)
            return self._weighted(spec, domain, None)
        try:
            domain = temporal.between(spec.type, filled(spec.type, declared(spec.column), spec.as_of))
        except ValueError as error:
            raise Refusal(str(error), "move date_start or date_end") from None
        if not self._has_hours and not self._has_days:
            return self._even(spec, domain)
        return self._weighted(spec, domain, _Span.of(spec, domain))

    @property
    def _has_hours(self) -> bool:
        return bool(self.business_hours or self.hours or self.seasonality.daily)

    @property
    def _has_days(self) -> bool:
        seasons = self.seasonality.yearly or self.seasonality.weekly
        return bool(self.weekdays or self.months or self.holidays or self.growth or seasons) or (
            self.weekends is False
        )

    def _refuse_idle(self, kind: Kind) -> None:
        """Options that mean nothing to the type."""
        if kind not in _IDLE:
            return
        names, waves, words = _IDLE[kind]
        idle = [name for name in names if name in self.model_fields_set]
        idle += [f"seasonality.{name}" for name in waves if getattr(self.seasonality, name) is not None]
        if idle:
            raise Refusal(f"{', '.join(idle)}: {words}", "leave it out, or make it a TIMESTAMP")

    def _even(self, spec: ColumnSpec, domain: Integers) -> Domain | Kernel:
        """Nothing weighs more than anything else."""
        return self.ordered(spec, domain, NANOSECONDS["d"] // temporal.units_per_day(spec.type))

    def _weighted(self, spec: ColumnSpec, domain: Integers, span: "_Span | None") -> Kernel:
        if spec.key:
            raise Refusal(
                "days and hours by weight repeat, and here no value may repeat",
                "leave the weights out, or take it out of the key",
            )
        if span is None:
            clock = self._clock(temporal.units_per_day(spec.type))
            return Drawn(OnClock(self.selector(spec, POSITIONS), clock, domain.size), domain)
        days = span.last // span.units
        made = _calendar if days < _SHARED_DAYS else _calendar.__wrapped__
        calendar = made(self, span.day, span.day + days, span.units)
        # the first and the last day may be there in part
        before = calendar.first_at(span.first) if span.first else 0
        after = calendar.first_at(span.last + 1) if span.is_cut else POSITIONS
        if before >= after:
            raise Refusal("no moment between date_start and date_end is open", "widen them, or the hours")
        selector = self.selector(spec, after - before)
        return Drawn(OnCalendar(selector, calendar, span.size, before, span.first), span.domain)

    def calendar(self, first: int, last: int, units: int) -> Calendar:
        """The weights of the days from the first to the last, and of their hours. Raises Refusal.

        units  how many a day has
        """
        bands, kept = Bands.of(self._day_weights(calendar_weights.Days(first, last)))
        starts = kept.astype(np.uint64) * np.uint64(units)
        return Calendar(bands, starts, None if units == 1 else self._clock(units))

    def _day_weights(self, days: calendar_weights.Days) -> Floats:
        weights = np.ones(len(days.numbers))
        for factor in self._factors(days):
            weights = tamed(weights * factor)
        if not np.isfinite(weights).all():
            raise Refusal("growth over so many years is beyond all bounds", "lower it, or narrow the dates")
        if not weights.any():
            raise Refusal(
                "no day between date_start and date_end has a weight", "widen them, or raise a weight"
            )
        return weights

    def _factors(self, days: calendar_weights.Days) -> Iterator[Floats]:
        """What each option makes of the days' weights."""
        if self.weekdays is not None:
            yield np.array(self.weekdays)[days.weekdays]
        if self.weekends is False:
            yield (days.weekdays < 5).astype(np.float64)
        if self.months is not None:
            yield np.array(self.months)[days.months]
        if self.growth is not None:
            yield days.growth(self.growth)
        if self.seasonality.yearly is not None:
            yield days.yearly(self.seasonality.yearly)
        if self.seasonality.weekly is not None:
            yield days.weekly(self.seasonality.weekly)
        if self.holidays:
            yield np.where(days.are(self.holidays), self.holiday_weight, 1.0)

    def _clock(self, units_per_day: int) -> Clock:
        units = units_per_day // calendar_weights.DAY
        if not self._has_hours:
            whole = np.array([0, calendar_weights.DAY * units])
            return Clock.of(whole, np.ones(1))
        wave = self.seasonality.daily
        step = (
            calendar_weights.QUARTER
            if wave
            else calendar_weights.HOUR
            if self.hours
            else calendar_weights.DAY
        )
        borders = calendar_weights.stretches(self.business_hours, step)
        weights = calendar_weights.hour_weights(borders, self.business_hours, self.hours, wave)
        if not weights.any():
            raise Refusal("no hour has a weight", "give one of the open hours a weight")
        return Clock.of(borders * units, weights)


_SHARED_DAYS = 1 << 14
"""Calendars of fewer days are kept for columns that say the same."""


@lru_cache(maxsize=64)
def _calendar(rule: CalendarTimes, first: int, last: int, units: int) -> Calendar:
    """That of the rule, which columns have in common that say the same of the same days."""
    return rule.calendar(first, last, units)


class _Span:
    """The range of a column in units from the first midnight on.

    day          the first day, counted from 1970
    units        how many a day has
    first, last  the first and the last unit that are allowed
    domain       the values from the first to the last
    """

    def __init__(self, units: int, first: int, size: int, domain: Integers) -> None:
        self.units, self.size = units, size
        self.day, self.first = divmod(first, units)
        self.last = self.first + size - 1
        self.domain = Integers(domain.low, size, domain.dtype, domain.step)

    @classmethod
    def of(cls, spec: ColumnSpec, domain: Integers) -> "_Span":
        units = temporal.units_per_day(spec.type)
        first, size = domain.low // domain.step, domain.size
        return cls(units, first, size, domain)

    @property
    def is_cut(self) -> bool:
        """Whether the last day is not there as a whole."""
        return (self.last + 1) % self.units != 0
