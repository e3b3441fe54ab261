"""What was used is sold for less than it was bought for, where the row of a vehicle or machine tells both.

vehicle (purchased_on, purchase_price, sold_on NULL, sale_price)
    sale_price   15 to 75 % of purchase_price
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import CURRENCIES, said_by
from dw_simulator.schema.inference.numbers.row_numbers import Row, bare, numbers_of
from dw_simulator.schema.inference.numbers.twin_numbers import Twin
from dw_simulator.schema.inference.sketch import ColumnSketch, TableSketch
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_USED = frozenset(
    """vehicle car truck van bus bike bicycle scooter trailer tractor machine equipment asset device fleet
    boat forklift""".split()
)
_GOODS = frozenset("product item article tool ware sku good merchandise stock listing offer".split())
"""What is bought to be sold."""
_BOUGHT = frozenset({"order", "purchase", "acquisition", "bought", "buy"})
_SOLD = frozenset({"sold", "sale", "sell", "resale", "disposal", "resell"})
_MONEY = frozenset({"price", "value", "amount", "cost", "proceed"})
_BESIDE = frozenset({"net", "gross", "excl", "incl", "residual"}) | CURRENCIES


def sold_for_less(row: Row) -> Iterator[Twin]:
    """The price that a used thing was sold for."""
    noun = {*row.table.noun}
    if not _USED & noun or _GOODS & noun or not _owned_for_a_while(row.table):
        return
    bought = [one for one in numbers_of(row.table) if _is_price(one, _BOUGHT)]
    sold = [one for one in numbers_of(row.table) if _is_price(one, _SOLD)]
    if len(bought) == 1 and len(sold) == 1 and may_be_said(sold[0]):
        _known_once_sold(row.table, bought[0], sold[0])
        line = "sold = bought * between(0.15, 0.75) | less than {bought}"
        yield Twin(bare(sold[0]), line, {"bought": bare(bought[0])})


def _owned_for_a_while(table: TableSketch) -> bool:
    """Whether a row tells when it was bought, and when it was sold if it was: a dealer's price is another."""
    moments = [one for one in table.columns.values() if one.kind in (Kind.DATE, Kind.TIMESTAMP)]
    bought = [one for one in moments if _BOUGHT & {*one.words} and not one.hidden]
    return bool(bought) and bool(_days(table, _SOLD))


def _known_once_sold(table: TableSketch, bought: ColumnSketch, sold: ColumnSketch) -> None:
    """The price is there where there is a day of the sale, and then what was paid is known as well."""
    sales, orders = _days(table, _SOLD), _days(table, _BOUGHT)
    if len(sales) != 1 or sold.required or sold.unless:
        return
    sold.unless = f"{quoted_name(sales[0])} IS NOT NULL"
    if len(orders) == 1 and not (bought.required or bought.unless):
        bought.unless = f"{quoted_name(orders[0])} IS NOT NULL OR {sold.unless}"


def _days(table: TableSketch, marks: frozenset[str]) -> list[str]:
    """The moments that need not have come, by words."""
    moments = [one for one in table.columns.values() if one.kind in (Kind.DATE, Kind.TIMESTAMP)]
    return [one.name for one in moments if marks & {*one.words} and not (one.required or one.hidden)]


def _is_price(column: ColumnSketch, marks: frozenset[str]) -> bool:
    words = said_by(column.words)
    return bool(words & marks) and bool(words & _MONEY) and words <= marks | _MONEY | _BESIDE
