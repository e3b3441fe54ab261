"""How many places are taken is how many bookings stand: `booked_seats` of a class, the enrolled of a course.

A booking that was cancelled counts no more, and one for several persons counts as many. There are as many
places as are taken, at the least.
"""

from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.formulas import is_whole
from dw_simulator.schema.inference.numbers.header_sums import HeaderSum, Numbers, may_be_said, may_stand_by
from dw_simulator.schema.inference.numbers.measure_roles import said_by
from dw_simulator.schema.inference.numbers.row_numbers import numbers_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_TAKEN = frozenset(
    "book booked reserve reserved enroll enrolled registered participant attendee signup".split()
)
"""Words of how many places are taken."""
_WORDS = _TAKEN | frozenset(
    """seat place spot slot bed count number quantity total current ticket student member person guest
    confirmed visitor""".split()
)
_ROWS = frozenset(
    """book booking reservation enroll enrollment enrolment registered registration participation participant
    attendee signup attendance""".split()
)
"""Rows by which a place is taken."""
_PERSONS = frozenset({"person", "participant", "guest", "seat", "place", "ticket", "passenger", "attendee"})
_COUNTS = frozenset({"number", "count", "quantity", "of", "total"})
_CANCELLED = frozenset({"cancel", "cancelled", "canceled", "cancellation"})
_MOST = 10**6


def places_taken(sketch: Sketch, numbers: Mapping[str, Numbers], stands: dict[str, Link]) -> list[HeaderSum]:
    """Say how many places are taken; the sums, which `stands` then knows."""
    found = []
    for table in list(sketch.tables.values()):
        if table.hidden or not _ROWS & {*table.noun[-1:]}:
            continue
        for link in table.links:
            goal = next(_goals(link), None) if stands.get(table.name, link) is link else None
            if goal is not None:
                one = HeaderSum(goal, link, _standing(table))
                one.say()
                _room(goal, numbers[link.parent.name])
                found.append(one)
                stands[table.name] = link
                break
    return found


def _goals(link: Link) -> Iterator[ColumnSketch]:
    if not may_stand_by(link):
        return
    for one in numbers_of(link.parent):
        words = said_by(one.words)
        whole = is_whole(one.kind, one.column.type.scale) and one.kind is Kind.INTEGER
        if whole and words & _TAKEN and words <= _WORDS | {*link.parent.noun} and may_be_said(one):
            yield one


def _standing(table: TableSketch) -> ColumnSketch | None:
    """What a booking counts for; None where each counts for one."""
    persons = next((one for one in numbers_of(table) if _is_persons(one)), None)
    number = f"COALESCE({quoted_name(persons.name)}, 0)" if persons is not None else "1"
    gone = _gone(table)
    if gone:
        sql = f"CASE WHEN {gone} THEN 0 ELSE {number} END"
        rule: dict[str, Json] = expression(sql)
        found = Found(
            "what a booking that stands counts for", {"rule": rule, "min_value": 0, "max_value": 1000}
        )
        return table.add_hidden("places_taken", "INTEGER", found)
    return persons


def _is_persons(column: ColumnSketch) -> bool:
    words = said_by(column.words)
    counted = words & _PERSONS and words - _PERSONS <= _COUNTS
    return bool(counted) and words != {"seat", "number"} and column.kind is Kind.INTEGER


def _gone(table: TableSketch) -> str:
    """The condition that a booking was cancelled; empty where nothing says it."""
    for one in table.columns.values():
        if one.hidden or not _CANCELLED & {*one.words}:
            continue
        if one.kind in (Kind.DATE, Kind.TIMESTAMP) and not one.required:
            return f"{quoted_name(one.name)} IS NOT NULL"
        if one.kind is Kind.BOOLEAN:
            return f"COALESCE({quoted_name(one.name)}, FALSE)"
    for one in table.columns.values():
        values = one.rule.get("values")
        if one.kind is Kind.TEXT and isinstance(values, list) and {"status", "state"} & {*one.words}:
            such = [str(value) for value in values if str(value).lower().startswith("cancel")]
            if such:
                return f"COALESCE({quoted_name(one.name)} IN ({', '.join(map(quoted_text, such))}), FALSE)"
    return ""


def _room(taken: ColumnSketch, parent: Numbers) -> None:
    """As many places as are taken, at the least."""
    for one in parent.get("capacity", ()):
        whole = one.column
        if one.owner or not may_be_said(whole) or whole.found is None or whole.kind is not Kind.INTEGER:
            continue
        fields = {k: v for k, v in whole.fields.items() if k not in ("null_fraction", "null_when")}
        drawn = whole.table.add_hidden(
            f"{whole.name}_drawn", whole.column.data_type, Found("a capacity", fields)
        )
        sql = f"GREATEST({quoted_name(drawn.name)}, {quoted_name(taken.name)})"
        rule: dict[str, Json] = expression(sql)
        high = min(_MOST, int(whole.column.type.limits[1]))
        nulls: dict[str, Json] = {} if whole.required else {"null_fraction": 0}
        told = f"a capacity, at least {taken.name}"
        whole.says(Found(told, {"rule": rule, "min_value": 0, "max_value": high, **nulls}))
