"""A script that comes to an experiment later: as if both had been imported together.

What the experiment says itself is read again as if a script said it; what an import chose is left out, as it
is chosen anew over the whole. Whatever somebody has changed by hand is no choice of an import, and stays.
"""

from collections.abc import Iterator, Sequence

from dw_simulator.ports.dialect import Ddl
from dw_simulator.schema.json_data import Json, JsonObject, items_in
from dw_simulator.schema.model import Experiment, Table


def as_script(said: Experiment) -> Ddl:
    """An experiment's tables as a script gives them: references to tables that it does not have are open.

    said  without what an import chose
    """
    return Ddl([_reopened(table) for table in said.tables])


def _reopened(table: Table) -> JsonObject:
    data: JsonObject = table.model_dump(mode="json", exclude_defaults=True, exclude={"outside_references"})
    alone: dict[str, Json] = {}
    several = [*items_in(data.get("foreign_keys"))]
    for one in table.outside_references:
        there = list(one.references_columns)
        if len(one.columns) == 1:
            key = there[0] if there else None
            alone[one.columns[0]] = {"references_table": one.references_table, "references_column": key}
        else:
            parent: JsonObject = {"references_table": one.references_table, "references_columns": there}
            several.append({"columns": list(one.columns), **parent})
    data["columns"] = [
        column.model_dump(mode="json", exclude_defaults=True)
        | ({"foreign_key": alone[column.name]} if column.name in alone else {})
        for column in table.columns
    ]
    if several:
        data["foreign_keys"] = several
    return data


def new_to(said: Experiment, script: Ddl, rows: int | None) -> Ddl:
    """What a script brings that an experiment does not have; a table of the same name stays as it is there.

    rows  of every table that it brings; as usual where it is None
    """
    known = {table.name.lower() for table in said.tables}
    tables, told = [], []
    for one in script.tables:
        if str(one["name"]).lower() in known:
            told.append(f"{one['name']}: is in {said.name} already, and stays as it is there")
        else:
            tables.append(one if "rows" in one or rows is None else {**one, "target_rows": rows})
    return Ddl(tables, [*script.warnings, *told], script.places)


def still_told(before: Sequence[str], now: Sequence[str], outside: str) -> Iterator[str]:
    """The warnings of an experiment after a second import, each once.

    outside  the words of a warning on a reference that leads nowhere: those that count are told now
    """
    yield from dict.fromkeys([*(one for one in before if outside not in one), *now])
