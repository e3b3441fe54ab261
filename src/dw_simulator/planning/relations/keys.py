"""The pass that makes keys unique: it chooses what carries each uniqueness.

What is a one-to-one function of the row is a *carrier*: a column or, together, several. A key holds as soon
as it contains one. Where rows stand together by parent, the parent and anything that differs among its rows
carry a key; otherwise its parts share the digits of one permuted row number. The parts are *items*: plain
columns, and references that the key's columns are enough to determine.

What is chosen here are recipes: a selector is made of one when rows are picked (`picks`), for it may build on
a row that another table's key has a say in.
"""

from collections import Counter

from dw_simulator.engine.selectors.groups import Ordinal
from dw_simulator.engine.selectors.skewed import Beyond, Capped
from dw_simulator.engine.selectors.unique import Permuted, RowNumber, Shuffled
from dw_simulator.engine.values.base import Kernel, is_domain
from dw_simulator.errors import Refusal
from dw_simulator.planning.columns.roles import is_plain_integer
from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.arranging import connected
from dw_simulator.planning.relations.carriers import Carrying, Item, Numbers
from dw_simulator.planning.relations.dealing import chain, fertile_rows, pickable_rows
from dw_simulator.planning.relations.key_refusals import KeyRefusals
from dw_simulator.planning.relations.relation import Relation, declared_share
from dw_simulator.ports.needs import Derived
from dw_simulator.schema.model import Table, Tree

Key = tuple[str, ...]
Carrier = frozenset[str | Relation]


def assign_keys(draft: Draft) -> None:
    """Single columns first, then as few carriers as need be."""
    for table in draft.experiment.tables:
        # rows of a home may repeat a shape's values: they are told apart by their numbers
        shaped = draft.is_hidden(table) and any(
            isinstance(draft.values.get((table.name, column.name)), Kernel) for column in table.columns
        )
        if draft.rows[table.name] > 1 and not shaped:
            _KeyPlanner(draft, table).assign()


class _KeyPlanner:
    """Gives the columns of a table's keys selectors under which no two rows agree in any key."""

    def __init__(self, draft: Draft, table: Table) -> None:
        self.draft, self.table = draft, table
        self.rows = draft.rows[table.name]
        self.relations = draft.relations[table.name]
        ordering = draft.ordering(table)
        grouping = draft.groupings.get(ordering) if ordering is not None else None
        self.parent = Numbers(grouping.most, ordering, grouping) if grouping and grouping.rows else None
        self.refusals = KeyRefusals(draft, table)
        self.carrying = Carrying(draft, table, self.refusals)
        self.carriers: list[Carrier] = []
        self.items: dict[str | Relation, Item] = {}

    def assign(self) -> None:
        """Satisfy every key, or say which cannot be."""
        keys = [
            key
            for key in self.table.least_keys
            if not any((self.table.name, name) in self.draft.failed for name in key)
        ]
        # a row among those that belong to the own row is no other row's
        for relation in self.relations:
            role = self.draft.role(relation)
            if role.base == () and role.path:
                self.carriers.append(frozenset({relation}))
        self.carriers += [frozenset(key) for key in self.draft.told_keys.get(self.table.name, ())]
        for name in {name for key in keys for name in key}:
            values = self.draft.values.get((self.table.name, name))
            differs = isinstance(values, Kernel) and not values.facts.repeats
            if differs or (isinstance(values, Derived) and values.injective):
                self.carriers.append(frozenset({name}))
            elif isinstance(values, Derived) and values.differs:
                by = [one for one in self.relations if values.differs in one.columns][:1]
                self.carriers.append(frozenset({name, *by}))
        singles: list[list[Key]] = [[key] for key in keys if len(key) == 1]
        several = connected([key for key in keys if len(key) > 1], lambda one, other: bool({*one} & {*other}))
        families: list[list[Key]] = [*singles, *several]
        for family in families:
            self._satisfy([key for key in family if not self._holds(key)])

    def _satisfy(self, keys: list[Key]) -> None:
        try:
            if self.parent is not None:
                grouped = [key for key in keys if self.parent.relation in self._determined(key)]
                self._tell_apart(grouped, self.parent)
            self._tell_apart([key for key in keys if not self._holds(key)], Numbers(self.rows))
        except Refusal as refusal:
            label = " and ".join(self._label(key) for key in keys)
            self.draft.refuse(label, refusal.message, refusal.mend)

    def _label(self, key: Key) -> str:
        return f"{self.table.name}.{key[0]}" if len(key) == 1 else f"{self.table.name}({', '.join(key)})"

    # --- what a key holds

    def _closure(self, key: Key) -> frozenset[str]:
        """The columns of a key, and all that follow from them: by references, and by picks that match.

        stock (day, item_version), where item_version is the version of a hidden item of the row that was
        valid on the day: two rows of a day with two items have two versions.
        """
        columns = self.draft.closure(self.table, key)
        picked = [one for one in self.relations if one.determined_by(columns)]
        matched = {name for one in picked for name in self._matched(one)}
        return columns if matched <= columns else self.draft.closure(self.table, columns | matched)

    def _matched(self, relation: Relation) -> set[str]:
        """The references of the row that the row which is picked has as well, whatever is picked."""
        pick = relation.declared.pick
        if pick is None or pick.where is not None:
            return set()
        found = {own: name for name, own in pick.match.items() if isinstance(own, str)}
        return {own for own, name in found.items() if self._always(relation, own, name)}

    def _always(self, relation: Relation, own: str, name: str) -> bool:
        """Whether every row that a reference of the own one may lead to is led to by a parent's."""
        column = self.table.column(own)
        mine = [one for one in self.relations if one.columns == (own,)]
        theirs = [one for one in self.draft.relations[relation.parent.name] if one.columns == (name,)]
        if column is None or not column.required or len(mine) != 1 or len(theirs) != 1:
            return False
        grouping = self.draft.groupings.get(theirs[0])
        same = mine[0].parent is theirs[0].parent and [*mine[0].pairs.values()] == [*theirs[0].pairs.values()]
        return same and grouping is not None and grouping.least > 0

    def _determined(self, key: Key) -> set[str | Relation]:
        """The columns of a key, and every reference whose row they are enough to tell."""
        columns = self._closure(key)
        known: set[str | Relation] = {*columns, *(r for r in self.relations if r.determined_by(columns))}
        pairs = [(r, base[0]) for r in self.relations if (base := self.draft.role(r).base) and len(base) == 1]
        grown = True
        while grown:
            more = {base for relation, base in pairs if relation in known}
            more |= {r for r, base in pairs if self.draft.role(r).follows and base in known}
            grown = not more <= known
            known |= more
        return known

    def _holds(self, key: Key) -> bool:
        known = self._determined(key)
        if any(carrier <= known for carrier in self.carriers):
            return True
        # a key with a column that is always NULL asks for nothing
        return any(self._always_null(relation, key) for relation in known if isinstance(relation, Relation))

    def _always_null(self, relation: Relation, key: Key) -> bool:
        grouping = self.draft.groupings.get(relation)
        empty = not relation.parent_rows or (grouping is not None and not grouping.rows)
        return empty and self._can_leave(relation, key)

    def _can_leave(self, relation: Relation, key: Key) -> bool:
        """Whether rows in which the reference is NULL are out of the key."""
        return self.table.tells_nulls_apart(key) and bool(set(self.draft.null_columns(relation)) & set(key))

    def _items(self, key: Key, source: Numbers) -> list[Item]:
        """The parts of a key that are still free to carry it, in its order."""
        found: dict[str | Relation, None] = {}
        columns = self._closure(key)
        for name in (*key, *sorted(columns - set(key))):
            plain = not self.draft.sources_at(self.table, name)
            if plain and name in key and (self.table.name, name) in self.draft.values:
                found[name] = None
            for relation in self.draft.relations_at(self.table, name):
                apart = self.draft.other_of(relation)
                held = apart is None or apart.determined_by(columns)
                if held and relation.determined_by(columns) and relation in self.draft.roles:
                    found[relation] = None
        items = [self._item(what) for what in found]
        return [item for item in items if self._is_free(item, source)]

    def _item(self, what: str | Relation) -> Item:
        if what not in self.items:
            self.items[what] = self._made(what)
        return self.items[what]

    def _made(self, what: str | Relation) -> Item:
        if isinstance(what, str):
            column, values = self.table.column(what), self.draft.values[self.table.name, what]
            assert column is not None, "keys name columns"
            size = values.size if is_domain(values) else 0
            return Item(what, size, size, counts=is_plain_integer(column))
        role = self.draft.role(what)
        if not role.path:
            size = fertile_rows(what.declared, pickable_rows(self.draft, what))
            return Item(what.label, size, size, what)
        rows = chain(self.draft, role.path)
        # among the own rows there is room for all of them
        return Item(
            what.label, rows.most if role.path == role.base else rows.least, rows.most, what, varies=True
        )

    def _is_free(self, item: Item, source: Numbers) -> bool:
        relation = item.relation
        if relation is None:
            cell = (self.table.name, item.name)
            return cell not in self.draft.recipes and is_domain(self.draft.values[cell])
        role = self.draft.role(relation)
        taken = relation in {*self.draft.recipes, *self.draft.groupings, *self.draft.told}
        if relation.declared.distinct and not role.leads:
            return False
        way = relation.declared
        shaped = bool(way.children or way.skew or way.tree or (way.childless and role.path))
        if taken or role.follows or shaped or self._matched(relation) or self.draft.is_tree(relation):
            return False
        if role.path and relation.determined_by(self._given(relation)):
            return False  # there is one row that fits, whatever a key would like
        if role.path:
            return bool(role.base) and source.relation in (role.base or ())[:1]
        return role.leads

    def _given(self, relation: Relation) -> set[str]:
        """The columns of a reference whose values come from others."""
        rank = self.draft.role(relation).rank
        at = ((name, self.draft.sources_at(self.table, name)) for name in relation.columns)
        return {name for name, found in at if any(self.draft.role(other).rank < rank for other in found)}

    # --- carrying

    def _tell_apart(self, keys: list[Key], source: Numbers) -> None:
        """Carriers for keys that overlap, in one source of numbers."""
        if source.relation is not None and source.bound == 1:
            self._one_each(keys, source)
            return
        # keys that have but the parent in common do not overlap among its rows
        items = {key: {item.name for item in self._items(key, source)} or set(key) for key in keys}
        for family in connected(keys, lambda one, other: bool(items[one] & items[other])):
            if len(family) > 1:
                self._carry_by_singles(family, source)
            left = [key for key in family if not self._holds(key)]
            if len(left) == 1:
                self._carry_one(left[0], source)
            elif left:
                parts = [self._items(key, source) for key in left]
                for some in self.carrying.together(left, parts, source):
                    self._carried(some, source)

    def _carried(self, items: list[Item], source: Numbers) -> None:
        """Note what carries: together with the parent, if it is among its rows."""
        parents = [source.relation] if source.relation is not None else []
        self.carriers.append(frozenset([*parents, *(item.what for item in items)]))

    def _one_each(self, keys: list[Key], source: Numbers) -> None:
        """Every parent has one row at the most, and that is number 1."""
        for key in keys:
            counting = [item for item in self._items(key, source) if item.counts]
            if counting:
                self._count(counting[-1], source)
        self._carried([], source)

    def _carry_one(self, key: Key, source: Numbers) -> None:
        if self._carry_list(key):
            return
        items = self._items(key, source)
        if not items:
            raise self.refusals.nothing_free(key)
        counting = [item for item in items if item.counts and item.size >= source.bound]
        if counting and (source.relation is not None or all(item.counts for item in items)):
            self._count(counting[-1] if source.relation is not None else counting[0], source)
        elif source.relation is None and len(items) == 1:
            self._one_to_one(key, items[0])
        else:
            self._carried(self.carrying.spread(key, items, source), source)

    def _carry_list(self, key: Key) -> bool:
        """A tree in which every row has one child at the most: a linked list."""
        for relation in self.relations:
            tree = relation.declared.tree
            single = isinstance(tree, Tree) and tree.branching == 1
            listed = self.draft.is_list(relation) and key in relation.own_keys
            # the root of a required tree is its own parent, and so is that of the next row
            fits = self.draft.is_tree(relation) and relation.determined_by(set(key))
            if fits and (single or listed) and self._can_leave(relation, key):
                self.carriers.append(frozenset({relation}))
                return True
        return False

    def _count(self, item: Item, source: Numbers) -> None:
        """1, 2, 3, ...: over all rows, or over the rows of each parent."""
        grouping, rows = source.grouping, self.rows
        self.carrying.set(item, lambda: RowNumber(rows) if grouping is None else Ordinal(grouping))
        self._carried([item], source)

    def _one_to_one(self, key: Key, item: Item) -> None:
        """A column, or a reference, that no two rows have in common."""
        values = self.draft.values.get((self.table.name, item.name)) if item.relation is None else None
        if item.size < self.rows and not self._can_be_null(key, item):
            raise self.refusals.too_few(key, item.size)
        if item.size < self.rows:
            self._some_null(key, item)
        elif is_domain(values):
            order = self.carrying.permutation(key, values.natural)
            self.carrying.set(item, lambda: Permuted(order, item.size))
        else:
            self.carrying.spread(key, [item], Numbers(self.rows))
        self._carried([item], Numbers(self.rows))

    def _can_be_null(self, key: Key, item: Item) -> bool:
        if item.relation is not None:
            return self._can_leave(item.relation, key)
        column = self.table.column(item.name)
        optional = column is not None and not column.required and not column.null_when
        return optional and self.table.tells_nulls_apart(key)

    def _some_null(self, key: Key, item: Item) -> None:
        """As many rows as there are values have one, the others are NULL."""
        rows, size, relation = self.rows, item.size, item.relation
        if relation is not None:
            share = declared_share(self.table, relation.declared)
        else:
            column = self.table.column(item.name)
            share = None if column is None else column.null_fraction
        filled = size if share is None else round(rows * (1 - share))
        if filled > size:
            raise self.refusals.too_few_filled(key, filled, size, relation)
        order = Permuted(self.carrying.permutation(key, rows), rows)
        scatter = self.carrying.permutation(key, size, "parent order")
        self.draft.nulls[relation or (self.table.name, item.name)] = Beyond(order, filled)
        self.carrying.set(item, lambda: Shuffled(Capped(order, size), scatter))

    # --- several keys at once

    def _carry_by_singles(self, keys: list[Key], source: Numbers) -> None:
        """Single columns that have room for all rows, those that stand in most keys first."""
        while left := [key for key in keys if not self._holds(key)]:
            count = Counter(
                item
                for key in left
                for item in self._items(key, source)
                if item.size >= source.bound and not item.varies
            )
            if not count:
                return
            best = max(count, key=lambda item: (count[item], item.counts))
            if best.counts:
                self._count(best, source)
            elif count[best] > 1 or len(left) == 1:
                self._carried(self.carrying.spread((best.name,), [best], source), source)
            else:
                return  # no column helps two keys: tuples waste less
