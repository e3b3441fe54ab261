"""The balance after a posting is the sum of the account's postings so far, in the order of their moments.

A posting whose row says whether it is a debit or a credit is taken off or added; where nothing says it, some
amounts are below 0. The balance before a posting is that after it, less its amount.
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.header_sums import Numbers, may_be_said, may_stand_by
from dw_simulator.schema.inference.numbers.measure_roles import said_by
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_POSTINGS = frozenset("transaction posting movement entry booking operation ledger journal txn book".split())
_ACCOUNTS = frozenset({"account", "wallet", "card", "ledger"})
_AFTER = (
    frozenset({"balance", "after"}),
    frozenset({"running", "balance"}),
    frozenset({"new", "balance"}),
    frozenset({"closing", "balance"}),
    frozenset({"resulting", "balance"}),
    frozenset({"balance"}),
)
"""Words of the balance after a posting, the surest first."""
_BEFORE = (
    frozenset({"balance", "before"}),
    frozenset({"old", "balance"}),
    frozenset({"previous", "balance"}),
)
_DULL = frozenset({"amount", "value", "transaction", "account"})
_TAKEN = frozenset({"debit", "withdrawal", "fee", "d", "db", "dr", "out", "payment", "purchase", "charge"})
_GIVEN = frozenset({"credit", "deposit", "c", "cr", "in", "salary", "refund", "interest"})


def running_balance(table: TableSketch, numbers: Mapping[str, Numbers], stands: dict[str, Link]) -> None:
    """Say the balances of a table whose rows are postings to what they reference."""
    amounts = [one.column for one in numbers[table.name].get("amount", ()) if not one.owner]
    after, before = _named(table, _AFTER), _named(table, _BEFORE)
    if len(amounts) != 1 or after is None or after is amounts[0]:
        return
    if len(after.words) < 2 and not {*table.noun} & _POSTINGS:
        return
    amount = amounts[0]
    links = [link for link in table.links if {*link.parent.noun[-1:]} & _ACCOUNTS]
    if len(links) != 1 or stands.get(table.name) not in (None, links[0]):
        return
    link = links[0]
    moment = _moment(table, link)
    if (
        moment is None
        or not may_stand_by(link)
        or not link.required
        or not (may_be_said(amount) and amount.found)
    ):
        return
    if after.column.type.scale < amount.column.type.scale or after.kind is not amount.kind:
        return
    stands[table.name] = link
    came = moment.rule["column"]
    assert isinstance(came, Mapping), "it is looked for so"
    rule: dict[str, Json] = {**moment.rule, **came, "ordered": True}
    assert moment.found is not None, "it has a rule"
    moment.says(Found(moment.found.meaning, {**moment.fields, "rule": rule}))
    signed = _signed(table, amount)
    start = _opening(link, numbers[link.parent.name], after)
    summed: dict[str, Json] = {
        "name": "window",
        "function": "sum",
        "reference": link.name,
        "column": signed.name,
        "start": start.name,
    }
    told = f"the sum of {amount.name} of its {link.parent.name} so far"
    after.says(Found(told, {"rule": summed, **never_null(after)}))
    if before is not None and may_be_said(before):
        sql = f"{quoted_name(after.name)} - {quoted_name(signed.name)}"
        less: dict[str, Json] = expression(sql)
        before.says(Found(f"{after.name} less {amount.name}", {"rule": less, **never_null(before)}))
    _now(link, after)


def _named(table: TableSketch, names: tuple[frozenset[str], ...]) -> ColumnSketch | None:
    for words in names:
        for one in table.columns.values():
            said = said_by(one.words)
            if one.kind is Kind.DECIMAL and may_be_said(one) and said - _DULL == words:
                return one
    return None


def _moment(table: TableSketch, link: Link) -> ColumnSketch | None:
    """The moment of a posting: the one that comes after the account's beginning."""
    found = [
        one
        for one in table.columns.values()
        if one.open and one.rule.get("name") == "after" and _of(one.rule.get("column"), link)
    ]
    return found[0] if len(found) == 1 and not found[0].rule.get("ordered") else None


def _of(column: Json, link: Link) -> bool:
    """Whether a moment comes after one of the account."""
    return (
        isinstance(column, Mapping)
        and {**column}.keys() == {"reference", "column"}
        and (column["reference"] == link.name)
    )


def _signed(table: TableSketch, amount: ColumnSketch) -> ColumnSketch:
    """What a posting adds to the balance, or takes from it."""
    assert amount.found is not None, "asked before"
    name, told = quoted_name(amount.name), "what it adds to the balance"
    fields = {key: said for key, said in amount.fields.items() if key not in ("null_fraction", "null_when")}
    most = fields.get("max_value")
    reach = most if isinstance(most, int | float) else 10 ** min(amount.column.type.precision - 3, 5)
    bounds: dict[str, Json] = {"min_value": -reach, "max_value": reach}
    fields |= {"min_value": fields.get("min_value", 0), "max_value": reach}
    for one in table.columns.values():
        values = one.rule.get("values")
        if one.kind is not Kind.TEXT or not isinstance(values, list):
            continue
        out = [str(value) for value in values if _speaks(str(value), _TAKEN)]
        into = [str(value) for value in values if _speaks(str(value), _GIVEN)]
        if out and into:
            amount.says(Found(amount.found.meaning, {**fields, **never_null(amount)}))
            listed = ", ".join(map(quoted_text, out))
            sql = f"CASE WHEN {quoted_name(one.name)} IN ({listed}) THEN -{name} ELSE {name} END"
            made = _made(told, sql, bounds)
            return table.add_hidden("signed_amount", amount.column.data_type, made)
    found = Found("how much it is", fields)
    size = quoted_name(table.add_hidden(f"{amount.name}_size", amount.column.data_type, found).name)
    sql = f"CASE WHEN noise('taken') < 0.47 THEN -{size} ELSE {size} END"
    told = f"{amount.found.meaning}, below 0 where it is taken off"
    amount.says(_made(told, sql, {**bounds, **never_null(amount)}))
    return amount


def _speaks(value: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(value.lower().replace("-", "_").replace(" ", "_").split("_"))


def _opening(link: Link, parent: Numbers, after: ColumnSketch) -> ColumnSketch:
    """What was there at the beginning."""
    known = [one.column for one in parent.get("opening_balance", ()) if not one.owner]
    if known and known[0].required and known[0].kind is Kind.DECIMAL:
        return known[0]
    drawn: dict[str, Json] = {"name": "lognormal", "mean": 7.6, "stddev": 0.9}
    fields: dict[str, Json] = {"rule": drawn, "min_value": 50, "max_value": 90_000}
    type_ = after.column.type
    if type_.precision - type_.scale < 6:
        fields |= {"max_value": 9_000}
    return link.parent.add_hidden(
        "opening_funds", after.column.data_type, Found("what it began with", fields)
    )


def _now(link: Link, after: ColumnSketch) -> None:
    """An account's balance is that after its last posting."""
    for one in link.parent.columns.values():
        words = said_by(one.words) - {*link.parent.noun} - {"amount", "current"}
        fits = one.kind is Kind.DECIMAL and one.column.type.scale >= after.column.type.scale
        if words == {"balance"} and fits and may_be_said(one) and not one.required:
            rule: dict[str, Json] = {
                "name": "rollup",
                "function": "last",
                "table": link.child.name,
                "reference": link.name,
                "column": after.name,
            }
            one.says(Found(f"the last {after.name} of its {link.child.name}", {"rule": rule}))
            return


def _made(told: str, sql: str, fields: Mapping[str, Json]) -> Found:
    return Found(told, {"rule": expression(sql), **fields})
