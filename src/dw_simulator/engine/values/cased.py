"""Texts in capitals, or in small letters."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, Pool, PoolColumn, ViewColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.facts import Facts

_INLINE = 12
_STEP = ord("a") - ord("A")


@dataclass(frozen=True, eq=False)
class InCase(Kernel):
    """Another kernel's texts, with the letters A to Z in capitals, or (unless `upper`) in small letters."""

    kernel: Kernel
    upper: bool

    @cached_property
    def facts(self) -> Facts:
        return replace(self.kernel.facts, repeats=True, every=None, language=None)

    def values(self, rows: Rows) -> Column:
        column = self.kernel.values(rows)
        if isinstance(column, PoolColumn):
            return PoolColumn(column.codes, _pool(column.pool, self.upper), column.valid)
        assert isinstance(column, ViewColumn), "it is of texts"
        cells = column.views.view(np.uint8).reshape(len(column), 16).copy()
        lengths, long = column.views[:, 0], column.views[:, 0] > _INLINE
        cells[:, 4:8] = _turned(cells[:, 4:8], self.upper)  # the first bytes of a text, be it short or long
        cells[~long, 8:] = _turned(cells[~long, 8:], self.upper)
        data = _turned(column.data, self.upper) if lengths.size and long.any() else column.data
        return ViewColumn(cells.view(np.int32), data, column.valid)


def _turned(signs: NDArray[np.uint8], upper: bool) -> NDArray[np.uint8]:
    first, last = (ord("a"), ord("z")) if upper else (ord("A"), ord("Z"))
    letters = (signs >= first) & (signs <= last)
    step = np.uint8(_STEP)
    return np.where(letters, signs - step if upper else signs + step, signs)


@lru_cache(maxsize=128)
def _pool(pool: Pool, upper: bool) -> Pool:
    table = {sign: sign - _STEP for sign in range(ord("a"), ord("z") + 1)}
    if not upper:
        table = {small: sign for sign, small in table.items()}
    return Pool(tuple(value.translate(table) for value in pool.values))
