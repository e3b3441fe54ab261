"""Where a warehouse has the tables of an experiment: in which schemas, and under which names."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dw_simulator.schema.enforceable import without_reference
from dw_simulator.schema.model import Column, Experiment, ForeignKey, Table


@dataclass(frozen=True)
class Placed:
    """The tables of one schema of a warehouse.

    experiment  these tables alone, under the names that they have there
    names       these names, by those that the tables have in the experiment
    warnings    what cannot be declared there
    """

    schema: str
    experiment: Experiment
    names: Mapping[str, str]
    warnings: tuple[str, ...] = ()

    def reference(self, reference: ForeignKey) -> ForeignKey:
        """A reference of the experiment as it is declared there."""
        return reference.changed(references_table=self.names[reference.references_table])


def schemas_of(experiment: Experiment) -> tuple[str, ...]:
    """The schemas that an experiment's tables are loaded into, each once; the first table's comes first."""
    return tuple(dict.fromkeys(_schema(experiment, t) for t in experiment.tables if not t.hidden))


def _schema(experiment: Experiment, table: Table) -> str:
    return table.warehouse_schema or experiment.name


def placed(experiment: Experiment) -> tuple[Placed, ...]:
    """An experiment by the schemas of its tables. References from one schema into another are left out."""
    if not any(table.warehouse_schema or table.warehouse_name for table in experiment.tables):
        names = {table.name: table.name for table in experiment.tables}
        return (Placed(experiment.name, experiment, names),)
    return tuple(_of_schema(experiment, schema) for schema in schemas_of(experiment))


def _of_schema(experiment: Experiment, schema: str) -> Placed:
    tables = [table for table in experiment.tables if _schema(experiment, table) == schema]
    names = {table.name: table.warehouse_name or table.name for table in tables}
    warnings: list[str] = []
    made = tuple(_renamed(_freed(table, names, warnings), names) for table in tables)
    return Placed(schema, experiment.changed(tables=made), names, tuple(warnings))


def _freed(table: Table, names: Collection[str], warnings: list[str]) -> Table:
    """A table without references to other schemas' tables."""
    freed = table
    for reference in table.references:
        if reference.references_table not in names:
            columns = ", ".join(reference.columns)
            warnings.append(
                f"{table.name}: ({columns}) is not declared as a reference, as "
                f"{reference.references_table} lies in another schema"
            )
            freed = without_reference(freed, table, reference)
    return freed


def _renamed(table: Table, names: Mapping[str, str]) -> Table:
    def column(one: Column) -> Column:
        if one.foreign_key is None:
            return one
        there = names[one.foreign_key.references_table]
        return one.changed(foreign_key=one.foreign_key.changed(references_table=there))

    return table.changed(
        name=names[table.name],
        columns=tuple(map(column, table.columns)),
        foreign_keys=tuple(
            one.changed(references_table=names[one.references_table]) for one in table.foreign_keys
        ),
    )
