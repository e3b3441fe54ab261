"""An account that was closed has nothing left: its balance is 0.

account (status, closed_at, balance)
    balance   0 where closed_at has come, or where the status says so; else drawn
"""

from dw_simulator.schema.inference.numbers.drawn_apart import say_else_drawn
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.row_numbers import mentioned, numbers_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_ACCOUNTS = frozenset({"account", "wallet", "purse", "passbook"})
_LENT = frozenset({"loan", "credit", "mortgage"})
_BALANCE = frozenset({"balance"})
_BESIDES = frozenset(
    """current amount ledger book account wallet total eur usd principal outstanding remaining loan
    credit""".split()
)
_CLOSED = frozenset({"close", "closed"})
_DULL = frozenset({"date", "at", "on", "time", "timestamp", "day", "account", "wallet"})


def closed_balances(sketch: Sketch) -> None:
    """Accounts are closed once there is nothing left on them."""
    if not sketch.has("expression"):
        return
    for table in list(sketch.tables.values()):
        if table.hidden or not _is_account(table) or table.table.rows is not None:
            continue
        for one in numbers_of(table):
            words = frozenset(one.words)
            if (
                not (_BALANCE <= words <= _BALANCE | _BESIDES)
                or not _is_open(table, one)
                or one.found is None
            ):
                continue
            closed = _closed(sketch, table, one)
            if closed:
                told = "a balance, 0 where the account is closed"
                say_else_drawn(one, f"WHEN {closed} THEN 0", told)


def _is_open(table: TableSketch, balance: ColumnSketch) -> bool:
    """Whether a balance may still be 0: what is left of a loan is a part of it, and nothing in the end."""
    part = balance.rule.get("name") == "expression" and "noise(" in str(balance.rule.get("sql"))
    return may_be_said(balance) or (balance.open and part and bool(_LENT & {*table.noun}))


def _is_account(table: TableSketch) -> bool:
    return bool(_ACCOUNTS & {*table.noun[-1:]} or _LENT & {*table.noun})


def _closed(sketch: Sketch, table: TableSketch, balance: ColumnSketch) -> str:
    """The condition that an account is closed; empty where nothing tells it."""
    for one in table.columns.values():
        if one.hidden or one.required or one.kind not in (Kind.DATE, Kind.TIMESTAMP):
            continue
        words = {*one.words} - _DULL - {*table.noun}
        if words and words <= _CLOSED:
            if one.rule.get("name") == "calendar":
                return ""  # nothing else is told of its life, and nearly all have such a day
            return f"CAST({quoted_name(one.name)} AS DATE) <= CAST(as_of() AS DATE)"
    for name, values in sketch.listed(table).items():
        column = table.columns.get(name)
        if column is None or column.kind is not Kind.TEXT or balance.name in mentioned(column):
            continue
        closed = [value for value in values if {*read(str(value)).words} <= _CLOSED]
        if closed and {"status", "state"} & {*column.words}:
            return f"{quoted_name(name)} IN ({', '.join(map(quoted_text, closed))})"
    return ""
