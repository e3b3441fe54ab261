"""How long what is agreed lasts: so many months as its type says, or until it is cancelled.

subscription (starts_on, ends_on, type_id -> type);  type (duration_months)
    ends_on  starts_on + the months of its type
contract (starts_on, term_months, ends_on)
    ends_on  starts_on + term_months
bill (period_from, period_to)
    period_to  the last day of the month from period_from on, or the present
sale (sold_on, warranty_until, product_id -> product);  product (warranty_months)
    warranty_until  sold_on + the months of its product
"""

from collections.abc import Iterator
from dataclasses import replace

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.moments.stage_reading import tokens_of
from dw_simulator.schema.inference.moments.stages import LASTING, UNITS
from dw_simulator.schema.inference.moments.timelines import nulls_of
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed, expression
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_STEPS = {"mon": "to_months", "y": "to_years", "w": "to_weeks", "d": "to_days"}
_TERM = frozenset("duration term length validity period tenor tenure lifetime span runtime lasts".split())
_BESIDE = frozenset(
    """trial notice grace delay lead payment pay cancellation kuendigung preavis preaviso preavviso min
    minimum max maximum age wait waiting delivery deadline""".split()
)
"""Words of other times than that for which something is agreed."""
_EARLY = ("cancel", "leave")
_OVER = "until when it lasts"
_OPEN = "since when it is open to others"
_THERE = "since when it is there"


def terms(line: Timeline) -> None:
    """Ends that follow from what a referenced row says, and those of billed months."""
    _billed_months(line)
    for one, begin in _ends(line):
        own = _own_term(line, one)
        if own is not None:
            _says(one, begin, quoted_name(own[0].name), f"the {own[0].name}", own[1])
            continue
        for link in line.table.links:
            found = _term_of(link, one)
            if found is not None:
                many = f"{quoted_name(link.name)}.{quoted_name(found[0].name)}"
                _says(one, begin, many, f"the {found[0].name} of its {link.parent.name}", found[1])
                break


def issued(line: Timeline) -> Moment | None:
    """When a bill for a time was issued, where that is after the time: what follows it comes then."""
    if line.anchor is None or line.anchor.stage.name not in ("servicestart", "start"):
        return None
    later = line.chain[line.chain.index(line.anchor) :] if line.anchor in line.chain else []
    return next((one for one in later if one.stage.name == "invoice" and one.sure), None)


def _billed_months(line: Timeline) -> None:
    """What is billed for a time is billed for a month; the last month may not be over yet."""
    for one in line.moments:
        rule, begin = one.column.rule, line.table.columns.get(str(one.column.rule.get("column")))
        if one.stage.name != "serviceend" or not one.open or rule.get("name") != "after" or begin is None:
            continue
        starts = any(other.column is begin and other.stage.name == "servicestart" for other in line.moments)
        if starts and one.column.kind is Kind.DATE and begin.kind is Kind.DATE:
            month = f"{quoted_name(begin.name)} + INTERVAL 1 MONTH - INTERVAL 1 DAY"
            sql = f"CAST(LEAST({month}, as_of()) AS DATE)"
            fields: JsonObject = expressed(sql)
            fields |= nulls_of(one)
            one.column.says(Found(f"a month from {begin.name} on", fields))
            _begun_before(begin)


def _begun_before(begin: ColumnSketch) -> None:
    """What is billed began before the present day, so that the time has a day at the least."""
    rule, found = begin.rule, begin.found
    if found is None or rule.get("name") != "after" or rule.get("before") or "ordered" in rule:
        return
    drawn = begin.table.add_hidden(f"{begin.name}_drawn", "DATE", found, required=begin.required)
    sql = f"CAST(LEAST({quoted_name(drawn.name)}, as_of() - INTERVAL 1 DAY) AS DATE)"
    made: JsonObject = expressed(sql)
    nulls: JsonObject = {} if begin.required else {"null_fraction": 0}
    begin.says(replace(found, fields=made | nulls))


def _ends(line: Timeline) -> Iterator[tuple[Moment, Moment]]:
    """The ends that are known before they come, each with its begin."""
    for one in line.moments:
        begin = line.begin if one is line.end or line.begin is not None else line.anchor
        ahead = one.planned or (one is line.end and line.ahead)
        edge = one.has("end") or one.stage.name == "expire"
        own = one is line.end or bool(one.reading.owner)
        if one.stage.name in ("end", "expire") and _own_term(line, one) is not None:
            ahead = own = True
        if begin is None or begin is one or not (edge and ahead and own and one.open):
            continue
        if begin.fits(one) and (begin.sure or not one.sure) and "ordered" not in begin.column.rule:
            yield one, begin


def _term_of(link: Link, end: Moment) -> tuple[ColumnSketch, str] | None:
    """The column of a referenced row that says for how long, and its unit."""
    if link.to_itself or len(link.columns) != 1 or not (link.required or not end.sure):
        return None
    return _term_in(link.parent, end) if day_of(link.parent) is None else None


def _own_term(line: Timeline, end: Moment) -> tuple[ColumnSketch, str] | None:
    """The months or years that a row says itself; days are counted from its moments."""
    found = _term_in(line.table, end)
    return found if found is not None and found[0].open and found[1] in ("mon", "y") else None


def _term_in(table: TableSketch, end: Moment) -> tuple[ColumnSketch, str] | None:
    """The same of a table."""
    for column in table.columns.values():
        if column.kind not in NUMERIC_KINDS or column.column.type.scale or column.hidden or column.keyed:
            continue
        words = {*tokens_of(column.name), *column.words}
        unit = next((UNITS[word] for word in words if UNITS.get(word) in _STEPS), "")
        owner = {*end.reading.owner}
        terms = _TERM | LASTING | {*table.noun}
        named = bool(words & owner) if owner else bool(words & terms) and not words & _BESIDE
        if unit and named and (column.required or not end.sure):
            return column, unit
    return None


def _says(end: Moment, begin: Moment, many: str, term: str, unit: str) -> None:
    """The end is so much later. many: SQL for how much, and what it is called."""
    type_ = "DATE" if end.column.kind is Kind.DATE else "TIMESTAMP"
    sql = f"CAST({quoted_name(begin.name)} AS {type_}) + {_STEPS[unit]}(CAST({many} AS INTEGER))"
    sql = f"CAST({sql} AS {type_})"
    rule: JsonObject = expression(sql)
    told = f"{begin.name} and {term}"
    share = min(float(str(end.column.fields.get("null_fraction", 0))), 0.05)
    end.column.says(Found(told, {"rule": rule, **nulls_of(end, share)}))


def open_since(line: Timeline) -> ColumnSketch | None:
    """The column since when others take part, where a row is launched later or never; None for any other."""
    begin = line.begin
    if begin is None or not deadline_of(line) or begin.sure or begin.stage.name != "list":
        return None
    type_ = "DATE" if begin.column.kind is Kind.DATE else "TIMESTAMP"
    never = "CAST(as_of() AS TIMESTAMP) + INTERVAL 100 YEAR"
    sql = f"CAST(COALESCE(CAST({quoted_name(begin.name)} AS TIMESTAMP), {never}) AS {type_})"
    return _hidden(line, "open_since", begin.column.column.data_type, _OPEN, sql)


def there_since(line: Timeline, begin: Moment) -> ColumnSketch | None:
    """The column since when what was planned is there, as it came; None where nothing says how it came."""
    if not begin.planned or not begin.sure or begin is not line.begin or line.end is None:
        return None
    came = [
        one
        for one in line.chain
        if one.stage.name == begin.stage.name == "checkin" and not (one.planned or one.sure)
    ]
    if len(came) != 1 or came[0].column.column.type != begin.column.column.type:
        return None
    sql = f"COALESCE({quoted_name(came[0].name)}, {quoted_name(begin.name)})"
    return _hidden(line, "there_since", begin.column.column.data_type, _THERE, sql)


def _hidden(line: Timeline, name: str, type_: str, told: str, sql: str) -> ColumnSketch | None:
    for one in line.table.columns.values():
        if one.found is not None and one.found.meaning == told:
            return one
    rule: JsonObject = expression(sql)
    return line.table.add_hidden(name, type_, Found(told, {"rule": rule}))


def deadline_of(line: Timeline) -> list[Moment]:
    """Until when it is open to others, where that is known: a campaign is over then."""
    return [line.end] if line.end is not None and line.ahead and line.end.stage.name == "due" else []


def open_between(line: Timeline, since: ColumnSketch) -> JsonObject:
    """Since when and until when it is open to others, as a pick says it; nothing where that is not known."""
    opened = open_since(line)
    if opened is None or opened.kind is not since.kind:
        return {}
    return {"since": opened.name, "until": (over_on(line) or deadline_of(line)[0].column).name}


def over_on(line: Timeline) -> ColumnSketch | None:
    """The column until which something lasts, to its end or cancelled before; None where nothing says it."""
    end = line.end
    if end is None or line.begin is None or not line.ahead:
        return None
    table = line.table
    known = [one for one in table.columns.values() if one.found is not None and one.found.meaning == _OVER]
    if known:
        return known[0]
    early = [
        one
        for one in line.moments
        if one.stage.name in _EARLY and one is not end and not one.sure and one.fits(end) and one.column.rule
    ]
    if not early or any(one.column.column.type.zoned for one in (*early, end)):
        return None
    type_ = "DATE" if end.column.kind is Kind.DATE else "TIMESTAMP"
    parts = [f"CAST({quoted_name(one.name)} AS {type_})" for one in (end, *early)]
    rule: JsonObject = expression(f"least({', '.join(parts)})")
    return table.add_hidden("over_on", type_, Found(_OVER, {"rule": rule}), required=end.column.required)
