"""Helpers for tests: columns as Python lists by an independent reading, schemas in few words."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import duckdb
import numpy as np
from tests.processes import free_port, server

from dw_simulator.adapters.executors.workers import run_in_threads
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.engine.columns import Column, FixedColumn, ListColumn, PoolColumn, StructColumn, ViewColumn
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.facts import Facts
from dw_simulator.planning import plan
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.manifest import EXTRAS_NAME
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.rule import EntityOptions, Member
from dw_simulator.ports.statement import TypedTables
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.runs import bookkeeping
from dw_simulator.schema import reading

EXAMPLES = Path(__file__).parent.parent / "examples"
RETAIL = Path(__file__).parent.parent / "benchmarks" / "retail.json"


def to_list(column: Column) -> list[Any]:
    """A column's values, read from its buffers without Arrow; NULL is None."""
    if isinstance(column, FixedColumn):
        values = [tuple(v) if isinstance(v, list) else v for v in column.values.tolist()]
    elif isinstance(column, PoolColumn):
        values = [column.pool.values[code] for code in column.codes.tolist()]
    elif isinstance(column, ListColumn):
        elements, ends = to_list(column.elements), column.offsets.tolist()
        values = [elements[start:stop] for start, stop in pairwise(ends)]
    elif isinstance(column, StructColumn):
        values = [*zip(*map(to_list, column.fields), strict=True)]
    else:
        values = [*_texts(column)]
    if column.valid is None:
        return values
    return [value if valid else None for value, valid in zip(values, column.valid.tolist(), strict=True)]


def _texts(column: ViewColumn) -> Iterator[bytes]:
    """Each view, of 16 bytes: a length, then a short text, or the prefix of a long one and where it is."""
    views, data = column.views.tobytes(), column.data.tobytes()
    ends = zip(column.views[:, 0].tolist(), column.views[:, 3].tolist(), strict=True)
    for at, (length, start) in zip(range(4, len(views), 16), ends, strict=True):
        if length <= 12:
            assert not any(views[at + length : at + 12]), "bytes behind a short view are zero"
            yield views[at : at + length]
        else:
            assert views[at : at + 4] == data[start : start + 4], "the view's prefix is the text's"
            yield data[start : start + length]


@contextmanager
def saying(case: object) -> Iterator[None]:
    """What fails here says of which of many cases it is."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"of {case!r}")
        raise


def scattered(numbers: list[int] | np.ndarray) -> Rows:
    return Rows.at(np.asarray(numbers, dtype=np.uint64))


def column(name: str, data_type: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "data_type": data_type, **fields}


def table(name: str, rows: int, *columns: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": name, "target_rows": rows, "columns": list(columns), **fields}


def reference(target: str, **fields: Any) -> dict[str, Any]:
    """The foreign_key of a column, from "table.column"."""
    parent, _, name = target.partition(".")
    return {"foreign_key": {"references_table": parent, "references_column": name, **fields}}


def planned(*tables: dict[str, Any], seed: int = 7, only: str | None = None, **fields: Any) -> Plan:
    """A plan, without store or sink; of one table, if it is named. fields: of the experiment."""
    experiment = reading.parse({"name": "test", "tables": list(tables), **fields})
    return plan(experiment, seed, Rulebook(registry()), only=only)


def made(a_plan: Plan, name: str, column_name: str | None = None) -> list[Any]:
    """Every value of a table's column (its first where none is named)."""
    table_plan = a_plan.table(name)
    columns = {column.name: column for column in table_plan.columns}
    chosen = columns[column_name] if column_name else table_plan.columns[0]
    return to_list(chosen.kernel.values(Rows.run(0, table_plan.rows)))


def publish(sink: Any, a_plan: Plan, receipts: list[Any], extras: Mapping[str, bytes] | None = None) -> None:
    """Publish what was made of a plan that belongs to no run."""
    tables = [table(t.name, t.rows, *(column(c.name, "INT") for c in t.columns)) for t in a_plan.tables]
    experiment = reading.parse({"name": "test", "tables": tables}, strict_names=False)
    origin = bookkeeping.origin(experiment, a_plan.seed, {t.name: t.rows for t in a_plan.tables}, "zstd")
    document = bookkeeping.manifest_of(experiment, a_plan, origin, receipts).with_extras(extras or {})
    sink.publish(a_plan, receipts, document, extras or {})


def generated(a_plan: Plan, output: Path) -> Path:
    """Parquet files of a plan that belongs to no run."""
    sink = DirectorySink(output)
    sink.prepare(a_plan)
    publish(sink, a_plan, run_in_threads(a_plan, sink, Execution()))
    sink.tidy()
    return output


@contextmanager
def serving(*words: str, **environment: str) -> Iterator[int]:
    """`dw-sim api` in a process of its own, with the home of this test; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "dw_simulator", "api", "--port", port, *words]
    with server(command, port, env={**os.environ, **environment}):
        yield port


def views(output: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with a view of every table of an output directory."""
    connection = duckdb.connect()
    for directory in sorted(path for path in output.iterdir() if path.is_dir() and path.name != EXTRAS_NAME):
        source = str(directory / "*.parquet").replace("'", "''")
        connection.execute(f"""CREATE VIEW "{directory.name}" AS SELECT * FROM read_parquet('{source}')""")
    return connection


# --- a third party's rule of entities


class Remainders(EntityOptions):
    """A rule of entities that are numbers: a column shows the remainder by its modulus."""

    field: str = "remainder"
    modulus: int

    def world(self, members: Sequence[Member[Self]]) -> "Numbers":
        return Numbers({member.name: member.rule.modulus for member in members})


@dataclass(frozen=True)
class Numbers:
    """All numbers, and the modulus of each column."""

    moduli: dict[str, int]
    natural: int = 1 << 20

    def column(self, name: str) -> "Remainder":
        return Remainder(self.moduli[name])


@dataclass(frozen=True, eq=False)
class Remainder(Domain):
    """A domain of an entity: the index modulo something, or itself."""

    modulus: int
    size: int = 1 << 20

    @property
    def facts(self) -> Facts:
        return Facts(movable=False)

    def decode(self, index: UInts) -> FixedColumn:
        return FixedColumn((index % np.uint64(self.modulus)).astype(np.int32))


def untyped(tables: Mapping[str, Iterable[str]]) -> TypedTables:
    """Tables with their columns, of whose types nothing is known."""
    return {name: dict.fromkeys(columns) for name, columns in tables.items()}
