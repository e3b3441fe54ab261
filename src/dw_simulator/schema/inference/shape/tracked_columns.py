"""What changes from one version of a thing to the next, one after another, while all else stays.

    dim_guest: tier, marital_status, income are tracked; turn, hidden, is a number of each guest from 0 to 2
    version 2 has another tier, 3 another marital status, 4 another income, 5 another tier, ...; turn says
    which of them comes first

The hidden table of the things has each tracked column as it is at first, and, unless it is a number that
grows, as it is later: tier, tier_2, tier_3.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.shape.calendar_names import lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_SAYS_NO_COLUMN = frozenset(
    "name field entity values locale format dialect kind part function distribution data_type".split()
)
"""Options of rules whose texts are no columns."""
_NAMES_OF_A_PERSON = frozenset({"first_name", "last_name", "full_name"})
_FEW = 50
"""Of so few whole numbers one is drawn anew rather than raised by some percents."""
_MOST_CASES = 12
_MANY = 5
"""Versions that come after the first at the most."""


@cache
def version_words(which: str) -> frozenset[str]:
    """The words of a list in versions.txt, without regard to phrases."""
    lists = (phrases for name, phrases in lines_of("versions.txt") if name == which)
    return frozenset(word for phrases in lists for word in phrases.replace(";", " ").split())


def named_in(value: Json) -> frozenset[str]:
    """What may be names of columns in the fields of one."""
    return frozenset(_said(value))


def _said(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield from re.findall(r"\w+", value)
    for key, other in _parts(value):
        if key not in _SAYS_NO_COLUMN:
            yield from _said(other)


def _parts(value: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list):
        yield from (("", other) for other in value)


@dataclass(eq=False)
class TrackedUnit:
    """What changes at once: one column, or numbers that are made of each other."""

    columns: list[ColumnSketch]
    grows: bool


def is_person(table: TableSketch) -> bool:
    """Whether a table's rows are people: they have names, and not only those of whom they answer to."""
    for column in table.columns.values():
        rule = column.rule
        named = rule.get("name") == "person" and rule.get("field") in _NAMES_OF_A_PERSON
        if named and rule.get("entity") != column.name:
            return True
    return False


def tracked_units(sketch: Sketch, table: TableSketch, kept: Mapping[str, ColumnSketch]) -> list[TrackedUnit]:
    """What versions are there for. kept: the columns that could be the same in all of them."""
    words = version_words("changing")
    if is_person(table):
        words |= version_words("changing person")
    found = list[TrackedUnit]()
    of = dict[str, TrackedUnit]()
    for column in kept.values():
        if not _may_change(column, words) or not sketch.has("uniform", "cases"):
            continue
        unit = TrackedUnit([column], _grows(column))
        found.append(unit)
        of[column.name] = unit
    for column in kept.values():  # the cost goes with the price
        beside = [of[name] for name in named_in(column.fields) if name in of and name != column.name]
        alone = of.get(column.name)
        if len({id(unit) for unit in beside}) == 1 and beside[0].grows and _is_scaled(column):
            if alone is beside[0] or (alone is not None and len(alone.columns) > 1):
                continue
            if alone is not None:
                found.remove(alone)
            beside[0].columns.append(column)
            of[column.name] = beside[0]
    return found


def _may_change(column: ColumnSketch, words: frozenset[str]) -> bool:
    own = {*column.words} - {*column.table.noun}
    rule = column.rule
    if (
        column.hidden
        or not own & words
        or own & version_words("stable")
        or column.kind in (Kind.DATE, Kind.TIMESTAMP)
    ):
        return False
    if rule.get("name") == "place" or ("status" in own and not own & version_words("fixed status")):
        return False
    if rule.get("name") == "person" and rule.get("entity") != column.name:
        return False
    return column.found is not None and "lookup" not in column.fields and rule.get("name") != "lifecycle"


def _is_scaled(column: ColumnSketch) -> bool:
    return column.kind in NUMERIC_KINDS and column.rule.get("name") in ("expression", "price")


def _grows(column: ColumnSketch) -> bool:
    """Whether a number is of a size that rises by some percents."""
    if column.kind not in NUMERIC_KINDS or column.rule.get("name") in ("choice", "cases", "sequence"):
        return False
    low, most = _number(column.fields, "min_value"), _number(column.fields, "max_value")
    whole = column.kind is Kind.INTEGER or not column.column.type.scale
    narrow = low is not None and most is not None and most - low < _FEW
    return not (whole and column.kind is not Kind.FLOAT and narrow)


@dataclass(frozen=True)
class Turns:
    """Which unit changes at which version.

    link    the hidden reference of a version to its thing
    number  the hidden column with the number of a version
    """

    units: Sequence[TrackedUnit]
    link: str
    number: str

    def changes(self, place: int) -> str:
        """How often a unit has changed by a version, in SQL.

        Of three units the one that is second by turn changes at versions 3, 6, ...: by version 7 twice.
        """
        count, number = len(self.units), quoted_name(self.number)
        if count == 1:
            return f"({number} - 1)"
        turn = f'(({place} + {quoted_name(self.link)}."turn") % {count})'
        return f"(({number} - 2 - {turn} + {count}) // {count})"

    @property
    def later(self) -> int:
        """How many values a unit has besides its first."""
        return 1 if len(self.units) >= _MANY else 2

    def of_things(self) -> list[Json]:
        """What the hidden table of things needs to know of it, besides the columns themselves."""
        last = max(len(self.units) - 1, 0)
        made: list[Json] = [{"name": "turn", "data_type": "INT", "min_value": 0, "max_value": last}]
        for place, unit in enumerate(self.units):
            if unit.grows:
                sql = "(CASE WHEN noise('up') < 0.8 THEN 1 ELSE -0.7 END) * (0.03 + 0.09 * noise('by'))"
                made.append({"name": f"rise_{place}", "data_type": "DOUBLE", **expressed(sql)})
        return made

    def others(self, name: str, data: JsonObject) -> Iterator[JsonObject]:
        """The later values of a column of the hidden table. data: its fields."""
        if data.get("data_type") == "BOOLEAN":
            return
        former = name
        for number in range(2, self.later + 2):
            later: JsonObject = {k: v for k, v in data.items() if k != "null_when"}
            later |= {
                "name": f"{name}_{number}",
                "inferred": f"another one than {former}, by a later version",
            }
            if not data.get("required", True):
                later["null_fraction"] = 0
            rule = data.get("rule")
            if isinstance(rule, Mapping):
                later["rule"] = _another(rule, former, str(later["name"]))
            yield later
            former = str(later["name"])

    def shown(self, place: int, column: ColumnSketch) -> str:
        """What a version shows of a tracked column, in SQL."""
        unit, link = self.units[place], quoted_name(self.link)
        first, changes = f"{link}.{quoted_name(column.name)}", self.changes(place)
        if unit.grows:
            return _risen(column, first, f'power(1 + {link}."rise_{place}", {changes})')
        if column.kind is Kind.BOOLEAN:
            return f"CASE WHEN {changes} % 2 = 0 THEN {first} ELSE NOT {first} END"
        values = [first, *(f"{link}.{quoted_name(f'{column.name}_{n}')}" for n in range(2, self.later + 2))]
        cases = " ".join(f"WHEN {n} THEN {value}" for n, value in enumerate(values))
        null = "" if column.required else f"WHEN {first} IS NULL THEN NULL "
        which = f"CASE {changes} % {len(values)} {cases} END"
        return f"CASE {null}ELSE {which} END" if null else which


def _another(rule: Mapping[str, Json], former: str, name: str) -> JsonObject:
    """The rule of a later value: of a few values not the former one; of people another."""
    values, weights = rule.get("values"), rule.get("weights")
    if rule.get("name") == "choice" and isinstance(values, list) and 1 < len(values) <= _MOST_CASES:
        cases: JsonObject = {}
        for place, value in enumerate(values):
            case: JsonObject = {"name": "choice", "values": [v for v in values if v != value]}
            if isinstance(weights, list):
                case["weights"] = [weight for k, weight in enumerate(weights) if k != place]
            cases[_text(value)] = case
        return {"name": "cases", "given": former, "cases": cases, "otherwise": dict(rule)}
    return {**rule, "entity": name} if "entity" in rule else dict(rule)


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _risen(column: ColumnSketch, first: str, factor: str) -> str:
    """A number that has risen, with the digits and within the bounds that it had."""
    sql, type_ = f"{first} * {factor}", column.column.type
    digits = 2 if column.kind is Kind.FLOAT else type_.scale if column.kind is Kind.DECIMAL else 0
    rule = column.rule
    step = _number(rule, "round_to")
    if step is not None and step >= 1 and rule.get("name") == "price":
        sql = f"round(({sql}) / {step}) * {step}"
    elif rule.get("name") == "price" and digits:
        sql = f"CASE WHEN {first} < 20 THEN {sql} ELSE floor({sql}) + {first} - floor({first}) END"
    low, most = _number(column.fields, "min_value"), _number(column.fields, "max_value")
    if type_.kind is Kind.DECIMAL and most is None:
        most = type_.limits[1] // 10**type_.scale
    sql = sql if most is None else f"least({sql}, {most})"
    sql = sql if low is None else f"greatest({sql}, {low})"
    sql = f"round({sql}, {digits})"
    null = "" if column.required else f"WHEN {first} IS NULL THEN NULL "
    return f"CASE {null}ELSE {sql} END" if null else sql


def _number(fields: Mapping[str, Json], name: str) -> float | None:
    value = fields.get(name)
    return value if isinstance(value, int | float) else None


def track(turns: Turns, thing: str) -> None:
    """The columns of the versions show what their thing is by then."""
    for place, unit in enumerate(turns.units):
        for column in unit.columns:
            nulls: JsonObject = {} if column.required else {"null_fraction": 0}
            reason = f"it changes now and then from one version of a {thing} to the next"
            column.says(Found("", {**expressed(turns.shown(place, column)), **nulls}, reason))
