"""When a card expires, told by a month and a year, or as `04/29`: some years after it was issued.

card (issued_at, expiry_month, expiry_year);  payment (card_id -> card, paid_at)
    expiry_year  the year of the day on which it expires
    paid_at      not after that day
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.sketch import ColumnSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.inference.words.tokens import plain_words
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

EXPIRES = "when it expires"
_EXPIRES = frozenset({"expires", "expire", "expiry"})
_VALID = frozenset({"valid", "validity"})
_UNTIL = frozenset({"to", "until", "through", "thru", "till", "end"})
_DUE = frozenset({"due", "maturity"})
_CARDS = frozenset({"card", "permit", "licence", "license", "pass", "badge", "certificate"})
_PARTS = {"month": "month", "mm": "month", "m": "month", "year": "year", "yy": "year", "yyyy": "year"}
_OTHERS = frozenset("number count warning notice remaining term duration left period reminder".split())
_WRITTEN = {4: "%m%y", 5: "%m/%y", 6: "%m/%y", 7: "%m/%Y"}
"""How a text of so many letters tells a month; longer ones as 7."""


def told_expiries(lines: Mapping[str, Timeline]) -> None:
    """Say months and years in which rows expire, of those that are issued at a moment."""
    for line in lines.values():
        anchor = line.anchor
        dated = any(one.stage.name == "expire" for one in line.moments)
        if anchor is not None and anchor.sure and not dated:
            _of_table(line, anchor)


def _of_table(line: Timeline, anchor: Moment) -> None:
    table = line.table
    parts = {part: one for one in table.columns.values() if (part := _part(one, line))}
    if not ({"month", "year"} <= parts.keys() or "both" in parts):
        return
    begin = quoted_name(anchor.name)
    years = "to_months(CAST(36 + 12 * floor(2.5 * noise('years')) AS INTEGER))"
    sql = f"last_day(CAST(CAST({begin} AS TIMESTAMP) + {years} AS DATE))"
    found = Found(EXPIRES, expressed(sql))
    day = quoted_name(table.add_hidden("expires_on", "DATE", found).name)
    for part, one in parts.items():
        if part == "both":
            form = _WRITTEN[max(4, min(one.column.type.length, 7))]
            sql = f"strftime({day}, '{form}')"
        else:
            sql = f"CAST({part}({day}) AS INTEGER)"
            if part == "year" and _has_two_digits(one):
                sql = f"{sql} % 100"
            if one.kind is Kind.TEXT:
                width = 4 if part == "year" and not _has_two_digits(one) else 2
                sql = f"lpad(CAST({sql} AS VARCHAR), {width}, '0')"
        fields: JsonObject = expressed(sql)
        if not one.required:
            fields["null_fraction"] = 0
        one.says(Found(f"when it expires, some years after {anchor.name}", fields))


def _part(one: ColumnSketch, line: Timeline) -> str:
    """What a column tells of the month in which its row expires: month, year or both; empty for nothing."""
    words = {*one.words} - {*line.table.noun}
    ends = words & _EXPIRES or (words & _VALID and words & _UNTIL) or (words & _DUE and line.words & _CARDS)
    if not (one.open and ends) or one.keyed or one.hidden or words & _OTHERS:
        return ""
    told = {_PARTS[word] for word in {*words, *plain_words(one.name)} if word in _PARTS}
    if len(told) == 1 and (one.kind in NUMERIC_KINDS or one.kind is Kind.TEXT):
        return told.pop()
    text = one.kind is Kind.TEXT and 4 <= one.column.type.length <= 10
    return "both" if text and line.words & _CARDS | words & {"card"} else ""


def _has_two_digits(one: ColumnSketch) -> bool:
    type_ = one.column.type
    if one.kind is Kind.TEXT:
        return type_.length < 4
    return "yy" in plain_words(one.name) or (type_.kind is Kind.DECIMAL and type_.precision - type_.scale < 4)
