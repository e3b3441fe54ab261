"""The pass that finishes columns: the kernel of every column.

    customers (id INT PRIMARY KEY, country CHAR(2))
    orders    (id INT PRIMARY KEY, customer_id INT REFERENCES customers, note VARCHAR(80) NULL)
    lines     (order_id INT REFERENCES orders, buyer CHAR(2) looked up in customers by way of orders)

    customers.id       Drawn(RowNumber, Integers): what `assign_keys` has chosen, before what the rule gave
    customers.country  Drawn(Uniform, Pooled): nobody chose a selector, so that all values are as likely
    orders.customer_id Reference(customers.id at the row that `pick_parents` has chosen)
    orders.note        Nullable(Drawn(...), in one row of twenty)
    lines.buyer        the kernel of customers.country at the row of the row: two references in a chain

A column is made after those that it leads to, from column to column and not from table to table: two tables
may refer to each other. One that leads to itself is refused with the whole circle.
"""

from collections.abc import Sequence

from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.sampling import Chance, Shared, Uniform
from dw_simulator.engine.selectors.skewed import InTree
from dw_simulator.engine.selectors.unique import Permuted
from dw_simulator.engine.values.base import (
    Domain,
    Drawn,
    Event,
    Kernel,
    Missing,
    Nullable,
    Truth,
    is_domain,
)
from dw_simulator.engine.values.floats import Floats
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.engine.values.referenced import Reference
from dw_simulator.errors import Refusal, closest
from dw_simulator.planning.checks.adapting import adapted
from dw_simulator.planning.checks.given_checks import check_given_rows
from dw_simulator.planning.checks.letter_case import in_case
from dw_simulator.planning.checks.redrawing import Redrawing
from dw_simulator.planning.columns.choosing import await_picks, settle_picks
from dw_simulator.planning.columns.correlating import Correlating, Goal
from dw_simulator.planning.columns.likeness import mismatch, stored_as
from dw_simulator.planning.columns.lives import living
from dw_simulator.planning.columns.rule_values import build_value, check_width, condition_of, truth_of
from dw_simulator.planning.columns.several_parents import SeveralParents
from dw_simulator.planning.draft import Cell, Draft
from dw_simulator.planning.relations.relation import Relation
from dw_simulator.planning.relations.standing import standing, tree_of
from dw_simulator.planning.tallying import check_tallies
from dw_simulator.ports.needs import (
    Answer,
    ChildRows,
    Derived,
    LifeOf,
    Living,
    Need,
    Noise,
    RowAbove,
    RowsBelow,
    Siblings,
    Source,
    Upwards,
)
from dw_simulator.ports.rule import Entity
from dw_simulator.schema.declared import SqlText
from dw_simulator.schema.model import DEFAULT_NULL_FRACTION, Column, Lookup, Table
from dw_simulator.types import sql_type

_FREE = {"required": False, "null_fraction": None, "null_when": None}


def make_kernels(draft: Draft) -> None:
    """Give every column its kernel, following references from column to column."""
    resolver = _Resolver(draft)
    await_picks(draft, resolver)
    for table, column in draft.columns():
        resolver.kernel(table, column)
    settle_picks(draft)
    resolver.redrawing.settle()
    check_tallies(draft, resolver.kernel)
    resolver.check_others()
    check_given_rows(draft, resolver.condition)


def kernel_alone(draft: Draft, table: Table, column: Column) -> Kernel | None:
    """The kernel of one column, and of those that it is made from; None where it was refused."""
    resolver = _Resolver(draft)
    await_picks(draft, resolver)
    kernel = resolver.kernel(table, column)
    settle_picks(draft)
    resolver.redrawing.settle()
    return kernel


def target_of(relation: Relation, column: Column) -> Column:
    """The parent's column that a column references."""
    target = relation.parent.column(relation.pairs[column.name])
    assert target is not None, "the model has checked references"
    return target


class _Resolver:
    """Kernels of columns, following references from column to column."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.path: list[Cell] = []
        self.others: list[tuple[Column, Relation]] = []
        self.several = SeveralParents(draft, self)
        self.entities: dict[Entity, Selector] = {}
        self.correlating = Correlating(draft, self)
        self.redrawing = Redrawing(draft, self)

    def kernel(self, table: Table, column: Column) -> Kernel | None:
        """The column's kernel, made once; None when it was refused."""
        place = (table.name, column.name)
        if self.path:
            self.draft.sources.setdefault(self.path[-1], set()).add(place)
        if place in self.draft.kernels or place in self.draft.failed:
            return self.draft.kernels.get(place)
        if place in self.path:
            self._refuse_loop(place)
            return None
        self.path.append(place)
        kernel = self._make(table, column)
        if kernel is not None and column.null_when:
            kernel = self._null_when(table, column, kernel, column.null_when)
        self.path.pop()
        if kernel is None:
            self.draft.failed.add(place)
            return None
        found = self.draft.kernels[place] = self.redrawing.wrapped(table, column, kernel)
        return found

    def check_others(self) -> None:
        """Columns of several references have the values of one; the others have to fit as well."""
        self.correlating.check()
        for column, relation in self.others:
            self._fits(relation, column)

    def _refuse_loop(self, place: Cell) -> None:
        loop = " -> ".join(f"{t}.{c}" for t, c in [*self.path[self.path.index(place) :], place])
        self.draft.refuse(
            ".".join(place), f"its value comes from itself: {loop}", "drop one of these references"
        )

    def _make(self, table: Table, column: Column) -> Kernel | None:
        if column.lookup is not None:
            return self._lookup(table, column, column.lookup)
        if column.polymorphic is not None:
            return self.several.kernel(table, column, column.polymorphic)
        if declared := table.typed.get(column.name):
            choice, event = self.several.choice(table, declared)
            kernel = Drawn(choice, Pooled.of([parent.type for parent in declared.parents]))
            return Nullable(kernel, event) if event else kernel
        relations = self.draft.sources_at(table, column.name)
        if relations:
            return self._follow(column, relations)
        return self._plain(table, column)

    def _plain(self, table: Table, column: Column) -> Kernel | None:
        values = self._values(table, column)
        if values is None:
            return None
        if isinstance(values, Derived):
            kernel = self.derived(table, column, values)
        else:
            kernel = self.plain(table, column)
        drawn = kernel and self.correlating.placed(table, column, kernel)
        kernel = drawn and adapted(self.draft, table, column, drawn, self._beside)
        self.correlating.tell(table, column, drawn, kernel)
        kernel = kernel and in_case(self.draft, table, column, kernel)
        # what is NULL with its sources has no other NULLs but those that are asked for
        settled = kernel is not None and (
            kernel.facts.nullable or (isinstance(values, Derived) and values.whole)
        )
        quiet = settled and column.null_fraction is None
        event = None if quiet else _own_event(self.draft, table, column)
        if drawn is not None and drawn.facts.independent:
            self.draft.free.add((table.name, column.name))
        event = event and self.redrawing.event(table, column, event)
        return Nullable(kernel, event) if kernel and event else kernel

    def _values(self, table: Table, column: Column) -> Domain | Kernel | Derived | None:
        """What a column's rule offers; None where it was refused."""
        place = (table.name, column.name)
        if place not in self.draft.values:  # of another table than the one that is wanted
            build_value(self.draft, table, column)
        return self.draft.values.get(place)

    def plain(self, table: Table, column: Column) -> Kernel | None:
        """What a column's rule makes, alone; None where it was refused, or is made from others."""
        values = self._values(table, column)
        if values is None or isinstance(values, Derived):
            return None
        return Drawn(self._selector(table, column, values), values) if is_domain(values) else values

    def _selector(self, table: Table, column: Column, values: Domain) -> Selector:
        natural = values.natural
        entity = self.draft.entities.get((table.name, column.name))
        if entity is not None:
            return self._of_entity(column, entity)
        stream = self.draft.stream(table, (column.name,), "value")
        return self.draft.selectors.get((table.name, column.name)) or Uniform(stream, natural)

    def _of_entity(self, column: Column, entity: Entity) -> Selector:
        """What all columns of an entity have in common: the selector of the one in a key, if there is one."""
        if entity not in self.entities:
            keyed = self._keyed(entity)
            if len(keyed) > 1 and not all(isinstance(selector, Permuted) for selector in keyed.values()):
                names = " and ".join(keyed)
                words = f"{names} are of one entity, and keys of several columns would tell them apart"
                self.draft.refuse(f"{entity.table}.{column.name}", words, "make one of them another entity")
            # by name, so that the order of the columns does not matter
            chosen = keyed[min(keyed)] if keyed else Uniform(entity.stream(), entity.world.natural)
            self.entities[entity] = Shared(chosen)
        return self.entities[entity]

    def _keyed(self, entity: Entity) -> dict[str, Selector]:
        """The selectors that keys have chosen for columns of an entity."""
        places = ((entity.table, member.name) for member in entity.members)
        mine = [place for place in places if self.draft.entities.get(place) is entity]
        return {place[1]: self.draft.selectors[place] for place in mine if place in self.draft.selectors}

    # --- what is made from other columns

    def derived(
        self, table: Table, column: Column, derived: Derived, asked: str = "", place: str = ""
    ) -> Kernel | None:
        """A kernel from its sources; refusals begin with what was asked, by default the column's type.

        place  where they are, by default at the column
        """
        place = place or f"{table.name}.{column.name}"
        try:
            found = [self.needed(table, column, need) for need in derived.needs]
            if any(one is None for one in found):
                return None
            kernel = derived.finish([one for one in found if one is not None])
            check_width(column, kernel)
            self.draft.warnings += [f"{place}: {words}" for words in derived.told(kernel)]
        except Refusal as refusal:
            self.draft.refuse(place, f"{asked or column.data_type}: {refusal.message}", refusal.mend)
            return None
        if kernel.facts.nullable and column.required:
            sources = [one.name for one in found if isinstance(one, Source) and one.nullable]
            names = f" ({', '.join(dict.fromkeys(sources))})" if sources else ""
            words = f"cannot be NULL, but what it is made from{names} can"
            self.draft.refuse(place, words, 'say "required": false, or make that required')
            return None
        return kernel

    def needed(self, table: Table, column: Column, need: Need) -> Answer | None:
        """What answers a need; None where that was refused."""
        if isinstance(need, str):
            return self._of_the_row(table, need)
        if isinstance(need, Lookup):
            return self._of_another_row(table, column, need)
        return need.answered(self, table, column)

    def siblings(self, table: Table, need: Siblings) -> Grouping | None:
        """See `AnswersNeeds`; the others below as well."""
        return standing(self.draft, table, need.reference)

    def life(self, table: Table, column: Column, need: LifeOf) -> Living | None:
        return living(self.draft, table, column, need, self.needed)

    def _of_the_row(self, table: Table, name: str) -> Source | None:
        other = table.column(name)
        if other is None:
            known = [one.name for one in table.columns]
            raise Refusal(f"{table.name} has no column {name!r}{closest(name, known)}")
        found = self._beside(table, other)
        return Source(other.name, other.type, found) if found else None

    def _beside(self, table: Table, column: Column) -> Kernel | None:
        """A column as others of its row see it."""
        found = self.kernel(table, column)
        return found and self.redrawing.beside(table, column.name, found)

    def _of_another_row(self, table: Table, column: Column, lookup: Lookup) -> Source | None:
        goal = self.goal(f"{table.name}.{column.name}", table, lookup)
        if goal is None:
            return None
        at, target, steps = goal
        kernel = self.kernel(at, target)
        looked_up = target.model_copy(update={**_FREE, "name": column.name})  # in its own type
        found = kernel and self._looked_up(table, looked_up, target, kernel, steps)
        found = found and self.redrawing.looked_up(table, found)
        return Source(f"{at.name}.{target.name}", target.type, found) if found else None

    def row_above(self, table: Table, need: Upwards) -> RowAbove | None:
        relation = tree_of(self.draft, table, need.reference)
        pick = self.draft.picks.get(relation)
        if pick is None:
            return None
        # where there are no rows, there is no tree
        depth = pick.depth(self.draft.rows[table.name]) if isinstance(pick, InTree) else 1
        return RowAbove(pick, self._missing(relation), depth)

    def noise(self, table: Table, column: Column, need: Noise) -> Source:
        stream = self.draft.stream(table, (column.name,), f"noise {need.salt}")
        grid = Floats.covering(0.0, 1.0, 64)
        return Source(f"noise {need.salt}", sql_type("DOUBLE"), Drawn(Uniform(stream, grid.size), grid))

    def rows_below(self, table: Table, column: Column, need: RowsBelow) -> ChildRows | None:
        below = self.draft.experiment.table(need.table)
        if below is None:
            known = [one.name for one in self.draft.experiment.tables]
            raise Refusal(f"there is no table {need.table!r}{closest(need.table, known)}")
        grouping = standing(self.draft, below, need.reference, table)
        source = None if need.column is None else self.needed(below, column, need.column)
        where = None if need.where is None else self.condition(below, table, column, need.where)
        if (need.column and not isinstance(source, Source)) or (need.where and where is None):
            return None
        rows = self.draft.rows[table.name]
        return ChildRows(grouping, rows, source if isinstance(source, Source) else None, where)

    def condition(self, below: Table, table: Table, column: Column, condition: str) -> Source | None:
        """A condition on the rows below a table's, which a column of it asks about. Raises Refusal."""
        place = f"{table.name}.{column.name}"
        truth = truth_of(column)
        derived = condition_of(self.draft, below, column, SqlText(sql=condition))
        own = truth.model_copy(update={"name": place})  # whose draws these are
        kernel = self.derived(below, own, derived, f"where {condition}", place)
        return None if kernel is None else Source(column.name, truth.type, kernel)

    def _null_when(self, table: Table, column: Column, kernel: Kernel, condition: SqlText) -> Kernel | None:
        """The kernel, NULL where a condition on the row holds."""
        if any(relation in self.draft.groupings for relation in self.draft.declared_at(table, column.name)):
            words = "how many children each parent has is counted, so a condition cannot make it NULL"
            self.draft.refuse(
                f"{table.name}.{column.name}",
                words,
                "leave null_when out, or what counts them: children, a window, a rollup",
            )
            return None
        try:
            derived = condition_of(self.draft, table, column, condition)
        except Refusal as refusal:
            self.draft.refuse(f"{table.name}.{column.name}", f"null_when: {refusal.message}", refusal.mend)
            return None
        truth = truth_of(column)
        holds = self.derived(table, truth, derived, "null_when")
        return Nullable(kernel, Truth(holds)) if holds else None

    # --- references

    def _follow(self, column: Column, relations: list[Relation]) -> Kernel | None:
        # they agree; the one that was settled first leads
        leading = min(relations, key=lambda relation: self.draft.role(relation).rank)
        self.others += [(column, relation) for relation in relations if relation is not leading]
        if not self._fits(leading, column):
            return None
        target = target_of(leading, column)
        parent = self.kernel(leading.parent, target)
        if parent is not None and leading.declared.via and (way := self.draft.via(leading)):
            optional = leading.optional(column)
            shown = column.changed(required=False) if optional else column
            kernel = self._looked_up(leading.table, shown, target, parent, way)  # NULL where the way ends
            if kernel is None or optional or not kernel.facts.nullable:
                return kernel
            words = f"cannot be NULL, but {', '.join(leading.declared.via)}, by which it goes, can"
            mend = 'say "required": false, or make that required'
            self.draft.refuse(f"{leading.table.name}.{column.name}", words, mend)
            return None
        kernel = self._reference(leading, column, target, parent) if parent else None
        event = self._reference_event(relations, column)
        return Nullable(kernel, event) if kernel and event else kernel

    def _reference_event(self, relations: list[Relation], column: Column) -> Event | None:
        """When a column of a reference is NULL."""
        table = relations[0].table
        declared = self.draft.declared_at(table, column.name)
        for relation in declared:
            nulls = self.draft.null_columns(relation)
            if self.draft.rows[table.name] and not relation.parent_rows:
                if not nulls:
                    if relation.optional(column):  # a required one has been refused already
                        self._refuse_empty(relation, column)
                    return None
                if column.name in nulls:
                    return self.draft.nulls.get(relation)
        own = (r for r in declared if column.name in self.draft.null_columns(r))
        if declared:
            return next((self.draft.nulls.get(r) for r in own), None)
        return _own_event(self.draft, table, column)  # its values have a home, but no reference to it

    def _refuse_empty(self, relation: Relation, column: Column) -> None:
        self.draft.refuse(
            relation.label,
            f"references {relation.parent.name}, which has 0 rows, and cannot be NULL, because another "
            f"reference needs {column.name}",
            f"give {relation.parent.name} rows",
        )

    def _fits(self, relation: Relation, column: Column) -> bool:
        """Whether the column can hold what it references."""
        target = target_of(relation, column)
        parent = self.kernel(relation.parent, target)
        place, goal = f"{relation.table.name}.{column.name}", f"{relation.parent.name}.{target.name}"
        if parent is None:
            return False
        if parent.facts.nullable and not self.draft.may_be_null(relation.table, column.name):
            words = f"cannot be NULL, but {goal}, which it references, can"
            self.draft.refuse(place, words, f"make {goal} required")
            return False
        return self.same_type(place, column, goal, target, parent)

    def same_type(self, place: str, column: Column, goal: str, target: Column, parent: Kernel) -> bool:
        """Whether a column can hold a parent's values; refuses it where it cannot."""
        reason = mismatch(column.type, target.type, parent)
        if reason:
            mend = f"declare it as {target.data_type}, like {goal}"
            words = f"{column.data_type} references {goal} {target.data_type}: {reason}"
            self.draft.refuse(place, words, mend)
        return not reason

    def _reference(self, relation: Relation, column: Column, target: Column, parent: Kernel) -> Kernel | None:
        pick = self.draft.picks.get(relation)
        return None if pick is None else Reference(pick, parent, stored_as(column.type, target.type))

    # --- lookups

    def _lookup(self, table: Table, column: Column, lookup: Lookup) -> Kernel | None:
        found = self.goal(f"{table.name}.{column.name}", table, lookup)
        if found is None:
            return None
        at, target, steps = found
        kernel = self.kernel(at, target)
        place, goal = f"{table.name}.{column.name}", f"{at.name}.{target.name}"
        if kernel is None or not self.same_type(place, column, goal, target, kernel):
            return None
        return self._looked_up(table, column, target, kernel, steps)

    def goal(self, place: str, table: Table, lookup: Lookup) -> Goal | None:
        """Where a lookup ends; None where that was refused, at this place."""
        steps: list[Relation] = []
        at = table
        for name in lookup.reference:
            relations = self.draft.declared_at(at, name)
            if not relations:
                known = [own for relation in self.draft.relations[at.name] for own in relation.columns]
                words = f"the lookup follows {at.name}.{name}, which is no reference{closest(name, known)}"
                self.draft.refuse(place, words, "name a column of a foreign key")
                return None
            steps.append(relations[0])
            at = relations[0].parent
        target = at.column(lookup.column)
        if target is None:
            words = f"the lookup ends in {at.name}, which has no column {lookup.column!r}"
            known = [other.name for other in at.columns]
            self.draft.refuse(place, words + closest(lookup.column, known), f"name a column of {at.name}")
            return None
        return at, target, steps

    def _looked_up(
        self, table: Table, column: Column, target: Column, kernel: Kernel, steps: Sequence[Relation]
    ) -> Kernel | None:
        stored = stored_as(column.type, target.type)
        inner = kernel
        for relation in reversed(steps):
            pick = self.draft.picks.get(relation)
            if pick is None:
                return None
            inner = kernel
            kernel, stored = Reference(pick, kernel, stored), None
            event = self._missing(relation)
            kernel = Nullable(kernel, event) if event else kernel
        # where the own reference is NULL, so is what it looks up; anything else has to be allowed
        if (inner if column.name not in table.primary_key else kernel).facts.nullable and column.required:
            self.draft.refuse(
                f"{table.name}.{column.name}",
                "cannot be NULL, but what it looks up can",
                'say "required": false, or make that required',
            )
            return None
        event = _own_event(self.draft, table, column) if column.null_fraction else None
        return Nullable(kernel, event) if event else kernel

    def _missing(self, relation: Relation) -> Event | None:
        """When a reference leads nowhere: it is NULL, or the key it picked is."""
        own = [relation.table.column(name) for name in relation.columns]
        kernels = [self.kernel(relation.table, column) for column in own if column is not None]
        nullable = tuple(kernel for kernel in kernels if kernel is not None and kernel.facts.nullable)
        return Missing(nullable) if nullable else None


def _own_event(draft: Draft, table: Table, column: Column) -> Event | None:
    """When a column is NULL by itself; None for a required one."""
    if (told := draft.nulls.get((table.name, column.name))) is not None:
        return told
    if column.required or column.null_when:
        return None
    share = DEFAULT_NULL_FRACTION if column.null_fraction is None else column.null_fraction
    # what is never NULL may be the source of what cannot be
    return Chance(draft.stream(table, (column.name,), "null"), share) if share else None
