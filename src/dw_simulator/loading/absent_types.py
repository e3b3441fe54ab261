"""Types that a database has by an extension only, where it has none: their columns are text there.

A script of PostgreSQL may have GEOMETRY, of PostGIS; one of DuckDB may have INET. What a load makes has to be
there without anybody installing something.
"""

from collections.abc import Collection, Iterator

from dw_simulator.ports.warehouse import Warehouse
from dw_simulator.schema.model import Column, Experiment, Table
from dw_simulator.types import Kind, SqlType


def without_absent(experiment: Experiment, warehouse: Warehouse) -> tuple[Experiment, tuple[str, ...]]:
    """(the experiment with text in the place of types that the warehouse lacks, what is told of it)."""
    if experiment.target_warehouse != warehouse.dialect:
        return experiment, ()  # what another dialect calls its own is written by a name that is there
    wanted = {name for table in experiment.tables for column in table.columns for name in _names(column.type)}
    absent = warehouse.lacks(sorted(wanted)) if wanted else ()
    if not absent:
        return experiment, ()
    tables = tuple(_written(table, absent) for table in experiment.tables)
    told = f"{warehouse.place} has no {', '.join(sorted(absent))}: text stands for it"
    return experiment.changed(tables=tables), (told,)


def _written(table: Table, absent: Collection[str]) -> Table:
    return table.changed(
        columns=tuple(
            column.changed(data_type=_instead(column)) if {*_names(column.type)} & {*absent} else column
            for column in table.columns
        )
    )


def _instead(column: Column) -> str:
    """Text as long as its values may be; a vector is a list, and a list of such types is one of text."""
    type_ = column.type
    if type_.kind is not Kind.NESTED:
        return f"VARCHAR({type_.length})"
    element = type_.fields[0].type
    if element.kind is Kind.FLOAT:
        return f"{element.declared}[{type_.length}]"
    return "VARCHAR[]" if type_.shape in ("list", "vector") else "JSON"


def _names(type_: SqlType) -> Iterator[str]:
    """The names of a type, and of those within it, that may be an extension's."""
    name = type_.declared.partition("(")[0].partition(" ")[0]
    own = type_.kind is Kind.NOTATION or name in ("CITEXT", "VECTOR", "HALFVEC")
    if own:
        yield name
    for field in type_.fields:
        yield from _names(field.type)
