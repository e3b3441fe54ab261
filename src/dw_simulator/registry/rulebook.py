"""From a column's rule as it is declared to the rule itself."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.errors import Problem, Refusal, RequestError, closest
from dw_simulator.ports.constraints import Check
from dw_simulator.ports.dialect import Dialect
from dw_simulator.ports.rule import (
    ColumnSpec,
    Derived,
    EntityRule,
    Member,
    MixtureComponent,
    Rule,
    RuleRole,
    World,
)
from dw_simulator.ports.rule_context import RuleContext
from dw_simulator.registry.json_schema import component_of, components
from dw_simulator.registry.manager import FAILURES, PluginWarning, Registration, Registry, cause_of
from dw_simulator.schema.model import Experiment, RuleSpec, Table
from dw_simulator.types import Kind

Model = type[BaseModel]
T = TypeVar("T")


class Rulebook:
    """The rules of a registry. Called with a column's rule and its kind, it answers with the rule."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def __call__(self, spec: RuleSpec, kind: Kind) -> Rule:
        """The rule of a name with its options. Raises Refusal."""
        rule_class = self.find(spec.name)
        if kind not in rule_class.kinds:
            fitting = ", ".join(sorted(kind.value for kind in rule_class.kinds))
            raise Refusal(f"the rule {spec.name} makes {fitting}, not {kind.value}", "choose another rule")
        try:
            context = RuleContext(self.faker_providers, self.dialects, self.component, self.components)
            rule: Rule = rule_class.model_validate(spec.options, context=context)
        except ValidationError as error:
            raise _option_refusal(spec.name, rule_class, error) from None
        one = self._registry.registration("rule", spec.name)
        # a wrapper that passes on everything it does not guard itself
        return rule if one.owner.built_in else cast(Rule, _StrangeRule(rule, one))

    def constraints(self, table: Table, dialect: str) -> tuple[Check, ...]:
        """What a table's CHECK constraints say, read as a dialect's SQL."""
        reader = self._registry.load("dialect", dialect)
        if not hasattr(reader, "checks"):
            return tuple(Check(text, left=(f"{dialect} reads no CHECK",)) for text in table.checks)
        found: tuple[Check, ...] = reader.checks(table)
        return found

    def usual(self, role: RuleRole | Kind) -> str:
        """The name of the rule for a role, or for the columns of a kind that name none."""
        return self._registry.usual_rule(role.value)

    def __contains__(self, name: str) -> bool:
        return name in self._registry.names("rule")

    def one_length(self, name: str) -> bool:
        """Whether a rule's texts are no longer where they must be told apart. Raises Refusal."""
        return bool(self.find(name).one_length)

    def component(self, name: str) -> type[MixtureComponent] | None:
        """What stands for a rule in a mixture; None where nothing does. Raises Refusal."""
        return component_of(self.find(name)) if name in self else None

    def components(self) -> Sequence[str]:
        """The names of the rules that can be in a mixture."""
        return components(self._registry)

    def not_understood(self, experiment: Experiment) -> Iterator[str]:
        """A warning on every CHECK that is not understood, or in part only."""
        for table in experiment.tables:
            for check in self.constraints(table, experiment.target_warehouse or "duckdb"):
                if check.left:
                    yield check.told(table.name, check.left)

    def find(self, name: str) -> Any:
        """The class of a rule. Raises Refusal where there is none, or where it is broken."""
        names = self._registry.names("rule")
        if name not in names:
            offered = closest(name, names)
            raise Refusal(f"unknown rule {name!r}{offered}", "dw-sim plugins --kind rule lists them all")
        try:
            return self._registry.load("rule", name)
        except RequestError as error:
            raise Refusal(str(error), _MEND) from None

    @cache  # noqa: B019 - the registry lives as long as the process
    def faker_providers(self) -> Mapping[str, type]:
        """The Faker providers that are registered, by name; what cannot be imported is named in a warning."""
        found: dict[str, type] = {}
        for name in self._registry.names("faker_provider"):
            try:
                found[name] = self._registry.load("faker_provider", name)
            except Exception as error:  # noqa: BLE001 - a stranger's plugin may fail in any way
                message = f"the Faker provider {name!r} is left out: {error}"
                warnings.warn(message, PluginWarning, stacklevel=2)
        return found

    @cache  # noqa: B019 - the registry lives as long as the process
    def dialects(self) -> Mapping[str, Dialect]:
        """The dialects that are registered, by name, without those that are broken."""
        return self._registry.usable("dialect")

    def problems(self, experiment: Experiment) -> Iterable[Problem]:
        """What is wrong with the rules of an experiment."""
        for i, table in enumerate(experiment.tables):
            for j, column in enumerate(table.columns):
                if column.rule_spec is None:
                    continue
                try:
                    self(column.rule_spec, column.type.kind)
                except Refusal as refusal:
                    source = next(k for k in ("faker_rule", "distribution", "rule") if getattr(column, k))
                    place = f"tables[{i}].columns[{j}].{source}"
                    yield Problem(place, f"{table.name}.{column.name}: {refusal.message}", refusal.mend)


class _StrangeRule:
    """A stranger's rule: in whatever way it fails, that is a refusal which names it."""

    def __init__(self, rule: Rule, registration: Registration) -> None:
        self._rule, self.name = rule, f"the rule {registration.name} of {registration.owner}"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rule, name)

    @property
    def entity_rule(self) -> "_StrangeEntityRule | None":
        own = self._rule.entity_rule
        return None if own is None else _StrangeEntityRule(own, self)

    def build(self, spec: ColumnSpec) -> Domain | Kernel | Derived:
        found: Domain | Kernel | Derived = self.sound(lambda: self._rule.build(spec))
        if not isinstance(found, Derived):
            return found
        return replace(found, finish=lambda answers: self.sound(lambda: found.finish(answers)))

    def sound(self, make: Callable[[], Any]) -> Any:
        """What it makes, if that is what a rule makes."""
        found = self.run(make)
        if not isinstance(found, Domain | Kernel | Derived):
            made = type(found).__name__
            raise Refusal(f"{self.name} makes {made}, which is no Domain, Kernel or Derived", _MEND)
        return found

    def run(self, make: Callable[[], T]) -> T:
        """What a stranger's code gives."""
        try:
            return make()
        except Refusal:
            raise
        except FAILURES as error:
            raise Refusal(f"{self.name} fails: {cause_of(error)}", _MEND) from error


class _StrangeEntityRule:
    """A stranger's rule of entities: in whatever way it fails, that is a refusal which names it."""

    def __init__(self, rule: EntityRule, guard: _StrangeRule) -> None:
        self._rule, self._guard, self.entity = rule, guard, rule.entity

    def world(self, members: Sequence[Member["_StrangeEntityRule"]]) -> World:
        own = [Member(member.spec, member.rule._rule) for member in members]
        return _StrangeWorld(self._guard.run(lambda: self._rule.world(own)), self._guard)


@dataclass(frozen=True)
class _StrangeWorld:
    """What a stranger's rule makes for an entity."""

    world: World
    guard: _StrangeRule

    @property
    def natural(self) -> int:
        return self.world.natural

    def column(self, name: str) -> Domain:
        found: Domain = self.guard.sound(lambda: self.world.column(name))
        natural = self.guard.run(lambda: self.world.natural)
        if found.natural != natural:
            words = f"{self.guard.name} makes a world of {natural} with a column of {found.natural}"
            raise Refusal(words, _MEND)
        return found


_MEND = "mend or remove the plugin, or choose another rule"


def _option_refusal(name: str, rule_class: Model, error: ValidationError) -> Refusal:
    """pydantic's complaints about a rule's options, in one sentence."""
    complaints: dict[str, list[str]] = {}
    for detail in error.errors(include_url=False):
        path, models = _followed(rule_class, detail)
        complaint = _complaint(f"the rule {name}", path, models, detail)
        complaints.setdefault(complaint if detail["type"] in _WHOLE else path, []).append(complaint)
    # of a value that may be this or that, pydantic complains once for each
    said = [
        f"{path}: {' or '.join(dict.fromkeys(told))}" if path and path not in told else told[0]
        for path, told in complaints.items()
    ]
    return Refusal("; ".join(said), f"dw-sim plugins {name} shows its options")


_WHOLE = ("extra_forbidden", "missing")
"""Complaints that are sentences of their own."""


def _complaint(rule: str, path: str, models: tuple[Model, ...], detail: ErrorDetails) -> str:
    outer, _, option = path.rpartition(".")
    owner = f"{outer} of {rule}" if outer else rule
    if detail["type"] == "extra_forbidden":
        known = [word for model in models for word in options_of(model)]
        return f"{owner} has no option {option!r}{closest(option, known)}"
    if detail["type"] == "missing":
        return f"{owner} needs the option {option!r}"
    return detail["msg"].removeprefix("Value error, ").replace("Input should", "should")


def options_of(model: Model) -> dict[str, FieldInfo]:
    """The options of a rule, or of a part of one, under the names that users write."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _followed(model: Model, detail: ErrorDetails) -> tuple[str, tuple[Model, ...]]:
    """(path in a user's words, the models that its last step may be in) of a place in a rule's options."""
    models: tuple[Model, ...] = (model,)
    path, loc = "", detail["loc"]
    for depth, part in enumerate(loc):
        named = depth == len(loc) - 1 and detail["type"] in _WHOLE
        field = next((found for one in models if (found := _field(one, part))), None)
        if isinstance(part, int):
            path += f"[{part}]"
        elif field is not None or named:
            path += f".{part}" if path else str(part)
            models = models if named or field is None else tuple(_models(field.annotation))
        else:  # which of several types pydantic has tried
            models = tuple(one for one in models if one.__name__ == part) or models
    return path, models


def _field(model: Model, part: int | str) -> FieldInfo | None:
    return options_of(model).get(str(part)) or model.model_fields.get(str(part))


def _models(annotation: Any) -> Iterator[Model]:
    """The models within a type such as `tuple[Bin, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
