"""The JSON Schema of an experiment's document, in which every registered rule's options stand.

Options are declared once, as the fields of the rule's class; this, the command line's help and
`docs/rules.md` are made from there.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic.errors import PydanticUserError

from dw_simulator.errors import RequestError
from dw_simulator.ports.rule import NAMES_A_COMPONENT, MixtureComponent, RuleOptions
from dw_simulator.registry.manager import Registry, registry
from dw_simulator.schema.model import Experiment

RULE = "RuleSpec"
"""The definition that stands for a column's rule."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def experiment_schema(known: Registry | None = None) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what `dw-sim experiment create` reads.

    known  whose rules may stand in it; those of this process where it is None
    """
    schema = Experiment.model_json_schema()
    definitions = schema.pop("$defs") | rule_definitions(known or registry(), "#/$defs/{name}")
    return {"$schema": _DIALECT, **schema, "$defs": dict(sorted(definitions.items()))}


def rule_definitions(known: Registry, reference: str) -> dict[str, Any]:
    """The definitions of every rule, and the one that chooses among them by their names.

    reference  how a definition is referred to, such as "#/$defs/{name}"
    """
    definitions: dict[str, Any] = {}
    mapping: dict[str, str] = {}
    for name in known.names("rule"):
        try:
            own = rule_schema(known, name, reference)
        except RequestError:  # a stranger's rule that is broken cannot be used
            continue
        definitions |= own
        mapping[name] = reference.format(name=_key(name))
    chosen = {
        "title": "Rule",
        "description": "Where a column's values come from: a rule by its name, and the rule's options.",
        "oneOf": [{"$ref": place} for place in mapping.values()],
        "discriminator": {"propertyName": "name", "mapping": mapping},
    }
    return {**definitions, RULE: chosen}


def rule_schema(known: Registry, name: str, reference: str = "#/$defs/{name}") -> dict[str, Any]:
    """The definitions of one rule: `rule.NAME` is the rule, `rule.NAME.PART` a part of its options.

    Raises UnknownNameError, and RequestError for a rule that is broken.
    """
    rule, key = known.load("rule", name), _key(name)
    place = reference.replace("{name}", f"{key}.{{model}}")
    try:
        schema: dict[str, Any] = rule.model_json_schema(ref_template=place)
    except PydanticUserError:  # an option of a type that JSON Schema has no words for
        schema = {"type": "object", "title": rule.__name__, "description": rule.__doc__ or ""}
    for body in (schema, *schema.get("$defs", {}).values()):
        _name_components(known, body)
    parts = {f"{key}.{part}": body for part, body in schema.pop("$defs", {}).items()}
    if "$ref" in schema:  # a rule that has rules like itself within
        schema = dict(parts[schema["$ref"].rpartition("/")[2]])
    schema["properties"] = {"name": {"const": name}, **schema.get("properties", {})}
    schema["required"] = ["name", *schema.get("required", [])]
    return {key: schema, **parts}


def _name_components(known: Registry, schema: dict[str, Any]) -> None:
    """Say what values an option has that names a component of a mixture."""
    for option in schema.get("properties", {}).values():
        if option.pop(NAMES_A_COMPONENT, False):
            option["enum"] = components(known)


def components(known: Registry) -> list[str]:
    """The names of the rules that can be in a mixture, those of strangers that are broken aside."""
    return [name for name, rule in known.usable("rule").items() if component_of(rule) is not None]


def component_of(rule: type) -> type[MixtureComponent] | None:
    """What stands for a rule in a mixture; None where nothing does."""
    return rule.component() if issubclass(rule, RuleOptions) else None


def parts_of(definitions: Mapping[str, Any], name: str) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """(the rule's own schema without its name, all definitions) of what `rule_schema` gives."""
    schema = dict(definitions[_key(name)])
    schema["properties"] = {key: value for key, value in schema["properties"].items() if key != "name"}
    schema["required"] = [key for key in schema["required"] if key != "name"]
    return schema, definitions


def _key(name: str) -> str:
    """The name of a rule's definition, of characters that OpenAPI allows."""
    return f"rule.{re.sub(r'[^A-Za-z0-9._-]', '_', name)}"
