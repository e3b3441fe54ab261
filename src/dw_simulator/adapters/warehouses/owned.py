"""What of a schema is this program's: SQL that DuckDB and PostgreSQL both speak."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from dw_simulator.errors import RequestError, WarehouseError
from dw_simulator.ports.statement import Statement
from dw_simulator.ports.tabular import Cell
from dw_simulator.ports.warehouse import OWN_TABLE, FoundTables, LoadTask
from dw_simulator.schema.quoting import quoted_name, quoted_text

Execute = Callable[[str], Sequence[Sequence[Cell]]]
"""Runs a statement in the load's transaction and returns its rows."""


def found_by(batches: pa.RecordBatchReader) -> FoundTables:
    """What a warehouse has found itself, for the engine to hand on."""
    return FoundTables(Statement("FROM answer"), {"answer": batches})


def whole(value: Cell) -> int:
    """A number of rows that a database has answered."""
    assert isinstance(value, int), f"{value!r} is no number of rows"
    return value


@dataclass(frozen=True)
class Owned:
    """The tables that earlier loads have made in a schema.

    owner        whose tables are meant
    present      whose tables are there: the owner's, or those of another experiment
    tables       children last, as they were made
    made_schema  whether the schema itself was made by this program
    fold         makes names equal that are the same to the database
    """

    schema: str
    owner: str
    present: str
    tables: tuple[str, ...]
    made_schema: bool
    fold: Callable[[str], str]

    @classmethod
    def of(cls, execute: Execute, schema: str, owner: str = "", fold: Callable[[str], str] = str) -> "Owned":
        """As the schema itself says; nothing where it is not there, or belongs to another experiment."""
        owner = owner or schema
        if OWN_TABLE not in relations(execute, schema, fold):
            there = fold(schema) in {fold(str(row[0])) for row in execute(_SCHEMATA)}
            return cls(schema, owner, owner, (), made_schema=not there, fold=fold)
        listed = (
            f"SELECT owner, table_name, made_schema FROM {quoted_name(schema, OWN_TABLE)} ORDER BY position"
        )
        rows = execute(listed)
        present = str(rows[0][0]) if rows else owner
        tables = tuple(str(row[1]) for row in rows) if present == owner else ()
        return cls(schema, owner, present, tables, any(bool(row[2]) for row in rows), fold)

    def refuse_others(self, execute: Execute, place: str, wanted: Iterable[str]) -> None:
        """Raise RequestError where something of a wanted name is not this program's."""
        if self.fold(OWN_TABLE) in map(self.fold, wanted):
            raise RequestError(f"{place}: the name {OWN_TABLE} is this program's own; rename your table")
        if self.present != self.owner:
            raise RequestError(
                f"{place}: the schema {self.schema} holds the tables of another experiment "
                f"({self.present.partition('@')[0]}, of another store or in other letters); drop them there"
            )
        others = relations(execute, self.schema, self.fold) - {*map(self.fold, self.tables), OWN_TABLE}
        if in_the_way := sorted(others & set(map(self.fold, wanted))):
            names = ", ".join(in_the_way)
            raise RequestError(
                f"{place}: the schema {self.schema} holds {names}, which this program has not made; "
                "rename or drop what is there, or give the experiment another name"
            )

    def record(self, load: LoadTask, execute: Execute) -> None:
        """Write down what a load has made."""
        own = quoted_name(self.schema, OWN_TABLE)
        execute(f"DROP TABLE IF EXISTS {own}")
        execute(
            f"CREATE TABLE {own} (owner VARCHAR NOT NULL, table_name VARCHAR NOT NULL, position INTEGER "
            "NOT NULL, run_id BIGINT, row_count BIGINT NOT NULL, made_schema BOOLEAN NOT NULL)"
        )
        run = "NULL" if load.run_id is None else str(int(load.run_id))
        made = str(self.made_schema).upper()
        rows = ", ".join(
            f"({quoted_text(self.owner)}, {quoted_text(name)}, {k}, {run}, {int(load.rows[name])}, {made})"
            for k, name in enumerate(load.order.tables)
        )
        execute(f"INSERT INTO {own} VALUES {rows}")


_HERE = "catalog_name = current_database()"
_SCHEMATA = f"SELECT schema_name FROM information_schema.schemata WHERE {_HERE}"


def relations(execute: Execute, schema: str, fold: Callable[[str], str] = str) -> set[str]:
    """The tables and views of a schema, as `fold` makes their names."""
    here = "table_catalog = current_database()"
    found = execute(f"SELECT table_schema, table_name FROM information_schema.tables WHERE {here}")
    return {fold(str(name)) for owner, name in found if fold(str(owner)) == fold(schema)}


def counted(execute: Execute, schema: str, load: LoadTask, place: str) -> dict[str, int]:
    """How many rows each table has. Raises WarehouseError where that is not what it should have."""
    counts = {}
    for name in load.order.tables:
        counts[name] = whole(execute(f"SELECT count(*) FROM {quoted_name(schema, name)}")[0][0])
    check_counts(load, counts, place)
    return counts


def check_counts(load: LoadTask, counts: Mapping[str, int], place: str) -> None:
    """Raise WarehouseError where a table does not have the rows it should have; then it must not be shown."""
    for name, count in counts.items():
        if count != (wanted := load.rows[name]):
            raise WarehouseError(
                f"{place}: {name} has {count:,} rows after the load, not {wanted:,}; "
                "nothing was changed; load again"
            )
