"""From a column's rule as it is declared to the rule itself."""

import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from dw_simulator.engine.rules import Refusal, Rule
from dw_simulator.errors import Problem, closest
from dw_simulator.model import Experiment, RuleSpec
from dw_simulator.registry import PluginWarning, Registry
from dw_simulator.types import Kind


class Rulebook:
    """The rules of a registry. Called with a column's rule and its kind, it answers with the rule."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def __call__(self, spec: RuleSpec, kind: Kind) -> Rule:
        """The rule of a name with its options. Raises Refusal."""
        names = self._registry.names("rule")
        if spec.name not in names:
            raise Refusal(f"unknown rule {spec.name!r}{closest(spec.name, names)}")
        rule_class = self._registry.load("rule", spec.name)
        if kind not in rule_class.kinds:
            fitting = ", ".join(sorted(kind.value for kind in rule_class.kinds))
            raise Refusal(f"the rule {spec.name} makes {fitting}, not {kind.value}", "choose another rule")
        try:
            context = {"faker_providers": self.faker_providers}
            rule: Rule = rule_class.model_validate(spec.options, context=context)
        except ValidationError as error:
            raise _option_refusal(spec.name, rule_class, error) from None
        return rule

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


def _option_refusal(name: str, rule_class: Any, error: ValidationError) -> Refusal:
    """pydantic's complaints about a rule's options, in one sentence."""
    complaints = []
    for detail in error.errors(include_url=False):
        option = ".".join(map(str, detail["loc"]))
        if detail["type"] == "extra_forbidden":
            known = [field.alias or key for key, field in rule_class.model_fields.items()]
            complaints.append(f"the rule {name} has no option {option!r}{closest(option, known)}")
        elif detail["type"] == "missing":
            complaints.append(f"the rule {name} needs the option {option!r}")
        else:
            message = detail["msg"].removeprefix("Value error, ").replace("Input should", "should")
            complaints.append(f"{option}: {message}" if option else message)
    return Refusal("; ".join(complaints))
