"""The whole numbers that a column stores."""

from dw_simulator.engine.bounds import allowed
from dw_simulator.engine.selectors.permutation import MAX_SIZE
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.decimals import WideDecimals
from dw_simulator.engine.values.integers import Integers
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.types import SqlType


def whole_range(spec: ColumnSpec) -> tuple[int, int]:
    """The least and the greatest stored integer that the type and the column's bounds allow."""
    bounds = allowed(spec.column)
    assert bounds.low is not None, "a type has ends"
    assert bounds.high is not None, "a type has ends"
    return int(bounds.low), int(bounds.high)


def whole_numbers(type_: SqlType, low: int, high: int, step: int = 1) -> Domain:
    """The stored integers low, low + step, ... up to high."""
    size = (high - low) // step + 1
    if type_.bits == 128:
        return WideDecimals.covering(low, high) if step == 1 else WideDecimals(low, size, step)
    return Integers(low, min(size, MAX_SIZE), dtype_of(type_), step)
