"""From a column's rule as it is declared to the rule itself."""

import warnings
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from dw_simulator.errors import Problem, Refusal, RequestError, UnknownNameError, closest
from dw_simulator.ports.constraints import Check, OneOf, Order, listed_by_types
from dw_simulator.ports.dialect import Dialect
from dw_simulator.ports.rule import (
    ColumnSpec,
    MixtureComponent,
    Rule,
    RuleOptions,
    RuleRole,
)
from dw_simulator.ports.rule_context import RuleContext
from dw_simulator.registry.by_identity import ByIdentity
from dw_simulator.registry.guarded import MEND, guarded
from dw_simulator.registry.json_schema import component_of, components
from dw_simulator.registry.manager import PluginWarning, Registry
from dw_simulator.registry.rule_class import FakerProvider
from dw_simulator.schema.complaints import WHOLE, details_of, named
from dw_simulator.schema.model import Column, Experiment, RuleSpec, Table
from dw_simulator.types import Kind

if TYPE_CHECKING:  # inference is two hundred modules, of which only imports of scripts have need
    from dw_simulator.schema.inference.guesses import Guess

Model = type[BaseModel]
_ALIKE, _SHORT = 512, 2000
"""So many rules of so many letters are kept for columns that say the same: those that were asked for last."""


class Rulebook:
    """The rules of a registry. Called with a column's rule and its kind, it answers with the rule."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._made: ByIdentity[RuleSpec, tuple[Kind, Rule]] = ByIdentity()
        self._alike: OrderedDict[tuple[Kind, str], Rule] = OrderedDict()

    @property
    def dialect(self) -> str:
        """Whose SQL stands in a schema that names no warehouse."""
        return self._registry.dialects.default

    def __call__(self, spec: RuleSpec, kind: Kind) -> Rule:
        """The rule of a name with its options, the same for one that asks again. Raises Refusal."""
        known = self._made.get(spec)
        if known is not None and known[0] is kind:
            return known[1]
        # thousands of columns are alike: what a rule has worked out of its options serves all of them
        alike = kind, f"{spec.name} {spec.options!r}"
        rule = self._alike.pop(alike, None) or self._read(spec, kind)
        if len(alike[1]) <= _SHORT:
            self._alike[alike] = rule
        if len(self._alike) > _ALIKE:
            self._alike.popitem(last=False)
        return self._made.keep(spec, (kind, rule))[1]

    def _read(self, spec: RuleSpec, kind: Kind) -> Rule:
        rule_class = self.find(spec.name)
        if kind not in rule_class.kinds:
            fitting = ", ".join(sorted(kind.value for kind in rule_class.kinds))
            raise Refusal(f"the rule {spec.name} makes {fitting}, not {kind.value}", "choose another rule")
        try:
            context = RuleContext(
                self.faker_providers,
                self._spoken,
                self._registry.dialects.usable,
                self.component,
                self.components,
            )
            # the registry has seen that it builds
            rule = cast(Rule, rule_class.model_validate(spec.options, context=context))
        except ValidationError as error:
            raise _option_refusal(spec.name, rule_class, error) from None
        one = self._registry.registration("rule", spec.name)
        return rule if one.owner.built_in else guarded(rule, one)

    def _spoken(self, name: str) -> Dialect | None:
        """The dialect of a name; None where there is none, or where it is broken."""
        with suppress(RequestError):
            return self._registry.dialects.get(name)
        return None

    def constraints(self, table: Table, dialect: str | None = None) -> tuple[Check, ...]:
        """What a table's CHECK constraints say, read as a dialect's SQL, or as the default's."""
        spoken = dialect or self.dialect
        found = self._registry.dialects.get(spoken).checks(table)
        if found is None:
            return tuple(Check(text, left=(f"{spoken} reads no CHECK",)) for text in table.checks)
        return found

    def listed(self, table: Table, dialect: str | None) -> Mapping[str, Sequence[str]]:
        """The values that CHECKs of a table list for its columns, as text."""
        checks = (*self.constraints(table, dialect), *listed_by_types(table))
        parts = [one for check in checks for one in (*check.implied, *check.constraints)]
        return {one.column: tuple(map(str, one.values)) for one in parts if isinstance(one, OneOf)}

    def compared(self, table: Table, dialect: str | None) -> Collection[str]:
        """The columns that CHECKs of a table compare with others."""
        parts = [one for check in self.constraints(table, dialect) for one in check.constraints]
        return {name for one in parts if isinstance(one, Order) for name in (one.lesser, one.greater)}

    def usual(self, role: RuleRole | Kind) -> str:
        """The name of the rule for a role, or for the columns of a kind that name none."""
        return self._registry.usual_rule(role.value)

    def __contains__(self, name: str) -> bool:
        return name in self._registry.names("rule")

    @cache  # noqa: B019 - the registry lives as long as the process
    def guesses(self) -> "tuple[Guess, ...]":
        """What names of columns mean to the rules of plugins; of the others `schema.inference.guesses` tells.

        A rule that cannot be imported brings none, and is named where it is used.
        """
        found: list[Guess] = []
        for name in self._registry.names("rule"):
            if not self._registry.registration("rule", name).owner.built_in:
                with suppress(Refusal):
                    found += self.find(name).guesses
        return tuple(found)

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
        """A warning on every CHECK that is not understood, and that cannot be asked of rows either."""
        dialect = experiment.target_warehouse or self.dialect
        for table in experiment.tables:
            for check in self.constraints(table, dialect):
                if check.left and not self._can_be_asked(table, check, dialect):
                    yield check.told(table.name, check.left)

    def _can_be_asked(self, table: Table, check: Check, dialect: str) -> bool:
        truth = Column(name=table.columns[0].name, data_type="BOOLEAN", required=False)
        spec = ColumnSpec(0, table.name, truth, 0, owner=table, dialect=dialect, rules=self)
        try:
            self(
                RuleSpec(name=self.usual(RuleRole.CONDITION), **check.spoken(check.condition).options),
                Kind.BOOLEAN,
            ).build(spec)
        except Refusal:
            return False
        return True

    def find(self, name: str) -> type[RuleOptions]:
        """The class of a rule. Raises Refusal where there is none, or where it is broken."""
        try:
            return self._registry.rules.get(name)
        except UnknownNameError as error:
            raise Refusal(str(error), "dw-sim plugins --kind rule lists them all") from None
        except RequestError as error:
            raise Refusal(str(error), MEND) from None

    @cache  # noqa: B019 - the registry lives as long as the process
    def faker_providers(self) -> Mapping[str, type[FakerProvider]]:
        """The Faker providers that are registered, by name; what cannot be imported is named in a warning."""
        found: dict[str, type[FakerProvider]] = {}
        for name in self._registry.faker_providers.names:
            try:
                found[name] = self._registry.faker_providers.get(name)
            except Exception as error:  # noqa: BLE001 - a stranger's plugin may fail in any way
                message = f"the Faker provider {name!r} is left out: {error}"
                warnings.warn(message, PluginWarning, stacklevel=2)
        return found

    def problems(self, experiment: Experiment) -> Iterable[Problem]:
        """What is wrong with the dialect and the rules of an experiment."""
        target, dialects = experiment.target_warehouse, self._registry.dialects.names
        if target is not None and target not in dialects:
            yield Problem("target_warehouse", f"unknown dialect {target!r}{closest(target, dialects)}")
        for i, table in enumerate(experiment.tables):
            for j, column in enumerate(table.columns):
                if column.rule_spec is None:
                    continue
                try:
                    self(column.rule_spec, column.type.kind)
                except Refusal as refusal:
                    place = f"tables[{i}].columns[{j}].{column.source}"
                    yield Problem(place, f"{table.name}.{column.name}: {refusal.message}", refusal.mend)


def _option_refusal(name: str, rule_class: Model, error: ValidationError) -> Refusal:
    """pydantic's complaints about a rule's options, in one sentence."""
    complaints: dict[str, list[str]] = {}
    for detail in details_of(error):
        path, models = _followed(rule_class, detail)
        complaint = _complaint(f"the rule {name}", path, models, detail)
        complaints.setdefault(complaint if detail["type"] in WHOLE else path, []).append(complaint)
    # of a value that may be this or that, pydantic complains once for each
    said = [
        f"{path}: {' or '.join(dict.fromkeys(told))}" if path and path not in told else told[0]
        for path, told in complaints.items()
    ]
    return Refusal("; ".join(said), f"dw-sim plugins {name} shows its options")


def _complaint(rule: str, path: str, models: tuple[Model, ...], detail: ErrorDetails) -> str:
    outer, _, option = path.rpartition(".")
    owner = f"{outer} of {rule}" if outer else rule
    known = [word for model in models for word in options_of(model)]
    return named(detail, owner, "option", option, known)


def options_of(model: Model) -> dict[str, FieldInfo]:
    """The options of a rule, or of a part of one, under the names that users write."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _followed(model: Model, detail: ErrorDetails) -> tuple[str, tuple[Model, ...]]:
    """(path in a user's words, the models that its last step may be in) of a place in a rule's options."""
    models: tuple[Model, ...] = (model,)
    path, loc = "", detail["loc"]
    for depth, part in enumerate(loc):
        named = depth == len(loc) - 1 and detail["type"] in WHOLE
        field = next((found for one in models if (found := _field(one, part))), None)
        if isinstance(part, int):
            path += f"[{part}]"
        elif field is not None or named:
            path += f".{part}" if path else str(part)
            models = models if named or field is None else tuple(_models(field))
        else:  # which of several types pydantic has tried
            models = tuple(one for one in models if one.__name__ == part) or models
    return path, models


def _field(model: Model, part: int | str) -> FieldInfo | None:
    return options_of(model).get(str(part)) or model.model_fields.get(str(part))


def _models(field: FieldInfo) -> Iterator[Model]:
    """The models within a field's type, such as `tuple[Bin, ...] | None`."""
    waiting = [field.annotation]
    while waiting:
        annotation = waiting.pop(0)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation
        waiting = [*get_args(annotation), *waiting]
