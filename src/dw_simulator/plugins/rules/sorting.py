"""Options of rules whose values can rise from row to row."""

from typing import Literal

from pydantic import Field, model_validator

from dw_simulator.engine.orders import Stratified, Windows
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.rules import ColumnSpec
from dw_simulator.engine.sampling import Uniform
from dw_simulator.model import RuleOptions

DEFAULT_DISORDER = 1000


class Sortable(RuleOptions):
    """Values in any order, in the order of the rows, or nearly so."""

    order: Literal["sorted", "nearly"] | None = Field(
        default=None, description="sorted: values rise from row to row; nearly: with a bounded disorder"
    )
    disorder: int | None = Field(
        default=None,
        ge=1,
        le=1 << 40,
        description=f"how many rows out of place a row may stand, where nearly sorted ({DEFAULT_DISORDER})",
    )

    @model_validator(mode="after")
    def _disorder_of_nearly(self) -> "Sortable":
        if self.disorder is not None and self.order != "nearly":
            raise ValueError('disorder goes with "order": "nearly"')
        return self

    def selector(self, spec: ColumnSpec, size: int) -> Selector:
        """An even spread below size, in the order that is asked for."""
        if self.order is None:
            return Uniform(spec.stream(), size)
        rows = max(spec.rows, 1)
        if self.order == "sorted":
            return Stratified(spec.stream(), rows, size)
        width = min((self.disorder or DEFAULT_DISORDER) + 1, rows)
        windows = Windows(rows, width, spec.stream("window order"), spec.stream("window turn"))
        return Stratified(spec.stream(), rows, size, windows)
