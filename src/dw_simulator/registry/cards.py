"""What is to be known of a registered thing, in words: for `dw-sim plugins NAME` and `docs/rules.md`.

Everything comes from the code: the class's docstring, the fields of a rule's options, its examples.
"""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dw_simulator.ports.rule import RuleOptions
from dw_simulator.registry.json_schema import parts_of, rule_schema
from dw_simulator.registry.manager import Registration, Registry
from dw_simulator.registry.rule_class import FakerProvider
from dw_simulator.schema.json_data import Json, items_of, object_of
from dw_simulator.schema.model import Column

_WORDS = {"number": "number", "integer": "whole number", "string": "text", "boolean": "true or false"}
_BOUNDS = {
    "minimum": "from {}",
    "exclusiveMinimum": "above {}",
    "maximum": "to {}",
    "exclusiveMaximum": "below {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "pattern": "like {}",
}


@dataclass(frozen=True)
class Option:
    """An option of a rule. name: `bins[].weight` is a part's; default: as JSON, None where there is none."""

    name: str
    type: str
    required: bool
    default: str | None
    bounds: str
    description: str


@dataclass(frozen=True)
class Card:
    """A registered thing. kinds, options, examples, schema: those of a rule; methods: a Faker provider's."""

    registration: Registration
    description: str
    kinds: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    examples: tuple[Json, ...] = ()
    schema: Mapping[str, Json] | None = None
    methods: tuple[str, ...] = ()


def card(known: Registry, kind: str, name: str) -> Card:
    """The card of a name. Raises UnknownNameError, and RequestError for what is broken."""
    one = known.registration(kind, name)
    if kind == "rule":
        return _rule_card(known, one, known.rules.get(name))
    if kind == "faker_provider":
        provider = known.faker_providers.get(name)
        return Card(one, inspect.cleandoc(provider.__doc__ or ""), methods=tuple(_methods(provider)))
    found = known.load(kind, name)
    described = found if inspect.isclass(found) or inspect.isroutine(found) else type(found)
    text = inspect.cleandoc(described.__doc__ or "")
    return Card(one, " ".join(text.partition("\n\n")[0].split()))


def _rule_card(known: Registry, one: Registration, rule: type[RuleOptions]) -> Card:
    definitions = rule_schema(known, one.name)
    schema, parts = parts_of(definitions, one.name)
    kinds = tuple(sorted(str(kind) for kind in rule.kinds))
    options = tuple(_options(schema, parts))
    text = inspect.cleandoc(rule.__doc__ or "")
    return Card(one, text, kinds, options, examples_of(rule, one.name), definitions)


def examples_of(rule: type[RuleOptions], name: str) -> tuple[Json, ...]:
    """The examples that a rule's class gives for one of its names (`RuleOptions.examples`)."""
    return tuple(one for one in rule.examples if rule_name(shown_column(one)) == name)


def shown_column(example: Json) -> Mapping[str, Json]:
    """The column that an example shows: the last of its last table."""
    if isinstance(example, Mapping) and "tables" in example:
        example = object_of(items_of(example["tables"])[-1])["columns"]
    return example if isinstance(example, Mapping) else object_of(items_of(example)[-1])


def rule_name(column: Mapping[str, Json]) -> str | None:
    """The rule of a column as it is declared, in whichever form; None where the type decides."""
    declared = Column.model_validate(column).rule_spec
    return declared.name if declared is not None else None


def _methods(provider: type[FakerProvider]) -> Iterator[str]:
    """What a Faker provider brings itself."""
    for name in sorted(vars(provider)):
        if not name.startswith("_") and callable(getattr(provider, name)):
            yield name


# --- options in words

Schema = Mapping[str, Json]
"""A part of a JSON Schema."""


def _options(schema: Schema, parts: Schema, prefix: str = "", seen: tuple[str, ...] = ()) -> Iterator[Option]:
    required = items_of(schema.get("required", []))
    for name, value in object_of(schema.get("properties", {})).items():
        field = object_of(value)
        default = field.get("default")
        yield Option(
            f"{prefix}{name}",
            " or ".join(dict.fromkeys(_types(field, parts))),
            name in required,
            None if default is None else json.dumps(default, ensure_ascii=False),
            ", ".join(dict.fromkeys(_bounds(field))),
            str(field.get("description", "")),
        )
        for part, many in _references(field):
            if part not in seen:
                inner = f"{prefix}{name}{'[]' if many else ''}."
                yield from _options(object_of(parts[part]), parts, inner, (*seen, part))


def _alternatives(field: Schema) -> list[Schema]:
    """What a value may be, NULL left out."""
    found = items_of(field.get("anyOf") or field.get("oneOf") or [field])
    return [one for one in map(object_of, found) if one.get("type") != "null"]


def _types(field: Schema, parts: Schema) -> Iterator[str]:
    for one in _alternatives(field):
        if "enum" in one or "const" in one:
            yield ", ".join(str(value) for value in items_of(one.get("enum", [one.get("const")])))
        elif "$ref" in one:
            yield from _types_of_part(object_of(parts[_referred(one)]), parts)
        elif one.get("type") == "array":
            yield f"list of {_of_items(one, parts)}"
        elif one.get("type") == "object":
            inner = one.get("additionalProperties")
            yield f"object of {' or '.join(_types(inner, parts))}" if isinstance(inner, dict) else "object"
        elif "anyOf" in one or "oneOf" in one:
            yield from _types(one, parts)
        else:
            yield _WORDS.get(str(one.get("type")), "any value")


def _referred(one: Schema) -> str:
    """The name of the part that a reference leads to."""
    return str(one["$ref"]).rpartition("/")[2]


def _types_of_part(part: Schema, parts: Schema) -> Iterator[str]:
    if "properties" in part:
        yield f"object of {', '.join(object_of(part['properties']))}"
    else:
        yield from _types(part, parts)


def _of_items(field: Schema, parts: Schema) -> str:
    items = map(object_of, items_of(field.get("prefixItems") or [field.get("items") or {}]))
    return " or ".join(dict.fromkeys(word for item in items for word in _types(item, parts)))


def _bounds(field: Schema) -> Iterator[str]:
    for one in _alternatives(field):
        for key, words in _BOUNDS.items():
            if key in one:
                yield words.format(_number(one[key]))
        items = one.get("items")
        if isinstance(items, dict):
            inner = [*dict.fromkeys(_bounds(items))]
            if inner:
                yield f"each {', '.join(inner)}"


def _number(bound: Json) -> str:
    if isinstance(bound, float) and bound.is_integer() and abs(bound) < 1e15:
        bound = int(bound)
    return f"{bound:,}" if isinstance(bound, int | float) else str(bound)


def _references(field: Schema) -> Iterator[tuple[str, bool]]:
    """(name, whether it stands in a list) of the parts that a field is made of."""
    for one in _alternatives(field):
        if "$ref" in one:
            yield _referred(one), False
        for inner in [one.get("items"), *items_of(one.get("prefixItems", []))]:
            if isinstance(inner, dict):
                yield from ((part, True) for part, _many in _references(inner))
