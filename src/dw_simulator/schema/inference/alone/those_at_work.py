"""Those who do a table's work are few, and do it again and again: the drivers of trips, the clerks of sales.

trip (truck_id -> truck, driver_name, started_at)   driver_name: of one of some hidden drivers
"""

from dw_simulator.schema.inference.alone.put_aside import put_aside
from dw_simulator.schema.inference.moments.stages import MASTERS
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.json_data import Json
from dw_simulator.types import Kind

_NAMES = frozenset({"full_name", "user_name", "last_name", "name"})
_ONCE = frozenset(
    """claim accident loss incident offence team crew policy quote application licence license permit
    ride""".split()
)
"""Nouns of rows that tell of many different persons."""
_WORKS: dict[str, Json] = {"times": 0.04, "min": 6}
"""So many there are for each row that tells of one."""


def those_at_work(sketch: Sketch) -> None:
    """Names of those who work, in tables that say when they did."""
    for table in list(sketch.tables.values()):
        if table.hidden or table.table.rows is not None or not happens(table):
            continue
        for column in list(table.columns.values()):
            role = next((word for word in column.words if word in role_words("workers")), "")
            if role and (role,) != table.noun[-1:] and _is_name(column):
                of = {"rows": {"per": table.name, **_WORKS}}
                shared = [(column, _once(column))]
                put_aside(
                    sketch, table, role, shared, of, f"of one of some {role}s, each of whom is in many rows"
                )


def happens(table: TableSketch) -> bool:
    """Whether rows tell of something that is done again and again: a trip, a scan; no claim and no team."""
    once = {*table.noun} & (_ONCE | MASTERS)
    moments = (one for one in table.columns.values() if one.kind in (Kind.TIMESTAMP, Kind.DATE))
    return bool(table.links) and not once and any(moments)


def _is_name(column: ColumnSketch) -> bool:
    """Whether it is the name of somebody whom no other column speaks of."""
    rule, faker = column.rule, str(column.fields.get("faker_rule", ""))
    named = rule.get("name") == "full_name" or faker in _NAMES
    named |= rule.get("name") == "person" and rule.get("field") in _NAMES and not _has_others(column)
    free = column.open and not (column.keyed or column.hidden) and column.kind is Kind.TEXT
    return bool(named) and free


def _has_others(column: ColumnSketch) -> bool:
    entity = column.rule.get("entity")
    others = (one for one in column.table.columns.values() if one is not column)
    return any(one.rule.get("entity") == entity for one in others)


def _once(column: ColumnSketch) -> dict[str, Json]:
    return {name: said for name, said in column.fields.items() if not name.startswith("null_")}
