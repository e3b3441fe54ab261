"""Events after, or before, others: of the row, of the row it references, in the order of siblings."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from dw_simulator.engine import distributions
from dw_simulator.engine.bounds import allowed, step_of
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.quantiles import Quantiles
from dw_simulator.engine.selectors.rising import AmongSiblings
from dw_simulator.engine.selectors.sampling import Uniform
from dw_simulator.engine.storage import EPOCH, dtype_of, ticks_per_second
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.facts import Ends
from dw_simulator.engine.values.moments import Following, Scale
from dw_simulator.engine.values.temporal import units_per_day
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.date_tables import as_days
from dw_simulator.ports.rule import Answer, ColumnSpec, Derived, Examples, Need, RuleOptions, Siblings, Source
from dw_simulator.schema.durations import NANOSECONDS, Duration, nanoseconds
from dw_simulator.schema.model import Lookup
from dw_simulator.types import Kind, SqlType

_DAY = NANOSECONDS["d"]
_FIVE = 5
"""The mean of an exponential span is this part of the whole, where nothing is said: 0.7 % are cut off."""


class After(RuleOptions):
    """A moment after another column's, of the row or of the row it references, within a span."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.DATE, Kind.TIMESTAMP})
    examples: ClassVar[Examples] = (
        [
            {"name": "ordered_at", "data_type": "TIMESTAMP", "rule": {"name": "calendar", "weekends": False}},
            {
                "name": "value",
                "data_type": "TIMESTAMP",
                "rule": {"name": "after", "column": "ordered_at", "at_least": "2h", "within": "30d"},
            },
        ],
        [
            {
                "name": "ordered_at",
                "data_type": "TIMESTAMP(0)",
                "required": False,
                "date_start": "2024-01-01",
                "date_end": "2024-12-31",
            },
            {
                "name": "value",
                "data_type": "DATE",
                "required": False,
                "date_end": "2024-12-31",
                "rule": {
                    "name": "after",
                    "column": "ordered_at",
                    "within": "3w",
                    "distribution": "exponential",
                    "mean": "2d",
                },
            },
        ],
        [
            {"name": "hired_on", "data_type": "DATE"},
            {
                "name": "value",
                "data_type": "DATE",
                "rule": {
                    "name": "after",
                    "column": "hired_on",
                    "before": True,
                    "at_least": "18y",
                    "within": "60y",
                },
            },
        ],
        {
            "tables": [
                {
                    "name": "orders",
                    "target_rows": 100,
                    "primary_key": ["id"],
                    "columns": [
                        {"name": "id", "data_type": "INT"},
                        {"name": "ordered_at", "data_type": "TIMESTAMP"},
                    ],
                },
                {
                    "name": "events",
                    "target_rows": 1000,
                    "columns": [
                        {
                            "name": "order_id",
                            "data_type": "INT",
                            "foreign_key": {"references_table": "orders", "references_column": "id"},
                        },
                        {
                            "name": "value",
                            "data_type": "TIMESTAMP",
                            "rule": {
                                "name": "after",
                                "reference": "order_id",
                                "column": "ordered_at",
                                "within": "14d",
                                "ordered": True,
                            },
                        },
                    ],
                },
            ]
        },
    )

    derives: ClassVar[bool] = True

    column: str = Field(description="the column that it comes after, a DATE, a TIMESTAMP or a date_key")
    reference: str | tuple[str, ...] | None = Field(
        default=None,
        description="a column of the foreign key that leads to the row with that column; a list follows "
        "several, one after another",
    )
    within: Duration = Field(description="how far away it is at the most, such as 30d, 12h or 1d12h")
    at_least: Duration = Field(default="0s", description="how far away it is at the least")
    before: bool = Field(default=False, description="before that column instead of after it")
    distribution: Literal["uniform", "exponential"] = Field(
        default="uniform", description="exponential: most of them close, few of them far away"
    )
    mean: Duration | None = Field(
        default=None, description="the mean of an exponential distribution (a fifth of the span)"
    )
    ordered: bool = Field(
        default=False, description="the rows of one referenced row come one after another, in their order"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "After":
        if self.ordered and not self.reference:
            raise ValueError("ordered goes with reference: the rows of one referenced row are in order")
        if self.mean is not None and self.distribution != "exponential":
            raise ValueError('mean goes with "distribution": "exponential"')
        if self.mean is not None and not nanoseconds(self.mean):
            raise ValueError("a mean of 0 leaves no span")
        if not nanoseconds(self.within):
            raise ValueError("within 0 leaves no span")
        if nanoseconds(self.at_least) > nanoseconds(self.within):
            raise ValueError(f"at_least {self.at_least} is more than within {self.within}")
        return self

    @property
    def siblings(self) -> str | None:
        """The column of the reference by which rows have to stand together, if they have to."""
        if not self.ordered or not self.reference:
            return None
        return self.reference if isinstance(self.reference, str) else self.reference[0]

    def follows(self, column: str, /) -> tuple[str, str] | None:
        if self.reference:
            return None
        return (column, self.column) if self.before else (self.column, column)

    @property
    def keeps_apart(self) -> bool:
        return nanoseconds(self.at_least) > 0

    def to_keep_apart(self, days: bool, /) -> Mapping[str, str]:
        if "at_least" in self.model_fields_set:
            return {}
        return {"at_least": "1d" if days else "1s"}

    def build(self, spec: ColumnSpec) -> Derived:
        needs: list[Need] = [self.column]
        if self.reference:
            path = (self.reference,) if isinstance(self.reference, str) else self.reference
            needs = [Lookup(reference=path, column=self.column)]
        if self.siblings:
            needs.append(Siblings(self.siblings))
        return Derived(tuple(needs), lambda found: self._finish(spec, found))

    def _finish(self, spec: ColumnSpec, found: Sequence[Answer]) -> Kernel:
        source = found[0]
        assert isinstance(source, Source), "a column was asked for"
        if source.type.kind not in self.kinds:
            source = as_days(source)
        positions: Selector = Uniform(spec.stream(), 1 << 64)
        for siblings in found[1:]:
            assert isinstance(siblings, Grouping), "siblings were asked for"
            positions = AmongSiblings(spec.stream(), siblings)
        scale = _scale(source.type, spec.type, up=not self.before)
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
        unit = _nanoseconds_of_unit(source.type, spec.type)
        near, far = -(-nanoseconds(self.at_least) // unit), nanoseconds(self.within) // unit
        if _nanoseconds(source.type) < unit:  # the source is rounded towards the span
            far -= 1
        if near > far or (far == 0 and unit == _DAY):
            raise Refusal(
                f"between {self.at_least} and {self.within} lies no value of {spec.type.declared}"
                if near > far
                else f"within {self.within} of {source.name} lies no other day",
                f"let within be longer{', 1d or more' if unit == _DAY else ''}",
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
        last = _written(source.type, int(found[1] if late else found[0]))
        return Refusal(
            f"{source.name} reaches {last}, and {span} {word} that is beyond {limit}",
            f"move {bound}, or {'date_end' if late else 'date_start'} of {source.name}",
        )

    def _shape(self, spec: ColumnSpec) -> Quantiles | None:
        if self.distribution == "uniform":
            return None
        span = nanoseconds(self.within) - nanoseconds(self.at_least)
        rate = span / nanoseconds(self.mean) if self.mean else float(_FIVE)
        return distributions.exponential(rate).table(spec.stream(), 0.0, 1.0)


def _nanoseconds(type_: SqlType) -> int:
    """Between neighbouring values of a type."""
    return _DAY // units_per_day(type_)


def _nanoseconds_of_unit(source: SqlType, own: SqlType) -> int:
    """Between neighbouring moments of a span: those of the type, or, for a DATE, those of its source."""
    return min(_nanoseconds(source), _DAY) if own.kind is Kind.DATE else _nanoseconds(own)


def _scale(source: SqlType, own: SqlType, *, up: bool) -> Scale:
    unit = _nanoseconds_of_unit(source, own)
    stored = _DAY if source.kind is Kind.DATE else 10**9 // ticks_per_second(source)
    times, over = (stored // unit, 1) if stored >= unit else (1, unit // stored)
    if own.kind is Kind.DATE:
        return Scale(times, over, up, _DAY // unit, 1)
    return Scale(times, over, up, 1, step_of(own))


def _bounds(spec: ColumnSpec, scale: Scale) -> tuple[int, int]:
    """The first and the last unit within the column's dates, else within what its type holds."""
    type_, bounds = spec.type, allowed(spec.column)
    assert bounds.low is not None, "a type has ends"
    assert bounds.high is not None, "a type has ends"
    if bounds.is_empty:
        raise Refusal(f"no {type_.declared} lies there", "move date_start or date_end")
    first, last = int(bounds.low), int(bounds.high)
    if type_.kind is Kind.DATE:
        return first * scale.units, (last + 1) * scale.units - 1
    return -(-first // scale.step), last // scale.step


def _written(type_: SqlType, stored: int) -> str:
    """A stored date or timestamp as people write it."""
    if type_.kind is Kind.DATE:
        return str((EPOCH + timedelta(days=stored)).date())
    seconds, rest = divmod(stored, ticks_per_second(type_))
    moment = EPOCH + timedelta(seconds=seconds, microseconds=rest * 10**6 // ticks_per_second(type_))
    return moment.replace(tzinfo=None).isoformat(" ")
