"""Bands by weight, and the way from a position to a moment, against plain Python."""

from bisect import bisect_right
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dw_simulator.engine.selectors.bands import POSITIONS, Bands
from dw_simulator.engine.selectors.calendars import Calendar, Clock

weights = st.lists(
    st.one_of(st.just(0.0), st.floats(1e-9, 1e6), st.floats(0.5, 2)), min_size=1, max_size=300
).filter(any)
places = st.lists(st.integers(0, POSITIONS - 1), max_size=50)


@given(weights=weights, positions=places)
def test_a_position_is_in_the_band_that_holds_it(weights: list[float], positions: list[int]) -> None:
    bands, kept = Bands.of(np.array(weights))
    marks = bands.marks.tolist()
    assert marks[0] == 0
    assert marks[-1] == POSITIONS
    whole = sum(map(Fraction, weights))
    for band, place in enumerate(kept.tolist()):
        exact = Fraction(weights[place]) / whole * POSITIONS
        assert abs(marks[band + 1] - marks[band] - exact) <= 1 + max(exact / 2**50, len(weights) * 2**10)
    # borders, and what is beside them, too
    asked = sorted({*positions, *marks[:-1], *(mark - 1 for mark in marks[1:])})
    at, share = bands.locate(np.array(asked, dtype=np.uint64))
    for position, band, part in zip(asked, at.tolist(), share.tolist(), strict=True):
        assert band == bisect_right(marks, position) - 1
        width = marks[band + 1] - marks[band]
        assert abs(part - (position - marks[band]) / width) < 1e-12


@given(days=weights, hours=weights, positions=places, unit=st.integers(0, 400_000))
def test_moments_never_fall_and_begin_where_they_are_said_to(
    days: list[float], hours: list[float], positions: list[int], unit: int
) -> None:
    clock = Clock.of(np.arange(len(hours) + 1) * 7, np.array(hours))
    bands, kept = Bands.of(np.array(days))
    day = 7 * len(hours)
    calendar = Calendar(bands, kept.astype(np.uint64) * np.uint64(day), clock)
    asked = np.array(sorted([0, *positions, POSITIONS - 1]), dtype=np.uint64)
    units = calendar.units(asked).astype(np.int64)
    assert (np.diff(units) >= 0).all()
    for moment in units.tolist():
        assert days[moment // day] > 0
        assert hours[moment % day // 7] > 0
    first = calendar.first_at(unit)
    if first:
        assert calendar.units(np.array([first - 1], dtype=np.uint64))[0] < unit
    if first < POSITIONS:
        assert calendar.units(np.array([first], dtype=np.uint64))[0] >= unit
