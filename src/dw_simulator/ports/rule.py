"""What the planner asks of a rule, and what it tells it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, Self, TypeAlias, TypeVar

from pydantic import ConfigDict

from dw_simulator.engine.bounds import Bounds
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.selectors.quantiles import Quantiles
from dw_simulator.engine.selectors.sampling import Uniform
from dw_simulator.engine.values.base import Domain, Drawn, Kernel, is_domain
from dw_simulator.ports.constraints import Check
from dw_simulator.ports.kept_pools import Pools
from dw_simulator.ports.needs import Derived
from dw_simulator.schema.declared import Declared
from dw_simulator.schema.given_rows import GivenRows
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.model import Column, RuleSpec, Table
from dw_simulator.types import FLAT_KINDS, Kind, SqlType

if TYPE_CHECKING:  # the table of guesses is read by imports only
    from dw_simulator.schema.inference.guesses import Guess


def _untold(_words: str, /) -> None:
    """Nobody listens."""


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
    entities those of its table, by the name of their rule and their own: for rules that are made of others
    as_of    the experiment's present: the last day, or moment, that has been
    tell     takes what users should hear of the column beside its values: a warning of the run
    given    rows that users have given, by name: those of reference data; under no name those of the table
    digits   of a second that values have at most; None for all that the type keeps
    """

    seed: int
    table: str
    column: Column
    rows: int
    _: KW_ONLY
    key: bool = False
    owner: Table | None = None
    dialect: str = ""
    pools: Pools = field(default_factory=Pools)
    rules: "RuleSource | None" = None
    entities: "Mapping[EntityKey, Entity]" = field(default_factory=dict)
    as_of: date | None = None
    tell: Callable[[str], None] = field(default=_untold, compare=False)
    given: Mapping[str, GivenRows] = field(default_factory=dict)
    digits: int | None = None

    @cached_property
    def type(self) -> SqlType:
        return self.column.type.coarser(self.digits)

    def to(self, digits: int | None) -> "ColumnSpec":
        """The same for values with no more than so many digits of a second."""
        return self if digits is None else replace(self, digits=digits)

    def stream(self, purpose: str = "value") -> Stream:
        """The column's own stream for a purpose."""
        return Stream.named(self.seed, self.table, self.column.name, purpose)

    def kernel(self, values: Domain | Kernel, purpose: str = "value") -> Kernel:
        """Values as a rule makes them, those of a domain drawn evenly by the column's own stream."""
        return Drawn(Uniform(self.stream(purpose), values.natural), values) if is_domain(values) else values


# --- entities: columns of a row that speak of one thing

R_co = TypeVar("R_co", covariant=True)
EntityKey = tuple[str, str]
"""The name under which an entity's rule is registered, and which thing of the row it is: (person, buyer)."""


@dataclass(frozen=True)
class Member(Generic[R_co]):
    """A column that speaks of an entity, and its rule. `spec` says whether the column is a key."""

    spec: ColumnSpec
    rule: R_co

    @property
    def name(self) -> str:
        return self.spec.column.name


class World(Protocol):
    """Everything that an entity may be, numbered from 0: so many persons, places or companies.

    Each of its columns shows something of the same number, which is why the columns of a row agree.
    """

    @property
    def natural(self) -> int:
        """How many there are to draw from; a column's domain may have more, for keys that need more."""

    def column(self, name: str) -> Domain:
        """What a member shows of each number. Raises Refusal, which is told of that column alone.

        `natural` of the domain is that of the world, and `size` is the same in all columns.
        """


class EntityRule(Protocol):
    """A rule whose columns speak of things: those with one `entity` speak of the same thing in a row.

    The planner collects the columns of a table that have one rule and one `entity`, asks for their world
    once, and gives all of them the same number in every row.
    """

    @property
    def entity(self) -> str:
        """Which thing of the row: buyer, seller."""

    def world(self, members: Sequence[Member[Self]]) -> World:
        """The world of an entity's columns, in the order of the table. The rule is that of one of them."""


# --- rules


class MixtureComponent(Declared, ABC):
    """What a mixture draws from: options, and a continuous distribution."""

    @abstractmethod
    def cut(self, spec: ColumnSpec) -> tuple[Quantiles, float]:
        """The distribution within the column's bounds, and how much of it lies there. Raises Refusal."""


NAMES_A_COMPONENT = "x-component"
"""Marks, in the JSON Schema of an option, that its values are the names of rules with a `component`."""


Examples: TypeAlias = tuple[Json, ...]
"""What shows a rule, each as in a schema: a column; a list of columns of one table, of which the last one
does; or {"tables": [...]}, of which the last column of the last table does."""


@dataclass(frozen=True)
class KeptOrder:
    """Two columns of a row, of which the earlier one is never greater, wherever both have a value.

    apart    whether they are never the same
    leads_on whether one is made from the other, and is NULL with it: what comes before the earlier one then
             comes before the later one, too
    """

    earlier: str
    later: str
    apart: bool = False
    leads_on: bool = True


class RuleOptions(Declared):
    """The base of every rule: its fields are the options that users may set.

    What a rule says of itself, here and in the methods below, is all that the planner knows of it.

    kinds     for which kinds of columns it is
    examples  what shows the rule
    derives   its values come from other columns, so that bounds of the column cannot hold them
    numbers   it numbers the rows: no other value may take a value's place
    one_length  its texts are no longer where they must be told apart
    guesses   names of columns that an import gives to it, where a plugin brings the rule
    """

    model_config = ConfigDict(populate_by_name=True)

    kinds: ClassVar[frozenset[Kind]] = FLAT_KINDS
    examples: ClassVar[Examples] = ()
    derives: ClassVar[bool] = False
    numbers: ClassVar[bool] = False
    one_length: ClassVar[bool] = False
    guesses: ClassVar["tuple[Guess, ...]"] = ()

    @classmethod
    def component(cls) -> type[MixtureComponent] | None:
        """What stands for it among the components of a mixture; None where it can be none."""
        return None

    @property
    def siblings(self) -> str | None:
        """The column by whose reference its table's rows stand together, where it asks for `Siblings`."""
        return None

    @property
    def below(self) -> str | None:
        """The table whose rows stand together by a reference to its own, where it asks for `RowsBelow`."""
        return None

    @property
    def entity_rule(self) -> EntityRule | None:
        """Itself, where its columns speak of things of which others in their row speak, too."""
        return None

    def listed(self) -> Sequence[bool | int | float | str] | None:
        """The values that it lists, as users write them; None where it lists none."""
        return None

    def filled(self, _type: SqlType, bounds: Bounds, _present: date | None, /) -> Bounds:
        """The bounds that it draws between, where a column declares these: open ends may stay open.

        present  the experiment's `as_of`
        """
        return bounds

    def keeps(self, _column: Column, _table: Table, /) -> Sequence[KeptOrder]:
        """The columns of a row that it keeps in order, where it makes one of them."""
        return ()

    def to_keep_apart(self, _days: bool, /) -> Mapping[str, str]:
        """The options that make it keep apart what it keeps in order; none where users have said enough.

        days  whether one of the two is a DATE, so that the least distance is a day
        """
        return {}


class EntityOptions(RuleOptions, ABC):
    """The base of entity rules: what a column says (`field`) of which thing of its row (`entity`)."""

    field: str
    entity: str

    @abstractmethod
    def world(self, members: Sequence[Member[Self]]) -> World:
        """Everything that the entity of these columns may be."""

    @property
    def entity_rule(self) -> Self:
        return self

    def build(self, spec: ColumnSpec) -> Domain:
        """The values of a column that speaks of its thing alone. Raises Refusal."""
        return self.world([Member(spec, self)]).column(spec.column.name)


class Rule(Protocol):
    """From a column to its values: a Domain, from which the planner draws; a whole Kernel; or Derived."""

    @property
    def derives(self) -> bool: ...

    @property
    def numbers(self) -> bool: ...

    @property
    def siblings(self) -> str | None: ...

    @property
    def below(self) -> str | None: ...

    @property
    def entity_rule(self) -> EntityRule | None: ...

    def listed(self) -> Sequence[bool | int | float | str] | None: ...

    def filled(self, _type: SqlType, _bounds: Bounds, _present: date | None, /) -> Bounds: ...

    def keeps(self, _column: Column, _table: Table, /) -> Sequence[KeptOrder]: ...

    def to_keep_apart(self, _days: bool, /) -> Mapping[str, str]: ...

    def build(self, spec: ColumnSpec) -> Domain | Kernel | Derived: ...


@dataclass(frozen=True, eq=False)
class Entity:
    """A thing of every row that columns of a table speak of: its buyer, say.

    rule     the name under which the columns' rule is registered
    name     which thing it is, as the columns' option `entity` says
    members  the columns, in the order of the table
    """

    seed: int
    table: str
    rule: str
    name: str
    members: tuple[Member[EntityRule], ...] = ()

    @cached_property
    def world(self) -> World:
        """Everything that it may be."""
        return self.members[0].rule.world(self.members)

    def values(self, spec: ColumnSpec) -> Domain:
        """What a member shows, in a world of its own where it has changed since. Raises Refusal."""
        (own,) = (one for one in self.members if one.name == spec.column.name)
        entity = self if own.spec.column is spec.column else self.joined_by(replace(own, spec=spec))
        return entity.world.column(own.name)

    def joined_by(self, member: Member[EntityRule]) -> "Entity":
        """The same entity with one more column, or with this in place of the one of its name."""
        others = tuple(one for one in self.members if one.name != member.name)
        return replace(self, members=(*others, member))

    def stream(self, element: str = "") -> Stream:
        """The bits that say which thing a row speaks of.

        element  the name of a part of documents that has a thing of its own: the element of an array
        """
        label = f"{self.rule} {self.name}"
        names = (element, f"entity {label}") if element else (label, "entity")
        return Stream.named(self.seed, self.table, *names)


# --- who knows the rules


class RuleRole(StrEnum):
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
    FORM = "form"
    """Options: pattern, a regular expression of the whole text."""
    SPREAD = "spread"
    """Options: components, each with parameters low and high: numbers between those of one of them."""
    DAYS = "days"
    """One day after another, those of the table."""
    GIVEN = "given"
    """Options: of, the name of given rows; column, of these; in_order, one after another."""


class RuleSource(Protocol):
    """Who knows the rules: what the planner asks for them. The service passes the registry's."""

    @property
    def dialect(self) -> str:
        """Whose SQL stands in a schema that names no warehouse."""

    def __call__(self, spec: RuleSpec, kind: Kind) -> Rule:
        """The rule of a name with its options. Raises Refusal."""

    def constraints(self, table: Table, dialect: str) -> tuple[Check, ...]:
        """What a table's CHECK constraints say, read as a dialect's SQL."""

    def usual(self, role: RuleRole | Kind) -> str:
        """The name of the rule for a role, or for the columns of a kind that name none."""
