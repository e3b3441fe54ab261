"""What was sold for something that is called off is paid back.

seat (show_id -> show (status: planned, over, cancelled), bought_at, refunded_at)
    refunded_at    nearly always where the show is cancelled, seldom elsewhere

Only of what takes place: who leaves a club is paid nothing back of what was bought there before.
"""

import re
from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.shape.ways_there import ways_from
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.schema.json_data import Json, JsonObject, items_of
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_BACK = frozenset({"refund", "refunded", "repay", "reimburse"})
_OFF = frozenset({"cancel", "cancelled", "canceled", "abandoned", "annulled"})
_STATES = frozenset({"status", "state"})
_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_SURE = 0.97
_LITERAL = re.compile(r"THEN '([^']+)'")


def paid_back(sketch: Sketch) -> None:
    """Moments of refunds are there where what was paid for is called off."""
    if not sketch.has("expression", "after"):
        return
    for table in list(sketch.tables.values()):
        if table.hidden or not table.links:
            continue
        for column in list(table.columns.values()):
            if column.kind in _MOMENTS and _BACK & {*column.words} and _by_chance(column):
                _follow(column)


def _by_chance(column: ColumnSketch) -> bool:
    """Whether a moment comes after others, or not, by chance alone."""
    share = column.fields.get("null_fraction")
    drawn = column.rule.get("name") == "after" and isinstance(share, int | float) and 0 < share < 1
    return drawn and column.open and not (column.required or column.unless)


def _follow(column: ColumnSketch) -> None:
    table = column.table
    if any(_off(one) for one in table.columns.values()):
        return  # what becomes of the row is told by itself
    for way in ways_from(table):
        if not {*way[-1].parent.noun[-1:]} & role_words("occasions"):
            continue
        for status in way[-1].parent.columns.values():
            off = _off(status)
            if off:
                _say(column, way, status, off)
                return


def _off(status: ColumnSketch) -> list[str]:
    """The values of a status that say that something is called off, if it has others."""
    if status.kind is not Kind.TEXT or status.hidden or not _STATES & {*status.words}:
        return []
    listed = list(_values(status.rule))
    for states in status.table.states.values():
        listed += states.values()
    listed += _LITERAL.findall(str(status.rule.get("sql", "")))
    off = [value for value in dict.fromkeys(listed) if _OFF & {*read(value).words}]
    return off if len(off) < len(set(listed)) else []


def _values(rule: Json) -> Iterator[str]:
    """The values that a rule lists, in whichever of its cases."""
    if isinstance(rule, Mapping):
        yield from map(str, items_of(rule.get("values") or []))
        for name, said in rule.items():
            yield from () if name == "values" else _values(said)
    elif isinstance(rule, list):
        for one in rule:
            yield from _values(one)


def _say(column: ColumnSketch, way: list[Link], status: ColumnSketch, off: list[str]) -> None:
    assert column.found is not None, "it has a rule"
    share = float(str(column.fields["null_fraction"]))
    name = quoted_name(way[0].name, status.name)
    if len(way) > 1:
        lookup: JsonObject = {"reference": [link.name for link in way], "column": status.name}
        told = f"the {status.name} of {way[-1].parent.name}"
        hidden = _shown(column.table, f"{status.name}_of_{way[-1].parent.name}", lookup, (status, told))
        name = quoted_name(hidden.name)
    called_off = f"{name} IN ({', '.join(map(quoted_text, off))})"
    sql = f"noise('paid back') >= CASE WHEN {called_off} THEN {_SURE} ELSE {1 - share:.4g} END"
    fields = {key: value for key, value in column.fields.items() if key != "null_fraction"}
    reason = f"{column.found.meaning}, mostly where {way[-1].parent.name} is called off"
    column.says(Found(reason, {**fields, "null_when": sql}))


def _shown(table: TableSketch, name: str, lookup: JsonObject, of: tuple[ColumnSketch, str]) -> ColumnSketch:
    status, told = of
    return table.add_hidden(
        name, status.column.data_type, Found("", {"lookup": lookup}, told), required=False
    )
