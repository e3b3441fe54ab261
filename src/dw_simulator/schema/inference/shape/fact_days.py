"""When a fact happens that references another: some days later, in its course, or as long as it lasts.

fct_refund (booking_key -> fct_booking)          some days after the booking
fct_minibar (booking_key -> fct_booking (arrival_date_key, departure_date_key))    from the one to the other
fct_room_night (the same)                        the first night, the second, ...; never that of the departure
fct_booking (hotel_key -> dim_hotel (opened_date_key))      any time since the hotel opened
"""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.stages import MASTERS
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.shape.stay_days import BEGINS, STAYED, happens_on, last_night
from dw_simulator.schema.inference.sketch import Link, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name

_NIGHTS = frozenset({"night", "nights", "stay"})
_PAID = frozenset({"payment", "pay", "invoice", "refund", "review", "rating", "claim", "survey"})
"""What need not happen in the course of a stay."""
_BEGUN = frozenset(
    "open opened hire hired launch join found founded build built commission establish introduce".split()
)
"""What comes on the first day of what lasts."""
_YEARS = 3 * 365


def after_parent(table: TableSketch, link: Link, day: str, until: JsonObject | None) -> Found:
    """The day of a fact, by what it references.

    day    the column of the referenced row with its day
    until  when a version ends by which the row has what it references
    """
    parent = link.parent
    stay = None if {*table.noun} & _PAID or until else _stay(parent)
    if stay is not None:
        return _within(table, link, stay)
    rule: JsonObject = {"name": "after", "reference": link.name, "column": day, "distribution": "exponential"}
    if _lasts(parent):
        rule |= {"column": _opened(parent, day), "within": "20y", "mean": "500d"}
        rule |= {"until": last_night(table)} if _has_stays(table) else {}
    else:
        rule |= {"within": "45d", "mean": "9d"}
    rule |= {"until": until} if until else {}
    return Found("", {"rule": rule}, f"{table.name} comes after {parent.name}")


def time_before(first: Link, stage: str) -> JsonObject:
    """How long after the first day of a fact another one is: what is booked begins weeks later."""
    booked = happens_on(first) in ("book", "reserve") and stage in BEGINS
    within, mean = ("300d", "28d") if booked else ("14d", "3d")
    return {"within": within, "distribution": "exponential", "mean": mean}


def _lasts(parent: TableSketch) -> bool:
    """Whether it is no fact, but something that is there from a day on."""
    begun = any({*link.words} & _BEGUN for link in parent.links if day_of(link.parent) is not None)
    return begun or bool({*parent.noun} & MASTERS) or parent.name.lower().startswith("dim")


def _has_stays(table: TableSketch) -> bool:
    """Whether stays begin on later days of the row: they end by the present."""
    return any(happens_on(link) in STAYED for link in table.links)


def _opened(parent: TableSketch, day: str) -> str:
    """The day on which a master began, some days ago at the least; where nobody knows it, years ago."""
    known = parent.columns.get("known_since")
    if known is not None and known.hidden:
        return known.name
    sql = f"LEAST(COALESCE({quoted_name(day)}, CAST(as_of() AS DATE) - {_YEARS}), CAST(as_of() AS DATE) - 5)"
    return parent.add_hidden("known_since", "DATE", Found("", expressed(sql), "the day since when")).name


def _stay(parent: TableSketch) -> tuple[str, str] | None:
    """The hidden columns of a fact with the days on which a stay begins and ends; None where it is none."""
    found: dict[str, str] = {}
    for link in parent.links:
        column = parent.columns.get(f"{link.name}_day")
        if column is not None and column.hidden and column.required:
            found.setdefault(happens_on(link), column.name)
    begin = next((found[stage] for stage in BEGINS if stage in found), "")
    end = next((found[stage] for stage in (*STAYED, "depart") if stage in found), "")
    return (begin, end) if begin and end else None


def _within(table: TableSketch, link: Link, stay: tuple[str, str]) -> Found:
    begin, end = (f"{quoted_name(link.name)}.{quoted_name(one)}" for one in stay)
    length = f"greatest(date_diff('day', {begin}, {end}), 1)"
    if not {*table.noun} & _NIGHTS:
        sql = f"{begin} + CAST(floor(noise('day') * ({length} + 1)) AS INTEGER)"
        return Found("", expressed(sql), f"{table.name} lies in the course of {link.parent.name}")
    window: JsonObject = {"name": "window", "reference": link.name, "function": "number"}
    number = table.add_hidden("number_of_night", "INTEGER", Found("which one it is", {"rule": window}))
    sql = f"{begin} + CAST(({quoted_name(number.name)} - 1) % {length} AS INTEGER)"
    return Found("", expressed(sql), f"{table.name} is a night of {link.parent.name}")
