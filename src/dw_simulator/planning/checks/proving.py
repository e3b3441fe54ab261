"""What is known of the values that a kernel can give, and what CHECKs hold by that alone."""

from fractions import Fraction

import numpy as np

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.values.base import Domain, Drawn, Kernel, Nullable
from dw_simulator.engine.values.bounded import Bounded, BoundedFloats, Without
from dw_simulator.engine.values.decimals import WideDecimals
from dw_simulator.engine.values.facets import Facet, Near
from dw_simulator.engine.values.floats import Floats, Shaped, WholeFloats
from dw_simulator.engine.values.integers import Integers
from dw_simulator.engine.values.moments import Following
from dw_simulator.engine.values.referenced import Reference
from dw_simulator.planning.checks.fitting import numbers_of
from dw_simulator.planning.checks.languages import judge
from dw_simulator.planning.checks.limits import Limits, unit_of
from dw_simulator.planning.checks.orders import Orders
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.rule import Derived
from dw_simulator.schema.model import Table
from dw_simulator.types import Kind

_LOOKED_THROUGH = 1 << 21
"""Domains up to this size are looked at value by value."""

Ends = tuple[int | float, int | float]


def inside(domain: Domain) -> Domain:
    """What a domain's values are those of, or some of those."""
    if isinstance(domain, Without):
        return domain.inner
    return domain.domain if isinstance(domain, Facet) else domain


def known(kernel: Kernel) -> Ends | None:
    """Least and greatest stored value that can come out, where that is known."""
    match kernel:
        case Nullable():
            return known(kernel.kernel)
        case Reference():
            return known(kernel.parent)
        case Bounded() | BoundedFloats():
            return kernel.low, kernel.high
        case Shaped():
            return kernel.low, kernel.high
        case Following():
            return kernel.ends
        case Drawn():
            return _known_domain(inside(kernel.domain))
    return None


def _known_domain(domain: Domain) -> Ends | None:
    match domain:
        case Integers() | WideDecimals():
            ends = (domain.low, domain.low + domain.step * (domain.size - 1))
            return min(ends), max(ends)
        case Floats():
            return domain.low, domain.high
        case WholeFloats():
            return float(domain.low), float(domain.low + domain.size - 1)
        case Near():
            least, most = (int(end(domain.centres)) + int(end(domain.offsets)) for end in (np.min, np.max))
            return (least / domain.units, most / domain.units) if domain.units else (least, most)
    listed = numbers_of(domain)
    return (min(listed), max(listed)) if listed else _looked_through(domain)


def _looked_through(domain: Domain) -> Ends | None:
    """The ends of a domain that is small enough to be looked through."""
    if domain.size > _LOOKED_THROUGH:
        return None
    column = domain.decode(np.arange(domain.size, dtype=np.uint64))
    if not isinstance(column, FixedColumn) or column.values.ndim > 1:
        return None
    least, most = column.values.min().item(), column.values.max().item()
    return least, most


def holds(kernel: Kernel, limits: Limits) -> bool:
    """Whether all values are known to pass the checks of their column."""
    bare = kernel
    while isinstance(bare, Nullable | Reference):
        bare = bare.kernel if isinstance(bare, Nullable) else bare.parent
    domain = bare.domain if isinstance(bare, Drawn) else None
    listed = numbers_of(inside(domain)) if domain is not None else None
    if listed is not None:
        return not any(limits.against(item) for item in listed)
    range_ = known(kernel)
    if range_ is None or limits.values is not None:
        return False
    between = (limits.low is None or range_[0] >= limits.low[0]) and (
        limits.high is None or range_[1] <= limits.high[0]
    )
    without = isinstance(domain, Without) or (isinstance(domain, Integers) and domain.step == 1)
    holes = [h for h in limits.holes if not isinstance(h, str) and range_[0] <= h <= range_[1]]
    return between and (not holes or (without and isinstance(domain, Without)))


def check_orders(draft: Draft) -> None:
    """Comparisons of columns that can both not give way hold by their bounds, or are refused."""
    for table in draft.experiment.tables:
        orders = draft.orders.get(table.name)
        for lesser, greater in orders.unproved if orders is not None else ():
            assert orders is not None
            label = orders.labels[lesser, greater]
            kernels = [draft.kernels.get((table.name, name)) for name in (lesser, greater)]
            if kernels[0] is None or kernels[1] is None or _apart(table, orders, lesser, greater, kernels):
                continue
            if any(isinstance(draft.values.get((table.name, name)), Derived) for name in (lesser, greater)):
                words = f"{label} cannot be guaranteed, as a column of it is made from others"
                warning = f"{table.name}: {words}"
                draft.warnings += [] if warning in draft.warnings else [warning]
            else:
                message = f"{label} cannot be followed: neither {lesser} nor {greater} can be drawn anew"
                mend = "both are keys, lists or come from elsewhere; move their bounds apart, or leave it out"
                draft.refuse(f"{table.name}.{greater}", message, mend)


def _apart(table: Table, orders: Orders, lesser: str, greater: str, kernels: list[Kernel | None]) -> bool:
    ranges = [known(kernel) for kernel in kernels if kernel is not None]
    low, high = table.column(lesser), table.column(greater)
    assert low is not None
    assert high is not None
    if ranges[0] is None or ranges[1] is None:
        return False
    below = Fraction(ranges[0][1]) * unit_of(low.type)
    above = Fraction(ranges[1][0]) * unit_of(high.type)
    return below + orders.gaps[lesser, greater] <= above


def check_limits(draft: Draft) -> None:
    """Columns whose values come from elsewhere pass their CHECKs by what is known of these values."""
    for (owner, name), limits in draft.limits.items():
        table = draft.experiment.table(owner)
        kernel = draft.kernels.get((owner, name))
        column = table.column(name) if table is not None else None
        asks = limits.low or limits.high or limits.values or limits.holes or limits.forms
        if limits.kept or kernel is None or column is None:
            continue
        if not (asks or limits.shortest[0] or limits.longest) or draft.only not in (None, owner):
            continue
        if column.type.kind is Kind.TEXT:
            passes = judge(_bare(kernel), limits).answer == "holds"
        else:
            passes = holds(kernel, limits)
        if not passes:
            _tell(draft, owner, name, limits, kernel)


def _bare(kernel: Kernel) -> Kernel:
    while isinstance(kernel, Nullable | Reference):
        kernel = kernel.kernel if isinstance(kernel, Nullable) else kernel.parent
    return kernel


def _tell(draft: Draft, owner: str, name: str, limits: Limits, kernel: Kernel) -> None:
    range_ = known(kernel)
    low, high = limits.low, limits.high
    outside = range_ is not None and (
        (low is not None and range_[1] < low[0]) or (high is not None and range_[0] > high[0])
    )
    listed = numbers_of(_bare(kernel))
    if outside or (listed and all(limits.against(item) for item in listed)):
        message = f"{limits.label} allows none of the values that the column's rule or reference makes"
        draft.refuse(f"{owner}.{name}", message, "move the bounds, or change the CHECK")
        return
    draft.warnings.append(
        f"{owner}: {limits.label} cannot be guaranteed, as the values of {name} come from elsewhere"
    )
