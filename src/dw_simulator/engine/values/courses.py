"""The lives of rows: which states each goes through, and when.

A row's life is worked out from the bits of (row, step) alone, for all rows of a batch together, step by step,
each time for those rows that still go on. What lies after the present has not happened:

    row  start    step 1            step 2               present: day 20
    0    day 3    day 5: paid       day 9: shipped
    1    day 8    day 9: cancelled
    2    day 17   day 19: paid      day 24: shipped      which is not yet: paid is the last step of row 2

All columns of a table that speak of one life work it out once a batch; what they show of it is in `steps`.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.quantiles import Floats, Quantiles
from dw_simulator.engine.values.base import Kernel, fixed

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NONE = -1
DAY = 86_400_000_000
"""Microseconds: the unit of all moments here."""
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFF_FFFF)
_FARTHEST = 1 << 61
"""Moments of which nobody knows how far they reach are taken for no further than this."""


@dataclass(frozen=True, eq=False)
class Draws:
    """A weighted choice for each of several states, by tables of the alias method of one size.

    size  how many outcomes each state has, those without weight included
    thresholds, aliases  uint64[states * size]
    """

    size: int
    thresholds: UInts
    aliases: UInts

    def drawn(self, words: UInts, states: Ints) -> Ints:
        """state * size + outcome, fresh; overwrites the 64 bits of each."""
        first = states * np.int64(self.size)
        parts = words >> _HALF
        parts *= np.uint64(self.size)
        parts >>= _HALF
        cells = parts.view(np.int64)
        cells += first
        words &= _LOW
        beyond = words >= self.thresholds.take(cells)
        first += self.aliases.take(cells).view(np.int64)
        np.copyto(cells, first, where=beyond)
        return cells


@dataclass(frozen=True, eq=False)
class Machine:
    """States, numbered from 0, and the ways out of each, in numbers.

    first    the state that rows begin in; NONE where `firsts` draws it
    firsts   the one choice among the states
    moves    a choice among the ways of each state, one of which may be to stay for ever
    targets  where each way leads: int64[states * moves.size]; NONE: nowhere
    least, counts, tables  how long it takes: from `least` microseconds on, over so many, by that shape
    shapes   over 0 to 1, one behind the other
    lasts    bool[states]: no way leads out of it
    soonest  how long it takes to be in each state at the least
    reasons  a choice among the reasons of each state; `reason` is the number of the reason that comes out,
             int64[states * reasons.size]; NONE: there is none
    steps    how many states a row goes through at the most
    """

    first: int
    firsts: Draws | None
    moves: Draws
    targets: Ints
    least: Ints
    counts: Floats
    tables: UInts
    shapes: Quantiles
    lasts: Bools
    soonest: tuple[int, ...]
    reasons: Draws | None
    reason: Ints
    steps: int


@dataclass(frozen=True, eq=False)
class Course:
    """What has happened to some rows: the first state of each that has begun, the second of each, and so on.

    offsets  where the second states begin, and so on, and how many there are in all
    places   which of the rows asked it is about: int64[all], ascending within a step
    states   which state was entered, and `before`, which one was left, or NONE
    moments  when, in microseconds since 1970
    fine     when the first ones were, in nanoseconds, where that is known
    """

    offsets: tuple[int, ...]
    places: Ints
    states: Ints
    before: Ints
    moments: Ints
    fine: Ints | None = None

    @property
    def steps(self) -> int:
        return len(self.offsets) - 1

    def step(self, number: int) -> slice:
        """Where the n-th states are, n from 0."""
        return slice(self.offsets[number], self.offsets[number + 1])


@dataclass(frozen=True, eq=False)
class Lives:
    """The lives of the rows of a table.

    start     the moment at which each begins; NULL: it does not
    scale     microseconds in a stored unit of it; 0: it is stored in nanoseconds
    present   the last microsecond that has been
    begins, moves, dwells, causes  the bits of first states, and for each step of where a row goes, how long
              that takes, and why
    """

    machine: Machine
    start: Kernel
    scale: int
    present: int
    begins: Stream
    moves: tuple[Stream, ...]
    dwells: tuple[Stream, ...]
    causes: tuple[Stream, ...]

    def course(self, rows: Rows) -> Course:
        """What has happened to these rows, worked out once for all columns that show it."""
        return rows.once(("course", self.begins), lambda: self._lived(rows))

    def causes_of(self, rows: Rows) -> Ints:
        """The reason of every state of the course, or NONE: int64[all]. Not to be overwritten."""
        return rows.once(("causes", self.begins), lambda: self._caused(rows))

    @cached_property
    def begun(self) -> tuple[int, int] | None:
        """Between which microseconds, rounded down, lives begin, where that is known."""
        ends = self.start.facts.ends
        if ends is None:
            return None
        low, high = (int(end) * self.scale if self.scale else int(end) // 1000 for end in ends)
        return low, high

    def _lived(self, rows: Rows) -> Course:
        column = fixed(rows.once(self.start, lambda: self.start.values(rows)))
        stored = column.values.astype(np.int64, copy=False)
        places = np.arange(len(rows)) if column.valid is None else np.flatnonzero(column.valid)
        stored = stored if len(places) == len(rows) else stored[places]
        states = self._begun(_some(rows, places))
        before, moments = np.full(len(places), NONE), self._moments(stored)
        found = [(places, states, before, moments)]
        while len(found) < self.machine.steps:
            after = self._gone_on(rows, len(found) - 1, places, states, moments)
            if not len(after[0]):
                break
            found.append(after)
            places, states, _before, moments = after
        offsets = np.cumsum([0, *(len(step[0]) for step in found)]).tolist()
        at, entered, left, when = (np.concatenate(part) for part in zip(*found, strict=True))
        return Course(tuple(offsets), at, entered, left, when, None if self.scale else stored)

    def _moments(self, stored: Ints) -> Ints:
        if not self.scale:  # rounded up, so that nothing comes before it
            return -(-stored // np.int64(1000))
        if self.begun is None:
            stored = np.clip(stored, -_FARTHEST // self.scale, _FARTHEST // self.scale)
        return stored * np.int64(self.scale)

    def _begun(self, rows: Rows) -> Ints:
        machine = self.machine
        if machine.firsts is None:
            return np.full(len(rows), machine.first)
        return machine.firsts.drawn(self.begins.bits(rows), np.zeros(len(rows), np.int64))

    def _gone_on(
        self, rows: Rows, step: int, places: Ints, states: Ints, moments: Ints
    ) -> tuple[Ints, Ints, Ints, Ints]:
        """The rows that enter another state by the present: which, what state, from which, when."""
        machine = self.machine
        going = ~machine.lasts.take(states)
        going &= moments < self.present
        places, states, moments = _where(going, places, states, moments)
        own = _some(rows, places)
        ways = machine.moves.drawn(self.moves[step].bits(own), states)
        dwells = replace(machine.shapes, stream=self.dwells[step])
        parts = dwells.values(own, machine.tables.take(ways))
        counts = machine.counts.take(ways)
        parts *= counts
        counts -= 1.0
        entered = np.minimum(parts, counts, out=parts).astype(np.int64)
        entered += machine.least.take(ways)
        entered += moments
        targets = machine.targets.take(ways)
        here = entered <= self.present
        here &= targets != NONE
        placed, reached, left, when = _where(here, places, targets, states, entered)
        return placed, reached, left, when

    def _caused(self, rows: Rows) -> Ints:
        course, machine = self.course(rows), self.machine
        found = np.full(len(course.states), NONE)
        if machine.reasons is None:
            return found
        given = machine.reason.reshape(-1, machine.reasons.size).max(axis=1) != NONE
        for number in range(course.steps):
            step = course.step(number)
            at = step.start + np.flatnonzero(given[course.states[step]])
            words = self.causes[number].bits(_some(rows, course.places[at]))
            found[at] = machine.reason[machine.reasons.drawn(words, course.states[at])]
        return found


def _some(rows: Rows, places: Ints) -> Rows:
    """The rows at some places, which are ascending and differ."""
    return rows if len(places) == len(rows) else Rows.at(rows.numbers[places])


def _where(chosen: Bools, *columns: Ints) -> tuple[Ints, ...]:
    """Each column where it was chosen."""
    if chosen.all():
        return columns
    at = np.flatnonzero(chosen)
    return tuple(column.take(at) for column in columns)
