"""The last that somebody did: a last login lies after all that she does, a last order is that of her orders.

What happens to a customer ends with her last login, with the day on which she left, or, where a flag says
that she is gone, some months ago. When she ordered first and last follows from her orders, where there is one
table of them.
"""

from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.moments.stage_reading import tokens_of
from dw_simulator.schema.inference.moments.stages import DOINGS, GONE, MACHINES, STILL_THERE, TAILS
from dw_simulator.schema.inference.moments.told_expiries import EXPIRES
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed, expression
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import NUMERIC_KINDS, Kind

_UNTIL = "until when anything happens to it"
_ORDINALS = frozenset("first last latest earliest recent lst previous initial".split())
_LIKE = ({"order", "purchase", "sale"}, {"visit", "session"}, {"login", "session"}, {"pay", "payment"})
"""Nouns of which one stands for another."""
_FLAGS = frozenset("is flag indicator fl flg yn current still state status".split())
_RECENT = "CASE WHEN noise('lately') < 0.6 THEN 0.04 * noise('by') ELSE 0.7 * noise('by') END"
_AT_NIGHT, _AWAKE = 0.06, "6.5 + 17.4 * (noise('hour') + noise('too')) / 2"
"""The share of doings before seven o'clock, and the hours of the others."""
_LONG_AGO = "0.3 + 0.6 * noise('by')"
"""So much of the time since the beginning has passed since the last doing."""


def doings_until_today(line: Timeline) -> None:
    """When somebody was last seen: most of late, some long ago."""
    anchor, over = line.anchor, [one for one in line.chain if one.has("last") and one.stage.name != "last"]
    for one in _doings(line):
        after = one.column.rule.get("name") == "after" and anchor is not None and one is not anchor
        if not (one.open and after and anchor is not None and anchor.sure and one.fits(anchor)):
            continue
        others = [some for some in one.sources if some is not anchor and _child(line, some) is None]
        begins = [_moment(some.name) for some in [anchor, *others] if some.fits(one)]
        begin = f"greatest({', '.join(begins)})" if len(begins) > 1 else begins[0]
        ends = [f"COALESCE({_moment(end.name)}, {_PRESENT})" for end in over if end.fits(one)]
        upper = f"greatest(least({', '.join([*ends, _PRESENT])}), {begin})"
        gone = _gone(line.table)
        ago = f"CASE WHEN {gone} THEN {_LONG_AGO} ELSE {_RECENT} END" if gone else _RECENT
        seconds = f"date_diff('second', {begin}, {upper}) * (1 - ({ago}))"
        sql = f"{begin} + to_seconds(CAST({seconds} AS BIGINT))"
        fields = {name: value for name, value in one.column.fields.items() if name == "null_fraction"}
        if one.column.kind is Kind.DATE:
            sql = f"CAST({sql} AS DATE)"
        elif not (one.column.column.type.zoned or MACHINES & {*line.things}):
            sql = _by_day(line, one, sql, (begin, upper))
        one.column.says(
            Found(f"what comes after {anchor.name}, mostly of late", {"rule": expression(sql), **fields})
        )


def _by_day(line: Timeline, one: Moment, sql: str, between: tuple[str, str]) -> str:
    """The same day at an hour at which people are awake, most in the afternoon, where that is in between."""
    begin, upper = between
    found = Found("", expressed(sql), f"{one.name}, at any hour of the day")
    drawn = line.table.add_hidden(f"{one.name}_drawn", "TIMESTAMP", found, required=False)
    day = quoted_name(drawn.name)
    hour = f"CASE WHEN noise('late') < {_AT_NIGHT} THEN 7 * noise('hour') ELSE {_AWAKE} END"
    moved = f"CAST(CAST({day} AS DATE) AS TIMESTAMP) + to_seconds(CAST(3600 * ({hour}) AS BIGINT))"
    return f"CASE WHEN {moved} BETWEEN {begin} AND {upper} THEN {moved} ELSE {day} END"


_PRESENT = "CAST(as_of() AS TIMESTAMP)"


def _doings(line: Timeline) -> Iterator[Moment]:
    """When somebody last came, logged in, was seen."""
    for one in line.moments:
        words = {*one.column.words, *tokens_of(one.name)}
        if words & _ORDINALS and words & DOINGS and one.stage.name == "last" and not one.has("lead"):
            yield one


def happens_until(line: Timeline) -> ColumnSketch | None:
    """The column until which anything happens to a row; None where nothing ends it but its own end."""
    if not line.lasting:
        return None
    table = line.table
    known = [one for one in table.columns.values() if one.found is not None and one.found.meaning == _UNTIL]
    if known:
        return known[0]
    anchor, end = line.anchor, line.end
    doings = [one for one in _doings(line) if one.open or one.column.rule]
    over = [*_stopped(line), *([end] if end is not None else [])]
    expiries = [
        one for one in table.columns.values() if one.found is not None and one.found.meaning == EXPIRES
    ]
    gone = _gone(table) if anchor is not None and anchor.sure else ""
    if not doings and not gone and not expiries and over in ([], [end]):
        return None
    kind = "TIMESTAMP" if anchor is None or anchor.column.kind is not Kind.DATE else "DATE"
    kind += "TZ" * (anchor is not None and anchor.column.column.type.zoned)
    sources = [_moment(one.name) for one in [*doings[:1], *over]]
    sources += [f"{_moment(one.name)} + INTERVAL 23 HOUR" for one in expiries]
    if gone and anchor is not None:
        begin = _moment(anchor.name)
        quiet = (
            f"date_diff('second', {begin}, {_PRESENT}) - 86400 * (120 + CAST(300 * noise('gone') AS BIGINT))"
        )
        left = f"{begin} + to_seconds(CAST(greatest({quiet}, 3456000) AS BIGINT))"
        sources.append(f"CASE WHEN {gone} THEN {left} END")
    sql = f"least({', '.join(sources)})" if len(sources) > 1 else sources[0]
    if kind == "DATE":
        sql = f"CAST({sql} AS DATE)"
    return table.add_hidden("happens_until", kind, Found(_UNTIL, expressed(sql)), required=False)


def _stopped(line: Timeline) -> list[Moment]:
    """When a row was blocked or deleted, and nothing happens to it any more."""
    return [one for one in line.chain if one.stage.name == "delete" and not one.sure and one is not line.end]


def _gone(table: TableSketch) -> str:
    """SQL for that a flag, or a status by chance, says that a row is no longer active; empty for none."""
    for column in table.columns.values():
        if not column.open or column.hidden or column.keyed:
            continue
        words = {*column.words, *tokens_of(column.name)}
        name, values = quoted_name(column.name), column.rule.get("values")
        listed = [str(one) for one in values] if isinstance(values, list) else []
        if words & STILL_THERE and words <= STILL_THERE | _FLAGS | {*table.noun} | TAILS:
            if column.kind is Kind.BOOLEAN and column.rule.get("name") == "boolean":
                return f"NOT {name}"
            no = [one for one in listed if one.upper() in ("N", "0", "F")]
            if len(listed) == 2 and no:
                return f"{name} = {no[0] if column.kind in NUMERIC_KINDS else quoted_text(no[0])}"
        if (
            words & {"status", "state"}
            and column.kind is Kind.TEXT
            and words <= _FLAGS | {*table.noun} | TAILS
        ):
            over = [one for one in listed if one.lower().replace("_", " ") in GONE]
            if over and len(over) < len(listed):
                return f"{name} IN ({', '.join(map(quoted_text, over))})"
    return ""


# --- the first and the last of them


def first_and_last(sketch: Sketch, lines: Mapping[str, Timeline]) -> None:
    """first_order_at and last_order_at are the first and the last of its orders."""
    if not sketch.has("rollup"):
        return
    for line in lines.values():
        doings = list(_doings(line))
        for one in line.moments:
            ordinal = one.reading.ordinal if one.reading.ordinal in ("first", "last") else ""
            free = one.open and one is not line.anchor and not (one.begins or one.planned)
            others = [other for other in line.moments if other not in doings and _child(line, other) is None]
            waited = any(one in other.sources for other in others)
            if ordinal and free and one not in doings and (not waited or ordinal == "last"):
                _among(line, one, ordinal, lines)


def _among(line: Timeline, one: Moment, ordinal: str, lines: Mapping[str, Timeline]) -> None:
    link = _child(line, one)
    anchor = lines[link.child.name].anchor if link is not None else None
    if link is None or anchor is None or anchor.column.hidden or not one.fits(anchor):
        return
    told = f"the {ordinal} {anchor.name} in {link.child.name}"
    steps = _steps(link)
    if not steps:
        return
    function, added = "max" if ordinal == "last" else "min", anchor.name
    for step in steps[:-1]:  # of those of each address, and then of its customer
        rule = _rolled_up(function, step, added)
        type_ = anchor.column.column.data_type
        hidden = step.parent.add_hidden(
            f"{ordinal}_{link.child.name}", type_, Found(told, {"rule": rule}), required=False
        )
        added = hidden.name
    rule = _rolled_up(function, steps[-1], added)
    same = one.column.column.type == anchor.column.column.type
    if same and not one.column.required:
        one.column.says(Found(told, {"rule": rule, "null_fraction": 0}))
        return
    type_ = anchor.column.column.data_type
    name = f"{ordinal}_{link.child.name}"
    hidden = line.table.add_hidden(name, type_, Found(told, {"rule": rule}), required=False)
    sql = f"CAST({quoted_name(hidden.name)} AS {'DATE' if one.column.kind is Kind.DATE else 'TIMESTAMP'})"
    nulls: JsonObject = {"null_fraction": 0}
    if one.column.required:
        if line.anchor is None or not line.anchor.sure:
            return
        sql, nulls = f"COALESCE({sql}, {_moment(line.anchor.name)})", {}
    one.column.says(Found(told, {"rule": expression(sql), **nulls}))


def _rolled_up(function: str, link: Link, column: str) -> dict[str, Json]:
    rule: dict[str, Json] = {"name": "rollup", "function": function}
    return rule | {"table": link.child.name, "reference": link.name, "column": column}


def _steps(link: Link) -> list[Link]:
    """The references by which rows are added up: the one, or those by which it is found."""
    if may_stand(link):
        return [link]
    via = link.said.get("via") or list(link.reference.via)
    if not isinstance(via, list) or len(via) != 2:
        return []
    first = link.child.link(str(via[0]))
    second = first.parent.link(str(via[1])) if first is not None else None
    if first is None or second is None or second.parent is not link.parent:
        return []
    return [first, second] if may_stand(first) and may_stand(second) else []


def _child(line: Timeline, one: Moment) -> Link | None:
    """The only reference to a table by rows of the kind that a moment names."""
    if one.reading.ordinal not in ("first", "last"):
        return None
    words = {*map(singular, one.column.words)} - _ORDINALS - TAILS - {*line.table.noun}
    found = [link for link in line.table.children if _is_called(link, words)]
    return found[0] if len(found) == 1 else None


def _is_called(link: Link, words: set[str]) -> bool:
    """Whether words name the rows of a table."""
    called = {*link.child.noun[-1:]}
    return (
        bool(words)
        and not link.to_itself
        and (
            (words <= {*link.child.noun} and called <= words)
            or any(words <= some and called & some for some in _LIKE)
        )
    )


def may_stand(link: Link) -> bool:
    """Whether the rows of a table may stand together by a reference."""
    stated = link.reference
    free = not (stated.pick or stated.via or stated.tree or stated.distinct)
    said = link.said.keys() <= {"skew", "children", "childless"}
    plain = len(link.columns) == 1 and not (link.one_to_one or link.to_itself or link.child.hidden)
    return free and said and plain and link.child.stands_by in ("", link.name)


def _moment(name: str) -> str:
    return f"CAST({quoted_name(name)} AS TIMESTAMP)"
