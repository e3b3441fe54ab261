"""Rows for pairs of a day and what there was on it, as a stock: the key has the version of its day.

fact_stock (day_key -> dim_day, shop_key -> dim_shop, item_key -> dim_item, with versions, on_hand,
            PRIMARY KEY (day_key, shop_key, item_key))
item       hidden: which item it is; the key of day, shop and item holds
item_key   the version of the item that was valid on the day: pick match, at, since
dim_item   items came before the first day of dim_day, and left of late; shops opened and closed so
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.rhythms import to_the_second
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.shape.star_facts import day_of_key, is_free, lifetime
from dw_simulator.schema.inference.shape.version_moments import end_sql, stage_of
from dw_simulator.schema.inference.shape.versions import validity
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json, JsonObject

_STILL_THERE = 0.85
_LONG_AGO = "1950-01-01"
_LEVELS = frozenset("reorder safety minimum min maximum max target par".split())
_STOCK = frozenset("stock level point quantity inventory threshold".split())
_THINGS = frozenset("product item article sku material part medicine drug component title".split())
_WAYS = ("pick", "skew", "childless", "distinct")


def snapshots(sketch: Sketch) -> None:
    """Keys of a day and of what there was on it name what there was."""
    if not sketch.has("after", "expression", "sequence", "constant"):
        return
    for table in list(sketch.tables.values()):
        days = day_of_key(table)
        if days is None or table.hidden:
            continue
        for link in list(table.links):
            if link is not days and link.keyed and len(link.columns) == 1 and is_free(link):
                _of_the_day(sketch, table, link, days)
        _levels_stay(sketch, table)


def _of_the_day(sketch: Sketch, table: TableSketch, link: Link, days: Link) -> None:
    known, parent = validity(link.parent), link.parent
    if day_of(parent) is not None:
        return
    if known is None:
        times = lifetime(parent)
        if times is not None:
            _was_there(parent, parent.columns[times[0]], parent.columns.get(times[1]), days)
        return
    own = next((one for one in parent.columns.values() if one.hidden and _leads_to_things(one)), None)
    if own is None or own.column.foreign_key is None:
        return
    things = sketch.tables[own.column.foreign_key.references_table]
    key: JsonObject = {"references_table": things.name, "references_column": things.table.primary_key[0]}
    reason = f"which {' '.join(parent.noun)} it is"
    mine = table.add_hidden("_".join(parent.noun), "BIGINT", Found("", {}, reason), foreign_key=key)
    day = next(one.name for one in table.columns.values() if one.hidden and _is_day(one, days))
    for name in _WAYS:
        link.said.pop(name, None)
    pick: JsonObject = {"match": {own.name: mine.name}, "at": day, "since": known[0]}
    link.says(f"the version that was valid on the day of {days.name}", {"pick": pick})
    ended = next((one for one in things.columns.values() if stage_of(_seen(parent, one)) == "ended"), None)
    _was_there(things, things.columns["begun"], ended, days)


def _levels_stay(sketch: Sketch, table: TableSketch) -> None:
    """The level at which a thing is ordered again is that of the thing, and no other every day."""
    links = [one for one in table.links if {*one.parent.noun} & _THINGS and len(one.columns) == 1]
    for column in list(table.columns.values()):
        level = {*column.words} & _LEVELS and {*column.words} & _STOCK
        drawn = column.rule.get("name") not in ("expression", "window", "rollup")
        if not links or not level or not drawn or not column.open or column.found is None or column.keyed:
            continue
        way, parent = [links[0].name], links[0].parent
        version = next((one for one in parent.columns.values() if _leads_to_things(one)), None)
        if version is not None and version.column.foreign_key is not None:
            way.append(version.name)
            parent = sketch.tables[version.column.foreign_key.references_table]
        name = f"{column.name}_there"
        own = parent.add_hidden(name, column.column.data_type, column.found, required=column.required)
        reference: Json = way[0] if len(way) == 1 else [*way]
        lookup: JsonObject = {"reference": reference, "column": own.name}
        column.says(Found(f"{column.found.meaning}, the same on every day", {"lookup": lookup}))


def _seen(table: TableSketch, column: ColumnSketch) -> ColumnSketch:
    """The column of the versions that shows one of the things."""
    return table.columns.get(column.name, column)


def _leads_to_things(column: ColumnSketch) -> bool:
    named = column.hidden and column.name.startswith("thing_no")
    return named and column.column.foreign_key is not None


def _is_day(column: ColumnSketch, days: Link) -> bool:
    lookup = column.fields.get("lookup")
    return isinstance(lookup, Mapping) and lookup.get("reference") == days.name


def _was_there(table: TableSketch, since: ColumnSketch, until: ColumnSketch | None, days: Link) -> None:
    """What came did so before the first of the days, and what left did so of late."""
    if (
        not (since.open or since.hidden)
        or since.keyed
        or any(_is_first(one) for one in table.columns.values())
    ):
        return
    first = first_day_of(table, days.parent)
    rule: JsonObject = {"name": "after", "column": first, "before": True, "within": "5000d"}
    rule |= {"distribution": "exponential", "mean": "900d", **to_the_second(since.column.type)}
    nulls = {name: said for name, said in since.fields.items() if name in ("null_fraction", "null_when")}
    fields: dict[str, Json] = {"rule": rule, **nulls}
    if since.hidden:
        fields["date_start"] = _LONG_AGO
    since.says(Found("", fields, f"before the first day of {days.parent.name}"))
    if until is None or until.required or until.unless or not (until.open or until.hidden):
        return
    former = "last_begun" if until.hidden else since.name
    gone: JsonObject = expression(end_sql(until, former, late=True))
    declared: JsonObject = until.column.model_dump(mode="json", exclude_defaults=True)
    said = {**(declared if until.hidden else {}), **until.fields}
    kept: JsonObject = {name: said[name] for name in ("null_fraction", "null_when") if name in said}
    if not until.hidden and "null_when" not in kept:
        kept["null_fraction"] = _STILL_THERE
    until.says(Found("", {"rule": gone, **kept}, "of late: until then there are rows for it"))


def _is_first(column: ColumnSketch) -> bool:
    return column.hidden and column.name == "first_day"


def first_day_of(table: TableSketch, days: TableSketch) -> str:
    """A hidden column with the first day of a table of days."""
    there = next((one.name for one in table.columns.values() if _is_first(one)), "")
    if there:
        return there
    day = day_of(days)
    assert day is not None, "it is a table of days"
    known = next((one.name for one in days.columns.values() if one.hidden and one.name == "day_no"), None)
    counted: JsonObject = {"rule": {"name": "sequence"}}
    number = known or days.add_hidden("day_no", "INT", Found("", counted, "the number of the day")).name
    key = days.table.primary_key[0]
    one: JsonObject = {"rule": {"name": "constant", "value": 1}}
    first = table.add_hidden("first_day_no", "INT", Found("", one, "the number of the first day")).name
    reference: JsonObject = {"references_table": days.name, "references_column": key}
    reference["pick"] = {"match": {number: first}}
    told = Found("", {}, f"the first day of {days.name}")
    link = table.add_hidden("first_day_key", days.columns[key].column.data_type, told, foreign_key=reference)
    lookup: JsonObject = {"lookup": {"reference": link.name, "column": day.name}}
    return table.add_hidden("first_day", "DATE", Found("", lookup, f"the first day of {days.name}")).name
