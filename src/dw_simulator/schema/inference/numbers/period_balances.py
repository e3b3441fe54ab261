"""What a balance was at the start of a period and at its end: the end of one period is the start of the next.

statement (account_id, period_start, opening_balance, purchases, payments, fees, closing_balance)
    closing_balance  the sum of all that came in and went out so far
    opening_balance  that less what came in and went out in the period
    payments         a part of what there was
    purchases        what brings the balance near to where it usually is

Likewise the stock of an article by months, and the points of a member by years.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.stage_reading import read_moment
from dw_simulator.schema.inference.numbers.formulas import is_whole
from dw_simulator.schema.inference.numbers.header_sums import Numbers, may_be_said, may_stand_by
from dw_simulator.schema.inference.numbers.measure_roles import lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import plain_words, read, singular
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

_ORDERED = frozenset({"recurring", "step"})
"""Rules by which the rows of a parent come one after another."""
_DIGITS = 6
"""So many digits a balance has at the most."""


@dataclass
class _Flows:
    """What adds to a balance, the usual first, and what takes from it. few: those that are small."""

    into: list[ColumnSketch]
    out: list[ColumnSketch]
    few: list[ColumnSketch]


@cache
def _words() -> Mapping[str, frozenset[str]]:
    """The words of each kind, as they are written, and as names are read: purchases and commandes are one."""
    found: dict[str, frozenset[str]] = {}
    for line in lines_of("period_balances.txt"):
        name, _, said = line.partition(":")
        words = said.split()
        means = (
            singular(read(word).words[0]) for word in words if name in found or len(read(word).words) == 1
        )
        found[f"{name} as written"] = found.get(f"{name} as written", frozenset()) | frozenset(words)
        found.setdefault(name, frozenset([*words, *means]))
    found["written"] = found["into as written"] | found["out as written"]
    return found


def _way(name: str, words: frozenset[str]) -> str:
    """Whether a number adds to the balance, or takes from it; empty for neither."""
    known = _words()
    for said, tail in ((frozenset([name.lower(), *plain_words(name)]), " as written"), (words, "")):
        ways = [way for way in ("into", "out") if said & known[way + tail]]
        if len(ways) == 1:
            return ways[0]
    return ""


def period_balances(table: TableSketch, numbers: Mapping[str, Numbers], stands: dict[str, Link]) -> None:
    """Say the balances of a table whose rows are periods of what they reference."""
    own = numbers[table.name]
    edges = [own.get(role, []) for role in ("opening_balance", "closing_balance")]
    if [len(some) for some in edges] != [1, 1]:
        return
    opening, closing = edges[0][0].column, edges[1][0].column
    flows = _flows(table, opening, closing)
    if flows is None or not (may_be_said(opening) and may_be_said(closing)):
        return
    link = _link(table, stands)
    if link is None:
        return
    stands[table.name] = link
    base = _usual(link, numbers[link.parent.name], closing)
    _say_flows(table, link, base, flows, closing)
    _say_edges(table, link, base, flows, opening, closing)
    _until_the_next(table, link)


def _flows(table: TableSketch, opening: ColumnSketch, closing: ColumnSketch) -> _Flows | None:
    """What lies between the two; None where nothing can be drawn that makes up for the others."""
    known, whole = _words(), _is_whole(closing.column.type)
    linked = {name for link in table.links for name in link.columns}
    columns = [
        one
        for one in table.columns.values()
        if one.kind in NUMERIC_KINDS and not (one.hidden or one.keyed)
        if one not in (opening, closing) and one.name not in linked and one.open
    ]
    said = {one.name: frozenset(map(singular, one.words)) for one in columns}
    owed = any(words & known["debts"] for words in said.values())
    found = _Flows([], [], [])
    for one in columns:
        words = said[one.name]
        if (words & known["never"] and one.name.lower() not in known["written"]) or _is_whole(
            one.column.type
        ) != whole:
            continue
        free = may_be_said(one)
        if words & known["owed"]:
            (found.into if owed else found.out).append(one)
            found.few += [one] if free else []
        elif way := _way(one.name, words):
            (found.into if way == "into" else found.out).append(one)
        if not free and one.rule.get("name") != "rollup":
            return None
    main = [one for one in found.into if may_be_said(one) and one not in found.few]
    if not main or not [one for one in found.out if one not in found.few]:
        return None
    found.into = [main[0], *(one for one in found.into if one is not main[0])]
    return found


def _link(table: TableSketch, stands: dict[str, Link]) -> Link | None:
    """What the periods are of: their rows come one after another there."""
    for link in table.links:
        if not (link.required and may_stand_by(link)) or stands.get(table.name) not in (None, link):
            continue
        for one in table.columns.values():
            rule, column = one.rule, one.rule.get("column")
            if rule.get("name") in _ORDERED and rule.get("reference") == link.name:
                return link
            own = isinstance(column, Mapping) and column.get("reference") == link.name
            if rule.get("name") == "after" and (rule.get("reference") == link.name or own) and one.open:
                if not rule.get("ordered"):
                    there: Mapping[str, Json] = column if isinstance(column, Mapping) else {}
                    assert one.found is not None, "it has a rule"
                    fields = {**one.fields, "rule": {**rule, **there, "ordered": True}}
                    one.says(Found(one.found.meaning, fields))
                return link
    return None


def _until_the_next(table: TableSketch, link: Link) -> None:
    """A period ends on the day before the next one begins, where its rows have no other order."""
    begins = [one for one in table.columns.values() if one.rule.get("ordered") and one.kind is Kind.DATE]
    for begin in begins[:1]:
        for one in table.columns.values():
            stage = read_moment(one.name, table.noun).stage
            own = one.rule.get("name") == "after" and one.rule.get("column") == begin.name
            if one.kind is not Kind.DATE or not (one.open and own) or stage not in ("end", "serviceend"):
                continue
            lead: dict[str, Json] = {"name": "window", "function": "lead", "reference": link.name}
            lead["column"] = begin.name
            found = Found("when the next period begins", {"rule": lead})
            after = table.add_hidden("next_begin", "DATE", found, required=False)
            start, end = quoted_name(begin.name), quoted_name(after.name)
            last = f"COALESCE({end} - INTERVAL 1 DAY, {start} + INTERVAL 30 DAY)"
            sql = f"CAST(greatest({start}, {last}) AS DATE)"
            rule: dict[str, Json] = expression(sql)
            one.says(Found("the day before the next period begins", {"rule": rule, **never_null(one)}))
            return


def _usual(link: Link, above: Numbers, closing: ColumnSketch) -> ColumnSketch:
    """A hidden column of the parent: about where its balance is, and what it was at first."""
    type_ = closing.column.type
    limits = [one.column for one in above.get("credit_limit", ()) if one.column.required]
    if limits and not _is_whole(type_):
        sql = f"{quoted_name(limits[0].name)} * (0.03 + 0.35 * noise('usual'))"
        told = f"a part of {limits[0].name}"
        return link.parent.add_hidden(
            "usual_balance", closing.column.data_type, _made(told, sql, _most(type_))
        )
    mean = 5.5 if _is_whole(type_) else 7.2
    rule: dict[str, Json] = {"name": "lognormal", "mean": mean, "stddev": 0.8}
    fields: dict[str, Json] = {"rule": rule, "min_value": 10, "max_value": _most(type_) / 10}
    return link.parent.add_hidden(
        "usual_balance", closing.column.data_type, Found("where it mostly is", fields)
    )


def _most(type_: SqlType) -> int:
    """As much as comes and goes in a period at the most, so that sums of them have a place."""
    if type_.kind is Kind.INTEGER:
        return int(min(type_.limits[1] // 1000, 10**_DIGITS)) or 100
    digits = type_.precision - type_.scale if type_.kind is Kind.DECIMAL else 9
    return int(10 ** max(min(digits - 3, _DIGITS), 2))


def _say_flows(
    table: TableSketch, link: Link, base: ColumnSketch, flows: _Flows, closing: ColumnSketch
) -> None:
    type_, whole = closing.column.type, _is_whole(closing.column.type)
    most = _most(type_)
    usual = quoted_name(link.name, base.name)
    sql = f"{usual} * (0.7 + 0.6 * noise('level'))"
    level = table.add_hidden(
        "level", closing.column.data_type, _made("about what there is", sql, most, whole)
    )
    lag: dict[str, Json] = {"name": "window", "function": "lag", "reference": link.name, "column": level.name}
    before = table.add_hidden(
        "level_before", closing.column.data_type, Found("the same before", {"rule": lag}), required=False
    )
    there = f"COALESCE({quoted_name(before.name)}, {usual})"
    main = flows.into[0]
    others = [one for one in (*flows.into[1:], *flows.out) if may_be_said(one)]
    for number, one in enumerate(others):
        if one in flows.few:
            part, told = (
                f"CASE WHEN noise('{number}') < 0.6 THEN 0.02 * noise('few') ELSE 0 END",
                "a small part",
            )
        else:
            part, told = f"(0.1 + {0.7 / len(others):.2f} * noise('{number}'))", "a part"
        _say(one, f"{there} * {part}", f"{told} of what there was", most)
    for one in (*flows.into, *flows.out):
        _say_rows(table, one, level)
    out = [f"COALESCE({quoted_name(one.name)}, 0)" for one in flows.out]
    into = [f"COALESCE({quoted_name(one.name)}, 0)" for one in flows.into[1:]]
    moved = " - ".join([f"{quoted_name(level.name)} - {there} + {' + '.join(out)}", *into])
    _say(
        main,
        f"greatest({moved}, {usual} * 0.05 * noise('little'))",
        "what brings the balance to where it mostly is",
        most,
    )


def _say_rows(table: TableSketch, total: ColumnSketch, level: ColumnSketch) -> None:
    """What the rows of a period add up to is of the size of its balance."""
    rule = total.rule
    if rule.get("name") != "rollup" or rule.get("function") != "sum":
        return
    for link in table.children:
        added = link.child.columns.get(str(rule.get("column")))
        if (link.child.name, link.name) != (rule.get("table"), rule.get("reference")) or added is None:
            continue
        if may_be_said(added) and link.required and not _is_whole(added.column.type):
            sql = f"{quoted_name(link.name, level.name)} * (0.1 + 0.7 * noise('part'))"
            _say(added, f"greatest({sql}, 1)", "a part of what there was", _most(added.column.type))


def _say_edges(
    table: TableSketch,
    link: Link,
    base: ColumnSketch,
    flows: _Flows,
    opening: ColumnSketch,
    closing: ColumnSketch,
) -> None:
    most = _most(closing.column.type)
    into = " + ".join(f"COALESCE({quoted_name(one.name)}, 0)" for one in flows.into)
    out = " - ".join(f"COALESCE({quoted_name(one.name)}, 0)" for one in flows.out)
    told = f"{' + '.join(one.name for one in flows.into)} - {' - '.join(one.name for one in flows.out)}"
    found = _made(told, f"{into} - {out}", most, least=-most)
    change = table.add_hidden("change", closing.column.data_type, found)
    rule: dict[str, Json] = {"name": "window", "function": "sum", "reference": link.name}
    rule |= {"column": change.name, "start": base.name}
    told = f"{opening.name} + {told}"
    closing.says(Found(told, {"rule": rule, **never_null(closing)}))
    sql = f"{quoted_name(closing.name)} - {quoted_name(change.name)}"
    less: dict[str, Json] = expression(sql)
    opening.says(Found("what the period before it closed with", {"rule": less, **never_null(opening)}))
    for one in table.columns.values():
        words = {*one.words}
        least = words & {"minimum", "min"} and words & {"payment", "pay", "due", "amount"}
        if least and one.kind is Kind.DECIMAL and may_be_said(one):
            here = quoted_name(closing.name)
            sql = f"CASE WHEN {here} > 0 THEN least({here}, greatest(25, 0.03 * {here})) ELSE 0 END"
            _say(one, sql, f"a small part of {closing.name}", most)


def _say(one: ColumnSketch, sql: str, told: str, most: int) -> None:
    found = _made(told, sql, most, _is_whole(one.column.type))
    one.says(Found(found.meaning, {**found.fields, **never_null(one)}))


def _made(told: str, sql: str, most: int, whole: bool = False, least: int = 0) -> Found:
    made = f"CAST(floor({sql}) AS BIGINT)" if whole else sql
    rule: dict[str, Json] = expression(made)
    return Found(told, {"rule": rule, "min_value": least, "max_value": most})


def _is_whole(type_: SqlType) -> bool:
    return is_whole(type_.kind, type_.scale)
