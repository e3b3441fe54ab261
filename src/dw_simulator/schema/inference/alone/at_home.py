"""What is written another way where a schema's language is spoken: postcodes, telephones, number plates."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from dw_simulator.schema.inference.guesses import Fields
from dw_simulator.schema.inference.words.term_forms import pattern_width
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

_MOST = "most"
_LISTED = frozenset(
    {"a country code", "a country", "a nationality", "a language", "a currency", "a time zone", "a locale"}
)
"""Lists of which a language's own country has most."""


@cache
def _home() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """For each language and meaning the patterns, or the values that are most common."""
    text = (files("dw_simulator.schema.inference") / "data" / "home.txt").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            language, meaning, said = (part.strip() for part in line.split("|", 2))
            parts = said.split() if meaning == _MOST else [one.strip() for one in said.split(" ; ")]
            found[language, meaning] = tuple(parts)
    return found


def at_home(meaning: str, fields: Fields, type_: SqlType, language: str) -> Fields:
    """The fields of a column that stands alone, as they are where its language is spoken."""
    rule = fields.get("rule")
    if not isinstance(rule, Mapping) or not language:
        return fields
    if rule.get("name") == "pattern" and type_.kind is Kind.TEXT:
        fitting = [one for one in _home().get((language, meaning), ()) if pattern_width(one) <= type_.length]
        exact = (one for one in fitting if pattern_width(one) == type_.length)
        pattern = next(exact, fitting[0] if fitting else "")
        return {**fields, "rule": {**rule, "pattern": pattern}} if pattern else fields
    said = _home().get((language, meaning), ("",))[0]
    if type_.kind in NUMERIC_KINDS and said:
        return _numbers(said, fields, type_)
    if rule.get("name") == "choice" and meaning in _LISTED:
        return {**fields, "rule": _at_home_most(rule, _home().get((language, _MOST), ()))}
    return fields


def _numbers(said: str, fields: Fields, type_: SqlType) -> Fields:
    """Numbers as a line says them; the given ones where the type cannot hold them."""
    kind, *parts = said.split()
    if kind == "values":
        pairs = [part.split("=") for part in parts]
        rule: JsonObject = {"name": "choice", "values": [int(value) for value, _ in pairs]}
        return {**fields, "rule": {**rule, "weights": [int(weight) for _, weight in pairs]}}
    bounds, name, *options = parts
    low, _, high = bounds.partition("..")
    if type_.kind is not Kind.FLOAT and type_.limits[1] < int(high) * 10**type_.scale:
        return fields
    shape: JsonObject = {"name": name, **{key: float(value) for key, value in map(_pair, options)}}
    return {"rule": shape, "min_value": int(low), "max_value": int(high)}


def _pair(option: str) -> tuple[str, str]:
    key, _, value = option.partition("=")
    return key, value


def _at_home_most(rule: Mapping[str, Json], own: tuple[str, ...]) -> dict[str, Json]:
    """A list in which the own country's value has the greatest weight, and that of before its weight."""
    values, weights = rule.get("values"), rule.get("weights")
    if not isinstance(values, list) or not isinstance(weights, list):
        return dict(rule)
    place = next((at for at, value in enumerate(values) if value in own), None)
    if place is None:
        return dict(rule)
    most = max(range(len(weights)), key=lambda at: float(str(weights[at])))
    swapped = list(weights)
    swapped[most], swapped[place] = weights[place], weights[most]
    return {**rule, "weights": swapped}
