"""What a column holds of which nothing is known but its type, and a word or two.

Whole numbers are small and skewed, amounts have a long tail, short texts are a few codes that repeat. They
are said to be unsure (`undeclared_parts.unsure_columns`), since a user may know better.
"""

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from dw_simulator.schema.inference.candidates import Found, is_whole
from dw_simulator.schema.inference.guesses import LAST_YEARS
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.words.tokens import plain_words, singular
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.undeclared_parts import BY_TYPE_ALONE
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind, SqlType

_SPREAD = 0.8
_WHOLE = (0.0, 400.0, 6.0)
_AMOUNT = 85.0
_MEDIANS = {0: 0.3, 1: 4.0, 2: 18.0, 3: 55.0}
"""The middle of numbers with so many digits before the point; of more it is _AMOUNT."""
_TOP = 20_000.0
_FIRST_YEAR = 1975
_PRESENT = 2025
_NAMES = frozenset({"id", "number", "code", "key", "barcode", "no", "identifier"})
"""Last words of whole numbers that name something, and count nothing."""
_COUNTED = frozenset({"number", "nb", "nbre", "nbr", "anz", "anzahl", "aantal", "qtd", "qte"})
"""First words of how many there are."""
_NAMED = (1001, 1200)
_SHORT, _LABEL, _SHORTEST_LABEL = 3, 40, 6
_WEIGHTS: list[Json] = [46, 25, 14, 9, 6]
_LETTERS = ("A", "B", "C", "D", "E")
_CODES = frozenset({"code", "key", "symbol", "abbr"})
_KINDS = frozenset(
    """type kind sort class category group mode format form method tender tier level stage phase
    segment channel concept style shape variant grade family range scheme model series zone area
    section division team unit pool brand line source origin priority severity quality size color
    material finish""".split()
)
"""Words of texts of which there are a few that repeat."""


def by_type(sketch: Sketch) -> None:
    """Give the columns of which nothing was found what their types and single words suggest."""
    for table in sketch.tables.values():
        if table.hidden or table.table.rows:
            continue
        shown = {one.polymorphic.type_column for one in table.table.columns if one.polymorphic}
        for column in table.columns.values():
            left = column.open and column.found is None and not column.keyed and not column.hidden
            if not left or column.name in shown:
                continue
            fields = _fields(sketch, table, column)
            if fields is not None:
                column.says(Found("", fields, f"{BY_TYPE_ALONE} {column.name} but its type"))


def _fields(sketch: Sketch, table: TableSketch, column: ColumnSketch) -> JsonObject | None:
    kind = column.kind
    if kind in NUMERIC_KINDS:
        return _number(sketch, column)
    if kind is Kind.TEXT:
        return _text(sketch, table, column)
    if kind in TEMPORAL_KINDS and kind is not Kind.TIME:
        return dict(LAST_YEARS)
    return None


@cache
def _by_word() -> Mapping[str, tuple[str, ...]]:
    """From a word of a name to what its line says."""
    text = files("dw_simulator").joinpath("schema/inference/data/by_type.txt").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        said, bar, words = line.partition("|")
        if bar and not line.startswith("#"):
            found |= {word: tuple(said.split()) for word in words.split() if word not in found}
    return found


def _said(column: ColumnSketch) -> tuple[str, ...]:
    """What a word of its name says, the last first. A number in front counts; one behind names something."""
    lines, names = _by_word(), [word for word in column.words if word not in _NAMES]
    words = [word for name in reversed(names) for word in (name, singular(name)) if word in lines]
    front = plain_words(column.name)[:1]
    counted = {*column.words[:1], *front} & _COUNTED or "count" in column.words
    return lines[words[0]] if words else lines["number"] if counted else ()


def _number(sketch: Sketch, column: ColumnSketch) -> JsonObject | None:
    type_, said = column.column.type, _said(column)
    if said == ("years",) or type_.declared.startswith("YEAR"):
        return _years(sketch, type_)
    if not said and is_whole(type_) and column.words[-1:] and column.words[-1] in _NAMES:
        return _named(sketch, type_)
    low, high, median = map(float, said) if len(said) == len(_WHOLE) else _of_type(type_)
    if type_.kind is not Kind.FLOAT:
        high = min(high, type_.limits[1] / 10**type_.scale)
    if is_whole(type_):
        high = math.floor(high)
    if high <= low:
        return None
    median = min(median, low + (high - low) / 3)
    fields: JsonObject = {"min_value": _plain(low), "max_value": _plain(high)}
    if sketch.has("lognormal"):
        mean = round(math.log(max(median, 0.1)), 2)
        fields["rule"] = {"name": "lognormal", "mean": mean, "stddev": _SPREAD}
    return fields


def _named(sketch: Sketch, type_: SqlType) -> JsonObject | None:
    """One of some numbers that name something, and repeat."""
    first, last = _NAMED if type_.limits[1] >= _NAMED[1] else (1, 99)
    if type_.limits[1] < last:
        return None
    fields: JsonObject = {"min_value": first, "max_value": last}
    return fields | ({"rule": {"name": "zipf", "s": 0.6}} if sketch.has("zipf") else {})


def _of_type(type_: SqlType) -> tuple[float, float, float]:
    """The least, the greatest and the middle of numbers of which only the type is known."""
    if is_whole(type_):
        return _WHOLE
    digits = type_.precision - type_.scale if type_.kind is Kind.DECIMAL else _SHORT + 1
    return 0, _TOP, _MEDIANS.get(digits, _AMOUNT)


def _years(sketch: Sketch, type_: SqlType) -> JsonObject | None:
    last = sketch.experiment.as_of.year if sketch.experiment.as_of is not None else _PRESENT
    if not is_whole(type_) or type_.limits[1] < last:
        return None
    fields: JsonObject = {"min_value": _FIRST_YEAR, "max_value": last}
    return fields | ({"rule": {"name": "triangular", "mode": last - 6}} if sketch.has("triangular") else {})


def _text(sketch: Sketch, table: TableSketch, column: ColumnSketch) -> JsonObject | None:
    length, words = column.column.type.length, {*map(singular, column.words)}
    if not sketch.has("choice") or not length:
        return None
    coded, kinds = bool(words & _CODES), bool(words & _KINDS)
    if length == 1:
        return _one_of(_LETTERS)
    if length <= _SHORT or (coded and kinds):
        return _one_of([f"{letter}{number}" for letter, number in zip(_LETTERS, "12131", strict=True)])
    if not kinds or length < _SHORTEST_LABEL:
        return None
    return _one_of(_labels(table, column, min(length, _LABEL)))


def _labels(table: TableSketch, column: ColumnSketch, length: int) -> list[str]:
    """Labels that say what they are: Concept A, Concept B."""
    own = {*table.noun, *map(singular, plain_words(table.name))}
    said = [word for word in plain_words(column.name) if singular(word) not in own and word.isalpha()]
    noun = next((word for word in said if word not in ("name", "code")), "")
    if len(noun) < 2 or len(noun) + 2 > length:
        return list(_LETTERS)
    return [f"{noun.capitalize()} {letter}" for letter in _LETTERS]


def _one_of(values: list[str] | tuple[str, ...]) -> JsonObject:
    return {"rule": {"name": "choice", "values": [*values], "weights": [*_WEIGHTS]}}


def _plain(number: float) -> Json:
    return int(number) if number == int(number) else number
