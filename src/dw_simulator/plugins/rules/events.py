"""Events after, or before, others: of the row, of the row it references, in the order of siblings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from dw_simulator.engine import distributions
from dw_simulator.engine.bounds import allowed
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.open_time import OpenTime
from dw_simulator.engine.selectors.quantiles import Quantiles
from dw_simulator.engine.selectors.rising import AmongSiblings
from dw_simulator.engine.selectors.sampling import Chance, Uniform
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.base import Kernel, Nullable
from dw_simulator.engine.values.betweens import Between
from dw_simulator.engine.values.facts import Ends
from dw_simulator.engine.values.lineage import DEEPEST
from dw_simulator.engine.values.moments import Following, Scale
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules import calendar_weights
from dw_simulator.plugins.rules.date_tables import as_days
from dw_simulator.plugins.rules.event_examples import EXAMPLES
from dw_simulator.plugins.rules.lone_moments import alone, or_alone
from dw_simulator.plugins.rules.rooms import (
    DAY,
    FIVE,
    ColumnThere,
    MomentRoom,
    Named,
    listed,
    may_be_null,
    nanoseconds_apart,
    need_of,
    present_of,
    scale_of,
    unit_of,
    units_within,
    written,
)
from dw_simulator.plugins.rules.root_ranges import RootRange, along_tree, leads_up
from dw_simulator.plugins.rules.weeks import open_time
from dw_simulator.ports.needs import (
    Answer,
    Derived,
    Need,
    RowAbove,
    Siblings,
    Source,
    Upwards,
)
from dw_simulator.ports.rule import ColumnSpec, Examples, KeptOrder, RuleOptions
from dw_simulator.schema.durations import Duration, nanoseconds
from dw_simulator.schema.model import DEFAULT_NULL_FRACTION, Column, Table
from dw_simulator.types import Kind


class After(RuleOptions):
    """A moment after another column's, of the row or of the row it references, within a span."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.DATE, Kind.TIMESTAMP})
    examples: ClassVar[Examples] = EXAMPLES

    derives: ClassVar[bool] = True

    column: Named | tuple[Named, ...] = Field(
        description="the column that it comes after, a DATE, a TIMESTAMP or a date_key; of a list, the "
        'latest that is there. One of a referenced row is {"reference": ..., "column": ...}'
    )
    reference: str | tuple[str, ...] | None = Field(
        default=None,
        description="a column of the foreign key that leads to the row with that column; a list follows "
        "several, one after another",
    )
    within: Duration | None = Field(
        default=None,
        description="how far away it is at the most, such as 30d, 12h or 1d12h; needed without until",
    )
    at_least: Duration = Field(default="0s", description="how far away it is at the least")
    before: bool = Field(default=False, description="before that column instead of after it")
    distribution: Literal["uniform", "exponential"] = Field(
        default="uniform", description="exponential: most of them close, few of them far away"
    )
    mean: Duration | None = Field(
        default=None, description="the mean of an exponential distribution (a fifth of the span)"
    )
    until: Named | tuple[Named, ...] | None = Field(
        default=None,
        description="a column that it does not come after (or before, with before); of a list, the earliest "
        "that is there",
    )
    censor: bool | None = Field(
        default=None,
        description="whether what would lie after the experiment's present is NULL, or comes before it in a "
        "column that cannot be NULL; so it is where as_of is set and the column has no date_end",
    )
    roots: RootRange | None = Field(
        default=None,
        description="where it follows itself in the row above, by a reference of the table to itself: what "
        "rows without such a row have, such as a date_end of their own, or a rule",
    )
    otherwise: RootRange | None = Field(
        default=None,
        description="what a row has where none of its columns is there: date_start and date_end, or a rule. "
        "Without it such a row has a moment of the usual period in a column that cannot be NULL, else NULL",
    )
    business_hours: calendar_weights.Opening | None = Field(
        default=None, description='when it may be, such as "09:00-17:30", or a list of such stretches'
    )
    hours: calendar_weights.HourWeights | None = Field(
        default=None, description="24 weights, or weights by hour; hours that are not named weigh 1"
    )
    weekdays: calendar_weights.WeekdayWeights | None = Field(
        default=None, description="7 weights from Monday on, or weights by name; others weigh 1"
    )
    weekends: bool | None = Field(default=None, description="false: nothing on Saturdays and Sundays")
    digits: calendar_weights.Digits = calendar_weights.DIGITS
    ordered: bool = Field(
        default=False, description="the rows of one referenced row come one after another, in their order"
    )
    first: bool = Field(
        default=False,
        description="with ordered: the first row of each referenced row is at the column itself",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "After":
        if self.ordered and not self.reference:
            raise ValueError("ordered goes with reference: the rows of one referenced row are in order")
        if self.first and (not self.ordered or self.before):
            raise ValueError("first goes with ordered: the first row is at what it comes after")
        if self.mean is not None and self.distribution != "exponential":
            raise ValueError('mean goes with "distribution": "exponential"')
        if self.mean is not None and not nanoseconds(self.mean):
            raise ValueError("a mean of 0 leaves no span")
        self._consistent_ends()
        if self.within is None:
            return self
        if not nanoseconds(self.within):
            raise ValueError("within 0 leaves no span")
        if nanoseconds(self.at_least) > nanoseconds(self.within):
            raise ValueError(f"at_least {self.at_least} is more than within {self.within}")
        return self

    def _consistent_ends(self) -> None:
        if self.within is None and self.until is None:
            raise ValueError("say within, how far away it is at the most, or until, a column that ends it")
        if self.before and self.censor is not None:
            raise ValueError("censor goes with what comes after others, not with before")
        if not listed(self.column) or (self.until is not None and not listed(self.until)):
            raise ValueError("a list names one column at least")
        if self.reference and not isinstance(self.column, str):
            raise ValueError(
                "reference goes with a column's name; say it with each column that has one: "
                '{"reference": ..., "column": ...}'
            )
        ends = listed(self.until)
        if self.ordered and any(isinstance(one, str) or one.path[0] != self.siblings for one in ends):
            raise ValueError(
                f"ordered rows of one referenced row have one room: {self.siblings} has to lead to until, too"
            )

    @property
    def siblings(self) -> str | None:
        """The column of the reference by which rows have to stand together, if they have to."""
        if not self.ordered or not self.reference:
            return None
        return self.reference if isinstance(self.reference, str) else self.reference[0]

    def keeps(self, column: Column, _table: Table, /) -> Sequence[KeptOrder]:
        after = [] if self.reference else [one for one in listed(self.column) if isinstance(one, str)]
        # where there is no room for it, a column that cannot be NULL goes beyond its end
        until = [one for one in listed(self.until) if isinstance(one, str) and may_be_null(column)]
        apart = nanoseconds(self.at_least) > 0 and self.until is None
        pairs = [(one, column.name) for one in after], [(column.name, one) for one in until]
        made, ended = ([pair[::-1] for pair in some] if self.before else some for some in pairs)
        return [
            *(KeptOrder(*pair, apart) for pair in made),
            *(KeptOrder(*pair, leads_on=False) for pair in ended),
        ]

    def to_keep_apart(self, days: bool, /) -> Mapping[str, str]:
        if "at_least" in self.model_fields_set or self.until is not None:
            return {}
        return {"at_least": "1d" if days else "1s"}

    def build(self, spec: ColumnSpec) -> Derived:
        spec = spec.to(self.digits)
        up = leads_up(spec, self.reference) if self.column == spec.column.name else None
        if up is not None:
            return self._up(spec, up)
        if self.roots is not None:
            raise Refusal(
                "roots goes with a column that follows itself in the row above",
                f"name {spec.column.name} as column, and a reference of {spec.table} to itself",
            )
        needs: list[Need] = [*map(need_of, self._sources), *map(need_of, listed(self.until))]
        if self.siblings:
            needs.append(Siblings(self.siblings))
        return Derived(tuple(needs), lambda found: self._finish(spec, found))

    def _up(self, spec: ColumnSpec, reference: str) -> Derived:
        """It follows itself in the row above."""
        if self.otherwise is not None:
            raise Refusal("rows without a row above have what roots says", "leave otherwise out")
        if self.ordered:
            raise Refusal("the rows below one row are in no order of their own", "leave ordered out")

        def finish(found: Sequence[Answer]) -> Kernel:
            above, *others = found
            assert isinstance(above, RowAbove), "the row above was asked for"
            untils = [one for one in others if isinstance(one, Source)]
            if above.depth > DEEPEST:
                raise Refusal(
                    f"the tree is {above.depth:,} levels deep, and up to {DEEPEST:,} are followed",
                    "let it have more roots, or a branching",
                )
            bound = (None, False) if self.before else present_of(spec, self.censor)
            own = replace(spec, rows=0)  # which rows have room is looked at below rows above, not at roots
            return along_tree(
                spec,
                above,
                self.roots,
                lambda sources, positions: self._between(own, sources, untils, bound, positions),
            )

        return Derived((Upwards(reference), *map(need_of, listed(self.until))), finish)

    @property
    def _sources(self) -> Sequence[Named]:
        if self.reference and isinstance(self.column, str):
            return [ColumnThere(reference=self.reference, column=self.column)]
        return listed(self.column)

    def _finish(self, spec: ColumnSpec, found: Sequence[Answer]) -> Kernel:
        columns = [
            one if one.type.kind in self.kinds else as_days(one) for one in found if isinstance(one, Source)
        ]
        sources, untils = columns[: len(self._sources)], columns[len(self._sources) :]
        siblings = next((one for one in found if isinstance(one, Grouping)), None)
        positions = _positions(spec.stream(), siblings)
        bound = (None, False) if self.before else present_of(spec, self.censor)
        unlike = bool(untils) or len(sources) > 1 or self._weighs or self.first
        if unlike or not self._is_past(spec, sources[0], bound[0]):
            kernel: Kernel = self._between(spec, sources, untils, bound, positions, siblings)
            if bound[1] and not untils:
                kernel = _as_any_other(spec, kernel, sources)
        else:
            kernel = self._plain(spec, sources[0], positions)
        return self._or_alone(spec, kernel, sources, untils, siblings)

    def _or_alone(
        self,
        spec: ColumnSpec,
        kernel: Kernel,
        sources: Sequence[Source],
        untils: Sequence[Source],
        siblings: Grouping | None,
    ) -> Kernel:
        """The kernel, with moments for rows in which none of the sources is there, where these have some."""
        asked = self.otherwise is not None or spec.column.required
        if not asked or not all(source.nullable for source in sources):
            return kernel

        def room(own: ColumnSpec, starts: Sequence[Source], ends: Sequence[Source]) -> MomentRoom:
            bound = (None, False) if self.before else present_of(own, self.censor)
            return MomentRoom(own, starts, ends, 0, None, None, self.before, *bound, self._week(own))

        positions = _positions(spec.stream("otherwise"), siblings)
        return or_alone(
            spec, kernel, sources, alone(spec, self.otherwise or RootRange(), untils, room, positions)
        )

    @property
    def _weighs(self) -> bool:
        return bool(self.business_hours or self.hours or self.weekdays) or self.weekends is False

    def _is_past(self, spec: ColumnSpec, source: Source, present: int | None) -> bool:
        """Whether all that is within the span has been, or nobody asks."""
        ends = source.kernel.facts.ends
        if present is None or ends is None:
            return present is None
        scale = scale_of(source.type, spec.type, unit_of(spec.type, [source.type]), up=True)
        return scale.stored(scale.of(int(ends[1])) + self._span(spec, source)[1]) <= present

    def _between(
        self,
        spec: ColumnSpec,
        sources: Sequence[Source],
        untils: Sequence[Source],
        bound: tuple[int | None, bool],
        positions: Selector,
        siblings: Grouping | None = None,
    ) -> Between:
        """What has a room of its own in every row: bounded by others, or by the present."""
        least, most = nanoseconds(self.at_least), None if self.within is None else nanoseconds(self.within)
        mean = None
        if self.distribution == "exponential":
            mean = nanoseconds(self.mean) if self.mean else 0
        span = least, most, mean
        first_of = siblings if self.first else None
        room = MomentRoom(
            spec, sources, untils, *span, self.before, *bound, self._week(spec), first_of=first_of
        )
        return room.kernel(positions)

    def _week(self, spec: ColumnSpec) -> Callable[[int], OpenTime | None]:
        return partial(
            open_time,
            spec.type,
            opening=self.business_hours,
            hours=self.hours,
            weekdays=self.weekdays,
            weekends=self.weekends,
        )

    def _plain(self, spec: ColumnSpec, source: Source, positions: Selector) -> Kernel:
        """What has the same span in every row, but for what the column's bounds cut off."""
        scale = scale_of(source.type, spec.type, unit_of(spec.type, [source.type]), up=not self.before)
        least, most = self._span(spec, source)
        limits, ends = self._limits(spec, source, scale, (least, most))
        return Following(
            source.kernel,
            positions,
            self._shape(spec),
            scale,
            least,
            most,
            dtype_of(spec.type),
            limits,
            self.before,
            ends,
        )

    def _span(self, spec: ColumnSpec, source: Source) -> tuple[int, int]:
        """The first and the last unit of the span, counted from the source."""
        assert self.within is not None, "only a room of its own has no span"
        unit = unit_of(spec.type, [source.type])
        near, far = -(-nanoseconds(self.at_least) // unit), nanoseconds(self.within) // unit
        if nanoseconds_apart(source.type) < unit:  # the source is rounded towards the span
            far -= 1
        if near > far or (far == 0 and unit == DAY):
            raise Refusal(
                f"between {self.at_least} and {self.within} lies no value of {spec.type.declared}"
                if near > far
                else f"within {self.within} of {source.name} lies no other day",
                f"let within be longer{', 1d or more' if unit == DAY else ''}",
            )
        return (-far, -near) if self.before else (near, far)

    def _limits(
        self, spec: ColumnSpec, source: Source, scale: Scale, span: tuple[int, int]
    ) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        """(limits, where the span reaches beyond them; what can come out, as stored). Raises Refusal."""
        first, last = _bounds(spec, scale)
        found = source.kernel.facts.ends
        declared = [name for name in ("date_start", "date_end") if getattr(spec.column, name) is not None]
        if found is None:
            if declared:
                raise Refusal(
                    f"how far {source.name} reaches is not known, so {declared[0]} may not hold",
                    f"leave {declared[0]} out",
                )
            return (first, last), None
        low, high = scale.of(int(found[0])), scale.of(int(found[1]))
        if high + span[0] > last or low + span[1] < first:
            raise self._beyond(spec, source, found, late=high + span[0] > last)
        ends = max(low + span[0], first), min(high + span[1], last)
        inside = low + span[0] >= first and high + span[1] <= last
        return None if inside else (first, last), (scale.stored(ends[0]), scale.stored(ends[1]))

    def _beyond(self, spec: ColumnSpec, source: Source, found: Ends, *, late: bool) -> Refusal:
        bound, own = ("date_end", spec.column.date_end) if late else ("date_start", spec.column.date_start)
        word = "before" if self.before else "after"
        span = self.within if late == self.before else self.at_least
        limit = f"{bound} {own}" if own is not None else f"what {spec.type.declared} holds"
        last = written(source.type, int(found[1] if late else found[0]))
        return Refusal(
            f"{source.name} reaches {last}, and {span} {word} that is beyond {limit}",
            f"move {bound}, or {'date_end' if late else 'date_start'} of {source.name}",
        )

    def _shape(self, spec: ColumnSpec) -> Quantiles | None:
        if self.distribution == "uniform":
            return None
        assert self.within is not None, "only a room of its own has no span"
        span = nanoseconds(self.within) - nanoseconds(self.at_least)
        rate = span / nanoseconds(self.mean) if self.mean else float(FIVE)
        return distributions.exponential(rate).table(spec.stream(), 0.0, 1.0)


def _positions(stream: Stream, siblings: Grouping | None) -> Selector:
    """Where in a room: anywhere, or in the order of the rows of one parent."""
    return Uniform(stream, 1 << 64) if siblings is None else AmongSiblings(stream, siblings)


def _bounds(spec: ColumnSpec, scale: Scale) -> tuple[int, int]:
    """The first and the last unit within the column's dates, else within what its type holds."""
    bounds = allowed(spec.column)
    if bounds.is_empty:
        raise Refusal(f"no {spec.type.declared} lies there", "move date_start or date_end")
    return units_within(bounds, spec.type, scale)


def _as_any_other(spec: ColumnSpec, kernel: Kernel, sources: Sequence[Source]) -> Kernel:
    """What is NULL by the present alone has the NULLs of any other column that may be NULL, besides."""
    told = spec.column.null_fraction is not None or any(source.nullable for source in sources)
    if told or not kernel.facts.nullable:
        return kernel  # the planner sees to it
    return Nullable(kernel, Chance(spec.stream("null"), DEFAULT_NULL_FRACTION))
