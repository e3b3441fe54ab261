"""There are no more persons in a room than it holds.

booking (room_type_id -> room_type (max_occupancy), adults, children)
    adults    at least one, and at most max_occupancy
    children  in some bookings, where there is still room
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.numbers.row_numbers import RoleSource, Row, bare
from dw_simulator.schema.inference.numbers.twin_numbers import Twin
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch
from dw_simulator.schema.inference.words.tokens import plain_words
from dw_simulator.types import NUMERIC_KINDS

_ROOMS = frozenset(
    "room cabin apartment flat suite villa house chalet tent pitch unit accommodation bungalow berth".split()
)
_HOLDS = frozenset({"occupancy", "capacity", "sleeps", "guest", "person", "people", "pax", "bed", "occupant"})
_MOST = frozenset({"max", "maximum", "capacity", "sleeps", "limit"})
_GROWN = frozenset({"adult", "guest", "person", "people", "pax", "occupant", "traveler", "traveller"})
_SMALL = frozenset({"child", "children", "kid"})
_COUNTED = frozenset({"number", "count", "num", "total", "of", "party", "size"})


def room_for_guests(row: Row) -> Iterator[Twin]:
    """The persons of a stay, in tables that reference the room."""
    table = row.table
    grown, small = _persons(table, _GROWN), _persons(table, _SMALL)
    found = next(_holds(table), None) if grown is not None else None
    if grown is None or found is None:
        return
    link, most = found
    if grown.required and not link.required:
        return
    sources = {"most": RoleSource(bare(most), link)}
    line = "value = greatest(part(most, 0.4, 1), 1) | at most {most}"
    yield Twin(bare(grown), line, sources)
    if small is not None:
        line = "value = seldom(0.3, part(most - grown, 0.3, 1)) | in what room {grown} leave of {most}"
        yield Twin(bare(small), line, {**sources, "grown": bare(grown)})


def _persons(table: TableSketch, words: frozenset[str]) -> ColumnSketch | None:
    for column in table.columns.values():
        said = {*column.words, *plain_words(column.name)}
        plain = bool(said & words) and said <= words | _COUNTED
        if (
            plain
            and column.kind in NUMERIC_KINDS
            and not (column.hidden or column.keyed or column.column.type.scale)
        ):
            return column
    return None


def _holds(table: TableSketch) -> Iterator[tuple[Link, ColumnSketch]]:
    """The room of a row, and the column that tells how many it holds."""
    for link in table.links:
        if link.to_itself or len(link.columns) > 1 or not {*link.parent.noun} & _ROOMS:
            continue
        for column in link.parent.columns.values():
            said = {*column.words, *plain_words(column.name)}
            if said & _MOST and said & _HOLDS and column.kind in NUMERIC_KINDS and not column.hidden:
                yield link, column
