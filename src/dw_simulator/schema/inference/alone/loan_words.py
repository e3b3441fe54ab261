"""`ln` is a loan in the schema of a bank, and a line elsewhere: `ln_amt` beside `int_rt` and `prin_bal`.

What names say there is read anew, of columns and of what the rows are.
"""

from dataclasses import replace

from dw_simulator.schema.inference.candidates import Words
from dw_simulator.schema.inference.sketch import Sketch, TableSketch

_SHORT = frozenset({"ln", "lns"})
_LENT = frozenset(
    """principal interest mortgage borrower lien ltv collateral maturity loan lender amortization
    escrow""".split()
)
_SOLD = frozenset("order sku shipment cart basket".split())
_NO_LOAN = frozenset({"address", "1", "2", "3", "street", "text"})
_LEAST = 2
"""So many words of lending, at the least, say that a schema is of loans."""


def loan_words(sketch: Sketch) -> None:
    """Read the short form of loans where a schema speaks of them."""
    short = [table for table in sketch.tables.values() if _is_short(table)]
    if not short:
        return
    said = {word for table in sketch.tables.values() for one in table.columns.values() for word in one.words}
    if len(said & _LENT) < _LEAST or any({*table.noun} & _SOLD for table in sketch.tables.values()):
        return
    for table in short:
        if _SHORT & {*table.name.lower().split("_")}:
            table.noun = _read(table.noun)
        for column in table.columns.values():
            if _SHORT & {*column.name.lower().split("_")} and not _NO_LOAN & {*column.words}:
                column.words = _read(column.words)
                if column.seen is not None:
                    column.seen = replace(column.seen, words=_read(column.seen.words))


def _is_short(table: TableSketch) -> bool:
    return any(_SHORT & {*name.lower().split("_")} for name in (table.name, *table.columns))


def _read(words: Words) -> Words:
    return tuple("loan" if word == "line" else word for word in words)
