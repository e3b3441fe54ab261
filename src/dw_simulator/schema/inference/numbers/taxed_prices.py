"""Prices without and with tax: the one is the other and the tax on it.

tariff (price_per_day_excl_tax, vat_rate, price_per_day_incl_tax)
    price_per_day_incl_tax   price_per_day_excl_tax * (1 + vat_rate / 100)
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import NumberColumn, said_by
from dw_simulator.schema.inference.numbers.row_numbers import RoleSource, Row, bare, numbers_of
from dw_simulator.schema.inference.numbers.twin_numbers import Twin
from dw_simulator.schema.inference.sketch import ColumnSketch
from dw_simulator.types import Kind

_PRICED = frozenset({"price", "tariff", "fee", "fare", "charge", "rate", "cost", "premium"})
"""Words of what is told with and without its tax; a net weight has no tax, and a net salary another one."""
_NO_PRICE = frozenset({"weight", "salary", "wage", "percent", "ratio", "margin", "tax"})
_DULL = frozenset({"amount", "value"})
_OTHERS = ("net", "gross", "subtotal", "total", "amount", "line_total")
"""What a tax beside the two may be of instead."""
_USUAL = "gross = net * steps(1.07, 1.1, 1.2, 1.2) | {net} and its tax"
_Words = frozenset[str]


def taxed_prices(row: Row) -> Iterator[Twin]:
    """The prices with tax of a row that tells them without it as well."""
    priced: dict[_Words, ColumnSketch] = {}
    for one in numbers_of(row.table):
        words = said_by(one.words) - _DULL
        if words & {"net", "gross"} and words & _PRICED and not words & _NO_PRICE and _is_money(one):
            priced.setdefault(words, one)
    pairs = [
        (one, priced[words - {"net"} | {"gross"}])
        for words, one in priced.items()
        if words - {"net"} | {"gross"} in priced and "net" in words
    ]
    for net, gross in pairs:
        if not may_be_said(gross):
            continue
        tax = _tax(row, [*pairs[0]]) if len(pairs) == 1 else None
        sources: dict[str, NumberColumn | RoleSource] = {"net": bare(net)}
        rate = _rate(row, gross)
        if rate is not None:
            sources["tax_rate"] = rate
        if tax is not None and may_be_said(tax.column):
            line = "tax = net * rate(tax_rate)" if rate is not None else "tax = net * steps(0.07, 0.1, 0.2)"
            yield Twin(tax, line, sources)
            yield Twin(bare(gross), "gross = net + tax", {"net": bare(net), "tax": tax})
        elif rate is not None:
            yield Twin(bare(gross), "gross = net * (1 + rate(tax_rate)) | {net} and its tax", sources)
        else:
            yield Twin(bare(gross), _USUAL, sources)


def _is_money(column: ColumnSketch) -> bool:
    return bool(column.column.type.scale) or column.kind is Kind.FLOAT or column.words[-1:] == ("cents",)


def _tax(row: Row, pair: list[ColumnSketch]) -> NumberColumn | None:
    """The amount of the tax, where it can be of nothing else in the row."""
    others = [one for role in _OTHERS for one in row.by_role.get(role, ()) if one.column not in pair]
    taxes = row.by_role.get("tax", [])
    return taxes[0] if len(taxes) == 1 and not others else None


def _rate(row: Row, goal: ColumnSketch) -> NumberColumn | RoleSource | None:
    """The rate of the row, or of one that it references."""
    own = row.by_role.get("tax_rate", [])
    if own:
        return own[0] if len(own) == 1 else None
    for link in row.table.links:
        if link.to_itself or (goal.required and not link.required):
            continue
        for one in link.parent.columns.values():
            rate = {"tax", "rate"} <= {*one.words} or {"tax", "percent"} <= {*one.words}
            if rate and not one.hidden and (one.required or not goal.required):
                return RoleSource(NumberColumn(one, "tax_rate", frozenset()), link)
    return None
