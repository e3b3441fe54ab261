"""A region beside a latitude and a longitude is the state or province of that place, and of its country.

plant (country_code, region, latitude, longitude)
    region  the state in which the place is, and no North or South of anywhere
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.json_data import Json
from dw_simulator.types import Kind

_LONGEST = 30
"""Letters that the name of a state needs room for."""
_PLAIN = "a region"
"""What a column looks like that may be a region of a country: none of a cloud."""
_ON_MAPS = frozenset({"region", "geo", "geographic", "geographical", "administrative", "admin", "location"})


def placed_regions(sketch: Sketch) -> None:
    """Regions of what has a place on the map."""
    if not sketch.has("place"):
        return
    for table in sketch.tables.values():
        region = next((one for one in table.columns.values() if _is_region(one)), None)
        latitude = _of_field(table, "latitude") if region is not None else None
        if region is None or latitude is None or _of_field(table, "longitude") is None:
            continue
        same = latitude.get("entity")
        states = [one for one in table.columns.values() if one.rule.get("field") in ("state", "state_code")]
        if not any(one.rule.get("entity") == same for one in states):
            rule: dict[str, Json] = {**latitude, "field": "state"}
            nulls = {name: value for name, value in region.fields.items() if name == "null_fraction"}
            region.says(Found("the state of its place", {"rule": rule, **nulls}))


def _is_region(column: ColumnSketch) -> bool:
    free = column.open and column.kind is Kind.TEXT and not (column.keyed or column.hidden)
    room = column.column.type.length >= _LONGEST
    found = column.found
    plain = found is not None and found.meaning == _PLAIN
    plain = plain and {*column.words} <= _ON_MAPS | {*column.table.noun}
    return (
        plain and free and room and column.words[-1:] == ("region",) and column.rule.get("name") == "choice"
    )


def _of_field(table: TableSketch, field: str) -> Mapping[str, Json] | None:
    """The rule of the column with a part of a place."""
    for column in table.columns.values():
        if column.rule.get("name") == "place" and column.rule.get("field") == field:
            return column.rule
    return None
