"""When things happen: hours, weekdays, seasons and growth, by who does them."""

from collections.abc import Collection
from datetime import date
from functools import cache

from dw_simulator.schema.inference.candidates import last_years
from dw_simulator.schema.inference.guesses import YEARS_BACK
from dw_simulator.schema.inference.moments.stages import (
    ATTENDANCE,
    COUNTER,
    EATEN,
    EATEN_AT,
    HAPPENINGS,
    MACHINES,
    MEAL,
    MEETINGS,
    NIGHT_TOO,
    OFFICE,
    PEOPLE,
    RIDES,
)
from dw_simulator.schema.inference.sketch import Sketch, TableSketch
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import Kind, SqlType

_PEOPLE: JsonObject = {
    "hours": [2, 1, 1, 1, 1, 1, 3, 5, 7, 9, 10, 10, 10, 9, 8, 9, 10, 11, 12, 13, 13, 12, 8, 4],
    "weekdays": [10, 10, 10, 10.5, 11.5, 11, 9],
}
_AT_WORK: JsonObject = {
    "hours": [0, 0, 0, 0, 0, 0, 1, 4, 9, 11, 11, 10, 7, 9, 11, 11, 9, 6, 2, 1, 0.5, 0, 0, 0],
    "weekdays": [12, 12, 11.5, 11, 10, 1, 0.5],
}
_IN_THE_MORNING: JsonObject = {
    "hours": [0, 0, 0, 0, 0.1, 0.6, 5, 13, 16, 9, 3, 1, 0.6, 1, 2, 0.6, 0.3, 0.2, 0.1, 0.1, 0.2, 0.4, 0.1, 0],
    "weekdays": [12, 12, 11.5, 11, 10, 0.3, 0.1],
}
_IN_SHOPS: JsonObject = {
    "hours": [0, 0, 0, 0, 0, 0, 0.3, 2, 7, 10, 12, 11, 9, 8, 8, 9, 11, 13, 11, 6, 2, 0.6, 0.1, 0],
    "weekdays": [10, 10, 10, 10.5, 12, 13, 6],
}
_ANY_HOUR: JsonObject = {
    "hours": [5, 4, 3, 3, 3, 4, 6, 8, 10, 11, 11, 11, 10, 10, 10, 10, 11, 11, 10, 9, 9, 8, 7, 6],
    "weekdays": [10.5, 10, 10, 10, 10.5, 9, 8.5],
}
_ON_STAGE: JsonObject = {
    "hours": [0, 0, 0, 0, 0, 0, 0, 0, 0.2, 1, 3, 3, 2, 2, 4, 4, 4, 7, 14, 22, 18, 6, 1, 0.2],
    "weekdays": [5, 6, 7, 9, 15, 18, 12],
}
_AT_MEALS: JsonObject = {
    "hours": [
        0.8,
        0.3,
        0.2,
        0.1,
        0.1,
        0.1,
        0.4,
        1,
        1.6,
        1.6,
        2.5,
        8,
        15,
        12,
        5,
        3,
        4,
        8,
        14,
        15,
        12,
        7,
        3.5,
        1.8,
    ],
    "weekdays": [8, 8, 9, 10, 14, 15, 12],
}
_MACHINE: JsonObject = {
    "hours": [8, 8, 8, 8, 8, 8, 9, 9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 9, 9, 9, 8, 8, 8]
}
_SALES_SEASON: JsonObject = {"yearly": {"peak": "12-05", "amplitude": 0.2}}
_GROWTH = 1.15
MASTERS_BACK = 8
_PLACES_BACK = 12
"""Years since the first people, and the first of what else is there for years."""


def at_meals(table: TableSketch) -> bool:
    """Whether rows are what people eat: orders of a restaurant, or of dishes."""
    noun = table.noun
    parts = [link.child for link in table.children if set(noun) < set(link.child.noun)]
    near = [link.parent for one in (table, *parts) for link in one.links]
    eaten = any(EATEN_AT & {*map(singular, one.noun)} for one in near)
    return eaten and bool(set(noun[-1:]) & EATEN)


def is_quick(words: Collection[str], things: Collection[str], stages_: Collection[str]) -> bool:
    """Whether all is done within the hour: a ride, a meal that is brought."""
    rides = bool({*words} & RIDES) or ("trip" in words and "pick" in stages_)
    return rides or (MEAL in things and not {"deliver", "pick"}.isdisjoint(stages_))


_DEALS = (
    {"picker"},
    {"wholesale"},
    {"wholesaler"},
    {"distributor"},
    {"reseller"},
    {"putaway"},
    {"pallet"},
    {"replenishment"},
    {"consignment"},
    {"pick", "task"},
    {"pick", "list"},
    {"pick", "order"},
    {"pick", "line"},
    {"pick", "wave"},
    {"pick", "ticket"},
)
"""Words of tables of a business that sells to others, or stores for them: they are there on weekdays."""
_BUYERS = frozenset("customer client buyer shopper user member guest".split())
_OF_PERSONS = ({"first", "name"}, {"birth"}, {"birth", "date"}, {"gender"})


def deals_with_others(sketch: Sketch) -> bool:
    """Whether a schema is of a business whose customers are businesses."""
    tables = [table for table in sketch.tables.values() if not table.hidden]
    if not any(some <= {*table.noun} for table in tables for some in _DEALS):
        return False
    buyers = [table for table in tables if _BUYERS & {*table.noun[-1:]}]
    columns = [{*column.words} for table in buyers for column in table.columns.values()]
    return not any(some <= words for words in columns for some in _OF_PERSONS)


@cache
def week_of(things: Collection[str]) -> JsonObject:
    """The hours and weekdays of what happens to such things."""
    words = set(things)
    if MEAL in words:
        return dict(_AT_MEALS)
    if words & ATTENDANCE:
        return dict(_IN_THE_MORNING)
    if words & MACHINES:
        return dict(_MACHINE)
    if words & HAPPENINGS:
        return dict(_AT_WORK if words & MEETINGS else _ON_STAGE)
    if words & NIGHT_TOO:
        return dict(_ANY_HOUR)
    if words & OFFICE:
        return dict(_AT_WORK)
    return dict(_IN_SHOPS if words & COUNTER else _PEOPLE)


def week_for(things: Collection[str], type_: SqlType) -> JsonObject:
    """The same, as a column of the type takes it."""
    week = week_of(frozenset(things))
    return {
        name: weights for name, weights in week.items() if not (name == "hours" and type_.kind is Kind.DATE)
    }


def present_of(as_of: date | None) -> date:
    """The last day that has been."""
    return date.fromisoformat(str(last_years(as_of)["date_end"])[:10])


def first_day(as_of: date | None, years: int) -> str:
    """The first day of the year that was so many years ago."""
    return date(max(present_of(as_of).year - years, 1), 1, 1).isoformat()


def calendar(
    things: Collection[str], type_: SqlType, as_of: date | None, *, lasting: bool, years: int | None = None
) -> JsonObject:
    """The fields of a moment that nothing else decides.

    lasting  of what is there for years, such as customers: these have come for longer
    years    how long ago it begins, where that is known
    """
    people = bool(set(things) & PEOPLE)
    usual = (MASTERS_BACK if people else _PLACES_BACK) if lasting else YEARS_BACK
    rule: JsonObject = {"name": "calendar", **week_for(things, type_)}
    if (people or not lasting) and not set(things) & HAPPENINGS:
        rule["growth"] = _GROWTH
    if not lasting and not set(things) & (MACHINES | HAPPENINGS):
        rule["seasonality"] = _SALES_SEASON
    # a schema without a present does not end moments by itself
    end: JsonObject = {} if as_of is not None else {"date_end": present_of(as_of).isoformat()}
    return {"date_start": first_day(as_of, years or usual), **end, "rule": rule | to_the_second(type_)}


def to_the_second(type_: SqlType) -> dict[str, Json]:
    """The option that leaves fractions of a second out, where the type does not ask for them."""
    if type_.kind is not Kind.TIMESTAMP or "(" in type_.declared or not type_.digits:
        return {}
    return {"digits": 0}
