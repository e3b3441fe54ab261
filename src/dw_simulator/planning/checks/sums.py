"""Columns of sums that CHECKs keep to ends: each stays where the others leave room for it.

    a + b <= 100, of columns that begin at 0      neither goes beyond 100
    b - a >= 10, of columns from 0 to 1000        b begins at 10, a ends at 990

Only bounds that nobody declares are moved. What the sum is in a row is `redrawing`'s affair.
"""

from collections.abc import Iterable
from fractions import Fraction

from dw_simulator.engine.bounds import Bounds, declared, filled
from dw_simulator.planning.checks.comparing import bounds_of, worth
from dw_simulator.planning.checks.hints import Hinted
from dw_simulator.planning.checks.limits import Limits
from dw_simulator.planning.checks.orders import Span
from dw_simulator.planning.columns.roles import with_bounds
from dw_simulator.ports.constraints import SumWithin


def narrow_sums(hinted: Hinted, limits: dict[str, Limits]) -> None:
    """Let the columns of sums end where a sum could not be kept beyond. limits: what other checks say."""
    for one in hinted.sums:
        spans = {name: _span(hinted, name, limits) for name, _times in one.terms}
        for name, times in one.terms:
            column = hinted.plain(name)
            if column is None or hinted.is_in_key(name):
                continue
            others = [(Fraction(many), spans[other]) for other, many in one.terms if other != name]
            low, high = _meet(spans[name], _left(one, Fraction(times), others))
            if (low, high) != spans[name] and low is not None and high is not None and low < high:
                hinted.columns[name] = with_bounds(column, bounds_of(column.type, (low, high)))
                hinted.draft.hinted.add((hinted.table.name, name))


def _span(hinted: Hinted, name: str, limits: dict[str, Limits]) -> Span:
    """What a column can be worth: within its own bounds and those of its other checks, or as it is drawn."""
    column = hinted.columns[name]
    bounds = declared(column)
    if name in limits:
        bounds = bounds.meet(limits[name].bounds)
    if hinted.plain(name) is not None or name in hinted.made:
        bounds = filled(column.type, bounds)
    return worth(column.type, Bounds() if bounds.is_empty else bounds)


def _left(one: SumWithin, times: Fraction, others: list[tuple[Fraction, Span]]) -> Span:
    """What a sum leaves to one of its columns, whatever the others are."""
    least = _total((many, low if many > 0 else high) for many, (low, high) in others)
    most = _total((many, high if many > 0 else low) for many, (low, high) in others)
    high = None if one.high is None or least is None else (Fraction(one.high) - least) / times
    low = None if one.low is None or most is None else (Fraction(one.low) - most) / times
    return (low, high) if times > 0 else (high, low)


def _total(parts: Iterable[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """So many of each together; None where one has no end."""
    total = Fraction(0)
    for many, end in parts:
        if end is None:
            return None
        total += many * end
    return total


def _meet(one: Span, other: Span) -> Span:
    lows = [end for end in (one[0], other[0]) if end is not None]
    highs = [end for end in (one[1], other[1]) if end is not None]
    return max(lows, default=None), min(highs, default=None)
