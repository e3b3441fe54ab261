"""Options of rules whose values can rise from row to row."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.rising import Stratified, Windows
from dw_simulator.engine.selectors.sampling import Uniform
from dw_simulator.engine.values.base import Domain, Drawn, Kernel
from dw_simulator.errors import Refusal
from dw_simulator.ports.rule import ColumnSpec, RuleOptions
from dw_simulator.schema.durations import nanoseconds

DEFAULT_DISORDER = 1000
_MOST_DISORDER = 1 << 40


class Sortable(RuleOptions):
    """Values in any order, in the order of the rows, or nearly so."""

    order: Literal["sorted", "nearly"] | None = Field(
        default=None, description="sorted: values rise from row to row; nearly: with a bounded disorder"
    )
    disorder: int | str | None = Field(
        default=None,
        description=f"how far out of place a row may stand, where nearly sorted: so many rows "
        f"({DEFAULT_DISORDER}), or a span of time such as 5m",
    )

    @field_validator("disorder")
    @classmethod
    def _rows_or_span(cls, value: int | str | None) -> int | str | None:
        if isinstance(value, str):
            nanoseconds(value)
        elif value is not None and not 1 <= value <= _MOST_DISORDER:
            raise ValueError("1 row or more is needed, or a span of time such as 5m")
        return value

    @model_validator(mode="after")
    def _disorder_of_nearly(self) -> "Sortable":
        if self.disorder is not None and self.order != "nearly":
            raise ValueError('disorder goes with "order": "nearly"')
        return self

    def selector(self, spec: ColumnSpec, size: int, unit: int = 0) -> Selector:
        """An even spread below size, in the order that is asked for.

        unit  nanoseconds between neighbouring indices, where these are evenly spaced moments
        """
        if self.order is None:
            return Uniform(spec.stream(), size)
        rows = max(spec.rows, 1)
        if self.order == "sorted":
            return Stratified(spec.stream(), rows, size)
        width = min(self._width(rows, size * unit), rows)
        windows = Windows(rows, width, spec.stream("window order"), spec.stream("window turn"))
        return Stratified(spec.stream(), rows, size, windows)

    def ordered(self, spec: ColumnSpec, domain: Domain, unit: int = 0) -> Domain | Kernel:
        """A domain's values, evenly spread, in the order that is asked for. Raises Refusal."""
        if self.order is None:
            return domain
        if spec.key and spec.rows > domain.size:
            raise Refusal(
                f"{domain.size:,} values fit, {spec.rows:,} rows asked, and sorted values that repeat are no "
                "part of a key",
                "widen the range, or lower the rows",
            )
        return Drawn(self.selector(spec, domain.size, unit), domain)

    def _width(self, rows: int, span: int) -> int:
        """How many neighbouring rows may change places. Raises Refusal."""
        if not isinstance(self.disorder, str):
            return (self.disorder or DEFAULT_DISORDER) + 1
        if not span:
            raise Refusal(
                "a disorder as a span of time goes with an even spread, not with weights",
                "say how many rows out of place a row may stand",
            )
        width = nanoseconds(self.disorder) * rows // span
        if width < 2 <= rows:
            raise Refusal(
                f"a row comes every {span / rows / 10**9:,.6g} seconds, so none can be within "
                f"{self.disorder} out of place",
                "let disorder be longer, or say how many rows",
            )
        return max(width, 1)
