"""Values from a pool that was made once, while planning: Faker values, choices, categories."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Pool, PoolColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.sampling import multiply_high
from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.engine.values.facts import Facts, Language, Stored

_HALF = np.uint64(32)


@dataclass(frozen=True, eq=False)
class Pooled(Domain):
    """The values of a pool, by their place in it."""

    pool: Pool

    @classmethod
    def of(cls, values: Sequence[str]) -> Self:
        """A pool of these values, which are distinct."""
        return cls(Pool(tuple(values)))

    is_list: ClassVar[bool] = True

    @property
    def size(self) -> int:
        return len(self.pool.values)

    @property
    def facts(self) -> Facts:
        return replace(_of_pool(self.pool), repeats=False)

    def without(self, places: UInts) -> "Pooled":
        gone = {*places.tolist()}
        return Pooled.of([value for code, value in enumerate(self.pool.values) if code not in gone])

    def decode(self, index: UInts) -> PoolColumn:
        return PoolColumn(index.view(np.int64).astype(np.int32), self.pool)


@dataclass(frozen=True, eq=False)
class Sampled(Kernel):
    """A value of a pool for each row, as often as it stands in a list of draws: one look-up a row.

    The same values as `Drawn(Slots(stream, slots, size), Pooled(pool))`, in less than half of the time.

    draws  int32[n], n <= 2^32: codes of the pool
    """

    stream: Stream
    draws: NDArray[np.int32]
    pool: Pool

    @classmethod
    def of(cls, stream: Stream, draws: Sequence[int], values: Sequence[str]) -> Self:
        """Draws of these values, which are distinct, by their places."""
        return cls(stream, np.array(draws, dtype=np.int32), Pool(tuple(values)))

    @cached_property
    def facts(self) -> Facts:
        return replace(_of_pool(self.pool), independent=True)

    def without(self, values: Collection[Stored]) -> "Sampled | None":
        kept = [code for code, text in enumerate(self.pool.values) if text not in values]
        places = {code: place for place, code in enumerate(kept)}
        draws = [places[code] for code in self.draws.tolist() if code in places]
        return Sampled.of(self.stream, draws, [self.pool.values[code] for code in kept]) if draws else None

    def values(self, rows: Rows) -> PoolColumn:
        if len(self.draws) > 1 << 16:
            index = multiply_high(self.stream.bits(rows), len(self.draws))
        else:  # as in `Uniform`
            index = np.multiply(self.stream.halves(rows), np.uint64(len(self.draws)), dtype=np.uint64)
            index >>= _HALF
        return PoolColumn(self.draws[index.view(np.int64)], self.pool)


def _of_pool(pool: Pool) -> Facts:
    return Facts(
        distinct=len(pool.values),
        width=pool.width,
        language=lambda: Language((pool.values,)),
        movable=False,
    )
