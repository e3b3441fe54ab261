"""A code of a place beside where it is: one code lies in one place, however many rows speak of it.

scan (location_code, latitude, longitude, city, scanned_at)      of one of some hidden locations
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.alone.put_aside import put_aside
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.json_data import Json
from dw_simulator.types import Kind

_PLACES = frozenset("location station site facility terminal depot stop hub gate node port".split())
_CODED = frozenset({"code", "id", "number"})
_HAPPENS = frozenset(
    """event scan reading log entry movement arrival departure visit check ping position measurement tracking
    track transaction observation alert trip""".split()
)
"""Nouns of tables in which many rows speak of one place."""
_COUNT = 40
_SHORTEST = 3


def coded_places(sketch: Sketch) -> None:
    """Codes of places, with what says where these are, come from a hidden table of locations."""
    if not sketch.has("place", "pattern"):
        return
    for table in list(sketch.tables.values()):
        if not table.hidden and {*table.noun} & _HAPPENS:
            code = _code(table)
            shown = _shown(table)
            if code is not None and shown:
                told = f"of one of {_COUNT} locations, each of which has one code"
                length = code.column.type.length
                coded: Mapping[str, Json] = {
                    "rule": {"name": "pattern", "pattern": _pattern(length)},
                    "is_unique": True,
                }
                shared = [(code, coded)]
                shared += [(one, {"rule": dict(one.rule)}) for one in shown]
                put_aside(sketch, table, "location", shared, {"target_rows": _COUNT}, told)


def _code(table: TableSketch) -> ColumnSketch | None:
    for column in table.columns.values():
        words = {*column.words}
        named = bool(words & _PLACES) and bool(words & _CODED) and words <= _PLACES | _CODED
        fits = column.kind is Kind.TEXT and column.column.type.length >= _SHORTEST
        if named and fits and column.open and not column.keyed and "lookup" not in column.fields:
            return column
    return None


def _shown(table: TableSketch) -> list[ColumnSketch]:
    """The columns of the one place of a row."""
    found: dict[str, list[ColumnSketch]] = {}
    for column in table.columns.values():
        if column.rule.get("name") == "place" and column.open and not column.keyed:
            found.setdefault(str(column.rule.get("entity")), []).append(column)
    return next(iter(found.values())) if len(found) == 1 else []


def _pattern(length: int) -> str:
    """A code of a place that there is room for: HAM, HAM24, HAM-240."""
    if length < 5:
        return f"{{letters:{length}}}"
    return "{letters:3}-{digits:3}" if length > 6 else f"{{letters:3}}{{digits:{length - 3}}}"
