"""Where the events of a parent take place: first where it sets out, later where it is going.

shipment (orig_whse -> warehouse, dest_whse -> warehouse)
scan (shipment -> shipment, loc_cd, latitude, longitude, scanned_at)
    loc_cd      the warehouse that the shipment sets out from, and from the middle of its way on the other one
    latitude    that warehouse's
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.chained_legs import linked_ends
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_PLACES = frozenset(
    """location station site facility terminal depot stop hub port warehouse branch store yard airport node
    scan event""".split()
)
_CODED = frozenset({"code", "id", "number"})
_PARTS = frozenset({"latitude", "longitude", "city", "state", "province", "country", "postcode", "zip"})
_OF_A_PLACE = "place"


def tell_where(table: TableSketch, link: Link, early: str) -> None:
    """Events are where their parent is.

    link   the reference to the parent
    early  SQL for whether an event lies in the first half of the way
    """
    for origin, goal in linked_ends(link.parent.links):
        links = [one for one in table.links if one is not link and one.parent is origin.parent and one.open]
        plain = [one for one in links if len(one.columns) == 1 and not (one.keyed or one.one_to_one)]
        columns = [*_codes(table, origin), *_parts(table)]
        key = origin.reference.references_columns[0]
        shown = {one.name: _shown(one, origin.parent, key) for one in columns}
        if not (columns or plain) or None in shown.values():
            return
        for column in columns:
            _say(column, link, (origin, goal), str(shown[column.name]), early)
        for one in plain:
            _lead(one, link, (origin, goal), early)
        return


def _codes(table: TableSketch, origin: Link) -> Iterator[ColumnSketch]:
    """Codes of places, such as the key of the place that the parent sets out from."""
    key = origin.parent.column(origin.reference.references_columns[0])
    linked = {name for link in table.links for name in link.columns}
    for column in table.columns.values():
        words = {*column.words}
        named = bool(words & _PLACES) and bool(words & _CODED) and words <= _PLACES | _CODED
        room = column.kind is not Kind.TEXT or column.column.type.length >= key.column.type.length
        own = column.open and not (column.keyed or column.hidden) and column.name not in linked
        if named and own and room and column.kind is key.kind and {*words} - _CODED - {"scan", "event"}:
            yield column


def _parts(table: TableSketch) -> Iterator[ColumnSketch]:
    """Columns that tell where it is: of the one place of a row."""
    places = {
        str(one.rule.get("entity")) for one in table.columns.values() if one.rule.get("name") == _OF_A_PLACE
    }
    for column in table.columns.values():
        part = _last(column) & _PARTS
        own = column.open and not (column.keyed or column.hidden)
        if (
            part
            and own
            and len(places) < 2
            and not {*column.words} & {"customer", "person", "billing", "home"}
        ):
            yield column


def _shown(column: ColumnSketch, places: TableSketch, key: str) -> str | None:
    """The column of the table of places that says the same; None where none does. key: that of its codes."""
    words = _last(column)
    if not words & _PARTS:
        return key
    for other in places.columns.values():
        same = _last(other) == words and other.kind is column.kind and not other.hidden
        if same and other.column.type.length <= column.column.type.length:
            return other.name
    return None


def _last(column: ColumnSketch) -> set[str]:
    """What it is: lat_nbr is a latitude."""
    return {*[word for word in column.words if word not in _CODED][-1:]}


def _say(column: ColumnSketch, link: Link, ends: tuple[Link, Link], shown: str, early: str) -> None:
    here, there = (f"{quoted_name(link.name)}.{quoted_name(_of_end(end, shown))}" for end in ends)
    if column.required and not any(end.required for end in ends):
        return
    made = f"CASE WHEN {_begins(link, ends, early)} THEN {here} ELSE {there} END"
    told = f"{shown} of where its {' '.join(link.parent.noun)} is"
    column.says(Found(told, {"rule": expression(made), **never_null(column)}))


def _begins(link: Link, ends: tuple[Link, Link], early: str) -> str:
    """SQL for whether it is where it sets out from: also where nobody knows where it is going."""
    here, there = (f"{quoted_name(link.name)}.{quoted_name(end.name)}" for end in ends)
    return f"({early} AND {here} IS NOT NULL) OR {there} IS NULL"


def _of_end(end: Link, shown: str) -> str:
    """A column of the parent with what the place at one end of its way is like."""
    if shown == end.reference.references_columns[0]:
        return end.name
    lookup: JsonObject = {"reference": end.name, "column": shown}
    for column in end.child.columns.values():
        if column.hidden and column.fields.get("lookup") == lookup:
            return column.name
    type_ = end.parent.column(shown).column.data_type
    found = Found("", {"lookup": lookup}, f"the {shown} of {end.name}")
    return end.child.add_hidden(f"{end.name}_{shown}", type_, found, required=False).name


def _lead(one: Link, link: Link, ends: tuple[Link, Link], early: str) -> None:
    """A reference to a place leads to that place."""
    if one.required and not all(end.required for end in ends):
        return
    key = one.reference.references_columns[0]
    here, there = (f"{quoted_name(link.name)}.{quoted_name(end.name)}" for end in ends)
    made = f"CASE WHEN {_begins(link, ends, early)} THEN {here} ELSE {there} END"
    found = Found("where it is", {"rule": expression(made)})
    type_ = one.child.column(one.name).column.data_type
    place = one.child.add_hidden("whereabouts", type_, found, required=one.required)
    reason = f"{one.name} is where its {' '.join(link.parent.noun)} is"
    one.says(reason, {"pick": {"match": {key: place.name}}})
