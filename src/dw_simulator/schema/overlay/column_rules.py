"""What a rules file says of one column, laid over what the schema has, or an import has guessed."""

import json
import re
from collections.abc import Mapping
from typing import TypeAlias

from dw_simulator.schema.json_data import Json, JsonObject, number_of, object_of

Entry: TypeAlias = Mapping[str, Json]

_BOUNDS = (("min_value", "max_value"), ("date_start", "date_end"))
_SOURCES = ("faker_rule", "distribution", "rule", "polymorphic", "lookup")
"""Of these one says where values come from; a reference is the schema's, and is not among them."""
GUESSED_FIELDS = (
    "faker_rule",
    "locale",
    "distribution",
    "rule",
    *(name for pair in _BOUNDS for name in pair),
)
"""The fields that an import may have guessed."""
_WAYS = ("children", "skew", "tree", "pick", "via")
"""Of these one says which parent a row has."""
_SHARES = ("null_fraction", "null_when")
"""Of these one says when it is NULL."""


def column_with(column: Entry, entry: Entry) -> JsonObject:
    """A column as the schema has it, with what is said of it; None takes a field away.

    Another rule takes the place of the one that is there. A guessed one goes with its bounds and its reason.
    Other bounds make a guess the user's own; a guessed one on the wrong side of them goes, and so do
    guessed values outside of them.

    >>> column_with({"name": "n", "min_value": 1, "max_value": 9, "inferred": "..."}, {"min_value": 20})
    {'name': 'n', 'min_value': 20}
    """
    said = {name for name, value in entry.items() if value != column.get(name)}
    replaced = {name for name in _SOURCES if name in said and entry[name] is not None}
    bounded = any(entry.get(name) is not None for pair in _BOUNDS for name in pair)
    if (replaced or bounded) and is_inferred(column.get("foreign_key")) and "foreign_key" not in entry:
        column = {name: value for name, value in column.items() if name != "foreign_key"}
    replaced |= {"foreign_key"} if entry.get("foreign_key") and "foreign_key" not in column else set()
    gone = {*_SOURCES, "locale"} if replaced else set()
    if "inferred" in column:
        away = {name for name in _SOURCES if name in entry and entry[name] is None}
        if replaced or away or (bounded and "lookup" in _guessed(column)):
            gone |= _guessed(column) | {"inferred", "guessed"}
        elif said & set(GUESSED_FIELDS):
            gone |= _beyond(column, entry) | _outside(column, entry) | {"inferred", "guessed"}
    if any(entry.get(name) is not None for name in _SHARES):
        gone |= {*_SHARES}
    return _laid(column, entry, gone)


def is_inferred(reference: Json) -> bool:
    """Whether an import took something for a reference that no schema declares."""
    guessed = reference.get("guessed") if isinstance(reference, Mapping) else None
    return isinstance(guessed, Mapping) and "references_table" in guessed


def _guessed(column: Entry) -> set[str]:
    """The fields of a column with a guess that are the guess."""
    guessed = column.get("guessed")
    if isinstance(guessed, Mapping):
        return {name for name, value in guessed.items() if column.get(name) == value}
    rule = {name for name in _SOURCES if name in column}
    return rule or {name for name in GUESSED_FIELDS if name in column}


def without_followers(column: Entry, references: set[str]) -> JsonObject:
    """A column without the guess that looks at references that are gone: what it would be else, if anything.

    >>> column = {"name": "day", "lookup": {"reference": "order_id", "column": "day"}, "inferred": "..."}
    >>> without_followers({**column, "guessed": {"lookup": column["lookup"]}}, {"order_id"})
    {'name': 'day'}
    """
    names = _guessed(column) if "inferred" in column else set()
    if not _speaks_of({name: column[name] for name in names if name in column}, references):
        return dict(column)
    kept = {name: value for name, value in column.items() if name not in names | {"inferred", "guessed"}}
    other = object_of(object_of(column.get("guessed") or {}).get("else") or {})
    return kept if _speaks_of(other, references) else {**kept, **other}


def without_way(reference: Entry, references: set[str]) -> JsonObject:
    """A reference without the guess that it leads the way of others that are gone."""
    guessed = reference.get("guessed")
    said = guessed if isinstance(guessed, Mapping) else {}
    gone = {
        name
        for name in (*_WAYS, "distinct")
        if name in said and said[name] == reference.get(name) and _speaks_of(said[name], references)
    }
    if not gone:
        return dict(reference)
    kept = {name: value for name, value in reference.items() if name not in gone}
    return {**kept, "guessed": {name: value for name, value in said.items() if name not in gone}}


def _speaks_of(said: Json, references: set[str]) -> bool:
    """Whether fields name one of some references: by themselves, or in SQL."""
    names = "|".join(map(re.escape, references))
    return re.search(rf'"(?:{names})\\?"', json.dumps(said)) is not None


def _beyond(column: Entry, entry: Entry) -> set[str]:
    """Guessed bounds that lie on the wrong side of bounds that are said."""
    found = set()
    for pair in _BOUNDS:
        low, high = (entry.get(name, column.get(name)) for name in pair)
        if low is not None and high is not None and _is_above(low, high):
            found |= {name for name in pair if name not in entry} & _guessed(column)
    return found


def _outside(column: Entry, entry: Entry) -> set[str]:
    """The guessed rule, where values that it lists lie outside of bounds that are said."""
    rule = column.get("rule")
    values = rule.get("values") if isinstance(rule, Mapping) else None
    if not isinstance(values, list) or "rule" not in _guessed(column):
        return set()
    for low, high in _BOUNDS:
        least, most = entry.get(low), entry.get(high)
        for value in values:
            below = least is not None and _is_above(least, value)
            if below or (most is not None and _is_above(value, most)):
                return {"rule"}
    return set()


def _is_above(low: Json, high: Json) -> bool:
    if isinstance(low, str) and isinstance(high, str):
        return low > high
    try:
        return number_of(low) > number_of(high)
    except TypeError:  # what is no bound is told where the schema is checked
        return False


def reference_with(reference: Entry, entry: Entry) -> JsonObject:
    """A reference with the options that are said of it, one of which may take another's place."""
    gone = {*_WAYS} if any(entry.get(name) for name in _WAYS) else set()
    return _laid(reference, entry, gone)


def _laid(base: Entry, entry: Entry, gone: set[str]) -> JsonObject:
    kept = {name: value for name, value in base.items() if name not in gone and name not in entry}
    return {**kept, **{name: value for name, value in entry.items() if value is not None}}
