"""What the passes know so far, and what they found wrong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.values.base import Domain, Event, Kernel
from dw_simulator.errors import Problem, Refusal
from dw_simulator.planning.checks.limits import Limits
from dw_simulator.planning.checks.orders import Orders
from dw_simulator.ports.plan import FaultCount
from dw_simulator.ports.rule import Derived, Entity, EntityKey, Pools, Rule, RuleSource
from dw_simulator.schema.model import DEFAULT_NULL_FRACTION, Column, Experiment, ForeignKey, RuleSpec, Table

Cell = tuple[str, str]
"""A table's name and a column's."""

Path = tuple["Relation", ...]
"""References followed one after another, from child to parent."""


def null_share(table: Table, reference: ForeignKey) -> float:
    """The share of rows in which a reference is NULL, as declared; 0 for a required one."""
    columns = [column for column in map(table.column, reference.columns) if column is not None]
    if not reference.nullable and all(column.required for column in columns):
        return 0.0
    declared = declared_share(table, reference)
    return DEFAULT_NULL_FRACTION if declared is None else declared


def declared_share(table: Table, reference: ForeignKey) -> float | None:
    """The share of NULLs that is asked for; None where nothing is."""
    columns = [column for column in map(table.column, reference.columns) if column is not None]
    if any(column.null_when for column in columns):  # a condition says when, not chance
        return 0.0
    shares = [reference.null_fraction, *(column.null_fraction for column in columns)]
    return max((share for share in shares if share is not None), default=None)


UNSETTLED = 1 << 30
"""The rank of a relation that no other has to agree with, or could."""


@dataclass(eq=False)
class Relation:
    """A reference while it is planned.

    parent_rows  how many rows the parent has
    implied      it is not declared, but follows from declared ones: the reference of a reference
    domain       it is no reference at all, but a column by whose values rows are grouped; the "parent" is
                 the table itself, and its rows are the values
    base, path   for one that has to agree with others about columns they share: the reference (or the
                 reference of a reference, ...) that says which row to agree with, and how that row is reached
                 from the own parent; an empty path where it is the own parent's row
    looped       own columns whose values would come back to themselves by this reference: they have values of
                 their own, and the reference picks among the rows that belong to its own row
    rank         where several references hold a column, its value is that of the lowest
    numbered     a key counts the rows of one parent, so their numbers may differ from parent to parent
    listed       a key asks for one child at the most: rows of the own table follow one another in a list
    shared       other tables pick among the rows of one parent, so no parent should be without
    tight        and a key of theirs needs room there, so parents should have as many as any other
    grouping     the pick, where rows stand together by parent
    carrier      the pick that a key has asked for
    pick         how the parent's row is picked; last of all
    nulls        when the reference is NULL
    busy         its pick is being made
    """

    table: Table
    declared: ForeignKey
    parent: Table
    parent_rows: int
    implied: bool = False
    domain: bool = False
    base: Path | None = None
    path: Path = ()
    looped: frozenset[str] = frozenset()
    rank: int = UNSETTLED
    numbered: bool = False
    listed: bool = False
    shared: bool = False
    tight: bool = False
    grouping: Grouping | None = None
    carrier: Selector | None = None
    pick: Selector | None = None
    nulls: Event | None = None
    busy: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return self.declared.columns

    @property
    def pairs(self) -> dict[str, str]:
        """From own column to the parent's column."""
        return dict(zip(self.declared.columns, self.declared.references_columns, strict=True))

    @property
    def label(self) -> str:
        return f"{self.table.name}({', '.join(self.declared.columns)})"

    @property
    def follows(self) -> bool:
        """Whether another reference decides this one."""
        return self.base is not None and not self.path

    @property
    def is_special(self) -> bool:
        """Whether anything is declared about which parents are picked how often."""
        way = self.declared
        return bool(way.children or way.skew or way.childless or way.tree)

    def optional(self, column: Column) -> bool:
        """Whether this column of the reference may be NULL."""
        return self.declared.nullable or not column.required

    def determined_by(self, columns: frozenset[str] | set[str]) -> bool:
        """Whether these own columns are enough to say which row is referenced."""
        if self.domain:
            return set(self.columns) <= columns
        targets = {target for own, target in self.pairs.items() if own in columns}
        # that a row has its own key says nothing about which row it references
        own = self.parent is self.table
        same = {name for name, target in self.pairs.items() if own and name == target}
        return any(set(key) <= targets and not set(key) <= same for key in self.parent.keys)


def is_tree(relation: Relation) -> bool:
    """Whether rows stand after their parents: as declared, or because a row of its own table may be NULL."""
    if relation.parent is not relation.table or relation.domain or relation.declared.tree is False:
        return False
    if relation.base is not None and (relation.path != relation.base or not relation.path):
        return False
    if relation.declared.tree:
        return True
    columns = [relation.table.column(name) for name in relation.columns]
    plain = relation.carrier is None and not relation.is_special
    return plain and any(column is not None and relation.optional(column) for column in columns)


@dataclass(eq=False)
class Draft:
    """A plan in the making.

    only       the one table that is wanted; None for all
    rows       of each table
    relations  the references of each table, implied ones and groupings by a column included
    clusters   the relation by which a table's rows stand together
    collected  the entities of each table, by the names of their rule and their own
    entities   for a column that speaks of an entity, which one
    values     what the rules of the other columns offer
    selectors  those that a key has chosen for a column
    limits     what CHECKs say of single columns
    orders     what they say of how the columns of a table compare
    kernels    finished columns; `failed` are those that never will be
    written    other kernels for columns with faults, which only files show
    sources    for each column the ones that its kernel was made from
    declared   the experiment before columns followed CHECKs
    given_up   a line on each guess of an import that could not be followed
    """

    experiment: Experiment
    seed: int
    rules: RuleSource
    asked: Mapping[str, int]
    only: str | None = None
    pools: Pools = field(default_factory=Pools)
    rows: dict[str, int] = field(default_factory=dict)
    relations: dict[str, list[Relation]] = field(default_factory=dict)
    clusters: dict[str, Relation] = field(default_factory=dict)
    collected: dict[str, dict[EntityKey, Entity]] = field(default_factory=dict)
    entities: dict[Cell, Entity] = field(default_factory=dict)
    values: dict[Cell, Domain | Kernel | Derived] = field(default_factory=dict)
    selectors: dict[Cell, Selector] = field(default_factory=dict)
    limits: dict[Cell, Limits] = field(default_factory=dict)
    orders: dict[str, Orders] = field(default_factory=dict)
    kernels: dict[Cell, Kernel] = field(default_factory=dict)
    written: dict[Cell, Kernel] = field(default_factory=dict)
    faults: list[FaultCount] = field(default_factory=list)
    sources: dict[Cell, set[Cell]] = field(default_factory=dict)
    failed: set[Cell] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.declared = self.experiment

    def refuse(self, place: str, message: str, mend: str = "") -> None:
        """Note a problem, and go on looking for others."""
        self.problems.append(Problem(place, message, mend))

    @property
    def dialect(self) -> str:
        """Whose SQL stands in the schema."""
        return self.experiment.target_warehouse or self.rules.dialect

    def rule_of(self, column: Column, *, usual: bool = False) -> Rule | None:
        """The rule that a column declares; None where it declares none, or one that is refused later.

        usual  where none is declared, the one for columns of its kind
        """
        spec = column.rule_spec
        if spec is None and usual:
            spec = RuleSpec(name=self.rules.usual(column.type.kind))
        try:
            return None if spec is None else self.rules(spec, column.type.kind)
        except Refusal:
            return None

    def stream(self, table: Table, names: tuple[str, ...], purpose: str) -> Stream:
        """The stream of one column, or of several that decide something together."""
        return Stream.named(self.seed, table.name, "\0".join(names), purpose)

    def columns(self) -> Iterator[tuple[Table, Column]]:
        """Every column of every table that is wanted."""
        for table in self.experiment.tables:
            if self.only in (None, table.name):
                for column in table.columns:
                    yield table, column

    def relations_at(self, table: Table, column: str) -> list[Relation]:
        """The references that a column belongs to."""
        return [
            relation
            for relation in self.relations[table.name]
            if column in relation.columns and not relation.domain
        ]

    def null_columns(self, relation: Relation) -> tuple[str, ...]:
        """The columns of a reference that are NULL when it is; none for one that cannot be NULL.

        They are those that stand in no other reference. Where all stand in others, they are NULL together
        with those, if none of them can be NULL by columns of its own.
        """
        if relation.domain or relation.implied:
            return ()
        own = self.own_null_columns(relation)
        if own:
            return own
        sharing = [other for name in relation.columns for other in self.declared_at(relation.table, name)]
        together = all(
            self.may_be_null(relation.table, name)
            for other in sharing
            for name in other.columns
            if name in relation.columns
        )
        apart = any(self.own_null_columns(other) for other in sharing)
        return relation.columns if together and not apart else ()

    def own_null_columns(self, relation: Relation) -> tuple[str, ...]:
        """The columns that may be NULL and stand in no other reference; one NULL among them is enough."""
        return tuple(
            name
            for name in relation.columns
            if self.declared_at(relation.table, name) == [relation]
            and self.sources_at(relation.table, name)
            and self.may_be_null(relation.table, name)
        )

    def may_be_null(self, table: Table, name: str) -> bool:
        """Whether a column of references may be NULL for all of them, and for the primary key."""
        column = table.column(name)
        holding = self.declared_at(table, name)
        allowed = column is not None and all(relation.optional(column) for relation in holding)
        return allowed and name not in table.primary_key

    def null_share(self, relation: Relation) -> float:
        """The share of rows in which a reference is NULL."""
        # rows without a parent would count among nobody's children, but be in a key that counts on these
        counted = relation.declared.children is not None and not self.leaves_keys(relation)
        if counted or not self.null_columns(relation):
            return 0.0
        return null_share(relation.table, relation.declared) if relation.parent_rows else 1.0

    def leaves_keys(self, relation: Relation) -> bool:
        """Whether rows in which the reference is NULL are out of every key that would count on it."""
        nulls = set(self.null_columns(relation))
        keys = [key for key in relation.table.least_keys if relation.determined_by(set(key))]
        return all(nulls & set(key) for key in keys)

    def declared_at(self, table: Table, column: str) -> list[Relation]:
        """The declared references that a column belongs to."""
        return [relation for relation in self.relations_at(table, column) if not relation.implied]

    def sources_at(self, table: Table, column: str) -> list[Relation]:
        """The references that a column has its values from: all but those that lead back to it."""
        return [
            relation
            for relation in self.relations_at(table, column)
            if column not in relation.looped
            and (relation.parent is not table or relation.pairs[column] != column)
        ]

    def closure(self, table: Table, columns: Iterable[str]) -> frozenset[str]:
        """Columns, and all that follow from them: a row that is referenced says its other columns as well."""
        known = frozenset(columns)
        grown = True
        while grown:
            more = known.union(
                *(r.columns for r in self.relations[table.name] if not r.domain and r.determined_by(known))
            )
            grown = more != known
            known = more
        return known

    def clustered(self, relation: Relation) -> bool:
        """Whether the relation's children stand together by parent."""
        return self.clusters.get(relation.table.name) is relation
