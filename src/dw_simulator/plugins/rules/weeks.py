"""Hours and weekdays of what follows others: the options of `calendar`, as weights of a week."""

from functools import lru_cache

import numpy as np

from dw_simulator.engine.selectors.open_time import OpenTime
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules import calendar_weights
from dw_simulator.schema.durations import NANOSECONDS
from dw_simulator.types import Kind, SqlType

FINEST = 1000
"""Nanoseconds: the unit of moments by weight, where their type has finer ones."""
_STEPS = 1000
"""The greatest weight, as a whole number."""
_THURSDAY = 3
"""1970-01-01, counted from Monday."""


@lru_cache(maxsize=256)
def open_time(
    type_: SqlType,
    unit: int,
    opening: tuple[tuple[int, int], ...] | None,
    hours: tuple[float, ...] | None,
    weekdays: tuple[float, ...] | None,
    weekends: bool | None,
) -> OpenTime | None:
    """The weights of a week in units of so many nanoseconds; None where nothing weighs more than the rest.

    Raises Refusal.
    """
    if type_.kind is Kind.DATE and (opening or hours):
        raise Refusal(
            "hours and business_hours: a DATE has no time of day", "leave them out, or make it a TIMESTAMP"
        )
    if not opening and not hours and not weekdays and weekends is not False:
        return None
    borders = calendar_weights.stretches(opening, calendar_weights.HOUR if hours else calendar_weights.DAY)
    clock = calendar_weights.hour_weights(borders, opening, hours, None) / np.diff(borders)
    days = np.array(weekdays if weekdays else [1.0] * 7)
    if weekends is False:
        days[5:] = 0
    weights = np.outer(days, clock).ravel()
    if not weights.any():
        raise Refusal("no hour of the week has a weight", "give one of the open hours a weight")
    whole = np.rint(weights / weights.max() * _STEPS).astype(np.int64)
    whole[weights > 0] = np.maximum(whole[weights > 0], 1)
    if len({*whole.tolist()} - {0}) == 1:
        whole = np.minimum(whole, 1)
    day = NANOSECONDS["d"] // unit
    starts = np.concatenate([borders[:-1] * day // calendar_weights.DAY + k * day for k in range(7)])
    kept = np.flatnonzero(np.append([True], whole[1:] != whole[:-1]))
    return OpenTime(np.append(starts[kept], 7 * day).astype(np.int64), whole[kept], _THURSDAY * day)
