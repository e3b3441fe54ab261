"""What the passes know so far, and what they found wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.chosen import Awaited
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.values.base import Domain, Event, Kernel
from dw_simulator.errors import Problem, Refusal
from dw_simulator.planning.checks.limits import Limits
from dw_simulator.planning.checks.orders import Orders
from dw_simulator.planning.relations.relation import FREE, Path, Relation, Role, is_tree, meant, null_share
from dw_simulator.ports.constraints import OpenCheck
from dw_simulator.ports.kept_pools import Pools
from dw_simulator.ports.needs import Derived
from dw_simulator.ports.plan import AskedCheck, FaultCount
from dw_simulator.ports.rule import (
    Entity,
    EntityKey,
    Rule,
    RuleSource,
)
from dw_simulator.schema.model import Column, Experiment, GivenRows, RuleSpec, Table, Tree

Cell = tuple[str, str]
"""A table's name and a column's."""

Place = tuple[str, tuple[str, ...]]
"""A table's name and the columns of a reference."""

Recipe = Callable[[], Selector]
"""Makes a selector once those that it builds on can be made."""


ColumnAlone = Callable[["Draft", Place, Table, Column], tuple[int, Kernel]]
"""(draft, the reference for whose sake, table, its column) -> (how many rows the table has, the kernel)."""


@dataclass(frozen=True)
class Built:
    """What a rule has made of a column, for rounds in which its table is the same.

    table, rows  which it was, and how many rows it had
    given        whether the rows were given
    told         what its author heard of it
    """

    table: Table
    rows: int
    given: bool
    values: Domain | Kernel | Derived
    told: tuple[str, ...]


@dataclass(eq=False)
class Draft:
    """A plan in the making.

    only       the one table that is wanted; None for all
    rows       of each table
    relations  the references of each table, implied ones included
    given_at   the columns whose values are those of the rows that their table is given
    told       the references among these, which have their rows from there, too
    told_keys  the keys of each table that its given rows hold
    void       references that are NULL in every row, of which no relation is made; in which of their columns
    looped     for each the own columns whose values would come back to themselves by it: they have values of
               their own, and the reference picks among the rows that belong to its own row
    tallies    the groupings of references whose parents say how many children each has, and of which kernel;
               `tallying` are those for whose sake this draft is made
    roles      how each relation comes by its row
    dealt      relations of each table whose parents know their rows; by the first the rows stand together
    wanted     of these, those among whose rows others pick; and whether a key of theirs needs room there
    groupings  which rows belong to which parent, of each relation that is dealt
    recipes    for what a key has asked for, a relation or a column, how its selector is made
    picks      for each relation the row that is referenced; `making` are those that are being made
    awaited    of these, those that are made together with columns
    nulls      for each, or for a column of a key, when it is NULL
    collected  the entities of each table, by the names of their rule and their own
    entities   for a column that speaks of an entity, which one
    values     what the rules of the other columns offer
    built      the same where nothing but the column's table decides it: this and `warnings` are those of all
               rounds of one plan
    selectors  those that a key has chosen for a column
    limits     what CHECKs say of single columns
    orders     what they say of how the columns of a table compare
    open_checks  by table, the CHECKs that these do not say
    conditions    their truth values; None where nobody can evaluate them
    kept_checks   those of them that all values of their column pass
    asked_checks  those of them that can be asked of the rows
    hinted     columns with rules or bounds by which such CHECKs are likely to hold; `no_hints` are to
               have none
    cased      those whose texts are in capitals (True), or in small letters
    free       columns whose draws may be asked at any row number
    kernels    finished columns; `failed` are those that never will be
    written    other kernels for columns with faults, which only files show
    sources    for each column the ones that its kernel was made from
    declared   the experiment before columns followed CHECKs
    alone      makes a column of a table before the plan comes to it; None where no plan is to be made
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
    given_at: set[Cell] = field(default_factory=set)
    told: set[Relation] = field(default_factory=set)
    told_keys: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    void: dict[Relation, tuple[str, ...]] = field(default_factory=dict)
    looped: dict[Relation, frozenset[str]] = field(default_factory=dict)
    tallies: dict[Place, tuple[Grouping, Kernel]] = field(default_factory=dict)
    tallying: frozenset[Place] = frozenset()
    roles: dict[Relation, Role] = field(default_factory=dict)
    dealt: dict[str, tuple[Relation, ...]] = field(default_factory=dict)
    wanted: dict[Relation, bool] = field(default_factory=dict)
    groupings: dict[Relation, Grouping] = field(default_factory=dict)
    recipes: dict[Relation | Cell, Recipe] = field(default_factory=dict)
    picks: dict[Relation, Selector] = field(default_factory=dict)
    awaited: dict[Relation, Awaited] = field(default_factory=dict)
    making: set[Relation] = field(default_factory=set)
    nulls: dict[Relation | Cell, Event] = field(default_factory=dict)
    collected: dict[str, dict[EntityKey, Entity]] = field(default_factory=dict)
    entities: dict[Cell, Entity] = field(default_factory=dict)
    values: dict[Cell, Domain | Kernel | Derived] = field(default_factory=dict)
    built: dict[Cell, Built] = field(default_factory=dict)
    selectors: dict[Cell, Selector] = field(default_factory=dict)
    limits: dict[Cell, Limits] = field(default_factory=dict)
    orders: dict[str, Orders] = field(default_factory=dict)
    open_checks: dict[str, list[OpenCheck]] = field(default_factory=dict)
    conditions: dict[OpenCheck, Derived | None] = field(default_factory=dict)
    kept_checks: set[OpenCheck] = field(default_factory=set)
    asked_checks: list[AskedCheck] = field(default_factory=list)
    hinted: set[Cell] = field(default_factory=set)
    no_hints: frozenset[Cell] = frozenset()
    cased: dict[Cell, bool] = field(default_factory=dict)
    free: set[Cell] = field(default_factory=set)
    kernels: dict[Cell, Kernel] = field(default_factory=dict)
    written: dict[Cell, Kernel] = field(default_factory=dict)
    faults: list[FaultCount] = field(default_factory=list)
    sources: dict[Cell, set[Cell]] = field(default_factory=dict)
    failed: set[Cell] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    alone: "ColumnAlone | None" = None

    def __post_init__(self) -> None:
        self.declared = self.experiment
        self._at: dict[str, tuple[int, dict[str, list[Relation]]]] = {}

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

    def given(self, table: Table) -> Mapping[str, GivenRows]:
        """Rows that users have given, by name; those of a table that is written out under no name."""
        own = self.experiment.given(table)
        return self.experiment.reference_data if own is None else {**self.experiment.reference_data, "": own}

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
        relations = self.relations[table.name]
        known = self._at.get(table.name)
        if known is None or known[0] != len(relations):
            found: dict[str, list[Relation]] = {}
            for relation in relations:
                for name in relation.columns:
                    found.setdefault(name, []).append(relation)
            known = self._at[table.name] = (len(relations), found)
        return known[1].get(column, [])

    def null_columns(self, relation: Relation) -> tuple[str, ...]:
        """The columns of a reference that are NULL when it is; none for one that cannot be NULL.

        They are those that stand in no other reference. Where all stand in others, they are NULL together
        with those, if none of them can be NULL by columns of its own.
        """
        if not relation.is_declared:
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
        if relation in self.void:
            return self.void[relation]
        table = relation.table
        return tuple(
            name
            for name in relation.columns
            if self.may_be_null(table, name)
            and self.declared_at(table, name) == [relation]
            and self.sources_at(table, name)
            and not any(other.home for other in self.relations_at(table, name))
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
        children = relation.declared.children
        counted = children is not None and (children.column is not None or not self.leaves_keys(relation))
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
        return [relation for relation in self.relations_at(table, column) if relation.is_declared]

    def sources_at(self, table: Table, column: str) -> list[Relation]:
        """The references that a column has its values from: all but those that lead back to it."""
        if (table.name, column) in self.given_at:
            return []
        return [
            relation
            for relation in self.relations_at(table, column)
            if column not in self.looped[relation]
            and (relation.parent is not table or relation.pairs[column] != column)
        ]

    def closure(self, table: Table, columns: Iterable[str]) -> frozenset[str]:
        """Columns, and all that follow from them: a row that is referenced says its other columns as well."""
        known = frozenset(columns)
        grown = True
        while grown:
            more = known.union(*(r.columns for r in self.relations[table.name] if r.determined_by(known)))
            grown = more != known
            known = more
        return known

    def is_tree(self, relation: Relation) -> bool:
        """Whether rows stand after those that they reference; a key by itself is a list, or no tree."""
        if relation in self.told or not is_tree(relation, self.role(relation)):
            return False
        alone = relation.declared.tree is None and bool(relation.own_keys)
        return not alone or self.is_list(relation)

    def is_list(self, relation: Relation) -> bool:
        """Whether every row has one child at the most: a tree that is a key by itself, but for the roots."""
        tree, nulls = relation.declared.tree, set(self.null_columns(relation))
        branches = isinstance(tree, Tree) and (tree.depth is not None or tree.branching not in (None, 1))
        return not branches and any(nulls & set(key) for key in relation.own_keys)

    def role(self, relation: Relation) -> Role:
        """How a relation comes by its row; freely, where none has to agree with it."""
        return self.roles.get(relation, FREE)

    def via(self, relation: Relation) -> Path | None:
        """The way to the row of a reference that says it, or whose column is a lookup; None for any other."""
        if relation.declared.via and relation.is_declared:
            return self._said_way(relation)
        column = relation.table.column(relation.columns[0])
        lookup = column.lookup if column is not None else None
        if lookup is None or not relation.is_declared:
            return None
        path, at = list[Relation](), relation.table
        for step in lookup.reference:
            path.append(self.declared_at(at, step)[0])
            at = path[-1].parent
        goal = (relation.parent, relation.declared.references_columns[0])
        if (at, lookup.column) == goal:
            return tuple(path)
        onward = self.declared_at(at, lookup.column)
        return (*path, next(r for r in onward if (r.parent, r.pairs[lookup.column]) == goal))

    def _said_way(self, relation: Relation) -> Path | None:
        path, at = list[Relation](), relation.table
        for step in relation.declared.via:
            found = [one for one in meant(self.declared_at(at, step), step) if one is not relation]
            if not found:
                return None  # one that is NULL in every row leads nowhere
            path.append(found[0])
            at = path[-1].parent
        same = (relation.parent, relation.declared.references_columns)
        onward = [r for r in self.relations[at.name] if (r.parent, r.declared.references_columns) == same]
        if at is not relation.parent and not onward:
            return None
        return tuple(path) if at is relation.parent else (*path, onward[0])

    def other_of(self, relation: Relation) -> Relation | None:
        """The relation from whose row this one's is to differ."""
        if not relation.declared.distinct:
            return None
        return next(r for r in self.relations[relation.table.name] if r.parent is relation.parent)

    def is_hidden(self, table: Table) -> bool:
        """Whether nobody declared it: it is the home of values that rows share."""
        return self.declared.table(table.name) is None

    def ordering(self, table: Table) -> Relation | None:
        """The relation by which a table's rows stand together."""
        return next(iter(self.dealt.get(table.name, ())), None)
