"""Truth values with a share."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.sampling import Chance
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.facts import Facts, Stored


@dataclass(frozen=True, eq=False)
class Flags(Kernel):
    """True by chance."""

    chance: Chance

    @cached_property
    def facts(self) -> Facts:
        least, greatest = self.chance.threshold >> 32, int(self.chance.threshold > 0)
        distinct = greatest - least + 1
        return Facts(span=(least, greatest), grid=(0, 1), distinct=distinct, movable=False, independent=True)

    def without(self, values: Collection[Stored]) -> "Flags | None":
        """Always the other one, where one of the two is left out."""
        left = {0, 1}.difference(values)
        return Flags(replace(self.chance, probability=float(left.pop()))) if len(left) == 1 else None

    def values(self, rows: Rows) -> FixedColumn:
        return FixedColumn(self.chance.hits(rows))
