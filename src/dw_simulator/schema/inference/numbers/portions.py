"""What is sold, shipped or returned of a referenced row comes to no more than there was.

Each row has its part of the referenced number, told by its own number among its siblings: of 7 tickets that
are sold three times 3, 2 and 2 are sold. The referenced number is at least as great as it has rows.
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.formulas import is_whole
from dw_simulator.schema.inference.numbers.free_measures import free_of
from dw_simulator.schema.inference.numbers.header_sums import (
    HeaderSum,
    Numbers,
    counted_rows,
    is_line,
    may_be_said,
    may_stand_by,
)
from dw_simulator.schema.inference.numbers.measure_roles import APART
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_OF = {
    "returned_qty": ("received_qty", "shipped_qty", "quantity"),
    "received_qty": ("shipped_qty", "quantity"),
    "shipped_qty": ("quantity",),
    "quantity": ("quantity",),
}
"""What a number is a part of, in the referenced row."""
_SHARES = {"returned_qty": (0.2, 0.7), "quantity": (0.7, 0.3), "shipped_qty": (0.9, 0.3)}
"""How often the whole part is taken, and the least share of it otherwise."""
_USUAL = (0.85, 0.3)
COMMITTED = frozenset(
    """listing order sale purchase line offer contract shipment delivery lot batch requisition reservation
    booking transaction position invoice allocation quote ticket""".split()
)
"""Rows of which a quantity is given away in parts; a product's is no such thing."""
_MOST = 500
"""No number is raised above this for its rows."""


def portions(
    sketch: Sketch, numbers: Mapping[str, Numbers], stands: dict[str, Link]
) -> list[tuple[ColumnSketch, ColumnSketch]]:
    """Say which part of a referenced number each row has; the columns and what they are parts of."""
    found: list[tuple[ColumnSketch, ColumnSketch, Link, str]] = []
    for table in list(sketch.tables.values()):
        if not table.hidden and table.links:
            one = _wanted(table, numbers, stands)
            if one is not None:
                found.append(one)
    goals = {id(one[0]) for one in found}
    for goal, whole, link, role in found:
        stands[link.child.name] = link
        if id(whole) not in goals and not _made_of_others(whole, numbers):
            _enough(whole, link)
        _say(goal, whole, link, role)
    return [(goal, whole) for goal, whole, _link, _role in found]


def _wanted(
    table: TableSketch, numbers: Mapping[str, Numbers], stands: dict[str, Link]
) -> tuple[ColumnSketch, ColumnSketch, Link, str] | None:
    own = numbers[table.name]
    for role, wholes in _OF.items():
        apart = [one for one in own.get(role, ()) if not one.owner & APART]
        goals = [one.column for one in apart if may_be_said(one.column)]
        if len(goals) != 1 or any(own.get(whole) for whole in wholes if whole != role):
            continue  # it is a part of what its own row says
        goal = goals[0]
        for link in table.links:
            chosen = stands.get(table.name)
            free = chosen is link or (chosen is None and may_stand_by(link))
            if not free or is_line(link) or (goal.required and not link.required):
                continue
            if role == "quantity" and COMMITTED.isdisjoint(link.parent.noun[-1:]):
                continue
            whole = _whole(numbers[link.parent.name], wholes, goal)
            if whole is not None:
                return goal, whole, link, role
    return None


def _whole(parent: Numbers, roles: tuple[str, ...], goal: ColumnSketch) -> ColumnSketch | None:
    for role in roles:
        for one in parent.get(role, ()):
            column, type_ = one.column, goal.column.type
            alike = column.column.type.scale == type_.scale and column.kind is goal.kind
            if not one.owner and alike and goal.kind is not Kind.FLOAT and not column.keyed:
                return column
    return None


def _made_of_others(whole: ColumnSketch, numbers: Mapping[str, Numbers]) -> bool:
    """Whether a number is itself a part of one that its row references."""
    return any(
        not one.owner and not is_line(link)
        for link in whole.table.links
        for one in numbers[link.parent.name].get("quantity", ())
    )


def _enough(whole: ColumnSketch, link: Link) -> None:
    """As much of something as it has rows, so that each has some."""
    type_ = whole.column.type
    if not may_be_said(whole) or not is_whole(type_.kind, type_.scale) or type_.bits > 64:
        return
    free = free_of("quantity")
    assert free is not None, "the data have it"
    fields = whole.found.fields if whole.found is not None else {}
    if str(whole.rule.get("name", "")) in ("", "uniform") and "distribution" not in fields:
        fields = free.fields(whole, free.bounds(whole)[1]) or {}
    fields = {name: said for name, said in fields.items() if name not in ("null_fraction", "null_when")}
    drawn = link.parent.add_hidden(f"{whole.name}_drawn", whole.column.data_type, Found("a quantity", fields))
    count = link.parent.add_hidden(f"{link.child.name}_count", "BIGINT", Found("a count", {}))
    HeaderSum(count, link, None).say()
    one, most = quoted_name(drawn.name), min(_MOST, int(type_.limits[1]) // 10**type_.scale)
    sql = f"GREATEST({one}, LEAST({quoted_name(count.name)}, {most}))"
    high = fields.get("max_value", most)
    high = max(int(high), most) if isinstance(high, int | float) else most
    rule: dict[str, Json] = expression(sql)
    nulls: dict[str, Json] = {} if whole.required else {"null_fraction": 0}
    told = f"a quantity, at least the number of its {link.child.name}"
    whole.says(Found(told, {"rule": rule, "min_value": 0, "max_value": high, **nulls}))


def _say(goal: ColumnSketch, whole: ColumnSketch, link: Link, role: str) -> None:
    count, number = counted_rows(link)
    all_, n, place = quoted_name(link.name, whole.name), quoted_name(count.name), quoted_name(number.name)
    unit = 10**goal.column.type.scale
    scaled = f"{all_} * {unit}" if unit > 1 else all_
    even = f"FLOOR(({scaled} + {n} - {place}) / {n})"
    often, least = _SHARES.get(role, _USUAL)
    less = f"FLOOR({even} * ({least:g} + {1 - least:g} * noise('part')))"
    sql = f"CASE WHEN noise('whole') < {often:g} THEN {even} ELSE GREATEST({less}, LEAST({even}, 1)) END"
    sql = f"({sql}) / {unit}" if unit > 1 else sql
    if not (whole.required or whole.fields.get("null_fraction") == 0) and goal.required:
        sql = f"COALESCE({sql}, 1)"
    if not goal.column.type.scale:
        sql = f"GREATEST({sql}, 1)"
    rule: dict[str, Json] = expression(sql)
    nulls: dict[str, Json] = {} if goal.required else {"null_fraction": 0}
    told = f"its part of {link.name}.{whole.name}: they come to no more together"
    goal.says(Found(told, {"rule": rule, **nulls}))
