"""What planning ends in: kernels, part boundaries, and nothing that is still to be decided."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np

from dw_simulator.engine.columns import ColumnBatch
from dw_simulator.engine.rows import BLOCK, Rows
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.ports.kept_pools import KeptPool
from dw_simulator.schema.model import ForeignKey
from dw_simulator.types import SqlType

PART_ROWS = 1 << 20
ROW_GROUP_ROWS = 1 << 18
_PART_ALIGNMENT = 1 << 15
_ROW_GROUP_BYTES, _BATCH_BYTES, _PAGE_BYTES = 1 << 26, 1 << 26, 1 << 22


@dataclass(frozen=True)
class Part:
    """A file of a table: the rows from start to stop."""

    table: str
    number: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class ColumnPlan:
    """A column, ready to be made. `distinct` is an upper bound on its distinct values, if one is known."""

    name: str
    type: SqlType
    kernel: Kernel
    nullable: bool
    distinct: int | None


@dataclass(frozen=True)
class TablePlan:
    """A table, ready to be made: picklable, and all that a worker needs.

    only  the parts to make, where that is not the whole table
    wide  bytes that a row may take, which bounds how many rows are in memory at once
    """

    name: str
    rows: int
    columns: tuple[ColumnPlan, ...]
    only: tuple[Part, ...] | None = None
    wide: int = 0

    @property
    def row_group_rows(self) -> int:
        """Rows of a Parquet row group, which a writer keeps in memory until it is full."""
        return _fitting(_ROW_GROUP_BYTES, self.wide, ROW_GROUP_ROWS)

    @property
    def page_rows(self) -> int:
        """How many rows a writer puts into a page before it looks at the page's size again."""
        return _fitting(_PAGE_BYTES, self.wide, BLOCK)

    @property
    def batch_rows(self) -> int:
        """The most rows to make at once."""
        return _fitting(_BATCH_BYTES, self.wide, BLOCK)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The table's files; a plan that is only looked at never lists them."""
        return self.only if self.only is not None else part_boundaries(self.name, self.rows)

    def chunk(self, start: int, stop: int) -> ColumnBatch:
        """The rows from start to stop. Pure: no I/O, no clock, no state."""
        rows = Rows.run(start, stop)
        # a column that others are made from is made once
        columns = (rows.once(c.kernel, partial(c.kernel.values, rows)) for c in self.columns)
        return ColumnBatch(self.name, start, tuple(columns))

    def batches(self, part: Part, batch_rows: int = BLOCK) -> Iterator[ColumnBatch]:
        """A part's rows, batch by batch."""
        step = min(batch_rows, self.batch_rows)
        for start in range(part.start, part.stop, step):
            yield self.chunk(start, min(start + step, part.stop))

    def without(self, made: Collection[Part]) -> "TablePlan":
        """The table with the parts that are still to be made."""
        return replace(self, only=tuple(part for part in self.parts if part not in made))


@dataclass(frozen=True)
class Later:
    """A reference that cannot hold while its table is loaded.

    columns  to be loaded as NULL, and set when all tables are there; empty where nothing in the reference
             can be NULL, so that the constraint itself has to be added when all tables are there
    """

    table: str
    columns: tuple[str, ...]
    reference: ForeignKey


@dataclass(frozen=True)
class LoadOrder:
    """For databases that enforce references: tables, parents before children, and what has to wait."""

    tables: tuple[str, ...]
    later: tuple[Later, ...] = ()


@dataclass(frozen=True)
class FaultCount:
    """So many rows of a table are wrong on purpose."""

    table: str
    kind: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, eq=False)
class AskedCheck:
    """A CHECK that can only be asked of the rows.

    holds     truth values, by the rows of its table; false and NULL say that a row fails
    promised  whether no row should; it is a warning of the plan otherwise
    """

    table: str
    label: str
    holds: Kernel
    promised: bool

    def failing(self, rows: int) -> int:
        """How many of so many rows fail."""
        count = 0
        for start in range(0, rows, BLOCK):
            column = fixed(self.holds.values(Rows.run(start, min(start + BLOCK, rows))))
            holds = column.values.astype(np.bool_)
            if column.valid is not None:
                holds &= column.valid
            count += len(holds) - int(np.count_nonzero(holds))
        return count


@dataclass(frozen=True)
class Plan:
    """Every table of an experiment under one seed.

    pools         the lists of values that others have made and that were used, by name
    pool_columns  for each of them the columns, as (table, column), whose values depend on it
    hidden        the rows of tables that are written nowhere, by their names
    checks        the CHECKs that no construction keeps
    """

    experiment: str
    seed: int
    tables: tuple[TablePlan, ...]
    warnings: tuple[str, ...] = ()
    load_order: LoadOrder = LoadOrder(())
    pools: Mapping[str, KeptPool] = field(default_factory=dict)
    pool_columns: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    faults: tuple[FaultCount, ...] = ()
    hidden: Mapping[str, int] = field(default_factory=dict)
    checks: tuple[AskedCheck, ...] = ()

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def counts(self) -> dict[str, int]:
        """The rows of every table that is written, by its name."""
        return {table.name: table.rows for table in self.tables}

    @property
    def planned(self) -> dict[str, int]:
        """The rows of every table, hidden ones included: what the same plan is made from again."""
        return {**self.counts, **self.hidden}

    def table(self, name: str) -> TablePlan:
        return next(table for table in self.tables if table.name == name)

    def drawing_on(self, pools: Iterable[str]) -> frozenset[tuple[str, str]]:
        """The columns, as (table, column), whose values depend on any of these pools."""
        return frozenset().union(*(self.pool_columns.get(name, frozenset()) for name in pools))

    def window(self, name: str, start: int, stop: int) -> "Plan":
        """A plan of nothing but these rows of one table: the same rows as in the whole."""
        table = replace(self.table(name), only=(Part(name, 0, start, stop),))
        return replace(self, tables=(table,), checks=())

    def without(self, made: Collection[Part]) -> "Plan":
        """The plan of the parts that are still to be made."""
        done = frozenset(made)
        return replace(self, tables=tuple(table.without(done) for table in self.tables))


def _fitting(size: int, wide: int, most: int) -> int:
    """How many rows of a width there are in a size: a power of two, at most `most`."""
    rows = most
    while rows > 1 and rows * wide > size:
        rows //= 2
    return rows


def part_boundaries(table: str, rows: int) -> tuple[Part, ...]:
    """Parts of nearly equal size, none above PART_ROWS; a table without rows has one empty part.

    The boundaries depend on the number of rows alone, never on who does the work.
    """
    count = max(-(-rows // PART_ROWS), 1)
    step = -(-rows // count)
    if count > 1:
        step = -(-step // _PART_ALIGNMENT) * _PART_ALIGNMENT
    return tuple(Part(table, k, min(k * step, rows), min((k + 1) * step, rows)) for k in range(count))
