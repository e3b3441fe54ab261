"""Tables by which a choice with weights takes one look and one comparison."""

import numpy as np

from dw_simulator.engine.rows import UInts
from dw_simulator.engine.selectors.quantiles import Floats


def alias_table(shares: Floats) -> tuple[UInts, UInts]:
    """Vose's table in whole numbers: shares of size * 2^32 units, a full cell holding 2^32 of them.

    Thresholds, up to which a cell stands for itself, and the aliases it stands for beyond: uint64[size] each.
    """
    size, full = len(shares), 1 << 32
    steady_shares = steady(shares)
    units = [int(unit) for unit in np.rint(steady_shares / steady_shares.sum() * size * full)]
    units[int(np.argmax(shares))] += size * full - sum(units)
    thresholds, aliases = [full] * size, list(range(size))
    small = [i for i, unit in enumerate(units) if unit < full]
    large = [i for i, unit in enumerate(units) if unit >= full]
    while small and large:
        poor, rich = small.pop(), large.pop()
        thresholds[poor], aliases[poor] = units[poor], rich
        units[rich] -= full - units[poor]
        (small if units[rich] < full else large).append(rich)
    return np.array(thresholds, dtype=np.uint64), np.array(aliases, dtype=np.uint64)


def steady(values: Floats) -> Floats:
    """Round to 32 significant bits, so that a last-bit difference of libm or scipy does not show.

    Such a difference is about 2^-52 of the value; it can still cross a rounding border, with a chance of
    about 2^-20 a value.
    """
    mantissa, exponent = np.frexp(values)
    rounded: Floats = np.ldexp(np.rint(mantissa * (1 << 32)), exponent - 32)
    return rounded
