"""What a line takes was there on the day of its header: a batch that came in, a product that is still listed.

order (order_id, ordered_at)
order_line (order_id -> order, product_id -> product (listed_at, delisted_at))
    product_id    pick at the order's ordered_at, since listed_at, until delisted_at
receipt_line (receipt_id -> receipt, batch_id -> batch (received_on, expires_on))
"""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.stages import MASTERS
from dw_simulator.schema.inference.shape.fan_out_guesses import is_lookup
from dw_simulator.schema.inference.shape.star_facts import (
    forget,
    happening,
    is_free,
    lifetime,
    matched,
    popularity,
    rests_on,
)
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_BATCHES = frozenset({"batch", "lot"})
_CAME = frozenset({"receive", "received", "deliver", "delivered", "reception", "arrive", "entry", "stock"})
_GONE = frozenset({"expires", "expire", "expiry", "expiration", "due"})
_LINES = frozenset({"line", "item", "detail", "position", "row"})


def line_things(sketch: Sketch) -> None:
    """Lines of a header reference what was there at its moment."""
    if not sketch.has("expression"):
        return
    for table in list(sketch.tables.values()):
        if not table.hidden and table.table.rows is None and table.links:
            _lines(table)


def _lines(table: TableSketch) -> None:
    header = _header(table)
    if header is None:
        return
    link, moment = header
    for other in table.links:
        times = _there(other.parent) if other is not link and _may_pick(table, link, other) else None
        if times is None or rests_on(table, link.name, other.name):
            continue
        since, until = times
        at = _looked_up(table, link, moment)
        pick: dict[str, Json] = {"at": at, "since": since, "any": True, **matched(other)}
        if until:
            pick["until"] = until
        pick["weights"] = quoted_name(popularity(other.parent))
        forget(other)
        other.says(f"one that was there on the day of its {link.parent.name}", {"pick": pick})


def _header(table: TableSketch) -> tuple[Link, ColumnSketch] | None:
    """What a row without a moment of its own is a line of, and when that was."""
    if any(one.kind in _MOMENTS and not one.hidden for one in table.columns.values()):
        return None
    for link in table.links:
        moment = happening(link.parent) if len(link.columns) == 1 and link.required else None
        named = {*table.noun} >= {*link.parent.noun} or bool({*table.noun} & _LINES)
        lasts = link.to_itself or is_lookup(link.parent) or _lasts(link.parent)
        if moment is not None and named and not lasts:
            return link, moment
    return None


def _lasts(table: TableSketch) -> bool:
    """Whether it is a thing that is there for a while, and no header of what happens."""
    return _there(table) is not None and not any(one.parent.name != table.name for one in table.links)


def _may_pick(table: TableSketch, header: Link, link: Link) -> bool:
    """Whether a reference is to a thing, and may be told by when that is there."""
    single = len(link.columns) == 1 and not link.to_itself and not link.keyed and not link.one_to_one
    near = link.parent is header.parent or any(one.parent is header.parent for one in link.parent.links)
    lasts = bool({*link.parent.noun[-1:]} & (MASTERS | _BATCHES)) and not is_lookup(link.parent)
    return single and lasts and not near and is_free(link) and table.stands_by != link.name


def _there(table: TableSketch) -> tuple[str, str] | None:
    """From when and until when there is a thing."""
    if {*table.noun} & _BATCHES:
        moments = [
            one
            for one in table.columns.values()
            if one.kind in _MOMENTS and not (one.hidden or one.column.type.zoned)
        ]
        came = next((one for one in moments if {*one.words} & _CAME and one.required), None)
        gone = next((one for one in moments if {*one.words} & _GONE), None)
        return None if came is None else (came.name, gone.name if gone is not None else "")
    return lifetime(table)


def _looked_up(table: TableSketch, link: Link, moment: ColumnSketch) -> str:
    """A hidden column with the moment of the header."""
    name = f"{moment.name}_of_{link.parent.name}"
    if name not in table.columns:
        found = Found(
            "",
            {"lookup": {"reference": link.name, "column": moment.name}},
            f"when its {link.parent.name} was",
        )
        return table.add_hidden(name, moment.column.data_type, found).name
    return name
