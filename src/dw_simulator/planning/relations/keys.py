"""The pass that makes keys unique: it chooses what carries each uniqueness.

What is a one-to-one function of the row is a *carrier*: a column or, together, several. A key holds as soon
as it contains one. Where rows stand together by parent, the parent and anything that differs among its rows
carry a key; otherwise its parts share the digits of one permuted row number. The parts are *items*: plain
columns, and references that the key's columns are enough to determine.
"""

from collections import Counter
from collections.abc import Sequence
from math import prod

from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.groups import Ordinal
from dw_simulator.engine.selectors.permutation import MAX_SIZE, Permutation
from dw_simulator.engine.selectors.skewed import Beyond, Capped
from dw_simulator.engine.selectors.spans import (
    Extent,
    ExtentDigit,
    PermutedLastDigit,
    PermutedSiblings,
    Span,
    SpanPlace,
)
from dw_simulator.engine.selectors.unique import (
    INFINITY,
    Coded,
    Digit,
    Permuted,
    RowNumber,
    Shuffled,
    digits,
    radix_split,
)
from dw_simulator.engine.values.base import Kernel, is_domain
from dw_simulator.errors import Refusal
from dw_simulator.planning.columns.roles import is_plain_integer
from dw_simulator.planning.draft import UNSETTLED, Draft, Relation, declared_share, is_tree
from dw_simulator.planning.relations.agreement import connected
from dw_simulator.planning.relations.codes import whole_root, widest_code
from dw_simulator.planning.relations.groupings import chain, pickable_rows
from dw_simulator.planning.relations.key_items import KeyItem, NumberSource, varies
from dw_simulator.planning.relations.key_refusals import KeyRefusals
from dw_simulator.planning.relations.picks import row_of
from dw_simulator.schema.model import Table, Tree

Key = tuple[str, ...]
_MOST_NUMBERS = 1 << 62


def assign_keys(draft: Draft) -> None:
    """Single columns first, then as few carriers as need be."""
    for table in _in_turn(draft):
        if draft.rows[table.name] > 1:
            _KeyPlanner(draft, table).assign()


def _in_turn(draft: Draft) -> list[Table]:
    """Tables after those whose picks they build on; in the schema's order where they build on each other."""
    left, order = list(draft.experiment.tables), []
    while left:
        names = {table.name for table in left}
        ready = (
            table
            for table in left
            if not any(
                step.table.name in names - {table.name}
                for relation in draft.relations[table.name]
                for step in (relation.base or ())[1:]
            )
        )
        order.append(next(ready, left[0]))
        left.remove(order[-1])
    return order


Carrier = frozenset[str | Relation]


class _KeyPlanner:
    """Gives the columns of a table's keys selectors under which no two rows agree in any key."""

    def __init__(self, draft: Draft, table: Table) -> None:
        self.draft, self.table = draft, table
        self.rows = draft.rows[table.name]
        self.relations = draft.relations[table.name]
        cluster = draft.clusters.get(table.name)
        self.cluster = cluster if cluster is not None and cluster.grouping and cluster.grouping.rows else None
        self.refusals = KeyRefusals(draft, table)
        self.carriers: list[Carrier] = []
        self.items: dict[str | Relation, KeyItem] = {}

    def assign(self) -> None:
        """Satisfy every key, or say which cannot be."""
        keys = [
            key
            for key in self.table.least_keys
            if not any((self.table.name, name) in self.draft.failed for name in key)
        ]
        # a row among those that belong to the own row is no other row's
        self.carriers += [frozenset({r}) for r in self.relations if r.base == () and r.path]
        for name in {name for key in keys for name in key}:
            values = self.draft.values.get((self.table.name, name))
            if isinstance(values, Kernel) and not values.facts.repeats:
                self.carriers.append(frozenset({name}))
        singles: list[list[Key]] = [[key] for key in keys if len(key) == 1]
        several = connected([key for key in keys if len(key) > 1], lambda one, other: bool({*one} & {*other}))
        families: list[list[Key]] = [*singles, *several]
        for family in families:
            open_keys = [key for key in family if not self._holds(key)]
            if open_keys:
                self._satisfy(open_keys)

    def _satisfy(self, keys: list[Key]) -> None:
        try:
            grouped = [key for key in keys if self.cluster in self._determined(key)]
            if grouped and self.cluster is not None and self.cluster.grouping is not None:
                self._tell_apart(grouped, NumberSource(self.cluster.grouping.most, self.cluster))
            free = [key for key in keys if not self._holds(key)]
            if free:
                self._tell_apart(free, NumberSource(self.rows))
        except Refusal as refusal:
            label = " and ".join(self._label(key) for key in keys)
            self.draft.refuse(label, refusal.message, refusal.mend)

    def _label(self, key: Key) -> str:
        return f"{self.table.name}.{key[0]}" if len(key) == 1 else f"{self.table.name}({', '.join(key)})"

    # --- what a key holds

    def _determined(self, key: Key) -> set[str | Relation]:
        """The columns of a key, and every reference whose row they are enough to tell."""
        columns = self.draft.closure(self.table, key)
        known: set[str | Relation] = set(columns)
        known |= {relation for relation in self.relations if relation.determined_by(columns)}
        grown = True
        while grown:
            more = {
                relation.base[0]
                for relation in self.relations
                if relation in known and relation.base is not None and len(relation.base) == 1
            }
            more |= {
                relation
                for relation in self.relations
                if relation.follows and relation.base and relation.base[0] in known
            }
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
        empty = not relation.parent_rows or (relation.grouping is not None and not relation.grouping.rows)
        return empty and self._can_leave(relation, key)

    def _can_leave(self, relation: Relation, key: Key) -> bool:
        """Whether rows in which the reference is NULL are out of the key."""
        return bool(set(self.draft.null_columns(relation)) & set(key))

    def _items(self, key: Key, source: NumberSource) -> list[KeyItem]:
        """The parts of a key that are still free to carry it, in its order."""
        found: dict[str | Relation, None] = {}
        columns = self.draft.closure(self.table, key)
        for name in (*key, *sorted(columns - set(key))):
            relations = self.draft.relations_at(self.table, name)
            plain = not self.draft.sources_at(self.table, name)
            if plain and name in key and (self.table.name, name) in self.draft.values:
                found[name] = None
            for relation in relations:
                idle = relation.implied and relation.rank == UNSETTLED
                if relation.determined_by(columns) and not relation.follows and not idle:
                    found[relation] = None
        items = [self._item(what) for what in found]
        return [item for item in items if self._is_free(item, source)]

    def _item(self, what: str | Relation) -> KeyItem:
        if what not in self.items:
            if isinstance(what, Relation):
                if what.path:
                    rows = chain(self.draft, what.path)
                    # among the own rows there is room for all of them
                    size, most = rows.most if what.path == what.base else rows.least, rows.most
                else:
                    size = most = pickable_rows(self.draft, what)
                self.items[what] = KeyItem(what.label, size, most, what)
            else:
                column, values = self.table.column(what), self.draft.values[self.table.name, what]
                assert column is not None
                size = values.size if is_domain(values) else 0
                self.items[what] = KeyItem(what, size, size, counts=is_plain_integer(column))
        return self.items[what]

    def _is_free(self, item: KeyItem, source: NumberSource) -> bool:
        relation = item.relation
        if relation is None:
            grouped = self.cluster is not None and self.cluster.domain and item.name in self.cluster.columns
            taken = (self.table.name, item.name) in self.draft.selectors
            return not grouped and not taken and is_domain(self.draft.values[self.table.name, item.name])
        if relation is self.cluster or relation.carrier is not None or relation.is_special:
            return False
        if is_tree(relation) and not self._is_alone(relation):
            return False
        if relation.path:
            return bool(relation.base) and source.cluster in (relation.base or ())[:1]
        return relation.base is None

    # --- carrying

    def _tell_apart(self, keys: list[Key], source: NumberSource) -> None:
        """Carriers for keys that overlap, in one source of numbers."""
        if source.cluster is not None and source.bound == 1:
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
                self._carry_together(left, source)

    def _one_each(self, keys: list[Key], source: NumberSource) -> None:
        """Every parent has one row at the most, and that is number 1."""
        assert source.cluster is not None
        for key in keys:
            counting = [item for item in self._items(key, source) if item.counts]
            if counting:
                self._count(counting[-1], source)
        self.carriers.append(frozenset({source.cluster}))

    def _carry_one(self, key: Key, source: NumberSource) -> None:
        items = self._items(key, source)
        if self._carry_tree(key):
            return
        if not items:
            raise self.refusals.nothing_free(key)
        counting = [item for item in items if item.counts]
        if counting and (source.cluster is not None or len(counting) == len(items)):
            roomy = [item for item in counting if item.size >= source.bound]
            if roomy:
                self._count(roomy[-1] if source.cluster is not None else roomy[0], source)
                return
        if source.cluster is None and len(items) == 1 and items[0].relation is not None:
            self._one_to_one(key, items[0])
            return
        self._spread(key, items, source)

    def _carry_tree(self, key: Key) -> bool:
        """A tree in which every row has one child at the most: a linked list."""
        for relation in self.relations:
            tree = relation.declared.tree
            single = isinstance(tree, Tree) and tree.branching == 1
            chain_by_default = tree is None and set(key) <= set(relation.columns)
            if not is_tree(relation) or relation.pick is not None or not relation.determined_by(set(key)):
                continue
            # the root of a required tree is its own parent, and so is that of the next row
            if (single or chain_by_default) and self._can_leave(relation, key):
                relation.listed = True
                self.carriers.append(frozenset({relation}))
                return True
        return False

    def _is_alone(self, relation: Relation) -> bool:
        """Whether a key of just this reference makes its tree give way; as declared, it does not."""
        return relation.declared.tree is None and any(
            set(key) <= set(relation.columns) and relation.determined_by(set(key)) for key in self.table.keys
        )

    def _count(self, item: KeyItem, source: NumberSource) -> None:
        """1, 2, 3, ...: over all rows, or over the rows of each parent."""
        if source.cluster is None:
            self._set(item, RowNumber(self.rows))
            self.carriers.append(frozenset({item.what}))
            return
        grouping = source.cluster.grouping
        assert grouping is not None
        self._set(item, Ordinal(grouping))
        self.carriers.append(frozenset({source.cluster, item.what}))

    def _one_to_one(self, key: Key, item: KeyItem) -> None:
        relation = item.relation
        assert relation is not None
        parents, rows = relation.parent_rows, self.rows
        if self._can_leave(relation, key):
            share = declared_share(self.table, relation.declared)
            filled = min(rows, parents) if share is None else round(rows * (1 - share))
            if parents < rows:
                if filled > parents:
                    raise Refusal(
                        f"unique: {filled:,} rows are to have a parent, "
                        f"{relation.parent.name} has {parents:,}",
                        f'say "null_fraction": {1 - parents / rows:.6g} or more, or leave it out',
                    )
                order = Permuted(self._permutation(key, rows), rows)
                relation.nulls = Beyond(order, filled)
                scatter = self._permutation(key, parents, "parent order")
                self._set(item, Shuffled(Capped(order, parents), scatter))
                self.carriers.append(frozenset({relation}))
                return
        if parents < rows:
            raise self.refusals.too_few(key, parents)
        self._spread(key, [item], NumberSource(rows))

    def _spread(self, key: Key, items: list[KeyItem], source: NumberSource) -> None:
        """Distinct tuples, scattered over all that are possible."""
        sizes = [item.size for item in items]
        if source.cluster is None:
            if len(items) == 1 and items[0].relation is None:
                self._set_single(key, items[0])
                return
            chosen, capacity = radix_split(sizes, self.rows)
            if capacity < self.rows:
                raise self.refusals.too_few(key, capacity)
            whole: Selector = Permuted(self._permutation(key, capacity), capacity)
            parts = [items[k] for k in chosen]
            self._set_digits(parts, whole)
            self.carriers.append(frozenset(item.what for item in parts))
            return
        limit = whole_root(_MOST_NUMBERS, len(items))
        chosen, capacity = radix_split([min(size, limit) for size in sizes], source.bound)
        parts = [items[k] for k in chosen]
        while len(parts) > 1 and prod(min(part.most, limit) for part in parts) > _MOST_NUMBERS:
            parts.remove(max(parts, key=lambda part: part.most))
            capacity = prod(part.size for part in parts)
        if capacity < source.bound:
            raise self.refusals.too_few_each(key, capacity, source.bound, source.cluster)
        self._spread_within(key, parts, source, limit)

    def _set_single(self, key: Key, item: KeyItem) -> None:
        values = self.draft.values[self.table.name, item.name]
        assert is_domain(values)
        if item.size < self.rows:
            raise self.refusals.too_few(key, item.size)
        self._set(item, Permuted(self._permutation(key, values.natural), item.size))
        self.carriers.append(frozenset({item.what}))

    def _spread_within(self, key: Key, items: list[KeyItem], source: NumberSource, limit: int) -> None:
        """Distinct tuples among the rows of one parent, of no more than so many values of each part."""
        cluster = source.cluster
        assert cluster is not None
        assert cluster.grouping is not None
        extents = tuple(self._extent(item, limit) for item in items)
        stream = self.draft.stream(self.table, key, "key")
        whole = PermutedSiblings(cluster.grouping, extents, stream)
        for part, item in enumerate(items):
            place: Selector = whole if len(items) == 1 else ExtentDigit(whole, extents, part)
            extent = extents[part]
            if isinstance(extent, Span):
                place = SpanPlace(extent, place)
            elif extent < item.size:
                size = min(item.size, MAX_SIZE)
                place = Shuffled(place, self._permutation((*key, item.name), size, "values"))
            self._set(item, place)
        self.carriers.append(frozenset({cluster, *(item.what for item in items)}))

    def _extent(self, item: KeyItem, limit: int) -> Extent:
        relation = item.relation
        if relation is None or not relation.path:
            return min(item.size, limit)
        assert relation.base is not None
        return Span(row_of(self.draft, relation.base), chain(self.draft, relation.path))

    # --- several keys at once

    def _carry_by_singles(self, keys: list[Key], source: NumberSource) -> None:
        """Single columns that have room for all rows, those that stand in most keys first."""
        while left := [key for key in keys if not self._holds(key)]:
            count = Counter(
                item
                for key in left
                for item in self._items(key, source)
                if item.size >= source.bound and not (item.relation and item.relation.path)
            )
            if not count:
                return
            best = max(count, key=lambda item: (count[item], item.counts))
            if best.counts:
                self._count(best, source)
            elif count[best] > 1 or len(left) == 1:
                self._spread((best.name,), [best], source)
            else:
                return  # no column helps two keys: tuples waste less

    def _carry_together(self, keys: list[Key], source: NumberSource) -> None:
        """Keys that overlap, where no single column is enough: around their common parts, or by a code."""
        parts = [self._items(key, source) for key in keys]
        items = list(dict.fromkeys(item for part in parts for item in part))
        fits = self._carry_around_core(keys, parts, source)
        # a code has no use for a number of choices that differs from row to row
        if fits < source.bound and not any(varies(item) for item in items):
            fits = max(fits, self._carry_by_code(keys, parts, items, source))
        if fits < source.bound:
            raise self.refusals.too_few_for_all(fits, source.bound, source.cluster)

    def _carry_around_core(self, keys: list[Key], parts: list[list[KeyItem]], source: NumberSource) -> int:
        """Keys with common parts, and nothing else in common: (a, b) and (b, c). Returns how many rows fit.

        With the common parts as digits and one digit more, every key's other parts are an order of their own
        of that digit.
        """
        core = [item for item in parts[0] if all(item in others for others in parts)]
        rests = [[item for item in items if item not in core] for items in parts]
        apart = sum(len(rest) for rest in rests) == len({item for rest in rests for item in rest})
        sizes = [item.size for item in core]
        if not core or not all(rests) or not apart or not 0 < prod(sizes) <= _MOST_NUMBERS:
            return 0
        if any(len(rest) > 1 and any(map(varies, rest)) for rest in rests):
            return 0
        extra = min(prod(item.size for item in rest) for rest in rests)
        sizes.append(min(extra, _MOST_NUMBERS // prod(sizes)))
        if prod(sizes) < source.bound:
            return prod(sizes)
        family = tuple(dict.fromkeys(name for key in keys for name in key))
        extents = (sizes[-1], *(self._extent(item, _MOST_NUMBERS) for item in core))
        whole = self._numbers(family, extents, source)
        for part, (item, extent) in enumerate(zip(core, extents[1:], strict=True), 1):
            place = ExtentDigit(whole, extents, part)
            self._set(item, SpanPlace(extent, place) if isinstance(extent, Span) else place)
        for key, rest in zip(keys, rests, strict=True):
            chosen, capacity = radix_split([item.size for item in rest], sizes[-1])
            stream = self.draft.stream(self.table, key, "rest")
            extent = min(capacity, _MOST_NUMBERS) if not varies(rest[0]) else self._extent(rest[0], 0)
            own: Selector = PermutedLastDigit(whole, sizes[-1], extent, stream)
            own = SpanPlace(extent, own) if isinstance(extent, Span) else own
            self._set_digits([rest[k] for k in chosen], own)
            self.carriers.append(self._with_cluster([*core, *(rest[k] for k in chosen)], source))
        return prod(sizes)

    def _carry_by_code(
        self, keys: list[Key], parts: list[list[KeyItem]], items: list[KeyItem], source: NumberSource
    ) -> int:
        """Any overlap: every item holds digits of a code of which each key has enough. Returns what fits."""
        if not all(parts):
            return 0
        sizes = [min(item.size, MAX_SIZE) for item in items]
        code = widest_code(sizes, [[items.index(item) for item in part] for part in parts], source.bound)
        if code is None or code.capacity < source.bound:
            return code.capacity if code else 0
        family = tuple(dict.fromkeys(name for key in keys for name in key))
        whole = self._numbers(family, (code.capacity,), source)
        points = iter([INFINITY, *range(sum(code.held) - 1)])
        for item, held, size in zip(items, code.held, sizes, strict=True):
            if held:
                coded = Coded(whole, code.base, code.length, tuple(next(points) for _ in range(held)))
                self._set(item, Shuffled(coded, self._permutation((item.name,), size, "values")))
        for part in parts:
            holding = [item for item in part if code.held[items.index(item)]]
            self.carriers.append(self._with_cluster(holding, source))
        return code.capacity

    def _with_cluster(self, items: list[KeyItem], source: NumberSource) -> Carrier:
        cluster = [source.cluster] if source.cluster is not None else []
        return frozenset([*cluster, *(item.what for item in items)])

    def _numbers(self, names: Key, extents: tuple[Extent, ...], source: NumberSource) -> Selector:
        """Distinct numbers below the product, in random order: over all rows, or over those of a parent."""
        if source.cluster is None:
            capacity = prod(extent for extent in extents if isinstance(extent, int))
            return Permuted(self._permutation(names, capacity), capacity)
        assert source.cluster.grouping is not None
        return PermutedSiblings(source.cluster.grouping, extents, self.draft.stream(self.table, names, "key"))

    # --- setting

    def _set_digits(self, items: list[KeyItem], whole: Selector) -> None:
        if len(items) == 1:
            self._set(items[0], whole)
            return
        split: list[Digit] = digits(whole, [item.size for item in items])
        for item, digit in zip(items, split, strict=True):
            self._set(item, digit)

    def _set(self, item: KeyItem, selector: Selector) -> None:
        if item.relation is not None:
            if item.relation.pick is not None:
                raise Refusal(
                    f"which rows {item.relation.label} references is needed for a key of another table "
                    "before it can be chosen for this one",
                    "drop one of the two keys",
                )
            item.relation.carrier = selector
        else:
            self.draft.selectors[self.table.name, item.name] = selector

    def _permutation(self, names: Sequence[str], size: int, purpose: str = "key") -> Permutation:
        return Permutation(size, self.draft.stream(self.table, tuple(names), purpose))
