"""Ranges of ages beside a birth date are those of the age: 25-34 for whoever is 29.

The age is that at the present; in a table of versions that on the day from which the version is valid.

    patient (date_of_birth DATE, age_group VARCHAR(8): one of <18, 18-39, 40-64, 65+)
    age_group  CASE WHEN age < 18 THEN '<18' WHEN age < 40 THEN '18-39' ... ELSE '65+' END
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.shape.tracked_columns import version_words
from dw_simulator.schema.inference.shape.versions import versioned
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_OLDEST = 120
_USUAL = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
_FEWEST = 3


def age_bands(sketch: Sketch) -> None:
    """Ranges of ages agree with the birth date of their row."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        if table.hidden or table.table.rows is not None:
            continue
        births = [one for one in table.columns.values() if one.kind in _MOMENTS and "birth" in one.words]
        for band in table.columns.values() if births else ():
            if _is_band(band):
                _follow(table, births, band)


def _is_band(column: ColumnSketch) -> bool:
    words = {*column.words}
    text = column.kind is Kind.TEXT and column.open and not column.keyed and not column.hidden
    return text and "age" in words and bool(words & version_words("band"))


def _follow(table: TableSketch, births: Sequence[ColumnSketch], band: ColumnSketch) -> None:
    owner = {*band.words} - version_words("band") - {"age"}
    birth = next((one for one in births if owner <= {*one.words}), births[0] if len(births) == 1 else None)
    bands = bounds_of_bands(band.rule.get("values"))
    if not bands and band.rule.get("name") != "choice" and band.column.type.length >= max(map(len, _USUAL)):
        bands = bounds_of_bands(list(_USUAL))
    if birth is None or not bands:
        return
    found = versioned(table)
    day = "as_of()" if found is None else quoted_name(found.since.name)
    reason = f"the age by {birth.name}" if found is None else f"the age by {birth.name} at {found.since.name}"
    age = f"date_sub('year', CAST({quoted_name(birth.name)} AS DATE), CAST({day} AS DATE))"
    usual = _text(bands[len(bands) // 2][1])
    unknown = usual if band.required else "NULL"
    cases = "".join(
        f" WHEN {age} < {later} THEN {_text(value)}" for (_, value), (later, _) in pairwise(bands)
    )
    sql = f"CASE WHEN {quoted_name(birth.name)} IS NULL THEN {unknown}{cases} ELSE {_text(bands[-1][1])} END"
    fields: JsonObject = expressed(sql)
    if not band.required:
        fields["null_fraction"] = 0
    band.says(Found("", fields, reason))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def bounds_of_bands(values: Json) -> list[tuple[int, str]]:
    """Ranges of ages, each with the least age in it, the youngest first; empty where some are none.

    (0, 'under 18'), (18, '18-39'), (40, '40 to 64'), (65, '65+')
    """
    if not isinstance(values, list) or len(values) < _FEWEST:
        return []
    found = dict[int, str]()
    for value in values:
        numbers = [int(one) for one in re.findall(r"\d+", str(value))]
        words = {*re.findall(r"[^\W\d]+|[<>]", str(value).lower())}
        if not numbers or len(numbers) > 2 or max(numbers) > _OLDEST:
            return []
        below = len(numbers) == 1 and bool(words & version_words("younger"))
        least = 0 if below else numbers[0] + (">" in words and len(numbers) == 1)
        if least in found:
            return []
        found[least] = str(value)
    return sorted(found.items())
