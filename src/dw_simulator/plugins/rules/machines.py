"""From a declared lifecycle to tables of numbers: which way a row takes, and how long that takes."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import exp

import numpy as np

from dw_simulator.engine import distributions
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.selectors.alias_tables import alias_table, steady
from dw_simulator.engine.selectors.bands import tamed
from dw_simulator.engine.selectors.quantiles import Floats, Quantiles
from dw_simulator.engine.selectors.sampling import Alias
from dw_simulator.engine.values.courses import NONE, Draws, Ints, Machine
from dw_simulator.schema.durations import nanoseconds
from dw_simulator.schema.lifecycle import Dwell, Lifecycle

_UNUSED = Stream(0, 0)
_MICRO = 1000
"""Nanoseconds."""
_EVEN = 1e-3
"""An exponential shape with a rate of less is even."""


def machine_of(declared: Lifecycle) -> Machine:
    """The tables of a lifecycle, made once for all columns that speak of it."""
    return _machine(declared.model_dump_json())


def reasons_of(declared: Lifecycle) -> list[str]:
    """All reasons, in alphabetical order."""
    return sorted({reason for of in declared.reasons.values() for reason in of})


@lru_cache(maxsize=64)
def _machine(text: str) -> Machine:
    declared = Lifecycle.model_validate_json(text)
    numbers = {name: number for number, name in enumerate(declared.names)}
    ways = {name: declared.ways(name) for name in declared.names}
    out = max(map(len, ways.values())) + 1  # one of them is to stay
    shares = [[*(way.share for way in own), 1 - sum(way.share for way in own)] for own in ways.values()]
    dwells = [way.dwell for own in ways.values() for way in own]
    spans = [dwell.ends for dwell in dwells]
    rates = sorted({_rate(dwell) for dwell in dwells} | {0.0})
    places = [state * out + k for state, own in enumerate(ways.values()) for k in range(len(own))]

    def placed(values: Sequence[int], rest: int) -> Ints:
        found: Ints = np.full(len(numbers) * out, rest)
        found[places] = values
        return found

    firsts = [declared.firsts.get(name, 0.0) for name in declared.names]
    alone = sum(weight > 0 for weight in firsts) == 1
    reasons = reasons_of(declared)
    reached = soonest(declared, [name for name, weight in declared.firsts.items() if weight])
    given = [[declared.reasons.get(name, {}).get(reason, 0.0) for reason in reasons] for name in ways]
    return Machine(
        first=int(np.argmax(firsts)) if alone else NONE,
        firsts=None if alone else _draws([firsts]),
        moves=_draws([_filled(row, out) for row in shares]),
        targets=placed([numbers[way.target] for own in ways.values() for way in own], NONE),
        least=placed([-(-least // _MICRO) for least, _most in spans], 0),
        counts=placed([most // _MICRO + (-least // _MICRO) + 1 for least, most in spans], 1).astype(
            np.float64
        ),
        tables=placed([rates.index(_rate(dwell)) for dwell in dwells], 0).astype(np.uint64),
        shapes=_shapes(rates),
        lasts=np.array([not own for own in ways.values()]),
        soonest=tuple(reached[name] for name in declared.names),
        reasons=_draws(given) if reasons else None,
        reason=np.array([[k if any(row) else NONE for k in range(len(reasons))] for row in given]).ravel(),
        steps=declared.max_steps,
    )


def _filled(row: Sequence[float], size: int) -> list[float]:
    """The shares with that of staying in the last place."""
    *own, stays = row
    return [*own, *[0.0] * (size - len(row)), max(stays, 0.0) if stays > 1e-9 else 0.0]


def _draws(rows: Sequence[Sequence[float]]) -> Draws:
    tables = [Alias(_UNUSED, *alias_table(_shares(row))) for row in rows]
    return Draws(
        len(rows[0]),
        np.concatenate([table.thresholds for table in tables]),
        np.concatenate([table.aliases for table in tables]),
    )


def _shares(row: Sequence[float]) -> Floats:
    weights: Floats = np.array(row, dtype=np.float64)
    if not weights.any():
        weights[0] = 1.0
    shares: Floats = tamed(weights)
    shares /= shares.sum()
    return shares


def _rate(dwell: Dwell) -> float:
    """The rate over 0 to 1 of the exponential shape that has the mean once it is cut off at 1; 0: even."""
    if dwell.mean is None:
        return 0.0
    least, most = dwell.ends
    mean = (nanoseconds(dwell.mean) - least) / (most - least)
    low, high = 0.0, 1 / mean
    for _step in range(100):
        rate = (low + high) / 2
        if _mean(rate) > mean:
            low = rate
        else:
            high = rate
    return float(steady(np.array(rate))) if rate > _EVEN else 0.0


def _mean(rate: float) -> float:
    """The mean of an exponential shape that is cut off at 1."""
    if rate < _EVEN:
        return 0.5 - rate / 12
    return 1 / rate - (exp(-rate) / (1 - exp(-rate)) if rate < 700 else 0.0)


def _shapes(rates: Sequence[float]) -> Quantiles:
    shapes = [distributions.exponential(rate) if rate else distributions.even(0.0, 1.0) for rate in rates]
    tables = [shape.table(_UNUSED, 0.0, 1.0) for shape in shapes]
    return Quantiles(
        _UNUSED,
        np.concatenate([table.knots for table in tables]),
        np.concatenate([table.widths for table in tables]),
    )


def soonest(declared: Lifecycle, begins: Iterable[str]) -> dict[str, int]:
    """From some states to each that can be reached: the least time in microseconds."""
    found = dict.fromkeys(begins, 0)
    for _step in declared.names:
        for state, sofar in list(found.items()):
            for way in declared.ways(state):
                then = sofar - (-way.dwell.ends[0] // _MICRO)
                found[way.target] = min(then, found.get(way.target, then))
    return found
