"""Who bears what of a sum: the client's share and the insurer's come to the cost of a repair.

damage (repair_amount, client_share, insurer_share)
    client_share    a part of repair_amount
    insurer_share   repair_amount - client_share
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import CURRENCIES, said_by
from dw_simulator.schema.inference.numbers.row_numbers import Row, bare, numbers_of
from dw_simulator.schema.inference.numbers.twin_numbers import Twin
from dw_simulator.schema.inference.sketch import ColumnSketch
from dw_simulator.types import Kind

_SHARES = frozenset({"share", "part", "portion", "contribution", "ratio"})
"""`anteil` is read as a ratio: a sum of money by its type, and a share in it."""
_PARTIES = frozenset(
    """customer client insurer insured insurance patient employee employer tenant landlord owner company
    buyer seller state municipality member household payer merchant partner lessee driver""".split()
)
_DULL = frozenset({"amount", "value", "of", "the"}) | CURRENCIES
_WHOLES = ("total", "amount", "gross", "cost", "billed", "loss_amount", "cogs", "premium")
_APART = frozenset({"rate", "percent", "discount", "fee", "tax", "refund", "paid", "pay"})


def borne_by(row: Row) -> Iterator[Twin]:
    """The shares of two parties in the only sum of a row."""
    money = [one for one in numbers_of(row.table) if _is_money(one)]
    shares = [one for one in money if _is_share(one)]
    if len(shares) != 2 or not all(may_be_said(one) for one in shares):
        return
    known = {one.column.name: one.role for one in row.numbers}
    wholes = [one for one in money if one not in shares and known.get(one.name) in _WHOLES]
    whole = (
        wholes[0] if len(wholes) == 1 else next((one for one in wholes if known[one.name] == "total"), None)
    )
    if whole is None:
        return
    first, other = shares
    line = "share = whole * steps(0, 0.1, 0.2, 0.3, 0.5, 1) | a part of {whole}"
    yield Twin(bare(first), line, {"whole": bare(whole)})
    yield Twin(bare(other), "rest = whole - share", {"whole": bare(whole), "share": bare(first)})


def _is_money(column: ColumnSketch) -> bool:
    return column.kind is Kind.DECIMAL and column.column.type.scale == 2 and column.column.type.precision >= 6


def _is_share(column: ColumnSketch) -> bool:
    words = said_by(column.words) - _DULL
    return bool(words & _SHARES) and bool(words & _PARTIES) and not words & _APART
