"""What columns show of the lives of rows (`courses`): of which step, and what of it."""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dw_simulator.engine.columns import Column, FixedColumn, with_nulls
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.values.among import each_once
from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.engine.values.courses import NONE, Ints, Lives
from dw_simulator.engine.values.facts import Facts
from dw_simulator.errors import RunError

Ends = tuple[int, int]
"""Microseconds since 1970."""

# --- which step of a life is looked at


@dataclass(frozen=True, eq=False)
class StepPick(ABC):
    """Which step of a life each row looks at."""

    lives: Lives

    def lived(self, rows: Rows) -> Rows:
        """The rows whose lives are looked at."""
        return rows

    def steps(self, rows: Rows) -> Ints:
        """The place of each row's step in the course; NONE where it has none: int64[n].

        Worked out once for all columns that look at the same step. Shared: not to be overwritten.
        """
        return rows.once((type(self), self.lives.begins, *self.which), lambda: self._picked(rows))

    @property
    @abstractmethod
    def which(self) -> tuple[Hashable, ...]:
        """What tells it apart from others of its kind over the same lives."""

    @abstractmethod
    def _picked(self, rows: Rows) -> Ints:
        """The steps, fresh."""

    @property
    @abstractmethod
    def certain(self) -> bool:
        """Whether every row has such a step, if its life has begun."""

    @property
    @abstractmethod
    def ends(self) -> Ends | None:
        """Between which microseconds the steps lie, where that is known."""

    @property
    def nullable(self) -> bool:
        return not self.certain or self.lives.start.facts.nullable


@dataclass(frozen=True, eq=False)
class Latest(StepPick):
    """The last step by the present; where `over`, only of those rows that are in a last state."""

    over: bool = False

    @property
    def which(self) -> tuple[Hashable, ...]:
        return (self.over,)

    def _picked(self, rows: Rows) -> Ints:
        course = self.lives.course(rows)
        found = np.full(len(rows), NONE)
        for number in range(course.steps):
            step = course.step(number)
            found[course.places[step]] = np.arange(step.start, step.stop)
        if self.over and len(course.states):
            found[~self.lives.machine.lasts[course.states[found]] | (found == NONE)] = NONE
        return found

    @property
    def certain(self) -> bool:
        return not self.over or bool(self.lives.machine.lasts.all())

    @property
    def ends(self) -> Ends | None:
        begun = self.lives.begun
        return None if begun is None else (begun[0], max(begun[1], self.lives.present))


@dataclass(frozen=True, eq=False)
class Visit(StepPick):
    """The step by which a state was entered: the last time, or the first."""

    state: int
    first: bool = False

    @property
    def which(self) -> tuple[Hashable, ...]:
        return (self.state, self.first)

    def _picked(self, rows: Rows) -> Ints:
        course = self.lives.course(rows)
        found = np.full(len(rows), NONE)
        for number in reversed(range(course.steps)) if self.first else range(course.steps):
            step = course.step(number)
            at = step.start + np.flatnonzero(course.states[step] == self.state)
            found[course.places[at]] = at
        return found

    @property
    def certain(self) -> bool:
        return self.lives.machine.first == self.state

    @property
    def ends(self) -> Ends | None:
        begun, machine = self.lives.begun, self.lives.machine
        if begun is None:
            return None
        soonest, most = machine.soonest[self.state], self.lives.present
        if not soonest:  # rows may begin in it
            most = max(begun[1], most) if (machine.targets == self.state).any() else begun[1]
        return min(begun[0] + soonest, most), most


@dataclass(frozen=True, eq=False)
class Nth(StepPick):
    """For the n-th of the rows that reference a row, the n-th step of its life.

    grouping  how the rows belong to those whose lives these are
    """

    grouping: Grouping

    def lived(self, rows: Rows) -> Rows:
        return self._parents(rows)[0]

    @property
    def which(self) -> tuple[Hashable, ...]:
        return (self.grouping,)

    def _picked(self, rows: Rows) -> Ints:
        if not self.grouping.rows:
            return np.full(len(rows), NONE)
        parents, groups = self._parents(rows)
        course = self.lives.course(parents)
        table = np.full((len(parents), course.steps), NONE)
        for number in range(course.steps):
            step = course.step(number)
            table[course.places[step], number] = np.arange(step.start, step.stop)
        ordinals = (self.grouping.within(rows) - self.grouping.located(rows)[1]).view(np.int64)
        found = table[groups, np.minimum(ordinals, course.steps - 1)]
        found[ordinals >= course.steps] = NONE
        return found

    def _parents(self, rows: Rows) -> tuple[Rows, Ints]:
        """The rows that are referenced, ascending, and the place of each row's among them."""
        return rows.once((self.grouping, "parents of"), lambda: self._found(rows))

    def _found(self, rows: Rows) -> tuple[Rows, Ints]:
        if not self.grouping.rows or not len(rows):
            return Rows.run(0, 0), np.zeros(0, np.int64)
        parents, groups = each_once(self.grouping.located(rows)[0])
        first, last = int(parents[0]), int(parents[-1])
        run = last - first == len(parents) - 1
        return Rows.run(first, last + 1) if run else Rows.at(parents), groups

    @property
    def certain(self) -> bool:
        return self.grouping.most <= 1

    @property
    def ends(self) -> Ends | None:
        return Latest(self.lives).ends


# --- what columns show of it


@dataclass(frozen=True)
class Stamping:
    """How a column stores moments: every `times` over `over` microseconds, by whole `grains`.

    fine  whether in nanoseconds
    """

    dtype: np.dtype[np.generic]
    over: int = 1
    times: int = 1
    grain: int = 1

    @property
    def fine(self) -> bool:
        return self.times == 1000

    def of(self, moment: int) -> int:
        """What is stored for a moment, which is rounded down."""
        return moment // self.over * self.times // self.grain * self.grain

    def each(self, moments: Ints) -> Ints:
        """The same for each, fresh."""
        found = moments // np.int64(self.over) if self.over > 1 else moments.copy()
        if self.times > 1:
            found *= np.int64(self.times)
        return self.whole(found)

    def whole(self, stored: Ints) -> Ints:
        """Stored numbers, rounded down to whole grains, in place."""
        if self.grain > 1:
            stored //= np.int64(self.grain)
            stored *= np.int64(self.grain)
        return stored


@dataclass(frozen=True, eq=False)
class StepMoments(Kernel):
    """When the step was; NULL where there is none."""

    pick: StepPick
    stamping: Stamping

    @cached_property
    def facts(self) -> Facts:
        ends = self.pick.ends
        if ends is None:
            return Facts(nullable=self.pick.nullable)
        low, high = map(self.stamping.of, ends)
        if self.stamping.fine and not self.pick.lives.scale:  # the first step to the nanosecond
            high = int(self.stamping.whole(np.array([high + 999]))[0])
        return Facts(span=(low, high), nullable=self.pick.nullable)

    def values(self, rows: Rows) -> FixedColumn:
        steps = self.pick.steps(rows)
        course = self.pick.lives.course(self.pick.lived(rows))
        if not len(course.states):
            return FixedColumn(np.zeros(len(rows), self.stamping.dtype), np.zeros(len(rows), np.bool_))
        moments = self.stamping.each(course.moments[steps])
        if course.fine is not None:
            first = np.flatnonzero((steps < len(course.fine)) & (steps != NONE))
            moments[first] = self._first(course.fine[steps[first]])
        valid = steps != NONE if self.pick.nullable else None
        return FixedColumn(moments.astype(self.stamping.dtype, copy=False), valid)

    def _first(self, fine: Ints) -> Ints:
        """What is stored for moments in nanoseconds; overwrites them."""
        return self.stamping.whole(fine) if self.stamping.fine else self.stamping.each(fine // np.int64(1000))


class _Told(Kernel):
    """A value of a list by what a step is: NULL where there is no step, or nothing to tell."""

    pick: StepPick
    domain: Domain

    def _known(self, *, nullable: bool) -> Facts:
        return self.domain.facts.picked(repeats=True, nullable=nullable)

    def _decoded(self, codes: Ints, *, nullable: bool) -> Column:
        there = codes != NONE
        column = self.domain.decode(np.where(there, codes, 0).view(np.uint64))
        return with_nulls(column, there) if nullable else column

    def _looked_up(self, known: Ints, steps: Ints) -> Ints:
        if not len(known):
            return steps.copy()
        found = known[steps]
        found[steps == NONE] = NONE
        return found


@dataclass(frozen=True, eq=False)
class StepStates(_Told):
    """The state that was entered by the step; where `left`, the one that was left."""

    pick: StepPick
    domain: Domain
    left: bool = False

    @cached_property
    def facts(self) -> Facts:
        return self._known(nullable=self.left or self.pick.nullable)

    def values(self, rows: Rows) -> Column:
        course = self.pick.lives.course(self.pick.lived(rows))
        codes = self._looked_up(course.before if self.left else course.states, self.pick.steps(rows))
        return self._decoded(codes, nullable=self.facts.nullable)


@dataclass(frozen=True, eq=False)
class StepReasons(_Told):
    """Why the state was entered; NULL where states have no reasons."""

    pick: StepPick
    domain: Domain

    @cached_property
    def facts(self) -> Facts:
        return self._known(nullable=True)

    def values(self, rows: Rows) -> Column:
        causes = self.pick.lives.causes_of(self.pick.lived(rows))
        return self._decoded(self._looked_up(causes, self.pick.steps(rows)), nullable=True)


@dataclass(frozen=True, eq=False)
class StepCount(Kernel):
    """How many states a row has been in by the present; 0 where its life has not begun."""

    lives: Lives
    dtype: np.dtype[np.generic]

    @cached_property
    def facts(self) -> Facts:
        least, most = 0 if self.lives.start.facts.nullable else 1, self.lives.machine.steps
        return Facts(span=(least, most), grid=(0, 1), distinct=most - least + 1, movable=False)

    def values(self, rows: Rows) -> FixedColumn:
        course = self.lives.course(rows)
        found = np.zeros(len(rows), dtype=self.dtype)
        for number in range(course.steps):
            found[course.places[course.step(number)]] = number + 1
        return FixedColumn(found)


@dataclass(frozen=True, eq=False)
class HasBeen(Kernel):
    """Whether a row has such a step."""

    pick: StepPick

    @cached_property
    def facts(self) -> Facts:
        return Facts(span=(0, 1), grid=(0, 1), distinct=2, movable=False)

    def values(self, rows: Rows) -> FixedColumn:
        return FixedColumn(self.pick.steps(rows) != NONE)


@dataclass(frozen=True, eq=False)
class Promised(Kernel):
    """Values of which none is NULL, as somebody has promised: a NULL is a RunError that names the row."""

    kernel: Kernel
    place: str
    what: str

    @cached_property
    def facts(self) -> Facts:
        return replace(self.kernel.facts, nullable=False)

    def values(self, rows: Rows) -> Column:
        column = self.kernel.values(rows)
        if column.valid is not None and not column.valid.all():
            row = rows.numbers[int(np.argmin(column.valid))]
            raise RunError(f"{self.place}: row {row:,}, counted from 0: {self.what}")
        return replace(column, valid=None)
