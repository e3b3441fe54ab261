"""Whether a column can hold the values of another one, and how it stores them."""

import numpy as np

from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.base import Kernel
from dw_simulator.types import Kind, SqlType


def stored_as(own: SqlType, target: SqlType) -> tuple[int, np.dtype[np.generic]] | None:
    """Bits and dtype in which a column stores whole numbers; None where the other one stores them alike."""
    mine, theirs = ((type_.bits, dtype_of(type_)) for type_ in (own, target))
    return None if mine == theirs else mine


_WHOLE = (Kind.INTEGER, Kind.DECIMAL)


def mismatch(own: SqlType, target: SqlType, parent: Kernel) -> str:
    """Why a parent's values are no values of the child's type; empty when they are."""
    if own.kind in _WHOLE and target.kind in _WHOLE:
        if own.scale != target.scale:
            return "the digits differ"
        low, high = own.limits
        if own.bits != 128 or target.bits != 128:  # what one of them stores in 64 bits
            low, high = max(low, -(1 << 63)), min(high, (1 << 63) - 1)
        least, greatest = parent.facts.ends or target.limits
        return "" if low <= least and greatest <= high else f"values up to {greatest:,} do not fit"
    if own.kind is not target.kind:
        return "another kind of value"
    if own.kind in (Kind.TEXT, Kind.BINARY) and parent.facts.width > own.length:
        return f"values of up to {parent.facts.width} bytes do not fit"
    if (own.bits, own.unit, own.zoned) != (target.bits, target.unit, target.zoned):
        return "the precision differs"
    return ""
