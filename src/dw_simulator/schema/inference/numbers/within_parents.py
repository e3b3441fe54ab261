"""What the rows of one parent come to together: shares of 1, payments of an invoice, numbers 1, 2, 3."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.chained_readings import chained_readings
from dw_simulator.schema.inference.numbers.header_sums import (
    HeaderSum,
    Numbers,
    header_sums,
    hidden_subtotal,
    may_be_said,
    may_stand_by,
    share_of_total,
)
from dw_simulator.schema.inference.numbers.measure_roles import in_hundredths, said_by
from dw_simulator.schema.inference.numbers.period_balances import period_balances
from dw_simulator.schema.inference.numbers.places_taken import places_taken
from dw_simulator.schema.inference.numbers.portions import portions
from dw_simulator.schema.inference.numbers.ratings import ratings
from dw_simulator.schema.inference.numbers.running_balances import running_balance
from dw_simulator.schema.inference.numbers.share_models import one_model
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.types import NUMERIC_KINDS, Kind

_PAYMENTS = frozenset({"pay", "installment", "instalment", "settlement", "remittance"})
_TO_PAY = ("total", "gross", "amount", "net", "subtotal", "premium", "instalment", "paid")
_ORDINALS = frozenset(
    """line|number item|number position|number position sequence sequence|number leg|number stop|number
    version|number revision|number installment|number instalment|number step|number line|no ordinal
    attempt|number page|number sequence|no stop|sequence leg|sequence step|sequence""".split()
)

_DEEPEST = 4
"""So many levels of parts of parts are followed."""
_Named = tuple[str, str]


Parts = list[tuple[ColumnSketch, ColumnSketch]]
"""Columns, and those of their parents that they are parts of."""


def within_parents(sketch: Sketch, numbers: Mapping[str, Numbers]) -> tuple[list[HeaderSum], Parts]:
    """Say what rows come to together; what headers are the sums of. numbers: those of each table."""
    parts: Parts = []
    sums = header_sums(sketch, numbers)
    stands = {one.link.child.name: one.link for one in sums}
    for table in list(sketch.tables.values()):
        for link in table.links:
            if table.name not in stands and may_stand_by(link):
                hidden = hidden_subtotal(link, numbers[table.name], numbers[link.parent.name])
                if hidden is not None:
                    sums.append(hidden)
                    stands[table.name] = link
    for one in sums:
        one.say()
    sums += places_taken(sketch, numbers, stands)
    ratings(sketch, stands)
    for table in list(sketch.tables.values()):
        if table.hidden or not table.links:
            continue
        _shares(table, numbers, stands)
        parts += _payments(table, numbers, stands, sums)
        _numbered(table, stands)
        period_balances(table, numbers, stands)
        running_balance(table, numbers, stands)
        chained_readings(table, numbers, stands)
    return sums, parts + portions(sketch, numbers, stands)


def _link(table: TableSketch, stands: dict[str, Link], wanted: list[Link]) -> Link | None:
    """The reference by which a table's rows stand together, if it is a wanted one or none is chosen yet."""
    chosen = stands.get(table.name)
    if chosen is not None:
        return chosen if chosen in wanted else None
    return next((link for link in wanted if may_stand_by(link)), None)


def _shares(table: TableSketch, numbers: Mapping[str, Numbers], stands: dict[str, Link]) -> None:
    """Weights, allocations and splits of what is referenced sum to 1, or to 100."""
    goals = [one for one in numbers[table.name].get("share_weight", ()) if may_be_said(one.column)]
    if len(goals) != 1:
        return
    column = goals[0].column
    with_amount = [link for link in table.links if _has_amount(numbers[link.parent.name])]
    links = [link for link in with_amount or table.links if link.required or not column.required]
    link = _link(table, stands, links)
    if link is None:
        return
    stands[table.name] = link
    whole = 100 if in_hundredths(column.column.type, column.words) else 1
    rule: dict[str, Json] = {"name": "target", "by": link.name, "sum": whole}
    nulls: dict[str, Json] = {} if column.required else {"null_fraction": 0}
    column.says(
        Found(
            f"a share of its {link.parent.name}: they sum to {whole}", {"rule": rule, "min_value": 0, **nulls}
        )
    )
    one_model(table, link, column, whole)


def _has_amount(numbers: Numbers) -> bool:
    roles = ("amount", "total", "revenue")
    return any(not one.owner for role in roles for one in numbers.get(role, ()))


def _payments(
    table: TableSketch, numbers: Mapping[str, Numbers], stands: dict[str, Link], sums: list[HeaderSum]
) -> Parts:
    """What is paid for an invoice comes to what is to be paid."""
    if not set(table.noun) & _PAYMENTS:
        return []
    own = numbers[table.name]
    goals = [one for role in ("amount", "paid", "instalment") for one in own.get(role, ()) if not one.owner]
    if not goals or not may_be_said(goals[0].column):
        return []
    goal = goals[0].column
    if any(one.column is goal for one in sums):
        return []  # lines of a settlement, which is their sum already
    wanted: dict[str, ColumnSketch] = {}
    for link in table.links:
        parent = numbers[link.parent.name]
        totals = [one.column for role in _to_pay(parent) for one in parent.get(role, ()) if not one.owner]
        if parent.keys() >= {"opening_balance", "closing_balance"}:
            continue  # what is paid of a balance has no end
        if totals and (link.required or not goal.required) and _fits(goal, totals[0]):
            wanted[link.name] = totals[0]
    found = _link(table, stands, [link for link in table.links if link.name in wanted])
    if found is None:
        _paid_by(table, goal, numbers, stands)
        return []
    stands[table.name] = found
    total = wanted[found.name]
    sql = share_of_total(found, total)
    rule: dict[str, Json] = expression(sql)
    goal.says(Found(f"a part of {found.name}.{total.name}: they come to it", {"rule": rule}))
    paid = [one for one in numbers[found.parent.name].get("paid", ()) if not one.owner]
    if paid and may_be_said(paid[0].column):
        sums.append(HeaderSum(paid[0].column, found, goal))
        sums[-1].say()
    return [(goal, total)]


def _to_pay(parent: Numbers) -> Sequence[str]:
    """Roles of what is to be paid, the likeliest first: the net where that is the gross less a discount."""
    lessened = parent.get("discount") and parent.get("net") and not parent.get("tax")
    return ("total", "net", *_TO_PAY) if lessened else _TO_PAY


def _paid_by(
    table: TableSketch, goal: ColumnSketch, numbers: Mapping[str, Numbers], stands: dict[str, Link]
) -> None:
    """What a parent says is paid is what its payments come to, where these cannot be parts of it."""
    for link in table.links:
        paid = [one.column for one in numbers[link.parent.name].get("paid", ()) if not one.owner]
        if paid and may_be_said(paid[0]) and _link(table, stands, [link]) is not None:
            stands[table.name] = link
            HeaderSum(paid[0], link, goal).say()
            return


def _fits(goal: ColumnSketch, total: ColumnSketch) -> bool:
    """Whether what is to be paid has a place in what one row pays, and is not NULL where that may not be."""
    one, other = goal.column.type, total.column.type
    if goal.required and not total.required:
        return False
    if one.kind is Kind.FLOAT:
        return True
    return other.kind is not Kind.FLOAT and one.scale >= other.scale and _digits(one) >= _digits(other)


def _digits(type_: object) -> int:
    precision, scale, bits = (getattr(type_, name) for name in ("precision", "scale", "bits"))
    return int(precision - scale if precision else bits * 3 // 10)


def _numbered(table: TableSketch, stands: dict[str, Link]) -> None:
    """Numbers of lines, legs and instalments begin anew with each parent."""
    for one in table.columns.values():
        if one.kind not in NUMERIC_KINDS or one.column.type.scale or not may_be_said(one):
            continue
        words = "|".join(word for word in one.words if word not in table.noun[:-1])
        said = {"|".join(one.words), words, "|".join(sorted(said_by(one.words)))}
        if not said & _ORDINALS:
            continue
        link = _link(table, stands, [link for link in table.links if link.required or not one.required])
        if link is None:
            return
        stands[table.name] = link
        rule: dict[str, Json] = {"name": "window", "function": "number", "reference": link.name}
        one.says(Found(f"its number within {link.parent.name}", {"rule": rule}))
        return


def bound(part: ColumnSketch, bounds: Mapping[str, Json]) -> None:
    """A part that is added again is no more than the whole: how far its sums reach has to be known."""
    if part.found is not None and part.rule.get("name") == "expression":
        part.says(replace(part.found, fields={**part.fields, **bounds}))


def short_chains(within: Mapping[_Named, _Named]) -> dict[_Named, _Named]:
    """Parts of others without long chains: a total of a total of a total is far from any number drawn."""
    depth: dict[_Named, int] = {}
    for one in within:
        chain = [one]
        while chain[-1] in within and chain[-1] not in depth and len(chain) <= len(within):
            chain.append(within[chain[-1]])
        for place in reversed(chain):
            depth.setdefault(place, depth.get(within[place], 0) + 1 if place in within else 0)
    return {one: other for one, other in within.items() if depth[one] <= _DEEPEST}
