"""How numbers are drawn that follow from no others: price points, long-tailed amounts, small quantities."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from dw_simulator.schema.inference.numbers.measure_roles import in_hundredths, lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch
from dw_simulator.schema.json_data import Json, JsonObject, object_of
from dw_simulator.types import Kind, SqlType

_POINTS: Mapping[int, tuple[list[Json], list[Json]]] = {
    1: ([0.9, 0.5, 0], [5, 3, 2]),
    2: ([0.99, 0.95, 0.5, 0], [50, 15, 15, 20]),
}
_FEW = 0.48
"""How often something comes once, of how often it comes as often or more."""
_SPREAD = {"price": 0.75, "amount": 0.85, "count": 0.9}
_BETWEEN = frozenset({"span", "height"})
_WIDEST = 1e15
"""No number is taken for greater."""
_LEAST_ROOM = 4
"""How many times the least value the greatest is, at the least: less is no spread."""


@dataclass(frozen=True)
class Free:
    """How a number is drawn.

    kind  as `data/free_measures.txt` says; its numbers: the least, the greatest, the median, or a list
    """

    kind: str
    numbers: tuple[float, ...]

    def bounds(self, column: ColumnSketch) -> tuple[float, float]:
        """Between which values the column lies."""
        type_ = column.column.type
        if self.kind == "share":
            factor = 100 if in_hundredths(type_, column.words) and max(self.numbers) < 1 else 1
            values = [value * factor for value in self.numbers]
            return min(values), max(values)
        low, high, _median = self._numbers(type_)
        return low, min(high, greatest(type_))

    def _numbers(self, type_: SqlType) -> tuple[float, ...]:
        metres = self.kind == "height" and greatest(type_) < self.numbers[1]
        return tuple(number / 100 for number in self.numbers) if metres else self.numbers

    def fields(self, column: ColumnSketch, high: float) -> JsonObject | None:
        """The fields of a column whose values are not above `high`; None where that leaves too little."""
        type_ = column.column.type
        fields: JsonObject = {} if column.required else {"null_fraction": 0}
        if self.kind == "share":
            return fields | {"rule": self._listed(column)} if self.bounds(column)[1] <= high else None
        low, _most, median = self._numbers(type_)
        high = _rounded(high, type_)
        least: float = low if low >= 10**-type_.scale or type_.kind is Kind.FLOAT else 1
        if high < least * _LEAST_ROOM and self.kind not in _BETWEEN:
            return None
        if high <= least:
            return None
        if self.kind not in _BETWEEN:
            median = min(median, (least + high) / 3)
        fields |= {"min_value": _plain(least), "max_value": _plain(high)}
        return fields | {"rule": self._spread(type_, least, median, high)}

    def _spread(self, type_: SqlType, least: float, median: float, high: float) -> JsonObject:
        if self.kind in _BETWEEN:
            return {"name": "triangular", "low": _plain(least), "mode": _plain(median), "high": _plain(high)}
        if self.kind == "few":
            return {"name": "geometric", "p": _FEW}
        mean = round(math.log(max(median, 0.01)), 2)
        long_tail: JsonObject = {"name": "lognormal", "mean": mean, "stddev": _SPREAD[self.kind]}
        digits = 2 if type_.kind is Kind.FLOAT else min(type_.scale, 2)
        if self.kind != "price" or digits not in _POINTS or high < 2:
            return long_tail
        points, weights = _POINTS[digits]
        return {"name": "price", "rule": long_tail, "points": points, "weights": weights}

    def _listed(self, column: ColumnSketch) -> JsonObject:
        """A choice of the shares, each as often as it is listed."""
        type_ = column.column.type
        factor = 100 if self.bounds(column)[1] >= 1 and max(self.numbers) < 1 else 1
        digits = type_.scale if type_.kind is not Kind.FLOAT else 6
        listed = [_plain(round(number * factor, digits)) for number in self.numbers]
        values = list(dict.fromkeys(listed))
        weights: list[Json] = [listed.count(value) for value in values]
        return {"name": "choice", "values": list[Json](values), "weights": weights}


def long_tail(column: ColumnSketch) -> tuple[float, float] | None:
    """The mean and the deviation of the logarithm of what a column was found to be, if it has a long tail."""
    rule, shape = column.rule, object_of(column.fields.get("distribution") or {})
    said = object_of(rule["rule"]) if rule.get("name") == "price" else rule
    name = said.get("name")
    if shape:
        name, said = shape.get("type"), object_of(shape.get("parameters") or {})
    mean, spread = _first(said.get("mean")), _first(said.get("stddev"))
    return (mean, spread) if name == "lognormal" and mean is not None and spread is not None else None


def known_bounds(column: ColumnSketch) -> tuple[float, float]:
    """Between which values a column lies, by what is declared or was found; else by its type."""
    most = min(greatest(column.column.type), _WIDEST)
    values = column.rule.get("values")
    if isinstance(values, list) and values and all(isinstance(value, int | float) for value in values):
        numbers = [float(value) for value in values if isinstance(value, int | float)]
        return min(numbers), max(numbers)
    declared = column.column
    low = _first(column.fields.get("min_value"), declared.min_value)
    high = _first(column.fields.get("max_value"), declared.max_value)
    return (-most if low is None else low), (most if high is None else high)


def told_bounds(low: float, high: float) -> dict[str, Json]:
    """Between which values a column lies that is added up: how far its sums reach has to be known."""
    return {"min_value": min(math.floor(low), 0), "max_value": math.ceil(high * 1.01)}


def _first(*bounds: object) -> float | None:
    """The first bound that is a number."""
    return next((float(bound) for bound in bounds if isinstance(bound, int | float | Decimal)), None)


def greatest(type_: SqlType) -> float:
    """The greatest number that a type holds."""
    return 1e15 if type_.kind is Kind.FLOAT else float(type_.limits[1] / 10**type_.scale)


def _rounded(number: float, type_: SqlType) -> float:
    """A number with the digits of a type, rounded down."""
    digits = 2 if type_.kind is Kind.FLOAT else min(type_.scale, 6)
    return float(math.floor(number * 10**digits + 1e-9) / 10**digits)


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number


@dataclass(frozen=True)
class AsFound:
    """How a number is drawn that is known by its name already.

    said     the fields that were found
    between  which values it lies
    """

    said: Mapping[str, Json]
    between: tuple[float, float]

    @property
    def kind(self) -> str:
        return "amount" if "max_value" in self.said else ""

    def bounds(self, _column: ColumnSketch) -> tuple[float, float]:
        return self.between

    def fields(self, column: ColumnSketch, high: float) -> JsonObject | None:
        """The fields that were found, with values not above `high`; None where that leaves too little."""
        low, most = self.between
        fields: JsonObject = {**self.said} if column.required else {**self.said, "null_fraction": 0}
        if column.kind is not Kind.FLOAT and 0 < low < 10**-column.column.type.scale:
            fields["min_value"] = 10**-column.column.type.scale  # it would be rounded to nothing
        if high >= most:
            return fields
        high = _rounded(high, column.column.type)
        unit = 10**-column.column.type.scale
        return {**fields, "max_value": _plain(high)} if high >= max(low, unit) * _LEAST_ROOM else None


ANY_COUNT = Free("count", (1, 5000, 60))
ANY_AMOUNT = Free("amount", (1, 20000, 75))
"""How what others are made of is drawn, where nothing is known of its role."""


LONGEST = {
    "travel_hours": 1e3,
    "travel_minutes": 5e4,
    "duration_minutes": 5e4,
    "duration_hours": 1e3,
    "duration_seconds": 3e6,
    "stay_days": 5e3,
}
"""How long what is told in days, hours, minutes or seconds lasts at the most."""
NAMES = {"price": "a price", "few": "a quantity", "count": "a count", "share": "a rate", "span": "a number"}
"""What the user is told of each kind."""


def drawn_by(column: ColumnSketch) -> str:
    """The rule or the distribution by which a column was found to be drawn."""
    said = column.fields.get("distribution")
    shape = str(said.get("type", "")) if isinstance(said, Mapping) else ""
    return str(column.rule.get("name", "")) or shape


@cache
def free_of(role: str) -> Free | None:
    """How the numbers of a role are drawn; None where that is not known."""
    return _free().get(role)


@cache
def _free() -> Mapping[str, Free]:
    found = {}
    for line in lines_of("free_measures.txt"):
        roles, _, said = line.partition(":")
        kind, *numbers = said.split()
        for role in roles.split():
            found[role] = Free(kind, tuple(map(float, numbers)))
    return found
