"""Which tables a row leads to, by which references, and what their columns show."""

from collections.abc import Iterator

from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.json_data import items_in, items_of

_STEPS = 3


def ways_from(table: TableSketch) -> Iterator[list[Link]]:
    """The references that lead from a table to others, the shortest way first; one way to each."""
    ways: list[list[Link]] = [[]]
    seen = {table.name}
    for _step in range(_STEPS):
        longer = []
        for way in ways:
            for link in (way[-1].parent if way else table).links:
                if len(link.columns) == 1 and not link.parent.hidden and link.parent.name not in seen:
                    seen.add(link.parent.name)
                    longer.append([*way, link])
        yield from longer
        ways = longer


def values_of(sketch: Sketch, column: ColumnSketch) -> list[str]:
    """The values of a column: of a list, of rows, or as it looks them up."""
    known: ColumnSketch | None = column
    for _step in range(_STEPS):
        if known is not None and "lookup" in known.fields:
            known = _looked_up(sketch, known)
    if known is None:
        return []
    column = known
    rule = column.rule
    if not rule and column.column.rule is not None:
        rule = column.column.rule.model_dump(mode="json", exclude_defaults=True)
    if rule.get("name") == "choice":
        return [str(value) for value in items_in(rule.get("values"))]
    if rule.get("name") != "table" or str(rule.get("of")) not in sketch.data:
        return []
    rows = items_of(sketch.data[str(rule["of"])]["rows"])
    named = str(rule.get("column", ""))
    return list(dict.fromkeys(str(row[named]) for row in rows if isinstance(row, dict) and row.get(named)))


def _looked_up(sketch: Sketch, column: ColumnSketch) -> ColumnSketch | None:
    """The column that another shows."""
    lookup = column.fields["lookup"]
    if not isinstance(lookup, dict):
        return None
    table, way = column.table, lookup["reference"]
    for name in [way] if isinstance(way, str) else items_of(way):
        link, own = table.link(str(name)), table.columns.get(str(name))
        if link is not None:
            table = link.parent
        elif own is not None and own.column.foreign_key is not None:
            table = sketch.table(own.column.foreign_key.references_table)
        else:
            return None
    return table.columns.get(str(lookup["column"]))
