"""What an advertisement is like by the channel that it goes through: videos on the video channel.

ad (campaign_id -> campaign (channel), format)      format: of the formats that the channel has
click (ad_id -> ad -> campaign (channel), gclid)    gclid: NULL for channels where there is none
"""

import re
from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.shape.calendar_names import lines_of
from dw_simulator.schema.inference.shape.ways_there import ways_from
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_CHANNEL = frozenset({"channel", "medium"})
_FILLED = "-"


@cache
def _lines() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """For each meaning of a column: a pattern of channels, and the values that are left there."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for meaning, words, values in lines_of("by_channel.txt"):
        found.setdefault(meaning, []).append(
            (rf"(^|[^a-z])({'|'.join(words.split())})", tuple(values.split()))
        )
    return found


def by_channel(sketch: Sketch) -> None:
    """Lists and ids of advertisements follow the channel of the row, or of what it belongs to."""
    if not sketch.has("expression"):
        return
    for table in list(sketch.tables.values()):
        if table.hidden or table.table.rows is not None:
            continue
        for column in list(table.columns.values()):
            lines = _lines().get(column.found.meaning) if column.found is not None else None
            if lines and column.open and not column.keyed and not column.hidden:
                channel = _channel(table)
                if channel:
                    _follow(column, channel, lines)


def _channel(table: TableSketch) -> str:
    """The column that tells a row's channel: its own, or a hidden one that looks it up; empty for none."""
    own = next((one.name for one in table.columns.values() if _is_channel(one)), "")
    if own:
        return own
    for way in ways_from(table):
        told = next((one for one in way[-1].parent.columns.values() if _is_channel(one)), None)
        if told is not None:
            lookup: dict[str, Json] = {"reference": [link.name for link in way], "column": told.name}
            found = Found("", {"lookup": lookup}, f"the {told.name} of its {way[-1].parent.name}")
            return table.add_hidden("channel", told.column.data_type, found, required=False).name
    return ""


def _is_channel(column: ColumnSketch) -> bool:
    named = bool({*column.words[-1:]} & _CHANNEL) and column.kind is Kind.TEXT
    return named and column.found is not None and not column.hidden


def _follow(column: ColumnSketch, channel: str, lines: list[tuple[str, tuple[str, ...]]]) -> None:
    assert column.found is not None, "it has a meaning"
    name = f"lower({quoted_name(channel)})"
    told = f"{column.found.meaning}, as {channel} has it"
    if lines[0][1] == (_FILLED,):
        if not (column.required or column.unless or "null_when" in column.fields):
            fields = {one: said for one, said in column.fields.items() if one != "null_fraction"}
            is_there = f"COALESCE(regexp_matches({name}, {quoted_text(lines[0][0])}), FALSE)"
            column.says(Found(told, {**fields, "null_when": f"NOT {is_there}"}))
        return
    values, weights = column.rule.get("values"), column.rule.get("weights")
    if not isinstance(values, list) or not isinstance(weights, list) or column.kind is not Kind.TEXT:
        return
    pairs = {str(value): float(str(weight)) for value, weight in zip(values, weights, strict=True)}
    cases = []
    for pattern, kept in lines:
        left = {value: weight for value, weight in pairs.items() if _key(value) in map(_key, kept)}
        if left:
            cases.append(f"WHEN regexp_matches({name}, {quoted_text(pattern)}) THEN {_drawn(left)}")
    if cases:
        made = f"CASE {' '.join(cases)} ELSE {_drawn(pairs)} END"
        kept_fields = {one: said for one, said in column.fields.items() if one.startswith("null_")}
        column.says(Found(told, {**kept_fields, "rule": expression(made)}))


def _key(value: str) -> str:
    return re.sub(r"[^a-z0-9]", "", value.lower())


def _drawn(weights: dict[str, float]) -> str:
    """SQL for one of some values by their weights."""
    *others, last = weights
    whole, so_far, cases = sum(weights.values()), 0.0, []
    for value in others:
        so_far += weights[value] / whole
        cases.append(f"WHEN noise('which') < {so_far:.4f} THEN {quoted_text(value)}")
    return f"CASE {' '.join(cases)} ELSE {quoted_text(last)} END" if cases else quoted_text(last)
