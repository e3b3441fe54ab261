"""What is weighed, metered or worked costs its price by the unit: kilograms times price_kg.

The price is the row's own, or that of a referenced row: `energy_kwh` of a session times the `price_kwh` of
its tariff, and what the tariff asks for each session besides.
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.numbers.kept_back import kept_back
from dw_simulator.schema.inference.numbers.measure_roles import NumberColumn, per_unit, said_by
from dw_simulator.schema.inference.numbers.portions import COMMITTED
from dw_simulator.schema.inference.numbers.row_numbers import RoleSource, Row, bare, numbers_of
from dw_simulator.schema.inference.numbers.twin_numbers import Twin, alike
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch

_Words = frozenset[str]
_PRICES = _Words({"price", "tariff", "wage", "fare", "rate"})
_MEASURED = _Words(
    "kg g gram lb pound t ton tonne km kilometer mile kwh mwh liter litre l gallon hour minute".split()
)
"""Units that are no things to be counted."""
_PLAIN = _Words(
    """unit net agreed average spot market base standard amount applied current sale purchase per energy
    weight consumption work eur usd gbp chf""".split()
)
"""Words that a price by the unit may have besides."""
_MONEY = ("net", "amount", "line_total", "subtotal", "cost", "total", "gross", "revenue")
"""What the product may be, the nearest first."""
_NO_MEASURE = _Words(
    """price tariff wage fare rate cost amount value fee charge min max average start stop begin end capacity
    limit reading meter tare reject scrap waste percent target plan planned per overtime reserve stock free
    included""".split()
)
_NEAR = (_Words({"net"}), _Words({"billed"}), _Words({"total"}), _Words({"used"}), _Words({"worked"}))
"""Words of the one of several that is paid for."""
_FEES = _Words({"fee", "charge"})
_OTHER_FEES = _Words(
    """month monthly annual year yearly percent rate late cancel cancellation min max idle penalty overstay
    setup once deposit""".split()
)
_CAME = COMMITTED | {"deliver", "harvest", "receipt", "intake", "weighing", "session", "production"}
"""Rows of which a measure is settled in parts."""
_OWN_FEES = ("fee", "service_fee", "handling", "surcharge")


def measured_prices(row: Row) -> Iterator[Twin]:
    """The amount of a row that is a measure times a price by its unit."""
    goal = _goal(row)
    if goal is None:
        return
    for price, unit, link in _unit_prices(row.table, goal):
        measure = _measured(row.table, unit)
        if measure is None or measure is goal.column:
            continue
        sources: dict[str, NumberColumn | RoleSource] = {"units": bare(measure)}
        sources["price"] = RoleSource(bare(price), link) if link is not None else bare(price)
        fees = _fees(row, goal, link)
        sources |= {f"fee_{place}": fee for place, fee in enumerate(fees)}
        more = "".join(f" + perhaps(fee_{place})" for place in range(len(fees)))
        yield Twin(goal, f"total = units * price{more}", sources)
        yield from _part_of_what_came(row, measure, unit)
        return


def _part_of_what_came(row: Row, measure: ColumnSketch, unit: str) -> Iterator[Twin]:
    """What is settled of a delivery weighs no more than it."""
    if row.by_role.get("quantity"):
        return
    for link in row.table.links:
        sure = link.required or not measure.required
        whole = _measured(link.parent, unit) if sure and _CAME & {*link.parent.noun[-1:]} else None
        header = {*link.parent.noun} < {*row.table.noun}
        if whole is not None and not header and alike(measure, whole):
            line = "units = part(whole, 0.5, 1) | a part of {whole}"
            yield Twin(bare(measure), line, {"whole": RoleSource(bare(whole), link)})
            return


def _goal(row: Row) -> NumberColumn | None:
    """The amount that is paid for what is measured."""
    for role in ("gross", *_MONEY) if next(kept_back(row), None) is not None else _MONEY:
        found = [one for one in row.by_role.get(role, ()) if not one.owner]
        if len(found) == 1:
            return None if role in ("total", "gross") and row.by_role.get("tax") else found[0]
    return None


def _unit_prices(table: TableSketch, goal: NumberColumn) -> Iterator[tuple[ColumnSketch, str, Link | None]]:
    """Prices by a unit, the row's own first, with their units."""
    for column in numbers_of(table):
        if unit := priced_unit(column):
            yield column, unit, None
    for link in table.links:
        if not (link.to_itself or (goal.column.required and not link.required)):
            for column in numbers_of(link.parent):
                if unit := priced_unit(column):
                    yield column, unit, link


def priced_unit(column: ColumnSketch) -> str:
    """The unit by which a price is told; empty for what is no such price."""
    words = said_by(per_unit(column.name) or column.words)
    units, money = words & _MEASURED, words & _PRICES
    if not money or len(units) != 1 or words - units - money - _PLAIN:
        return ""
    return min(units)


def _measured(table: TableSketch, unit: str) -> ColumnSketch | None:
    """The number of a row that is told in a unit."""
    known = [
        (words, column)
        for column in numbers_of(table)
        if unit in (words := said_by(column.words))
        and not words & (_NO_MEASURE | _MEASURED - {unit})
        and not priced_unit(column)
    ]
    if len(known) > 1:
        for near in _NEAR:
            nearer = [one for one in known if near <= one[0]]
            if len(nearer) == 1:
                return nearer[0][1]
        known = [one for one in known if "gross" not in one[0]]
    return known[0][1] if len(known) == 1 else None


def _fees(row: Row, goal: NumberColumn, link: Link | None) -> list[NumberColumn | RoleSource]:
    """What is to be paid besides, whatever the measure: by the row, or by what has the price."""
    own = [one for role in _OWN_FEES for one in row.by_role.get(role, ()) if one is not goal]
    if own:
        totals = [one for one in row.by_role.get("total", ()) if one is not goal]
        return [] if totals else list[NumberColumn | RoleSource](own)
    if link is None:
        return []
    found = [
        one
        for one in numbers_of(link.parent)
        if (words := said_by(one.words)) & _FEES and not words & (_OTHER_FEES | _PRICES | _MEASURED)
    ]
    return [RoleSource(bare(one), link) for one in found] if len(found) <= 2 else []
