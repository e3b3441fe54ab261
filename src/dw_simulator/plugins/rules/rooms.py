"""Rooms between moments: what bounds a moment, in which units, and what may come out of it.

Everything is planned in units that count away from the source: backwards where a moment comes before others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from math import inf

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dw_simulator.engine import distributions
from dw_simulator.engine.bounds import Bounds, allowed, declared, filled, range_of, step_of
from dw_simulator.engine.rows import Rows, Selector
from dw_simulator.engine.selectors.alias_tables import steady
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.open_time import OpenTime
from dw_simulator.engine.storage import EPOCH, dtype_of, ticks_per_second
from dw_simulator.engine.values.betweens import (
    LEAST,
    MOST,
    Anywhere,
    Between,
    InRoom,
    Mark,
    Nearness,
    Stretched,
)
from dw_simulator.engine.values.moments import Scale
from dw_simulator.engine.values.temporal import units_per_day
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.weeks import FINEST
from dw_simulator.ports.needs import Need, Source
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.declared import Declared
from dw_simulator.schema.durations import NANOSECONDS
from dw_simulator.schema.model import Column, Lookup
from dw_simulator.types import Kind, SqlType

DAY = NANOSECONDS["d"]
FIVE = 5
"""The mean of an exponential span is this part of the whole, where nothing is said: 0.7 % are cut off."""
_TRIED = 4096
"""Rows that are looked at for whether they have room."""
_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})


class ColumnThere(Declared):
    """A column of a row that is referenced."""

    reference: str | tuple[str, ...] = Field(
        description="a column of the foreign key; a list follows several, one after another"
    )
    column: str = Field(description="the column of the row where that leads")

    @property
    def path(self) -> tuple[str, ...]:
        return (self.reference,) if isinstance(self.reference, str) else self.reference


Named = str | ColumnThere
"""A column of the row by its name, or one of a row that is referenced."""


def listed(named: "Named | tuple[Named, ...] | None") -> tuple[Named, ...]:
    """One, or several, or none, as several."""
    if named is None:
        return ()
    return named if isinstance(named, tuple) else (named,)


def need_of(named: Named) -> Need:
    """What is asked for a column that is named."""
    if isinstance(named, str):
        return named
    return Lookup(reference=named.path, column=named.column)


def may_be_null(column: Column) -> bool:
    """Whether a rule may leave a column NULL: not where a condition says when it is."""
    return not column.required and column.null_when is None


# --- units


def nanoseconds_apart(type_: SqlType) -> int:
    """Between neighbouring values of a type."""
    return DAY // units_per_day(type_)


def unit_of(own: SqlType, sources: Sequence[SqlType]) -> int:
    """Nanoseconds between neighbours in a span: those of the type, or, for a DATE, those of its sources."""
    if own.kind is Kind.DATE:
        return min(*map(nanoseconds_apart, sources), DAY)
    return nanoseconds_apart(own)


def scale_of(source: SqlType, own: SqlType, unit: int, *, up: bool) -> Scale:
    """From what is stored of a source to units, and from units to what is stored of a column."""
    stored = DAY if source.kind is Kind.DATE else 10**9 // ticks_per_second(source)
    times, over = (stored // unit, 1) if stored >= unit else (1, unit // stored)
    if own.kind is Kind.DATE:
        return Scale(times, over, up, DAY // unit, 1)
    return Scale(times, over, up, 1, max(step_of(own), unit * ticks_per_second(own) // 10**9))


def units_within(bounds: Bounds, own: SqlType, scale: Scale) -> tuple[int, int]:
    """The first and the last unit within stored bounds."""
    assert bounds.low is not None, "a type has ends"
    assert bounds.high is not None, "a type has ends"
    first, last = int(bounds.low), int(bounds.high)
    if own.kind is Kind.DATE:
        return first * scale.units, (last + 1) * scale.units - 1
    return -(-first // scale.step), last // scale.step


def written(type_: SqlType, stored: int) -> str:
    """A stored date or timestamp as people write it."""
    if type_.kind is Kind.DATE:
        return str((EPOCH + timedelta(days=stored)).date())
    seconds, rest = divmod(stored, ticks_per_second(type_))
    moment = EPOCH + timedelta(seconds=seconds, microseconds=rest * 10**6 // ticks_per_second(type_))
    return moment.replace(tzinfo=None).isoformat(" ")


def check_moments(sources: Sequence[Source]) -> None:
    """Raises Refusal where one is no date and no timestamp."""
    for source in sources:
        if source.type.kind not in _MOMENTS:
            raise Refusal(f"{source.name} is {source.type.declared}", "name a DATE or a TIMESTAMP")


# --- the present


def present_of(spec: ColumnSpec, censor: bool | None) -> tuple[int | None, bool]:
    """(the last stored value that has been, where it matters; whether later ones are NULL).

    censor  as users say it; by default where the experiment has a present and the column no end of its own
    """
    optional = may_be_null(spec.column)
    usual = spec.as_of is not None and spec.column.date_end is None
    if not (usual if censor is None else censor):
        return None, False
    high = filled(spec.type, Bounds(), spec.as_of).high
    assert high is not None, "open ends are filled"
    return int(high), optional


# --- a room


@dataclass(frozen=True)
class MomentRoom:
    """What bounds the moments of a column.

    least, most  nanoseconds from the source on; `most` is None where only `untils` bound it
    mean         of an exponential, in nanoseconds; 0 for a part of the room; None where it is even
    present, censors  see `present_of`
    week         from the nanoseconds of a unit to the weights of a week, if it has any
    first_of     rows by parent, the first of which are at their source
    """

    spec: ColumnSpec
    sources: Sequence[Source]
    untils: Sequence[Source]
    least: int
    most: int | None
    mean: int | None = None
    before: bool = False
    present: int | None = None
    censors: bool = False
    week: "Callable[[int], OpenTime | None]" = lambda _unit: None
    first_of: Grouping | None = None

    @property
    def optional(self) -> bool:
        return may_be_null(self.spec.column)

    def kernel(self, positions: Selector) -> Between:
        """Raises Refusal where no row has room, or where one that needs room has none."""
        own = self.spec.type
        check_moments([*self.sources, *self.untils])
        unit = unit_of(own, [source.type for source in self.sources])
        if self.week(unit) is not None:
            unit = max(unit, FINEST)
        hours = self.week(unit)
        scale = scale_of(own, own, unit, up=True)
        least, most = self._span(unit)
        first, last = self._bounds(scale)
        kernel = Between(
            tuple(self._mark(source, unit) for source in self.sources),
            tuple(self._mark(until, unit, ends=True) for until in self.untils),
            positions,
            Anywhere(),
            least,
            most,
            first,
            last,
            scale,
            dtype_of(own),
            (0, 0),
            None if self.present is None else _held(units_within(Bounds(0, self.present), own, scale))[1],
            self.censors,
            self.optional,
            self.before,
            open=self._open(scale),
            hours=hours,
            first_of=self.first_of,
        )
        return self._known(replace(kernel, shape=self._shape(kernel, unit)))

    def _mark(self, source: Source, unit: int, *, ends: bool = False) -> Mark:
        own = self.spec.type
        day = DAY // unit if ends and own.kind is Kind.DATE else 1
        up = self.before if ends and day == 1 else not self.before and not ends
        return Mark(source.kernel, scale_of(source.type, own, unit, up=up), self.before, day)

    def _span(self, unit: int) -> tuple[int, int | None]:
        """The first and the last unit, counted from the source. Raises Refusal where there is none."""
        near = -(-self.least // unit)
        if self.most is None:
            return near, None
        far = self.most // unit
        if any(nanoseconds_apart(source.type) < unit for source in self.sources):
            far -= 1  # a source is rounded towards the span
        if near > far:
            raise Refusal(
                f"between at_least and within lies no value of {self.spec.type.declared}",
                f"let within be longer{', 1d or more' if unit == DAY else ''}",
            )
        return near, far

    def _bounds(self, scale: Scale) -> tuple[int, int]:
        """The first and the last unit, counted away from the source, that the column may have."""
        bounds = allowed(self.spec.column)
        if bounds.is_empty:
            raise Refusal(f"no {self.spec.type.declared} lies there", "move date_start or date_end")
        first, last = _held(units_within(bounds, self.spec.type, scale))
        return (-last, -first) if self.before else (first, last)

    def _open(self, scale: Scale) -> int:
        """Where a room ends that nothing else ends: with the column's bounds, open ones with the present."""
        if self.most is not None:
            return MOST
        bounds = range_of(self.spec.type).meet(
            filled(self.spec.type, declared(self.spec.column), self.spec.as_of)
        )
        first, last = _held(units_within(bounds, self.spec.type, scale))
        return -first if self.before else last

    def _shape(self, kernel: Between, unit: int) -> InRoom:
        if self.mean is None:
            endless = kernel.most is None or kernel.hours is not None
            return Anywhere(MOST if endless else (kernel.most or 0) - kernel.least + 1)
        stream = self.spec.stream()
        if not self.mean and kernel.most is None:
            return Stretched(distributions.exponential(float(FIVE)).table(stream, 0.0, 1.0))
        mean = self.mean / unit if self.mean else ((kernel.most or 0) - kernel.least + 1) / FIVE
        if kernel.hours is not None:  # the time that counts
            mean *= kernel.hours.mean
        whole = distributions.exponential(1.0).table(stream, 0.0, inf)
        return Nearness(whole, _shares_near(), mean)

    # --- what may come out

    def _known(self, kernel: Between) -> Between:
        """The kernel with what is known of it. Raises Refusal where there is no room."""
        source, until = _reach(kernel.sources), _until(kernel)
        self._check_bounds(kernel, source, known=all(mark.ends for mark in kernel.sources))
        low = source[0] + kernel.least, source[1] + kernel.least
        most = kernel.last if kernel.most is None else kernel.most
        reach = (most, most) if kernel.most is None else (source[0] + most, source[1] + most)
        high = (
            min(reach[0], until[0], kernel.last),
            min(reach[1], until[1], kernel.last),
        )
        begin = max(low[0], kernel.first), max(low[1], kernel.first)
        if begin[0] > high[1]:
            raise Refusal(self._no_room(), "move their bounds, or lower at_least")
        crowded = begin[1] > min(high[0], kernel.last) if kernel.untils or kernel.most is None else False
        crowded = crowded or begin[1] > kernel.last or kernel.first > high[0]
        least, greatest = begin[0], high[1]
        if (crowded and not self.optional) or kernel.first_of is not None:
            least, greatest = max(source[0], kernel.first), max(greatest, min(source[1], kernel.last))
        if kernel.present is not None:
            reached = kernel.present if self.censors else max(kernel.present, begin[1])
            late = greatest > kernel.present
            greatest = max(min(greatest, reached), least)
        else:
            late = False
        nullable = all(mark.kernel.facts.nullable for mark in kernel.sources)
        nullable = nullable or (crowded and self.optional) or (late and self.censors)
        ends = (-greatest, -least) if self.before else (least, greatest)
        stored = kernel.scale.stored(ends[0]), kernel.scale.stored(ends[1])
        kernel = replace(kernel, ends=stored, nullable=nullable)
        if crowded and not self.optional:
            tell_crowded(self.spec, _names(self.sources), _names(self.untils) or "its end", kernel.crowded)
        return kernel

    def _check_bounds(self, kernel: Between, source: tuple[int, int], *, known: bool) -> None:
        """Raises Refusal where a column that cannot be NULL has bounds that its sources leave."""
        column = self.spec.column
        bounds = [name for name in ("date_start", "date_end") if getattr(column, name) is not None]
        names = _names(self.sources)
        if self.optional or not bounds:
            return
        if not known:
            raise Refusal(
                f"how far {names} reaches is not known, so {bounds[0]} may not hold",
                f"leave {bounds[0]} out",
            )
        if source[1] + kernel.least > kernel.last:
            word, bound = ("before", "date_start") if self.before else ("after", "date_end")
            limit = getattr(column, bound)
            words = f"{bound} {limit}" if limit is not None else f"what {self.spec.type.declared} holds"
            raise Refusal(
                f"{names} leaves no room {word} it within {words}",
                f"move {bound}, or the bounds of {names}, or let the column be NULL",
            )

    def _no_room(self) -> str:
        names, ends = _names(self.sources), _names(self.untils)
        way = "after" if not self.before else "before"
        return f"nothing lies {way} {names}" + (
            f" and not {'before' if self.before else 'after'} {ends}, whatever the row" if ends else ""
        )


def tell_crowded(spec: ColumnSpec, names: str, ends: str, crowded: Callable[[Rows], int]) -> None:
    """Say in what share of the rows there is no room, where a look at some of them finds any.

    crowded  counts those among some rows
    """
    if not spec.rows:
        return
    tried = np.arange(0, spec.rows, max(spec.rows // _TRIED, 1), dtype=np.uint64)[:_TRIED]
    if found := crowded(Rows.at(tried)):
        spec.tell(
            f"{found / len(tried):.2%} of the rows have no room from {names} to {ends}, "
            "and lie as close to it as their source allows; move bounds, or let the column be NULL"
        )


@cache
def _shares_near() -> NDArray[np.float64]:
    """What `Nearness` asks of the exponential shape, the same for all columns."""
    shares = steady(-np.expm1(-Nearness.steps()))
    shares.flags.writeable = False
    return shares


def _held(ends: tuple[int, int]) -> tuple[int, int]:
    """Units within what can be counted either way: of a DATE they may be nanoseconds."""
    return max(ends[0], -MOST), min(ends[1], MOST)


def _names(sources: Sequence[Source]) -> str:
    return " and ".join(source.name for source in sources)


def _reach(marks: Sequence[Mark]) -> tuple[int, int]:
    """The least and the greatest unit of the latest of some moments."""
    ends = [mark.ends or (LEAST, MOST) for mark in marks]
    sure = [end for end, mark in zip(ends, marks, strict=True) if not mark.kernel.facts.nullable]
    low = max((end[0] for end in sure), default=min(end[0] for end in ends))
    return low, max(end[1] for end in ends)


def _until(kernel: Between) -> tuple[int, int]:
    """The least and the greatest unit at which other columns end a room."""
    if not kernel.untils:
        return kernel.open, kernel.open
    ends = [mark.ends or (LEAST, MOST) for mark in kernel.untils]
    sure = [end[1] for end, mark in zip(ends, kernel.untils, strict=True) if not mark.kernel.facts.nullable]
    low = min(end[0] for end in ends)
    if sure:
        return low, min(sure)
    return min(low, kernel.open), max(kernel.open, *(end[1] for end in ends))
