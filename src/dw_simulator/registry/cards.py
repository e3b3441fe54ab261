"""What is to be known of a registered thing, in words: for `dw-sim plugins NAME` and `docs/rules.md`.

Everything comes from the code: the class's docstring, the fields of a rule's options, its examples.
"""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dw_simulator.registry.json_schema import parts_of, rule_schema
from dw_simulator.registry.manager import Registration, Registry

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
    examples: tuple[Any, ...] = ()
    schema: Mapping[str, Any] | None = None
    methods: tuple[str, ...] = ()


def card(known: Registry, kind: str, name: str) -> Card:
    """The card of a name. Raises UnknownNameError, and RequestError for what is broken."""
    one = known.registration(kind, name)
    found = known.load(kind, name)
    described = found if inspect.isclass(found) or inspect.isroutine(found) else type(found)
    text = inspect.cleandoc(described.__doc__ or "")
    if kind == "faker_provider":
        return Card(one, text, methods=tuple(_methods(found)))
    if kind != "rule":
        return Card(one, " ".join(text.partition("\n\n")[0].split()))
    definitions = rule_schema(known, name)
    schema, parts = parts_of(definitions, name)
    kinds = tuple(sorted(str(kind) for kind in found.kinds))
    return Card(one, text, kinds, tuple(_options(schema, parts)), examples_of(found, name), definitions)


def examples_of(rule: Any, name: str) -> tuple[Any, ...]:
    """The examples that a rule's class gives for one of its names (`model.RuleOptions.examples`)."""
    return tuple(one for one in getattr(rule, "examples", ()) if rule_name(shown_column(one)) == name)


def shown_column(example: Any) -> Mapping[str, Any]:
    """The column that an example shows: the last of its last table."""
    if isinstance(example, Mapping) and "tables" in example:
        example = example["tables"][-1]["columns"]
    found: Mapping[str, Any] = example if isinstance(example, Mapping) else example[-1]
    return found


def rule_name(column: Mapping[str, Any]) -> str | None:
    """The rule of a column, whichever form it is declared in."""
    if column.get("faker_rule"):
        return "faker"
    if column.get("distribution"):
        return str(column["distribution"].get("type"))
    return str(column["rule"]["name"]) if column.get("rule") else None


def _methods(provider: type) -> Iterator[str]:
    """What a Faker provider brings itself."""
    for name in sorted(vars(provider)):
        if not name.startswith("_") and callable(getattr(provider, name)):
            yield name


# --- options in words


def _options(
    schema: Mapping[str, Any], parts: Mapping[str, Any], prefix: str = "", seen: tuple[str, ...] = ()
) -> Iterator[Option]:
    for name, field in schema.get("properties", {}).items():
        required = name in schema.get("required", [])
        default = field.get("default")
        yield Option(
            f"{prefix}{name}",
            " or ".join(dict.fromkeys(_types(field, parts))),
            required,
            None if default is None else json.dumps(default, ensure_ascii=False),
            ", ".join(dict.fromkeys(_bounds(field))),
            field.get("description", ""),
        )
        for place, many in _references(field):
            part = place.rpartition("/")[2]
            if part not in seen:
                inner = f"{prefix}{name}{'[]' if many else ''}."
                yield from _options(parts[part], parts, inner, (*seen, part))


def _alternatives(field: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a value may be, NULL left out."""
    found = field.get("anyOf") or field.get("oneOf") or [field]
    return [one for one in found if one.get("type") != "null"]


def _types(field: Mapping[str, Any], parts: Mapping[str, Any]) -> Iterator[str]:
    for one in _alternatives(field):
        if "enum" in one or "const" in one:
            yield ", ".join(str(value) for value in one.get("enum", [one.get("const")]))
        elif "$ref" in one:
            yield from _types_of_part(parts[one["$ref"].rpartition("/")[2]], parts)
        elif one.get("type") == "array":
            yield f"list of {_items(one, parts)}"
        elif one.get("type") == "object":
            inner = one.get("additionalProperties")
            yield f"object of {' or '.join(_types(inner, parts))}" if isinstance(inner, dict) else "object"
        elif "anyOf" in one or "oneOf" in one:
            yield from _types(one, parts)
        else:
            yield _WORDS.get(str(one.get("type")), "any value")


def _types_of_part(part: Mapping[str, Any], parts: Mapping[str, Any]) -> Iterator[str]:
    if "properties" in part:
        yield f"object of {', '.join(part['properties'])}"
    else:
        yield from _types(part, parts)


def _items(field: Mapping[str, Any], parts: Mapping[str, Any]) -> str:
    items = field.get("prefixItems") or [field.get("items") or {}]
    return " or ".join(dict.fromkeys(word for item in items for word in _types(item, parts)))


def _bounds(field: Mapping[str, Any]) -> Iterator[str]:
    for one in _alternatives(field):
        for key, words in _BOUNDS.items():
            if key in one:
                yield words.format(_number(one[key]))
        if isinstance(one.get("items"), dict):
            inner = [*dict.fromkeys(_bounds(one["items"]))]
            if inner:
                yield f"each {', '.join(inner)}"


def _number(bound: object) -> str:
    if isinstance(bound, float) and bound.is_integer() and abs(bound) < 1e15:
        bound = int(bound)
    return f"{bound:,}" if isinstance(bound, int | float) else str(bound)


def _references(field: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """(reference, whether it stands in a list) of the parts that a field is made of."""
    for one in _alternatives(field):
        if "$ref" in one:
            yield one["$ref"], False
        for inner in [one.get("items"), *one.get("prefixItems", [])]:
            if isinstance(inner, dict):
                yield from ((place, True) for place, _many in _references(inner))
