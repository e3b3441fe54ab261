"""Rows of one parent in time: versions that follow each other, logs in order, a row for each day, trees."""

from datetime import date

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.rhythms import first_day, to_the_second
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.moments.stages import ATTENDANCE, CURRENT, FORWARD, LOGS, MONTHLY, VERSIONS
from dw_simulator.schema.inference.sketch import Link
from dw_simulator.schema.inference.sql_rules import expressed, expression
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind


def versions(line: Timeline, link: Link, source: JsonObject) -> bool:
    """Prices, salaries, addresses: each is valid until the next one. Whether these are such.

    source  the moment of the parent from which there are any, as a rule names it
    """
    begin, end = line.begin, line.end
    if begin is None or end is None or not _are_versions(line, link):
        return False
    type_ = begin.column.column.type
    rule: JsonObject = {"name": "after", **_only(source), "within": "6y", "ordered": True, "first": True}
    rule["censor"] = True
    begin.column.says(
        Found(
            f"versions of one {link.parent.name} follow each other",
            {"rule": rule | to_the_second(type_), **({} if begin.column.required else {"null_fraction": 0})},
        )
    )
    if type_ != end.column.column.type:
        return True
    lead: JsonObject = {"name": "window", "function": "lead", "reference": link.name, "column": begin.name}
    end.column.says(Found(f"when the next version of its {link.parent.name} begins", {"rule": lead}))
    _flag_the_current(line, end.name)
    return True


def _are_versions(line: Timeline, link: Link) -> bool:
    begin, end = line.begin, line.end
    if begin is None or end is None or begin is not line.anchor or not begin.open or not end.open:
        return False
    known = {*line.words, *begin.reading.owner, begin.reading.word}
    kept = end.sure or link.one_to_one or link.keyed or link.said.get("pick")
    return bool(known & VERSIONS) and not kept


def prices_in_turn(line: Timeline, as_of: date | None) -> bool:
    """Prices of what says no moment itself: those of one kind of room follow each other. Whether it is so."""
    links = [one for one in line.table.links if one.required and not one.to_itself]
    if len(links) != 1 or len(links[0].columns) != 1 or not _are_versions(line, links[0]):
        return False
    link, begin = links[0], line.begin
    if link.parent.hidden or link.child.stands_by not in ("", link.name) or begin is None:
        return False
    start = f"DATE '{first_day(as_of, _PRICED)}' + CAST(floor(90 * noise('priced')) AS INTEGER)"
    found = Found("since when there are prices", expressed(start))
    since = link.parent.add_hidden("priced_since", "DATE", found)
    return versions(line, link, {"reference": link.name, "column": since.name})


_PRICED = 3
"""Years of prices of what has not come at a time."""


def _only(source: JsonObject) -> JsonObject:
    """A source as `ordered` takes it: a reference, and a column."""
    return {"reference": source["reference"], "column": source["column"]}


def _flag_the_current(line: Timeline, end: str) -> None:
    """is_current is said of the version that has no end."""
    for column in line.table.columns.values():
        if not column.open or column.keyed or not set(column.words) & CURRENT or len(column.words) > 3:
            continue
        test = f"{quoted_name(end)} IS NULL"
        if column.kind is Kind.TEXT and column.column.type.length == 1:
            test = f"CASE WHEN {test} THEN 'Y' ELSE 'N' END"
        elif column.kind in NUMERIC_KINDS:
            test = f"CASE WHEN {test} THEN 1 ELSE 0 END"
        elif column.kind is not Kind.BOOLEAN:
            continue
        fields: JsonObject = expressed(test)
        if not column.required:
            fields["null_fraction"] = 0
        column.says(Found(f"whether {end} is open", fields))


def in_their_order(line: Timeline, link: Link, rule: JsonObject) -> JsonObject:
    """The rule of a log's moment: entries of one parent stand in their order."""
    source = rule["column"]
    single = isinstance(source, dict) and not rule.get("before") and set(line.words) & LOGS
    if not single or link.keyed or link.said.get("pick") or link.one_to_one:
        return rule
    assert isinstance(source, dict), "it is one column of a referenced row"
    until = rule.get("until")
    ends = until if isinstance(until, list) else [until] if until is not None else []
    path = source["reference"]
    first = path[0] if isinstance(path, list) else path
    for one in ends:
        own = one.get("reference") if isinstance(one, dict) else None
        if (own[0] if isinstance(own, list) else own) != first:
            return rule
    return {**rule, **_only(source), "ordered": True}


def tree(line: Timeline, as_of: date | None, fields: JsonObject) -> JsonObject:
    """The fields of what begins a row: where rows stand below others, after what began those.

    fields  those of a row that stands below no other
    """
    anchor = line.anchor
    links = [
        link
        for link in line.table.links
        if link.to_itself and not link.required and not link.keyed and len(link.columns) == 1
    ]
    usable = [link for link in links if (link.open or "tree" in link.said) and not set(link.words) & FORWARD]
    if anchor is None or len(usable) != 1 or anchor.begins:
        return fields
    link = usable[0]
    if "tree" not in link.said:
        link.says("a tree of a few levels", {"tree": {"depth": 4}})
    roots: JsonObject = {"date_start": first_day(as_of, 12), "date_end": first_day(as_of, 8)}
    rule: JsonObject = {"name": "after", "reference": link.name, "column": anchor.name, "at_least": "1d"}
    rule |= {"within": "2y", "roots": roots}
    rule |= to_the_second(anchor.column.column.type)
    return {"rule": rule, **({"null_fraction": 0} if not anchor.column.required else {})}


def a_row_a_day(line: Timeline, link: Link, source: str, until: Json) -> bool:
    """A moment in a key with a reference: one row for each parent and day, from its begin on.

    source  a column of the parent
    """
    anchor = line.anchor
    assert anchor is not None, "only a row that something begins is asked"
    keys = [set(key) for key in line.table.table.keys if anchor.name in key]
    linked = {name for other in line.table.links for name in other.columns}
    fits = [key for key in keys if link.name in key and not (key & linked) - set(link.columns)]
    if not fits or len(keys) != 1 or len(link.columns) != 1:
        return False
    if line.end is not None and line.begin is anchor and not line.end.sure and line.end.open:
        _terms(line, link, source)
        return True
    monthly = set(anchor.column.words) & MONTHLY or line.words & MONTHLY
    if anchor.column.kind is not Kind.DATE and not line.words & LOGS:
        return False
    day = "1 workday" if line.words & ATTENDANCE else "1 day"
    every = "1 month" if monthly else day if anchor.column.kind is Kind.DATE else "15m"
    rule: JsonObject = {
        "name": "recurring",
        "reference": link.name,
        "column": source,
        "every": every,
    }
    if until is not None:
        rule["until"] = until
    anchor.column.says(Found(f"a row for each {link.parent.name} and {every[2:]}", {"rule": rule}))
    if every == "1 month":
        _until_the_next(line, anchor)
    return True


def _until_the_next(line: Timeline, anchor: Moment) -> None:
    """A month ends on the day before the next one."""
    for one in line.moments:
        ends = one is line.end or one.stage.name == "serviceend"
        if ends and one.open and one.column.kind is Kind.DATE and one.sources == [anchor]:
            sql = f"CAST({quoted_name(anchor.name)} + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE)"
            rule: JsonObject = expression(sql)
            one.column.says(Found(f"the last day of what began on {anchor.name}", {"rule": rule}))


def _terms(line: Timeline, link: Link, source: str) -> None:
    """Versions whose beginning is in their key: some months apart, each until the next one."""
    begin, end = line.begin, line.end
    assert begin is not None, "it has a period"
    assert end is not None, "it has a period"
    rule: JsonObject = {"name": "recurring", "reference": link.name, "column": source, "every": "4 months"}
    rule |= {"jitter": "80d"}
    begin.column.says(Found(f"versions of one {link.parent.name} follow each other", {"rule": rule}))
    if begin.column.column.type == end.column.column.type:
        lead: JsonObject = {
            "name": "window",
            "function": "lead",
            "reference": link.name,
            "column": begin.name,
        }
        end.column.says(Found("when the next one begins", {"rule": lead}))
        _flag_the_current(line, end.name)
