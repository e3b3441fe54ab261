"""From a column's rule as it is declared to the rule itself."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from dw_simulator.engine.planning.constraints import Check
from dw_simulator.engine.rules import Refusal, Rule
from dw_simulator.errors import Problem, closest
from dw_simulator.model import Experiment, RuleSpec, Table
from dw_simulator.registry import Registry
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
            rule: Rule = rule_class.model_validate(spec.options)
        except ValidationError as error:
            raise _option_refusal(spec.name, rule_class, error) from None
        return rule

    def constraints(self, table: Table, dialect: str) -> tuple[Check, ...]:
        """What a table's CHECK constraints say, read as a dialect's SQL."""
        reader = self._registry.load("dialect", dialect)
        if not hasattr(reader, "checks"):
            return tuple(Check(text, left=(f"{dialect} reads no CHECK",)) for text in table.checks)
        found: tuple[Check, ...] = reader.checks(table)
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
