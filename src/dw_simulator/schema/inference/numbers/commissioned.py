"""Commissions go by who pays them: the rate of a seller, an agent or a restaurant is the same in every row.

booking (host_id -> host, amount, commission)
    commission    amount times the rate of the host, which is in a column that nobody sees
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import NumberColumn
from dw_simulator.schema.inference.numbers.row_numbers import Row
from dw_simulator.schema.inference.sketch import Link
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name

_PARTIES = """seller merchant vendor agent broker host consignor affiliate partner reseller dealer restaurant
    landlord instructor creator artist supplier provider driver courier""".split()
"""Whose rate it is, the first one first."""
_RATE = "DECIMAL(7,5)"
_SHARES: Mapping[float, float] = {0.08: 18, 0.1: 30, 0.12: 22, 0.15: 20, 0.2: 10}
_BASES = ("amount", "revenue", "line_total", "total", "net", "premium", "gross", "sale_price")
"""What a commission is a part of."""


def commissioned(row: Row, rows: Mapping[str, Row]) -> None:
    """Say by whose rate the commissions of a row are. rows: those of all tables."""
    table, roles = row.table, row.by_role.keys()
    goals = [one for one in row.by_role.get("commission", ()) if not one.owner and may_be_said(one.column)]
    if not goals or "commission_rate" in roles or not roles & {*_BASES}:
        return
    if any("commission_rate" in rows[link.parent.name].by_role for link in table.links):
        return
    party = min(filter(_is_party, table.links), key=_rank, default=None)
    if party is None or not (party.required or not goals[0].column.required):
        return
    parent = party.parent
    known = parent.columns.get("usual_commission_rate")
    if known is None or not known.hidden:
        drawn: dict[str, Json] = {"name": "choice", "values": [*_SHARES], "weights": [*_SHARES.values()]}
        known = parent.add_hidden(
            "usual_commission_rate", _RATE, Found("the rate of commission", {"rule": drawn})
        )
    told = f"the rate of commission of {party.name}"
    rule = expression(quoted_name(party.name, known.name))
    fields: dict[str, Json] = {"rule": rule, "min_value": 0, "max_value": max(_SHARES)}
    hidden = table.add_hidden("commission_rate", _RATE, Found(told, fields), required=party.required)
    row.add(NumberColumn(hidden, "commission_rate", frozenset()))


def _is_party(link: Link) -> bool:
    return len(link.columns) == 1 and not link.to_itself and _rank(link) < len(_PARTIES)


def _rank(link: Link) -> int:
    words = [singular(word) for word in (*link.words, *link.parent.noun[-1:])]
    return min((_PARTIES.index(word) for word in words if word in _PARTIES), default=len(_PARTIES))
