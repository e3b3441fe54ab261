"""What the numbers of a table are to each other, by their names: quantity, unit price, tax, clicks.

The words are data, `data/measure_roles.txt`. `amt_disc`, `DiscountAmount` and `montant_remise` are the same
here: the words of a role may stand in any order, and what is left over says whose number it is.

>>> role_of(("refund", "tax", "amount"), ())
('tax', frozenset({'refund'}))
>>> role_of(("order", "quantity"), ("order", "line"))
('quantity', frozenset())
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dw_simulator.schema.inference.candidates import Words
from dw_simulator.schema.inference.sketch import ColumnSketch, TableSketch
from dw_simulator.schema.inference.words.tokens import plain_words, read, singular
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

Owner = frozenset[str]

_DULL = frozenset(
    """amount value number count line item position the sales sale kg g lb lbs kilogram gram pound ton tonne
    cm mm m km mile mi kwh unit money bp hg cents kmh mph hectare""".split()
)
"""Words that do not say whose number it is."""

CURRENCIES = frozenset("eur usd gbp chf cad aud brl mxn pln sek euro dollar pound cent".split())
"""Words of the unit that an amount is told in."""

_HAPPENS = {
    "refund": "refund_moment",
    "pay": "paid_moment",
    "settle": "paid_moment",
    "cancel": "cancel_moment",
    "cancelled": "cancel_moment",
    "ship": "ship_moment",
    "deliver": "deliver_moment",
    "completed": "done_moment",
    "complete": "done_moment",
    "done": "done_moment",
    "pick": "done_moment",
    "picked": "done_moment",
    "finish": "done_moment",
}
"""Moments that say whether an amount is more than 0, by what happens then."""

_BOUNDS = {
    "start": "begin_moment",
    "begin": "begin_moment",
    "from": "begin_moment",
    "end": "end_moment",
    "until": "end_moment",
    "to": "end_moment",
}
"""Moments between which something lasts."""

_SAME = {
    "vat": "tax",
    "gst": "tax",
    "income": "revenue",
    "turnover": "revenue",
    "postage": "freight",
    "promo": "promotion",
    "ordered": "order",
    "promotional": "promotion",
}
"""Words that say the same of an amount."""

_EXCLUDED = frozenset("exclude excl ex excluding excluded exclusive esclusa escluso excluido".split())
_INCLUDED = frozenset("incl inc include including included inclusive inclusa incluso incluido".split())
"""Words of amounts beside `tax`: without it, and with it."""

_NET_PRICE = frozenset({"net", "amount", "price"})

_PER = frozenset({"per", "par", "pro", "por", "je", "au"})
"""What stands between a rate's two parts, in any of the languages."""
_PER_UNIT = frozenset(
    {"unit_price", "list_price", "unit_cost", "nightly_rate", "hourly_rate", "price_per_area"}
)
"""Roles that numbers have whose names say what they are per."""

_NO_KILOGRAMS = frozenset({"t", "ton", "tonne", "lb", "lbs", "pound", "g", "gram"})
_OFFERS = frozenset({"offer", "bid", "proposal"})
"""Rows of which the amount is what somebody would pay."""

_DEPOSITED = frozenset({"sale_price", "list_price", "unit_price", "gross", "total", "line_total"})
"""What a deposit is a part of."""

_NAMES = frozenset({"key", "id", "code", "date", "sk", "bk", "identifier"})
"""Words of what is no amount."""

_SHARES = frozenset({"percent", "rate", "ratio"})
_RATES = frozenset({"ctr", "cvr", "roas", "loss_ratio"})
"""What is a share by its role, whether its name says so again or not."""

APART = frozenset(
    """min max average median least greatest low high lower upper first last previous old new target budget
    plan forecast estimate estimated planned expected actual limit threshold reorder safety return refund
    cancel ytd mtd day week month year lifetime cumulative run rank share percent rate ratio""".split()
)
"""Words of numbers that stand apart from those of the row's other columns."""


def lines_of(name: str) -> Iterator[str]:
    """The lines of a file of data beside this module, comments left out."""
    text = (files("dw_simulator.schema.inference") / "data" / name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and line[0] != "#")


@dataclass(frozen=True)
class NumberColumn:
    """A number of a table.

    owner  the words of its name that are not its role's: whose it is
    """

    column: ColumnSketch
    role: str
    owner: Owner

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def percent(self) -> bool:
        """Whether a share is written in hundredths, by its type."""
        return in_hundredths(self.column.column.type, self.column.words)

    @property
    def found_percent(self) -> bool:
        """The same by what was found for it, where that tells."""
        most = _most(self.column)
        return most > 1.5 if most else self.percent


def _most(column: ColumnSketch) -> float:
    """The greatest value that was found for a column; 0 where that is not known."""
    values = column.rule.get("values")
    found = [column.fields.get("max_value"), *(values if isinstance(values, list) else [])]
    return max((float(one) for one in found if isinstance(one, int | float)), default=0)


def in_hundredths(type_: SqlType, words: Words) -> bool:
    """Whether a share of this type and name is a percentage: 5 rather than 0.05.

    >>> from dw_simulator.types import sql_type
    >>> [in_hundredths(sql_type(text), ("tax", "rate")) for text in ("DECIMAL(5,4)", "DECIMAL(5,2)", "INT")]
    [False, True, True]
    """
    if type_.kind is Kind.FLOAT:
        return "percent" in words
    if type_.kind is Kind.DECIMAL and type_.scale:
        return type_.precision - type_.scale >= 2 and type_.scale <= 3
    return True


@cache
def said_by(words: Words) -> frozenset[str]:
    """What the words of a number's name say, in any order.

    >>> sorted(said_by(("amount", "exclude", "tax")))
    ['amount', 'net']
    """
    said = frozenset(_SAME.get(word, word) for word in map(singular, words))
    if "tax" in said:
        for marks, sense in ((_EXCLUDED, "net"), (_INCLUDED, "gross")):
            if said & marks:
                return said - marks - {"tax"} | {sense}
    if said >= _NET_PRICE:
        return said - {"amount"}  # `ht` is a net amount, and in `prix_ht` a net price
    return said


@cache
def _phrases() -> dict[str, list[tuple[frozenset[str], int, str]]]:
    """The phrases by each of their words: (words, place, role)."""
    found: dict[str, list[tuple[frozenset[str], int, str]]] = {}
    for place, line in enumerate(lines_of("measure_roles.txt")):
        role, _, phrases = line.partition(":")
        for phrase in phrases.split(","):
            words = said_by(tuple(phrase.split()))
            found.setdefault(min(words), []).append((words, place, role))
    return found


@cache
def role_of(words: Words, things: Words) -> tuple[str, Owner]:
    """The role that a name speaks of, and whose it is; no role where it speaks of none.

    things  what the table's rows are
    """
    said = said_by(words)
    phrases = _phrases()
    ordinal = words[-1:] == ("number",)  # a ticket_no is no number of tickets
    fitting = [
        one
        for word in said
        for one in phrases.get(word, ())
        if one[0] <= said and not (ordinal and "number" in one[0])
    ]
    if not fitting or said & _NAMES:
        return "", said
    phrase, _place, role = min(fitting, key=lambda one: (-len(one[0]), one[1]))
    owner = said - phrase - _DULL - frozenset(map(singular, things))
    return role, owner - _SHARES if role in _RATES or role.endswith("_rate") else owner


def measures(table: TableSketch) -> list[NumberColumn]:
    """The numbers of a table that have a role, and moments that say of an amount whether there is one."""
    linked = {name for link in table.links for name in link.columns}
    found = []
    for column in table.columns.values():
        if column.hidden or column.keyed or column.name in linked:
            continue
        role, owner = (
            _number_role(column) if column.kind in NUMERIC_KINDS else (_moment_role(column), Owner())
        )
        if role:
            found.append(NumberColumn(column, role, owner))
    found = _in_one_currency(found)
    said = {one.role for one in found}
    return [_alone(table, one, said) for one in found]


def _in_one_currency(found: list[NumberColumn]) -> list[NumberColumn]:
    """The same without currencies in names, where nothing is told in another: `tax_cents` is the tax."""
    known = {(one.role, one.owner) for one in found}
    plain = []
    for one in found:
        bare = one.owner - CURRENCIES
        alone = bare != one.owner and (one.role, bare) not in known
        rivals = {
            other.owner for other in found if other.role == one.role and other.owner - CURRENCIES == bare
        }
        plain.append(NumberColumn(one.column, one.role, bare) if alone and len(rivals) == 1 else one)
    return plain


_ALONE = {
    "net_price": ("unit_price", {"unit_price", "list_price", "nightly_rate", "origin_price"}),
    "current_price": ("unit_price", {"list_price", "origin_price", "price_per_area", "area"}),
    "origin_price": ("list_price", {"current_price", "sale_price"}),
    "points_earned": ("score", {"points_redeemed", "points_net"}),
    "requested_qty": (
        "quantity",
        {"picked_qty", "packed_qty", "short_qty", "shipped_qty", "received_qty", "quantity"},
    ),
    "deposit": ("amount", {*_DEPOSITED, "cold_rent"}),
}
"""Roles that a number has beside others alone, and what it is without any of these."""


_BESIDE = {
    "outlay": ("spend", {"impressions", "clicks"}),
    "owed": ("owed", {"credit_limit", "available_credit"}),
    "mean_rate": ("adr", {"room_revenue"}),
    "available_credit": ("available_credit", {"credit_limit", "owed"}),
}
"""Roles that a number has only beside one of these, and which it is there."""


def _alone(table: TableSketch, one: NumberColumn, said: set[str]) -> NumberColumn:
    if one.role in _BESIDE:
        role, others = _BESIDE[one.role]
        if one.role == "owed" and not said & others and said & {"available_balance", "held"}:
            return NumberColumn(one.column, "ledger_balance", one.owner)
        return NumberColumn(one.column, role if said & others else "", one.owner)
    if one.role == "running_costs" and not said & {"warm_rent", "cold_rent"}:
        return NumberColumn(one.column, "cost", said_by(one.column.words) - _DULL - {"cost"})
    if one.role in _ALONE:
        role, others = _ALONE[one.role]
        return one if said & others else NumberColumn(one.column, role, one.owner)
    if one.role == "weight" and one.owner == {"total"} and "max_payload" in said:
        return NumberColumn(one.column, "max_gross_weight", Owner())
    if one.role == "amount" and not one.owner and set(table.noun[-1:]) & _OFFERS:
        return NumberColumn(one.column, "offered", one.owner)
    return one


def _moment_role(column: ColumnSketch) -> str:
    """The role of a moment that may not come, such as a refund's, or of one end of a span; empty for none."""
    if column.kind not in (Kind.DATE, Kind.TIMESTAMP):
        return ""
    said = {*column.words} - {"date", "time", "timestamp", "at", "on", "day", *column.table.noun}
    if len(said) != 1:
        return ""
    word = said.pop()
    return _BOUNDS.get(word, "") or ("" if column.required else _HAPPENS.get(word, ""))


def _number_role(column: ColumnSketch) -> tuple[str, Owner]:
    """The role of a number, by its name and its type."""
    type_, table = column.column.type, column.table
    if column.words[-1:] == ("number",) and not type_.scale:
        return "", Owner()  # as in shipment_no
    told = per_unit(column.name)
    role, owner = role_of(told or _undated(column.words), table.noun)
    if told and "per" in owner and role not in _PER_UNIT:
        return "", Owner()  # what something costs for each of others is no such cost
    if role == "discount" and _is_share(type_):
        role = "discount_rate"
    elif role == "instalment" and not type_.scale and column.words[-1:] != ("amount",):
        role = "instalment_count"
    elif role == "arr" and {*column.words} - CURRENCIES - {
        *("arrive", "amount", "total", "cents", "annual", "revenue")
    }:
        role = ""  # where something arrives
    elif role == "max_gross_weight" and {*column.words} & _NO_KILOGRAMS:
        role = ""
    elif role in ("weight", "share_weight"):
        role = "share_weight" if table.links and _is_fraction(column) else "weight"
    return role, owner


def _undated(words: Words) -> Words:
    """Words of a number without the date that a language sees in a beginning: `stand_beginn`."""
    return tuple(word for word in words if word != "date") if {"start", "end"} & {*words} else words


@cache
def per_unit(name: str) -> Words:
    """The words of a name with `per` inside, in English, in its own order; none where there is no such word.

    >>> per_unit("cout_par_clic"), per_unit("umsatz_pro_kunde"), per_unit("pro_rata")
    (('cost', 'per', 'click'), ('sale', 'per', 'customer'), ())
    """
    words = plain_words(name)
    place = next((place for place, word in enumerate(words[1:-1], 1) if word in _PER), None)
    if place is None:
        return ()
    return (*read("_".join(words[:place])).words, "per", *read("_".join(words[place + 1 :])).words)


def _is_fraction(column: ColumnSketch) -> bool:
    """Whether a weight is a part of 1 or 100, and not so many kilograms."""
    type_, words = column.column.type, said_by(column.words)
    if words & {"percent", "allocation", "attribution", "split", "share"}:
        return type_.kind is not Kind.INTEGER
    return type_.kind is Kind.DECIMAL and type_.precision - type_.scale <= 1 and type_.scale >= 2


def _is_share(type_: SqlType) -> bool:
    """Whether what is called a discount is a part of the price by its type: DECIMAL(4,2), FLOAT."""
    return type_.kind is Kind.FLOAT or (type_.kind is Kind.DECIMAL and type_.precision - type_.scale <= 2)
