"""The JSON Schema of an experiment's document, in which every registered rule's options and dialect stand.

Options are declared once, as the fields of the rule's class; this, the command line's help and
`docs/rules.md` are made from there.
"""

import re
from collections.abc import Mapping

from pydantic.errors import PydanticUserError

from dw_simulator.errors import RequestError
from dw_simulator.ports.rule import NAMES_A_COMPONENT, MixtureComponent, RuleOptions
from dw_simulator.registry.manager import Registry, registry
from dw_simulator.schema.json_data import Json, JsonObject, items_of, object_of
from dw_simulator.schema.model import DialectName, Experiment

RULE = "RuleSpec"
"""The definition that stands for a column's rule."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def experiment_schema(known: Registry | None = None) -> JsonObject:
    """The JSON Schema (draft 2020-12) of what `dw-sim experiment create` reads.

    known  whose rules may stand in it; those of this process where it is None
    """
    schema: JsonObject = Experiment.model_json_schema()
    named = registered_definitions(known or registry(), "#/$defs/{name}")
    definitions = {**object_of(schema.pop("$defs")), **named}
    return {"$schema": _DIALECT, **schema, "$defs": dict(sorted(definitions.items()))}


def registered_definitions(known: Registry, reference: str) -> JsonObject:
    """The definitions of what is registered: dialects, every rule, and the one that chooses among rules.

    reference  how a definition is referred to, such as "#/$defs/{name}"
    """
    definitions: JsonObject = {}
    mapping: dict[str, str] = {}
    for name in known.rules.names:
        try:
            own = rule_schema(known, name, reference)
        except RequestError:  # a stranger's rule that is broken cannot be used
            continue
        definitions |= own
        mapping[name] = reference.format(name=_key(name))
    chosen: JsonObject = {
        "title": "Rule",
        "description": "Where a column's values come from: a rule by its name, and the rule's options.",
        "oneOf": [{"$ref": place} for place in mapping.values()],
        "discriminator": {"propertyName": "name", "mapping": mapping},
    }
    dialects: JsonObject = {
        "title": "Dialect",
        "description": "An SQL dialect by its name.",
        "type": "string",
        "enum": [*known.dialects.names],
    }
    return {**definitions, RULE: chosen, DialectName.__name__: dialects}


def rule_schema(known: Registry, name: str, reference: str = "#/$defs/{name}") -> JsonObject:
    """The definitions of one rule: `rule.NAME` is the rule, `rule.NAME.PART` a part of its options.

    Raises UnknownNameError, and RequestError for a rule that is broken.
    """
    rule, key = known.rules.get(name), _key(name)
    place = reference.replace("{name}", f"{key}.{{model}}")
    try:
        schema: JsonObject = rule.model_json_schema(ref_template=place)
    except PydanticUserError:  # an option of a type that JSON Schema has no words for
        schema = {"type": "object", "title": rule.__name__, "description": rule.__doc__ or ""}
    parts: JsonObject = {
        f"{key}.{part}": _with_components(known, object_of(body))
        for part, body in object_of(schema.pop("$defs", {})).items()
    }
    schema = _with_components(known, schema)
    if "$ref" in schema:  # a rule that has rules like itself within
        schema = dict(object_of(parts[str(schema["$ref"]).rpartition("/")[2]]))
    schema["properties"] = {"name": {"const": name}, **object_of(schema.get("properties", {}))}
    schema["required"] = ["name", *items_of(schema.get("required", []))]
    return {key: schema, **parts}


def _with_components(known: Registry, schema: Mapping[str, Json]) -> JsonObject:
    """A part of a schema, in which options that name a component of a mixture list all that there are."""
    found = dict(schema)
    if "properties" in found:
        options = object_of(found["properties"]).items()
        found["properties"] = {name: _named(known, object_of(option)) for name, option in options}
    return found


def _named(known: Registry, option: Mapping[str, Json]) -> JsonObject:
    if NAMES_A_COMPONENT not in option:
        return dict(option)
    kept = {name: value for name, value in option.items() if name != NAMES_A_COMPONENT}
    return {**kept, "enum": [*components(known)]}


def components(known: Registry) -> list[str]:
    """The names of the rules that can be in a mixture, those of strangers that are broken aside."""
    return [name for name, rule in known.rules.usable().items() if component_of(rule) is not None]


def component_of(rule: type) -> type[MixtureComponent] | None:
    """What stands for a rule in a mixture; None where nothing does."""
    return rule.component() if issubclass(rule, RuleOptions) else None


def parts_of(definitions: Mapping[str, Json], name: str) -> tuple[JsonObject, Mapping[str, Json]]:
    """(the rule's own schema without its name, all definitions) of what `rule_schema` gives."""
    schema = dict(object_of(definitions[_key(name)]))
    properties = object_of(schema["properties"])
    schema["properties"] = {key: value for key, value in properties.items() if key != "name"}
    schema["required"] = [key for key in items_of(schema["required"]) if key != "name"]
    return schema, definitions


def _key(name: str) -> str:
    """The name of a rule's definition, of characters that OpenAPI allows."""
    return f"rule.{re.sub(r'[^A-Za-z0-9._-]', '_', name)}"
