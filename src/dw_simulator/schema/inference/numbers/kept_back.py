"""What is paid out is what came in less all that is kept of it, fees and other costs.

payout (gross_amount, commission, processing_fee, net_amount)
    commission, processing_fee   parts of gross_amount
    net_amount                   gross_amount - commission - processing_fee
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.numbers.measure_roles import CURRENCIES, NumberColumn, said_by
from dw_simulator.schema.inference.numbers.row_numbers import Row, bare, numbers_of
from dw_simulator.schema.inference.numbers.twin_numbers import Twin
from dw_simulator.schema.inference.sketch import ColumnSketch

_KEPT = frozenset({"fee", "commission"})
_APART = frozenset(
    """rate percent ratio share total base average min max number count tax vat refund late per previous
    expected estimated budget target monthly annual""".split()
)
"""Words of fees that are not kept of what came in."""
_OTHERS = frozenset({"tax", "discount", "withheld", "subtotal", "total", "quantity", "net_pay", "gross_pay"})
"""What makes net and gross of a sale, or of wages."""
_OF_GOODS = frozenset(
    "good sale sold unit standard purchase order cogs product material labor labour part".split()
)
_COMMISSION = "fee = gross * steps(0.08, 0.1, 0.12, 0.15, 0.2, 0.25) | a part of {gross}"
_FEE = "fee = gross * between(0.01, 0.06) | a small part of {gross}"
_DULL = frozenset({"amount", "value", "sum"}) | CURRENCIES


def kept_back(row: Row) -> Iterator[Twin]:
    """The net of a row, where it tells its gross and nothing but commissions and fees besides."""
    if row.by_role.keys() & _OTHERS or not row.by_role.keys() >= {"net", "gross"}:
        return
    numbers = [(said_by(one.words) - _DULL, one) for one in numbers_of(row.table)]
    nets = [(words - {"net"}, one) for words, one in numbers if "net" in words and _is_money(one)]
    for rest, net in nets if len(nets) == 1 else ():
        gross = next((one for words, one in numbers if words == rest | {"gross"} and _is_money(one)), None)
        kept = [(words, one) for words, one in numbers if _is_kept(words) and not words & _APART]
        kept = [(words, one) for words, one in kept if _is_money(one) and one not in (net, gross)]
        if gross is None or not kept:
            return
        for words, one in kept:
            if "commission" in words and "commission_rate" in row.by_role:
                continue
            yield Twin(bare(one), _COMMISSION if "commission" in words else _FEE, {"gross": bare(gross)})
        sources: dict[str, NumberColumn] = {f"fee_{place}": bare(one) for place, (_, one) in enumerate(kept)}
        less = " - ".join(f"perhaps({role})" for role in sources)
        yield Twin(bare(net), f"net = gross - {less}", {"gross": bare(gross), **sources})


def _is_kept(words: frozenset[str]) -> bool:
    """Whether words are of a fee, or of some costs: those of the goods are no part of what came in."""
    return bool(words & _KEPT) or ("cost" in words and not words & _OF_GOODS and len(words - CURRENCIES) > 1)


def _is_money(column: ColumnSketch) -> bool:
    return bool(column.column.type.scale) or "amount" in column.words or column.words[-1:] == ("cents",)
