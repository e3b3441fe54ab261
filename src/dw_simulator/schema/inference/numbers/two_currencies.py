"""What is paid in one currency and booked in another: a rate lies between the two, and 1 where both are one.

card_transaction (amount, currency, billing_amount, billing_currency, exchange_rate, account_id, merchant_id)
    billing_currency  the currency of the account
    currency          the currency of the merchant's country
    exchange_rate     1 where both are the same, else what the one is worth in the other
    billing_amount    amount * exchange_rate
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import lines_of, role_of
from dw_simulator.schema.inference.numbers.parent_copies import at_home, has_country, hidden_currency
from dw_simulator.schema.inference.numbers.row_numbers import bare
from dw_simulator.schema.inference.numbers.twin_numbers import Twin
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import plain_words, singular
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import NUMERIC_KINDS, Kind

_RATE = "a rate of exchange by the currencies of its row"
_DULL = frozenset({"currency", "code", "in", "iso", "amount", "value"})
_NO_AMOUNT = frozenset("rate percent ratio limit number count margin factor id fraction".split())
_ABROAD = ("USD", "EUR", "GBP", "CHF", "CAD", "JPY")
"""What is paid in by those who are not at home, where nothing else tells."""
_AT_HOME_SHARE = 0.86
_MOST = 5000
"""The greatest rate: units of a small currency for one of a great one."""


@cache
def _said() -> Mapping[str, frozenset[str]]:
    lines = (line.partition(":") for line in lines_of("currency_values.txt"))
    return {name: frozenset(words.split()) for name, _, words in lines if name != "value"}


@cache
def _worth() -> Mapping[str, float]:
    """What a unit of each currency is worth."""
    text = next(line for line in lines_of("currency_values.txt") if line.startswith("value:"))
    pairs = (one.split() for one in text.removeprefix("value:").split("|"))
    return {code: float(worth) for code, worth in pairs}


@dataclass
class _Pair:
    """The currency that is paid in, and the row's own; that alone may be known by its code."""

    paid: ColumnSketch | None
    own: ColumnSketch | None
    code: str = ""


def two_currencies(sketch: Sketch) -> None:
    """Rates of exchange by the currencies of their rows."""
    if not sketch.has("expression"):
        return
    for table in list(sketch.tables.values()):
        currencies = [] if table.hidden else _currencies(table)
        rate = _rate(table, len(currencies)) if currencies else None
        if rate is None:
            continue
        pair = _pair(table, currencies)
        if pair.paid is not None and pair.own is not None:
            _say_currencies(table, pair.paid, pair.own)
        _say_rate(rate, pair)


def _currencies(table: TableSketch) -> list[ColumnSketch]:
    return [
        one
        for one in table.columns.values()
        if one.kind is Kind.TEXT and "currency" in one.words and not one.hidden
        if one.column.type.length >= 3 and not {"name", "symbol", "rate", "description"} & {*one.words}
    ]


def _rate(table: TableSketch, currencies: int) -> ColumnSketch | None:
    """The number between two currencies."""
    for one in table.columns.values():
        if one.kind not in (Kind.DECIMAL, Kind.FLOAT) or one.hidden or not may_be_said(one):
            continue
        plain = currencies > 1 and {*one.words} - {"mid", "close", "value"} == {"rate"}
        if plain or role_of(one.words, table.noun)[0] == "exchange_rate":
            return one
    return None


def _side(words: frozenset[str]) -> str:
    """Whether words are of the row's own currency, or of the one that is paid in; empty for neither."""
    if words & _said()["paid"]:
        return "paid"
    return "own" if words & _said()["own"] or _code(words) else ""


def _code(words: frozenset[str]) -> str:
    return next((word.upper() for word in words if word.upper() in _worth()), "")


def _words(column: ColumnSketch) -> frozenset[str]:
    return frozenset({*column.words, *plain_words(column.name)})


def _pair(table: TableSketch, currencies: Sequence[ColumnSketch]) -> _Pair:
    sides = {one.name: _side(_words(one) - {"currency"}) for one in currencies}
    if len(currencies) == 1:
        codes = (_code(frozenset(plain_words(one.name))) for one in table.columns.values() if _is_amount(one))
        return _Pair(currencies[0], None, next(filter(None, codes), "") or at_home(table.language))
    own = next((one for one in currencies if sides[one.name] == "own"), None)
    paid = next((one for one in currencies if sides[one.name] == "paid"), None)
    own = own or next(one for one in currencies if one is not paid)
    paid = paid or next(one for one in currencies if one is not own)
    return _Pair(paid, own)


def _say_currencies(table: TableSketch, paid: ColumnSketch, own: ColumnSketch) -> None:
    """The own currency is that of the account; what is paid in is that of who is paid, mostly the same."""
    above = _of_parent(table, own, "holder")
    if above is not None:
        own.says(Found(f"the currency of its {above[0].parent.name}", _lookup(*above)))
    there = _of_parent(table, paid, "seller")
    if there is not None:
        paid.says(Found(f"the currency of its {there[0].parent.name}", _lookup(*there)))
    elif paid.open and not paid.keyed and (own.open or own.column.required):
        name = quoted_name(own.name)
        parts = [
            f"WHEN noise('which') < {(place + 1) / len(_ABROAD):.3f} THEN {quoted_text(code)}"
            for place, code in enumerate(_ABROAD)
        ]
        sql = f"CASE WHEN noise('abroad') < {_AT_HOME_SHARE} THEN {name} {' '.join(parts)} ELSE {name} END"
        rule: dict[str, Json] = expression(sql)
        found = Found(f"{own.name}, in some rows another one", {"rule": rule, **never_null(paid)})
        if own.column.required or not paid.column.required:
            paid.says(found)


def _lookup(link: Link, column: ColumnSketch) -> dict[str, Json]:
    return {"lookup": {"reference": link.name, "column": column.name}}


def _of_parent(table: TableSketch, column: ColumnSketch, whose: str) -> tuple[Link, ColumnSketch] | None:
    """The currency of a referenced account, or of a merchant."""
    if not column.open or column.keyed:
        return None
    kinds = _said()[whose]
    for link in table.links:
        if link.to_itself or not link.required or not kinds & {*map(singular, link.parent.noun)}:
            continue
        things = {*map(singular, link.parent.noun)}
        for one in link.parent.columns.values():
            bare_ = frozenset(map(singular, one.words)) - things - {"code", "iso"}
            fits = one.column.type.length <= column.column.type.length and one.column.required
            if one.kind is Kind.TEXT and bare_ == {"currency"} and fits and not one.hidden:
                return link, one
        if whose == "seller" and has_country(link.parent):
            return link, hidden_currency(link.parent, column)
    return None


def _say_rate(rate: ColumnSketch, pair: _Pair) -> None:
    paid, own = pair.paid, pair.own
    assert paid is not None, "a currency is there"
    one = quoted_name(paid.name)
    other = quoted_name(own.name) if own is not None else quoted_text(pair.code)
    worth = " ".join(f"WHEN {quoted_text(code)} THEN {value:g}" for code, value in _worth().items())
    below = f"(CASE {other} {worth} ELSE 1 END)" if own is not None else f"{_worth().get(pair.code, 1):g}"
    type_ = rate.column.type
    most = min(float(_MOST), float(10 ** (type_.precision - type_.scale) - 1)) if type_.precision else _MOST
    made = f"(CASE {one} {worth} ELSE 1 END) / {below} * (0.97 + 0.06 * noise('rate'))"
    least = 10.0**-type_.scale if type_.kind is Kind.DECIMAL else 0.00001
    sql = f"CASE WHEN {one} = {other} THEN 1 ELSE least(greatest({made}, {least:g}), {most:g}) END"
    rule: dict[str, Json] = expression(sql)
    rate.says(Found(_RATE, {"rule": rule, "min_value": 0, "max_value": most, **never_null(rate)}))


def converted(table: TableSketch) -> Iterator[Twin]:
    """What amounts are in the row's own currency."""
    rates = [one for one in table.columns.values() if one.found is not None and one.found.meaning == _RATE]
    if len(rates) != 1:
        return
    by_rest: dict[frozenset[str], dict[str, ColumnSketch]] = {}
    for one in table.columns.values():
        if _is_amount(one):
            codes = frozenset(word for word in plain_words(one.name) if word.upper() in _worth())
            words, known = codes.union(one.words), _said()["own"] | _said()["paid"] | _DULL
            by_rest.setdefault(words - known - codes, {}).setdefault(_side(words), one)
    for sides in by_rest.values():
        goal, source = sides.get("own"), sides.get("paid") or sides.get("")
        if goal is None and "paid" in sides:
            goal = sides.get("")
        if goal is None or source is None or goal is source or not may_be_said(goal):
            continue
        sources = {"paid": bare(source), "rate": bare(rates[0])}
        yield Twin(bare(goal), "own = paid * rate | {paid} * {rate}", sources)


def _is_amount(column: ColumnSketch) -> bool:
    scaled = column.kind is Kind.FLOAT or (column.kind is Kind.DECIMAL and column.column.type.scale > 0)
    plain = column.kind in NUMERIC_KINDS and scaled and not (column.hidden or column.keyed)
    return plain and not _NO_AMOUNT & {*column.words}
