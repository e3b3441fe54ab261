"""What the planner asks of a rule, and what it tells it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Protocol

from pydantic import ConfigDict

from dw_simulator.engine.bounds import Bounds
from dw_simulator.engine.columns import Column as Values
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.ports.constraints import Check
from dw_simulator.schema.declared import Part as Declared
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
    rules: "RuleSource | None" = None

    @property
    def type(self) -> SqlType:
        return self.column.type

    def stream(self, purpose: str = "value") -> Stream:
        """The column's own stream for a purpose."""
        return Stream.named(self.seed, self.table, self.column.name, purpose)


@dataclass(frozen=True)
class Siblings:
    """Asks for how rows stand together by the parent that this column references: a `Grouping`.

    Asking makes them stand together, where nothing else says by what they do. A rule that asks says so by
    `RuleOptions.siblings`, so that a table is planned alike alone and among others.
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

    @property
    def nullable(self) -> bool:
        """Whether it can be NULL."""
        return self.kernel.facts.nullable

    def values(self, rows: Rows) -> Values:
        """Its values, made once for these rows. Shared: not to be overwritten."""
        return rows.once(self.kernel, lambda: self.kernel.values(rows))


@dataclass(frozen=True)
class Derived:
    """Values that are made from other columns.

    needs   what from
    finish  given an answer to each need in their order (a Source; a Grouping for Siblings), the kernel, whose
            facts say whether its values can be NULL. May raise Refusal.
    """

    needs: tuple[Need, ...]
    finish: Callable[[Sequence[Source | Grouping]], Kernel]


class RuleOptions(Declared):
    """The base of every rule: its fields are the options that users may set.

    What a rule says of itself, here and in the methods below, is all that the planner knows of it.

    kinds     for which kinds of columns it is
    examples  what shows the rule, as in a schema: a column; a list of columns of one table, the last of which
              shows it; or {"tables": [...]}, of which the last column of the last table does
    derives   its values come from other columns, so that bounds of the column cannot hold them
    numbers   it numbers the rows: no other value may take a value's place
    """

    model_config = ConfigDict(populate_by_name=True)

    kinds: ClassVar[frozenset[Kind]] = frozenset(Kind)
    examples: ClassVar[tuple[Any, ...]] = ()
    derives: ClassVar[bool] = False
    numbers: ClassVar[bool] = False

    @property
    def siblings(self) -> str | None:
        """The column by whose reference its table's rows stand together, where it asks for `Siblings`."""
        return None

    def listed(self) -> Sequence[bool | int | float | str] | None:
        """The values that it lists, as users write them; None where it lists none."""
        return None

    def filled(self, _type: SqlType, bounds: Bounds, /) -> Bounds:
        """The bounds that it draws between, where a column declares these: open ends may stay open."""
        return bounds

    def follows(self, _column: str, /) -> tuple[str, str] | None:
        """(earlier, later): the columns of a row that it keeps in order, where it makes one of them."""
        return None

    @property
    def keeps_apart(self) -> bool:
        """Whether what it keeps in order is never the same."""
        return False

    def to_keep_apart(self, _days: bool, /) -> Mapping[str, str]:
        """The options that make it keep apart what it keeps in order; none where users have said enough.

        days  whether one of the two is a DATE, so that the least distance is a day
        """
        return {}


class Rule(Protocol):
    """From a column to its values: a Domain, from which the planner draws; a whole Kernel; or Derived.

    Domains of one table that have the same attribute `entity` (a string) and the same `natural` size get
    the same index in every row: the columns speak of one thing.
    """

    @property
    def derives(self) -> bool: ...

    @property
    def numbers(self) -> bool: ...

    @property
    def siblings(self) -> str | None: ...

    def listed(self) -> Sequence[bool | int | float | str] | None: ...

    def filled(self, _type: SqlType, _bounds: Bounds, /) -> Bounds: ...

    def follows(self, _column: str, /) -> tuple[str, str] | None: ...

    @property
    def keeps_apart(self) -> bool: ...

    def to_keep_apart(self, _days: bool, /) -> Mapping[str, str]: ...

    def build(self, spec: ColumnSpec) -> Domain | Kernel | Derived: ...


class Role(StrEnum):
    """What the planner needs a rule for, where a column names none. By a kind's name: for its columns."""

    COUNTING = "counting"
    """Options: start."""
    LISTING = "listing"
    """Options: values."""
    CONDITION = "condition"
    """Options: sql, an expression over the row; gives truth values."""
    NOTE = "note"
    """Options: min_length, max_length, in characters."""
    CODE = "code"
    """Options: length, in characters."""


class RuleSource(Protocol):
    """Who knows the rules: what the planner asks for them. The service passes the registry's."""

    def __call__(self, spec: RuleSpec, kind: Kind) -> Rule:
        """The rule of a name with its options. Raises Refusal."""

    def constraints(self, table: Table, dialect: str) -> tuple[Check, ...]:
        """What a table's CHECK constraints say, read as a dialect's SQL."""

    def usual(self, role: Role | Kind) -> str:
        """The name of the rule for a role, or for the columns of a kind that name none."""
