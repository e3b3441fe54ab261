"""Reasons that fit what came back: only what is worn has a wrong size, and nothing is late at a counter.

refund_line (line_id -> order_line (ware_id -> ware (category)), reason)
    reason    "Wrong size" where the category is one of clothes or shoes, other reasons elsewhere
"""

from collections.abc import Iterator, Sequence

from dw_simulator.schema.inference.alone.kind_columns import fields_of
from dw_simulator.schema.inference.alone.kind_rows import groups_for, label_of
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.shape.ways_there import values_of, ways_from
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.kind_groups import KindGroup
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.schema.json_data import Json, JsonObject, items_in, items_of
from dw_simulator.types import Kind

_WHY = frozenset({"reason", "cause", "why"})
_OF_SIZE = frozenset({"size", "fit", "small", "large", "tight", "loose"})
_OF_DELIVERY = frozenset({"late", "transit", "deliver", "delivery", "ship", "shipping", "courier"})
_COUNTERS = frozenset({"store", "shop", "branch", "outlet", "kiosk", "till", "register"})
_SENT = frozenset({"ship", "shipping", "deliver", "delivery", "carrier", "freight", "parcel", "tracking"})
_FEWEST = 3
"""Reasons that have to be left."""


def fitting_reasons(sketch: Sketch) -> None:
    """Reasons of what is returned go by what it is."""
    if not sketch.has("cases", "choice"):
        return
    for column in list(sketch.open()):
        if column.kind is Kind.TEXT and _WHY & {*column.words} and column.rule.get("name") == "choice":
            _fit(sketch, column)


def _fit(sketch: Sketch, column: ColumnSketch) -> None:
    values = [str(value) for value in items_in(column.rule.get("values"))]
    sized, sent = _told(values, _OF_SIZE), _told(values, _OF_DELIVERY)
    if not sized:
        return
    for way in ways_from(column.table):
        there = _worn(sketch, way)
        if there is not None:
            leave = sent if _at_a_counter(way) else set()
            _say(column, way, there, (sized, leave))
            return


def _told(values: Sequence[str], words: frozenset[str]) -> set[str]:
    return {value for value in values if words & {*read(value).words}}


def _worn(sketch: Sketch, way: list[Link]) -> tuple[list[Link], ColumnSketch, set[str]] | None:
    """What says of a thing what it is: the way there, the column, and its values for what is worn."""
    table = way[-1].parent
    for group in groups_for(table):
        if not any(_has_size(group, kind) for kind in group.kinds(group.levels[-1])):
            continue
        for level in reversed(group.levels):
            for column in table.columns.values():
                shows = column.kind is Kind.TEXT and not column.hidden and column.open
                if shows and any(name == level for _place, name, _factor in fields_of(column, group)):
                    values = values_of(sketch, column)
                    if values and any(group.lines_of(value) for value in values):
                        return way, column, {one for one in values if _has_size(group, one)}
        for link in table.links:
            label = label_of(link, group)
            values = values_of(sketch, label) if label is not None else []
            if label is not None and any(group.lines_of(value) for value in values):
                return [*way, link], label, {one for one in values if _has_size(group, one)}
    return None


def _has_size(group: KindGroup, kind: str) -> bool:
    """Whether some things of a kind come in sizes of people."""
    return any(line.cells.get("size", "")[:1] == "@" for line in group.lines_of(kind))


def _at_a_counter(way: list[Link]) -> bool:
    """Whether what comes back was sold at a counter, and not sent."""
    tables = [way[0].child, *(link.parent for link in way[:-1])]
    sold = any(_COUNTERS & {*link.parent.noun[-1:]} for table in tables for link in table.links)
    words = {word for table in tables for column in _plain(table) for word in column.words}
    return sold and not words & _SENT


def _plain(table: TableSketch) -> Iterator[ColumnSketch]:
    """The columns that reference nothing: the number of a receipt is none of a delivery."""
    linked = {name for link in table.links for name in link.columns}
    return (column for column in table.columns.values() if column.name not in linked)


def _say(
    column: ColumnSketch,
    way: list[Link],
    there: tuple[list[Link], ColumnSketch, set[str]],
    without: tuple[set[str], set[str]],
) -> None:
    assert column.found is not None, "it has a rule"
    way, shown, worn = there
    sized, sent = without
    rule = column.rule
    values = [str(value) for value in items_of(rule["values"])]
    weights = [*items_of(rule.get("weights") or [1] * len(values))]

    def listed(leave: set[str]) -> JsonObject:
        kept = [(one, weight) for one, weight in zip(values, weights, strict=True) if one not in leave]
        return {"values": [one for one, _weight in kept], "weights": [weight for _one, weight in kept]}

    plain, fitting = listed(sized | sent), listed(sent)
    if len(items_of(plain["values"])) < _FEWEST:
        return
    path: list[Json] = [link.name for link in way]
    given: JsonObject = {"reference": path, "column": shown.name}
    cases: JsonObject = {value: {"name": "choice", **fitting} for value in sorted(worn)}
    said: JsonObject = {"name": "choice", **plain}
    if cases:
        said = {"name": "cases", "given": given, "cases": cases, "otherwise": said, "spare": True}
    meaning = f"{column.found.meaning}, by {shown.name} of {way[-1].parent.name}"
    column.says(Found(meaning, {**column.found.fields, "rule": said}))
