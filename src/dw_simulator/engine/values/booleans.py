"""Truth values with a share."""

from dataclasses import dataclass

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.sampling import Chance


@dataclass(frozen=True, eq=False)
class Flags:
    """True by chance."""

    chance: Chance

    @property
    def distinct(self) -> int:
        return 2

    def values(self, rows: Rows) -> FixedColumn:
        return FixedColumn(self.chance.hits(rows))
