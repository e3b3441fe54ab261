"""Values from a pool that was made once, while planning: Faker values, choices, categories."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from dw_simulator.engine.columns import Pool, PoolColumn
from dw_simulator.engine.rows import UInts


@dataclass(frozen=True, eq=False)
class Pooled:
    """The values of a pool, by their place in it."""

    pool: Pool

    @classmethod
    def of(cls, values: Sequence[str]) -> Self:
        """A pool of these values, which are distinct."""
        return cls(Pool(tuple(values)))

    @property
    def width(self) -> int:
        return self.pool.width

    @property
    def size(self) -> int:
        return len(self.pool.values)

    @property
    def natural(self) -> int:
        return self.size

    def decode(self, index: UInts) -> PoolColumn:
        return PoolColumn(index.view(np.int64).astype(np.int32), self.pool)
