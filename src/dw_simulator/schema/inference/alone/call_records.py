"""Call records: one of the two numbers is the subscriber's own, and who roams is in another country.

call (line_id -> line, a_number, b_number, is_roaming, visited_country);  line (customer_id, msisdn)
    a_number         the line's msisdn where the call goes out, else the other's; b_number the other way
    visited_country  another than the customer's where is_roaming; NULL at home, or the customer's country
"""

from collections.abc import Iterator
from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.flag_facts import FlagFact, is_plain, say_flag
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import plain_words, read
from dw_simulator.schema.json_data import Json, items_of
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_OUTGOING = 0.55
"""The share of calls that the subscriber makes."""
_ROAMING = 0.06
_NUMBER, _LEAST = "+1 {number:201-989} 555 {digits:4}", 15
"""Somebody's number where nothing tells how numbers are written, and how long it is."""
_ABROAD = {2: ("FR", "ES"), 3: ("FRA", "ESP")}
"""Where somebody roams whose drawn country is that of his home, by the length of the code."""
_FLAGS = frozenset({"is", "flag", "indicator", "ind", "yn"})
_OUT = ("out", "ausg", "sal", "sort", "usc", "said", "uit", "mo")
"""How the values begin that say that a call goes out."""
_DULL = frozenset({"call", "code", "id"})


@cache
def _said() -> dict[str, frozenset[str]]:
    found = (line.partition(":") for line in lines_of("calls.txt"))
    return {role: frozenset(words.split()) for role, _, words in found}


def _words(name: str) -> frozenset[str]:
    return frozenset((*plain_words(name), *read(name).words))


def call_records(sketch: Sketch) -> None:
    """The numbers and the countries of calls."""
    if not sketch.has("expression", "boolean", "choice"):
        return
    for table in sketch.tables.values():
        if not table.hidden and table.links:
            if _words(table.name) & _said()["records"]:
                _numbers(table)
            _roaming(table)


# --- the two numbers


def _numbers(table: TableSketch) -> None:
    found = {role: one for role in ("caller", "called") if (one := _number(table, role)) is not None}
    own = next(_own_numbers(table), None) if len(found) == len(("caller", "called")) else None
    if own is None or found["caller"] is found["called"]:
        return
    link, number = own
    known = (one.rule for one in (number, *found.values()) if one.rule.get("name") == "pattern")
    rule = next(known, {"name": "pattern", "pattern": _NUMBER})
    least = min(one.column.type.length for one in found.values())
    if number.column.type.length > least or least < _LEAST:
        return
    other = table.add_hidden(
        "other_number", number.column.data_type, Found("the number of the other", {"rule": dict(rule)})
    )
    mine, others = quoted_name(link.name, number.name), quoted_name(other.name)
    out = _outgoing(table)
    for role, first, second in (("caller", mine, others), ("called", others, mine)):
        sql = f"CASE WHEN {out} THEN {first} ELSE {second} END"
        nulls: dict[str, Json] = {} if found[role].required else {"null_fraction": 0}
        told = f"the {number.name} of its {link.parent.name}, or the number of the other"
        rule_: dict[str, Json] = expression(sql)
        found[role].says(Found(told, {"rule": rule_, **nulls}))


def _outgoing(table: TableSketch) -> str:
    """Whether the subscriber calls, in SQL: by the direction that a row says, where there is one."""
    for one in table.columns.values():
        values = [str(value) for value in items_of(one.rule.get("values") or [])]
        out = [value for value in values if value.lower().startswith(_OUT)]
        if one.kind is Kind.TEXT and one.required and out and "direction" in _words(one.name):
            return f"{quoted_name(one.name)} IN ({', '.join(map(quoted_text, out))})"
    rule: dict[str, Json] = {"name": "boolean", "true_share": _OUTGOING}
    return quoted_name(
        table.add_hidden("outgoing", "BOOLEAN", Found("who calls and is not called", {"rule": rule})).name
    )


def _number(table: TableSketch, role: str) -> ColumnSketch | None:
    """The one number of a role: that of who calls, or of who is called."""
    found = []
    for one in table.columns.values():
        words = _words(one.name)
        if one.kind is Kind.TEXT and may_be_said(one) and not one.hidden and not _is_linked(one):
            rest = words - _said()[role] - _DULL
            bare = not rest and not words & {"a", "b", "from", "to"}
            if words & _said()[role] and (bare or rest & _said()["number"]):
                found.append(one)
    return found[0] if len(found) == 1 else None


def _is_linked(column: ColumnSketch) -> bool:
    return any(column.name in link.columns for link in column.table.links)


def _own_numbers(table: TableSketch) -> Iterator[tuple[Link, ColumnSketch]]:
    """The numbers of those whose calls they are."""
    for link in table.links:
        if link.required and not link.to_itself and len(link.columns) == 1:
            for one in link.parent.columns.values():
                if one.kind is Kind.TEXT and one.required and not one.hidden and _is_phone(one):
                    yield link, one
                    break


def _is_phone(column: ColumnSketch) -> bool:
    words = _words(column.name)
    return bool(words & {"msisdn", "phone"}) or {"phone", "number"} <= words


# --- where somebody roams


def _roaming(table: TableSketch) -> None:
    flag = next((one for one in table.columns.values() if _is_roaming_flag(one)), None)
    if flag is None:
        return
    visited = next((one for one in table.columns.values() if _is_country(one, visited=True)), None)
    roams = table.add_hidden(
        "roams",
        "BOOLEAN",
        Found("who is abroad: few", {"rule": {"name": "boolean", "true_share": _ROAMING}}),
    )
    where = quoted_name(roams.name)
    say_flag(flag, FlagFact(where, "somebody is abroad"))
    home = next(_homes(table), None) if visited is not None else None
    if visited is None:
        return
    length = visited.column.type.length
    drawn, values = dict(visited.rule), visited.rule.get("values")
    codes = isinstance(values, list) and all(len(str(one)) == length for one in values)
    if home is None or length not in _ABROAD or not codes or home.column.type.length != length:
        if not visited.required:
            visited.unless = where
        return
    abroad = table.add_hidden(
        "abroad", visited.column.data_type, Found("a country", {"rule": _evened(drawn)})
    )
    there, at_home = quoted_name(abroad.name), quoted_name(home.name)
    first, second = (quoted_text(one) for one in _ABROAD[length])
    away = (
        f"CASE WHEN {there} <> {at_home} THEN {there} WHEN {at_home} <> {first} THEN {first}"
        f" ELSE {second} END"
    )
    stay = at_home if visited.required else "NULL"
    rule: dict[str, Json] = expression(f"CASE WHEN {where} THEN {away} ELSE {stay} END")
    nulls: dict[str, Json] = {} if visited.required else {"null_fraction": 0}
    visited.says(Found(f"another country where {flag.name}", {"rule": rule, **nulls}))


def _evened(rule: dict[str, Json]) -> dict[str, Json]:
    """A choice of countries without so many of one."""
    weights = rule.get("weights")
    if isinstance(weights, list) and len(weights) > 1:
        numbers = [float(one) for one in weights if isinstance(one, int | float)]
        most = sorted(numbers)[-2]
        rule["weights"] = [min(one, most) for one in numbers]
    return rule


def _is_roaming_flag(column: ColumnSketch) -> bool:
    words = _words(column.name)
    flagged = column.kind is Kind.BOOLEAN or bool(words & _FLAGS) or len(words) == 1
    return (
        flagged
        and bool(words & _said()["roaming"])
        and not column.hidden
        and may_be_said(column)
        and is_plain(column)
        and not _is_linked(column)
    )


def _is_country(column: ColumnSketch, *, visited: bool) -> bool:
    words = _words(column.name)
    text = column.kind is Kind.TEXT and "country" in words and not column.hidden and not _is_linked(column)
    there = bool(words & _said()["visited"])
    return text and there == visited and (not visited or may_be_said(column))


def _homes(table: TableSketch) -> Iterator[ColumnSketch]:
    """The country of the row's subscriber, or of his customer, as the row looks it up."""
    links = [link for link in table.links if link.required and not link.to_itself]
    for link in links:
        if (here := _country(link.parent)) is not None:
            yield _looked_up(table, link, here)
    for link in links:
        for beyond in link.parent.links:
            there = _country(beyond.parent) if beyond.required and not beyond.to_itself else None
            if there is not None:
                yield _looked_up(table, link, _looked_up(link.parent, beyond, there))


def _country(table: TableSketch) -> ColumnSketch | None:
    return next(
        (one for one in table.columns.values() if one.required and _is_country(one, visited=False)), None
    )


def _looked_up(table: TableSketch, link: Link, column: ColumnSketch) -> ColumnSketch:
    lookup: dict[str, Json] = {"reference": link.name, "column": column.name}
    known = next((one for one in table.columns.values() if one.fields.get("lookup") == lookup), None)
    if known is not None:
        return known
    told = f"the {column.name} of its {link.parent.name}"
    name = column.name if column.hidden else f"home_{column.name}"
    return table.add_hidden(name, column.column.data_type, Found(told, {"lookup": lookup}), required=True)
