"""UUIDs: random ones, and those that are in order of their time."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from dw_simulator.engine.bounds import DEFAULT_END, default_start
from dw_simulator.engine.selectors.permutation import Permutation
from dw_simulator.engine.selectors.unique import RowNumber
from dw_simulator.engine.values.base import Drawn
from dw_simulator.engine.values.bytes import TimedUuids, Uuids
from dw_simulator.errors import Refusal
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.schema.model import Moment
from dw_simulator.types import Kind

_LENGTH = 36
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - moments are kept in UTC, without saying so
_MILLISECOND = timedelta(milliseconds=1)
_NO_SPAN = "date_start is before date_end, and neither is before 1970; move one of them"


class Uuid(RuleOptions):
    """UUIDs, as their own type or as text: random ones, or version 7, by a time that grows with the row."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.UUID, Kind.TEXT})
    one_length: ClassVar[bool] = True
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "UUID", "is_unique": True, "rule": {"name": "uuid"}},
        {"name": "value", "data_type": "VARCHAR(36)", "rule": {"name": "uuid"}},
        {
            "name": "value",
            "data_type": "UUID",
            "is_unique": True,
            "rule": {"name": "uuid", "version": 7, "date_start": "2024-01-01", "date_end": "2024-12-31"},
        },
        {"name": "value", "data_type": "CHAR(36)", "rule": {"name": "uuid", "version": 7}},
    )

    version: Literal[4, 7] = Field(default=4, description="4 is random; 7 begins with a time (RFC 9562)")
    date_start: Moment | None = Field(
        default=None, description="the time of the first row, for version 7 (else as for dates)"
    )
    date_end: Moment | None = Field(
        default=None, description="the last day or moment, for version 7 (else the present)"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Uuid":
        if self.version != 7 and (self.date_start or self.date_end):
            raise ValueError("date_start and date_end are for version 7; leave them out, or say version 7")
        if not _is_span(*self._span(None)):
            raise ValueError(_NO_SPAN)
        return self

    def _span(self, present: date | None) -> tuple[int, int]:
        """Milliseconds since 1970: the first, and the one after the last."""
        start, end = self.date_start or default_start(present), self.date_end or present or DEFAULT_END
        last = _milliseconds(end) + (1 if isinstance(end, datetime) else 86_400_000)
        return _milliseconds(start), last

    def build(self, spec: ColumnSpec) -> Uuids | Drawn:
        as_text = spec.type.kind is Kind.TEXT
        if as_text and spec.type.length < _LENGTH:
            raise Refusal(f"a UUID has {_LENGTH} characters", f"widen it to {_LENGTH}")
        if self.version == 4:
            return Uuids(spec.stream("filler"), as_text)
        start, end = self._span(spec.as_of)
        if not _is_span(start, end):
            raise Refusal(_NO_SPAN, "or move the present, as_of")
        rows = max(spec.rows, 1)
        order = Permutation(1 << 62, spec.stream("order"))
        return Drawn(RowNumber(rows), TimedUuids(start, end - start, rows, spec.stream(), order, as_text))


def _is_span(start: int, end: int) -> bool:
    return 0 <= start < end < 1 << 48


def _milliseconds(moment: date) -> int:
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001
    return (moment - _EPOCH) // _MILLISECOND
