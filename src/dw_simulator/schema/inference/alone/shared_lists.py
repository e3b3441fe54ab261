"""A CHECK that lists values is believed of columns of the same name in tables near by, which have none.

tariff (commodity CHECK IN ('power', 'gas'));  meter (commodity);  contract (tariff_id, meter_id)
    meter.commodity   one of what the CHECK of tariff.commodity lists
    tariff_id         a tariff for the commodity of the meter: pick match commodity
"""

from collections.abc import Mapping, Sequence

from dw_simulator.schema.inference.alone.check_lists import one_of
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.json_data import Json, JsonObject, object_of
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_ANY = frozenset(
    """status state type kind code category level role name description value result mode reason phase stage
    title label flag active priority action event direction source number id class group text""".split()
)
"""Words of columns that say too little to mean the same in two tables."""
_OFFERED = frozenset(
    """tariff plan rate price fee product service package offer option program programme model course menu
    list class type category term condition scheme""".split()
)
"""What is chosen for another thing, and goes by it."""

_CHOSEN = "how much happens to each row"

Lists = Mapping[str, Sequence[tuple[TableSketch, Sequence[str]]]]
"""By the name of a column, the tables in which a CHECK lists its values."""


def lists_by_name(sketch: Sketch) -> Lists:
    """What CHECKs list of columns whose names say what they are of."""
    found: dict[str, list[tuple[TableSketch, Sequence[str]]]] = {}
    for table in sketch.tables.values():
        for name, values in sketch.listed(table).items():
            column = table.columns.get(name)
            telling = column is not None and not {*column.words} <= _ANY
            if telling and column is not None and column.kind is Kind.TEXT:
                found.setdefault(name.lower(), []).append((table, values))
    return found


def shared_list(column: ColumnSketch, lists: Lists) -> Found | None:
    """What a column is whose values are listed in a table near by; None where there are none, or several."""
    known = lists.get(column.name.lower(), ())
    near = [(table, values) for table, values in known if _is_near(table, column.table)]
    if not near or column.kind is not Kind.TEXT or len({tuple(values) for _table, values in near}) > 1:
        return None
    table, values = near[0]
    if max(len(value.encode()) for value in values) > column.column.type.length:
        return None
    found = one_of(column, values)
    if found is None:
        return None
    return Found(f"one of what the CHECK of {table.name}.{column.name} lists", found.fields)


def _is_near(one: TableSketch, other: TableSketch) -> bool:
    """Whether one references the other, or a third table both."""
    if one is other:
        return False
    ours = {link.parent.name for link in one.links} | {link.child.name for link in one.children}
    theirs = {link.parent.name for link in other.links} | {link.child.name for link in other.children}
    return other.name in ours or not ours.isdisjoint(theirs)


# --- what is chosen for a thing is for such things


def same_kinds(sketch: Sketch) -> None:
    """A tariff is one for what the meter of the contract measures."""
    for table in sketch.tables.values():
        if table.hidden or table.table.rows is not None or len(table.links) < len(("one", "other")):
            continue
        for link in table.links:
            if {*link.parent.noun[-1:]} & _OFFERED and _may_match(link):
                _match(sketch, table, link)


def _may_match(link: Link) -> bool:
    pick = link.said.get("pick")
    by_then = isinstance(pick, Mapping) and pick.keys() <= {"at", "since", "until", "any", "weights"}
    plain = len(link.columns) == 1 and not (link.one_to_one or link.keyed or link.to_itself)
    return plain and link.child.stands_by != link.name and (link.open or by_then)


def _one_after_another(sketch: Sketch, column: ColumnSketch) -> None:
    """Each of the values in turn, so that there is something for each kind of thing."""
    values = column.rule.get("values")
    if not sketch.has("table") or not isinstance(values, list) or column.found is None or not column.open:
        return
    rows: list[JsonObject] = [{"value": value} for value in values]
    data = sketch.add_data(f"{column.table.name}_{column.name}_list", rows)
    rule: JsonObject = {"name": "table", "of": data, "column": "value", "in_order": True}
    column.says(Found(column.found.meaning, {**column.found.fields, "rule": rule}))


def _match(sketch: Sketch, table: TableSketch, link: Link) -> None:
    for other in table.links:
        if other is link or len(other.columns) != 1 or not other.required or other.to_itself:
            continue
        if other.parent is link.parent or _goes_by(other, link):
            continue
        for name, column in link.parent.columns.items():
            twin = other.parent.columns.get(name)
            if twin is None or not (_are_alike(column, twin) and column.required and twin.required):
                continue
            former = object_of(link.said.get("pick") or {})
            pick: JsonObject = {"match": {name: {"reference": other.name, "column": name}}}
            if "weights" in former:
                pick["weights"] = former["weights"]
            else:
                pick["weights"] = {"sql": quoted_name(_activity(link.parent)), "dialect": "duckdb"}
            _one_after_another(sketch, column)
            link.reasons.clear()
            told = f"a row of {link.parent.name} for the {name} of its {other.parent.name}"
            link.says(told, {"pick": pick})
            return


def _goes_by(other: Link, link: Link) -> bool:
    match = object_of(object_of(other.said.get("pick") or {}).get("match") or {})
    values: list[Json] = [*match.values()]
    return any(isinstance(one, Mapping) and one.get("reference") == link.name for one in values)


def _are_alike(one: ColumnSketch, other: ColumnSketch) -> bool:
    """Whether two columns are choices among the same values."""
    rules = (one.rule, other.rule)
    chosen = all(rule.get("name") == "choice" and "by" not in rule for rule in rules)
    if not chosen or one.keyed or other.keyed or {*one.words} <= _ANY:
        return False
    ours, theirs = (rule.get("values") for rule in rules)
    if not isinstance(ours, list) or not isinstance(theirs, list) or len(ours) < len(("one", "other")):
        return False
    return {*map(str, ours)} == {*map(str, theirs)}


def _activity(table: TableSketch) -> str:
    """A hidden column that says how often each row is chosen."""
    known = [name for name, one in table.columns.items() if one.hidden and name.startswith("activity")]
    rule: JsonObject = {"name": "lognormal", "mean": 0, "stddev": 1.1}
    return known[0] if known else table.add_hidden("activity", "DOUBLE", Found(_CHOSEN, {"rule": rule})).name
