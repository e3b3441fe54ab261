"""What the planner asks of a rule, and what it tells it."""

from dataclasses import dataclass
from typing import Protocol

from dw_simulator.engine.kernels.base import Domain, Kernel
from dw_simulator.engine.randomness import Stream
from dw_simulator.model import Column
from dw_simulator.types import SqlType


class Refusal(ValueError):
    """A rule cannot make what a column asks. The planner adds the place and collects refusals."""

    def __init__(self, message: str, mend: str = "") -> None:
        self.message, self.mend = message, mend
        super().__init__(message, mend)


@dataclass(frozen=True)
class ColumnSpec:
    """A column as a rule sees it.

    rows  how many rows its table has
    key   whether values must be told apart: the rule then returns a Domain, or a kernel under a selector
          that never repeats
    """

    seed: int
    table: str
    column: Column
    rows: int
    key: bool = False

    @property
    def type(self) -> SqlType:
        return self.column.type

    def stream(self, purpose: str = "value") -> Stream:
        """The column's own stream for a purpose."""
        return Stream.named(self.seed, self.table, self.column.name, purpose)


class Rule(Protocol):
    """From a column to its values: a Domain, from which the planner draws, or a whole Kernel."""

    def build(self, spec: ColumnSpec) -> Domain | Kernel: ...
