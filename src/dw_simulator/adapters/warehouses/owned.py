"""What of a schema is this program's: SQL that DuckDB and PostgreSQL both speak."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dw_simulator.adapters.warehouses import OWN_TABLE, Load
from dw_simulator.errors import RequestError, WarehouseError

Execute = Callable[[str], Sequence[Sequence[Any]]]
"""Runs a statement in the load's transaction and returns its rows."""


def quoted(*names: str) -> str:
    """A name as an identifier, its quotes doubled; several as a qualified name."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def text(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Owned:
    """The tables that earlier loads have made in a schema.

    tables       children last, as they were made
    made_schema  whether the schema itself was made by this program
    """

    schema: str
    tables: tuple[str, ...]
    made_schema: bool

    @classmethod
    def of(cls, execute: Execute, schema: str) -> "Owned":
        """As the schema itself says; nothing where it is not there."""
        if OWN_TABLE not in relations(execute, schema):
            there = execute(f"SELECT 1 FROM information_schema.schemata WHERE schema_name = {text(schema)}")
            return cls(schema, (), made_schema=not there)
        rows = execute(f"SELECT table_name, made_schema FROM {quoted(schema, OWN_TABLE)} ORDER BY position")
        return cls(schema, tuple(str(row[0]) for row in rows), any(bool(row[1]) for row in rows))

    def refuse_others(self, execute: Execute, place: str, wanted: Iterable[str]) -> None:
        """Raise RequestError where something of a wanted name is not this program's."""
        if OWN_TABLE in wanted:
            raise RequestError(f"{place}: the name {OWN_TABLE} is this program's own; rename your table")
        others = relations(execute, self.schema) - {*self.tables, OWN_TABLE}
        if in_the_way := sorted(others & set(wanted)):
            names = ", ".join(in_the_way)
            raise RequestError(
                f"{place}: the schema {self.schema} holds {names}, which this program has not made; "
                "rename or drop what is there, or give the experiment another name"
            )

    def record(self, load: Load, execute: Execute) -> None:
        """Write down what a load has made."""
        own = quoted(self.schema, OWN_TABLE)
        execute(f"DROP TABLE IF EXISTS {own}")
        execute(
            f"CREATE TABLE {own} (table_name VARCHAR NOT NULL, position INTEGER NOT NULL, "
            "run_id BIGINT, row_count BIGINT NOT NULL, made_schema BOOLEAN NOT NULL)"
        )
        run = "NULL" if load.run_id is None else str(int(load.run_id))
        rows = ", ".join(
            f"({text(name)}, {k}, {run}, {int(load.rows[name])}, {str(self.made_schema).upper()})"
            for k, name in enumerate(load.order.tables)
        )
        execute(f"INSERT INTO {own} VALUES {rows}")


def relations(execute: Execute, schema: str) -> set[str]:
    """The tables and views of a schema."""
    found = execute(f"SELECT table_name FROM information_schema.tables WHERE table_schema = {text(schema)}")
    return {str(row[0]) for row in found}


def counted(execute: Execute, schema: str, load: Load) -> dict[str, int]:
    """How many rows each table has. Raises WarehouseError where that is not what it should have."""
    counts = {}
    for name in load.order.tables:
        counts[name] = int(execute(f"SELECT count(*) FROM {quoted(schema, name)}")[0][0])
    check_counts(load.rows, counts)
    return counts


def check_counts(wanted: Mapping[str, int], counts: Mapping[str, int]) -> None:
    """Raise WarehouseError where a table does not have the rows it should have."""
    for name, count in counts.items():
        if count != wanted[name]:
            raise WarehouseError(
                f"{name} has {count:,} rows after the load, not {wanted[name]:,}; load again"
            )
