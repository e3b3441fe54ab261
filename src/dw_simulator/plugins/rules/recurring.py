"""What recurs: the rows of one parent lie a month, a week, a day apart from when it began."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from dw_simulator.engine.bounds import allowed, step_of
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.betweens import MOST, Mark
from dw_simulator.engine.values.recurrences import MonthTable, Pace, Recurring
from dw_simulator.engine.values.temporal import units_per_day
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.rooms import (
    DAY,
    Named,
    check_moments,
    listed,
    may_be_null,
    nanoseconds_apart,
    need_of,
    present_of,
    scale_of,
    tell_crowded,
    written,
)
from dw_simulator.ports.needs import (
    Answer,
    Derived,
    Need,
    Siblings,
    Source,
)
from dw_simulator.ports.rule import ColumnSpec, Examples, KeptOrder, RuleOptions
from dw_simulator.schema.durations import Duration, nanoseconds
from dw_simulator.schema.model import Column, Lookup, Table
from dw_simulator.types import Kind

_BY_CALENDAR = re.compile(r"\s*(\d*)\s*(day|workday|week|month|quarter|year)s?\s*", re.IGNORECASE)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "workday": 1, "week": 7}
_WEEKEND = 2
"""Days that workdays leave out of a week, or of a part of one."""
_SHORTEST = 28 * DAY
"""Nanoseconds of the shortest month."""


def _parsed(text: str) -> tuple[int, int]:
    """(months, nanoseconds) of 1 month, 2 weeks, quarter, or a span such as 12h. Raises ValueError."""
    if found := _BY_CALENDAR.fullmatch(text):
        count, name = int(found[1] or 1), found[2].lower()
        months, span = count * _MONTHS.get(name, 0), count * _DAYS.get(name, 0) * DAY
    else:
        months, span = 0, nanoseconds(text)
    if not months and not span:
        raise ValueError("0 is no step")
    if months > 12_000 or span > 365_250 * DAY:
        raise ValueError(f"{text!r} is more than 1,000 years")
    return months, span


def _workdays(text: str) -> int:
    """How many workdays a step has; 0 where all days count."""
    found = _BY_CALENDAR.fullmatch(text)
    return int(found[1] or 1) if found is not None and found[2].lower() == "workday" else 0


def _checked(text: str) -> str:
    _parsed(text)
    return text


class Recurs(RuleOptions):
    """A moment in steps: each row of a parent a month, a week or a day after the row before it."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.DATE, Kind.TIMESTAMP})
    examples: ClassVar[Examples] = (
        {
            "tables": [
                {
                    "name": "subscriptions",
                    "target_rows": 100,
                    "primary_key": ["id"],
                    "columns": [
                        {"name": "id", "data_type": "INT"},
                        {"name": "started_on", "data_type": "DATE"},
                        {
                            "name": "ended_on",
                            "data_type": "DATE",
                            "required": False,
                            "null_fraction": 0.3,
                            "rule": {"name": "after", "column": "started_on", "within": "2y"},
                        },
                    ],
                },
                {
                    "name": "invoices",
                    "target_rows": 1200,
                    "columns": [
                        {
                            "name": "subscription_id",
                            "data_type": "INT",
                            "foreign_key": {"references_table": "subscriptions", "references_column": "id"},
                        },
                        {
                            "name": "value",
                            "data_type": "DATE",
                            "required": False,
                            "rule": {
                                "name": "recurring",
                                "reference": "subscription_id",
                                "column": "started_on",
                                "every": "1 month",
                                "until": {"reference": "subscription_id", "column": "ended_on"},
                            },
                        },
                    ],
                },
            ]
        },
    )

    derives: ClassVar[bool] = True

    reference: str = Field(
        description="a column of the foreign key by which rows belong together; they are made to stand "
        "together, one parent's after another's"
    )
    column: str = Field(description="the column of the referenced row from which steps are counted")
    every: Annotated[str, AfterValidator(_checked)] = Field(
        description="how far each row is from the one before it: 1 month, 2 weeks, quarter, year, 1 workday "
        "(from Monday to Friday), or a span such as 12h; where a month has no such day, it is its last"
    )
    skip: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="steps before the first row: 0 begins with the column",
    )
    jitter: Duration = Field(default="0s", description="up to how much later each row is, by chance")
    until: Named | tuple[Named, ...] | None = Field(
        default=None,
        description="a column after which there are no more: rows beyond it are NULL; of a list, the "
        "earliest that is there",
    )
    censor: bool | None = Field(
        default=None,
        description="whether what would lie after the experiment's present is NULL; so it is where as_of is "
        "set and the column has no date_end",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Recurs":
        months, span = _parsed(self.every)
        if nanoseconds(self.jitter) >= (months * _SHORTEST if months else span):
            words = f"jitter {self.jitter} is no less than every {self.every}"
            raise ValueError(f"{words}: rows would change places")
        if self.until is not None and not listed(self.until):
            raise ValueError("a list names one column at least")
        return self

    @property
    def siblings(self) -> str:
        return self.reference

    def keeps(self, column: Column, _table: Table, /) -> Sequence[KeptOrder]:
        if not may_be_null(column):
            return ()
        return [
            KeptOrder(column.name, one, leads_on=False) for one in listed(self.until) if isinstance(one, str)
        ]

    def build(self, spec: ColumnSpec) -> Derived:
        start = Lookup(reference=(self.reference,), column=self.column)
        needs: list[Need] = [Siblings(self.reference), start, *map(need_of, listed(self.until))]
        # jitter is less than a step, so that no two rows of a parent meet
        return Derived(
            tuple(needs), lambda found: self._finish(spec, found), whole=True, differs=self.reference
        )

    def _finish(self, spec: ColumnSpec, found: Sequence[Answer]) -> Kernel:
        grouping, *others = found
        assert isinstance(grouping, Grouping), "siblings were asked for"
        source, *untils = [one for one in others if isinstance(one, Source)]
        check_moments([source, *untils])
        own, unit = spec.type, nanoseconds_apart(spec.type)
        span, loose = _parsed(self.every)[1], nanoseconds(self.jitter)
        for name, text, length in (("every", self.every, span), ("jitter", self.jitter, loose)):
            if length % unit:
                words = f"{name} {text} is no whole number of what {own.declared} tells apart"
                raise Refusal(words, "change it")
        pace = self._pace(spec, source, grouping)
        optional = may_be_null(spec.column)
        if self.censor and not optional:
            words = (
                "what recurs after the present is NULL where it is censored, and the column cannot be NULL"
            )
            raise Refusal(words, 'say "required": false, or leave censor out')
        scale = [scale_of(until.type, own, unit, up=False) for until in untils]
        marks = tuple(Mark(until.kernel, one) for until, one in zip(untils, scale, strict=True))
        first, last = self._reach(spec, source, grouping, pace, loose // unit)
        end = self._end(spec) if optional else MOST
        lows = [mark.ends[0] if mark.ends else -MOST for mark in marks]
        late = last > min([end, *lows])
        step = step_of(own)
        if optional and spec.column.date_end is not None and first > end:
            raise Refusal("every row would lie beyond its end", f"move {source.name}, or date_end")
        stored = min(first, end) * step, (min(last, end) if optional else last) * step
        kernel = Recurring(
            grouping,
            source.kernel,
            pace,
            spec.stream(),
            self.skip,
            loose // unit,
            marks,
            end,
            step,
            dtype_of(own),
            stored,
            optional,
            source.nullable or (optional and late),
        )
        if late and not optional:
            names = " and ".join(until.name for until in untils)
            tell_crowded(spec, source.name, names, kernel.late)
        return kernel

    def _steps(self, grouping: Grouping) -> int:
        """Steps before the last row of a parent."""
        return self.skip + max(grouping.most, 1) - 1

    def _pace(self, spec: ColumnSpec, source: Source, grouping: Grouping) -> Pace:
        """Raises Refusal where nobody can count so far."""
        ends, steps = source.kernel.facts.ends, self._steps(grouping)
        if ends is None:
            raise Refusal(f"how far {source.name} reaches is not known", "give it date_start and date_end")
        months, span = _parsed(self.every)
        a_day, workdays = units_per_day(spec.type), _workdays(self.every)
        units = 0 if workdays else span // nanoseconds_apart(spec.type)
        pace = Pace(months, units, a_day, _stored_in_a_day(source), workdays=workdays)
        first, last = (int(end) // pace.source_day for end in ends)
        most = months * 31 * a_day + units + workdays * (1 + _WEEKEND) * a_day
        farthest = (last + 1 + _WEEKEND) * a_day + steps * most
        if farthest * step_of(spec.type) > MOST:
            raise Refusal(f"{steps:,} steps of {self.every} are beyond what can be counted", "lower the rows")
        return replace(pace, table=MonthTable.of(first, last, months * steps)) if months else pace

    def _reach(
        self, spec: ColumnSpec, source: Source, grouping: Grouping, pace: Pace, loose: int
    ) -> tuple[int, int]:
        """The first and the last unit that can come out. Raises Refusal where bounds do not hold them."""
        bounds, ends = allowed(spec.column), source.kernel.facts.ends
        assert ends is not None, "its pace is known"
        assert bounds.low is not None, "a type has ends"
        assert bounds.high is not None, "a type has ends"
        steps, step = self._steps(grouping), step_of(spec.type)
        found = pace.after(np.array(ends, dtype=np.int64), np.array([self.skip, steps], dtype=np.int64))
        first, last = int(found[0]), int(found[1]) + loose
        beyond = last * step > bounds.high and (spec.column.date_end is None or not may_be_null(spec.column))
        if beyond or first * step < bounds.low:
            reached = f"reaches {written(source.type, int(ends[1 if beyond else 0]))}"
            words = f"{source.name} {reached}, and {steps if beyond else self.skip:,} steps of {self.every}"
            raise Refusal(
                f"{words} from there lie beyond {spec.column.date_end or spec.type.declared}",
                "give each parent fewer rows, or move the bounds",
            )
        return first, last

    def _end(self, spec: ColumnSpec) -> int:
        """The last unit that a value may have."""
        high, present = allowed(spec.column).high, present_of(spec, self.censor)[0]
        assert high is not None, "a type has ends"
        return int(high if present is None else min(int(high), present)) // step_of(spec.type)


def _stored_in_a_day(source: Source) -> int:
    return units_per_day(source.type) * step_of(source.type)
