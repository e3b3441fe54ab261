"""Values that many rows share are put aside: a hidden table has each of them once, and rows look them up."""

from collections.abc import Mapping, Sequence

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch, free_name
from dw_simulator.schema.json_data import Json, JsonObject


def put_aside(
    sketch: Sketch,
    table: TableSketch,
    thing: str,
    shared: Sequence[tuple[ColumnSketch, Mapping[str, Json]]],
    size: Mapping[str, Json],
    told: str,
) -> None:
    """Some columns of a table come from a hidden table of things.

    thing   what one of its rows is, in the singular
    shared  the columns, each with the fields that it has there
    size    how many things there are, as a table says it
    told    why, as the words behind the name of a column
    """
    number = free_name(f"{thing}_no", {column.name.lower() for column, _fields in shared})
    columns: list[Json] = [{"name": number, "data_type": "INTEGER"}]
    for column, fields in shared:
        columns.append({"name": column.name, "data_type": column.column.data_type, **fields})
    name = "_".join([*table.noun, f"{thing}s"])
    data = {"primary_key": [number], "columns": columns, **size}
    things = sketch.add_hidden_table(name, data, f"each {thing} of {table.name} once")
    key: JsonObject = {"references_table": things.name, "references_column": number, "skew": {"zipf": 0.6}}
    why = Found("", {}, f"the {thing} of a row of {table.name}")
    link = table.add_hidden(f"{thing}_no", "INTEGER", why, foreign_key=key)
    for column, _fields in shared:
        kept = {one: said for one, said in column.fields.items() if one in ("null_fraction", "null_when")}
        lookup: JsonObject = {"reference": link.name, "column": column.name}
        column.says(Found(f"{column.name} {told}", {**kept, "lookup": lookup}))
