"""When somebody did something first is before the first day that facts tell of: else it would be among them.

    dim_guest (guest_key, guest_no, first_booking_date, valid_from, valid_to)
    fct_booking (guest_key -> dim_guest, day_key -> dim_day, amount)
        first_booking_date    before the first day of dim_day

Facts of a star pick who was there by their day, and so no roll-up of them says when the first one was.
"""

from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.shape.snapshots import first_day_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.json_data import Json, JsonObject, items_of, object_of
from dw_simulator.types import Kind

_FIRST = frozenset({"first", "initial", "earliest"})
_DONE = frozenset(
    """purchase order sale buy booking book stay visit transaction payment rental ride trip call claim
    donation invoice reservation appointment admission subscription""".split()
)
_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})


def first_doings(sketch: Sketch) -> None:
    """First doings of whom facts tell lie before the days of the facts."""
    if not sketch.has("after", "sequence", "constant"):
        return
    for table in list(sketch.tables.values()):
        for column in list(table.columns.values()):
            words = {*column.words}
            if column.kind in _MOMENTS and column.open and words & _FIRST and words & _DONE:
                days = _days_of(table)
                if days is not None:
                    _before(sketch, column, days)


def _days_of(table: TableSketch) -> TableSketch | None:
    """The table of days by which facts on a table's rows are told."""
    for link in table.children:
        for fact in _told_in(link):
            for other in fact.links:
                if day_of(other.parent) is not None and other.required:
                    return other.parent
    return None


def _told_in(link: Link) -> Iterator[TableSketch]:
    """Where rows tell of a row: the table that references it, and what that is a line of."""
    yield link.child
    yield from (other.parent for other in link.child.links if other.parent.hidden)


def _before(sketch: Sketch, column: ColumnSketch, days: TableSketch) -> None:
    shown = _origin(sketch, column)
    rule = _rule(shown)
    if rule.get("name") not in ("after", "calendar"):
        return
    sources = rule.get("column") if rule.get("before") else []
    known = list(sources) if isinstance(sources, list) else [sources]
    if rule.get("name") == "after" and not rule.get("before"):
        return
    first = first_day_of(shown.table, days)
    said: JsonObject = {"name": "after", "column": [*known, first], "before": True, "within": "1500d"}
    said |= {"distribution": "exponential", "mean": "330d"}
    if "digits" in rule:
        said["digits"] = rule["digits"]
    nulls = {name: value for name, value in _fields(shown).items() if name in ("null_fraction", "null_when")}
    told = f"before the first day of {days.name}, as its rows tell of later ones"
    shown.says(Found("", {"rule": said, **nulls}, told))


def _origin(sketch: Sketch, column: ColumnSketch) -> ColumnSketch:
    """The column that versions look it up in, or the column itself."""
    lookup = object_of(column.fields.get("lookup") or {})
    said = lookup.get("reference") or []
    way = [said] if isinstance(said, str) else items_of(said)
    own = column.table.columns.get(str(way[0])) if len(way) == 1 else None
    if own is None or own.column.foreign_key is None:
        return column
    things = sketch.table(own.column.foreign_key.references_table)
    return things.columns.get(str(lookup["column"]), column) if things.hidden else column


def _fields(column: ColumnSketch) -> Mapping[str, Json]:
    if column.found is not None or not column.table.hidden:
        return column.fields
    declared: Mapping[str, Json] = column.column.model_dump(mode="json", exclude_defaults=True)
    return declared


def _rule(column: ColumnSketch) -> Mapping[str, Json]:
    rule = _fields(column).get("rule")
    return rule if isinstance(rule, Mapping) else {}
