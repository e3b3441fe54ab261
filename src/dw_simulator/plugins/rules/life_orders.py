"""Which moments of a life come before which, so that a CHECK that says so is known to hold.

placed -> paid -> shipped, placed -> cancelled

placed_at <= paid_at < shipped_at     paid comes before shipped, by a second at the least
paid_at, cancelled_at                 no row has both, so that any order holds
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from dw_simulator.engine.bounds import grain_of
from dw_simulator.plugins.rules.machines import soonest
from dw_simulator.schema.lifecycle import Lifecycle
from dw_simulator.types import SqlType

STARTS, ENTERED, ENDED = "", "entered", "ended"
_NEVER = 1 << 62
_SECOND = 10**6


@dataclass(frozen=True)
class LifeMoment:
    """A moment of a life that a column shows: of a state, or the start, the present state's, the end.

    first  of a state: the first time it is entered, instead of the last
    """

    type: SqlType
    what: str = STARTS
    state: str | None = None
    first: bool = False


def holds(declared: Lifecycle, lesser: LifeMoment, greater: LifeMoment, *, strict: bool) -> bool:
    """Whether one moment never comes after another, as columns store them: rounded down."""
    gap = _gap(declared, lesser, greater)
    if gap is None:
        return False
    own, other = grain_of(greater.type), grain_of(lesser.type)
    return Fraction(gap, _SECOND) >= own or (not strict and own <= other)


def _gap(declared: Lifecycle, lesser: LifeMoment, greater: LifeMoment) -> int | None:
    """So many microseconds lie between the two at the least; None where either may come first."""
    if lesser.what == STARTS and lesser.state is None:
        begins = [name for name, weight in declared.firsts.items() if weight]
        return _least(declared, soonest(declared, begins), greater)
    if lesser.state is None or (greater.what == STARTS and greater.state is None):
        return 0 if (lesser.what, greater.what) == (ENTERED, ENDED) else None
    after = soonest(declared, [lesser.state])
    if greater.state is None:
        return _least(declared, after, greater)
    if greater.state == lesser.state:
        return 0 if lesser.first or not greater.first else None
    return None if lesser.state in soonest(declared, [greater.state]) else after.get(greater.state, _NEVER)


def _least(declared: Lifecycle, after: Mapping[str, int], moment: LifeMoment) -> int:
    """How long it takes to that moment, by how long it takes to each state."""
    if moment.state is not None:
        return after.get(moment.state, _NEVER)
    lasts = [after[name] for name in after if not declared.states.get(name)]
    return min(lasts, default=_NEVER) if moment.what == ENDED else 0
