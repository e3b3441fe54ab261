"""Marks are those of the country that the names speak of: a Dutch 6.8, a French 12.5, a German 2.3."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from dw_simulator.schema.inference.candidates import Found, is_whole
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch
from dw_simulator.schema.inference.words.lexicon import LOCALES
from dw_simulator.schema.json_data import Json
from dw_simulator.types import NUMERIC_KINDS, Kind

_MARK = "a grade"
_Scale = tuple[float, float, float]


@cache
def _scales() -> Mapping[str, tuple[_Scale, _Scale]]:
    """By language, the marks without decimals and those with some: the least, the greatest, the usual one."""
    text = files("dw_simulator").joinpath("schema/inference/data/marks.txt").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            language, *scales = line.split("|")
            whole, fine = (tuple(map(float, scale.split())) for scale in scales)
            found[language.strip()] = ((whole[0], whole[1], whole[2]), (fine[0], fine[1], fine[2]))
    return found


def school_marks(sketch: Sketch) -> None:
    """Give numbers that are marks the scale of the language of their tables."""
    if not sketch.has("triangular"):
        return
    for table in sketch.tables.values():
        if table.language in _scales():
            for column in table.columns.values():
                if column.open and column.found is not None and column.found.meaning == _MARK:
                    _scaled(column, table.language)


def _scaled(column: ColumnSketch, language: str) -> None:
    type_ = column.column.type
    if type_.kind not in NUMERIC_KINDS:
        return
    low, high, usual = _scales()[language][0 if is_whole(type_) else 1]
    if type_.kind is not Kind.FLOAT and high * 10**type_.scale > type_.limits[1]:
        return
    rule: dict[str, Json] = {"name": "triangular", "mode": usual}
    kept = {name: value for name, value in column.fields.items() if name == "null_fraction"}
    meaning = f"a grade ({LOCALES[language][1]}, like the names of the columns)"
    column.says(Found(meaning, {"rule": rule, "min_value": int(low), "max_value": int(high), **kept}))
