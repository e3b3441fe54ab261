"""The hours of a day in which something was up, and those in which it was not: they come to 24.

machine_day (machine_id, day, available_hours, unavailable_hours, availability_pct)
    unavailable_hours   none in most rows, a few in some
    available_hours     24 - unavailable_hours
    availability_pct    available_hours / 24 * 100
"""

from dataclasses import dataclass

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.free_measures import greatest
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import in_hundredths
from dw_simulator.schema.inference.numbers.row_numbers import numbers_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_DAY = {"hour": 24, "minute": 1440}
_UP = frozenset({"available", "uptime", "up", "operating", "operational", "running", "availability"})
_DOWN = frozenset({"unavailable", "downtime", "down", "outage", "unavailability"})
_SHARES = frozenset({"availability", "uptime", "available"})
_PERCENT = frozenset({"percent", "rate", "ratio"})
_OTHERS = frozenset({"planned", "target", "guaranteed", "expected", "scheduled", "total", "per"})
_LONGER = frozenset({"month", "monthly", "week", "weekly", "year", "yearly", "hourly"})
_NOT_ALWAYS = frozenset(
    """employee staff worker person personnel people nurse doctor driver technician agent teacher therapist
    operator crew team user member consultant freelancer store shop branch outlet restaurant office clinic
    counter""".split()
)
"""Who and what sleeps, or closes: a day of theirs is no 24 hours."""
_SELDOM = 0.22
"""In so many rows something was down."""


@dataclass(frozen=True)
class UpHours:
    """What a row tells of its day: hours or minutes that were up and down, and the share that was up."""

    up: ColumnSketch | None
    down: ColumnSketch | None
    share: ColumnSketch | None
    whole: int


def up_hours(sketch: Sketch) -> None:
    """Say the hours of a day that something was up and down."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        found = None if table.hidden else up_of(table)
        if found is not None and (found.up is not None or found.down is not None):
            _say(found)


def up_of(table: TableSketch) -> UpHours | None:
    """What a row tells of its day; None where it is of no day."""
    numbers = numbers_of(table)
    marked = [one for one in numbers if {*one.words} & (_UP | _DOWN) and not {*one.words} & _OTHERS]
    if not marked or not is_daily(table) or _rests(table):
        return None
    for unit, whole in _DAY.items():
        ups = [one for one in marked if unit in one.words and {*one.words} & _UP]
        downs = [one for one in marked if unit in one.words and {*one.words} & _DOWN]
        shares = [one for one in marked if _is_share({*one.words})]
        if len(ups) <= 1 and len(downs) <= 1 and len(ups) + len(downs) + bool(shares) > 1:
            up, down = next(iter(ups), None), next(iter(downs), None)
            return UpHours(up, down, shares[0] if len(shares) == 1 else None, whole)
    return None


def _rests(table: TableSketch) -> bool:
    """Whether rows are of people, or of places that open and close."""
    words = {*table.noun, *read(table.name).words}
    for link in table.links:
        words |= {*link.parent.noun}
    return bool(words & _NOT_ALWAYS)


def _is_share(words: set[str]) -> bool:
    told = words & _PERCENT or words == {"availability"}
    return bool(words & _SHARES and told and not words & _DAY.keys())


def is_daily(table: TableSketch) -> bool:
    """Whether there is a row for a day, by a date of its own or the key of one."""
    said = {*read(table.name).words}
    if said & _LONGER:
        return False
    dated = [one for one in table.columns.values() if one.kind is Kind.DATE and one.required]
    keyed = [link for link in table.links if {*link.parent.noun} & {"date", "day", "calendar"}]
    moments = [one for one in table.columns.values() if one.kind is Kind.TIMESTAMP and one.required]
    return len(dated) + len(keyed) == 1 and not moments


def _say(found: UpHours) -> None:
    known = [one for one in (found.up, found.down, found.share) if one is not None]
    if not all(may_be_said(one) for one in known):
        return
    whole = found.whole
    if any(greatest(one.column.type) < whole for one in known if one is not found.share):
        return
    lost = f"CASE WHEN noise('down') < {_SELDOM} THEN {whole} * power(noise('long'), 4) ELSE 0 END"
    if found.down is not None:
        _expressed(found.down, lost, "hours of the day that it was down, in some rows", whole)
        if found.up is not None:
            up = f"{whole} - {quoted_name(found.down.name)}"
            _expressed(found.up, up, f"the day less {found.down.name}", whole)
    elif found.up is not None:
        _expressed(found.up, f"{whole} - ({lost})", "the day, or less of it in some rows", whole)
    if found.share is None:
        return
    percent = in_hundredths(found.share.column.type, found.share.words)
    factor = 100 if percent else 1
    if greatest(found.share.column.type) < factor:
        return
    part = quoted_name(found.up.name) if found.up else f"({whole} - {quoted_name(found.down.name)})"  # type: ignore[union-attr]
    _expressed(found.share, f"{part} * {factor}.0 / {whole}", "the share of the day that it was up", factor)


def _expressed(column: ColumnSketch, sql: str, told: str, most: float) -> None:
    rule: dict[str, Json] = expression(sql)
    column.says(Found(told, {"rule": rule, "min_value": 0, "max_value": most, **never_null(column)}))
