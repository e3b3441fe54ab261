"""Stock that is ordered again: something is on order where little is left, and hardly anything elsewhere.

    part (on_hand, reorder_point, on_order)
        on_hand     from nothing to some times the reorder point
        on_order    0, unless less than the reorder point is there

Where nothing says when a thing is ordered again, most rows have nothing on order.
"""

import re

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.free_measures import greatest
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import role_of
from dw_simulator.schema.inference.numbers.row_numbers import numbers_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_ROLES = ("on_hand", "on_order", "reorder_point")
_STOCK = "a stock"
_STOCKED = frozenset({"stock", "inventory"})
_OUT, _LEAST, _MOST = 0.03, 0.25, 3.0
"""The share of what is out of stock; and which multiples of its reorder point the stock of the rest is."""
_LATE, _EARLY = 0.12, 0.05
"""Shares of what is low and not ordered yet, and of what is ordered before it is low."""
_SELDOM = 0.22
"""Of what is on order where nothing says when a thing is ordered again."""


def reordering(sketch: Sketch) -> None:
    """What is on order goes by what is left."""
    if not sketch.has("expression"):
        return
    for table in list(sketch.tables.values()):
        if not table.hidden and len(table.columns) > 1:
            _say(table, sketch)


def _say(table: TableSketch, sketch: Sketch) -> None:
    found: dict[str, ColumnSketch] = {}
    for column in numbers_of(table):
        role = _role(column)
        if role and role not in found:
            found[role] = column
    order = found.get("on_order")
    if order is None:
        return
    compared = {*sketch.compared(table), *sketch.listed(table)}
    stock, point = found.get("on_hand"), found.get("reorder_point")
    if stock is not None and point is not None and _drawn(stock, compared):
        _around(stock, point)
    if _drawn(order, compared):
        _ordered(order, stock, point)


def _role(column: ColumnSketch) -> str:
    role, owner = role_of(column.words, column.table.noun)
    if role in _ROLES and owner <= _STOCKED:
        return role
    return "on_hand" if column.found is not None and column.found.meaning == _STOCK else ""


def _drawn(column: ColumnSketch, compared: set[str]) -> bool:
    """Whether nothing has been said of a number but how it is spread."""
    if _bounded(column):
        return False
    plain = column.found is not None and column.rule.get("name") in (None, "price")
    return plain and may_be_said(column) and not column.unless and column.name not in compared


def _bounded(column: ColumnSketch) -> bool:
    """Whether a CHECK says more of a number than that it is not below 0."""
    name = rf"[\"`\[]?\b{re.escape(column.name)}\b[\"`\]]?"
    for check in column.table.table.checks:
        rest = re.sub(rf"{name}\s*>=\s*0\b(?!\.)", "", check, flags=re.IGNORECASE)
        if re.search(name, rest, flags=re.IGNORECASE):
            return True
    return False


def _most(column: ColumnSketch) -> float | None:
    """The most that a number may be, by what was found and by its type; None for as much as one likes."""
    said = column.fields.get("max_value")
    ends = [float(said)] if isinstance(said, int | float) else []
    if column.kind is not Kind.FLOAT:
        ends.append(greatest(column.column.type))
    return min(ends, default=None)


def _around(stock: ColumnSketch, point: ColumnSketch) -> None:
    """A stock that lies around its reorder point, and is nothing now and then."""
    level = quoted_name(point.name)
    most = _most(stock)
    times = f"{_LEAST} + {_MOST - _LEAST} * noise('level')"
    there = _whole(f"CAST(COALESCE({level}, 40) AS DOUBLE) * ({times})", stock)
    sql = f"CASE WHEN noise('out') < {_OUT} THEN 0 ELSE {there} END"
    if most is not None:
        sql = f"LEAST({sql}, {most:.15g})"
    bounds = {name: stock.fields[name] for name in ("min_value", "max_value") if name in stock.fields}
    _tell(stock, sql, f"a stock around its {point.name}", bounds)


def _ordered(order: ColumnSketch, stock: ColumnSketch | None, point: ColumnSketch | None) -> None:
    assert order.found is not None, "it is drawn"
    bounds = {name: order.fields[name] for name in ("min_value", "max_value") if name in order.fields}
    drawn = order.table.add_hidden(
        f"{order.name}_drawn",
        order.column.data_type,
        Found(order.found.meaning, dict(order.fields)),
        required=True,
    )
    amount = quoted_name(drawn.name)
    if stock is None or point is None:
        sql = f"CASE WHEN noise('ordered') < {_SELDOM} THEN {amount} ELSE 0 END"
        _tell(order, sql, "what is on order, which is nothing most of the time", bounds)
        return
    left, level = quoted_name(stock.name), quoted_name(point.name)
    most = _most(order)
    enough = _whole(f"CAST({level} AS DOUBLE) * (1 + noise('more'))", order)
    enough = f"LEAST({enough}, {most:.15g})" if most is not None else enough
    sql = (
        f"CASE WHEN {left} < {level} THEN CASE WHEN noise('late') < {_LATE} THEN 0 ELSE {enough} END"
        f" WHEN noise('early') < {_EARLY} THEN {amount} ELSE 0 END"
    )
    _tell(order, sql, f"what is on order, where {stock.name} is below {point.name}", bounds)


def _whole(sql: str, column: ColumnSketch) -> str:
    return f"ROUND({sql})" if not column.column.type.scale else sql


def _tell(column: ColumnSketch, sql: str, told: str, bounds: dict[str, Json]) -> None:
    nulls: dict[str, Json] = {} if column.required else {"null_fraction": 0}
    column.says(Found(told, {"rule": expression(sql), **bounds, **nulls}))
