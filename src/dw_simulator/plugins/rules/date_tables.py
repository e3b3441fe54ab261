"""Tables of days: the day of each row, also as a number such as 20240229, and every part of a date."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from dw_simulator.engine.bounds import DEFAULT_END
from dw_simulator.engine.columns import Column, FixedColumn, Pool, PoolColumn
from dw_simulator.engine.selectors.unique import RowNumber
from dw_simulator.engine.storage import EPOCH, dtype_of, ticks_per_second
from dw_simulator.engine.values.base import Drawn, Kernel
from dw_simulator.engine.values.days import Days, DaysOf, OfDay, day_numbers, month_start, no_day
from dw_simulator.engine.values.facts import MANY
from dw_simulator.engine.values.integers import FixedChoices, Integers
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.summing import check_bounds
from dw_simulator.ports.needs import Answer, Derived, Source
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.schema.declared import Moment
from dw_simulator.schema.holidays import check_holiday, in_year
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import Kind, SqlType, sql_type

_DAY = 86_400
_DATE = sql_type("DATE")
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
_FIRST, _LAST = (date.min - EPOCH.date()).days, (date.max - EPOCH.date()).days
MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


class DateKey(RuleOptions):
    """The day of the row, one day after another; in whole numbers and texts as yyyymmdd: 20240229."""

    kinds: ClassVar[frozenset[Kind]] = _NUMBERS | {Kind.TEXT, Kind.DATE}
    numbers: ClassVar[bool] = True
    examples: ClassVar[Examples] = (
        {
            "tables": [
                {
                    "name": "dim_date",
                    "rows": {"date_start": "2024-01-01", "date_end": "2025-12-31"},
                    "columns": [
                        {"name": "full_date", "data_type": "DATE"},
                        {
                            "name": "value",
                            "data_type": "INT",
                            "is_unique": True,
                            "rule": {"name": "date_key"},
                        },
                    ],
                }
            ]
        },
        {
            "tables": [
                {
                    "name": "days",
                    "target_rows": 400,
                    "columns": [
                        {
                            "name": "value",
                            "data_type": "CHAR(8)",
                            "rule": {"name": "date_key", "start": "2024-02-01"},
                        }
                    ],
                }
            ]
        },
        {
            "tables": [
                {
                    "name": "days",
                    "target_rows": 400,
                    "columns": [
                        {
                            "name": "value",
                            "data_type": "DATE",
                            "rule": {"name": "date_key", "start": "1999-12-31"},
                        }
                    ],
                }
            ]
        },
        {
            "as_of": "2025-12-31",
            "tables": [
                {
                    "name": "days",
                    "target_rows": 400,
                    "columns": [
                        {
                            "name": "value",
                            "data_type": "INT",
                            "is_unique": True,
                            "rule": {"name": "date_key", "last": "as_of"},
                        }
                    ],
                }
            ],
        },
    )

    start: Moment | None = Field(
        default=None,
        description="the day of the first row; that of the table's rows, where it is a table of days",
    )
    last: Literal["as_of"] | Moment | None = Field(
        default=None,
        description="the day of the last row instead, whatever the number of rows; as_of: the present, "
        "which is 2025-12-31 where the experiment names none",
    )

    @model_validator(mode="after")
    def _one_end(self) -> "DateKey":
        if self.start is not None and self.last is not None:
            raise ValueError("start and last both say which days there are; keep one")
        return self

    def build(self, spec: ColumnSpec) -> Drawn:
        first, size = self._first(spec), max(spec.rows, 1)
        if spec.type.scale:
            raise Refusal("a day is a whole number", "declare it as INT")
        if size > MANY or first < _FIRST or first + size - 1 > _LAST:
            room = first + size - _FIRST if self.last is not None else _LAST - first + 1
            way = "from" if self.last is None else "up to"
            end = self._shown(first if self.last is None else first + size - 1)
            words = f"{spec.rows:,} days {way} {end} are more than a table of days has"
            raise Refusal(words, f"ask for {min(MANY, room):,} at most")
        if spec.type.kind is Kind.DATE:
            return Drawn(RowNumber(size), Integers(first, size, dtype_of(spec.type)))
        numbers = day_numbers(np.arange(first, first + size))
        if spec.type.kind is Kind.TEXT:
            return Drawn(RowNumber(size), Pooled.of([f"{number:08}" for number in numbers.tolist()]))
        if spec.type.limits[1] < 99_991_231 or spec.type.bits == 128:
            raise Refusal("it does not hold numbers such as 20240229", "declare it as INT")
        return Drawn(RowNumber(size), FixedChoices(numbers.astype(dtype_of(spec.type))))

    def _first(self, spec: ColumnSpec) -> int:
        rows = spec.owner.rows if spec.owner is not None else None
        given = rows.date_start if rows is not None else None
        if self.last is not None and given is None:
            return self._last(spec) - max(spec.rows, 1) + 1
        day = self.start or given
        if day is None:
            mend = 'say "start": "2024-01-01", or give the table "rows": {"date_start": ..., "date_end": ...}'
            raise Refusal("nothing says which is the first day", mend)
        return self._number_of(day)

    def _last(self, spec: ColumnSpec) -> int:
        """The day of the last row."""
        present = spec.as_of or DEFAULT_END
        return self._number_of(present if self.last is None or self.last == "as_of" else self.last)

    @staticmethod
    def _number_of(day: date) -> int:
        return (date(day.year, day.month, day.day) - EPOCH.date()).days

    @staticmethod
    def _shown(day: int) -> str:
        return str(date.fromordinal(EPOCH.date().toordinal() + day))


def as_days(source: Source) -> Source:
    """A column that holds days, whatever it holds them in, as a DATE. Raises Refusal."""
    kind = source.type.kind
    if kind is Kind.DATE:
        return source
    if kind is Kind.TIMESTAMP:
        return Source(source.name, _DATE, DaysOf(source.kernel, _DAY * ticks_per_second(source.type)))
    if kind in _NUMBERS | {Kind.TEXT} and not source.type.scale and source.type.bits != 128:
        listed = source.kernel.facts.listed
        wrong = no_day(listed) if listed is not None else ""
        if listed is not None and not wrong:
            return Source(source.name, _DATE, DaysOf(source.kernel))
        why = f"{wrong} is none" if wrong else "which values it has is not known"
        words = (
            f"{source.name} is {source.type.declared}, which holds days if all are such as 20240229: {why}"
        )
        raise Refusal(words, "let it be a date_key, or reference one")
    raise Refusal(f"{source.name} is {source.type.declared}", "name a DATE, a TIMESTAMP or a date_key")


_Part = Literal[
    "year", "quarter", "month", "day", "day_of_week", "day_of_year", "days_in_month", "week", "iso_year",
    "fiscal_year", "fiscal_quarter", "fiscal_month", "month_name", "day_name", "is_weekend", "is_holiday",
    "is_workday", "first_of_month", "last_of_month", "first_of_quarter", "last_of_quarter", "first_of_year",
    "last_of_year", "first_of_week", "last_of_week", "yyyymmdd",
]  # fmt: skip
_NAMED = ("month_name", "day_name")
_TRUTHS = ("is_weekend", "is_holiday", "is_workday")
_FISCAL = ("fiscal_year", "fiscal_quarter", "fiscal_month")


_ORDERED: JsonObject = {
    "name": "ordered",
    "data_type": "DATE",
    "date_start": "2023-12-25",
    "date_end": "2025-01-10",
}


def _sample(type_name: str, part: str, **options: Json) -> Json:
    rule: JsonObject = {"name": "date_part", "of": "ordered", "part": part, **options}
    return [_ORDERED, {"name": "value", "data_type": type_name, "rule": rule}]


class DatePart(RuleOptions):
    """A part of a date: year, ISO week, name of the month, weekend, holiday, fiscal quarter, end of month."""

    kinds: ClassVar[frozenset[Kind]] = _NUMBERS | {Kind.TEXT, Kind.DATE, Kind.BOOLEAN}
    derives: ClassVar[bool] = True
    examples: ClassVar[Examples] = (
        _sample("VARCHAR(9)", "month_name"),
        _sample("VARCHAR(6)", "fiscal_year", fiscal_start=10, format="FY{}"),
        _sample("BOOLEAN", "is_holiday", holidays=["01-01", "12-25", "2024-03-29"]),
        _sample("INT", "week"),
        _sample("DATE", "last_of_quarter"),
    )

    of: str = Field(description="the column of the row that holds the day: a DATE, a TIMESTAMP, or yyyymmdd")
    part: _Part = Field(description="what of it; week and day_of_week (1 is Monday) are those of ISO 8601")
    fiscal_start: int = Field(default=1, ge=1, le=12, description="the month in which the fiscal year begins")
    fiscal_named: Literal["end", "start"] = Field(
        default="end",
        description="whether a fiscal year has the name of the year in which it ends, or begins",
    )
    weekend: tuple[int, ...] = Field(default=(6, 7), description="the days of the weekend; 1 is Monday")
    holidays: tuple[str, ...] = Field(
        default=(),
        description="days: 2024-03-29, 12-25 of every year, 11-thu-4, 05-mon-last, easter-2",
    )
    names: tuple[str, ...] = Field(
        default=(),
        description="other names, in their order: of months, of days from Monday on, of false and true",
    )
    length: int | None = Field(default=None, ge=1, description="so many letters of a name, such as 3")
    format: str = Field(default="{}", description="in texts, what stands around a number: Q{}, or W{:02}")

    @field_validator("holidays")
    @classmethod
    def _are_days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for day in value:
            check_holiday(day)
        return value

    @model_validator(mode="after")
    def _consistent(self) -> "DatePart":
        if not re.fullmatch(r"[^{}]*\{(:0?\d)?\}[^{}]*", self.format):
            raise ValueError("format: one {} stands for the number, as in Q{} or W{:02}")
        asks = {
            "fiscal_start": _FISCAL,
            "fiscal_named": ("fiscal_year",),
            "holidays": ("is_holiday", "is_workday"),
            "weekend": ("is_weekend", "is_workday"),
            "length": _NAMED,
            "names": (*_NAMED, *_TRUTHS),
        }
        for option, parts in asks.items():
            if option in self.model_fields_set and self.part not in parts:
                raise ValueError(f"{option} goes with {' and '.join(parts)}")
        if self.format != "{}" and self.part in (*_NAMED, *_TRUTHS):
            raise ValueError(f"format stands around a number, and {self.part} is none")
        wanted = {"month_name": 12, "day_name": 7}.get(self.part, 2)
        if self.names and len(self.names) != wanted:
            raise ValueError(f"{wanted} names are needed for {self.part}, not {len(self.names)}")
        if not all(1 <= day <= 7 for day in self.weekend):
            raise ValueError("weekend: days are 1 (Monday) to 7")
        return self

    def build(self, spec: ColumnSpec) -> Derived:
        option = "names" if self.names else "format" if self.format != "{}" else ""
        if option and spec.type.kind is not Kind.TEXT:
            raise Refusal(f"{option} makes a text", f"declare it as VARCHAR, or leave {option} out")
        return Derived((self.of,), lambda found: self._finish(spec, found))

    def _finish(self, spec: ColumnSpec, found: Sequence[Answer]) -> Kernel:
        source = found[0]
        assert isinstance(source, Source), "a column was asked for"
        days = as_days(source).kernel
        ends = days.facts.ends
        first, last = (_FIRST, _LAST) if ends is None else (int(ends[0]), int(ends[1]))
        if first < _FIRST or last > _LAST:
            raise Refusal(f"{source.name} reaches beyond the year 9999", "set date_start and date_end there")
        every = np.arange(first, last + 1)
        kernel = OfDay(days, first, self._stored(spec.type, every))
        check_bounds(spec, kernel)
        return kernel

    def _stored(self, type_: SqlType, days: Days) -> Column:
        """What the column has for each of some days. Raises Refusal."""
        if self.part in ("month_name", "day_name"):
            return self._named(type_, days)
        if self.part.startswith("is_"):
            return self._truth(type_, _Calendar(days, self).flag(self.part))
        if self.part.startswith(("first_", "last_")):
            return self._day(type_, days, _Calendar(days, self).edge(self.part))
        if self.part == "yyyymmdd":
            return self._day(type_, days, days)
        return self._number(type_, _Calendar(days, self).number(self.part))

    def _named(self, type_: SqlType, days: Days) -> Column:
        if type_.kind is not Kind.TEXT:
            raise Refusal(f"{self.part} is a text", "declare it as VARCHAR, or name another part")
        usual, part = (MONTHS, "month") if self.part == "month_name" else (WEEKDAYS, "day_of_week")
        names = [name[: self.length] for name in self.names or usual]
        pool = list(dict.fromkeys(names))
        codes = np.array([pool.index(name) for name in names], dtype=np.int32)
        return _used(codes[_Calendar(days, self).number(part) - 1], pool)

    def _truth(self, type_: SqlType, flags: Days) -> Column:
        if type_.kind is Kind.DATE:
            raise Refusal(f"{self.part} is true or false", "declare it as BOOLEAN")
        if type_.kind is Kind.TEXT:
            return _used(flags.astype(np.int32), self.names or ("N", "Y"))
        return _numbers(type_, flags)

    def _day(self, type_: SqlType, days: Days, found: Days) -> Column:
        if type_.kind is Kind.BOOLEAN:
            return _numbers(type_, (found == days).astype(np.int64))
        if type_.kind is Kind.DATE:
            return FixedColumn(found.astype(dtype_of(type_)))
        return self._number(type_, day_numbers(found))

    def _number(self, type_: SqlType, numbers: Days) -> Column:
        if type_.kind in (Kind.DATE, Kind.BOOLEAN):
            raise Refusal(f"{self.part} is a number", "declare it as INT, or name another part")
        if type_.kind is not Kind.TEXT:
            return _numbers(type_, numbers)
        listed, codes = np.unique(numbers, return_inverse=True)
        return _used(codes.astype(np.int32), [self.format.format(number) for number in listed.tolist()])


def _used(codes: np.ndarray[tuple[int], np.dtype[np.int32]], texts: Sequence[str]) -> PoolColumn:
    """Texts by code, of which those that come out are kept."""
    there, places = np.unique(codes, return_inverse=True)
    return PoolColumn(places.astype(np.int32), Pool(tuple(texts[code] for code in there.tolist())))


def _numbers(type_: SqlType, numbers: Days) -> FixedColumn:
    if type_.bits == 128:
        raise Refusal("so many digits are not needed for a part of a date", "declare it as INT")
    stored = numbers * 10**type_.scale
    low, high = type_.limits if type_.kind is not Kind.BOOLEAN else (0, 1)
    if len(stored) and not low <= int(stored.min()) <= int(stored.max()) <= high:
        worst = int(numbers.max()) if int(stored.max()) > high else int(numbers.min())
        raise Refusal(f"{worst} does not fit {type_.declared}", "widen it")
    return FixedColumn(stored.astype(dtype_of(type_)))


class _Calendar:
    """Everything there is to say of some days."""

    def __init__(self, days: Days, rule: DatePart) -> None:
        self.days, self.rule = days, rule
        self.months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        self.weekday = (days + 3) % 7 + 1

    def number(self, part: str) -> Days:
        made: Mapping[str, Callable[[], Days]] = {
            "year": lambda: self.months // 12 + 1970,
            "quarter": lambda: self.months % 12 // 3 + 1,
            "month": lambda: self.months % 12 + 1,
            "day": lambda: self.days - month_start(self.months) + 1,
            "day_of_week": lambda: self.weekday,
            "day_of_year": lambda: self.days - month_start(self.months // 12 * 12) + 1,
            "days_in_month": lambda: month_start(self.months + 1) - month_start(self.months),
            "week": lambda: (self._thursday - month_start(self._iso_year * 12)) // 7 + 1,
            "iso_year": lambda: self._iso_year + 1970,
            "fiscal_year": lambda: self._fiscal // 12 + 1970 + self._named_later,
            "fiscal_quarter": lambda: self._fiscal % 12 // 3 + 1,
            "fiscal_month": lambda: self._fiscal % 12 + 1,
        }
        return made[part]()

    def edge(self, part: str) -> Days:
        """The first or the last day of what a day lies in."""
        end, _, whole = part.partition("_of_")
        later = int(end == "last")
        if whole == "week":
            return self.days - self.weekday + 1 + 6 * later
        length = {"month": 1, "quarter": 3, "year": 12}[whole]
        return month_start((self.months // length + later) * length) - later

    def flag(self, part: str) -> Days:
        """1 where it is so, else 0."""
        weekend, holiday = np.isin(self.weekday, self.rule.weekend), self._holidays()
        found = {"is_weekend": weekend, "is_holiday": holiday, "is_workday": ~(weekend | holiday)}[part]
        return found.astype(np.int64)

    def _holidays(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        years = np.unique(self.months // 12 + 1970).tolist() if self.rule.holidays else []
        found = {
            (day - EPOCH.date()).days
            for year in years
            for said in self.rule.holidays
            for day in in_year(said, year)
        }
        hits: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.isin(self.days, sorted(found))
        return hits

    @property
    def _thursday(self) -> Days:
        """Of the same ISO week: it decides to which year that belongs."""
        return self.days - self.weekday + 4

    @property
    def _iso_year(self) -> Days:
        """Since 1970."""
        years: Days = self._thursday.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
        return years

    @property
    def _fiscal(self) -> Days:
        return self.months - (self.rule.fiscal_start - 1)

    @property
    def _named_later(self) -> int:
        return int(self.rule.fiscal_named == "end" and self.rule.fiscal_start > 1)
