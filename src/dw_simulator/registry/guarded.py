"""A stranger's rule: in whatever way it fails, that is a refusal which names it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TypeVar

from dw_simulator.engine.bounds import Bounds
from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.errors import Refusal
from dw_simulator.ports.needs import Derived
from dw_simulator.ports.rule import (
    ColumnSpec,
    EntityRule,
    KeptOrder,
    Member,
    Rule,
    World,
)
from dw_simulator.registry.manager import FAILURES, Registration, cause_of
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import SqlType

T = TypeVar("T")
MEND = "mend or remove the plugin, or choose another rule"


@dataclass(frozen=True)
class _Guard:
    """Runs a stranger's code; `name` says whose it is."""

    name: str

    def run(self, make: Callable[[], T]) -> T:
        """What it gives. Raises Refusal."""
        try:
            return make()
        except Refusal:
            raise
        except FAILURES as error:
            raise Refusal(f"{self.name} fails: {cause_of(error)}", MEND) from error

    def values(self, make: Callable[[], T]) -> T:
        """What it gives, if that is what a rule makes. Raises Refusal."""
        found = self.run(make)
        if not isinstance(found, Domain | Kernel | Derived):
            made = type(found).__name__
            raise Refusal(f"{self.name} makes {made}, which is no Domain, Kernel or Derived", MEND)
        return found


def guarded(rule: Rule, registration: Registration) -> Rule:
    """The same rule, whose failures are refusals."""
    return GuardedRule(rule, _Guard(f"the rule {registration.name} of {registration.owner}"))


@dataclass(frozen=True)
class GuardedRule:
    """What the planner asks of a rule, handed on to a stranger's."""

    rule: Rule
    guard: _Guard

    @property
    def derives(self) -> bool:
        return self.guard.run(lambda: self.rule.derives)

    @property
    def numbers(self) -> bool:
        return self.guard.run(lambda: self.rule.numbers)

    @property
    def siblings(self) -> str | None:
        return self.guard.run(lambda: self.rule.siblings)

    @property
    def below(self) -> str | None:
        return self.guard.run(lambda: self.rule.below)

    @property
    def entity_rule(self) -> "_GuardedEntityRule | None":
        own = self.guard.run(lambda: self.rule.entity_rule)
        return None if own is None else _GuardedEntityRule(own, self.guard)

    def listed(self) -> Sequence[bool | int | float | str] | None:
        return self.guard.run(self.rule.listed)

    def filled(self, type_: SqlType, bounds: Bounds, present: date | None, /) -> Bounds:
        return self.guard.run(lambda: self.rule.filled(type_, bounds, present))

    def keeps(self, column: Column, table: Table, /) -> Sequence[KeptOrder]:
        return self.guard.run(lambda: tuple(self.rule.keeps(column, table)))

    def to_keep_apart(self, days: bool, /) -> Mapping[str, str]:
        return self.guard.run(lambda: self.rule.to_keep_apart(days))

    def build(self, spec: ColumnSpec) -> Domain | Kernel | Derived:
        found = self.guard.values(lambda: self.rule.build(spec))
        if not isinstance(found, Derived):
            return found
        finish = found.finish
        return replace(found, finish=lambda answers: self.guard.values(partial(finish, answers)))


@dataclass(frozen=True)
class _GuardedEntityRule:
    """A stranger's rule of entities."""

    rule: EntityRule
    guard: _Guard

    @property
    def entity(self) -> str:
        return self.guard.run(lambda: self.rule.entity)

    def world(self, members: Sequence[Member["_GuardedEntityRule"]]) -> World:
        own = [Member(member.spec, member.rule.rule) for member in members]
        return _GuardedWorld(self.guard.run(lambda: self.rule.world(own)), self.guard)


@dataclass(frozen=True)
class _GuardedWorld:
    """What a stranger's rule makes for an entity."""

    world: World
    guard: _Guard

    @property
    def natural(self) -> int:
        return self.guard.run(lambda: self.world.natural)

    def column(self, name: str) -> Domain:
        found = self.guard.values(lambda: self.world.column(name))
        if found.natural != self.natural:
            words = f"{self.guard.name} makes a world of {self.natural} with a column of {found.natural}"
            raise Refusal(words, MEND)
        return found
