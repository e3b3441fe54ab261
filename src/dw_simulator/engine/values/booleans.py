"""Truth values with a share."""

from dataclasses import dataclass
from functools import cached_property

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.sampling import Chance
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.facts import Facts


@dataclass(frozen=True, eq=False)
class Flags(Kernel):
    """True by chance."""

    chance: Chance

    @cached_property
    def facts(self) -> Facts:
        return Facts(span=(0, 1), grid=(0, 1), distinct=2, movable=False, independent=True)

    def values(self, rows: Rows) -> FixedColumn:
        return FixedColumn(self.chance.hits(rows))
