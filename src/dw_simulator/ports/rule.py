"""What the planner asks of a rule, and what it tells it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Protocol

from dw_simulator.engine.columns import Column as Values
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.schema.model import Column, Lookup, RuleSpec, Table
from dw_simulator.types import Kind, SqlType


@dataclass(frozen=True)
class KeptPool:
    """A list of values that a program other than this one has made, such as Faker.

    made_by  that program and its version
    """

    values: tuple[str, ...]
    made_by: str = ""

    @cached_property
    def checksum(self) -> str:
        """Equal for equal lists."""
        text = json.dumps(self.values, separators=(",", ":"))  # ASCII, whatever the values are
        return f"sha256:{sha256(text.encode()).hexdigest()}"


@dataclass(frozen=True)
class Pools:
    """Where a plan has the values from that other programs make: those that are kept, or else new ones.

    kept     those that were made before, by name
    used     those that were asked for, made now or before
    columns  for each of those the columns, as (table, column), whose rules have asked for it
    place    the column that asks

    One plan's, which one thread makes.
    """

    kept: Mapping[str, KeptPool] = field(default_factory=dict)
    used: dict[str, KeptPool] = field(default_factory=dict)
    columns: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    place: tuple[str, str] | None = None

    def at(self, table: str, column: str) -> "Pools":
        """The same pools, asked by a column."""
        return replace(self, place=(table, column))

    def get(
        self, name: str, make: Callable[[], Sequence[str]], made_by: Callable[[], str] = str
    ) -> tuple[str, ...]:
        """The pool of a name, which says everything that its making depends on but versions.

        make, made_by  called where none is kept: its values, and by which program in which version
        """
        if name not in self.used:
            self.used[name] = self.kept[name] if name in self.kept else KeptPool(tuple(make()), made_by())
        if self.place is not None:
            self.columns.setdefault(name, set()).add(self.place)
        return self.used[name].values

    def keep_asked(self) -> None:
        """Forget what was used by columns that have other rules by now."""
        for name in self.used.keys() - self.columns.keys():
            del self.used[name]

    @property
    def made(self) -> dict[str, KeptPool]:
        """Those that were not kept before."""
        return {name: pool for name, pool in self.used.items() if name not in self.kept}


@dataclass(frozen=True)
class ColumnSpec:
    """A column as a rule sees it.

    rows     how many rows its table has
    key      whether values must be told apart: the rule then returns a Domain, or a kernel under a selector
             that never repeats
    owner    the table it belongs to
    dialect  of SQL that is written in its options: the experiment's
    pools    where lists of values come from that others have made
    rules    from a rule's name and options to the rule: for rules that are made of others
    """

    seed: int
    table: str
    column: Column
    rows: int
    key: bool = False
    owner: Table | None = None
    dialect: str = "duckdb"
    pools: Pools = field(default_factory=Pools)
    rules: "Callable[[RuleSpec, Kind], Rule] | None" = None

    @property
    def type(self) -> SqlType:
        return self.column.type

    def stream(self, purpose: str = "value") -> Stream:
        """The column's own stream for a purpose."""
        return Stream.named(self.seed, self.table, self.column.name, purpose)


@dataclass(frozen=True)
class Siblings:
    """Asks for how rows stand together by the parent that this column references: a `Grouping`.

    Asking makes them stand together, where nothing else says by what they do. A rule that asks has an
    attribute `siblings` that is not None, so that a table is planned alike alone and among others.
    """

    reference: str


Need = str | Lookup | Siblings
"""What a derived column is made from: a column of its row by name, one of a row it references, siblings."""


@dataclass(frozen=True)
class Source:
    """A column that another is made from."""

    name: str
    type: SqlType
    kernel: Kernel
    nullable: bool

    def values(self, rows: Rows) -> Values:
        """Its values, made once for these rows. Shared: not to be overwritten."""
        return rows.once(self.kernel, lambda: self.kernel.values(rows))


@dataclass(frozen=True)
class Derived:
    """Values that are made from other columns.

    needs   what from
    finish  given an answer to each need in their order (a Source; a Grouping for Siblings), the kernel, which
            has a true attribute `nullable` where its values can be NULL. May raise Refusal.
    """

    needs: tuple[Need, ...]
    finish: Callable[[Sequence[Source | Grouping]], Kernel]


class Rule(Protocol):
    """From a column to its values: a Domain, from which the planner draws; a whole Kernel; or Derived.

    Domains of one table that have the same attribute `entity` (a string) and the same `natural` size get
    the same index in every row: the columns speak of one thing.
    """

    def build(self, spec: ColumnSpec) -> Domain | Kernel | Derived: ...
