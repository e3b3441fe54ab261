"""Values of one kernel, and those of another where what the first follows is not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.facts import Facts, Stored


@dataclass(frozen=True, eq=False)
class Always(Kernel):
    """One stored number in every row."""

    value: int
    dtype: np.dtype[np.generic]

    @cached_property
    def facts(self) -> Facts:
        return Facts(span=(self.value, self.value), distinct=1)

    def values(self, rows: Rows) -> FixedColumn:
        return FixedColumn(np.full(len(rows), self.value, dtype=self.dtype))


@dataclass(frozen=True, eq=False)
class Instead(Kernel):
    """Another kernel's values where all sources of a row are NULL.

        a     b         made from them    other        values
        Mar 3 NULL      Mar 9             Jul 1        Mar 9
        NULL  NULL      NULL              Feb 2        Feb 2

    nullable  whether it may be NULL where a source is there
    """

    kernel: Kernel
    sources: Sequence[Kernel]
    other: Kernel
    nullable: bool

    @cached_property
    def facts(self) -> Facts:
        own, other = self.kernel.facts, self.other.facts
        spans: list[Stored] = [*(own.ends or ()), *(other.ends or ())]
        known = own.ends is not None and other.ends is not None
        return Facts(
            span=(min(spans), max(spans)) if known else None,  # type: ignore[arg-type]
            distinct=own.distinct + other.distinct if own.distinct and other.distinct else None,
            nullable=self.nullable,
        )

    def values(self, rows: Rows) -> FixedColumn:
        made = fixed(self.kernel.values(rows))
        alone = np.ones(len(rows), dtype=np.bool_)
        for source in self.sources:
            column = fixed(rows.once(source, lambda source=source: source.values(rows)))  # type: ignore[misc]
            if column.valid is None:
                return made
            alone &= ~column.valid
        if not alone.any():
            return FixedColumn(made.values, made.valid if self.nullable else None)
        other = fixed(self.other.values(rows))
        values = np.where(alone, other.values, made.values).astype(made.values.dtype, copy=False)
        valid = None if made.valid is None or not self.nullable else made.valid | alone
        return FixedColumn(values, valid)
